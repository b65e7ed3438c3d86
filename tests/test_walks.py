"""Walks by chance through the life of an archive: wherever one ends, what is published is what is made from nothing.

Pages come, change, are renamed and go; settings and registers change; records are withdrawn, people forgotten and
remembered, and the site is built again. After each step, an export from a copy of the sources and of the ledger, with
no publication to go on from, makes the same bytes.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from commons_ld import taking_back
from commons_ld.pipeline.rebuilding import rebuild_site
from commons_ld.settings import PrivacySettings
from commons_ld.text import fold
from tests.archive import Archive, page
from tests.test_privacy_everywhere import written

#: Names that are no word of a page.
PEOPLE: Final = ("Zénobie Quastana", "Ulrich Vandermolle", "Ottavia Brindisini")
#: What tells of publications that stood before, and is not in the ledger.
HISTORY: Final = ("site/feeds/oai/", "site/gone/feeds/", "site/.htaccess", "SHA256SUMS")


class Walk:
    """An archive, and the steps that may be taken in it."""

    def __init__(self, root: Path, seed: int) -> None:
        self.archive: Final = Archive(root)
        self.forgotten: Final = set[str]()
        self._chance: Final = random.Random(seed)
        self._steps: Final[tuple[Callable[[], None], ...]] = (
            *(self._page,) * 5,
            *(self._table, self._rename, self._remove, self._registers, self._settings, self._output),
            *(self._withdraw, self._forget, self._site),
        )

    def go(self) -> None:
        """Take a few steps."""
        for _ in range(self._chance.choice((1, 1, 2, 4))):
            self._chance.choice(self._steps)()

    def _name(self) -> str:
        name = self._chance.choice(PEOPLE)
        return name if self._chance.random() < 0.8 else name.upper()

    def _files(self) -> list[Path]:
        return sorted(self.archive.data.glob("*.txt"))

    def _page(self) -> None:
        pick, number = self._chance.choice, self._chance.randrange(9)
        title = pick((f"21.12 Fiche {number}", f"Fiche {number % 5}", f"Entretien avec {self._name()}"))
        self.archive.write(
            f"{number}.txt",
            page(
                title,
                enjeu=pick(("Politique des communs", "Inconnu de tous")),
                lead=f"Une <b>présentation</b> de {self._name()} & d'autres.",
                created=pick(("2021/12/02", "03/02/2021", "décembre 2021", "un jour")),
                abstract=f"Un résumé.\n\n  • {self._name()} est cartographe, et parle de {self._name()}\n",
            ),
        )

    def _table(self) -> None:
        rows = [
            f"Réunion {number},2021-01-0{number},{self._name()}" for number in range(1, self._chance.randrange(1, 5))
        ]
        self.archive.write("table.csv", "\n".join(["title,created,participants", *rows]))

    def _rename(self) -> None:
        for path in self._chance.sample(self._files(), min(1, len(self._files()))):
            path.rename(self.archive.data / f"{self._chance.randrange(9, 12)}.txt")

    def _remove(self) -> None:
        for path in self._chance.sample(self._files(), min(1, len(self._files()))):
            path.unlink()

    def _registers(self) -> None:
        known = [name for name in PEOPLE if self._chance.random() < 0.5]
        rows = [f"{name},{' '.join(reversed(name.split()))}" for name in known]
        self.archive.write("people.csv", "\n".join(["name,variants", *rows]))

    def _set(self, **settings: Any) -> None:
        self.archive.settings = msgspec.structs.replace(self.archive.settings, **settings)

    def _settings(self) -> None:
        self._set(
            date_order=self._chance.choice(("", "DMY", "MDY")),
            privacy=PrivacySettings(notes=self._chance.choice(("omit", "pseudonymise", "publish"))),
        )

    def _output(self) -> None:
        name, values = self._chance.choice(
            (
                *((name, (True, False)) for name in ("site", "feeds", "records")),
                ("compression", ("plain", "compressed", "both")),
                ("folders", ("flat", "sharded")),
                ("dumps", (("n-quads",), ("n-quads", "json-ld"), ("n-quads", "turtle", "rdf-xml"))),
            )
        )
        output = msgspec.structs.replace(self.archive.settings.output, **{name: self._chance.choice(values)})
        self._set(output=output)

    def _withdraw(self) -> None:
        if self.archive.out.exists() and (records := sorted(self.archive.records())):
            taking_back.withdraw(self.archive.settings, self._chance.choice(records))

    def _forget(self) -> None:
        if self.archive.out.exists():
            name = self._chance.choice(PEOPLE)
            taking_back.forget(self.archive.settings, name, undo=name in self.forgotten)
            self.forgotten.symmetric_difference_update({name})

    def _site(self) -> None:
        if (self.archive.out / "site" / "index.html").exists():
            rebuild_site(self.archive.settings)


def digests(archive: Archive) -> dict[str, str]:
    """Return every published file with a digest of its bytes."""
    names = {path.relative_to(archive.out).as_posix(): path for path in archive.out.rglob("*") if path.is_file()}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in names.items() if not name.startswith(HISTORY)}


@pytest.mark.parametrize(
    ("seed", "steps"), [(0, 3), *(pytest.param(seed, 60, marks=pytest.mark.long) for seed in range(1, 5))]
)
def test_wherever_a_walk_ends_the_publication_is_one_made_from_nothing(tmp_path: Path, seed: int, steps: int) -> None:
    """And no byte of it names anybody who was forgotten."""
    walk = Walk(tmp_path / "walked", seed)
    for _ in range(steps):
        walk.go()
        walk.archive.export(allow_deletions=True)
        anew = Archive(tmp_path / "anew")
        anew.settings = msgspec.structs.replace(walk.archive.settings, root=anew.root)
        for folder in ("data", ".commons-ld"):
            shutil.copytree(walk.archive.root / folder, anew.root / folder, dirs_exist_ok=True)
        anew.export(allow_deletions=True)

        assert digests(walk.archive) == digests(anew)
        names = [fold(word) for name in walk.forgotten for word in name.split()]
        assert [name for name, text in written(walk.archive.root).items() if any(word in text for word in names)] == []
        shutil.rmtree(anew.root)
