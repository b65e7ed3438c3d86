"""Which chunks the N-Quads of a publication are put together from, as the export that wrote them noted it.

An export keeps beside its ledger how the dumps are put together, chunk by chunk, each with a hash of what is in it. Who
knows what was in a chunk need not read it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import stat
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.rdf.n_quads import n_quads_of

__all__ = ["KEPT", "SUMS", "Chunk", "chunks_of", "identifier", "named"]

#: The file of a state folder in which an export keeps it.
KEPT: Final = "dumps.sqlite"
#: The file that lists the others of a publication with their hashes, for ``sha256sum --check``.
SUMS: Final = "SHA256SUMS"


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """A chunk of the dumps: what its pieces are made of, and how long they are.

    :param key: the SHA-256 of the SHA-256 of each of its blocks; of what records share, that of its statements
    :param first: the name in IRIs of its first record, or ``""``
    :param is_shared: whether it is of things that records share
    :param sizes: in bytes: in each syntax that there is a dump in, then the same compressed, 0 where it is not
    :param is_first: whether its JSON-LD begins the dump, and so has no comma before it
    :param crc: the CRC-32 of its N-Quads, and that of the same compressed, where they are not written plain
    """

    key: bytes
    first: str = ""
    is_shared: bool = False
    sizes: tuple[int, ...] = ()
    is_first: bool = False
    crc: int = 0
    packed_crc: int = 0


def identifier(folder: Path) -> str:
    """Return the name of a publication that is sealed: it depends on nothing but its content."""
    with (folder / SUMS).open("rb") as file:
        return named(hashlib.file_digest(file, "sha256").hexdigest())


def named(sha256: str) -> str:
    """Return the name of a publication, given the hash of its sums."""
    return sha256[:16]


def chunks_of(folder: Path, state: Path) -> list[tuple[bytes, int]]:
    """Return key and length in bytes of each chunk of the N-Quads of a publication, in their order.

    :param folder: of the publication, which is behind no link
    :param state: the folder in which the export that wrote it keeps its state
    :return: nothing if that is not known: what is kept is not of this publication or damaged, or the N-Quads were
        written to since they were published, as far as their time of change tells
    """
    path = state / KEPT
    with contextlib.suppress(OSError, sqlite3.Error, msgspec.DecodeError):
        name, dump = identifier(folder), n_quads_of(folder)
        status, sealed = dump.stat(follow_symlinks=False), (folder / SUMS).stat(follow_symlinks=False)
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as kept:
            kept.execute("BEGIN")
            meta = dict(kept.execute("SELECT name, value FROM meta"))
            rows = [bytes(row[0]) for row in kept.execute("SELECT data FROM chunk ORDER BY number")]
        decode = msgspec.msgpack.Decoder(Chunk).decode
        chunks = [(chunk.key, chunk.sizes[0]) for chunk in map(decode, rows) if not chunk.is_shared]
        is_it = meta.get("publication") == name and meta.get("chunks") == hashlib.sha256(b"".join(rows)).hexdigest()
        is_whole = dump.suffix == ".gz" or status.st_size == sum(size for _, size in chunks)
        if is_it and is_whole and stat.S_ISREG(status.st_mode) and status.st_mtime_ns <= sealed.st_mtime_ns:
            return chunks
    return []
