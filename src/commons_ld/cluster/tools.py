"""What the tasks of an export work with: made of the same settings and the same code on every machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import pickle
import platform
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from commons_ld import __version__
from commons_ld.artefacts import artefacts
from commons_ld.cluster.places import Place, place_of
from commons_ld.cluster.units import File, local
from commons_ld.cluster.words import cannot
from commons_ld.concepts import Concepts
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Exported
from commons_ld.pipeline.converting import Conversion, Wanted
from commons_ld.pipeline.made_with import LIBRARIES, code_digest
from commons_ld.pipeline.receiving import read_records
from commons_ld.pipeline.smw_exports import Exports, Known
from commons_ld.record import MediaRecord
from commons_ld.registers import Registers
from commons_ld.settings import Settings
from commons_ld.validation import Shapes

__all__ = ["AT_WORK", "Job", "Made", "Shared", "Tools", "made", "share"]

#: One task at a time works in a process, however many threads it has: Python lets no more than one go on at once, and
#: what tasks work with remembers what it met.
AT_WORK: Final = threading.Lock()


class Made(NamedTuple):
    """What the bytes of an export depend on besides its sources and its settings."""

    version: str
    code: str
    libraries: tuple[tuple[str, str], ...]

    def differs(self, other: Made) -> str:
        """Return what another one has otherwise, as a person is told of it, or ``""``.

        >>> Made("1", "a", (("zlib", "1.3"),)).differs(Made("1", "a", (("zlib", "1.2"),)))
        'zlib 1.2 ≠ 1.3'
        """
        for (name, mine), (_, theirs) in zip(self._parts(), other._parts(), strict=True):
            if mine != theirs:
                return f"{name} {theirs} ≠ {mine}"
        return ""

    def _parts(self) -> tuple[tuple[str, str], ...]:
        return (("commons-ld", self.version), *self.libraries, (f"commons-ld {self.version}: code", self.code[:12]))


@lru_cache(maxsize=1)
def made() -> Made:
    """Return what this process makes exports with."""
    libraries = [("Python", ".".join(platform.python_version_tuple()[:2])), ("zlib", zlib.ZLIB_RUNTIME_VERSION)]
    libraries += [(name, importlib.metadata.version(name)) for name in LIBRARIES]
    return Made(__version__, code_digest(), tuple(libraries))


class Job(NamedTuple):
    """What all tasks of an export share; a task carries this, and finds the rest in a file.

    :param place: the address where the publication is made
    :param shared: the name of the file
    :param sha256: of the file
    :param made: what the coordinator makes exports with, and every machine has to
    """

    place: str
    shared: str
    sha256: str
    made: Made


class Shared(NamedTuple):
    """What tasks make their tools of.

    :param exports: where exports of Semantic MediaWiki tell of which page, and not what they say
    :param files: these files, by what the ledger calls them
    """

    settings: Settings
    registers: Registers
    concepts: Concepts
    wanted: Wanted
    exports: Sequence[Exported]
    files: Mapping[str, File]


def share(address: str, folder: str, given: Shared) -> Job:
    """Write the file that all tasks share, and return what finds it.

    Nothing is in it that is not published, or says how: no name that is to be forgotten, nor a digest of one.

    :raises ClusterError: if it cannot be written
    """
    data = pickle.dumps(given)
    name = f"{folder}/shared"
    place_of(address).write(name, [data])
    return Job(address, name, hashlib.sha256(data).hexdigest(), made())


class Tools:
    """What the tasks of one export work with in this process."""

    def __init__(self, job: Job, given: Shared) -> None:
        self._given: Final = given
        self.settings: Final = given.settings
        self.policy: Final = IriPolicy(self.settings.base_iri)
        self.place: Final[Place] = place_of(job.place)
        #: What exports say of pages; whoever asks reads their files, since nothing is withheld in them yet.
        self.exports: Final = Exports(Known(given.exports), self._exported, self.settings.date_order)

    @classmethod
    def of(cls, job: Job) -> Tools:
        """Return the tools for an export; they are made once a process.

        :raises ClusterError: if this process would make other bytes, or cannot read what is shared
        """
        return _tools(job)

    @cached_property
    def conversion(self) -> Conversion:
        """What maps and validates."""
        shapes = Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"])
        given = self._given
        return Conversion(self.settings, shapes, given.concepts, given.registers, given.wanted)

    def _exported(self, digest: str) -> Iterator[MediaRecord]:
        with local(self._given.files[digest]) as found:
            yield from read_records(found, lambda _error: None)


@lru_cache(maxsize=1)
def _tools(job: Job) -> Tools:
    if difference := job.made.differs(made()):
        raise cannot(platform.node(), "other-code", value=difference)
    data = place_of(job.place).read(job.shared)
    if hashlib.sha256(data).hexdigest() != job.sha256:
        raise cannot(job.shared, "tampered")
    return Tools(job, pickle.loads(data))  # noqa: S301 - ours: its digest came with the task
