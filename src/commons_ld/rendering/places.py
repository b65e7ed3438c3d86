"""Where the files of single recordings lie: what players read, each made of one record and gone with it."""

from __future__ import annotations

import re
from typing import Final

from commons_ld.iris import RECORDS

__all__ = ["FOLDERS", "chapters", "manifest", "record_of", "track"]

_MANIFESTS, _CHAPTERS, _TRACKS = "iiif/", "renderings/chapters/", "renderings/tracks/"
#: The folders, below the base; in each a file has the path of its record.
FOLDERS: Final = (_MANIFESTS, _CHAPTERS, _TRACKS)
_OF_RECORD: Final = re.compile(rf"(?:{'|'.join(FOLDERS)})?((?:{'|'.join(RECORDS)})/[a-z0-9-]+)(?:[./].*)?")


def manifest(record: str) -> str:
    """Return where the IIIF manifest of a record lies, by the path of the record.

    >>> manifest("session/a")
    'iiif/session/a/manifest.json'
    """
    return f"{_MANIFESTS}{record}/manifest.json"


def chapters(record: str) -> str:
    """Return where its chapters lie as JSON.

    >>> chapters("session/a")
    'renderings/chapters/session/a.json'
    """
    return f"{_CHAPTERS}{record}.json"


def track(record: str) -> str:
    """Return where its notes lie as a WebVTT track.

    >>> track("session/a")
    'renderings/tracks/session/a.vtt'
    """
    return f"{_TRACKS}{record}.vtt"


def record_of(path: str) -> str:
    """Return the path of the record that a file is about or made of, whether there is such a record or not.

    >>> record_of("renderings/tracks/session/a.vtt"), record_of("session/a.2.en.html"), record_of("concept/a.html")
    ('session/a', 'session/a', '')
    """
    found = _OF_RECORD.fullmatch(path)
    return found[1] if found else ""
