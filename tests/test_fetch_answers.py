"""Fetching what a wiki answers in pieces, in an old form, or only to those who sign in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from commons_ld.errors import WikiError
from commons_ld.wiki import Credentials
from commons_ld.wiki.answers import Page, batches, modern, pages_of
from tests.servers.fake_wiki import FakeWiki
from tests.servers.mediawiki import MediaWiki
from tests.wikis import Archive, content, page, pages

URL = "https://wiki.exemple.test/api.php"


def test_answers_that_come_in_pieces_are_put_together(fake: FakeWiki, tmp_path: Path) -> None:
    """Lists of three pages, one redirect an answer, two texts an answer: the folder is the same."""
    fake.write(pages(7))
    for number in range(3):
        fake.move("21.12 Page 7" if not number else f"Renommée {number - 1}", f"Renommée {number}")
        fake.edit(f"Vers 1, {number}", "#REDIRECTION [[21.12 Page 1]]")
    fake.write({f"Renommée {number}": "#REDIRECTION [[Renommée 2]]" for number in range(2)})
    fake.edit("21.12 Page 7", "#REDIRECTION [[Renommée 2]]")
    whole, cut = Archive(tmp_path / "1", fake.url), Archive(tmp_path / "2", fake.url)
    whole.fetch()
    fake.limit, fake.redirect_limit, fake.result_size = 3, 1, 900

    cut.fetch()

    assert cut.files() == whole.files()
    assert cut.sidecar("Renommée 2")["redirects"] == ["21.12 Page 7", "Renommée 0", "Renommée 1"]
    assert cut.sidecar("21.12 Page 1")["redirects"] == ["Vers 1, 0", "Vers 1, 1", "Vers 1, 2"]
    asked = [name for request in fake.requests for name in request]
    assert {"geicontinue", "rdcontinue", "rvcontinue"} <= set(asked)


def test_a_real_answer_that_is_cut_at_its_largest_size_is_put_together(real: MediaWiki, tmp_path: Path) -> None:
    """A page without its revision is no empty page: its text comes in the next answer."""
    real.write(pages(7))
    archive = Archive(tmp_path, real.url)

    asked: list[httpx.Request] = []

    with real.state("result-size", "1500"):
        archive.fetch(before=asked.append)

    assert len([request for request in asked if "rvcontinue" in request.url.params]) >= 2
    assert archive.texts() == content(real)
    assert len(archive.texts()) == 7


def test_a_wiki_of_ten_years_ago_is_read_too(fake: FakeWiki, tmp_path: Path) -> None:
    """It answers without formatversion=2, without slots, and warns of what it does not know."""
    fake.write({**pages(3), "21.12 Vide": page()})
    new, old = Archive(tmp_path / "new", fake.url), Archive(tmp_path / "old", fake.url)
    new.fetch()
    fake.legacy = True
    old.fetch()
    fake.delete("21.12 Page 1")

    assert old.files() == new.files()
    assert [change.kind for change in old.fetch().changes] == ["deleted"]


def test_a_real_wiki_answers_the_old_form_as_we_think(real: MediaWiki) -> None:
    """What ``formatversion=1`` gives is what ``formatversion=2`` gives, once it is made modern."""
    real.write(pages(2))
    real.move("21.12 Page 2", "Renommée")
    params = {"action": "query", "format": "json", "titles": "21.12 Page 1|21.12 Page 2|Rien|Spécial:Version",
              "prop": "info|revisions", "rvprop": "ids|timestamp|content", "inprop": "url"}  # fmt: skip
    with httpx.Client(trust_env=False) as http:
        old, slots, new = (
            http.get(f"{real.url}/api.php", params=params | more).json()
            for more in (
                {"formatversion": "1"},
                {"formatversion": "1", "rvslots": "main"},
                {"formatversion": "2", "rvslots": "main"},
            )
        )

    def read(answer: dict[str, Any]) -> list[Page]:
        [batch] = batches(lambda _params: answer, {}, URL)
        return sorted(pages_of(batch, URL), key=lambda page: page.title)

    assert read(old) == read(slots) == read(new)
    assert len(read(new)) == 4


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([{"query": {}}], r"incomplete \(batchcomplete\)"),
        ([{"continue": {"x": "1"}}, {"continue": {"x": "1"}}], r"incomplete \(continue\)"),
        ([{"query": []}], "garbled"),
        ([{"batchcomplete": True, "query": {"pages": [{"pageid": "x"}]}}], "incomplete"),
        ([{"batchcomplete": True, "query": {"pages": [{"pageid": 1, "title": {"a": 1}}]}}], "incomplete"),
        ([{"batchcomplete": True, "query": {"pages": [{"pageid": 1, "revisions": [{"revid": []}]}]}}], "incomplete"),
    ],
)
def test_an_answer_that_cannot_be_the_whole_is_no_answer(answers: list[dict[str, Any]], told: str) -> None:
    """It neither ends nor goes on, goes in a circle, or is not what the API says of a page."""
    left = list(answers)

    with pytest.raises(WikiError, match=told):
        _ = [pages_of(batch, URL) for batch in batches(lambda _params: left.pop(0), {}, URL)]


def test_continue_is_passed_whole() -> None:
    """Every member of it, those that are not understood too; and a new batch begins after each batchcomplete."""
    asked: list[dict[str, str]] = []
    answers: list[dict[str, Any]] = [
        {"query": {"pages": [{"pageid": 1, "title": "A"}]}, "continue": {"rvcontinue": 5, "odd": "x|y", "continue": "||"}},
        {"query": {"pages": [{"pageid": 1, "revisions": [{"revid": 9}]}]}, "batchcomplete": True,
         "continue": {"geicontinue": "2", "continue": "-||"}},
        {"batchcomplete": True},
    ]  # fmt: skip

    def ask(params: dict[str, str]) -> dict[str, Any]:
        asked.append(params)
        return answers[len(asked) - 1]

    found = [pages_of(batch, URL) for batch in batches(ask, {"prop": "info"}, URL)]

    assert asked == [
        {"prop": "info", "continue": ""},
        {"prop": "info", "rvcontinue": "5", "odd": "x|y", "continue": "||"},
        {"prop": "info", "geicontinue": "2", "continue": "-||"},
    ]
    assert [[(page.title, page.revisions[0].revid) for page in batch] for batch in found] == [[("A", 9)], []]


def test_an_empty_text_of_the_old_form_stays_a_text() -> None:
    """Only flags become true."""
    answer = {"query": {"pages": {"1": {"revisions": [{"revid": 1, "*": ""}]}}}}

    assert modern(answer)["query"]["pages"] == [{"revisions": [{"revid": 1, "content": ""}]}]


def test_a_text_that_the_wiki_hides_is_not_kept(fake: FakeWiki, tmp_path: Path) -> None:
    """Its page goes, and the reason is told."""
    fake.write(pages(3))
    archive = Archive(tmp_path, fake.url)
    archive.fetch()
    fake.edit("21.12 Page 1", page("À cacher."))
    fake.hidden = {4}

    fetched = archive.fetch()

    assert [(change.kind, change.title) for change in fetched.changes] == [("deleted", "21.12 Page 1")]
    assert "21.12 Page 1: the wiki hides its text, and the page is not fetched." in archive.notes


def test_a_page_that_never_rests_keeps_its_former_text(fake: FakeWiki, tmp_path: Path) -> None:
    """The others are brought up to date all the same."""
    fake.write(pages(3))
    archive = Archive(tmp_path, fake.url)
    archive.fetch()
    before = archive.sidecar("21.12 Page 1")
    fake.edit("21.12 Page 2", page("Autre chose."))

    def edit(asked: dict[str, str]) -> None:
        if "generator" in asked:
            page_ = fake.pages[1]
            page_.revisions = [(page_.revisions[-1][0] + 1000, "2026-02-02T00:00:00Z", page(str(len(fake.requests))))]

    fake.before = edit
    archive.fetch()

    assert archive.sidecar("21.12 Page 1") == before
    assert archive.texts()["21.12 Page 2"] == page("Autre chose.").rstrip()
    assert "1 page(s) keep changing, and will be fetched the next time." in archive.notes


def test_a_lagging_wiki_is_waited_for(wiki: FakeWiki | MediaWiki, tmp_path: Path) -> None:
    """As long as it asks; who waits is told."""
    wiki.write(pages(1))
    archive = Archive(tmp_path, f"{wiki.url}/api.php")
    if isinstance(wiki, FakeWiki):
        wiki.lagging = 2
        archive.fetch()
    else:
        lag = wiki.folder / "lag"
        lag.write_text("9")

        def before(_request: httpx.Request) -> None:
            if len(archive.waits) == 2:
                lag.unlink(missing_ok=True)

        archive.fetch(before=before)

    assert archive.texts() == content(wiki)
    assert [seconds >= 5 for seconds in archive.waits] == [True, True]
    assert "The wiki makes us wait: 5 seconds." in archive.notes


def test_a_wiki_that_is_not_for_everybody_is_read_with_an_account(wiki: FakeWiki | MediaWiki, tmp_path: Path) -> None:
    """Without one, and with a wrong one, the sentence says what to do, and nothing changes."""
    wiki.write(pages(2))
    archive = Archive(tmp_path, f"{wiki.url}/api.php")
    archive.fetch()
    before = archive.files()
    if isinstance(wiki, FakeWiki):
        wiki.private, good = True, Credentials("Ana@commons", "secret")
    else:
        good = Credentials(*wiki.make_bot_password())
        (wiki.folder / "private").touch()

    with pytest.raises(WikiError, match=r"with an account only; make a bot password"):
        archive.fetch()
    with pytest.raises(WikiError, match=r"does not take the name and password"):
        archive.fetch(credentials=good._replace(password="wrong"))
    assert archive.files() == before
    assert archive.fetch(credentials=good).changes == ()
    assert archive.files() == before


def test_only_those_who_ask_are_told(fake: FakeWiki, tmp_path: Path) -> None:
    """The log is read without the names of those who deleted."""
    fake.write(pages(1))
    Archive(tmp_path, fake.url).fetch()

    [log] = [request for request in fake.requests if request.get("list") == "logevents"]

    assert log["leprop"] == "title|type|timestamp"
    assert not [request for request in fake.requests if re.search("user|comment", request.get("rvprop", ""))]
    assert fake.agents == {"commons-ld/test"}
