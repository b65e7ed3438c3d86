"""The commands about what was published: what changed of it, and what is taken back."""

from __future__ import annotations

from typing import Any

import click

from commons_ld.terminal import Session, everywhere

__all__ = ["changes"]


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
        from commons_ld.changes import read_log
        from commons_ld.outputs import changes_text

        found = read_log(session.settings.path(session.settings.state), since=since)
        session.answer(changes_text.to_json(found).decode(), changes_text.to_text(found, session.language))
