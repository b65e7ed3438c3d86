"""Apache Jena's SHACL engine as a process that is asked about one graph after another: see ``JenaShapes.java``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers import jena

__all__ = ["JenaShapes", "command", "missing", "serve", "version"]

_SOURCE: Final = Path(__file__).with_name("JenaShapes.java")
_NEEDED: Final = Path("/usr/share/java/jena-shacl.jar")


def missing() -> str:
    """Return why Jena's SHACL engine cannot be had here, or ``""``."""
    return jena.missing() or ("" if _NEEDED.is_file() else "Apache Jena's SHACL engine is not installed")


def version() -> str:
    """Return the version of Jena, which another name of its jar has."""
    return next(path.stem.removeprefix("jena-shacl-") for path in sorted(_NEEDED.parent.glob("jena-shacl-*.jar")))


class JenaShapes:
    """The engine; made by :func:`serve`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process: Final = process

    def report(self, shapes: Path, data: Path) -> bytes:
        """Return a validation report as N-Triples.

        :param shapes: a Turtle file; the same path as before is taken for the same shapes
        :param data: a Turtle file; its blank nodes have the names that they have there, after a ``B``
        :raises RuntimeError: if there is no report, with Jena's words
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{shapes}\t{data}\n".encode())
        self._process.stdin.flush()
        lines = []
        while (line := self._process.stdout.readline()) not in (b"\n", b""):
            lines.append(line)
        if not line:
            raise RuntimeError("Jena has ended")
        if lines and lines[0].startswith(b"#"):
            raise RuntimeError(lines[0].decode())
        return b"".join(lines)


def command(folder: Path, memory: str = "1g") -> list[str]:
    """Compile it into a folder, and return the command that runs it."""
    java = jena.java(folder, memory)
    path = java.pop()
    subprocess.run(["javac", "-cp", path, "-d", str(folder), str(_SOURCE)], check=True, capture_output=True)
    return [*java, f"{folder}:{path}", "JenaShapes"]


@contextmanager
def serve(folder: Path) -> Iterator[JenaShapes]:
    """Run the engine as long as the context lasts.

    :param folder: where it is compiled
    """
    with subprocess.Popen(command(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield JenaShapes(process)
        finally:
            process.kill()
