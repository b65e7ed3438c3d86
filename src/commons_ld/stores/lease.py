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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from commons_ld.errors import PublicationError, StoreError
from commons_ld.messages import Language
from commons_ld.stores import updates
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["Lease", "Note", "Sleep", "publisher"]

_LOCK: Final = "store.lock"
#: How many time-outs of a request a holder may be silent: one that is sent, and one that looks what became of it.
_SILENCE: Final = 2.5
_POLL: Final = 1.0
_TRIES: Final = 8

Note = Callable[[dict[Language, str]], None]
Sleep = Callable[[float], None]


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
        raise PublicationError(path, f"cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublicationError(path, said("busy-here")["en"]) from error
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
    """

    def __init__(self, store: RemoteStore, ledger: Ledger, who: str, *, note: Note, sleep: Sleep) -> None:
        self._store, self._ledger, self._who = store, ledger, who
        self._note, self._sleep = note, sleep
        self.name = f"{who}-{secrets.token_hex(4)}"
        self._number = 0
        #: What the last thing that was done is known by.
        self.beat = ""

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

    def next_beat(self) -> str:
        """Return an operation that tells the others of one more thing that was done, to be put last in a request."""
        before, self._number = self.beat, self._number + 1
        self.beat = f"{self.name}-{self._number}"
        ledger = self._ledger
        return updates.together(
            updates.delete([ledger.beating(before)] if before else []), updates.insert([ledger.beating(self.beat)])
        )

    def is_done(self) -> bool:
        """Tell whether the request with the last beat was done, all of it.

        :raises StoreError: if the store cannot be asked
        """
        return self.beat in self._values(self._ledger.beat)

    def confirm(self) -> None:
        """See that nobody has taken the lease away.

        :raises StoreError: if somebody has, or the store cannot be asked
        """
        if self._values(self._ledger.holder) != {self.name}:
            raise StoreError(self._store.endpoint, said("lease-lost"))

    def _values(self, property_: str) -> set[str]:
        return {row["v"].value for row in self._store.select(updates.value(self._ledger, property_))}

    def _take(self) -> None:
        for _ in range(_TRIES):
            others = self._values(self._ledger.holder) - {self.name}
            dead = {name for name in others if name.rpartition("-")[0] == self._who}
            if others - dead:
                if not self._is_silent():
                    continue
                dead = others
            beats = self._values(self._ledger.beat)
            self._store.update(
                updates.together(
                    updates.delete(self._ledger.held_by(name) for name in sorted(dead)),
                    updates.delete(self._ledger.beating(name) for name in sorted(beats)),
                    updates.insert([self._ledger.held_by(self.name)]),
                )
            )
            if self._values(self._ledger.holder) == {self.name}:
                return
            self._withdraw(self.name)
            # Jitter, so that two who met are not there at the same moment again.
            self._sleep(random.uniform(0.05, 1.0))  # noqa: S311
        raise StoreError(self._store.endpoint, said("busy"))

    def _is_silent(self) -> bool:
        """Tell whether the holder is dead: it does nothing for longer than a request can take.

        :return: ``False`` as soon as there is another holder, or none
        :raises StoreError: as soon as this one does something
        """
        seconds = _SILENCE * self._store.timeout
        self._note(said("watching", round(seconds)))
        holders, beats = self._values(self._ledger.holder), self._values(self._ledger.beat)
        for _ in range(int(seconds / _POLL)):
            self._sleep(_POLL)
            if self._values(self._ledger.holder) != holders:
                return False
            if self._values(self._ledger.beat) != beats:
                raise StoreError(self._store.endpoint, said("busy"))
        return True

    def _withdraw(self, name: str) -> None:
        beats = {beat for beat in self._values(self._ledger.beat) if beat.startswith(f"{name}-")}
        self._store.update(
            updates.together(
                updates.delete(self._ledger.beating(beat) for beat in sorted(beats)),
                updates.delete([self._ledger.held_by(name)]),
            )
        )
