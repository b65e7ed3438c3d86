"""Align the archive with other vocabularies: ``align``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["align"]


@click.command(short_help="Align the concepts with another vocabulary.")
@click.option("--to", "source", default="", metavar="FILE|URL", help="The other vocabulary: propose.")
@click.option("--reconcile", "service", default="", metavar="URL", help="A reconciliation service to ask: propose.")
@click.option("--type", "type_", default="", metavar="ID", help="The id of a type at the service.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["concept", "person", "organization", "collection"]),
    help="What is aligned.",
    show_default="all with --to, concepts with --reconcile",
)
@click.option("--apply", "table", type=click.Path(path_type=Path), metavar="TABLE", help="A table that was filled in.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where proposals are written.",
    show_default="alignments/NAME",
)
@click.option("--entities", default="", metavar="IRI", help="What the IRIs of a Wikibase's entities begin with.")
@click.option("--reviewer", default="", metavar="NAME", help="Who decided, where the table does not tell.")
@click.option(
    "--date", default="", metavar="DATE", help="When it was decided, where the table does not tell: 2026-01-31."
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@everywhere
def align(
    source: str,
    service: str,
    type_: str,
    kinds: tuple[str, ...],
    table: Path | None,
    into: Path | None,
    entities: str,
    reviewer: str,
    date: str,
    out: Path | None,
    **common: Any,
) -> None:
    """Propose which things elsewhere are those of this archive, and take in what a person decided.

    With --reconcile, a reconciliation service (0.2 or 1.0-draft) is asked instead, such as one of Wikidata.

    With --to, the labels of another vocabulary (RDF, or the JSON dump of a Wikibase, of any size) are compared with
    those of the concepts, persons, organizations and collections, and what is alike is written into a table and a page
    to decide in. With --apply, what was accepted there enters ontology/alignments.ttl, with who accepted it and when,
    and the next export publishes it; what was refused is not proposed again.
    """
    if bool(source) + bool(service) + (table is not None) != 1:
        raise click.UsageError("Give one of --to, --reconcile and --apply.")
    last = source.partition("?")[0].rstrip("/").rpartition("/")[2]
    name = last.partition(".")[0] if source else "reconciled"
    with Session(**common) as session:
        from commons_ld import aligning

        settings = session.settings
        if table is not None:
            accepted = aligning.apply(settings, aligning.read_table(table), reviewer=reviewer, date=date)
            session.print(aligning.accepted_text(accepted, session.language), aligning.to_json(accepted))
            return
        task = aligning.Task(
            source=Path(source),
            into=into or settings.path(f"alignments/{name or 'proposals'}"),
            out=out or settings.path(settings.output.directory),
            entities=entities,
            language=session.language,
            kinds=kinds or (("concept",) if service else ()),
            type=type_,
        )
        with ExitStack() as opened:
            asked = None
            if service or aligning.is_address(source):
                from commons_ld.http_client import connect, user_agent

                http = opened.enter_context(connect(user_agent(settings)))
                if service:
                    from commons_ld.reconciling.client import Service
                    from commons_ld.reconciling.kept_answers import Cache

                    asked = Service(http, service, cache=Cache(settings.path(settings.state) / "reconciled.sqlite"))
                else:
                    task = task._replace(source=opened.enter_context(aligning.downloaded(source, http)))
            outcome = aligning.align(task, settings, asked)
        session.print(aligning.outcome_text(outcome, session.language), aligning.to_json(outcome))
