"""Reading shapes files, and refusing those that would not check what their author thinks they check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from commons_ld.errors import ArtefactError
from commons_ld.sentences.artefacts import said
from commons_ld.text import nearest
from commons_ld.validation.breakdown import breakdowns
from commons_ld.validation.data import Triple
from commons_ld.validation.plain_shapes import are_plain
from commons_ld.validation.shapes_graph import PARAMETERS, SH, ShapesGraph
from commons_ld.validation.targets import TARGETS, has_target
from commons_ld.validation.tokens import is_iri, lexical

__all__ = ["load_shapes", "tried"]

#: The terms of SHACL that may stand in a shapes file: the parameters of constraints, and these. The others are of
#: SHACL Advanced Features, which are not applied, and to leave a constraint out without a word would be a fault.
_KNOWN: Final = frozenset(
    lexical(term)
    for term in (
        *PARAMETERS, *TARGETS, SH.path, SH.inversePath, SH.alternativePath, SH.zeroOrMorePath,
        SH.oneOrMorePath, SH.zeroOrOnePath, SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group,
        SH.defaultValue, SH.deactivated, SH.flags, SH.select, SH.ask, SH.prefixes, SH.declare, SH.prefix, SH.namespace,
        SH.parameter, SH.optional, SH.labelTemplate, SH.validator, SH.nodeValidator, SH.propertyValidator,
        SH.shapesGraph, SH.suggestedShapesGraph,
    )
)  # fmt: skip

#: Parameters whose values are shapes, and those whose values are lists of shapes.
_SHAPES: Final = (SH.node, SH.property, SH["not"], SH.qualifiedValueShape)
_LISTS: Final = (SH["and"], SH["or"], SH.xone)

_POSITION: Final = re.compile(r"^Parser error (?:at|between) line ([0-9]+) column ([0-9]+)[^:]*: ")


def load_shapes(paths: Sequence[Path], *, meta_shacl: bool) -> ShapesGraph:
    """Read shapes, and see that each of them is well-formed.

    :param meta_shacl: check them against the shapes of SHACL itself, too
    :raises ArtefactError: if a file cannot be read, or holds a term of SHACL that is not known or not supported;
        if no shape has a target; if a shape refers to itself; or if pySHACL refuses one
    """
    quads = (quad for path in paths for quad in _read(path))
    statements = ((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads)
    return tried(statements, paths[0] if len(paths) == 1 else paths[0].parent, meta_shacl=meta_shacl)


def tried(statements: Iterable[Triple], where: Path, *, meta_shacl: bool) -> ShapesGraph:
    """Return shapes, once each of them was seen to be well-formed.

    :param where: what they are called in errors, as :func:`load_shapes` raises them
    """
    shapes = ShapesGraph(statements)
    if not any(has_target(shapes, shape) for shape in shapes.nodes):
        raise ArtefactError(where, said("no-target"))
    _refuse_recursion(shapes, where)
    if meta_shacl or not are_plain(shapes):
        _refuse_broken(shapes, where, meta_shacl=meta_shacl)
    return shapes


def _refuse_broken(shapes: ShapesGraph, where: Path, *, meta_shacl: bool) -> None:
    """Refuse what pySHACL refuses, which takes half a second to be imported: for shapes that are not plain."""
    from commons_ld.validation.trying import not_as_shacl_demands, try_shapes

    try:
        wrong, text = not_as_shacl_demands(shapes) if meta_shacl else ([], "")
        if not text:
            try_shapes(shapes)
    except breakdowns() as error:
        raise ArtefactError(where, said("refused", error)) from error
    if text:
        raise ArtefactError(where, said("not-shacl", _named(wrong) if wrong else text))


def _read(path: Path) -> list[ox.Quad]:
    try:
        quads = list(ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except SyntaxError as error:
        raise ArtefactError(path, said("broken", _POSITION.sub(r"\1:\2: ", error.msg))) from error
    except OSError as error:
        raise ArtefactError(path, said("unreadable", error)) from error
    for quad in quads:
        if quad.predicate.value.startswith(SH.base) and quad.predicate.value not in _KNOWN:
            unknown, near = quad.predicate.value, nearest(quad.predicate.value, _KNOWN, 0)
            names = [f"sh:{iri.removeprefix(SH.base)}" for iri in (unknown, near)]
            raise ArtefactError(path, said("unknown-term", names[0], names[1]))
    return quads


def _refuse_recursion(shapes: ShapesGraph, where: Path) -> None:
    """Refuse a shape that refers to itself: SHACL leaves open what that would mean (section 3.4.3)."""
    done = set[str]()
    for start in sorted(shapes.nodes):
        path, rests = [start], [iter(_referred(shapes, start))]
        while path:
            following = next((shape for shape in rests[-1] if shape not in done), None)
            if following is None:
                done.add(path.pop())
                rests.pop()
            elif following in path:
                raise ArtefactError(where, said("recursive", _named(path)))
            else:
                path.append(following)
                rests.append(iter(_referred(shapes, following)))


def _referred(shapes: ShapesGraph, shape: str) -> list[str]:
    """Return the shapes that a shape refers to."""
    found = [other for parameter in _SHAPES for other in shapes.objects(shape, parameter)]
    for parameter in _LISTS:
        for members in shapes.objects(shape, parameter):
            found.extend(shapes.items(members))
    return found


def _named(shapes: Iterable[str]) -> str:
    """Return the IRIs of shapes, or what Turtle writes for those that have none."""
    return ", ".join(sorted({lexical(shape) for shape in shapes if is_iri(shape)})) or "[]"
