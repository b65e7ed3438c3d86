"""What the check tells of a publication: of real exports, of what cannot be read, and at the command line."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rdflib import Graph, Literal, URIRef

from commons_ld.cli import commands
from commons_ld.commands.checking import NAMES
from commons_ld.errors import PublicationError
from commons_ld.feeds.oai_publication import read_rows
from commons_ld.harvesters.checking import HARVESTERS, check
from commons_ld.rdf.namespaces import expand
from tests.archive import Archive, page
from tests.mutants import RECORD, edited, setting, unreadable
from tests.surfaces import BASE, good, publish


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    """Nothing can be said of what is no publication."""
    with pytest.raises(PublicationError, match="run commons-ld export first"):
        check(tmp_path, "nde")


def test_a_real_export_is_looked_at_by_everybody(tmp_path: Path) -> None:
    """What an export writes is what the checks read: each finds something, OAI-PMH and the event stream too."""
    archive = Archive(tmp_path, dataset=good().settings.dataset, podcast=good().settings.podcast)
    archive.write(
        "un.json",
        msgspec.json.encode(
            {
                "title": "21.12 Un essai",
                "created": "2021/12/02",
                "issued": "2021/12/03",
                "media_type": "Audio",
                "duration": "01:00:00",
                "broadcast_url": "https://exemple.test/essai.mp3",
                "languages": ["FR"],
                "enjeux": ["Politique des communs"],
            }
        ),
    )
    archive.export()
    verdicts = {name: check(archive.out, name, settings=archive.settings) for name in HARVESTERS}

    assert {name: verdict.findings for name, verdict in verdicts.items() if verdict.word != "accepted"} == {}
    assert [
        name for name, verdict in verdicts.items() if not all(count for label, count in verdict.focus_nodes.items())
    ] == []


def test_what_europeana_has_no_type_for_is_not_delivered_and_named(tmp_path: Path) -> None:
    """The others are taken: one page of a medium that is none there does not cost the whole archive."""
    archive = Archive(tmp_path, dataset=good().settings.dataset)
    archive.write("un.txt", page())
    archive.write("deux.txt", page("22.01 Un parcours").replace("Média Audio", "Média Multimédia"))
    archive.export()
    with zipfile.ZipFile(archive.out / "site" / "renderings" / "edm.zip") as delivered:
        names = delivered.namelist()
    verdict = check(archive.out, "edm", settings=archive.settings)

    assert names == ["session-21-12-un-essai.xml"]
    assert verdict.word == "warnings"
    assert [one.node for one in verdict.findings if one.code == "record-undelivered"] == [
        f"{BASE}session/22-01-un-parcours"
    ]


def test_an_archive_without_media_is_told_what_a_page_has_to_say(tmp_path: Path) -> None:
    """No setting stands for a file: players have nothing to take, and it is told of which field that comes."""
    archive = Archive(tmp_path, dataset=good().settings.dataset, podcast=good().settings.podcast)
    archive.write("un.txt", page())
    archive.export()
    verdicts = [check(archive.out, name, settings=archive.settings) for name in HARVESTERS]
    told = {one.harvester: one.findings for one in verdicts if one.word == "rejected"}

    assert {name: [one.code for one in findings] for name, findings in told.items()} == {
        "podcast": ["nothing-to-check"],
        "iiif": ["nothing-to-check"],
    }
    assert all(
        "URL de diffusion" in one.fr and "URL de diffusion" in one.en for found in told.values() for one in found
    )


def test_a_page_that_tells_no_revision_is_dated_by_the_feeds(tmp_path: Path) -> None:
    """The Dutch network demands when a record changed: as OAI-PMH tells it, and so until it changes again."""
    archive = Archive(tmp_path, dataset=good().settings.dataset)
    archive.write("un.txt", page())
    archive.write("deux.txt", page("22.01 Un autre"))
    archive.export()
    first = revised(archive)
    archive.write("deux.txt", page("22.01 Un autre", duration="00:30:00"))
    archive.export()
    second = revised(archive)

    rows = read_rows(archive.out)
    assert second == {f"{BASE}{row.name}": row.at.replace("Z", "+00:00") for row in rows}
    assert first[RECORD] == second[RECORD]
    assert first[f"{BASE}session/22-01-un-autre"] < second[f"{BASE}session/22-01-un-autre"]


def revised(archive: Archive) -> dict[str, str]:
    """Return when records changed, as the rendering for the Dutch network tells it."""
    graph = Graph().parse(archive.out / "site" / "renderings" / "schema-ap-nde.nt")
    found = list(graph.subject_objects(URIRef(expand("schema:sdDatePublished"))))
    assert {one.datatype for _, one in found if isinstance(one, Literal)} == {URIRef(expand("xsd:dateTime"))}
    return {str(record): str(one) for record, one in found}


def test_a_document_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Its name in the archive is told, with what is wrong."""
    folder = publish(edited("edm.xml", '<dc:title xml:lang="fr"', '<dc:title xml:lang=""')(good()), tmp_path)

    assert unreadable(check(folder, "edm"))[0].startswith("edm.zip: session-21-12-un-essai.xml: ")


@pytest.mark.parametrize("broken", [b"no archive", None])
def test_an_archive_that_cannot_be_read_is_named(tmp_path: Path, broken: bytes | None) -> None:
    """One that is cut off, or is not there, is a fault of the publication and not of a record."""
    folder = publish(good(), tmp_path)
    path = folder / "site" / "renderings" / "edm.zip"
    path.unlink() if broken is None else path.write_bytes(broken)

    (told,) = unreadable(check(folder, "edm"))
    assert told.startswith("renderings/edm.zip: cannot be read")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("{", "cannot be read"),
        ('{"a":1}', "cannot be read"),
        ('["session/x","2026-01-01T00:00:00Z",[],0,9]', "is not all there"),
    ],
)
def test_feeds_that_are_damaged_or_alone_are_named(tmp_path: Path, state: str, words: str) -> None:
    """A line that is none, and a site that was copied without its dump."""
    site = publish(good(), tmp_path) / "site"
    for path in (site / "feeds" / "oai").glob("*.xml"):
        path.unlink()
    (site / "feeds" / "oai" / "state.jsonl").write_text(f"{state}\n")

    (told,) = unreadable(check(site, "oai"))
    assert words in told


@pytest.mark.parametrize(
    "items", ['"x"', '["x"]', "[1, null]", '[{"items": "x"}]', '[{"items": ["x"]}]', '[{"items": [{"body": 1}]}]']
)
def test_a_manifest_of_another_make_that_is_none_is_rejected(tmp_path: Path, items: str) -> None:
    """Whatever stands where canvases and annotations are looked for."""
    folder = publish(good(), tmp_path)
    for path in (folder / "site" / "iiif").rglob("manifest.json"):
        path.write_text(
            json.dumps(json.loads(path.read_text()) | {"items": [{"type": "Canvas", "items": json.loads(items)}]})
        )

    assert check(folder, "iiif").word == "rejected"


def test_a_large_graph_is_checked_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict is the same wherever the graph is put."""
    monkeypatch.setattr("commons_ld.harvesters.checking._IN_MEMORY", 0)

    assert check(publish(good(), tmp_path), "dcat-ap").word == "accepted"


def test_the_command_tells_the_verdict_and_ends_by_it(tmp_path: Path) -> None:
    """It exits with 0 where all accept, with 1 where one rejects, and says why in the reader's language."""
    folder = publish(good(), tmp_path / "good")
    accepted = CliRunner().invoke(commands, ["check", "--as", "nde", "--lang", "fr", str(folder)])
    broken = publish(setting(rights="")(good()), tmp_path / "bad")
    rejected = CliRunner().invoke(commands, ["check", "--as", "edm", "--as", "dcat-ap", "--lang", "fr", str(broken)])
    machine = CliRunner().invoke(commands, ["check", "--as", "edm", "--json", str(broken)])

    assert (accepted.exit_code, accepted.output) == (
        0,
        "nde: accepté (jeu de données 1, fichier 3, notice 1, média 1)\n",
    )
    assert rejected.exit_code == 1
    assert "edm: refusé (objet 1, agrégation 1, fichier 1, document 1)" in rejected.output
    assert "refus: Les droits d'un enregistrement ne sont pas dits" in rejected.output
    assert rejected.output.endswith(
        "\nÀ régler dans commons-ld.toml, qui dit ce que c'est ; docs/harvesters.md de commons-ld donne un exemple :\n"
        "  dataset.rights  edm\n"
    )
    assert "dcat-ap: accepté (" in rejected.output
    told = json.loads(machine.output)
    assert [(one["verdict"], one["focus_nodes"]) for one in told] == [
        ("rejected", {"object": 1, "aggregation": 1, "file": 1, "document": 1})
    ]


def test_the_command_knows_every_harvester() -> None:
    """The names are written in the command too, so that it starts without the checks: they are the same."""
    assert list(HARVESTERS) == list(NAMES)


def test_an_archive_that_is_encrypted_is_named(tmp_path: Path) -> None:
    """``zipfile`` says so by an error of another kind than for all else."""
    folder = publish(good(), tmp_path)
    path = folder / "site" / "renderings" / "edm.zip"
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1  # APPNOTE.TXT 6.3, section 4.4.4
    path.write_bytes(data)

    (told,) = unreadable(check(folder, "edm"))
    assert re.search(r"edm\.zip: cannot be read: .*encrypted", told)


@pytest.mark.parametrize(
    ("name", "rejecting"),
    [
        ("catalog.nt", {"nde", "dcat-ap"}),
        ("renderings/schema-ap-nde.nt", {"nde"}),
        ("renderings/datagouv.rdf", {"datagouv"}),
        ("renderings/edm.zip", {"edm"}),
        ("renderings/podcast.xml", {"podcast"}),
        ("feeds/ldes/000001-0.trig", {"ldes"}),
        ("feeds/oai/state.jsonl", {"oai"}),
    ],
)
def test_a_file_that_cannot_be_read_stops_no_other_check(tmp_path: Path, name: str, rejecting: set[str]) -> None:
    """It is told by those who read it, with its name; the others say what they say of a good publication."""
    folder = publish(good(), tmp_path)
    path = folder / "site" / name
    if name.endswith("state.jsonl"):
        for answer in path.parent.glob("*.xml"):
            answer.unlink()
    path.write_text("{ <no data>\n")

    result = CliRunner().invoke(commands, ["check", str(folder), "--json"])

    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    told = {one["harvester"]: one for one in json.loads(result.stdout)}
    assert list(told) == list(NAMES)
    unread = {key for key, one in told.items() if "unreadable" in {finding["code"] for finding in one["findings"]}}
    assert unread == rejecting
    assert {key for key, one in told.items() if one["verdict"] == "rejected"} == rejecting
    found = [finding for key in rejecting for finding in told[key]["findings"] if finding["code"] == "unreadable"]
    assert all(path.name in finding["node"] for finding in found)


@pytest.mark.parametrize("damage", ["cut", "no UTF-8", "empty", "another", "a folder", "gone"])
def test_whatever_becomes_of_a_file_there_is_a_verdict(tmp_path: Path, damage: str) -> None:
    """Of every harvester, of each kind of file that one reads; and where the data itself is damaged, that is told."""
    archive = Archive(tmp_path)
    recording = {"media_type": "Audio", "duration": "01:00:00", "broadcast_url": "https://exemple.test/essai.mp3"}
    archive.write("un.json", msgspec.json.encode({"title": "21.12 Un essai", "created": "2021-12-02", **recording}))
    archive.export()
    site = archive.out / "site"
    kinds = {(path.parent, path.suffix): path for path in sorted(site.rglob("*")) if path.is_file()}
    read = [site / "dataset.html", *(path for (folder, _), path in kinds.items() if folder != site)]

    for path in (*read, site / "catalog.nt", archive.out / "dataset.nq"):
        data = path.read_bytes()
        path.unlink()
        if damage == "a folder":
            path.mkdir()
        elif damage != "gone":
            damaged = {"cut": data[: len(data) // 2], "no UTF-8": data[:40] + b"\xff" + data[40:], "empty": b""}
            path.write_bytes(damaged.get(damage, b"[1]"))
        if (site / "catalog.nt").is_file():
            verdicts = {name: check(archive.out, name, settings=archive.settings) for name in HARVESTERS}
            assert path.name != "dataset.nq" or unreadable(verdicts["oai"]), path
        path.rmdir() if damage == "a folder" else path.unlink(missing_ok=True)
        path.write_bytes(data)
