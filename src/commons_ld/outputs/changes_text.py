"""The change log as a table for people, and as JSON for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from commons_ld.ledger.log import Change
from commons_ld.messages import Language

__all__ = ["KINDS", "to_json", "to_text"]

#: What happened, as a person is told of it.
KINDS: Final[dict[str, dict[Language, str]]] = {
    "create": {"fr": "publié", "en": "published"},
    "update": {"fr": "modifié", "en": "updated"},
    "rename": {"fr": "renommé", "en": "renamed"},
    "merge": {"fr": "fusionné", "en": "merged"},
    "delete": {"fr": "retiré", "en": "withdrawn"},
}
_CAUSES: Final[dict[str, dict[Language, str]]] = {
    "": {"fr": "", "en": ""},
    "rebuild": {"fr": "page inchangée, reconstruite", "en": "page unchanged, rebuilt"},
    "held": {"fr": "n'est plus conforme", "en": "does not conform any more"},
    "withdrawn": {"fr": "à la demande", "en": "on request"},
    "forgotten": {"fr": "droit à l'oubli", "en": "right to be forgotten"},
}
_NOTHING: Final[dict[Language, str]] = {"fr": "Aucun changement n'est connu.", "en": "No change is known."}
_FORGOTTEN: Final = "–"


def to_text(changes: Sequence[Change], language: Language) -> str:
    """Return a table of some changes: when, what, of which record, and why where that is known.

    >>> print(to_text([Change(1, "2026-11-25T10:00:00Z", "create", "https://e.test/session/a")], "en"))
    2026-11-25T10:00:00Z  published  https://e.test/session/a
    """
    if not changes:
        return _NOTHING[language]
    width = max(len(kind[language]) for kind in KINDS.values())
    lines = []
    for change in changes:
        where = (change.subject or _FORGOTTEN) + (f" → {change.target}" if change.target else "")
        cause = _CAUSES[change.cause][language]
        told = f"{change.at}  {KINDS[change.kind][language]:{width}}  {where}"
        lines.append(f"{told}  ({cause})" if cause else told)
    return "\n".join(lines)


def to_json(changes: Sequence[Change]) -> bytes:
    """Return some changes as JSON: a list of objects, with the SHA-256 of the record's statements before and after."""
    rows = [
        {
            "number": change.number,
            "at": change.at,
            "kind": change.kind,
            "record": change.subject or None,
            "into": change.target or None,
            "before": change.before or None,
            "after": change.after or None,
            "cause": change.cause or None,
        }
        for change in changes
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2)
