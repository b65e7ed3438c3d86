"""A real Virtuoso 7.2 on loopback, in a folder of its own (from Debian: ``tests/servers/install-stores.sh``).

Anybody may ask it; only :data:`USER` may change it, who signs in by digest authentication.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.oxigraph import free_port
from tests.servers.processes import Restarted, Server

__all__ = ["PASSWORD", "USER", "Virtuoso", "missing", "serve"]

USER: Final = "loader"
PASSWORD: Final = "test-only"

#: What Virtuoso must be told (http://docs.openlinksw.com/virtuoso/ch-server/): where its files lie, and how much memory
#: it may use, in pages of 8 KiB.
_SETTINGS: Final = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 20
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
CheckpointInterval = 0
DirsAllowed = {folder}
DefaultIsolation = 2

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
DefaultMailServer = 127.0.0.1:25

[Client]
SQL_QUERY_TIMEOUT = 0
SQL_TXN_TIMEOUT = 0

[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""
#: Little memory: tests load little.
_BUFFERS: Final = 20_000

_ACCOUNT: Final = f"""\
DB.DBA.USER_CREATE ('{USER}', '{PASSWORD}');
GRANT SPARQL_UPDATE TO "{USER}";
DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('nobody', 1);
DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('{USER}', 7);
"""


def missing() -> str:
    """Return why no Virtuoso can be had here, or ``""``."""
    absent = [program for program in ("virtuoso-t", "isql-vt") if shutil.which(program) is None]
    return f"{' and '.join(absent)} of Virtuoso not installed" if absent else ""


class Virtuoso(Restarted):
    """The server; made by :func:`serve`."""

    credentials: Final = (USER, PASSWORD)

    def __init__(self, folder: Path, buffers: int) -> None:
        self._folder, self._buffers = folder, buffers
        self._sql, self._http = free_port(), free_port()
        self.url: Final = f"http://127.0.0.1:{self._http}/sparql"
        self.update_url: Final = f"http://127.0.0.1:{self._http}/sparql-auth"
        self.data_url: Final = f"http://127.0.0.1:{self._http}/sparql-graph-crud-auth"

    def start(self) -> None:
        """Start it on what its folder holds, and wait until it answers."""
        settings = self._folder / "virtuoso.ini"
        memory = {"buffers": self._buffers, "dirty": self._buffers * 3 // 5}
        settings.write_text(_SETTINGS.format(folder=self._folder, sql=self._sql, http=self._http, **memory))
        (self._folder / "virtuoso.lck").unlink(missing_ok=True)  # of one that was killed
        command = ["virtuoso-t", "-f", "-c", str(settings)]
        self.server = Server(command, self._folder / "output.log")
        self.server.wait_for(self.url)

    def clear(self) -> None:
        """Take every statement out of it."""
        self.run("RDF_GLOBAL_RESET ();\n")

    def load(self, path: Path) -> None:
        """Load N-Quads, or Turtle into a graph named for the file, as its own bulk loader does."""
        copy = self._folder / f"load{path.suffix}"
        copy.unlink(missing_ok=True)
        try:
            copy.hardlink_to(path)
        except OSError:  # on another file system
            shutil.copyfile(path, copy)
        if path.suffix == ".nq":
            # Many threads that load N-Quads (TTLP_MT) were seen to end in a deadlock; this was not.
            self.run(
                f"delete from DB.DBA.load_list;\nld_dir ('{self._folder}', '{copy.name}', 'urn:{path.stem}');\n"
                "rdf_loader_run ();\n"
                "select signal ('RDFLD', ll_error) from DB.DBA.load_list where ll_error is not null;\ncheckpoint;\n"
            )
        else:
            self.run(f"DB.DBA.TTLP_MT (file_to_string_output ('{copy}'), '', 'urn:{path.stem}');\ncheckpoint;\n")
        copy.unlink()

    def run(self, statements: str) -> None:
        """Run SQL as its administrator."""
        done = subprocess.run(
            ["isql-vt", f"127.0.0.1:{self._sql}", "dba", "dba"], input=statements, capture_output=True, text=True, check=True
        )  # fmt: skip
        if "*** Error" in done.stdout + done.stderr:
            raise RuntimeError(done.stdout + done.stderr)


@contextmanager
def serve(folder: Path, buffers: int = _BUFFERS) -> Iterator[Virtuoso]:
    """Serve an empty store.

    :param buffers: how many pages of 8 KiB it may hold in memory
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = Virtuoso(folder, buffers)
    try:
        server.start()
        server.run(_ACCOUNT)
        yield server
    finally:
        server.stop()
