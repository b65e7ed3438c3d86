"""Load a dump such that the default graph is the union of its named graphs, in which each statement stands once.

That is what a query is asked of that names no graph: the merge of the graphs is a graph, so a set of statements
(SPARQL 1.1 Query, section 13.1; RDF 1.1 Semantics, section 4.1). The engine can take the named graphs for one while it
answers, but then finds a statement once for each graph that has it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from commons_ld.rdf.n_quads import opened

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["load_union", "load_with_union"]


def load_with_union(store: pyoxigraph.Store, dump: Path, syntax: pyoxigraph.RdfFormat) -> None:
    """Load a dump, and what all its graphs say into the default graph.

    :param dump: unpacked while it is read, if its name ends in ``.gz``
    :raises OSError: if the dump cannot be read, or the store cannot be written
    :raises SyntaxError: if the dump is not in that syntax
    :raises ValueError: if it holds what the engine refuses

    >>> import tempfile
    >>> import pyoxigraph
    >>> dump = Path(tempfile.mkdtemp(), "dataset.nq")
    >>> _ = dump.write_text("".join(f"<e:s> <e:p> <e:o> <e:{graph}> .\\n" for graph in "ab"))
    >>> store = pyoxigraph.Store()
    >>> load_with_union(store, dump, pyoxigraph.RdfFormat.N_QUADS)
    >>> [len(list(store.query(f"SELECT * {{ {pattern} }}"))) for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")]
    [1, 2]
    """
    import pyoxigraph as ox

    _load(store, dump, syntax)
    if not syntax.supports_datasets:
        return
    has_blank = False

    def named() -> Iterator[ox.Quad]:
        nonlocal has_blank
        for quad in _quads(dump, syntax):
            if _is_blank(quad):
                has_blank = True
            else:
                yield ox.Quad(*quad.triple)

    store.bulk_extend(named())
    if has_blank:
        # The store has names of its own for them. Dumps of ours hold none.
        store.bulk_extend(ox.Quad(*quad.triple) for quad in store if _is_blank(quad))


def load_union(store: pyoxigraph.Store, dump: Path, syntax: pyoxigraph.RdfFormat) -> None:
    """Load what all graphs of a dump say into the default graph, and no named graph: half the work where none is asked.

    :raises OSError: as :func:`load_with_union` does, and the other errors too
    """
    import pyoxigraph as ox

    if syntax.supports_datasets:
        store.bulk_extend(ox.Quad(*quad.triple) for quad in _quads(dump, syntax))
    else:
        _load(store, dump, syntax)


def _load(store: pyoxigraph.Store, dump: Path, syntax: pyoxigraph.RdfFormat) -> None:
    if dump.suffix == ".gz":
        with _unpacked(dump) as file:
            store.bulk_load(file, syntax)
    else:
        store.bulk_load(path=str(dump), format=syntax)  # the engine reads a file itself, with several threads


def _quads(dump: Path, syntax: pyoxigraph.RdfFormat) -> Iterator[pyoxigraph.Quad]:
    import pyoxigraph as ox

    if dump.suffix == ".gz":
        with _unpacked(dump) as file:
            yield from ox.parse(file, syntax)
    else:
        yield from ox.parse(path=str(dump), format=syntax)


@contextmanager
def _unpacked(dump: Path) -> Iterator[BinaryIO]:
    try:
        with opened(dump) as file:
            yield file
    except (EOFError, zlib.error) as error:
        raise OSError(f"{dump}: {error}") from error


def _is_blank(quad: pyoxigraph.Quad) -> bool:
    import pyoxigraph as ox

    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
