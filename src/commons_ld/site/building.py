"""Build the site in a generation, while the blocks of the publication go by.

The page of a record is written when its block passes; those of persons, organizations, collections, concepts and years
when all have passed. What a page was made of is kept in ``site.sums``: where it is the same as in the publication
before, the page is taken over as it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import pyoxigraph as ox

from commons_ld.formats import DUMP, FORMATS, JSON_LD, TURTLE
from commons_ld.iris import IriPolicy
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.jsonld import document, our_context
from commons_ld.outputs.search_record import graph_of
from commons_ld.outputs.statements import in_reading_order, prefixes, syntax, triples
from commons_ld.settings import Settings
from commons_ld.site.gathering import Gathered, Gathering, Mention
from commons_ld.site.layout import LANGUAGES, SITE, page_name
from commons_ld.site.rendering import Pages
from commons_ld.site.scheme import Scheme, read_scheme
from commons_ld.site.shards import Shards
from commons_ld.site.sums import Sums
from commons_ld.site.tops import Entry, Tops
from commons_ld.site.views import RecordView, view

__all__ = ["Site"]

_ASSETS: Final = Path(__file__).parent / "assets"
_ICON: Final = Path(__file__).parent.parent / "web" / "static" / "icon.svg"
#: Kinds that have a page of their own besides records, and data of their own where the graph describes them.
_GATHERED: Final = ("person", "organization", "collection", "concept")
_LATEST: Final = 12


class Site:
    """The site of a publication, while it is built.

    :param continues: whether the publication before was made by the same code with the same settings
    """

    def __init__(self, generation: Generation, settings: Settings, *, continues: bool) -> None:
        self._generation, self._settings = generation, settings
        self._policy: Final = IriPolicy(settings.base_iri)
        self._opened = ExitStack()
        spools = [self._opened.enter_context(generation.spool()) for _ in range(2)]
        self._sums: Final = self._opened.enter_context(Sums(generation, continues=continues))
        self._gathering: Final = Gathering(spools[0])
        self._shards: Final = Shards(spools[1], lambda name, data: generation.write(f"{SITE}/{name}", data))
        self._latest: list[Mention] = []
        self._take_scheme(Scheme())
        #: How many pages were written, and not only taken over.
        self.written = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def passing(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield blocks as they are, and make the pages of records on their way.

        :raises PublicationError: if a file cannot be written
        """
        for block in blocks:
            yield block
            if block:
                self._add(block)

    def finish(self, dumps: Iterable[str]) -> None:
        """Make all other pages, and put the files of the publication beside them.

        :param dumps: the names of the files that the site offers too
        :raises PublicationError: if a file cannot be written
        """
        companions = self._companions()
        tops = Tops(self._pages, self._scheme, self._settings, self._write)
        for one in self._gathering:
            self._gathered(
                one, companions.get(one.path.partition("/")[2], []) if one.path.startswith("concept/") else []
            )
            tops.add(Entry(one.path, {tag: self._pages.name(one, tag) for tag in LANGUAGES}, one.total))
        tops.finish(self._gathering, self._latest, self._offered(dumps))
        self._shards.finish(self._value)
        for path in (*sorted(_ASSETS.iterdir()), _ICON):
            self._generation.write(f"{SITE}/assets/{path.name}", path.read_bytes())
        self._sums.finish()

    # ── Records ──────────────────────────────────────────────────────────────────────────────────────

    def _add(self, block: bytes) -> None:
        graph = self._policy.parse(graph_of(block).decode())
        if graph is None or graph.kind != "graph":
            return
        if graph.slug == "concepts":
            self._take_scheme(read_scheme(block, self._policy))
            return
        record = view(block, self._policy)
        if record is None:
            return
        self._gathering.add(record, self._described(block), self._known)
        self._shards.add(record)
        self._latest.append(Mention("", record.title, record.lead, record.path, record.title, record.date))
        if len(self._latest) > 10 * _LATEST:
            self._latest = _newest(self._latest)
        self._record(record, block)

    def _record(self, record: RecordView, block: bytes) -> None:
        names = [page_name(record.path, language) for language in LANGUAGES]
        if self._settings.output.records:
            for suffix in (TURTLE.suffix, JSON_LD.suffix):
                self._generation.again(f"{record.path}{suffix}", f"{SITE}/{record.path}{suffix}")
        if self._keep([*names, f"{record.path}.nt"], hashlib.sha256(block).digest()):
            return
        data = block.replace(b" <%b> .\n" % graph_of(block), b" .\n")
        self._generation.write(f"{SITE}/{record.path}.nt", data)
        json_ld = self._json_ld(record, block)
        for language, name in zip(LANGUAGES, names, strict=True):
            self._write(name, self._pages.record(record, language, json_ld))

    def _json_ld(self, record: RecordView, block: bytes) -> bytes:
        path = self._generation.folder / f"{record.path}{JSON_LD.suffix}"
        if path.is_file():
            return path.read_bytes()
        return document(
            triples(in_reading_order(block.splitlines(keepends=True), record.iri)), record.iri, our_context()
        )

    def _described(self, block: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the statements of a block about what has a page of its own, with the path of that page."""
        tail = len(graph_of(block)) + len(b" <> .")
        start = f"<{self._policy.base_iri}".encode()
        for line in block.splitlines():
            if line.startswith(start):
                iri = line[1 : line.index(b">")].decode()
                parsed = self._policy.parse(iri)
                if parsed and parsed.kind in _GATHERED and not parsed.part:
                    yield f"{parsed.kind}/{parsed.slug}", line[:-tail] + b" ."

    # ── What records share ───────────────────────────────────────────────────────────────────────────

    def _gathered(self, one: Gathered, companions: list[tuple[str, int]]) -> None:
        names = [page_name(one.path, language) for language in LANGUAGES]
        files = [f"{one.path}{suffix}" for suffix in (TURTLE.suffix, JSON_LD.suffix, ".nt")] if one.lines else []
        if self._keep([*names, *files], hashlib.sha256(repr([one, companions]).encode()).digest()):
            return
        iri = f"{self._policy.base_iri}{one.path}"
        statements = list(triples(in_reading_order((line + b"\n" for line in one.lines), iri)))
        json_ld = document(statements, iri, our_context()) if one.lines else b""
        if files:
            used = prefixes(self._settings.base_iri)
            with self._generation.open(f"{SITE}/{files[0]}") as file:
                ox.serialize(statements, file, syntax(TURTLE), prefixes=used)
            self._generation.write(f"{SITE}/{files[1]}", json_ld)
            self._generation.write(f"{SITE}/{files[2]}", b"".join(line + b"\n" for line in one.lines))
        for language, name in zip(LANGUAGES, names, strict=True):
            self._write(name, self._pages.gathered(one, language, json_ld, companions))

    def _companions(self) -> dict[str, list[tuple[str, int]]]:
        """Return the concepts that stand beside each concept of the scheme, those that do so most often first."""
        found: dict[str, Counter[str]] = {}
        for (one, two), count in self._gathering.together.items():
            found.setdefault(one, Counter())[two] = count
            found.setdefault(two, Counter())[one] = count
        return {slug: sorted(counts.items(), key=lambda item: (-item[1], item[0])) for slug, counts in found.items()}

    # ── Files ────────────────────────────────────────────────────────────────────────────────────────

    def _take_scheme(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._pages = Pages(self._settings, scheme)
        self._known = frozenset(scheme.labels)
        self._digest = self._pages.digest()

    def _keep(self, names: list[str], digest: bytes) -> bool:
        """Take files over that were made of the same, and tell whether that could be done."""
        made_of = hashlib.sha256(self._digest + digest).hexdigest().encode()
        changed = [name for name in names if not self._sums.is_same(name, made_of)]
        return not changed and self._generation.keep(*(f"{SITE}/{name}" for name in names))

    def _write(self, name: str, data: bytes) -> None:
        self._generation.write(f"{SITE}/{name}", data)
        self.written += 1

    def _offered(self, dumps: Iterable[str]) -> list[str]:
        """Put the files of the publication into the site, and return the names of the dumps."""
        offered = []
        for name in dumps:
            self._generation.again(name, f"{SITE}/{name}")
            if name.startswith(DUMP):
                offered.append(name)
        order = {f"{DUMP}{format_.suffix}": place for place, format_ in enumerate(FORMATS)}
        return sorted(offered, key=lambda name: (order.get(name.removesuffix(".gz"), 99), name))

    def _value(self, facet: str, value: str, given: str) -> dict[str, str]:
        """Return what a value of a facet is called, by language."""
        return {tag: self._pages.value(facet, value, given, tag) for tag in LANGUAGES}


def _newest(mentions: list[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda one: (one.date, one.path), reverse=True)[:_LATEST]
