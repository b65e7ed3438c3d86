"""Recognise what is no record: diffs, special pages, query tables and redirects of a wiki, and texts of other kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import dropwhile, islice, takewhile
from typing import Final

from commons_ld.errors import NotARecord
from commons_ld.origin import Origin
from commons_ld.sources.chat import begins_message
from commons_ld.sources.draft import Line, Section
from commons_ld.sources.head import stands_below_a_title
from commons_ld.sources.labels import METADATA, heading_section
from commons_ld.sources.page import is_labelled
from commons_ld.text import fold

__all__ = ["refuse_mail", "refuse_namespace", "refuse_page", "refuse_redirect", "refuse_stranger"]

#: The namespaces that hold no content, folded: MediaWiki's own, in French and English
#: (https://www.mediawiki.org/wiki/Help:Namespaces), and those of Semantic MediaWiki and Page Forms.
_NAMESPACES: Final = frozenset(
    fold(name)
    for name in (
        *("Spécial", "Special", "Média", "Media", "Discussion", "Talk", "MediaWiki"),
        *("Utilisateur", "Utilisatrice", "User", "Projet", "Project", "Remix Biens Communs"),
        *("Fichier", "File", "Image", "Modèle", "Template", "Aide", "Help", "Catégorie", "Category", "Module"),
        *("Attribut", "Property", "Concept", "Schéma", "smw/schema", "Formulaire", "Form", "Filtre", "Filter"),
    )
)
_TALK: Final = ("discussion ", "discussion_")
_TALK_ENDS: Final = (" talk", "_talk")

_DIFF_TITLES: Final = (
    "differences entre versions",
    "difference entre versions",
    "differences entre les versions",
    "difference entre les versions",
    "difference between revisions",
    "differences between revisions",
)
_DIFF_LINE: Final = re.compile(r"(?:Ligne|Line)\s?\d{1,6}\s?:", re.IGNORECASE)
_DIFF_VERSION: Final = (
    "version du ",
    "version actuelle datee du ",
    "revision as of ",
    "latest revision as of ",
    "current revision as of ",
)
_QUERY_TITLES: Final = ("requete semantique", "recherche semantique", "semantic query", "semantic search")
_QUERY_MARKS: Final = ("{{#ask", "#ask")
_REDIRECT_TITLES: Final = ("page de redirection", "redirect page")
_REDIRECT_MARKS: Final = ("rediriger vers :", "redirect to:")
#: What the lines of an e-mail begin with above its text, as mail programs write and copy them, folded.
_MAIL: Final = re.compile(
    r"(from|to|cc|subject|date|sent|reply-to|message-id|received|return-path|mime-version|content-type|delivered-to"
    r"|de|a|pour|copie a|objet|sujet|envoye|date d'envoi|repondre a)\s?:\s"
)
_SENDERS: Final = frozenset({"from", "de", "received", "return-path", "reply-to", "delivered-to"})
#: How many such lines make an e-mail.
_MAIL_LINES: Final = 3
#: ``21.12 Plaidoyer 2022``: the titles of sessions begin with their month.
_DATED: Final = re.compile(r"[0-9]{2}\.(?:0[1-9]|1[0-2])(?:\s|$)")
#: How many lines that begin with the label of a fact make a page that was copied without its headings.
_LABELLED: Final = 2
#: How many lines show what a page is.
_TOP: Final = 12
_LONGEST: Final = 120


def refuse_namespace(title: str, origin: Origin) -> None:
    """Refuse a page whose title begins with a namespace that holds no records.

    :raises NotARecord: naming the namespace

    >>> refuse_namespace("Attribut:Durée", Origin("p.wiki"))
    Traceback (most recent call last):
    ...
    commons_ld.errors.NotARecord: p.wiki: 'Attribut' is a part of the wiki that holds no records; leave this page out
    """
    prefix, colon, _ = title.partition(":")
    if not colon or len(prefix) > _LONGEST:
        return
    name = fold(prefix)
    if name in _NAMESPACES or name.startswith(_TALK) or name.endswith(_TALK_ENDS):
        raise NotARecord("namespace-page", origin=origin, value=prefix.strip())


def refuse_redirect(text: str, origin: Origin) -> None:
    """Refuse wikitext that only sends on to another page.

    :raises NotARecord: so that the other page is given instead
    """
    if fold(text[:20].lstrip()).startswith(("#redirect", "#redirection")):
        raise NotARecord("redirect-page", origin=origin)


def refuse_page(lines: Sequence[Line], origin: Origin) -> None:
    """Refuse the text of a rendered page that is no record; its title must have been looked at already.

    :raises NotARecord: saying what the page is
    """
    # Below the first heading anything may be said, in the chat above all.
    above = list(takewhile(lambda line: not heading_section(line.text) and not begins_message(line.text), lines))
    top = islice((line for line in above if line.text.strip()), _TOP)
    for index, line in enumerate(top):
        folded = fold(line.text[:_LONGEST])
        wording = folded.rstrip(" :")
        here = origin.at(line=line.number)
        # A title may hold the words anywhere; below it, a sentence of the lead may too.
        if folded.startswith(_DIFF_TITLES) or (not index and any(title in folded for title in _DIFF_TITLES)):
            raise NotARecord("diff-page", origin=here)
        if wording in _QUERY_TITLES or folded.startswith(_QUERY_MARKS) or _heads_a_table(line.text):
            raise NotARecord("query-page", origin=here)
        if wording in _REDIRECT_TITLES or folded.startswith(_REDIRECT_MARKS):
            raise NotARecord("redirect-page", origin=here)
    _refuse_unnamed_diff(above, origin)


def refuse_mail(lines: Sequence[Line], origin: Origin) -> None:
    """Refuse an e-mail, whatever it quotes: it was never written to be published.

    :raises NotARecord: so that nobody's letter goes out
    """
    found = [match[1] for line in _head_of_mail(lines) if (match := _MAIL.match(fold(line.text[:_LONGEST]) + " "))]
    if len(set(found)) >= _MAIL_LINES and _SENDERS & set(found):
        raise NotARecord("mail", origin=origin.at(line=next(line.number for line in lines if line.text.strip())))


def _head_of_mail(lines: Sequence[Line]) -> Iterable[Line]:
    """Return the lines above the first empty one, from the first one that says something."""
    said = dropwhile(lambda line: not line.text.strip(), lines)
    return islice(takewhile(lambda line: line.text.strip(), said), 4 * _TOP)


def refuse_stranger(title: str, head: Sequence[Line], sections: Sequence[Section], origin: Origin) -> None:
    """Refuse a text in which nothing is what a page of the wiki has: instructions, a licence, somebody's notes.

    :raises NotARecord: naming what was looked for
    """
    is_page = (
        _DATED.match(title)
        or sections
        or any(stands_below_a_title(line.text.strip()) for line in head if line.text.strip())
        or sum(is_labelled(line.text) for line in head) >= _LABELLED
    )
    if not is_page:
        raise NotARecord("no-page", origin=origin)


def _heads_a_table(text: str) -> bool:
    """Tell whether a line is the header of a table whose columns are what a record has as labels."""
    cells = text[:2_000].split("\t")
    return len(cells) > 2 and sum(len(cell) < _LONGEST and fold(cell) in METADATA for cell in cells) > 1


def _refuse_unnamed_diff(lines: Sequence[Line], origin: Origin) -> None:
    """Refuse a comparison that was copied without its heading: it has versions and numbered lines."""
    versions = any(fold(line.text[:40]).startswith(_DIFF_VERSION) for line in lines if "ersion" in line.text[:20])
    if versions or any("evision as of" in line.text[:40] for line in lines):
        for line in lines:
            if _DIFF_LINE.match(line.text.strip()[:40]):
                raise NotARecord("diff-page", origin=origin.at(line=line.number))
