"""Write the site: the pages of records as their blocks pass by, then those of what they share, then the overviews.

What a change did not touch is taken over from the publication before, so that the work is proportional to the change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from commons_ld.iris import RESERVED, IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.published import Published
from commons_ld.outputs.records import FOLDERS, record_files, render_record, render_statements, write_record
from commons_ld.outputs.search_index import SearchIndex
from commons_ld.outputs.search_record import graph_iri
from commons_ld.outputs.standing import Standing, within
from commons_ld.settings import Settings
from commons_ld.site.dataset_page import dataset_pages
from commons_ld.site.embedding import embedded
from commons_ld.site.gathering import KINDS, Gathered, SiteGatherings
from commons_ld.site.layout import LANGUAGES, ROOT, nth, page_name, write_data
from commons_ld.site.missing import MISSING, any_missing_page
from commons_ld.site.moved import moved_pages
from commons_ld.site.overviews import overview_pages
from commons_ld.site.pages import Draft, assets
from commons_ld.site.record_pages import Labels, RecordPages, frame_of, labels_of
from commons_ld.site.record_view import View
from commons_ld.site.scheme_files import SCHEME, write_scheme
from commons_ld.site.shards import write_search
from commons_ld.site.things import Thing, thing_pages, write_thing
from commons_ld.site.told import n_triples, tell, texts_of
from commons_ld.site.vocabulary_page import vocabulary_pages

__all__ = ["Site"]

#: What SSSOM says of a match: what the thing elsewhere is called.
_OBJECT_LABEL: Final = "https://w3id.org/sssom/object_label"


class Site:
    """The site of a publication that is being made.

    :param index: the search index of that publication, made with :class:`SiteGatherings`
    :param made: pages of records that were made already, by the name of the record in IRIs; those that are seen are
        taken out
    """

    def __init__(
        self,
        generation: Generation,
        index: SearchIndex,
        settings: Settings,
        made: dict[str, dict[str, bytes]] | None = None,
    ) -> None:
        self._generation, self._index, self._settings = generation, index, settings
        self._made: Final = {} if made is None else made
        self._policy: Final = IriPolicy(settings.base_iri)
        self._gatherings: Final = SiteGatherings(self._policy)
        self._labels: Labels = {}
        self._facets: dict[str, list[str]] = {}
        self._scheme: dict[str, bytes] = {}
        #: What things elsewhere are called to which ours are aligned.
        self._elsewhere: dict[str, str] = {}
        #: What the registers say.
        self._registers = b""
        self._views: Final = {language: View(self._policy, self._labels, language) for language in LANGUAGES}
        self._frame: Final = frame_of(settings)
        self._pages: Final = RecordPages(settings, self._labels)
        #: How many pages were written, and not only taken over.
        self.written = 0

    def see(self, block: bytes, *, is_new: bool) -> None:
        """Write the pages of a record, from its block; take from the other blocks what pages need.

        :param is_new: whether the record is another one than in the publication before
        :raises PublicationError: if they cannot be written
        """
        graph = self._policy.parse(graph_iri(block).decode()) if block else None
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

    def take_over(self, standing: Sequence[Standing], published: Iterable[Published]) -> None:
        """Take over the pages of records that stand, whose blocks do not come by, once those that come by were seen.

        :param published: the records, of which those are read that have files which are not as they were
        :raises PublicationError: if they cannot be written
        """
        is_standing = within(standing)
        again: dict[str, set[str]] = {}
        for folder in FOLDERS if standing else ():
            for name in self._generation.keep_folder(ROOT + folder, lambda leaf: is_standing(leaf.partition(".")[0])):
                again.setdefault(f"{folder}/{Path(name).name.partition('.')[0]}", set()).add(name)
        for one in published if again else ():
            path = one.subject.removeprefix(self._policy.base_iri)
            if names := again.get(path):
                self._record_again(one.subject, path, one.read()[0], names)

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
        overviews = overview_pages(gathered, self._views, self._frame, self._facets)
        self._draw(gathered, chain(overviews, vocabulary_pages(self._frame)))
        if self._scheme:
            statements = b"".join(sorted(line for lines in self._scheme.values() for line in lines.splitlines(True)))
            iri = f"{self._settings.base_iri}{SCHEME}"
            write_scheme(self._generation, statements, iri, self._settings.base_iri)
        self._renew(dataset_pages(gathered, self._settings, self._frame, described))
        for name, data in assets().files.items():
            self._generation.renew(f"{ROOT}design/{name}", data)
        self._generation.renew(ROOT + MISSING, any_missing_page(self._settings.base_iri).encode())
        write_search(self._generation, self._index.database, self._index.touched_words())
        write_data(self._generation)

    # ── Records ──────────────────────────────────────────────────────────────────────────────────────

    def _record(self, subject: str, path: str, block: bytes, *, is_new: bool) -> None:
        made = self._made.pop(path.partition("/")[2], None)
        if not is_new and self._kept(path, self._names(subject, path)):
            return
        folder = "" if self._settings.output.records else ROOT
        if folder:
            write_record(self._generation, subject, block, self._settings.base_iri, folder=folder)
        if made is None:
            data = self._generation.path(f"{folder}{path}.jsonld").read_bytes()
            made = self._pages.pages(block, subject, path, data)
        for name, content in made.items():
            self._generation.write(name, content)
        self.written += sum(name.endswith(".html") for name in made)

    def _record_again(self, subject: str, path: str, block: bytes, names: Collection[str]) -> None:
        """Write those files of a record that could not be taken over; the data have their place given with all others.

        :param names: of the files
        """
        contents = render_record(subject, block, self._settings.base_iri)
        made = self._pages.pages(block, subject, path, contents[-1])
        if not self._settings.output.records:
            data = zip(record_files(subject, self._settings.base_iri), contents, strict=True)
            made = made | {ROOT + name: content for name, content in data}
        for name, content in made.items():
            if name in names:
                self._generation.write(name, content)
                self.written += name.endswith(".html")

    def _names(self, subject: str, path: str) -> list[str]:
        """Return what files there are of a record in any case."""
        names = [*(ROOT + page_name(path, language) for language in LANGUAGES), f"{ROOT}{path}.nt"]
        if not self._settings.output.records:
            names += (ROOT + name for name in record_files(subject, self._settings.base_iri))
        return names

    # ── Things that records share ────────────────────────────────────────────────────────────────────

    def _take(self, name: str, block: bytes) -> None:
        """Take what is said of concepts from the scheme and the alignments, and of the publisher from the catalogue."""
        if name == "registers":
            self._registers = block
        if name not in ("alignments", "catalog", "concepts"):
            return
        self._gatherings.say(self._index.database, block)
        if name == "catalog":
            return
        self._scheme[name] = n_triples(block)
        if name == "alignments":
            for properties in tell(block).values():
                labels = [text.text for text in texts_of(properties.get(_OBJECT_LABEL, ()))]
                for target in properties.get("owl:annotatedTarget", ()) if labels else ():
                    self._elsewhere[target[1:-1].decode()] = labels[0]
            return
        self._labels.update(labels_of(block, self._policy))
        for subject, properties in tell(block).items():
            for member in properties.get("skos:member", ()):
                role = _ROLES.get(subject.rpartition("/")[2])
                concept = self._policy.parse(member[1:-1].decode())
                if role and concept is not None:
                    self._facets.setdefault(concept.slug, []).append(role)

    def _thing(self, gathered: Gathered, kind: str, slug: str, *, is_touched: bool) -> None:
        path = f"{kind}/{slug}"
        data = [f"{ROOT}{path}{suffix}" for suffix in (".ttl", ".jsonld", ".nt")]
        if not is_touched and self._kept(path, [*(ROOT + page_name(path, language) for language in LANGUAGES), *data]):
            return
        iri = f"{self._settings.base_iri}{path}"
        statements = gathered.said(kind, slug)
        turtle, document = render_statements(iri, statements.splitlines(keepends=True), self._settings.base_iri)
        thing = Thing(iri, kind, slug, statements, tuple(self._facets.get(slug, ())), embedded(document))
        self._draw(gathered, thing_pages(thing, gathered, self._views, self._frame, self._elsewhere), kind, slug)
        write_thing(self._generation, thing, turtle, document)

    def _kept(self, path: str, names: list[str]) -> bool:
        """Take over what there is of a thing, and the pages on which its list or its notes go on: all or none."""
        number = 2
        while self._generation.had(ROOT + page_name(nth(path, number), LANGUAGES[0])):
            names += [ROOT + page_name(nth(path, number), language) for language in LANGUAGES]
            number += 1
        return self._generation.keep(*names)

    def _draw(self, gathered: Gathered, pages: Iterable[tuple[str, Draft]], kind: str = "", slug: str = "") -> None:
        """Render pages, but for those that are made of what they were made of before."""
        for name, page in pages:
            is_other = gathered.draw(name, page.digest(), kind, slug)
            if is_other or not self._generation.keep(ROOT + name):
                self._renew(iter([(name, page.render())]))

    def _renew(self, pages: Iterator[tuple[str, str]]) -> None:
        for name, text in pages:
            self.written += self._generation.renew(ROOT + name, text.encode())


#: The collections of the concept scheme, by the facet that they are.
_ROLES: Final = {"objets": "objet", "enjeux": "enjeu", "actions": "action", "resultats": "resultat"}
