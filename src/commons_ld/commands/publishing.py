"""Make and check a publication: ``export``, ``site`` and ``validate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from commons_ld.commands.session import Session, everywhere
from commons_ld.errors import PublicationError
from commons_ld.messages import Language
from commons_ld.pipeline.work import said_of

if TYPE_CHECKING:
    from commons_ld.pipeline.exporting import Outcome

__all__ = ["export", "site", "validate"]

_SOURCES: Final = click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[SOURCE]...")
_STRICT: Final = click.option("--strict", is_flag=True, help="Exit with 1 if there is as much as a warning.")
_KEEP: Final = click.option(
    "--keep-invalid", is_flag=True, help="Publish records that do not conform too, instead of holding them back."
)
_ALLOW: Final = click.option(
    "--allow-deletions",
    is_flag=True,
    help="Withdraw the records that are gone, however many they are; go on though the state folder is lost.",
)
_JOBS: Final = click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes share the work where there is much of it.",
    show_default="as many as there are cores",
)

_WITH_A_SITE: Final[dict[Language, str]] = {
    "fr": "Pour voir le site : make serve, ou commons-ld serve.\n"
    "Ce qu'en diraient les moissonneurs, et les réglages qu'ils demandent : make check, ou commons-ld check.",
    "en": "To see the site: make serve, or commons-ld serve.\n"
    "What harvesters would say of it, and the settings that they ask for: make check, or commons-ld check.",
}


@click.command(short_help="Read, map, validate and publish.")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--out", metavar="DIR", help="Folder of the publication.", show_default="dist")
@_STRICT
@_KEEP
@_ALLOW
@_JOBS
@click.option(
    "--engine",
    type=click.Choice(["processes", "dask"]),
    default="processes",
    show_default=True,
    help="Who shares the work: processes of this machine, or the machines of a cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Scheduler of Dask, such as tcp://host:8786.")
@everywhere
def export(
    sources: tuple[str, ...],
    out: str | None,
    strict: bool,
    keep_invalid: bool,
    allow_deletions: bool,
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    **common: Any,
) -> None:
    """Read SOURCES (files or folders), map, validate, and write the publication.

    Without SOURCES, those of the settings are read: data/ by default. Only what changed since the last time is
    done again. Pages that cannot be read and records that do not conform are listed in dist/report/, and the
    rest goes out; but if more than 5 records and 5 % of all would be withdrawn, or all of them, nothing is
    changed, unless --allow-deletions says that it is meant. Nor is it where something is published of which the
    state folder knows nothing.

    With --engine dask, the machines of a cluster share the work, and N-Quads are written in shards: SOURCES and
    --out may be addresses such as s3://bucket/folder then, and every machine has to reach them. Shards tell nobody
    what to delete, so that it is not asked how many records are gone.
    """
    if (scheduler is None) != (engine == "processes"):
        raise click.UsageError("--engine dask and --scheduler ADDRESS go together.")
    if jobs is not None and engine == "dask":
        raise click.UsageError("--jobs is for --engine processes: a cluster has the workers that it has.")
    with Session(**common) as session:
        if scheduler is not None:
            outcome, folder = _by_cluster(
                session, sources, out or "", scheduler, keep_invalid=keep_invalid, allow_deletions=allow_deletions
            )
        else:
            outcome, folder = _by_processes(
                session, sources, out, jobs=jobs or 0, keep_invalid=keep_invalid, allow_deletions=allow_deletions
            )
        session.end_progress()
        try:
            session.tell(outcome.report)
        except PublicationError as error:
            if session.as_json:
                raise  # a program is not to take nothing for a report
            session.warn({"fr": error.told("fr"), "en": error.told("en")})
        for sentence in said_of(outcome.work):
            # There is nothing to explain of a first time.
            (session.note if outcome.work.every == "first" else session.say)(sentence)
        session.say(
            {
                "fr": f"Publié dans {folder}/." if outcome.changed else f"Rien n'a changé : {folder}/ est à jour.",
                "en": f"Published in {folder}/." if outcome.changed else f"Nothing changed: {folder}/ is up to date.",
            }
        )
        if outcome.changed and scheduler is None:
            session.say({"fr": f"À lire : {folder}/report/index.html.", "en": f"To be read: {folder}/report/en.html."})
            if session.settings.output.site:
                session.say(_WITH_A_SITE)
    if strict and outcome.report.worst:
        sys.exit(1)


def _by_processes(
    session: Session,
    sources: tuple[str, ...],
    out: str | None,
    *,
    jobs: int,
    keep_invalid: bool,
    allow_deletions: bool,
) -> tuple[Outcome, str]:
    from commons_ld.pipeline import exporting

    for given in (*sources, out or ""):
        if "://" in given:
            raise click.UsageError(f"{given} is an address, which takes --engine dask.")
    folder = Path(out) if out else session.settings.path(session.settings.output.directory)
    outcome = exporting.export(
        session.settings,
        [Path(source) for source in sources],
        out=folder,
        keep_invalid=keep_invalid,
        allow_deletions=allow_deletions,
        jobs=jobs,
        progress=session.progress,
    )
    return outcome, str(folder)


def _by_cluster(
    session: Session,
    sources: tuple[str, ...],
    out: str,
    scheduler: str,
    *,
    keep_invalid: bool,
    allow_deletions: bool,
) -> tuple[Outcome, str]:
    from commons_ld.cluster.dask_engine import DaskEngine
    from commons_ld.cluster.exporting import export as export_shared
    from commons_ld.cluster.exporting import where
    from commons_ld.cluster.places import place_of

    address = where(session.settings, out)
    with DaskEngine(scheduler) as engine:
        outcome = export_shared(
            session.settings,
            sources,
            engine=engine,
            out=address,
            keep_invalid=keep_invalid,
            allow_deletions=allow_deletions,
            progress=session.progress,
        )
    return outcome, place_of(address).address


@click.command(short_help="Build the site again.")
@everywhere
def site(**common: Any) -> None:
    """Build the site, dist/site/, again from the publication that stands, without reading a source.

    An export writes the site too, unless the setting output.site leaves it out.
    """
    with Session(**common) as session:
        from commons_ld.pipeline.rebuilding import rebuild_site

        written = rebuild_site(session.settings)
        folder = session.settings.path(session.settings.output.directory) / "site"
        session.say(
            {
                "fr": f"Site publié dans {folder}/ ; pages écrites : {written}.",
                "en": f"Site published in {folder}/; pages written: {written}.",
            }
        )


@click.command(short_help="Read, map and validate, and write nothing.")
@_SOURCES
@_STRICT
@_JOBS
@everywhere
def validate(sources: tuple[Path, ...], strict: bool, jobs: int | None, **common: Any) -> None:
    """Read, map and validate SOURCES as export does, and write nothing.

    Exits with 1 if a page was refused or a record does not conform.
    """
    with Session(**common) as session:
        from commons_ld.pipeline import exporting

        report = exporting.validate(session.settings, sources, jobs=jobs or 0, progress=session.progress)
        session.end_progress()
        session.tell(report)
    if not report.conforms or (strict and report.worst):
        sys.exit(1)
