"""Chats as programs of calls and messengers save them: who wrote what, when, to whom, and what is published of it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.concepts import Concepts
from commons_ld.mapping import Mapper
from commons_ld.origin import Origin
from commons_ld.privacy import Policy, redact
from commons_ld.rdf.namespaces import expand
from commons_ld.record import MediaRecord, Note
from commons_ld.settings import Settings
from commons_ld.sources import page_html, page_text, wikitext
from commons_ld.sources.chat_forms import FORMS, begins_a_line, opening
from commons_ld.text import fold
from tests.chats import NOTICES, PRIVATE, WRITTEN

DOCS = Path(__file__).parents[1] / "docs" / "sources.md"


def page_of(chat: str, facts: str = "") -> str:
    """Return the text of a page with a chat."""
    return (
        f"21.12 Essai\n\nMétadonnées\n\nDate de création 2021/12/02\n{facts}\n\n"
        f"Notes laissées par les participant·e·s\n\n{chat}\n"
    )


def read(chat: str, facts: str = "") -> MediaRecord:
    """Return the record of a page with a chat."""
    return page_text.to_record(page_of(chat, facts), origin=Origin("page.txt"))


def remarks(record: MediaRecord) -> dict[str, str]:
    """Return the remarks of a record, by their codes."""
    return {remark.code: remark.value for remark in record.remarks}


def written(record: MediaRecord) -> list[str]:
    """Return the times of the notes of a record, as they are published."""
    block = Mapper(Settings(), Concepts()).block(redact(record, Policy()), "x").data.decode()
    return [line.split('"')[1] for line in block.splitlines() if f"<{expand('schema:dateCreated')}>" in line]


# ── Every form ───────────────────────────────────────────────────────────────────────────────────────


def examples() -> list[str]:
    """Return the lines that the documentation shows, as it shows them."""
    table = DOCS.read_text(encoding="utf-8").split("<!-- generated: chats -->")[1].split("<!-- end -->")[0]
    return re.findall(r"`([^`]+)`", table)


def test_the_documentation_shows_a_line_of_every_form() -> None:
    """Each is read as that of Alice, and each form has one."""
    shown = examples()

    assert len(shown) == sum(len(form.examples) for form in FORMS)
    for line in shown:
        message = opening(line, FORMS)
        assert message is not None, line
        assert (message.author, message.recipient) in (("Alice Exemple", ""), ("Alice Exemple", "Basile Inventé"))
        assert "Exemple" not in message.said


@pytest.mark.parametrize("form", WRITTEN)
def test_a_chat_is_read_as_its_program_saves_it(form: str) -> None:
    """Who wrote what, in paragraphs, with the time of day or that of the recording."""
    lines = [
        WRITTEN[form].format(minute=5, author="Alice Exemple", text="Bonjour"),
        WRITTEN[form].format(minute=6, author="Léo d'Ici-Bas", text="Oui : voici\n\nun second paragraphe"),
        WRITTEN[form].format(minute=7, author="Alice Exemple", text="https://exemple.org/a"),
    ]

    record = read("\n".join(lines), "Heure de début 14:00")

    assert [(note.author, note.text) for note in record.notes] == [
        ("Alice Exemple", "Bonjour"),
        ("Léo d'Ici-Bas", "Oui : voici\n\nun second paragraphe"),
        ("Alice Exemple", "https://exemple.org/a"),
    ]
    assert [link.url for link in record.links] == ["https://exemple.org/a"]
    assert [time[:16] for time in written(record)] == [f"2021-12-02T14:0{minute}" for minute in (5, 6, 7)]
    assert not remarks(record)


@pytest.mark.parametrize("form", sorted(set(WRITTEN) - {"zoom-copied-en", "zoom-copied-fr"}))
@pytest.mark.parametrize("reader", ["wiki", "html"])
def test_a_chat_is_read_in_wikitext_and_in_a_saved_page_too(form: str, reader: str) -> None:
    """There tabs are blanks, and the lines of a paragraph stand in one, but the authors are known."""
    lines = [WRITTEN[form].format(minute=5 + at, author=name, text="Oui") for at, name in enumerate(("Ana", "Léo Bé"))]
    chat, origin = "\n".join(lines), Origin(f"21.12_Essai.{reader}")

    if reader == "wiki":
        page = "{{Objet média|Pays=France}}\n== Notes laissées par les participant·e·s ==\n" + chat
        record = wikitext.to_record(page, title="21.12 Essai", origin=origin)
    else:
        page = f'<h1 id="firstHeading">21.12</h1><div id="mw-content-text"><h2>Notes laissées</h2><p>{chat}</p></div>'
        page = page.replace("Notes laissées", "Notes laissées par les participant·e·s")
        record = next(page_html.read(io.BytesIO(page.encode()), origin=origin))

    assert [(note.author, note.text) for note in record.notes] == [("Ana", "Oui"), ("Léo Bé", "Oui")]


def test_what_reads_like_a_program_s_lines_stays_a_text() -> None:
    """A time within a message of another form begins none, nor does a line of a list of chapters."""
    record = read("[14:05] Ana : voir\n00:12:34 Remarque : à revoir\n00:20:00 sans deux-points\n[14:06] Léo : oui")

    assert [(note.author, note.text) for note in record.notes] == [
        ("Ana", "voir\n00:12:34 Remarque : à revoir\n00:20:00 sans deux-points"),
        ("Léo", "oui"),
    ]
    assert not begins_a_line("De Paris à Lyon : un train")


# ── Private messages, and what is none ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", PRIVATE)
def test_a_private_message_is_not_published_but_counted(form: str) -> None:
    """Neither its text, however long, nor its links, nor who wrote it to whom; the remark tells how many."""
    record = read(
        "\n".join(
            [
                WRITTEN[form].format(minute=5, author="Ana", text="Bonjour"),
                PRIVATE[form].format(
                    minute=6, author="Zoé", recipient="Ana", text="secret\n\nAna : suite\nhttps://x.org"
                ),
                PRIVATE[form].format(minute=7, author="Ana", recipient="Zoé", text="secret"),
                WRITTEN[form].format(minute=8, author="Léo", text="Zoé sait tout"),
            ]
        )
    )

    published = redact(record, Policy())

    assert [(note.participant, note.text) for note in published.notes] == [
        (1, "Bonjour"),
        (2, "[nom retiré] sait tout"),
    ]
    assert remarks(published) == {"private-messages": "2"}
    assert not re.search("secret|suite|x.org|Zoé|Ana", msgspec.json.encode(published).decode())


def test_a_chat_of_private_messages_alone_publishes_nothing() -> None:
    """Nor does the report show what cannot be read."""
    record = read(PRIVATE["zoom-en"].format(minute=5, author="Ana Bé", recipient="Léo", text="secret"))

    assert (record.notes, record.notes_heading, record.links) == ((), "", ())
    assert remarks(record) == {"private-messages": "1"}
    assert "secret" not in msgspec.json.encode(redact(record, Policy())).decode()


@pytest.mark.parametrize(
    "line",
    [
        "14:06:00\t From Ana: CNFPT to Léo (Direct Message) : secret",
        "14:06:00\t From Ana to Hosts and panelists : secret",
        "14:06:00 De Ana: CNFPT à Animateurs et intervenants : secret",
        "14:06:00 De Ana à Léo (en privé) : secret",
        "14:06:00\tAna to Léo (Direct Message):\tsecret",
    ],
)
def test_what_is_not_surely_to_all_is_to_nobody(line: str) -> None:
    """A colon in a name, and a circle of people, are no reason to publish."""
    record = read(f"14:05:00\t From Léo to Everyone : oui\n{line}")

    assert "secret" not in msgspec.json.encode(redact(record, Policy())).decode()
    assert remarks(record) in ({"private-messages": "1"}, {"unread-notices": "1"})


def test_where_a_message_says_that_it_is_to_all_another_is_not() -> None:
    """Old chats say nothing of it; in others, what cannot be read may be to somebody."""
    record = read(
        "14:05:00\t From Léo to Everyone : oui\n14:05:30\t From Léo to Zoé (Direct Message) : non\n"
        "14:06:00\t From Ana: CNFPT to Hosts and panelists : secret"
    )

    assert [note.text for note in record.notes] == ["oui"]
    assert remarks(record) == {"private-messages": "1", "unread-notices": "1"}


@pytest.mark.parametrize("form", NOTICES)
def test_who_comes_and_goes_is_not_told(form: str) -> None:
    """A line that begins as a message and is none belongs to no message, wherever it stands."""
    notice = NOTICES[form].format(author="Jeanne Petit")
    message = WRITTEN[form].format(minute=5, author="Ana", text="Bonjour")

    for chat in (f"{message}\n{notice}\nsuite", f"{notice}\n{message}"):
        record = read(chat, "Heure de début 14:00")
        assert [note.text for note in record.notes] == ["Bonjour"]
        assert remarks(record) == {"unread-notices": "1"}
        assert "Jeanne" not in msgspec.json.encode(record).decode()


def test_a_second_chat_is_not_told_in_the_report() -> None:
    """Only the first one is read, and the other may hold private messages."""
    heading = "Notes laissées par les participant·e·s"
    record = read(f"[14:05] Ana : oui\n\nPad compagnon\n\nhttps://x.org\n\n{heading}\n\n14:06:00 From Léo : secret")

    assert "repeated-section" in remarks(record)
    assert "secret" not in msgspec.json.encode(record).decode()


# ── Replies ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('Replying to "Quand est-ce que les…"\n\nDemain', ("Demain", 1)),
        ('Replying to "Quand est-ce qu..."\n\t\n\tDemain', ("Demain", 1)),
        ('Répondre à "Quand est-ce que"\nDemain', ("Demain", 1)),
        ('Réponse à "Quand est-ce que"\nDemain', ('Réponse à "Quand est-ce que"\nDemain', 0)),
        ('Reacted to "Quand est-ce que les..." with 👍', ("👍", 1)),
        ('A réagi à "Quand est-ce que les..." avec 👍', ("👍", 1)),
        ('Replying to "le code est"\n\nMerci', ("Merci", 0)),
        ('Replying to "Quand est-ce que" Demain', ("Demain", 1)),
        ('Replying to "il dit "oui" et..."\n\nMerci', ("Merci", 0)),
    ],
)
def test_a_reply_quotes_what_it_answers(text: str, note: tuple[str, int]) -> None:
    """It is one to the last note that begins so; what is said in private is not told by quoting it."""
    record = read(
        "14:05:00 From Ana to Everyone:\n\tQuand est-ce que les communs\n"
        "14:05:30 From Ana to Léo(Direct Message):\n\tle code est 1234\n"
        f"14:06:00 From Léo to Everyone:\n\t{text}"
    )

    assert [(one.text, one.reply_to) for one in record.notes][1] == note


def test_what_quotes_nothing_of_the_chat_stays_as_it_is() -> None:
    """Where no message is private, nothing may be told by it."""
    record = read('14:05:00 From Ana to Everyone:\n\toui\n14:06:00 From Léo to Everyone:\n\tReplying to "non"\n\tsi')

    assert [(note.text, note.reply_to) for note in record.notes] == [("oui", 0), ('Replying to "non"\nsi', 0)]


# ── Moments ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("02/12/2021, 14:05 - Ana: a", "2021-12-02T14:05:00+01:00"),
        ("2021-12-02 14 h 05 - Ana: a", "2021-12-02T14:05:00+01:00"),
        ("12/2/21, 2:05 PM - Ana: a", "2021-12-02T14:05:00+01:00"),
        ("12/2/21, 12:05 AM - Ana: a", "2021-12-02T00:05:00+01:00"),
        ("03/12/2021, 00:05 - Ana: a", ""),
        ("25/12/2021, 14:05 - Ana: a", "2021-12-25T14:05:00+01:00"),
        ("[2021-12-03 14:05] Ana: a", "2021-12-03T14:05:00+01:00"),
        ("00:12:34\tAna:\ta", "2021-12-02T23:12:34+01:00"),
        ("01:12:34\tAna:\ta", "2021-12-03T00:12:34+01:00"),
        ("23:12:34\tAna:\ta", "2021-12-02T23:12:34+01:00"),
    ],
)
def test_a_time_is_published_where_its_day_is_sure(line: str, moment: str) -> None:
    """A day that may be either of two is that of the session, if it may be; others count from the beginning."""
    assert written(read(line, "Heure de début 23:00\nDurée 03:00:00")) == ([moment] if moment else [])


def test_a_recording_without_a_start_leaves_its_notes_without_a_time() -> None:
    """It is told once, not for every note."""
    record = read("00:12:34\tAna:\ta\n00:12:35\tAna:\tb")
    block = Mapper(Settings(), Concepts()).block(record, "x")

    assert written(record) == []
    assert [remark.code for remark in block.remarks] == ["time-without-start"]


def test_a_day_is_read_in_the_order_of_the_settings() -> None:
    """Where they say it, the session's day is not guessed."""
    record = MediaRecord(
        origin=Origin("x"), title="21.12 X", created="2021-12-02", notes=(Note("Ana", "03/12/2021 14:05"),)
    )
    block = Mapper(Settings(date_order="DMY"), Concepts()).block(record, "x").data.decode()

    assert "2021-12-03T14:05:00+01:00" in block


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────

#: First and last names that are no words of what is published.
FIRST = st.sampled_from(["Fleurance", "Ombeline", "Zoltan", "Éloïse", "Jean-Ghislain", "李小龙"])
LAST = st.sampled_from(["Izéroux", "D'Ambrevald", "O'Quxley", "Le Kerzoff", "VANDERBRUKK", "Ñandúbar (CNFPT)"])
NAME = st.builds("{} {}".format, FIRST, LAST)
SAID = st.sampled_from(["oui", "{other} a raison", "@{other} non\n\nun paragraphe", "merci {other} : bien", "{other}"])


@st.composite
def chats(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a chat in any form, and who wrote in it or was written to."""
    form = draw(st.sampled_from(sorted(WRITTEN)))
    names = draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    lines: list[str] = []
    people: list[str] = []
    for minute in range(draw(st.integers(1, 6))):
        author, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        is_private = bool(lines) and form in PRIVATE and draw(st.booleans())
        people += [author, other] if is_private else [author]
        # Who did not write is named as the texts name them.
        text = draw(SAID).format(other=draw(st.sampled_from(people)))
        pattern = PRIVATE[form] if is_private else WRITTEN[form]
        lines.append(pattern.format(minute=minute, author=author, recipient=other, text=text))
        if form in NOTICES and draw(st.booleans()):
            lines.append(NOTICES[form].format(author=other))
    return "\n".join(lines), people


@given(chats())
def test_nobody_who_writes_stands_in_a_block(chat: tuple[str, list[str]]) -> None:
    """Whatever the form, the names, who is written to and whom the texts mention."""
    text, people = chat
    record = redact(read(text, "Heure de début 14:00"), Policy())
    block = fold(Mapper(Settings(), Concepts()).block(record, "x").data.decode())
    everything = block + fold(msgspec.json.encode(record).decode())

    assert record.notes
    words = {word for name in people for word in re.findall(r"\w{5,}|[\u4e00-\u9fff]+", fold(name.split(" (")[0]))}
    assert {word for word in words if word in everything} == set()


@pytest.mark.parametrize(
    "form",
    ["zoom-en", "zoom-fr", "bigbluebutton", "bigbluebutton-roles", "whatsapp-ios-en", "whatsapp-ios-fr", "signal"],
)
def test_a_chat_in_another_place_names_nobody(form: str) -> None:
    """In a summary it is no chat, and a text may be quoted; but whoever stands behind a stamp is withheld."""
    line = WRITTEN[form].format(minute=5, author="Fleurance Izéroux", text="Bonjour")
    record = page_text.to_record(f"21.12 Essai\n\nEn résumé\n\nUn appel.\n{line}\n", origin=Origin("page.txt"))

    assert "izeroux" not in fold(msgspec.json.encode(redact(record, Policy())).decode())


@pytest.mark.parametrize("form", sorted(set(WRITTEN) - {"zoom-recording", "zoom-copied-en", "zoom-copied-fr"}))
def test_a_chat_below_an_unknown_heading_names_nobody(form: str) -> None:
    """It stands in the report, where it is told what was left aside."""
    line = WRITTEN[form].format(minute=5, author="Fleurance Izéroux", text="Bonjour")
    page = "{{Objet média|Pays=France}}\n== Une rubrique à part ==\n" + line
    record = redact(wikitext.to_record(page, title="21.12 Essai", origin=Origin("x.wiki")), Policy())

    assert "izeroux" not in fold(msgspec.json.encode(record).decode())


@pytest.mark.parametrize(
    "text",
    [
        "00:12:34 De quoi parle-t-on : les communs",
        "00:12:34 De Paris à Lyon : un voyage",
        "02/12/2021 à 14:00 - Accueil : café",
        "10:00:00 From theory to practice: a talk",
    ],
)
def test_a_programme_stays_as_it_is(text: str) -> None:
    """A list of chapters or of what happens when is no chat."""
    record = page_text.to_record(f"21.12 Essai\n\nEn résumé\n\n{text}\n", origin=Origin("page.txt"))

    assert redact(record, Policy()).abstract == text
