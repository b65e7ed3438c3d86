"""Say which names are one: ``entities``."""

from __future__ import annotations

from typing import Any

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["entities"]


@click.command(short_help="Propose which names of persons and organizations are one.")
@click.option(
    "--kind",
    type=click.Choice(["person", "organization"]),
    default="person",
    show_default=True,
    help="Whose names are compared.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print rows for the register instead.")
@everywhere
def entities(kind: str, as_csv: bool, **common: Any) -> None:
    """Propose which published names are perhaps one, with what speaks for it and the pages that they stand in.

    Nothing is made one by this: whoever publishes writes into data/people.csv or data/organizations.csv which names are
    one, and which are not. Those who only wrote in a chat are never compared.
    """
    with Session(**common) as session:
        from commons_ld.reconciling.task import proposals_of
        from commons_ld.reconciling.telling import to_csv, to_json, to_text

        registers, proposals = proposals_of(session.settings, "organization" if kind == "organization" else "person")
        if as_csv:
            click.echo(to_csv(proposals, registers), nl=False)
        else:
            session.answer(to_json(proposals).decode(), to_text(proposals, session.language))
