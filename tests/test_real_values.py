"""What real stores make of every kind of value that the data has, and of IRIs that are long."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons_ld.stores import holdings, updates
from commons_ld.stores.loading import Loaded
from commons_ld.stores.publication import places as places_in
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.rows import Row
from commons_ld.stores.values import to_bytes
from commons_ld.stores.verifying import Verified, verify
from tests.loads import BASE, Publisher, is_held, publication
from tests.targets import Target

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(kind: str, *texts: str) -> tuple[str, ...]:
    """Return literals of a datatype."""
    return tuple(f'"{text}"^^<{XSD}{kind}>' for text in texts)


#: Values by the name of their graph, in the form of canonical N-Triples.
VALUES = {
    "duration": typed("duration", "PT1H", "PT12M30S", "P1DT2H", "PT0S", "PT59M59S"),
    "boolean": typed("boolean", "true", "false"),
    "date": typed("date", "2021-12-02", "1999-01-31"),
    "year": typed("gYear", "2021", "1999"),
    "month": typed("gYearMonth", "2021-12"),
    "moment": typed("dateTime", "2021-12-02T14:19:00+01:00", "2021-12-02T13:19:00Z", "2021-12-02T14:19:00"),
    "integer": typed("integer", "0", "7", "-7", "9007199254740993"),
    "count": typed("nonNegativeInteger", "7"),
    "decimal": typed("decimal", "45.76", "-4.835", "0.5"),
    "hash": typed("hexBinary", "0a1b" * 16),
    "address": typed("anyURI", "https://exemple.test/a?b=c&d=%C3%A9"),
    "language": tuple(f'"eau"@{tag}' for tag in ("fr", "en", "und", "fr-ca", "zh-hans")),
    "text": (
        '"été à Nîmes : « l’œuvre »"', '"李娜 𝔘 🙂 e\u0301"', '"\u202egnp.exe"', r'"\"a\" \\ b"', r'"1\n2\t3\r4"', '""',
        r'" . } } ; DROP ALL # \\u0022"', "\"it's\"", '"?x $y %s {value} --"',
    ),
    "long-text": tuple(f'"{length} {"é" * length}"' for length in (4_000, 40_000, 100_000)),
    "iri": ("<https://exemple.test/a?b=c&d=%C3%A9#e>", "<https://exemple.test/é/李>", "<mailto:a@exemple.test>", "<urn:a:b>"),
    "long-iri": (f"<https://exemple.test/{'x' * 980}>",),
}  # fmt: skip
#: What each store writes in another way: how many of these values, by their kind.
CHANGED = {
    "oxigraph": {"xsd:nonNegativeInteger": 1},
    "virtuoso": {"xsd:boolean": 2, "xsd:duration": 4},
    "jena": {},
}
#: Virtuoso cuts off what comes after 1,879 characters.
TOO_LONG = f"https://exemple.test/{'x' * 3_000}"


def publisher(remote: Target, folder: Path, way: str = "update") -> Publisher:
    """Return one who loads a store, by updates or by the Graph Store Protocol."""
    server = remote.server
    assert server
    data_url = server.data_url if way == "put" else ""
    return Publisher(folder, RemoteStore(server.url, server.update_url, data_url, credentials=remote.credentials))


def compare(ana: Publisher, loaded: Loaded) -> Verified:
    """Compare what a store holds with what was published, but for what was held back."""
    places = [place for place in places_in(ana.dump) if place not in loaded.held_back]
    return verify(ana.dump, places, lambda some: holdings.statements(ana.store, some))


@pytest.mark.parametrize("way", ["update", "put"])
def test_every_kind_of_value_is_held(remote: Target, tmp_path: Path, way: str) -> None:
    """Letter by letter, or in another form of the same value, which is counted and told."""
    ana = publisher(remote, tmp_path, way)
    loaded = ana.load({
        name: [f"<{BASE}{number}> <http://a/p> {value}" for number, value in enumerate(values)]
        for name, values in VALUES.items()
    })  # fmt: skip
    found = compare(ana, loaded)

    assert loaded.held_back == ()
    assert found.damages == ()
    assert found.statements == sum(map(len, VALUES.values()))
    assert {change.kind: change.values for change in found.changes} == CHANGED[remote.name]
    assert ana.load().updates == 0


def test_thousands_of_rows_are_read_as_few_are(remote: Target, tmp_path: Path) -> None:
    """Virtuoso is asked for them in another format, where that says the same; only its booleans are whole there."""
    ana = publisher(remote, tmp_path)
    ana.load({
        name: [f"<{BASE}{number}> <http://a/p> {value}" for number, value in enumerate(values)]
        for name, values in VALUES.items()
    })  # fmt: skip
    different = set()
    for name, values in VALUES.items():
        query = updates.statements([f"{BASE}graph/{name}"])
        few, many = (written(ask(query)) for ask in (ana.store.select, ana.store.select_many))
        assert len(many) == len(values)
        different |= {name} if few != many else set()

    assert different == ({"boolean"} if remote.name == "virtuoso" else set())


def written(rows: list[Row]) -> list[list[bytes]]:
    """Return rows in the form of canonical N-Triples, in an order of their own."""
    return sorted([to_bytes(row[name]) for name in "gspo"] for row in rows)


def test_an_iri_that_a_store_cuts_off_holds_its_graph_back_and_no_other(remote: Target, tmp_path: Path) -> None:
    """Until it is mended; what was loaded of the graph before stays. Stores that keep it get it."""
    ana = publisher(remote, tmp_path)
    short = {name: [f"<{BASE}{name}> <http://a/p> <http://a/short>"] for name in ("one", "two")}
    long = {"one": [f"<{BASE}one> <http://a/p> <{TOO_LONG}>"], "two": [f'<{BASE}two> <http://a/p> "changed"']}
    ana.load(short)
    loaded = ana.load(long)

    is_cut = remote.name == "virtuoso"
    assert [place.iri for place in loaded.held_back] == [f"{BASE}graph/one"] * is_cut
    assert compare(ana, loaded).damages == ()
    assert (values(ana.store, "one"), values(ana.store, "two")) == (
        {"http://a/short" if is_cut else TOO_LONG},
        {"changed"},
    )
    assert ana.load(short).held_back == ()
    assert values(ana.store, "one") == {"http://a/short"}


def values(store: RemoteStore, name: str) -> set[str]:
    """Return the objects that stand in a graph."""
    return {row["o"].value for row in store.select(f"SELECT ?o {{ GRAPH <{BASE}graph/{name}> {{ ?s ?p ?o }} }}")}


def test_graphs_that_go_by_the_other_protocol_are_whole_and_leave_nothing(remote: Target, tmp_path: Path) -> None:
    """Those of one load after another: what changed, what grew past any update, what is gone."""
    ana = publisher(remote, tmp_path, "put")
    ana.load(publication(one="old", two=5, big=3, gone=2))
    new = publication(one="new", two=5, big=3_000, more=4)
    loaded = ana.load(new)

    assert (loaded.sent, loaded.removed, loaded.kept) == (3, 1, 1)
    assert is_held(ana.store, new)
    assert compare(ana, loaded).whole == 4
    names = {row["g"].value for row in ana.store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    assert {name for name in names if name.startswith(f"{BASE}graph/ledger/")} == set()


@pytest.mark.parametrize(("pattern", "expected"), [("", True), ("?s ?p 'there is no such text'", False)])
def test_a_store_is_asked_yes_or_no(remote: Target, pattern: str, *, expected: bool) -> None:
    """Each of them has its own way to say so."""
    assert remote.store.ask(f"ASK {{ {pattern} }}") is expected
