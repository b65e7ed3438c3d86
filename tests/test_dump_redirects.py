"""The redirects of a dump are found without parsing its revisions, and are the same."""

from __future__ import annotations

import io
import itertools
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.origin import Origin
from commons_ld.sources import mediawiki_xml
from commons_ld.sources.dump_pages import Dump, UnsureError, without_revisions

sys.path.insert(0, str(Path(__file__).parent.parent))  # the benchmarks are no part of the package

from benchmarks.pages import dump

MADE = "".join(dump(48))
COMMENTED = MADE.replace("phoiac9h4m842xq45sp7s6u21eteeq1</sha1>", "<!-- </revision> -->x</sha1>", 3)


def titles(data: bytes) -> dict[str, tuple[str, ...]]:
    """Return the other titles that a dump gives."""
    return mediawiki_xml._other_titles(io.BytesIO(data), Origin("d.xml"), mock.Mock(side_effect=AssertionError))


def titles_by_parsing(data: bytes) -> dict[str, tuple[str, ...]]:
    """Return the same with all of the dump parsed."""
    with mock.patch.object(mediawiki_xml, "without_revisions", side_effect=UnsureError):
        return titles(data)


@given(cuts=st.lists(st.integers(0, len(MADE.encode())), max_size=40))
def test_what_is_left_is_the_same_however_the_dump_is_cut(cuts: list[int]) -> None:
    """Tags may be cut between two pieces, and nothing but the content of revisions is left out."""
    data = MADE.encode()
    places = [0, *sorted(cuts), len(data)]
    parts = [data[start:end] for start, end in itertools.pairwise(places)]

    left = b"".join(without_revisions(parts))

    outside = "".join(piece.partition("</revision>")[2] or piece for piece in MADE.split("<revision>"))
    assert left.decode().replace("<revision></revision>", "") == outside


@given(
    st.lists(st.sampled_from(["<revision>", "</revision>", "<revisio", "n>", "<id>1</id>", "é", "<page>"]), max_size=30)
)
def test_every_byte_outside_of_revisions_is_kept(pieces: list[str]) -> None:
    """Also where tags stand in a wrong order, in one piece or in many."""
    cut = [piece.encode() for piece in pieces]

    assert b"".join(without_revisions(cut)) == b"".join(without_revisions([b"".join(cut)]))


@pytest.mark.parametrize(
    "data",
    [MADE.encode(), COMMENTED.encode(), MADE.encode("utf-16"), b"", b"<mediawiki/>", MADE.encode()[:-3000]],
    ids=["made", "comments", "utf-16", "empty", "none", "cut"],
)
def test_the_redirects_are_those_of_the_whole_dump(data: bytes) -> None:
    """In UTF-16, with comments that hold a tag, and in a dump that is cut."""
    assert titles(data) == titles_by_parsing(data)


def test_a_dump_of_mediawiki_is_not_parsed_twice() -> None:
    """Less than a sixth of it is looked at for redirects; with a comment in it all is."""
    fed: list[int] = []
    feed = Dump._feed

    def counted(self: Dump, piece: bytes, *, is_end: bool) -> None:
        fed.append(len(piece))
        feed(self, piece, is_end=is_end)

    with mock.patch.object(Dump, "_feed", counted):
        assert titles(MADE.encode())["Accueil"] == tuple(sorted(f"Renvoi {number}" for number in (2, 14, 26, 38)))
        assert sum(fed) < len(MADE) / 6
        fed.clear()
        titles(COMMENTED.encode())
        assert sum(fed) >= len(COMMENTED)
