"""The wikis that tests fetch from: one of our own, and a real MediaWiki where it can be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import fake_wiki, mediawiki
from tests.servers.fake_wiki import FakeWiki
from tests.servers.mediawiki import MediaWiki


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
