"""Bundle the editor of the query page when a wheel is built, where Node is there; without it the page has a text area.

Hatchling runs this (https://hatch.pypa.io/latest/plugins/build-hook/custom/). An editable install is left alone: there,
``make editor`` bundles.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: How many seconds installing or bundling may take before the wheel is built without an editor.
_PATIENCE = 600


class EditorHook(BuildHookInterface[Any]):
    """Put ``web/static/editor.js``, and the licences of what is in it, into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle, or say why not.

        :param version: ``standard``, or ``editable``
        :param build_data: what hatchling is told; the files are named in ``pyproject.toml``
        """
        del build_data
        if version == "editable":
            return
        folder = Path(self.root) / "src" / "commons_ld" / "web" / "editor"
        problem = _bundle(folder)
        if problem:
            self.app.display_warning(f"The query page gets a plain text area and no editor: {problem}.")


def _bundle(folder: Path) -> str:
    """Bundle the editor and return ``""``, or why that could not be done."""
    if _is_current(folder):
        return ""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return "Node.js and npm are not installed"
    # No package gets to run a script of its own: what is installed is only read.
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"]
    for command in (install, [node, "build.mjs"]):
        try:
            done = subprocess.run(  # noqa: S603 - our own commands, and no shell
                command, cwd=folder, capture_output=True, text=True, check=False, timeout=_PATIENCE
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode:
            return f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-300:]}"
    return ""


def _is_current(folder: Path) -> bool:
    """Tell whether the bundle is there and newer than what it is made of."""
    bundle = folder.parent / "static" / "editor.js"
    parts = [path for path in folder.glob("*.*") if path.is_file()]
    return bundle.is_file() and all(path.stat().st_mtime < bundle.stat().st_mtime for path in parts)
