"""Apply a harvester's own shapes, which pySHACL refuses as some of them are shipped.

Two official files give a node shape as a value of ``sh:property``: one without ``sh:path``. By SHACL's own words a
value of ``sh:property`` is a property shape (section 2.1.3), so that such a value can only have meant ``sh:node``.

That of DCAT-AP asks that addresses are of the class ``rdfs:Resource``. Everything is (RDF Schema 1.1, section 2.1),
but SHACL sees only what is said: the demand could only fail where nobody said the obvious, and is left out. Version
3.0.1 takes such demands out itself, and still names two of them where it says what is asked of a data service: of a
property shape that is not in the file nothing is known, and nothing can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax import SAXException

import pyoxigraph as ox

from commons_ld.errors import ArtefactError, PublicationError
from commons_ld.harvesters.europeana import delivered
from commons_ld.harvesters.rules import Finding, Found, nothing, unreadable
from commons_ld.messages import Severity
from commons_ld.sentences.artefacts import said
from commons_ld.validation.breakdown import Breakdown, translated
from commons_ld.validation.tokens import silent_rdflib

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

__all__ = ["official", "repaired"]

_SUFFIXES: Final = {".nt": "nt", ".ttl": "turtle", ".rdf": "xml", ".xml": "xml"}
_LABEL: Final = ("élément visé par les formes officielles", "node that the official shapes target")
_SEVERITIES: Final[dict[str, Severity]] = {"Violation": "Violation", "Warning": "Warning", "Info": "Info"}


def official(shapes: Iterable[Path], data: Iterable[Path]) -> Found:
    """Return what the shapes find in the data, and how many nodes they looked at.

    :raises ArtefactError: if a file cannot be read, or pySHACL cannot apply the shapes
    """
    from pyshacl import validate
    from rdflib import Graph

    from commons_ld.validation.mending import standard_comparison

    rules, graph, sources = Graph(), Graph(), list(shapes)
    for path in sources:
        rules += repaired(path)
    with silent_rdflib():
        findings = [finding for path in data for finding in _read(path, graph)]
    looked_at = len(_focus_nodes(rules, graph))
    if not looked_at:
        return [*findings, nothing(_LABEL)], {_LABEL: 0}
    try:
        with translated(), standard_comparison():
            _, report, _ = validate(graph, shacl_graph=rules, advanced=True, inplace=True)
    except Breakdown as error:
        raise ArtefactError(sources[0], said("not-applied", error)) from error
    return sorted([*findings, *_findings(report)]), {_LABEL: looked_at}


def _read(path: Path, graph: Graph) -> Iterator[Finding]:
    """Put a file, or those of a folder, into a graph; yield what cannot be read of them."""
    from rdflib.exceptions import Error

    for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
        try:
            if file.suffix == ".zip":
                for _, document in delivered(file):
                    graph.parse(data=document, format="xml")
            elif file.is_file() and file.suffix in _SUFFIXES:
                graph.parse(file, format=_SUFFIXES[file.suffix])
        except PublicationError as error:
            yield unreadable(file.name, error.problem["en"])
        except (OSError, ValueError, SyntaxError, SAXException, Error) as error:
            yield unreadable(file.name, error)


def _focus_nodes(rules: Graph, graph: Graph) -> set[Node]:
    """Return the nodes of a graph that shapes target (SHACL, section 2.1.3)."""
    from rdflib import RDF, SH, URIRef

    focus = {node for class_ in rules.objects(None, SH.targetClass) for node in graph.subjects(RDF.type, class_)}
    focus |= {node for node in rules.objects(None, SH.targetNode) if (node, None, None) in graph}
    for property_ in rules.objects(None, SH.targetSubjectsOf):
        focus |= set(graph.subjects(URIRef(str(property_)), None))
    for property_ in rules.objects(None, SH.targetObjectsOf):
        focus |= set(graph.objects(None, URIRef(str(property_))))
    return focus


def _findings(report: Graph) -> Iterator[Finding]:
    """Yield the results of a report, each with its path."""
    from rdflib import RDF, SH, Literal

    for result in report.subjects(RDF.type, SH.ValidationResult):
        # What was moved to sh:node is told twice: that the node does not conform, and, with its own severity, why.
        if (result, SH.detail, None) in report:
            continue
        severity = str(report.value(result, SH.resultSeverity)).rpartition("#")[2]
        broken = str(report.value(result, SH.resultPath) or "")
        messages = [text for text in report.objects(result, SH.resultMessage) if isinstance(text, Literal)]
        texts = [(text.language or "", str(text)) for text in messages]
        told = {tag: _told(texts, tag) + (f" ({broken})" if broken else "") for tag in ("fr", "en")}
        node = str(report.value(result, SH.focusNode))
        yield Finding("official", _SEVERITIES.get(severity, "Violation"), node, told["fr"], told["en"])


def _told(texts: Iterable[tuple[str, str]], wanted: str) -> str:
    """Return a message in the language that is wanted, else in English, in none, or in whichever there is.

    >>> _told([("nl", "Moet een naam hebben"), ("en", "Must have a name")], "fr")
    'Must have a name'
    """
    order = (wanted, "en", "")
    ranked = sorted((order.index(tag) if tag in order else len(order), text) for tag, text in texts)
    return ranked[0][1] if ranked else ""


def repaired(path: Path) -> Graph:
    """Return the graph of a shapes file without what pySHACL refuses and what cannot fail.

    :raises ArtefactError: if it cannot be read
    """
    from rdflib import RDFS, SH, Graph
    from rdflib.exceptions import Error

    graph = Graph()
    try:
        if path.suffix == ".jsonld":
            # rdflib would fetch a context that the file names; pyoxigraph refuses it.
            quads = ox.parse(path=str(path), format=ox.RdfFormat.JSON_LD, base_iri=path.absolute().as_uri())
            lines = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
            graph.parse(data=lines, format="nt")
        else:
            graph.parse(path, format=_SUFFIXES.get(path.suffix, "turtle"))
    except (OSError, ValueError, SyntaxError, SAXException, Error) as error:
        raise ArtefactError(path, said("unreadable", error)) from error
    for shape, value in list(graph.subject_objects(SH.property)):
        if (value, SH.path, None) not in graph:
            graph.remove((shape, SH.property, value))
            if (value, None, None) in graph:
                graph.add((shape, SH.node, value))
    graph.remove((None, SH["class"], RDFS.Resource))
    return graph
