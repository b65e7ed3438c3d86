"""Ask what harvesters would say of a publication: ``check``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from commons_ld.commands.session import Session, everywhere
from commons_ld.messages import Language
from commons_ld.sentences import in_number

if TYPE_CHECKING:
    from commons_ld.harvesters.rules import Verdict

__all__ = ["check"]

#: The names of the harvesters; the checks themselves are imported when they are used.
NAMES: Final = ("nde", "edm", "dcat-ap", "datagouv", "google-dataset", "oai", "podcast", "ldes", "iiif")

_WORDS: Final = {
    "fr": {"accepted": "accepté", "warnings": "accepté, avec des avertissements", "rejected": "refusé"},
    "en": {"accepted": "accepted", "warnings": "accepted, with warnings", "rejected": "rejected"},
}
_MARKS: Final = {
    "fr": {"Violation": "refus", "Warning": "avertissement", "Info": "conseil"},
    "en": {"Violation": "rejection", "Warning": "warning", "Info": "advice"},
}
#: How many things that break the same rule are named.
_SHOWN: Final = 3


@click.command(short_help="Tell what a harvester would say of what was published.")
@click.argument("publication", required=False, type=click.Path(path_type=Path), metavar="[DIST]")
@click.option(
    "--as",
    "harvesters",
    multiple=True,
    type=click.Choice(NAMES),
    help="Harvester whose rules apply; all of them by default.",
)
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="SHACL file of the harvester itself, applied too.",
)
@everywhere
def check(publication: Path | None, harvesters: tuple[str, ...], shapes: tuple[Path, ...], **common: Any) -> None:
    """Tell what harvesters would say of DIST, dist/ by default, without asking them: nothing is fetched.

    Each accepts it, accepts it with warnings, or rejects it because of what is listed. How many things were looked
    at is told, and where there is none to look at, that is a rejection. Exits with 1 if one rejects it.
    """
    with Session(**common) as session:
        from commons_ld.harvesters.checking import check as checked

        folder = publication or session.settings.path(session.settings.output.directory)
        verdicts = [checked(folder, name, shapes, settings=session.settings) for name in harvesters or NAMES]
        if session.as_json:
            told = [
                {
                    "harvester": one.harvester,
                    "verdict": one.word,
                    "focus_nodes": {label[1]: count for label, count in one.focus_nodes.items()},
                    "findings": [finding._asdict() for finding in one.findings],
                }
                for one in verdicts
            ]
            click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2))
        else:
            for one in verdicts:
                _tell(one, session.language)
            _tell_settings(verdicts, session)
    if any(one.word == "rejected" for one in verdicts):
        sys.exit(1)


def _tell_settings(verdicts: Iterable[Verdict], session: Session) -> None:
    """Tell which settings are missing, and to whom each of them matters."""
    wanted: dict[str, list[str]] = {}
    for verdict in verdicts:
        for name in sorted({finding.setting for finding in verdict.findings if finding.setting}):
            wanted.setdefault(name, []).append(verdict.harvester)
    if not wanted:
        return
    width = max(map(len, wanted))
    path = session.settings_file
    session.say(
        {
            "fr": f"\nÀ régler dans {path}, qui dit ce que c'est ; docs/harvesters.md de commons-ld donne un exemple :",
            "en": f"\nTo be set in {path}, which tells what each is; docs/harvesters.md of commons-ld has an example:",
        }
    )
    for name in sorted(wanted):
        click.echo(f"  {name:{width}}  {', '.join(wanted[name])}")


def _tell(verdict: Verdict, language: Language) -> None:
    labels = ", ".join(f"{label[language == 'en']} {count}" for label, count in verdict.focus_nodes.items())
    click.echo(f"{verdict.harvester}: {_WORDS[language][verdict.word]}" + (f" ({labels})" if labels else ""))
    by_rule: dict[tuple[str, str], list[str]] = {}
    for finding in verdict.findings:
        sentence = finding.fr if language == "fr" else finding.en
        by_rule.setdefault((finding.severity, sentence), []).append(finding.node)
    for (severity, sentence), nodes in by_rule.items():
        click.echo(f"  {_MARKS[language][severity]}: {sentence}")
        for node in [node for node in nodes if node][:_SHOWN]:
            click.echo(f"    {node}")
        if len(nodes) > _SHOWN:
            more = {"fr": f"et {len(nodes) - _SHOWN} autre(s)", "en": f"and {len(nodes) - _SHOWN} more"}
            click.echo(f"    … {in_number(more[language], language)}")
