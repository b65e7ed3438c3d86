"""What one client may take of the processors: so much now, and as it grows back.

A client is an address; of IPv6, the first 64 bits, which one household or host has to itself. Addresses are held in
memory for as long as their budget is not whole again, and written nowhere.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

__all__ = ["Budgets", "client_of", "shortened"]

#: Clients that are remembered; those that were seen least lately are forgotten first.
_MOST: Final = 10_000


class Budgets:
    """The budget of each client: seconds of processor time, which grow back over a minute.

    >>> now = 0.0
    >>> budgets = Budgets(60, clock=lambda: now)
    >>> budgets.spend("a", 90); budgets.wait("a"), budgets.wait("b")
    (30.0, 0.0)
    >>> now = 31.0
    >>> budgets.wait("a")
    0.0

    :param seconds: of processor time a minute; 0 for no bound
    """

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        #: Of each client, what it has spent, and when that was true.
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Return how many seconds a client has to wait before it may ask again; 0 for not at all."""
        with self._lock:
            over = self._now(client) - self._seconds
        return max(over, 0) * 60 / self._seconds if self._seconds else 0.0

    def spend(self, client: str, seconds: float) -> None:
        """Note what a client took."""
        if not self._seconds or not seconds:
            return
        with self._lock:
            self._spent[client] = self._now(client) + seconds, self._clock()
            self._spent.move_to_end(client)
            while len(self._spent) > _MOST:
                self._spent.popitem(last=False)

    def _now(self, client: str) -> float:
        spent, since = self._spent.get(client, (0.0, 0.0))
        left = spent - (self._clock() - since) * self._seconds / 60
        if left <= 0:
            self._spent.pop(client, None)
        return max(left, 0.0)


def client_of(peer: str, headers: Mapping[str, str], *, is_behind_proxy: bool) -> str:
    """Return who asks: an IPv4 address, or the first 64 bits of an IPv6 one.

    :param peer: the address at the other end of the connection
    :param is_behind_proxy: that is a proxy of ours, which appends the address of the client to ``X-Forwarded-For``;
        what stands before the last one there was written by the client

    >>> client_of("127.0.0.1", {"x-forwarded-for": "10.0.0.1, 192.0.2.7"}, is_behind_proxy=True)
    '192.0.2.7'
    >>> client_of("2001:db8::1", {}, is_behind_proxy=False)
    '2001:db8::/64'
    """
    if is_behind_proxy:
        peer = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or peer
    return _network(peer, 32, 64)


def shortened(client: str) -> str:
    """Return an address as it may be logged: without what tells one person or household from the next.

    >>> shortened("192.0.2.7"), shortened("2001:db8:1:2::/64"), shortened("somebody")
    ('192.0.2.0/24', '2001:db8:1::/48', '')
    """
    return _network(client.partition("/")[0], 24, 48)


@lru_cache(maxsize=1024)
def _network(address: str, four: int, six: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    length = four if parsed.version == 4 else six
    if length == 32:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, length), strict=False))
