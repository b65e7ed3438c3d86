"""How Semantic MediaWiki names pages and properties in what it exports, and what of it is no fact of a page.

A page is a resource whose name is its title with ``_`` for blanks; what no XML name can hold is written ``-``
and the hexadecimal digits of its bytes, a hyphen ``-2D``. Accents are written so by old versions
(``Date_de_cr-C3-A9ation``) and as they are by new ones. A property is a page of the namespace *Property*, which
old versions name in the language of the wiki: ``Attribut-3A…``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from commons_ld.text import fold, in_address

__all__ = [
    "IGNORED_PROPERTIES",
    "OWL",
    "RDF",
    "RDFS",
    "RECORD_CATEGORIES",
    "SWIVT",
    "bare_file_name",
    "page_url",
    "split_namespace",
    "unescape",
]

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
#: The vocabulary of the exporter itself, https://www.semantic-mediawiki.org/swivt/1.0#.
SWIVT: Final = "http://semantic-mediawiki.org/swivt/1.0#"

#: The category that the template of a record puts its page in, folded.
RECORD_CATEGORIES: Final = frozenset({"objet media", "objets media"})

#: Properties that Semantic MediaWiki defines itself, folded: they tell of the page's editing, not of its subject.
#: *Last editor is* names a person who is not of the catalogue.
IGNORED_PROPERTIES: Final = frozenset(
    fold(name)
    for name in (
        *("Modification date", "Date de modification", "Last editor is", "Le dernier contributeur est"),
        *("Is a new page", "Est une nouvelle page", "Has query", "Possède une requête", "Display title of"),
        *("Has processing error", "Has processing error text", "Has improper value for"),
        *("A une valeur incorrecte pour", "Page ID", "Revision ID", "Page creator", "Page author"),
    )
)

#: A namespace as titles begin with it, by what it holds; folded, in French and in English.
_KINDS: Final = {
    **dict.fromkeys(("property", "attribut", "propriete"), "property"),
    **dict.fromkeys(("category", "categorie"), "category"),
    **dict.fromkeys(("file", "fichier", "image"), "file"),
    **dict.fromkeys(("user", "utilisateur", "utilisatrice"), "user"),
}
_ESCAPE: Final = re.compile(rb"-([0-9A-Fa-f]{2})?")
_LONGEST: Final = 80


@lru_cache(maxsize=4096)
def unescape(name: str) -> str:
    """Return the title that a name in an export stands for; one that stands for none comes back as it is.

    >>> unescape("Communs_urbains-3A_Naples"), unescape("Date_de_cr-C3-A9ation"), unescape("Co-2Dproduction_à_deux")
    ('Communs urbains: Naples', 'Date de création', 'Co-production à deux')
    """
    data = unquote(name, errors="surrogateescape").encode("utf-8", "surrogateescape")
    # Every hyphen of a title is escaped. One that begins no escape was a percent sign, of which new versions
    # leave only that.
    data = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]) if match[1] else b"%", data)
    try:
        return " ".join(data.decode().replace("_", " ").split())
    except UnicodeDecodeError:
        return name


def split_namespace(title: str) -> tuple[str, str]:
    """Return what a title's namespace holds (``property``, ``category``, ``file``, ``user``, or ``""``), and its rest.

    >>> split_namespace("Attribut:Durée"), split_namespace("Communs : un essai")
    (('property', 'Durée'), ('', 'Communs : un essai'))
    """
    prefix, colon, name = title.partition(":")
    kind = _KINDS.get(fold(prefix[:_LONGEST]), "") if colon else ""
    return (kind, name.strip()) if kind else ("", title)


def bare_file_name(title: str) -> str:
    """Return the name of a file without the namespace of files.

    >>> bare_file_name("Fichier:Affiche.jpg")
    'Affiche.jpg'
    """
    kind, name = split_namespace(title)
    return name if kind == "file" else title


def page_url(base: str, title: str) -> str:
    """Return the address of a page as MediaWiki writes it: the exporter writes its own escapes into addresses.

    :param base: what the addresses of all pages begin with

    >>> page_url("https://wiki.exemple.test/index.php/", "24.02 Appel : l'été")
    'https://wiki.exemple.test/index.php/24.02_Appel_:_l%27%C3%A9t%C3%A9'
    """
    return base + in_address(title)
