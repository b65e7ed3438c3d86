"""What players are told of a recording: IIIF Presentation 3, a podcast, chapters, and a track of notes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pyoxigraph as ox
import pytest

from commons_ld.outputs.published import Published
from commons_ld.rdf.namespaces import expand
from commons_ld.record import Note
from commons_ld.rendering.media import Episode, episode
from commons_ld.rendering.players import channel, chapters, iiif, item, track
from commons_ld.rendering.writing import Dated, Harvested, Renderings
from tests.archive import Archive, page
from tests.rendered import RECORD, rendered, settings
from tests.sites import broken_links, parsed

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

    def finish_and_tell(
        renderings: Renderings, published: Iterable[Published], harvested: Harvested, dated: Dated
    ) -> None:
        finish(renderings, published, harvested, dated)
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


NOTED: dict[str, str] = {
    "title": "21.12 Un essai", "identifier": "essai", "kind": "session", "created": "2021-12-02", "start": "14:00",
    "duration": "01:00:00", "media_type": "Audio", "broadcast_url": "https://exemple.test/essai.mp3",
}  # fmt: skip
NOTES = [
    {"author": "Ana", "time": "13:58", "text": "Bonsoir"},
    {"author": "Ana", "time": "14:09", "text": "Où commence la vallée ?"},
    {"author": "Léo", "time": "14:09", "text": "Ici", "reply_to": 2},
    {"author": "Ana", "time": "14:30", "text": "Merci"},
]
CHAPTERS = "site/renderings/chapters/session/21-12-un-essai.json"
TRACK = "site/renderings/tracks/session/21-12-un-essai.vtt"
PAGE = "site/session/21-12-un-essai.html"


def noted(root: Path, **fields: str) -> Archive:
    """Return an archive of one session with notes, exported."""
    archive = Archive(root)
    archive.write("un.json", json.dumps(NOTED | {"notes": NOTES} | fields))
    archive.export()
    return archive


def test_a_start_that_a_page_tells_makes_chapters_and_a_track(tmp_path: Path) -> None:
    """They are linked from the page, the player, the podcast and the manifest; each file is there."""
    archive = noted(tmp_path)
    told = json.loads(archive.read(CHAPTERS))["chapters"]
    feed = ElementTree.fromstring(archive.read("site/renderings/podcast.xml"))
    manifest = json.loads(archive.read("site/iiif/session/21-12-un-essai/manifest.json"))

    assert [(one["startTime"], one["title"].partition(" : ")[2]) for one in told] == [
        (540, "Où commence la vallée ?"), (540, "Ici"), (1800, "Merci"),
    ]  # fmt: skip
    assert re.findall(r"(\S+) --> (\S+)", archive.read(TRACK)) == [
        ("00:09:00.000", "00:30:00.000"), ("00:09:00.000", "00:30:00.000"), ("00:30:00.000", "01:00:00.000"),
    ]  # fmt: skip
    links = {element.tag: element.get("url") for element in feed.iterfind("channel/item/*") if element.get("url")}
    assert links[f"{PODCAST}chapters"] == BASE + CHAPTERS.removeprefix("site/")
    assert links[f"{PODCAST}transcript"] == BASE + TRACK.removeprefix("site/")
    assert [one["id"] for one in manifest["items"][0]["rendering"]] == [
        BASE + TRACK.removeprefix("site/"), BASE + CHAPTERS.removeprefix("site/"),
    ]  # fmt: skip
    assert broken_links(archive.out / "site") == set()


def test_the_dutch_network_is_told_of_every_manifest_and_of_none_that_is_not_there(tmp_path: Path) -> None:
    """Beside the medium, with its format; a paper has none, nor has what has no length."""
    archive = Archive(tmp_path)
    told = (
        {"identifier": "a", "title": "A"}, {"identifier": "b", "title": "B", "media_type": "Vidéo", "kind": "media"},
        {"identifier": "c", "title": "C", "broadcast_url": "https://exemple.test/c.pdf", "media_type": "Texte"},
        {"identifier": "d", "title": "D", "duration": ""}, {"identifier": "e", "title": "E", "duration": "00:00:00"},
    )  # fmt: skip
    archive.write("a.json", json.dumps([NOTED | one for one in told]))
    archive.export(keep_invalid=True)
    media: dict[str, set[str]] = {}
    for quad in ox.parse(archive.read("site/renderings/schema-ap-nde.nt"), format=ox.RdfFormat.N_TRIPLES):
        if quad.predicate.value.endswith(("associatedMedia", "encodingFormat")):
            media.setdefault(quad.subject.value, set()).add(quad.object.value)

    there = {path.relative_to(archive.out / "site").as_posix() for path in (archive.out / "site/iiif").rglob("*.json")}
    assert there == {f"iiif/{name}/manifest.json" for name in ("session/a", "media/b")}
    assert {iri.removeprefix(BASE) for iri in media if "/iiif/" in iri} == there
    assert media[f"{BASE}iiif/session/a/manifest.json"] == {
        "application/ld+json;profile='http://iiif.io/api/presentation/3/context.json'"
    }
    assert media[f"{BASE}session/a"] == {f"{BASE}session/a/recording", f"{BASE}iiif/session/a/manifest.json"}


@pytest.mark.parametrize(("suffix", "words"), [("", "Lire à partir de 9:00"), (".en", "Play from 9:00")])
def test_a_page_plays_its_notes(tmp_path: Path, suffix: str, words: str) -> None:
    """Each note with a place in the recording leads there, in both languages; the player has the track."""
    page_ = parsed(noted(tmp_path).out / f"site/session/21-12-un-essai{suffix}.html")

    (track_,) = page_.iterfind(".//audio/track")
    assert track_.get("src") == "../renderings/tracks/session/21-12-un-essai.vtt"
    assert [link.get("href") for link in page_.iterfind(".//ol[@class='notes']//a[@data-at]")] == [
        f"https://exemple.test/essai.mp3#t={offset}" for offset in (540, 540, 1800)
    ]
    assert len(list(page_.iterfind(".//details[@class='chapters']//li"))) == 3
    assert page_.find(".//ol[@class='notes']//a[@data-at]").get("aria-label") == words
    assert [script.get("src").partition("?")[0] for script in page_.iterfind(".//script[@src]")] == [
        "../design/record.js"
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"start": ""},
        {"start": "hier"},
        {"start": "18:00"},
        {"duration": ""},
        {"broadcast_url": "https://exemple.test/page"},
        {"created": "2021"},
    ],
)
def test_nothing_is_made_up_of_when_a_note_was_written(tmp_path: Path, fields: dict[str, str]) -> None:
    """Without a start, a length and a file, or with a start after all notes, there are no chapters and no track."""
    archive = noted(tmp_path, **fields)
    page_ = parsed(archive.out / PAGE)

    assert not (archive.out / CHAPTERS).exists()
    assert not (archive.out / TRACK).exists()
    assert list(page_.iterfind(".//track")) == []
    assert list(page_.iterfind(".//details[@class='chapters']")) == []
    assert list(page_.iterfind(".//script[@src]")) == []


def test_chapters_go_with_what_they_were_made_of(tmp_path: Path) -> None:
    """A start that is taken back, and a record that goes, take them along."""
    archive = noted(tmp_path)
    assert (archive.out / CHAPTERS).is_file()
    archive.write("un.json", json.dumps(NOTED | {"notes": NOTES, "start": ""}))
    archive.export()
    taken_back = {name for name in archive.files() if name in (CHAPTERS, TRACK)}
    archive.write("un.json", json.dumps(NOTED | {"notes": NOTES}))
    archive.export()
    assert (archive.out / TRACK).is_file()
    (archive.data / "un.json").unlink()
    archive.write("deux.json", json.dumps({"title": "Un autre", "identifier": "autre"}))
    archive.export()

    assert taken_back == set()
    assert {name for name in archive.files() if "21-12-un-essai" in name} == set()
    assert "21-12-un-essai" not in archive.read("site/renderings/podcast.xml")


def test_a_medium_of_its_own_has_chapters_too(tmp_path: Path) -> None:
    """It is its own recording."""
    archive = noted(tmp_path, kind="media", title="Un film", broadcast_url="https://exemple.test/film.webm")

    assert (archive.out / "site/renderings/chapters/media/un-film.json").is_file()
    assert list(parsed(archive.out / "site/media/un-film.html").iterfind(".//video/track")) != []


def test_notes_of_one_moment_end_together() -> None:
    """Where the next moment begins, or the recording ends."""
    offsets = [0, 0, 5, 5, 5, 9]
    times = [f"2021-12-02T14:00:{offset:02}+01:00" for offset in offsets]
    record = msgspec.structs.replace(
        RECORD, start="14:00", notes=tuple(Note(time=time[11:19], author="Ana Exemple", text="x") for time in times)
    )
    made = rendered(record)
    found = episode(made.rendering, made.block, made.description)

    assert found is not None
    assert [(cue.start, cue.end) for cue in found.cues] == [(0, 5), (0, 5), (5, 9), (5, 9), (5, 9), (9, 3600)]
