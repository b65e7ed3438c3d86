"""What the documents say of asking: every session is run, and every answer is the one that is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commons_ld.outputs.search_record import FACETS
from commons_ld.pipeline import exporting
from commons_ld.settings import Settings
from tests.test_cli import run

REPOSITORY = Path(__file__).parent.parent
PAGES = (REPOSITORY / "README.md", REPOSITORY / "docs" / "query.md")
ASKED = re.compile(r"<!-- asked: ([^\n]*?) -->\n```text\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the repository's own data was exported."""
    root = tmp_path_factory.mktemp("asked")
    exporting.export(Settings(root=root, sources=(str(REPOSITORY / "data"),)))
    return root


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_is_printed_is_what_is_answered(published: Path, path: Path) -> None:
    """A reader who types what stands there sees what stands there."""
    shown = ASKED.findall(path.read_text(encoding="utf-8"))

    assert shown
    for arguments, answer in shown:
        assert run(published, *arguments.split()).stdout == answer


def test_every_facet_is_told_of() -> None:
    """The parameters of the page are those of the search."""
    text = PAGES[1].read_text(encoding="utf-8").partition("## Search")[2]

    assert all(f"`{facet}`" in text for facet in FACETS)
