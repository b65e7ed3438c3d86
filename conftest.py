"""What holds for every test: where examples run, which inputs are tried, and which tests take long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings

# The same inputs at every run, and no test that fails because a machine is slow.
settings.register_profile("commons-ld", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("commons-ld")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--long``, which ``make test-long`` gives."""
    parser.addoption("--long", action="store_true", help="run the tests marked long too")
    parser.addoption(
        "--suite", metavar="DIR", help="run the test suite of the W3C for SHACL, whose manifest.ttl is there"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of long tests."""
    config.addinivalue_line("markers", "long: takes minutes; run by make test-long")


def pytest_collection_modifyitems(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Leave long tests out, aloud, unless they were asked for."""
    if not config.getoption("--long"):
        for item in items:
            if "long" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes minutes: run by make test-long"))


@pytest.fixture(autouse=True)
def _examples_run_in_the_repository(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the examples of docstrings name ``data/``, as a reader of them would."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(Path(__file__).parent)
