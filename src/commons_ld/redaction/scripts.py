"""What scripts of the world ask of whoever looks for words: letters with marks, and words without blanks between.

A name in Chinese, Japanese or Thai stands within other words, and one in Korean runs into the particle after it. So
there each character, with its marks, counts as a word of its own: a name is a sequence of them. In Arabic and in Hebrew
"and", "to" and "by" are a letter that is written together with the name after it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

__all__ = ["MARKS", "is_character", "parts", "pieces", "within"]

#: Marks that are part of a word, for a character class: without them a word of India or Thailand breaks at its vowels.
MARKS: Final = "".join(mark for mark in map(chr, range(0x0300, 0x1800)) if unicodedata.category(mark) in ("Mn", "Mc"))
#: Letters of the scripts that put no blank between words, or run names into what follows; for a character class.
_PACKED: Final = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u1100-\u11ff"
    "\u1780-\u17b3\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7c6\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)
_HOLDS_PACKED: Final = re.compile(f"[{_PACKED}]")
_PART: Final = re.compile(r"[^\W\d_]+|\d+")
_PART_OR_CHARACTER: Final = re.compile(rf"[{_PACKED}]|[^\W\d_{_PACKED}]+|\d+")
#: A conjunction or a preposition of one letter, where a word is left after it.
_PREFIX: Final = re.compile(
    rf"(?:[\u0648\u0641\u0628\u0644\u0643][{MARKS}]*+(?=[\u0620-\u064a]{{2}})"
    rf"|[\u05d5\u05d1\u05dc\u05db\u05de\u05e9][{MARKS}]*+(?=[\u05d0-\u05ea]{{2}}))"
)
_PIECE: Final = re.compile(f"[{_PACKED}][{MARKS}]*+|[^{_PACKED}]++")


def pieces(word: str) -> Iterator[tuple[int, int]]:
    """Yield where the words are in what stands between two blanks.

    >>> ["我是Ada王芳"[start:end] for start, end in pieces("我是Ada王芳")], list(pieces("Octave"))
    (['我', '是', 'Ada', '王', '芳'], [(0, 6)])
    """
    if word.isascii() or not _HOLDS_PACKED.search(word):
        yield 0, len(word)
    else:
        for match in _PIECE.finditer(word):
            yield match.span()


def parts(folded: str) -> list[str]:
    """Return what can be told apart in words as they are compared: runs of letters, runs of digits, and characters.

    >>> parts("octave99"), parts("王芳")
    (['octave', '99'], ['王', '芳'])
    """
    if folded.isascii():
        return _PART.findall(folded)
    found = _PART_OR_CHARACTER.findall(folded)
    return found + [part[start:] for part in found for start in within(part)]


def within(word: str) -> Iterator[int]:
    """Yield where a word may begin after one letter, or two, that mean "and", "to" or "by".

    >>> list(within("ولمحمد")), list(within("Octave"))
    ([1, 2], [])
    """
    found = None if word.isascii() else _PREFIX.match(word)
    if found:
        yield found.end()
        if another := _PREFIX.match(word, found.end()):
            yield another.end()


def is_character(word: str) -> bool:
    """Tell whether a word, as it is compared, is a single character of a script without blanks.

    >>> is_character("王"), is_character("a")
    (True, False)
    """
    return not word.isascii() and _HOLDS_PACKED.match(word) is not None
