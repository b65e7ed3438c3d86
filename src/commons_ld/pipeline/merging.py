"""Make one record of what a page says in its own text and what Semantic MediaWiki exports of it.

The page has the last word on texts, the export on values with types: days, lists, countries, addresses. Either
fills what the other lacks. Where both give a typed value, it is what they mean that is compared, so that
``2021/12/02`` and ``2021-12-02`` agree; then the page's spelling stays. Where they disagree a remark names both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from msgspec.structs import replace

from commons_ld import codes
from commons_ld.dates import DateOrder
from commons_ld.moments import beginning
from commons_ld.rdf import terms
from commons_ld.record import Export, MediaRecord, Remark
from commons_ld.text import fold

__all__ = ["TEXTS", "meanings", "merge"]

#: Fields on which the page has the last word; the export fills those that are empty.
TEXTS: Final = ("description", "image", "documents", "links")
#: A metre, in degrees.
_METRE: Final = Decimal("0.00001")
#: The day of a start that tells none.
_NO_DAY: Final = dt.date(2, 1, 1)


def merge(page: MediaRecord, export: MediaRecord, order: DateOrder = "") -> MediaRecord:
    """Return the record of a page, complete with what its export says.

    If both say when they were saved and the export is the older one, the page has the last word on everything.

    :param order: what comes first in a day that ends with the year: see :func:`commons_ld.dates.read_date`

    >>> from commons_ld.origin import Origin
    >>> page = MediaRecord(title="21.12", created="2021/12/02", countries=("France",), origin=Origin("a.txt"))
    >>> export = MediaRecord(title="21.12", created="2021-12-02", countries=("Italie",), origin=Origin("a.rdf"))
    >>> merged = merge(page, export)
    >>> merged.created, merged.countries, [(remark.code, remark.value, remark.hint) for remark in merged.remarks]
    ('2021/12/02', ('Italie',), [('sources-disagree', 'Italie', 'France')])
    """
    changes: dict[str, Any] = {"revision": page.revision or export.revision, "other_titles": _titles(page, export)}
    for field in TEXTS:
        changes[field] = getattr(page, field) or getattr(export, field)
    remarks: list[Remark] = []
    for field, meaning in meanings(order).items():
        changes[field] = _typed(page, export, field, meaning, remarks)
    known = {(fold(item.label), item.text) for item in page.unrecognised}
    new = (item for item in export.unrecognised if (fold(item.label), item.text) not in known)
    changes["unrecognised"] = (*page.unrecognised, *new)
    changes["remarks"] = (*page.remarks, *export.remarks, *remarks)
    taken = tuple(field for field in (*TEXTS, *meanings()) if changes[field] != getattr(page, field))
    changes["exports"] = (*page.exports, Export(export.origin, taken))
    return replace(page, **changes)


def _typed(
    page: MediaRecord, export: MediaRecord, field: str, meaning: Callable[[Any], Hashable], remarks: list[Remark]
) -> Any:
    """Return the value of a typed field, and add a remark if the two disagree about it."""
    ours, theirs = getattr(page, field), getattr(export, field)
    if not ours or not theirs:
        return ours or theirs
    our_meaning, their_meaning = meaning(ours), meaning(theirs)
    if ours == theirs or _agree(our_meaning, their_meaning) or _is_less_exact(field, their_meaning, our_meaning):
        return ours
    if _is_less_exact(field, our_meaning, their_meaning):
        return theirs
    is_older = bool(_saved(page)) and "" < _saved(export) < _saved(page)
    # A value that cannot be read would hold the record back, or be left out: one that can be is better.
    follows_page = is_older or (their_meaning is None and our_meaning is not None)
    code = "page-followed" if follows_page else "sources-disagree"
    remarks.append(Remark(code, field, _shown(theirs), page.lines.get(field, 0), _shown(ours)))
    return ours if follows_page else theirs


def _titles(page: MediaRecord, export: MediaRecord) -> tuple[str, ...]:
    """Return the other titles of both, each once however it is written."""
    titles = {fold(page.title): ""}
    for title in (*page.other_titles, export.title, *export.other_titles):
        titles.setdefault(fold(title), title)
    return tuple(title for title in titles.values() if title)


def _saved(record: MediaRecord) -> str:
    return record.revision.timestamp if record.revision else ""


def _shown(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _agree(one: Hashable, other: Hashable) -> bool:
    if isinstance(one, terms.Point) and isinstance(other, terms.Point):
        return all(abs(ours - theirs) <= _METRE for ours, theirs in zip(one, other, strict=True))
    if isinstance(one, dt.datetime) and isinstance(other, dt.datetime) and _NO_DAY in (one.date(), other.date()):
        return one.timetz() == other.timetz()
    return one is not None and one == other


def _is_less_exact(field: str, one: Hashable, other: Hashable) -> bool:
    """Tell whether a date is the year or the month of another one."""
    if field not in ("created", "issued") or not isinstance(one, bytes) or not isinstance(other, bytes):
        return False
    day, exact = (date.split(b'"')[1] for date in (one, other))
    return exact.startswith(day + b"-")


# What a value means: equal for two that mean the same, ``None`` for one that cannot be read.


def _duration(value: str) -> Hashable:
    return terms.duration(value) or terms.pages(value)


def _coordinates(value: str) -> Hashable:
    return terms.coordinates(value)


def _address(value: str) -> Hashable:
    scheme, colon, rest = value.strip().partition("://")
    if not colon or scheme.lower() not in ("http", "https"):
        return None
    host, _, path = rest.partition("/")
    return host.lower().removeprefix("www."), path.rstrip("/")


def _names(values: Sequence[str]) -> Hashable:
    return frozenset(map(fold, values))


def _media_type(value: str) -> Hashable:
    return fold(value)


def _languages(values: Sequence[str]) -> Hashable:
    return frozenset(codes.language(value) or fold(value) for value in values)


def _countries(values: Sequence[str]) -> Hashable:
    return frozenset(codes.country(value) or fold(value) for value in values)


@cache
def meanings(order: DateOrder = "") -> dict[str, Callable[[Any], Hashable]]:
    """Return the fields on which the export has the last word, and what their values mean."""

    def date(value: str) -> Hashable:
        return terms.date(value, order)

    return {
        "created": date,
        "start": lambda value: beginning(value, _NO_DAY, "Etc/UTC", order),
        "issued": date,
        "duration": _duration,
        "languages": _languages,
        "countries": _countries,
        "media_type": _media_type,
        "collections": _names,
        "objets_de_commun": _names,
        "enjeux": _names,
        "actions": _names,
        "resultats_attendus": _names,
        "producers": _names,
        "participants": _names,
        "authors": _names,
        "broadcast_url": _address,
        "website": _address,
        "coordinates": _coordinates,
    }
