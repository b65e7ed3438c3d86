"""What is asked: the name of a recipe, a file, or the text of a query."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.cookbook import Recipe, find
from commons_ld.errors import QueryNotFound, QueryRejected
from commons_ld.messages import Language
from commons_ld.sentences.asking import said

__all__ = ["Question", "question"]

#: No query is longer; a larger file is not one.
MAX_BYTES: Final = 1 << 20
#: The one form of query that may have no brace (SPARQL 1.1, section 16.4).
_DESCRIBE: Final = re.compile(r"\bDESCRIBE\s*[<*?$\w]", re.IGNORECASE)


class Question(NamedTuple):
    """A query, and the recipe it comes from, if it does."""

    text: str
    recipe: Recipe | None = None


def question(given: str, language: Language = "en") -> Question:
    """Return what ``given`` names: a recipe of the cookbook, else a file, else a query itself; ``-`` is standard input.

    :param language: of the labels that a recipe asks for
    :raises QueryNotFound: if it is none of these
    :raises QueryRejected: if a file is no text, or too large to be a query

    >>> question("total-hours").recipe.titles["en"]
    'How many hours are there to listen to and to watch?'
    >>> question("ASK { ?s ?p ?o }").text, question("DESCRIBE <http://e.test/a>").text
    ('ASK { ?s ?p ?o }', 'DESCRIBE <http://e.test/a>')
    """
    if given == "-":
        return Question(_text(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"))
    try:
        recipe = find(given)
    except QueryNotFound:
        # A query holds a brace, and a name of a file hardly ever does.
        if "{" in given:
            return Question(given)
        path = Path(given)
        if not _is_file(path):
            if _DESCRIBE.search(given):
                return Question(given)
            raise
        with path.open("rb") as file:
            return Question(_text(file.read(MAX_BYTES + 1), given))
    return Question(recipe.text_in(language), recipe)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # what is too long or holds a NUL is no name of a file
        return False


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise QueryRejected(name, said("large-query", MAX_BYTES))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryRejected(name, said("not-a-text")) from error
