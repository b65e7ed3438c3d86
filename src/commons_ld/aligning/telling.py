"""Tell a person, or a program, what was proposed, and what was accepted."""

from __future__ import annotations

from typing import Any

import msgspec

from commons_ld.aligning.accepting import Accepted
from commons_ld.aligning.task import Outcome
from commons_ld.aligning.words import said
from commons_ld.messages import Language
from commons_ld.text import shown

__all__ = ["accepted_text", "outcome_text", "to_json"]

_MOST_SHOWN = 20


def outcome_text(outcome: Outcome, language: Language) -> str:
    """Return the surest proposals, a line each, and what to do next."""
    lines = []
    for one in outcome.proposals[:_MOST_SHOWN]:
        own, foreign = shown(one.own[0]), shown(one.foreign[0])
        lines.append(f"  {one.score:.2f}  {own}  {one.match.relation}  {foreign}  {shown(one.match.target)}")
    if len(outcome.proposals) > _MOST_SHOWN:
        lines.append("  …")
    if not outcome.proposals:
        return said("none", labels=outcome.labels)[language]
    told = {"value": len(outcome.proposals), "labels": outcome.labels, "table": outcome.table, "page": outcome.page}
    return "\n".join([*lines, said("proposed", **told)[language], said("next", table=outcome.table)[language]])


def accepted_text(accepted: Accepted, language: Language) -> str:
    """Return how many were accepted and refused."""
    told = accepted._asdict() | {"path": ""}
    return f"{accepted.path}: {said('applied', **told)[language]}\n{said('export-now')[language]}"


def to_json(outcome: Outcome | Accepted) -> bytes:
    """Return the same for a program."""
    told: dict[str, Any] = outcome._asdict()
    if isinstance(outcome, Outcome):
        told["proposals"] = [one._asdict() | {"match": one.match._asdict()} for one in outcome.proposals]
    return msgspec.json.format(msgspec.json.encode(told, enc_hook=str), indent=2)
