"""Ask what was published: ``query`` and ``explain``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from commons_ld.commands.session import Session, everywhere, exported_sources

__all__ = ["explain", "query"]


@click.command(short_help="Ask the publication, or an endpoint, in SPARQL.")
@click.argument("query", required=False, metavar="[NAME|FILE|TEXT]")
@click.option("--list", "is_list", is_flag=True, help="List the cookbook: its names, and the questions they answer.")
@click.option("--print", "is_printed", is_flag=True, help="Print the query instead of asking it.")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the publication.")
@click.option(
    "--with",
    "others",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Load this dump beside the publication, such as another archive's.",
)
@click.option(
    "--format",
    "format_name",
    default="table",
    show_default=True,
    # The names of commons_ld.querying.answers, which is not imported to show a help text; a test holds them together.
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "turtle", "n-triples", "json-ld", "rdf-xml"]),
    help="Format of the answer.",
)
@click.option("--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Seconds to wait.")
@click.option(
    "--memory", type=click.IntRange(64), default=1024, show_default=True, help="MiB that a query of ours may take."
)
@click.option("--federate", is_flag=True, help="Let SERVICE in a query of ours ask other servers.")
@everywhere
def query(
    query: str | None,
    is_list: bool,
    is_printed: bool,
    endpoint: str | None,
    others: tuple[Path, ...],
    format_name: str,
    timeout: float,
    memory: int,
    federate: bool,
    **common: Any,
) -> None:
    """Ask a question in SPARQL: a recipe of the cookbook, a file, or the text of a query (- reads standard input).

    The publication in dist/ is asked, all its graphs together; with --endpoint, a store anywhere.
    Rows are shown as a table, and a graph as Turtle, unless --format says otherwise. An endpoint that asks who signs in
    is told COMMONS_LD_STORE_USER and COMMONS_LD_STORE_PASSWORD, if it is the store of the settings or they name none.
    """
    if (query is None) != is_list:
        raise click.UsageError("Give a query or --list." if query is None else "Give a query or --list, and not both.")
    if endpoint and others:
        raise click.UsageError("--with loads dumps beside the publication; it says nothing to an --endpoint.")
    with Session(**common) as session:
        from commons_ld.querying.asking import Asked, ask, list_recipes
        from commons_ld.stores.signing import credentials_of

        if query is None:
            click.echo(list_recipes(session.language, as_json=session.as_json))
            return
        asked = Asked(
            query,
            endpoint=endpoint or "",
            others=others,
            format_name="json" if session.as_json else format_name,
            timeout=timeout,
            memory=memory,
            federates=federate,
            credentials=credentials_of(os.environ),
            language=session.language,
            is_printed=is_printed,
        )
        ask(asked, session.settings, sys.stdout.buffer, session.note, session.warn)


@click.command(short_help="Tell where a statement comes from.")
@click.argument("iri")
@click.argument("predicate", default="", metavar="[PREDICATE]")
@click.option(
    "--in", "within", default="", metavar="RECORD", help="Of what many records speak of, explain this record."
)
@exported_sources
@click.option("--all", "every", is_flag=True, help="Of what many records speak of, explain every record.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@everywhere
def explain(
    iri: str, predicate: str, within: str, sources: tuple[Path, ...], every: bool, out: Path | None, **common: Any
) -> None:
    """Tell, of each statement about IRI, the page, the field, the value there, and the row of the crosswalk.

    IRI is that of a record, of a part of one such as a note, of the graph of one, or of what records speak of: a
    person, a concept, an address. What it has after base_iri is enough. PREDICATE, such as dcterms:created, asks
    about the statements with that one alone. Exits with 3 if nothing is known of what was asked about.
    """
    with Session(**common) as session:
        from commons_ld import explaining
        from commons_ld.outputs.explanation import to_json
        from commons_ld.outputs.explanation_text import to_text

        told = explaining.explain(
            session.settings, iri, predicate, within=within, every=every, sources=sources, out=out
        )
        session.answer(to_json(told).decode(), to_text(told, session.language))
