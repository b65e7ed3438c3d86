"""Property paths (https://www.w3.org/TR/shacl/#property-paths), compiled to functions that find value nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from rdflib import RDF, Graph, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from commons_ld.validation.data import Data
from commons_ld.validation.tokens import token

__all__ = ["Path", "compile_path"]

#: Returns the value nodes of a focus node, each once.
Path = Callable[[Data, str], list[str]]

#: Whether a path leads to the node itself too, and whether it is walked again from where it led.
_REPEATED: Final[dict[Node, tuple[bool, bool]]] = {
    SH.zeroOrMorePath: (True, True),
    SH.oneOrMorePath: (False, True),
    SH.zeroOrOnePath: (True, False),
}


def compile_path(shapes: Graph, path: Node, *, backwards: bool = False) -> Path:
    """Return what walks along a path.

    :param path: the value of a ``sh:path``
    :param backwards: walk from its end to its beginning
    :raises ValueError: if it is no path
    """
    if isinstance(path, URIRef):
        predicate = token(path)
        if backwards:
            return lambda data, node: data.subjects(predicate, node)
        return lambda data, node: data.values(node, predicate)
    if (path, RDF.first, None) in shapes:
        steps = [compile_path(shapes, step, backwards=backwards) for step in shapes.items(path)]
        return _sequence(steps[::-1] if backwards else steps)
    for kind, of in shapes.predicate_objects(path):
        if kind == SH.inversePath:
            return compile_path(shapes, of, backwards=not backwards)
        if kind == SH.alternativePath:
            return _alternative([compile_path(shapes, one, backwards=backwards) for one in shapes.items(of)])
        if kind in _REPEATED:
            with_itself, again = _REPEATED[kind]
            return _repeated(compile_path(shapes, of, backwards=backwards), with_itself=with_itself, again=again)
    raise ValueError(f"{path} is no property path")


def _once(nodes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(nodes))


def _sequence(steps: list[Path]) -> Path:
    def walk(data: Data, node: str) -> list[str]:
        nodes = [node]
        for step in steps:
            nodes = _once(value for one in nodes for value in step(data, one))
        return nodes

    return walk


def _alternative(paths: list[Path]) -> Path:
    return lambda data, node: _once(value for path in paths for value in path(data, node))


def _repeated(path: Path, *, with_itself: bool, again: bool) -> Path:
    def walk(data: Data, node: str) -> list[str]:
        found = dict.fromkeys([node] if with_itself else [])
        reached = [node]
        while reached:
            reached = _once(value for one in reached for value in path(data, one) if value not in found)
            found.update(dict.fromkeys(reached))
            if not again:
                break
        return list(found)

    return walk
