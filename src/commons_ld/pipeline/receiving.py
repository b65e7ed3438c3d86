"""Read files and withhold the personal data in them: what depends on nothing but the files, and processes can share."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from commons_ld.errors import MalformedSource, Reject, SourceError
from commons_ld.files.parts import Piece
from commons_ld.iris import slug
from commons_ld.media_types import wiki_page
from commons_ld.origin import Origin
from commons_ld.outputs.report import Refusal
from commons_ld.pipeline.finding import Found, digest_of
from commons_ld.pipeline.smw_exports import name_of, wiki_key
from commons_ld.privacy import Policy, redact, redact_error
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings
from commons_ld.sources import sidecar

__all__ = ["Lines", "Raw", "Receiving", "Taken", "complete", "is_page", "key_of", "read_records"]


class Raw(NamedTuple):
    """A record that was read, with all personal data still in it.

    :param key: what its page is known by
    :param record: with what exports say of it
    :param name: what exports find it by, or ``""``
    :param made_with: a digest of what they say
    """

    file: Found
    key: str
    record: MediaRecord
    name: str = ""
    made_with: str = ""


class Lines(NamedTuple):
    """Some lines of a file with a record a line."""

    file: Found
    piece: Piece


class Taken(NamedTuple):
    """A record without personal data, as the ledger takes it.

    :param called: its identifier, or its title where it has none
    :param slug: of its title
    :param record: as JSON
    """

    key: str
    title: str
    slug: str
    called: str
    origin: Origin
    record: bytes
    name: str
    made_with: str


class Receiving:
    """What takes records in; another process that is sent it makes one of its own, once."""

    def __init__(self, settings: Settings, policy: Policy) -> None:
        self._settings, self._policy = settings, policy

    def __reduce__(self) -> tuple[Callable[[bytes], Receiving], tuple[bytes]]:
        return _loaded, (pickle.dumps((self._settings, self._policy)),)

    def receive(self, given: Sequence[Raw | Found | Lines]) -> list[list[Taken | Refusal]]:
        """Return what the ledger is to take of each record that was read, or of what is to be read."""
        return [list(self._received(one)) for one in given]

    def taken(self, raw: Raw) -> Taken:
        """Return what the ledger is to take of a record."""
        record = complete(redact(raw.record, self._policy), raw.file, self._settings)
        return Taken(
            raw.key,
            record.title,
            slug(record.title),
            record.identifier or record.title,
            record.origin,
            msgspec.json.encode(record),
            raw.name,
            raw.made_with,
        )

    def refusal(self, error: SourceError) -> Refusal:
        """Return what is told of an error."""
        return Refusal.of(redact_error(error, self._policy))

    def raw(self, record: MediaRecord, file: Found) -> Raw:
        """Return a record with what its page is known by."""
        return Raw(file, key_of(record, file, self._policy), record, name_of(record) if is_page(record, file) else "")

    def _received(self, given: Raw | Found | Lines) -> Iterator[Taken | Refusal]:
        if isinstance(given, Raw):
            yield self.taken(given)
            return
        file = given.file if isinstance(given, Lines) else given
        refused: list[Refusal] = []
        for record in _read(given, lambda error: refused.append(self.refusal(error))):
            yield from refused
            refused.clear()
            yield self.taken(self.raw(record, file))
        yield from refused


def _read(given: Found | Lines, reject: Reject) -> Iterator[MediaRecord]:
    if isinstance(given, Found):
        return read_records(given, reject)
    if given.file.source is None:
        raise ValueError("lines of a file in no format that we know")
    origin = Origin(given.file.name, line=given.piece.line)
    return given.file.source.read(io.BytesIO(given.piece.data), origin=origin, reject=reject)


def read_records(found: Found, reject: Reject) -> Iterator[MediaRecord]:
    """Yield the records of one file, complete but with all personal data still in them.

    What is refused goes to ``reject``, and reading goes on; what breaks the whole file does so too, and the
    records that were yielded before stand.
    """
    origin = Origin(found.name)
    if found.source is None:
        code = "lone-sidecar" if found.sidecar else "unknown-format"
        reject(MalformedSource(code, origin=origin, value=found.path.suffix))
        return
    try:
        with found.path.open("rb") as stream:
            if found.sidecar is None:
                yield from found.source.read(stream, origin=origin, reject=reject)
                return
            told = sidecar.read_sidecar(found.sidecar, origin)
            sha1 = hashlib.file_digest(stream, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
            stream.seek(0)
            for record in found.source.read(stream, origin=origin, reject=reject):
                yield sidecar.described(record, told, sha1)
    except SourceError as error:
        reject(error)
    except OSError as error:
        reject(MalformedSource("unreadable", origin=origin, value=error.strerror or ""))


def complete(record: MediaRecord, file: Found, settings: Settings) -> MediaRecord:
    """Give a page of the wiki its address, which the page itself does not tell."""
    is_of_wiki = record.revision or (file.source and (file.source.is_page or file.source.is_export))
    if record.page or not is_of_wiki:
        return record
    return msgspec.structs.replace(record, page=wiki_page(record.title, settings))


def is_page(record: MediaRecord, file: Found) -> bool:
    """Tell whether a record is that of a page of a wiki, which something else may be exported of."""
    return (file.source is not None and file.source.is_page) or wiki_key(record) != ""


def key_of(record: MediaRecord, file: Found, policy: Policy) -> str:
    """Return what a record is known by from run to run: its page's number on the wiki, its file, or its identifier."""
    if record.revision and record.revision.page_id:
        return wiki_key(record) or f"{digest_of(file)}#{record.revision.page_id}"
    if file.source and file.source.is_page:
        return digest_of(file)
    name = record.identifier or record.title
    if policy.suppressed.is_in(name):
        name = hashlib.blake2b(name.encode(), key=policy.suppressed.key, digest_size=16).hexdigest()
    return f"{digest_of(file)}#{name}"


@lru_cache(maxsize=1)
def _loaded(given: bytes) -> Receiving:
    return Receiving(*pickle.loads(given))  # noqa: S301 - our own
