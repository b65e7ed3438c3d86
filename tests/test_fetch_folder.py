"""The folder of fetched pages: what belongs to the publisher there is hers, what was damaged is mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commons_ld.errors import SnapshotError, WikiError
from commons_ld.settings import WikiSettings
from commons_ld.wiki import credentials_of, default_folder
from commons_ld.wiki.names import safe_stem
from tests.servers.fake_wiki import FakeWiki
from tests.wikis import Archive, content, kinds, page, pages


@pytest.fixture
def archive(fake: FakeWiki, tmp_path: Path) -> Archive:
    """Return an archive of three fetched pages."""
    fake.write(pages(3))
    made = Archive(tmp_path, fake.url)
    made.fetch()
    return made


def test_a_text_that_was_changed_here_is_kept_aside(archive: Archive, fake: FakeWiki) -> None:
    """The wiki's is put back, the other one is kept under a hidden name, and that is told."""
    path = archive.folder / "21.12_Page_1.wiki"
    path.write_text("Mon texte.")

    fetched = archive.fetch()

    assert kinds(fetched) == [("restored", "21.12 Page 1")]
    assert archive.texts() == content(fake)
    aside = archive.folder / ".21.12_Page_1.wiki.changed-here"
    assert aside.read_text() == "Mon texte."
    [told] = [note for note in archive.notes if "had been changed here" in note]
    assert aside.name in told
    assert archive.fetch().changes == ()


def test_a_changed_text_is_kept_aside_too_when_its_page_goes(archive: Archive, fake: FakeWiki) -> None:
    """Nothing that a person wrote is lost."""
    (archive.folder / "21.12_Page_1.wiki").write_text("Mon texte.")
    fake.delete("21.12 Page 1")

    archive.fetch()

    assert (archive.folder / ".21.12_Page_1.wiki.changed-here").read_text() == "Mon texte."
    assert not (archive.folder / "21.12_Page_1.wiki").exists()


def test_what_was_mended_here_as_on_the_wiki_is_not_kept_twice(archive: Archive, fake: FakeWiki) -> None:
    """The same change on both sides is one change."""
    (archive.folder / "21.12_Page_1.wiki").write_text(page("Corrigé."))
    fake.edit("21.12 Page 1", page("Corrigé."))

    archive.fetch()

    assert not list(archive.folder.glob(".*"))
    assert archive.texts() == content(fake)


@pytest.mark.parametrize("damage", ["remove-text", "remove-sidecar", "break-sidecar", "empty-sidecar", "remove-both"])
def test_what_was_damaged_is_mended(archive: Archive, damage: str) -> None:
    """To the same bytes, and under the same names."""
    before = archive.files()
    text, sidecar = archive.folder / "21.12_Page_2.wiki", archive.folder / "21.12_Page_2.wiki.json"
    if damage in ("remove-text", "remove-both"):
        text.unlink()
    if damage in ("remove-sidecar", "remove-both"):
        sidecar.unlink()
    if damage in ("break-sidecar", "empty-sidecar"):
        sidecar.write_text("{" if damage == "break-sidecar" else "")

    archive.fetch()

    assert archive.files() == before


def test_files_of_others_are_left_alone(fake: FakeWiki, tmp_path: Path) -> None:
    """A page of the publisher's own keeps its name, and so does one of another wiki."""
    fake.write(pages(3))
    archive = Archive(tmp_path, fake.url)
    archive.folder.mkdir(parents=True)
    (archive.folder / "21.12_page_1.wiki").write_text("Le mien.")
    (archive.folder / "21.12_Page_2.wiki").write_text("D'ailleurs.")
    sidecar = {"wiki": "ailleurs.test", "pageid": 2, "title": "21.12 Page 2", "url": "https://ailleurs.test/2",
               "revid": 1, "timestamp": "2024-01-01T00:00:00Z", "sha1": "0"}  # fmt: skip
    (archive.folder / "21.12_Page_2.wiki.json").write_text(json.dumps(sidecar))
    (archive.folder / "notes.txt").write_text("Des notes.")
    before = archive.files()

    fetched = archive.fetch()

    assert (fetched.pages, len(fetched.changes)) == (3, 3)
    assert before.items() <= archive.files().items()
    assert {"21.12_Page_1~1.wiki", "21.12_Page_2~2.wiki", "21.12_Page_3.wiki"} <= archive.files().keys()
    fake.delete("21.12 Page 1", "21.12 Page 2", "21.12 Page 3")
    archive.fetch(allow_deletions=True)
    assert archive.files() == before


def test_a_link_is_replaced_and_not_written_through(archive: Archive, fake: FakeWiki, tmp_path: Path) -> None:
    """Whatever it leads to stays as it is."""
    outside = tmp_path / "outside"
    outside.write_text("À moi.")
    path = archive.folder / "21.12_Page_1.wiki"
    path.unlink()
    path.symlink_to(outside)
    fake.edit("21.12 Page 1", page("Neuf."))

    archive.fetch()

    assert outside.read_text() == "À moi."
    assert not path.is_symlink()
    assert archive.texts() == content(fake)


def test_titles_of_every_kind_have_their_files(fake: FakeWiki, tmp_path: Path) -> None:
    """What a hostile wiki calls a page does not lead out of the folder, and is fetched all the same."""
    titles = ["../../etc/passwd", "README", ".cachée", "Foo bar", "Foo Bar", "x" * 250, "\u202egnp.exe"]
    fake.write(dict.fromkeys(titles, page()))
    archive = Archive(tmp_path, fake.url)

    archive.fetch()

    assert sorted(archive.texts()) == sorted(titles)
    assert {path.parent for path in tmp_path.rglob("*.wiki*")} == {archive.folder}


def test_a_file_in_the_place_of_the_folder_is_told(fake: FakeWiki, tmp_path: Path) -> None:
    """With what to do."""
    fake.write(pages(1))
    (tmp_path / "data").write_text("")

    with pytest.raises(SnapshotError, match=r"data/wiki: the folder cannot be used \(.*\); .*--into"):
        Archive(tmp_path, fake.url).fetch()


def test_the_folder_is_in_the_first_of_the_sources(tmp_path: Path) -> None:
    """So that export reads it without another word."""
    archive = Archive(tmp_path, "", sources=("one.txt", "pages"))
    (tmp_path / "one.txt").touch()

    assert default_folder(archive.settings) == tmp_path / "pages" / "wiki"


def test_another_folder_can_be_named(fake: FakeWiki, tmp_path: Path) -> None:
    """If export will not look there, that is told."""
    fake.write(pages(1))
    archive = Archive(tmp_path, fake.url)

    archive.fetch(into=tmp_path / "elsewhere")
    [told] = [note for note in archive.notes if "elsewhere" in note]
    assert "is in none of the sources" in told
    archive.notes.clear()
    archive.fetch(into=tmp_path / "data" / "deep" / "pages")

    assert not [note for note in archive.notes if "none of the sources" in note]
    assert len(list((tmp_path / "data" / "deep" / "pages").iterdir())) == 2


def test_settings_can_name_the_wiki_and_its_categories(fake: FakeWiki, tmp_path: Path) -> None:
    """Then the command needs no argument; without an address anywhere, that is told."""
    fake.write({"A": page() + "[[Catégorie:Été]]", "B": page()})
    archive = Archive(tmp_path, "", wiki=WikiSettings(page_url=f"{fake.url}/index.php/{{title}}", categories=("Été",)))

    archive.fetch(url="")

    assert list(archive.texts()) == ["A"]
    with pytest.raises(WikiError, match="no wiki is named"):
        Archive(tmp_path, "").fetch()


def test_both_halves_of_the_credentials_are_needed() -> None:
    """They come from the environment only."""
    user, password = {"COMMONS_LD_WIKI_USER": "a"}, {"COMMONS_LD_WIKI_PASSWORD": "b"}

    assert (credentials_of(user), credentials_of(password)) == (None, None)
    assert tuple(credentials_of(user | password) or ()) == ("a", "b")


def test_names_of_fetched_files_read_as_titles(archive: Archive) -> None:
    """A page whose sidecar is thrown away is still called by its title."""
    assert {path.stem for path in archive.folder.glob("*.wiki")} == {safe_stem(title) for title in archive.texts()}
