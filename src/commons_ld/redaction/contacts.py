"""Find e-mail addresses and telephone numbers in text, however they are written.

The finders yield where something stands, from left to right and never overlapping; what is put in its
place is the business of :mod:`commons_ld.redaction.texts`. Each looks at a character a bounded number of times.
Most texts hold nothing for them, which ``may_hold_…`` tells soon: where it says no, the finder finds nothing in the
text, nor in any part of it.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Final

__all__ = [
    "AT",
    "BLANK",
    "INVISIBLE",
    "addresses",
    "has_sign",
    "may_hold_address",
    "may_hold_number",
    "may_hold_spelled_address",
    "numbers",
    "spelled_addresses",
]

#: Blanks within a line, for a character class: U+00A0 and U+202F stand everywhere on French pages.
BLANK: Final = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
#: Characters that nobody sees, which come along when text is copied; for a character class.
INVISIBLE: Final = "\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
#: The commercial at, and its wide and small forms; for a character class.
AT: Final = "@＠﹫"

Span = tuple[int, int]

#: What the parts of an address are made of (RFC 6531 allows any letter); for the end of a character class.
_INNER: Final = rf"\w\u0300-\u036f{INVISIBLE}.+-"
_SIGN: Final = re.compile(rf"[{AT}]|%40|&#0{{0,4}}64;|&#[xX]0{{0,4}}40;|&commat;")
_RUN: Final = re.compile(
    rf"(?<![{AT}{_INNER}])(?:(?i:mailto):)?+[{_INNER}]*+(?:{_SIGN.pattern})(?:[{_INNER}]|{_SIGN.pattern})*+"
)
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
#: A picture for a dense screen: logo@2x.png.
_DENSITY: Final = re.compile(r"\d+x\.")
#: Endings that make a domain likely where only blanks and words around it speak for an address.
_USUAL_ENDING: Final = re.compile(
    "be|bzh|ca|cat|ch|co|com|coop|corp|de|edu|es|eu|eus|fr|gouv|gov|info|io|lu|net|ngo|ong|org|paris|pro|uk"
)


def has_sign(text: str) -> bool:
    """Tell whether there is a commercial at, of any form."""
    # One after the other: a loop over them takes several times as long, and is asked of every text.
    return "@" in text or (not text.isascii() and ("＠" in text or "﹫" in text))


def may_hold_address(text: str) -> bool:
    """Tell whether :func:`addresses` is worth asking: every spelling of the sign has one of these."""
    return has_sign(text) or "%40" in text or ("&" in text and ("&#" in text or "&commat;" in text))


def addresses(text: str) -> Iterator[Span]:
    """Yield where e-mail addresses stand: everything that hangs on an ``@`` with something like a domain after it.

    The ``@`` may be escaped, as addresses are in links and in HTML. A ``mailto:`` before the address is part of it.

    >>> text = "écrire à mailto:nom@exemple.fr. le C@fé des ami@s, leaflet@1.9.4"
    >>> [text[start:end] for start, end in addresses(text)]
    ['mailto:nom@exemple.fr']
    """
    for run in _RUN.finditer(text):
        start = run.start()
        # Taken whole: a half left over could make another address, and says who it was.
        found = run[0].rstrip(".+-")
        parts = _SIGN.split(found)
        if any(_is_local(local) and _is_domain(domain) for local, domain in pairwise(parts)):
            yield start + len(found) - len(found.lstrip(".+-")), start + len(found)


def _is_local(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_domain(text: str) -> bool:
    first, *rest = text.strip(".+-").split(".")
    if not rest:  # nom@protonmail: people leave the ending out; amig@s is no address
        return len(first) >= 3 and _LETTERS.match(first) is not None
    return not _DENSITY.match(text) and any(_LETTERS.match(label) for label in rest)


def _boxed(words: str) -> str:
    return rf"[{BLANK}]{{0,3}}[\[({{<][{BLANK}]?(?:{words})[{BLANK}]?[\])}}>][{BLANK}]{{0,3}}"


_BOXED_DOT: Final = _boxed(r"dot|point|\.")
_SPELLED_AT: Final = re.compile(
    rf"(?P<box>{_boxed(f'at|arr?obas?e?|chez|[{AT}]')})"
    rf"|[{BLANK}]{{1,3}}(?:(?P<at>at)|(?P<arobase>arr?obas?e?))[{BLANK}]{{1,3}}"
    rf"|(?P<sign>[{BLANK}]{{1,3}}[{AT}][{BLANK}]{{0,3}}|[{AT}][{BLANK}]{{1,3}})",
    re.IGNORECASE,
)
_SPELLED_DOT: Final = re.compile(
    rf"(?P<dot>\.)|(?P<box>{_BOXED_DOT})|(?P<word>[{BLANK}]{{1,3}}(?:dot|point)[{BLANK}]{{1,3}})",
    re.IGNORECASE,
)
_DOT_BEFORE: Final = re.compile(rf"(?:{_BOXED_DOT}|[{BLANK}](?P<word>dot|point)[{BLANK}])\Z", re.IGNORECASE)
_LABEL: Final = re.compile(rf"[\w\u0300-\u036f{INVISIBLE}-]++")
_LOCAL: Final = re.compile(rf"[{_INNER}]")
#: How far a spelled dot can reach to the left: three blanks, ``[ point ]`` and three blanks.
_DOT_REACH: Final = 15


#: The short word for the sign, which must stand alone; a pattern that begins with letters is looked for as letters are.
_SPELLED_ALONE: Final = re.compile(r"at(?<![^\W\d_]at)(?![^\W\d_])")


def may_hold_spelled_address(text: str) -> bool:
    """Tell whether :func:`spelled_addresses` is worth asking: there are a sign and a dot, or words for them."""
    small = text.lower()
    # The dotless i counts as one where case does not, and is no i in small letters.
    if not ("." in text or "dot" in small or "po" in small):
        return False
    is_spelled = "aroba" in small or "arroba" in small or "chez" in small
    return has_sign(small) or is_spelled or ("at" in small and _SPELLED_ALONE.search(small) is not None)


def spelled_addresses(text: str) -> Iterator[Span]:
    """Yield where addresses stand that are written for people only, or have blanks around their ``@``.

    A bare "at" is also an English word: it needs a spelled dot and a usual ending.

    >>> text = "nom [at] exemple [point] fr, nom @ exemple.fr, arrive at exemple.fr"
    >>> [text[start:end] for start, end in spelled_addresses(text)]
    ['nom [at] exemple [point] fr', 'nom @ exemple.fr']
    """
    floor = 0
    for sign in _SPELLED_AT.finditer(text):
        if sign.start() < floor:
            continue
        start = _local_start(text, sign, floor)
        end = _domain_end(text, sign)
        if end and _is_local(text[start : sign.start()]):
            yield start, end
            floor = end


def _local_start(text: str, sign: re.Match[str], floor: int) -> int:
    start = sign.start()
    while True:
        while start > floor and _LOCAL.match(text[start - 1]):
            start -= 1
        dot = None if sign["sign"] else _DOT_BEFORE.search(text[max(floor, start - _DOT_REACH) : start])
        if dot is None or (dot["word"] and sign["box"]):
            return start
        before = start - (dot.end() - dot.start())
        if before <= floor or not _LOCAL.match(text[before - 1]):
            return start
        start = before


def _domain_end(text: str, sign: re.Match[str]) -> int:
    """Return where the domain after ``sign`` ends, or 0 if what follows is none."""
    label = _LABEL.match(text, sign.end())
    plain = spelled = 0
    end, ending = 0, ""
    while label:
        end, ending = label.end(), label[0].strip("-").casefold()
        dot = _SPELLED_DOT.match(text, end)
        if dot is None or (dot["word"] and plain):
            break
        label = _LABEL.match(text, dot.end())
        if label:
            plain, spelled = plain + bool(dot["dot"]), spelled + (not dot["dot"])
    if not plain + spelled or not _LETTERS.match(ending):
        return 0
    if sign["at"]:
        return end if spelled and _USUAL_ENDING.fullmatch(ending) else 0
    if sign["sign"] and not spelled:
        return end if len(ending) == 2 or _USUAL_ENDING.fullmatch(ending) else 0
    return end


_SEPARATORS: Final = rf"{BLANK}.()/\u2010-\u2013-"
_DIGITS: Final = re.compile(rf"(?<!\w)[(+]{{0,2}}\d[\d{_SEPARATORS}]*+")
_GROUP: Final = re.compile(r"\d+")
#: What makes the digits after it the rest of a date, a time, a decimal or a code.
_TAIL: Final = re.compile(r"\d[.,:/-]\Z")
_MAX_GAP: Final = 3
#: The longest number of the international plan (ITU-T E.164, section 6.2.1), and the shortest we take for one.
_MAX_DIGITS: Final = 15
_MIN_DIGITS: Final = 8
#: How the ten digits of a French, Belgian or Swiss number are grouped. 1-3-5-1 is an ISBN.
_SHAPES: Final = frozenset(
    {
        (10,), (2, 2, 2, 2, 2), (1, 1, 2, 2, 2, 2), (4, 2, 2, 2), (3, 3, 2, 2), (3, 2, 2, 3), (2, 4, 4), (4, 3, 3),
        (3, 3, 4), (2, 3, 2, 3), (2, 2, 3, 3), (2, 3, 3, 2), (4, 6), (2, 8), (3, 7), (1, 9), (1, 3, 3, 3), (1,) * 10,
    }
)  # fmt: skip
_DATES: Final = frozenset({(4, 2, 2), (2, 2, 4)})
#: How many decimals a coordinate has: +45.760000.
_DECIMALS: Final = range(5, 9)
_NORTH_AMERICAN: Final = (3, 3, 4)
_OTHER_NUMBER: Final = re.compile(r"(?:ISBN(?:-1[03])?|ISSN|EAN|SIRE[NT]|DOI)\W{0,4}\Z", re.IGNORECASE)
_LABELLED: Final = re.compile(
    r"(?<!\w)(?:t[ée]l(?:[ée]phone)?|portable|mobile|phone|whatsapp|fax)\W{0,4}\Z", re.IGNORECASE
)
#: How far before a number its label is looked for.
_LABEL_REACH: Final = 16


#: As many digits as the shortest number has but one, with what may stand between them. It begins with a digit, and not
#: with a group, so that the search skips what is none.
_HINT_OF_NUMBER: Final = re.compile(rf"\d(?:[{_SEPARATORS}]*+\d){{{_MIN_DIGITS - 2}}}")


def may_hold_number(text: str) -> bool:
    """Tell whether :func:`numbers` is worth asking."""
    return len(text) >= _MIN_DIGITS - 1 and _HINT_OF_NUMBER.search(text) is not None


def numbers(text: str) -> Iterator[Span]:
    """Yield where telephone numbers stand.

    They are those that begin with ``+`` or ``00`` and a country code, those of ten digits that begin with
    ``0`` and are grouped as people group them, those of North America (``514-555-0123``), and what
    follows a word such as "tél.". Dates, times, ISBN, coordinates and money are none.

    >>> text = "le 2021/12/02 à 14:09, 06 12 34 56 78 ou +33 (0)6.12.34.56.78 (45.76000, 4.83500)"
    >>> [text[start:end] for start, end in numbers(text)]
    ['06 12 34 56 78', '+33 (0)6.12.34.56.78']
    """
    done = 0
    for run in _DIGITS.finditer(text):
        groups = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
        first = 0
        while first < len(groups):
            start, end = groups[first]
            leads = first == 0 or groups[first - 1][1] == done
            count = 0
            if start - 1 == done or not _TAIL.match(text, max(0, start - 2), start):
                # No number has more groups than digits.
                count = _number_length(text, groups[first : first + _MAX_DIGITS + 2], leads)
            if count:
                done = groups[first + count - 1][1]
                yield _number_start(text, start, end), done
            first += count or 1


def _number_start(text: str, start: int, end: int) -> int:
    """Take in the plus sign, and the bracket if it is the first group that is in brackets."""
    if text[start - 1 : start] == "+":
        start -= 1
    return start - (text[start - 1 : start] == "(" and text[end : end + 1] == ")")


def _number_length(text: str, groups: list[Span], leads: bool) -> int:
    """Return how many of ``groups`` are a telephone number that begins with the first one, or 0.

    :param leads: whether no digits stand before the first group, other than those of another number
    """
    start, end = groups[0]
    plus = text[start - 1 : start] == "+"
    # What most figures are, told soon.
    if not leads and text[start] != "0" and end - start != 3:
        return 0
    if text[start:end] == "0" and (len(groups) == 1 or text[groups[1][0]] == "0"):
        return 0
    gaps = [text[left[1] : right[0]] for left, right in pairwise(groups)]
    near = next((n for n, gap in enumerate(gaps) if len(gap) > _MAX_GAP), len(gaps)) + 1
    sizes = tuple(end - begin for begin, end in groups[:near])
    totals = list(accumulate(sizes))
    fitting = sum(total <= _MAX_DIGITS + 2 * (not plus) for total in totals)
    if not fitting or totals[-1] < _MIN_DIGITS - 1:
        return 0
    digits = "".join(_ascii(text[begin:end]) for begin, end in groups[:fitting])
    before = text[max(0, start - _LABEL_REACH) : start]
    count = 0
    if plus:
        count = _international(digits, totals[:fitting], gaps)
    elif digits.startswith("00"):
        count = _international(digits[2:], [total - 2 for total in totals[:fitting]], gaps)
    elif digits.startswith("0") and not _OTHER_NUMBER.search(before):
        count = _national(digits, sizes, totals, gaps)
    elif sizes[:3] == _NORTH_AMERICAN:
        count = _north_american(digits, gaps)
    if not count and leads and _LABELLED.search(before):
        count = 0 if sizes in _DATES or totals[fitting - 1] < _MIN_DIGITS - 1 else fitting
    last = groups[count - 1][1]
    return 0 if _is_wordlike(text[last : last + 1]) else count


def _ascii(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(unicodedata.decimal(digit)) for digit in digits)


def _is_wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"


def _international(digits: str, totals: list[int], gaps: list[str]) -> int:
    """Return how many groups make a number with a country code: the most that its country's plan allows."""
    code = next((digits[:size] for size in (1, 2, 3) if _national_sizes(digits[:size])), "")
    decimal = gaps[:1] == ["."] and len(totals) > 1 and totals[1] - totals[0] in _DECIMALS
    if not code or decimal:
        return 0
    for count in range(len(totals), 0, -1):
        national = digits[len(code) : max(totals[count - 1], 0)]
        if code != "39":  # Italy dials the zero that others put in brackets
            national = national.removeprefix("0")
        fits = len(national) in _national_sizes(code) and len(code) + len(national) >= _MIN_DIGITS
        if fits and (code == "39" or national[0] != "0"):
            return count
    # A digit too many or too few is still somebody's number.
    meant = _MIN_DIGITS < totals[-1] <= _MAX_DIGITS and digits[len(code) : len(code) + 3].strip("0")
    return len(totals) if meant else 0


@functools.cache
def _national_sizes(code: str) -> frozenset[int]:
    """Return how long numbers after a country code can be: nothing for what is no country code."""
    import phonenumbers

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()) if code else ()
    if not regions or code.startswith("0"):
        return frozenset()
    plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0])
    sizes = plan.general_desc if plan else None
    return frozenset(sizes.possible_length) if sizes else frozenset()


def _national(digits: str, sizes: tuple[int, ...], totals: list[int], gaps: list[str]) -> int:
    if digits[1:2] in ("", "0") or 10 not in totals:
        return 0
    count = totals.index(10) + 1
    between = gaps[: count - 1]
    slashes = sum("/" in gap for gap in between)
    if sizes[:count] not in _SHAPES or slashes not in (0, 4):
        return 0
    # 02.12.21 14.09 is a date and a time.
    dated = count == 5 and between[0] == between[1] in (".", "-") and between[2].isspace() and not between[3].isspace()
    return 0 if dated else count


def _north_american(digits: str, gaps: list[str]) -> int:
    grouped = gaps[0] and gaps[1] and not (gaps[0] + gaps[1]).isspace() and "/" not in gaps[0] + gaps[1]
    ends = len(gaps) < 3 or gaps[2].strip("-") != ""  # else it goes on as an ISBN does
    return 3 if grouped and ends and digits[0] > "1" and digits[3] > "1" else 0
