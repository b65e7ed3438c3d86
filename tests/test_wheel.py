"""The wheel: what ``pip install .`` gives, away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.archive import Archive, page

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_artefacts_are_inside(wheel: Path) -> None:
    """The ontology, the context and the shapes lie in the package, and are those of the repository."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {
            name.removeprefix("commons_ld/_artefacts/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("commons_ld/_artefacts/")
        }

    expected = {
        path.relative_to(REPOSITORY).as_posix(): path.read_bytes()
        for folder in ("ontology", "shapes")
        for path in (REPOSITORY / folder).iterdir()
    }
    assert inside == expected


def test_the_command_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The installed command publishes the same bytes as the checkout's."""
    here, there = Archive(tmp_path / "here"), Archive(tmp_path / "there")
    for archive in (here, there):
        archive.write("1.txt", page("21.12 Un essai"))
    here.export()
    packages = tmp_path / "packages"
    with zipfile.ZipFile(wheel) as zipped:
        zipped.extractall(packages)
        points = next(zipped.read(name).decode() for name in zipped.namelist() if name.endswith("entry_points.txt"))
    script = "import sys; sys.path.insert(0, sys.argv.pop(1)); from commons_ld.cli import main; main()"

    subprocess.run([sys.executable, "-c", script, packages, "export", "--quiet"], cwd=there.root, check=True)

    assert "commons-ld = commons_ld.cli:main" in points
    assert there.files() == here.files()
    assert (packages / "commons_ld" / "_artefacts" / "ontology" / "context.jsonld").is_file()
