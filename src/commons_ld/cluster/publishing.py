"""The folder of a publication in shards: whole or not there, at a place where nothing can be swapped.

::

    publication.json        names the folder that is published, and is written last
    0f3a…/                  that folder: its name depends on what the publication is made of
        dataset/000000.nq   the shards, in their order: one after the other they are dataset.nq
        shards.json  manifest.json  void.nt  void.ttl  report/  ontology/  shapes/  context.jsonld  SHA256SUMS
    work/                   what tasks hand on to each other, while an export goes on
        owner               which export that is: one that begins later puts its own name there
        5c1e…/              what the tasks of that export hand on to each other

Nothing can be locked at such a place, and an export that was killed would hold a lock for ever. So an export that
begins takes the place over, and one that is still at work there finds that out before it publishes, and ends.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.cluster.making import Shard, Written
from commons_ld.cluster.places import Place
from commons_ld.cluster.words import cannot
from commons_ld.errors import ClusterError
from commons_ld.outputs.generation import SUMS, Generation

__all__ = ["Folder", "published"]

_WORK: Final = "work"
_MARK: Final = "owner"
_OWNER: Final = f"{_WORK}/{_MARK}"
_POINTER: Final = "publication.json"
_NAME: Final = re.compile(r"[0-9a-f]{16}")
_PIECE: Final = 1 << 20


class _Pointer(msgspec.Struct):
    """What ``publication.json`` says.

    :param publication: the folder that is published, or ``""`` before the first one is
    """

    publication: str = ""
    records: int = 0
    shards: int = 0


class Folder:
    """A place with a publication in shards.

    :raises ClusterError: if something else lies there, or it cannot be used
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._name: Final = secrets.token_hex(8)
        #: Where the files of the work lie, below the place.
        self.work: Final = f"{_WORK}/{self._name}"
        is_new = _pointer(place) is None
        place.write(_OWNER, [self._name.encode()])
        if is_new:
            place.write(_POINTER, [msgspec.json.encode(_Pointer())])
        #: The folder that was published when this was opened, or ``""``: from now on, whoever was at work here before
        #: publishes nothing.
        self.published: Final = published(place)
        self._sweep(self.published)

    def check(self) -> None:
        """See to it that no other export began here since this one did.

        :raises ClusterError: if one did
        """
        if not self._is_owner():
            raise self.taken_over()

    def _is_owner(self) -> bool:
        return _MARK in self._place.names(_WORK) and self._place.read(_OWNER) == self._name.encode()

    def _sweep(self, published: str) -> None:
        """Remove what killed exports left, and publications that are published no more."""
        for name in self._place.names(_WORK):
            if name != _MARK:
                self._place.remove(f"{_WORK}/{name}")
        for name in self._place.names():
            if _NAME.fullmatch(name) and name != published:
                self._place.remove(name)

    def publish(self, name: str, generation: Generation, shards: Sequence[Shard], others: Iterable[Written]) -> None:
        """Write what the coordinator made beside the shards, and publish it all.

        :param name: of the folder, where the shards are by now
        :param generation: the files, in a folder of this machine
        :param others: those that are there by now, besides the shards
        """
        told = [
            {"name": shard.files[0].name, "records": shard.records, "bytes": shard.size, "sha256": shard.sha256}
            for shard in shards
        ]
        records = sum(shard.records for shard in shards)
        rows = b",\n".join(msgspec.json.encode(row) for row in told)
        generation.write("shards.json", b'{"records":%d,"shards":[\n%b\n]}\n' % (records, rows))
        files = [Written(own, 0, generation.digest(own)) for own in generation.names()]
        for file in files:
            self._place.write(f"{name}/{file.name}", _pieces(generation.folder / file.name))
        files += [*others, *(file for shard in shards for file in shard.files)]
        sums = (f"{file.sha256}  {file.name}\n".encode() for file in sorted(files, key=lambda file: file.name.encode()))
        self._place.write(f"{name}/{SUMS}", sums)
        self.check()
        pointer = _Pointer(name, records, len(shards))
        self._place.write(_POINTER, [msgspec.json.encode(pointer) + b"\n"])
        self._sweep(name)
        self._place.remove(_WORK)

    def give_up(self) -> bool:
        """Remove what an export left that did not come to its end; what is published stands, and what others do.

        :return: whether another export began here since this one did, which may be why it did not
        """
        with suppress(ClusterError):  # how the export ended is told in any case, and the next one sweeps again
            is_owner = self._is_owner()
            self._place.remove(self.work)
            if not is_owner:
                return True
            self._sweep(self.published)
            self._place.remove(_WORK)
        return False

    def taken_over(self) -> ClusterError:
        """Return the error of an export that another one keeps from publishing."""
        return cannot(self._place.address, "taken-over")


def published(place: Place) -> str:
    """Return the name of the folder that is published at a place, or ``""`` where none is.

    :raises ClusterError: if something else lies there
    """
    pointer = _pointer(place)
    return pointer.publication if pointer else ""


def _pointer(place: Place) -> _Pointer | None:
    names = place.names()
    if not names:
        return None
    try:
        if _POINTER in names:
            return msgspec.json.decode(place.read(_POINTER), type=_Pointer)
    except msgspec.DecodeError as error:
        raise cannot(place.address, "not-ours") from error
    raise cannot(place.address, "not-ours")


def _pieces(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
