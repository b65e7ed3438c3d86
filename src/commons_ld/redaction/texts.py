"""Replace what is personal in one text: addresses, numbers, names, mentions, and links that hold any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from commons_ld.redaction.contacts import (
    addresses,
    may_hold_address,
    may_hold_number,
    may_hold_spelled_address,
    numbers,
    spelled_addresses,
)
from commons_ld.redaction.names import Names

__all__ = ["Markers", "Redaction", "is_withheld", "markers"]


class Markers(NamedTuple):
    """What stands in a text where something was withheld, in one language."""

    address: str
    number: str
    link: str
    mention: str
    unnamed: str


_MARKERS: Final = {
    "fr": Markers(
        "[adresse retirée]",
        "[numéro retiré]",
        "[lien retiré]",
        "[mention retirée]",
        "[nom retiré]",
    ),
    "en": Markers(
        "[address withheld]",
        "[number withheld]",
        "[link withheld]",
        "[mention withheld]",
        "[name withheld]",
    ),
}


def markers(language: str) -> Markers:
    """Return the markers for texts in a language (BCP 47): French ones, or else English ones.

    >>> markers("fr-CA").address
    '[adresse retirée]'
    """
    return _MARKERS["fr" if language.casefold().split("-")[0] == "fr" else "en"]


#: What was withheld before. It is not looked at again, so that redacting twice is redacting once.
_WITHHELD: Final = re.compile(
    "|".join(re.escape(marker) for row in _MARKERS.values() for marker in row) + r"|Participant(?:·e)? \d++"
)


def _may_be_withheld(text: str) -> bool:
    return "[" in text or "Participant" in text


def is_withheld(text: str) -> bool:
    """Return whether nothing but markers is left of a text.

    >>> is_withheld("[adresse retirée]"), is_withheld("Ana ([adresse retirée])")
    (True, False)
    """
    return not any(map(str.isalnum, _WITHHELD.sub("", text) if _may_be_withheld(text) else text))


#: Links, and the paths of files that are escaped as links are.
_LINK: Final = re.compile(
    r"""(?i:(?:https?|ftps?)://|(?<!\w)www\.)[^\s<>"«»|{}\\^`\[\]]+"""
    r"|(?<![^\s<>])(?P<path>[^\s<>%]*+%[0-9A-Fa-f]{2}[^\s<>]*+)"
)
#: The beginning of an escaped letter with an accent (UTF-8). Other names are found without unescaping.
_ESCAPED_LETTER: Final = re.compile(r"%[C-Fc-f][0-9A-Fa-f]%")
_CLOSING: Final = ".,;:!?)'’…"
#: Links that dial a number.
_DIALLING: Final = re.compile(r"(?:\bwa\.me/|\b(?:phone|tel|mobile)=|\b(?:tel|sms):)[+ ]?\d{6}", re.IGNORECASE)

#: A place in a text, and what to put there; ``None`` leaves it, and nothing else looks at it.
Change = tuple[int, int, str | None]
Finder = Callable[[str], Iterable[Change]]


class Redaction:
    """How the texts of one record are redacted.

    :param marks: what is put in place of what is withheld
    :param contact: an address that stays
    :param names: the names of the record; ``None`` where names are published

    >>> Redaction(markers("en")).text("Write to nom@exemple.fr or 06 12 34 56 78.")
    'Write to [address withheld] or [number withheld].'
    """

    def __init__(self, marks: Markers, *, contact: str = "", names: Names | None = None) -> None:
        self._marks, self._names = marks, names
        self._contact = contact.strip().casefold().removeprefix("mailto:")

    def text(self, text: str, *, chat: bool = False) -> str:
        """Return ``text`` without what is personal, and otherwise as it was.

        :param chat: whether it comes from the chat, where a first name alone is a person
        """
        if not text:
            return text
        names = self._names
        has_number = may_hold_number(text)
        # Only those are asked that may find something: in most texts, none.
        finders: list[Finder] = []
        if _may_be_withheld(text):
            finders.append(_withheld)
        if has_number and "+" in text:
            finders.append(self._dialled)
        if "://" in text or "%" in text or "www." in text.lower():
            finders.append(self._links)
        if may_hold_address(text):
            finders.append(self._addresses)
        if may_hold_spelled_address(text):
            finders.append(self._spelled_addresses)
        if has_number:
            finders.append(self._numbers)
        if names and names.may_be_stamped(text):
            finders.append(lambda part: names.stamped(part, chat=chat))
        # What others take out may part words, so that names are looked for in what they leave.
        if names and (finders or names.may_be_in(text)):
            finders.append(lambda part: names.find(part, chat=chat))
        return _apply(finders, text) if finders else text

    def link(self, link: str) -> str:
        """Return ``link``, or ``""`` if it is personal: if it holds a name, an address or a number to dial.

        What is no link, such as the name of a file, is personal by any telephone number too; and so is what has a
        blank, since something stands beside the link then.
        """
        if not link:
            return ""
        plain = unquote(unquote(link))
        has_blank = len(plain.split()) > 1
        said = plain.replace("/", " ") if has_blank else link
        is_link = _LINK.match(link) is not None and not has_blank
        personal = self._is_personal(link) or (not is_link and any(new for _, _, new in self._numbers(said)))
        return "" if personal else link

    def _is_personal(self, link: str) -> bool:
        plain = unquote(unquote(link))
        return (
            (may_hold_address(plain) and any(new for _, _, new in self._addresses(plain)))
            or (may_hold_spelled_address(plain) and any(new for _, _, new in self._spelled_addresses(plain)))
            or _DIALLING.search(plain) is not None
            or ("+" in plain and any(new for _, _, new in self._dialled(plain)))
            or (self._names is not None and self._names.are_in(link))
        )

    def _links(self, text: str) -> Iterator[Change]:
        for match in _LINK.finditer(text):
            link = match[0].rstrip(_CLOSING)
            personal = self._is_personal(link) and (match["path"] is None or _ESCAPED_LETTER.search(link))
            if personal or match["path"] is None:
                yield match.start(), match.start() + len(link), self._marks.link if personal else None

    def _addresses(self, text: str) -> Iterator[Change]:
        return self._unless_contact(text, addresses(text))

    def _spelled_addresses(self, text: str) -> Iterator[Change]:
        return self._unless_contact(text, spelled_addresses(text))

    def _unless_contact(self, text: str, found: Iterable[tuple[int, int]]) -> Iterator[Change]:
        for start, end in found:
            address = text[start:end].casefold().removeprefix("mailto:")
            yield start, end, None if address == self._contact else self._marks.address

    def _dialled(self, text: str) -> Iterator[Change]:
        # With its plus sign a number is one even at the end of a link, where other figures are part of the link.
        return (change for change in self._numbers(text) if text[change[0] : change[0] + 2].lstrip("(").startswith("+"))

    def _numbers(self, text: str) -> Iterator[Change]:
        for start, end in numbers(text):
            same = _digits(text[start:end]) == _digits(self._contact)
            yield start, end, None if same else self._marks.number


def _withheld(text: str) -> Iterator[Change]:
    return ((*match.span(), None) for match in _WITHHELD.finditer(text))


def _digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number))


def _apply(finders: Iterable[Finder], text: str) -> str:
    """Let each finder look at what the ones before it have left, and make their changes."""
    parts = [text]  # by turns what is still to be looked at, and what is settled
    for find in finders:
        again: list[str] = []
        for index, part in enumerate(parts):
            if index % 2:
                again.append(part)
                continue
            done = 0
            for start, end, new in find(part):
                again += (part[done:start], part[start:end] if new is None else new)
                done = end
            again.append(part[done:])
        parts = again
    return "".join(parts)
