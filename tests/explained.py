"""What is told of statements, for tests that ask for one of them or for all."""

from __future__ import annotations

from commons_ld.explaining import explain
from commons_ld.outputs.explanation import Explanation, Statement
from tests.archive import Archive

__all__ = ["BASE", "statements", "the"]

BASE = "https://w3id.org/commons-ld/remix/"


def statements(told: Explanation) -> list[Statement]:
    return [statement for record in told.records for statement in record.statements]


def the(archive: Archive, subject: str, predicate: str, object_: str = "") -> Statement:
    """Return the explanation of the one statement that is meant."""
    told = explain(archive.settings, subject, predicate)
    (found,) = [one for one in statements(told) if object_ in one.object]
    return found
