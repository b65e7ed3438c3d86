"""The names of fetched files: safe on every disk, and a matter of the titles alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.origin import Origin
from commons_ld.pipeline.finding import find_sources
from commons_ld.sources.wikitext import title_of
from commons_ld.wiki.names import folded, names_of, safe_stem

HOSTILE = [
    "../../etc/passwd",
    "/absolue",
    ".cachée",
    "..",
    "-rf",
    "a\\b",
    "C:autre",
    "a\x00b",
    "a\nb",
    "\u202egnp.exe",
    "CON",
    "nul.txt",
    "README",
    "Licence",
    "LICENSE",
    "Changelog.2",
    "x" * 300,
    "é" * 200,
    "%2F",
    "a*b?\"<>|'",
    "👍",
    "~",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_leads_out_of_the_folder_or_is_passed_over(title: str, tmp_path: Path) -> None:
    """A file of that name can be made, stays where it is put, and is found again as a source."""
    [stem] = names_of([(7, title)]).values()
    folder = tmp_path / "wiki"
    folder.mkdir()

    path = folder / f"{stem}.wiki"
    path.write_text("x")

    assert path.resolve().parent == folder.resolve()
    assert len(f"{stem}.wiki.json".encode()) < 200
    assert [found.path.name for found in find_sources([folder])] == [path.name]


@given(st.text(st.characters(exclude_characters="_\ufffd", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_title_can_be_read_from_the_name_alone(title: str) -> None:
    """Short ones, up to the blanks that no title has at its ends or twice, and composed as MediaWiki has them."""
    import unicodedata

    plain = unicodedata.normalize("NFC", " ".join(title.split()))

    assert " ".join(title_of(Origin(f"wiki/{safe_stem(plain)}.wiki")).split()) == plain


def test_titles_that_a_disk_cannot_tell_apart_get_their_numbers() -> None:
    """The lowest number keeps the plain name, in whatever order they come."""
    titles = [(9, "Foo Bar"), (3, "Foo bar"), (5, "FOO BAR"), (4, "Autre")]

    found = {tuple(sorted(names_of(order).items())) for order in itertools.permutations(titles)}

    assert found == {((3, "Foo_bar"), (4, "Autre"), (5, "FOO_BAR~5"), (9, "Foo_Bar~9"))}


def test_long_titles_are_cut_between_characters_and_told_apart_by_number() -> None:
    """Names stay far below what a file system takes."""
    names = names_of([(1, "é?" * 100), (2, "é?" * 100)])

    assert names[1] != names[2]
    assert all(len(name.encode()) < 180 for name in names.values())
    assert names[1].partition("~")[0].endswith(("%3F", "é"))


def test_names_that_are_taken_are_left_to_who_has_them() -> None:
    """Files of another wiki, or of the publisher."""
    assert names_of([(7, "Foo")], taken={folded("foo")}) == {7: "Foo~7"}
    assert names_of([(7, "Foo")], taken={folded("foo"), folded("Foo~7")}) == {7: "Foo~7~"}
