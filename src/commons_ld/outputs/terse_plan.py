r"""Turtle in the pass that maps: the lines of source that write a node with short names, and what puts nodes together.

They are generated from the same plan as those of N-Quads (:mod:`commons_ld.mapping.plan`), and write of the same terms
what :class:`~commons_ld.outputs.terse.Terse` makes of the block's lines; a test holds them together, byte by byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from commons_ld.iris import RECORDS, IriPolicy
from commons_ld.mapping.nodes import CLOSED, MEDIA, MOMENTS, NUMBERED, Node, Statement, Written
from commons_ld.memo import Memo
from commons_ld.outputs.statements import in_reading_order, natural, without_graph
from commons_ld.outputs.terse import Terse
from commons_ld.rdf.block import Block
from commons_ld.rdf.namespaces import expand

__all__ = ["TurtlePlan"]

#: The records, and their parts in the order in which they are read: that of their IRIs, and then of their numbers.
_PARTS: Final = ("document", "geo", "note", "participant", "place", "recording")
_SECTIONS: Final = {"session": 0, "media": 0} | {name: place for place, name in enumerate(_PARTS, 1)}

#: The nodes of each section with their numbers, and after them all other nodes with their terms.
_Told = list[list[tuple[Any, Sequence[bytes]]]]


class TurtlePlan:
    """How Turtle is written beside N-Quads.

    :param names: the namespaces by their short names, as the head of the file tells them
    :param base_iri: what the IRIs of the records begin with
    """

    def __init__(self, names: Mapping[str, str], base_iri: str) -> None:
        self._terse: Final = Terse(names)
        records = tuple(IriPolicy(base_iri).mint(kind, "") for kind in RECORDS)
        #: Whether records and their parts have no short names, as is usual.
        self._is_usual: Final = not any(
            namespace.startswith(records) or record.startswith(namespace)
            for namespace in names.values()
            for record in records
        )
        self._natural: Final[Memo[bytes, tuple[str, int, str]]] = Memo(lambda term: natural(term[1:-1].decode()))
        self.scope: Final[Mapping[str, Any]] = {"short": self._terse.short, "closed": Memo(self._closed, limit=16384)}

    def begin(self) -> _Told:
        """Return what the nodes of a record are told to."""
        return [[] for _ in range(len(_PARTS) + 2)]

    def lines(self, node: Node, told: str, *, tokens: bool) -> Sequence[str]:  # noqa: ARG002 - no text is read
        """Return the lines of source that write a node: ``q`` are its parts."""
        section = _SECTIONS.get(node.kind)
        subject = "short[s]" if section is None else "s"
        lines = []
        if node.classes:
            classes = b" , ".join([self._terse.short[f"<{class_}>".encode()] for class_ in node.classes])
            lines.append(f"q = [{subject}, {b' a ' + classes!r}]")
        elif node.kind in MEDIA:
            lines.append(f"q = [{subject}, b' a ', closed[p.medium]]")
        else:
            lines.append(f"q = [{subject}]")
        ready: set[str] = set()
        for statement in node.statements:
            predicate = b" ;\n\t%b " % self._terse.short[f"<{statement.predicate}>".encode()]
            language = statement.sources[0].language
            if not statement.is_list and statement.terms & {"text", "label", "string"}:
                following = f", {language}" if language else ""
                lines.append(f"if {statement.values}: q += ({predicate!r}, {statement.values}{following})")
                continue
            name = statement.values
            if (short := self._short(statement)) != name:
                name = f"q{statement.values}"
                if name not in ready:
                    ready.add(name)
                    lines.append(f"{name} = {short} if {statement.values} else None")
            lines.append(f"if {name}: q += ({predicate!r}, {name})")
        lines.append("q.append(b' .\\n')")
        place = f"{told}[{len(_PARTS) + 1 if section is None else section}]"
        add = f"{place}.append(({'s' if section is None else 'n'}, q))"
        if not (node.classes or node.kind in MEDIA):
            # Of what has no class, the first statement is no further one; and there may be none.
            return [*lines, f"if len(q) > 2: q[1] = q[1].replace(b' ;\\n\\t', b' ', 1); {add}"]
        return [*lines, add]

    def whole(self, told: _Told, page: Written, block: Block) -> Sequence[bytes]:
        """Return the record as Turtle, without the prefixes."""
        if page.is_odd or not self._is_usual:
            return [self._terse.turtle(in_reading_order(without_graph(block.data), block.subject))]
        parts: list[bytes] = []
        for section in told:
            if len(section) > 1:
                section.sort(key=_number if section is not told[-1] else self._place)
            for _, written in section:
                parts += written
        return [b"".join(parts)]

    def _place(self, pair: tuple[bytes, Sequence[bytes]]) -> tuple[str, int, str]:
        return self._natural[pair[0]]

    def _closed(self, term: bytes) -> bytes:
        return self._terse.short[term] if term[:1] == b"<" else self._terse.literal(term)

    def _short(self, statement: Statement) -> str:
        """Return what makes the short forms of the values of a statement."""
        if statement.terms <= CLOSED:
            form: Callable[[str], str] = "closed[{}]".format
        elif statement.terms <= MOMENTS:
            end = f"^^<{expand('xsd:dateTime')}>".encode()
            short = self._terse.literal(b'""' + end).removeprefix(b'""')
            form = f"{{}}[:{-len(end)}] + {short!r}".format
        elif statement.terms <= {*NUMBERED, "session", "recording", "place", "geo", "reply_to", "text"}:
            # No short name has a slash, and a text is whole by now.
            form = "{}".format
        elif statement.terms == {"author"}:
            form = "({0} if {0}.startswith(p.start) else short[{0}])".format
        else:
            form = "short[{}]".format
        if not statement.is_list:
            return form(statement.values)
        forms = {"t": statement.values, "short[t]": f"map(short.__getitem__, {statement.values})"}
        each = f"[{form('t')} for t in {statement.values}]"
        return f"b' , '.join({forms.get(form('t'), each)})"


_number: Final = itemgetter(0)
