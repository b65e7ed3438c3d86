"""Tell a person, or a program, which names are perhaps one: as text, as rows for a register, and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

import msgspec

from commons_ld.messages import Language
from commons_ld.reconciling.proposing import Evidence, Proposal
from commons_ld.registers import COLUMNS, Registers
from commons_ld.sentences import in_number

__all__ = ["EVIDENCE", "to_csv", "to_json", "to_text"]

#: What speaks for two names being one, from the strongest to the weakest, as a person is told.
EVIDENCE: Final[dict[Evidence, dict[Language, str]]] = {
    "spelling": {
        "fr": "mêmes lettres ; majuscules, accents ou ponctuation diffèrent",
        "en": "the same letters; capitals, accents or punctuation differ",
    },
    "order": {"fr": "mêmes mots dans un autre ordre", "en": "the same words in another order"},
    "initial": {"fr": "même nom, et une initiale pour le prénom", "en": "the same surname, and an initial"},
    "typing": {"fr": "presque les mêmes lettres", "en": "almost the same letters"},
}


def to_text(proposals: Sequence[Proposal], language: Language) -> str:
    """Return the proposals as text."""
    if not proposals:
        return {
            "fr": "Aucun nom n’est assez proche d’un autre pour être proposé.",
            "en": "No name is like another one so much that it is proposed.",
        }[language]
    count = {
        "fr": f"{len(proposals)} proposition(s). Rien n’est réuni avant d’être écrit dans un registre.",
        "en": f"{len(proposals)} proposal(s). Nothing is made one before it is written into a register.",
    }[language]
    told = [in_number(count, language)]
    for proposal in proposals:
        told.append("")
        told.append(f"{proposal.first.name}  =  {proposal.second.name} ?")
        told.append(f"  {EVIDENCE[proposal.evidence][language]} ({proposal.score:g})")
        for named in (proposal.first, proposal.second):
            pages = " · ".join(named.pages) + (" …" if named.records > len(named.pages) else "")
            told.append(
                f"  {named.name} ({named.records}) : {pages}"
                if language == "fr"
                else f"  {named.name} ({named.records}): {pages}"
            )
    return "\n".join(told)


def to_csv(proposals: Sequence[Proposal], registers: Registers) -> str:
    """Return rows for a register: each name that others may be variants of, with these.

    Whoever takes a row over first takes out of ``variants`` what is somebody else, and puts it into ``different``.
    """
    variants: dict[str, list[str]] = {}
    taken: set[str] = set()
    for one, other in ((proposal.first.name, proposal.second.name) for proposal in proposals):
        holder = next((name for name, names in variants.items() if one in names or other in names), one)
        names = variants.setdefault(holder, [])
        for name in (one, other):
            if name != holder and name not in names and name not in taken:
                names.append(name)
                taken.add(name)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, names in variants.items():
        known = registers.find(name)
        row = {"iri": "", "name": name, "variants": " | ".join(names), "links": "", "different": ""}
        if known:
            row = {
                "iri": known.iri,
                "name": known.name,
                "variants": " | ".join(dict.fromkeys((*known.variants, *names))),
                "links": " ".join(known.links),
                "different": " | ".join(known.different),
            }
        # A name that a table program would take for a formula is not one that it should run.
        writer.writerow(
            {key: f"'{value}" if value[:1] in ("=", "+", "-", "@") else value for key, value in row.items()}
        )
    return text.getvalue()


def to_json(proposals: Sequence[Proposal]) -> bytes:
    """Return the proposals for a program."""
    rows = [one._asdict() | {"first": one.first._asdict(), "second": one.second._asdict()} for one in proposals]
    return msgspec.json.encode({"proposals": rows})
