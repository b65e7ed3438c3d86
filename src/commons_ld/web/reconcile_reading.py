"""What is asked of a reconciliation service, read from the JSON of either version of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

import msgspec

from commons_ld.iris import IriPolicy
from commons_ld.rdf.namespaces import expand
from commons_ld.reconciling.questions import Condition, Quantifier, Query
from commons_ld.web.reconcile_manifest import BATCH
from commons_ld.web.reconcile_words import PROPERTIES, kinds_of
from commons_ld.web.responses import Refused

__all__ = ["Extension", "Wanted", "extension", "queries_0_2", "queries_1_0", "to_property"]

#: What is longer is no label, and so many entities and properties are told of at once.
_LONGEST, _MOST_IDS, _MOST_PROPERTIES, _MOST_CONDITIONS = 1_000, 1_000, 50, 20
_DEFAULT_LIMIT: Final = 10
#: The properties by their IRIs and their short names.
_KNOWN: Final = {form: expand(name) for names in PROPERTIES.values() for name in names for form in (name, expand(name))}
#: The kind that no entity has: what is sought of an unknown type is not found.
_NOTHING: Final = ("",)

_T = TypeVar("_T")


class _Ref(msgspec.Struct):
    """An entity in place of a text, such as one that was reconciled before."""

    id: str


_Value = str | bool | int | float | _Ref | None


class _Property(msgspec.Struct):
    pid: str
    v: _Value | list[_Value]


class _Old(msgspec.Struct):
    """A query of 0.2."""

    query: str | None = None
    type: str | list[str] | _Ref | None = None
    limit: float | None = None
    properties: list[_Property] | None = None


class _Condition(msgspec.Struct, rename="camel"):
    match_type: Literal["name", "property"]
    property_value: _Value | list[_Value] = None
    v: _Value | list[_Value] = None
    property_id: str = ""
    pid: str = ""
    required: bool = False
    match_quantifier: Quantifier = "any"


class _New(msgspec.Struct):
    """A query of 1.0-draft."""

    conditions: list[_Condition]
    type: str | None = None
    limit: float | None = None


class _Batch(msgspec.Struct):
    queries: list[_New]


class _Settings(msgspec.Struct):
    limit: float | str | None = None


class Wanted(msgspec.Struct):
    """A property that is to be told, and with which settings."""

    id: str
    settings: _Settings | None = None

    @property
    def limit(self) -> int:
        """How many values are wanted at most; 0 for all."""
        given = self.settings.limit if self.settings else None
        if isinstance(given, str):
            return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 0
        return int(given) if given and 0 < given < 1e6 else 0


class Extension(msgspec.Struct):
    """What a data extension query asks: of which entities, which properties."""

    ids: list[str]
    properties: list[Wanted]


def queries_0_2(text: str, policy: IriPolicy) -> dict[str, Query]:
    """Return the queries of a batch of 0.2 by their names.

    :raises Refused: if it is none, or too long
    """
    batch = _decoded(text, dict[str, _Old], "queries")
    _check_length(batch)
    return {name: _old(query, policy) for name, query in batch.items()}


def queries_1_0(text: str, policy: IriPolicy) -> list[Query]:
    """Return the queries of a batch of 1.0-draft.

    :raises Refused: if it is none, or too long
    """
    batch = _decoded(text, _Batch, "JSON").queries
    _check_length(batch)
    return [_new(query, policy) for query in batch]


def extension(text: str) -> Extension:
    """Return a data extension query.

    :raises Refused: if it is none, or too long
    """
    asked = _decoded(text, Extension, "extend")
    if len(asked.ids) > _MOST_IDS or len(asked.properties) > _MOST_PROPERTIES:
        raise Refused(
            413,
            f"at most {_MOST_PROPERTIES} properties of {_MOST_IDS:,} entities are told at once",
            fr=f"{_MOST_PROPERTIES} propriétés de {_MOST_IDS} entités au plus sont dites à la fois",
        )
    return asked


def to_property(name: str) -> str:
    """Return the IRI of a property that is given by it or by its short name; ``""`` for one that is not told of.

    >>> to_property("skos:broader"), to_property("P31")
    ('http://www.w3.org/2004/02/skos/core#broader', '')
    """
    return _KNOWN.get(name, "")


def _decoded(text: str, kind: type[_T], what: str) -> _T:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        # What msgspec says names the place, and holds nothing of the value.
        raise Refused(400, f"{what} cannot be read: {error}", fr=f"lecture impossible de {what} : {error}") from error


def _check_length(batch: Mapping[str, object] | Sequence[object]) -> None:
    if len(batch) > BATCH:
        raise Refused(413, f"a batch has at most {BATCH} queries", fr=f"un lot a {BATCH} questions au plus")


def _old(asked: _Old, policy: IriPolicy) -> Query:
    types: Sequence[str]
    if isinstance(asked.type, _Ref):
        types = [asked.type.id]
    else:
        types = [asked.type] if isinstance(asked.type, str) else asked.type or []
    conditions = tuple(
        Condition(to_property(given.pid), values, is_required=False)
        for given in (asked.properties or [])[:_MOST_CONDITIONS]
        if (values := _values(given.v, policy))
    )
    return Query(_label(asked.query or ""), _kinds(types), _limit(asked.limit), conditions)


def _new(asked: _New, policy: IriPolicy) -> Query:
    label, conditions = "", []
    for given in asked.conditions[:_MOST_CONDITIONS]:
        values = _values(given.property_value if given.property_value is not None else given.v, policy)
        if given.match_type == "name":
            label = label or _label(next(iter(values), ""))
        elif values:
            prop = to_property(given.property_id or given.pid)
            conditions.append(Condition(prop, values, given.required, given.match_quantifier))
    return Query(label, _kinds([asked.type] if asked.type else []), _limit(asked.limit), tuple(conditions))


def _kinds(types: Sequence[str]) -> tuple[str, ...]:
    types = [type_ for type_ in types if type_]
    found = tuple(dict.fromkeys(kind for type_ in types for kind in kinds_of(type_)))
    return found if found or not types else _NOTHING


def _label(text: str) -> str:
    return text.strip()[:_LONGEST]


def _limit(given: float | None) -> int:
    return int(given) if given is not None and 1 <= given < 1e6 else _DEFAULT_LIMIT


def _values(given: Any, policy: IriPolicy) -> tuple[str, ...]:
    values = given if isinstance(given, list) else [given]
    return tuple(text for value in values[:_MOST_CONDITIONS] if (text := _text(value, policy)))


def _text(value: _Value, policy: IriPolicy) -> str:
    if isinstance(value, _Ref):
        return policy.base_iri + value.id if policy.parse(policy.base_iri + value.id) else value.id
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _label(str(value))
