"""What a load reads of what a store remembers, and what becomes of the digests whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from commons_ld.errors import StoreError
from commons_ld.stores import holdings, planning, updates
from commons_ld.stores.buckets import BUCKETS, Remembered, bucket_of, text_of, weight
from commons_ld.stores.lease import Lease
from commons_ld.stores.loading import distrust
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.values import Term
from tests.loads import BASE, FailingStore, Publisher, anew, held, is_held, publication, rows_of, spread

LEDGER = updates.Ledger.of(BASE)
MANY = publication(**{f"g{number}": number % 3 + 1 for number in range(60)})
OTHER = MANY | anew(g7=2, g8=3, more=4)
del OTHER["g9"]


@contextlib.contextmanager
def noted(store: FailingStore) -> Iterator[list[str]]:
    """Note the updates that a store is sent meanwhile."""
    do, sent = store.update, list[str]()

    def note(update: str) -> None:
        sent.append(update)
        do(update)

    store.update = note  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        store.update = do  # type: ignore[method-assign]


def is_believed(store: RemoteStore) -> bool:
    """Tell whether the next load may rely on anything: and see that whatever it relies on is so."""
    remembered = holdings.remembered(store, LEDGER)
    if not remembered.is_sure:
        return False
    rows = dict(holdings.rows(store, BASE))
    sums = Counter[int]()
    for iri, sha256 in rows.items():
        sums[bucket_of(iri)] += weight(iri, sha256)
    sure = [bucket for bucket in range(BUCKETS) if not remembered.is_marked(bucket)]
    assert [bucket for bucket in sure if text_of(sums[bucket]) != text_of(remembered.of(bucket))] == []
    there = held(store)
    for iri, sha256 in rows.items():
        name = iri.removeprefix(f"{BASE}graph/")
        if not remembered.is_marked(bucket_of(iri)):
            lines = "".join(f"{line} <{iri}> .\n" for line in there[name])
            assert hashlib.sha256(lines.encode()).hexdigest() == sha256
    # What is there, and nobody knows of, has no digest either.
    assert all(
        f"{BASE}graph/{name}" in rows or remembered.is_marked(bucket_of(f"{BASE}graph/{name}")) for name in there
    )
    return True


def asked_by(store: RemoteStore) -> list[tuple[str, int]]:
    """Return a list to which each query is put, with how many rows it had."""
    select, asked = store.select, list[tuple[str, int]]()

    def noted(query: str) -> list[dict[str, Term]]:
        rows = select(query)
        asked.append((query, len(rows)))
        return rows

    store.select = noted  # type: ignore[method-assign]
    return asked


def test_a_load_that_has_nothing_to_do_asks_one_question(ana: Publisher) -> None:
    """However much there is: the digest of all is told beside who is loading."""
    ana.load(MANY)
    asked = asked_by(ana.store)

    assert ana.load().updates == 0
    assert [query for query, _ in asked] == [updates.values(LEDGER)]
    assert asked[0][1] < 4


def test_what_is_read_depends_on_what_changed(ana: Publisher) -> None:
    """Ten times as many graphs, and as many rows but for the digests of their buckets."""
    read = []
    for size in (60, 600):
        graphs = spread(**{f"g{number}": 9 for number in range(size)})
        ana.load(graphs)
        asked = asked_by(ana.store)
        ana.load(graphs | {"g7": graphs["g7"][1:], "g8": graphs["g8"][1:]})
        read.append(sum(rows for query, rows in asked if query != updates.digests(LEDGER)))
        del ana.store.select

    assert read[0] <= read[1] <= read[0] + 10


def test_what_was_found_before_the_lease_was_taken_is_not_looked_for_again(ana: Publisher) -> None:
    """If nobody was at work between; if somebody was, it is."""
    ana.load(MANY)
    asked = asked_by(ana.store)
    ana.load(OTHER)
    once = [query for query, _ in asked].count(updates.digests(LEDGER))
    asked.clear()
    take = Lease._take

    def overtaken(self: Lease) -> None:
        bob = Publisher(ana.folder.parent / "bob", RemoteStore(ana.store._query_url))
        Lease._take = take  # type: ignore[method-assign]
        bob.load(OTHER | anew(g1=1))
        take(self)

    Lease._take = overtaken  # type: ignore[method-assign]
    ana.load(MANY)

    assert once == 1
    assert [query for query, _ in asked].count(updates.digests(LEDGER)) == 2
    assert is_held(ana.store, MANY)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("at", range(1, 6))
def test_no_digest_is_wrong_wherever_a_load_is_cut_off(
    ana: Publisher, store: FailingStore, at: int, *, done: bool
) -> None:
    """Killed before a request or after it: what a digest is told of is as it says, the rest is read row by row."""
    old, new = MANY, OTHER
    ana.load(old)
    store.fail(at, done=done, error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ana.load(new)
    store.fail(0, done=False)

    assert is_believed(store)
    ana.load(old)
    assert is_held(store, old)
    assert is_believed(store)
    assert holdings.remembered(store, LEDGER).is_clean
    ana.load(new)
    assert is_held(store, new)
    assert len(held(store, ledger=True)["ledger"]) == rows_of(new)


@pytest.mark.parametrize("at", range(1, 6))
def test_no_digest_is_wrong_where_a_request_is_done_in_part(ana: Publisher, store: FailingStore, at: int) -> None:
    """Virtuoso may keep what came before the fault: each operation but the last ones."""
    operation, count = re.compile(r" ;\n(?=INSERT|DELETE|DROP)"), 0
    ana.load(MANY)
    do = store.update

    def in_part(update: str) -> None:
        nonlocal count
        count += 1
        if count == at:
            parts = operation.split(update)
            for part in parts[: max(1, len(parts) // 2)]:
                do(part)
            raise KeyboardInterrupt
        do(update)

    store.update = in_part  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        ana.load(OTHER)
    store.update = do  # type: ignore[method-assign]
    is_believed(store)
    ana.load(OTHER)
    assert is_held(store, OTHER)
    ana.load(MANY)
    assert is_held(store, MANY)
    assert is_believed(store)


def of_before(store: RemoteStore) -> None:
    """Make of the ledger one as loads wrote it before there were digests."""
    store.update(updates.forget_digests(LEDGER))
    store.update(f"DELETE WHERE {{ GRAPH <{LEDGER.graph}> {{ ?g <{LEDGER.bucket}> ?b }} }}")


def lost(pattern: str) -> Callable[[RemoteStore], None]:
    """Return what takes away statements of the ledger."""
    return lambda store: store.update(f"DELETE {{ GRAPH <{LEDGER.graph}> {{ ?s ?p ?o }} }} WHERE {{ "
                                      f"GRAPH <{LEDGER.graph}> {{ ?s ?p ?o {pattern} }} }}")  # fmt: skip


@pytest.mark.parametrize(
    "harm",
    [
        of_before,
        lost(f"FILTER(?s = <{LEDGER.graph}> && ?p = <{LEDGER.digest}>)"),
        lost(f"FILTER(?s = <{LEDGER.bucket_iri(bucket_of(f'{BASE}graph/g5'))}>)"),
        lost(f"FILTER(?p = <{LEDGER.digest}>)"),
        lost(f"FILTER(?p = <{LEDGER.bucket}>)"),
        lost(f"FILTER(?p = <{LEDGER.bucket}> && ?s = <{BASE}graph/g7>)"),
        lambda store: store.update(updates.insert([LEDGER.digests([(None, text_of(5, "bob-1"))])])),
        lambda store: store.update(updates.insert([LEDGER.digests([(bucket_of(f"{BASE}graph/g7"), text_of(5))])])),
        lambda store: store.update(updates.insert([LEDGER.digests([(None, "who-is-this"), (17, "that")])])),
    ],
    ids=["of-before", "whole", "bucket", "digests", "members", "some-members", "second", "other", "marks"],
)  # fmt: skip
def test_a_ledger_that_does_not_add_up_is_read_row_by_row_and_put_in_order(
    ana: Publisher, store: FailingStore, harm: Callable[[RemoteStore], None]
) -> None:
    """One of an older version, one of which a part was lost, one in which somebody wrote: nothing is sent twice."""
    ana.load(MANY)
    harm(store)
    loaded = ana.load(OTHER)

    assert (loaded.sent, loaded.removed) == (3, 1)
    assert is_held(store, OTHER)
    assert is_believed(store)
    assert len(held(store, ledger=True)["ledger"]) == rows_of(OTHER)
    assert ana.load().updates == 0


def test_a_ledger_of_before_gets_its_digests_though_there_is_nothing_to_send(ana: Publisher) -> None:
    """Once; a dry run changes nothing."""
    ana.load(MANY)
    of_before(ana.store)

    assert ana.load(dry_run=True).updates == 0
    loaded = ana.load()
    assert (loaded.sent, loaded.removed, loaded.kept) == (0, 0, len(MANY))
    assert loaded.updates > 0
    assert is_believed(ana.store)
    assert ana.load().updates == 0


def test_a_store_that_was_brought_back_to_an_older_state_is_loaded_again(ana: Publisher, store: FailingStore) -> None:
    """From a backup of all of it; what it remembers is as old as what it holds."""
    ana.load(MANY)
    rows = store.select("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }")
    ana.load(OTHER)
    store.update("DROP ALL")
    for row in rows:
        term = f"<{row['o'].value}>" if row["o"].kind == "uri" else f'"{row["o"].value}"'
        line = f"<{row['s'].value}> <{row['p'].value}> {term}"
        store.update(f"INSERT DATA {{ GRAPH <{row['g'].value}> {{ {line} }} }}")

    loaded = ana.load()
    assert (loaded.sent, loaded.removed) == (3, 1)
    assert is_held(store, OTHER)


def test_what_another_load_wrote_late_is_found_by_the_next(ana: Publisher, store: FailingStore) -> None:
    """Its last request, which says that all is as it left it: though another has loaded what was there before."""
    ana.load(MANY)
    with noted(store) as sent:
        ana.load(OTHER)
    (last,) = (update for update in sent if re.search(r'"[0-9a-f]{64}\.', update))
    bob = Publisher(ana.folder.parent / "bob", store)
    bob.load(MANY)
    store.update(last)

    ana.load(OTHER)
    assert is_held(store, OTHER)
    bob.load(MANY)
    assert is_held(store, MANY)
    assert is_believed(store)


def test_each_request_that_changes_a_row_begins_with_its_mark(ana: Publisher, store: FailingStore) -> None:
    """So that one that arrives late, whichever it is, is found by the next load: all but the last are sent again."""
    old, new = MANY | publication(big=1000), OTHER | anew(big=1001)
    ana.load(old)
    with noted(store) as sent:
        ana.load(new)
    bob = Publisher(ana.folder.parent / "bob", store)
    changing = [update for update in sent if f"<{LEDGER.sha256}>" in update]
    assert len(changing) > 2
    for update in changing:
        bob.load(old)
        store.update(update)
        assert is_believed(store), update
        bob.load()
        assert is_held(store, old)


def test_a_first_load_marks_no_buckets_and_is_found_whatever_comes_late(ana: Publisher, store: FailingStore) -> None:
    """All rows are read then: by the next load, where it was killed or one of its requests comes late."""
    with noted(store) as sent:
        ana.load(MANY)
    bob = Publisher(ana.folder.parent / "bob", store)
    changing = [update for update in sent if f"<{LEDGER.sha256}>" in update]
    assert changing
    for update in changing:
        # But for those that the load ends with.
        assert f"> <{LEDGER.digest}> " not in update.replace(f"<{LEDGER.graph}> <{LEDGER.digest}> ", "")
        bob.load(OTHER)
        store.update(update)
        assert not holdings.remembered(store, LEDGER).is_sure
        bob.load()
        assert is_held(store, OTHER)
        assert is_believed(store)


def test_rows_that_somebody_changed_are_found_when_a_store_is_verified(ana: Publisher, store: FailingStore) -> None:
    """Digests of buckets that nothing was to do with are believed until then."""
    ana.load(MANY)
    assert planning.is_in_order(store, BASE)
    store.update(updates.forget(LEDGER, [f"{BASE}graph/g4"]))

    assert ana.load().updates == 0
    assert not planning.is_in_order(store, BASE)
    distrust(store, [], base_iri=BASE, state=ana.folder / "state", digests=True)
    with pytest.raises(StoreError, match=r"graph/g4 is there, but was not loaded"):
        ana.load()
    ana.load(adopt=True)
    assert planning.is_in_order(store, BASE)
    assert is_held(store, MANY)


def test_a_graph_that_is_distrusted_is_sent_again(ana: Publisher, store: FailingStore) -> None:
    """And no other."""
    ana.load(MANY)
    store.update(f'INSERT DATA {{ GRAPH <{BASE}graph/g4> {{ <http://a/s> <http://a/p> "by hand" }} }}')
    distrust(store, [f"{BASE}graph/g4"], base_iri=BASE, state=ana.folder / "state")

    assert ana.load().sent == 1
    assert is_held(store, MANY)
    assert is_believed(store)


def test_digests_do_not_add_up_where_one_is_missing_or_is_told_twice() -> None:
    """A mark beside one changes nothing of it."""
    whole = Remembered(frozenset({text_of(7, "ana-1")}), {1: frozenset({text_of(3)}), 2: frozenset({text_of(4)})})

    assert whole.is_sure
    assert whole.is_clean
    assert whole._replace(root=whole.root | {"bob-1"}).is_sure
    assert not whole._replace(root=whole.root | {"bob-1"}).is_clean
    assert not whole._replace(root=frozenset({"bob-1"})).is_sure
    assert not whole._replace(root=frozenset()).is_sure
    assert not whole._replace(root=whole.root | {text_of(7, "bob-1")}).is_sure
    assert not whole._replace(buckets={1: frozenset({text_of(3)})}).is_sure
    assert not whole._replace(buckets={**whole.buckets, 2: frozenset({text_of(4), text_of(0)})}).is_sure
    assert whole._replace(buckets={**whole.buckets, 2: frozenset({text_of(4), "bob-1"})}).is_sure
