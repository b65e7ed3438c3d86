"""What a publication is made with: what changes a byte of it counts, and what only serves it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from commons_ld.pipeline import made_with
from commons_ld.pipeline.made_with import code_digest, fingerprint
from commons_ld.settings import Settings


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of our code, which is digested instead of ours."""
    original = Path(made_with.__file__).parent.parent
    copy = Path(shutil.copytree(original, tmp_path / "commons_ld", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(made_with, "__file__", str(copy / "pipeline" / "made_with.py"))
    return copy


@pytest.mark.parametrize(
    "name", ["mapping/mapper.py", "rendering/xml.py", "queries/renderings/edm.rq", "queries/renderings/datagouv.rq"]
)
def test_a_publication_is_made_anew_where_what_makes_it_changed(package: Path, name: str) -> None:
    """Code counts, and so do the queries that the renderings for harvesters are made by."""
    before = fingerprint(Settings()), code_digest()
    (package / name).write_bytes((package / name).read_bytes() + b"\n# changed\n")
    after = fingerprint(Settings()), code_digest()

    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False]


@pytest.mark.parametrize(
    "name",
    ["web/__init__.py", "queries/records.rq", "queries/cookbook/total-hours.rq", "cli.py", "pipeline/rebuilding.py"],
)
def test_a_publication_stands_where_only_what_serves_it_changed(package: Path, name: str) -> None:
    """The queries of people and of the command line change no byte of it."""
    before = fingerprint(Settings()), code_digest()
    (package / name).write_bytes((package / name).read_bytes() + b"\n# changed\n")

    assert (fingerprint(Settings()), code_digest()) == before
