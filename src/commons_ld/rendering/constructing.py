"""Ask the graph of one record by a query of ``queries/renderings/``, with what the query needs to know besides.

A query sees one graph: the record's block and its description, the labels of the concepts, countries and media types
that the block names, the media type of its file, and what is true of the whole archive: the catalogue's block, and of
the dataset ``edm:rights`` (of all recordings), ``edm:provider`` and ``schema:thumbnailUrl`` where settings say them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph as ox

from commons_ld.catalog import catalog_block
from commons_ld.codes import countries
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy
from commons_ld.outputs.statements import syntax
from commons_ld.outputs.things import Thing, things, things_of
from commons_ld.rdf.formats import N_TRIPLES
from commons_ld.rdf.namespaces import expand
from commons_ld.rendering.compiling import Compiled, Graph, Made, compiled
from commons_ld.rendering.functions import Unsure
from commons_ld.rendering.queries import Beyond
from commons_ld.settings import Settings

__all__ = ["MEDIA_ENDINGS", "Rendering", "ask", "media_type", "n_triples"]

_EDM: Final = "http://www.europeana.eu/schemas/edm/"
_FILE: Final = f"<{expand('schema:contentUrl')}>".encode()
_KIND: Final = f"<{expand('schema:encodingFormat')}>".encode()
_LABEL: Final = f"<{expand('skos:prefLabel')}>".encode()
_QUERIES: Final = Path(__file__).parent.parent / "queries" / "renderings"

#: Media types of the files that a recording can be, by their ending (IANA, RFC 6381's containers, RFC 5334).
MEDIA_ENDINGS: Final = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/vnd.wave",
    ".m4v": "video/mp4",
    ".mkv": "video/matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".ogv": "video/ogg",
    ".webm": "video/webm",
    ".pdf": "application/pdf",
}

#: What DCMI's types are called; https://www.dublincore.org/specifications/dublin-core/dcmi-type-vocabulary/
_TYPES: Final = {
    "Sound": ("son", "sound"),
    "MovingImage": ("image animée", "moving image"),
    "Text": ("texte", "text"),
    "InteractiveResource": ("ressource interactive", "interactive resource"),
}

#: What is said of a thing, by property.
Said: TypeAlias = Mapping[bytes, Sequence[bytes]]
_Properties: TypeAlias = Sequence[tuple[bytes, Sequence[bytes]]]


def media_type(address: str) -> str:
    """Return the media type of a file by its ending, or ``""`` where that does not tell.

    >>> media_type("https://exemple.test/a.MP3?x=1")
    'audio/mpeg'
    """
    path = address.partition("#")[0].partition("?")[0].lower()
    return next((kind for ending, kind in MEDIA_ENDINGS.items() if path.endswith(ending)), "")


class Rendering:
    """The queries, for one archive.

    :param settings: base IRI, publisher, licence, and what else is true of the whole archive
    :param concepts: the scheme whose labels are given to the queries
    """

    def __init__(self, settings: Settings, concepts: Concepts) -> None:
        self.settings: Final = settings
        self._archive: Final = _archive(settings)
        self._told: Final = _told(concepts)
        self._last: tuple[bytes, bytes, dict[bytes, Said]] | None = None
        self._apart: tuple[bytes, Sequence[Thing]] = b"", ()

    def construct(self, name: str, block: bytes, description: bytes = b"") -> list[Made]:
        """Return what the query of that name makes of a record, each statement once, in the order of N-Triples.

        :param name: of a file of ``queries/renderings/``, without its ending
        :param block: the record's graph, canonical N-Quads
        :param description: the description of the record, canonical N-Quads; it tells when the page was revised
        """
        graph, query = self.graph(block, description), _compiled(name)
        try:
            if query is not None:
                return sorted(query(graph))
        except Unsure:
            pass  # The engine is sure of everything.
        store = ox.Store()
        store.extend(ox.parse(n_triples(graph), format=syntax(N_TRIPLES)))
        return [(_term(made.subject), _term(made.predicate), _term(made.object)) for made in ask(store, name)]

    def graph(self, block: bytes, description: bytes = b"") -> Graph:
        """Return all that queries see of a record; that of the last one is kept for its other queries."""
        if self._last is None or self._last[:2] != (block, description):
            graph = self._archive.copy()
            things = self.things(block)
            for thing in (*things, *(things_of(description) if description else ())):
                _add(graph, thing.subject, thing.said)
            for subject, said in self._known(things):
                _add(graph, subject, said)
            self._last = block, description, graph
        return self._last[2]

    def things(self, block: bytes, known: Sequence[Thing] = ()) -> Sequence[Thing]:
        """Return what a block says of each thing; what is known of the last one is kept for its other renderings.

        :param block: canonical N-Quads
        :param known: the same, if it is known already
        """
        if self._apart[0] != block:
            self._apart = block, known or things_of(block)
        return self._apart[1]

    def _known(self, things: Iterable[Thing]) -> Iterator[tuple[bytes, _Properties]]:
        """Yield what is known of that which a block names without describing it."""
        named: set[bytes] = set()
        for thing in things:
            for property_, values in thing.said:
                named.update(values)
                if property_ == _FILE:
                    kinds = (media_type(value[1:-1].decode()) for value in values if value[:1] == b"<")
                    yield thing.subject, [(_KIND, [b'"%b"' % kind.encode()]) for kind in kinds if kind]
        for term in named & self._told.keys():
            yield term, self._told[term]


def _add(graph: dict[bytes, Said], subject: bytes, said: _Properties) -> None:
    """Add what is said of a thing, perhaps to what was said of it before."""
    known = graph.get(subject)
    found = dict(said)
    if known is not None or len(found) < len(said):
        found = dict(known or {})
        for property_, values in said:
            found[property_] = [*found.get(property_, ()), *values]
    graph[subject] = found


def n_triples(graph: Graph) -> bytes:
    """Return what queries see as N-Triples, for an engine."""
    statements = (
        b"%b %b %b .\n" % (subject, property_, value)
        for subject, said in graph.items()
        for property_, values in said.items()
        for value in values
    )
    return b"".join(statements)


def ask(store: ox.Store, name: str) -> list[ox.Triple]:
    """Return what a query of ``queries/renderings/`` makes of a store, sorted.

    :raises TypeError: if it is no CONSTRUCT query, which is a fault of ours
    """
    found = store.query(_query(name))
    if not isinstance(found, ox.QueryTriples):
        raise TypeError(f"{name}.rq is no CONSTRUCT query")
    return sorted(set(found), key=str)


def _term(term: object) -> bytes:
    return str(term).encode()


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")


@cache
def _compiled(name: str) -> Compiled | None:
    try:
        return compiled(_query(name))
    except Beyond:
        return None


def _told(concepts: Concepts) -> dict[bytes, _Properties]:
    """Return what is known of concepts, countries and types of media, which blocks name without describing them."""
    about = things(line.encode() for line in concepts.statements)
    found: dict[bytes, _Properties] = {thing.subject: thing.said for thing in about}
    kinds = {expand(f"dcmitype:{name}"): names for name, names in _TYPES.items()}
    places = {country.authority: (country.name_fr, country.name_en) for country in countries()}
    for iri, names in (kinds | places).items():
        labels = [f'"{text}"@{tag}'.encode() for text, tag in zip(names, ("fr", "en"), strict=True)]
        found[f"<{iri}>".encode()] = [(_LABEL, labels)]
    return found


def _archive(settings: Settings) -> dict[bytes, Said]:
    """Return what is true of the whole archive: the catalogue's block, and what only harvesters are told."""
    about, found = settings.dataset, dict[bytes, Said]()
    for thing in things_of(catalog_block(settings).data):
        _add(found, thing.subject, thing.said)
    told: dict[str, ox.NamedNode | ox.Literal] = {}
    if about.rights:
        told[f"{_EDM}rights"] = ox.NamedNode(about.rights)
    if about.provider:
        told[f"{_EDM}provider"] = ox.Literal(about.provider)
    if about.image:
        told[expand("schema:thumbnailUrl")] = ox.NamedNode(about.image)
    dataset = f"<{IriPolicy(settings.base_iri).dataset}>".encode()
    _add(found, dataset, [(f"<{name}>".encode(), [str(value).encode()]) for name, value in told.items()])
    return found
