"""Collect the addresses elsewhere that the records of a publication lead to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from commons_ld.iris import RESERVED, IriPolicy
from commons_ld.rdf.n_quads import opened
from commons_ld.rdf.namespaces import expand
from commons_ld.stores.publication import dump_of

__all__ = ["Link", "collect"]

#: The properties whose values are pages or files that a reader may open; names of codes and vocabularies are none.
_LINKS: Final = {
    expand(name): name
    for name in (
        "dcterms:references", "dcterms:hasFormat", "dcterms:source", "foaf:depiction", "foaf:homepage", "rdfs:seeAlso",
        "schema:contentUrl", "schema:image", "schema:sameAs", "schema:subjectOf", "schema:url",
        "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch",
    )
}  # fmt: skip
#: Other archives of the commons, by what the addresses of their pages and works look like; what is in brackets is
#: what they call it themselves.
_KINDS: Final = (
    ("p2p-foundation", re.compile(r"https?://(?:wiki\.|blog\.)?p2pfoundation\.net/(.*)")),
    (
        "digital-library-of-the-commons",
        re.compile(r"https?://(?:hdl\.handle\.net|dlc\.dlib\.indiana\.edu/dlc/handle)/(10535/\d+)\b.*"),
    ),
)
_TITLE, _CREATED = expand("dcterms:title"), expand("dcterms:created")


class Link(NamedTuple):
    """An address elsewhere, and who leads there.

    :param url: without a fragment
    :param record: the IRI of the record, or of the concept or other thing that leads there
    :param title: what that is called
    :param created: its date, as year, month and day as far as they are known; ``""`` if it has none
    :param properties: by which it leads there
    """

    url: str
    record: str
    title: str
    created: str
    properties: tuple[str, ...]

    @property
    def kind(self) -> tuple[str, str]:
        """Which archive of the commons it leads to, and what the page or work is called there; ``("", "")`` if to none.

        >>> Link("http://hdl.handle.net/10535/7", "r", "", "", ()).kind
        ('digital-library-of-the-commons', '10535/7')
        """
        for name, pattern in _KINDS:
            if match := pattern.fullmatch(self.url):
                return name, unquote(match[1])
        return "", ""

    @property
    def host(self) -> str:
        """The host of the address, in lower case."""
        return (urlsplit(self.url).hostname or "").lower()


def collect(out: Path, base_iri: str) -> Iterator[Link]:
    """Yield the links of a publication, record by record, in the order of the dump.

    :raises PublicationError: if there is no publication
    """
    policy, graph, quads = IriPolicy(base_iri), None, list[ox.Quad]()
    with opened(dump_of(out)) as n_quads:
        for quad in ox.parse(n_quads, format=ox.RdfFormat.N_QUADS):
            if quad.graph_name != graph:
                yield from _of_graph(quads, policy)
                graph, quads = quad.graph_name, []
            quads.append(quad)
    yield from _of_graph(quads, policy)


def _of_graph(quads: list[ox.Quad], policy: IriPolicy) -> Iterator[Link]:
    if not quads:
        return
    graph = policy.parse(quads[0].graph_name.value) if isinstance(quads[0].graph_name, ox.NamedNode) else None
    if graph is None or graph.kind != "graph":
        return
    subjects = [policy.mint(kind, graph.slug) for kind in ("session", "media")]
    titles: dict[str, str] = {}
    created: dict[str, str] = {}
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for quad in quads:
        subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
        if isinstance(quad.object, ox.Literal):
            if quad.predicate.value == _TITLE:
                titles.setdefault(subject, quad.object.value)
            elif quad.predicate.value == _CREATED:
                created.setdefault(subject, quad.object.value)
        elif quad.predicate.value in _LINKS and isinstance(quad.object, ox.NamedNode):
            url = quad.object.value.partition("#")[0]
            if url.startswith(("http://", "https://")) and not url.startswith(policy.base_iri):
                # What a part of a record says is the record's; what is shared stands under its own name.
                top = next((iri for iri in subjects if subject == iri or subject.startswith(f"{iri}/")), subject)
                if graph.slug not in RESERVED or not subject.startswith(policy.mint("graph", "")):
                    found[url, top][_LINKS[quad.predicate.value]] = None
    for (url, record), properties in found.items():
        yield Link(url, record, titles.get(record, ""), created.get(record, ""), tuple(properties))
