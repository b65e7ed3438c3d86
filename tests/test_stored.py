"""A sequence on disk is a sequence, and leaves nothing there."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.outputs.stored import Encoded, Later, Stored, encoded

ITEMS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)))


def stored(items: list[tuple[str, int]]) -> Stored[tuple[str, int]]:
    """Return items on disk, marked with their numbers."""
    return Stored(items, tuple[str, int], lambda item: item[1])


@given(ITEMS, st.integers(-12, 12), st.integers(-12, 12))
def test_it_is_what_a_tuple_is(items: list[tuple[str, int]], start: int, end: int) -> None:
    """In its length, its items, its slices, and what it equals."""
    found, expected = stored(items), tuple(items)

    assert (len(found), tuple(found), found[start:end]) == (len(expected), expected, expected[start:end])
    assert found == expected
    assert expected == found
    assert found != (*expected, ("d", 1))
    assert found != "a text"


@given(ITEMS)
def test_items_are_found_by_their_mark_and_sorted_where_they_are(items: list[tuple[str, int]]) -> None:
    """Those of the same key stay as they are."""
    found = stored(items)
    found.sort(lambda item: (item[0], 0))

    assert list(found) == sorted(items, key=lambda item: item[0])
    assert list(found.marked(1, 2)) == [item for item in found if item[1] in (1, 2)]


def test_a_large_one_has_a_file_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody finds it, and it is gone with the sequence."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = Stored((("x" * 1000 + str(number)) for number in range(3000)), str)

    assert found[2999].endswith("2999")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(IndexError):
        found[3000]


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 3)), max_size=20))
def test_a_sequence_is_made_again_of_what_it_tells(items: list[tuple[str, int]]) -> None:
    """In whatever order its items were put: that is how a report goes to another machine."""
    found = stored(items)
    found.sort(lambda item: item)
    again = Stored.again([Encoded(found.data(), found.lengths, bytes(found.marks))], tuple[str, int])

    assert list(again) == list(found) == sorted(items)
    assert list(again.marked(1)) == list(found.marked(1))


@given(st.lists(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 3)), max_size=4), max_size=4))
def test_a_sequence_is_made_of_what_others_encoded(parts: list[list[tuple[str, int]]]) -> None:
    """One after the other, as if their items had come at once."""
    items = [item for part in parts for item in part]
    found, again = stored(items), Stored.again([encoded(part, lambda item: item[1]) for part in parts], tuple[str, int])

    assert list(again) == [again[number] for number in range(len(again))] == items
    assert (again.lengths, again.marks) == (found.lengths, found.marks)


@given(ITEMS)
def test_one_that_is_made_later_is_the_same(items: list[tuple[str, int]]) -> None:
    """It is made when somebody asks for its items, once, and not to know how long it is."""
    made = list[int]()

    def make() -> Stored[tuple[str, int]]:
        made.append(1)
        return stored(items)

    found = Later(make, Counter(number for _, number in items), "digest")

    assert (len(found), set(found.marks), found.digest) == (len(items), {number for _, number in items}, "digest")
    assert made == []
    assert found == tuple(items)
    assert [*found] == [found[place] for place in range(len(items))] == items == list(found[:])
    assert list(found.marked(1, 2)) == [item for item in items if item[1] in (1, 2)]
    assert made == [1]
