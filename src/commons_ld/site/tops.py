"""The pages at the top of the site: home, the lists, the charts and the map, the vocabulary, and the dataset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pyoxigraph as ox

from commons_ld.artefacts import artefact
from commons_ld.messages import Language
from commons_ld.namespaces import expand
from commons_ld.settings import Settings
from commons_ld.site.drawing import Point, bars, matrix, world
from commons_ld.site.gathering import Gathering, Mention
from commons_ld.site.layout import LANGUAGES, page_name
from commons_ld.site.rendering import Pages
from commons_ld.site.scheme import Scheme
from commons_ld.site.words import ROLE_WORDS, WORDS, length

__all__ = ["Entry", "Tops"]

_LAND: Final = Path(__file__).parent.parent / "web" / "static" / "land.svg"
#: How many entries a page of a list has, how many concepts the chart, how many places the map.
_PAGE: Final = 400
_CHARTED: Final = 14
_PLACES: Final = 2_000
_LATEST: Final = 12
_LISTS: Final = {"people": ("person", "organization"), "collections": ("collection",), "concepts": ("concept",)}
_FOUND: Final = ("found_none", "found_one", "found")
_FACETS: Final = ("objet", "enjeu", "action", "resultat", "year", "collection", "language", "kind")


class Entry(NamedTuple):
    """Something with a page, in a list.

    :param names: what it is called, by language
    :param records: how many it stands in
    """

    path: str
    names: dict[Language, str]
    records: int


class _Defined(NamedTuple):
    """A term of the vocabulary."""

    name: str
    label: str
    comment: str
    example: str


class Tops:
    """Makes the pages at the top, once it is known what there is to list.

    :param write: writes a page
    """

    def __init__(self, pages: Pages, scheme: Scheme, settings: Settings, write: Callable[[str, bytes], None]) -> None:
        self._pages, self._scheme, self._settings, self._write = pages, scheme, settings, write
        self._entries: Final[dict[str, list[Entry]]] = {}

    def add(self, entry: Entry) -> None:
        """List something."""
        self._entries.setdefault(entry.path.partition("/")[0], []).append(entry)

    def finish(self, gathering: Gathering, latest: list[Mention], dumps: list[str]) -> None:
        """Write every page.

        :param latest: records, among which the latest are
        :param dumps: the names of the files that hold everything
        """
        newest = sorted(latest, key=lambda one: (one.date, one.path), reverse=True)[:_LATEST]
        for language in LANGUAGES:
            for name, kinds in _LISTS.items():
                self._list(name, kinds, language)
            self._timeline(language)
            self._home(newest, language)
            self._charts(gathering, language)
            self._vocabulary(language)
            self._dataset(gathering.records, dumps, language)
            gone = WORDS[language]["gone"]
            self._page("list.html", "404", language, title="404", groups=[(gone, [])], page=1, pages=1)

    def _page(self, template: str, path: str, language: Language, **values: Any) -> None:
        self._write(page_name(path, language), self._pages.page(template, path, language, **values))

    # ── Lists ────────────────────────────────────────────────────────────────────────────────────────

    def _list(self, name: str, kinds: tuple[str, ...], language: Language) -> None:
        title = WORDS[language][name]
        groups: list[tuple[str, list[Entry]]] = []
        if name == "concepts":
            groups = list(self._facets(language))
        else:
            entries = [entry for kind in kinds for entry in self._entries.get(kind, [])]
            groups = [("", sorted(entries, key=lambda one: (_sorted(one.names[language]), one.path)))]
        flat = [(heading, entry) for heading, entries in groups for entry in entries]
        pages = [flat[start : start + _PAGE] for start in range(0, len(flat), _PAGE)] or [[]]
        for number, part in enumerate(pages, start=1):
            shown: dict[str, list[tuple[str, str, int]]] = {}
            for heading, entry in part:
                shown.setdefault(heading, []).append((entry.path, entry.names[language], entry.records))
            self._page(
                "list.html", _numbered(name, number), language, title=title, section=name, groups=list(shown.items()),
                page=number, pages=len(pages), name_of=lambda to: _numbered(name, to),
            )  # fmt: skip

    def _facets(self, language: Language) -> Iterator[tuple[str, list[Entry]]]:
        """Yield the concepts of each facet of the scheme, then the candidates."""
        known = {entry.path.partition("/")[2]: entry for entry in self._entries.get("concept", [])}
        placed = set[str]()
        for labels, slugs in self._scheme.facets:
            entries = [known[slug] for slug in slugs if slug in known]
            placed.update(slugs)
            heading = labels.get(language) or next(iter(labels.values()), "")
            yield heading, sorted(entries, key=lambda one: _sorted(one.names[language]))
        rest = [entry for slug, entry in known.items() if slug not in placed]
        yield WORDS[language]["candidate"], sorted(rest, key=lambda one: _sorted(one.names[language]))

    def _timeline(self, language: Language) -> None:
        title = WORDS[language]["timeline"]
        self._page(
            "list.html", "timeline", language, title=title, section="timeline", groups=[("", self._years(language))],
            page=1, pages=1,
        )  # fmt: skip

    def _years(self, language: Language) -> list[tuple[str, str, int]]:
        years = sorted(self._entries.get("year", []), key=lambda one: one.path, reverse=True)
        return [(entry.path, entry.names[language], entry.records) for entry in years]

    # ── Single pages ─────────────────────────────────────────────────────────────────────────────────

    def _home(self, latest: list[Mention], language: Language) -> None:
        words = WORDS[language]
        facets = {name: ROLE_WORDS[language].get(name) or words[name] for name in _FACETS}
        found = {**{name: words[name] for name in _FOUND}, "facets": facets}
        self._page(
            "home.html", "index", language, title=_in(self._settings.dataset.title, language),
            summary=_in(self._settings.dataset.description, language)[:300],
            description=_in(self._settings.dataset.description, language),
            latest=latest, years=self._years(language), found_words=msgspec.json.encode(found).decode(),
        )  # fmt: skip

    def _charts(self, gathering: Gathering, language: Language) -> None:
        words = WORDS[language]
        hours = {year: round(seconds / 3600, 1) for year, seconds in sorted(gathering.seconds.items()) if seconds}
        counts = {slug: 0 for pair in gathering.together for slug in pair}
        for pair, count in gathering.together.items():
            for slug in pair:
                counts[slug] += count
        charted = sorted(sorted(counts, key=lambda slug: (-counts[slug], slug))[:_CHARTED])
        names = [self._scheme.label(slug, language) for slug in charted]
        place = {slug: number for number, slug in enumerate(charted)}
        together = {
            (place[one], place[two]): count
            for (one, two), count in gathering.together.items()
            if one in place and two in place
        }
        places = gathering.places[:_PLACES]
        points = [Point(lat, long, title, page_name(path, language)) for lat, long, title, path in places]
        self._page(
            "charts.html", "charts", language, title=words["charts"], section="charts",
            hours=bars(hours, words["hours"]), hours_rows=[(year, length(gathering.seconds[year])) for year in hours],
            together=matrix(names, together, words["together"]),
            together_rows=[(names[one], names[two], count) for (one, two), count in sorted(together.items())],
            world=world(points, _land(), words["map"]), places=[(point.href, point.title) for point in points],
        )  # fmt: skip

    def _vocabulary(self, language: Language) -> None:
        words = WORDS[language]
        classes, properties = _vocabulary(language)
        self._page(
            "vocabulary.html", "vocabulary", language, title=words["vocabulary"], section="dataset",
            description=_ontology(language), groups=[(words["classes"], classes), (words["properties"], properties)],
        )  # fmt: skip

    def _dataset(self, records: int, dumps: list[str], language: Language) -> None:
        dataset = self._settings.dataset
        self._page(
            "dataset.html", "dataset", language, title=WORDS[language]["dataset"], section="dataset",
            description=_in(dataset.description, language), records=records, dumps=dumps, contact=dataset.contact,
            publisher_url=dataset.homepage, iri=f"{self._settings.base_iri}dataset",
        )  # fmt: skip


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _sorted(name: str) -> str:
    from commons_ld.site.shards import folded

    return folded(name)


def _in(texts: dict[str, str], language: Language) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


@lru_cache(maxsize=1)
def _land() -> str:
    found = re.search(r' d="([^"]+)"', _LAND.read_text(encoding="utf-8"))
    return found[1] if found else ""


@lru_cache(maxsize=1)
def _told() -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """Return what the ontology says, by subject and predicate."""
    told: dict[str, dict[str, list[Any]]] = {}
    for quad in ox.parse(path=artefact("ontology/commons.ttl"), format=ox.RdfFormat.TURTLE):
        told.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return told


def _text(subject: str, name: str, language: Language) -> str:
    values = _told().get(subject, {}).get(expand(name), [])
    texts = {value.language or "": value.value for value in values if isinstance(value, ox.Literal)}
    return texts.get(language) or next(iter(texts.values()), "")


def _ontology(language: Language) -> str:
    return _text(expand("cld:").rstrip("#"), "dcterms:description", language)


def _vocabulary(language: Language) -> tuple[list[_Defined], list[_Defined]]:
    """Return the classes and the properties of our vocabulary."""
    classes: list[_Defined] = []
    properties: list[_Defined] = []
    start = expand("cld:")
    for subject, said in sorted(_told().items()):
        if subject.startswith(start):
            kinds = {value.value for value in said.get(expand("rdf:type"), []) if isinstance(value, ox.NamedNode)}
            defined = _Defined(
                subject.removeprefix(start),
                *(_text(subject, name, language) for name in ("rdfs:label", "rdfs:comment", "skos:example")),
            )
            (classes if any(kind.endswith("Class") for kind in kinds) else properties).append(defined)
    return classes, properties
