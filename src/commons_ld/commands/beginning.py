"""Begin an archive, and bring its pages: ``init`` and ``fetch``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import click

from commons_ld.commands.session import Session, everywhere, language_of, spoken

__all__ = ["fetch", "init"]

_MADE: Final = {"fr": "fait : {}", "en": "made {}"}
_WHAT_NEXT: Final = {
    "fr": "Régler maintenant base_iri et wiki.page_url dans commons-ld.toml ; puis mettre des pages dans data/,\n"
    "ou lancer make fetch ARGS=https://votre.wiki/, et ensuite make export.",
    "en": "Now set base_iri and wiki.page_url in commons-ld.toml; then put pages into data/, or run\n"
    "make fetch ARGS=https://your.wiki/, and then make export.",
}
_NOTHING_MADE: Final = {"fr": "Tout est déjà là.", "en": "Everything is there already."}


@click.command(short_help="Make what an archive begins with.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
@spoken
def init(folder: Path, lang: str | None) -> None:
    """Make a settings file, a Makefile and a data/ folder in DIR to start from; what is there already is left alone."""
    from commons_ld.starting import start

    language = language_of(lang)
    made = start(folder, command=_own_command(), language=language)
    for path in made:
        click.echo(_MADE[language].format(path))
    click.echo(_WHAT_NEXT[language] if made else _NOTHING_MADE[language])


@click.command(short_help="Fetch the pages of a wiki.")
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
@click.option("--with-rdf", is_flag=True, help="Fetch what Semantic MediaWiki exports of each page, too.")
@click.option("--allow-deletions", is_flag=True, help="Remove the pages that are gone, however many they are.")
@everywhere
def fetch(
    url: str,
    categories: tuple[str, ...],
    titles: tuple[str, ...],
    into: Path | None,
    with_rdf: bool,
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
    with Session(**common) as session:
        from commons_ld import wiki
        from commons_ld.starting import take_example_away

        fetched = wiki.fetch(
            session.settings,
            url,
            selection=wiki.Selection(categories, titles),
            into=into,
            allow_deletions=allow_deletions,
            with_rdf=with_rdf,
            credentials=wiki.credentials_of(os.environ),
            progress=session.progress,
            note=session.warn,
        )
        session.end_progress()
        session.print(wiki.to_text(fetched, session.language), wiki.to_json(fetched))
        for path in take_example_away(session.settings):
            session.say({"fr": f"L'exemple {path} est ôté.", "en": f"Took the example {path} away."})


def _own_command() -> list[str]:
    """Return the words that call this command line again, from any folder."""
    if shutil.which("commons-ld"):
        return ["commons-ld"]
    called = Path(sys.argv[0]).absolute()
    return [str(called)] if os.access(called, os.X_OK) else [sys.executable, "-m", "commons_ld"]
