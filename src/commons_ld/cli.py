"""The command line: it only calls the library.

Exit codes: 0 done; 1 something does not conform; 2 wrong usage; 3 could not be done.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import click

from commons_ld import __version__
from commons_ld.errors import CommonsError
from commons_ld.messages import Language
from commons_ld.settings import Settings, load_settings

__all__ = ["commands", "main"]

_SETTINGS_FILE: Final = "commons-ld.toml"

#: What is being done, as a person is told of it.
_STAGES: Final = {
    "reading": {"fr": "Lecture", "en": "Reading"},
    "mapping": {"fr": "Conversion et validation", "en": "Mapping and validating"},
    "writing": {"fr": "Écriture", "en": "Writing"},
    "fetching": {"fr": "Prise des pages", "en": "Fetching"},
    "saving": {"fr": "Rangement", "en": "Saving"},
}


def main() -> None:
    """Run the command line; what a user can act upon ends it with a sentence, a fault of ours with a traceback."""
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("interrupted; what was published before stands", err=True)
        sys.exit(130)
    except CommonsError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="commons-ld")
def commands() -> None:
    """Turn the pages of an archive of recorded conversations into validated, published linked data.

    \b
      commons-ld init my-archive     a settings file and a data/ folder to start from
      commons-ld fetch URL           bring data/wiki/ up to date with a wiki
      commons-ld export              read data/, map, validate, write dist/
      commons-ld validate            the same without writing
      commons-ld serve               answer SPARQL queries over HTTP
      commons-ld explain IRI         where the statements about something come from
      commons-ld query total-hours   ask what was published, in SPARQL

    Settings come from commons-ld.toml, then from variables COMMONS_LD_…; a flag overrides both.
    """


def _everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command has."""
    for option in reversed(
        (
            click.option(
                "--config",
                type=click.Path(path_type=Path),
                help="Settings file.",
                show_default=_SETTINGS_FILE,
                metavar="FILE",
            ),
            click.option(
                "--state", metavar="DIR", help="Folder of the publication ledger.", show_default=".commons-ld"
            ),
            click.option(
                "--lang",
                type=click.Choice(["fr", "en"]),
                envvar="COMMONS_LD_LANG",
                help="Language of what is told.",
                show_default="that of the system",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, for machines."),
            click.option("--quiet", "-q", is_flag=True, help="Print errors only."),
            click.option("--verbose", "-v", is_flag=True, help="Tell what is used and what was skipped."),
        )
    ):
        command = option(command)
    return command


_SOURCES: Final = click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[SOURCE]...")
_STRICT: Final = click.option("--strict", is_flag=True, help="Exit with 1 if there is as much as a warning.")
_KEEP: Final = click.option(
    "--keep-invalid", is_flag=True, help="Publish records that do not conform too, instead of holding them back."
)


@commands.command(short_help="Read, map, validate and publish.")
@_SOURCES
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@_STRICT
@_KEEP
@_everywhere
def export(sources: tuple[Path, ...], out: Path | None, strict: bool, keep_invalid: bool, **common: Any) -> None:
    """Read SOURCES (files or folders), map, validate, and write the publication.

    Without SOURCES, those of the settings are read: data/ by default. Only what changed since the last time is
    done again. Pages that cannot be read and records that do not conform are listed in dist/report/, and the
    rest goes out.
    """
    with _Session(**common) as session:
        from commons_ld import pipeline

        folder = out or session.settings.path(session.settings.output.directory)
        outcome = pipeline.export(
            session.settings, sources, out=folder, keep_invalid=keep_invalid, progress=session.progress
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


@commands.command(short_help="Answer SPARQL queries over HTTP.")
@click.option("--host", metavar="ADDRESS", help="Address to listen at.", show_default="127.0.0.1")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at.", show_default="8000")
@_everywhere
def serve(host: str | None, port: int | None, **common: Any) -> None:
    """Serve the publication: a read-only SPARQL endpoint at /sparql, a query page at /query, and search at /search.

    Every IRI of the archive leads to its page and its data. What was exported last is loaded into the embedded store
    first, if it is not there yet; what is exported later is served as soon as it is loaded.
    """
    with _Session(**common) as session:
        from commons_ld.web import serving

        settings = serving.listening(session.settings, host, port)
        serving.refresh(settings.path(settings.output.directory), settings.path(settings.state))
        url = f"http://{settings.serve.host}:{settings.serve.port}"
        session.say(
            {
                "fr": f"Pages : {url}/query et {url}/search. Point d'accès : {url}/sparql. Ctrl-C pour finir.",
                "en": f"Pages: {url}/query and {url}/search. Endpoint: {url}/sparql. Ctrl-C to end.",
            }
        )
    serving.serve(settings)


@commands.command(short_help="Build the site again.")
@_everywhere
def site(**common: Any) -> None:
    """Build the site, dist/site/, again from the publication that stands, without reading a source.

    An export writes the site too, unless the setting output.site leaves it out.
    """
    with _Session(**common) as session:
        from commons_ld.rebuilding import rebuild_site

        written = rebuild_site(session.settings)
        folder = session.settings.path(session.settings.output.directory) / "site"
        session.say(
            {
                "fr": f"Site publié dans {folder}/ ; pages écrites : {written}.",
                "en": f"Site published in {folder}/; pages written: {written}.",
            }
        )


@commands.command(short_help="Read, map and validate, and write nothing.")
@_SOURCES
@_STRICT
@_everywhere
def validate(sources: tuple[Path, ...], strict: bool, **common: Any) -> None:
    """Read, map and validate SOURCES as export does, and write nothing.

    Exits with 1 if a page was refused or a record does not conform.
    """
    with _Session(**common) as session:
        from commons_ld import pipeline

        report = pipeline.validate(session.settings, sources, progress=session.progress)
        session.end_progress()
        session.tell(report)
    if not report.conforms or (strict and report.worst):
        sys.exit(1)


@commands.command(short_help="Ask the publication, or an endpoint, in SPARQL.")
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
@_everywhere
def query(
    query: str | None,
    is_list: bool,
    is_printed: bool,
    endpoint: str | None,
    others: tuple[Path, ...],
    format_name: str,
    timeout: float,
    **common: Any,
) -> None:
    """Ask a question in SPARQL: a recipe of the cookbook, a file, or the text of a query (- reads standard input).

    The publication in dist/ is asked, all its graphs together; with --endpoint, a store anywhere.
    Rows are shown as a table, and a graph as Turtle, unless --format says otherwise.
    """
    if (query is None) != is_list:
        raise click.UsageError("Give a query or --list." if query is None else "Give a query or --list, and not both.")
    if endpoint and others:
        raise click.UsageError("--with loads dumps beside the publication; it says nothing to an --endpoint.")
    with _Session(**common) as session:
        from commons_ld.querying.asking import Asked, ask, list_recipes

        if query is None:
            click.echo(list_recipes(session.language, as_json=session.as_json))
            return
        asked = Asked(
            query,
            endpoint=endpoint or "",
            others=others,
            format_name="json" if session.as_json else format_name,
            timeout=timeout,
            language=session.language,
            is_printed=is_printed,
        )
        ask(asked, session.settings, sys.stdout.buffer, session.note)


@commands.command(short_help="Tell where a statement comes from.")
@click.argument("iri")
@click.argument("predicate", default="", metavar="[PREDICATE]")
@click.option(
    "--in", "within", default="", metavar="RECORD", help="Of what many records speak of, explain this record."
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file or folder that was exported; may be given more than once.",
    show_default="those of the settings",
)
@click.option("--all", "every", is_flag=True, help="Of what many records speak of, explain every record.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@_everywhere
def explain(
    iri: str, predicate: str, within: str, sources: tuple[Path, ...], every: bool, out: Path | None, **common: Any
) -> None:
    """Tell, of each statement about IRI, the page, the field, the value there, and the row of the crosswalk.

    IRI is that of a record, of a part of one such as a note, of the graph of one, or of what records speak of: a
    person, a concept, an address. What it has after base_iri is enough. PREDICATE, such as dcterms:created, asks
    about the statements with that one alone. Exits with 2 if nothing is known of what was asked about.
    """
    with _Session(**common) as session:
        from commons_ld import explaining
        from commons_ld.outputs.explanation import to_json, to_text

        told = explaining.explain(
            session.settings, iri, predicate, within=within, every=every, sources=sources, out=out
        )
        session.answer(to_json(told).decode(), to_text(told, session.language))


@commands.command(short_help="Fetch the pages of a wiki.")
@click.argument("url", default="", metavar="[URL]")
@click.option("--category", "categories", multiple=True, metavar="NAME", help="Fetch the pages of this category.")
@click.option("--title", "titles", multiple=True, metavar="TITLE", help="Fetch this page, and leave the others alone.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the fetched pages.",
    show_default="data/wiki",
)
@click.option("--allow-deletions", is_flag=True, help="Remove the pages that are gone, however many they are.")
@_everywhere
def fetch(
    url: str,
    categories: tuple[str, ...],
    titles: tuple[str, ...],
    into: Path | None,
    allow_deletions: bool,
    **common: Any,
) -> None:
    """Bring the pages in data/wiki/ up to date with the wiki that URL is a page of.

    Without --category or --title, every page that calls {{Objet média}} is fetched. A page that is renamed keeps its
    IRI, one that is deleted goes, and only what changed is asked for. The folder changes when everything is there:
    after an interruption, run the same command again. Then run commons-ld export.

    A wiki that is read with an account only: give a bot password in COMMONS_LD_WIKI_USER and
    COMMONS_LD_WIKI_PASSWORD.
    """
    with _Session(**common) as session:
        from commons_ld import wiki
        from commons_ld.starting import take_example_away

        fetched = wiki.fetch(
            session.settings,
            url,
            selection=wiki.Selection(categories, titles),
            into=into,
            allow_deletions=allow_deletions,
            credentials=wiki.credentials_of(os.environ),
            progress=session.progress,
            note=session.warn,
        )
        session.end_progress()
        session.print(wiki.to_text(fetched, session.language), wiki.to_json(fetched))
        for path in take_example_away(session.settings):
            session.say({"fr": f"L'exemple {path} est ôté.", "en": f"Took the example {path} away."})


@commands.command(short_help="Make what an archive begins with.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
def init(folder: Path) -> None:
    """Make a settings file and a data/ folder in DIR to start from; what is there already is left alone."""
    from commons_ld.starting import start

    made = start(folder)
    for path in made:
        click.echo(f"made {path}")
    click.echo("Now set base_iri and wiki.page_url in commons-ld.toml." if made else "Everything is there already.")


class _Session:
    """One call of a command: its settings, the language it speaks, and how much it says."""

    def __init__(
        self, config: Path | None, state: str | None, lang: str | None, as_json: bool, quiet: bool, verbose: bool
    ) -> None:
        self.as_json: Final = as_json
        self._quiet, self._verbose = quiet or as_json, verbose
        self.language: Final[Language] = _language(lang)
        self._config = config or (Path(_SETTINGS_FILE) if Path(_SETTINGS_FILE).is_file() else None)
        self.settings: Final[Settings] = load_settings(self._config, _environment(), state=_absolute(state))
        self._meter: Final = _Meter(self.language, shown=not self._quiet and sys.stderr.isatty())

    def __enter__(self) -> Self:
        used = self._config or {"fr": "aucun ; valeurs par défaut", "en": "none; the defaults"}[self.language]
        self.note({"fr": f"Réglages : {used}.", "en": f"Settings: {used}."})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_progress()
        if isinstance(error, CommonsError):
            click.echo(error.told(self.language), err=True)
            sys.exit(error.exit_code)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far the work is."""
        self._meter.advance(stage, done, total)

    def end_progress(self) -> None:
        """Take the progress bar away."""
        self._meter.end()

    def tell(self, report: Any) -> None:
        """Print a report, as text or as JSON."""
        from commons_ld.outputs.report import to_json, to_text

        self.print(to_text(report, self.language), to_json(report))

    def print(self, text: str, data: bytes) -> None:
        """Print what was asked for: the text, or where that was asked for, the JSON."""
        if self.as_json:
            click.echo(data.decode())
        elif not self._quiet:
            click.echo(text)

    def warn(self, sentence: dict[Language, str]) -> None:
        """Print a sentence about something that goes on, beside what was asked for."""
        if not self._quiet:
            self.end_progress()
            click.echo(sentence[self.language], err=True)

    def answer(self, for_machines: str, for_people: str) -> None:
        """Print what was asked for, however quiet it is to be."""
        click.echo(for_machines if self.as_json else for_people)

    def say(self, sentence: dict[str, str]) -> None:
        """Print a sentence, unless silence was asked for."""
        if not self._quiet:
            click.echo(sentence[self.language])

    def note(self, sentence: dict[str, str]) -> None:
        """Print a sentence where more was asked for."""
        if self._verbose:
            click.echo(sentence[self.language], err=True)


class _Meter:
    """A progress bar a stage, for work that takes more than a second."""

    def __init__(self, language: Language, *, shown: bool) -> None:
        self._language, self._shown = language, shown
        self._stage, self._done, self._begun = "", 0, time.monotonic()
        self._bar: Any = None

    def advance(self, stage: str, done: int, total: int) -> None:
        if not self._shown:
            return
        if stage != self._stage:
            self.end()
            self._stage, self._done, self._begun = stage, 0, time.monotonic()
        self._done += done
        if self._bar is not None:
            self._bar.update(done)
        elif time.monotonic() - self._begun > 1:
            label = _STAGES[stage][self._language]
            self._bar = click.progressbar(length=total, label=label, show_pos=True, file=sys.stderr).__enter__()
            self._bar.update(self._done)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _language(given: str | None) -> Language:
    system = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "fr" if (given or system).lower().startswith("fr") else "en"


def _environment() -> dict[str, str]:
    # COMMONS_LD_LANG is the flag --lang: what a person reads is no setting of the archive. Nor is who signs in.
    others = ("COMMONS_LD_LANG", "COMMONS_LD_WIKI_USER", "COMMONS_LD_WIKI_PASSWORD")
    return {name: value for name, value in os.environ.items() if name not in others}


def _absolute(path: str | None) -> str | None:
    return str(Path(path).absolute()) if path else None


if __name__ == "__main__":
    main()
