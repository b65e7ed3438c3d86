"""Loading a publication into a store: what is sent, what is left alone, and what becomes of a load that fails."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from commons_ld.errors import PublicationError, StoreError, StoreUnavailable
from commons_ld.stores import updates
from commons_ld.stores.bulk import write_ledger
from commons_ld.stores.pace import Pace
from commons_ld.stores.publication import Graph
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.values import Term
from tests.loads import BASE, FailingStore, Publisher, anew, held, is_held, publication, rows_of
from tests.servers import oxigraph

OLD = publication(catalog=3, one="old", two=5, three=1)
NEW = publication(catalog=4, one="new", two=5, four=2)


def test_the_store_holds_what_was_published_and_a_second_load_sends_nothing(ana: Publisher) -> None:
    """Not one request that would change the store."""
    first = ana.load(OLD)
    second = ana.load()

    assert is_held(ana.store, OLD)
    assert (first.sent, first.statements, first.removed, first.kept) == (4, 10, 0, 0)
    assert (second.sent, second.removed, second.kept, second.updates) == (0, 0, 4, 0)


def test_only_what_differs_is_sent_and_what_is_gone_is_removed(ana: Publisher) -> None:
    """One graph changed, one grew, one is new, one is gone, one is as it was."""
    ana.load(OLD)
    loaded = ana.load(NEW)

    assert is_held(ana.store, NEW)
    assert (loaded.sent, loaded.removed, loaded.kept) == (3, 1, 1)
    assert ana.load().updates == 0


def test_a_dry_run_tells_and_changes_nothing(ana: Publisher) -> None:
    """The same numbers as those of the load."""
    ana.load(OLD)
    told = ana.load(NEW, dry_run=True)

    assert is_held(ana.store, OLD)
    assert (told.sent, told.removed, told.kept, told.updates) == (3, 1, 1, 0)


def test_graphs_of_others_are_never_touched(ana: Publisher) -> None:
    """Nor are their ledgers believed: one that names a foreign graph does not have it removed."""
    ledger = updates.Ledger.of(BASE)
    foreign = Graph("http://a/foreign", (b'<http://a/s> <http://a/p> "theirs" .',))
    ana.store.update(updates.insert([foreign, ledger.hashes({"http://a/foreign": "abc"})]))

    ana.load(OLD)
    ana.load(NEW)

    assert held(ana.store)["http://a/foreign"] == ['<http://a/s> <http://a/p> "theirs"']


def test_a_graph_of_our_name_that_was_not_loaded_is_in_the_way_unless_it_is_adopted(ana: Publisher) -> None:
    """Somebody may have loaded the dump by hand, or keep something of their own there."""
    ana.store.update(updates.insert([Graph(f"{BASE}graph/one", (b'<http://a/s> <http://a/p> "by hand" .',))]))

    with pytest.raises(StoreError, match=r"graph/one is there, but was not loaded.*--adopt"):
        ana.load(OLD)
    assert held(ana.store, ledger=True) == {"one": ['<http://a/s> <http://a/p> "by hand"']}

    ana.load(adopt=True)
    assert is_held(ana.store, OLD)


def test_a_graph_that_no_request_can_hold_is_put_together_beside_it(ana: Publisher) -> None:
    """In parts, none above the limits, and nothing of that is left."""
    sizes: list[int] = []
    ana.load(publication(big=3, small=1))
    do = ana.store.update

    def measured(update: str) -> None:
        sizes.append(len(re.findall(r'"\d+"', update)))
        do(update)

    ana.store.update = measured  # type: ignore[method-assign]
    big = publication(big=4321, small=1)
    ana.load(big)

    assert is_held(ana.store, big)
    assert max(sizes) == Pace().most
    assert set(held(ana.store, ledger=True)) == {"big", "small", "ledger"}


def test_requests_stay_below_a_megabyte(ana: Publisher) -> None:
    """Long texts make shorter batches, and a graph of them is staged."""
    sizes: list[int] = []
    do = ana.store.update

    def measured(update: str) -> None:
        sizes.append(len(update))
        do(update)

    ana.store.update = measured  # type: ignore[method-assign]
    long = {
        name: [f'<http://a/{n}> <http://a/p> "{n}{"x" * 300_000}"' for n in range(count)]
        for name, count in (("one", 2), ("two", 2), ("three", 5))
    }
    ana.load(long)

    assert is_held(ana.store, long)
    assert max(sizes) < updates.MOST_BYTES + 20_000


def test_durations_are_no_data_of_an_update(ana: Publisher) -> None:
    """Virtuoso refuses them there, and takes them from STRDT; several graphs have the same ones."""
    duration = "http://www.w3.org/2001/XMLSchema#duration"
    sent: list[str] = []
    do = ana.store.update
    ana.store.update = lambda update: (sent.append(update), do(update))[1]  # type: ignore[method-assign, func-returns-value]
    ana.load(
        {
            name: [f'<http://a/s> <http://a/p> "{text}"^^<{duration}>' for text in texts]
            + ['<http://a/s> <http://a/p> "x"']
            for name, texts in (("one", ["PT1H", "PT1M"]), ("two", ["PT1H"]))
        }
    )
    rows = ana.store.select("SELECT ?g ?o { GRAPH ?g { <http://a/s> <http://a/p> ?o FILTER(DATATYPE(?o) = xsd:duration) } }"
                            .replace("xsd:duration", f"<{duration}>"))  # fmt: skip

    assert sorted((row["g"].value.rpartition("/")[2], row["o"].value) for row in rows) == [
        ("one", "PT1H"), ("one", "PT1M"), ("two", "PT1H"),
    ]  # fmt: skip
    for update in sent:
        for data in update.split("INSERT DATA")[1:]:
            assert "duration" not in data.partition(" ;\n")[0].partition("INSERT {")[0]


def test_a_graph_with_an_address_that_a_store_would_cut_off_is_held_back(ana: Publisher) -> None:
    """What the store held of it stays, and everything else is loaded; a store that keeps it whole gets it."""
    long = f"<http://a/{'x' * 1500}>"
    ana.load(publication(one="old", two=3))
    new = publication(two=4) | {"one": [f"<http://a/s> <http://a/p> {long}"]}
    do = ana.store.update
    ana.store.update = lambda update: do(update.replace("x" * 1500, "x" * 1400))  # type: ignore[method-assign]
    loaded = ana.load(new)

    assert [place.iri for place in loaded.held_back] == [f"{BASE}graph/one"]
    assert is_held(ana.store, publication(one="old", two=4))

    ana.store.update = do  # type: ignore[method-assign]
    assert ana.load().held_back == ()
    assert is_held(ana.store, new)


def test_a_store_that_does_not_move_a_graph_is_found_out(ana: Publisher) -> None:
    """Jena 4.5 says that it did."""
    ana.load(publication(big=1000))
    do = ana.store.update
    ana.store.update = lambda update: None if "WHERE { GRAPH" in update and "staging" in update else do(update)  # type: ignore[method-assign]
    # As many statements, and the same properties.
    changed = anew(big=1000)

    with pytest.raises(StoreError, match="was not put in its place"):
        ana.load(changed)


@pytest.mark.parametrize(
    ("at", "done"),
    # Some requests are cut off before or after they are done; by ``make test-long`` each both ways.
    [
        pytest.param(at, done, marks=[] if at % 3 == 1 and done != bool(at % 2) else [pytest.mark.long])
        for at in range(1, 11)
        for done in (False, True)
    ],
)
def test_a_load_that_is_cut_off_anywhere_is_finished_by_the_next(
    ana: Publisher, store: FailingStore, at: int, *, done: bool
) -> None:
    """Killed before a request or after it: no hand is needed, and no wait."""
    old = OLD | publication(big=1000)
    new = NEW | anew(big=1001)
    ana.load(old)
    store.fail(at, done=done, error=KeyboardInterrupt())
    waits: list[float] = []
    store.sleep = waits.append

    try:
        ana.load(new)
    except KeyboardInterrupt:
        store.fail(0, done=False)
        ana.load(new)

    assert is_held(store, new)
    assert waits == []
    assert ana.load().updates == 0
    assert len(held(store, ledger=True)["ledger"]) == rows_of(new)


@pytest.mark.parametrize(
    ("at", "done"),
    [
        pytest.param(at, done, marks=[pytest.mark.long] if done == bool(at % 2) else [])
        for at in range(2, 10)
        for done in (False, True)
    ],
)
def test_what_is_not_known_to_be_done_is_looked_after_before_it_is_sent_again(
    ana: Publisher, store: FailingStore, at: int, *, done: bool
) -> None:
    """A request that was done is not done twice; one that was not is done."""
    new = NEW | anew(big=1001)
    ana.load(OLD | publication(big=1000))
    store.fail(at, done=done)
    loaded = ana.load(new)

    assert is_held(store, new)
    assert loaded.updates == store.count - (0 if done else 1)
    assert ana.load().updates == 0


def test_a_store_that_stays_away_ends_the_load_and_nothing_is_lost(ana: Publisher, store: FailingStore) -> None:
    """The old graphs stand, or are marked as written; the next load does the rest."""
    ana.load(OLD)
    do = store.update
    seen: list[str] = []

    def away(update: str) -> None:
        seen.append(update)
        if len(seen) > 1:
            raise StoreUnavailable(store.endpoint, {"fr": "parti", "en": "gone"})
        do(update)

    store.update = away  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable, match="gone"):
        ana.load(NEW)
    store.update = do  # type: ignore[method-assign]

    assert is_held(store, OLD)
    ana.load()
    assert is_held(store, NEW)


def test_a_store_that_loses_a_statement_is_found_out(ana: Publisher) -> None:
    """What was sent is counted there before its hash is written down."""
    do = ana.store.update
    two = '<https://example.org/two> <http://a/p> "0",\n"1",\n"2",\n'
    ana.store.update = lambda update: do(update.replace(f'{two}"3",\n', two))  # type: ignore[method-assign]

    with pytest.raises(StoreError, match=r"not there whole \(.*graph/two: 4 / 5 statements\)"):
        ana.load(OLD)

    ana.store.update = do  # type: ignore[method-assign]
    ana.load()
    assert is_held(ana.store, OLD)


def test_what_is_new_is_counted_without_naming_it_and_what_replaces_something_by_property(ana: Publisher) -> None:
    """A store takes long for a question with many names; but what takes the place of as many has to be told apart."""
    ask, asked = ana.store.select, list[str]()

    def noted(query: str) -> list[dict[str, Term]]:
        asked.append(query)
        return ask(query)

    ana.store.select = noted  # type: ignore[method-assign]
    ana.load(OLD)
    counts = [query for query in asked if "COUNT(*)" in query]
    asked.clear()
    ana.load(anew(catalog=3, one="old", two=5, three=1))

    assert counts
    assert not [query for query in counts if f"<{BASE}graph/two>" in query]
    assert [query for query in asked if "GROUP BY ?g ?p" in query and f"<{BASE}graph/two>" in query]


def test_what_is_not_there_is_not_removed_first(ana: Publisher) -> None:
    """A first load removes nothing; a graph that changed is removed in the request that puts it there."""
    do, sent = ana.store.update, list[str]()

    def noted(update: str) -> None:
        sent.append(update)
        do(update)

    ana.store.update = noted  # type: ignore[method-assign]
    ana.load(OLD)
    dropped = [f"DROP SILENT GRAPH <{BASE}graph/{name}>" in "".join(sent) for name in ("one", "two")]
    sent.clear()
    ana.load(NEW)

    assert dropped == [False, False]
    assert any("DROP SILENT GRAPH" in text and "INSERT DATA" in text for text in sent)
    assert is_held(ana.store, NEW)


def test_what_comes_late_into_a_graph_that_was_not_there_is_removed(ana: Publisher) -> None:
    """A request of a load that was killed may arrive once the graphs were looked for: the statements are counted."""
    do, late = ana.store.update, [f'INSERT DATA {{ GRAPH <{BASE}graph/two> {{ <http://a/s> <http://a/p> "late" }} }}']

    def interrupted(update: str) -> None:
        if late and f"GRAPH <{BASE}graph/two>" in update:
            do(late.pop())
        do(update)

    ana.store.update = interrupted  # type: ignore[method-assign]
    ana.load(OLD)

    assert not late
    assert is_held(ana.store, OLD)


def test_a_store_that_took_the_dump_in_bulk_goes_on_from_there(ana: Publisher) -> None:
    """With the ledger beside it nothing is sent that is there, and what changed since is."""
    ana.publish(OLD)
    assert write_ledger(ana.dump, ana.folder / "ledger.nq", BASE) == len(OLD)
    for file in (ana.dump, ana.folder / "ledger.nq"):
        quads = ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS)
        ana.store.update(f"INSERT DATA {{ {' '.join(f'GRAPH {q.graph_name} {{ {q.triple} }}' for q in quads)} }}")

    assert ana.load(OLD).updates == 0
    assert ana.load(NEW).sent < len(NEW)
    assert is_held(ana.store, NEW)


def test_a_ledger_is_written_whole_or_not_at_all(ana: Publisher) -> None:
    """Neither where there is nothing to load, nor where it cannot be written."""
    ana.publish(OLD)
    with pytest.raises(PublicationError, match="name another file"):
        write_ledger(ana.dump, ana.folder / "missing" / "ledger.nq", BASE)
    target = ana.folder / "ledger.nq"
    target.write_text("before")
    ana.publish({})
    with pytest.raises(PublicationError, match="nothing to load"):
        write_ledger(ana.dump, target, BASE)

    assert target.read_text() == "before"
    assert list(ana.folder.glob(".ledger*")) == []


def test_a_ledger_in_disorder_is_not_believed(ana: Publisher) -> None:
    """Two hashes of one graph, as a request that comes late leaves, and its mark: the graph is sent again."""
    ana.load(OLD)
    ledger = updates.Ledger.of(BASE)
    wrong = {f"{BASE}graph/one": "0123", f"{BASE}graph/gone": "0456"}
    ana.store.update(updates.insert([ledger.marks("slow-1", wrong), ledger.rows(wrong)]))
    loaded = ana.load()

    assert (loaded.sent, loaded.removed, loaded.kept) == (1, 1, 3)
    assert ana.load().updates == 0


def whole(ana: Publisher) -> None:
    """Have the next load read all that a store remembers."""
    ana.store.update(updates.forget_digests(updates.Ledger.of(BASE)))


@pytest.mark.parametrize("page", [1, 10, 11])
@pytest.mark.parametrize("part", [1, 2, 100])
def test_a_ledger_of_many_pages_is_read_whole(
    ana: Publisher, monkeypatch: pytest.MonkeyPatch, page: int, part: int
) -> None:
    """However many rows are asked for at once; those too that are told to be in no bucket, or in another one."""
    ana.load(publication(**{f"g{n}": 1 for n in range(11)}))
    ledger = updates.Ledger.of(BASE)
    lost = [f"{BASE}graph/g{n}" for n in range(3)]
    moved = Graph(ledger.graph, (f"<{BASE}graph/g9> <{ledger.bucket}> <{ledger.bucket_iri(7)}> .".encode(),))
    ana.store.update(updates.together(updates.delete([ledger.members(lost)]), updates.insert([moved])))
    whole(ana)
    monkeypatch.setattr("commons_ld.stores.holdings._PAGE", page)
    monkeypatch.setattr("commons_ld.stores.holdings._SORTED", part)

    assert ana.load(dry_run=True).kept == 11
    assert ana.load().sent == 0
    assert ana.load().updates == 0


def test_a_large_ledger_is_read_in_answers_that_are_not_sorted(ana: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Oxigraph takes seconds to sort 200,000 rows, for each answer."""
    ana.load(publication(**{f"g{n}": 1 for n in range(60)}))
    whole(ana)
    monkeypatch.setattr("commons_ld.stores.holdings._PAGE", 50)
    select, asked = ana.store.select, list[str]()

    def noted(query: str) -> list[dict[str, Term]]:
        asked.append(query)
        return select(query)

    ana.store.select = noted  # type: ignore[method-assign]

    assert ana.load(dry_run=True).kept == 60
    assert not [query for query in asked if "ORDER BY" in query]


def test_a_store_that_gives_fewer_rows_than_it_was_asked_for_is_read_whole(ana: Publisher) -> None:
    """Virtuoso gives as many as its settings say, and does not tell that there are more."""
    many = publication(**{f"g{n}": 1 for n in range(11)})
    ana.load(many)
    whole(ana)
    select, asked = ana.store.select, list[str]()

    def cut_off(query: str) -> list[dict[str, Term]]:
        asked.append(query)
        return select(query)[:3]

    ana.store.select = cut_off  # type: ignore[method-assign]

    assert ana.load(dry_run=True).kept == 11
    assert len([query for query in asked if "ORDER BY" in query]) == 4


def test_texts_that_look_like_sparql_stay_texts(ana: Publisher) -> None:
    """Quotes, escapes, ends of groups, code points, in all languages."""
    texts = {
        "quotes": r"\" . } } ; DROP ALL # \"",
        "escapes": r"\\u0022 . } \\n \n \t \\\\u000A \\U00000041",
        "letters": "é 李 𝔘 \u202e",
    }
    graphs = {name: [f'<http://a/s> <http://a/p> "{text}"'] for name, text in texts.items()}
    ana.load(graphs)
    values = {row["o"].value for row in ana.store.select("SELECT ?o WHERE { GRAPH ?g { <http://a/s> ?p ?o } }")}

    assert values == {
        '" . } } ; DROP ALL # "', "\\u0022 . } \\n \n \t \\\\u000A \\U00000041", texts["letters"],
    }  # fmt: skip


def test_a_publication_of_another_archive_is_refused(ana: Publisher) -> None:
    """Its graphs would not be known as ours, and never be removed."""
    ana.dump.write_text('<http://a/s> <http://a/p> "x" <http://a/g> .\n')
    with pytest.raises(PublicationError, match="another base_iri"):
        ana.load()


def test_an_empty_publication_removes_nothing(ana: Publisher) -> None:
    """A dump without a statement is an accident."""
    ana.load(OLD)
    with pytest.raises(PublicationError, match="nothing to load"):
        ana.load({})
    assert is_held(ana.store, OLD)


def test_a_store_that_is_down_at_the_start_is_told_at_once(tmp_path: Path) -> None:
    """Nobody waits for a store that may not exist."""
    ana = Publisher(tmp_path, RemoteStore(f"http://127.0.0.1:{oxigraph.free_port()}/query"))
    ana.store.sleep = lambda _seconds: pytest.fail("waited")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        ana.load(OLD)
