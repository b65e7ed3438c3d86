"""One call of a command: the options that every command has, its settings, and how it speaks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Self

import click

from commons_ld.errors import CommonsError
from commons_ld.messages import Language
from commons_ld.settings import Settings, load_settings

__all__ = ["NO_SETTINGS", "Session", "everywhere", "exported_sources", "language_of", "spoken"]

_SETTINGS_FILE: Final = "commons-ld.toml"

#: Pages of a kind that a report on a terminal shows: nobody reads thousands as they go by.
_ON_A_TERMINAL: Final = 20

#: What is being done, as a person is told of it.
_STAGES: Final = {
    "reading": {"fr": "Lecture", "en": "Reading"},
    "mapping": {"fr": "Conversion et validation", "en": "Mapping and validating"},
    "writing": {"fr": "Écriture", "en": "Writing"},
    "site": {"fr": "Écriture du site", "en": "Writing the site"},
    "fetching": {"fr": "Prise des pages", "en": "Fetching"},
    "saving": {"fr": "Rangement", "en": "Saving"},
    "loading": {"fr": "Chargement", "en": "Loading"},
    "links": {"fr": "Liens", "en": "Links"},
    "verifying": {"fr": "Vérification", "en": "Verifying"},
}

#: COMMONS_LD_LANG is the flag --lang: what a person reads is no setting of the archive. Nor is who signs in.
NO_SETTINGS: Final = (
    "COMMONS_LD_LANG",
    "COMMONS_LD_WIKI_USER",
    "COMMONS_LD_WIKI_PASSWORD",
    "COMMONS_LD_STORE_USER",
    "COMMONS_LD_STORE_PASSWORD",
)


#: The option that tells in which language a command speaks.
spoken: Final = click.option(
    "--lang",
    type=click.Choice(["fr", "en"]),
    envvar="COMMONS_LD_LANG",
    help="Language of what is told.",
    show_default="that of the system",
)


#: The option that names what was exported, for commands that read it again.
exported_sources: Final = click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file or folder that was exported; may be given more than once.",
    show_default="those of the settings",
)


def everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
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
            spoken,
            click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, for machines."),
            click.option("--quiet", "-q", is_flag=True, help="Print errors only."),
            click.option("--verbose", "-v", is_flag=True, help="Tell what is used and what was skipped."),
        )
    ):
        command = option(command)
    return command


class Session:
    """One call of a command: its settings, the language it speaks, and how much it says."""

    def __init__(
        self, config: Path | None, state: str | None, lang: str | None, as_json: bool, quiet: bool, verbose: bool
    ) -> None:
        self.as_json: Final = as_json
        self._quiet, self._verbose = quiet or as_json, verbose
        self.language: Final[Language] = language_of(lang)
        self._config = config or (Path(_SETTINGS_FILE) if Path(_SETTINGS_FILE).is_file() else None)
        try:
            self.settings: Final[Settings] = load_settings(self._config, _environment(), state=_absolute(state))
        except CommonsError as error:
            self._end(error)
        self._meter: Final = _Meter(self.language, shown=not self._quiet and sys.stderr.isatty())

    @property
    def settings_file(self) -> Path:
        """The file in which settings are read, or would be."""
        return self._config or Path(_SETTINGS_FILE)

    def __enter__(self) -> Self:
        used = self._config or {"fr": "aucun ; valeurs par défaut", "en": "none; the defaults"}[self.language]
        self.note({"fr": f"Réglages : {used}.", "en": f"Settings: {used}."})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_progress()
        if isinstance(error, CommonsError):
            self._end(error)

    def _end(self, error: CommonsError) -> NoReturn:
        """Tell what a user can act upon, and end with the status that it has."""
        click.echo(error.told(self.language), err=True)
        sys.exit(error.exit_code)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far the work is."""
        self._meter.advance(stage, done, total)

    def end_progress(self) -> None:
        """Take the progress bar away."""
        self._meter.end()

    def tell(self, report: Any) -> None:
        """Print a report, as text or as JSON, a piece at a time: it may be of any number of pages.

        On a terminal, of many pages the first are shown, and what they have in common.

        :raises PublicationError: if they cannot be told any more; nothing of it is printed then
        """
        from commons_ld.outputs.report_files import json_of, text_of

        if self._quiet and not self.as_json:
            return
        report.look_up()
        most = _ON_A_TERMINAL if sys.stdout.isatty() else None
        for piece in map(bytes.decode, json_of(report)) if self.as_json else text_of(report, self.language, most):
            click.echo(piece, nl=False)
        click.echo()

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

    def say(self, sentence: Mapping[Language, str]) -> None:
        """Print a sentence, unless silence was asked for."""
        if not self._quiet:
            click.echo(sentence[self.language])

    def note(self, sentence: dict[Language, str]) -> None:
        """Print a sentence where more was asked for."""
        if self._verbose:
            click.echo(sentence[self.language], err=True)


class _Meter:
    """A progress bar a stage, for work that takes more than a second: how fast it goes, and how long it still takes."""

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
            self._bar.update(done, self)
        elif time.monotonic() - self._begun > 1:
            self._bar = click.progressbar(
                length=total,
                label=_STAGES[stage][self._language],
                show_percent=True,
                item_show_func=lambda _: _rate(stage, self._done, time.monotonic() - self._begun, self._language),
                file=sys.stderr,
            ).__enter__()
            self._bar.update(self._done, self)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _rate(stage: str, done: int, seconds: float, language: Language) -> str:
    """Return how fast a stage goes, where what it counts means something to who waits.

    >>> _rate("mapping", 5000, 10, "fr"), _rate("reading", 30_000_000, 10, "en"), _rate("site", 1, 10, "en")
    ('500 pages/s', '3.0 MB/s', '')
    """
    if stage == "mapping":
        return f"{done / seconds:.0f} pages/s"
    if stage != "reading":
        return ""
    figure = f"{done / seconds / 1e6:.1f}"
    return f"{figure.replace('.', ',')} Mo/s" if language == "fr" else f"{figure} MB/s"


def language_of(given: str | None) -> Language:
    """Return the language to speak: the one that is given, else that of the system.

    >>> language_of("fr")
    'fr'
    """
    system = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "fr" if (given or system).lower().startswith("fr") else "en"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NO_SETTINGS}


def _absolute(path: str | None) -> str | None:
    return str(Path(path).absolute()) if path else None
