"""The answers: in which formats they can be asked for, and what came back."""

from __future__ import annotations

from typing import BinaryIO, Final, NamedTuple

from commons_ld.rdf.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE

__all__ = ["ANSWER_FORMATS", "JSON", "TABLE", "Answer", "AnswerFormat", "answer_format"]


class AnswerFormat(NamedTuple):
    """A format for answers.

    :param name: what the command line calls it
    :param rows: the media type for the rows of SELECT and the truth of ASK, or ``""`` if it cannot hold them
    :param graph: the media type for the graph of CONSTRUCT and DESCRIBE, or ``""`` if it cannot hold one
    """

    name: str
    rows: str
    graph: str

    @property
    def accept(self) -> str:
        """What an ``Accept`` header asks for."""
        return ", ".join(filter(None, (self.rows, self.graph)))


JSON: Final = AnswerFormat("json", "application/sparql-results+json", "")

#: For people: rows as a table, and a graph as Turtle.
TABLE: Final = AnswerFormat("table", JSON.rows, TURTLE.media_type)

ANSWER_FORMATS: Final = (
    TABLE,
    AnswerFormat("csv", "text/csv", ""),
    AnswerFormat("tsv", "text/tab-separated-values", ""),
    JSON,
    AnswerFormat("xml", "application/sparql-results+xml", ""),
    *(AnswerFormat(row.name, "", row.media_type) for row in (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)),
)


class Answer(NamedTuple):
    """What a store answered.

    :param is_graph: whether it is a graph, and not rows or a truth
    :param data: its bytes, to be read from where it stands; who asked closes it
    """

    is_graph: bool
    data: BinaryIO


def answer_format(name: str) -> AnswerFormat:
    """Return the format that is called ``name``.

    :raises KeyError: if there is none

    >>> answer_format("csv").accept
    'text/csv'
    """
    return {row.name: row for row in ANSWER_FORMATS}[name]
