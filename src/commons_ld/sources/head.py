"""The head of a rendered page: the collections, the line of facets, a picture and the lead, above the first heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from commons_ld.sources.draft import Draft, Line, paragraphs
from commons_ld.sources.labels import FACET_NAMES, FACETS, Label, heading_section
from commons_ld.sources.page import is_picture, put_fact
from commons_ld.text import fold, split_list

__all__ = ["fill_head", "put_collections", "stands_below_a_title"]

#: What the wiki itself writes around a page, folded: whole lines, and what lines begin with.
_CHROME_LINES: Final = frozenset({"de remix biens communs", "navigation, rechercher"})
_CHROME: Final = (
    "aller a :",
    "aller a la navigation",
    "aller a la recherche",
    "jump to:",
    "jump to navigation",
    "revision datee du",
    "revision as of",
    "← version precedente",
    "(diff) ← version precedente",
)
_COLLECTION: Final = "dans la collection"
#: A label such as ``Public(s)`` is that of a facet, known or not.
_FACET_LIKE: Final = re.compile(r"[^\W\d_]\((?:s|x|es|aux)\)\Z", re.IGNORECASE)
#: The longest label of a facet, with the blanks before its colon, is shorter than this.
_LONGEST_LABEL: Final = 60


def fill_head(draft: Draft, lines: Sequence[Line]) -> None:
    """Put what stands above the first heading into the draft, all but the collections."""
    lead: list[str] = []
    first = 0
    for line in lines:
        text = line.text.strip()
        if text and (_is_chrome(text) or _is_collection(text)):
            continue
        facets = _facets(text) if text else []
        if facets:
            for label, row, value in facets:
                if row is None:
                    draft.unrecognised(label, value.strip(), line.number, FACET_NAMES)
                else:
                    put_fact(draft, row, label, value, line)
        elif is_picture(text):
            draft.put("image", text, line.number, label="image")
        else:
            lead.append(text)
            first = first or (line.number if text else 0)
            draft.add_links(line)
    if first:
        draft.put("description", paragraphs(lead), first, label="description")


def put_collections(draft: Draft, head: Sequence[Line]) -> None:
    """Take the collections from above the facets only if the metadata names none: several run together there."""
    if draft.get("collections") is not None:
        return
    for line in head:
        if _is_collection(line.text):
            label, _, value = line.text.partition(":")
            draft.put("collections", split_list(value), line.number, label=label.strip())


def stands_below_a_title(text: str) -> bool:
    """Tell whether a line is one that pages have below their title, so that it is none.

    >>> stands_below_a_title("Dans la collection : Appel en commun"), stands_below_a_title("21.12 Plaidoyer 2022")
    (True, False)
    """
    return _is_chrome(text) or bool(heading_section(text)) or _is_collection(text) or bool(_facets(text))


def _is_chrome(text: str) -> bool:
    folded = fold(text[:40])
    return folded.startswith(_CHROME) or folded in _CHROME_LINES


def _is_collection(text: str) -> bool:
    return ":" in text[:40] and fold(text[:40]).startswith(_COLLECTION)


def _facets(text: str) -> list[tuple[str, Label | None, str]]:
    """Return the labels of a facet line, their rows and their values; nothing if the line is another one.

    >>> [(label, value.strip()) for label, _, value in _facets("Enjeu(x) : A,  B  Action(s) : C")]
    [('Enjeu(x)', 'A,  B'), ('Action(s)', 'C')]
    """
    found: list[tuple[str, Label | None, int, int]] = []  # label, row, where it starts, where its value does
    value_start = 0
    colon = text.find(":")
    while colon >= 0:
        label, row = _label_at_end(text[max(value_start, colon - _LONGEST_LABEL) : colon])
        if label:
            start = text.rindex(label, value_start, colon)
            if not found and text[:start].strip():
                return []
            found.append((" ".join(label.split()), row, start, colon + 1))
            value_start = colon + 1
        elif not found:
            return []
        colon = text.find(":", colon + 1)
    ends = [start for _, _, start, _ in found[1:]] + [len(text)] * bool(found)
    return [(label, row, text[start:end]) for (label, row, _, start), end in zip(found, ends, strict=True)]


def _label_at_end(text: str) -> tuple[str, Label | None]:
    """Return the label of a facet that a text ends with, as it stands there, and its row if it is known."""
    text = text.rstrip()
    for count in (3, 2, 1):
        words = text.rsplit(None, count)
        if len(words) >= count:
            label = text[len(words[0]) :].lstrip() if len(words) > count else text.lstrip()
            row = FACETS.get(fold(label))
            if row is not None:
                return label, row
    chunk = re.split(r",|[\s\u00a0]{2}", text)[-1].strip()
    return (chunk, None) if _FACET_LIKE.search(chunk) else ("", None)
