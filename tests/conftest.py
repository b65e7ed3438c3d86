"""The servers that tests talk to: an archive and a wiki of our own, a real MediaWiki and real SPARQL stores where they can be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.feeds.oai import respond
from commons_ld.feeds.oai_publication import read_labels, read_rows, repository_of
from tests.archive import Archive
from tests.browser import Browser, open_browser
from tests.foreign import Foreign
from tests.loads import FailingStore, Publisher
from tests.servers import fake_wiki, jena, mediawiki, oxigraph, static_host, virtuoso
from tests.servers.fake_wiki import FakeWiki
from tests.servers.jena import Jena
from tests.servers.mediawiki import MediaWiki
from tests.servers.oxigraph import Oxigraph
from tests.servers.virtuoso import Virtuoso
from tests.targets import REMOTE, Target


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """Return an archive in which there is nothing yet."""
    return Foreign(tmp_path)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """Yield a browser, where there is one: see :func:`tests.browser.is_there`."""
    with open_browser(tmp_path) as opened:
        yield opened


@pytest.fixture
def fake() -> Iterator[FakeWiki]:
    """Yield an empty wiki of our own."""
    with fake_wiki.serve() as wiki:
        yield wiki


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    if reason := mediawiki.missing():
        pytest.skip(f"{reason}: tests/servers/install-mediawiki.sh installs it")
    with mediawiki.serve(tmp_path_factory.mktemp("wiki") / "site") as wiki:
        yield wiki


@pytest.fixture
def real(_served: MediaWiki) -> MediaWiki:
    """Return a real MediaWiki with no page but the main one."""
    _served.reset()
    return _served


@pytest.fixture(params=["fake", "real"])
def wiki(request: pytest.FixtureRequest) -> FakeWiki | MediaWiki:
    """Return each of them in turn."""
    made: FakeWiki | MediaWiki = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[tuple[Archive, str]]:
    """Yield an archive in which there is nothing yet, and the address at which its site and OAI-PMH are served."""
    root = tmp_path / "followed"
    archive = Archive(root)

    def oai(arguments: list[tuple[str, str]]) -> bytes:
        folder, settings = archive.out.resolve(), archive.settings
        rows, labels = read_rows(folder), read_labels(folder, settings)
        return respond(arguments, repository_of(settings, folder, rows, labels, f"{base}oai"), batch=3)

    with static_host.serve(archive.out, oai=oai) as base:
        archive = Archive(root, base_iri=base)
        yield archive, base


@pytest.fixture(scope="session")
def served_oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    """Yield a real Oxigraph, with whatever was left in it."""
    with oxigraph.serve(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="session")
def served_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """Yield a real Virtuoso, with whatever was left in it."""
    if reason := virtuoso.missing():
        pytest.skip(f"{reason}: tests/servers/install-stores.sh installs it")
    with virtuoso.serve(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture(scope="session")
def served_jena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jena]:
    """Yield a real Apache Jena, with whatever was left in it."""
    if reason := jena.missing():
        pytest.skip(f"{reason}: tests/servers/install-stores.sh installs it")
    with jena.serve(tmp_path_factory.mktemp("jena")) as server:
        yield server


@pytest.fixture(params=[*REMOTE, "embedded"])
def target(request: pytest.FixtureRequest) -> Target:
    """Return each store in turn, empty."""
    if request.param == "embedded":
        return Target("embedded", None)
    made = Target(request.param, request.getfixturevalue(f"served_{request.param}"))
    made.clear()
    return made


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest) -> Target:
    """Return each store that is a server in turn, empty."""
    made = Target(request.param, request.getfixturevalue(f"served_{request.param}"))
    made.clear()
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FailingStore]:
    """Yield an empty Oxigraph, whose client can be made to fail."""
    with oxigraph.serve(tmp_path / "store") as server:
        yield FailingStore(server.url)


@pytest.fixture
def ana(store: FailingStore, tmp_path: Path) -> Publisher:
    """Return a publisher who loads into it."""
    return Publisher(tmp_path / "ana", store)
