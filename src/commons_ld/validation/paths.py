"""Property paths (https://www.w3.org/TR/shacl/#property-paths), compiled to functions that find value nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from commons_ld.validation.data import Data
from commons_ld.validation.shapes_graph import RDF, SH, ShapesGraph
from commons_ld.validation.tokens import is_iri

__all__ = ["Path", "compile_path", "to_sparql"]

#: Returns the value nodes of a focus node, each once.
Path = Callable[[Data, str], list[str]]

#: Whether a path leads to the node itself too, and whether it is walked again from where it led.
_REPEATED: Final[dict[str, tuple[bool, bool]]] = {
    SH.zeroOrMorePath: (True, True),
    SH.oneOrMorePath: (False, True),
    SH.zeroOrOnePath: (True, False),
}


def compile_path(shapes: ShapesGraph, path: str, *, backwards: bool = False) -> Path:
    """Return what walks along a path.

    :param path: the value of a ``sh:path``
    :param backwards: walk from its end to its beginning
    :raises ValueError: if it is no path
    """
    if is_iri(path):
        if backwards:
            return lambda data, node: data.subjects(path, node)
        return lambda data, node: data.values(node, path)
    if shapes.has(path, RDF.first):
        steps = [compile_path(shapes, step, backwards=backwards) for step in shapes.items(path)]
        return _sequence(steps[::-1] if backwards else steps)
    for kind in shapes.predicates(path):
        of = shapes.value(path, kind)
        if kind == SH.inversePath:
            return compile_path(shapes, of, backwards=not backwards)
        if kind == SH.alternativePath:
            return _alternative([compile_path(shapes, one, backwards=backwards) for one in shapes.items(of)])
        if kind in _REPEATED:
            with_itself, again = _REPEATED[kind]
            return _repeated(compile_path(shapes, of, backwards=backwards), with_itself=with_itself, again=again)
    raise ValueError(f"{path} is no property path")


def to_sparql(shapes: ShapesGraph, path: str, *, is_whole: bool = True) -> str:
    """Return a path as SPARQL writes it (https://www.w3.org/TR/sparql11-query/#propertypaths).

    >>> to_sparql(ShapesGraph([("_:a", SH.inversePath, "<a:p>")]), "_:a")
    '^<a:p>'

    :param is_whole: whether it is no part of another one
    :raises ValueError: if it is no path
    """
    if is_iri(path):
        return path
    steps, mark = shapes.items(path), " / "
    if not steps and (alternatives := shapes.value(path, SH.alternativePath)):
        steps, mark = shapes.items(alternatives), " | "
    if steps:
        joined = mark.join(to_sparql(shapes, step, is_whole=False) for step in steps)
        return joined if is_whole else f"({joined})"
    for kind, (before, after) in _MARKS.items():
        if of := shapes.value(path, kind):
            return f"{before}{to_sparql(shapes, of, is_whole=False)}{after}"
    raise ValueError(f"{path} is no property path")


#: What SPARQL writes before and after a path that is walked in another way.
_MARKS: Final = {
    SH.inversePath: ("^", ""),
    SH.zeroOrMorePath: ("", "*"),
    SH.oneOrMorePath: ("", "+"),
    SH.zeroOrOnePath: ("", "?"),
}


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
