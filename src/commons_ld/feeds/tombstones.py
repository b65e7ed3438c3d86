"""What stands where a record was: a page and statements that say that it is gone, and nothing personal.

They lie in ``gone/``, so that a web host can answer 410 by one rule: where ``gone/`` has the file that is asked for,
that file is the answer, and its status 410.
"""

from __future__ import annotations

from html import escape
from typing import Final

from commons_ld.bare_page import bare_page

__all__ = ["FOLDER", "html", "turtle"]

FOLDER: Final = "gone/"


def html(at: str, target: str = "", *, site: str = "") -> bytes:
    """Return the page, in French and in English.

    :param at: since when the record is gone
    :param target: the IRI of the record that it was merged into, or ``""``
    :param site: the address of the site, which a reader may go on to, or ``""`` if there is none
    """
    link = f'<a href="{escape(target)}">{escape(target)}</a>'
    time = f'<time datetime="{at}">{at[:10]}</time>'
    onwards = f'<p><a href="{escape(site)}{{}}">{{}}</a></p>\n' if site else ""
    french = (
        f"<h1>Cette notice a été retirée</h1>\n<p>Elle a été publiée ici, et ne l’est plus depuis le {time}.</p>\n"
        + (f"<p>Elle fait maintenant partie de {link}.</p>\n" if target else "")
        + onwards.format("index.html", "Chercher dans l'archive")
    )
    english = f"<h2>This record was withdrawn</h2>\n<p>It was published here, and has not been since {time}.</p>\n" + (
        f"<p>It is part of {link} now.</p>\n" if target else ""
    )
    english += onwards.format("index.en.html", "Search the archive")
    return bare_page("Retiré – Withdrawn", french, english).encode()


def turtle(iri: str, at: str, target: str = "") -> bytes:
    """Return the statements: since when there is no such record (PROV-O), and what it is part of now.

    >>> print(turtle("https://e.test/session/a", "2026-11-25T10:00:00Z").decode().splitlines()[-1])
    <https://e.test/session/a> prov:invalidatedAtTime "2026-11-25T10:00:00Z"^^xsd:dateTime .
    """
    replaced = f"<{iri}> dcterms:isReplacedBy <{target}> .\n" if target else ""
    return (
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        f'{replaced}<{iri}> prov:invalidatedAtTime "{at}"^^xsd:dateTime .\n'
    ).encode()
