"""A recording that can be played, as players are told of it: what ``media.rq`` says, as a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from commons_ld.memo import Memo
from commons_ld.moments import Running
from commons_ld.rdf.namespaces import expand
from commons_ld.rendering.constructing import Rendering
from commons_ld.rendering.values import language, value

__all__ = ["Cue", "Episode", "chapter_title", "episode"]

_FILE: Final = f"> <{expand('schema:contentUrl')}> <".encode()
_TYPE: Final = f"<{expand('rdf:type')}>".encode()
_PROPERTIES: Final[Memo[str, bytes]] = Memo(lambda name: f"<{expand(f'schema:{name}')}>".encode())
_DURATION: Final = re.compile(r"P(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?")
#: What of a note names a chapter: more would not be read.
_SHOWN: Final = 80


def chapter_title(author: str, text: str) -> str:
    """Return what a note is called as a chapter: who wrote it, and its beginning, on one line.

    >>> chapter_title("Ana", "Où commence\\nla vallée ?")
    'Ana : Où commence la vallée ?'
    """
    line = " ".join(f"{author} : {text}".split() if author else text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


class Cue(NamedTuple):
    """A note at its time in the recording.

    :param start: in seconds from the beginning
    :param end: where the next one begins, or the recording ends
    """

    start: int
    end: int
    author: str
    text: str

    @property
    def title(self) -> str:
        """The beginning of the note, on one line."""
        return chapter_title(self.author, self.text)


class Episode(NamedTuple):
    """A recording with a file.

    :param published: the day of its publication, or else of its making: ``2021-12-02``, or ``""``
    :param seconds: how long it is, or 0 where that is not told
    :param people: the IRI, the name and the role of each contributor
    :param cues: the notes, where it is known when the recording began
    """

    iri: str
    title: str
    title_language: str
    description: str
    published: str
    language: str
    seconds: int
    file: str
    media_type: str
    picture: str
    rights: str
    publisher: str
    keywords: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...]
    cues: tuple[Cue, ...]


def episode(rendering: Rendering, block: bytes, description: bytes = b"") -> Episode | None:
    """Return the recording of a record, or ``None`` where no file of a known type is told.

    :param block: the record's graph, canonical N-Quads
    """
    if _FILE not in block:
        return None  # as the query would find out, in a tenth of the time of all renderings
    about: dict[str, dict[bytes, list[bytes]]] = {}
    for subject, predicate, term in rendering.construct("media", block, description):
        about.setdefault(subject[1:-1].decode(), {}).setdefault(predicate, []).append(term)
    record = next((iri for iri, said in about.items() if _TYPE in said), "")
    if not record:
        return None
    said = about[record]
    title = _terms(said, "name")[0]
    seconds = _seconds(_first(said, "duration"))
    return Episode(
        iri=record,
        title=value(title).decode(),
        title_language=language(title) or "und",
        description=_first(said, "description"),
        published=_first(said, "datePublished") or _first(said, "dateCreated"),
        language=_first(said, "inLanguage"),
        seconds=seconds,
        file=_first(said, "contentUrl"),
        media_type=_first(said, "encodingFormat"),
        picture=_first(said, "image"),
        rights=_first(said, "license"),
        publisher=_first(said, "publisher"),
        keywords=tuple(dict.fromkeys(_all(said, "keywords"))),
        people=tuple(
            (iri, _first(about.get(iri, {}), "name"), role)
            for name, role in (("creator", "author"), ("actor", "guest"))
            for iri in _all(said, name)
        ),
        cues=_cues(said, about, seconds),
    )


_Said = Mapping[bytes, list[bytes]]


def _cues(said: _Said, about: Mapping[str, _Said], seconds: int) -> tuple[Cue, ...]:
    """Return the notes that were written while the recording ran; none where its start or its length is not known."""
    running = Running.of(_all(said, "startDate"), seconds)
    if running is None:
        return ()
    notes = []
    for note in _all(said, "comment"):
        written = about.get(note, {})
        offset = running.offset(_first(written, "dateCreated"))
        if offset is not None:
            notes.append((offset, int(_first(written, "position") or 0), written))
    notes.sort(key=lambda one: one[:2], reverse=True)
    cues: list[Cue] = []
    end = later = seconds
    for start, _, written in notes:
        # Those of one moment end together, where the next one begins.
        if start < later:
            end, later = later, start
        cues.append(Cue(start, end, _first(written, "author"), _first(written, "text")))
    return tuple(reversed(cues))


def _terms(said: _Said, name: str) -> list[bytes]:
    return said.get(_PROPERTIES[name], [])


def _all(said: _Said, name: str) -> list[str]:
    return [value(term).decode() for term in _terms(said, name)]


def _first(said: _Said, name: str) -> str:
    return next((value(term).decode() for term in _terms(said, name)), "")


def _seconds(duration: str) -> int:
    match = _DURATION.fullmatch(duration)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
