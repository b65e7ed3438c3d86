r"""The lines that begin a message in the chats that programs of calls and messengers save, besides ``[14:09] Name :``.

Each program has forms of its own, which a chat is known by. Where a chat is of such a form, a line that begins as
its messages do and is none (who came, who left, a poll) is no text of the message above: it may name anybody.

>>> forms = forms_of([Line(1, "14:05:23\t From Ana to Everyone : Oui"), Line(2, "14:06:10\t From Ana to Léo : Non")])
>>> [form.program for form in forms], opening("14:07:00 De  Léo  à  Tout le monde : Si", forms)
(['Zoom'], Opening(author='Léo', time='14:07:00', said='Si', recipient=''))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from commons_ld.sources.draft import Line, unbullet

__all__ = ["FORMS", "STAMP", "Form", "Opening", "begins_a_line", "forms_of", "is_stamped", "opening"]

#: How a message of BigBlueButton begins, and so one of the archive's own.
STAMP: Final = re.compile(r"\[\s?(?P<time>\d{1,2}\s?[:hH.]\s?\d{2}(?:[:.]\d{2})?)\s?\]\s*")

#: Signs that tell a direction of writing, which messengers put around what they fill in.
_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_AROUND: Final = _MARKS + " \t\u00a0\u202f"
_HALF: Final = r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\.?(?!\w))?"
_TIME: Final = rf"(?P<time>\d{{1,2}}\s?[:.h]\s?\d{{2}}(?:[:.]\d{{2}})?){_HALF}"
_SECONDS: Final = rf"(?P<time>\d{{1,2}}:\d{{2}}:\d{{2}}){_HALF}"
_DATE: Final = r"(?P<date>\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?:\d{2})?)"
_MOMENT: Final = rf"{_DATE},?\s(?:(?:à|at)\s)?{_TIME}"
#: To whom what anybody may read is sent.
_ALL: Final = r"(?:[Ee]veryone|[Tt]out le monde|All [Pp]anelists and [Aa]ttendees)"
#: The words of Zoom for what is not; the last two were seen in no saved chat, and can only withhold.
_PRIVATE: Final = r"\((?i:direct message|privately|message direct|en privé|privé)\)"
_FROM, _TO, _SAID = r"(?:From|De)\s++", r"\s++(?:[Tt]o|[àÀ])\s++", r"(?P<said>.*)"
#: A name in which a colon cannot be told from the one behind it, and one in which it can.
_NAME, _ANY_NAME = r"(?P<author>[^:]{1,80}?)", r"(?P<author>.{1,80}?)"

#: What messengers write in the place of a text: a card of somebody's address, a reaction that was taken back.
_NO_TEXT: Final = re.compile(rf"[{_MARKS}].*|.{{1,120}}\.vcf\b.*|Removed an? .{{1,20}} reaction from\b.*")
#: What is so many hours in a recording, or more, is a time of day.
_LONGEST_CALL: Final = 6


class Form(NamedTuple):
    """How the lines of a chat begin.

    :param program: what saves it
    :param examples: lines that begin a message
    :param stamp: what every line begins with that begins anything, a time in it
    :param messages: what may follow; one with a recipient is private
    :param counts: whether its times are counted from the beginning of the recording
    """

    program: str
    examples: tuple[str, ...]
    stamp: re.Pattern[str]
    messages: tuple[re.Pattern[str], ...]
    counts: bool = False


class Opening(NamedTuple):
    """What the line says that begins a message.

    :param time: ``14:05:23``; with its day, ``02/12/2021 14:05``; or since the recording began, ``+00:12:34``
    :param recipient: who alone may read it; ``""`` for a message to all
    """

    author: str
    time: str
    said: str
    recipient: str = ""


def _form(program: str, examples: Sequence[str], stamp: str, *messages: str, counts: bool = False) -> Form:
    return Form(program, tuple(examples), re.compile(stamp), tuple(map(re.compile, messages)), counts)


_SAVED: Final = _form(
    "Zoom",
    [
        "14:05:23\t From Alice Exemple to Everyone : Bonjour",
        "14:05:23 De  Alice Exemple  à  Tout le monde:",
        "14:05:23\t From Alice Exemple to Basile Inventé (Direct Message) : Bonjour",
        "14:05:23 De  Alice Exemple  à  Basile Inventé(Message direct):",
    ],
    rf"{_SECONDS}\s++",
    rf"{_FROM}{_NAME}{_TO}{_ALL}\s?:\s*+{_SAID}",
    rf"{_FROM}{_ANY_NAME}{_TO}(?P<recipient>.{{1,80}}?)\s?{_PRIVATE}\s?:\s*+{_SAID}",
    rf"{_FROM}{_ANY_NAME}{_TO}{_ALL}\s?:\s*+{_SAID}",
    rf"{_FROM}(?P<author>[^:]{{1,80}}){_TO}(?P<recipient>[^:]{{1,80}}?)\s?:\s*+{_SAID}",
)
_OLD: Final = _form(
    "Zoom, older",
    [
        "14:05:23\t From  Alice Exemple : Bonjour",
        "14:05:23\t From  Alice Exemple  to  Basile Inventé(Privately) : Bonjour",
    ],
    rf"{_SECONDS}\s++",
    rf"{_FROM}{_ANY_NAME}{_TO}(?P<recipient>.{{1,80}}?)\s?{_PRIVATE}\s?:\s*+{_SAID}",
    rf"{_FROM}(?P<author>[^:]{{1,80}}){_TO}(?P<recipient>[^:]{{1,80}}?)\s?:\s*+{_SAID}",
    rf"From\s++{_NAME}\s?:\s*+{_SAID}",
)
_COPIED: Final = _form(
    "Zoom, copied from its window",
    ["From Alice Exemple to Everyone:  02:05 PM", "De Alice Exemple à tout le monde:  14:05"],
    r"",
    rf"{_FROM}{_ANY_NAME}{_TO}{_ALL}\s?:\s*+\(?{_TIME}\)?(?:\s++{_SAID})?",
    rf"{_FROM}{_ANY_NAME}{_TO}(?P<recipient>[^:]{{1,80}}?)\s?:\s*+\(?{_TIME}\)?(?:\s++{_SAID})?",
)
_RECORDED: Final = _form(
    "Zoom, beside a recording",
    ["00:12:34\tAlice Exemple:\tBonjour"],
    rf"{_SECONDS}\s++(?!From\s|De\s.{{1,80}}\sà\s)",
    rf"{_ANY_NAME}{_TO}(?P<recipient>.{{1,80}}?)\s?{_PRIVATE}\s?:\s*+{_SAID}",
    rf"(?P<author>[^\t]{{1,80}}?)\s?:\t\s*+{_SAID}",
    rf"{_NAME}\s?:(?:\s++{_SAID})?",
    counts=True,
)

#: The forms that are known; of two that a line has, the first is meant.
FORMS: Final = (
    _SAVED,
    _OLD,
    _COPIED,
    _RECORDED,
    _form(
        "BigBlueButton, with roles",
        ["[14:05] [Alice Exemple : MODERATOR]: Bonjour", "[14:05] [Alice Exemple : VIEWER]: Bonjour"],
        STAMP.pattern,
        rf"\[{_ANY_NAME}\s:\s(?:MODERATOR|VIEWER)\]:\s*+{_SAID}",
    ),
    _form(
        "WhatsApp on Android",
        [
            "02/12/2021, 14:05 - Alice Exemple: Bonjour",
            "02/12/2021 à 14:05 - Alice Exemple: Bonjour",
            "2021-12-02 14 h 05 - Alice Exemple: Bonjour",
            "12/2/21, 2:05 PM - Alice Exemple: Bonjour",
        ],
        rf"{_MOMENT}\s[-\u2013]\s",
        rf"{_NAME}\s?:(?:\s++{_SAID})?",
    ),
    _form(
        "WhatsApp on iOS, Signal (signal-export)",
        [
            "[02/12/2021 14:05:23] Alice Exemple: Bonjour",
            "[12/2/21, 2:05:23\u202fPM] Alice Exemple: Bonjour",
            "[2021-12-02, 14:05] Alice Exemple: Bonjour",
        ],
        rf"\[{_MOMENT}\]\s*",
        rf"{_NAME}\s?:(?:\s++{_SAID})?",
    ),
)


def _kind(text: str) -> str:
    """Return what tells of most lines that they begin no message: the first sign, or ``0`` for any figure."""
    return "0" if "0" <= text[:1] <= "9" else text[:1]


_BY_KIND: Final = {
    kind: tuple(form for form in FORMS if kind in map(_kind, form.examples))
    for kind in sorted({_kind(example) for form in FORMS for example in form.examples})
}


#: What a line begins with that may begin a message of any form, a bullet before it or none.
_MAY_BEGIN: Final = re.compile(r"[^\w\[]*+(?:[0-9]|\[|(?:From|De)\s)")


def forms_of(lines: Iterable[Line]) -> tuple[Form, ...]:
    """Return the forms of a chat: those in which a line of it is a message to all, or surely a private one.

    That of a name behind a time alone is one only where it is the first: a text may well begin so.
    """
    found: dict[str, Form] = {}
    is_first = True
    for text in (_bare(unbullet(line.text)[1]) for line in lines if _MAY_BEGIN.match(line.text)):
        stamp = STAMP.match(text) if text.startswith("[") else None
        if stamp is not None and not text.startswith("[", stamp.end()):
            is_first = False
            continue
        for form in _BY_KIND.get(_kind(text), ()):
            message = _read(text, form) if is_first or form is not _RECORDED else None
            if message is not None and (form is _OLD or not message.recipient):
                found.setdefault(form.program, _clocked(form, text))
                is_first = False
                break
    if _SAVED.program in found:
        # There a message to all says so, and one that does not is not surely to all.
        found.pop(_OLD.program, None)
    return tuple(found.values())


def _clocked(form: Form, text: str) -> Form:
    """Return a form that counts times as one that tells those of a clock, where a call would be too long for them."""
    is_clock = form.counts and int(text.partition(":")[0]) >= _LONGEST_CALL
    return form._replace(counts=False) if is_clock else form


def begins_a_line(text: str) -> bool:
    """Tell whether a text would begin a message in some chat, so that a new line before it is one.

    >>> begins_a_line("14:05:23 De Ana à Tout le monde : Oui"), begins_a_line("En 2021, Ana dit : oui")
    (True, False)
    """
    text = _bare(unbullet(text)[1])
    return STAMP.match(text) is not None or opening(text, _BY_KIND.get(_kind(text), ())) is not None


def is_stamped(text: str, forms: Iterable[Form]) -> bool:
    """Tell whether a line begins as the messages of a chat do, be it one or not."""
    text = _bare(text)
    return any(match.end() for form in forms if (match := form.stamp.match(text)))


def opening(text: str, forms: Iterable[Form]) -> Opening | None:
    """Return the message that a line begins in a chat of such forms, or ``None`` where it surely begins none."""
    text = _bare(text)
    return next((message for form in forms if (message := _read(text, form))), None)


def _bare(text: str) -> str:
    return text if text[:1].isalnum() else text.lstrip(_AROUND)


def _read(text: str, form: Form) -> Opening | None:
    stamp = form.stamp.match(text)
    if stamp is None:
        return None
    rest = text[stamp.end() :]
    match = next(filter(None, (message.fullmatch(rest) for message in form.messages)), None)
    if match is None:
        return None
    told = {"date": "", "half": "", "recipient": "", **stamp.groupdict(""), **match.groupdict("")}
    author, said = told["author"].strip(_AROUND + "~"), told["said"].rstrip()
    if not author or (not told["recipient"] and _NO_TEXT.fullmatch(said)):
        return None
    return Opening(author, _time(told, counts=form.counts), said.strip(_AROUND), told["recipient"].strip(_AROUND))


def _time(told: dict[str, str], *, counts: bool) -> str:
    time = "".join(told["time"].split())
    if told["half"]:
        hour, minutes = re.split("(?=[:.h])", time, maxsplit=1)
        time = f"{int(hour) % 12 + 12 * (told['half'] in 'Pp'):02}{minutes}"
    if told["date"]:
        return f"{_date(told['date'])} {time}"
    return f"+{time}" if counts else time


def _date(written: str) -> str:
    """Return a date with its whole year, and otherwise as it was written."""
    *first, last = re.split("([/.-])", written)
    return "".join([*first, f"20{last}" if len(last) == 2 and len(first[0]) < 4 else last])
