"""Export an archive with whoever does the tasks: processes of this machine, or the machines of a cluster."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import pyoxigraph as ox

from commons_ld.alignments import Alignments
from commons_ld.artefacts import artefacts
from commons_ld.cluster import naming
from commons_ld.cluster.making import Part, Shard, Told, make, plan_of, rows_of, told_of, write_shard
from commons_ld.cluster.places import Place, is_address, place_of
from commons_ld.cluster.publishing import Folder, published
from commons_ld.cluster.reports import hand_on, write_form
from commons_ld.cluster.sorting import Sorted
from commons_ld.cluster.taking import Index, index_of, take
from commons_ld.cluster.tools import Job, Shared, share
from commons_ld.cluster.units import File, Unit, count_lines, cut, files_of
from commons_ld.concepts import Concepts, concepts_text
from commons_ld.describing.statements import PREFIXES_HERE, Statements
from commons_ld.describing.void import VOID, describe_void, void_document
from commons_ld.errors import ClusterError, NotConformant
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Ledger, open_ledger
from commons_ld.outputs import manifest, report_files
from commons_ld.outputs.counting import Counts
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.hashed_file import explaining
from commons_ld.outputs.report import PageReport, Report, mark
from commons_ld.outputs.statements import in_reading_order, triples
from commons_ld.outputs.stored import Encoded, Stored, encoded
from commons_ld.pipeline.converting import Wanted
from commons_ld.pipeline.exporting import Outcome, Progress, silent
from commons_ld.pipeline.finding import is_export
from commons_ld.pipeline.made_with import fingerprint
from commons_ld.pipeline.own_blocks import OwnBlocks
from commons_ld.pipeline.reporting import Tally, report_of
from commons_ld.pipeline.running import begin_ledger
from commons_ld.pipeline.work import Work
from commons_ld.privacy import Policy, policy_of
from commons_ld.processes.sharing import Engine
from commons_ld.registers import Registers
from commons_ld.settings import Settings
from commons_ld.validation import Shapes

__all__ = ["export", "where"]


def export(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    engine: Engine,
    out: str = "",
    keep_invalid: bool = False,
    allow_deletions: bool = False,
    progress: Progress = silent,
) -> Outcome:
    """Read, map and validate the sources, and publish what conforms as N-Quads in shards.

    One after the other, the shards are ``dataset.nq`` of an export on one machine; the manifest, the report and
    ``void.nt`` are the files of that export.

    :param sources: paths or addresses of files and folders, which whoever does the tasks reaches as well; by default
        those of the settings
    :param engine: who does the tasks; what is published does not depend on it
    :param out: path or address of the publication; by default the folder of the settings
    :param keep_invalid: publish records too that break a shape of severity Violation
    :param allow_deletions: go on though the ledger of what is published is lost
    :raises PublicationError: if something is published of which the state folder knows nothing, unless
        ``allow_deletions``
    :raises CommonsError: if nothing can be published; what was published before then stands
    """
    address = where(settings, out)
    files = files_of(settings, sources)
    with open_ledger(settings.path(settings.state)) as ledger:
        place = place_of(address)
        begin_ledger(ledger, settings, place.address, is_published=bool(published(place)), is_lost=allow_deletions)
        folder = Folder(place)
        try:
            with _Run(
                settings, ledger, files, address, engine, folder.work, keep_invalid=keep_invalid, progress=progress
            ) as run:
                run.take_in()
                name = run.plan()
                found = run.publish(folder, name)
            run.naming.settle()
        except BaseException as error:
            if folder.give_up() and isinstance(error, ClusterError):
                raise folder.taken_over() from error
            raise
    return Outcome(found, changed=name != folder.published, work=Work(found.records, "cluster"))


def where(settings: Settings, out: str = "") -> str:
    """Return the address, or the whole path, of a publication.

    :param out: its address or its path; by default the folder of the settings

    >>> where(Settings(root=Path("/archive"))), where(Settings(), "s3://bucket/archive")
    ('/archive/dist', 's3://bucket/archive')
    """
    if not out:
        return str(settings.path(settings.output.directory).absolute())
    return out if is_address(out) else str(Path(out).absolute())


class _Run:
    """One export: what it works with, and what it has counted so far."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        files: Sequence[File],
        address: str,
        engine: Engine,
        work: str,
        *,
        keep_invalid: bool,
        progress: Progress,
    ) -> None:
        self._settings, self._ledger, self._engine, self._progress = settings, ledger, engine, progress
        self._work: Final = work
        self._made_with: Final = fingerprint(settings, keep_invalid=keep_invalid)
        self._place: Final[Place] = place_of(address)
        self._policy: Final = IriPolicy(settings.base_iri)
        suppressed = ledger.log.suppressions()
        self._privacy: Final[Policy] = policy_of(settings, suppressed)
        self._shapes: Final = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
        self._alignments: Final = Alignments.of(settings)
        registers, concepts = Registers.load(settings, suppressed.is_in), Concepts.of(settings)
        self._own: Final = OwnBlocks(settings, concepts, registers, self._alignments, self._shapes)
        self.naming: Final = naming.Naming(ledger, settings, self._privacy, files)
        wanted = Wanted(keep_invalid, files=False)
        given = Shared(settings, registers, concepts, wanted, ledger.every_export(), self.naming.exported)
        self._job: Final[Job] = share(address, self._work, given)
        self._files: Final = [file for file in files if not is_export(file.found)]
        self._plan: Final[list[Part]] = []
        self._opened: Final = ExitStack()

    def __enter__(self) -> _Run:
        scratch = Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="commons-ld-")))
        (scratch / "files").mkdir()
        self._generation = self._opened.enter_context(Generation(scratch / "files", None, scratch / "spool"))
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    # ── The first tasks, and what is decided for all ─────────────────────────────────────────────────────

    def take_in(self) -> None:
        """Have the sources read, and give names to the records."""
        units = self._counted(cut(self._files))
        total = sum(unit.size for unit in units)
        decode = msgspec.msgpack.Decoder(Index).decode
        taking = partial(take, self._job, self._work, self._privacy)
        for took in self._engine.map(taking, enumerate(units)):
            index = decode(self._place.read(index_of(self._work, took.number)))
            self.naming.take(took.number, units[took.number], index)
            self._progress("reading", took.size, total)
        self.naming.end(self._place, self._work, len(units))

    def _counted(self, units: list[Unit]) -> list[Unit]:
        """Return units with how many lines stand before those of each."""
        parted = [number for number, unit in enumerate(units) if unit.end]
        line = 0
        for number, lines in zip(
            parted, self._engine.map(count_lines, [units[number] for number in parted]), strict=True
        ):
            line = line if units[number].start else 0
            units[number] = units[number]._replace(line=line)
            line += lines
        return units

    def plan(self) -> str:
        """Write what goes into each shard, and return the name of the publication, which depends on that."""
        digest = hashlib.sha256(self._made_with.encode())
        self._place.write(plan_of(self._work), self._planned(digest.update))
        for refusals in self._ledger.refusals():
            digest.update(refusals)
        return digest.hexdigest()[:16]

    def _planned(self, say: Callable[[bytes], object]) -> Iterator[bytes]:
        end = 0
        for number, planned in enumerate(self.naming.shards(), 1):
            data = msgspec.msgpack.encode(planned)
            start, end = end, end + len(data)
            self._plan.append(Part(number, start, end))
            say(naming.said(planned))
            yield data

    # ── The second tasks, and what is told of them all ───────────────────────────────────────────────────

    def publish(self, folder: Folder, name: str) -> Report:
        """Have the shards made, put together what there is to tell, and publish it."""
        # Workers begin with them, while this process does what it can do before one is made.
        made = self._engine.map(partial(make, self._job, self._work, name), self._plan)
        tally = Tally()
        for findings in self._own.findings():
            tally.add(findings)
        first = write_shard(self._place, name, 0, self._own.blocks(), self._settings.output.compression)
        shards = [first]
        generation = self._generation
        with generation.spool() as spool:
            shared = Sorted(spool)
            counts = Counts(self._policy, shared, self._alignments.namespaces())
            for block in self._own.blocks():
                counts.add(block)
            self.naming.sum_up()
            with explaining(Path(tempfile.gettempdir())):
                pages = Stored.again(self._pages(made, shards, counts, shared, tally), PageReport)
            found = report_of(self._settings.base_iri, self._shapes, tally, pages, self._ledger.refusals)
            if found.empty_shapes:
                raise NotConformant(found)
            hand_on(self._place, self._work, found)
            # And with these, while it puts the rest together.
            forms = self._engine.map(partial(write_form, self._job, self._work, name), report_files.NAMES)
            counts.finish()
        self._describe(counts, shards)
        manifest.write_manifest(generation, self._rows(), dataset=self._policy.dataset)
        manifest.write_artefacts(generation, concepts_text(self._settings))
        folder.publish(name, generation, shards, forms)
        return found

    def _pages(
        self, made: Iterator[Shard], shards: list[Shard], counts: Counts, shared: Sorted, tally: Tally
    ) -> Iterator[Encoded]:
        """Yield the pages that there is something to say of, and count the shards while they come."""
        yield encoded((one.page for one in self._own.findings() if one.page.has_something_to_say), mark)
        total = self._ledger.count()
        for shard in made:
            told = self._told(shard.number)
            shards.append(shard)
            counts.take_over(told.counted)
            shared.update(told.shared)
            published, held = told.held
            tally.add_all({False: published, True: held}, told.focus_nodes, told.kinds)
            yield told.pages
            self._progress("mapping", published + held, total)

    def _rows(self) -> Iterator[manifest.Row]:
        decode = msgspec.msgpack.Decoder(list[manifest.Row]).decode
        for part in self._plan:
            yield from decode(self._place.read(rows_of(self._work, part.number)))

    def _told(self, number: int) -> Told:
        return msgspec.msgpack.decode(self._place.read(told_of(self._work, number)), type=Told)

    def _describe(self, counts: Counts, shards: Sequence[Shard]) -> None:
        """Write the counts, and beside them a document that names the shards too."""
        base_iri = self._settings.base_iri
        self._generation.write(VOID, void_document(base_iri, counts))
        said = Statements(base_iri)
        describe_void(said, counts)
        for shard in shards:
            for file in shard.files:
                said.iri(said.policy.dataset, f"{base_iri}{file.name}", "void:dataDump")
        lines = list(said)
        with self._generation.open("void.ttl") as stream:
            ordered = triples(in_reading_order(lines, said.policy.dataset))
            used = {prefix: iri for prefix, iri in PREFIXES_HERE.items() if f"<{iri}".encode() in b"".join(lines)}
            ox.serialize(ordered, stream, ox.RdfFormat.TURTLE, prefixes=used)
