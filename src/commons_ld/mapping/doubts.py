"""What of a record is published as the page has it, and is likely to be a slip: told, and never mended here."""

from __future__ import annotations

import re
from typing import Final

from commons_ld.likeness import is_slip, to_key
from commons_ld.mapping.page import Page
from commons_ld.media_types import ANY_MEDIUM, MEDIA_TYPES, MediaType
from commons_ld.memo import Memo
from commons_ld.rdf import terms
from commons_ld.registers import Registers
from commons_ld.settings import Settings
from commons_ld.text import fold

__all__ = ["Doubts"]

#: What stands between the names of two persons.
_AND: Final = re.compile(r"\s(?:et|and|&)\s", re.IGNORECASE)
#: How nearly every duration is written, and what any recording may have: most records have one that no other has.
_USUAL: Final = re.compile(r"(?!0?0:00:00)(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
#: Media whose length is a time.
_PLAYED: Final = frozenset({"dcmitype:Sound", "dcmitype:MovingImage"})
_ALL: Final = frozenset(medium.dcmi for medium in (*MEDIA_TYPES.values(), ANY_MEDIUM))
_DAY: Final = 24 * 60 * 60


class Doubts:
    """What is asked of each record of one archive.

    :param settings: which collections are those of sessions, and who is an organization
    :param registers: which names are those of one person, or organization, whatever they look like
    """

    def __init__(self, settings: Settings, registers: Registers) -> None:
        self._organizations: Final = frozenset(fold(name) for name in settings.agents.organizations)
        self._registers: Final = registers
        self._sessions: Final = {to_key(name): name for name in settings.sessions.collections}
        self._unlikely: Final = Memo(_unlikely_of, limit=8192)
        self._meant: Final = Memo(self._collection_meant, limit=1024)
        self._several: Final = Memo(self._are_several, limit=8192)

    def raise_in(self, page: Page, medium: MediaType) -> None:
        """Remark what of a record is likely to be a slip."""
        record = page.record
        duration = record.duration
        if duration and not _USUAL.fullmatch(duration) and medium.dcmi in self._unlikely[duration]:
            page.remark("doubtful-duration", "duration", duration)
        for name in record.collections:
            if meant := self._meant[name]:
                page.remark("misspelt-collection", "collections", name, meant)
        for field, names in (("authors", record.authors), ("participants", record.participants)):
            for name in names:
                if self._several[name]:
                    page.remark("names-in-one", field, name)

    def _collection_meant(self, name: str) -> str:
        """Return the collection of sessions that is probably meant by a name that is that of none."""
        key = to_key(name)
        return (
            ""
            if key in self._sessions
            else next((name for own, name in self._sessions.items() if is_slip(key, own)), "")
        )

    def _are_several(self, name: str) -> bool:
        return bool(_AND.search(name)) and fold(name) not in self._organizations and not self._registers.find(name)


def _unlikely_of(value: str) -> frozenset[str]:
    """Return the media that hardly are so long.

    >>> [sorted(_unlikely_of(value)) for value in ("00:45:00", "12 pages")]
    [[], ['dcmitype:MovingImage', 'dcmitype:Sound']]
    >>> _unlikely_of("00:00:00") == _unlikely_of("45:00:00") == _ALL
    True
    """
    seconds = terms.seconds_of(value)
    if seconds is None:
        return _PLAYED if terms.pages(value) else frozenset()
    return frozenset() if 0 < seconds <= _DAY else _ALL
