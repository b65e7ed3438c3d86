"""One publisher at a time: a lock in the store, and one in the state folder.

The lock in the store needs no clock that two hosts would have to agree on, and no update that is conditional, which
stores were seen to do in parallel. Who wants it writes its name and then looks: of two who do so at once, the one
whose write comes second sees both names, and each who sees another takes its own away again. Who has it changes a
word, the *beat*, with everything that it does; a holder whose beat has not changed for longer than a request can take
is dead. A holder that was killed on this host is known to be dead at once, since the kernel gave its file lock back.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import random
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.errors import PublicationError, StoreError, StoreUnavailable
from commons_ld.messages import Language
from commons_ld.stores import updates
from commons_ld.stores.buckets import mark_of_all
from commons_ld.stores.remote import TRIES, RemoteStore
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["Lease", "Note", "publisher"]

_LOCK: Final = "store.lock"
#: How many time-outs of a request a holder may be silent: one that is sent, and one that looks what became of it.
_SILENCE: Final = 2.5
_POLL: Final = 1.0
_TRIES: Final = 8

Note = Callable[[dict[Language, str]], None]


class _Told(NamedTuple):
    """Who is said to be loading, what to have been done last, and which round it is: one of each, if all is well."""

    holders: set[str]
    beats: set[str]
    rounds: set[str]


@contextmanager
def publisher(state: Path) -> Iterator[str]:
    """Hold the lock of the state folder, and yield the name of who loads from there.

    :raises PublicationError: if another process holds it, or the folder cannot be written
    """
    path = state / _LOCK
    try:
        state.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise PublicationError(path, said("unwritable", error.strerror)) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublicationError(path, said("busy-here")) from error
        secret = os.pread(descriptor, 64, 0)
        if len(secret) != 64:
            secret = secrets.token_hex(32).encode()
            os.pwrite(descriptor, secret, 0)
        # A state folder that was copied to another host, or another place, is another publisher.
        place = f"{platform.node()} {uuid.getnode()} {path.absolute()}".encode()
        yield hashlib.sha256(secret + place).hexdigest()[:16]
    finally:
        os.close(descriptor)


class Lease:
    """The right to write into a store; made by :meth:`hold`.

    :param name: of who holds it, for this run
    :param ledger: where that is written down
    """

    def __init__(self, store: RemoteStore, ledger: Ledger, who: str, *, note: Note) -> None:
        self._store, self.ledger, self._who, self._note = store, ledger, who, note
        self.name = f"{who}-{secrets.token_hex(4)}"
        self._number = 0
        #: What the last thing that was done is known by.
        self._beat = ""
        #: Whether the buckets of what is changed are not told: the next load is to read all rows of the ledger.
        self.marks_all = False
        #: The graphs that may be put together beside those that are read; another load has others.
        self.staging: tuple[str, ...] = ()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Take the lease, and give it back in the end.

        :raises StoreError: if another publisher has it
        """
        self._take()
        try:
            yield
        finally:
            # What cannot be given back is taken over by the next run.
            with suppress(StoreError):
                self._withdraw(self.name)

    def do(self, *operations: str) -> None:
        """Have one request done, and tell the others of it; it may be done twice.

        It is sent again as long as it is not known to be done: after a fault, the store is asked for the beat that
        the request writes last.

        :raises StoreUnavailable: if it is not known to be done in the end
        :raises QueryRejected: if the store refuses it
        """
        request = updates.together(*operations, self._next_beat())
        for number in range(1, TRIES + 1):
            try:
                self._store.update(request)
            except StoreUnavailable as error:
                self._store.wait(number, error)
                if self._is_done():
                    return
                if number == TRIES:
                    raise
            else:
                return

    def mark(self, iris: Iterable[str]) -> str:
        """Return an operation that begins a request which changes what the ledger says of graphs.

        Whatever becomes of it, and whenever it arrives, what the ledger says of their buckets is read again then.
        """
        if self.marks_all:
            return updates.insert([self.ledger.digests([(None, mark_of_all(self.name))])])
        return updates.insert([self.ledger.marks(self.name, iris)])

    def _next_beat(self) -> str:
        """Return an operation that tells the others of one more thing that was done, to be put last in a request."""
        before, self._number = self._beat, self._number + 1
        self._beat = f"{self.name}-{self._number}"
        ledger = self.ledger
        return updates.together(
            updates.delete([ledger.beating(before)] if before else []), updates.insert([ledger.beating(self._beat)])
        )

    def _is_done(self) -> bool:
        """Tell whether the request with the last beat was done, all of it."""
        try:
            return self._beat in self._told().beats
        except StoreUnavailable:
            return False

    def confirm(self) -> None:
        """See that nobody has taken the lease away, and that what was done last is done.

        :raises StoreError: if somebody has, or it is not, or the store cannot be asked
        """
        holders, beats, _ = self._told()
        if holders != {self.name}:
            raise StoreError(self._store.endpoint, said("lease-lost"))
        if self._beat and self._beat not in beats:
            raise StoreError(self._store.endpoint, said("not-done"))

    def _told(self) -> _Told:
        rows = [(row["p"].value, row["v"].value) for row in self._store.select(updates.values(self.ledger))]
        kinds = self.ledger.holder, self.ledger.beat, self.ledger.round
        return _Told(*({value for name, value in rows if name == kind} for kind in kinds))

    def _take(self) -> None:
        for number in range(1, _TRIES + 1):
            holders, beats, rounds = self._told()
            others = holders - {self.name}
            dead = {name for name in others if name.rpartition("-")[0] == self._who}
            if others - dead:
                if not self._is_silent():
                    continue
                dead = others
            request = updates.together(
                updates.delete(self.ledger.held_by(name) for name in sorted(dead)),
                updates.delete(self.ledger.beating(name) for name in sorted(beats)),
                updates.delete(self.ledger.rounding(text) for text in sorted(rounds)),
                updates.insert([self.ledger.held_by(self.name), self.ledger.rounding(str(_next(rounds)))]),
            )
            try:
                self._store.update(request)
            except StoreUnavailable as error:
                if number == TRIES:
                    raise
                self._store.wait(number, error)
                continue
            told = self._told()
            if told.holders == {self.name}:
                self.staging = self.ledger.staging(_last(told.rounds))
                return
            self._withdraw(self.name)
            # Jitter, so that two who met are not there at the same moment again.
            self._store.sleep(random.uniform(0.05, 1.0))  # noqa: S311
        raise StoreError(self._store.endpoint, said("busy"))

    def _is_silent(self) -> bool:
        """Tell whether the holder is dead: it does nothing for longer than a request can take.

        :return: ``False`` as soon as there is another holder, or none
        :raises StoreError: as soon as this one does something
        """
        seconds = _SILENCE * self._store.timeout
        self._note(said("watching", round(seconds)))
        holders, beats, _ = self._told()
        for _ in range(int(seconds / _POLL)):
            self._store.sleep(_POLL)
            now, later, _ = self._told()
            if now != holders:
                return False
            if later != beats:
                raise StoreError(self._store.endpoint, said("busy"))
        return True

    def _withdraw(self, name: str) -> None:
        beats = {beat for beat in self._told().beats if beat.startswith(f"{name}-")}
        self._store.update(
            updates.together(
                updates.delete(self.ledger.beating(beat) for beat in sorted(beats)),
                updates.delete([self.ledger.held_by(name)]),
            )
        )


def _last(rounds: set[str]) -> int:
    """Return the number of the round; what nobody of ours wrote counts for nothing."""
    return max((int(text) for text in rounds if text.isdecimal() and len(text) < 4), default=-1) % updates.ROUNDS


def _next(rounds: set[str]) -> int:
    return (_last(rounds) + 1) % updates.ROUNDS
