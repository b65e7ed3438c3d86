"""Harvesting repositories of other makes (OAI-PMH)."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pyoxigraph as ox
import pytest

from commons_ld.errors import HarvestError
from tests.foreign import HOST, Foreign, oai, oai_record
from tests.foreign_feeds import Repository, kinds


def test_a_repository_is_harvested_by_datestamp_with_its_deletions(foreign: Foreign) -> None:
    """Dublin Core becomes statements about the identifier, its languages kept."""
    repository = Repository(foreign)

    first = foreign.harvest(f"{HOST}/oai")

    assert (first.protocol, len(first.changes)) == ("oai-pmh", 3)
    quads = list(ox.parse(foreign.dump, format=ox.RdfFormat.N_QUADS))
    assert {str(quad.object) for quad in quads if quad.predicate.value.endswith("title")} == {
        '"A"@fr',
        '"B"@fr',
        '"C"@fr',
    }
    assert ox.NamedNode("https://archive.example/a") in {quad.object for quad in quads}

    repository.asked.clear()
    repository.records += [("a", "2026-01-04", None), ("d", "2026-01-05", "D")]
    second = foreign.harvest(f"{HOST}/oai")

    assert kinds(second) == [("deleted", "oai:x:a"), ("new", "oai:x:d")]
    assert [asked.get("from") for asked in repository.asked if "metadataPrefix" in asked] == ["2026-01-02"]


@pytest.mark.parametrize(
    ("written", "media_type"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.encode(), "text/xml"),
        (lambda text: b"\n" + text.encode(), "text/xml"),
        (lambda text: text.replace('<?xml version="1.0"?>', "").encode(), "application/xml"),
        (lambda text: text.replace('"1.0"?', '"1.0" encoding="utf-16"?').encode("utf-16"), "text/xml"),
        (lambda text: text.encode(), "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("without_a_verb", [200, 400, 422])
def test_a_repository_is_known_however_it_writes(
    foreign: Foreign, written: Callable[[str], bytes], media_type: str, without_a_verb: int
) -> None:
    """With marks, blanks or nothing before its XML, under another type, and refusing who names no verb."""
    repository = Repository(foreign)

    def answer(request: httpx.Request) -> httpx.Response:
        status = 200 if request.url.query else without_a_verb
        return httpx.Response(status, content=written(repository(request).text), headers={"Content-Type": media_type})

    foreign.pages["/oai/request"] = answer
    del foreign.pages["/oai"]

    assert len(foreign.harvest(f"{HOST}/oai/request").changes) == 3


def test_a_record_that_is_entered_late_is_heard_of(foreign: Foreign) -> None:
    """A day late, where the repository tells days; what comes again for that is found unchanged."""
    repository = Repository(foreign)
    foreign.harvest(f"{HOST}/oai")
    repository.records.append(("late", "2026-01-02", "L"))

    done = foreign.harvest(f"{HOST}/oai")

    assert kinds(done) == [("new", "oai:x:late")]


@pytest.mark.parametrize("wrong", ["9999-01-01", "9999-01-01T00:00:00Z", "zzzz", "2026-13-01T00:00:00Z", ""])
def test_a_datestamp_that_cannot_be_hides_no_record(foreign: Foreign, wrong: str) -> None:
    """One from the future or of another form is passed over; the record itself is kept, and may change."""
    repository = Repository(foreign)
    repository.records.append(("odd", wrong, "O"))
    assert foreign.harvest(f"{HOST}/oai").records == 4
    repository.records[3:] = [("d", "2026-02-01", "D"), ("odd", "2026-02-01", "O2")]

    done = foreign.harvest(f"{HOST}/oai")

    assert kinds(done) == [("changed", "oai:x:odd"), ("new", "oai:x:d")]


@pytest.mark.parametrize(
    ("at", "asked"),
    [("2026-01-02T12:00:00Z", ["2026-01-01"]), ("yesterday", [None]), ("0001-01-01T00:00:00Z", [None])],
)
def test_no_cursor_is_after_the_clock_of_the_repository(foreign: Foreign, at: str, asked: list[str | None]) -> None:
    """Where that clock cannot be read, everything is asked for again."""
    repository = Repository(foreign)
    repository.at = at
    foreign.harvest(f"{HOST}/oai")
    repository.asked.clear()

    assert foreign.harvest(f"{HOST}/oai").changes == []
    assert [one.get("from") for one in repository.asked if "metadataPrefix" in one] == asked


def test_seconds_are_asked_for_where_they_are_told(foreign: Foreign) -> None:
    """From an hour before."""
    repository = Repository(foreign)
    answer = repository._answer
    repository._answer = lambda text: answer(text.replace("YYYY-MM-DD<", "YYYY-MM-DDThh:mm:ssZ<"))  # type: ignore[method-assign]
    repository.records = [("a", "2026-01-01T00:30:00Z", "A")]
    foreign.harvest(f"{HOST}/oai")

    foreign.harvest(f"{HOST}/oai")

    assert repository.asked[-1]["from"] == "2025-12-31T23:30:00Z"


def test_a_record_that_could_not_be_read_is_asked_for_alone_until_it_is(foreign: Foreign) -> None:
    """Or until the repository does not know it any more."""
    repository = Repository(foreign)
    repository.broken = {"a"}
    assert [refused.key for refused in foreign.harvest(f"{HOST}/oai").refused] == ["oai:x:a"]

    assert [refused.key for refused in foreign.harvest(f"{HOST}/oai").refused] == ["oai:x:a"]
    assert repository.asked[-1] == {"verb": "GetRecord", "identifier": "oai:x:a", "metadataPrefix": "oai_dc"}
    repository.broken.clear()
    done = foreign.harvest(f"{HOST}/oai")
    assert (kinds(done), done.is_whole) == ([("new", "oai:x:a")], True)
    foreign.harvest(f"{HOST}/oai")
    assert repository.asked[-1]["verb"] == "ListRecords"

    repository.broken = {"a"}
    foreign.harvest(f"{HOST}/oai", anew=True)
    repository.unknown = {"a"}
    left = foreign.harvest(f"{HOST}/oai")
    assert (left.is_whole, left.records) == (True, 3)


def test_a_record_that_is_not_to_be_had_alone_leaves_the_others(foreign: Foreign) -> None:
    """A server that fails for one record is told of, with that record."""
    repository = Repository(foreign)
    repository.broken = {"a"}
    foreign.harvest(f"{HOST}/oai")
    repository.records.append(("d", "2026-01-04", "D"))

    def failing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503) if b"GetRecord" in request.url.query else repository(request)

    foreign.pages["/oai"] = failing
    done = foreign.harvest(f"{HOST}/oai")

    assert (kinds(done), [refused.key for refused in done.refused]) == ([("new", "oai:x:d")], ["oai:x:a"])
    assert "503" in done.refused[0].problem["en"]


def test_many_records_that_could_not_be_read_are_asked_for_by_the_list(foreign: Foreign) -> None:
    """A request each would be a burden."""
    repository = Repository(foreign)
    repository.broken = {f"n{number:03}" for number in range(101)}
    repository.records = [("z", "2026-03-01", "Z"), *((name, "2026-01-02", "N") for name in sorted(repository.broken))]
    assert len(foreign.harvest(f"{HOST}/oai").refused) == 101
    repository.broken.pop()
    repository.asked.clear()

    done = foreign.harvest(f"{HOST}/oai")

    assert (len(done.changes), len(done.refused)) == (1, 100)
    assert [asked["from"] for asked in repository.asked if "metadataPrefix" in asked] == ["2026-01-01"]


def test_a_repository_that_forgets_deletions_is_listed_whole(foreign: Foreign) -> None:
    """What is not in the list is gone; a list that lost too much is not believed."""
    repository = Repository(foreign, deletions="transient")
    foreign.harvest(f"{HOST}/oai")
    del repository.records[0]

    assert kinds(foreign.harvest(f"{HOST}/oai")) == [("dropped", "oai:x:a")]

    repository.records += [(f"n{number}", "2026-01-04", "N") for number in range(20)]
    foreign.harvest(f"{HOST}/oai")
    repository.records = repository.records[:2]
    done = foreign.harvest(f"{HOST}/oai")

    assert (done.kept, done.records, done.is_whole) == (20, 22, False)
    assert foreign.harvest(f"{HOST}/oai", allow_deletions=True).records == 2


def test_a_token_that_grew_old_begins_the_list_again(foreign: Foreign) -> None:
    """Once; what had come is known."""
    repository = Repository(foreign)
    repository.faults = ["~2"]

    assert len(foreign.harvest(f"{HOST}/oai").changes) == 3
    lists = [asked.get("resumptionToken") for asked in repository.asked if asked.get("verb") == "ListRecords"]
    assert lists == [None, "~2", None, "~2"]

    repository.faults = ["~2", "~2", "~2"]
    with pytest.raises(HarvestError, match="badResumptionToken"):
        foreign.harvest(f"{HOST}/oai", anew=True)


def test_a_list_without_end_is_given_up(foreign: Foreign) -> None:
    """The same token twice leads nowhere."""
    Repository(foreign)
    answer = foreign.pages["/oai"]

    def looping(request: httpx.Request) -> httpx.Response:
        if b"ListRecords" in request.url.query:
            body = oai("ListRecords", oai_record("a", "2026-01-01", "A") + "<resumptionToken>again</resumptionToken>")
            return httpx.Response(200, text=body)
        assert callable(answer)
        return answer(request)

    foreign.pages["/oai"] = looping
    with pytest.raises(HarvestError, match="does not end"):
        foreign.harvest(f"{HOST}/oai")


def test_a_format_that_is_not_offered_is_told(foreign: Foreign) -> None:
    """With those that are."""
    Repository(foreign)
    with pytest.raises(HarvestError, match="it offers: oai_dc"):
        foreign.harvest(f"{HOST}/oai", prefix="marc")
