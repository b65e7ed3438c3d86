"""Load what was published into a store: ``load``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from commons_ld.commands.session import Session, everywhere

__all__ = ["load"]


@click.command(short_help="Load the publication into a SPARQL store.")
@click.option(
    "--to",
    "url",
    metavar="URL",
    help="Where the store takes queries; empty for the embedded store.",
    show_default="store.url, else the embedded store",
)
@click.option("--update", "update_url", metavar="URL", help="Where it takes updates, if not beside or at the same.")
@click.option("--graph-store", "graph_store_url", metavar="URL", help="Send graphs here, by the Graph Store Protocol.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be sent and removed.")
@click.option("--adopt", is_flag=True, help="Replace graphs of ours that were loaded by other means.")
@click.option(
    "--verify",
    is_flag=True,
    help="Compare what the store then holds with the publication; exit with 1 if it differs.",
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Send nothing; write there what a store that takes the N-Quads in bulk is to take with them.",
)
@click.option(
    "--timeout", type=click.IntRange(1, 3600), help="Seconds that the store may be silent.", show_default="60"
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@everywhere
def load(
    url: str | None,
    update_url: str | None,
    graph_store_url: str | None,
    dry_run: bool,
    adopt: bool,
    verify: bool,
    ledger: Path | None,
    timeout: int | None,
    out: Path | None,
    **common: Any,
) -> None:
    """Bring a SPARQL store to what was published: one named graph a record, and only what differs is sent.

    Without --to and without a store in the settings, the embedded store is loaded, which serve asks. Each graph is
    replaced as a whole, graphs of others are never touched, and what was cut off is finished by the next run.

    Who signs in stands in COMMONS_LD_STORE_USER and COMMONS_LD_STORE_PASSWORD.
    """
    with Session(**common) as session:
        from commons_ld.sentences import in_number
        from commons_ld.stores import task
        from commons_ld.stores.bulk import write_ledger
        from commons_ld.stores.publication import dump_of
        from commons_ld.stores.signing import credentials_of
        from commons_ld.stores.telling import to_json, to_text
        from commons_ld.stores.words import said

        settings, store = session.settings, session.settings.store
        folder = out or settings.path(settings.output.directory)
        if ledger:
            graphs = write_ledger(dump_of(folder), ledger, settings.base_iri)
            written = in_number(said("ledger", graphs)[session.language], session.language)
            session.print(written, msgspec.json.encode({"graphs": graphs}))
            return
        # Another store has other addresses for updates and graphs too.
        is_other = url is not None and url != store.url
        outcome = task.carry_out(
            task.Task(
                out=folder,
                state=settings.path(settings.state),
                base_iri=settings.base_iri,
                url=store.url if url is None else url,
                update_url=update_url or ("" if is_other else store.update_url),
                graph_store_url=graph_store_url or ("" if is_other else store.graph_store_url),
                timeout=timeout or store.timeout,
                dry_run=dry_run,
                adopt=adopt,
                verify=verify,
            ),
            credentials_of(os.environ),
            progress=session.progress,
            note=session.warn,
        )
        session.end_progress()
        session.print(to_text(outcome, session.language), to_json(outcome))
    if not outcome.is_whole:
        sys.exit(1)
