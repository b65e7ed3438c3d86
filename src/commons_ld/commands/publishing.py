"""Make and check a publication: ``export``, ``site`` and ``validate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["export", "site", "validate"]

_SOURCES: Final = click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[SOURCE]...")
_STRICT: Final = click.option("--strict", is_flag=True, help="Exit with 1 if there is as much as a warning.")
_KEEP: Final = click.option(
    "--keep-invalid", is_flag=True, help="Publish records that do not conform too, instead of holding them back."
)
_JOBS: Final = click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes share the work where there is much of it.",
    show_default="as many as there are cores",
)


@click.command(short_help="Read, map, validate and publish.")
@_SOURCES
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@_STRICT
@_KEEP
@_JOBS
@everywhere
def export(
    sources: tuple[Path, ...], out: Path | None, strict: bool, keep_invalid: bool, jobs: int | None, **common: Any
) -> None:
    """Read SOURCES (files or folders), map, validate, and write the publication.

    Without SOURCES, those of the settings are read: data/ by default. Only what changed since the last time is
    done again. Pages that cannot be read and records that do not conform are listed in dist/report/, and the
    rest goes out.
    """
    with Session(**common) as session:
        from commons_ld import pipeline

        folder = out or session.settings.path(session.settings.output.directory)
        outcome = pipeline.export(
            session.settings,
            sources,
            out=folder,
            keep_invalid=keep_invalid,
            jobs=jobs or 0,
            progress=session.progress,
        )
        session.end_progress()
        session.tell(outcome.report)
        session.say(
            {
                "fr": f"Publié dans {folder}/." if outcome.changed else f"Rien n'a changé : {folder}/ est à jour.",
                "en": f"Published in {folder}/." if outcome.changed else f"Nothing changed: {folder}/ is up to date.",
            }
        )
        session.note(
            {
                "fr": f"{outcome.mapped} page(s) converties à nouveau, les autres reprises telles quelles.",
                "en": f"{outcome.mapped} page(s) mapped again, the others taken over as they were.",
            }
        )
    if strict and outcome.report.worst:
        sys.exit(1)


@click.command(short_help="Build the site again.")
@everywhere
def site(**common: Any) -> None:
    """Build the site, dist/site/, again from the publication that stands, without reading a source.

    An export writes the site too, unless the setting output.site leaves it out.
    """
    with Session(**common) as session:
        from commons_ld.rebuilding import rebuild_site

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
        from commons_ld import pipeline

        report = pipeline.validate(session.settings, sources, jobs=jobs or 0, progress=session.progress)
        session.end_progress()
        session.tell(report)
    if not report.conforms or (strict and report.worst):
        sys.exit(1)
