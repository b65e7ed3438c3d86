"""What records say of the same person, organization, collection, concept or year, put together on disk.

Whatever the size of the archive, no more than the rows of one page are held in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
from typing import Final, NamedTuple

import msgspec

from commons_ld.outputs.spool import Spool
from commons_ld.site.views import RecordView, Text

__all__ = ["Gathered", "Gathering", "Mention"]

#: How many records a page lists; the search finds the others.
MOST: Final = 300

_KINDS: Final = ("person", "organization", "collection", "concept", "year")
_NOTHING: Final = Text("")
_encode = msgspec.json.encode


class Mention(NamedTuple):
    """A record in which something stands.

    :param role: what it is there
    :param name: what it is called there, and ``about`` what is said of it
    """

    role: str
    name: Text
    about: Text
    path: str
    title: Text
    date: str


class Gathered(NamedTuple):
    """All that is known of something.

    :param path: of its page
    :param mentions: of the latest records first, at most :data:`MOST`; ``total`` how many there are
    :param lines: what is said of it itself, as canonical N-Triples, sorted
    """

    path: str
    mentions: list[Mention]
    total: int
    lines: list[bytes]


class Gathering:
    """The mentions of an archive, while its records go by.

    :param spool: where they are sorted
    """

    def __init__(self, spool: Spool) -> None:
        self._spool: Final = spool
        #: Seconds by year, how often concepts of the scheme stand together, and how many records there are.
        self.seconds: Final = Counter[str]()
        self.together: Final = Counter[tuple[str, str]]()
        self.records = 0
        #: Places with a page: latitude, longitude, title, path.
        self.places: Final[list[tuple[float, float, str, str]]] = []

    def add(self, record: RecordView, lines: Iterable[tuple[str, bytes]], known: frozenset[str]) -> None:
        """Take in a record.

        :param lines: the paths of other things that its block describes, with the statements about them
        :param known: the concepts of the scheme
        """
        self.records += 1
        year = record.date[:4] if record.date[:4].isdecimal() else ""
        if year:
            self.seconds[year] += record.recording.seconds
        slugs = sorted({term.slug for term in record.terms} & known)
        self.together.update(combinations(slugs, 2))
        if record.place:
            self.places.append((record.place[1], record.place[2], record.title.text, record.path))
        self._spool.add(
            (_key(path, b"m", f"{record.date}\0{record.path}\0{mention.role}"), _encode(mention))
            for path, mention in _mentions(record, year)
        )
        self._spool.add((_key(path, b"s") + line, b"") for path, line in lines)

    def __iter__(self) -> Iterator[Gathered]:
        """Yield what was gathered, by path."""
        decode = msgspec.json.Decoder(Mention).decode
        for path, entries in groupby(self._spool, key=lambda entry: entry[0].partition(b"\0")[0]):
            latest: list[Mention] = []
            lines: list[bytes] = []
            total = 0
            for key, value in entries:
                if value:
                    total += 1
                    latest.append(decode(value))
                    # The latest come last.
                    del latest[:-MOST]
                else:
                    lines.append(key.split(b"\0", 2)[2])
            yield Gathered(path.decode(), latest[::-1], total, lines)


def _key(path: str, part: bytes, end: str = "") -> bytes:
    return path.encode() + b"\0" + part + b"\0" + end.encode()


def _mentions(record: RecordView, year: str) -> Iterator[tuple[str, Mention]]:
    def mention(role: str, name: Text, about: Text = _NOTHING) -> Mention:
        return Mention(role, name, about, record.path, record.title, record.date)

    for agent in record.agents:
        if agent.path.partition("/")[0] in _KINDS:
            yield agent.path, mention(agent.role, agent.name, agent.about)
    named = {agent.path for agent in record.agents}
    for message in record.messages:
        if message.path.partition("/")[0] in _KINDS and message.path not in named:
            yield message.path, mention("note", message.author)
    for collection in record.collections:
        yield collection.path, mention("collection", collection.title)
    for term in record.terms:
        yield f"concept/{term.slug}", mention(term.role, term.label)
    if year:
        yield f"year/{year}", mention("year", Text(year))
