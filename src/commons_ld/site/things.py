"""The pages about what many records speak of: concepts, collections, persons, organizations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from commons_ld.messages import Language
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.search_record import ROLES
from commons_ld.site.gathering import Gathered
from commons_ld.site.layout import ROOT, nth, page_name, pager, root_of
from commons_ld.site.pages import Draft, Frame, draft
from commons_ld.site.property_words import PROPERTY_WORDS
from commons_ld.site.record_view import Link, Row, View
from commons_ld.site.told import Text, compact, tell_triples, texts_of
from commons_ld.site.words import WORDS

__all__ = ["ABOVE", "PER_PAGE", "Thing", "paged", "thing_pages", "write_thing"]

#: Records in one page of a list.
PER_PAGE: Final = 100

#: The list that a kind of thing stands in: the word for it, and its page.
ABOVE: Final = {
    "concept": ("concepts", "concepts"),
    "collection": ("collections", "collections"),
    "person": ("people", "people"),
    "organization": ("people", "people"),
}
#: How many other concepts are named beside one.
_TOGETHER: Final = 12
_TEXTS: Final = ("skos:definition", "schema:description", "dcterms:description", "skos:note", "skos:scopeNote")
_SHOWN: Final = frozenset(
    (
        *_TEXTS,
        "rdf:type",
        "skos:prefLabel",
        "schema:name",
        "dcterms:title",
        "rdfs:label",
        "skos:inScheme",
        "owl:deprecated",
        "skos:topConceptOf",
    )
)
_CANDIDATE: Final = "cld:CandidateConcept"

_Item = TypeVar("_Item")


class Thing(NamedTuple):
    """What a page is about.

    :param statements: what is said of it, N-Triples
    :param facets: of a concept, those that the scheme files it under
    :param json_ld: the same statements, for the page to carry
    """

    iri: str
    kind: str
    slug: str
    statements: bytes
    facets: tuple[str, ...] = ()
    json_ld: bytes = b""


def paged(items: Iterator[_Item], total: int, size: int = PER_PAGE) -> Iterator[tuple[int, int, list[_Item]]]:
    """Yield the number of each page of a list, how many pages there are, and what is on it; one if there is nothing.

    >>> list(paged(iter("abc"), 3, 2))
    [(1, 2, ['a', 'b']), (2, 2, ['c'])]
    """
    pages = max(1, -(-total // size))
    for number in range(1, pages + 1):
        yield number, pages, list(islice(items, size))


def thing_pages(
    thing: Thing,
    gathered: Gathered,
    views: Mapping[Language, View],
    frame: Frame,
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[tuple[str, Draft]]:
    """Yield the name of each page about a thing, in all languages, and what it is made of.

    :param frame: what all pages have in common
    :param elsewhere: what things elsewhere are called, by their IRIs
    """
    about = tell_triples(thing.statements).get(thing.iri, {})
    total = gathered.count_of(thing.kind, thing.slug)
    together = gathered.together(thing.slug, _TOGETHER) if thing.kind == "concept" else []
    years = gathered.years_of(thing.slug) if thing.kind == "concept" and total > 1 else []
    path = f"{thing.kind}/{thing.slug}"
    for number, pages, entries in paged(gathered.records_of(thing.kind, thing.slug), total):
        here = nth(path, number)
        for language, view in views.items():
            name = view.name(about) or Text(thing.slug.replace("-", " "))
            words = WORDS[language]
            texts = [text for name_ in _TEXTS for text in texts_of(about.get(name_, ()))]
            own = [text for text in texts if text.language == language] or texts
            above, above_path = ABOVE[thing.kind]
            page = draft(
                "thing.html",
                frame._replace(
                    path=here,
                    crumbs=((words["home"], "index"), (words[above], above_path)),
                    data=path,
                    json_ld=thing.json_ld if number == 1 else b"",
                    here=above_path,
                ),
                language,
                title=name.text,
                description=next((found.text for found in own), ""),
                about=own,
                entries=entries,
                facets=thing.facets,
                iri=thing.iri,
                is_candidate=any(compact(value[1:-1].decode()) == _CANDIDATE for value in about.get("rdf:type", ())),
                is_given_up="owl:deprecated" in about or "dcterms:isReplacedBy" in about,
                kind=thing.kind,
                links=pager(path, number, pages, language),
                name=name,
                number=number,
                pages_count=pages,
                rows=_rows(about, name, view, here, elsewhere),
                show_roles=thing.kind != "collection",
                together=[(_elsewhere(view, slug, label, here), met) for slug, label, met in together],
                total=total,
                years=years,
                years_roles=[role for role in ROLES if any(role in roles for _, roles in years)],
            )
            yield page_name(here, language), page


def _elsewhere(view: View, slug: str, label: str, here: str) -> Link:
    name = view.concept(slug, Text(label, "fr") if label else None)
    href = root_of(here) + page_name(f"concept/{slug}", view.language)
    return Link(name.text, href, name.differs(view.language))


def _rows(
    about: Mapping[str, Sequence[bytes]], name: Text, view: View, here: str, elsewhere: Mapping[str, str]
) -> list[Row]:
    """Return what is said of a thing and has no place of its own."""
    rows = []
    names = {text for key in ("skos:prefLabel", "schema:name") for text in texts_of(about.get(key, ()))}
    if others := sorted({text for text in names if text.text != name.text}):
        links = tuple(Link(text.text, "", text.differs(view.language)) for text in others)
        rows.append(Row(WORDS[view.language]["also_called"], links))
    for key in sorted(set(about) - _SHOWN):
        links_ = view.links_from(about[key], root_of(here))
        values = tuple(link._replace(text=elsewhere.get(link.href, link.text)) for link in links_)
        if values:
            rows.append(Row(PROPERTY_WORDS[view.language].get(key, key), values))
    return rows


def write_thing(generation: Generation, thing: Thing, turtle: bytes, document: bytes) -> None:
    """Write what is said of a thing as Turtle, as JSON-LD and as N-Triples.

    :param document: the JSON-LD
    :raises PublicationError: if a file cannot be written
    """
    path = f"{ROOT}{thing.kind}/{thing.slug}"
    generation.renew(f"{path}.ttl", turtle)
    generation.renew(f"{path}.jsonld", document)
    generation.renew(f"{path}.nt", thing.statements)
