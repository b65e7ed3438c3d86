"""The command ``query``: find what is asked, have it answered, and show the answer."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from commons_ld.cookbook import recipes
from commons_ld.credentials import Credentials
from commons_ld.errors import StoreError
from commons_ld.messages import Language
from commons_ld.querying.answers import TABLE, Answer, AnswerFormat, answer_format
from commons_ld.querying.dumps import MEMORY, ask_dumps
from commons_ld.querying.question import Question, question
from commons_ld.querying.remote import ask_endpoint
from commons_ld.querying.table import to_table
from commons_ld.rdf.n_quads import PLAIN, n_quads_of
from commons_ld.sentences.asking import said
from commons_ld.settings import Settings
from commons_ld.stores.lease import Note
from commons_ld.stores.remote import named
from commons_ld.stores.signing import credentials_for

__all__ = ["Asked", "ask", "list_recipes"]

#: Bytes of an answer that are held at once.
_PIECE: Final = 1 << 16


class Asked(NamedTuple):
    """What a user asks for.

    :param query: the name of a recipe, a file, or the text of a query
    :param endpoint: the store to ask, or ``""`` for the publication
    :param others: dumps to load beside the publication
    :param format_name: of the answer
    :param timeout: seconds to wait
    :param memory: MiB that a query of the publication may take
    :param federates: whether it may ask other endpoints, by SERVICE
    :param credentials: who signs in at the store of the settings, or where they name none, at any endpoint that asks
    :param is_printed: whether the query is to be shown instead of asked
    """

    query: str
    endpoint: str = ""
    others: tuple[Path, ...] = ()
    format_name: str = TABLE.name
    timeout: float = 60.0
    memory: int = MEMORY
    federates: bool = False
    credentials: Credentials | None = None
    language: Language = "en"
    is_printed: bool = False


def ask(asked: Asked, settings: Settings, out: BinaryIO, note: Note, warn: Note) -> None:
    """Write the answer to ``out``; nothing is written of an answer that is not whole.

    :param note: is told what was asked of whom
    :param warn: is told of a password that may be read on the way, and of one archive where two are to be compared
    :raises QueryNotFound: if there is no such query
    :raises StoreError: if it cannot be answered
    """
    found, format_ = question(asked.query, asked.language), answer_format(asked.format_name)
    if asked.is_printed:
        out.write(found.text.rstrip("\n").encode() + b"\n")
        return
    answer = _answer(found, asked, settings, format_, note, warn)
    with answer.data:
        if format_ is not TABLE or answer.is_graph:
            last = b"\n"
            while piece := answer.data.read(_PIECE):
                out.write(piece)
                last = piece[-1:]
            if last != b"\n" and out.isatty():
                out.write(b"\n")  # the shell asks on a line of its own
            return
        # A table that goes to a file or a program is not cut to the width of a terminal.
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 0
        try:
            table = to_table(answer.data, asked.language, query=found.text, base_iri=settings.base_iri, width=width)
        except msgspec.DecodeError as error:
            raise StoreError(named(asked.endpoint), said("no-results", error)) from error
    if found.recipe:
        out.write(f"{found.recipe.titles[asked.language]}\n\n".encode())
    out.write(f"{table}\n".encode())


def _answer(
    found: Question,
    asked: Asked,
    settings: Settings,
    format_: AnswerFormat,
    note: Note,
    warn: Note,
) -> Answer:
    if asked.endpoint:
        where = named(asked.endpoint)
        note({"fr": f"Question posée à {where}.", "en": f"Asked of {where}."})
        who = credentials_for(asked.endpoint, settings.store.url, asked.credentials)
        return ask_endpoint(found.text, asked.endpoint, format_, timeout=asked.timeout, credentials=who, warn=warn)
    out = settings.path(settings.output.directory)
    published = n_quads_of(out) if n_quads_of(out).is_file() else out / PLAIN
    if found.recipe and found.recipe.companion and not asked.others:
        warn(
            {
                "fr": "Cette question compare deux archives : nommer l'export de l'autre avec --with.",
                "en": "This question compares two archives: name the dump of the other one with --with.",
            }
        )
    note({"fr": f"Question posée à {published}.", "en": f"Asked of {published}."})
    return ask_dumps(
        found.text,
        (published, *asked.others),
        format_,
        timeout=asked.timeout,
        memory=asked.memory,
        federates=asked.federates,
        base_iri=settings.base_iri,
    )


def list_recipes(language: Language, *, as_json: bool) -> str:
    """Return the cookbook: a name and its question a line, or JSON with all that is told of each.

    >>> "total-hours" in list_recipes("fr", as_json=False)
    True
    """
    book = recipes()
    if as_json:
        told = [
            {"name": one.name, "title": one.titles, "comment": one.comments, "query": one.query_in(language)}
            for one in book
        ]
        return msgspec.json.format(msgspec.json.encode(told)).decode()
    wide = max(len(recipe.name) for recipe in book)
    return "\n".join(f"{recipe.name:<{wide}}  {recipe.titles[language]}" for recipe in book)
