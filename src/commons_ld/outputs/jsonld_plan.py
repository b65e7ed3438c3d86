"""JSON-LD in the pass that maps: the lines of source that write a node as an object, and what puts objects together.

They are generated from the same plan as those of N-Quads (:mod:`commons_ld.plan`), by the rules of the context, and
write of the same terms what :func:`~commons_ld.outputs.jsonld.objects` makes of the block's lines; a test holds them
together, byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from commons_ld.block import Block
from commons_ld.memo import Memo
from commons_ld.namespaces import expand
from commons_ld.outputs.context import Context
from commons_ld.outputs.jsonld import framing_of, objects, order, recoded
from commons_ld.outputs.statements import without_graph
from commons_ld.plan_nodes import (
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

__all__ = ["JsonLdPlan"]

_TYPE: Final = f"<{expand('rdf:type')}>".encode()
_MOMENT: Final = f"^^<{expand('xsd:dateTime')}>".encode()

#: What is no node, or the one at the top.
_PLACED: Final = CLOSED | {"session"}
#: What many records share, so that it is kept of each whether it is numbered.
_SHARED: Final = frozenset({"collection", "concept", "person", "producer"})
_QUOTE: Final = b'"'
_NO_NAME: Final = re.compile(r"\W")

#: The parts of an object, and which of them are IRIs, in whose places objects may stand.
_Parts = list[bytes]
_References = list[tuple[bytes, int]]
#: What is told of each node.
_Told = dict[bytes, tuple[_Parts, _References]]


class JsonLdPlan:
    """How JSON-LD is written beside N-Quads.

    :param context: by whose rules
    """

    def __init__(self, context: Context) -> None:
        self._context: Final = context
        self._framing: Final = framing_of(context)
        self.scope: Final[dict[str, Any]] = {
            "bare": Memo(_bare).__getitem__,
            "is_numbered": Memo(_is_numbered).__getitem__,
            "place": _place,
            "recoded": recoded,
        }

    def begin(self) -> _Told:
        """Return what the nodes of a record are told to."""
        return {}

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
            if statement.terms <= TEXTS.keys() and not statement.is_list:
                lines += self._text(statement, tokens=tokens)
            elif statement.terms <= CLOSED | TEXTS.keys():
                lines += self._whole(statement)
            elif statement.terms <= MOMENTS:
                before, after = self._framing.around(f"<{statement.predicate}>".encode(), _MOMENT)
                values = statement.values
                lines.append(f"if {values}: j += ({before!r}, {values}[:{-len(_MOMENT)}], {after!r})")
            else:
                # What the same rows found stood in an earlier property already, and so did the objects of it.
                are_new = {source for source in statement.sources if source.rule.term not in _PLACED} - placed
                lines += self._references(statement, ordered) if are_new else self._mentions(statement, ordered)
                placed |= are_new
                refers |= bool(are_new)
        lines = [*(["r = []"] if refers else []), *lines, "j.append(b'}')"]
        add = f"{told}[s] = j, {'r' if refers else '()'}"
        return [*lines, add if node.classes or node.kind in MEDIA else f"if len(j) > 4: {add}"]

    def whole(self, told: _Told, page: Written, block: Block) -> Sequence[bytes]:
        """Return the objects of the record: its own first, with what it leads to inside."""
        if page.is_odd:
            return self._of_lines(block)
        pop, join = told.pop, b"".join
        # The list grows while it is read: an object stands where it is met first, counted in steps from the record.
        waiting: list[tuple[_Parts, _References, _Parts, int]] = [(*pop(page.session), [b""], 0)]
        for parts, references, _, _ in waiting:
            for term, at in references:
                child = pop(term, None)
                if child is None:
                    # To put three together takes less than to fill a form.
                    parts[at] = _QUOTE + term[1:-1] + _QUOTE
                elif child[1]:
                    waiting.append((*child, parts, at))
                else:
                    parts[at] = join(child[0])
        if told:
            return self._of_lines(block)
        for parts, _, home, at in reversed(waiting):
            home[at] = join(parts)
        return home

    def _of_lines(self, block: Block) -> Sequence[bytes]:
        return objects(b"".join(without_graph(block.data)), block.subject, self._context)

    def _text(self, statement: Statement, *, tokens: bool) -> Sequence[str]:
        """Return the lines that write a text."""
        (source,) = statement.sources
        predicate, values = f"<{statement.predicate}>".encode(), statement.values
        raw = tokens and is_text_of_the_record(source.rule)
        text = values if raw else f"{values} if b'\\\\u' not in {values} else recoded({values})"
        if source.language == "tag":
            # The language is that of the record.
            name = self._named("around", predicate)
            self.scope[name] = Memo(lambda tag: self._framing.around(predicate, tag), limit=256)
            return [f"if {values}:", f"    before, after = {name}[tag]", f"    j += (before, {text}, after)"]
        before, after = self._framing.around(predicate, b"@und" if source.language else b"")
        return [f"if {values}: j += ({before!r}, {text}, {after!r})"]

    def _whole(self, statement: Statement) -> Sequence[str]:
        """Return the lines that write values that come again and again, all of a property at once."""
        values = statement.values
        kept = self._kept(f"<{statement.predicate}>".encode())
        return [f"if {values}: j.append({kept}[{f'tuple({values})' if statement.is_list else values}])"]

    def _kept(self, predicate: bytes) -> str:
        """Return the name of what keeps how values of a property are written."""

        def members(values: bytes | tuple[bytes, ...]) -> bytes:
            some = [values] if isinstance(values, bytes) else sorted(values, key=order)
            return self._framing.members(predicate, some)

        name = self._named("said", predicate)
        self.scope[name] = Memo(members, limit=8192)
        return name

    def _named(self, what: str, predicate: bytes) -> str:
        """Return a name that tells of a property."""
        return f"{what}_{_NO_NAME.sub('_', self._context.shorten(predicate[1:-1].decode()))}"

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

    def _mentions(self, statement: Statement, ordered: set[str]) -> Sequence[str]:
        """Return the lines that write IRIs alone."""
        (before, after), (first, last) = self._framing.references(f"<{statement.predicate}>".encode())
        values = statement.values
        if not statement.is_list:
            return [f"if {values}: j += ({before + _QUOTE!r}, {values}[1:-1], {_QUOTE + after!r})"]
        several = f"j += ({first + _QUOTE!r}, b'\",\"'.join(map(bare, j{values})), {_QUOTE + last!r})"
        lines = [f"if {values}:", *self._in_order(statement, ordered)]
        if (before, after) == (first, last):
            return [*lines, f"    {several}"]
        alone = f"j += ({before + _QUOTE!r}, bare(j{values}[0]), {_QUOTE + after!r})"
        return [*lines, f"    if len(j{values}) == 1: {alone}", f"    else: {several}"]

    def _in_order(self, statement: Statement, ordered: set[str]) -> Sequence[str]:
        """Return the line that puts IRIs in the order in which they are read, unless they were before."""
        values = statement.values
        if values in ordered:
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


def _bare(term: bytes) -> bytes:
    return term[1:-1]


def _is_numbered(term: bytes) -> bool:
    """Tell whether IRIs among which this one is may have another order than their bytes."""
    return term[-2:-1].isdigit()


def _place(term: bytes) -> tuple[bytes, int]:
    """Return what to sort the term of an IRI by, as :func:`~commons_ld.outputs.statements.natural` says."""
    head, _, tail = term[1:-1].rpartition(b"/")
    return (head, int(tail)) if tail.isdigit() and len(tail) < 10 else (term[1:-1], -1)
