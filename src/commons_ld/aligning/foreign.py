"""Read the labels of another vocabulary, one after the other, whatever its size: RDF, or the JSON dump of a Wikibase.

Nothing is held but what is being read. Which namespace a prefix stands for is the file's to say: entities are what
their IRIs are, and a ``wd:Q5`` of another Wikibase is no item of Wikidata.
"""

from __future__ import annotations

import bz2
import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, cast

import msgspec

from commons_ld.aligning.guarded_xml import GuardedXml, UnsafeXmlError
from commons_ld.aligning.words import said
from commons_ld.errors import VocabularyError
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.syntax import is_http_iri

__all__ = ["ForeignLabel", "read_labels"]

#: The properties that labels are told by, and whether they are what the thing is mainly called.
_PROPERTIES: Final = {
    expand("skos:prefLabel"): True,
    expand("rdfs:label"): True,
    expand("schema:name"): True,
    "http://schema.org/name": True,
    expand("foaf:name"): True,
    expand("dcterms:title"): True,
    "http://purl.org/dc/elements/1.1/title": True,
    expand("skos:altLabel"): False,
    expand("skos:hiddenLabel"): False,
    expand("schema:alternateName"): False,
    "http://schema.org/alternateName": False,
}
_PACKED: Final[dict[str, Callable[[Path], IO[bytes]]]] = {
    ".gz": lambda path: cast("IO[bytes]", gzip.GzipFile(path)),
    ".bz2": lambda path: cast("IO[bytes]", bz2.BZ2File(path)),
}
_LONGEST: Final = 300


class ForeignLabel(NamedTuple):
    """A label of something elsewhere.

    :param language: in lower case; ``""`` where none is told
    :param is_main: whether it is what the thing is mainly called, rather than another name
    """

    iri: str
    text: str
    language: str
    is_main: bool


_BEGINNING: Final = 1024
#: How XML begins, where Turtle, which is UTF-8, has an IRI at most.
_XML: Final = re.compile(rb"\xff\xfe|\xfe\xff|(?:\xef\xbb\xbf)?\s*<(?:[?!]|[\w.-]+:RDF[\s>])")


class _Text(msgspec.Struct):
    value: str = ""
    language: str = ""


class _Entity(msgspec.Struct):
    id: str = ""
    labels: dict[str, _Text] | list[Any] = {}
    aliases: dict[str, list[_Text]] | list[Any] = {}


def read_labels(path: Path, entities: str = "") -> Iterator[ForeignLabel]:
    """Yield the labels of a vocabulary.

    :param entities: what the IRIs of a Wikibase's entities begin with; its dump does not tell
    :raises VocabularyError: if the file cannot be read
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes.pop() if suffixes and suffixes[-1] in _PACKED else ""
    suffix = suffixes[-1] if suffixes else ""
    with _opened(path, packed) as file:
        if suffix in (".json", ".ndjson", ".jsonl"):
            if not entities:
                raise VocabularyError(str(path), said("no-entity-base"))
            yield from _of_wikibase(file, entities)
        else:
            yield from _of_rdf(file, suffix, path)


@contextmanager
def _opened(path: Path, packed: str) -> Iterator[IO[bytes]]:
    try:
        with _PACKED[packed](path) if packed else path.open("rb") as file:
            yield file
    except (msgspec.DecodeError, SyntaxError, EOFError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        raise VocabularyError(str(path), said("broken", value=f"line {line}" if line else error)) from None
    except UnsafeXmlError as error:
        what = (
            said("broken", value=f"line {error.line}") if error.code == "broken" else said(error.code, line=error.line)
        )
        raise VocabularyError(str(path), what) from None
    except OSError as error:
        raise VocabularyError(str(path), said("no-file", value=error.strerror or error)) from None


def _of_rdf(file: IO[bytes], suffix: str, path: Path) -> Iterator[ForeignLabel]:
    import pyoxigraph as ox

    format_ = ox.RdfFormat.from_extension(suffix.removeprefix("."))
    if suffix == ".owl":
        # The name tells of a language that has several syntaxes: RDF/XML for most, Turtle for some.
        beginning = file.read(_BEGINNING)
        file.seek(0)
        format_ = ox.RdfFormat.RDF_XML if _XML.match(beginning) else ox.RdfFormat.TURTLE
    if format_ is None:
        raise VocabularyError(str(path), said("no-format"))
    # A label whose language tag is none, or an IRI with a blank in it, is no reason to refuse the rest.
    if format_ == ox.RdfFormat.RDF_XML:
        file = cast("IO[bytes]", GuardedXml(file))
    for quad in ox.parse(file, format=format_, base_iri="http://vocabulary.invalid/", lenient=True):
        is_main = _PROPERTIES.get(quad.predicate.value)
        if is_main is None or not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.Literal):
            continue
        text = quad.object.value.strip()
        # What has no name that can be written cannot be matched to.
        if text and len(text) <= _LONGEST and is_http_iri(quad.subject.value):
            yield ForeignLabel(quad.subject.value, text, (quad.object.language or "").lower(), is_main)


def _of_wikibase(file: IO[bytes], entities: str) -> Iterator[ForeignLabel]:
    decode = msgspec.json.Decoder(_Entity).decode
    for raw in file:
        line = raw.strip().rstrip(b",")
        if len(line) < 2 or line[:1] == b"[":
            continue
        entity = decode(line)
        if isinstance(entity.labels, dict):
            for language, label in entity.labels.items():
                yield ForeignLabel(entities + entity.id, label.value, language.lower(), is_main=True)
        if isinstance(entity.aliases, dict):
            for language, aliases in entity.aliases.items():
                for alias in aliases:
                    yield ForeignLabel(entities + entity.id, alias.value, language.lower(), is_main=False)
