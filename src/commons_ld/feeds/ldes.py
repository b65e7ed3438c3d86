"""The change log as a Linked Data Event Stream (https://w3id.org/ldes/specification, https://w3id.org/tree/specification).

A member is one version of one record. What the record said then stands in a graph that has the name of the member,
where the member extraction algorithm of TREE finds it; so a page can hold two versions of a record apart, with all
their parts. That is why pages are TriG and JSON-LD, and not Turtle, which has no graphs. Members of deletions say that
the record is gone, and when, and nothing else. All addresses are relative: a stream works wherever it is copied to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pyoxigraph as ox

from commons_ld.feeds.paging import Page, mark_of
from commons_ld.ledger.log import Change
from commons_ld.outputs.expanded import expanded
from commons_ld.outputs.things import things_of
from commons_ld.rdf.namespaces import PREFIXES

__all__ = [
    "FOLDER",
    "SUFFIXES",
    "Versions",
    "is_immutable",
    "page_jsonld",
    "page_trig",
    "root_jsonld",
    "root_turtle",
    "versions_of",
]

FOLDER: Final = "feeds/ldes/"
#: Of the root and of the pages in each syntax.
SUFFIXES: Final = {".ttl": ".trig", ".jsonld": ".jsonld"}
#: Returns the block of a record after a change, or nothing where the record is gone.
Versions = Callable[[Change], bytes]

_AS: Final = "https://www.w3.org/ns/activitystreams#"
_CONTEXT: Final = {
    "as": _AS,
    "dcterms": PREFIXES["dcterms"],
    "ldes": "https://w3id.org/ldes#",
    "rdf": PREFIXES["rdf"],
    "tree": "https://w3id.org/tree#",
    "xsd": PREFIXES["xsd"],
}
_TYPES: Final = {"create": "Create", "update": "Update", "rename": "Update", "delete": "Delete", "merge": "Delete"}
#: Members are named below the root in Turtle, whatever the syntax: they are the same in both.
_STREAM, _MEMBER = "index.ttl#stream", "index.ttl#v"
#: Seconds after which it makes sense to look again.
_POLLING: Final = 3600


_SH: Final = "http://www.w3.org/ns/shacl#"
#: What every member tells, once: by which path, and of what kind it is.
_TOLD: Final = {
    "shape-record": ("dcterms:isVersionOf", "sh:nodeKind", "sh:IRI"),
    "shape-time": ("dcterms:created", "sh:datatype", "xsd:dateTime"),
}
_SHAPE: Final = {
    "shape": f"a sh:NodeShape ; sh:property {', '.join(f'<index.ttl#{part}>' for part in _TOLD)}",
    **{
        part: f"sh:path {path} ; sh:minCount 1 ; sh:maxCount 1 ; {kind} {value}"
        for part, (path, kind, value) in _TOLD.items()
    },
}


def _header() -> str:
    return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _CONTEXT.items())


def root_turtle(pages: Sequence[Page], since: str) -> bytes:
    """Return the description of the stream and of the view that it is read by: the root of its pages, in Turtle.

    :param since: the datestamp from which on the stream tells everything
    """
    lines = [
        f"{_header()}@prefix sh: <{_SH}> .\n",
        f"<{_STREAM}> a ldes:EventStream ; tree:view <index.ttl> ;",
        "  ldes:timestampPath dcterms:created ; ldes:versionOfPath dcterms:isVersionOf ;",
        "  ldes:versionTimestampPath dcterms:created ;",
        "  ldes:versionCreatePath rdf:type ; ldes:versionCreateObject as:Create ;",
        "  ldes:versionUpdatePath rdf:type ; ldes:versionUpdateObject as:Update ;",
        "  ldes:versionDeletePath rdf:type ; ldes:versionDeleteObject as:Delete ;",
        f"  tree:shape <index.ttl#shape> ; ldes:pollingInterval {_POLLING} .",
        *(f"<index.ttl#{part}> {said} ." for part, said in _SHAPE.items()),
        "<index.ttl> a tree:Node ; ldes:retentionPolicy <index.ttl#retention> .",
        "<index.ttl#retention> a ldes:RetentionPolicy ; ldes:versionAmount 1 .",
    ]
    if pages:
        lines.append(f'<index.ttl#retention> ldes:startingFrom "{since}"^^xsd:dateTime .')
    for page in pages:
        for kind, mark, at in _bounds(page):
            name = f"<index.ttl#{mark}{page.number}>"
            lines.append(f"<index.ttl> tree:relation {name} .")
            lines.append(
                f"{name} a tree:{kind} ; tree:node <{page.name}.trig> ; tree:path dcterms:created ; "
                f'tree:value "{at}"^^xsd:dateTime .'
            )
    return "\n".join(lines).encode() + b"\n"


def _bounds(page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield a relation for the first datestamp of a page, and one for its last if nothing is added to it any more."""
    yield "GreaterThanOrEqualToRelation", "from", page.changes[0].at
    if page.is_closed:
        yield "LessThanOrEqualToRelation", "until", page.changes[-1].at


def _literal(at: str) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": at}


def _path(kind: str) -> dict[str, Any]:
    return {
        f"ldes:version{kind}Path": {"@id": "rdf:type"},
        f"ldes:version{kind}Object": {"@id": f"as:{kind}"},
    }


def root_jsonld(pages: Sequence[Page], since: str) -> bytes:
    """Return what :func:`root_turtle` does, in JSON-LD."""
    retention: dict[str, Any] = {"@id": "index.jsonld#retention", "@type": "ldes:RetentionPolicy"}
    retention["ldes:versionAmount"] = 1
    if pages:
        retention["ldes:startingFrom"] = _literal(since)
    relations = [
        {
            "@id": f"index.jsonld#{mark}{page.number}",
            "@type": f"tree:{kind}",
            "tree:node": {"@id": f"{page.name}.jsonld"},
            "tree:path": {"@id": "dcterms:created"},
            "tree:value": _literal(at),
        }
        for page in pages
        for kind, mark, at in _bounds(page)
    ]
    stream = {
        "@id": _STREAM,
        "@type": "ldes:EventStream",
        "tree:view": {
            "@id": "index.jsonld",
            "@type": "tree:Node",
            "ldes:retentionPolicy": retention,
            "tree:relation": relations,
        },
        "ldes:timestampPath": {"@id": "dcterms:created"},
        "ldes:versionOfPath": {"@id": "dcterms:isVersionOf"},
        "ldes:versionTimestampPath": {"@id": "dcterms:created"},
        **_path("Create"),
        **_path("Update"),
        **_path("Delete"),
        "ldes:pollingInterval": _POLLING,
        "tree:shape": {
            "@id": "index.jsonld#shape",
            "@type": "sh:NodeShape",
            "sh:property": [
                {
                    "@id": f"index.jsonld#{part}",
                    "sh:path": {"@id": path},
                    "sh:minCount": 1,
                    "sh:maxCount": 1,
                    kind: {"@id": value},
                }
                for part, (path, kind, value) in _TOLD.items()
            ],
        },
    }
    return msgspec.json.encode({"@context": {**_CONTEXT, "sh": _SH}, **stream}) + b"\n"


def _member(change: Change) -> str:
    return f"{_MEMBER}{mark_of(change)}"


def _members(page: Page) -> Iterator[Change]:
    """Yield the changes of which there is a member: those whose version may be told, and ends."""
    return (change for change in page.told if change.is_end or not change.erased)


def page_trig(page: Page, versions: Versions) -> Iterator[bytes]:
    """Yield the pieces of a page in TriG.

    The statements of a member are lines of canonical N-Triples, as they stand in the N-Quads of the publication.
    """
    node = f"<{page.name}.trig>"
    yield _header().encode()
    yield f"<{_STREAM}> a ldes:EventStream ; tree:view <index.ttl> .\n{node} a tree:Node".encode()
    yield b" ; ldes:immutable true .\n" if page.is_closed else b" .\n"
    for change in _members(page):
        member = f"<{_member(change)}>"
        replaced = f" ; dcterms:isReplacedBy <{change.target}>" if change.target else ""
        yield (
            f"<{_STREAM}> tree:member {member} .\n"
            f"{member} a as:{_TYPES[change.kind]} ; dcterms:isVersionOf <{change.subject}> ; "
            f'dcterms:created "{change.at}"^^xsd:dateTime{replaced} .\n'
        ).encode()
        block = b"" if change.is_end else versions(change)
        if block:
            tail = len(block) - 1 - block.rindex(b" <", 0, len(block) - 1)  # " <graph> .\n": the same in each line
            lines = [line[:-tail] for line in block.splitlines()]
            yield b"GRAPH %b {\n%b .\n}\n" % (member.encode(), b" .\n".join(lines))


def is_immutable(page: Path) -> bool:
    """Tell whether a page in TriG was full when it was written; one that is not there was not."""
    try:
        with page.open("rb") as file:
            return b" ; ldes:immutable true .\n" in file.read(2048).split(b"tree:member")[0]
    except FileNotFoundError:
        return False


def page_jsonld(page: Page, versions: Versions) -> bytes:
    """Return a page in JSON-LD."""
    node: dict[str, Any] = {"@id": f"{page.name}.jsonld", "@type": "tree:Node"}
    if page.is_closed:
        node["ldes:immutable"] = True
    members = []
    for change in _members(page):
        member: dict[str, Any] = {
            "@id": _member(change),
            "@type": f"as:{_TYPES[change.kind]}",
            "dcterms:isVersionOf": {"@id": change.subject},
            "dcterms:created": _literal(change.at),
        }
        if change.target:
            member["dcterms:isReplacedBy"] = {"@id": change.target}
        block = b"" if change.is_end else versions(change)
        if block:
            member["@graph"] = msgspec.Raw(expanded(things_of(block)))
        members.append(member)
    stream = {"@id": _STREAM, "@type": "ldes:EventStream", "tree:view": {"@id": "index.jsonld"}, "tree:member": members}
    return msgspec.json.encode({"@context": _CONTEXT, "@graph": [stream, node]}) + b"\n"


def versions_of(page: bytes, graphs: dict[str, str]) -> dict[int, bytes]:
    """Return the blocks that a page in TriG holds, by the numbers of their changes.

    :param graphs: of each record on the page, the name of its graph
    """
    quads = list(ox.parse(page, format=ox.RdfFormat.TRIG, base_iri="http://stream.invalid/"))
    prefix = f"http://stream.invalid/{_MEMBER}"
    records = {
        quad.subject.value: quad.object.value
        for quad in quads
        if quad.predicate.value == f"{PREFIXES['dcterms']}isVersionOf" and isinstance(quad.graph_name, ox.DefaultGraph)
    }
    lines: dict[str, set[bytes]] = {}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if name.startswith(prefix) and records.get(name) in graphs:
            graph = ox.NamedNode(graphs[records[name]])
            moved = ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            lines.setdefault(name, set()).add(ox.serialize([moved], format=ox.RdfFormat.N_QUADS) or b"")
    return {int(name.removeprefix(prefix).partition("-")[0]): b"".join(sorted(found)) for name, found in lines.items()}
