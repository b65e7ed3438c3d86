"""Ask the graph of one record by a query of ``queries/renderings/``, with what the query needs to know besides.

A query sees one graph: the record's block and its description, the labels of the concepts, countries and media types
that the block names, the media type of its file, and what is true of the whole archive: the catalogue's block, and of
the dataset ``edm:rights`` (of all recordings), ``edm:provider`` and ``schema:thumbnailUrl`` where settings say them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from commons_ld.catalog import catalog_block
from commons_ld.codes import countries
from commons_ld.concepts import Concepts
from commons_ld.formats import N_TRIPLES
from commons_ld.iris import IriPolicy
from commons_ld.namespaces import expand
from commons_ld.outputs.statements import syntax
from commons_ld.settings import Settings

__all__ = ["MEDIA_ENDINGS", "Rendering", "media_type"]

_EDM: Final = "http://www.europeana.eu/schemas/edm/"
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

_FILE: Final = re.compile(rb"^<([^>]+)> <%b> <([^>]+)>" % expand("schema:contentUrl").encode(), re.MULTILINE)

#: The object of a line of canonical N-Quads, where it is an IRI.
_OBJECT: Final = re.compile(rb"^<[^>]*> <[^>]*> <([^>]*)>", re.MULTILINE)


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
        self._concepts: Final = concepts
        self._archive: Final = _archive(settings)
        self._last: tuple[bytes, bytes, ox.Store] | None = None

    def construct(self, name: str, block: bytes, description: bytes = b"") -> list[ox.Triple]:
        """Return what the query of that name makes of a record, each statement once, in the order of N-Triples.

        :param name: of a file of ``queries/renderings/``, without its ending
        :param block: the record's graph, canonical N-Quads
        :param description: the description of the record, canonical N-Quads; it tells when the page was revised
        """
        return ask(self._store(block, description), name)

    def _store(self, block: bytes, description: bytes) -> ox.Store:
        """Return a store with all that queries see of a record; that of the last one is kept for its other queries."""
        if self._last is None or self._last[:2] != (block, description):
            store = ox.Store()
            store.extend(self._archive)
            known = b"".join(line.encode() + b" .\n" for line in self._known(block))
            lines = _without_graph(block) + _without_graph(description) + known
            store.extend(ox.parse(lines, format=syntax(N_TRIPLES)))
            self._last = block, description, store
        return self._last[2]

    def _known(self, block: bytes) -> Iterator[str]:
        """Yield what is known of that which a block names without describing it, as canonical N-Triples."""
        label, encoding = expand("skos:prefLabel"), expand("schema:encodingFormat")
        for recording, file in _FILE.findall(block):
            if kind := media_type(file.decode()):
                yield f'<{recording.decode()}> <{encoding}> "{kind}"'
        places, kinds = _places(), expand("dcmitype:")
        for iri in sorted(iri.decode() for iri in set(_OBJECT.findall(block))):
            yield from self._concepts.about(iri)
            names = places.get(iri) or _TYPES.get(iri.removeprefix(kinds))
            for text, tag in zip(names or (), ("fr", "en"), strict=False):
                yield f'<{iri}> <{label}> "{text}"@{tag}'


def _without_graph(block: bytes) -> bytes:
    r"""Return a block as N-Triples: in canonical N-Quads no literal holds the end of a line, and so none the graph's.

    >>> _without_graph(b'<http://e/a> <http://e/p> "x <http://e/g> ." <http://e/g> .\n')
    b'<http://e/a> <http://e/p> "x <http://e/g> ." .\n'
    """
    return block.replace(block[block.rindex(b" <") :], b" .\n") if block else b""


def ask(store: ox.Store, name: str) -> list[ox.Triple]:
    """Return what a query of ``queries/renderings/`` makes of a store, sorted.

    :raises TypeError: if it is no CONSTRUCT query, which is a fault of ours
    """
    found = store.query(_query(name))
    if not isinstance(found, ox.QueryTriples):
        raise TypeError(f"{name}.rq is no CONSTRUCT query")
    return sorted(set(found), key=str)


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")


@cache
def _places() -> dict[str, tuple[str, str]]:
    return {country.authority: (country.name_fr, country.name_en) for country in countries()}


def _archive(settings: Settings) -> list[ox.Quad]:
    """Return what is true of the whole archive: the catalogue's block, and what only harvesters are told."""
    about, dataset = settings.dataset, ox.NamedNode(IriPolicy(settings.base_iri).dataset)
    told: dict[str, ox.NamedNode | ox.Literal] = {}
    if about.rights:
        told[f"{_EDM}rights"] = ox.NamedNode(about.rights)
    if about.provider:
        told[f"{_EDM}provider"] = ox.Literal(about.provider)
    if about.image:
        told[expand("schema:thumbnailUrl")] = ox.NamedNode(about.image)
    known = [ox.Quad(*quad.triple) for quad in ox.parse(catalog_block(settings).data, format=ox.RdfFormat.N_QUADS)]
    return known + [ox.Quad(dataset, ox.NamedNode(name), value) for name, value in told.items()]
