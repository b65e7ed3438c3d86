"""One run over an archive: what it works with, the ledger brought up to date, and what is written beside the dumps."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from commons_ld.alignments import Alignments
from commons_ld.artefacts import artefacts
from commons_ld.concepts import Concepts
from commons_ld.describing.writing import Description
from commons_ld.errors import PublicationError
from commons_ld.feeds.oai_static import StaticOai
from commons_ld.feeds.paging import last_page
from commons_ld.feeds.publishing import write_feeds, write_tombstones
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Ledger, open_ledger
from commons_ld.outputs import search_index
from commons_ld.outputs.assembling import Previous
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import KeptDumps, keeping
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import SearchIndex
from commons_ld.outputs.standing import Standing, standing, standing_but
from commons_ld.pipeline.converting import Conversion, gatherings
from commons_ld.pipeline.finding import sources_of
from commons_ld.pipeline.flow import Flow, How
from commons_ld.pipeline.intake import take_in
from commons_ld.pipeline.made_with import fingerprint
from commons_ld.pipeline.own_blocks import OwnBlocks
from commons_ld.pipeline.telling import Told
from commons_ld.pipeline.work import EveryPage, Work
from commons_ld.rdf.n_quads import n_quads_of
from commons_ld.registers import Registers
from commons_ld.rendering.keeping import keep_nothing
from commons_ld.rendering.writing import Renderings
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings
from commons_ld.validation import Shapes

__all__ = ["KEEP_INVALID", "Run", "begin_ledger"]

#: By what name the ledger knows whether the last publication has records that do not conform.
KEEP_INVALID: Final = "keep_invalid"


def begin_ledger(
    ledger: Ledger, settings: Settings, out: Path | str, *, is_published: bool, is_lost: bool = False
) -> None:
    """Have a new ledger begin; where something is published already, it is not that of this publication.

    :param out: path or address of the publication
    :param is_published: whether there is one
    :param is_lost: whether the ledger of what is published is lost, and a new one begins all the same
    :raises PublicationError: if it is not, since what was taken back would be published again
    """
    if not ledger.meta("digest"):  # nothing was ever kept in it
        if is_published and not is_lost:
            raise PublicationError(settings.path(settings.state), said("no-ledger", str(out)))
        # At once: a run that is killed once it has published leaves a ledger that is not new.
        ledger.commit()


class Run:
    """One run over an archive: what it works with, and what it has counted so far."""

    def __init__(self, ledger: Ledger, settings: Settings, how: How) -> None:
        self._ledger, self._settings, self._wanted = ledger, settings, how.wanted
        self.progress, self.processes = how.progress, how.processes
        self._allow_deletions: Final = how.allow_deletions
        self._policy: Final = IriPolicy(settings.base_iri)
        self._concepts: Final = Concepts.of(settings)
        self._alignments: Final = Alignments.of(settings)
        self._shapes: Final = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
        self._registers: Final = Registers.load(settings, ledger.log.suppressions().is_in)
        self._own: Final = OwnBlocks(settings, self._concepts, self._registers, self._alignments, self._shapes)
        conversion = Conversion(settings, self._shapes, self._concepts, self._registers, how.wanted)
        self.flow: Final = Flow(ledger, settings, self._own, conversion, how)
        self.told: Final = Told(ledger, settings.path(settings.state), self._shapes, self._policy, self._own.findings)
        self.is_up_to_date = False
        #: What is done again, and what is skipped.
        self.work = Work()

    @classmethod
    @contextlib.contextmanager
    def begin(cls, settings: Settings, how: How) -> Iterator[Run]:
        with open_ledger(settings.path(settings.state)) as ledger:
            yield cls(ledger, settings, how)

    def begin_ledger(self, out: Path) -> None:
        """Have a new ledger begin; see :func:`begin_ledger`."""
        begin_ledger(
            self._ledger, self._settings, out, is_published=bool(published(out)), is_lost=self._allow_deletions
        )

    def take_in(self, sources: Sequence[Path], generation: str) -> None:
        """Bring the ledger up to date with the sources.

        :param generation: the name of the publication that stands, whose blocks may be copied; ``""`` for none
        """
        made_with = fingerprint(self._settings, keep_invalid=self._wanted.keep_invalid)
        known = self._ledger.meta("made_with"), self._ledger.meta("generation")
        same = bool(generation) and known == (made_with, generation)
        if not same:
            self._ledger.forget_work()
            self._ledger.set_meta("report", "")
        self._ledger.set_meta("made_with", made_with)
        registers = self._registers.written(self._policy)
        if same and (changed := self._registers.changed(self._ledger.meta("registers"))):
            # Records that name whoever is called otherwise now, or is another one.
            touched = [page.key for page, findings in self.told.findings() if not changed.isdisjoint(findings.agents)]
            self._ledger.forget_work(touched)
        found = sources_of(self._settings, sources)
        unread = take_in(
            self._ledger, found, self._settings, lambda done: self.progress("reading", done, len(found)), self.processes
        )
        refused = hashlib.sha256(b"".join(self._ledger.refusals())).hexdigest()
        as_before = (self._ledger.meta("refused"), self._ledger.meta("registers")) == (refused, registers)
        changes = self._ledger.changes()
        is_due = changes.changed or changes.gone or self._ledger.meta("due")
        self.is_up_to_date = same and as_before and not is_due
        every = _why_every_page(generation, known, made_with)
        self.work = Work(
            changes.changed, every, changes.new, changes.naming, changes.pages - changes.changed, changes.gone, unread
        )
        self._ledger.set_meta("registers", registers)
        self._ledger.set_meta("refused", refused)

    def end(self, generation: str) -> None:
        """Have the ledger keep what this run did, now that it is published."""
        self._ledger.set_meta("generation", generation)
        self._ledger.set_meta("cause", "")
        self._ledger.set_meta("due", "")
        self._ledger.set_meta(KEEP_INVALID, "yes" if self._wanted.keep_invalid else "")
        self._ledger.forget_gone()
        self._ledger.drop_records()
        self._ledger.commit()

    def renderings(self, generation: Generation) -> AbstractContextManager[Renderings | None]:
        """Begin the renderings for harvesters, unless the settings want no site to put them in."""
        if not self._settings.output.site:
            keep_nothing(self._settings.path(self._settings.state))
            return contextlib.nullcontext()
        return Renderings(
            generation,
            self._settings,
            self._concepts,
            made_with=self._ledger.meta("made_with"),
            made=self.flow.rendered,
        )

    def description(self, generation: Generation, kept: KeptDumps) -> AbstractContextManager[Description | None]:
        """Begin the description of the dataset, unless the settings want no site to put it in."""
        return (
            Description(generation, self._settings, self._alignments.namespaces(), kept)
            if self._settings.output.site
            else contextlib.nullcontext()
        )

    def gone(self) -> Iterator[str]:
        """Yield the paths of the records that were withdrawn."""
        return (iri.removeprefix(self._settings.base_iri) for iri in self._ledger.gone())

    def last_page(self) -> int:
        """Return the number of the last page of the feeds."""
        return last_page(self._ledger.log)

    def moved(self) -> dict[str, str]:
        """Return the paths of the concepts that were given up, and of those in their place."""
        base = self._settings.base_iri
        given_up = self._concepts.given_up.items()
        return {iri.removeprefix(base): to.removeprefix(base) for iri, to in given_up if iri.startswith(base)}

    # ── The search index ─────────────────────────────────────────────────────────────────────────────────

    def search_index(self, previous: str) -> AbstractContextManager[SearchIndex]:
        """Begin the search index of the publication that is being made; see :func:`search_index.writing`."""
        state, made_with = self._settings.path(self._settings.state), self._ledger.meta("made_with")
        return search_index.writing(
            state,
            base_iri=self._settings.base_iri,
            made_with=made_with,
            previous=previous,
            gatherings=gatherings(self._settings),
        )

    def kept_dumps(self, previous: str) -> AbstractContextManager[KeptDumps]:
        """Begin what is kept of how the dumps are put together."""
        state, made_with = self._settings.path(self._settings.state), self._ledger.meta("made_with")
        return keeping(state, publication=previous, made_with=made_with)

    def has_search_index(self, publication: str) -> bool:
        """Tell whether the publication that stands has its search index."""
        return search_index.index_path(self._settings.path(self._settings.state), publication).is_file()

    def make_search_index(self, out: Path, publication: str) -> None:
        """Make the search index that is missing, from the publication that stands."""
        with self.search_index("") as index:
            index.read(n_quads_of(out))
            index.finish(publication)

    def standing(self, previous: Previous) -> list[Standing]:
        """Return what of the dumps before stands as it is."""
        chunks = list(previous.chunks())
        if 2 * self.work.mapped + self.work.gone > self.work.skipped:
            return standing(chunks, self._ledger.versions())
        return standing_but(chunks, self._ledger.touched())

    def dated(self, subject: str) -> str:
        """Return the datestamp of a record, as the feeds have it."""
        last = self._ledger.log.last(subject)
        return last.at if last else ""

    def write_feeds(self, generation: Generation, standing: Sequence[Standing]) -> None:
        """Write what harvesters read, once all else is written; what is gone is told by a site without feeds too."""
        if self._settings.output.feeds:
            write_feeds(generation, self._ledger, self._settings, standing)
        elif self._settings.output.site:
            write_tombstones(generation, self._ledger, self._settings)

    def harvested(self, generation: Generation) -> StaticOai:
        """Begin what a web host that runs PHP answers harvesters from, once the feeds are written."""
        return StaticOai(generation, self._settings)


def _why_every_page(generation: str, known: tuple[str, str], made_with: str) -> EveryPage:
    """Tell why every page is mapped, if it is.

    :param generation: the name of the publication that stands
    :param known: what the ledger was left with: what its publication was made with, and the name of it
    """
    if not known[1]:
        return "first"
    if generation != known[1]:
        return "other"
    return "made-with" if made_with != known[0] else ""
