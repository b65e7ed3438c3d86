"""An export tells what it did again, what it skipped, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from commons_ld.pipeline.work import Work, said_of
from tests.archive import Archive, page
from tests.test_cli import run
from tests.test_registers import HEAD, archive_of


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of three pages that was published."""
    made = Archive(tmp_path)
    for number in (1, 2, 3):
        made.write(f"{number}.txt", page(f"21.0{number} Appel {number}"))
    assert made.export().work == Work(3, "first", new=3)
    return made


def edit(archive: Archive) -> None:
    """Change one page, add one, and take one out."""
    archive.write("2.txt", page("21.02 Appel 2", duration="01:30:00"))
    archive.write("4.txt", page("21.04 Appel 4"))
    (archive.data / "3.txt").unlink()


def lose(archive: Archive) -> None:
    """Take away what is published."""
    archive.out.unlink()


def settle(archive: Archive) -> None:
    """Change a setting that tells in what is published."""
    archive.settings = msgspec.structs.replace(archive.settings, timezone="America/Montreal")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (edit, Work(2, new=1, skipped=1, gone=1, unread=1)),
        (lambda _: None, Work(0, skipped=3, unread=3)),
        (lose, Work(3, "other")),
        (settle, Work(3, "made-with")),
    ],
)
def test_what_is_counted(archive: Archive, change: Callable[[Archive], None], expected: Work) -> None:
    """Pages and sources are told apart by what became of them."""
    change(archive)

    assert archive.export().work == expected


def test_a_register_that_tells_otherwise_is_the_reason(tmp_path: Path) -> None:
    """A record that changed itself is not counted for it; nor is one that is gone."""
    archive = archive_of(tmp_path)
    archive.export()
    archive.write("people.csv", HEAD + ",Ana Marchepied,MARCHEPIED Ana,,\n,Ivo,Ivo Dormoisel,,\n")
    (archive.data / "4.jsonl").unlink()
    changed = archive.data / "3.jsonl"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Un appel.", "Un autre."), encoding="utf-8")

    assert archive.export().work == Work(3, naming=2, gone=1)


def test_it_is_said_where_a_person_looks(archive: Archive) -> None:
    """After the first time, each export says it in the language of its user."""
    edit(archive)
    english, french = run(archive.root, "export"), run(archive.root, "export", "--lang", "fr")

    assert english.stdout.splitlines()[-8:] == [
        "Pages mapped again: 2 (new: 1, changed in their source: 1).",
        "Pages skipped: 1, as nothing changed of their source or of what they are made with.",
        "Pages taken out: 1, as they are in the sources no more.",
        "Sources skipped: 1, as they are the same bytes, or of the same size and date.",
        "Published in dist/.",
        "To be read: dist/report/en.html.",
        "To see the site: make serve, or commons-ld serve.",
        "What harvesters would say of it, and the settings that they ask for: make check, or commons-ld check.",
    ]
    assert french.stdout.splitlines()[-4:] == [
        "Pages converties à nouveau : 0.",
        "Pages laissées telles quelles : 3, car rien n'a changé de leur source ni de ce dont elles sont faites.",
        "Sources laissées : 3, car ce sont les mêmes octets, ou la même taille et la même date.",
        "Rien n'a changé : dist/ est à jour.",
    ]


def test_a_first_time_needs_no_reason(tmp_path: Path) -> None:
    """It is told to those who want to hear more."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page())
    result = run(archive.root, "export", "--verbose")

    assert "Pages mapped" not in result.stdout
    assert "Pages mapped, for the first time: 1.\n" in result.stderr


@pytest.mark.parametrize("every", ["first", "other", "made-with", "cluster"])
def test_every_reason_is_said_in_both_languages(every: str) -> None:
    """And none leaves a hole in its sentence."""
    (said,) = said_of(Work(12, every))  # type: ignore[arg-type]

    assert all("12" in sentence and "{" not in sentence for sentence in said.values())
