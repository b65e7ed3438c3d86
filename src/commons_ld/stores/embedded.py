"""The embedded store: generations of a publication on disk, one of which is the current one.

::

    <state>/store/<version>/       a generation: written once, then only read
    <state>/store/<version>.json   what is counted in it, for the description of the endpoint
    <state>/store/current          the name of the generation that is served, in one line

A new generation is loaded in a folder of its own beside the others and made current by the renaming of one small
file. Whatever ends the loading, be it SIGKILL, a reader finds the old generation whole or the new one whole. What a
killed loading left is swept by the next. One loading runs at a time. Who reads a generation for long holds it
(:func:`holding`): what is held is not swept.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from commons_ld.errors import PublicationError
from commons_ld.stores.publication import dump_of
from commons_ld.stores.union import load_with_union
from commons_ld.stores.values import Term, to_bytes
from commons_ld.stores.words import said

if TYPE_CHECKING:
    import pyoxigraph

__all__ = [
    "Statistics",
    "current",
    "generation_of",
    "graphs",
    "holding",
    "load",
    "refresh",
    "statistics",
    "sweep",
    "version_of",
]

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
#: How dumps are loaded: one that was loaded in another way is loaded again.
_LAYOUT: Final = 2
_POINTER: Final = "current"
_UNFINISHED: Final = ".loading"


class Statistics(msgspec.Struct, frozen=True):
    """What is counted in a generation (https://www.w3.org/TR/void/#statistics).

    :param triples: those of the union of all graphs: one that stands in two graphs counts once
    :param classes: of each class, how many things are of it
    :param properties: of each property, how many triples have it
    """

    triples: int = 0
    classes: dict[str, int] = msgspec.field(default_factory=dict)
    properties: dict[str, int] = msgspec.field(default_factory=dict)


def load(dump: Path, state: Path, *, version: str, waits: bool = False) -> Path:
    """Load an N-Quads dump into a new generation, make it the current one, and return its folder.

    A version that is there already is not loaded again. The generation before stays until the next loading; older
    ones are removed, unless somebody holds them.

    :param dump: the N-Quads of the whole publication
    :param state: the folder of the state
    :param version: what the generation is called: letters, digits, ``.``, ``_`` and ``-``
    :param waits: whether to wait for the end of another loading: it may be of the same dump
    :raises ValueError: the version is no such name
    :raises PublicationError: the dump cannot be read, another loading runs, the disk is full; what is current stands
    """
    if not _VERSION.fullmatch(version) or version == _POINTER:
        raise ValueError(f"no name of a generation: {version!r}")
    folder = state / "store"
    generation = folder / version
    if current(state) == generation:
        return generation  # without a lock, which a file system that is only read has no place for
    with _alone(folder, waits=waits):
        before = current(state)
        if before == generation:
            return generation
        _sweep(folder, keep={before, generation})
        unfinished = folder / _UNFINISHED
        try:
            # One that stands is whole: the publication before has come again.
            if not generation.is_dir():
                counted = _bulk_load(dump, unfinished)
                _counts(generation).write_bytes(msgspec.json.encode(counted, order="sorted"))
                unfinished.rename(generation)
            _point(folder, version)
        except OSError as error:
            raise PublicationError(folder, said("unwritable", error.strerror or error)) from error
        _sweep(folder, keep={before, generation})
    return generation


def sweep(state: Path) -> None:
    """Remove every generation but the current one, unless somebody holds it: it is removed at the next loading then.

    :raises PublicationError: another loading runs
    """
    folder = state / "store"
    with _alone(folder):
        _sweep(folder, keep={current(state)})


def version_of(publication: Path) -> str:
    """Return what the generation of a publication is called: by its bytes, and by how it is loaded.

    :raises PublicationError: if there is no publication, or it cannot be read
    """
    dump = dump_of(publication)
    try:
        with dump.open("rb") as file:
            return f"{_LAYOUT}-{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}"
    except OSError as error:
        raise PublicationError(dump, said("unreadable", error.strerror)) from error


def generation_of(publication: Path, state: Path) -> Path:
    """Return the folder of the generation of a publication, whether it is loaded or not.

    :raises PublicationError: if there is no publication, or it cannot be read
    """
    return state / "store" / version_of(publication)


def refresh(publication: Path, state: Path, *, waits: bool = False) -> Path:
    """Load a publication if it is another than the current one; return the generation.

    :param waits: as :func:`load` takes it
    :raises PublicationError: there is no publication, or it cannot be loaded
    """
    # The link may lead to the next publication at any time: the dump that is named is the one that is loaded.
    folder = publication.resolve() if publication.is_symlink() else publication
    return load(dump_of(folder), state, version=version_of(folder), waits=waits)


def graphs(generation: Path, iris: Sequence[str]) -> dict[str, list[bytes]]:
    """Return the statements of some graphs, as lines of N-Triples in no order.

    :raises PublicationError: if the generation cannot be read
    """
    import pyoxigraph as ox

    def term(found: object) -> bytes:
        if isinstance(found, ox.Literal):
            return to_bytes(Term("literal", found.value, found.datatype.value, found.language or ""))
        return to_bytes(Term("uri", found.value)) if isinstance(found, ox.NamedNode) else str(found).encode()

    try:
        store = ox.Store.read_only(str(generation))
        return {
            iri: [
                b" ".join((term(quad.subject), term(quad.predicate), term(quad.object), b"."))
                for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(iri))
            ]
            for iri in iris
        }
    except OSError as error:
        raise PublicationError(generation, said("store-broken", error.strerror or error)) from error


def current(state: Path) -> Path | None:
    """Return the folder of the current generation, or nothing where none was ever loaded."""
    folder = state / "store"
    try:
        version = (folder / _POINTER).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    generation = folder / version
    return generation if _VERSION.fullmatch(version) and generation.is_dir() else None


def statistics(generation: Path) -> Statistics:
    """Return what is counted in a generation.

    :raises PublicationError: if what was counted cannot be read any more
    """
    path = _counts(generation)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Statistics)
    except (OSError, msgspec.DecodeError) as error:
        raise PublicationError(path, said("store-broken", error)) from error


@contextmanager
def holding(generation: Path) -> Iterator[None]:
    """Keep a generation from being swept; the system lets go of it when the process ends, however it ends.

    :raises PublicationError: it is gone already
    """
    try:
        descriptor = os.open(generation, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise PublicationError(generation, said("store-broken", error.strerror or error)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _counts(generation: Path) -> Path:
    return generation.with_name(f"{generation.name}.json")


def _bulk_load(dump: Path, folder: Path) -> Statistics:
    """Load a dump into a store that nobody reads yet, and count what is in it."""
    import pyoxigraph

    try:
        store = pyoxigraph.Store(str(folder))
        load_with_union(store, dump, pyoxigraph.RdfFormat.N_QUADS)
        store.flush()
        return _counted(store)
    except (OSError, SyntaxError, ValueError) as error:
        # What the engine could not write, it names by its path.
        is_written = isinstance(error, OSError) and str(folder) in str(error)
        where, what = (folder, "unwritable") if is_written else (dump, "unreadable")
        raise PublicationError(where, said(what, error)) from error


def _counted(store: pyoxigraph.Store) -> Statistics:
    """Count what is in a store. The queries are ours, so that they may be asked here."""

    def rows(query: str) -> Iterator[tuple[str, ...]]:
        import pyoxigraph

        found = store.query(query)
        if isinstance(found, pyoxigraph.QuerySolutions):
            for row in found:
                yield tuple(term.value for term in row if not isinstance(term, pyoxigraph.Triple | None))

    classes = rows("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    properties = rows("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    counted = {iri: int(count) for iri, count in properties}
    return Statistics(
        triples=sum(counted.values()), classes={iri: int(count) for iri, count in classes}, properties=counted
    )


def _point(folder: Path, version: str) -> None:
    """Make a generation the current one, by one renaming."""
    new = folder / f".{_POINTER}"
    with new.open("w", encoding="ascii") as file:
        file.write(f"{version}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / _POINTER)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path, *, keep: set[Path | None]) -> None:
    """Remove the generations that nobody reads any more, and what a killed loading left."""
    for path in folder.iterdir():
        if path.is_dir() and path not in keep and not _is_held(path):
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob("*.json"):
        if not path.with_suffix("").is_dir():
            path.unlink(missing_ok=True)


def _is_held(generation: Path) -> bool:
    """Tell whether somebody reads a generation."""
    descriptor = os.open(generation, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _alone(folder: Path, *, waits: bool = False) -> Iterator[None]:
    """Hold the lock of the store; the system lets go of it when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("w", encoding="ascii")
    except OSError as error:
        raise PublicationError(folder, said("unwritable", error.strerror or error)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise PublicationError(folder, said("busy-here")) from error
        yield
