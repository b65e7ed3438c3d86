"""A real Apache Jena TDB2 on loopback, in a folder of its own (from Debian: ``tests/servers/install-stores.sh``).

Debian has Jena's jars and no server: ``JenaStore.java`` is a small one of ours. Anybody may ask it; only :data:`USER`
may change it, who signs in by basic authentication.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from tests.servers.oxigraph import free_port
from tests.servers.processes import Restarted, Server

__all__ = ["PASSWORD", "USER", "Jena", "java", "load_at_once", "missing", "serve"]

USER: Final = "loader"
PASSWORD: Final = "test-only"

#: Little: tests load little.
_MEMORY: Final = "512m"

_SOURCE: Final = Path(__file__).with_name("JenaStore.java")
_JARS: Final = Path("/usr/share/java")
_NAMES: Final = (
    *(f"jena-{part}" for part in (
        "arq", "base", "cmds", "core", "dboe-base", "dboe-index", "dboe-storage", "dboe-trans-data", "dboe-transaction", "iri",
        "rdfconnection", "shacl", "shex", "tdb", "tdb2",
    )),
    *(f"commons-{part}" for part in ("cli", "codec", "compress", "csv", "io", "lang3")),
    *(f"jackson-{part}" for part in ("annotations", "core", "databind")),
    "dexx", "collection", "gson", "guava", "httpclient", "httpcore", "jakarta.json-api", "jsonld-java", "jcl-over-slf4j",
    "protobuf", "slf4j-api", "slf4j-simple", "thrift", "titanium-json-ld",
)  # fmt: skip
#: Where Debian's jar has the messages of its XML library, and where that library looks for them.
_MESSAGES: Final = "org/apache/jena/ext/xerces/"
_LOOKED_FOR: Final = "xerces/"


def missing() -> str:
    """Return why no Jena can be had here, or ``""``."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "a Java that compiles is not installed"
    return "" if (_JARS / "jena-tdb2.jar").is_file() else "Apache Jena is not installed"


class Jena(Restarted):
    """The server; made by :func:`serve`."""

    credentials: Final = (USER, PASSWORD)

    def __init__(self, folder: Path, memory: str) -> None:
        self._folder, self._memory, self._port = folder, memory, free_port()
        self.url: Final = f"http://127.0.0.1:{self._port}/query"
        self.update_url: Final = f"http://127.0.0.1:{self._port}/update"
        self.data_url: Final = f"http://127.0.0.1:{self._port}/data"

    def start(self) -> None:
        """Start it on what its folder holds, and wait until it answers."""
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        (data / "tdb.lock").unlink(missing_ok=True)  # of one that was killed
        command = [*java(self._folder, self._memory), "-XX:TieredStopAtLevel=1"]
        self.server = Server(
            [*command, str(_SOURCE), str(self._port), str(data), ":".join(self.credentials)],
            self._folder / "output.log",
        )
        self.server.wait_for(self.url)

    def clear(self) -> None:
        """Take every statement out of it."""
        self.send("POST", self.update_url, b"DROP ALL", "application/sparql-update")

    def load(self, path: Path) -> None:
        """Load N-Quads, or Turtle into a graph named for the file."""
        if path.suffix == ".nq":
            self.send("POST", self.data_url, path.read_bytes(), "application/n-quads")
        else:
            self.send("POST", f"{self.data_url}?graph=urn:{path.stem}", path.read_bytes(), "text/turtle")

    def send(self, method: str, url: str, body: bytes, media_type: str) -> None:
        """Send a request, signed in."""
        account = base64.b64encode(":".join(self.credentials).encode()).decode()
        headers = {"Authorization": f"Basic {account}", "Content-Type": media_type}
        httpx.request(method, url, content=body, headers=headers, trust_env=False, timeout=60).raise_for_status()


def java(folder: Path, memory: str) -> list[str]:
    """Return the command that runs a class with Jena, which is to follow; it ends with the path of classes."""
    jars = [
        str(_overlay(folder)),
        *(str(_JARS / f"{name}.jar") for name in _NAMES if (_JARS / f"{name}.jar").exists()),
    ]
    return ["java", f"-Xmx{memory}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", ":".join(jars)]


def _overlay(folder: Path) -> Path:
    """Return a folder with the files that Debian's jar has in a place where Jena does not look."""
    overlay = folder / "overlay"
    if not overlay.exists():
        with zipfile.ZipFile(_JARS / "jena-core.jar") as jar:
            for name in jar.namelist():
                if name.startswith(_MESSAGES) and not name.endswith(("/", ".class")):
                    target = overlay / _LOOKED_FOR / name.removeprefix(_MESSAGES)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(jar.read(name))
    return overlay


def load_at_once(folder: Path, path: Path, memory: str = _MEMORY) -> None:
    """Load N-Quads into an empty store that is not served, by Jena's own loader.

    :param memory: as Java wants it told
    """
    command = [*java(folder, memory), "tdb2.tdbloader", "--loc", str(folder / "data"), str(path)]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def serve(folder: Path, memory: str = _MEMORY) -> Iterator[Jena]:
    """Serve an empty store.

    :param memory: as Java wants it told
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = Jena(folder, memory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
