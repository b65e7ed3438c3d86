"""The web root: everything that is published, under the same names, and no byte twice."""

from pathlib import Path

import msgspec
import pytest

from commons_ld.errors import PublicationError
from commons_ld.outputs.publication import publish
from commons_ld.settings import OutputSettings
from tests.archive import Archive, page


def exported(root: Path, **output: object) -> Path:
    """Return the publication of one page."""
    archive = Archive(root, output=msgspec.structs.replace(OutputSettings(), **output))
    archive.write("essai.txt", page())
    archive.export()
    return archive.out


def test_the_web_root_holds_every_data_file_as_the_same_file(tmp_path: Path) -> None:
    """A second name, and no second copy of the bytes; SHA256SUMS stays outside, and what web servers are told."""
    out = exported(tmp_path)

    for path in out.resolve().rglob("*"):
        name = path.relative_to(out.resolve())
        if path.is_file() and name.parts[0] not in ("site", "hosting", "SHA256SUMS"):
            assert (out / "site" / name).samefile(path)
    assert (out / "site" / "session" / "21-12-un-essai.ttl").is_file()


def test_the_site_can_be_left_out(tmp_path: Path) -> None:
    """The setting says so; the feeds have one of their own."""
    assert not (exported(tmp_path, site=False, feeds=False) / "site").exists()


def test_only_a_file_that_is_there_gets_a_second_name(tmp_path: Path) -> None:
    """A name that was never written is a fault of ours, and nothing is published."""
    with pytest.raises(PublicationError, match="no file of this publication"), publish(tmp_path / "out") as generation:
        generation.link("b", "a")

    assert not (tmp_path / "out").exists()


def test_the_feeds_do_not_need_the_pages(tmp_path: Path) -> None:
    """Without pages, what ResourceSync names is beside the site, where only ``commons-ld serve`` finds it."""
    alone, both = exported(tmp_path / "alone", site=False), exported(tmp_path / "both")
    for folder in (alone, both):
        assert (folder / "site" / "feeds" / "ldes" / "index.ttl").is_file()
    (named,) = (path.relative_to(alone) for path in alone.glob("session/*.jsonld"))
    assert not (alone / "site" / named).exists()
    assert (both / "site" / named).is_file()
