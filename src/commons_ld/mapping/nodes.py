"""What is said of each kind of node, row by row of the crosswalk: what code is generated from, in any syntax.

The rows of a node become its *statements*, a property each, in the order of canonical N-Quads; each names the variable
of the generated code that holds its values. A :class:`Syntax` turns that into the lines of source that write a node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.rdf.block import Block
from commons_ld.rdf.namespaces import expand
from commons_ld.record import RecordFields

__all__ = [
    "CLOSED",
    "DESCRIBED",
    "LISTS",
    "MEDIA",
    "MOMENTS",
    "NUMBERED",
    "PARTS",
    "TEXTS",
    "Node",
    "Source",
    "Statement",
    "Syntax",
    "Written",
    "is_text_of_the_record",
    "nodes",
]

#: Nodes that are numbered parts of their record, in the order in which they stand.
NUMBERED: Final = ("document", "note")
#: Fields that hold any number of values.
LISTS: Final = frozenset(
    {"former_titles"} | {name for name, kind in RecordFields.__annotations__.items() if "tuple[" in str(kind)}
)
#: Nodes whose class depends on the page.
MEDIA: Final = ("media", "recording")
#: Nodes that stand for a part of the record; the others are made of names.
PARTS: Final = frozenset({"session", "media", "recording", "person", "document", "link", "note"})
#: Terms that are the text itself, and what follows each: the variable of its language, if it has one.
TEXTS: Final = {"text": "tag", "label": "UNDETERMINED", "string": ""}
#: Terms that are literals, or IRIs of closed vocabularies, and come again and again: no node is ever called so.
CLOSED: Final = frozenset(
    {"country", "date", "dcmi_type", "decimal", "duration", "integer", "language", "language_tag", "pages"}
)
#: Terms that are of one datatype, and different for each record, so that no form of them is kept.
MOMENTS: Final = frozenset({"moment", "start"})

#: Terms that are nodes which the block always describes, and the kinds of node that they may be.
DESCRIBED: Final[dict[str, tuple[str, ...]]] = {
    "author": ("person", "organization", "participant"),
    "collection": ("collection", "series"),
    "note": ("note",),
    "person": ("person", "organization"),
    "producer": ("person", "organization"),
    "recording": ("recording",),
    "reply_to": ("note",),
    "session": ("session",),
}


def is_text_of_the_record(rule: Rule) -> bool:
    """Tell whether a row writes a text of the record as it stands, so that it need not be decoded for it."""
    return rule.term in ("text", "label") and rule.node in PARTS and rule.field not in LISTS


class Source(NamedTuple):
    """What a row finds, and the variable that holds it: ``t3`` a term or nothing, ``l3`` sorted terms."""

    name: str
    rule: Rule

    @property
    def language(self) -> str:
        """The variable of the language that follows the text that is found, or ``""``."""
        # What is one of many has its language already.
        return "" if self.name[0] == "l" else TEXTS.get(self.rule.term, "")


class Statement(NamedTuple):
    """What is said by one property.

    :param predicate: its IRI
    :param values: the variable that holds its term or nothing, ``t3``; or its sorted terms, ``l3`` or ``m0``
    """

    predicate: str
    sources: tuple[Source, ...]
    values: str

    @property
    def is_list(self) -> bool:
        """Whether there may be several values."""
        return self.values[0] != "t"

    @property
    def terms(self) -> frozenset[str]:
        """The terms of its rows."""
        return frozenset(source.rule.term for source in self.sources)


class Node(NamedTuple):
    """A kind of node.

    :param classes: the IRIs of its classes, sorted; none where the page knows its only one
    :param statements: sorted by property, the classes left out
    :param merged: the variables of the terms that several rows find together, with what finds them
    """

    kind: str
    classes: tuple[str, ...]
    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]
    merged: dict[str, tuple[Source, ...]]


class Written(Protocol):
    """What a page knows of itself when it is put together."""

    session: bytes
    nodes: dict[bytes, list[bytes]]
    is_odd: bool


class Syntax(Protocol):
    """A syntax that a record is written in beside its block, in the same pass."""

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the lines of source use, once they were made."""

    def begin(self) -> Any:
        """Return what the lines of source write into, for one record."""

    def lines(self, node: Node, told: str, *, tokens: bool) -> Sequence[str]:
        """Return the lines of source that write a node.

        :param told: how they call what :meth:`begin` returned
        :param tokens: whether the texts of records are tokens of JSON
        """

    def whole(self, told: Any, page: Written, block: Block) -> Sequence[bytes]:
        """Return the record, put together."""


def nodes() -> list[Node]:
    """Return every kind of node, with what the crosswalk says of it.

    :raises ValueError: if a text would have to be sorted among other terms
    """
    return [_node(kind) for kind in NODE_TYPES]


def _node(kind: str) -> Node:
    sources = tuple(
        Source(f"{'l' if rule.field in LISTS or rule.term in NUMBERED else 't'}{number}", rule)
        for number, rule in enumerate(rule for rule in CROSSWALK if rule.node == kind)
    )
    said: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        for name in source.rule.properties:
            said[expand(name)].append(source)
    merged: dict[tuple[Source, ...], str] = {}
    statements = []
    for property_ in sorted(said):
        own = tuple(said[property_])
        if len(own) == 1:
            statements.append(Statement(property_, own, own[0].name))
            continue
        # Several rows give this property: their terms are sorted together, once for all properties of the same rows.
        if any(source.language for source in own):
            raise ValueError(f"a text shares the property {property_} of a {kind} with other values")
        statements.append(Statement(property_, own, merged.setdefault(own, f"m{len(merged)}")))
    classes = tuple(sorted(map(expand, NODE_TYPES[kind])))
    return Node(kind, classes, sources, tuple(statements), {name: own for own, name in merged.items()})
