"""Outlines: what nodes of a block have in common with nodes of other blocks, noted while the block is written.

Records are alike. Two nodes that the same template of the crosswalk wrote, of the same fields, with values of the same
kind, differ in nothing but these values; who has looked at one of them knows the other. Which values are of the same
kind, and which are to be looked at each time, is said by the :class:`Outliner` that asked for the outlines: validation
says what its shapes ask for.

The code that notes it is generated with the code that writes, so that a record is gone through once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from commons_ld.crosswalk import Rule

__all__ = ["MEDIA", "NO_VALUES", "TEXTS", "Key", "Outline", "Outliner", "Values", "outlining"]

#: Terms that are the text itself, and what follows each in the generated code: the language of the page (``g``),
#: that nobody knows (``u``), or none (``e``).
TEXTS: Final = {"text": "g", "label": "u", "string": "e"}

#: Nodes whose class depends on the page.
MEDIA: Final = ("media", "recording")

#: What a node says with the predicates that are to be looked at, where it says nothing with them.
NO_VALUES: Final[Mapping[bytes, Sequence[bytes]]] = {}


#: What nodes have in common: the kind of node, and of each row of the crosswalk what kind of term it has, if any.
Key = tuple[Hashable, ...]
#: What a node says with the predicates that are to be looked at.
Values = Mapping[bytes, Sequence[bytes]]


class Outline(NamedTuple):
    """The nodes of a block.

    :param of: who asked for it
    :param nodes: the term of each, its key and its values; a node that was described twice stands there twice
    """

    of: object
    nodes: Sequence[tuple[bytes, Key, Values]]


class Outliner(Protocol):
    """Who asks for outlines."""

    def kinds(self, rule: Rule) -> Callable[[bytes], Hashable] | None:
        """Return what tells of a term of a row of which kind it is; ``None`` where all its terms are of one kind."""

    def is_counted(self, node: str, predicate: str) -> bool:
        """Tell whether it matters how many terms a kind of node has of a predicate, and not only whether it has any."""

    def looked_at(self, node: str) -> Collection[str]:
        """Return the predicates of a kind of node whose terms are to be looked at, as N-Triples writes them."""


def outlining(
    node: str, rules: Sequence[tuple[Rule, str]], of_predicate: Mapping[bytes, str], outliner: Outliner, scope: Any
) -> list[str]:
    """Return the lines that note a node that was just written: see :mod:`commons_ld.plan` for the names in them.

    :param rules: the rows of the node, each with the name of its term, ``t3``, or of the list of its terms, ``l3``
    :param of_predicate: for each predicate the name of its term, or of the list of its terms; ``m0`` where that comes
        from several rows
    :param scope: where the generated code finds what it names
    """
    key = [repr(node)]
    if any(rule.term == "text" for rule, _ in rules):
        key.append("p.language")
    if node in MEDIA:
        key.append("p.medium")
    counted = {
        source for predicate, source in of_predicate.items() if outliner.is_counted(node, predicate[1:-1].decode())
    }
    key += [f"len({source})" for source in sorted(counted) if source[0] == "m"]
    for number, (rule, source) in enumerate(rules):
        kinds, is_list = outliner.kinds(rule), source[0] == "l"
        if kinds is None:
            key.append(f"len({source})" if is_list and source in counted else f"not {source}")
            continue
        name = f"kind_{node}_{number}"
        scope[name] = kinds
        if not is_list:
            key.append(f"{source} and {name}({_whole(source, rule)})")
        elif source in counted:
            key.append(f"tuple(map({name}, {source}))")
        else:
            # Most lists hold one term, and a set is dear.
            one, several = f"{name}({source}[0])", f"frozenset(map({name}, {source}))"
            key.append(f"({one} if len({source}) == 1 else {several}) if {source} else None")
    by_source = {source: rule for rule, source in rules}
    values = []
    for predicate in sorted(outliner.looked_at(node)):
        source = of_predicate.get(b" %b " % predicate.encode(), "")
        if source:
            terms = f"({_whole(source, by_source[source])},) if {source} else ()" if source[0] == "t" else source
            values.append(f"{predicate.encode()!r}: {terms}")
    told = f"{{{', '.join(values)}}}" if values else "NO_VALUES"
    # A node of which nothing is said, such as a link without a label, is none.
    return [f"if o: p.outline.append((s, ({', '.join(key)},), {told}))"]


def _whole(source: str, rule: Rule) -> str:
    """Return what makes a whole term of one that is written in two parts: a text, and its language."""
    language = {"text": "p.tag", "label": "UNDETERMINED"}.get(rule.term)
    return f"b'%b%b' % ({source}, {language})" if language else source
