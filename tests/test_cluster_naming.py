"""Pages that arrive many at a time have the names that they would have had one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commons_ld.cluster.naming import Naming
from commons_ld.cluster.places import Place
from commons_ld.cluster.taking import Entry
from commons_ld.cluster.units import File, Unit
from commons_ld.iris import slug
from commons_ld.ledger import Ledger, SourceFile, arrivals, open_ledger
from commons_ld.ledger.digest import sum_of
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline.finding import Found, digest_of
from commons_ld.pipeline.intake import name_pages
from commons_ld.privacy import policy_of
from commons_ld.settings import Settings
from commons_ld.sources import by_suffix

#: The page of each key in turn: its file, its key, its title.
_Pages = Sequence[tuple[int, str, str]]

_TITLES = ["Eau", "eau", "Eau 2", "eau-2", "Eau 2 2", "Eau 10", "Eau 2022 bis", "Eau-", "Catalog", "catalog 2", "Feu"]
_RUNS = st.lists(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("abcdefghij"), st.sampled_from(_TITLES)), min_size=1, max_size=12
    ),
    min_size=1,
    max_size=3,
)
_FILES = [File(Found(Path(name), name, by_suffix(name)), "", 1) for name in ("1.json", "2.json", "3.json")]


def one_at_a_time(ledger: Ledger, pages: _Pages) -> list[str]:
    """Note and name pages as an export on one machine does; return the keys of those that were met twice."""
    digests = [digest_of(file.found) for file in _FILES]
    ledger.begin(digests)
    twice = []
    for number, digest in enumerate(digests):
        ledger.clear_pages(digest)
        for _, key, title in (page for page in pages if page[0] == number):
            former = ledger.title(key)
            if ledger.met_in(key, digest):
                twice.append(key)
                continue
            ledger.put_page(key, digest, title, title.encode(), "2026-01-01")
            if former is not None and former != title:
                ledger.retitle(key, title, former)
        ledger.read_source(digest, SourceFile(1, 1, "s"), b"\x90")
    name_pages(ledger)
    return twice


def together(ledger: Ledger, pages: _Pages, units: Iterable[Sequence[int]], folder: Path) -> list[str]:
    """Note and name them as those of a cluster; return the keys of those that were met twice."""
    naming = Naming(ledger, Settings(), policy_of(Settings(), ledger.log.suppressions()), _FILES)
    number = 0
    for number, files in enumerate(units):
        some = [(place, *page[1:]) for place, file in enumerate(files) for page in pages if page[0] == file]
        index = [
            Entry(place, key, title, slug(title), key, Origin("x"), "", title.encode().ljust(32), 7, 9)
            for place, key, title in some
        ]
        naming.take(number, Unit(tuple(_FILES[file] for file in files)), list(index))
    naming.end(Place(str(folder)), "work", number + 1)
    refused = [one for some in ledger.refusals() for one in msgspec.msgpack.decode(some, type=list[Refusal])]
    lying = [(page.key, page.sha256.rstrip().decode(), page.start) for some in naming.shards() for page in some]
    assert lying == [(page.key, page.title, 7) for some in ledger.chunks(9) for page in some]
    naming.sum_up()
    naming.settle()
    return [one.value for one in refused]


def names(ledger: Ledger) -> list[tuple[str, str, str, bytes]]:
    """Return key, name in IRIs, title and former titles of all pages, those that are gone too."""
    return [(key, name, title, former) for key, name, _, title, former in ledger.every_title()]


@given(_RUNS, st.sampled_from([[[0], [1], [2]], [[0, 1], [2]], [[0, 1, 2]]]))
@example([[(0, "a", "Eau"), (1, "b", "eau"), (1, "c", "Eau 2"), (2, "d", "Eau 2 2")]], [[0], [1], [2]])
@example([[(0, "a", "Eau")], [(0, "b", "Eau"), (1, "c", "eau")]], [[0, 1, 2]])
@example([[(0, "a", "Catalog"), (0, "b", "Catalog 2"), (1, "a", "Feu")]], [[0], [1], [2]])
def test_names_are_those_that_pages_get_one_at_a_time(
    tmp_path_factory: pytest.TempPathFactory, runs: list[_Pages], units: list[list[int]]
) -> None:
    """Titles that are there twice, are those of pages that are gone, are kept for other things or end in a number."""
    with tempfile.TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        left, right = Path(folder, "left"), Path(folder, "right")
        for pages in runs:
            with open_ledger(left) as one, open_ledger(right) as other:
                assert sorted(together(other, pages, units, Path(folder))) == sorted(one_at_a_time(one, pages))
                assert names(other) == names(one)
                one.commit()


def test_many_are_asked_about_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many arrive at once, and whatever is in their keys."""
    monkeypatch.setattr(arrivals, "_ASKED", 3)
    monkeypatch.setattr(arrivals, "_MARKS", "?, ?, ?")
    keys = [f"{n}\0'é" for n in range(7)]
    with open_ledger(tmp_path) as ledger:
        for key in keys[1:]:
            ledger.put_page(key, "p", f"Page {key[0]}", b"1", "2026-01-01")
        ledger.clear_pages("p", [(0, 0)])
        ledger.put_page(keys[3], "p", "Page 3", b"1", "2026-01-01")

        found = ledger.arrivals.known(keys)

    assert {key: (one.title, one.is_met) for key, one in found.items()} == {
        key: (f"Page {key[0]}", key == keys[3]) for key in keys[1:]
    }


def test_the_ledger_of_a_cluster_is_whole(tmp_path: Path) -> None:
    """What is kept is told by its digest, and records are not kept."""
    with open_ledger(tmp_path) as ledger:
        together(ledger, [(0, "a", "Eau"), (1, "b", "Eau")], [[0, 1, 2]], tmp_path)
        kept = int(ledger.meta("digest"), 16)

        assert kept == sum_of(ledger._connection)
    with open_ledger(tmp_path) as ledger:
        assert [page.record for some in ledger.chunks(9) for page in some] == [b"", b""]
