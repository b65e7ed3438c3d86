"""The page of a record with a very long chat: it goes on, page after page, and none of them is long."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec
import pytest
from lxml import html

from commons_ld.iris import IriPolicy
from commons_ld.origin import Origin
from commons_ld.outputs.records import render_record
from commons_ld.privacy import Policy, redact
from commons_ld.record import MediaRecord, Note, Remark
from commons_ld.settings import OutputSettings, Settings
from commons_ld.site.layout import LANGUAGES, ROOT, nth, page_name
from commons_ld.site.note_pages import ROOM, Parted, weight
from commons_ld.site.pages import assets
from commons_ld.site.record_pages import RecordPages
from commons_ld.site.record_view import Link, View
from commons_ld.site.record_view import Note as Shown
from commons_ld.site.told import Text, tell
from tests.archive import Archive
from tests.rendered import RECORD, rendered
from tests.sites import broken_links

PATH: Final = "session/21-12-un-essai"
STYLE: Final = len(assets().files["site.css"])


def made(notes: list[Note], **fields: str) -> dict[str, bytes]:
    """Return the pages of the record of the tests with these notes, below the site."""
    found = rendered(msgspec.structs.replace(RECORD, notes=tuple(notes), **fields))
    data = render_record(found.iri, found.block, Settings().base_iri)[1]
    pages = RecordPages(Settings(), {}).pages(found.block, found.iri, PATH, data)
    return {name.removeprefix(ROOT): page for name, page in pages.items()}


def chat(count: int, text: str = "Une note de la séance, avec quelques mots.") -> list[Note]:
    """Return so many notes; every third one answers the one before, every hundredth one the first."""
    return [
        Note(
            author=f"Personne {number % 7}",
            participant=number % 7 + 1,
            time=f"{14 + number % 3600 // 3600}:{number // 60 % 60:02}:{number % 60:02}",
            text=f"{number} {text}",
            reply_to=1 if number % 100 == 0 else number - 1 if number % 3 == 0 else 0,
        )
        for number in range(1, count + 1)
    ]


def pages_of(pages: dict[str, bytes], language: str) -> list[html.HtmlElement]:
    """Return the pages of the record in a language, in their order."""
    found: list[html.HtmlElement] = []
    while (name := page_name(nth(PATH, len(found) + 1), "fr" if language == "fr" else "en")) in pages:
        found.append(html.fromstring(pages[name]))
    return found


@pytest.mark.parametrize("count", [0, 1, 60, 400, 1500])
@pytest.mark.parametrize("start", ["", "14:00"])
def test_every_note_stands_on_one_page_and_no_page_is_long(count: int, start: str) -> None:
    """Each once, in its order, in both languages; a page with its style is below 100 KB."""
    pages = made(chat(count), start=start)

    for language in ("fr", "en"):
        found = pages_of(pages, language)
        ids = [str(one.get("id")) for page in found for one in page.iterfind(".//ol[@class='notes']/li")]
        assert ids == [f"note-{number}" for number in range(1, count + 1)]
    assert {
        name: len(page) for name, page in pages.items() if name.endswith(".html") and len(page) + STYLE > 100_000
    } == {}
    assert len(pages) == 1 + 2 * len(pages_of(pages, "fr"))


@pytest.mark.parametrize("text", ["&<>\"' " * 60, "a\n\n" * 300, "é" * 2000, "x" * 40])
def test_a_page_is_short_whatever_notes_hold(text: str) -> None:
    """Marks, blank lines, letters of two bytes: what becomes of them is reckoned with."""
    pages = made(chat(500, text), start="14:00", broadcast_url=f"https://exemple.test/{'long/' * 60}a.mp3")

    assert max(len(page) for name, page in pages.items() if name.endswith(".html")) + STYLE < 100_000


def test_a_short_chat_stays_on_its_page() -> None:
    """Sixty notes are no reason to turn pages."""
    assert set(made(chat(60))) == {f"{PATH}.html", f"{PATH}.en.html", f"{PATH}.nt"}


def test_pages_lead_to_each_other_and_name_themselves() -> None:
    """Before and after, to their twins, and back to the record; only the first one carries the data."""
    pages = made(chat(400))
    french = pages_of(pages, "fr")
    count = len(french)

    assert count > 2
    for number, page in enumerate(french, 1):
        own = f"https://w3id.org/commons-ld/remix/{nth(PATH, number)}"
        root = "../" * nth(PATH, number).count("/")
        assert page.xpath("//link[@rel='canonical']/@href") == [f"{own}.html"]
        assert page.xpath("//link[@hreflang='en']/@href") == [f"{own}.en.html"]
        assert page.xpath("//a[@rel='prev']/@href") == ([f"{root}{nth(PATH, number - 1)}.html"] if number > 1 else [])
        assert page.xpath("//a[@rel='next']/@href") == (
            [f"{root}{nth(PATH, number + 1)}.html"] if number < count else []
        )
        assert len(page.xpath("//script[@type='application/ld+json']")) == (number == 1)
        assert page.xpath("//link[@type='text/turtle']/@href") == [f"{root}{PATH}.ttl"]
        assert len(page.xpath("//h1")) == 1
        assert page.xpath("count(//title[contains(., '(Page ')])") == (number > 1)
    assert f"{PATH.rpartition('/')[2]}.html" in french[1].xpath("//nav[@class='crumbs']//a/@href")[-1]


def test_a_reply_leads_to_its_note_on_whichever_page(tmp_path: Path) -> None:
    """Every link to a note finds it there."""
    for name, page in made(chat(400)).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)

    links = {link for _, link in broken_links(tmp_path) if "#note-" in link}
    replies = re.findall(r'class="to" href="([^"]*)#note-1"', (tmp_path / f"{PATH}.2.html").read_text())
    assert links == set()
    assert set(replies) == {"../session/21-12-un-essai.html"}


def test_the_first_page_tells_a_script_where_notes_are() -> None:
    """The IRI of a note leads to the first page: it names the first note of each page after it."""
    (first, *others) = pages_of(made(chat(400)), "fr")
    (told,) = first.xpath("//ol/@data-firsts")

    assert told.split() == [str(page.xpath("//ol[@class='notes']/li/@id")[0]).removeprefix("note-") for page in others]
    assert [page.xpath("//ol/@data-firsts") for page in others] == [[]] * len(others)
    assert len(first.xpath("//script[contains(@src, 'design/record.js')]")) == 1


def test_a_record_is_seen_in_a_language_as_if_it_were_seen_in_no_other() -> None:
    """What is the same in both is read once; what has a name in each is called by it."""
    found = rendered(msgspec.structs.replace(RECORD, notes=tuple(chat(5)), countries=("Italie",), authors=("Ana",)))
    labels = {"puissance-publique": {"fr": "Puissance publique", "en": "Public power"}}
    french, english = (View(IriPolicy(Settings().base_iri), labels, language) for language in LANGUAGES)
    told = tell(found.block)

    alone, beside = english.record(told, found.iri), english.record(told, found.iri, french.record(told, found.iri))

    assert beside == alone
    assert (beside.countries, beside.roles["objet"][0].text) == (("Italy",), "Public power")
    assert beside.notes[0].author.text


def test_twice_as_many_notes_cost_twice_as_much() -> None:
    """Counted in functions that are called: no note is looked at again for each other one."""
    one, two = (calls_for(count) for count in (400, 800))

    assert one < two < 2.2 * one


def calls_for(count: int) -> int:
    """Return how many functions are called for the pages of so many notes."""
    found = rendered(msgspec.structs.replace(RECORD, notes=tuple(chat(count))))
    data = render_record(found.iri, found.block, Settings().base_iri)[1]
    pages = RecordPages(Settings(), {})
    pages.pages(found.block, found.iri, PATH, data)
    called = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        pages.pages(found.block, found.iri, PATH, data)
    finally:
        sys.setprofile(before)
    return called


def test_pages_that_are_made_together_are_those_that_are_made_one_by_one() -> None:
    """Whatever of it fits on one page."""
    records = []
    for count in (0, 3, 400, 1):
        found = rendered(msgspec.structs.replace(RECORD, notes=tuple(chat(count))))
        data = render_record(found.iri, found.block, Settings().base_iri)[1]
        records.append((found.block, found.iri, PATH, data, (), b""))
    pages = RecordPages(Settings(), {})

    together = pages.pages_of_some(records)

    assert together == [pages.pages(*one) for one in records]
    assert [len(one) > 3 for one in together] == [False, False, True, False]


def test_a_long_note_has_a_page_of_its_own() -> None:
    """It is never cut."""
    notes = [Shown(number, Link("A"), "", (Text("b" * size),), 0, None) for number, size in ((1, 9), (2, ROOM), (3, 9))]

    parted = Parted(PATH, notes, room=ROOM)
    assert [parted.on(page) for page in range(1, parted.pages + 1)] == [slice(0, 1), slice(1, 2), slice(2, 3)]
    assert weight(notes[1]) > ROOM


def test_pages_go_and_come_with_the_notes(tmp_path: Path) -> None:
    """A second export takes all pages over; one of fewer notes leaves none behind, and one that was changed is mended."""
    archive = Archive(tmp_path)

    def export(count: int, title: str = "Un autre") -> set[str]:
        notes = [{"author": note.author, "text": note.text} for note in chat(count)]
        records = [{"title": "21.12 Un essai", "identifier": "a", "notes": notes}, {"title": title, "identifier": "b"}]
        archive.write("a.json", msgspec.json.encode(records))
        archive.export()
        return {name for name in archive.files() if re.match(rf"site/{PATH}\.[0-9]", name)}

    many = export(400)
    kept = {name: (archive.out / name).stat().st_ino for name in many}
    assert export(400, "Un titre") == many
    assert {name: (archive.out / name).stat().st_ino for name in many} == kept
    page = archive.out / f"site/{PATH}.2.html"
    whole = page.read_bytes()
    page.unlink()
    page.write_bytes(b"x")
    assert export(400, "Encore un titre") == many
    assert page.read_bytes() == whole
    assert export(60) == set()


def test_a_chat_without_end_is_cut_and_reported(tmp_path: Path) -> None:
    """As many notes are published as the settings say, nothing of the others, and the report tells how to have more."""
    notes = [{"author": f"Zoé Nomcaché{chr(97 + number)}", "text": f"mot{number} @Nomcachée"} for number in range(6)]
    few = msgspec.structs.replace(OutputSettings(), most_notes=3)
    archive = Archive(tmp_path, output=few)
    archive.write("a.json", msgspec.json.encode([{"title": "21.12 Un essai", "created": "2021-12-02", "notes": notes}]))

    archive.export()

    data, report = archive.read("dataset.nq"), archive.read("report/report.json")
    assert [f"mot{number} " in data for number in range(6)] == [True] * 3 + [False] * 3
    # Whoever wrote only what was left out is withheld where others speak of them all the same.
    assert not any("Nomcaché" in path.read_text(errors="replace") for path in archive.out.rglob("*") if path.is_file())
    told = [line for line in archive.read("report/index.html").splitlines() if "discussion a 6 notes" in line]
    assert told
    assert "les 3 premières sont publiées" in told[0]
    assert '"too-many-notes"' in report

    archive.settings = msgspec.structs.replace(archive.settings, output=OutputSettings())
    archive.export()

    assert "mot5 " in archive.read("dataset.nq")
    assert "too-many-notes" not in archive.read("report/report.json")


def test_to_redact_again_cuts_and_tells_nothing_again() -> None:
    """The remark stays as it was; a chat that is left out as a whole is not too long."""
    record = MediaRecord(title="21.12", notes=tuple(chat(5)), lines={"notes": 7}, origin=Origin("a.txt"))
    once = redact(record, Policy(most_notes=2))

    assert [note.text for note in once.notes] == [note.text for note in record.notes[:2]]
    assert once.remarks == (Remark("too-many-notes", "notes", "5", 7, hint="2"),)
    assert redact(once, Policy(most_notes=2)) == once
    assert redact(record, Policy(notes="omit", most_notes=2)).remarks == ()
    assert redact(record, Policy(most_notes=5)).remarks == ()
