"""The record schema: published as JSON Schema and as CSV columns, and held against what a source gives.

All of it is made from :class:`~commons_ld.record.RecordFields`. What is valid by the JSON Schema can be read;
of the rest, labels that are not known are kept as unrecognised, and everything else is refused.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from commons_ld.errors import InvalidRecord
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord, Note, RecordFields, Remark, Unrecognised
from commons_ld.text import clean, is_seen, nearest

__all__ = ["SCHEMA_IRI", "Column", "Field", "csv_columns", "fields", "record_schema", "shown", "to_record"]

#: Where the schema is published.
SCHEMA_IRI: Final = "https://w3id.org/commons-ld/record.schema.json"

#: Looking for the nearest known label takes time, and after so many unknown ones it helps nobody.
_MOST_HINTS: Final = 100
_LONGEST_LABEL: Final = 200

Kind = Literal["text", "number", "choice", "texts", "parts"]


class Field(NamedTuple):
    """A field of the schema, or of one of its parts.

    :param kind: one text, a whole number, one of :attr:`choices`, a list of texts, or a list of parts
    :param part: what each part of the list is
    """

    name: str
    kind: Kind
    is_required: bool = False
    description: str = ""
    choices: tuple[str, ...] = ()
    part: type[msgspec.Struct] | None = None


class Column(NamedTuple):
    """A column of a CSV source.

    :param form: how a cell is written
    """

    name: str
    form: str
    description: str


@cache
def fields(struct: type[msgspec.Struct] = RecordFields) -> Mapping[str, Field]:
    """Return the fields of the record schema, or those of one of its parts, by name.

    >>> fields()["languages"].kind, fields()["guests"].part.__name__
    ('texts', 'Guest')
    """
    hints = get_type_hints(struct, include_extras=True)
    named = (_field(field.name, hints[field.name], field.required) for field in msgspec.structs.fields(struct))
    return types.MappingProxyType({field.name: field for field in named})


def _field(name: str, hint: Any, is_required: bool) -> Field:
    meta = next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Meta)), None)
    description = meta.description or "" if meta else ""
    bare = get_args(hint)[0] if meta else hint
    arguments = get_args(bare)
    if get_origin(bare) is Literal:
        return Field(name, "choice", is_required, description, choices=arguments)
    if get_origin(bare) is tuple and arguments[0] is not str:
        return Field(name, "parts", is_required, description, part=arguments[0])
    kinds: dict[Any, Kind] = {str: "text", int: "number", tuple[str, ...]: "texts"}
    return Field(name, kinds[bare], is_required, description)


# ── Published ────────────────────────────────────────────────────────────────────────────────────────


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record (https://json-schema.org/draft/2020-12).

    >>> record_schema()["required"]
    ['title']
    """
    components = msgspec.json.schema(RecordFields)["$defs"]
    for component in components.values():
        # The rest of a docstring is for those who read the code.
        component["description"] = component["description"].partition("\n")[0]
        for required in component.get("required", ()):
            component["properties"][required]["pattern"] = r"\S"
    record = components.pop(RecordFields.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_IRI,
        "title": "A record of an archive of recorded conversations",
        "description": record["description"],
        "type": "object",
        "properties": record["properties"],
        "required": record["required"],
        "additionalProperties": False,
        "$defs": dict(sorted(components.items())),
    }


#: How a cell of CSV is written, by the kind of its field or by the name of its part.
_FORMS: Final = {
    "text": "text",
    "texts": "values parted by |, commas or semicolons",
    "Guest": "Name: biography, parted by |",
    "Document": "title <address>, parted by |",
    "Link": "label <address>, parted by |",
    "Note": "[14:09] Name: text, parted by |",
}


def csv_columns() -> tuple[Column, ...]:
    r"""Return the columns that a CSV source may have, in the order of the schema.

    Where values are parted by ``|``, a value that holds one writes it ``\|``. Where no ``|`` stands in the cell,
    each value may have a line of its own, but not the notes; a list of texts may be parted by semicolons then, and
    else by commas, as on the page. The replies of notes cannot be told in CSV.

    >>> csv_columns()[0].name
    'title'
    """
    return tuple(Column(field.name, _form(field), field.description) for field in fields().values())


def _form(field: Field) -> str:
    if field.choices:
        return " or ".join(choice for choice in field.choices if choice)
    return _FORMS[field.part.__name__ if field.part else field.kind]


# ── Held against what a source gives ─────────────────────────────────────────────────────────────────


def to_record(given: Mapping[str, Any], *, origin: Origin, lines: Mapping[str, int]) -> MediaRecord:
    """Return the record that a source gives as texts, whole numbers, lists and mappings.

    Texts are trimmed at the ends and cleaned of what no output can carry. Values that are empty are left
    out of lists; notes stay, since replies count them.

    :param lines: the line of each field; that of ``origin`` stands for those it lacks
    :raises InvalidRecord: if a value is not of its field's kind, or one that is required is blank

    >>> record = to_record({"title": " Voisinage ", "paye": "France"}, origin=Origin("a.json"), lines={})
    >>> record.title, record.unrecognised[0].nearest
    ('Voisinage', 'page')
    """
    return _Reading(origin, lines).record(given)


class _Reading:
    """One record while it is held against the schema: where the reading is, and what was found on the way."""

    def __init__(self, origin: Origin, lines: Mapping[str, int]) -> None:
        self._origin, self._lines = origin, lines
        # Where it is: at a field, at an item of its list, at a member of that item.
        self._field, self._item, self._member = "", 0, ""
        self._dropped = 0
        self._unrecognised: list[Unrecognised] = []
        self._remarks: list[Remark] = []

    def record(self, given: Mapping[str, Any]) -> MediaRecord:
        """Return the record; see :func:`to_record`."""
        self._origin = self._origin.at(page=_name(given))
        known = fields()
        values: dict[str, Any] = {}
        for label, value in given.items():
            self._field, self._item, self._dropped = label, 0, 0
            if field := known.get(label):
                values[label] = self._value(field, value)
            else:
                self._keep(value, label, known)
            if self._dropped:
                self._remarks.append(Remark("dropped-characters", label, str(self._dropped), self._line()))
        self._field = "title"
        if not is_seen(values.get("title", "")):
            raise self._error("field-missing")
        lines = ((name, self._lines.get(name, self._origin.line)) for name in values)
        return MediaRecord(
            **values,
            origin=self._origin,
            lines={name: line for name, line in lines if line},
            unrecognised=tuple(self._unrecognised),
            remarks=tuple(self._remarks),
        )

    def _value(self, field: Field, value: Any) -> Any:
        if field.kind == "text":
            return self._text(value)
        if field.kind == "choice":
            text = self._text(value)
            if text not in field.choices:
                raise self._error("field-not-choice", text)
            return text
        if field.kind == "number":
            if type(value) is not int:
                raise self._error("field-not-number", shown(value))
            return value
        if not isinstance(value, list):
            raise self._error("field-not-list", shown(value))
        items: list[Any] = []
        for self._item, item in enumerate(value, 1):
            items.append(self._text(item) if field.part is None else self._part(field.part, item))
        nothing = "" if field.part is None else _nothing(field.part)
        return tuple(item for item in items if item != nothing)

    def _part(self, struct: type[msgspec.Struct], value: Any) -> msgspec.Struct:
        if not isinstance(value, dict):
            raise self._error("field-not-object", shown(value))
        known = fields(struct)
        values: dict[str, Any] = {}
        for self._member, item in value.items():
            if field := known.get(self._member):
                values[self._member] = self._value(field, item)
            else:
                self._keep(item, self._member, known)
        for self._member in _required(struct):
            if not values.get(self._member):
                raise self._error("field-missing")
        self._member = ""
        return struct(**values)

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._error("field-not-text", shown(value))
        # What is printable needs no cleaning, and most texts are: asking is much cheaper than cleaning.
        if value.isprintable():
            return value.strip()
        text, dropped = clean(value)
        self._dropped += dropped
        return text.strip()

    def _keep(self, value: Any, label: str, known: Mapping[str, Field]) -> None:
        """Keep what no field is known for."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        hint = _nearest(label[:_LONGEST_LABEL], tuple(known)) if len(self._unrecognised) < _MOST_HINTS else ""
        self._unrecognised.append(Unrecognised(clean(self._where())[0], clean(text)[0].strip(), self._line(), hint))

    def _where(self) -> str:
        item = f"[{self._item}]" if self._item else ""
        return f"{self._field}{item}.{self._member}" if self._member else f"{self._field}{item}"

    def _line(self) -> int:
        return self._lines.get(self._field, self._origin.line)

    def _error(self, code: str, value: str = "") -> InvalidRecord:
        return InvalidRecord(code, origin=self._origin.at(line=self._line()), field=self._where(), value=value)


def _name(given: Mapping[str, Any]) -> str:
    """Return what a person would look a record up by, or ``""`` where it does not tell."""
    for field in ("identifier", "title"):
        if isinstance(name := given.get(field), str) and (cleaned := clean(name)[0].strip()):
            return cleaned
    return ""


@lru_cache(maxsize=1024)
def _nearest(label: str, known: tuple[str, ...]) -> str:
    return nearest(label, known)


@cache
def _required(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(struct).values() if field.is_required)


@cache
def _nothing(struct: type[msgspec.Struct]) -> msgspec.Struct | None:
    """Return the part that says nothing and is left out, or ``None`` where none is: replies count the notes."""
    return None if struct is Note or _required(struct) else struct()


def shown(value: Any) -> str:
    """Return a value for an error: a text, a list or an object only by its marks, for it may hold what is personal.

    >>> shown(12), shown("michel@exemple.org")
    ('12', '"…"')
    """
    if isinstance(value, str):
        return '"…"'
    if isinstance(value, list):
        return "[…]"
    return "{…}" if isinstance(value, dict) else json.dumps(value)
