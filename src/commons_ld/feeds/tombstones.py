"""What stands where a record was: a page and statements that say that it is gone, and nothing personal.

They lie in ``gone/``, so that a web host can answer 410 by one rule: where ``gone/`` has the file that is asked for,
that file is the answer, and its status 410.
"""

from __future__ import annotations

from html import escape
from typing import Final

__all__ = ["FOLDER", "html", "turtle"]

FOLDER: Final = "gone/"

_PAGE: Final = """<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Retiré – Withdrawn</title>
</head>
<body>
<main>
<h1>Cette notice a été retirée</h1>
<p>Elle a été publiée ici, et ne l’est plus depuis le <time datetime="{at}">{at}</time>.</p>
{target_fr}<section lang="en">
<h2>This record was withdrawn</h2>
<p>It was published here, and has not been since <time datetime="{at}">{at}</time>.</p>
{target_en}</section>
</main>
</body>
</html>
"""


def html(at: str, target: str = "") -> bytes:
    """Return the page, in French and in English.

    :param at: since when the record is gone
    :param target: the IRI of the record that it was merged into, or ``""``
    """
    link = f'<a href="{escape(target)}">{escape(target)}</a>'
    french = f"<p>Elle fait maintenant partie de {link}.</p>\n" if target else ""
    english = f"<p>It is part of {link} now.</p>\n" if target else ""
    return _PAGE.format(at=at, target_fr=french, target_en=english).encode()


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
