"""The targets of shapes (https://www.w3.org/TR/shacl/#targets), compiled to functions that find focus nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from rdflib import RDF, RDFS, Graph
from rdflib.namespace import SH
from rdflib.term import Node

from commons_ld.validation.data import Data
from commons_ld.validation.tokens import token

__all__ = ["TARGETS", "Target", "Targets", "compile_target", "has_target", "targets_of"]

#: Yields focus nodes, some more than once.
Target = Callable[[Data], Iterator[str]]

#: What makes a shape check something by itself.
TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def has_target(shapes: Graph, shape: Node) -> bool:
    """Tell whether a shape checks something by itself."""
    return _is_class(shapes, shape) or any((shape, target, None) in shapes for target in TARGETS)


class Targets(NamedTuple):
    """What a shape checks by itself, as terms of N-Triples."""

    nodes: list[str]
    classes: list[str]
    subjects_of: list[str]
    objects_of: list[str]


def targets_of(shapes: Graph, shape: Node) -> Targets:
    """Return the targets of a shape."""
    nodes, classes, subjects_of, objects_of = (
        [token(one) for one in sorted(shapes.objects(shape, kind), key=str)]
        for kind in (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    )
    if _is_class(shapes, shape):
        classes.append(token(shape))
    return Targets(nodes, classes, subjects_of, objects_of)


def compile_target(shapes: Graph, shape: Node) -> Target:
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


def _is_class(shapes: Graph, shape: Node) -> bool:
    """Tell whether a shape is a class too, whose instances it then targets."""
    types = set(shapes.objects(shape, RDF.type))
    classes = {RDFS.Class, *shapes.subjects(RDFS.subClassOf, RDFS.Class)}
    return not types.isdisjoint(classes) and not types.isdisjoint((SH.NodeShape, SH.PropertyShape))
