"""Answer over HTTP: ``serve``."""

from __future__ import annotations

from typing import Any

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["serve"]


@click.command(short_help="Serve the site and a SPARQL endpoint.")
@click.option("--host", metavar="ADDRESS", help="Address to listen at.", show_default="127.0.0.1")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at.", show_default="8000")
@everywhere
def serve(host: str | None, port: int | None, **common: Any) -> None:
    """Serve the publication: its site at /, a read-only SPARQL endpoint at /sparql, and a query page at /query.

    Every IRI of the archive leads to its page and its data. What was exported last is loaded into the embedded store
    first, if it is not there yet; what is exported later is served as soon as it is loaded.
    """
    with Session(**common) as session:
        from commons_ld.stores import embedded
        from commons_ld.web import serving

        settings = serving.listening(session.settings, host, port)
        out, state = settings.path(settings.output.directory), settings.path(settings.state)
        if embedded.current(state) != embedded.generation_of(out, state):
            session.say({"fr": "Chargement de la publication…", "en": "Loading the publication…"})
        embedded.refresh(out, state, waits=True)
        url = f"http://{serving.authority(settings.serve)}"
        session.say(
            {
                "fr": f"Pages : {url}/ et {url}/query. Point d'accès SPARQL : {url}/sparql. Ctrl-C pour finir.",
                "en": f"Pages: {url}/ and {url}/query. SPARQL endpoint: {url}/sparql. Ctrl-C to end.",
            }
        )
    serving.serve(settings)
