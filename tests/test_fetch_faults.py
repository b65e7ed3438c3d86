"""Fetching through a network that does harm: nothing is lost, and the end is that of a clean run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.errors import WikiError
from tests.servers import faults
from tests.servers.fake_wiki import FakeWiki
from tests.servers.faults import KINDS, FaultProxy
from tests.servers.mediawiki import MediaWiki
from tests.wikis import Archive, page, pages

#: Faults that a person has to look at: it does not help to ask again at once.
FINAL = ("sign-in", "wrong-type")


class Case:
    """A wiki behind a proxy that changed since it was fetched, and both states of the folder."""

    def __init__(self, wiki: FakeWiki | MediaWiki, proxy: FaultProxy, root: Path) -> None:
        self.wiki, self.proxy, self._root = wiki, proxy, root
        wiki.write(pages(6))
        base = self._archive("base")
        base.fetch()
        self.before = base.files()
        wiki.edit("21.12 Page 1", page("Autre chose."))
        wiki.move("21.12 Page 2", "21.12 Renommée")
        wiki.delete("21.12 Page 3")
        wiki.edit("21.12 Nouvelle", page())
        clean = self.archive("clean")
        proxy.heal()
        clean.fetch()
        self.after, self.requests = clean.files(), proxy.count

    def archive(self, name: str) -> Archive:
        """Return an archive as it was before the wiki changed."""
        shutil.copytree(self._root / "base" / "data", self._root / name / "data")
        return self._archive(name)

    def _archive(self, name: str) -> Archive:
        return Archive(self._root / name, f"{self.proxy.url}/api.php")


#: What is done to a real wiki at every run of the tests; the others take their turn in the long ones.
OFTEN = ("reset", "503", "half-json")


@pytest.fixture
def case(wiki: FakeWiki | MediaWiki, tmp_path: Path) -> Iterator[Case]:
    """Yield the case, for each wiki."""
    with faults.serve(wiki.url) as proxy:
        yield Case(wiki, proxy, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_request_is_got_over(fake: FakeWiki, tmp_path: Path, kind: str) -> None:
    """In the same run or by the next one; until then the folder is what it was before, whole."""
    with faults.serve(fake.url) as proxy:
        harm_once(Case(fake, proxy, tmp_path), kind)


@pytest.mark.parametrize(
    "kind", [kind if kind in OFTEN else pytest.param(kind, marks=pytest.mark.long) for kind in KINDS]
)
def test_a_fault_of_a_real_wiki_is_got_over_too(real: MediaWiki, tmp_path: Path, kind: str) -> None:
    """As above."""
    with faults.serve(real.url) as proxy:
        harm_once(Case(real, proxy, tmp_path), kind)


def harm_once(case: Case, kind: str) -> None:
    """Do harm to each request in turn."""
    # The wiki, the list, those it lacks, the texts, the list and those it lacks once more, the log.
    assert case.requests == 7
    for number in range(1, case.requests + 1):
        archive = case.archive(f"{kind} at {number}")
        case.proxy.harm(kind, number)

        if kind in FINAL:
            with pytest.raises(
                WikiError, match=r"is not that of an interface of MediaWiki.*text/html|text/html.*interface"
            ):
                archive.fetch(timeout=0.5)
            assert archive.files() == case.before
        else:
            archive.fetch(timeout=0.5)
            assert archive.files() == case.after
            assert archive.waits
        assert case.proxy.harmed == 1
        case.proxy.heal()
        archive.fetch()
        assert archive.files() == case.after


@pytest.mark.parametrize("kind", KINDS)
def test_a_wiki_that_is_lost_for_good_leaves_the_folder_as_it_was(fake: FakeWiki, tmp_path: Path, kind: str) -> None:
    """From any request on; when it is back, the run that follows ends as a clean one."""
    with faults.serve(fake.url) as proxy:
        lose_for_good(Case(fake, proxy, tmp_path), kind)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_a_real_wiki_that_is_lost_for_good_does_so_too(real: MediaWiki, tmp_path: Path, kind: str) -> None:
    """As above."""
    with faults.serve(real.url) as proxy:
        lose_for_good(Case(real, proxy, tmp_path), kind)


def lose_for_good(case: Case, kind: str) -> None:
    """Do harm to every request from each one on."""
    for number in range(1, case.requests + 1):
        archive = case.archive(f"{kind} since {number}")
        case.proxy.harm(kind, since=number)

        with pytest.raises(WikiError) as caught:
            archive.fetch(timeout=0.2)
        assert caught.value.exit_code == 3
        assert archive.files() == case.before
        case.proxy.heal()
        archive.fetch()
        assert archive.files() == case.after


def test_waits_are_those_that_were_asked_for(case: Case) -> None:
    """Retry-After is a floor, for a busy server and for one whose databases lag."""
    for kind, least in (("429", 2.0), ("503", 2.0), ("maxlag", 5.0)):
        archive = case.archive(f"waits of {kind}")
        case.proxy.harm(kind, 1, 2, 3)

        archive.fetch()

        assert len(archive.waits) == 3
        assert min(archive.waits) >= least


def test_texts_that_were_fetched_are_not_asked_for_again(fake: FakeWiki, tmp_path: Path) -> None:
    """The run that follows a failed one goes on where that was."""
    fake.write(pages(120))
    with faults.serve(fake.url) as proxy:
        archive = Archive(tmp_path, f"{proxy.url}/api.php")
        proxy.harm("reset", since=5)
        with pytest.raises(WikiError):
            archive.fetch()
        assert archive.files() == {}
        proxy.heal()
        fake.requests.clear()

        fetched = archive.fetch()

    asked = [len(request["revids"].split("|")) for request in fake.requests if "revids" in request]
    assert (asked, fetched.texts, fetched.pages) == ([20], 20, 120)


def test_a_list_that_comes_back_empty_or_short_removes_nothing(fake: FakeWiki, tmp_path: Path) -> None:
    """Each page that a list lacks is asked about, and what the wiki says of that very page counts."""
    fake.write(pages(5))
    archive = Archive(tmp_path, fake.url)
    archive.fetch()
    before, whole = archive.files(), dict(fake.pages)

    def forget(asked: dict[str, str]) -> None:
        fake.pages = {1: whole[1]} if "generator" in asked else whole

    fake.before = forget
    fetched = archive.fetch()

    assert (fetched.changes, archive.files()) == ((), before)


def test_a_deletion_that_the_lists_do_not_show_is_found_in_the_log(fake: FakeWiki, tmp_path: Path) -> None:
    """A list may come from a memory of the server's; the log says what to ask about."""
    fake.write(pages(30))
    archive = Archive(tmp_path, fake.url)
    archive.fetch()
    whole = dict(fake.pages)
    fake.delete("21.12 Page 1")
    rest = dict(fake.pages)

    def remember(asked: dict[str, str]) -> None:
        fake.pages = whole if "generator" in asked else rest

    fake.before = remember
    fetched = archive.fetch()

    assert [change.title for change in fetched.changes] == ["21.12 Page 1"]
    assert "21.12 Page 1" not in archive.texts()
