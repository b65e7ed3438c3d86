"""Text as pages hold it: cleaned of what no output can carry, folded for comparing, and the nearest known one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import filterfalse
from typing import Final
from urllib.parse import quote

__all__ = ["SAFE_IN_ADDRESS", "clean", "fold", "in_address", "is_seen", "nearest", "shown", "split_list"]

#: What stands in the address of a page as it is, by MediaWiki's own rule (``wfUrlencode``).
SAFE_IN_ADDRESS: Final = "!$()*,-./:;@_~"

#: Characters that XML 1.0 cannot hold (section 2.2) or that are never meant: controls, surrogates, non-characters.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
#: The longest text whose folding is remembered.
_KEPT: Final = 40
_APOSTROPHES: Final = "’ʼ‘´`"


def clean(text: str) -> tuple[str, int]:
    r"""Return ``text`` with lines that end in ``\n`` and no unwritable character, and how many were dropped.

    Everything else stays as it is, the no-break spaces among it.

    >>> clean("a\x00b\r\nc")
    ('ab\nc', 1)
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNWRITABLE.subn("", lines)


def is_seen(text: str) -> bool:
    r"""Tell whether there is anything to see of a text: blanks, and characters without width or form, are nothing.

    >>> is_seen("21.12"), is_seen("💧"), is_seen("\u200b\u2060 \u202e")
    (True, True, False)
    """
    return any(c.isalnum() or unicodedata.category(c)[0] in "LNPS" for c in text)


def fold(text: str) -> str:
    """Return what is compared in place of ``text``: no case, accents or kinds of blank and apostrophe.

    >>> fold("Résultat(s)\u00a0attendu(s) ") == fold("resultat(s) ATTENDU(S)")
    True
    """
    return _fold_known(text) if len(text) <= _KEPT else _fold(text)


def _fold(text: str) -> str:
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "'")
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", folded)))
    return " ".join(folded.split())


#: Labels, headings and the first words of lines are the same on every page.
_fold_known: Final = lru_cache(maxsize=4_000)(_fold)


def nearest(text: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the one of ``known`` that resembles ``text`` most, or ``""`` if none does.

    >>> nearest("Durées", ["Durée", "Pays"])
    'Durée'
    """
    folded = {fold(name): name for name in known}
    close = difflib.get_close_matches(fold(text)[:200], folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else ""


def in_address(title: str) -> str:
    r"""Return the title of a page of a wiki as MediaWiki writes it in an address: composed (Unicode's form NFC).

    >>> in_address("24.02 Appel : l'été") == in_address("24.02 Appel : l'e\u0301te\u0301")
    True
    >>> in_address("24.02 Appel : l'été")
    '24.02_Appel_:_l%27%C3%A9t%C3%A9'
    """
    return quote("_".join(unicodedata.normalize("NFC", title).split()), safe=SAFE_IN_ADDRESS)


def split_list(text: str) -> tuple[str, ...]:
    """Return the values of a list, without the blanks around them and without empty or repeated ones.

    Commas part them, and semicolons; a list may end in one. What stands inside brackets does not separate, nor does the
    semicolon of an entity that is left in a text.

    >>> split_list("Voisinage,\u00a0 Communs (eau, air) ; Voisinage, ")
    ('Voisinage', 'Communs (eau, air)')
    """
    values, start, depth = [], 0, 0
    if "(" not in text and "[" not in text and ";" not in text:
        return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
    for position, character in enumerate(text):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth = max(0, depth - 1)
        elif not depth and (character == "," or (character == ";" and not text.endswith("&amp", 0, position))):
            values.append(text[start:position].strip())
            start = position + 1
    values.append(text[start:].strip())
    return tuple(dict.fromkeys(value for value in values if value))


#: The longest foreign text that is shown.
_SHOWN: Final = 200


def shown(text: str) -> str:
    r"""Return foreign text as it can be shown in a terminal: short, on one line, without controls.

    >>> shown("a\x1b[31mb\n c")
    'a[31mb c'
    """
    plain = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
