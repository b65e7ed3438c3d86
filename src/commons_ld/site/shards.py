"""The search of the site: an index in many small files of JSON, of which a browser fetches the few it needs.

``search/index.json`` lists the others by the first key that is in each, so that what holds a key, or all keys with a
beginning, is found by comparing. A file ends where a key's hash says so: a change of the archive moves no boundary but
those beside it, and all other files stay as they are.

A record is known by twelve characters, of which the first five are its date, so that the order of the keys is that of
time: ``words/`` has for each word those of its records, ``facets/`` for each value of a facet, and ``records/`` what is
shown of each. ``names/`` has what completes a beginning: the labels of concepts, people, collections and records by
their keys (:func:`commons_ld.likeness.to_key`), from each of their words on.
"""

from __future__ import annotations

import hashlib
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, Final

import msgspec

from commons_ld.likeness import to_key
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.search_record import FACETS
from commons_ld.site.layout import ROOT

__all__ = ["key_of", "shards", "write_search"]

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
#: Characters of the key of a record, and of the day that it begins with.
_WIDTH, _OF_DAY = 12, 5
#: About how many keys go into one file: words are short, records are not.
_WORDS_TOGETHER, _RECORDS_TOGETHER, _NAMES_TOGETHER = 24, 64, 48
#: From how many of its words on a label is found, and how many labels one key has.
_WORDS_OF_A_NAME, _NAMES_OF_A_KEY = 6, 20
_OF_WORDS: Final = "search/words"
#: The longest key of a word; what is longer is found by its beginning.
_LONGEST: Final = 40


def key_of(iri: str, date: str) -> str:
    """Return the key of a record: its day in five characters, and seven of a hash of its IRI.

    >>> key_of("https://a.test/x", "2021-12-02")[:5], key_of("https://a.test/x", "2022")[:5], key_of("x", "")[:5]
    ('c172a', 'c1duo', '00000')
    """
    digits = "".join(filter(str.isdigit, date[:10])).ljust(8, "0")[:8] if date[:4].isdigit() else "0"
    number = int.from_bytes(hashlib.sha256(iri.encode()).digest()[:8])
    return _spelled(int(digits), _OF_DAY) + _spelled(number % 36 ** (_WIDTH - _OF_DAY), _WIDTH - _OF_DAY)


def shards(items: Iterable[tuple[str, Any]], together: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield items in groups, each with its first key.

    :param items: with keys that grow
    :param together: about how many keys a group has

    >>> [first for first, _ in shards([("a", 1), ("b", 2)], 1000)]
    ['a']
    """
    group: dict[str, Any] = {}
    for key, value in items:
        if group and int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % together == 0:
            yield next(iter(group)), group
            group = {}
        group[key] = value
    if group:
        yield next(iter(group)), group


def write_search(generation: Generation, database: sqlite3.Connection, touched: Sequence[str] | None = None) -> None:
    """Write the index of the site from the search index; files that would be the same are kept.

    :param touched: in their order, the words of which other records are told than in the generation before; ``None``
        where that is not known
    :raises PublicationError: if a file cannot be written
    """
    database.create_function("site_key", 2, key_of, deterministic=True)
    database.execute("CREATE TEMP TABLE keyed (id INTEGER PRIMARY KEY, key TEXT NOT NULL)")
    database.execute("INSERT INTO keyed SELECT id, site_key(iri, date) FROM main.record")
    database.execute("CREATE VIRTUAL TABLE temp.spelled USING fts5vocab('main', 'words', 'instance')")
    try:
        index: dict[str, Any] = {"total": database.execute("SELECT count(*) FROM keyed").fetchone()[0]}
        index["words"] = list(_write_words(generation, database, touched))
        for name, items, together in (
            ("records", _records(database), _RECORDS_TOGETHER),
            ("names", _names(database), _NAMES_TOGETHER),
        ):
            index[name] = [
                [first, _write(generation, f"search/{name}", first, group)] for first, group in shards(items, together)
            ]
        index["facets"] = {
            facet: _write(generation, "search/facets", facet, _facet(database, facet)) for facet in FACETS
        }
        generation.renew(f"{ROOT}search/index.json", _json(index))
    finally:
        database.execute("DROP TABLE temp.spelled")
        database.execute("DROP TABLE temp.keyed")


def _write_words(
    generation: Generation, database: sqlite3.Connection, touched: Sequence[str] | None
) -> Iterator[list[str]]:
    """Write the files of words, and yield the first key of each with its name.

    A file is taken over without a look at what is in it if no word is touched from its first one to that of the next
    file: whatever moves its end is a word that is new there, or is gone.
    """
    every = _keys(database)
    if touched is None:
        for first, group in shards(_words(database, every), _WORDS_TOGETHER):
            yield [first, _write(generation, _OF_WORDS, first, group)]
        return
    firsts = [first for first, _ in shards(_every_word(database), _WORDS_TOGETHER)]
    keys = sorted({word[:_LONGEST] for word in touched})
    afters: list[str | None] = [*firsts, None][1:]
    for first, after in zip(firsts, afters, strict=True):
        at = bisect_left(keys, first)
        is_touched = at < len(keys) and (after is None or keys[at] <= after)
        if is_touched or not generation.keep(f"{ROOT}{_OF_WORDS}/{_name(first)}.json"):
            _write(generation, _OF_WORDS, first, dict(_words(database, every, first, after)))
        yield [first, _name(first)]


def _every_word(database: sqlite3.Connection) -> Iterator[tuple[str, None]]:
    """Yield the key of each word."""
    database.execute("CREATE VIRTUAL TABLE temp.every USING fts5vocab('main', 'words', 'row')")
    try:
        for word, _ in groupby(row[0][:_LONGEST] for row in database.execute("SELECT term FROM temp.every")):
            yield word, None
    finally:
        database.execute("DROP TABLE temp.every")


def _words(
    database: sqlite3.Connection, keys: str, first: str = "", after: str | None = None
) -> Iterator[tuple[str, str]]:
    """Yield each word with the keys of its records, one after the other.

    :param keys: of all records
    :param first: the first word that is wanted
    :param after: the first one after it that is not, or ``None``
    """
    end, bounds = ("", [first]) if after is None else ("AND term < ?", [first, after])
    # The words come in their order, so that the keys of one are put together as they are read.
    rows = database.execute(
        f"SELECT term, group_concat(DISTINCT doc) FROM temp.spelled WHERE term >= ? {end} GROUP BY term",  # noqa: S608
        bounds,
    )
    for word, found in groupby(rows, key=lambda row: row[0][:_LONGEST]):
        numbers = {number for _, some in found for number in _numbers(f"[{some}]")}
        yield word, "".join(sorted([keys[number * _WIDTH : (number + 1) * _WIDTH] for number in numbers]))


#: To read numbers as JSON takes a quarter of the time.
_numbers: Final = msgspec.json.Decoder(list[int]).decode


def _keys(database: sqlite3.Connection) -> str:
    """Return the keys of all records, that of the first one at its width, so that they take no more room than that."""
    last = database.execute("SELECT coalesce(max(id), 0) FROM keyed").fetchone()[0]
    keys = bytearray((last + 1) * _WIDTH)
    for number, key in database.execute("SELECT id, key FROM keyed"):
        keys[number * _WIDTH : (number + 1) * _WIDTH] = key.encode()
    return keys.decode()


def _records(database: sqlite3.Connection) -> Iterator[tuple[str, list[object]]]:
    """Yield what is shown of each record: its path, title, language, date, seconds and summary."""
    for key, kind, slug, *shown in database.execute(
        """SELECT k.key, s.kind, s.slug, r.title, s.language, r.date, s.seconds, r.summary
        FROM temp.keyed k JOIN main.record r ON r.id = k.id JOIN main.site_record s ON s.record = k.id ORDER BY k.key"""
    ):
        yield key, [f"{kind}/{slug}", *shown]


def _names(database: sqlite3.Connection) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each key, and each end of one that a word begins, with paths, labels and languages."""
    database.execute("CREATE TEMP TABLE completed (key TEXT, path TEXT, label TEXT, language TEXT, rank INTEGER)")
    try:
        database.executemany("INSERT INTO completed VALUES (?, ?, ?, ?, ?)", _completed(database))
        rows = database.execute(
            "SELECT key, path, label, language FROM completed ORDER BY key, rank, path, label, language"
        )
        for key, found in groupby(rows, key=lambda row: str(row[0])):
            yield key, [(path, label, language) for _, path, label, language in islice(found, _NAMES_OF_A_KEY)]
    finally:
        database.execute("DROP TABLE temp.completed")


def _completed(database: sqlite3.Connection) -> Iterator[tuple[str, str, str, str, int]]:
    named = database.execute("SELECT DISTINCT kind, slug, label, language, rank FROM main.named WHERE rank < 2")
    for kind, slug, label, language, rank in named:
        words = to_key(label).split()
        for start in range(min(len(words), _WORDS_OF_A_NAME)):
            # What begins so comes before what only has a word that does.
            yield " ".join(words[start:])[:_LONGEST], f"{kind}/{slug}", label, language, rank + (2 if start else 0)


def _facet(database: sqlite3.Connection, facet: str) -> dict[str, str]:
    rows = database.execute(
        "SELECT f.value, k.key FROM main.facet f JOIN temp.keyed k ON k.id = f.record WHERE f.facet = ? ORDER BY 1, 2",
        (facet,),
    )
    return {value: "".join(key for _, key in found) for value, found in groupby(rows, key=lambda row: row[0])}


def _write(generation: Generation, folder: str, first: str, group: dict[str, Any]) -> str:
    """Write a file, and return what it is called: not for its first key, which may be any word."""
    name = _name(first)
    generation.renew(f"{ROOT}{folder}/{name}.json", _json(group))
    return name


def _name(first: str) -> str:
    return hashlib.sha256(first.encode()).hexdigest()[:12]


def _json(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _spelled(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
