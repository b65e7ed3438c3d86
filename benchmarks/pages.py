"""Make the pages of a wiki to measure reading with: the invented sessions of :mod:`benchmarks.records`, as pages.

A page is what an editor of the archive's wiki writes: one call of the template, a line a parameter, and the sections
below it, with bullets, links, apostrophes for italics and a chat. One page in four holds entities, one in ten
something that only a full parser understands: a template inside a text, a table, a comment, a tag.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import BinaryIO, Final
from xml.sax.saxutils import escape, quoteattr

from benchmarks.records import SEED, make_records
from commons_ld.record import Note, RecordFields

__all__ = ["dump", "page_html", "page_text", "wikitext", "write_dump", "write_files"]

#: What only a full parser understands, as it is met in real pages.
_ODD: Final = (
    "{{I|usage civique}} est un terme italien.",
    "{|\n! Lieu !! Nombre\n|-\n| le quai || 12\n|}",
    "<!-- à relire -->\nRelu depuis.",
    "Un vers<br>et un autre.<ref>Le carnet du quai.</ref>",
)
#: Of so many pages of a dump, one is a talk page and one a redirect; the others are sessions.
_TURN: Final = 12

_HEAD: Final = """\
<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="fr">
  <siteinfo>
    <sitename>Le Wiki du Rivage</sitename>
    <dbname>rivage</dbname>
    <base>https://wiki.rivage-invente.example/index.php/Accueil</base>
    <generator>MediaWiki 1.39.7</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="-1" case="first-letter">Spécial</namespace>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Discussion</namespace>
      <namespace key="10" case="first-letter">Modèle</namespace>
    </namespaces>
  </siteinfo>
"""
_PAGE: Final = """\
  <page>
    <title>{title}</title>
    <ns>{ns}</ns>
    <id>{number}</id>{redirect}
    <revision>
      <id>{revision}</id>
      <parentid>{parent}</parentid>
      <timestamp>2024-02-09T10:11:12Z</timestamp>
      <contributor>
        <username>Personne inventée</username>
        <id>2</id>
      </contributor>
      <comment>mise en page</comment>
      <origin>{revision}</origin>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="{size}" sha1="phoiac9h4m842xq45sp7s6u21eteeq1" xml:space="preserve">{text}</text>
      <sha1>phoiac9h4m842xq45sp7s6u21eteeq1</sha1>
    </revision>
  </page>
"""


_HTML: Final = """\
<!DOCTYPE html>
<html lang="fr"><head><meta charset="UTF-8"/><title>{title} — Le Wiki du Rivage</title>
<script>RLCONF={{"wgNamespaceNumber":0,"wgPageName":"Page_{number}","wgRevisionId":{number},"wgArticleId":{number},\
"wgIsArticle":true,"wgCategories":["Objet média"]}};</script></head>
<body class="mediawiki ns-0 skin-vector action-view"><div id="mw-page-base" class="noprint"></div>
<div id="content" class="mw-body" role="main"><h1 id="firstHeading" class="firstHeading">{title}</h1>
<div id="bodyContent"><div id="siteSub" class="noprint">De Le Wiki du Rivage</div>
<div id="mw-content-text" class="mw-body-content" lang="fr"><div class="mw-parser-output">{body}</div></div>
<div id="catlinks"><a href="/index.php/Catégorie:Objet_média">Objet média</a></div></div></div>
<div id="mw-navigation"><ul><li><a href="/index.php/Accueil">Accueil</a></li></ul></div></body></html>
"""


def wikitext(record: RecordFields, number: int) -> str:
    """Return a session as its page on the wiki would be written."""
    chance = Random(SEED * 1_000_003 + number)
    parameters = {
        "Description": record.description.replace("récit", "''récit''"),
        "Date de création": record.created,
        "Date de publication": record.issued,
        "Durée": record.duration,
        "Langue du contenu": ", ".join(record.languages),
        "Pays": ", ".join(record.countries),
        "Fait partie de": ", ".join(record.collections),
        "Type de document": record.media_type,
        "Catégorie Hess": ", ".join(record.objets_de_commun),
        "Enjeu": ", ".join(record.enjeux),
        "Action": ", ".join(record.actions),
        "Résultat": ", ".join(record.resultats_attendus),
        "Producteur": ", ".join(record.producers),
        "URL de diffusion": record.broadcast_url,
    }
    abstract = record.abstract.replace("\u00a0", "&nbsp;") if number % 4 == 0 else record.abstract
    if number % 10 == 0:
        abstract += f"\n\n{_ODD[int(chance.random() * len(_ODD))]}"
    guests = "\n".join(f"* {guest.name} est {guest.biography}" for guest in record.guests)
    documents = "\n".join(f"* [{document.url} {document.title}]" for document in record.documents)
    links = "\n".join(f"{link.url} - Le site" for link in record.links)
    notes = "\n".join(_message(note, record.guests[0].name) for note in record.notes)
    return (
        "{{Objet média\n"
        + "".join(f"|{name}={value}\n" for name, value in parameters.items())
        + f"}}}}\n\n== En résumé ==\n\n{abstract}\n\n{guests}\n\n== Documents ==\n\n{documents}\n\n"
        f"== URL mentionnées : ==\n\n{links}\n\n== Notes laissées par les participant·e·s ==\n\n{notes}\n\n"
        f"[[Catégorie:{record.collections[0]}]]\n"
    )


def _message(note: Note, guest: str) -> str:
    author = note.author or f"Personne {note.participant} Inventée"
    return f"{'* ' if note.reply_to else ''}[{note.time}] {author or guest} : {note.text}\n"


def page_text(record: RecordFields) -> str:
    """Return a session as one copies its page from a browser."""
    notes = "\n".join(
        f"{'  • ' if note.reply_to else ''}[{note.time}] {note.author or f'Personne {note.participant} Inventée'}"
        f" : {note.text}\n"
        for note in record.notes
    )
    guests = "\n".join(f"  • {guest.name} est {guest.biography}" for guest in record.guests)
    return (
        f"{record.title}\n\nDe Remix Biens Communs\nAller à :navigation, rechercher\n\n"
        f"Objet(s) de commun : {', '.join(record.objets_de_commun)}  Enjeu(x) : {', '.join(record.enjeux)}\n\n"
        f"{record.description}\n\nMétadonnées\n\nDate de création {record.created}\n"
        f"Date de publication {record.issued}\nDurée {record.duration}\n"
        f"Langue du contenu {', '.join(record.languages)}\nPays {', '.join(record.countries)}\n"
        f"Fait partie de {', '.join(record.collections)}\nMédia {record.media_type}\n\n"
        f"En résumé\n\n{record.abstract}\n\n{guests}\n\nDocuments\n\n"
        + "".join(f"{document.title} {document.url}\n" for document in record.documents)
        + "\nURL mentionnées :\n\n"
        + "".join(f"{link.url} - Le site\n" for link in record.links)
        + f"\nNotes laissées par les participant·e·s\n\n{notes}\n"
    )


def page_html(record: RecordFields, number: int) -> str:
    """Return a session as a browser saves its page, in the skin Vector, links and chrome included."""
    notes = "".join(
        f"{'<ul><li>' if note.reply_to else '<p>'}[{note.time}] {escape(_author(note))} : {escape(note.text)}"
        f"{'</li></ul>' if note.reply_to else '</p>'}\n"
        for note in record.notes
    )
    guests = "".join(f"<li>{escape(guest.name)} est {escape(guest.biography)}</li>" for guest in record.guests)
    documents = "".join(
        f'<li><a rel="nofollow" class="external text" href={quoteattr(document.url)}>{escape(document.title)}</a></li>'
        for document in record.documents
    )
    links = "".join(
        f'<p><a rel="nofollow" class="external free" href={quoteattr(link.url)}>{escape(link.url)}</a> - Le site</p>'
        for link in record.links
    )
    facts = {
        "Date de création": record.created,
        "Date de publication": record.issued,
        "Durée": record.duration,
        "Langue du contenu": ", ".join(record.languages),
        "Pays": ", ".join(record.countries),
        "Fait partie de": ", ".join(record.collections),
        "Média": record.media_type,
    }
    metadata = "".join(f"<p><b>{name}</b> {escape(value)}</p>\n" for name, value in facts.items())
    sections = {
        "Métadonnées": metadata,
        "En résumé": f"<p>{escape(record.abstract)}</p>\n<ul>{guests}</ul>",
        "Documents": f"<ul>{documents}</ul>",
        "URL mentionnées :": links,
        "Notes laissées par les participant·e·s": notes,
    }
    body = (
        f"<p>Objet(s) de commun : {escape(', '.join(record.objets_de_commun))}  Enjeu(x) :"
        f" {escape(', '.join(record.enjeux))}</p>\n<p>{escape(record.description)}</p>\n"
    ) + "".join(
        f'<h2><span class="mw-headline">{name}</span><span class="mw-editsection">[<a href="#">modifier</a>]</span>'
        f"</h2>\n{content}\n"
        for name, content in sections.items()
    )
    return _HTML.format(title=escape(record.title), number=number, body=body)


def _author(note: Note) -> str:
    return note.author or f"Personne {note.participant} Inventée"


def _page(number: int, title: str, text: str, *, ns: int = 0, redirect: str = "") -> str:
    return _PAGE.format(
        title=escape(title),
        ns=ns,
        number=number,
        redirect=f'\n    <redirect title="{escape(redirect)}" />' if redirect else "",
        revision=number + 1_000_000,
        parent=number + 999_999,
        size=len(text.encode()),
        text=escape(text),
    )


def dump(count: int) -> Iterator[str]:
    """Yield a dump of ``count`` pages, a page at a time: ten sessions in twelve, a talk page and a redirect."""
    yield _HEAD
    records = make_records(count)
    number = 0
    while number < count:
        number += 1
        place = number % _TURN
        if place == 1:
            yield _page(number, f"Discussion:Le quai {number}", "À relire.\n" * 8, ns=1)
        elif place == 2:
            yield _page(number, f"Renvoi {number}", "#REDIRECTION [[Accueil]]", redirect="Accueil")
        else:
            record = next(records)
            yield _page(number, record.title, wikitext(record, number))
    yield "</mediawiki>\n"


def write_dump(stream: BinaryIO, count: int) -> None:
    """Write a dump of ``count`` pages."""
    stream.writelines(part.encode() for part in dump(count))


def write_files(folder: Path, count: int, suffix: str) -> None:
    """Write ``count`` sessions, a page a file: as text, as HTML, or as wikitext."""
    folder.mkdir()
    for number, record in enumerate(make_records(count), 1):
        if suffix == ".txt":
            text = page_text(record)
        else:
            text = page_html(record, number) if suffix == ".html" else wikitext(record, number)
        (folder / f"{number:06}{suffix}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    target, number = Path(sys.argv[1]), int(sys.argv[2])
    if target.suffix == ".xml":
        with target.open("wb") as dumped:
            write_dump(dumped, number)
    else:
        write_files(target, number, target.suffix)
