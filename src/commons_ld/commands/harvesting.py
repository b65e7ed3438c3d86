"""Keep a copy of another archive: ``harvest``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["harvest"]


@click.command(short_help="Keep a copy of another archive's linked data.")
@click.argument("url", metavar="URL")
@click.option(
    "--as",
    "protocol",
    # The names of commons_ld.harvesting.PROTOCOLS, not imported to show a help text; a test holds them together.
    type=click.Choice(["ldes", "resourcesync", "oai-pmh", "schema.org"]),
    help="How to harvest.",
    show_default="the first that answers, in this order",
)
@click.option(
    "--prefix", default="", metavar="PREFIX", help="The format to ask for by OAI-PMH.", show_default="the richest"
)
@click.option(
    "--set", "set_", default="", metavar="SET", help="The set to ask for by OAI-PMH.", show_default="everything"
)
@click.option(
    "--into", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the copy.", show_default="harvested/HOST"
)
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Another host that may be asked.")
@click.option("--anew", is_flag=True, help="Read everything again.")
@click.option("--allow-deletions", is_flag=True, help="Drop the records that are gone, however many they are.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be new, changed and deleted; nothing is written.")
@everywhere
def harvest(
    url: str,
    protocol: str | None,
    prefix: str,
    set_: str,
    into: Path | None,
    hosts: tuple[str, ...],
    anew: bool,
    allow_deletions: bool,
    dry_run: bool,
    **common: Any,
) -> None:
    """Bring the copy of an archive up to date with what its feeds tell: the first time all, then only what changed.

    URL is that of its site, or of one of its feeds. Each record becomes a named graph of harvested/HOST/dataset.nq,
    with the IRIs that the archive gave; what the archive deletes is deleted there. After an interruption, run the same
    command again. Exits with 1 if a record could not be read; each run asks for it again, until it is read or gone.

    To ask it: commons-ld query --with harvested/HOST/dataset.nq …
    """
    with Session(**common) as session:
        from commons_ld import harvesting

        done = harvesting.harvest(
            harvesting.Task(
                url=url,
                into=into or harvesting.default_folder(session.settings, url),
                protocol=protocol or "",
                prefix=prefix,
                set_=set_,
                hosts=hosts,
                anew=anew,
                allow_deletions=allow_deletions,
                dry_run=dry_run,
            ),
            session.settings,
            note=session.warn,
        )
        session.print(harvesting.to_text(done, session.language), harvesting.to_json(done))
    if not done.is_whole:
        sys.exit(1)
