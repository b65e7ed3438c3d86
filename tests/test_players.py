"""What players are told of a recording: IIIF Presentation 3, a podcast, chapters, and a track of notes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from commons_ld.namespaces import expand
from commons_ld.rendering.media import Episode, episode
from commons_ld.rendering.players import channel, chapters, iiif, item, track
from commons_ld.rendering.writing import Renderings
from tests.archive import Archive, page
from tests.rendered import RECORD, rendered, settings

BASE = "https://w3id.org/commons-ld/remix/"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def played(*, start: str = "", **dataset: object) -> Episode:
    """Return the recording of the example, which began at a time of day where ``start`` tells it."""
    made = rendered(RECORD, **dataset)
    block = made.block
    if start:
        moment = f'"2021-12-02T{start}+01:00"^^<{expand("xsd:dateTime")}>'.encode()
        day = f'"2021-12-02"^^<{expand("xsd:date")}>'.encode()
        name = f"<{expand('schema:startDate')}> ".encode()
        block = block.replace(name + day, name + moment)
    found = episode(made.rendering, block, made.description)
    assert found
    return found


def test_a_manifest_has_a_canvas_as_long_as_the_recording() -> None:
    """What IIIF Presentation 3 demands of sound is there, with the rights by their http IRI."""
    manifest = json.loads(iiif(played(), BASE))

    assert manifest["@context"] == "http://iiif.io/api/presentation/3/context.json"
    assert manifest["type"] == "Manifest"
    assert manifest["label"] == {"fr": ["21.12 Un essai"]}
    assert manifest["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    canvas = manifest["items"][0]
    annotation = canvas["items"][0]["items"][0]
    assert canvas["duration"] == 3600
    assert annotation["target"] == canvas["id"]
    assert annotation["body"] == {
        "id": "https://exemple.test/essai.mp3", "type": "Sound", "format": "audio/mpeg", "duration": 3600,
    }  # fmt: skip


def test_a_recording_of_unknown_length_has_no_manifest() -> None:
    """Nobody makes a length up."""
    assert iiif(played()._replace(seconds=0), BASE) == b""


def test_an_item_holds_what_podcast_apps_ask_for() -> None:
    """Title, file, type, day, length in seconds, the record's IRI for good, and who spoke."""
    root = ElementTree.fromstring(item(played(image="https://exemple.test/i.png"), BASE))

    enclosure = root.find("enclosure")
    assert enclosure is not None
    assert enclosure.attrib == {"url": "https://exemple.test/essai.mp3", "length": "0", "type": "audio/mpeg"}
    assert root.findtext("guid") == f"{BASE}session/21-12-un-essai"
    assert root.findtext("pubDate") == "Fri, 03 Dec 2021 00:00:00 GMT"
    assert root.findtext(f"{ITUNES}duration") == "3600"
    person = root.find(f"{PODCAST}person")
    assert person is not None
    assert (person.text, person.attrib) == ("Ana Exemple", {"role": "guest", "href": f"{BASE}person/ana-exemple"})


def test_a_paper_is_no_episode() -> None:
    """Only sound and film are played."""
    assert item(played()._replace(media_type="application/pdf"), BASE) == b""


def test_a_long_description_is_cut_between_characters() -> None:
    """Apple takes 4,000 bytes, and no half letter."""
    root = ElementTree.fromstring(item(played()._replace(description="é" * 3000), BASE))

    text = root.findtext("description")
    assert text is not None
    assert len(text.encode()) <= 4000
    assert set(text) == {"é", "…"}


def test_notes_have_no_time_in_a_recording_whose_start_nobody_tells() -> None:
    """A start is not made up: there are no chapters and no track."""
    assert played().cues == ()
    assert (chapters(played()), track(played())) == (b"", b"")


def test_notes_are_chapters_where_the_start_is_known() -> None:
    """A note of 14:09 in a recording that began at 14:00 stands nine minutes in."""
    told = played(start="14:00:00")

    assert json.loads(chapters(told)) == {
        "version": "1.2.0",
        "title": "21.12 Un essai",
        "chapters": [{"startTime": 540, "title": "Ana Exemple : Bonjour <b>à</b> tous --> ici"}],
    }
    assert json.loads(iiif(told, BASE))["structures"][0]["items"][0]["id"].endswith("#t=540,3600")
    assert b"podcast:chapters" in item(told, BASE)
    assert b"podcast:transcript" in item(told, BASE)


def test_a_track_is_valid_whatever_a_note_says() -> None:
    """An arrow or a tag in a note cannot break the track."""
    text = track(played(start="14:00:00")).decode()
    header, cue = text.strip().split("\n\n")

    assert header == "WEBVTT"
    assert cue.startswith("00:09:00.000 --> 01:00:00.000\n")
    assert re.search(r"[<>]", cue.partition("\n")[2]) is None


@pytest.mark.parametrize("start", ["15:00:00", "12:00:00"])
def test_a_note_outside_the_recording_is_no_chapter(start: str) -> None:
    """What was written before it began, or after it ended, has no place in it."""
    assert played(start=start).cues == ()


def test_the_feed_keeps_its_identity() -> None:
    """podcast:guid is the UUID of version 5 of the feed's address, so that it never changes by itself."""
    before, after = channel(settings())
    root = ElementTree.fromstring(before + after)

    assert root.findtext(f"channel/{PODCAST}guid") == "39df79b0-b25b-5313-8949-951ffd11197c"


def test_an_export_renders_again_only_what_changed(tmp_path: Path) -> None:
    """A second export after one edit renders one record, and writes the same as one from nothing."""
    archive = Archive(tmp_path / "a")
    archive.write("un.txt", page(duration="00:30:00"))
    archive.write("deux.txt", page("22.03 Un autre"))
    archive.export()
    archive.write("un.txt", page(duration="00:45:00"))
    made: list[int] = []
    finish = Renderings.finish

    def finish_and_tell(renderings: Renderings) -> None:
        finish(renderings)
        made.append(renderings.made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Renderings, "finish", finish_and_tell)
        archive.export()
    fresh = Archive(tmp_path / "b")
    fresh.write("un.txt", page(duration="00:45:00"))
    fresh.write("deux.txt", page("22.03 Un autre"))
    fresh.export()

    assert made == [1]
    names = [name for name in fresh.files() if "/renderings/" in name or "/iiif/" in name]
    assert {name: archive.files()[name] for name in names} == {name: fresh.files()[name] for name in names}


def test_what_was_withdrawn_is_not_kept(tmp_path: Path) -> None:
    """Once a record is gone, nothing of it is in what is kept of renderings."""
    archive = Archive(tmp_path)
    archive.write("un.txt", page())
    path = archive.write("deux.txt", page("22.03 Un autre", lead="Un mot canari."))
    archive.export()
    kept = tmp_path / ".commons-ld" / "renderings.sqlite"
    before = kept.read_bytes()
    path.unlink()
    archive.export()

    assert b"canari" in before
    assert b"canari" not in kept.read_bytes()


def test_a_damaged_keep_is_made_again(tmp_path: Path) -> None:
    """It can be thrown away: an export does not depend on it."""
    archive = Archive(tmp_path)
    archive.write("un.txt", page())
    archive.export()
    (tmp_path / ".commons-ld" / "renderings.sqlite").write_bytes(b"no database at all" * 100)
    archive.write("un.txt", page(lead="Un autre texte."))
    archive.export()

    assert "Un autre texte." in archive.read("site/renderings/schema-ap-nde.nt")
