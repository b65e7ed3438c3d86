"""Ask a server on this machine as fast as it answers: a few connections that stay open, one process, no library.

A library that makes requests takes longer for one than a good server does, and would be what is measured.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

__all__ = ["Load", "Request", "ask"]


#: Bytes that are received at once. For more, memory may be asked of the system anew each time, which took longer than
#: all else that is done here.
_PIECE: Final = 1 << 16


class Request(NamedTuple):
    """What is asked.

    :param path: the address on the server
    :param status: what is expected, or 0 for anything
    :param client: who asks, as a proxy would tell it
    """

    path: str
    accept: str
    status: int = 200
    client: str = "192.0.2.1"

    @classmethod
    def query(cls, path: str, text: str, accept: str) -> Request:
        """Return a query by GET."""
        return cls(f"{path}?query={quote(text, safe='')}", accept)

    def to_bytes(self, host: str) -> bytes:
        """Return the request as it is sent."""
        return (
            f"GET {self.path} HTTP/1.1\r\nHost: {host}\r\nAccept: {self.accept}\r\n"
            f"X-Forwarded-For: {self.client}\r\n\r\n"
        ).encode()


class Load(NamedTuple):
    """What came of it.

    :param per_second: answers a second
    :param taken: seconds that each answer took, in order
    :param size: bytes of the last body
    :param statuses: how often each status was answered
    """

    per_second: float
    taken: list[float]
    size: int
    statuses: dict[int, int]

    def percentile(self, part: float) -> float:
        """Return the time in which so many of a hundred were answered."""
        return self.taken[min(int(len(self.taken) * part / 100), len(self.taken) - 1)]


class _Connection:
    """One connection, with one request at a time."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.begun = 0.0
        self.expected = 0
        self.place = 0

    def send(self, data: bytes, place: int, due: float) -> None:
        self.received.clear()
        self.expected, self.place, self.begun = 0, place, due
        self.socket.sendall(data)

    def receive(self) -> tuple[int, int] | None:
        """Return status and size of the body once all of it is there."""
        piece = self.socket.recv(_PIECE)
        if not piece:
            sys.exit("the server closed a connection")
        self.received += piece
        if not self.expected:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self.received[:end]).lower()
            if b"transfer-encoding: chunked" in head:
                sys.exit("a body in pieces: its end would have to be looked for")
            start = head.find(b"content-length:")
            length = int(head[start + 15 : (head + b"\r").find(b"\r", start)]) if start >= 0 else 0
            self.expected = end + 4 + length
        if len(self.received) < self.expected:
            return None
        status = int(self.received[9:12])
        return status, self.expected - self.received.find(b"\r\n\r\n") - 4


@contextmanager
def _closing(selector: selectors.BaseSelector) -> Iterator[None]:
    """Close every connection in the end, however it comes."""
    try:
        yield
    finally:
        for key in list(selector.get_map().values()):
            key.data.socket.close()


def ask(url: str, requests: Sequence[Request], *, seconds: float, connections: int = 8, rate: float = 0) -> Load:
    """Ask requests, in turn, over so many connections, for so long.

    :param url: of a server on this machine
    :param rate: how many a second are due, whether those before are answered or not; what an answer took is counted
        from when its request was due. 0: each connection asks as soon as it is answered
    :raises SystemExit: if an answer is another than expected, or the server is another one's
    """
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1" or not parts.port:
        sys.exit(f"{url}: only a server on this machine is measured")
    address, ready = (parts.hostname, parts.port), [request.to_bytes(parts.netloc) for request in requests]
    taken, statuses, size, place = [], dict[int, int](), 0, 0
    with selectors.DefaultSelector() as selector, _closing(selector):
        idle = [_Connection(address) for _ in range(connections)]
        for line in idle:
            selector.register(line.socket, selectors.EVENT_READ, line)
        busy, begun = 0, time.perf_counter()
        while busy or time.perf_counter() - begun < seconds:
            now = time.perf_counter()
            due = begun + place / rate if rate else now
            while idle and due <= now and now - begun < seconds:
                idle.pop().send(ready[place % len(ready)], place % len(ready), due)
                busy, place = busy + 1, place + 1
                due = begun + place / rate if rate else now
            for key, _ in selector.select(max(min(due - now, 1), 0) if rate and idle else 1):
                line = key.data
                if line in idle:  # a server closes connections that nobody uses for long
                    idle.remove(line)
                    selector.unregister(line.socket)
                    line.socket.close()
                    idle.append(_Connection(address))
                    selector.register(idle[-1].socket, selectors.EVENT_READ, idle[-1])
                    continue
                answer = line.receive()
                if answer is None:
                    continue
                status, size = answer
                expected = requests[line.place].status
                if expected not in (0, status):
                    sys.exit(f"{url}{requests[line.place].path[:200]}: {status} instead of {expected}")
                taken.append(time.perf_counter() - line.begun)
                statuses[status] = statuses.get(status, 0) + 1
                idle.append(line)
                busy -= 1
        passed = time.perf_counter() - begun
    return Load(len(taken) / passed, sorted(taken), size, statuses)
