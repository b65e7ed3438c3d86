"""The graphs of a publication, as they are read from its dump."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from commons_ld.errors import PublicationError
from commons_ld.stores.places import Places
from commons_ld.stores.publication import Graph, dump_of, places, read
from tests.archive import Archive, page

DUMP = (
    b'<http://a/s> <http://a/p> "x <http://a/other> ." <http://a/g/1> .\n'
    b"<http://a/s> <http://a/p> <http://a/o> <http://a/g/1> .\n"
    b'<http://a/s> <http://a/p> "y"@fr <http://a/g/2> .\n'
)


def test_each_graph_is_found_with_its_hash_and_its_statements(tmp_path: Path) -> None:
    """A text that looks like the end of a statement is a text."""
    dump = tmp_path / "dataset.nq"
    dump.write_bytes(DUMP)
    lines = DUMP.splitlines(keepends=True)

    found = list(places(dump))

    assert [(place.iri, place.statements, place.sha256) for place in found] == [
        ("http://a/g/1", 2, hashlib.sha256(lines[0] + lines[1]).hexdigest()),
        ("http://a/g/2", 1, hashlib.sha256(lines[2]).hexdigest()),
    ]
    assert list(read(dump, iter(reversed(found)))) == [
        Graph("http://a/g/2", (b'<http://a/s> <http://a/p> "y"@fr .',)),
        Graph(
            "http://a/g/1",
            (b'<http://a/s> <http://a/p> "x <http://a/other> ." .', b"<http://a/s> <http://a/p> <http://a/o> ."),
        ),
    ]


def test_everything_that_is_published_is_in_one_of_the_graphs(tmp_path: Path) -> None:
    """Records, their descriptions, the catalogue, the concepts, the crosswalk."""
    archive = Archive(tmp_path)
    archive.write("one.txt", page())
    archive.export()
    found = list(places(dump_of(archive.out)))

    names = {place.iri.removeprefix(archive.settings.base_iri) for place in found}

    assert names == {
        "graph/catalog", "graph/concepts", "graph/crosswalk", "graph/21-12-un-essai", "description/21-12-un-essai",
    }  # fmt: skip
    assert sum(place.statements for place in found) == dump_of(archive.out).read_bytes().count(b"\n")


@pytest.mark.parametrize(
    ("dump", "line"),
    [
        (b"<http://a/s> <http://a/p> <http://a/o> .\n", 1),
        (DUMP + b"garbage\n", 4),
        (DUMP[:-3], 3),
        (DUMP + b"_:b <http://a/p> <http://a/o> <http://a/g/2> .\n", 4),
        (DUMP + DUMP.splitlines(keepends=True)[0], 4),
    ],
)
def test_a_dump_that_is_not_ours_is_refused_at_its_line(tmp_path: Path, dump: bytes, line: int) -> None:
    """Statements without a graph, blank nodes, a cut file, a graph in two places."""
    path = tmp_path / "dataset.nq"
    path.write_bytes(dump.replace(b"http://a/g/", b"http://a/graph/"))

    with pytest.raises(PublicationError, match=f"line {line}: this is not what commons-ld publishes"):
        Places(path, "http://a/")


def test_a_dump_that_changes_meanwhile_is_seen(tmp_path: Path) -> None:
    """What is sent is what was hashed."""
    path = tmp_path / "dataset.nq"
    path.write_bytes(DUMP)
    found = list(places(path))
    path.write_bytes(DUMP.replace(b"http://a/o", b"http://a/O"))

    with pytest.raises(PublicationError, match="changed while it was read"):
        list(read(path, iter(found)))


def test_without_a_publication_there_is_nothing_to_load(tmp_path: Path) -> None:
    """The sentence says what to run first."""
    with pytest.raises(PublicationError, match="commons-ld export"):
        dump_of(tmp_path)
