"""What is asked: the name of a recipe, a file, or the text of a query."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.cookbook import Recipe, find
from commons_ld.errors import QueryNotFound, QueryRejected

__all__ = ["Question", "question"]

#: No query is longer; a larger file is not one.
MAX_BYTES: Final = 1 << 20


class Question(NamedTuple):
    """A query, and the recipe it comes from, if it does."""

    text: str
    recipe: Recipe | None = None


def question(given: str) -> Question:
    """Return what ``given`` names: a recipe of the cookbook, else a file, else a query itself; ``-`` is standard input.

    :raises QueryNotFound: if it is none of these
    :raises QueryRejected: if a file is no text, or too large to be a query

    >>> question("total-hours").recipe.titles["en"]
    'How many hours are there to listen to and to watch?'
    >>> question("ASK { ?s ?p ?o }").text
    'ASK { ?s ?p ?o }'
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
        if "\0" in given or not path.is_file():
            raise
        with path.open("rb") as file:
            return Question(_text(file.read(MAX_BYTES + 1), given))
    return Question(recipe.text, recipe)


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise QueryRejected(name, f"is larger than {MAX_BYTES} bytes, and no query")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryRejected(name, "is no text in UTF-8") from error
