"""JSON-LD in the pass that maps: the lines of source that write a node as an object, and what puts objects together.

They are generated from the same plan as those of N-Quads (:mod:`commons_ld.mapping.plan`), by the rules of the context,
and write of the same terms what :func:`~commons_ld.outputs.jsonld.objects` makes of the block's lines; a test holds
them together, byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from commons_ld.iris import RECORDS
from commons_ld.mapping.nodes import (
    CLOSED,
    MEDIA,
    MOMENTS,
    NUMBERED,
    TEXTS,
    Node,
    Source,
    Statement,
    Written,
    is_text_of_the_record,
)
from commons_ld.memo import Memo
from commons_ld.outputs.context import Context
from commons_ld.outputs.jsonld import framing_of, objects, order, recoded
from commons_ld.outputs.statements import without_graph
from commons_ld.rdf.block import Block
from commons_ld.rdf.namespaces import expand

__all__ = ["JsonLdPlan"]

_TYPE: Final = f"<{expand('rdf:type')}>".encode()
_MOMENT: Final = f"^^<{expand('xsd:dateTime')}>".encode()

#: What leads elsewhere, and hardly ever to what is described in the record.
_ADDRESSES: Final = frozenset({"image", "media_file", "url"})
#: What is no node, or one that stands in the record itself.
_PLACED: Final = CLOSED | MOMENTS | TEXTS.keys() | _ADDRESSES | {"reply_to", "session"}
#: Nodes in whose objects no other ones stand, by the terms that point to them.
_LEAVES: Final = frozenset({"collection", "concept", "document", "link", "person", "producer"})
#: What comes again and again, so that it is kept how all of a property is written.
_REPEATED: Final = CLOSED | TEXTS.keys() | {"collection", "concept"}
#: What is another one in most records, and of one datatype in nearly all.
_TYPED: Final = frozenset({"date", "duration", "pages"})
#: What many records share, so that it is kept of each whether it is numbered.
_SHARED: Final = frozenset({"collection", "concept", "person", "producer"})
_QUOTE: Final = b'"'
_ANY_TAG: Final = b"@und"
_NO_NAME: Final = re.compile(r"\W")

#: The parts of an object, and which of them are IRIs, in whose places objects may stand.
_Parts = list[bytes]
_References = list[tuple[bytes, int]]


class _Told(NamedTuple):
    """What the nodes of a record are told to.

    :param leaves: the objects of nodes that refer to no other one
    :param others: what those are made of that do
    :param addresses: what is taken to be described nowhere in the record
    """

    leaves: dict[bytes, bytes]
    others: dict[bytes, tuple[_Parts, _References]]
    addresses: list[bytes]


class JsonLdPlan:
    """How JSON-LD is written beside N-Quads.

    :param context: by whose rules
    """

    def __init__(self, context: Context) -> None:
        self._context: Final = context
        self._framing: Final = framing_of(context)
        self.scope: Final[dict[str, Any]] = {
            "bare": itemgetter(slice(1, -1)),
            "is_numbered": Memo(_is_numbered).__getitem__,
            "join": b"".join,
            "key": Memo(_key, limit=256),
            "place": _place,
            "quote": b'"%b"'.__mod__,
            "quoted": Memo(_quoted).__getitem__,
            "recoded": recoded,
        }

    def begin(self) -> _Told:
        """Return what the nodes of a record are told to."""
        return _Told({}, {}, [])

    def lines(self, node: Node, told: str, *, tokens: bool) -> Sequence[str]:
        """Return the lines of source that write a node: ``j`` are the parts of its object, ``r`` its references."""
        said = sorted(node.statements, key=lambda one: self._framing.ranks[f"<{one.predicate}>".encode()])
        type_ = b'"'
        if node.classes:
            classes = sorted((f"<{class_}>".encode() for class_ in node.classes), key=order)
            type_ += self._framing.members(_TYPE, classes)
        lines = [f'j = [b\'{{"@id":"\', s[1:-1], {type_!r}]']
        if node.kind in MEDIA:
            lines.append(f"j.append({self._kept(_TYPE)}[p.medium])")
        ordered: set[str] = set()
        placed: set[Source] = set()
        refers = False
        for statement in said:
            # What the same rows found stood in an earlier property already, and so did the objects of it.
            new = {source for source in statement.sources if source.rule.term not in _PLACED} - placed
            placed |= new
            if not new:
                lines += self._alone(statement, ordered, tokens=tokens)
            elif node.kind in RECORDS and statement.is_list and {source.rule.term for source in new} <= _LEAVES:
                lines += self._leaves(statement, ordered)
            else:
                refers = True
                lines += self._references(statement, ordered)
        addresses = {statement.values: statement.is_list for statement in said if statement.terms <= _ADDRESSES}
        for values, is_list in addresses.items():
            lines.append(f"if {values}: {told}.addresses.{'extend' if is_list else 'append'}({values})")
        if any(source.language == "tag" for source in node.sources):
            lines.insert(0, "q = key[tag]")
        if node.kind in RECORDS:
            lines.insert(0, f"pop = {told}.leaves.pop")
        if refers:
            lines.insert(0, "r = []")
        add = f"{told}.others[s] = j, r" if refers else f"{told}.leaves[s] = join(j)"
        return [*lines, "j.append(b'}')", add if node.classes or node.kind in MEDIA else f"if len(j) > 4: {add}"]

    def whole(self, told: _Told, page: Written, block: Block) -> Sequence[bytes]:
        """Return the objects of the record: its own first, with what it leads to inside."""
        if page.is_odd or not page.nodes.keys().isdisjoint(told.addresses):
            return self._of_lines(block)
        leaf, other, join = told.leaves.pop, told.others.pop, b"".join
        # The list grows while it is read: an object stands where it is met first, counted in steps from the record.
        waiting: list[tuple[_Parts, _References, _Parts, int]] = [(*other(page.session), [b""], 0)]
        for parts, references, _, _ in waiting:
            for term, at in references:
                if child := leaf(term, None):
                    parts[at] = child
                elif told_of := other(term, None):
                    waiting.append((*told_of, parts, at))
                else:
                    parts[at] = _quoted(term)
        if told.leaves or told.others:
            return self._of_lines(block)
        for parts, _, home, at in reversed(waiting):
            home[at] = join(parts)
        return home

    def _of_lines(self, block: Block) -> Sequence[bytes]:
        return objects(b"".join(without_graph(block.data)), block.subject, self._context)

    def _alone(self, statement: Statement, ordered: set[str], *, tokens: bool) -> Sequence[str]:
        """Return the lines that write values in whose places no object stands."""
        values = statement.values
        if statement.terms <= TEXTS.keys() and not statement.is_list:
            return self._text(statement, tokens=tokens)
        if statement.terms <= _TYPED:
            return self._typed(statement)
        # The facets of a record all together are those of few others.
        if statement.terms <= _REPEATED and (statement.terms != {"concept"} or len(statement.sources) == 1):
            return [f"if {values}: {self._repeated(statement)}"]
        if statement.terms <= MOMENTS:
            before, after = self._framing.around(f"<{statement.predicate}>".encode(), _MOMENT)
            return [f"if {values}: j += ({before!r}, {values}[:{-len(_MOMENT)}], {after!r})"]
        return [f"if {values}:", *self._in_order(statement, ordered), *self._mentions(statement)]

    def _text(self, statement: Statement, *, tokens: bool) -> Sequence[str]:
        """Return the lines that write a text."""
        (source,) = statement.sources
        predicate, values = f"<{statement.predicate}>".encode(), statement.values
        raw = tokens and is_text_of_the_record(source.rule)
        text = values if raw else f"{values} if b'\\\\u' not in {values} else recoded({values})"
        if source.language == "tag":
            # The language is that of the record, and in most places a key of its own: ``q``.
            before, after = self._framing.around(predicate, _ANY_TAG)
            if before.endswith(_key(_ANY_TAG)):
                return [f"if {values}: j += ({before.removesuffix(_key(_ANY_TAG))!r}, q, {text}, {after!r})"]
            name = self._named("around", predicate)
            self.scope[name] = Memo(lambda tag: self._framing.around(predicate, tag), limit=256)
            return [f"if {values}: b, a = {name}[tag]; j += (b, {text}, a)"]
        before, after = self._framing.around(predicate, b"@und" if source.language else b"")
        return [f"if {values}: j += ({before!r}, {text}, {after!r})"]

    def _typed(self, statement: Statement) -> Sequence[str]:
        """Return the lines that write a literal by its datatype, or its language, and what is something else whole."""
        predicate, values = f"<{statement.predicate}>".encode(), statement.values

        def around(kind: bytes) -> tuple[bytes, bytes]:
            before, after = self._framing.around(predicate, kind)
            return before, _QUOTE + after

        name = self._named("typed", predicate)
        self.scope[name] = Memo(around, limit=256)
        term, is_one = (f"{values}[0]", f"k and len({values}) == 1") if statement.is_list else (values, "k")
        return [
            f"if {values}:",
            f"    x, _, k = {term}.rpartition(b'\"')",
            f"    if {is_one}: b, a = {name}[k]; j += (b, x, a)",
            f"    else: {self._repeated(statement)}",
        ]

    def _repeated(self, statement: Statement) -> str:
        """Return the line that writes values that come again and again, all of a property at once."""
        values = statement.values
        kept = self._kept(f"<{statement.predicate}>".encode(), limit=2048 if statement.is_list else 8192)
        return f"j.append({kept}[{f'tuple({values})' if statement.is_list else values}])"

    def _kept(self, predicate: bytes, limit: int = 64) -> str:
        """Return the name of what keeps how values of a property are written.

        :param limit: of how many values, or lists of them
        """

        def members(values: bytes | tuple[bytes, ...]) -> bytes:
            some = [values] if isinstance(values, bytes) else sorted(values, key=order)
            return self._framing.members(predicate, some)

        name = self._named("said", predicate)
        self.scope[name] = Memo(members, limit=limit)
        return name

    def _named(self, what: str, predicate: bytes) -> str:
        """Return a name that tells of a property."""
        return f"{what}_{_NO_NAME.sub('_', self._context.shorten(predicate[1:-1].decode()))}"

    def _leaves(self, statement: Statement, ordered: set[str]) -> Sequence[str]:
        """Return the lines that write IRIs that the record itself refers to, or the objects that stand in their places.

        What the record refers to is met before what its parts do, so that these objects are placed at once.
        """
        (before, after), (first, last) = self._framing.references(f"<{statement.predicate}>".encode())
        values = statement.values
        # Persons come again and again, and what one record lists does not.
        is_listed = statement.terms & {"document", "link"}
        mentions = f"map(quote, map(bare, j{values}))" if is_listed else f"map(quoted, j{values})"
        written = f"({first!r}, a, {last!r})"
        if (before, after) != (first, last):
            written = f"({before!r}, a, {after!r}) if len(j{values}) == 1 else {written}"
        return [
            f"if {values}:",
            *self._in_order(statement, ordered),
            f"    a = b','.join(map(pop, j{values}, {mentions}))",
            f"    j += {written}",
        ]

    def _references(self, statement: Statement, ordered: set[str]) -> Sequence[str]:
        """Return the lines that write IRIs, in whose places objects may stand."""
        (before, after), (first, last) = self._framing.references(f"<{statement.predicate}>".encode())
        values = statement.values
        if not statement.is_list:
            return [f"if {values}: r.append(({values}, len(j) + 1)); j += ({before!r}, {values}, {after!r})"]
        lines = [
            f"if {values}:",
            *self._in_order(statement, ordered),
            f"    j.append({first!r})",
            f"    for t in j{values}: r.append((t, len(j))); j += (t, b',')",
            f"    j[-1] = {last!r}",
        ]
        if (before, after) != (first, last):
            lines.append(f"    if len(j{values}) == 1: j[-3], j[-1] = {before!r}, {after!r}")
        return lines

    def _mentions(self, statement: Statement) -> Sequence[str]:
        """Return the lines that write IRIs alone, where there are any, in their order."""
        (before, after), (first, last) = self._framing.references(f"<{statement.predicate}>".encode())
        values = statement.values
        if not statement.is_list:
            return [f"    j += ({before + _QUOTE!r}, {values}[1:-1], {_QUOTE + after!r})"]
        several = f"j += ({first + _QUOTE!r}, b'\",\"'.join(map(bare, j{values})), {_QUOTE + last!r})"
        if (before, after) == (first, last):
            return [f"    {several}"]
        alone = f"j += ({before + _QUOTE!r}, bare(j{values}[0]), {_QUOTE + after!r})"
        return [f"    if len(j{values}) == 1: {alone}", f"    else: {several}"]

    def _in_order(self, statement: Statement, ordered: set[str]) -> Sequence[str]:
        """Return the line that puts IRIs in the order in which they are read, unless they were before."""
        values = statement.values
        if values in ordered or not statement.is_list:
            return []
        ordered.add(values)
        if statement.terms <= set(NUMBERED):
            # They stand in their order, unless there are so many that bytes have another one.
            is_needed = f"len({values}) > 9"
        elif statement.terms <= _SHARED:
            is_needed = f"any(map(is_numbered, {values}))"
        else:
            is_needed = f"len({values}) > 1"
        return [f"    j{values} = sorted({values}, key=place) if {is_needed} else {values}"]


def _key(tag: bytes) -> bytes:
    """Return a language tag, as literals end with it, as the key of texts."""
    return b'"%b":' % tag[1:]


def _quoted(term: bytes) -> bytes:
    # To put three together takes less than to fill a form.
    return _QUOTE + term[1:-1] + _QUOTE


def _is_numbered(term: bytes) -> bool:
    """Tell whether IRIs among which this one is may have another order than their bytes."""
    return term[-2:-1].isdigit()


def _place(term: bytes) -> tuple[bytes, int]:
    """Return what to sort the term of an IRI by, as :func:`~commons_ld.outputs.statements.natural` says."""
    head, _, tail = term[1:-1].rpartition(b"/")
    return (head, int(tail)) if tail.isdigit() and len(tail) < 10 else (term[1:-1], -1)
