"""Tell a person, or a program, what a harvest came to."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from commons_ld.harvesting.task import Harvested
from commons_ld.messages import Language
from commons_ld.sentences import in_number
from commons_ld.text import shown

__all__ = ["to_json", "to_text"]

#: What became of a record, in the order in which it is counted: of one, and of several.
_KINDS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "new": {"fr": ("nouvelle", "nouvelles"), "en": ("new", "new")},
    "changed": {"fr": ("modifiée", "modifiées"), "en": ("changed", "changed")},
    "deleted": {"fr": ("supprimée", "supprimées"), "en": ("deleted", "deleted")},
    "dropped": {"fr": ("disparue", "disparues"), "en": ("not there any more", "not there any more")},
}
_MOST_SHOWN: Final = 40


def to_text(done: Harvested, language: Language) -> str:
    """Return what changed or would, a line a record, what could not be read, and how many records there are then."""
    lines = [f"  {_KINDS[change.kind][language][0]}: {shown(change.iri)}" for change in done.changes[:_MOST_SHOWN]]
    if len(done.changes) > _MOST_SHOWN:
        lines.append("  …")
    lines += [f"  ! {shown(refused.key)} {refused.problem[language]}" for refused in done.refused[:_MOST_SHOWN]]
    if len(done.refused) > _MOST_SHOWN:
        lines.append("  ! …")
    counts = Counter(change.kind for change in done.changes)
    told = ", ".join(
        f"{counts[kind]} {words[language][counts[kind] > 1]}" for kind, words in _KINDS.items() if counts[kind]
    )
    where, count, refused = f"{done.folder}/", done.records, len(done.refused)
    if language == "fr":
        there = f"seraient dans {where} (rien n'est écrit)" if done.dry_run else f"dans {where}"
        nothing = "rien ne changerait" if done.dry_run else "rien n’a changé"
        lines.append(f"{in_number(f'{count} notice(s)', language)} de {done.url} {there} : {told or nothing}.")
        later = "" if done.dry_run else " ; ce qu'on en avait est gardé, et sera redemandé la fois prochaine"
        if refused:
            lines.append(f"{refused} n'ont pu être lues{later}.")
    else:
        there = f"would be in {where} (nothing is written)" if done.dry_run else f"in {where}"
        nothing = "nothing would change" if done.dry_run else "nothing changed"
        lines.append(f"{in_number(f'{count} record(s)', language)} of {done.url} {there}: {told or nothing}.")
        later = "" if done.dry_run else "; what was known of them is kept, and the next run asks for them again"
        if refused:
            lines.append(f"{refused} could not be read{later}.")
    return "\n".join(lines)


def to_json(done: Harvested) -> bytes:
    """Return the same for a program: JSON, with every change."""
    told = {
        "url": done.url,
        "protocol": done.protocol,
        "folder": str(done.folder),
        "dry_run": done.dry_run,
        "records": done.records,
        "kept": done.kept,
        "changes": [{"kind": change.kind, "iri": change.iri} for change in done.changes],
        "refused": [{"record": refused.key, "problem": refused.problem["en"]} for refused in done.refused],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)
