"""The benchmark of reading: its pages are what it says, and its readers read the same. No time is measured here."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import reading
from benchmarks.pages import dump, page_html, page_text, wikitext
from benchmarks.records import make_records
from commons_ld.record import MediaRecord
from commons_ld.sources import SOURCES
from tests.hostile import read_all

REPOSITORY = Path(__file__).parent.parent

PEERS = Path(os.environ.get("BENCHMARK_PEERS", REPOSITORY / ".venv" / "peers" / "bin" / "python"))

#: Of a dump of 48 pages: it changes with the modules that make it, and with nothing else.
SHA256 = "301d7fc326cff598cda811755525f05f3bd50edbda810edc52cb8f31d587906d"


def test_pages_depend_on_the_seed_and_their_number_alone() -> None:
    """Every run and machine reads the same."""
    assert hashlib.sha256("".join(dump(48)).encode()).hexdigest() == SHA256


def test_a_session_is_read_whole_in_every_form() -> None:
    """As text, as wikitext and as HTML it gives the fields that it was made of; nothing of it is lost."""
    by_name = {source.name: source for source in SOURCES}
    for number, made in enumerate(make_records(30), 1):
        texts = {"page-text": page_text(made), "wikitext": wikitext(made, number), "page-html": page_html(made, number)}
        for name, text in texts.items():
            [record] = read_all(by_name[name], text.encode())
            assert isinstance(record, MediaRecord)
            for field in ("created", "duration", "languages", "countries", "collections", "enjeux", "media_type"):
                assert getattr(record, field) == getattr(made, field)
            assert len(record.guests) == len(made.guests)
            assert [document.title for document in record.documents] == [document.title for document in made.documents]
            assert [bool(note.reply_to) for note in record.notes] == [bool(note.reply_to) for note in made.notes]


def test_ten_pages_in_twelve_are_sessions() -> None:
    """The others are a talk page and a redirect."""
    text = "".join(dump(48))

    assert (text.count("<page>"), text.count("{{Objet média"), text.count("<redirect")) == (48, 40, 4)


def test_readers_of_the_same_find_the_same(tmp_path: Path) -> None:
    """All of ours, and mwxml where it is installed."""
    readers = [reader for reader in reading.READERS if not reader.is_peer or PEERS.exists()]
    reading._prepare(tmp_path / "24", 24, readers)

    reading._compare(readers, tmp_path / "24", PEERS)

    if not PEERS.exists():
        pytest.skip(f"mwxml is not compared: there is no {PEERS}; 'make bench-reading' installs it")


@pytest.mark.parametrize("code", ["print('Autre')", "raise SystemExit(1)", "pass"])
def test_a_reader_that_finds_something_else_ends_the_benchmark(tmp_path: Path, code: str) -> None:
    """Other titles, a failure, or nothing at all: no reader is timed that did not do its work."""
    reading._prepare(tmp_path / "24", 24, [reading._DUMP])
    other = reading.Reader("other", ("-c", code), ".xml")

    with pytest.raises(SystemExit, match="other does not read what the others read"):
        reading._compare([reading._DUMP, other], tmp_path / "24", PEERS)


def test_the_pages_are_made_by_another_process() -> None:
    """A process inherits the peak of the one that starts it, so the benchmark itself imports nothing of the package."""
    probe = (
        "import sys, benchmarks.reading; print(sorted(name for name in sys.modules if name.startswith('commons_ld')))"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=REPOSITORY, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
