"""The pages about the archive as a whole: home, lists, timeline, map, charts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.search_record import FACETS, ROLES
from commons_ld.sentences import figure
from commons_ld.site.charts import Bar, Point, bars, by_year, matrix, world
from commons_ld.site.gathering import Entry, Gathered
from commons_ld.site.layout import nth, page_name, pager, root_of
from commons_ld.site.pages import Draft, Frame, draft
from commons_ld.site.record_view import Link, View, named_language
from commons_ld.site.things import paged
from commons_ld.site.told import Text, tell_triples
from commons_ld.site.words import WORDS, day
from commons_ld.text import fold

__all__ = ["overview_pages"]

#: What is shown at once: records on the home page and of a year in the timeline, values of a facet, names in a list.
_LATEST, _OF_A_YEAR, _VALUES, _NAMES = 8, 12, 12, 300
#: Places on the map, and concepts in the chart of those that meet.
_PLACES, _CONCEPTS = 400, 16
#: What a value of a facet has to be to have a list of its own.
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
_YEAR: Final = re.compile(r"[0-9]{4}")
#: Facets whose values have no page but a list.
_LISTED: Final = ("language", "kind")


class Value(NamedTuple):
    """A value of a facet: what it is called, where its page is, and how many records have it."""

    value: str
    link: Link
    records: int


def overview_pages(
    gathered: Gathered, views: Mapping[Language, View], frame: Frame, facets: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Draft]]:
    """Yield the name of each page about the archive as a whole, and what it is made of.

    :param facets: of each concept, by its name in IRIs, the roles it is meant for
    """
    for language, view in views.items():
        pages = _Overviews(gathered, view, frame, facets)
        for path, page in pages.all():
            yield page_name(path, language), page


class _Overviews:
    """The pages in one language."""

    def __init__(self, gathered: Gathered, view: View, frame: Frame, facets: Mapping[str, Sequence[str]]) -> None:
        self._gathered, self._view, self._frame, self._facets = gathered, view, frame, facets
        self._language = view.language
        self._words = WORDS[view.language]
        self._policy: Final[IriPolicy] = view.policy

    def all(self) -> Iterator[tuple[str, Draft]]:
        """Yield the path of each page, and what it is made of."""
        yield "index", self._home()
        yield "timeline", self._timeline()
        yield "map", self._map()
        yield "charts", self._charts()
        for year, number, _ in self._gathered.years():
            yield from self._records(_year_path(year), year or self._words["undated"], number, ("timeline", "timeline"))
        for facet in _LISTED:
            for value in self._values(facet):
                yield from self._list_of(facet, value)
        concepts = list(self._concepts())
        yield from self._names("concepts", concepts, roles=ROLES)
        for role in ROLES:
            chosen = [value for value in concepts if role in self._facets.get(value.value, ())]
            yield from self._names("concepts", chosen, role, roles=ROLES)
        yield from self._names("people", [*self._agents("person"), *self._agents("organization")])
        yield from self._names("collections", list(self._values("collection", "collections")))

    # ── Pages ────────────────────────────────────────────────────────────────────────────────────────

    def _home(self) -> Draft:
        counts = self._gathered.counts()
        groups = []
        for facet in FACETS:
            values = list(self._values(facet))
            shown = sorted(values, key=lambda value: value.value, reverse=True) if facet == "year" else values
            groups.append({"facet": facet, "label": self._words[facet], "values": shown, "shown": _VALUES})
        return draft(
            "home.html",
            self._at("index", here="index")._replace(script="search.js"),
            self._language,
            title=self._frame.archive[self._language],
            counts=counts,
            hours=figure(counts["seconds"] // 3600, self._language),
            groups=groups,
            latest=self._gathered.latest(_LATEST),
        )

    def _timeline(self) -> Draft:
        years = self._gathered.years()
        rows = [
            {
                "year": year,
                "label": year or self._words["undated"],
                "href": page_name(_year_path(year), self._language),
                "number": number,
                "entries": list(islice(self._gathered.of_year(year), _OF_A_YEAR)),
            }
            for year, number, _ in sorted(years, key=lambda row: row[0], reverse=True)
        ]
        chart = bars(
            by_year(
                [Bar(year, number, figure(number, self._language), f"#y{year}") for year, number, _ in years if year]
            ),
            self._words["timeline"],
        )
        return self._page("timeline.html", "timeline", "timeline", rows=rows, chart=chart)

    def _map(self) -> Draft:
        places = self._gathered.places(_PLACES)
        rows = [
            (entry, page_name(f"{entry.kind}/{entry.slug}", self._language), f"{latitude:.4f}, {longitude:.4f}")
            for entry, latitude, longitude in places
        ]
        points = [
            Point(latitude, longitude, f"{entry.title}, {day(entry.date, self._language)}".rstrip(", "), href)
            for (entry, href, _), (_, latitude, longitude) in zip(rows, places, strict=True)
        ]
        return self._page("map.html", "map", "map", rows=rows, drawing=world(points, self._words["map_alt"]))

    def _charts(self) -> Draft:
        years = [(year, seconds) for year, _, seconds in self._gathered.years() if year]
        spent = [
            Bar(
                year,
                seconds / 3600,
                self._hours(seconds),
                page_name(_year_path(year), self._language),
            )
            for year, seconds in years
        ]
        chosen = self._gathered.concepts()[:_CONCEPTS]
        places = {slug: place for place, (slug, _, _) in enumerate(chosen)}
        meetings = {
            (min(places[first], places[second]), max(places[first], places[second])): number
            for (first, second), number in self._gathered.meetings(places).items()
        }
        links = [self._concept(slug, label) for slug, label, _ in chosen]
        drawn = matrix([(link.text, link.href) for link in links], meetings, self._words["together_chart"])
        pairs = sorted(((number, *pair) for pair, number in meetings.items()), key=lambda row: (-row[0], row[1:]))
        return self._page(
            "charts.html",
            "charts",
            "charts",
            hours=bars(by_year(spent), self._words["hours_chart"]),
            hours_rows=spent,
            together=drawn,
            together_rows=[(links[first], links[second], number) for number, first, second in pairs[:60]],
        )

    def _hours(self, seconds: int) -> str:
        hours = seconds / 3600
        if hours >= 10 or not seconds:
            return figure(round(hours), self._language)
        return f"{hours:.1f}".replace(".", "," if self._language == "fr" else ".")

    def _records(self, path: str, title: str, total: int, above: tuple[str, str]) -> Iterator[tuple[str, Draft]]:
        """Yield the pages of the list of a year."""
        year = path.rpartition("/")[2]
        entries = self._gathered.of_year("" if year == "undated" else year)
        for number, pages, rows in paged(entries, total):
            here = nth(path, number)
            yield here, self._listing(path, here, title, total, rows, number, pages, above)

    def _list_of(self, facet: str, value: Value) -> Iterator[tuple[str, Draft]]:
        """Yield the pages of the list of a value that has no page of its own."""
        path = f"{facet}/{value.value}"
        for number, pages, rows in paged(self._gathered.of_facet(facet, value.value), value.records):
            here = nth(path, number)
            page = self._listing(path, here, value.link.text, value.records, rows, number, pages, ("home", "index"))
            yield here, page

    def _listing(
        self,
        path: str,
        here: str,
        title: str,
        total: int,
        entries: list[Entry],
        number: int,
        pages: int,
        above: tuple[str, str],
    ) -> Draft:
        home = (self._words["home"], "index")
        crumbs = (home,) if above[1] == "index" else (home, (self._words[above[0]], above[1]))
        return draft(
            "listing.html",
            self._at(here, here=above[1] if above[1] != "index" else "", crumbs=crumbs),
            self._language,
            title=title,
            entries=entries,
            links=pager(path, number, pages, self._language),
            number=number,
            pages_count=pages,
            total=total,
        )

    def _names(
        self, above: str, values: list[Value], role: str = "", *, roles: Sequence[str] = ()
    ) -> Iterator[tuple[str, Draft]]:
        """Yield the pages of a list of names.

        :param role: the facet whose names they are; ``""`` for all of them
        :param roles: the facets that have a list of their own
        """
        path = f"{above}/{role}" if role else above
        home = (self._words["home"], "index")
        for number, pages, rows in paged(iter(values), len(values), _NAMES):
            here = nth(path, number)
            root = root_of(here)
            facets = [(self._words["all_of_them"], above, not role)] if roles else []
            facets += [(self._words[name], f"{above}/{name}", name == role) for name in roles]
            yield (
                here,
                draft(
                    "names.html",
                    self._at(
                        here,
                        here=above,
                        crumbs=(home, (self._words[above], above)) if role else (home,),
                        data=above if roles and here == above else "",
                    ),
                    self._language,
                    title=self._words[role or above],
                    facets=[(text, root + page_name(to, self._language), is_here) for text, to, is_here in facets],
                    has_table=bool(roles) and here == above,
                    links=pager(path, number, pages, self._language),
                    number=number,
                    pages_count=pages,
                    rows=[(value.link._replace(href=root + value.link.href), value.records) for value in rows],
                    total=len(values),
                ),
            )

    # ── What they are made of ────────────────────────────────────────────────────────────────────────

    def _page(self, template: str, path: str, word: str, **values: object) -> Draft:
        return draft(
            template,
            self._at(path, here=path, crumbs=((self._words["home"], "index"),)),
            self._language,
            title=self._words[word],
            description=self._words[f"{word}_lead"],
            **values,
        )

    def _at(self, path: str, *, here: str = "", crumbs: tuple[tuple[str, str], ...] = (), data: str = "") -> Frame:
        return self._frame._replace(path=path, here=here, crumbs=crumbs, data=data)

    def _values(self, facet: str, _path: str = "") -> Iterator[Value]:
        """Yield the values of a facet whose pages there are, the most frequent first."""
        for value, label, records in self._gathered.totals(facet):
            if facet in ROLES:
                if self._policy.parse(self._policy.mint("concept", value)):
                    yield Value(value, self._concept(value, label), records)
            elif facet == "collection":
                if self._policy.parse(self._policy.mint("collection", value)):
                    href = page_name(f"collection/{value}", self._language)
                    yield Value(value, Link(label or value, href), records)
            elif not _NAME.fullmatch(value) or (facet == "year" and not _YEAR.fullmatch(value)):
                continue  # published though it does not conform, and no name of a file
            elif facet == "year":
                yield Value(value, Link(value, page_name(_year_path(value), self._language)), records)
            else:
                name = named_language(value, self._language) if facet == "language" else self._words.get(value, value)
                yield Value(value, Link(name, page_name(f"{facet}/{value}", self._language)), records)

    def _concept(self, slug: str, label: str) -> Link:
        name = self._view.concept(slug, Text(label, "fr") if label else None)
        return Link(name.text, page_name(f"concept/{slug}", self._language), name.differs(self._language))

    def _concepts(self) -> Iterator[Value]:
        used = {slug: (label, number) for slug, label, number in self._gathered.concepts()}
        values = []
        for slug, _ in self._gathered.things("concept"):
            label, number = used.get(slug, ("", 0))
            values.append(Value(slug, self._concept(slug, label), number))
        yield from sorted(values, key=lambda value: (fold(value.link.text), value.value))

    def _agents(self, kind: str) -> Iterator[Value]:
        values = []
        for slug, number in self._gathered.agents(kind):
            iri = self._policy.mint("person" if kind == "person" else "organization", slug)
            name = self._view.name(tell_triples(self._gathered.said(kind, slug)).get(iri, {})) or Text(slug)
            values.append(Value(slug, Link(name.text, page_name(f"{kind}/{slug}", self._language)), number))
        yield from sorted(values, key=lambda value: (fold(value.link.text), value.value))


def _year_path(year: str) -> str:
    return f"year/{year or 'undated'}"
