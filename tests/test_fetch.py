"""Fetching from a wiki, one of our own and a real MediaWiki: the folder is what the wiki is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from commons_ld.errors import PagesVanished, SnapshotError, WikiError
from commons_ld.wiki.snapshot import locked
from tests.servers.fake_wiki import FakeWiki
from tests.servers.mediawiki import MediaWiki
from tests.wikis import Archive, content, kinds, page, pages

Wiki = FakeWiki | MediaWiki


def test_the_folder_is_what_the_wiki_is(wiki: Wiki, tmp_path: Path) -> None:
    """Every page that calls the template is there with its text, and none besides: no redirect, no other page."""
    wiki.write({**pages(7), "Une autre": "Rien.", "Sous/page: l'été ?": page("é 𝄞 « »")})
    wiki.move("21.12 Page 7", "21.12 Renommée")
    archive = Archive(tmp_path, wiki.url)

    fetched = archive.fetch()

    assert archive.texts() == content(wiki)
    assert len(archive.texts()) == fetched.pages == fetched.texts == 8
    assert archive.sidecar("21.12 Renommée")["redirects"] == ["21.12 Page 7"]


def test_a_sidecar_tells_which_page_and_revision_it_is(wiki: Wiki, tmp_path: Path) -> None:
    """The facts that wikitext does not tell, and no date of the fetch."""
    wiki.write(pages(1))
    archive = Archive(tmp_path, wiki.url)
    archive.fetch()

    sidecar = archive.sidecar("21.12 Page 1")

    assert list(sidecar) == ["wiki", "pageid", "title", "url", "revid", "timestamp", "sha1", "redirects"]
    assert (sidecar["wiki"], sidecar["url"]) == (wiki.host, f"{wiki.url}/index.php/21.12_Page_1")
    assert sidecar["pageid"] > 0
    assert sidecar["revid"] > 0


def test_two_fetches_give_the_same_bytes(wiki: Wiki, tmp_path: Path) -> None:
    """In another folder, and in the same one, where nothing is asked for twice."""
    wiki.write(pages(3))
    first, second = Archive(tmp_path / "1", wiki.url), Archive(tmp_path / "2", wiki.url)
    first.fetch()
    second.fetch()
    before = first.files()

    again = first.fetch()

    assert (again.changes, again.texts) == ((), 0)
    assert first.files() == before == second.files()


def test_each_change_is_told_and_nothing_else_is_asked_for(wiki: Wiki, tmp_path: Path) -> None:
    """A page that was edited, one renamed, one deleted, one new; the text of a renamed page is known already."""
    wiki.write(pages(40))
    archive = Archive(tmp_path, wiki.url)
    archive.fetch()
    number = archive.sidecar("21.12 Page 2")["pageid"]
    wiki.edit("21.12 Page 1", page("Autre chose."))
    wiki.move("21.12 Page 2", "21.12 Renommée")
    wiki.delete("21.12 Page 3")
    wiki.edit("21.12 Nouvelle", page())

    fetched = archive.fetch()

    assert kinds(fetched) == [
        ("new", "21.12 Nouvelle"),
        ("changed", "21.12 Page 1"),
        ("deleted", "21.12 Page 3"),
        ("moved", "21.12 Renommée", "21.12 Page 2"),
    ]
    assert fetched.texts == 2
    assert archive.texts() == content(wiki)
    assert archive.sidecar("21.12 Renommée")["pageid"] == number
    assert not list(archive.folder.glob("21.12_Page_[23].*"))


def test_a_page_that_is_undeleted_comes_back(wiki: Wiki, tmp_path: Path) -> None:
    """With the number that it had."""
    wiki.write(pages(2))
    archive = Archive(tmp_path, wiki.url)
    archive.fetch()
    before = archive.files()
    wiki.delete("21.12 Page 1")
    archive.fetch()

    wiki.undelete("21.12 Page 1")

    assert kinds(archive.fetch()) == [("new", "21.12 Page 1")]
    assert archive.files() == before


def test_a_page_that_calls_the_template_no_more_goes(wiki: Wiki, tmp_path: Path) -> None:
    """It is there, but no record; so does one that was made a redirect."""
    wiki.write(pages(50))
    archive = Archive(tmp_path, wiki.url)
    archive.fetch()
    wiki.write({"21.12 Page 1": "Rien.", "21.12 Page 2": "#REDIRECTION [[21.12 Page 3]]"})

    fetched = archive.fetch()

    assert [kind for kind in kinds(fetched) if kind[0] == "deleted"] == [
        ("deleted", "21.12 Page 1"),
        ("deleted", "21.12 Page 2"),
    ]
    assert archive.texts() == content(wiki)
    assert archive.sidecar("21.12 Page 3")["redirects"] == ["21.12 Page 2"]


def _edit(wiki: Wiki) -> None:
    wiki.edit("21.12 Page 1", page("Pendant."))


def _move(wiki: Wiki) -> None:
    wiki.move("21.12 Page 2", "21.12 Pendant")


def _delete(wiki: Wiki) -> None:
    wiki.delete("21.12 Page 3")


def _undelete(wiki: Wiki) -> None:
    wiki.undelete("21.12 Page 9")


def _swap(wiki: Wiki) -> None:
    wiki.move("21.12 Page 4", "21.12 Ailleurs")
    wiki.delete("21.12 Page 4")
    wiki.move("21.12 Page 5", "21.12 Page 4")


@pytest.mark.parametrize("act", [_edit, _move, _delete, _undelete, _swap])
@pytest.mark.parametrize("at", range(1, 7))
def test_what_happens_during_a_fetch_is_seen_by_the_next_one_at_the_latest(
    wiki: Wiki, tmp_path: Path, act: Callable[[Wiki], None], at: int
) -> None:
    """Whatever is done before the first, second … request, each page is at one revision, and in the end all are right."""
    wiki.write(pages(9))
    wiki.delete("21.12 Page 9")
    archive = Archive(tmp_path, f"{wiki.url}/api.php")
    done = []

    def before(_request: httpx.Request) -> None:
        done.append(1)
        if len(done) == at:
            act(wiki)

    archive.fetch(before=before)
    assert len(done) >= 4
    assert set(archive.texts().values()) <= {*content(wiki).values(), *(text.rstrip() for text in pages(9).values())}
    archive.fetch(allow_deletions=True)
    if len(done) < at:
        act(wiki)
        archive.fetch(allow_deletions=True)

    assert archive.texts() == content(wiki)


def test_pages_that_change_names_in_a_circle_keep_their_texts(wiki: Wiki, tmp_path: Path) -> None:
    """Each file holds its own page in the end."""
    wiki.write(pages(3))
    archive = Archive(tmp_path, wiki.url)
    archive.fetch()
    numbers = {title: archive.sidecar(title)["pageid"] for title in archive.texts()}
    for title, to in (("21.12 Page 1", "X"), ("21.12 Page 2", "Y")):
        wiki.move(title, to)
        wiki.delete(title)
    wiki.move("X", "21.12 Page 2")
    wiki.move("Y", "21.12 Page 1")

    archive.fetch()

    assert archive.texts() == content(wiki)
    assert archive.sidecar("21.12 Page 1")["pageid"] == numbers["21.12 Page 2"]


@pytest.mark.parametrize(
    ("known", "gone", "asks"), [(1, 1, True), (10, 1, False), (10, 2, True), (40, 2, False), (40, 3, True)]
)
def test_many_pages_that_vanish_at_once_are_asked_about(
    fake: FakeWiki, tmp_path: Path, known: int, gone: int, asks: bool
) -> None:
    """More than 5 %, more than one, or all of them: nothing is changed until it is allowed."""
    fake.write(pages(known))
    archive = Archive(tmp_path, fake.url)
    archive.fetch()
    before = archive.files()
    fake.delete(*list(pages(known))[:gone])

    if asks:
        with pytest.raises(PagesVanished, match=r"run again with --allow-deletions") as caught:
            archive.fetch()
        assert (len(caught.value.gone), caught.value.known, caught.value.exit_code) == (gone, known, 3)
        assert archive.files() == before
    fetched = archive.fetch(allow_deletions=True)

    assert len(fetched.changes) == gone
    assert archive.texts() == content(fake)


def test_the_pages_of_a_category_are_fetched_where_one_is_named(wiki: Wiki, tmp_path: Path) -> None:
    """With or without the name of the namespace, or by the settings."""
    wiki.write({"A": page() + "[[Catégorie:Été]]", "B": page(), "C": "Rien. [[Catégorie:Été]]"})
    archive = Archive(tmp_path, wiki.url)

    archive.fetch("Été")

    assert sorted(archive.texts()) == ["A", "C"]
    assert archive.fetch("Catégorie:Été").changes == ()
    with pytest.raises(WikiError, match="no page in the category Hiver"):
        archive.fetch("Hiver")
    assert sorted(archive.texts()) == ["A", "C"]


def test_without_a_caller_of_the_template_its_category_is_fetched(wiki: Wiki, tmp_path: Path) -> None:
    """Where a wiki has other templates; with neither, a sentence says what to name."""
    wiki.write({"A": "{{Autre}} [[Catégorie:Objet média]]", "B": "Rien."})
    archive = Archive(tmp_path, wiki.url)

    archive.fetch()

    assert sorted(archive.texts()) == ["A"]
    wiki.delete("A")
    with pytest.raises(WikiError, match=r"no page calls \{\{Objet média\}\}"):
        Archive(tmp_path / "new", wiki.url).fetch()


def test_a_title_fetches_that_page_and_leaves_the_others_alone(wiki: Wiki, tmp_path: Path) -> None:
    """Also through a redirect; a page that is gone goes, and one that never was is told."""
    wiki.write(pages(3))
    archive = Archive(tmp_path, wiki.url)
    archive.fetch()
    wiki.edit("21.12 Page 1", page("Autre chose."))
    wiki.edit("21.12 Page 2", page("Autre chose."))
    wiki.move("21.12 Page 1", "21.12 Renommée")

    assert kinds(archive.fetch(titles=("21.12 Page 1",))) == [
        ("changed", "21.12 Renommée"),
        ("moved", "21.12 Renommée", "21.12 Page 1"),
    ]
    wiki.delete("21.12 Page 3")
    assert kinds(archive.fetch(titles=("21.12_Page_3",))) == [("deleted", "21.12 Page 3")]
    with pytest.raises(WikiError, match=r"no page 21\.12 Page 9"):
        archive.fetch(titles=("21.12 Page 9",))
    assert kinds(archive.fetch()) == [("changed", "21.12 Page 2")]


def test_the_wiki_is_found_from_any_of_its_addresses(wiki: Wiki, tmp_path: Path) -> None:
    """Its root, a page, a page by its query, index.php, api.php."""
    wiki.write(pages(1))
    for number, path in enumerate(
        ["", "/", "/index.php", "/index.php/Accueil", "/index.php?title=Accueil", "/api.php?action=help"]
    ):
        archive = Archive(tmp_path / str(number), wiki.url)

        archive.fetch(url=f"{wiki.url}{path}")

        assert archive.texts() == content(wiki)


def test_two_fetches_at_once_do_not_mix(fake: FakeWiki, tmp_path: Path) -> None:
    """The second says that it was not first."""
    fake.write(pages(1))
    archive = Archive(tmp_path, fake.url)

    with locked(archive.folder), pytest.raises(SnapshotError, match="another commons-ld is fetching"):
        archive.fetch()
    archive.fetch()

    assert archive.texts() == content(fake)
