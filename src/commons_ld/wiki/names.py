"""What the files of fetched pages are called: after the title, and safe on every disk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

__all__ = ["folded", "names_of", "safe_stem"]

#: The longest stem, in bytes: with its endings it stays far below the 255 that file systems take.
_LONGEST: Final = 160
_ALLOWED: Final = frozenset("-_.,()'!+=&@")
#: Names that mean something else: to Windows, to those who look for a README, to this program.
_MEANT_OTHERWISE: Final = re.compile(
    r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|readme|license|copying|changelog)(?:\..*)?", re.IGNORECASE
)


def safe_stem(title: str) -> str:
    """Return a title as the beginning of a file's name, which :func:`commons_ld.sources.wikitext.title_of` reads back.

    Letters, digits and a few marks stay; a blank is ``_``; everything else is percent-encoded.

    >>> safe_stem("21.12 L'été : débats")
    "21.12_L'été_%3A_débats"
    >>> safe_stem("../../README"), safe_stem("README")
    ('%2E.%2F..%2FREADME', '%52EADME')
    """
    stem = "".join(
        character if character in _ALLOWED or unicodedata.category(character)[0] in "LNM" else _encoded(character)
        for character in unicodedata.normalize("NFC", title).replace(" ", "_")
    )
    # Hidden files are no sources, and a name that begins with - is an option to most programs.
    if stem.startswith((".", "-")) or _MEANT_OTHERWISE.fullmatch(stem):
        stem = _encoded(stem[0]) + stem[1:]
    return stem


def folded(name: str) -> str:
    """Return what two names share that some disk cannot tell apart.

    >>> folded("Été.wiki") == folded("e\u0301té.wiki")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def names_of(titles: Iterable[tuple[int, str]], taken: Collection[str] = ()) -> dict[int, str]:
    """Return the stem of each page's files: that of its title, with its number where that is long or not its own.

    It depends on the pages alone and not on their order: of those that share a name, the lowest number has it.

    :param titles: number and title of each page
    :param taken: stems of files that are there and not ours, folded

    >>> names_of([(7, "Foo Bar"), (3, "Foo bar"), (9, "x" * 200)])[7]
    'Foo_Bar~7'
    """
    names: dict[int, str] = {}
    used = set(taken)
    for page_id, title in sorted(titles):
        stem = safe_stem(title)
        if len(stem.encode()) > _LONGEST or folded(stem) in used:
            stem = f"{_cut(stem, _LONGEST)}~{page_id}"
        while folded(stem) in used:
            stem += "~"
        used.add(folded(stem))
        names[page_id] = stem
    return names


def _cut(stem: str, longest: int) -> str:
    """Cut a stem to a number of bytes, and never within a character or an encoded one."""
    cut = stem.encode()[:longest].decode("utf-8", "ignore")
    return re.sub(r"%[0-9A-F]?\Z", "", cut) if len(cut) < len(stem) else cut


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
