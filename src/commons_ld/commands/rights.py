"""The commands about what was published: what changed of it, and what is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commons_ld.commands.session import Session, everywhere, exported_sources

__all__ = ["changes", "forget", "withdraw"]


@click.command(short_help="List what changed of the records, and when.")
@click.option(
    "--since", default="", metavar="TIME", help="Only from then on: 2026-11-25, or 2026-11-25T10:00:00Z, in UTC."
)
@everywhere
def changes(since: str, **common: Any) -> None:
    """List what was published, updated, renamed, merged and deleted, the oldest first.

    The time is that of the publication that brought the change, in UTC. An update with the cause "rebuild" changed
    the statements about a record while its page is as before: commons-ld, a setting or the vocabulary was changed.
    """
    with Session(**common) as session:
        from commons_ld.ledger.log import is_moment, read_log
        from commons_ld.outputs import changes_text

        if since and not is_moment(since):
            raise click.BadParameter(
                f"{since!r} is no day such as 2026-11-25, nor a time in UTC.", param_hint="--since"
            )
        found = read_log(session.settings.path(session.settings.state), since=since)
        session.answer(changes_text.to_json(found).decode(), changes_text.to_text(found, session.language))


def _taking_back(command: Any) -> Any:
    """Add the options that taking back has."""
    options = (
        exported_sources,
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="Folder of the publication.",
            show_default="dist",
        ),
        click.option("--undo", is_flag=True, help="Lift it: what the sources say is published again."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(short_help="Take a record out of everything that is published.")
@click.argument("record")
@_taking_back
@everywhere
def withdraw(record: str, sources: tuple[Path, ...], out: Path | None, undo: bool, **common: Any) -> None:
    """Take RECORD out of pages, dumps, feeds, reports and the ledger, and publish what is left.

    RECORD is the IRI of the record, or what that has after base_iri. It is not published again, whatever the sources
    say: the list of what is withdrawn holds a digest of it, and not its name. Whoever asks for it is told that it is
    gone. What is printed can be kept as evidence.
    """
    with Session(**common) as session:
        from commons_ld import taking_back

        notice = taking_back.withdraw(session.settings, record, sources, out=out, undo=undo)
        session.print(taking_back.to_text(notice, session.language), taking_back.to_json(notice))


@click.command(short_help="Take a person's name out of everything that is published.")
@click.argument("person")
@_taking_back
@everywhere
def forget(person: str, sources: tuple[Path, ...], out: Path | None, undo: bool, **common: Any) -> None:
    """Take the name of PERSON out of pages, dumps, feeds, reports and the ledger, and publish what is left.

    PERSON is first and last name in any order, or the IRI of the person. Wherever the sources have the name, a marker
    is published in its place, now and at every export: the list holds digests of the name, and not the name. What is
    printed can be kept as evidence.
    """
    with Session(**common) as session:
        from commons_ld import taking_back

        notice = taking_back.forget(session.settings, person, sources, out=out, undo=undo)
        session.print(taking_back.to_text(notice, session.language), taking_back.to_json(notice))
