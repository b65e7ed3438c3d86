"""The address of a recording, from the service that broadcasts it and its identifier there."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from commons_ld.text import fold

__all__ = ["SERVICES", "broadcast_url"]

#: Where each service shows what has an identifier.
SERVICES: Final[dict[str, str]] = {
    "YouTube": "https://www.youtube.com/watch?v=",
    "Vimeo": "https://vimeo.com/",
    "Dailymotion": "https://www.dailymotion.com/video/",
    "Internet Archive": "https://archive.org/details/",
    "SoundCloud": "https://soundcloud.com/",
}
_BY_NAME: Final = {fold(name).replace(" ", ""): address for name, address in SERVICES.items()} | {
    "archive.org": SERVICES["Internet Archive"],
    "archive": SERVICES["Internet Archive"],
}


def broadcast_url(service: str, identifier: str) -> str:
    """Return the address of a recording, or ``""`` if the service is not known.

    An identifier that is an address already is that address.

    >>> broadcast_url("vimeo", "76979871")
    'https://vimeo.com/76979871'
    >>> broadcast_url("SoundCloud", "remix/appel en commun")
    'https://soundcloud.com/remix/appel%20en%20commun'
    """
    if identifier.lower().startswith(("https://", "http://")):
        return identifier
    address = _BY_NAME.get(fold(service[:80]).replace(" ", ""))
    return address + quote(identifier.strip("/"), safe="/-._~") if address else ""
