"""Where the files lie whose addresses are those of things: in one folder a kind, or shared out among 4,096 in it.

An address is the same in both, ``session/x.ttl``. A web server has to find the file by the address alone, and none but
a few of them can hash, while all can match patterns. So the folder is a Zobrist hash of the name: each character has a
code of twelve bits for odd places and one for even places, and the codes of all characters are added without carry.
Then each bit of the sum tells whether characters of a certain kind are even or odd in number, which is a regular
language. Parts of names would not do: of a million titles, 33,000 end in ``tion``, and 60,000 in the same year.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from commons_ld.rendering import places
from commons_ld.settings import OutputSettings

__all__ = ["BESIDE", "KINDS", "SHARD", "SHARED_OUT", "address_of", "patterns", "placing", "placing_of", "sharded"]

#: What has documents, by the first step of its path.
KINDS: Final = ("session", "media", "person", "organization", "collection", "concept")
#: Folders in which a file has the path of a thing, too. What tells of withdrawn records lies as it is named.
BESIDE: Final = places.FOLDERS
#: The name of a folder of a part, as a pattern. No name of a thing has this character.
SHARD: Final = "_[01]{12}"

_BITS: Final = 12
_CHARACTERS: Final = "-0123456789abcdefghijklmnopqrstuvwxyz"
#: What the codes are made with, for ever: of those that were tried, names that differ in a number alone, of which a
#: million is the worst that there is, are parted best by it.
_SALT: Final = 18


def _code(character: str, place: int) -> int:
    digest = hashlib.sha256(f"{_SALT}{place}{character}".encode()).digest()
    return int.from_bytes(digest[:2]) >> 16 - _BITS


#: The codes of characters in the first, third, fifth place, and in the others.
_CODES: Final = tuple({character: _code(character, place) for character in _CHARACTERS} for place in (0, 1))
#: An address below the site: what comes before the name, the name, and what comes after it.
_BEFORE: Final = rf"(?:{'|'.join(map(re.escape, BESIDE))})?(?:{'|'.join(KINDS)})/"
_NAME: Final = "[a-z0-9-]+"
_AFTER: Final = r"(?:\.[^/]*|/manifest\.json)"
#: The addresses of the files that are shared out, as a pattern: its groups are what comes before the folder, and after.
SHARED_OUT: Final = f"(?P<commons_ld_before>{_BEFORE})(?P<commons_ld_after>{_NAME}{_AFTER})"
_ADDRESS: Final = re.compile(f"((?:site/)?{_BEFORE})({_NAME})({_AFTER})")
_PLACE: Final = re.compile(f"((?:site/)?{_BEFORE}){SHARD}/({_NAME}{_AFTER})")


def placing(output: OutputSettings) -> Callable[[str], str]:
    """Return what tells where in a publication the file lies that has an address, as the settings want it."""
    return sharded if output.folders == "sharded" else str


def placing_of(names: Iterable[str]) -> Callable[[str], str]:
    """Return the same of a publication, by the names of its files."""
    return sharded if any(_PLACE.fullmatch(name) for name in names) else str


def sharded(address: str) -> str:
    """Return where the file lies that has an address, below the publication or its site; others lie as they are named.

    >>> sharded("site/session/21-12-plaidoyer-2022.en.html"), sharded("site/index.html")
    ('site/session/_001101001111/21-12-plaidoyer-2022.en.html', 'site/index.html')
    """
    found = _ADDRESS.fullmatch(address)
    return f"{found[1]}{_shard(found[2])}/{found[2]}{found[3]}" if found else address


def address_of(place: str) -> str:
    """Return the address of a file, by where it lies.

    >>> address_of(sharded("iiif/media/x/manifest.json")), address_of("dataset.nq")
    ('iiif/media/x/manifest.json', 'dataset.nq')
    """
    found = _PLACE.fullmatch(place)
    return found[1] + found[2] if found else place


@lru_cache(maxsize=4096)
def _shard(name: str) -> str:
    sum_ = 0
    for place, character in enumerate(name):
        sum_ ^= _CODES[place % 2][character]
    return f"_{sum_:0{_BITS}b}"


def patterns() -> list[str]:
    """Return of each digit in the name of a folder a pattern of the addresses for which it is ``0``.

    They are of the kind that both PCRE and RE2 know, and match in linear time.

    >>> [bool(re.fullmatch(pattern, "session/21-12-plaidoyer-2022.ttl")) for pattern in patterns()][:4]
    [True, True, False, False]
    """
    return [f"{_BEFORE}{_even(1 << bit)}{_AFTER}" for bit in reversed(range(_BITS))]


def _even(bit: int) -> str:
    """Return a pattern of the names whose characters have a bit an even number of times."""
    (one, none), (other_one, other_none) = (
        tuple("[" + "".join(c for c in _CHARACTERS if bool(codes[c] & bit) is has) + "]" for has in (True, False))
        for codes in _CODES
    )
    # Two characters at a time: those that have it both or neither, and those of which one does.
    same = f"(?:{one}{other_one}|{none}{other_none})"
    differ = f"(?:{one}{other_none}|{none}{other_one})"
    return f"(?:{same}|{differ}{same}*{differ})*(?:{none}|{differ}{same}*{one})?"
