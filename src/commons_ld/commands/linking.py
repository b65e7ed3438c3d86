"""Look after the links to elsewhere: ``links``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["links"]


@click.command(short_help="Check the links to elsewhere.")
@click.option("--offline", is_flag=True, help="Only list the hosts that are linked to.")
@click.option("--inverse", "host", default="", metavar="HOST", help="Write the records that lead to a host.")
@click.option(
    "--format",
    "format_name",
    # The names of commons_ld.linking.FORMATS, which is not imported to show a help text; a test holds them together.
    type=click.Choice(["wikitext", "csv", "json-ld"]),
    default="wikitext",
    show_default=True,
    help="Format of what --inverse writes.",
)
@click.option("--days", type=click.IntRange(0), default=30, show_default=True, help="Ask again for what is older.")
@click.option("--allow-private", is_flag=True, help="Ask for addresses on private networks, too.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
)
@everywhere
def links(
    offline: bool, host: str, format_name: str, days: int, allow_private: bool, out: Path | None, **common: Any
) -> None:
    """Check whether the addresses elsewhere that records lead to still lead somewhere.

    They are asked politely: one at a time of a host, with a pause, as robots.txt wants it. What was found is kept;
    after an interruption, run the same command again. Where a page is gone, an address at the Internet Archive is
    proposed. Exits with 1 if an address is dead.
    """
    with Session(**common) as session:
        from commons_ld import linking
        from commons_ld.http_client import connect, user_agent

        settings = session.settings
        folder = out or settings.path(settings.output.directory)
        found = list(linking.collect(folder, settings.base_iri))
        if host:
            click.echo(linking.inverse(found, host, format_name), nl=False)
            return
        if offline:
            session.print(linking.list_text(found, session.language), linking.to_json(found))
            return
        urls = list(dict.fromkeys(link.url for link in found))
        with (
            connect(user_agent(settings), timeout=20.0) as http,
            linking.Checker(
                settings.path(settings.state) / "links.sqlite",
                http,
                is_public=(lambda _host: True) if allow_private else None,
            ) as checker,
        ):
            checked = linking.check(urls, checker, days, lambda done: session.progress("links", done, len(urls)))
        session.end_progress()
        session.print(linking.checked_text(found, checked, session.language), linking.to_json(found, checked))
    if any(one.state == "dead" for one in checked.values()):
        sys.exit(1)
