"""Search: words and facets in, records out, a page at a time, with how many more each facet would find.

Facets narrow one another; values of the same facet are alternatives. So a facet's counts leave its own choice out:
they tell what choosing another value would find. The order is that of relevance where words are given, else the newest
first; records that are equal in that are ordered by their IRI, so that pages neither repeat nor skip one.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.messages import Language
from commons_ld.outputs.search_record import FACETS, ROLES
from commons_ld.sentences import asking
from commons_ld.sentences.publication import said

__all__ = ["LARGEST_PAGE", "MAX_PAGE", "FacetValue", "Found", "Hit", "SearchQuery", "search"]

#: How many records a page may hold, and how many pages can be turned: further back, the words should be narrowed.
LARGEST_PAGE: Final = 100
MAX_PAGE: Final = 1000

#: What is longer, or has more words, is no search of a person.
_MAX_LENGTH, _MAX_WORDS, _MAX_CHOICES = 500, 24, 40

#: A quoted phrase, or a word; whatever else stands in a query separates words, as in the index.
_TERM: Final = re.compile(r'"([^"]{1,500})"|([^\W_]+)')
_WORD: Final = re.compile(r"[^\W_]+")
#: Letters that are not a letter with a mark, and that people write as two.
_LIGATURES: Final = (("œ", "oe"), ("æ", "ae"))

#: How much each column of the words counts: titles, people, concepts, texts, notes.
_WEIGHTS: Final = "10.0, 6.0, 5.0, 2.0, 1.0"
#: Around what was found in a snippet: two characters that no text of the graph can hold.
_OPEN, _CLOSE = "\x02", "\x03"

#: SQLite asks every so many steps whether to go on; a search that takes this many times as long is given up.
_STEPS, _PATIENCE = 1_000_000, 200

#: What the words find, whatever is chosen of facets; each search has a table of its own, in memory.
_MATCHED: Final = (
    "CREATE TEMP TABLE matched AS "
    f"SELECT rowid AS id, bm25(words, {_WEIGHTS}) AS rank FROM words WHERE words MATCH :words"
)


class SearchQuery(NamedTuple):
    """What is searched.

    :param words: as a person writes them; a word matches however it is accented, and the last one by its beginning
    :param facets: of each facet the values of which one must be there
    :param page: counted from 1
    :param size: how many records a page holds
    """

    words: str = ""
    facets: Mapping[str, tuple[str, ...]] = {}
    page: int = 1
    size: int = 20


class FacetValue(NamedTuple):
    """A value of a facet, and how many records it would leave.

    :param value: what a query gives
    :param label: what a person reads
    :param chosen: whether the query gives it
    """

    value: str
    label: str
    records: int
    chosen: bool


class Hit(NamedTuple):
    """A record that was found.

    :param snippet: pieces of its text, each with whether it is what was found
    """

    iri: str
    title: str
    date: str
    snippet: tuple[tuple[str, bool], ...]


class Found(NamedTuple):
    """A page of what was found.

    :param total: how many records were found in all
    :param pages: how many pages they fill
    """

    total: int
    pages: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]


def search(index: Path, query: SearchQuery, language: Language = "fr") -> Found:
    """Search an index.

    :param index: the file that :mod:`commons_ld.outputs.search_index` made
    :param language: of the labels of concepts
    :raises QueryRejected: if the query is too long, names an unknown facet, or a page that cannot be
    :raises StoreUnavailable: if the search would take too long, or the index is not there, as while it is made again
    :raises StoreError: if the index is broken
    """
    _check(query)
    words = _fts(query.words)
    with _opened(index) as database:
        if query.words.strip() and not words:
            return Found(0, 0, (), dict.fromkeys(FACETS, ()))
        if words:
            database.execute(_MATCHED, {"words": words})
        table = "matched" if words else "record"
        condition, values = _condition(query.facets)
        total = database.execute(f"SELECT count(*) FROM {table} WHERE {condition}", values).fetchone()[0]
        hits = _hits(database, table, words, query)
        free = [facet for facet in FACETS if not query.facets.get(facet)]
        counts = _counts(database, table, free, query, language)
        for facet in query.facets:
            counts |= _counts(database, table, [facet], query, language)
        facets = {facet: _values(facet, counts.get(facet, []), query) for facet in FACETS}
    return Found(total, min(-(-total // query.size), MAX_PAGE), hits, facets)


def _check(query: SearchQuery) -> None:
    if unknown := [facet for facet in query.facets if facet not in FACETS]:
        raise QueryRejected("search", asking.said("no-facet", unknown[0], known=", ".join(FACETS)))
    if len(query.words) > _MAX_LENGTH or len(_TERM.findall(query.words)) > _MAX_WORDS:
        raise QueryRejected("search", asking.said("many-words", words=_MAX_WORDS, characters=_MAX_LENGTH))
    if sum(map(len, query.facets.values())) > _MAX_CHOICES:
        raise QueryRejected("search", asking.said("many-choices", _MAX_CHOICES))
    if not 1 <= query.page <= MAX_PAGE:
        raise QueryRejected("search", asking.said("bad-page", MAX_PAGE))
    if not 1 <= query.size <= LARGEST_PAGE:
        raise QueryRejected("search", asking.said("bad-size", LARGEST_PAGE))


def _fts(words: str) -> str:
    """Return a query of FTS5 (https://www.sqlite.org/fts5.html#full_text_query_syntax): nothing of it is the user's.

    Every word stands in quotes, where no operator has a meaning.

    >>> _fts('communs "appel en commun" NOT pla')
    '"communs" AND "appel en commun" AND "NOT" AND ("pla" OR "pla"*)'
    >>> _fts('";DROP'), _fts("!!!"), _fts("œuvre ")
    ('("DROP" OR "DROP"*)', '', '("œuvre" OR "oeuvre")')
    >>> _fts("e\u0301tat ") == _fts("état ")
    True
    """
    terms = []
    # A Mac writes é as two characters, of which the second is in no word.
    words = unicodedata.normalize("NFC", words)
    for match in _TERM.finditer(words):
        phrase = " ".join(_WORD.findall(match[0]))
        if not phrase:
            continue
        forms = dict.fromkeys(_spellings(phrase))
        written = [f'"{form}"' for form in forms]
        if match[2] and match.end() == len(words):
            # It is still being written: what it begins is found too.
            written += [f'"{form}"*' for form in forms]
        terms.append(written[0] if len(written) == 1 else f"({' OR '.join(written)})")
    return " AND ".join(terms)


def _spellings(text: str) -> Iterator[str]:
    yield text
    folded = text.casefold()
    for ligature, letters in _LIGATURES:
        if ligature in folded or letters in folded:
            yield folded.replace(ligature, letters)
            yield folded.replace(letters, ligature)


def _condition(facets: Mapping[str, tuple[str, ...]], without: str = "") -> tuple[str, dict[str, str | int]]:
    """Return an expression of SQL that holds for records with the facets that were chosen, and its parameters."""
    parts, values = ["1"], dict[str, str | int]()
    for facet, chosen in facets.items():
        if facet == without or not chosen:
            continue
        names = [f"{facet}{number}" for number in range(len(chosen))]
        values |= dict(zip(names, chosen, strict=True))
        # The names of facets are ours, and were checked; the values are parameters.
        parts.append(
            f"id IN (SELECT record FROM facet WHERE facet = '{facet}' "
            f"AND value IN ({', '.join(':' + name for name in names)}))"
        )
    return " AND ".join(parts), values


def _hits(database: sqlite3.Connection, table: str, words: str, query: SearchQuery) -> tuple[Hit, ...]:
    condition, values = _condition(query.facets)
    joined, order = ("JOIN record USING (id)", "rank, date DESC, iri") if words else ("", "date DESC, iri")
    rows = database.execute(
        f"SELECT id, iri, title, date, summary FROM {table} {joined} "
        f"WHERE {condition} ORDER BY {order} LIMIT :size OFFSET :skipped",
        {**values, "size": query.size, "skipped": (query.page - 1) * query.size},
    ).fetchall()
    return tuple(
        Hit(iri, title, date, _snippet(database, number, words) or ((summary, False),))
        for number, iri, title, date, summary in rows
    )


def _snippet(database: sqlite3.Connection, number: int, words: str) -> tuple[tuple[str, bool], ...]:
    if not words:
        return ()
    row = database.execute(
        "SELECT snippet(words, -1, :open, :close, '…', 32) FROM words WHERE words MATCH :words AND rowid = :number",
        {"open": _OPEN, "close": _CLOSE, "words": words, "number": number},
    ).fetchone()
    pieces = []
    for part in " ".join(row[0].split(" ")).split(_OPEN) if row else ():
        found, close, rest = part.rpartition(_CLOSE)
        pieces += [(found, True)] if close else []
        pieces += [(rest, False)] if rest else []
    return tuple(pieces)


def _counts(
    database: sqlite3.Connection, table: str, facets: Sequence[str], query: SearchQuery, language: Language
) -> dict[str, list[tuple[str, str, int]]]:
    """Return value, label and count of each value of some facets that are free, or of one that has been chosen."""
    condition, values = _condition(query.facets, without=facets[0] if len(facets) == 1 else "")
    names = ", ".join(f"'{facet}'" for facet in facets)
    if table == "record" and not values:
        counted = f"SELECT facet, value, label AS own, records FROM total WHERE facet IN ({names})"
    else:
        counted = (
            "SELECT facet, value, max(label) AS own, count(*) AS records FROM facet "
            f"WHERE facet IN ({names}) AND record IN (SELECT id FROM {table} WHERE {condition}) GROUP BY facet, value"
        )
    rows = database.execute(
        "SELECT facet, counted.value, coalesce("
        "(SELECT label.label FROM label WHERE label.value = counted.value AND label.language = :language), "
        "(SELECT label.label FROM label WHERE label.value = counted.value AND label.language = 'fr')), own, records "
        f"FROM ({counted}) AS counted",
        {**values, "language": language},
    )
    found: dict[str, list[tuple[str, str, int]]] = {}
    for facet, value, label, own, count in rows:
        # Only concepts have labels in the scheme; a collection may have the name of one.
        shown = (label if facet in ROLES else "") or own or value
        found.setdefault(facet, []).append((value, shown, count))
    return found


def _values(facet: str, counts: Sequence[tuple[str, str, int]], query: SearchQuery) -> tuple[FacetValue, ...]:
    chosen = query.facets.get(facet, ())
    found = [FacetValue(value, label, count, value in chosen) for value, label, count in counts]
    # What was chosen stays to be seen, and can be taken back, even where nothing more is found with it.
    found += [FacetValue(value, value, 0, True) for value in chosen if value not in {row.value for row in found}]
    if facet == "year":
        return tuple(sorted(found, key=lambda row: row.value, reverse=True))
    return tuple(sorted(found, key=lambda row: (-row.records, row.value)))


@contextmanager
def _opened(index: Path) -> Iterator[sqlite3.Connection]:
    if not index.is_file():
        raise StoreUnavailable(str(index), said("no-index"))
    left = _PATIENCE

    def is_enough() -> int:
        nonlocal left
        left -= 1
        return left < 0

    try:
        # Nothing writes to an index that is finished, so that it needs no locks.
        with closing(sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA temp_store = MEMORY")
            database.set_progress_handler(is_enough, _STEPS)
            yield database
    except sqlite3.OperationalError as error:
        if left < 0:
            raise StoreUnavailable("search", asking.said("long-search")) from error
        raise StoreError(str(index), said("not-read", error)) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(str(index), said("not-read", error)) from error
