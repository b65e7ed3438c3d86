"""Find out what is to be done to a store: in what it remembers otherwise than was published.

Where the digests of its ledger are those of the publication there is nothing to do. Else the rows of the buckets that
differ are read, and compared with the publication on our own disk. Once all is done they are read once more, and their
new digests are written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from commons_ld.errors import StoreError
from commons_ld.stores import holdings, updates
from commons_ld.stores.buckets import MODULUS, Remembered, bucket_of, text_of, weight
from commons_ld.stores.lease import Lease
from commons_ld.stores.pace import SURE
from commons_ld.stores.places import PLACE, PLACES, POSITION, Places
from commons_ld.stores.publication import Place
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["Plan", "is_in_order", "planned", "settle"]

#: Graphs of a plan that are read of our disk at once.
_PAGE: Final = 500
_TABLES: Final = """
DROP TABLE IF EXISTS held;
DROP TABLE IF EXISTS doubtful;
DROP TABLE IF EXISTS sending;
CREATE TEMP TABLE held (iri TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE doubtful (bucket INTEGER PRIMARY KEY);
CREATE TEMP TABLE sending (
    position INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    is_absent INTEGER NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0
);
"""
_SENT: Final = f"""
INSERT INTO sending (position, number, is_absent) SELECT {POSITION}, place.number, held.iri IS NULL
FROM doubtful CROSS JOIN place USING (bucket) JOIN chunk ON chunk.id = place.chunk LEFT JOIN held USING (iri)
WHERE held.sha256 IS NOT place.sha256
"""
_GONE: Final = "SELECT iri FROM held WHERE NOT EXISTS (SELECT 1 FROM place WHERE place.iri = held.iri) ORDER BY iri"

#: A bucket or all of them, what was told of it, and what is to be told of it then.
_Texts = tuple[int | None, frozenset[str], str]


class Plan:
    """What is to be done to a store, made by :func:`planned`; one at a time for the places of a publication.

    :param remembered: what its ledger told of digests
    :param is_whole: whether all rows of the ledger were read, because the digests did not add up
    """

    def __init__(self, places: Places, remembered: Remembered, *, is_whole: bool = False) -> None:
        self._places, self._database = places, places.database
        self.remembered, self.is_whole = remembered, is_whole
        #: The sum of the rows of each bucket that was read.
        self.sums: dict[int, int] = defaultdict(int)
        #: Graphs that are in the publication no more.
        self.remove: tuple[str, ...] = ()
        self._database.executescript(_TABLES)

    @property
    def buckets(self) -> list[int]:
        """The buckets that were read, or are to have rows."""
        return [number for (number,) in self._database.execute("SELECT bucket FROM doubtful ORDER BY bucket")]

    @property
    def count(self) -> int:
        """How many graphs are to be sent."""
        return self._number("SELECT count(*) FROM sending")

    @property
    def statements(self) -> int:
        """How many statements these have."""
        return self._number("SELECT coalesce(sum(statements), 0) FROM sending JOIN place USING (number)")

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to do, not even to write down a digest."""
        return self.remembered.is_clean and not self.buckets

    def read(self, rows: Iterable[tuple[str, str]]) -> None:
        """Take what the ledger says of some buckets, or of all."""
        self._database.execute("BEGIN")
        with self._database:
            for iri, sha256 in rows:
                if self._database.execute("INSERT OR IGNORE INTO held VALUES (?, ?)", (iri, sha256)).rowcount:
                    bucket = bucket_of(iri)
                    self.sums[bucket] = (self.sums[bucket] + weight(iri, sha256)) % MODULUS

    def doubt(self, buckets: Iterable[int]) -> None:
        """Note which buckets are compared."""
        self._database.executemany("INSERT OR IGNORE INTO doubtful VALUES (?)", ((bucket,) for bucket in buckets))

    def compare(self) -> None:
        """Find out what is to be sent and removed."""
        self._database.execute("DELETE FROM sending")
        self._database.execute(_SENT)
        self.remove = tuple(iri for (iri,) in self._database.execute(_GONE))

    def new(self) -> Iterator[str]:
        """Yield the graphs to be sent that the ledger does not know."""
        yield from self._names("sending JOIN place USING (number)", "is_absent")

    def has_been_there(self, iris: Collection[str] | None) -> None:
        """Note that graphs are in the store though the ledger does not know them; with ``None``, that all may be."""
        where = "" if iris is None else " WHERE number = (SELECT number FROM place WHERE iri = ?)"
        rows = [()] if iris is None else [(iri,) for iri in iris]
        self._database.executemany(f"UPDATE sending SET is_absent = 0{where}", rows)

    def sends(self, where: str = "1") -> Iterator[tuple[Place, bool]]:
        """Yield the graphs that are yet to be sent in their order, and of each whether it is not there.

        :param where: which of them, as a condition of SQL
        """
        query = (
            f"SELECT position, is_absent, {PLACE} FROM {PLACES} JOIN sending USING (number) "
            f"WHERE NOT is_done AND position > ? AND {where} ORDER BY position LIMIT {_PAGE}"
        )
        last = -1
        while some := self._database.execute(query, (last,)).fetchall():
            yield from ((Place(*row), bool(is_absent)) for _, is_absent, *row in some)
            last = some[-1][0]

    @property
    def is_first(self) -> bool:
        """Whether no load has come to its end yet that told the digest of all rows."""
        return not self.remembered.has_whole

    @property
    def is_new(self) -> bool:
        """Whether nothing is there of all that is yet to be sent."""
        return not self._number("SELECT count(*) FROM sending WHERE NOT is_done AND NOT is_absent")

    def done(self, iris: Iterable[str]) -> None:
        """Note that graphs were sent."""
        query = "UPDATE sending SET is_done = 1 WHERE number = (SELECT number FROM place WHERE iri = ?)"
        self._database.executemany(query, ((iri,) for iri in iris))

    def short(self, most: int) -> Iterator[Place]:
        """Yield the graphs to be sent that may be there, and have no more than so many statements."""
        yield from (place for place, _ in self.sends(f"NOT is_absent AND place.statements <= {most:d}"))

    def long(self) -> tuple[Place, ...]:
        """Return the graphs to be sent that have an IRI which not every store keeps whole."""
        return tuple(place for place, _ in self.sends("place.longest <> ''"))

    def hold_back(self, places: Sequence[Place]) -> None:
        """Leave graphs as they are in the store."""
        query = "DELETE FROM sending WHERE number = (SELECT number FROM place WHERE iri = ?)"
        self._database.executemany(query, ((place.iri,) for place in places))

    def kept(self) -> Iterator[str]:
        """Yield the graphs that the ledger knows, and that stay as they are."""
        yield from self._names("place JOIN held USING (iri) LEFT JOIN sending USING (number)", "sending.number IS NULL")

    def _names(self, tables: str, where: str) -> Iterator[str]:
        query = f"SELECT number, iri FROM {tables} WHERE number > ? AND {where} ORDER BY number LIMIT {_PAGE}"
        last = 0
        while some := self._database.execute(query, (last,)).fetchall():
            yield from (iri for _, iri in some)
            last = some[-1][0]

    def _number(self, query: str) -> int:
        return int(self._database.execute(query).fetchone()[0])


def planned(places: Places, store: RemoteStore, base_iri: str, *, adopt: bool) -> Plan:
    """Return what is to be done.

    :param adopt: take graphs that are there under names of the publication, and are not in the ledger, for ours
    :raises StoreError: if the store cannot be asked, or holds such graphs
    """
    ledger = Ledger.of(base_iri)
    plan = Plan(places, Remembered(holdings.root(store, ledger)))
    if plan.remembered.is_clean and plan.remembered.value == places.value:
        return plan
    plan = _read(places, store, base_iri)
    plan.compare()
    if adopt:
        plan.has_been_there(None)
        return plan
    there = set(holdings.present(store, plan.new()))
    # Another load may have put one there meanwhile: it is in the ledger as soon as it is there.
    foreign = sorted(there.difference(holdings.known(store, ledger, sorted(there))))
    if foreign:
        more = f" (+ {len(foreign) - 1})" if len(foreign) > 1 else ""
        raise StoreError(store.endpoint, said("foreign", foreign[0] + more))
    plan.has_been_there(there)
    return plan


def _read(places: Places, store: RemoteStore, base_iri: str) -> Plan:
    """Read what the ledger says of the graphs of which it may say something else than was published."""
    remembered = holdings.remembered(store, Ledger.of(base_iri))
    if remembered.is_sure:
        plan = Plan(places, remembered)
        some = sorted(places.sums.keys() | remembered.buckets.keys())
        plan.doubt(b for b in some if remembered.is_marked(b) or remembered.of(b) != places.sums.get(b, 0))
        _read_buckets(plan, places, store, base_iri)
        if all(remembered.is_marked(b) or plan.sums.get(b, 0) == remembered.of(b) for b in plan.buckets):
            return plan
    plan = Plan(places, remembered, is_whole=True)
    plan.read(holdings.rows(store, base_iri))
    plan.doubt(places.sums.keys() | remembered.buckets.keys() | plan.sums.keys())
    return plan


def _read_buckets(plan: Plan, places: Places, store: RemoteStore, base_iri: str) -> None:
    plan.read(holdings.rows_of(store, base_iri, plan.buckets, len(places) // len(places.sums)))


def is_in_order(store: RemoteStore, base_iri: str) -> bool:
    """Tell whether the digests of a ledger are those of its rows, all of which are read, but for those with a mark.

    One without any is in order: it gets them.

    :raises StoreError: if the store cannot be asked
    """
    remembered, sums = holdings.remembered(store, Ledger.of(base_iri)), dict[int, int]()
    if not remembered.root and not remembered.buckets:
        return True
    for iri, sha256 in holdings.rows(store, base_iri):
        bucket = bucket_of(iri)
        sums[bucket] = (sums.get(bucket, 0) + weight(iri, sha256)) % MODULUS
    some = [b for b in sums.keys() | remembered.buckets.keys() if not remembered.is_marked(b)]
    return remembered.is_sure and all(remembered.of(b) == sums.get(b, 0) for b in some)


def settle(plan: Plan, places: Places, store: RemoteStore, lease: Lease, base_iri: str, left: Sequence[Place]) -> None:
    """See that the ledger says of the buckets of a plan what it should, and write down their digests.

    :param left: graphs that were held back
    :raises StoreError: if it says something else, or another publisher has taken the lease
    """
    ledger, buckets, told = lease.ledger, plan.buckets, plan.remembered
    if plan.is_whole:
        told = Remembered()
        lease.do(updates.forget_digests(ledger))
        for some in holdings.batched(plan.kept(), SURE):
            lease.do(updates.insert([ledger.members(some)]))
    lease.confirm()
    after = Plan(places, told)
    after.doubt(buckets)
    _read_buckets(after, places, store, base_iri)
    after.compare()
    after.hold_back(left)
    if after.count or after.remove:
        raise StoreError(store.endpoint, said("changed-meanwhile"))
    # That of all comes last: until then, the digests do not add up, or there is a mark.
    rest = told.value - sum(map(told.of, buckets)) if told.root else 0
    texts: list[_Texts] = [
        (bucket, told.buckets.get(bucket, frozenset()), text_of(after.sums[bucket]) if bucket in after.sums else "")
        for bucket in buckets
    ]
    texts.append((None, told.root, text_of(rest + sum(after.sums.values()), lease.name)))
    for portion in holdings.batched(texts, SURE // 3):
        old = ((bucket, text) for bucket, before, _ in portion for text in sorted({*before, lease.name}))
        new = ((bucket, text) for bucket, _, text in portion if text)
        lease.do(updates.delete([ledger.digests(old)]), updates.insert([ledger.digests(new)]))
    lease.confirm()
