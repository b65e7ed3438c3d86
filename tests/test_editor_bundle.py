"""The editor of the query page: bundled when a wheel is built, and left out aloud where that cannot be done."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).parent.parent
EDITOR = REPOSITORY / "src" / "commons_ld" / "web" / "editor"


@pytest.fixture
def hook() -> ModuleType:
    """Return the module that hatchling runs."""
    spec = importlib.util.spec_from_file_location("hatch_build", REPOSITORY / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _App:
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


def _built(hook: ModuleType, root: Path, version: str) -> list[str]:
    """Run the hook, and return what it warned of."""
    app = _App()
    made = hook.EditorHook(str(root), {}, None, None, str(root / "build"), "wheel", app)
    made.initialize(version, {})
    return app.warnings


def _program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_node_the_wheel_is_built_and_says_what_it_lacks(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page then has a text area."""
    monkeypatch.setenv("PATH", str(tmp_path))

    (warning,) = _built(hook, tmp_path, "standard")

    assert "a plain text area and no editor: Node.js and npm are not installed" in warning


def test_an_installation_that_fails_is_told_of(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a network npm fails; the wheel is built all the same."""
    (tmp_path / "src/commons_ld/web/editor").mkdir(parents=True)
    _program(tmp_path, "npm", "echo no network >&2; exit 1")
    _program(tmp_path, "node", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))

    (warning,) = _built(hook, tmp_path, "standard")

    assert "failed: no network" in warning


def test_the_locked_packages_are_installed_without_their_scripts_and_bundled(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``npm ci`` installs what the lock file names, and nothing else."""
    (tmp_path / "src/commons_ld/web/editor").mkdir(parents=True)
    for name in ("npm", "node"):
        _program(tmp_path, name, f'echo {name} "$@" >> {tmp_path}/told')
    monkeypatch.setenv("PATH", str(tmp_path))

    assert _built(hook, tmp_path, "standard") == []
    assert (tmp_path / "told").read_text() == (
        "npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1\nnode build.mjs\n"
    )


def test_a_bundle_that_is_newer_than_its_parts_is_taken_as_it_is(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ``make editor`` made is not made twice; what was made before an edit is."""
    web = tmp_path / "src/commons_ld/web"
    (web / "editor").mkdir(parents=True)
    (web / "static").mkdir()
    part, bundle = web / "editor" / "editor.js", web / "static" / "editor.js"
    for path, time in ((part, 1000), (bundle, 2000)):
        path.touch()
        os.utime(path, (time, time))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert _built(hook, tmp_path, "standard") == []

    os.utime(part, (3000, 3000))
    assert len(_built(hook, tmp_path, "standard")) == 1


def test_an_editable_install_needs_no_node(hook: ModuleType, tmp_path: Path) -> None:
    """``make export`` works on a machine that has none."""
    assert _built(hook, tmp_path, "editable") == []


def test_every_package_is_locked_by_its_content() -> None:
    """Versions are exact, and the lock file holds a hash of each package."""
    wanted = json.loads((EDITOR / "package.json").read_text())
    locked = json.loads((EDITOR / "package-lock.json").read_text())["packages"]

    assert all(version[0].isdigit() for version in {**wanted["dependencies"], **wanted["devDependencies"]}.values())
    assert all(package["integrity"].startswith("sha512-") for name, package in locked.items() if name)
    assert {package.get("license") for name, package in locked.items() if name} == {"MIT"}
