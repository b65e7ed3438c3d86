"""Which row of the crosswalk wrote which statement, and of what value: the mapping once more, step by step.

It walks the same table as :mod:`commons_ld.mapping.plan`, without making code of it, and asks the same mapper for every
term; a test holds it to the block, statement by statement.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from commons_ld.mapping import Mapper
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.mapping.nodes import NUMBERED
from commons_ld.rdf import terms
from commons_ld.rdf.namespaces import expand
from commons_ld.record import MediaRecord, RecordFields

__all__ = ["Explained", "explain"]

#: Fields that hold any number of values.
_LISTS: Final = {"former_titles"} | {
    name for name, kind in RecordFields.__annotations__.items() if "tuple[" in str(kind)
}
#: Fields that are not the value's own.
_ACCESS: Final[dict[str, Callable[[Any, Any, int], Any]]] = {
    **{name: lambda _value, page, _number, name=name: getattr(page, name)  # type: ignore[misc]
       for name in ("slug", "former_titles", "recording", "session")},
    "position": lambda _value, _page, number: number,
    "author": lambda value, _page, _number: value,
    "geo": lambda value, _page, _number: value,
}  # fmt: skip


class Explained(NamedTuple):
    """A statement, and where it comes from.

    :param subject: as N-Quads writes it; so are ``predicate`` and ``object``
    :param rule: the row of the crosswalk that wrote it; ``None`` for the class of a node
    :param value: what the row read, as the record has it; ``None`` where there is no rule
    """

    subject: bytes
    predicate: bytes
    object: bytes
    rule: Rule | None
    value: Any


def explain(mapper: Mapper, record: MediaRecord, slug: str, former_titles: tuple[str, ...] = ()) -> list[Explained]:
    """Return every statement of a record's block with the row that wrote it, by subject, predicate and object.

    A statement that several rows wrote, such as the contribution of a guest who is an author too, comes once a row.

    :param record: as for :meth:`commons_ld.mapping.Mapper.block`
    :raises MappingError: as that does
    """
    found: dict[Explained, None] = {}
    tracer = copy.copy(mapper)
    # Nodes are described by what the mapper has in place of the functions that the crosswalk is compiled to.
    vars(tracer)["_writers"] = {False: {node: _Writer(node, tracer, found) for node in NODE_TYPES}}
    tracer.block(record, slug, former_titles)
    return sorted(found, key=lambda told: (told[:3], CROSSWALK.index(told.rule) if told.rule else -1))


class _Writer:
    """What describes the nodes of one kind."""

    def __init__(self, node: str, mapper: Mapper, found: dict[Explained, None]) -> None:
        self._node, self._mapper, self._found = node, mapper, found
        self._rules = [rule for rule in CROSSWALK if rule.node == node]

    def __call__(self, value: Any, subject: bytes, page: Any, number: int = 0) -> None:
        for name in NODE_TYPES[self._node]:
            self._tell(subject, "rdf:type", terms.iri(expand(name)), None, None)
        if self._node in ("media", "recording"):
            self._tell(subject, "rdf:type", page.medium, None, None)
        for rule in self._rules:
            access = _ACCESS.get(rule.field)
            given = access(value, page, number) if access else getattr(value, rule.field)
            for index, item in enumerate(given if rule.field in _LISTS else (given,), 1):
                if not item and rule.term not in ("decimal", "integer"):
                    continue
                if term := self._term(rule, item, page, index):
                    for name in rule.properties:
                        self._tell(subject, name, term, rule, item)

    def _term(self, rule: Rule, value: Any, page: Any, index: int) -> bytes | None:
        made: bytes | None
        if rule.term in NUMBERED:
            made = b"%b/%b/%d>" % (page.start, rule.term.encode(), index)
            vars(self._mapper)["_write"][rule.term](value, made, page, index)
        elif rule.term == "text":
            made = terms.string(value) + page.tag
        elif rule.term == "label":
            made = terms.text(value, "und")
        elif rule.term == "string":
            made = terms.string(value)
        elif rule.term == "integer":
            made = terms.integer(value)
        else:
            known = vars(self._mapper)["_known"].get(rule.term)
            made = known(value) if known else None
            if made is None and (maker := getattr(self._mapper, f"_to_{rule.term}", None)):
                made = maker(value, page, rule.field)
        return made

    def _tell(self, subject: bytes, name: str, term: bytes, rule: Rule | None, value: Any) -> None:
        self._found[Explained(subject, b"<%b>" % expand(name).encode(), term, rule, value)] = None
