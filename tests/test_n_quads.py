"""N-Quads are read from any place in them, as they are and compressed."""

import gzip
import json
import random
import zlib
from pathlib import Path

import pytest

from commons_ld.rdf.n_quads import BROKEN, NQuads, n_quads_of, opened
from tests.test_kept_dumps import OTHERS, archive, dump


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a publication whose N-Quads are compressed alone."""
    dump(tmp_path, archive(200), OTHERS[1])
    return (tmp_path / "dist").resolve()


def test_any_part_of_them_is_what_gunzip_has_there(folder: Path) -> None:
    """In whatever order parts are asked for, within pieces and across them, and past the end."""
    data, chance = gzip.decompress((folder / "dataset.nq.gz").read_bytes()), random.Random(1)
    with NQuads(n_quads_of(folder)) as n_quads:
        for _ in range(200):
            start, length = chance.randrange(len(data)), chance.choice([0, 1, 300, len(data)])

            assert n_quads.read(start, length) == data[start : start + length]
        assert n_quads.read(len(data) + 5, 1) == b""
    with opened(n_quads_of(folder)) as file:
        assert file.read() == data


def test_the_index_tells_what_is_there(folder: Path) -> None:
    """Pieces that a web server may be asked for by themselves."""
    index = json.loads((folder / "dataset.nq.gz.index.json").read_bytes())
    packed = (folder / "dataset.nq.gz").read_bytes()
    data = gzip.decompress(packed)
    (start, begins), (end, ends) = index["pieces"][2:4]

    assert index["pieces"][-1] == [len(data), len(packed) - 10]
    assert zlib.decompressobj(wbits=-15).decompress(packed[begins:ends]) == data[start:end] != b""


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "dataset.nq.gz").write_bytes((folder / "dataset.nq.gz").read_bytes()[:-900]),
        lambda folder: (folder / "dataset.nq.gz").write_bytes(b"\0" * 5000),
        lambda folder: (folder / "dataset.nq.gz.index.json").unlink(),
        lambda folder: (folder / "dataset.nq.gz.index.json").write_bytes(b'{"pieces": [[0, "a"]]}'),
    ],
    ids=["cut off", "something else", "no index", "no such index"],
)
def test_what_is_damaged_is_told(folder: Path, harm: object) -> None:
    """None of it is taken for what was published."""
    harm(folder)  # type: ignore[operator]

    with pytest.raises(BROKEN), NQuads(n_quads_of(folder)) as n_quads:
        n_quads.read(0, 1 << 30)
