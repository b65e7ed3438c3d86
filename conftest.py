"""What holds for every test: where it writes, where examples run, which inputs are tried, and which tests take long."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

# The same inputs at every run, and no test that fails because a machine is slow.
settings.register_profile("commons-ld", deadline=None, derandomize=True, print_blob=False)
settings.register_profile("commons-ld, long", settings.get_profile("commons-ld"), max_examples=500)

#: A file system in memory, and the room that tests want there: what they have published, and the stores that they fill,
#: wait for a disk many thousand times.
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own there, which nobody else may enter
_ROOM: Final = 4 * 2**30

#: The files that take longest: what is begun last, one process does while the others have nothing left to do.
BEGUN_FIRST: Final = (
    "test_store_faults.py",
    "test_loading.py",
    "test_cluster.py",
    "test_real_stores.py",
    "test_served.py",
    "test_standing.py",
    "test_site_in_a_browser.py",
    "test_fetch_faults.py",
    "test_workers.py",
    "test_graph_answers.py",
    "test_query_page_in_a_browser.py",
    "test_guarded_shapes.py",
    "test_pipeline_processes.py",
    "test_walks.py",
    "test_fetch_command.py",
    "test_load_graph_store.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--long``, which ``make test-long`` gives."""
    parser.addoption("--long", action="store_true", help="run the tests marked long too")
    parser.addoption(
        "--suite", metavar="DIR", help="run the test suite of the W3C for SHACL, whose manifest.ttl is there"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Try more inputs where tests may take long, and have folders of tests in memory where there is room for them."""
    settings.load_profile("commons-ld, long" if config.getoption("--long") else "commons-ld")
    config.addinivalue_line("markers", "long: takes minutes; run by make test-long")
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        # An environment variable alone names the place and leaves pytest to number the folders, and to sweep them.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; leave long tests out, aloud, unless they were asked for."""
    items.sort(
        key=lambda item: BEGUN_FIRST.index(item.path.name) if item.path.name in BEGUN_FIRST else len(BEGUN_FIRST)
    )
    if not config.getoption("--long"):
        for item in items:
            if "long" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes minutes: run by make test-long"))


@pytest.fixture(autouse=True)
def _examples_run_in_the_repository(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the examples of docstrings name ``data/``, as a reader of them would."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(Path(__file__).parent)
