"""Ask a reconciliation service what things of ours may be there: proposals, for a person to accept or refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from commons_ld.reconciling.client import Service
from commons_ld.reconciling.service_data import Answered, Asked

__all__ = ["Found", "elsewhere"]

#: How many candidates are wanted for each label.
_MOST: Final = 5


class Found(NamedTuple):
    """A candidate for a thing.

    :param iri: of the thing
    :param label: the label of it that the service answered best to
    """

    iri: str
    label: str
    candidate: Answered


def elsewhere(service: Service, things: Iterable[tuple[str, Sequence[str]]], type_: str) -> Iterator[Found]:
    """Yield the candidates for each thing, in their order, the best one first.

    :param things: the IRI of each, and its labels in whatever languages; each label is asked for
    :param type_: the id of a type at the service, or ``""``
    :raises StoreUnavailable: if the service does not answer
    :raises StoreError: if it answers something else
    """
    asked: list[tuple[str, str]] = []

    def queries() -> Iterator[Asked]:
        for iri, labels in things:
            for label in dict.fromkeys(labels):
                asked.append((iri, label))
                yield Asked(label, type_, _MOST)

    def answers() -> Iterator[tuple[str, str, list[Answered]]]:
        # Answers come batch by batch, so that what was asked first is answered first.
        for candidates in service.match(queries()):
            yield *asked.pop(0), candidates

    for iri, rows in groupby(answers(), key=lambda row: row[0]):
        best: dict[str, Found] = {}
        for _, label, candidates in rows:
            for candidate in candidates:
                found = Found(iri, label, candidate)
                known = best.get(candidate.iri)
                if known is None or _order(found) < _order(known):
                    best[candidate.iri] = found
        yield from sorted(best.values(), key=lambda found: (*_order(found), found.candidate.iri))


def _order(found: Found) -> tuple[bool, float]:
    return (not found.candidate.is_match, -(found.candidate.score or 0.0))
