"""Recognise who asked to be forgotten, and what was withdrawn, without knowing any name: by keyed digests.

Whoever reads the list learns how many there are, and can only try guesses with the key of the archive beside it. A
name is found by hashing each run of words of a text that has as many words as a name on the list, so that texts are
gone through once, whatever the order, the accents and the case of the name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import Final
from urllib.parse import unquote

import msgspec

from commons_ld.redaction.names import identity, words_in
from commons_ld.redaction.scripts import within
from commons_ld.text import fold

__all__ = ["Suppressions", "digests_of", "name_digest", "person_digests", "slug_digest", "unspelled"]

#: A name in an IRI that is spelled by its code points (:func:`commons_ld.iris.slug`).
_SPELLED: Final = re.compile(r"(?<![0-9a-z])u[0-9a-f]{4,5}(?:-u[0-9a-f]{4,5})*+(?![0-9a-z])")
#: How many words may be run together, as in ``octavejaspin``, in any order, or be initials but for one of them.
_JOINED: Final = 3

#: A word of a text, as :func:`~commons_ld.redaction.names.words_in` yields it.
_Found = tuple[int, int, str, bool]


class Suppressions(msgspec.Struct, frozen=True):
    """What is never published again.

    :param key: of the digests; another one for each archive
    :param digests: of names, and of what pages are known by
    :param lengths: how many words the names have

    >>> list_ = Suppressions(b"key", frozenset(person_digests("Octave Jaspin", b"key")), frozenset({1, 2}))
    >>> list_.text("Selon JASPIN, Octave, c'est ainsi.", "[nom retiré]")
    "Selon [nom retiré], c'est ainsi."
    """

    key: bytes = b""
    digests: frozenset[str] = frozenset()
    lengths: frozenset[int] = frozenset()

    def holds_page(self, key: str, slug: str) -> bool:
        """Tell whether a page is withdrawn.

        :param key: what the ledger knows it by
        :param slug: of its title, as in an IRI
        """
        return bool(self.digests) and any(
            _digest(self.key, kind, text) in self.digests for kind, text in (("page", key), ("slug", slug))
        )

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where names stand in a text that are to be forgotten, from the left to the right."""
        words = list(words_in(text)) if self.lengths else []
        done = 0
        for index in range(len(words)):
            if index < done:
                continue
            for length in sorted(self.lengths, reverse=True):
                if count := self._words_of_name(words[index : index + length + 1], length):
                    done = index + count
                    yield words[index][0], words[done - 1][1]
                    break

    def _words_of_name(self, run: Sequence[_Found], length: int) -> int:
        """Return how many of the first words are a name of some length, an initial within it counted; 0 for none.

        :param run: one word more than that, if there are so many
        """
        if len(run) < length or not all(follows for *_, follows in run[1:length]):
            return 0
        first, *others = (word for _, _, word, _ in run[:length])
        if any(self._is_name(first[start:], *others) for start in (0, *within(first))):
            return length
        if 1 < length < len(run) and run[length][3] and len(first) > 1 and len(run[length][2]) > 1:
            whole = [word for _, _, word, _ in run if len(word) > 1]
            if len(whole) == length and self._is_name(*whole):
                return length + 1
        return 0

    def _is_name(self, *words: str) -> bool:
        return _digest(self.key, "person", " ".join(sorted(words))) in self.digests

    def is_person(self, name: str) -> bool:
        """Tell whether a name is that of somebody to be forgotten, whatever initial or brackets stand beside it."""
        words = identity(name).split()
        return self._is_name(*words) or self._is_name(*(word for word in words if len(word) > 1))

    def is_in(self, text: str) -> bool:
        """Tell whether a text holds such a name, escaped or spelled as in an address or not."""
        texts = [text, *([unquote(text)] if "%" in text else []), *map(unspelled, _SPELLED.findall(text))]
        return any(True for text in texts for _ in self.spans(text))

    def text(self, text: str, marker: str) -> str:
        """Return a text with a marker in place of each such name."""
        pieces, done = [], 0
        for start, end in self.spans(text):
            pieces += [text[done:start], marker]
            done = end
        pieces.append(text[done:])
        changed = "".join(pieces)
        if "%" in changed and self.is_in(changed):
            return marker  # escaped within an address: the whole of it goes
        return changed


def digests_of(key: bytes, page_key: str, slug: str) -> set[str]:
    """Return what a page is recognised by: what the ledger knows it by, and its name in IRIs, which stays taken."""
    return {_digest(key, "page", page_key), slug_digest(key, slug)}


def slug_digest(key: bytes, slug: str) -> str:
    """Return what stands on the list for a name in IRIs."""
    return _digest(key, "slug", slug)


def name_digest(name: str, key: bytes) -> str:
    """Return what stands on the list for the whole name of a person: nobody of another name shares it as such."""
    return _digest(key, "person", identity(name))


def person_digests(name: str, key: bytes) -> set[str]:
    """Return what a person is recognised by: the words of the name, in any order, with initials, and run together.

    >>> person_digests("Octave Jaspin", b"key") == person_digests("JASPIN Octave (Naples)", b"key")
    True
    """
    words = identity(name).split()
    found = {" ".join(words)}
    if 1 < len(words) <= _JOINED:
        # Which of them is the last name, nobody can tell: initials may stand for any, but "J. de R." is anybody.
        for some in product(*((word, word[0]) for word in words)):
            whole = [word for word in some if len(word) > 1]
            if whole and (len(words) == 2 or any(len(word) > 3 for word in whole)):
                found.add(" ".join(sorted(some)))
        found |= {"".join(order) for order in permutations(words)}
    return {_digest(key, "person", text) for text in found}


def unspelled(slug: str) -> str:
    """Return what a name in IRIs was made of, if that is spelled by its code points, and else the name.

    >>> unspelled("u674e-u5a1c"), unspelled("octave-jaspin")
    ('李娜', 'octave-jaspin')
    """
    return "".join(chr(int(code[1:], 16)) for code in slug.split("-")) if _SPELLED.fullmatch(slug) else slug


def _digest(key: bytes, kind: str, text: str) -> str:
    return hashlib.blake2b(f"{kind}\0{fold(text)}".encode(), key=key, digest_size=20).hexdigest()
