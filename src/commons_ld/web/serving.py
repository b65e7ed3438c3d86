"""Serving a publication: load it where it is newer than the store, listen, and go over to the next one."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from commons_ld.concepts import Concepts
from commons_ld.errors import CommonsError, PublicationError, SettingsError
from commons_ld.ledger.log import withdrawn
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.processes.sandbox import end_with_parent
from commons_ld.sentences import publication
from commons_ld.sentences.settings import said
from commons_ld.settings import ServeSettings, Settings
from commons_ld.site.record_pages import frame_of
from commons_ld.stores import embedded
from commons_ld.web.app import create_app
from commons_ld.web.budget import Budgets
from commons_ld.web.edition import Edition, Terms
from commons_ld.web.files import Files
from commons_ld.web.harvesting import oai_routes
from commons_ld.web.kept import Kept
from commons_ld.web.logs import Logged
from commons_ld.web.pages import asset_routes
from commons_ld.web.query_page import query_page, query_page_routes
from commons_ld.web.reconcile_routes import reconcile_routes
from commons_ld.web.search_routes import search_routes
from commons_ld.web.workers import Limits

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from starlette.types import ASGIApp

__all__ = ["Following", "application", "authority", "edition_of", "listening", "resolved", "serve", "terms_of"]

#: How the process that listens is told what it serves: the settings as JSON.
_SETTINGS: Final = "_COMMONS_LD_SETTINGS"
#: Seconds between two looks at whether another publication has been made: until then, what is not in it is 503.
_LOOK: Final = 0.2
#: The longest that a publication is waited for that could not be loaded, in looks: what was in its way may be gone.
_PATIENCE: Final = 160
#: Milliseconds in which the head of a request has to be there.
_HEAD: Final = 10_000
_MIB: Final = 2**20
#: Seconds after which a thread that looks at a long query makes way for the one that listens; Python has 5 ms.
_SWITCH: Final = 0.0005


def listening(settings: Settings, host: str | None, port: int | None) -> Settings:
    """Return the settings with another address to listen at, where one is given.

    :raises SettingsError: if nobody can listen there
    """
    given = {"host": host, "port": port}
    serve = msgspec.structs.replace(
        settings.serve, **{name: value for name, value in given.items() if value is not None}
    )
    try:
        family, address = resolved(serve.host)
        with socket.create_server((address, serve.port), family=family):
            pass
    except OSError as error:
        # What binding raises says where it was tried, which is told already.
        why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        problem = said("no-listening", address=authority(serve), value=why)
        raise SettingsError("serve", "the settings", problem) from error
    return msgspec.structs.replace(settings, serve=serve)


def authority(serve: ServeSettings) -> str:
    """Return the host and the port as they stand in an address (RFC 3986, section 3.2.2).

    >>> authority(ServeSettings(host="::1", port=80)), authority(ServeSettings(host="localhost"))
    ('[::1]:80', 'localhost:8000')
    """
    return f"[{serve.host}]:{serve.port}" if ":" in serve.host else f"{serve.host}:{serve.port}"


def resolved(host: str) -> tuple[socket.AddressFamily, str]:
    """Return the kind of address that a host has, and the address; of several, one of IPv4.

    :raises OSError: if there is no such host
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    family, _, _, _, address = min(found, key=lambda row: row[0] != socket.AF_INET)
    return family, str(address[0])


def terms_of(settings: Settings) -> Terms:
    """Return the terms that the settings set."""
    serve: ServeSettings = settings.serve
    limits = Limits(
        seconds=serve.query_seconds,
        memory=serve.query_memory * _MIB,
        workers=serve.workers,
        slow=serve.slow_workers,
        waiting=serve.waiting,
        answer=serve.answer_size * _MIB,
    )
    return Terms(
        settings.base_iri,
        limits,
        frame_of(settings).archive,
        cache=serve.cache_size * _MIB,
        budgets=Budgets(serve.client_seconds),
        is_behind_proxy=serve.behind_proxy,
    )


class _Publication(NamedTuple):
    """What is served of a publication beside its store."""

    files: Files
    withdrawn: frozenset[str]
    given_up: Mapping[str, str]


def _publication_of(settings: Settings) -> _Publication:
    """Return the publication that stands.

    :raises PublicationError: if there is none
    """
    files = Files.of(settings.path(settings.output.directory))
    concepts = files.folder / "ontology" / "concepts.ttl"
    given_up = Concepts.load(concepts).given_up if concepts.is_file() else {}
    return _Publication(files, withdrawn(settings.path(settings.state)), given_up)


def edition_of(settings: Settings, terms: Terms) -> Edition:
    """Return what is to be served now: the publication that stands, loaded.

    :raises PublicationError: if there is none, or it cannot be loaded
    """
    files, gone, given_up = _publication_of(settings)
    generation = embedded.refresh(files.folder, settings.path(settings.state))
    return Edition(generation, terms, files=files, withdrawn=gone, given_up=given_up)


class Following:
    """What is served now: another publication takes the place of this one soon after it was made.

    Its files, pages and search do so at once. Its store is loaded in a process of its own while the one before goes
    on; requests that are under way when it is there are answered from that one to their end.

    :param look: seconds between two looks
    :raises PublicationError: if there is no publication to begin with
    """

    def __init__(self, settings: Settings, *, look: float = _LOOK, told: Callable[[str], None] | None = None) -> None:
        self._settings, self._terms, self._look = settings, terms_of(settings), look
        self._told = told or _warn
        self._out = settings.path(settings.output.directory)
        #: The publication whose store is served, and the one whose files are.
        self._name = self._shown = published(self._out)
        #: The publication that could not be loaded, how many looks pass before the next try, and how many are left.
        self._failed, self._patience, self._left = "", 0, 0
        self._edition = edition_of(settings, self._terms)
        #: The edition that knows what was withdrawn, and the time and the size that the ledger had then.
        self._heard: tuple[Edition, int, int] | None = None
        self._sweep()
        #: The search index that was asked for last.
        self._index: Path | None = None
        self._leaving: list[threading.Timer] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="following the publication", daemon=True)
        self._thread.start()

    def __call__(self) -> Edition:
        """Return the edition that is served now."""
        return self._edition

    def index(self, state: Path) -> Path:
        """Return the search index of the publication that is served now; of one that stands, where that is not there.

        An export puts an index in its place a moment after the publication, and removes the one before then.
        """
        path = index_path(state, self._shown)
        if not path.is_file():
            others = (index_path(state, published(self._out)), self._index)
            path = next((other for other in others if other and other.is_file()), path)
        self._index = path
        return path

    def close(self) -> None:
        """Follow no more, and close the edition."""
        self._ended.set()
        self._thread.join()
        for timer in self._leaving:
            timer.cancel()
            timer.function(*timer.args)
        self._edition.close()

    def _follow(self) -> None:
        while not self._ended.wait(self._look):
            name = self._show()
            self._hear()
            # Where somebody has removed the store, what is open still answers, and what ends cannot be begun again.
            if not name or (name == self._name and self._edition.workers.store.is_dir()):
                continue
            if name == self._failed and self._left:
                self._left -= 1
                continue
            self._go_over(name)

    def _show(self) -> str:
        """Serve the files of the publication that stands, if its store is not there yet; return its name."""
        name = published(self._out)
        if name and name != self._shown:
            # What cannot be read now, the loading of its store tells; or another one has taken its place already.
            with contextlib.suppress(PublicationError):
                is_behind = name != self._name
                self._edition = self._edition.with_files(*_publication_of(self._settings), is_behind=is_behind)
                self._shown = name
        return name

    def _hear(self) -> None:
        """Hear of what was withdrawn: an export notes it in the ledger once its publication stands."""
        state = self._settings.path(self._settings.state)
        with contextlib.suppress(PublicationError, FileNotFoundError):
            ledger = (state / "ledger.sqlite").stat()
            if (heard := (self._edition, ledger.st_mtime_ns, ledger.st_size)) != self._heard:
                self._edition.withdrawn = withdrawn(state)
                self._heard = heard

    def _go_over(self, name: str) -> None:
        spawning = multiprocessing.get_context("spawn")
        heard, line = spawning.Pipe(duplex=False)
        loading = spawning.Process(target=_load, args=(msgspec.to_builtins(self._settings, enc_hook=str), line))
        loading.start()
        line.close()
        while loading.is_alive():
            loading.join(self._look)
            self._show()
            self._hear()
        try:
            with heard:
                if loading.exitcode:
                    raise PublicationError(self._out, publication.said("not-loaded", _why(loading, heard)))
            edition = edition_of(self._settings, self._terms)
        except CommonsError as error:
            # Another loading may run, or the disk be full: that passes, and is told once.
            if name != self._failed:
                self._failed, self._patience = name, 0
                self._told(str(error))
            self._patience = self._left = min(2 * self._patience + 1, _PATIENCE)
            return
        edition.workers.start()
        before, self._edition, self._name, self._shown = self._edition, edition, name, name
        # Whoever was being answered when the next one came has his time.
        timer = threading.Timer(self._terms.limits.seconds + self._terms.body_seconds, self._leave, [before])
        timer.daemon = True
        self._leaving = [old for old in self._leaving if old.is_alive()] + [timer]
        timer.start()

    def _leave(self, before: Edition) -> None:
        """Close an edition, and remove what it was answered from."""
        before.close()
        self._sweep()

    def _sweep(self) -> None:
        """Remove the stores of other publications: what was taken back may be in them."""
        # A loading that runs sweeps by itself; and of a state that is only read, nothing is removed.
        with contextlib.suppress(PublicationError):
            embedded.sweep(self._settings.path(self._settings.state))


def _load(given: dict[str, object], line: Connection) -> None:
    """Load the publication that stands, or tell why that cannot be done; the whole life of a process."""
    settings = msgspec.convert(given, Settings, dec_hook=lambda kind, value: kind(value))
    try:
        embedded.refresh(settings.path(settings.output.directory), settings.path(settings.state))
    except CommonsError as error:
        line.send_bytes(str(error).encode())
        sys.exit(3)


def _why(loading: BaseProcess, heard: Connection) -> str:
    """Return why a process that is over did not load a publication."""
    try:
        return heard.recv_bytes().decode()
    except EOFError:  # it was killed, such as by the system for want of memory
        return f"its process ended with {loading.exitcode}"


def _warn(what: str) -> None:
    sys.stderr.write(json.dumps({"event": "warning", "what": what}) + "\n")


def application() -> ASGIApp:
    """Return the application of the archive that this process was told to serve: the endpoint, and its pages."""
    sys.setswitchinterval(_SWITCH)
    # Who is killed cannot end the one that listens, which would keep the port from whoever is started next.
    end_with_parent()
    settings = msgspec.json.decode(os.environ[_SETTINGS], type=Settings, dec_hook=lambda kind, value: kind(value))
    state = settings.path(settings.state)
    following = Following(settings)
    routes = (
        *query_page_routes(settings),
        *search_routes(settings, lambda: following.index(state)),
        *reconcile_routes(following, lambda: following.index(state)),
        *asset_routes(),
        *oai_routes(following, settings),
    )
    app = Kept(create_app(following, routes, page=query_page(settings), ending=following.close), following)
    return Logged(
        app,
        is_behind_proxy=settings.serve.behind_proxy,
        has_access_log=settings.serve.access_log,
        known=app.known,
    )


def serve(settings: Settings) -> None:
    """Answer over HTTP until the process is told to end."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    rooted = msgspec.structs.replace(settings, root=settings.root.resolve())
    os.environ[_SETTINGS] = msgspec.json.encode(rooted, enc_hook=str).decode()
    Granian(
        "commons_ld.web.serving:application",
        address=resolved(settings.serve.host)[1],
        port=settings.serve.port,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_access=False,
        # That it starts and ends is told by the command; what goes wrong is told by the server.
        log_level=LogLevels.warning,
        # The head of a request has its time in HTTP/1.1 alone, and no web server in front speaks HTTP/2 to us.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD),
        respawn_failed_workers=True,
    ).serve()
