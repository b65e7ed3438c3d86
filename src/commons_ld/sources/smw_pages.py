"""The pages that an export of Semantic MediaWiki tells of, each with what is said of it."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import pyoxigraph as ox

from commons_ld.record import Revision
from commons_ld.sources.smw_names import (
    IGNORED_PROPERTIES,
    OWL,
    RDF,
    RDFS,
    SWIVT,
    page_url,
    split_namespace,
    unescape,
)
from commons_ld.sources.smw_statements import BASE, Export, Statement
from commons_ld.text import clean, fold

__all__ = ["Page", "Pages"]

#: What a wiki is called that does not know its own address.
_BROKEN_HOSTS: Final = frozenset({"", "localhost", "http", "https", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104
_RESOLVER: Final = "URIResolver/"
#: What is said of every page by the exporter itself.
_VOCABULARIES: Final = (RDF, RDFS, OWL, SWIVT)
#: A helper value beside the one that counts: a day as a number, to sort by.
_TWIN: Final = "#aux"
_NUMBERS: Final = frozenset(f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("double", "integer", "decimal"))
_CREATED: Final = "creation date"
_TIME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9:]{5})?")


class Page(NamedTuple):
    """A page, by what the export says of it.

    :param address: where it is on the wiki, or ``""`` where the export does not know its own host
    :param facts: the values of each property, by its name: a literal, or the title or address of what is linked to
    :param subobjects: what the page says of things that are no pages, by the name of the property
    """

    title: str
    address: str
    revision: Revision | None
    other_titles: tuple[str, ...]
    categories: tuple[str, ...]
    facts: dict[str, list[ox.Literal | str]]
    subobjects: tuple[tuple[str, str], ...]


class Pages:
    """The pages of an export that are told of in full, in the order of the file.

    :param export: what was parsed
    """

    def __init__(self, export: Export) -> None:
        self._said: Final = export.subjects
        self._namespaces: Final = export.namespaces
        self.is_from_smw: Final = any(
            statement.predicate.startswith(SWIVT) for said in self._said.values() for statement in said
        )
        #: Whether pages have a date of modification; if so, one without is only linked to, and told of in part.
        self._are_dated: Final = any(map(_modified, self._said.values()))
        self._redirects: Final = self._find_redirects()
        self.broken_host: Final = self._find_broken_host()

    def __iter__(self) -> Iterator[Page]:
        for subject, said in self._said.items():
            if self._is_page(subject, said) and not (self._are_dated and not _modified(said)):
                yield self._page(subject, said)

    def _is_page(self, subject: str, said: list[Statement]) -> bool:
        """Tell whether a resource is a page of content, and no redirect, sub-object, property or category."""
        predicates = {statement.predicate for statement in said}
        if f"{SWIVT}masterPage" in predicates or f"{SWIVT}redirectsTo" in predicates or subject.startswith("_:"):
            return False
        namespace = _first(said, f"{SWIVT}wikiNamespace")
        # Versions before 1.5 do not tell the namespace by its number.
        is_old = not namespace and f"{SWIVT}page" in predicates and not split_namespace(self._title(subject))[0]
        return namespace == "0" or is_old

    def _find_redirects(self) -> dict[str, list[str]]:
        redirects: dict[str, list[str]] = defaultdict(list)
        for subject, said in self._said.items():
            target = _first(said, f"{SWIVT}redirectsTo")
            if target:
                redirects[target].append(_first(said, f"{RDFS}label") or self._title(subject))
        return redirects

    def _find_broken_host(self) -> str:
        """Return the address by which the wiki calls itself, if that cannot be right."""
        for said in self._said.values():
            page = _first(said, f"{SWIVT}page")
            if page and not _host(page):
                return page[: page.find("/", 8) + 1] or page
        return ""

    def _page(self, subject: str, said: list[Statement]) -> Page:
        name = self._title(subject)
        title = clean(_first(said, f"{RDFS}label"))[0].strip() or name
        facts, subobjects = self._facts(said)
        others = dict.fromkeys(clean(other)[0].strip() for other in (name, *self._redirects.get(subject, ())))
        return Page(
            title=title,
            address=self._address(subject, name, said),
            revision=self._revision(said),
            other_titles=tuple(other for other in others if other and other != title),
            categories=self._categories(said),
            facts=facts,
            subobjects=subobjects,
        )

    def _title(self, iri: str) -> str:
        """Return the title of what an address names; ``""`` if it is no page of this wiki."""
        return unescape(name) if (name := self._local(iri)) else ""

    def _local(self, iri: str) -> str:
        """Return what an address of this wiki's resources ends in, as the exporter writes it."""
        prefix = self._namespaces.get("wiki", "")
        return iri[len(prefix) :] if prefix and iri.startswith(prefix) else iri.partition(_RESOLVER)[2]

    def _categories(self, said: list[Statement]) -> tuple[str, ...]:
        names = []
        for statement in said:
            if statement.predicate == f"{RDF}type" and isinstance(statement.value, ox.NamedNode):
                kind, name = split_namespace(self._title(statement.value.value))
                if kind == "category":
                    names.append(name)
        return tuple(names)

    def _address(self, subject: str, name: str, said: list[Statement]) -> str:
        given = _first(said, f"{SWIVT}page")
        if not given or not _host(given):
            return ""
        base = self._namespaces.get("wikiurl", "")
        if base and given.startswith(base):
            return page_url(base, name)
        # The exporter puts its own escapes into the address; before them comes what all addresses begin with.
        escaped = self._local(subject)
        return page_url(given.removesuffix(escaped), name) if escaped and given.endswith(escaped) else given

    def _revision(self, said: list[Statement]) -> Revision | None:
        host = _host(_first(said, f"{SWIVT}page"))
        saved = _utc(_modified(said))
        try:
            wiki = Revision(host).wiki
        except ValueError:
            wiki = ""  # a host with letters of its own script
        numbers = {"page id": 0, "revision id": 0}
        for statement in said:
            name = fold(self._property(statement.predicate).removesuffix(_TWIN))
            value = statement.value.value if isinstance(statement.value, ox.Literal) else ""
            if name in numbers and value.isdecimal() and len(value) < 16:
                numbers[name] = int(value)
        if not wiki and not saved:
            return None
        return Revision(wiki, numbers["page id"] if wiki else 0, numbers["revision id"], saved)

    def _property(self, predicate: str) -> str:
        """Return the name of a property of the wiki, or ``""`` if it is another vocabulary's."""
        prefix = self._namespaces.get("property")
        if prefix and predicate.startswith(prefix):
            return unescape(predicate[len(prefix) :])
        # Where the file does not say what it abbreviates, a property is known by its own namespace.
        kind, name = split_namespace(self._title(predicate) or unescape(predicate.rpartition("/")[2]))
        return name if kind == "property" else ""

    def _facts(self, said: list[Statement]) -> tuple[dict[str, list[ox.Literal | str]], tuple[tuple[str, str], ...]]:
        facts: dict[str, list[ox.Literal | str]] = {}
        twins: dict[str, list[ox.Literal | str]] = {}
        parts: list[tuple[str, str]] = []
        for predicate, term in said:
            name = self._name(predicate, term)
            if not name:
                continue
            value = self._value(term)
            bare = name.removesuffix(_TWIN)
            if isinstance(value, str) and self._is_part(term):
                if text := self._part(term):
                    parts.append((bare, text))
            elif bare != name:
                # Coordinates have no other value than the one that is to sort by.
                if isinstance(value, str) or value.datatype.value not in _NUMBERS:
                    twins.setdefault(bare, []).append(value)
            elif value not in facts.setdefault(name, []):
                facts[name].append(value)
        for name, values in twins.items():
            facts.setdefault(name, values)
        return facts, tuple(parts)

    def _name(self, predicate: str, term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
        """Return what a statement about a page is called, or ``""`` if it is no fact of the page."""
        name = self._property(predicate)
        if predicate == f"{SWIVT}wikiPageCreationDate" or fold(name) == _CREATED:
            # In French this property is called as the wiki's own, *Date de création*, and so takes its values. What
            # MediaWiki noted itself has a time of day; what somebody wrote in the page has none.
            noted = not isinstance(term, ox.Literal) or "T" in term.value
            return "" if noted else "Date de création"
        if predicate == f"{OWL}sameAs":
            is_address = isinstance(term, ox.NamedNode) and not self._title(term.value)
            return "URI équivalente" if is_address else ""
        if name:
            return "" if fold(name.removesuffix(_TWIN)) in IGNORED_PROPERTIES else name
        if predicate.startswith(_VOCABULARIES):
            return ""
        return clean(predicate.rpartition("#")[2] if "#" in predicate else predicate.rpartition("/")[2])[0]

    def _value(self, term: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.Literal | str:
        if isinstance(term, ox.Literal):
            return term
        # Somebody's page bears their name.
        kind, name = split_namespace(title) if (title := self._title(term.value)) else ("", "")
        return clean((name if kind == "user" else title) or term.value.removeprefix(BASE))[0].strip()

    def _is_part(self, term: ox.NamedNode | ox.BlankNode | ox.Literal) -> bool:
        return isinstance(term, ox.BlankNode) or "#" in self._title(term.value)

    def _part(self, term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
        """Return what is said of a thing that is no page: ``name: value; name: value``."""
        key = f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value
        texts = []
        for predicate, value in self._said.get(key, ()):
            name = self._name(predicate, value)
            if name and not name.endswith(_TWIN) and not isinstance(value, ox.BlankNode):
                shown = self._value(value)
                texts.append(f"{name}: {shown if isinstance(shown, str) else clean(shown.value)[0].strip()}")
        return "; ".join(texts)


def _first(said: list[Statement], predicate: str) -> str:
    return next((str(statement.value.value) for statement in said if statement.predicate == predicate), "")


def _modified(said: list[Statement]) -> str:
    return _first(said, f"{SWIVT}wikiPageModificationDate")


def _host(address: str) -> str:
    """Return the host of an address, or ``""`` if it is one that only the wiki's own machine knows."""
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if name in _BROKEN_HOSTS or parts.scheme not in ("http", "https") or address.startswith(BASE):
        return ""
    return f"{name}:{port}" if port else name


def _utc(time: str) -> str:
    """Return a time in UTC as revisions tell it, or ``""``; one without a zone is in UTC."""
    match = _TIME.fullmatch(time)
    if match is None:
        return ""
    try:
        at = dt.datetime.fromisoformat(match[1] + (match[2] or "Z")).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return ""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at.year > 999 else ""
