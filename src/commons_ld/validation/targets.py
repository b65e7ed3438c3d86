"""The targets of shapes (https://www.w3.org/TR/shacl/#targets), compiled to functions that find focus nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from commons_ld.validation.data import Data
from commons_ld.validation.shapes_graph import RDF, RDFS, SH, ShapesGraph

__all__ = ["TARGETS", "Target", "Targets", "compile_target", "has_target", "targets_of"]

#: Yields focus nodes, some more than once.
Target = Callable[[Data], Iterator[str]]

#: What makes a shape check something by itself.
TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def has_target(shapes: ShapesGraph, shape: str) -> bool:
    """Tell whether a shape checks something by itself."""
    return _is_class(shapes, shape) or any(shapes.has(shape, target) for target in TARGETS)


class Targets(NamedTuple):
    """What a shape checks by itself, as terms of N-Triples."""

    nodes: list[str]
    classes: list[str]
    subjects_of: list[str]
    objects_of: list[str]


def targets_of(shapes: ShapesGraph, shape: str) -> Targets:
    """Return the targets of a shape."""
    nodes, classes, subjects_of, objects_of = (
        sorted(shapes.objects(shape, kind))
        for kind in (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    )
    if _is_class(shapes, shape):
        classes.append(shape)
    return Targets(nodes, classes, subjects_of, objects_of)


def compile_target(shapes: ShapesGraph, shape: str) -> Target:
    """Return what finds the focus nodes of a shape."""
    nodes, classes, subjects_of, objects_of = targets_of(shapes, shape)

    def target(data: Data) -> Iterator[str]:
        yield from nodes
        for class_ in classes:
            yield from data.instances(class_)
        for predicate in subjects_of:
            yield from data.subjects_of(predicate)
        for predicate in objects_of:
            yield from data.objects_of(predicate)

    return target


def _is_class(shapes: ShapesGraph, shape: str) -> bool:
    """Tell whether a shape is a class too, whose instances it then targets."""
    types = set(shapes.objects(shape, RDF.type))
    classes = {RDFS.Class, *shapes.subjects(RDFS.subClassOf, RDFS.Class)}
    return not types.isdisjoint(classes) and not types.isdisjoint((SH.NodeShape, SH.PropertyShape))
