"""Read a chat log: its messages, their authors and times, and which of them are replies.

A message begins with ``[14:09] Name :``, or as a program saves it (:mod:`commons_ld.sources.chat_forms`), and its
text stands on the same line, in the paragraphs below it, or nowhere. A bullet is a reply to the last message that is
none, and so is what a program calls one. A message may lack its stamp: it is told from a paragraph by the name, if
the page gives that name elsewhere. What somebody wrote to one person alone is not read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from commons_ld.record import Note
from commons_ld.sources.chat_forms import STAMP, Form, Opening, forms_of, is_stamped, opening
from commons_ld.sources.draft import Line, paragraphs, unbullet
from commons_ld.text import fold

__all__ = ["Chat", "authors", "begins_message", "parse_chat"]

#: A longer text before a colon is a sentence, not a name.
_LONGEST_NAME: Final = 80
#: What Zoom writes above a reply, and in the place of one that is a sign; the words that it quotes may be cut.
_QUOTE: Final = r"\s[\"“«]\s?(?P<quote>[^\n]+?)(?:\.{3}|…)?\s?[\"”»]"
_REPLYING: Final = rf"(?:Replying to|Répondre à){_QUOTE}"
_ANSWERS: Final = (
    re.compile(rf"{_REPLYING}\n\s*+(?P<said>.*)", re.DOTALL),
    re.compile(rf"{_REPLYING}\s*+(?P<said>.*)", re.DOTALL),  # of a page whose lines became one
    re.compile(rf"(?:Reacted to|A réagi à){_QUOTE}\s(?:with|avec)\s(?P<said>\S.{{0,40}})"),
)
#: How many notes back what is quoted is looked for.
_FARTHEST: Final = 500


class Chat(NamedTuple):
    """What a chat log says.

    :param preamble: the lines before the first message
    :param said: the lines of the messages
    :param notes: the messages, in order
    :param lines: the line of each message
    :param orphans: the lines of the replies that stand before any message
    :param doubtful: the lines that look like a message of somebody unknown, without a stamp
    :param private: the lines of the messages to one person alone
    :param unread: the lines that begin as messages do and are none, such as who came and who left
    :param unseen: the names of those who wrote private messages, or to whom these were written
    """

    preamble: list[Line]
    said: list[Line]
    notes: list[Note]
    lines: list[int]
    orphans: list[int]
    doubtful: list[int]
    private: list[int]
    unread: list[int]
    unseen: dict[str, None]


class _Message(NamedTuple):
    author: str
    time: str
    said: str


def begins_message(text: str) -> bool:
    """Tell whether a line begins a message, by its stamp.

    >>> begins_message("  • [14:55] Remix the commons : @maximin goteo")
    True
    """
    return "[" in text and STAMP.match(unbullet(text)[1]) is not None


def authors(lines: Sequence[Line]) -> dict[str, str]:
    """Return the authors of the messages that have a stamp, by their folded names, in order of appearance.

    >>> authors([Line(1, "[14:54] marcel breal :"), Line(2, "Bonjour")])
    {'marcel breal': 'marcel breal'}
    """
    forms = forms_of(lines)
    found: dict[str, str] = {}
    for text in (unbullet(line.text)[1] for line in lines if forms or "[" in line.text):
        message = (opening(text, forms) if forms else None) or (_stamped(text, ()) if "[" in text else None)
        if message and message.author and not (isinstance(message, Opening) and message.recipient):
            found.setdefault(fold(message.author), message.author)
    return found


def parse_chat(lines: Sequence[Line], known: Collection[str]) -> Chat:
    """Return the messages of a chat log.

    :param known: names, folded, that make a line ``Name : …`` a message though it has no stamp

    >>> chat = parse_chat([Line(1, "[14:52] Ana : Oui"), Line(2, "• [14:53] Léo : Non"), Line(3, "Ana : Si")], {"ana"})
    >>> [(note.author, note.time, note.text, note.reply_to) for note in chat.notes]
    [('Ana', '14:52', 'Oui', 0), ('Léo', '14:53', 'Non', 1), ('Ana', '', 'Si', 0)]
    """
    reader = _Reader(forms_of(lines), known)
    for line in lines:
        reader.read(line)
    return reader.finish()


class _Reader:
    """A chat log that is being read line by line."""

    def __init__(self, forms: tuple[Form, ...], known: Collection[str]) -> None:
        self._forms, self._known = forms, known
        self._chat: Final = Chat([], [], [], [], [], [], [], [], {})
        #: The text of the last message, line by line.
        self._texts: list[str] = []
        #: Whether that is of the chat's messages; the lines of a private one, and of what is none, are not.
        self._is_shown = True
        #: What the messages say, with blanks alone between their words.
        self._texts_said: Final[list[str]] = []
        #: The last message that is no reply.
        self._answered = 0

    def read(self, line: Line) -> None:
        chat = self._chat
        if not line.text and chat.notes:
            self._texts.append("")
            return
        is_bullet, text = unbullet(line.text)
        if self._forms and self._is_of_program(text, line, is_bullet=is_bullet):
            return
        message = _stamped(text, self._known) or _unstamped(text, self._known)
        if message is None and chat.notes and _looks_like_a_speaker(text):
            # Taken for a message rather than for text of the one before, where a name would stay.
            author, said = _author_and_text(text)
            message = _Message(author, "", said)
            chat.doubtful.append(line.number)
        if message is not None:
            self._begin(message, line, is_bullet=is_bullet)
        elif chat.notes:
            self._texts.append(line.text)
            chat.said.append(line)
        else:
            chat.preamble.append(line)

    def _is_of_program(self, text: str, line: Line, *, is_bullet: bool) -> bool:
        """Read a line that a program began, or one that is not published."""
        opened = opening(text, self._forms)
        if opened and not opened.recipient:
            self._begin(_Message(opened.author, opened.time, opened.said), line, is_bullet=is_bullet)
        elif opened:
            self._hide()
            self._chat.private.append(line.number)
            self._chat.unseen.update(dict.fromkeys((opened.author, opened.recipient)))
        elif is_stamped(text, self._forms):
            self._hide()
            self._chat.unread.append(line.number)
        return opened is not None or not self._is_shown

    def finish(self) -> Chat:
        self._end()
        return self._chat

    def _hide(self) -> None:
        self._end()
        self._is_shown = False

    def _begin(self, message: _Message, line: Line, *, is_bullet: bool) -> None:
        self._end()
        chat = self._chat
        self._is_shown, self._texts = True, [message.said]
        if is_bullet and not self._answered:
            chat.orphans.append(line.number)
        chat.notes.append(Note(message.author, message.time, reply_to=self._answered if is_bullet else 0))
        chat.lines.append(line.number)
        chat.said.append(line)
        if not is_bullet:
            self._answered = len(chat.notes)

    def _end(self) -> None:
        """Give the last message its text."""
        if self._is_shown and self._chat.notes:
            note, text, answered = self._chat.notes[-1], paragraphs(self._texts), 0
            if self._forms:
                text, answered = self._answer(text)
                self._texts_said.append(" ".join(text.split()))
            self._chat.notes[-1] = Note(note.author, note.time, text, note.reply_to or answered)

    def _answer(self, text: str) -> tuple[str, int]:
        """Return what a text says besides the words that it quotes, and the number of the note that they are of."""
        match = next(filter(None, (answer.fullmatch(text) for answer in _ANSWERS)), None)
        if match is None:
            return text, 0
        begun = " ".join(match["quote"].split())
        count = len(self._texts_said)
        back = range(count, max(count - _FARTHEST, 0), -1)
        number = next((number for number in back if self._texts_said[number - 1].startswith(begun)), 0)
        # A private message that is quoted may be what is not found, and is not to be told.
        return (match["said"].strip(), number) if number or self._chat.private else (text, 0)


def _stamped(text: str, known: Collection[str]) -> _Message | None:
    stamp = STAMP.match(text)
    if stamp is None:
        return None
    author, said = _author_and_text(text[stamp.end() :])
    if not author and len(said) <= _LONGEST_NAME and fold(said) in known:
        author, said = said, ""  # the colon is missing
    return _Message(author, stamp["time"], said)


def _unstamped(text: str, known: Collection[str]) -> _Message | None:
    author, said = _author_and_text(text)
    return _Message(author, "", said) if author and fold(author) in known else None


def _author_and_text(text: str) -> tuple[str, str]:
    colon = text.find(":", 0, _LONGEST_NAME)
    if colon < 0 or text.startswith("//", colon + 1):
        return "", text.strip()
    return text[:colon].strip(), text[colon + 1 :].strip()


def _looks_like_a_speaker(text: str) -> bool:
    author, _ = _author_and_text(text)
    words = author.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() and not word.isupper() for word in words)
