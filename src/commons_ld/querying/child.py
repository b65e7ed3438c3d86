"""The process that answers one query: it loads dumps into memory, answers, and can be killed at any time.

pyoxigraph has no time limit of its own, and a query nested too deeply ends the process that holds it. So a query never
runs in the process that was asked for it. ``python -m commons_ld.querying.child SECONDS MEMORY NETWORK BASE ROWS
GRAPH DUMP…`` reads the query on standard input, writes the answer on standard output, and tells by its exit code what
it came to.
"""

from __future__ import annotations

import signal
import sys
from enum import IntEnum
from pathlib import Path
from typing import Final

from commons_ld.processes.sandbox import bound_memory, die_with_parent, give_up_network, leave_no_core
from commons_ld.querying.prefixes import used_alone
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.sparql.guard import may_name_graphs

__all__ = ["Ending", "answer"]

#: Which suffix of a dump is which syntax, as pyoxigraph is told.
_SYNTAXES: Final = {".nq": "n-quads", ".nt": "n-triples", ".ttl": "turtle", ".trig": "trig", ".rdf": "rdf-xml"}


class Ending(IntEnum):
    """How a child ends."""

    ROWS = 0
    GRAPH = 10
    REJECTED = 11
    UNREADABLE = 12
    OTHER_KIND = 13
    MEMORY = 14
    SYNTAX = 15


def answer(
    query: str, dumps: list[Path], *, rows: str, graph: str, seconds: float, memory: int, federates: bool, base_iri: str
) -> Ending:
    """Answer a query on standard output.

    :param rows: the media type for rows, or ``""`` if only a graph is wanted
    :param graph: the media type for a graph, or ``""`` if only rows are wanted
    :param seconds: how long answering may take, loading apart; after that the kernel ends this process
    :param memory: bytes that answering may take, loading apart; past them the engine aborts
    :param federates: whether SERVICE may reach the network
    :param base_iri: of the archive, or ``""``
    """
    import pyoxigraph as ox

    from commons_ld.outputs.statements import prefixes, syntax
    from commons_ld.rdf.formats import by_name
    from commons_ld.stores.union import load_union, load_with_union

    store = ox.Store()
    load = load_with_union if may_name_graphs(query) else load_union
    for path in dumps:
        try:
            load(store, path, syntax(by_name(_SYNTAXES[Path(path.name.removesuffix(".gz")).suffix])))
        except KeyError:
            return _told(Ending.UNREADABLE, f"{path}: is no dump; its name ends in {', '.join(_SYNTAXES)}")
        except (SyntaxError, OSError, ValueError) as error:
            return _told(Ending.UNREADABLE, f"{path}: {error}")
    leave_no_core()
    if not federates:
        give_up_network()
    bound_memory(memory)
    # The signal keeps its default effect: it ends the process even inside native code.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        found = store.query(query)
        if isinstance(found, ox.QueryTriples):
            if not graph:
                return Ending.OTHER_KIND
            _write_graph(found, graph, prefixes(base_iri) if base_iri else PREFIXES)
            return Ending.GRAPH
        if not rows:
            return Ending.OTHER_KIND
        format_ = ox.QueryResultsFormat.from_media_type(rows)
        found.serialize(sys.stdout.buffer, format=format_)
    except MemoryError:
        return Ending.MEMORY
    except SyntaxError as error:
        return _told(Ending.SYNTAX, str(error))
    except (ValueError, OSError) as error:
        return _told(Ending.REJECTED, str(error))
    return Ending.ROWS


def _write_graph(found: object, media_type: str, names: dict[str, str]) -> None:
    import pyoxigraph as ox

    format_ = ox.RdfFormat.from_media_type(media_type)
    if format_ is None or not isinstance(found, ox.QueryTriples):
        raise ValueError(f"no graph can be written as {media_type}")
    # A union of graphs may say the same thing twice.
    written = ox.serialize(dict.fromkeys(found), format=format_, prefixes=names)
    sys.stdout.buffer.write(used_alone(written or b"", media_type))


def _told(ending: Ending, problem: str) -> Ending:
    print(problem, file=sys.stderr)
    return ending


def main() -> None:
    """Answer what is asked on standard input."""
    die_with_parent()
    seconds, memory, network, base_iri, rows, graph, *dumps = sys.argv[1:]
    ending = answer(
        sys.stdin.buffer.read().decode(),
        [Path(dump) for dump in dumps],
        rows=rows,
        graph=graph,
        seconds=float(seconds),
        memory=int(memory),
        federates=network == "yes",
        base_iri=base_iri,
    )
    sys.stdout.flush()
    sys.exit(ending)


if __name__ == "__main__":
    main()
