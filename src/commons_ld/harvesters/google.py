"""The rules of Google's search of datasets: what the page of the dataset carries, and that it shows it too."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

from commons_ld.harvesters.documents import Notes, json_object
from commons_ld.harvesters.rules import Found, Rule

__all__ = ["PAGES", "check_google"]

_PAGE: Final = ("page du jeu de données", "page of the dataset")
_SCRIPT: Final = re.compile(r'<script type="application/ld\+json">([^<]*)</script>')
#: How much of the description is looked for on the page.
_SHOWN: Final = 40


class _Dataset(NamedTuple):
    """What a page carries of the dataset, and what it shows."""

    told: dict[str, Any]
    shown: str

    @property
    def description(self) -> str:
        return str(self.told.get("description", ""))

    @property
    def files(self) -> list[Any]:
        files = self.told.get("distribution", [])
        return files if isinstance(files, list) else [files]


def check_google(site: Path) -> Found:
    """Return what Google's search of datasets would say of the page of the dataset."""
    notes = Notes(_PAGE)
    for name in ("dataset.html", "dataset.en.html"):
        path = site / name
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        found = _SCRIPT.search(text)
        told = json_object(found[1].encode()) if found else {}
        if told.get("@type") == "Dataset":
            notes.counts[_PAGE] += 1
            notes.hold(PAGES, _Dataset(told, html.unescape(_SCRIPT.sub("", text))), name)
    return notes.end()


PAGES: Final[tuple[Rule[_Dataset], ...]] = (
    Rule("name", "Violation", lambda one: one.told.get("name"), "Le jeu de données n'a pas de nom (dataset.title).", "The dataset has no name (dataset.title).", "dataset.title"),
    Rule("description", "Violation", lambda one: 50 <= len(one.description) <= 5000, "La description n'a pas de 50 à 5 000 caractères (dataset.description).", "The description does not have 50 to 5,000 characters (dataset.description).", "dataset.description"),
    Rule("license", "Warning", lambda one: one.told.get("license"), "Le jeu de données n'a pas de licence ; régler dataset.license.", "The dataset has no licence; set dataset.license.", "dataset.license"),
    Rule("creator", "Warning", lambda one: one.told.get("creator"), "Le jeu de données n'a pas d'auteur.", "The dataset has no creator."),
    Rule("keywords", "Warning", lambda one: one.told.get("keywords"), "Aucun mot-clé ; régler dataset.keywords.", "No keyword; set dataset.keywords.", "dataset.keywords"),
    Rule("distribution", "Warning", lambda one: one.files and all(isinstance(file, dict) and file.get("contentUrl") for file in one.files), "Un fichier n'a pas d'adresse.", "A distribution has no address."),
    Rule("visible", "Violation", lambda one: one.description[:_SHOWN] in one.shown, "La page ne montre pas ce que dit sa description.", "The page does not show what its description says."),
)  # fmt: skip
