"""The command ``align``: read another vocabulary, propose, and write the table to decide in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from commons_ld.aligning.accepting import decided
from commons_ld.aligning.foreign import ForeignLabel, read_labels
from commons_ld.aligning.ours import own_labels
from commons_ld.aligning.proposing import Proposal, propose
from commons_ld.aligning.table import read_table, write_review
from commons_ld.aligning.words import said
from commons_ld.concepts import concepts_file
from commons_ld.errors import VocabularyError
from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.settings import Settings
from commons_ld.vocabulary import Scheme, read_text

__all__ = ["Outcome", "Task", "align"]


class Task(NamedTuple):
    """What is asked for.

    :param source: the file of the other vocabulary
    :param into: where the table is written, without its suffix
    :param out: the folder of the publication
    :param entities: what the IRIs of a Wikibase's entities begin with
    """

    source: Path
    into: Path
    out: Path
    entities: str = ""
    language: Language = "en"


class Outcome(NamedTuple):
    """What came of it.

    :param labels: how many labels were read
    """

    proposals: list[Proposal]
    labels: int
    table: Path
    page: Path


def align(task: Task, settings: Settings) -> Outcome:
    """Propose matches, and write them into a table and a page to decide in.

    :raises VocabularyError: if the vocabulary cannot be read, or the table not be written, or has decisions in it
    """
    path = concepts_file(settings)
    scheme = Scheme(read_text(path), str(path))
    known = decided(settings)
    _must_be_free(task.into.with_suffix(".csv"), known)
    ours = own_labels(scheme, task.out, IriPolicy(settings.base_iri))
    read = _Counted(read_labels(task.source, task.entities))
    proposals = propose(ours, read, known)
    try:
        table, page = write_review(proposals, task.into, task.language, task.source.name)
    except OSError as error:
        raise VocabularyError(str(task.into), said("unusable", value=error.strerror or error), exit_code=3) from None
    return Outcome(proposals, read.count, table, page)


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
