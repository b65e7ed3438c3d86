"""The command ``align``: read another vocabulary, or ask a service, propose, and write the table to decide in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from commons_ld.aligning.accepting import decided
from commons_ld.aligning.foreign import ForeignLabel, read_labels
from commons_ld.aligning.ours import OwnLabel, own_labels
from commons_ld.aligning.proposing import Proposal, propose
from commons_ld.aligning.table import read_table, write_review
from commons_ld.aligning.words import said
from commons_ld.alignments import Match
from commons_ld.concepts import concepts_file
from commons_ld.errors import VocabularyError
from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.reconciling.client import Service
from commons_ld.reconciling.elsewhere import elsewhere
from commons_ld.settings import Settings
from commons_ld.vocabulary import Scheme, read_text

__all__ = ["Outcome", "Task", "align"]


class Task(NamedTuple):
    """What is asked for.

    :param source: the file of the other vocabulary, where it is a file
    :param into: where the table is written, without its suffix
    :param out: the folder of the publication
    :param entities: what the IRIs of a Wikibase's entities begin with
    :param kinds: what of ours is to be aligned, as :class:`OwnLabel` has it
    :param type: the id of a type at the service, or ``""``
    """

    source: Path
    into: Path
    out: Path
    entities: str = ""
    language: Language = "en"
    kinds: tuple[str, ...] = ()
    type: str = ""


class Outcome(NamedTuple):
    """What came of it.

    :param labels: how many labels were read
    """

    proposals: list[Proposal]
    labels: int
    table: Path
    page: Path


def align(task: Task, settings: Settings, service: Service | None = None) -> Outcome:
    """Propose matches, and write them into a table and a page to decide in.

    :param service: what is asked in the place of a file
    :raises StoreError: if the service does not answer as one
    :raises VocabularyError: if the vocabulary cannot be read, or the table not be written, or has decisions in it
    """
    path = concepts_file(settings)
    scheme = Scheme(read_text(path, settings.base_iri), str(path))
    known = decided(settings)
    _must_be_free(task.into.with_suffix(".csv"), known)
    labels = own_labels(scheme, task.out, IriPolicy(settings.base_iri))
    ours = [label for label in labels if not task.kinds or label.kind in task.kinds]
    if service is None:
        read = _Counted(read_labels(task.source, task.entities))
        proposals, name = propose(ours, read, known), task.source.name
        count = read.count
    else:
        proposals, name = list(_asked(service, ours, task.type, known)), service.url
        count = len(ours)
    try:
        table, page = write_review(proposals, task.into, task.language, name)
    except OSError as error:
        raise VocabularyError(str(task.into), said("unusable", value=error.strerror or error)) from None
    return Outcome(proposals, count, table, page)


def _asked(
    service: Service, ours: Iterable[OwnLabel], type_: str, known: Collection[tuple[str, str]]
) -> Iterator[Proposal]:
    """Yield what a service proposes for each thing of ours, the best first."""
    things = [(iri, list(labels)) for iri, labels in groupby(ours, key=attrgetter("iri"))]
    kinds = {iri: labels[0].kind for iri, labels in things}
    asked = ((iri, [label.text for label in labels]) for iri, labels in things)
    for found in elsewhere(service, asked, type_):
        one = found.candidate
        if (found.iri, one.iri) not in known and found.iri != one.iri:
            relation = "skos:exactMatch" if one.is_match else "skos:closeMatch"
            score = round(min(max((one.score or 0.0) / 100, 0.0), 1.0), 2)
            match = Match(found.iri, relation, one.iri)
            yield Proposal(match, kinds[found.iri], score, (found.label, ""), (one.name, ""), "service")


def _must_be_free(table: Path, known: Collection[tuple[str, str]]) -> None:
    """Leave a table alone in which somebody decided what was not taken in yet."""
    if table.is_file():
        rows = read_table(table)
        if any(row.decision and (row.match.subject, row.match.target) not in known for row in rows):
            raise VocabularyError(str(table), said("in-use"))


class _Counted:
    """Labels, counted as they pass."""

    def __init__(self, labels: Iterator[ForeignLabel]) -> None:
        self._labels, self.count = labels, 0

    def __iter__(self) -> Iterator[ForeignLabel]:
        for label in self._labels:
            self.count += 1
            yield label
