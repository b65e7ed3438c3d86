"""Names in scripts without blanks, with vowel signs, or with words of one letter are found as all others are."""

from __future__ import annotations

import pytest

from commons_ld.redaction import Names, Redaction, Suppressions, identity, markers, person_digests
from commons_ld.redaction.names import words_in
from commons_ld.redaction.scripts import pieces

PEOPLE = {
    "王小明": "P1",
    "李 娜": "P2",
    "김민수": "P3",
    "山田 太郎": "P4",
    "สมชาย ใจดี": "P5",
    "राम शर्मा": "P6",
    "محمد الصغير": "P7",
    "王": "P8",
    "דוד לוי": "P9",
    "ليلى بن علي": "P0",
}
#: What is written, and what is published of it.
WRITTEN = [
    ("你好李小龙,我是王小明。", "你好李小龙,我是P1。"),
    ("李娜说王小明很好", "P2说P1很好"),
    ("김민수는 말했다", "P3는 말했다"),
    ("山田太郎さん、山田・太郎", "P4さん、P4"),
    ("คุณสมชาย ใจดี พูดว่า", "คุณP5 พูดว่า"),
    ("राम शर्मा ने कहा, रामायण", "P6 ने कहा, रामायण"),
    ("وقال محمد الصغير", "وقال P7"),
    ("ولمحمد الصغير وليلى بن علي", "ولP7 وP0"),
    ("ודוד לוי אמר", "וP9 אמר"),
    ("https://exemple.test/李娜", "[lien retiré]"),
]
NAMES = Names(PEOPLE.items(), ["李小龙"], unnamed="[nom]", mention="[mention]")
REDACTION = Redaction(markers("fr"), names=NAMES)


@pytest.mark.parametrize(("text", "published"), WRITTEN)
def test_a_name_is_found_within_what_stands_around_it(text: str, published: str) -> None:
    """Where no blank parts it from the next word, and where a letter that means "and" is written with it."""
    assert REDACTION.text(text) == published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("@王小明你好", "P1你好"),
        ("@王芳 你好", "[mention] 你好"),
        ("太郎さん", "P4さん"),
        ("王国的山", "王国的山"),
        ("[14:02] 王小明：", "[14:02] P1："),
    ],
)
def test_in_the_chat_people_are_called_by_a_part_of_their_name(text: str, published: str) -> None:
    """But a single character is part of many words, and nobody's name."""
    assert REDACTION.text(text, chat=True) == published


@pytest.mark.parametrize("name", [*PEOPLE, "Maria del Carmen de la Cruz García López"])
def test_who_is_to_be_forgotten_is_found_as_well(name: str) -> None:
    """By digests alone, however many words the name has."""
    length = len(identity(name).split())
    forgotten = Suppressions(b"key", frozenset(person_digests(name, b"key")), frozenset({1, length}))

    assert forgotten.text(f"avec {name}, ici", "[nom]") == "avec [nom], ici"
    for text, published in WRITTEN:
        assert forgotten.is_in(text) or PEOPLE.get(name, "nobody") not in published


def test_what_stands_beside_a_name_in_wide_brackets_is_no_part_of_it() -> None:
    """As with those of Latin scripts."""
    assert identity("王小明（北京）") == identity("王小明 (北京)") == identity("王小明")


def test_a_word_with_vowel_signs_is_one() -> None:
    """They are no letters, and yet no end of a word."""
    assert [word for _, _, word, _ in words_in("रवि ก็")] == ["रवि", "ก็"]


def test_the_words_of_a_text_are_all_of_it() -> None:
    """Nothing is lost between them."""
    for text, _ in WRITTEN:
        for word in text.split():
            assert "".join(word[start:end] for start, end in pieces(word)) == word
