"""The IRIs of the archive: minted here, and taken apart again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal, cast
from urllib.parse import urlsplit

import msgspec

__all__ = [
    "MAX_LENGTH",
    "RECORDS",
    "RESERVED",
    "Iri",
    "IriPolicy",
    "Kind",
    "is_plain",
    "numbered",
    "slug",
    "to_address",
    "to_iri",
]

Kind = Literal["session", "media", "person", "organization", "collection", "concept", "graph", "description"]

#: The kinds that records are of.
RECORDS: Final[tuple[Kind, ...]] = ("session", "media")
#: Names below ``graph/`` that no record can have: those graphs belong to none.
RESERVED: Final = frozenset({"alignments", "catalog", "concepts", "crosswalk", "ledger", "registers"})

#: Longer IRIs are refused: stores in wide use cut them without a word.
MAX_LENGTH: Final = 1000

#: Letters that have no decomposition into a base letter and marks (Unicode, chapter 7.1).
_LETTERS: Final = str.maketrans(
    {
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "ß": "ss",
        "ø": "o",
        "Ø": "o",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "Đ": "d",
        "·": "-",
    }
)
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")
#: The marks that letters have (Unicode block Combining Diacritical Marks), all but one that joins what it is between.
_MARKS: Final = re.compile("[\u0300-\u034e\u0350-\u036f]+")
#: What RFC 3987 lets stand in an IRI reference as it is; everything else is percent-encoded as UTF-8.
_SAFE: Final = "!$%&'()*+,-./:;=?@_~"
_BARE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")

#: How long the name of a thing is at the most.
_LONGEST: Final = 80


def slug(title: str) -> str:
    """Return the name of ``title`` in an IRI: lower-case ASCII letters, digits and hyphens.

    A title that leaves nothing of that (one in another script) is spelled by its code points.

    >>> slug("21.12 Plaidoyer 2022"), slug("Maîtrise de l'eau"), slug("Œuvre")
    ('21-12-plaidoyer-2022', 'maitrise-de-l-eau', 'oeuvre')
    >>> slug("李娜")
    'u674e-u5a1c'
    """
    bare = _NOT_SLUG.sub("-", _without_marks(title)).strip("-")
    if not bare:
        bare = "-".join(f"u{ord(c):04x}" for c in title[: _LONGEST // 6] if not c.isspace()) or "untitled"
    return bare[:_LONGEST].rstrip("-")


def _without_marks(title: str) -> str:
    """Return a title in small letters, of which none has a mark."""
    if title.isascii():
        return title.lower()
    decomposed = unicodedata.normalize("NFKD", title.translate(_LETTERS).casefold())
    bare = _MARKS.sub("", decomposed)
    return bare if bare.isascii() else "".join(c for c in bare if not unicodedata.combining(c))


def numbered(name: str, taken: Callable[[str], bool]) -> str:
    """Return ``name``, or ``name-2``, ``name-3`` …: the first that is not taken.

    >>> numbered("plaidoyer", {"plaidoyer", "plaidoyer-2"}.__contains__)
    'plaidoyer-3'
    """
    number, free = 1, name
    while taken(free):
        number += 1
        free = f"{name}-{number}"
    return free


def to_iri(text: str) -> str | None:
    """Return ``text`` as an absolute http, https or ftp IRI of ASCII characters, or ``None`` if it cannot be one.

    What can be percent-encoded is (RFC 3987, section 3.1); a host is encoded by IDNA.

    >>> to_iri("https://exemple.test/a b?x=é")
    'https://exemple.test/a%20b?x=%C3%A9'
    >>> to_iri("javascript:alert(1)") is None
    True
    """
    return text if is_plain(text) and len(text) <= MAX_LENGTH else _to_encoded(text.strip())


def to_address(iri: str) -> str:
    """Return what is asked for where an IRI leads: the URI of it (RFC 3987, section 3.1), or itself where it has none.

    >>> to_address("https://été.test/communs/été/")
    'https://xn--t-9fab.test/communs/%C3%A9t%C3%A9/'
    """
    return to_iri(iri) or iri


#: Tells of most addresses that nothing in them has to be encoded.
is_plain: Final = re.compile(
    r"https?://[a-z0-9._-]++(?:[/?][A-Za-z0-9!$&'()*+,./:;=?@_~-]*+)?+(?:#[A-Za-z0-9!$&'()*+,./:;=?@_~-]*+)?+"
).fullmatch
#: What most other addresses begin with: a scheme, and a host alone.
_BEGINNING: Final = re.compile(r"https?://[a-z0-9._-]++(?=[/?#]|\Z)")
_HOST: Final = re.compile(r"[a-z0-9._:-]+")


def _to_encoded(text: str) -> str | None:
    if not text.isprintable() and any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text):
        return None
    if match := _BEGINNING.match(text):
        beginning, rest = match[0], text[match.end() :]
    elif parted := _parted(text):
        beginning, rest = parted
    else:
        return None
    path, hash_, fragment = rest.partition("#")
    iri = f"{beginning}{_encode(path)}{hash_}{_encode(fragment)}"
    return iri if len(iri) <= MAX_LENGTH else None


def _parted(text: str) -> tuple[str, str] | None:
    """Return the scheme and authority of an address as an IRI has them, and what follows; nothing where it is none."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        if parts.scheme not in ("http", "https", "ftp") or not host or "@" in parts.netloc:
            return None
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if not _HOST.fullmatch(host):
        return None
    authority = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    return f"{parts.scheme}://{authority}", text.split("//", 1)[1][len(parts.netloc) :]


def _encode(text: str) -> str:
    return _UNSAFE.sub(_percent, _BARE_PERCENT.sub("%25", text))


#: Whatever :data:`_SAFE` does not list, letters and digits aside.
_UNSAFE: Final = re.compile(rf"[^A-Za-z0-9{re.escape(_SAFE)}]+")


def _percent(found: re.Match[str]) -> str:
    return "%" + found[0].encode().hex("%").upper()


class Iri(msgspec.Struct, frozen=True):
    """An IRI of the archive, taken apart.

    :param part: ``recording``, ``place``, ``geo``, ``note``, ``participant``, ``document``; of a description
        ``activity``, ``checksum``, ``export``, ``revision``, ``source``, ``source-checksum``; or ``""``: the thing
        itself
    :param number: of the note, participant or document; 0 for a part there is one of
    """

    kind: Kind
    slug: str
    part: str = ""
    number: int = 0


class IriPolicy(msgspec.Struct, frozen=True):
    """How the IRIs of one archive are made, and how they are read.

    :param base_iri: what all of them begin with

    >>> policy = IriPolicy("https://example.org/")
    >>> policy.mint("session", "21-12-plaidoyer-2022", "note", 2)
    'https://example.org/session/21-12-plaidoyer-2022/note/2'
    >>> policy.parse(_)
    Iri(kind='session', slug='21-12-plaidoyer-2022', part='note', number=2)
    """

    base_iri: str

    def mint(self, kind: Kind, slug: str, part: str = "", number: int = 0) -> str:
        """Return the IRI of a thing, or of a part of a record."""
        iri = f"{self.base_iri}{kind}/{slug}"
        if part:
            iri += f"/{part}"
        if number:
            iri += f"/{number}"
        return iri

    def parse(self, iri: str) -> Iri | None:
        """Return what ``iri`` names, or ``None`` if this archive does not mint such an IRI."""
        match = _IRI.fullmatch(iri.removeprefix(self.base_iri)) if iri.startswith(self.base_iri) else None
        if match is None:
            return None
        kind, name, single, numbered, number, described, aspect = match.groups()
        if described:
            return Iri("description", described, aspect or "")
        return Iri(cast("Kind", kind), name, single or numbered or "", int(number or 0))

    @property
    def dataset(self) -> str:
        """The IRI of the dataset as a whole."""
        return f"{self.base_iri}dataset"


_IRI: Final = re.compile(
    r"(session|media|person|organization|collection|concept|graph)/([a-z0-9-]+)"
    r"(?:/(recording|place|geo)|/(note|participant|document)/([1-9][0-9]*))?"
    r"|description/([a-z0-9-]+)(?:/(activity|checksum|export|revision|source|source-checksum))?"
)
