"""What lies beside the data: the manifest, the ontology, the context and the shapes."""

import json
import random
import time
import zlib
from pathlib import Path

import pytest

from commons_ld.artefacts import artefact, artefacts
from commons_ld.outputs.manifest import row, taken_over, write_artefacts, write_manifest
from commons_ld.outputs.publication import publish
from commons_ld.outputs.standing import StalePublicationError, Standing, within

ROWS = [
    {
        "iri": f"https://example.org/session/{name}",
        "graph": f"https://example.org/graph/{name}",
        "title": f"Séance « {name} »",
        "source": f"pages/{name}.txt",
        "sha256": "0" * 64,
        "statements": 95,
    }
    for name in ("a", "b", "c")
]

STARTS = ["https://example.org/session/", "https://example.org/media/"]


def manifest(out: Path, rows: list[dict[str, object]]) -> bytes:
    """Return the manifest of records."""
    with publish(out) as generation:
        write_manifest(generation, map(row, rows), dataset="https://example.org/dataset")
    return (out / "manifest.json").read_bytes()


def test_the_manifest_has_a_record_a_line_sorted_by_iri(tmp_path: Path) -> None:
    """It is JSON as a whole, and each line of it can be read alone."""
    data = manifest(tmp_path / "dist", [ROWS[2], ROWS[0], ROWS[1]])

    assert json.loads(data) == {"dataset": "https://example.org/dataset", "records": ROWS}
    assert [json.loads(line.removesuffix(b",")) for line in data.splitlines()[1:-1]] == ROWS


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    """The same records give the same bytes."""
    assert manifest(tmp_path / "a", ROWS) == manifest(tmp_path / "b", ROWS[::-1])


def test_a_manifest_of_nothing_is_json_too(tmp_path: Path) -> None:
    """An archive without records has a manifest."""
    assert json.loads(manifest(tmp_path / "dist", [])) == {"dataset": "https://example.org/dataset", "records": []}


@pytest.mark.parametrize("is_edited", [False, True])
def test_rows_of_records_that_stand_are_taken_over(tmp_path: Path, *, is_edited: bool) -> None:
    """They are those of the manifest before, unless somebody edited that one."""
    out = tmp_path / "dist"
    manifest(out, ROWS)
    if is_edited:
        time.sleep(0.02)
        (out / "manifest.json").write_bytes(b"{}")
    standing = [Standing("a", "b", 0, ()), Standing("c", "", 9, ())]
    with publish(out) as generation:
        listed = taken_over(generation, standing)
        rows = [ROWS[1] | {"title": "Autre"}, *([] if listed else [ROWS[2], ROWS[0]])]
        write_manifest(
            generation, map(row, rows), dataset="https://example.org/dataset", standing=listed, starts=STARTS
        )

    assert bool(listed) is not is_edited
    assert json.loads((out / "manifest.json").read_bytes())["records"] == [
        ROWS[0],
        ROWS[1] | {"title": "Autre"},
        ROWS[2],
    ]


@pytest.mark.parametrize("seed", range(5))
def test_rows_that_are_taken_over_are_those_that_would_be_made(tmp_path: Path, seed: int) -> None:
    """Whatever stands: rows of both kinds, at the beginning, in the middle, at the end, all of them or none."""
    chance = random.Random(seed)

    def told(name: str) -> dict[str, object]:
        kind = "media" if zlib.crc32(name.encode()) % 3 else "session"
        return ROWS[0] | {"iri": f"https://example.org/{kind}/{name}", "title": "é" * chance.randrange(40)}

    rows = {name: told(name) for name in (f"{number:03}{'-a' * (number % 3)}" for number in range(150))}
    manifest(tmp_path / "dist", list(rows.values()))
    for _ in range(20):
        cuts = sorted(chance.sample(["", *rows], 2 * chance.randrange(4)))
        if cuts and chance.random() < 0.5:
            cuts[-1] = ""  # up to the end
        standing = [Standing(first, end, 0, ()) for first, end in zip(cuts[::2], cuts[1::2], strict=True)]
        is_standing = within(standing)
        gone = chance.choice(sorted(rows))
        if not is_standing(gone) and chance.random() < 0.5:
            del rows[gone]
        rows = {name: one if is_standing(name) else one | {"statements": 7} for name, one in rows.items()}
        with publish(tmp_path / "dist") as generation:
            some = [one for name, one in rows.items() if not is_standing(name)]
            write_manifest(
                generation, map(row, some), dataset="https://example.org/dataset", standing=standing, starts=STARTS
            )

        assert (tmp_path / "dist" / "manifest.json").read_bytes() == manifest(tmp_path / "anew", list(rows.values()))


def test_rows_of_a_manifest_that_was_edited_meanwhile_are_not_left_out(tmp_path: Path) -> None:
    """Nothing says what they were: the export begins again, and takes nothing over."""
    out = tmp_path / "dist"
    manifest(out, ROWS)
    standing = [Standing("a", "", 0, ())]
    with publish(out) as generation:
        assert taken_over(generation, standing) == standing
        time.sleep(0.02)
        (out / "manifest.json").write_bytes(b"{}")
        with pytest.raises(StalePublicationError):
            write_manifest(generation, (), dataset="https://example.org/dataset", standing=standing, starts=STARTS)


def test_the_artefacts_are_published_as_they_are(tmp_path: Path) -> None:
    """The ontology and the shapes lie in folders, and the context at the top too."""
    out = tmp_path / "dist"
    with publish(out) as generation:
        write_artefacts(generation, artefact("ontology/concepts.ttl").read_text(encoding="utf-8"))
    expected = {
        f"{folder}/{path.name}": path.read_bytes() for folder in ("ontology", "shapes") for path in artefacts(folder)
    }
    expected["context.jsonld"] = artefact("ontology/context.jsonld").read_bytes()
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    del found["SHA256SUMS"]

    assert "ontology/commons.ttl" in found
    assert found == expected
