"""The life of one worker: a process that opens the store for reading and answers one query after the other.

A question comes as JSON. What is sent back is framed by hand, a letter and bytes. Neither is pickled: nothing goes over
the line that could run. The letters: ``o`` the store is open; ``b`` a piece of an answer; ``e`` its end: the seconds of
processor time that it took, its media type and its last piece, parted by zeros; ``f`` no answer, with the reason and
the details in English and, of what is no SPARQL, in French.
"""

from __future__ import annotations

import io
import os
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from commons_ld.processes.sandbox import bound_memory, die_with_parent, end_with_starter, give_up_network, leave_no_core
from commons_ld.querying.prefixes import used_alone
from commons_ld.sparql.faults import explained
from commons_ld.web.log_lines import write

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["LACKS_MEMORY", "PIECE", "Question", "work"]

LACKS_MEMORY: Final = "the query needs more memory than one may have; narrow it down, or add a LIMIT"
#: Bytes that are sent at once.
PIECE: Final = 1 << 18
#: Bytes of a graph in which names that are not used are looked for: in a longer one their lines do not matter.
_SHORT: Final = 1 << 14


class Question(NamedTuple):
    """A query that the guard let through.

    :param default_graphs: graphs whose union is the default graph; none: the union of all, if none is named either,
        and the query chooses none
    :param named_graphs: graphs that GRAPH finds; none: all, if there is no default graph named either
    :param results: the media type for SELECT and ASK
    :param triples: the media type for CONSTRUCT and DESCRIBE
    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    results: str = "application/sparql-results+json"
    triples: str = "text/turtle"

    def to_bytes(self) -> bytes:
        """Return the question as it goes over the line.

        >>> Question("ASK {}").to_bytes()
        b'["ASK {}",[],[],"application/sparql-results+json","text/turtle"]'
        """
        return msgspec.json.encode(self)


def work(line: Connection, folder: Path, memory: int, most: int, names: dict[str, str]) -> None:
    """Answer one question after the other until the line closes.

    :param folder: the generation of the store
    :param memory: bytes of address space beyond what the open store takes
    :param most: bytes of one answer
    :param names: namespaces by their short names, which graphs are written with
    """
    import pyoxigraph

    die_with_parent()
    end_with_starter()
    try:
        store = pyoxigraph.Store.read_only(str(folder))
    except OSError as error:
        write({"event": "fault", "error": str(error), "where": ["store"]})
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an engine that aborts would print the query
    leave_no_core()  # and leave it on the disk
    give_up_network()
    bound_memory(memory)
    read = msgspec.json.Decoder(Question)
    try:
        line.send_bytes(b"o")
        while True:
            _answer(store, read.decode(line.recv_bytes()), line, most, names)
    except (EOFError, BrokenPipeError):
        return


class _TooLong(OSError):
    """An answer has more bytes than one may have."""


class _Pieces(io.RawIOBase):
    """What the engine writes an answer into: sent in pieces, counted, and stopped past a bound."""

    def __init__(self, line: Connection, most: int) -> None:
        super().__init__()
        self._line, self._left = line, most
        self._held: list[bytes] = []
        self._size = 0
        #: Whether more was written than an answer may have, and whether anything was sent.
        self.is_too_long = self.is_sent = False

    def write(self, data: Any) -> int:
        """Take what the engine wrote."""
        self._left -= len(data)
        if self._left < 0:
            self.is_too_long = True
            raise _TooLong
        self._held.append(bytes(data))
        self._size += len(data)
        if self._size >= PIECE:
            self._line.send_bytes(b"b" + self.rest())
            self.is_sent = True
        return len(data)

    def flush(self) -> None:
        """Do nothing: the engine flushes what is better sent together."""

    def rest(self) -> bytes:
        """Return what is held and was not sent."""
        held, self._held, self._size = b"".join(self._held), [], 0
        return held


def _answer(store: pyoxigraph.Store, question: Question, line: Connection, most: int, names: dict[str, str]) -> None:
    """Let the engine answer, and send what it says or why it does not."""
    import pyoxigraph as ox

    before = time.process_time()
    defaults: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) for iri in question.default_graphs
    ]
    named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in question.named_graphs]
    # Those of the request stand above those of the query (SPARQL 1.1 Protocol, section 2.1.4).
    chosen = bool(defaults or named)
    pieces = _Pieces(line, most)
    output = cast("IO[bytes]", pieces)
    try:
        found = store.query(
            question.query,
            default_graph=defaults if chosen else None,
            named_graphs=named if chosen else None,
        )
        if isinstance(found, ox.QueryTriples):
            media_type = question.triples
            ox.serialize(found, output, ox.RdfFormat.from_media_type(media_type), prefixes=names)
            last = pieces.rest()
            if not pieces.is_sent and len(last) <= _SHORT:
                last = used_alone(last, media_type)
        else:
            media_type = question.results
            found.serialize(output, format=ox.QueryResultsFormat.from_media_type(question.results))
            last = pieces.rest()
    except MemoryError:
        line.send_bytes(f"fmemory\0{LACKS_MEMORY}".encode())
        return
    except SyntaxError as error:
        told = explained(question.query, str(error))
        line.send_bytes("\0".join(("fsyntax", told["en"], told["fr"])).encode())
        return
    except (ValueError, OSError, RuntimeError) as error:
        if pieces.is_too_long:
            line.send_bytes(b"fsize\0the answer is longer than %d MiB: add a LIMIT, or take the dumps" % (most >> 20))
        else:
            line.send_bytes(b"fsyntax\0" + str(error)[:1_000].encode())
        return
    line.send_bytes(b"\0".join((b"e%.6f" % (time.process_time() - before), media_type.encode(), last)))
