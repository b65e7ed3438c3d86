"""What a record is: a session or another medium, of which media type, and where its page on the wiki is."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from commons_ld.iris import Kind
from commons_ld.record import RecordFields
from commons_ld.settings import Settings
from commons_ld.text import fold, in_address

__all__ = ["ANY_MEDIUM", "MEDIA_TYPES", "MediaType", "kind_of", "wiki_page"]


class MediaType(NamedTuple):
    """What a media type of the archive is, as classes: of a medium, of a session's recording, and in DCMI's terms."""

    medium: str
    recording: str
    dcmi: str


#: Media types, by their names as :func:`~commons_ld.text.fold` leaves them.
MEDIA_TYPES: Final = {
    "audio": MediaType("schema:AudioObject", "schema:AudioObject", "dcmitype:Sound"),
    "video": MediaType("schema:VideoObject", "schema:VideoObject", "dcmitype:MovingImage"),
    "texte": MediaType("schema:CreativeWork", "schema:CreativeWork", "dcmitype:Text"),
    "text": MediaType("schema:CreativeWork", "schema:CreativeWork", "dcmitype:Text"),
    "fiche": MediaType("schema:CreativeWork", "schema:CreativeWork", "dcmitype:Text"),
    "multimedia": MediaType("schema:CreativeWork", "schema:MediaObject", "dcmitype:InteractiveResource"),
}
#: What a medium of no known type is.
ANY_MEDIUM: Final = MediaType("schema:CreativeWork", "schema:MediaObject", "")

_SESSION_TITLE: Final = re.compile(r"[0-9]{2}\.(?:0[1-9]|1[0-2])(?![0-9])")
_SESSION_TOKEN: Final = re.compile(rb'"[0-9]{2}\.(?:0[1-9]|1[0-2])(?![0-9])')


def kind_of(record: RecordFields, settings: Settings) -> Kind:
    """Tell a session from another medium: by what the record says, its collections, or a title ``YY.MM``.

    >>> kind_of(RecordFields(title="21.12 Plaidoyer 2022"), Settings())
    'session'
    """
    if record.kind:
        return record.kind
    # A title that was not decoded begins with a quote.
    if _SESSION_TITLE.match(record.title) if isinstance(record.title, str) else _SESSION_TOKEN.match(record.title):
        return "session"
    sessions = {fold(name) for name in settings.sessions.collections}
    return "session" if any(fold(name) in sessions for name in record.collections) else "media"


def wiki_page(title: str, settings: Settings) -> str:
    """Return the address of the wiki page of that title, or ``""`` where the archive has no wiki.

    >>> wiki_page("21.12 Plaidoyer 2022", Settings())
    'https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022'
    """
    if not settings.wiki.page_url:
        return ""
    return settings.wiki.page_url.format(title=in_address(title))
