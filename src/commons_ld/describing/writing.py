"""Write the description beside the dumps, once these are written and their sizes and hashes are known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self, get_args

import msgspec
import pyoxigraph as ox

from commons_ld.catalog import catalog_block
from commons_ld.describing.catalogue import Dump, describe_catalogue
from commons_ld.describing.embedding import embedded
from commons_ld.describing.sitemap import Sitemap, robots, security
from commons_ld.describing.statements import PREFIXES_HERE, Statements
from commons_ld.describing.void import VOID, describe_void, void_document
from commons_ld.dump_files import Dumps
from commons_ld.folders import address_of
from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.counting import Counts, Facts, revision_of
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.jsonld import document, our_context
from commons_ld.outputs.kept_dumps import KeptDumps
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.statements import in_reading_order, syntax, triples
from commons_ld.rdf.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TURTLE, dump_name
from commons_ld.rdf.n_quads import PACKED, opened
from commons_ld.rendering.constructing import ask
from commons_ld.rendering.writing import NDE
from commons_ld.settings import Settings

__all__ = ["DESCRIPTION", "Description"]

#: What the documents of the description are called, before their suffix: ``dataset.ttl`` is the data itself.
DESCRIPTION: Final = "catalog"

#: Where pages stand of what is not there any more, which nobody is to be led to.
_GONE: Final = "gone/"
_SITE: Final = "site"
#: How much of the N-Quads is read at once.
_PIECE: Final = 1 << 20
_NDE_PROFILE: Final = "https://docs.nde.nl/schema-profile/"


class _Merged:
    """What records share, as the dumps have it."""

    def __init__(self, kept: KeptDumps) -> None:
        self._kept: Final = kept

    def add(self, _entries: Iterable[tuple[bytes, bytes]], /) -> None:
        raise TypeError("blocks go by the dumps, and not by the description too")

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return ((statement, b"") for statement in self._kept.shared())


class Description:
    """The description of a publication, while that is made.

    :param generation: where it is written, below ``site/``
    :param namespaces: what IRIs of vocabularies begin with that the archive is aligned to
    :param kept: where the facts of the records are, once the dumps are written; without, the blocks are to go by here
    """

    def __init__(
        self,
        generation: Generation,
        settings: Settings,
        namespaces: Iterable[str] = (),
        kept: KeptDumps | None = None,
    ) -> None:
        self._generation, self._settings = generation, settings
        self._opened: Final = ExitStack()
        policy = IriPolicy(settings.base_iri)
        #: What facts are to count links to; see :func:`~commons_ld.outputs.dumps.write_dumps`.
        self.linked: Final = tuple(namespaces)
        self._kept: Final = kept
        shared = _Merged(kept) if kept else self._opened.enter_context(generation.spool())
        self._counts: Final = Counts(policy, shared, self.linked)
        self._sitemap: Final = Sitemap(policy, self._opened.enter_context(generation.spool()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def passing(self, blocks: Iterable[PassedBlock]) -> Iterator[PassedBlock]:
        """Yield blocks as they are, and count them on their way."""
        for block in blocks:
            yield block
            if block.data:
                self._counts.add(block.data)
                if revision := revision_of(block.data):
                    self._sitemap.note([revision])

    def describe(self) -> dict[Language, bytes]:
        """Write the description, when all dumps are written, and return what pages carry of it, by language.

        :raises PublicationError: if a file cannot be written
        """
        for data in self._kept.facts() if self._kept else ():
            facts = msgspec.msgpack.decode(data, type=Facts)
            self._counts.take_over(facts.counted)
            self._sitemap.note(facts.revisions)
        self._counts.finish()
        version = self._content()[:16]
        said = describe_catalogue(
            self._settings, catalog_block(self._settings), self._counts, list(self._dumps()), version
        )
        describe_void(said, self._counts)
        self._generation.write(f"{_SITE}/{VOID}", void_document(self._settings.base_iri, self._counts))
        self._write(said)
        self._write_datagouv(said)
        return {language: embedded(said, said.policy.dataset, language) for language in get_args(Language)}

    def finish(self) -> None:
        """Write what tells crawlers of the site, when all of its pages are in the generation.

        :raises PublicationError: if a file cannot be written
        """
        for name, data in self._sitemap.files(self._settings.base_iri, self._pages()):
            self._generation.write(f"{_SITE}/{name}", data)
        self._generation.write(f"{_SITE}/robots.txt", robots(self._settings))
        if told := security(self._settings):
            self._generation.write(f"{_SITE}/.well-known/security.txt", told)

    def _write(self, said: Statements) -> None:
        lines = list(said)
        ordered = list(triples(in_reading_order(lines, said.policy.dataset)))
        used = {name: iri for name, iri in PREFIXES_HERE.items() if f"<{iri}".encode() in b"".join(lines)}
        for format_ in (TURTLE, RDF_XML):
            with self._generation.open(f"{_SITE}/{DESCRIPTION}{format_.suffix}") as file:
                ox.serialize(ordered, file, syntax(format_), prefixes=used)
        self._generation.write(f"{_SITE}/{DESCRIPTION}{N_TRIPLES.suffix}", b"".join(lines))
        self._generation.write(
            f"{_SITE}/{DESCRIPTION}{JSON_LD.suffix}", document(ordered, said.policy.dataset, our_context())
        )
        for name in ("void.ttl", ".well-known/void"):
            self._generation.link(f"{_SITE}/{name}", f"{_SITE}/{DESCRIPTION}{TURTLE.suffix}")

    def _write_datagouv(self, said: Statements) -> None:
        """Write what data.gouv.fr reads: the same description in the words that it knows."""
        store = ox.Store()
        store.extend(ox.Quad(*triple) for triple in triples(b"".join(said)))
        lines = [f"{triple} .\n".encode() for triple in ask(store, "datagouv")]
        with self._generation.open(f"{_SITE}/renderings/datagouv.rdf") as file:
            ordered = triples(in_reading_order(lines, said.policy.dataset))
            ox.serialize(ordered, file, syntax(RDF_XML), prefixes=PREFIXES_HERE)

    def _dumps(self) -> Iterator[Dump]:
        for file in Dumps.of(self._settings.output).files():
            yield Dump(file.name, file.format, self._size(file.name), self._generation.digest(file.name))
        if self._generation.digest(f"{_SITE}/{NDE}"):
            yield Dump(NDE, N_TRIPLES, self._size(f"{_SITE}/{NDE}"), "", _NDE_PROFILE)

    def _content(self) -> str:
        """Return the SHA-256 of the N-Quads, in hexadecimal, whatever they are published as."""
        if digest := self._generation.digest(dump_name(N_QUADS)):
            return digest
        sha256 = hashlib.sha256()
        with opened(self._generation.folder / PACKED) as n_quads:
            while piece := n_quads.read(_PIECE):
                sha256.update(piece)
        return sha256.hexdigest()

    def _size(self, name: str) -> int:
        return Path(self._generation.folder, name).stat().st_size

    def _pages(self) -> Iterator[str]:
        """Yield the names of the pages of the site, below it."""
        start = f"{_SITE}/"
        for name in self._generation.names():
            page = address_of(name).removeprefix(start)
            is_page = name.startswith(start) and page.endswith(".html") and page not in ("404.html", "410.html")
            if is_page and not page.startswith(_GONE):
                yield page
