"""How labels are compared: what stands for one that is written otherwise, and how much two of them resemble.

A label has a *key* (no case, accents or punctuation), its *words* in the order of the alphabet, its *stem* in its
language (Snowball, https://snowballstem.org), and its *trigrams*, by which those like it are found in an index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from commons_ld.text import fold

__all__ = ["STEMMED", "is_loss_of_accents", "is_slip", "likeness", "to_key", "to_stem", "to_words", "trigrams"]

#: The languages in which words have stems here.
STEMMED: Final = ("fr", "en", "es")

_NAMES: Final = {"fr": "french", "en": "english", "es": "spanish"}
#: What is longer is compared by its beginning: no label of a person is.
_LONGEST: Final = 200
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W_]+")
#: Letters that no decomposition takes apart, and that people write as two.
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
#: How much the same words in another order count, and some of the words alone.
_IN_ANOTHER_ORDER, _IN_PART = 0.98, 0.86
#: Fewer letters than these say nothing where they are a part of something.
_TELLING: Final = 4


def to_key(label: str) -> str:
    """Return what stands for a label, however it is accented, capitalised and punctuated.

    >>> to_key("Co-production des Œuvres ")
    'co production des oeuvres'
    >>> to_key("L’État"), to_key("!")
    ('l etat', '')
    """
    # Letters in fonts of their own are letters before they are folded (NFKC).
    folded = fold(unicodedata.normalize("NFKC", label[:_LONGEST])).translate(_LIGATURES)
    return " ".join(_WORD.findall(folded))[:_LONGEST].rstrip()


def to_words(key: str) -> str:
    """Return the words of a key in the order of the alphabet, so that a name is the same with its surname first.

    >>> to_words(to_key("GUILLOT Louise")) == to_words(to_key("Louise Guillot"))
    True
    """
    return " ".join(sorted(key.split()))


def to_stem(key: str, language: str) -> str:
    """Return the stems of the words of a key, or ``""`` in a language whose words have none here.

    >>> to_stem("regies publiques", "fr") == to_stem("regie publique", "fr")
    True
    >>> to_stem("regies", "la")
    ''
    """
    return " ".join(_stem(word, language) for word in key.split()) if language in _NAMES else ""


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


@lru_cache(maxsize=len(_NAMES))
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(_NAMES[language])


def trigrams(key: str) -> Iterator[str]:
    """Yield the trigrams of a key, with a blank before and after it; some come more than once.

    >>> list(trigrams("eau"))
    [' ea', 'eau', 'au ']
    """
    padded = f" {key} "
    return (padded[start : start + 3] for start in range(len(padded) - 2))


def is_loss_of_accents(one: str, other: str) -> bool:
    """Tell whether two labels of one key differ in accents that one of them has lost, and in none that it changed.

    >>> is_loss_of_accents("Péché", "peche"), is_loss_of_accents("Péché", "pêche")
    (True, False)
    """
    first, second = _letters(one), _letters(other)
    if len(first) != len(second):
        return False
    return all(
        a == b or not (marks_a := a[1:]) or not (marks_b := b[1:]) or marks_a == marks_b
        for a, b in zip(first, second, strict=True)
    )


def _letters(label: str) -> list[str]:
    """Return each letter or digit of a label with the marks that stand on it."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", label.casefold().translate(_LIGATURES)):
        if unicodedata.combining(character):
            if letters:
                letters[-1] += character
        elif character.isalnum():
            letters.append(character)
    return letters


def is_slip(one: str, other: str) -> bool:
    """Tell whether two keys differ by one letter that is missing, another one or in the wrong place, and by no digit.

    >>> is_slip("appel en comun", "appel en commun"), is_slip("apple", "appel"), is_slip("lundi", "mardi")
    (True, True, False)
    >>> is_slip("cycle 1", "cycle 2"), is_slip("cycle", "cycle")
    (False, False)
    """
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other, score_cutoff=1) == 1 and _DIGIT.findall(one) == _DIGIT.findall(other)


@lru_cache(maxsize=1)
def _fuzz() -> Any:
    from rapidfuzz import fuzz

    return fuzz


def likeness(one: str, other: str) -> float:
    """Return how much two keys resemble, from 0 to 100.

    >>> likeness("budget participatif", "budget participatif")
    100.0
    >>> likeness("budjet participatif", "budget participatif") > 90 > likeness("budget participatif", "budget carbone")
    True
    """
    fuzz = _fuzz()
    found = fuzz.ratio(one, other)
    if " " in one or " " in other:
        found = max(found, _IN_ANOTHER_ORDER * fuzz.token_sort_ratio(one, other))
        shorter = min(len(one), len(other))
        if shorter >= _TELLING:
            # A part of a long label is the weaker the less of it there is.
            share = shorter / max(len(one), len(other))
            found = max(found, (_IN_PART - 0.3 * (1 - share)) * fuzz.token_set_ratio(one, other))
    return float(found)
