"""Terms as N-Triples writes them: what validation compares and looks at, without making objects of them.

A term in canonical form (https://www.w3.org/TR/rdf-canon/#canonical-quads) is one text, so two terms are the same if
their texts are: ``<https://example.org/a>``, ``_:b0``, ``"a"``, ``"à"@fr``, ``"2021"^^<…#gYear>``.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from commons_ld.rdf.syntax import unescaped

if TYPE_CHECKING:
    from rdflib import BNode, Literal, URIRef
    from rdflib.term import Node

__all__ = [
    "datatype",
    "is_blank",
    "is_iri",
    "is_literal",
    "is_surely_well_typed",
    "is_well_typed",
    "language",
    "lexical",
    "silent_rdflib",
    "to_node",
    "token",
]

#: A filter is added to a logger once, and so taken away once: by who holds this.
_silence: Final = threading.RLock()

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

_TEXTS: Final = (f"{_XSD}string", _LANG_STRING)

#: Values that are surely of the form of their datatype; others are looked at by rdflib, which takes longer.
_SURELY: Final = {
    f"{_XSD}gYear": re.compile(r"[0-9]{4}", re.ASCII),
    f"{_XSD}gYearMonth": re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII),
    f"{_XSD}duration": re.compile(r"PT(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}S)?", re.ASCII),
    f"{_XSD}integer": re.compile(r"-?[0-9]{1,15}", re.ASCII),
}
_DAY: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}){2}", re.ASCII)
_MOMENT: Final = re.compile(_DAY.pattern + r"T[0-9]{2}(?::[0-9]{2}){2}(?:Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII)


def is_iri(term: str) -> bool:
    """Tell whether a term is an IRI."""
    return term[0] == "<"


def is_blank(term: str) -> bool:
    """Tell whether a term is a blank node."""
    return term[0] == "_"


def is_literal(term: str) -> bool:
    """Tell whether a term is a literal."""
    return term[0] == '"'


def lexical(term: str) -> str:
    """Return what ``STR()`` does (https://www.w3.org/TR/sparql11-query/#func-str), and the name of a blank node.

    >>> lexical("<https://example.org/a>"), lexical('"à la \\\\"une\\\\""@fr')
    ('https://example.org/a', 'à la "une"')
    """
    if term[0] == "<":
        return term[1:-1]
    if term[0] == "_":
        return term[2:]
    return unescaped(term[1 : term.rindex('"')])


def language(term: str) -> str:
    """Return the language tag of a literal, in lower case; ``""`` where there is none.

    >>> language('"à"@fr'), language('"a@b"'), language("<mailto:a@b>")
    ('fr', '', '')
    """
    end = term.rfind('"')
    return term[end + 2 :].lower() if end > 0 and term[end + 1 : end + 2] == "@" else ""


def datatype(term: str) -> str:
    """Return the IRI of the datatype of a literal (https://www.w3.org/TR/sparql11-query/#func-datatype).

    >>> datatype('"2021"^^<http://www.w3.org/2001/XMLSchema#gYear>'), datatype('"a"')
    ('http://www.w3.org/2001/XMLSchema#gYear', 'http://www.w3.org/2001/XMLSchema#string')
    """
    after = term[term.rindex('"') + 1 :]
    if not after:
        return f"{_XSD}string"
    return _LANG_STRING if after[0] == "@" else after[3:-1]


@lru_cache(maxsize=4096)
def is_well_typed(term: str) -> bool:
    """Tell whether a literal has the form of its datatype, as far as that is known; of an unknown one it has.

    >>> is_well_typed('"2021-02-28"^^<http://www.w3.org/2001/XMLSchema#date>')
    True
    >>> is_well_typed('"2021-02-29"^^<http://www.w3.org/2001/XMLSchema#date>')
    False
    """
    if datatype(term) in _TEXTS or is_surely_well_typed(term):
        return True
    return _is_well_typed_to_rdflib(term)


def is_surely_well_typed(term: str) -> bool:
    """Tell whether a literal has the form of its datatype, and one that is usual.

    >>> is_surely_well_typed('"2021-02-28"^^<http://www.w3.org/2001/XMLSchema#date>')
    True
    """
    kind, text = datatype(term), lexical(term)
    if (form := _SURELY.get(kind)) and form.fullmatch(text):
        return True
    try:
        if kind == f"{_XSD}date" and _DAY.fullmatch(text):
            return bool(date.fromisoformat(text))
        if kind == f"{_XSD}dateTime" and _MOMENT.fullmatch(text):
            return bool(datetime.fromisoformat(text))
    except ValueError:
        pass
    return False


def _is_well_typed_to_rdflib(term: str) -> bool:
    """Tell whether rdflib makes of a literal what its datatype stands for."""
    from rdflib import XSD, Literal

    literal = to_node(term)
    if not isinstance(literal, Literal) or literal.ill_typed:
        return False
    kinds = {XSD.integer: int, XSD.float: float, XSD.boolean: bool, XSD.date: date, XSD.dateTime: datetime}
    kind = kinds.get(literal.datatype) if literal.datatype else None
    return kind is None or isinstance(literal.value, kind)


@lru_cache(maxsize=4096)
def to_node(term: str) -> URIRef | BNode | Literal:
    """Return a term as rdflib has it, its lexical form unchanged."""
    from rdflib import BNode, Literal, URIRef

    if term[0] == "<":
        return URIRef(term[1:-1])
    if term[0] == "_":
        return BNode(term[2:])
    if tag := language(term):
        return Literal(lexical(term), lang=tag)
    kind = datatype(term)
    with silent_rdflib():
        return Literal(lexical(term), datatype=None if kind == f"{_XSD}string" else URIRef(kind), normalize=False)


@contextmanager
def silent_rdflib() -> Iterator[None]:
    """Have rdflib say nothing of ill-typed literals as long as the context lasts.

    It logs each with a traceback and its value; that they are ill-typed is for the shapes to say.
    """
    log = logging.getLogger("rdflib.term")
    with _silence:
        log.addFilter(_drop)
        try:
            yield
        finally:
            log.removeFilter(_drop)


def _drop(_record: logging.LogRecord) -> bool:
    return False


def token(node: Node) -> str:
    """Return the text of a term of rdflib.

    :raises TypeError: if RDF has no such term

    >>> from rdflib import Literal, URIRef
    >>> token(Literal("à", lang="fr")), token(URIRef("https://example.org/a"))
    ('"à"@fr', '<https://example.org/a>')
    """
    from rdflib import BNode, Literal, URIRef

    if isinstance(node, URIRef):
        return f"<{node}>"
    if isinstance(node, BNode):
        return f"_:{node}"
    if not isinstance(node, Literal):
        raise TypeError(f"RDF has no such term: {node!r}")
    kind = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
    return str(ox.Literal(str(node), language=node.language or None, datatype=kind))
