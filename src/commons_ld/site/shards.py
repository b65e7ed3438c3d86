"""What the site is searched with, on any web host: files of JSON, of which a search fetches the few that it needs.

``search/records-{n}.json`` holds what is shown of 200 records; ``search/words-{xy}.json`` the words that begin with two
letters, each with the numbers of its records; ``search/index.json`` which of these there are, and the names of the
facets' values. Words are lower case, without accents, as the reader's are made by ``search.js``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final

import msgspec

from commons_ld.outputs.spool import Spool
from commons_ld.site.views import RecordView

__all__ = ["Shards", "folded"]

#: Records a file.
CHUNK: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]{2,40}", re.ASCII)
_SHOWN: Final = 200
#: Letters without a decomposition into a base letter and marks; ``search.js`` has the same.
_LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})

Write = Callable[[str, bytes], None]


def folded(text: str) -> str:
    """Return a text in lower case, without accents.

    >>> folded("L'Œuvre à l'ÉTÉ")
    "l'oeuvre a l'ete"
    """
    decomposed = unicodedata.normalize("NFD", text.lower().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class Shards:
    """The files of the search, while the records go by.

    :param spool: where words are sorted
    :param write: writes a file of the site
    """

    def __init__(self, spool: Spool, write: Write) -> None:
        self._spool, self._write = spool, write
        self._chunk: list[Any] = []
        self._number = 0
        self._values: dict[str, dict[str, str]] = {}

    def add(self, record: RecordView) -> None:
        """Take in a record."""
        facets = dict.fromkeys(_facets(record))
        for facet, value, label in facets:
            self._values.setdefault(facet, {}).setdefault(value, label)
        chosen = [[facet, value] for facet, value, _ in facets]
        lead = record.lead.text or record.abstract.text
        shown = lead if len(lead) <= _SHOWN else f"{lead[:_SHOWN].rsplit(None, 1)[0]}…"
        self._chunk.append([record.path, record.title.text, record.date, shown, chosen])
        number = b"%09d" % self._number
        words = set(_WORD.findall(folded(" ".join(_texts(record)))))
        self._spool.add((word.encode() + b"\0" + number, b"") for word in words)
        self._number += 1
        if len(self._chunk) == CHUNK:
            self._flush()

    def finish(self, label: Callable[[str, str, str], dict[str, str]]) -> None:
        """Write the files that are left.

        :param label: tells, of a facet, a value and the label that a record gave, what it is called by language
        """
        if self._chunk:
            self._flush()
        shards = []
        for shard, words in groupby(self._words(), key=lambda word: word[0][:2]):
            shards.append(shard)
            self._write(f"search/words-{shard}.json", msgspec.json.encode(dict(words)))
        values = {
            facet: {value: label(facet, value, given) for value, given in sorted(found.items())}
            for facet, found in sorted(self._values.items())
        }
        index = {"records": self._number, "chunk": CHUNK, "words": shards, "values": values}
        self._write("search/index.json", msgspec.json.encode(index))

    def _words(self) -> Iterator[tuple[str, list[int]]]:
        for word, entries in groupby(self._spool, key=lambda entry: entry[0].partition(b"\0")[0]):
            yield word.decode(), [int(key.partition(b"\0")[2]) for key, _ in entries]

    def _flush(self) -> None:
        number = (self._number - 1) // CHUNK
        self._write(f"search/records-{number}.json", msgspec.json.encode(self._chunk))
        self._chunk = []


def _facets(record: RecordView) -> Iterator[tuple[str, str, str]]:
    for term in record.terms:
        yield term.role, term.slug, term.label.text
    if record.date[:4].isdecimal():
        yield "year", record.date[:4], record.date[:4]
    for collection in record.collections:
        yield "collection", collection.path.partition("/")[2], collection.title.text
    for language in record.languages:
        yield "language", language, language
    yield "kind", "session" if record.is_session else record.recording.kind or "media", ""


def _texts(record: RecordView) -> Iterator[str]:
    yield record.title.text
    yield from (title.text for title in record.other_titles)
    yield record.lead.text
    yield record.abstract.text
    for agent in record.agents:
        yield agent.name.text
        yield agent.about.text
    yield from (document.title.text for document in record.documents)
    yield from (message.text.text for message in record.messages)
    yield from (collection.title.text for collection in record.collections)
    yield from (term.label.text or term.slug.replace("-", " ") for term in record.terms)
