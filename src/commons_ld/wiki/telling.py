"""Tell a person, or a program, what a fetch came to."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from commons_ld.messages import Language
from commons_ld.sentences import in_number
from commons_ld.text import shown
from commons_ld.wiki.fetching import Fetched
from commons_ld.wiki.planning import Change

__all__ = ["to_json", "to_text"]

#: What became of a page, in the order in which it is counted: of one, and of several.
_KINDS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "new": {"fr": ("nouvelle", "nouvelles"), "en": ("new", "new")},
    "changed": {"fr": ("modifiée", "modifiées"), "en": ("changed", "changed")},
    "moved": {"fr": ("renommée", "renommées"), "en": ("renamed", "renamed")},
    "deleted": {"fr": ("supprimée", "supprimées"), "en": ("deleted", "deleted")},
    "noted": {"fr": ("au texte inchangé", "au texte inchangé"), "en": ("with the same text", "with the same text")},
    "restored": {"fr": ("rétablie", "rétablies"), "en": ("restored", "restored")},
}
_MOST_SHOWN: Final = 40


def to_text(fetched: Fetched, language: Language) -> str:
    """Return what changed, a line a page, and how many pages there are now."""
    lines = [_line(change, language) for change in fetched.changes[:_MOST_SHOWN]]
    if len(fetched.changes) > _MOST_SHOWN:
        lines.append("  …")
    counts = Counter(change.kind for change in fetched.changes)
    told = ", ".join(
        f"{counts[kind]} {words[language][counts[kind] > 1]}" for kind, words in _KINDS.items() if counts[kind]
    )
    where, wiki, pages = f"{fetched.folder}/", fetched.wiki, fetched.pages
    if language == "fr":
        lines.append(f"{in_number(f'{pages} page(s)', language)} de {wiki} dans {where} : {told or 'rien n’a changé'}.")
    else:
        lines.append(f"{in_number(f'{pages} page(s)', language)} of {wiki} in {where}: {told or 'nothing changed'}.")
    if fetched.exports:
        count = fetched.exports
        text = {"fr": f"Exports sémantiques pris : {count}.", "en": f"Semantic exports fetched: {count}."}[language]
        lines.append(text)
    if told or fetched.exports:
        lines.append(
            {"fr": "Pour les publier : commons-ld export", "en": "To publish them: commons-ld export"}[language]
        )
    return "\n".join(lines)


def _line(change: Change, language: Language) -> str:
    former = f"{shown(change.former)} → " if change.former else ""
    return f"  {_KINDS[change.kind][language][0]}: {former}{shown(change.title)}"


def to_json(fetched: Fetched) -> bytes:
    """Return the same for a program: JSON, with the changes as objects."""
    changes = [
        {"kind": change.kind, "title": change.title} | ({"former": change.former} if change.former else {})
        for change in fetched.changes
    ]
    told = {"wiki": fetched.wiki, "folder": str(fetched.folder), "pages": fetched.pages,
            "texts": fetched.texts, "exports": fetched.exports, "changes": changes}  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(told), indent=2)
