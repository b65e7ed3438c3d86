"""What is published about whom: who is named, who is numbered, and what of them is left in any text of a record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from commons_ld.errors import InvalidRecord, MalformedSource, NotARecord, SourceError
from commons_ld.messages import MESSAGES
from commons_ld.origin import Origin
from commons_ld.privacy import Policy, policy_of, redact, redact_error, redact_text
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, Remark, Revision, Unrecognised
from commons_ld.settings import load_settings
from commons_ld.sources import page_text
from commons_ld.text import fold

SEED = Path(__file__).parents[2] / "shared" / "seed" / "21.12-plaidoyer-2022.txt"
POLICY = Policy(organizations=("Remix the commons",))
HERE = Origin("pages/21.12.txt")


def record(*notes: Note, **fields: Any) -> MediaRecord:
    """Return a record of a session that two guests present."""
    guests = (Guest("Louise Guillot", "spécialiste de la transformation."), Guest("MICCIARELLI Giuseppe"))
    return MediaRecord(**{"title": "21.12 Plaidoyer", "guests": guests, "notes": notes, "origin": HERE, **fields})


def authors(published: MediaRecord) -> list[str | int]:
    """Return who wrote each note: a name, or a number."""
    return [note.author or note.participant for note in published.notes]


@pytest.fixture(scope="module")
def seed() -> MediaRecord:
    """The one page at hand, as it was read."""
    if not SEED.is_file():
        pytest.skip("the archive's page is not beside the repository (../shared/seed)")
    with SEED.open("rb") as stream:
        return next(page_text.read(stream, origin=Origin(SEED.name)))


def test_nobody_of_the_chat_is_named_in_what_is_published(seed: MediaRecord) -> None:
    """Neither a name of the chat's people nor the address that one of them gave is left in any byte."""
    published = fold(msgspec.json.encode(redact(seed, POLICY)).decode())
    in_the_chat = {note.author for note in seed.notes} - {"Sébastien Shulz", "Remix the commons"}

    assert len(in_the_chat) == 8
    for name in in_the_chat:
        assert [part for part in fold(name).split() if re.search(rf"\b{part}\b", published)] == []
    assert "protonmail" not in published
    assert "louise guillot" in published
    assert "sebastien shulz" in published


def test_the_notes_of_the_page_keep_their_text_and_their_order(seed: MediaRecord) -> None:
    """Pseudonyms stand where names stood, numbered as people appear, and all the rest is as it was."""
    published = redact(seed, POLICY)
    changed = {new.text: old.text for new, old in zip(published.notes, seed.notes, strict=True) if new.text != old.text}

    assert list(dict.fromkeys(note.participant for note in published.notes)) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert {note.author for note in published.notes} == {"", "Sébastien Shulz", "Remix the commons"}
    assert [new.replace("Participant·e ", "") for new in changed if len(new) < 100] == ["4 goteo"]
    for new, old in changed.items():
        kept = re.split(r"Participant·e \d|\[adresse retirée\]", new)
        assert all(part in old for part in kept)
    assert redact(published, POLICY) == published


def test_people_are_numbered_as_they_appear() -> None:
    """Guests and organizations keep their names and take no number."""
    notes = [
        Note(author) for author in ("Ana Ruiz", "Remix the commons", "Léo Petit", "louise guillot", "Ana Ruiz", "")
    ]

    assert authors(redact(record(*notes), POLICY)) == [1, "Remix the commons", 2, "Louise Guillot", 1, 0]


def test_one_person_is_one_participant_however_the_name_is_written() -> None:
    """Case, accents, order, blanks and what stands beside a name make nobody else."""
    written = ("Léo Petit", "PETIT Léo", "leo\u00a0petit", "Léo Petit (Lyon)", "Le\u0301o-Petit", "Léo Grand")

    assert authors(redact(record(*map(Note, written)), POLICY)) == [1, 1, 1, 1, 1, 2]


def test_a_contributor_who_writes_in_the_chat_is_named_as_in_the_catalogue() -> None:
    """Whoever is a guest, a producer, an author or a participant of the metadata presents in public, and is named."""
    catalogued = record(
        *map(Note, ("Giuseppe Micciarelli", "ana ruiz", "PETIT Léo", "Zoé  Roy")),
        producers=("Ana Ruiz",),
        authors=("Léo Petit",),
        participants=("Zoé Roy",),
    )

    assert authors(redact(catalogued, POLICY)) == ["MICCIARELLI Giuseppe", "Ana Ruiz", "Léo Petit", "Zoé Roy"]


def test_authors_that_are_no_names_are_numbered_and_harm_nothing() -> None:
    """Common words, single letters and signs as authors are withheld as authors, and left in the texts."""
    text = "Je dis : les communs, a. Je…"
    published = redact(record(*(Note(author, text=text) for author in ("Je", "Communs", "a", ".", "😀", " "))), POLICY)

    assert authors(published) == [1, 2, 3, 4, 5, 0]
    assert {note.text for note in published.notes} == {text}


def test_a_number_that_a_source_gives_is_kept() -> None:
    """Who was numbered before keeps the number, and nobody else gets it."""
    notes = (
        Note("Ana Ruiz"),
        Note(participant=3),
        Note("Léo Petit", participant=2),
        Note("Léo Petit"),
        Note(participant=-1),
    )

    assert authors(redact(record(*notes), POLICY)) == [4, 3, 2, 2, 0]
    assert authors(redact(record(Note("Louise Guillot", participant=9)), POLICY)) == ["Louise Guillot"]


def test_the_notes_can_be_left_out() -> None:
    """Without the notes, the people who wrote them are still not named elsewhere."""
    full = record(Note("Ana Ruiz", text="Bonjour"), notes_heading="Appel", description="Avec Ana Ruiz.")
    published = redact(full, replace(POLICY, notes="omit"))

    assert (published.notes, published.notes_heading, published.description) == ((), "", "Avec Participant·e 1.")


def test_the_names_can_be_published() -> None:
    """Then authors stay, with their numbers, and mentions too; addresses and numbers are withheld all the same."""
    full = record(
        Note("Ana Ruiz", text="@Léo, écrire à ana@exemple.fr ou 06 12 34 56 78"),
        Note("louise guillot"),
        links=(Link("https://exemple.fr/ana-ruiz"), Link("mailto:ana@exemple.fr")),
    )
    published = redact(full, replace(POLICY, notes="publish"))

    assert [(note.author, note.participant) for note in published.notes] == [("Ana Ruiz", 1), ("Louise Guillot", 0)]
    assert published.notes[0].text == "@Léo, écrire à [adresse retirée] ou [numéro retiré]"
    assert published.links == (Link("https://exemple.fr/ana-ruiz"),)
    assert redact(published, replace(POLICY, notes="publish")) == published


def test_links_to_people_are_withheld_and_the_publisher_hears_of_it() -> None:
    """A link that names somebody goes; a document keeps its title; other links are not touched."""
    personal, public = "https://exemple.fr/ana-ruiz", "https://exemple.fr/appel-1638308219"
    full = record(
        Note("Ana Ruiz", text=f"{personal} et {public}"),
        links=(Link(personal, "moi"), Link(public, "Ana Ruiz")),
        documents=(
            Document("Un texte", personal),
            Document("", personal),
            Document("Un autre", public),
            Document("Rien"),
        ),
        pad=personal,
        website=public,
        page="https://exemple.fr/@ana",
        lines={"pad": 7},
    )
    published = redact(full, POLICY)

    assert published.links == (Link(public, "Participant·e 1"),)
    assert published.documents == (Document("Un texte"), Document("Un autre", public), Document("Rien"))
    assert (published.pad, published.website, published.page) == ("", public, "")
    assert published.notes[0].text == f"[lien retiré] et {public}"
    assert published.remarks == tuple(
        Remark("link-withheld", name, line=7 if name == "pad" else 0) for name in ("page", "pad", "documents", "links")
    )
    assert redact(published, POLICY) == published
    assert "link-withheld" in MESSAGES


def test_the_language_of_the_texts_decides_on_the_words() -> None:
    """Pseudonyms and markers are in the language of the record, or else of the archive: French, or English."""
    full = record(Note("Ana Ruiz", text="@Ana ana@exemple.fr"))

    assert redact(full, POLICY).notes[0].text == "Participant·e 1 [adresse retirée]"
    assert redact(replace(full, text_language="en"), POLICY).notes[0].text == "Participant 1 [address withheld]"
    assert redact(full, replace(POLICY, language="es")).notes[0].text == "Participant 1 [address withheld]"
    assert (
        redact(replace(full, text_language="FR-ca"), Policy(language="en")).notes[0].text
        == "Participant·e 1 [adresse retirée]"
    )


def test_words_of_ours_are_never_taken_for_names() -> None:
    """An author whose name is spelled like a field or a sentence of ours breaks no report."""
    full = record(
        Note("Broadcast URL"),
        Note("Missing title"),
        remarks=(Remark("missing-title", "broadcast_url", "Broadcast URL"),),
        kind="session",
        lines={"broadcast_url": 3},
    )
    published = redact(full, POLICY)

    assert published.remarks == (Remark("missing-title", "broadcast_url", "Participant·e 1"),)
    assert (published.kind, published.lines) == ("session", {"broadcast_url": 3})


def test_the_settings_say_what_is_withheld() -> None:
    """The policy is the publisher's choice, and the careful one by default."""
    chosen = load_settings(
        environment={
            "COMMONS_LD_PRIVACY__NOTES": "omit",
            "COMMONS_LD_DATASET__CONTACT": "a@exemple.fr",
            "COMMONS_LD_LANGUAGE": "en",
        }
    )

    assert policy_of(load_settings(environment={})) == POLICY
    assert policy_of(chosen) == Policy("omit", ("Remix the commons",), "a@exemple.fr", "en")


@pytest.mark.parametrize("error", [InvalidRecord, MalformedSource, NotARecord])
def test_an_error_gives_nobody_away(error: type[SourceError]) -> None:
    """A redacted error is of the same class and says the same, without what is personal in its place and value."""
    raised = error(
        "missing-title", origin=Origin("a/ana@exemple.fr.txt", 3, "@ana"), field="title", value="[14:09] Ana Ruiz : oui"
    )
    redacted = redact_error(raised, POLICY)

    assert type(redacted) is error
    assert (redacted.code, redacted.field, redacted.value) == ("missing-title", "title", "[14:09] [nom retiré] : oui")
    assert redacted.origin == Origin("a/[adresse retirée]", 3, "[mention retirée]")
    assert "ana" not in fold(str(redacted)).replace("[", "")


def test_a_text_of_no_record_gives_nobody_away() -> None:
    """Where no names are known, mentions and the authors of stamped messages are all withheld, organizations excepted."""
    text = "[14:09] Remix the commons : @remix, @zoe, 06 12 34 56 78 et zoe [at] exemple [point] fr"

    assert (
        redact_text(text, POLICY)
        == "[14:09] Remix the commons : @remix, [mention retirée], [numéro retiré] et [adresse retirée]"
    )
    assert redact_text("@zoe, zoe@exemple.fr", Policy("publish", language="en")) == "@zoe, [address withheld]"


# What is planted has words that occur nowhere else, so that a trace of it is a leak.
NAMES = ("Zéphyrine Quillévéré", "KOWALIK-DUBREUILH Wojciech", "xochitl d'Ykkö", "Ferréol")
LOCAL, DOMAIN, DIGITS = "xylophage.canari", "quokka-exemple.fr", "612345678"
TRACES = ("quillevere", "kowalik", "dubreuilh", "ykko", "ferreol", "xylophage", "quokka")

BLANKS = st.sampled_from([" ", "\u00a0", "\u202f"])
CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.title, str.upper])


@st.composite
def names(draw: st.DrawFn) -> str:
    """A name from the chat, written in another way."""
    words = draw(st.sampled_from(NAMES)).split()
    words = draw(st.permutations(words))
    between = draw(BLANKS | st.sampled_from([".", "-", "_", "%20", "\n"]))
    form: Literal["NFC", "NFD"] = draw(st.sampled_from(["NFC", "NFD"]))
    written = unicodedata.normalize(form, draw(CASES)(between.join(words).replace("%20", "\0"))).replace("\0", "%20")
    if draw(st.booleans()):
        written = "".join(c for c in unicodedata.normalize("NFD", written) if not unicodedata.combining(c))
    return draw(st.sampled_from(["", "@", "d’"])) + written


@st.composite
def contacts(draw: st.DrawFn) -> str:
    """An address or a telephone number, written in one of many ways."""
    blank, case = draw(BLANKS), draw(CASES)
    at = draw(
        st.sampled_from(["@", f"{blank}@{blank}", " [at] ", "(at)", f"{blank}arobase{blank}", "&#64;", "＠", "%40"])
    )
    dot = draw(st.sampled_from([".", " [point] ", "(dot)"])) if "a" in at.casefold() else "."
    address = case(LOCAL) + at + case(DOMAIN).replace(".", dot)
    between = draw(BLANKS | st.sampled_from([".", "-", ""]))
    pairs = between.join(re.findall("..", DIGITS[1:]))
    prefix = draw(st.sampled_from(["0", "+33", "+33 ", "+33 (0)", "0033", "00 33 ", "(+33) "]))
    number = f"{prefix}{DIGITS[0]}{between}{pairs}"
    return draw(st.sampled_from([address, f"mailto:{LOCAL}@{DOMAIN}", number]))


#: What is a word of ours, or can be no other text, whatever a page holds.
CODE: dict[Any, dict[str, str]] = {
    Remark: {"code": "missing-title"},
    Revision: {"wiki": "wiki.exemple.fr", "timestamp": "2024-02-09T10:11:12Z"},
}


def filled(kind: Any, text: str) -> Any:
    """Return a value of a type with ``text`` wherever it can hold text."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return arguments[0]
    if origin in (Union, UnionType):
        return filled(arguments[0], text)
    if origin is tuple:
        return (filled(arguments[0], text),)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return kind(
            **{name: filled(hints[name], text) for name in kind.__struct_fields__ if name != "code"}
            | CODE.get(kind, {}),
        )
    return text if kind is str else kind()


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        yield from texts(msgspec.structs.astuple(value))
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)


#: Every field of a record, whichever there are; those that hold contributors are no place to plant a name.
FIELDS = get_type_hints(MediaRecord)
CONTRIBUTORS = ("producers", "authors", "participants", "guests")
CHAT = tuple(map(Note, NAMES))


def leaks(published: MediaRecord) -> list[str]:
    """Return the texts in which a trace of what was planted is left."""
    left = []
    for text in texts(published):
        bare = "".join(filter(str.isalnum, fold(text)))
        if any(trace in bare for trace in TRACES) or DIGITS in re.sub(r"\D", "", text):
            left.append(text)
    return left


@pytest.mark.parametrize("planted", ["Fleurance Izeroux", "ana@exemple.fr", "wiki.exemple.fr/ana", "06 12 34 56 78"])
@pytest.mark.parametrize("field", ["wiki", "timestamp"])
def test_a_revision_has_no_place_for_a_name_or_an_address(field: str, planted: str) -> None:
    """What is told of a revision is not redacted, so that it holds a host and a time, or nothing."""
    with pytest.raises(ValueError, match="no host and time"):
        Revision(wiki=planted if field == "wiki" else "", timestamp=planted if field == "timestamp" else "")


@pytest.mark.parametrize("field", [name for name in FIELDS if name != "lines"])
@given(planted=names() | contacts(), mode=st.sampled_from(["pseudonymise", "omit"]))
def test_what_is_planted_in_a_field_is_not_published(
    field: str, planted: str, mode: Literal["pseudonymise", "omit"]
) -> None:
    """No field of a record, those of its guests, links, notes and remarks among them, lets a name or an address through."""
    value = filled(FIELDS[field], f"Voir {planted} ici")
    if field in CONTRIBUTORS and any(trace in fold(planted) for trace in TRACES[:5]):
        value = (Guest("Louise Guillot", f"Voir {planted} ici"),) if field == "guests" else ()
    planted_record = replace(record(*CHAT), **{field: (*CHAT, *value) if field == "notes" else value})
    published = redact(planted_record, replace(POLICY, notes=mode))

    assert leaks(published) == []
    assert redact(published, replace(POLICY, notes=mode)) == published


def test_what_is_planted_would_be_seen() -> None:
    """The test above can fail: without a redaction it does, for every field that holds text."""
    for field in FIELDS.keys() - {"lines", "kind", "revision"}:
        assert leaks(replace(record(), **{field: filled(FIELDS[field], f"{LOCAL}@{DOMAIN}")}))


@given(planted=names() | contacts())
def test_a_link_that_holds_what_is_planted_is_not_published(planted: str) -> None:
    """In a link it may be escaped, as links have it."""
    for link in (f"https://exemple.fr/{quote(planted)}/x", f"https://exemple.fr/?a={quote(planted)}"):
        if DIGITS not in re.sub(r"\D", "", planted):
            full = record(
                *CHAT, links=(Link(link),), pad=link, description=f"Voir {link}.", documents=(Document("Un", link),)
            )
            assert leaks(redact(full, POLICY)) == []


WORDS = st.sampled_from(
    [
        *(
            "Les",
            "communs",
            "de",
            "l’eau",
            ";",
            "en",
            "2021/12/02,",
            "14:09,",
            "«",
            "Zéphyr",
            "»",
            "Louise",
            "Guillot",
            ":",
        ),
        *(
            "https://exemple.fr/a-1638308219",
            "!",
            "01:00:00",
            "00/25:00",
            "45.76000,",
            "ISBN",
            "978-2-1234-5680-3",
            "1",
        ),
        *("000", "€", "tod@s", "C@fé", "<p>L'appel</p>", "[[lien|texte]]", "'''gras'''", ":-)", "\n\n•", "#1", "50%"),
    ]
)


@given(st.lists(WORDS, max_size=20), BLANKS)
def test_what_holds_nothing_personal_comes_back_as_it_was(words: list[str], blank: str) -> None:
    """Byte for byte, in every field and in every mode."""
    text = blank.join(words)
    full = record(
        **{
            name: filled(kind, text)
            for name, kind in FIELDS.items()
            if name not in ("lines", "notes", "title", "withheld")
        },
        title="21.12 Plaidoyer 2022",
    )

    for mode in ("pseudonymise", "publish"):
        assert redact(full, replace(POLICY, notes=mode)) == full


def test_what_was_not_recognised_is_redacted_as_the_chat_is() -> None:
    """A text that no field is known for may be a part of the chat, and so may the value of a remark."""
    full = record(
        Note("Ana Ruiz"),
        unrecognised=(Unrecognised("Mot d'Ana", "Merci Ana", 3, "ana@exemple.fr"),),
        remarks=(Remark("missing-title", "Mot d'Ana", "Merci Ana", 3, "Ruiz"),),
        description="Ana de Castro",
    )
    published = redact(full, POLICY)

    assert published.unrecognised == (
        Unrecognised("Mot d'Participant·e 1", "Merci Participant·e 1", 3, "[adresse retirée]"),
    )
    assert published.remarks == (
        Remark("missing-title", "Mot d'Participant·e 1", "Merci Participant·e 1", 3, "Participant·e 1"),
    )
    assert published.description == "Ana de Castro"
