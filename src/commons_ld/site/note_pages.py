"""Part the notes of a long chat among pages, so that none is longer than a reader and a browser can bear."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from commons_ld.messages import Language
from commons_ld.site.escaping import escaped
from commons_ld.site.layout import nth, page_name, root_of
from commons_ld.site.record_view import Note

__all__ = ["ROOM", "Parted"]

#: Bytes of notes on a page that holds nothing else; with its frame and its style it stays below 100 KB.
ROOM: Final = 60_000
#: What of a page is marks: around a note, around a paragraph of it, and around the chapter that it is, with its title.
_NOTE, _PARAGRAPH, _CHAPTER = 280, 30, 400


class Parted:
    """The notes of a record, by page.

    :param path: of the page of the record
    :param address: of the recording that notes lead to
    :param room: bytes of notes on the first page; without, all of them stand there
    """

    def __init__(self, path: str, notes: Sequence[Note], address: str = "", room: int | None = None) -> None:
        self._path: Final = path
        # A note leads to the recording twice, and to the note that it answers once.
        chapter, reply = _CHAPTER + 2 * len(address.encode()), len(path)
        #: Where each page begins among the notes, and the number of its first one.
        self._starts: Final[list[int]] = [0]
        for place, note in enumerate(notes if room is not None else ()):
            taken = weight(note) + (0 if note.offset is None else chapter) + (reply if note.reply_to else 0)
            room = (room or 0) - taken
            if room < 0 and place > self._starts[-1]:
                self._starts.append(place)
                room = ROOM - taken
        self._firsts: Final = [notes[start].number for start in self._starts] if notes else []
        self._count: Final = len(notes)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._starts)

    @property
    def firsts(self) -> str:
        """The number of the first note of each page but the first, for the script that looks a note up."""
        return " ".join(map(str, self._firsts[1:]))

    def on(self, page: int) -> slice:
        """Return which of the notes stand on a page, counted from 1."""
        return slice(self._starts[page - 1], self._starts[page] if page < self.pages else self._count)

    def leads(self, number: int, page: int, language: Language) -> str:
        """Return how one leads to a note from a page."""
        target = bisect_right(self._firsts, number) or 1
        place = f"#note-{number}"
        return (
            place
            if target == page
            else f"{root_of(nth(self._path, page))}{page_name(nth(self._path, target), language)}{place}"
        )


def weight(note: Note) -> int:
    """Return about how many bytes a note takes on a page, rather more than fewer; its links are not counted."""
    texts = sum(len(escaped(text.text).encode()) + _PARAGRAPH * (1 + text.text.count("\n\n")) for text in note.texts)
    author = 2 * len(escaped(note.author.text).encode())
    return _NOTE + author + texts
