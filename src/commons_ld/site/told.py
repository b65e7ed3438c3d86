"""What a block tells of each thing, taken apart so that pages can be made of it.

A block is canonical N-Quads of one graph, written by ourselves, so its lines can be taken apart by their blanks; a test
compares what is read here with what a parser reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from commons_ld.memo import Memo
from commons_ld.outputs.search_record import value_of
from commons_ld.outputs.things import Thing, things_of
from commons_ld.rdf.namespaces import PREFIXES

__all__ = [
    "Text",
    "Told",
    "compact",
    "n_triples",
    "number_of",
    "seconds_of",
    "tell",
    "tell_things",
    "tell_triples",
    "text_of",
    "texts_of",
    "web_address",
]

#: Of each subject, by the short name of the property, the terms that are its values.
Told = Mapping[str, Mapping[str, list[bytes]]]

_DURATION: Final = re.compile(
    r"P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d{0,9})?S)?)?", re.ASCII
)


class Text(NamedTuple):
    """A text with its language, or ``""`` where it tells none."""

    text: str
    language: str = ""

    def differs(self, language: str) -> str:
        """Return the language, if it is known and another one than that of the page.

        >>> Text("bonjour", "fr").differs("en"), Text("bonjour", "fr").differs("fr"), Text("?", "und").differs("en")
        ('fr', '', '')
        """
        return "" if self.language in ("", "und", language) else self.language


def _shortened(iri: bytes) -> str:
    return compact(iri.decode())


_NAMES: Final = Memo(_shortened, 4096)


def compact(iri: str) -> str:
    """Return an IRI by its short name, where there is one.

    >>> compact("http://purl.org/dc/terms/title")
    'dcterms:title'
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def tell(block: bytes) -> dict[str, dict[str, list[bytes]]]:
    r"""Return what a block tells.

    >>> tell(b'<http://a/s> <http://purl.org/dc/terms/title> "o" <http://a/g> .\n')
    {'http://a/s': {'dcterms:title': [b'"o"']}}
    """
    return tell_things(things_of(block))


def tell_things(apart: Iterable[Thing]) -> dict[str, dict[str, list[bytes]]]:
    """Return what things tell that were taken apart already."""
    told: dict[str, dict[str, list[bytes]]] = {}
    for thing in apart:
        about = told.setdefault(thing.subject[1:-1].decode(), {})
        for property_, values in thing.said:
            name = _NAMES[property_[1:-1]]
            about[name] = [*about[name], *values] if name in about else values
    return told


def tell_triples(statements_: bytes) -> dict[str, dict[str, list[bytes]]]:
    r"""Return what canonical N-Triples tell.

    >>> tell_triples(b'<http://a/s> <http://purl.org/dc/terms/title> "o" .\n')
    {'http://a/s': {'dcterms:title': [b'"o"']}}
    """
    told: dict[str, dict[str, list[bytes]]] = {}
    for line in statements_.splitlines():
        subject, predicate, rest = line.split(b" ", 2)
        told.setdefault(subject[1:-1].decode(), {}).setdefault(_NAMES[predicate[1:-1]], []).append(rest[:-2])
    return told


def n_triples(block: bytes) -> bytes:
    r"""Return the lines of a block as N-Triples.

    >>> n_triples(b'<http://a/s> <http://a/p> "o" <http://a/g> .\n')
    b'<http://a/s> <http://a/p> "o" .\n'
    """
    # No text holds the end of a line as it is. To look for the graph in the whole block would take three times as long.
    end = block.rindex(b" <") + 1 - len(block)
    return b" .\n".join([line[:end] for line in block.split(b"\n")])


def text_of(literal: bytes) -> Text:
    """Return the text of a literal.

    >>> text_of(b'"eau"@fr')
    Text(text='eau', language='fr')
    """
    return _TEXTS[literal] if len(literal) < _SHORT else _read(literal)


def _read(literal: bytes) -> Text:
    end = literal[literal.rindex(b'"') + 1 :]
    return Text(value_of(literal), end[1:].decode() if end.startswith(b"@") else "")


#: Pages in two languages, lists and what is gathered read the same literals; long ones, which take memory, less often.
_TEXTS: Final = Memo(_read, 4096)
_SHORT: Final = 400


def texts_of(literals: Iterable[bytes]) -> list[Text]:
    """Return the texts of terms that are literals."""
    return [text_of(literal) for literal in literals if literal[:1] == b'"']


def number_of(literal: bytes) -> float | None:
    """Return the number that a literal is, or ``None``.

    >>> number_of(b'"50.85"^^<http://www.w3.org/2001/XMLSchema#decimal>'), number_of(b'"x"')
    (50.85, None)
    """
    try:
        number = float(value_of(literal)[:40])
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None


def seconds_of(duration: str) -> int:
    """Return how many seconds a duration of ``xsd:duration`` has, or 0 if it is none in days, hours and minutes.

    >>> seconds_of("PT12M30S"), seconds_of("PT1H"), seconds_of("12 pages")
    (750, 3600, 0)
    """
    match = _DURATION.fullmatch(duration)
    if match is None:
        return 0
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return min(((days * 24 + hours) * 60 + minutes) * 60 + seconds, 10**9)


def web_address(iri: str) -> str:
    """Return an address if a page may lead there, else ``""``: no scheme but those of the web runs nothing.

    >>> web_address("https://a.test/x"), web_address("javascript:alert(1)")
    ('https://a.test/x', '')
    """
    return iri if iri.startswith(("http://", "https://")) else ""
