"""The data of the repository: what it shows, and whom it does not name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.origin import Origin
from commons_ld.record import MediaRecord, RecordFields
from commons_ld.settings import Settings
from commons_ld.sources import SOURCES, by_suffix
from commons_ld.taking_back import withdraw
from commons_ld.text import fold
from tests.archive import Archive, page
from tests.generated import REPOSITORY
from tests.test_privacy_everywhere import written

DATA = REPOSITORY / "data"
SEED = REPOSITORY.parent / "shared" / "seed" / "21.12-plaidoyer-2022.txt"
SESSION = DATA / "sessions" / "21.12-plaidoyer-2022.txt"
#: What of the repository holds texts about the archive.
WITHOUT_NAMES = ("README.md", "CHANGELOG.md", "benchmarks", "data", "docs", "ontology", "shapes", "src", "tests")

needs_seed = pytest.mark.skipif(not SEED.is_file(), reason="the page that the session was made from is not here")


def read(path: Path) -> list[MediaRecord]:
    """Return the records of a file."""
    source = by_suffix(path.name)
    assert source is not None
    with path.open("rb") as stream:
        return list(source.read(stream, origin=Origin(path.name)))


def demonstration() -> list[MediaRecord]:
    """Return the records of the demonstration set."""
    return [record for path in sorted((DATA / "demonstration").iterdir()) for record in read(path)]


def chat_authors(record: MediaRecord) -> set[str]:
    """Return the names in the chat of a record that are not named in its catalogue."""
    named = {guest.name for guest in record.guests} | set(Settings().agents.organizations)
    return {note.author for note in record.notes} - named


def texts(*names: str) -> Iterator[tuple[Path, str]]:
    """Yield the files of the repository below these names, with their texts, folded; not what was installed there."""
    for name in names:
        path = REPOSITORY / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            is_ours = not any(part.startswith((".", "__pycache__")) for part in file.relative_to(REPOSITORY).parts)
            if file.is_file() and is_ours:
                yield file, fold(file.read_text(encoding="utf-8"))


def test_the_demonstration_shows_every_field_and_every_media_type() -> None:
    """So that whoever looks for an example finds one."""
    records = demonstration()

    shown = {name for record in records for name in RecordFields.__struct_fields__ if getattr(record, name)}
    assert shown == set(RecordFields.__struct_fields__)
    assert {record.media_type for record in records} == {"Audio", "Vidéo", "Texte", "Fiche", "Multimédia"}


def test_the_demonstration_has_each_source_format() -> None:
    """A file of each, at the least."""
    sources = [by_suffix(path.name) for path in (DATA / "demonstration").iterdir()]

    assert {source.name for source in sources if source} == {source.name for source in SOURCES}


@pytest.mark.parametrize("record", demonstration(), ids=lambda record: record.title)
def test_each_record_of_the_demonstration_says_that_it_is_one(record: MediaRecord) -> None:
    """In its title, its collection and its first paragraph; and everything in it is understood."""
    assert "Démonstration" in record.title
    assert "Démonstration" in record.collections
    assert record.description.partition(" : ")[0].replace("\u00a0", " ").split()[0] in {
        "Page",
        "Ligne",
        "Enregistrement",
        "Demonstration",
    }
    assert "invent" in record.description
    assert (record.unrecognised, record.remarks) == ((), ())


def test_the_first_json_line_has_every_field() -> None:
    """The documentation takes its examples from it."""
    with (DATA / "demonstration" / "appels.jsonl").open(encoding="utf-8") as lines:
        assert set(json.loads(next(lines))) == set(RecordFields.__struct_fields__)


def test_each_demonstration_file_is_in_the_readme() -> None:
    """data/README.md says what each is for."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in (DATA / "demonstration").iterdir() if f"| `{path.name}` |" not in readme] == []


@needs_seed
def test_the_session_has_the_facts_of_the_page_it_was_made_from() -> None:
    """Everything but prose and names of the chat is the same, in the same places."""
    [ours], [theirs] = read(SESSION), read(SEED)

    prose = {"description", "abstract", "guests", "notes", "origin", "lines"}
    facts = [name for name in MediaRecord.__struct_fields__ if name not in prose]
    assert {name: getattr(ours, name) for name in facts} == {name: getattr(theirs, name) for name in facts}
    assert [guest.name for guest in ours.guests] == [guest.name for guest in theirs.guests]
    assert [(note.time, note.reply_to, not note.text) for note in ours.notes] == [
        (note.time, note.reply_to, not note.text) for note in theirs.notes
    ]
    assert ours.lines == theirs.lines


@needs_seed
def test_the_same_people_speak_at_the_same_times_under_other_names() -> None:
    """Each person of the chat has one invented name; whoever is named in the catalogue keeps theirs."""
    [ours], [theirs] = read(SESSION), read(SEED)
    pairs = {(note.author, other.author) for note, other in zip(ours.notes, theirs.notes, strict=True)}

    assert len(pairs) == len({name for name, _ in pairs}) == len({name for _, name in pairs}) == 10
    assert {name for name, other in pairs if name == other} == {"Sébastien Shulz", "Remix the commons"}


@needs_seed
def test_no_sentence_was_taken_over() -> None:
    """The prose is ours, down to eight words in a row."""
    [ours], [theirs] = read(SESSION), read(SEED)

    def runs(record: MediaRecord) -> set[tuple[str, ...]]:
        said = [record.description, record.abstract, *(note.text for note in record.notes)]
        said += [guest.biography for guest in record.guests]
        words = [fold(text).split() for text in said]
        return {tuple(text[start : start + 8]) for text in words for start in range(len(text) - 7)}

    assert runs(theirs)
    assert runs(ours) & runs(theirs) == set()


@needs_seed
def test_nobody_of_the_real_chat_is_named() -> None:
    """Not in the data, nor in the documents, the vocabulary or the shapes."""
    names = [fold(name) for [record] in [read(SEED)] for name in chat_authors(record)]

    found = [
        (path.name, number) for path, text in texts(*WITHOUT_NAMES) for number, name in enumerate(names) if name in text
    ]
    assert len(names) == 8
    assert found == []


@needs_seed
def test_a_name_in_a_text_would_be_seen() -> None:
    """The check can fail: the invented names are in the session."""
    [record] = read(SESSION)

    [(_, text)] = texts("data/sessions")

    assert all(fold(name) in text for name in chat_authors(record))


def test_what_stays_in_every_publication_takes_nobody_of_a_page_for_an_example() -> None:
    """A guest may be forgotten: the shapes and the ontology, which are published all the same, must not name one."""
    (record,) = read(SESSION)
    named = {
        f"{path.relative_to(REPOSITORY)}: {guest.name}"
        for path, text in texts("ontology", "shapes")
        for guest in record.guests
        if fold(guest.name) in text or fold(guest.name).replace(" ", "-") in text
    }

    assert record.guests
    assert named == set()


def test_examples_of_what_is_published_are_invented() -> None:
    """The vocabulary, the shapes and the sentences of the report go out with every archive, whatever it takes back."""
    records = [*demonstration(), *read(SESSION)]
    titles = {fold(record.title) for record in records}
    names = {title.replace(" ", "-").replace(".", "-") for title in titles}
    people = {
        fold(name)
        for record in records
        for name in (*(guest.name for guest in record.guests), *record.authors, *record.participants)
        if name not in Settings().agents.organizations
    }
    places = ("messages", "outputs", "sentences", "queries/cookbook", "queries/renderings", "site", "templates", "web")
    told = list(texts("ontology", "shapes", *(f"src/commons_ld/{name}" for name in places)))

    assert len(titles) > 10
    assert len(people) > 3
    shown = [
        (path.name, text)
        for path, text in told
        if path.suffix != ".py" or "words" in path.name or {"messages", "sentences"} & set(path.parts)
    ]
    assert [(name, word) for name, text in shown for word in titles | names | people if word in text] == []


def test_the_session_of_the_repository_can_be_withdrawn(tmp_path: Path) -> None:
    """Nothing tells its title or what it said; that a record of its address is gone is told for ever."""
    archive = Archive(tmp_path)
    archive.write("autre.txt", page("22.01 Une autre"))
    archive.write(SESSION.name, SESSION.read_bytes())
    archive.export()
    assert [name for name, text in written(tmp_path).items() if "21.12 plaidoyer 2022" in text]

    withdraw(archive.settings, "session/21-12-plaidoyer-2022")

    found = written(tmp_path)
    assert [name for name, text in found.items() if "plaidoyer 2022" in text or "double constat" in text] == []
    told = [name for name, text in found.items() if "21-12-plaidoyer-2022" in text]
    places = ("site/feeds/", "site/gone/", "site/.htaccess", "SHA256SUMS", "ledger.sqlite")
    assert [name for name in told if not any(place in name for place in places)] == []
