"""Name the blank nodes of a record by what is said of them (RDF 1.1 Concepts, section 3.5: Skolem IRIs).

The same statements get the same names whenever they are harvested, under whatever labels and in whatever order. Names
are found by refining colours: rounds of hashing what stands around each node. Nodes that cannot be told apart that way
are numbered, one connected part of the graph after the other: in each, the node is singled out that leads to the
smallest colours, and colours are refined again, until all differ.

It costs a fixed number of rounds over the statements, however hostile the graph. A part that would cost more is
numbered in the order in which its nodes came; and so are nodes that look alike even from each other, as in a strongly
regular graph, which no record is but by intent.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

__all__ = ["skolem_iris"]

_ROUNDS: Final = 6
#: What may be spent on the numbering: rounds over the statements of a part, and statements in all, shared by the parts.
_MORE_ROUNDS: Final = 16
_SHARED: Final = 1_000_000

_Colours = dict[str, str]


def skolem_iris(triples: list[ox.Triple], prefix: str) -> dict[str, ox.NamedNode]:
    """Return the IRI of each blank node, by its label.

    >>> node = ox.BlankNode("x")
    >>> iris = skolem_iris([ox.Triple(node, ox.NamedNode("http://a/p"), ox.Literal("v"))], "http://b/")
    >>> iris["x"].value
    'http://b/f9caaefffbe805e886d6'
    """
    linked = [triple for triple in triples if any(_blanks(triple))]
    colours = {blank: "" for triple in linked for blank in _blanks(triple)}
    for _ in range(_ROUNDS):
        colours = {
            blank: hashlib.sha256("\n".join(sorted(around)).encode()).hexdigest()
            for blank, around in _around(linked, colours).items()
        }
    taken = Counter[str]()
    names = {}
    for blank in _numbered(linked, colours):
        colour = colours[blank]
        taken[colour] += 1
        end = f"-{taken[colour]}" if taken[colour] > 1 else ""
        names[blank] = ox.NamedNode(f"{prefix}{colour[:20]}{end}")
    return names


def _numbered(triples: list[ox.Triple], colours: _Colours) -> list[str]:
    """Return the nodes in the order in which those of one colour are numbered."""
    counts = Counter(colours.values())
    if len(counts) == len(colours):
        return list(colours)
    parts = [part for part in _parts(triples) if any(counts[colours[blank]] > 1 for blank in _nodes(part))]
    share = _SHARED // len(parts)
    ordered = []
    for part in parts:
        own = _told_apart(part, {blank: colours[blank] for blank in _nodes(part)}, share)
        places = {blank: str(place) for place, blank in enumerate(own)}
        # Of two parts that say the same, either may come first.
        ordered.append((sorted(_said(triple, places) for triple in part), own))
    numbered = [blank for _, own in sorted(ordered, key=lambda row: row[0]) for blank in own]
    seen = set(numbered)
    return numbered + [blank for blank in colours if blank not in seen]


def _told_apart(part: list[ox.Triple], colours: _Colours, share: int) -> list[str]:
    """Return the nodes of a part of the graph in an order that depends on what is said, as far as the means go."""
    means = max(_MORE_ROUNDS * len(part), share)
    while len(counts := Counter(colours.values())) < len(colours):
        first = min(colour for colour, count in counts.items() if count > 1)
        alike = [blank for blank in colours if colours[blank] == first]
        best: list[tuple[tuple[int, list[str]], _Colours]] = []
        for blank in alike:
            rounds, found = _refined(part, colours | {blank: f"{colours[blank]}!"}, means // len(part))
            means -= rounds * len(part)
            if means < len(part):
                return sorted(colours, key=colours.__getitem__)
            rank = (rounds, sorted(found.values()))
            if not best or rank < best[0][0]:
                best = [(rank, found)]
        ((_, colours),) = best
    return sorted(colours, key=colours.__getitem__)


def _refined(part: list[ox.Triple], colours: _Colours, most: int) -> tuple[int, _Colours]:
    """Return how many rounds it took until no more nodes could be told apart, and their colours then."""
    count = len(set(colours.values()))
    for rounds in range(1, most + 1):
        colours = {
            blank: hashlib.sha256("\n".join((colours[blank], *sorted(around))).encode()).hexdigest()
            for blank, around in _around(part, colours).items()
        }
        before, count = count, len(set(colours.values()))
        if count in (before, len(colours)):
            return rounds, colours
    return most, colours


def _around(triples: list[ox.Triple], colours: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is said of each node, with colours for nodes."""
    around: dict[str, list[str]] = {blank: [] for blank in colours}
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        if isinstance(subject, ox.BlankNode):
            around[subject.value].append(f"> {predicate} {_shown(value, colours)}")
        if isinstance(value, ox.BlankNode):
            around[value.value].append(f"< {predicate} {_shown(subject, colours)}")
    return around


def _parts(triples: list[ox.Triple]) -> list[list[ox.Triple]]:
    """Return the statements of each part of the graph that is connected by blank nodes."""
    above: dict[str, str] = {}

    def root(blank: str) -> str:
        above.setdefault(blank, blank)
        while above[blank] != blank:
            above[blank] = blank = above[above[blank]]
        return blank

    for triple in triples:
        first, *others = (root(blank) for blank in _blanks(triple))
        for other in others:
            above[other] = first
    parts: dict[str, list[ox.Triple]] = {}
    for triple in triples:
        parts.setdefault(root(next(_blanks(triple))), []).append(triple)
    return list(parts.values())


def _nodes(part: Iterable[ox.Triple]) -> dict[str, None]:
    return {blank: None for triple in part for blank in _blanks(triple)}


def _blanks(triple: ox.Triple) -> Iterator[str]:
    return (term.value for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode))


def _said(triple: ox.Triple, places: Mapping[str, str]) -> str:
    return f"{_shown(triple.subject, places)} {triple.predicate} {_shown(triple.object, places)}"


def _shown(term: object, colours: Mapping[str, str]) -> str:
    return f"_:{colours[term.value]}" if isinstance(term, ox.BlankNode) else str(term)
