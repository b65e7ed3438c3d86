"""Harvesting event streams of other makes (LDES)."""

from __future__ import annotations

import pytest
import rdflib
import rdflib.compare

from tests.foreign import HOST, Foreign
from tests.foreign_feeds import ROOT, STREAM, kinds, stream, version


def test_a_stream_of_another_make_is_read_to_its_end_and_then_only_what_is_new(foreign: Foreign) -> None:
    """Pages behind pages; the last version of each record; pages that are full are not asked for again."""
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "a", "A2"))

    first = foreign.harvest(f"{HOST}/ldes")

    assert (first.protocol, kinds(first)) == ("ldes", [("changed", "a"), ("new", "a"), ("new", "b")])
    graph = rdflib.Dataset().parse(data=foreign.dump, format="nquads").graph("https://archive.example/a")
    title = rdflib.DCTERMS.title
    assert [str(value) for value in graph.objects(rdflib.URIRef("https://archive.example/a"), title)] == ["A2"]
    assert len(graph) == 4  # its type, its title, its creator, and the creator's title; no version
    assert "_:" not in foreign.dump

    foreign.asked.clear()
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "a", "A2") + version(4, "b", None))
    second = foreign.harvest(f"{HOST}/ldes")

    assert kinds(second) == [("deleted", "b")]
    assert f"{HOST}/ldes/1" not in foreign.asked
    foreign.asked.clear()
    assert foreign.harvest(f"{HOST}/ldes").changes == []
    assert foreign.asked.count(f"{HOST}/ldes/2") == 1  # and that was answered by 304


def test_what_is_gone_leaves_its_name_and_nothing_else(foreign: Foreign) -> None:
    """Not in the dump, and in no byte of the database."""
    stream(foreign, version(1, "a", "Quibrant"))
    foreign.harvest(f"{HOST}/ldes")
    assert b"Quibrant" in (foreign.folder / "copy" / "harvest.sqlite").read_bytes()
    stream(foreign, version(2, "a", None))

    foreign.harvest(f"{HOST}/ldes")

    assert not [path for path in (foreign.folder / "copy").iterdir() if b"Quibrant" in path.read_bytes()]


def test_a_stream_that_does_not_reach_back_to_the_last_visit_is_read_anew(foreign: Foreign) -> None:
    """What it does not tell of then is gone, though no page says so."""
    stream(foreign, version(1, "zoe-quibrant", "A") + version(2, "b", "B"))
    foreign.harvest(f"{HOST}/ldes")
    late = ROOT + '</ldes> ldes:retentionPolicy [ ldes:startingFrom "2026-01-05T00:00:00Z"^^xsd:dateTime ] .'
    stream(foreign, version(6, "b", "B"), root=late)

    done = foreign.harvest(f"{HOST}/ldes")

    assert kinds(done) == [("dropped", "zoe-quibrant")]
    assert any("read again" in note["en"] for note in foreign.notes)
    # An address may tell the name of who was forgotten: it is in no byte of the copy.
    assert not [path for path in (foreign.folder / "copy").iterdir() if b"/zoe-quibrant" in path.read_bytes()]


def test_a_stream_whose_full_pages_are_others_is_read_anew(foreign: Foreign) -> None:
    """It was begun anew, or something was taken back."""
    stream(foreign, version(1, "a", "A") + version(2, "b", "B"), version(3, "c", "C"))
    foreign.harvest(f"{HOST}/ldes")
    foreign.pages["/ldes/9"], foreign.types["/ldes/9"] = f"{STREAM}{version(1, 'a', 'A')}".encode(), "text/turtle"
    foreign.put("/ldes", ROOT.replace("/ldes/1", "/ldes/9"), "text/turtle")

    assert kinds(foreign.harvest(f"{HOST}/ldes")) == [("dropped", "b"), ("dropped", "c")]


def test_pages_elsewhere_are_not_asked_for(foreign: Foreign) -> None:
    """A page may name the inside of our network; nothing but its own host is asked."""
    foreign.put(
        "/ldes",
        ROOT + "</ldes> tree:relation [ tree:node <http://127.0.0.1:1/x> , <file:///etc/passwd> ] .",
        "text/turtle",
    )
    foreign.put("/ldes/1", STREAM + version(1, "a", "A"), "text/turtle")

    assert kinds(foreign.harvest(f"{HOST}/ldes")) == [("new", "a")]
    assert all(url.startswith(HOST) for url in foreign.asked)


def test_one_member_that_says_nothing_is_told_and_the_others_are_kept(foreign: Foreign) -> None:
    """The exit code of the command says so."""
    stream(foreign, version(1, "a", "A") + "</stream> tree:member </v/9> . </v/9> dcterms:isVersionOf :z .")

    done = foreign.harvest(f"{HOST}/ldes")

    assert (kinds(done), [refused.key for refused in done.refused]) == ([("new", "a")], ["https://archive.example/z"])
    assert not done.is_whole


def test_a_member_that_could_not_be_read_is_asked_for_again_until_it_is(foreign: Foreign) -> None:
    """Its page is, though it is immutable; what else stands there is old, and told where the stream tells no times."""
    root = ROOT.replace("; ldes:timestampPath dcterms:created", "")
    empty = "</stream> tree:member </v/9> . </v/9> dcterms:isVersionOf :z ."
    stream(foreign, version(1, "a", "A") + empty, version(2, "a", "A2"), root=root)
    foreign.harvest(f"{HOST}/ldes")

    foreign.asked.clear()
    second = foreign.harvest(f"{HOST}/ldes")

    assert ([refused.key for refused in second.refused], second.changes) == (["https://archive.example/z"], [])
    assert f"{HOST}/ldes/1" in foreign.asked
    assert not second.is_whole
    stream(foreign, version(1, "a", "A") + version(9, "z", "Z"), version(2, "a", "A2"), root=root)
    third = foreign.harvest(f"{HOST}/ldes")
    assert (kinds(third), third.is_whole) == ([("new", "z")], True)
    assert '"A2"' in foreign.dump
    foreign.asked.clear()
    foreign.harvest(f"{HOST}/ldes")
    assert f"{HOST}/ldes/1" not in foreign.asked


@pytest.mark.parametrize(
    "then",
    [
        (version(1, "a", "A"), version(8, "z", None)),
        (version(1, "a", "A"), version(2, "b", "B")),
        (version(1, "a", "A"), version(8, "z", "Z")),
    ],
    ids=["deleted", "left", "read"],
)
def test_a_member_that_is_deleted_or_has_left_is_not_told_of_any_more(foreign: Foreign, then: tuple[str, str]) -> None:
    """A later version counts too: nobody asks for the one that could not be read."""
    stream(foreign, version(1, "a", "A"), "</stream> tree:member </v/2> . </v/2> dcterms:isVersionOf :z .")
    assert not foreign.harvest(f"{HOST}/ldes").is_whole
    stream(foreign, *then)

    assert foreign.harvest(f"{HOST}/ldes").is_whole


def test_an_older_version_that_cannot_be_read_is_no_matter(foreign: Foreign) -> None:
    """Whichever of the two comes first; a later one that cannot be read is."""
    bad = (
        '</stream> tree:member </v/{0}> . </v/{0}> dcterms:isVersionOf :a ; dcterms:created "2026-01-0{0}T00:00:00Z" .'
    )
    stream(foreign, version(3, "a", "A3"), bad.format(2))
    assert foreign.harvest(f"{HOST}/ldes").is_whole

    stream(foreign, version(3, "a", "A3"), bad.format(2) + bad.format(4))
    assert not foreign.harvest(f"{HOST}/ldes").is_whole
    stream(foreign, version(3, "a", "A3"), bad.format(4) + version(5, "b", "B"))
    assert not foreign.harvest(f"{HOST}/ldes", anew=True).is_whole
    assert '"A3"' in foreign.dump


def test_a_full_page_that_was_taken_away_since_does_not_end_the_run(foreign: Foreign) -> None:
    """What could not be read on it is nowhere any more."""
    empty = "</stream> tree:member </v/9> . </v/9> dcterms:isVersionOf :z ."
    stream(foreign, version(1, "a", "A") + empty, version(2, "b", "B"))
    foreign.harvest(f"{HOST}/ldes")
    del foreign.pages["/ldes/1"]

    done = foreign.harvest(f"{HOST}/ldes")

    assert (done.is_whole, done.records) == (True, 2)
