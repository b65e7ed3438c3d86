"""Read a chat log: its messages, their authors and times, and which of them are replies.

A message begins with ``[14:09] Name :``, and its text stands on the same line, in the paragraphs below it,
or nowhere. A bullet is a reply to the last message that is none. A message may lack its stamp: it is told
from a paragraph by the name, if the page gives that name elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from commons_ld.record import Note
from commons_ld.sources.draft import Line, paragraphs, unbullet
from commons_ld.text import fold

__all__ = ["Chat", "authors", "begins_message", "parse_chat"]

_STAMP: Final = re.compile(r"\[\s?(\d{1,2}\s?[:hH.]\s?\d{2}(?:[:.]\d{2})?)\s?\]\s*")
#: A longer text before a colon is a sentence, not a name.
_LONGEST_NAME: Final = 80


class Chat(NamedTuple):
    """What a chat log says.

    :param preamble: the lines before the first message
    :param notes: the messages, in order
    :param lines: the line of each message
    :param orphans: the lines of the replies that stand before any message
    :param doubtful: the lines that look like a message of somebody unknown, without a stamp
    """

    preamble: list[Line]
    notes: list[Note]
    lines: list[int]
    orphans: list[int]
    doubtful: list[int]


class _Message(NamedTuple):
    author: str
    time: str
    said: str


def begins_message(text: str) -> bool:
    """Tell whether a line begins a message, by its stamp.

    >>> begins_message("  • [14:55] Remix the commons : @maximin goteo")
    True
    """
    return "[" in text and _STAMP.match(unbullet(text)[1]) is not None


def authors(lines: Iterable[Line]) -> dict[str, str]:
    """Return the authors of the messages that have a stamp, by their folded names, in order of appearance.

    >>> authors([Line(1, "[14:54] marcel breal :"), Line(2, "Bonjour")])
    {'marcel breal': 'marcel breal'}
    """
    found: dict[str, str] = {}
    for line in lines:
        message = _stamped(unbullet(line.text)[1], ()) if "[" in line.text else None
        if message is not None and message.author:
            found.setdefault(fold(message.author), message.author)
    return found


def parse_chat(lines: Sequence[Line], known: Collection[str]) -> Chat:
    """Return the messages of a chat log.

    :param known: names, folded, that make a line ``Name : …`` a message though it has no stamp

    >>> chat = parse_chat([Line(1, "[14:52] Ana : Oui"), Line(2, "• [14:53] Léo : Non"), Line(3, "Ana : Si")], {"ana"})
    >>> [(note.author, note.time, note.text, note.reply_to) for note in chat.notes]
    [('Ana', '14:52', 'Oui', 0), ('Léo', '14:53', 'Non', 1), ('Ana', '', 'Si', 0)]
    """
    chat = Chat([], [], [], [], [])
    texts: list[str] = []
    answered = 0
    for line in lines:
        if not line.text and chat.notes:
            texts.append("")
            continue
        is_bullet, text = unbullet(line.text)
        message = _stamped(text, known) or _unstamped(text, known)
        if message is None and chat.notes and _looks_like_a_speaker(text):
            # Taken for a message rather than for text of the one before, where a name would stay.
            author, said = _author_and_text(text)
            message = _Message(author, "", said)
            chat.doubtful.append(line.number)
        if message is None:
            if chat.notes:
                texts.append(line.text)
            else:
                chat.preamble.append(line)
            continue
        _end_message(chat, texts)
        texts = [message.said]
        if is_bullet and not answered:
            chat.orphans.append(line.number)
        chat.notes.append(Note(message.author, message.time, reply_to=answered if is_bullet else 0))
        chat.lines.append(line.number)
        if not is_bullet:
            answered = len(chat.notes)
    _end_message(chat, texts)
    return chat


def _end_message(chat: Chat, texts: list[str]) -> None:
    if chat.notes:
        note = chat.notes[-1]
        chat.notes[-1] = Note(note.author, note.time, paragraphs(texts), note.reply_to)


def _stamped(text: str, known: Collection[str]) -> _Message | None:
    stamp = _STAMP.match(text)
    if stamp is None:
        return None
    author, said = _author_and_text(text[stamp.end() :])
    if not author and len(said) <= _LONGEST_NAME and fold(said) in known:
        author, said = said, ""  # the colon is missing
    return _Message(author, stamp.group(1), said)


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
