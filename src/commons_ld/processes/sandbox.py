"""What a process gives up before it answers a query: the network, memory past a bound, and outliving its parent.

The engine follows SERVICE and LOAD to wherever they lead and has no switch for it. The guard refuses both; here the
kernel does so too, for a query that would slip through: sockets cannot be made any more.
"""

from __future__ import annotations

import ctypes
import fcntl
import multiprocessing
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Final

__all__ = ["bound_memory", "die_with_parent", "end_with_parent", "end_with_starter", "give_up_network", "leave_no_core"]

#: By machine: what the kernel calls its calls (linux/audit.h), and the numbers of those that make a socket or get at
#: files and calls without asking: ``socket``, ``io_uring_setup``.
_MACHINES: Final = {"x86_64": (0xC000003E, (41, 425)), "aarch64": (0xC00000B7, (198, 425))}
#: linux/prctl.h
_SET_DEATH_SIGNAL: Final = 1
_SET_SECCOMP: Final = 22
_SET_NO_NEW_PRIVILEGES: Final = 38
_FILTER: Final = 2
#: linux/bpf_common.h and linux/seccomp.h
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # EACCES
#: Calls of the other convention of x86-64 (x32) have this bit.
_OTHER_CONVENTION: Final = 0x40000000


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def give_up_network() -> bool:
    """Have the kernel refuse this process every new socket, for good; return whether it does.

    It does on Linux, on the two kinds of machine that servers are. See seccomp(2).
    """
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    architecture, calls = _MACHINES[platform.machine()]
    last = len(calls) + 5
    # A jump counts the rules that it leaps over: what is refused goes to the last rule.
    rules = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 0, last - 2, architecture),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_AT_LEAST, last - 4, 0, _OTHER_CONVENTION),
        *((_EQUAL, last - place - 1, 0, call) for place, call in enumerate(calls, 4)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program = b"".join(struct.pack("HBBI", *rule) for rule in rules)
    return _prctl(_SET_NO_NEW_PRIVILEGES, 1) and _prctl(
        _SET_SECCOMP, _FILTER, ctypes.byref(_Program(len(rules), program))
    )


def bound_memory(more: int) -> bool:
    """Let this process have so many bytes of address space beyond what it has, and no more; return whether it is held.

    An engine that is refused memory aborts.
    """
    if sys.platform != "linux":
        return False
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + more, size + more))
    return True


def leave_no_core() -> None:
    """Have no image of this process written to the disk when it breaks down."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent() -> bool:
    """Have the kernel kill this process when the one that forked it ends; return whether it will."""
    return sys.platform == "linux" and _prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL))


def end_with_parent() -> None:
    """End this process with the one that started it by :mod:`multiprocessing`, or now if that has ended already."""
    die_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)  # it ended before the kernel was asked to watch it


def end_with_starter() -> None:
    """End with the process that had a fork server start this one, however busy this one is; on Linux.

    The fork server, which is the parent, lives as long as one of its children does. But of the pipe whose other end
    the starter holds, and to which nothing is written any more, the kernel tells by a signal when it closes (fcntl(2),
    ``O_ASYNC``), and that ends a process which does not handle it.
    """
    starter = multiprocessing.parent_process()
    if sys.platform == "linux" and starter is not None:
        sentinel = starter.sentinel
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
        if not starter.is_alive():
            os._exit(1)  # it ended before the kernel was asked to tell


def _prctl(option: int, *arguments: object) -> bool:
    filled = [*arguments, *[0] * (4 - len(arguments))]
    return int(ctypes.CDLL(None, use_errno=True).prctl(option, *filled)) == 0
