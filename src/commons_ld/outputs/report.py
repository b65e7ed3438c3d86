"""The report: what an export has to say of the pages it read.

The values in it come from records whose personal data was withheld before. Its forms, for the person who mends the
pages and for programs, are written by :mod:`commons_ld.outputs.report_files`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from commons_ld.errors import SourceError
from commons_ld.mapping import Candidate
from commons_ld.messages import MESSAGES, Language, Severity, message
from commons_ld.origin import Origin
from commons_ld.outputs.stored import Later, Stored
from commons_ld.record import Remark, Unrecognised
from commons_ld.validation import Result

__all__ = ["PageReport", "Refusal", "Report", "mark"]


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page that did not become a record, and why.

    :param code: which sentence of :data:`commons_ld.messages.MESSAGES` says it
    :param field: the field concerned, as the source calls it
    """

    code: str
    origin: Origin
    field: str = ""
    value: str = ""

    @classmethod
    def of(cls, error: SourceError) -> Refusal:
        """Return the refusal that an error stands for; its value is to be without personal data."""
        return cls(error.code, error.origin, error.field, error.value)

    @property
    def is_fault(self) -> bool:
        """Whether there is something to mend, and not only something to know."""
        return MESSAGES[self.code].severity != "Info"

    def says(self, language: Language) -> str:
        """Return the sentence that tells what is wrong, and what to do.

        >>> Refusal("missing-title", Origin("a.txt")).says("en")
        'the page has no title; write the title on its first line'
        """
        return message(self.code, language, field=self.field, value=self.value)


class PageReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there is to say of one page.

    :param origin: the file, and the place in it
    :param iri: of the record
    :param page_url: of the wiki page, ``""`` where it has none
    :param held: whether the record is held back from the publication
    :param is_checked: whether any shape met the record
    :param lines: the line of each field that was found
    :param results: of the shapes
    :param remarks: of the reader and of the mapping
    :param unrecognised: labels that belong to no field
    :param candidates: labels that are no known concept
    """

    origin: Origin
    title: str = ""
    iri: str = ""
    page_url: str = ""
    held: bool = False
    is_checked: bool = True
    lines: dict[str, int] = {}
    results: tuple[Result, ...] = ()
    remarks: tuple[Remark, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def has_something_to_say(self) -> bool:
        """Whether it belongs in a report at all."""
        told = self.results or self.remarks or self.unrecognised or self.candidates
        return bool(self.held or not self.is_checked or told)

    @property
    def worst(self) -> Severity | None:
        """The gravest of what there is to say; a label that is not known is to be checked."""
        severities = {result.severity for result in self.results}
        severities |= {MESSAGES[remark.code].severity for remark in self.remarks}
        if self.held or not self.is_checked or "Violation" in severities:
            return "Violation"
        if self.unrecognised or "Warning" in severities:
            return "Warning"
        return "Info" if self.has_something_to_say else None


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there is to say of an archive.

    :param published: how many records are
    :param held: how many records are held back
    :param refused: pages that became no record
    :param passed_over: pages that became none, and rightly so: a dump holds the whole wiki
    :param pages: those that there is something to say of; it may be a sequence on disk, marked with :func:`mark`
    :param focus_nodes: how many nodes each shape met, by the IRI of the shape
    :param empty_shapes: shapes that met none although there are nodes of their kind
    :param shape_labels: what each shape is called, by language
    :param base_iri: of the archive
    """

    published: int = 0
    held: int = 0
    refused: Sequence[Refusal] = ()
    passed_over: Sequence[Refusal] = ()
    pages: Sequence[PageReport] = ()
    focus_nodes: dict[str, int] = {}
    empty_shapes: tuple[str, ...] = ()
    shape_labels: dict[str, dict[str, str]] = {}
    base_iri: str = "urn:commons-ld:"

    @property
    def records(self) -> int:
        """How many records were read."""
        return self.published + self.held

    @property
    def is_of_nothing(self) -> bool:
        """Whether the sources held no page at all."""
        return not (self.records or self.refused or self.passed_over)

    @property
    def conforms(self) -> bool:
        """Whether nothing has to be mended: no page refused, no record with a Violation, no empty shape."""
        return not (self.refused or self.held or self.empty_shapes) and self.worst != "Violation"

    @property
    def worst(self) -> Severity | None:
        """The gravest of what there is to say, ``None`` where that is no more than advice."""
        found = self._marks()
        if self.refused or self.empty_shapes or found & {_HELD, _MEND}:
            return "Violation"
        return "Warning" if _CHECK in found else None

    @property
    def digest(self) -> str:
        """A digest of all that it says, or ``""`` where it is not known without going through it."""
        told = [self.refused, self.passed_over, self.pages]
        digests = [items.digest for items in told if isinstance(items, (Stored, Later))]
        if len(digests) < len(told):
            return ""
        rest = msgspec.structs.replace(self, refused=(), passed_over=(), pages=())
        return hashlib.sha256(msgspec.json.encode([digests, rest], order="deterministic")).hexdigest()

    def look_up(self) -> None:
        """Look up the pages now, where that was put off until somebody asks for them.

        :raises PublicationError: if they cannot be told any more; what was published stands
        """
        if isinstance(self.pages, Later):
            len(self.pages.made)

    def held_pages(self) -> Iterator[PageReport]:
        """Yield the pages whose records are held back."""
        return self._marked(_HELD)

    def pages_to_look_at(self) -> Iterator[PageReport]:
        """Yield the pages whose records are published, and have something to mend or to check."""
        return self._marked(_MEND, _CHECK)

    def pages_with_advice(self) -> Iterator[PageReport]:
        """Yield the pages of which there is advice alone."""
        return self._marked(_ADVICE)

    def _marks(self) -> set[int]:
        return set(self.pages.marks) if isinstance(self.pages, (Stored, Later)) else set(map(mark, self.pages))

    def _marked(self, *marks: int) -> Iterator[PageReport]:
        if isinstance(self.pages, (Stored, Later)):
            return self.pages.marked(*marks)
        return (page for page in self.pages if mark(page) in marks)


#: What a page is in a report, the gravest first.
_HELD, _MEND, _CHECK, _ADVICE = range(4)


def mark(page: PageReport) -> int:
    """Return the number that a page is found by in a report: by what there is to say of it."""
    if page.held:
        return _HELD
    return {"Violation": _MEND, "Warning": _CHECK}.get(page.worst or "", _ADVICE)
