"""Chat logs: which lines are messages, whose, when, and which of them are replies."""

from __future__ import annotations

import pytest

from commons_ld.record import Note
from commons_ld.sources.chat import Chat, authors, begins_message, parse_chat
from commons_ld.sources.draft import Line


def chat_of(text: str, *known: str) -> Chat:
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    return parse_chat(lines, {*known, *authors(lines)})


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("[14:09] Ana Dupont :", Note("Ana Dupont", "14:09")),
        ("[14:09] Ana Dupont\u00a0: Oui", Note("Ana Dupont", "14:09", "Oui")),
        ("[14:09] Ana Dupont: Oui : non", Note("Ana Dupont", "14:09", "Oui : non")),
        ("[14:09]\u202fAna\u00a0:\u00a0:)", Note("Ana", "14:09", ":)")),
        ("[ 9h05 ] marcel bréal : oui", Note("marcel bréal", "9h05", "oui")),
        ("[14:09:30] MICCIARELLI Giuseppe : oui", Note("MICCIARELLI Giuseppe", "14:09:30", "oui")),
        ("[14:09] voir https://exemple.org", Note("", "14:09", "voir https://exemple.org")),
        ("[14:09]", Note("", "14:09")),
        ("[14:09] " + "mot " * 30 + ": oui", Note("", "14:09", "mot " * 30 + ": oui")),
    ],
)
def test_a_stamp_begins_a_message(line: str, note: Note) -> None:
    """The time is kept as written; the author ends at the first colon that is not that of an address."""
    assert begins_message(line)
    assert chat_of(line).notes == [note]


@pytest.mark.parametrize("line", ["[sic] Ana : oui", "14:09 Ana : oui", "[2021] Ana : oui", "Ana [14:09] : oui", ""])
def test_other_lines_begin_none(line: str) -> None:
    """Brackets without a time, and a time without brackets, are text."""
    assert not begins_message(line)
    assert chat_of(line).notes == []


@pytest.mark.parametrize("mark", ["• ", "  • ", "•", "* ", "- ", "– ", "\t◦ "])
def test_a_bullet_is_a_reply(mark: str) -> None:
    """It answers the last message that is no reply, whatever the bullet looks like."""
    chat = chat_of(f"[14:00] Ana : a\n[14:01] Léo : b\n{mark}[14:02] Ana : c\n{mark}Léo : d\n[14:03] Léo : e")

    assert [note.reply_to for note in chat.notes] == [0, 0, 2, 2, 0]


def test_a_reply_before_any_message_answers_none() -> None:
    """It is kept, and its line is told."""
    chat = chat_of("• [14:00] Ana : a\n[14:01] Léo : b\n• [14:02] Ana : c")

    assert [note.reply_to for note in chat.notes] == [0, 0, 2]
    assert chat.orphans == [1]


def test_a_message_without_a_stamp_is_told_by_a_known_name() -> None:
    """A guest's name, or that of somebody who speaks elsewhere in the chat, in any case; others are text."""
    chat = chat_of("[14:00] Ana : a\nPOUR SIGNER : ici\nANA : b\nzoé durand : c\nRemarque : d", "zoe durand")

    assert [(note.author, note.time, note.text) for note in chat.notes] == [
        ("Ana", "14:00", "a\nPOUR SIGNER : ici"),
        ("ANA", "", "b"),
        ("zoé durand", "", "c\nRemarque : d"),
    ]


def test_a_missing_colon_costs_a_known_author_nothing() -> None:
    """A stamp and a known name alone are that person's empty message."""
    assert chat_of("[14:00] Ana : a\n[14:01] Ana").notes[1] == Note("Ana", "14:01")


def test_somebody_unknown_without_a_stamp_speaks_too() -> None:
    """A line that begins as a name does is a message, so that the name is withheld; where it stands is told."""
    chat = chat_of("[14:00] Ana : a\nJeanne Petit : b\nCommuns administratifs : c\nURL ICI : d")

    assert [(note.author, note.time, note.text) for note in chat.notes] == [
        ("Ana", "14:00", "a"),
        ("Jeanne Petit", "", "b\nCommuns administratifs : c\nURL ICI : d"),
    ]
    assert chat.doubtful == [2]


def test_paragraphs_stay_apart() -> None:
    """A blank line parts paragraphs, however many there are; a list of the message stays in it."""
    chat = chat_of("[14:00] Ana : a\n\n\n\u00a0\nb\nc\n\n• d\n\n[14:01] Ana :\n\n\n")

    assert [note.text for note in chat.notes] == ["a\n\nb\nc\n\n• d", ""]


def test_what_comes_before_the_first_message_is_no_message() -> None:
    """The lines above the first stamp are the preamble, and each message knows its line."""
    chat = chat_of("Appel en commun\n\n[14:00] Ana : a\nb\n[14:01] Ana : c")

    assert [line.text for line in chat.preamble] == ["Appel en commun", ""]
    assert chat.lines == [3, 5]


def test_authors_come_once_in_order_of_appearance() -> None:
    """Two spellings that differ in case or accents are one author."""
    lines = [
        Line(number, text) for number, text in enumerate(["[14:00] Léo : a", "• [14:01] Ana :", "[14:02] LEO : b"])
    ]

    assert list(authors(lines).values()) == ["Léo", "Ana"]
