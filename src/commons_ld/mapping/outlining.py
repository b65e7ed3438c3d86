"""Outlines: what nodes of a block have in common with nodes of other blocks, noted while the block is written.

Records are alike. Two nodes that the same template of the crosswalk wrote, of the same fields, with values of the same
kind, differ in nothing but these values; who has looked at one of them knows the other. Which values are of the same
kind, and which are to be looked at each time, is said by the :class:`Outliner` that asked for the outlines: validation
says what its shapes ask for.

The code that notes it is generated with the code that writes, so that a record is gone through once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Final, Protocol

from commons_ld.mapping.crosswalk import Rule
from commons_ld.mapping.nodes import MEDIA, Node, Source
from commons_ld.rdf.block import Values

__all__ = ["NO_VALUES", "Outliner", "kinds_of", "outlining"]

#: What a node says with the predicates that are to be looked at, where it says nothing with them.
NO_VALUES: Final[Values] = {}


class Outliner(Protocol):
    """Who asks for outlines."""

    def kinds(self, rule: Rule) -> Callable[[bytes], Hashable] | None:
        """Return what tells of a term of a row of which kind it is; ``None`` where all its terms are of one kind."""

    def is_counted(self, node: str, predicate: str) -> bool:
        """Tell whether it matters how many terms a kind of node has of a predicate, and not only whether it has any."""

    def looked_at(self, node: str) -> Collection[str]:
        """Return the predicates of a kind of node whose terms are to be looked at, as N-Triples writes them."""


def kinds_of(nodes: Iterable[Node], outliner: Outliner) -> dict[str, Callable[[bytes], Hashable]]:
    """Return what the lines of :func:`outlining` call."""
    told = (
        (f"kind_{node.kind}_{source.name}", outliner.kinds(source.rule)) for node in nodes for source in node.sources
    )
    return {name: kinds for name, kinds in told if kinds}


def outlining(node: Node, outliner: Outliner) -> list[str]:
    """Return the lines that note a node just written: see :mod:`commons_ld.mapping.plan` for the names in them."""
    key = [repr(node.kind)]
    if any(source.rule.term == "text" for source in node.sources):
        key.append("p.language")
    if node.kind in MEDIA:
        key.append("p.medium")
    counted = {said.values for said in node.statements if outliner.is_counted(node.kind, f"<{said.predicate}>")}
    key += [f"len({values})" for values in sorted(counted) if values[0] == "m"]
    for source in node.sources:
        kinds, found, is_list = outliner.kinds(source.rule), source.name, source.name[0] == "l"
        name = f"kind_{node.kind}_{found}"
        if kinds is None:
            key.append(f"len({found})" if is_list and found in counted else f"not {found}")
        elif not is_list:
            key.append(f"{found} and {name}({_whole(source)})")
        elif found in counted:
            key.append(f"tuple(map({name}, {found}))")
        else:
            # Most lists hold one term, and a set is dear.
            one, several = f"{name}({found}[0])", f"frozenset(map({name}, {found}))"
            key.append(f"({one} if len({found}) == 1 else {several}) if {found} else None")
    looked_at = outliner.looked_at(node.kind)
    values = []
    for said in node.statements:
        predicate = f"<{said.predicate}>"
        if predicate in looked_at:
            terms = said.values if said.is_list else f"({_whole(said.sources[0])},) if {said.values} else ()"
            values.append(f"{predicate.encode()!r}: {terms}")
    told = f"{{{', '.join(values)}}}" if values else "NO_VALUES"
    # A node of which nothing is said, such as a link without a label, is none.
    return [f"if o: p.outline.append((s, ({', '.join(key)},), {told}))"]


def _whole(source: Source) -> str:
    """Return what makes a whole term of one that is written in two parts: a text, and its language."""
    return f"b'%b%b' % ({source.name}, {source.language})" if source.language else source.name
