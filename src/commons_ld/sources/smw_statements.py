"""Parse an export of Semantic MediaWiki, RDF/XML or Turtle, into what it says of each resource."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyoxigraph as ox

from commons_ld.errors import MalformedSource, NotARecord
from commons_ld.origin import Origin
from commons_ld.sources.smw_xml import safe_xml

__all__ = ["BASE", "MAX_CHARACTERS", "MAX_STATEMENTS", "Export", "Statement", "parse"]

#: What an address that is not whole is resolved against, so that it can be told from those that are.
BASE: Final = "http://relative.invalid/"
#: How many statements are read of one file, and how long all their names and values may be together.
MAX_STATEMENTS: Final = 1_000_000
MAX_CHARACTERS: Final = 512 * 1024 * 1024

_HTML: Final = ("<!doctype html", "<html", "<head", "<body")
_XML: Final = ("<?xml", "<!doctype", "<!--", "<rdf:")
#: The beginning of a file tells its syntax.
_TOP: Final = 4096


class Statement(NamedTuple):
    """What is said of a resource.

    :param predicate: the address of the property
    :param value: a literal, the name of a resource, or a blank node
    """

    predicate: str
    value: ox.NamedNode | ox.BlankNode | ox.Literal


class Export(NamedTuple):
    """An export, by what it tells of.

    :param subjects: the statements about each resource, in the order of the file
    :param namespaces: what the file abbreviates: ``wiki``, ``property``, ``wikiurl`` …
    :param broken: where the file breaks, or ``None``; what is here came before
    """

    subjects: dict[str, list[Statement]]
    namespaces: dict[str, str]
    broken: MalformedSource | None


def parse(text: str, origin: Origin) -> Export:
    """Return what an export says; it is told from its first characters whether it is RDF/XML or Turtle.

    Of a file that breaks in the middle, the resources that are whole are returned: in RDF/XML those whose
    element is closed, in Turtle those before the one that was being read.

    :raises NotARecord: if it is a page of HTML
    :raises MalformedSource: if nothing of it can be read, or it is a danger to read it

    >>> export = parse('@prefix wiki: <http://w/> . wiki:A wiki:b "c" .', Origin("a.ttl"))
    >>> export.namespaces, [(name, len(said)) for name, said in export.subjects.items()]
    ({'wiki': 'http://w/'}, [('http://w/A', 1)])
    """
    top = text[:_TOP].lstrip().lower()
    if not top:
        raise MalformedSource("empty-page", origin=origin)
    if top.startswith(_HTML) or (top.startswith(_XML) and any(mark in top for mark in _HTML)):
        raise NotARecord("html-not-rdf", origin=origin)
    # A word after ``<`` opens an element, or an address without its end.
    if top.startswith(_XML) or (top.startswith("<") and " " in top.partition(">")[0]):
        safe = safe_xml(text, origin)
        # What is wrong with the XML is known already; its values need not be addresses that are right.
        subjects, _, broken = _read(safe.data, ox.RdfFormat.RDF_XML, origin)
        return Export(subjects, safe.entities, safe.broken or broken)
    return Export(*_read(text.encode(), ox.RdfFormat.TURTLE, origin))


def _read(
    data: bytes, syntax: ox.RdfFormat, origin: Origin
) -> tuple[dict[str, list[Statement]], dict[str, str], MalformedSource | None]:
    subjects: dict[str, list[Statement]] = {}
    parser = ox.parse(data, format=syntax, base_iri=BASE, lenient=True)
    last = ""
    characters = 0
    try:
        for count, quad in enumerate(parser, 1):
            if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
                continue  # statements about statements (RDF 1.2) are no exporter's
            subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            characters += len(subject) + len(predicate) + len(value.value)
            if count > MAX_STATEMENTS or characters > MAX_CHARACTERS:
                raise MalformedSource("many-statements", origin=origin, value=f"{MAX_STATEMENTS}")
            if isinstance(quad.subject, ox.BlankNode):
                subject = f"_:{subject}"
            last = subject
            subjects.setdefault(subject, []).append(Statement(predicate, value))
    except SyntaxError as error:
        # What the parser says holds text of the file, which may be somebody's name: the line is all that is told.
        broken = MalformedSource("broken-rdf", origin=origin.at(line=error.lineno or 0))
        subjects.pop(last, None)
        if not subjects:
            raise broken from error
        return subjects, dict(parser.prefixes), broken
    return subjects, dict(parser.prefixes), None
