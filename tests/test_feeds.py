"""The feeds as files: what they say, what of them stays, and that other parsers read the same in each syntax."""

from __future__ import annotations

import io
import json
import shutil
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, SH, XSD, Dataset, Graph, Namespace, URIRef
from resync.resource_list import ResourceList

from commons_ld.feeds import paging, publishing, resourcesync
from tests.archive import Archive, page
from tests.test_changes import merge_second_into_first

BASE = "https://w3id.org/commons-ld/remix/"
ROOT = "https://feed.test/ldes/"
LDES, TREE = Namespace("https://w3id.org/ldes#"), Namespace("https://w3id.org/tree#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
AS = Namespace("https://www.w3.org/ns/activitystreams#")


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are full after three changes, so that a test need not make hundreds."""
    monkeypatch.setattr(publishing, "pages", lambda log: paging.pages(log, 3))
    monkeypatch.setattr(publishing, "page_of", lambda log, number: paging.page_of(log, number, 3))


def read(archive: Archive, suffix: str) -> tuple[Dataset, set[str]]:
    """Return all that the root and the pages it leads to say, by rdflib, and the addresses of these pages."""
    folder = archive.out / "site/feeds/ldes"
    formats = {".trig": "trig", ".ttl": "trig", ".jsonld": "json-ld"}
    found = Dataset()
    root = "index.ttl" if suffix == ".trig" else "index.jsonld"
    found.parse(folder / root, format=formats[suffix], publicID=ROOT + root)
    nodes = {str(node) for node in found.objects(None, TREE.node)}
    for node in sorted(nodes):
        found.parse(folder / node.removeprefix(ROOT), format=formats[suffix], publicID=node)
    return found, nodes


def replayed(found: Dataset) -> dict[str, set[str]]:
    """Return what each record says in the end, by applying the members in the order of their time."""
    members = sorted(
        (str(found.value(member, DCTERMS.created)), str(member)) for member in found.objects(None, TREE.member)
    )
    records: dict[str, set[str]] = {}
    for _, member in members:
        record = str(found.value(URIRef(member), DCTERMS.isVersionOf))
        if (URIRef(member), RDF.type, AS.Delete) in found:
            records.pop(record, None)
        else:
            graph = found.graph(URIRef(member))
            records[record] = {" ".join(term.n3() for term in triple) for triple in graph}
    return records


def dumped(archive: Archive) -> dict[str, set[str]]:
    """Return what each record says in the dump, by rdflib."""
    found = Dataset()
    found.parse(archive.out / "dataset.nq", format="nquads")
    rows = json.loads(archive.read("manifest.json"))["records"]
    return {
        row["iri"]: {" ".join(term.n3() for term in triple) for triple in found.graph(URIRef(row["graph"]))}
        for row in rows
    }


def lived(archive: Archive) -> None:
    """Give an archive a history of four publications."""
    for name in ("Un", "Deux", "Trois", "Quatre"):
        archive.write(f"{name}.txt", page(name))
    archive.export()
    archive.write("Un.txt", page("Un", lead="Autre chose."))
    archive.export()
    archive.write("Un.txt", page("Un", lead="Encore autre chose."))
    (archive.data / "Deux.txt").unlink()
    archive.export()
    archive.write("Trois.txt", page("Trois, mais autrement"))
    archive.export()


@pytest.mark.parametrize("suffix", [".trig", ".jsonld"])
def test_the_members_in_order_make_the_dump(tmp_path: Path, suffix: str) -> None:
    """In both syntaxes: versions, renamed and deleted records, over pages that are full and one that is not."""
    archive = Archive(tmp_path)
    lived(archive)

    found, nodes = read(archive, suffix)

    assert replayed(found) == dumped(archive)
    assert len(nodes) == 3
    assert len(set(found.subjects(LDES.immutable))) == 2
    assert len(list(found.objects(None, TREE.member))) == 8
    deleted = next(iter(found.subjects(RDF.type, AS.Delete)))
    assert {predicate for predicate, _ in found.predicate_objects(deleted)} == {
        RDF.type,
        DCTERMS.isVersionOf,
        DCTERMS.created,
    }
    told = Graph() + found.default_graph
    told.add((next(told.objects(None, TREE.shape)), SH.targetObjectsOf, TREE.member))
    assert pyshacl.validate(told)[0]
    told.remove((deleted, DCTERMS.created, None))
    assert not pyshacl.validate(told)[0]


def test_no_blank_node_and_a_zone_on_every_time(tmp_path: Path) -> None:
    """As those who harvest ask for."""
    archive = Archive(tmp_path)
    lived(archive)
    found, _ = read(archive, ".trig")

    times = list(found.default_graph.objects(None, DCTERMS.created))
    assert not [term for quad in found.quads() for term in quad[:3] if term.n3().startswith("_:")]
    assert len(times) == 8
    assert all(time.datatype == XSD.dateTime and str(time).endswith(("Z", "+00:00")) for time in times)
    assert len(list(found.subjects(RDF.type, LDES.EventStream))) == 1
    assert len(set(found.objects(None, TREE.view))) == 1


def test_a_full_page_is_never_written_again(tmp_path: Path) -> None:
    """It is the same file on the disk, publication after publication."""
    archive = Archive(tmp_path)
    lived(archive)
    folder = archive.out / "site/feeds"
    full = [*sorted(folder.glob("ldes/0*"))[:4], *sorted(folder.glob("activity/0*"))[:2]]
    before = [(path.name, path.stat().st_ino) for path in full]
    archive.write("Cinq.txt", page("Cinq"))
    archive.export()

    after = [*sorted(folder.glob("ldes/0*"))[:4], *sorted(folder.glob("activity/0*"))[:2]]
    assert [(path.name, path.stat().st_ino) for path in after] == before


def test_a_publication_that_was_lost_is_made_again_with_what_is_known(tmp_path: Path) -> None:
    """Versions that nothing holds any more are not told of; the feed still ends with the dump, under other addresses."""
    archive = Archive(tmp_path)
    lived(archive)
    _, before = read(archive, ".trig")
    archive.out.unlink()
    archive.write("Cinq.txt", page("Cinq"))
    archive.export()

    found, nodes = read(archive, ".trig")
    assert replayed(found) == dumped(archive)
    assert nodes != before


def entries(archive: Archive) -> set[str]:
    """Return what the changes are called in the feed for people, and the activities of IIIF."""
    feeds = archive.out / "site" / "feeds"
    activities = [json.loads(path.read_text()) for path in (feeds / "activity").glob("0*.json")]
    return {entry.id for entry in feedparser.parse((feeds / "atom.fr.xml").read_bytes()).entries} | {
        activity["id"] for page in activities for activity in page["orderedItems"]
    }


def test_a_log_that_was_lost_begins_anew_at_other_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the old pages is taken for a page of the new log; whoever asks for one is told that it is gone."""
    archive = Archive(tmp_path)
    lived(archive)
    _, before = read(archive, ".trig")
    known = entries(archive)
    shutil.rmtree(tmp_path / ".commons-ld")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(time.time()) + 60))  # it is the time that tells them apart
    archive.export(allow_deletions=True)

    found, after = read(archive, ".trig")
    assert replayed(found) == dumped(archive)
    assert not before & after
    gone = {f"{ROOT}{path.name}" for path in (archive.out / "site/gone/feeds/ldes").glob("*.trig")}
    assert gone == before
    assert known
    assert not known & entries(archive)


def test_activities_lead_back_from_the_last_to_the_first(tmp_path: Path) -> None:
    """IIIF Change Discovery: pages by prev, the oldest first in each, deletions once."""
    archive = Archive(tmp_path)
    lived(archive)
    there = archive.out / "site"
    collection = json.loads((there / "feeds/activity/collection.json").read_text())
    link = collection["last"]["id"]
    activities: list[dict[str, Any]] = []
    while link:
        listed = json.loads((there / link.removeprefix(BASE)).read_text())
        assert listed["id"] == link
        activities = listed["orderedItems"] + activities
        link = listed.get("prev", {}).get("id", "")

    (description,) = collection["seeAlso"]
    assert description["profile"] == "http://www.w3.org/ns/dcat#"
    described = ox.parse((there / description["id"].removeprefix(BASE)).read_bytes(), format=ox.RdfFormat.JSON_LD)
    assert "http://www.w3.org/ns/dcat#Dataset" in {getattr(quad.object, "value", "") for quad in described}
    assert len(activities) == collection["totalItems"] == 8
    assert [activity["type"] for activity in activities] == ["Create"] * 4 + ["Update"] * 2 + ["Delete", "Update"]
    assert activities == sorted(activities, key=lambda activity: activity["endTime"])
    assert "seeAlso" not in activities[6]["object"]


def test_whoever_follows_a_record_that_was_merged_is_led_to_the_other(tmp_path: Path) -> None:
    """By every feed that can say so, and by the page that stands in its place."""
    archive = Archive(tmp_path)
    merge_second_into_first(archive)
    site, old, new = archive.out / "site", f"{BASE}session/second", f"{BASE}media/premier"

    collection = json.loads((site / "feeds/activity/collection.json").read_text())
    last = json.loads((site / collection["last"]["id"].removeprefix(BASE)).read_text())["orderedItems"][-1]
    assert (last["type"], last["object"]["id"], last["target"]["id"]) == ("Move", old, new)
    for suffix in (".trig", ".jsonld"):
        found, _ = read(archive, suffix)
        assert {str(value) for value in found.objects(None, DCTERMS.isReplacedBy)} == {new}
    (merged,) = [
        one for one in feedparser.parse((site / "feeds/atom.en.xml").read_bytes()).entries if "Merged" in one.title
    ]
    assert merged.link == new
    assert new in (site / "gone/session/second.html").read_text()


def test_resource_lists_tell_the_files_that_are_published(tmp_path: Path) -> None:
    """ResourceSync: every record once, with the hash and the length of its file; what is gone in the change list."""
    archive = Archive(tmp_path)
    lived(archive)
    there = archive.out / "site"
    rs = "{http://www.openarchives.org/rs/terms/}md"
    files = archive.files()

    def listed(name: str) -> dict[str, dict[str, str]]:
        tree = ElementTree.parse(there / f"feeds/resourcesync/{name}.xml")
        return {url[0].text or "": url.find(rs).attrib for url in tree.getroot().iterfind("{*}url")}  # type: ignore[union-attr]

    resources = {url: md.get("hash") for url, md in listed("changelist").items()}
    assert resources == {
        **{f"{BASE}{name}.jsonld": f"sha-256:{files[name + '.jsonld']}" for name in archive.records()},
        f"{BASE}session/deux.jsonld": None,
    }
    tree = ElementTree.parse(there / "feeds/resourcesync/resourcelist.xml")
    assert {loc.text for loc in tree.getroot().iterfind("{*}url/{*}loc")} == {
        f"{BASE}{name}.jsonld" for name in archive.records()
    }


@pytest.mark.parametrize("limit", [1, 2, 50_000])
def test_a_list_that_is_too_long_is_several_with_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Which another implementation reads, as it does them; and each of them leads back to the index."""
    monkeypatch.setattr(resourcesync, "LIMIT", limit)
    archive = Archive(tmp_path)
    lived(archive)
    folder = archive.out / "site/feeds/resourcesync"
    address = f"{BASE}feeds/resourcesync/"

    index = ElementTree.parse(folder / "resourcelist.xml").getroot()
    names = [f"{loc.text}".removeprefix(address) for loc in index.iterfind("{*}sitemap/{*}loc")]
    lists = [ResourceList() for _ in names or ["resourcelist.xml"]]
    for name, one in zip(names or ["resourcelist.xml"], lists, strict=True):
        one.parse(fh=io.BytesIO((folder / name).read_bytes()))
    found = [resource for one in lists for resource in one]

    assert {one.uri: one.hash for one in found} == {
        f"{BASE}{name}.jsonld": f"sha-256:{archive.files()[name + '.jsonld']}" for name in archive.records()
    }
    for kind, count in (("resourcelist", len(archive.records())), ("changelist", len(archive.records()) + 1)):
        parts = sorted(folder.glob(f"{kind}-*.xml"))
        assert len(parts) == (0 if count <= limit else -(-count // limit))
        for part in parts:
            links = ElementTree.parse(part).getroot().iterfind("{http://www.openarchives.org/rs/terms/}ln")
            told = {link.get("rel"): link.get("href") for link in links}
            assert told == {"up": f"{address}capabilitylist.xml", "index": f"{address}{kind}.xml"}


def test_what_is_gone_leaves_a_stone_that_says_nothing_else(tmp_path: Path) -> None:
    """A page in both languages and statements, with the address and the time alone."""
    archive = Archive(tmp_path)
    lived(archive)

    stone = archive.read("site/gone/session/deux.html")
    assert "Cette notice a été retirée" in stone
    assert "This record was withdrawn" in stone
    assert "Deux" not in stone
    assert archive.read("site/gone/session/deux.ttl").count(BASE) == 1
    assert not (archive.out / "site/gone/session/un.html").exists()


def test_feeds_can_be_left_out(tmp_path: Path) -> None:
    """By a setting; the log goes on."""
    from commons_ld.settings import OutputSettings

    archive = Archive(tmp_path, output=OutputSettings(feeds=False))
    archive.write("a.txt", page("a"))
    archive.export()

    assert not (archive.out / "site/feeds").exists()
