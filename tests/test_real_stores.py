"""Loading the stores that archives run: a real Oxigraph, a real Virtuoso and a real Jena, and the embedded one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from commons_ld.credentials import Credentials
from commons_ld.errors import QueryRejected, StoreError
from commons_ld.rdf.namespaces import expand
from commons_ld.stores import holdings, pace, updates
from commons_ld.stores.bulk import write_ledger
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.task import Outcome
from commons_ld.stores.verifying import Change
from tests.archive import Archive, page
from tests.loads import BASE, Publisher, anew, is_held, publication, spread
from tests.servers import oxigraph
from tests.servers.jena import Jena
from tests.servers.virtuoso import Virtuoso
from tests.targets import Target, titles

DATA = Path(__file__).parent.parent / "data"
#: What each store writes in another way than it was sent, by datatype.
CHANGED = {"oxigraph": set[str](), "jena": set[str](), "embedded": set[str](), "virtuoso": {"xsd:duration"}}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of three pages, exported."""
    archive = Archive(tmp_path / "archive")
    for number in (1, 2, 3):
        archive.write(f"{number}.txt", page(f"21.12 Essai {number}"))
    archive.export()
    return archive


def has_theirs(target: Target, graph: str) -> bool:
    """Tell whether a graph holds the statement of somebody else, and nothing but it."""
    rows = target.store.select(f"SELECT ?s ?o {{ GRAPH <{graph}> {{ ?s <urn:p> ?o }} }}")
    return [(row["s"].value, row["o"].value) for row in rows] == [("urn:s", "theirs")]


def test_everything_is_there_afterwards_and_a_second_load_sends_nothing(target: Target, archive: Archive) -> None:
    """By the canonical hash of every graph; what the store writes in another way is told."""
    first = target.load(archive, verify=True)
    second = target.load(archive, verify=True)

    for outcome in (first, second):
        assert outcome.verified
        assert outcome.is_whole
        assert {change.kind for change in outcome.verified.changes} == CHANGED[target.name]
    assert first.loaded.sent == first.verified.graphs > 3  # type: ignore[union-attr]
    assert (second.loaded.sent, second.loaded.removed, second.loaded.updates) == (0, 0, 0)


@pytest.mark.parametrize("target", ["virtuoso", "jena"], indirect=True)
def test_a_store_that_took_everything_in_bulk_is_sent_what_changed_since(target: Target, archive: Archive) -> None:
    """With the ledger beside the dump, by the way of its own that each of these has while it is served."""
    assert isinstance(target.server, (Virtuoso, Jena))
    ledger = archive.root / "ledger.nq"
    graphs = write_ledger(archive.out / "dataset.nq", ledger, archive.settings.base_iri)
    for path in (archive.out / "dataset.nq", ledger):
        target.server.load(path)
    first = target.load(archive, verify=True)
    archive.write("1.txt", page("21.12 Essai 1", abstract="Tout autre chose."))
    archive.export()

    assert (first.loaded.updates, first.loaded.kept, first.is_whole) == (0, graphs, True)
    assert 0 < target.load(archive).loaded.sent < graphs


def test_the_data_of_the_repository_is_held_whole(target: Target, tmp_path: Path) -> None:
    """Every kind of value that pages have: durations, dates, coordinates, long texts, accents, many languages."""
    archive = Archive(tmp_path / "all", sources=(str(DATA),))
    archive.export()

    outcome = target.load(archive, verify=True)

    assert outcome.verified
    assert outcome.verified.damages == ()
    changes: tuple[Change, ...] = outcome.verified.changes
    assert {change.kind for change in changes} <= CHANGED[target.name] | {"xsd:decimal", "xsd:dateTime"}
    assert target.load(archive).loaded.sent == 0


def test_a_graph_is_sent_for_a_record_that_changed_and_taken_for_one_that_went(
    target: Target, archive: Archive
) -> None:
    """The others are left alone."""
    target.load(archive)
    archive.write("1.txt", page("21.12 Essai 1", abstract="Tout autre chose."))
    (archive.data / "2.txt").unlink()
    archive.export()

    outcome = target.load(archive, verify=True)

    assert outcome.is_whole
    if target.server:
        # The record and its description; of both the one that went.
        assert (outcome.loaded.sent, outcome.loaded.removed) == (2, 2)
        assert titles(target) == {"21.12 Essai 1", "21.12 Essai 3"}


@pytest.fixture(scope="module")
def long_archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of one page, exported, with a chat of some 2,000 messages."""
    archive = Archive(tmp_path_factory.mktemp("long"))
    notes = "".join(
        f"[14:{minute:02}] Ana Exemple :\n\nMessage {hour} {minute}\n\n" for hour in range(8) for minute in range(60)
    )
    archive.write("1.txt", page("21.12 Long").partition("[14:09]")[0] + notes * 4)
    archive.export()
    return archive


def test_a_graph_of_more_statements_than_a_request_may_have_is_whole(remote: Target, long_archive: Archive) -> None:
    """Virtuoso refuses more than 10,000 lines of its own language, and cuts off answers of more than 10,000 rows."""
    outcome = remote.load(long_archive, verify=True)

    assert outcome.verified
    assert outcome.is_whole
    assert outcome.verified.statements > 10_000
    assert remote.load(long_archive).loaded.updates == 0


def test_a_large_ledger_is_read_in_parts_whatever_is_told_of_buckets(
    remote: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the buckets of all rows, and those that are in none."""
    many, ledger = publication(**{f"g{number}": 1 for number in range(60)}), updates.Ledger.of(BASE)
    ana = Publisher(tmp_path, remote.store)
    ana.load(many)
    lost = ledger.members(f"{BASE}graph/g{number}" for number in range(3))
    ana.store.update(updates.together(updates.delete([lost]), updates.forget_digests(ledger)))
    monkeypatch.setattr(holdings, "_PAGE", 50)

    assert ana.load(dry_run=True).kept == 60
    assert ana.load(many | publication(g0=2)).sent == 1
    assert ana.load().updates == 0


def test_graphs_of_others_stay(remote: Target, archive: Archive) -> None:
    """Also where they lie below addresses of ours."""
    base = archive.settings.base_iri
    foreign = ["http://example.org/theirs", f"{base}elsewhere/theirs"]
    for graph in foreign:
        remote.store.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:s> <urn:p> 'theirs' }} }}")

    remote.load(archive)
    (archive.data / "1.txt").unlink()
    archive.export()
    remote.load(archive)

    for graph in foreign:
        assert has_theirs(remote, graph)


def test_a_graph_in_the_way_is_told_of_and_not_touched(remote: Target, archive: Archive) -> None:
    """Until it is adopted."""
    graph = f"{archive.settings.base_iri}graph/21-12-essai-1"
    remote.store.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:s> <urn:p> 'theirs' }} }}")

    with pytest.raises(StoreError, match="was not loaded"):
        remote.load(archive)
    assert has_theirs(remote, graph)

    assert remote.load(archive, verify=True, adopt=True).is_whole


@pytest.mark.parametrize("remote", ["virtuoso", "jena"], indirect=True)
@pytest.mark.parametrize(
    ("credentials", "words"),
    [(Credentials("loader", "not-the-password"), "refuses the name or the password"), (None, "asks for a name")],
    ids=["wrong", "none"],
)
def test_a_wrong_password_is_said_to_be_one(
    remote: Target, archive: Archive, credentials: Credentials | None, words: str
) -> None:
    """By digest authentication and by basic; nothing of it is in the sentence, and nothing is changed."""
    remote.credentials = credentials

    with pytest.raises(StoreError, match=words) as caught:
        remote.load(archive)
    assert "not-the-password" not in str(caught.value)
    assert titles(remote) == set()


@pytest.mark.parametrize("remote", ["jena"], indirect=True)
def test_an_update_that_fails_in_the_middle_is_not_done_in_part(remote: Target) -> None:
    """By Jena; Virtuoso keeps what came before the fault, so no load relies on this."""
    with pytest.raises(StoreError):
        remote.store.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } } ; LOAD <file:///none/such.ttl>")
    with pytest.raises(QueryRejected, match="400"):
        remote.store.update("INSERT DATA { GRAPH <urn:g> { <urn:s>")

    assert not remote.store.ask("ASK { GRAPH <urn:g> { ?s ?p ?o } }")
    remote.store.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }")
    assert remote.store.ask("ASK { GRAPH <urn:g> { ?s ?p ?o } }")


def test_a_store_that_is_read_only_says_so(archive: Archive, tmp_path: Path) -> None:
    """And is asked only once."""
    with oxigraph.serve(tmp_path / "store") as server:
        server.stop()
        server.start(read_only=True)
        with pytest.raises(StoreError):
            Target("oxigraph", server).load(archive)


def test_readers_see_the_old_graph_or_the_new_one_and_nothing_between(remote: Target, archive: Archive) -> None:
    """A reader who asks all the time finds each record with all the statements of one of its versions.

    Statements come, go, and take the place of others: some of a graph is amended, and all of another is sent.
    """
    remote.load(archive)
    graph = f"{archive.settings.base_iri}graph/21-12-essai-1"
    texts = f"SELECT ?o {{ GRAPH <{graph}> {{ ?s <{expand('schema:text')}> ?o }} }}"
    versions = {frozenset(row["o"].value for row in remote.store.select(texts))}
    seen: set[frozenset[str]] = set()
    done = threading.Event()
    reader = _reading(remote.store, texts, seen, done)
    for round_, count in enumerate((20, 20, 21, 20, 2, 20)):
        said = [f"Message {number} {round_ if number % 7 == 0 else ''}" for number in range(count)]
        more = "".join(f"[14:{10 + number}] Ana Exemple :\n\n{text}\n\n" for number, text in enumerate(said))
        archive.write("1.txt", page("21.12 Essai 1") + more)
        archive.export()
        remote.load(archive)
        versions.add(frozenset(row["o"].value for row in remote.store.select(texts)))
    done.set()
    reader.join()

    assert len(versions) == 7
    assert seen
    assert seen <= versions


def _reading(store: RemoteStore, query: str, seen: set[frozenset[str]], done: threading.Event) -> threading.Thread:
    def read() -> None:
        while not done.is_set():
            seen.add(frozenset(_texts(store, query)))

    reader = threading.Thread(target=read)
    reader.start()
    return reader


def _texts(store: RemoteStore, query: str) -> list[str]:
    """Return what is asked for as ``?o``; a row without it has a text that is none of a publication."""
    return [row["o"].value if "o" in row else "(a row without a text)" for row in store.select(query)]


@pytest.mark.parametrize("remote", ["virtuoso"], indirect=True)
def test_readers_see_no_statement_without_its_text(
    remote: Target, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Virtuoso keeps texts apart; of graphs that are amended, are sent whole, and are new."""
    loads = 500 if request.config.getoption("--long") else 10
    ana, done = Publisher(tmp_path, remote.store), threading.Event()
    seen: set[frozenset[str]] = set()
    query = f"SELECT ?o {{ GRAPH ?g {{ ?s <http://a/p> ?o }} FILTER(STRSTARTS(STR(?g), '{BASE}graph/')) }}"
    ana.load(_texts_of(0))
    readers = [_reading(remote.store, query, seen, done) for _ in range(2)]
    try:
        for number in range(1, loads + 1):
            ana.load(_texts_of(number))
    finally:
        done.set()
        for reader in readers:
            reader.join()

    assert len(seen) > 1
    assert not [texts for texts in seen if "(a row without a text)" in texts]
    assert is_held(ana.store, _texts_of(loads))


@pytest.mark.parametrize("remote", ["virtuoso"], indirect=True)
def test_texts_that_are_too_many_for_a_request_are_told_with_fewer_graphs(
    remote: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left of them beside the graphs."""
    monkeypatch.setattr(pace, "_STEPS", (2_000,))
    ana, refused = Publisher(tmp_path, remote.store), list[str]()
    ana.load(_texts_of(0))
    do = ana.store.update

    def picky(update: str) -> None:
        if len(update) > 20_000:
            refused.append(update)
            raise QueryRejected(ana.store.endpoint, {"fr": "trop long", "en": "too long"})
        do(update)

    ana.store.update = picky  # type: ignore[method-assign]
    many = _texts_of(1) | anew(**{f"g{number}": 40 for number in range(50)})
    ana.load(many)

    assert "/staging/" in refused[0]
    assert is_held(ana.store, many)
    assert ana.store.select("SELECT ?s { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), '/staging/')) }") == []
    assert ana.load().updates == 0


def _texts_of(number: int) -> dict[str, list[str]]:
    """Return a graph of which a part has other texts with each number, one of which all has, and one with the number."""
    some, every = spread(some=20)["some"], publication(all=20)["all"]
    new = f' "{"lorem ipsum " * 5}{number} '
    return {
        "some": [line.replace(' "', new) if line.endswith(('1"', '2"')) else line for line in some],
        "all": [line.replace(' "', new) for line in every],
        f"new-{number}": [line.replace(' "', f"{new} new ") for line in every],
    }


def test_of_two_loads_at_once_one_is_told_to_wait(remote: Target, tmp_path: Path) -> None:
    """Whichever of two publishers is second, the store is as one of them published it."""
    archives = [Archive(tmp_path / name) for name in ("ana", "basile")]
    for archive in archives:
        for number in range(10):
            archive.write(f"{number}.txt", page(f"21.12 Essai {number}", abstract=f"De {archive.root.name}."))
        archive.export()
    outcomes: list[Outcome | StoreError] = []
    threads = [threading.Thread(target=_try, args=(remote, archive, outcomes.append)) for archive in archives]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert any(isinstance(outcome, Outcome) for outcome in outcomes)
    assert all(isinstance(outcome, Outcome) or "another load" in str(outcome) for outcome in outcomes), outcomes
    whole = [remote.load(archive, verify=True, dry_run=True) for archive in archives]
    assert sum(outcome.is_whole for outcome in whole) == 1


def _try(target: Target, archive: Archive, told: Callable[[Outcome | StoreError], None]) -> None:
    try:
        told(target.load(archive))
    except StoreError as error:
        told(error)
