"""The site from one build to the next: only what a change touches is written, and an interrupted build changes nothing."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from markupsafe import Markup

from commons_ld.errors import PublicationError
from commons_ld.outputs import dumps, standing
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.publication import publish, published
from commons_ld.outputs.search_index import index_path
from commons_ld.outputs.segments import Asked, Segment, segments
from commons_ld.pipeline.rebuilding import rebuild_site
from commons_ld.settings import OutputSettings
from commons_ld.site import shards, writing
from commons_ld.site.pages import Draft, Frame, draft
from tests.archive import Archive, page


@pytest.fixture(scope="module")
def exported_once(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of three sessions, of which two share an issue, exported."""
    archive = Archive(tmp_path_factory.mktemp("once"))
    for number, enjeu in ((1, "Politique des communs"), (2, "Politique des communs"), (3, "Régie publique")):
        archive.write(f"{number}.txt", page(f"2{number}.01 Appel {number}", enjeu=enjeu, created=f"202{number}/01/01"))
    archive.export()
    return archive


@pytest.fixture
def archive(exported_once: Archive, tmp_path: Path) -> Archive:
    """Return it to do with as one likes."""
    return exported_once.copied(tmp_path / "archive")


def numbers(archive: Archive) -> dict[str, tuple[int, int]]:
    """Return for each file of the site what tells whether it was written again."""
    site = archive.out.resolve() / "site"
    return {
        path.relative_to(site).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in site.rglob("*")
        if path.is_file()
    }


def test_only_the_touched_pages_are_written_again(archive: Archive) -> None:
    """A longer recording is told on the pages of the session, of what it speaks of, of its year, and the overviews."""
    before = numbers(archive)
    archive.write("3.txt", page("23.01 Appel 3", enjeu="Régie publique", created="2023/01/01", duration="02:00:00"))

    archive.export()

    after = numbers(archive)
    pages = {
        name
        for name in after
        if name.endswith(".html") and not name.startswith("report/") and after[name] != before[name]
    }
    touched = {
        "index", "timeline", "charts", "year/2023", "language/fr", "kind/session", "kind/Sound",
        "session/23-01-appel-3", "concept/puissance-publique", "concept/regie-publique", "collection/appel-en-commun",
        "organization/remix-the-commons", "dataset",
    }  # fmt: skip
    assert before.keys() == after.keys()
    assert pages == {f"{name}{tongue}" for name in touched for tongue in (".html", ".en.html")}
    searched = {name for name in after if name.startswith("search/") and after[name] != before[name]}
    assert [name.split("/")[1] for name in searched] == ["records"]


def test_a_second_site_is_the_same_as_a_first(archive: Archive, tmp_path: Path) -> None:
    """After a page was edited, one added and one removed: the bytes are those of a site made from nothing."""
    archive.write("1.txt", page("21.01 Appel 1", enjeu="Plaidoyer", abstract="Autre chose."))
    archive.write("4.txt", page("24.01 Appel 4", enjeu="Un enjeu nouveau"))
    (archive.data / "2.txt").unlink()
    archive.export()

    other = Archive(tmp_path / "other")
    for path in archive.data.iterdir():
        other.write(path.name, path.read_bytes())
    other.export()

    assert {name: digest for name, digest in archive.files().items() if name.startswith("site/")} == {
        name: digest for name, digest in other.files().items() if name.startswith("site/")
    }
    site = archive.out / "site"
    left = {path.relative_to(site).parts[0] for path in site.rglob("22-01-appel-2*")}
    assert left == {"gone"}


def test_a_page_that_was_tampered_with_is_made_again(archive: Archive) -> None:
    """What is not as it was published is never taken over."""
    path = archive.out / "site" / "session" / "22-01-appel-2.html"
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(b"<p>other</p>")
    archive.write("3.txt", page("23.01 Appel 3", duration="02:00:00"))

    archive.export()

    assert path.read_bytes() == whole


@pytest.mark.parametrize("step", ["timeline.html", "index.html", "session/23-01-appel-3.html"])
def test_a_full_disk_leaves_the_old_site(archive: Archive, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whichever file it is that cannot be written; and the next export, with room again, is whole."""
    before, opened = archive.files(), os.open

    def full(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if str(path).endswith(f"/building/site/{step}"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, flags, mode, dir_fd=dir_fd)

    archive.write("3.txt", page("23.01 Appel 3 bis", created="2023/01/01", duration="03:00:00"))
    archive.write("3.txt", page("23.01 Appel 3", created="2023/01/01", duration="03:00:00", lead="Neuf mots."))
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", full)
        with pytest.raises(PublicationError, match=f"/{re.escape(step)}: the disk is full"):
            archive.export()
        assert archive.files() == before

    archive.export()

    assert "3 h" in archive.read("site/session/23-01-appel-3.html")


def test_an_interrupted_build_leaves_the_old_site(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C between the pages of records and those of what they share."""
    before = archive.files()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    archive.write("3.txt", page("23.01 Appel 3", duration="03:00:00"))
    with monkeypatch.context() as patched:
        patched.setattr(writing, "overview_pages", interrupted)
        with pytest.raises(KeyboardInterrupt):
            archive.export()

    assert archive.files() == before
    assert archive.export().work.mapped == 1


def test_an_overview_is_rendered_again_only_where_it_shows_something_else(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another summary of a record is told on the home page and on no list; a list that is lost is made again."""
    rendered = set[str]()
    render = Draft.render

    def note(page: Draft) -> str:
        rendered.add(page.frame.path)
        return render(page)

    monkeypatch.setattr(Draft, "render", note)
    lost = archive.out / "site" / "year" / "2021.html"
    before = lost.read_bytes()
    lost.unlink()
    archive.write("3.txt", page("23.01 Appel 3", enjeu="Régie publique", created="2023/01/01", lead="Neuf mots."))
    archive.export()

    assert rendered == {"index", "year/2021"}
    assert lost.read_bytes() == before
    assert "Neuf mots." in archive.read("site/index.html")


def test_nothing_is_kept_of_the_pages_about_somebody_who_is_gone(archive: Archive) -> None:
    """Once no record names a guest, what her pages were made of is forgotten."""

    def drawn() -> list[str]:
        path = index_path(archive.root / ".commons-ld", published(archive.out))
        with closing(sqlite3.connect(path)) as database:
            return [row[0] for row in database.execute("SELECT page FROM site_drawn WHERE slug = 'ana-guide'")]

    guest = archive.write("4.json", '{"title": "24.01 Appel 4", "guests": [{"name": "Ana Guide"}]}')
    archive.export()
    assert drawn() == ["person/ana-guide.en.html", "person/ana-guide.html"]
    guest.unlink()
    archive.export()

    assert drawn() == []


def test_a_site_that_was_left_out_comes_back_whole(archive: Archive) -> None:
    """The setting may change from one export to the next."""
    before = archive.files()
    without = msgspec.structs.replace(archive.settings, output=OutputSettings(site=False, feeds=False))
    settings, archive.settings = archive.settings, without
    archive.export()
    assert not (archive.out / "site").exists()

    archive.settings = settings
    archive.export()

    assert archive.files() == before


def test_the_site_is_built_again_from_the_publication_that_stands(archive: Archive) -> None:
    """The same site; what else lies there stays, and the next export finds nothing to do."""
    before = archive.files()

    written = rebuild_site(archive.settings)

    assert (archive.files(), written > 0) == (before, True)
    assert not archive.export().changed


def test_there_is_no_site_without_a_publication(tmp_path: Path) -> None:
    """The sentence says what to run first."""
    with pytest.raises(PublicationError, match="run commons-ld export first"):
        rebuild_site(Archive(tmp_path).settings)


def test_a_publication_that_was_changed_is_not_built_upon(archive: Archive) -> None:
    """What somebody wrote into it is not published anew."""
    path = archive.out / "dataset.ttl"
    path.unlink()
    path.write_text("changed")

    with pytest.raises(PublicationError, match=r"dataset\.ttl' is not as it was published"):
        rebuild_site(archive.settings)


def test_an_export_goes_on_from_a_site_that_was_built_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dumps are those that stood before: their pieces are taken over."""
    monkeypatch.setattr(standing, "TOGETHER", 1)
    archive.write("4.txt", page("24.01 Appel 4"))
    archive.export()
    settings = archive.settings
    archive.settings = msgspec.structs.replace(
        settings, dataset=msgspec.structs.replace(settings.dataset, title={"fr": "Un autre titre"})
    )
    rebuild_site(archive.settings)
    archive.settings = settings
    made: list[bytes] = []

    def noted(asked: Asked) -> dict[str, Segment]:
        made.append(asked.data)
        return segments(asked)

    monkeypatch.setattr(dumps, "segments", noted)
    archive.write("4.txt", page("24.01 Appel 4", lead="Autre."))
    archive.export()

    assert [b"Autre." in data for data in made] == [True]
    pages = [path for path in (archive.out / "site").rglob("*.html") if "gone" not in path.parts]
    assert len(pages) > 30
    assert not [path for path in pages if "Un autre titre" in path.read_text()]


def test_an_export_with_the_settings_of_before_makes_its_site_again(archive: Archive) -> None:
    """After the site was built with others, though nothing changed in the sources."""
    before, settings = archive.files(), archive.settings
    title = msgspec.structs.replace(settings.dataset, title={"fr": "Un autre titre"})
    rebuild_site(msgspec.structs.replace(settings, dataset=title))
    other = archive.files()

    assert archive.export().changed
    assert other != before
    assert archive.files() == before
    assert not archive.export().changed


def test_what_has_no_digest_is_no_part_of_a_page() -> None:
    """Of an object that says nothing of itself, it cannot be told whether a page would be another one with it."""
    frame = Frame("https://example.org/", {"fr": "A", "en": "A"}, {"fr": "B", "en": "B"})
    some = [
        draft("page.html", frame, "fr", title="T", drawing=Markup(svg)).digest() for svg in ("<svg/>", "<svg></svg>")
    ]

    assert some[0] != some[1]
    with pytest.raises(TypeError, match="object, which has no digest"):
        draft("page.html", frame, "fr", title="T", drawing=object()).digest()


def test_the_words_of_the_search_are_those_that_records_came_to_or_went_from(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page said before and says still is not looked at; of another day, all that it says is."""
    found: list[Sequence[str] | None] = []

    def noted(generation: Generation, database: sqlite3.Connection, touched: Sequence[str] | None) -> None:
        found.append(touched)
        shards.write_search(generation, database, touched)

    monkeypatch.setattr(writing, "write_search", noted)
    changes = [("Politique des communs", "2023/01/01"), ("Politique des communs", "2023/01/02")]
    for enjeu, created in changes:
        archive.write("3.txt", page("23.01 Appel 3", enjeu=enjeu, created=created))
        archive.export()

    of_another_issue, of_another_day = (set(words or ()) for words in found)
    assert {"communs", "politique", "regie"} <= of_another_issue
    assert not {"appel", "23"} & of_another_issue
    assert {"communs", "politique", "appel", "23"} <= of_another_day


@pytest.mark.parametrize("seed", range(4))
def test_words_that_no_record_touched_stay_in_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whatever words come and go with records, the files are those of an index that is written from nothing."""
    monkeypatch.setattr(shards, "_WORDS_TOGETHER", 3)
    chance, texts = random.Random(seed), dict[int, str]()
    words = [chance.choice("abcdef") + chance.choice("klmnop") for _ in range(40)] + ["x" * 50 + end for end in "yz"]
    for run in range(12):
        changed = {chance.randrange(20): " ".join(chance.sample(words, chance.randrange(4))) for _ in range(2)}
        touched = {word for number in changed for word in f"{texts.get(number, '')} {changed[number]}".split()}
        texts |= changed
        found = []
        for out, told in (("kept", sorted(touched) if run else None), ("anew", None)):
            shutil.rmtree(tmp_path / "anew", ignore_errors=True)
            with publish(tmp_path / out) as generation, closing(sqlite3.connect(":memory:")) as database:
                database.execute("CREATE VIRTUAL TABLE words USING fts5 (texts)")
                database.executemany("INSERT INTO words (rowid, texts) VALUES (?, ?)", texts.items())
                database.execute("CREATE TEMP TABLE keyed (id INTEGER PRIMARY KEY, key TEXT NOT NULL)")
                database.executemany("INSERT INTO keyed VALUES (?, ?)", ((one, f"{one:012}") for one in texts))
                database.execute("CREATE VIRTUAL TABLE temp.spelled USING fts5vocab('main', 'words', 'instance')")
                listed = list(shards._write_words(generation, database, told))
                generation.write("listed.json", msgspec.json.encode(listed))
            found.append((tmp_path / out / "SHA256SUMS").read_text(encoding="ascii"))

        assert found[0] == found[1]
