"""The cookbook: questions that people ask of an archive, each a SPARQL query told of in two languages.

A recipe is a file of ``queries/cookbook/``. It begins with lines of a fixed form, and the query follows after a blank
line::

    # title@fr: Quels concepts vont ensemble ?
    # title@en: Which concepts occur together?
    # comment@fr: Les paires de concepts …
    #   … qui se trouvent dans une même fiche.
    # comment@en: The pairs of concepts …

Where a query asks for labels, it asks for those in French, by ``"fr"``, and for others where a concept has none; who
reads English is given it with ``"en"`` in that place.

The queries keep to what every store answers alike: they ask the default graph, count distinct things, since a store
that has named graphs may find a statement in several of them, and order by what has an order everywhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import ArtefactError, QueryNotFound
from commons_ld.messages import Language
from commons_ld.sentences.artefacts import said
from commons_ld.text import nearest

__all__ = ["Recipe", "find", "parse", "recipes"]

_FOLDER: Final = Path(__file__).parent / "queries" / "cookbook"
_KEY: Final = re.compile(r"# (title@fr|title@en|comment@fr|comment@en|with): (.+)")
_NEEDED: Final = ("title@fr", "title@en", "comment@fr", "comment@en")


class Recipe(NamedTuple):
    """A question, and the query that answers it.

    :param name: what it is called on the command line
    :param titles: the question, by language
    :param comments: what the answer holds and what can be changed, by language
    :param companion: the file that its test loads beside the dataset, or ``""``: another archive's dump
    :param text: the query, its header included
    """

    name: str
    titles: dict[Language, str]
    comments: dict[Language, str]
    companion: str
    text: str

    @property
    def query(self) -> str:
        """The query without its header, as an editor shows it."""
        return self.text.partition("\n\n")[2]

    def text_in(self, language: Language) -> str:
        """Return the query and its header, asking for labels in a language: those in French are in French there."""
        return self.text.replace('"fr"', f'"{language}"')

    def query_in(self, language: Language) -> str:
        """Return the query without its header, asking for labels in a language."""
        return self._replace(text=self.text_in(language)).query


def recipes() -> list[Recipe]:
    """Return the recipes, by name.

    :raises ArtefactError: if a file of the cookbook is not of the form above

    >>> "total-hours" in [recipe.name for recipe in recipes()]
    True
    """
    return [parse(path) for path in sorted(_FOLDER.glob("*.rq"))]


def find(name: str) -> Recipe:
    """Return the recipe that is called ``name``.

    :raises QueryNotFound: if there is none

    >>> find("total-hours").titles["en"]
    'How many hours are there to listen to and to watch?'
    """
    # It becomes no part of a path: those that there are have names.
    there_are = {path.stem: path for path in _FOLDER.glob("*.rq")}
    if name not in there_are:
        raise QueryNotFound(name, nearest(name, there_are))
    return parse(there_are[name])


def parse(path: Path) -> Recipe:
    """Read one file of a cookbook.

    :raises ArtefactError: if a line of the header is missing, unknown or said twice
    """
    text = path.read_text(encoding="utf-8")
    header, _, query = text.partition("\n\n")
    told: dict[str, str] = {}
    key = ""
    for number, line in enumerate(header.splitlines(), 1):
        if match := _KEY.fullmatch(line):
            key = match[1]
            if key in told:
                raise ArtefactError(path, said("said-twice", key, line=number))
            told[key] = match[2].strip()
        elif key and line.startswith("#   "):
            told[key] += " " + line[1:].strip()
        else:
            raise ArtefactError(path, said("no-header", line, line=number))
    missing = [key for key in _NEEDED if key not in told]
    if missing or not query.strip():
        raise ArtefactError(path, said("lacks", ", ".join(missing)) if missing else said("no-query"))
    return Recipe(
        name=path.stem,
        titles={"fr": told["title@fr"], "en": told["title@en"]},
        comments={"fr": told["comment@fr"], "en": told["comment@en"]},
        companion=told.get("with", ""),
        text=text,
    )
