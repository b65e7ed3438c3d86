"""Write the site: the pages of records as their blocks pass by, then those of what they share, then the overviews.

What a change did not touch is taken over from the publication before, so that the work is proportional to the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from commons_ld.iris import RESERVED, IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.records import record_files, write_record
from commons_ld.outputs.search_index import SearchIndex
from commons_ld.outputs.search_record import graph_of
from commons_ld.settings import Settings
from commons_ld.site.dataset_page import dataset_pages
from commons_ld.site.embedding import embedded, json_ld
from commons_ld.site.gathering import KINDS, Gathered, SiteGatherings
from commons_ld.site.layout import LANGUAGES, ROOT, page_name, write_data
from commons_ld.site.moved import moved_pages
from commons_ld.site.overviews import overview_pages
from commons_ld.site.pages import Frame, assets, render
from commons_ld.site.record_view import View
from commons_ld.site.shards import write_search
from commons_ld.site.things import Thing, nth, thing_pages, write_thing
from commons_ld.site.told import tell, text_of, triples_of
from commons_ld.site.vocabulary_page import vocabulary_pages
from commons_ld.site.words import WORDS, day

__all__ = ["Site", "frame_of"]

_CONCEPT: Final = "concept"


class Site:
    """The site of a publication that is being made.

    :param index: the search index of that publication, made with :class:`SiteGatherings`
    """

    def __init__(self, generation: Generation, index: SearchIndex, settings: Settings) -> None:
        self._generation, self._index, self._settings = generation, index, settings
        self._policy: Final = IriPolicy(settings.base_iri)
        self._gatherings: Final = SiteGatherings(self._policy)
        self._labels: dict[str, dict[str, str]] = {}
        self._facets: dict[str, list[str]] = {}
        #: What the registers say.
        self._registers = b""
        self._views: Final = {language: View(self._policy, self._labels, language) for language in LANGUAGES}
        self._frame: Final = frame_of(settings)
        #: How many pages were written, and not only taken over.
        self.written = 0

    def see(self, block: bytes, *, is_new: bool) -> None:
        """Write the pages of a record, from its block; take from the other blocks what pages need.

        :param is_new: whether the record is another one than in the publication before
        :raises PublicationError: if they cannot be written
        """
        graph = self._policy.parse(graph_of(block).decode()) if block else None
        if graph is None or graph.kind != "graph":
            return
        if graph.slug in RESERVED:
            self._take(graph.slug, block)
            return
        for kind in ("session", "media"):
            subject = self._policy.mint(kind, graph.slug)
            if b"<%b> <" % subject.encode() in block:
                self._record(subject, f"{kind}/{graph.slug}", block, is_new=is_new)
                return

    def finish(self, described: Mapping[Language, bytes]) -> None:
        """Write all that is made of many records, and give the data files their places.

        :param described: the description of the dataset as JSON-LD by language, for its pages to carry
        :raises PublicationError: if that cannot be done
        """
        self._index.complete()
        self._gatherings.tell(self._index.database, self._registers)
        gathered = Gathered(self._index.database)
        for kind in KINDS:
            for slug, is_touched in list(gathered.things(kind)):
                self._thing(gathered, kind, slug, is_touched=is_touched)
        self._renew(moved_pages(self._registers, self._policy, self._frame))
        self._renew(overview_pages(gathered, self._views, self._frame))
        self._renew(vocabulary_pages(self._frame))
        self._renew(dataset_pages(gathered, self._settings, self._frame, described))
        for name, data in assets().files.items():
            self._generation.renew(f"{ROOT}design/{name}", data)
        write_search(self._generation, self._index.database)
        write_data(self._generation)

    # ── Records ──────────────────────────────────────────────────────────────────────────────────────

    def _record(self, subject: str, path: str, block: bytes, *, is_new: bool) -> None:
        pages = [ROOT + page_name(path, language) for language in LANGUAGES]
        names = [*pages, f"{ROOT}{path}.nt"]
        if not self._settings.output.records:
            names += (ROOT + name for name in record_files(subject, self._settings.base_iri))
        if not is_new and self._generation.keep(*names):
            return
        told = tell(block)
        if self._settings.output.records:
            data = (self._generation.folder / f"{path}.jsonld").read_bytes()
        else:
            write_record(self._generation, subject, block, self._settings.base_iri, folder=ROOT)
            data = (self._generation.folder / f"{ROOT}{path}.jsonld").read_bytes()
        carried = embedded(data)
        for language, name in zip(LANGUAGES, pages, strict=True):
            view = self._views[language].record(told, subject)
            words = WORDS[language]
            crumbs = [(words["home"], "index"), (words["timeline"], "timeline")]
            year = (view.date or view.issued)[:4]
            if len(year) == 4 and year.isascii() and year.isdecimal():
                crumbs.append((year, f"year/{year}"))
            text = render(
                "record.html",
                self._frame._replace(path=path, crumbs=tuple(crumbs), data=path, json_ld=carried, here="timeline"),
                language,
                title=view.title.text,
                description=next((text.text for text in (*view.lead, *view.abstract)), day(view.date, language)),
                view=view,
            )
            self._generation.write(name, text.encode())
            self.written += 1
        self._generation.write(f"{ROOT}{path}.nt", b"".join(statement for _, statement in triples_of(block)))

    # ── Things that records share ────────────────────────────────────────────────────────────────────

    def _take(self, name: str, block: bytes) -> None:
        """Take what is said of concepts from the scheme, and of the publisher from the catalogue."""
        if name == "registers":
            self._registers = block
        if name not in ("catalog", "concepts"):
            return
        self._gatherings.say(self._index.database, block)
        if name == "catalog":
            return
        for subject, properties in tell(block).items():
            iri = self._policy.parse(subject)
            if iri is not None and iri.kind == _CONCEPT:
                for label in properties.get("skos:prefLabel", ()):
                    text = text_of(label)
                    self._labels.setdefault(iri.slug, {}).setdefault(text.language, text.text)
            for member in properties.get("skos:member", ()):
                role = _ROLES.get(subject.rpartition("/")[2])
                concept = self._policy.parse(member[1:-1].decode())
                if role and concept is not None:
                    self._facets.setdefault(concept.slug, []).append(role)

    def _thing(self, gathered: Gathered, kind: str, slug: str, *, is_touched: bool) -> None:
        path = f"{kind}/{slug}"
        data = [f"{ROOT}{path}{suffix}" for suffix in (".ttl", ".jsonld", ".nt")]
        if not is_touched and self._kept(path, data):
            return
        iri = f"{self._settings.base_iri}{path}"
        statements = gathered.said(kind, slug)
        document = json_ld(statements, iri)
        thing = Thing(iri, kind, slug, statements, tuple(self._facets.get(slug, ())), embedded(document))
        self._renew(thing_pages(thing, gathered, self._views, self._frame))
        write_thing(self._generation, thing, document, self._settings.base_iri)

    def _kept(self, path: str, data: list[str]) -> bool:
        """Take over all pages of a list, and its data."""
        pages = [page_name(path, language) for language in LANGUAGES]
        if not self._generation.keep(*(ROOT + name for name in pages), *data):
            return False
        number = 2
        while self._generation.keep(*(ROOT + page_name(nth(path, number), language) for language in LANGUAGES)):
            number += 1
        return True

    def _renew(self, pages: Iterator[tuple[str, str]]) -> None:
        for name, text in pages:
            self.written += self._generation.renew(ROOT + name, text.encode())


#: The collections of the concept scheme, by the facet that they are.
_ROLES: Final = {"objets": "objet", "enjeux": "enjeu", "actions": "action", "resultats": "resultat"}


def frame_of(settings: Settings) -> Frame:
    """Return what all pages of a site have in common."""

    def told(texts: dict[str, str]) -> dict[Language, str]:
        first = next(iter(texts.values()), settings.base_iri)
        return {language: texts.get(language, first) for language in LANGUAGES}

    return Frame(settings.base_iri, told(settings.dataset.title), told(settings.dataset.description))
