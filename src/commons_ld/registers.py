"""The registers: which names of persons and organizations are one, as the publisher says.

``data/people.csv`` and ``data/organizations.csv`` have a row for each: ``iri``, ``name``, ``variants``, ``links`` and
``different``. What has no row is known by its name alone, as without registers, and nothing is ever one because it
looks so. A register says something of catalogue contributors alone: it is never asked about those who write in a chat.

An IRI never changes. A name that comes into a row had one of its own before; that one stays, and is said to be
replaced by the row's.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

from commons_ld.errors import SettingsError
from commons_ld.iris import IriPolicy, slug, to_iri
from commons_ld.rdf import terms
from commons_ld.rdf.block import Block
from commons_ld.rdf.namespaces import expand
from commons_ld.record import MediaRecord
from commons_ld.sentences.settings import said
from commons_ld.settings import Settings
from commons_ld.text import fold

__all__ = ["COLUMNS", "GRAPH", "AgentKind", "Entry", "Registers", "agents_of", "mark", "register_paths"]

AgentKind = Literal["person", "organization"]

#: The columns of a register; all but ``name`` may be left out.
COLUMNS: Final = ("iri", "name", "variants", "links", "different")
#: The name of the graph that holds what the registers say.
GRAPH: Final = "registers"
_CLASSES: Final = {"person": "schema:Person", "organization": "schema:Organization"}
_LARGEST: Final = 32 * 2**20


class Entry(NamedTuple):
    """A row of a register.

    :param variants: other names of the same, as pages write them
    :param links: IRIs of the same elsewhere
    :param different: names that are somebody else, however like they are
    """

    kind: AgentKind
    iri: str
    name: str
    variants: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    different: tuple[str, ...] = ()


def register_paths(settings: Settings) -> dict[AgentKind, Path]:
    """Return where the registers lie, if there are any: they are no sources."""
    agents = settings.agents
    given: dict[AgentKind, str] = {"person": agents.people_register, "organization": agents.organizations_register}
    return {kind: settings.path(name) for kind, name in given.items() if name}


class Registers:
    """What the registers say.

    >>> entry = Entry("person", "https://e.test/person/ana-exemple", "Ana Exemple", ("EXEMPLE Ana",))
    >>> Registers([entry]).find("Exemple  ANA").iri
    'https://e.test/person/ana-exemple'
    >>> Registers([entry]).find("Anna Exemple") is None
    True
    """

    def __init__(self, entries: list[Entry] | None = None) -> None:
        self.entries: Final = tuple(sorted(entries or (), key=lambda entry: entry.iri))
        self._by_name: Final = {fold(name): entry for entry in self.entries for name in (entry.name, *entry.variants)}

    @classmethod
    def load(cls, settings: Settings, is_forgotten: Callable[[str], bool] = lambda _name: False) -> Registers:
        """Read the registers of an archive; one that is not there is empty, unless the settings name another place.

        :param is_forgotten: tells of a text whether somebody is named in it who asked to be forgotten: such a row
            says nothing
        :raises SettingsError: if one of them is no table, says two things of one name, or is not where it is said to be
        """
        entries: list[Entry] = []
        places: dict[str, str] = {}
        usual = register_paths(Settings(root=settings.root)).values()
        for kind, path in register_paths(settings).items():
            if path not in usual and not path.is_file():
                # Without it, names that are one would have several IRIs.
                raise SettingsError("", str(path), said("no-register"))
            for line, row in _rows(path):
                entry = _entry(kind, row, IriPolicy(settings.base_iri), f"{path.name}, line {line}")
                # The IRI counts as a name, so that no two rows have the same.
                for name in {fold(name) for name in (entry.name, *entry.variants)} | {entry.iri}:
                    if name in places:
                        problem = said("named-twice", value=places[name])
                        raise SettingsError("", f"{path.name}, line {line}", problem)
                    places[name] = f"{path.name}, line {line}"
                if not is_forgotten("\n".join((entry.name, *entry.variants))):
                    entries.append(entry)
        return cls(entries)

    def find(self, name: str) -> Entry | None:
        """Return the row that has a name, however it is accented and capitalised."""
        return self._by_name.get(fold(name))

    def marks(self) -> dict[str, str]:
        """Return a digest of each name, with one of what the register says of it: what records depend on."""
        return {mark(name): _digest(f"{entry.kind} {entry.iri} {entry.name}") for name, entry in self._by_name.items()}

    def changed(self, before: str) -> frozenset[str]:
        """Return the digests of the names of which other things are said than before.

        :param before: what :meth:`written` returned then, or ``""``
        """
        known: dict[str, str] = json.loads(before)["names"] if before else {}
        now = self.marks()
        return frozenset(name for name in known.keys() | now.keys() if known.get(name) != now.get(name))

    def written(self, policy: IriPolicy) -> str:
        """Return what the next run compares with: no name is in it."""
        block = self.block(policy)
        return json.dumps({"names": self.marks(), "block": block.sha256 if block else ""}, sort_keys=True)

    def block(self, policy: IriPolicy) -> Block | None:
        """Return what the registers say as a graph of its own, or nothing if they say nothing."""
        if not self.entries:
            return None
        graph = policy.mint("graph", GRAPH)
        return Block.of_triples(graph, graph, (b" ".join(triple) for triple in self._triples(policy)))

    def _triples(self, policy: IriPolicy) -> Iterator[tuple[bytes, bytes, bytes]]:
        taken = {entry.iri for entry in self.entries}
        for entry in self.entries:
            about = terms.iri(entry.iri)
            yield about, _property("rdf:type"), terms.iri(expand(_CLASSES[entry.kind]))
            yield about, _property("schema:name"), terms.string(entry.name)
            for variant in entry.variants:
                yield about, _property("schema:alternateName"), terms.string(variant)
            for link in entry.links:
                yield about, _property("schema:sameAs"), terms.iri(link)
            for kind in ("person", "organization"):
                for name in (entry.name, *entry.variants):
                    former = policy.mint(kind, slug(name))
                    if former in taken:
                        continue
                    yield terms.iri(former), _property("dcterms:isReplacedBy"), about
                    if kind == entry.kind:
                        yield terms.iri(former), _property("owl:sameAs"), about


def agents_of(record: MediaRecord) -> set[str]:
    """Return the names of catalogue contributors of a record; who takes part in its chat is none of them."""
    named = {*record.producers, *record.participants, *record.authors, *(guest.name for guest in record.guests)}
    return named | {note.author for note in record.notes if note.author and not note.participant}


def mark(text: str) -> str:
    """Return a short digest of a name as it is compared, for where the name itself is not to stand."""
    return _digest(fold(text))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def _property(name: str) -> bytes:
    return terms.iri(expand(name))


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows of a register that say something, with their lines."""
    if not path.is_file():
        return
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsError("", path.name, said("large-register", value=_LARGEST // 2**20))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("", path.name, said("no-utf-8", value=error)) from error
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if "name" not in names or (unknown := sorted(set(names) - set(COLUMNS))):
        columns = ", ".join(COLUMNS)
        if "name" not in names:
            raise SettingsError("", path.name, said("no-name-column", columns=columns))
        raise SettingsError("", path.name, said("unknown-column", value=unknown[0], columns=columns))
    reader.fieldnames = names
    try:
        for row in reader:
            if None in row:
                raise SettingsError("", f"{path.name}, line {reader.line_num}", said("too-many-values"))
            if any((value or "").strip() for value in row.values()):
                yield reader.line_num, {name: (value or "").strip() for name, value in row.items()}
    except csv.Error as error:
        raise SettingsError("", f"{path.name}, line {reader.line_num}", said("unreadable", value=error)) from error


def _entry(kind: AgentKind, row: Mapping[str, str], policy: IriPolicy, place: str) -> Entry:
    name = " ".join(row["name"].split())
    if not name or not name.isprintable():
        raise SettingsError("name", place, said("no-name"))
    links = []
    for link in row.get("links", "").replace("|", " ").split():
        iri = to_iri(link)
        if iri is None:
            raise SettingsError("links", place, said("bad-links"))
        links.append(iri)
    variants = dict.fromkeys(variant for variant in _parted(row.get("variants", "")) if variant != name)
    return Entry(
        kind,
        _iri(kind, row.get("iri", ""), name, policy, place),
        name,
        tuple(variants),
        tuple(sorted(set(links))),
        _parted(row.get("different", "")),
    )


def _parted(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("|") if part.strip())


def _iri(kind: AgentKind, given: str, name: str, policy: IriPolicy, place: str) -> str:
    if not given:
        return policy.mint(kind, slug(name))
    for iri in (given, policy.base_iri + given, policy.mint(kind, given)):
        known = policy.parse(iri)
        if known is not None and known.kind == kind and not known.part:
            return iri
    raise SettingsError("iri", place, said("foreign-iri", value=policy.mint(kind, slug(name))))
