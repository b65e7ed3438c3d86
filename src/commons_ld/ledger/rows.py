"""What the publication ledger tells of a file, of a page, and of what an export says of one."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Changes", "Exported", "Holder", "Moves", "Page", "SourceFile", "Version"]


class SourceFile(NamedTuple):
    """A file that was read, as it was then."""

    size: int
    mtime_ns: int
    sha256: str


class Page(NamedTuple):
    """What the ledger knows of a page.

    :param key: what the source calls it, the same from run to run
    :param slug: its name in IRIs, for ever
    :param former_titles: MessagePack of the titles it had before
    :param record: JSON of its record, without personal data; kept only until it is mapped
    :param changed: whether it has to be mapped and validated again
    :param held: whether it is held back from the publication
    :param start: where its block begins in the N-Quads dump of the current publication, in bytes
    :param findings: MessagePack of what there is to say of it in a report
    :param reader: the name of the format that its source was read in
    :param described: how long its description is, which follows its block in the dump, in bytes
    :param record_sha256: of its record, without personal data
    :param renamed: whether it has another title than when it was published last
    """

    key: str
    path: str
    slug: str
    title: str
    former_titles: bytes
    record: bytes
    changed: bool
    subject: str
    sha256: str
    held: bool
    start: int
    length: int
    findings: bytes
    reader: str
    described: int
    description_sha256: str
    record_sha256: str
    renamed: bool


class Version(NamedTuple):
    """What was published of a page.

    :param slug: its name in IRIs
    :param is_settled: whether nothing is to be done again of it
    :param digests: the SHA-256 of its block, and that of its description; nothing if it is held back
    """

    slug: str
    is_settled: bool
    digests: bytes


class Changes(NamedTuple):
    """What is to be done of the pages.

    :param pages: how many there are
    :param changed: how many of them are mapped again
    :param new: how many of these were not published before
    :param naming: how many of these are only because a register tells otherwise of somebody whom they name
    :param gone: how many that were published are not there any more
    """

    pages: int
    changed: int
    new: int
    naming: int
    gone: int


class Exported(NamedTuple):
    """What an export says of a page, by where it stands; what it says is in the file alone.

    :param path: the file, as the ledger knows it
    :param number: which record of the file, counted from 0
    :param name: a digest of the title of the page
    :param key: what the page is known by if its number on the wiki is told, or ``""``
    :param saved: when the page was saved, as far as the export tells it
    :param sha256: of the record
    """

    path: str
    number: int
    name: str
    key: str
    saved: str
    sha256: str


class Holder(NamedTuple):
    """Who has a name in IRIs, and whether that page is still there."""

    key: str
    present: bool


class Moves:
    """By how much the blocks of pages that did not change moved in the dump: those after each other, together."""

    def __init__(self) -> None:
        #: The name in IRIs of the first page of each run of them, the first one after it, and by how many bytes they
        #: moved; ``""`` where none comes after it.
        self.runs: list[tuple[str, str, int]] = []
        self._by: int | None = None

    def meet(self, slug: str, by: int | None) -> None:
        """Note that from a page on all moved by so many bytes; by ``None`` where it changed, and is noted otherwise."""
        if by == self._by:
            return
        if self._by is not None:
            first, _, moved = self.runs[-1]
            self.runs[-1] = (first, slug, moved)
        if by is not None:
            self.runs.append((slug, "", by))
        self._by = by
