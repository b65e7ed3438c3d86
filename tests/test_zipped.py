"""The archive for Europeana: read back by Python's zipfile and by Info-ZIP, and of the same bytes each time."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from commons_ld.outputs.spool import Spool
from commons_ld.rendering.zipped import Archive, entry, pack
from tests.archive import Archive as Published

ELEMENTS = {f"session-{number}.xml": f"<a>{'é' * number}</a>".encode() for number in range(5)}
FILES = {name: b'<?xml version="1.0" encoding="UTF-8"?>\n%b\n' % element for name, element in ELEMENTS.items()}


def packed(folder: Path) -> bytes:
    """Return an archive of a few files."""
    file = io.BytesIO()
    with Spool(folder / "spool") as spool:
        archive = Archive(file, spool)
        for name, element in ELEMENTS.items():
            archive.add(entry(name, pack(element)))
        archive.finish()
    return file.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive, as zipfile reads them, which checks their sums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_archive_holds_its_files(tmp_path: Path) -> None:
    """In the order in which they were added, with names and contents of any letters; twice the same bytes."""
    data = packed(tmp_path)

    assert list(read(data).items()) == list(FILES.items())
    assert packed(tmp_path) == data


def test_an_archive_of_nothing_is_one(tmp_path: Path) -> None:
    """Where no record is published there is an archive, and it is empty."""
    file = io.BytesIO()
    with Spool(tmp_path / "spool") as spool:
        Archive(file, spool).finish()

    assert read(file.getvalue()) == {}


@pytest.mark.parametrize("size", [0, 1, 100, 70_000])
def test_what_is_packed_for_a_stream_is_the_same_in_an_archive(tmp_path: Path, size: int) -> None:
    """The pieces of an entry were packed with other things behind them, and stand for themselves."""
    element = b"<a>" + random.Random(size).randbytes(size).hex().encode() + b"</a>"
    alone, together = pack(element), pack(element, "session/été", [element, b"<b/>"])
    file = io.BytesIO()
    with Spool(tmp_path / "spool") as spool:
        archive = Archive(file, spool)
        archive.add(entry("a.xml", together))
        archive.finish()

    assert entry("a.xml", alone) == entry("a.xml", together)
    assert read(file.getvalue())["a.xml"].splitlines()[1] == element
    assert zlib.decompress(together.stream, wbits=-zlib.MAX_WBITS).split(b"\0") == [
        "session/été".encode(),
        element,
        element,
        b"<b/>",
    ]


def test_more_entries_than_the_first_form_of_zip_can_count(tmp_path: Path) -> None:
    """From 65,535 on they are counted in the fields of ZIP64, which zipfile reads."""
    file, one = io.BytesIO(), pack(ELEMENTS["session-1.xml"])
    with Spool(tmp_path / "spool") as spool:
        archive = Archive(file, spool)
        for number in range(65_540):
            archive.add(entry(f"{number}.xml", one))
        archive.finish()

    with zipfile.ZipFile(file) as found:
        assert len(found.namelist()) == 65_540
        assert found.read("65539.xml") == FILES["session-1.xml"]


def test_entries_that_stand_beyond_four_gibibytes(tmp_path: Path) -> None:
    """Their offsets are told in the fields of ZIP64; the file has a hole, and takes no room."""
    path = tmp_path / "far.zip"
    with path.open("wb") as file, Spool(tmp_path / "spool") as spool:
        archive = Archive(file, spool)
        archive._offset = file.seek(5 << 30)
        for name, element in ELEMENTS.items():
            archive.add(entry(name, pack(element)))
        archive.finish()

    with zipfile.ZipFile(path) as found:
        assert {name: found.read(name) for name in found.namelist()} == FILES


@pytest.mark.skipif(not shutil.which("unzip"), reason="Info-ZIP is not installed")
def test_info_zip_finds_nothing_wrong(tmp_path: Path) -> None:
    """The program that most people unpack with reads it, and the sums are right."""
    (tmp_path / "edm.zip").write_bytes(packed(tmp_path))

    told = subprocess.run(["unzip", "-t", tmp_path / "edm.zip"], capture_output=True, text=True, check=True)

    assert "No errors detected" in told.stdout


def test_an_export_packs_a_document_for_each_record(tmp_path: Path) -> None:
    """Each holds one record; what is withdrawn is no more in the archive."""
    archive = Published(tmp_path)
    archive.write("un.json", b'{"title": "21.12 Un essai", "media_type": "Audio"}')
    archive.write("trois.json", b'{"title": "Une page sans type"}')
    path = archive.write("deux.json", b'{"title": "Un film", "media_type": "Video"}')
    archive.export()
    before = read((archive.out / "site/renderings/edm.zip").read_bytes())
    path.unlink()
    archive.export()
    after = read((archive.out / "site/renderings/edm.zip").read_bytes())

    assert sorted(before) == ["media-un-film.xml", "session-21-12-un-essai.xml"]
    assert [data.count(b"<edm:ProvidedCHO ") for data in before.values()] == [1, 1]
    assert after == {"session-21-12-un-essai.xml": before["session-21-12-un-essai.xml"]}
