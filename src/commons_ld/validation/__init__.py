"""Validation: blocks, or any RDF graph, checked against SHACL shapes that are compiled to functions.

SHACL is https://www.w3.org/TR/shacl/; its words are used as they stand there. What a person reads about a
result is made by :mod:`commons_ld.outputs.report`.
"""

from commons_ld.validation.results import BlockReport, Result, ValidationReport
from commons_ld.validation.shapes import Shapes, validate

__all__ = ["BlockReport", "Result", "Shapes", "ValidationReport", "validate"]
