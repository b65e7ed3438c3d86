"""The pipeline: from sources to a publication, doing again only what changed.

Reading (:mod:`commons_ld.pipeline.intake`) brings the ledger up to date; then the pages go by in the order of their
names in IRIs, a hundred at a time: those that changed are mapped and validated, the blocks of the others are
copied from the publication that stands. All of it happens beside that publication, which is replaced at the
end, and only then is the ledger's transaction ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from commons_ld.concepts import concepts_text
from commons_ld.dump_files import Dumps
from commons_ld.errors import NotConformant
from commons_ld.folders import placing
from commons_ld.hosting.writing import write_kit
from commons_ld.iris import IriPolicy
from commons_ld.outputs import dumps, manifest
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.kept_dumps import KeptDumps
from commons_ld.outputs.publication import publish, published
from commons_ld.outputs.report import Report
from commons_ld.outputs.search_index import SearchIndex
from commons_ld.outputs.standing import StalePublicationError, Standing
from commons_ld.pipeline.converting import Wanted
from commons_ld.pipeline.flow import How, Progress, silent
from commons_ld.pipeline.running import Run
from commons_ld.pipeline.work import Work
from commons_ld.processes.sharing import Processes
from commons_ld.settings import Settings
from commons_ld.site.writing import Site

__all__ = ["Outcome", "Progress", "export", "silent", "validate"]


class Outcome(NamedTuple):
    """What an export came to.

    :param changed: whether the publication was replaced; ``False`` if it was up to date
    :param work: what was done again for it, and what was skipped
    """

    report: Report
    changed: bool
    work: Work


def export(
    settings: Settings,
    sources: Sequence[Path] = (),
    *,
    out: Path | None = None,
    keep_invalid: bool = False,
    allow_deletions: bool = False,
    jobs: int = 1,
    progress: Progress = silent,
) -> Outcome:
    """Read, map and validate the sources, and publish what conforms.

    :param sources: files and folders; by default those of the settings
    :param out: the folder of the publication; by default that of the settings
    :param keep_invalid: publish records too that break a shape of severity Violation
    :param allow_deletions: withdraw the records that are gone from the sources, or do not conform any more, however
        many they are
    :param jobs: how many processes share the work where there is much of it, 0 for as many as there are cores; what is
        published does not depend on it. With more than one, a script that calls this is to be guarded by
        ``if __name__ == "__main__":``, since each process imports it
    :raises RecordsVanished: if more than 5 records and 5 % of all are gone, or all of several, unless
        ``allow_deletions``
    :raises PublicationError: if something is published of which the state folder knows nothing, unless
        ``allow_deletions``
    :raises CommonsError: if nothing can be published; what was published before then stands
    """
    out = out or settings.path(settings.output.directory)
    with Processes(jobs) as processes:
        how = How(Wanted(keep_invalid, files=True), progress, processes, allow_deletions)
        try:
            return _export(settings, sources, out, how, standing=published(out))
        except StalePublicationError:
            # What is published is not what the ledger says was: nothing of it is taken over.
            return _export(settings, sources, out, how, standing="")


def _export(settings: Settings, sources: Sequence[Path], out: Path, how: How, *, standing: str) -> Outcome:
    with Run.begin(settings, how) as run:
        run.begin_ledger(out)
        run.take_in(sources, standing)
        if run.is_up_to_date:
            if not run.has_search_index(standing):
                run.make_search_index(out, standing)
            run.end(published(out))
            return Outcome(run.told.report(), changed=False, work=run.work)
        with run.search_index(standing) as index, run.kept_dumps(standing) as kept:
            found = _publish(run, settings, out, index, kept)
            index.finish(published(out))
            kept.finish(published(out))
        run.end(published(out))
        return Outcome(found, changed=True, work=run.work)


def _publish(run: Run, settings: Settings, out: Path, index: SearchIndex, kept: KeptDumps) -> Report:
    progress = run.progress
    with (
        publish(out, placing(settings.output)) as generation,
        run.renderings(generation) as renderings,
        run.description(generation, kept) as description,
        dumps.previous_dumps(generation, settings.base_iri, Dumps.of(settings.output), kept) as previous,
    ):
        site = Site(generation, index, settings, run.flow.pages) if settings.output.site else None
        standing = run.standing(previous) if index.is_continued else []
        index.pass_over(standing)
        blocks = index.passing(run.flow.blocks(generation, standing), site)
        if renderings:
            blocks = renderings.passing(blocks)
        dumps.write_dumps(
            previous,
            blocks,
            standing=standing,
            linked=description.linked if description else None,
            processes=run.processes,
            written=lambda done, total: progress("writing", done, total),
        )
        _write_manifest(run, settings, generation, standing)
        found = run.told.report()
        if found.empty_shapes:
            raise NotConformant(found)
        run.told.write_report(found, generation)
        run.write_feeds(generation, standing)
        if renderings:
            with run.harvested(generation) as harvested:
                renderings.finish(run.flow.published(generation, standing), harvested.add, run.dated)
                harvested.finish()
        if site is not None:
            progress("site", 0, 1)
            site.take_over(standing, run.flow.published(generation, standing))
            site.finish(description.describe() if description else {})
        if description:
            description.finish()
            write_kit(generation, run.gone(), run.last_page(), run.moved(), settings.output)
            progress("site", 1, 1)
    return found


def _write_manifest(run: Run, settings: Settings, generation: Generation, standing: Sequence[Standing]) -> None:
    """Write what is listed of the records, and the artefacts that they are made with."""
    policy = IriPolicy(settings.base_iri)
    listed = manifest.taken_over(generation, standing)
    manifest.write_manifest(
        generation,
        run.told.manifest(listed),
        dataset=policy.dataset,
        standing=listed,
        starts=[policy.mint("session", ""), policy.mint("media", "")],
    )
    manifest.write_artefacts(generation, concepts_text(settings))


def validate(
    settings: Settings,
    sources: Sequence[Path] = (),
    *,
    keep_invalid: bool = False,
    jobs: int = 1,
    progress: Progress = silent,
) -> Report:
    """Read, map and validate the sources as :func:`export` does, and write nothing.

    :raises CommonsError: if that cannot be done
    """
    with Processes(jobs) as processes:
        return _validate(
            settings, sources, How(Wanted(keep_invalid, files=False), progress, processes, allow_deletions=True)
        )


def _validate(settings: Settings, sources: Sequence[Path], how: How) -> Report:
    with Run.begin(settings, how) as run:
        run.take_in(sources, "")
        for _ in run.flow.blocks(None):
            pass
        return run.told.report(is_kept=False)
