"""Which names of persons, or of organizations, are perhaps one: for the publisher to say, and never taken for true.

The names are those of what is published, read from its search index: catalogue contributors, and nobody who wrote in a
chat. What a register says already, that two names are one or are not, is not proposed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, get_args

from commons_ld.likeness import likeness, to_words
from commons_ld.reconciling.labels import Label, Labels
from commons_ld.registers import AgentKind, Registers
from commons_ld.text import fold

__all__ = ["Evidence", "Named", "Proposal", "propose"]

#: What speaks for two names being one, from the strongest to the weakest.
Evidence = Literal["spelling", "order", "initial", "typing"]

#: How like two names are that may be one in spite of a letter or two; and shorter ones differ by too much.
_LIKE, _SHORTEST = 90.0, 6
#: How many pages are named for each name.
_PAGES: Final = 5


class Named(NamedTuple):
    """A name as it is published.

    :param pages: the titles of some records that it stands in
    :param records: in how many it stands
    """

    name: str
    iri: str
    records: int
    pages: tuple[str, ...]


class Proposal(NamedTuple):
    """Two names that may be one; the first stands in more records, or in a register.

    :param score: how like they are, from 0 to 100
    """

    kind: AgentKind
    evidence: Evidence
    score: float
    first: Named
    second: Named


def propose(labels: Labels, registers: Registers, kind: AgentKind, base_iri: str) -> Iterator[Proposal]:
    """Yield the pairs of names that may be one, the likeliest first.

    :raises StoreError: if the names cannot be looked up
    """
    pairs: dict[tuple[int, int], tuple[Evidence, float, Label, Label]] = {}
    for label in labels.all_of(kind):
        for other in _alike(labels, label, kind):
            if other.entity == label.entity or (key := tuple(sorted((label.entity, other.entity)))) in pairs:
                continue
            found = _evidence(label, other)
            if found and not _is_decided(registers, label, other):
                first, second = sorted((label, other), key=lambda one: _order(registers, one))
                pairs[key] = (*found, first, second)  # type: ignore[index]
    order = get_args(Evidence)
    for evidence, score, first, second in sorted(
        pairs.values(), key=lambda pair: (order.index(pair[0]), -pair[1], pair[2].label, pair[3].label)
    ):
        yield Proposal(
            kind, evidence, round(score, 1), _named(labels, first, base_iri), _named(labels, second, base_iri)
        )


def _alike(labels: Labels, label: Label, kind: AgentKind) -> Iterator[Label]:
    yield from labels.of_key(label.key, (kind,))
    yield from labels.of_words(to_words(label.key), (kind,))
    yield from labels.near(label.key, (kind,))


def _evidence(one: Label, other: Label) -> tuple[Evidence, float] | None:
    """Return what speaks for two names being one, and how like they are."""
    if one.key == other.key:
        return "spelling", 100.0
    if to_words(one.key) == to_words(other.key):
        return "order", 99.0
    if _is_initial(one.key, other.key) or _is_initial(other.key, one.key):
        return "initial", likeness(one.key, other.key)
    if one.key.replace(" ", "") == other.key.replace(" ", ""):
        return "spelling", 99.5
    score = likeness(one.key, other.key)
    if score >= _LIKE and min(len(one.key), len(other.key)) >= _SHORTEST and not _differs_by_number(one.key, other.key):
        return "typing", score
    return None


def _is_initial(short: str, whole: str) -> bool:
    """Tell whether a name is another one, in whatever order, with the first letter of its given name.

    >>> _is_initial("l guillot", "louise guillot"), _is_initial("louise guillot", "laure guillot")
    (True, False)
    """
    some, every = Counter(short.split()), Counter(whole.split())
    initials, given = list((some - every).elements()), list((every - some).elements())
    return (
        len(initials) == len(given) == 1
        and len(initials[0]) == 1 < len(given[0])
        and given[0].startswith(initials[0])
        and sum(some.values()) > 1
    )


def _differs_by_number(one: str, other: str) -> bool:
    return [word for word in one.split() if word.isdecimal()] != [word for word in other.split() if word.isdecimal()]


def _is_decided(registers: Registers, one: Label, other: Label) -> bool:
    """Tell whether a register says already that two names are one, or that they are not."""
    first, second = registers.find(one.label), registers.find(other.label)
    if first and second:
        # Two rows are two.
        return True
    for entry, name in ((first, other.label), (second, one.label)):
        if entry and fold(name) in map(fold, entry.different):
            return True
    return any(
        {fold(one.label), fold(other.label)} <= set(map(fold, entry.different))
        for entry in registers.entries
        if entry.different
    )


def _order(registers: Registers, label: Label) -> tuple[bool, int, str]:
    return (registers.find(label.label) is None, -label.records, label.label)


def _named(labels: Labels, label: Label, base_iri: str) -> Named:
    iri = f"{base_iri}{label.kind}/{label.slug}"
    return Named(label.label, iri, label.records, tuple(labels.pages_of(label.kind, label.slug, _PAGES)))
