"""OAI-PMH: every verb, every error, lists in pieces, and deletions; read by another implementation."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import httpx
import msgspec
import pyoxigraph as ox
import pytest
import sickle.app
from sickle import Sickle

from commons_ld.feeds.oai import Repository, respond
from commons_ld.feeds.oai_publication import read_labels, read_rows, repository_of
from commons_ld.feeds.oai_state import Row
from commons_ld.rdf.namespaces import PREFIXES
from tests.archive import Archive, page
from tests.harvested import ID, REFUSED, five_records

BASE = "https://w3id.org/commons-ld/remix/"
OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return what is harvested of five records of which one is gone."""
    archive = five_records(tmp_path_factory.mktemp("oai"))
    folder = archive.out.resolve()
    labels = read_labels(folder, archive.settings)
    made = repository_of(archive.settings, folder, read_rows(folder), labels, "https://oai.test/oai")
    return made._replace(now="2026-11-25T10:00:00Z")


def ask(repository: Repository, query: str, batch: int = 2) -> ElementTree.Element:
    """Return the response to a request."""
    return ElementTree.fromstring(respond(parse_qsl(query, keep_blank_values=True), repository, batch=batch))


@pytest.mark.parametrize(("query", "code"), REFUSED)
def test_what_is_wrong_is_told_in_the_protocol_s_words(repository: Repository, query: str, code: str) -> None:
    """With the arguments of the request, unless they are what is wrong."""
    root = ask(repository, query)
    errors = root.findall(f"{OAI}error")
    request = root.find(f"{OAI}request")

    assert [error.get("code") for error in errors] == [code]
    assert request is not None
    assert request.text == "https://oai.test/oai"
    assert bool(request.attrib) == (code not in ("badVerb", "badArgument"))


def test_an_archive_without_records_has_no_sets(repository: Repository) -> None:
    """And says who it is all the same."""
    empty = repository._replace(rows=())

    assert ask(empty, "verb=ListSets").find(f"{OAI}error[@code='noSetHierarchy']") is not None
    assert ask(empty, "verb=Identify").find(f"{OAI}error") is None


@pytest.mark.parametrize(
    ("base", "begin", "is_described"),
    [
        ("https://exemple.test/", "oai:exemple.test:", True),
        ("https://w3id.org/a/b/", "oai:w3id.org:a/b/", True),
        ("http://localhost:8000/", "oai:localhost:", False),
        ("http://127.0.0.1/x#", "oai:127.0.0.1:x", False),
    ],
)
def test_identifiers_of_archives_on_one_host_are_kept_apart(
    repository: Repository, base: str, begin: str, is_described: bool
) -> None:
    """By the path of their base; they are said to follow the guidelines where those can be followed."""
    moved = repository._replace(base_iri=base)

    assert moved.identifiers == begin
    samples = [node.text for node in ask(moved, "verb=Identify").iter() if node.tag.endswith("}sampleIdentifier")]
    assert samples == [f"{begin}{moved.rows[-1].name}"] * is_described


def test_lists_come_in_pieces_that_make_the_whole(repository: Repository) -> None:
    """Each token tells the size and the place, may be used twice, and the last one is empty."""
    query, identifiers, cursors = "verb=ListIdentifiers&metadataPrefix=oai_dc", [], []
    while query:
        root = ask(repository, query)
        assert ElementTree.tostring(root) == ElementTree.tostring(ask(repository, query))
        identifiers += [node.text for node in root.iter(f"{OAI}identifier")]
        (token,) = root.iter(f"{OAI}resumptionToken")
        cursors.append((token.get("cursor"), token.get("completeListSize")))
        query = f"verb=ListIdentifiers&resumptionToken={token.text}" if token.text else ""

    assert identifiers == [f"{ID}{name}" for name in ("trois", "un-un", "cinq", "deux", "quatre")]
    assert cursors == [("0", "5"), ("2", "5"), ("4", "5")]


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: f"{token}=", lambda token: f"A{token[1:]}"])
def test_a_token_that_was_changed_is_refused(repository: Repository, change: Callable[[str], str]) -> None:
    """Though nothing is remembered of those that were given."""
    (token,) = ask(repository, "verb=ListIdentifiers&metadataPrefix=oai_dc").iter(f"{OAI}resumptionToken")
    assert token.text
    root = ask(repository, f"verb=ListIdentifiers&resumptionToken={change(token.text)}")

    assert root.find(f"{OAI}error[@code='badResumptionToken']") is not None


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("from=2001-09-10", ["cinq", "deux", "quatre"]),
        ("until=2001-09-09", ["trois", "un-un"]),
        ("from=2001-09-09T01:46:40Z&until=2001-09-09T01:46:40Z", ["trois", "un-un"]),
        ("set=enjeu:eau", ["cinq", "quatre"]),
        ("set=enjeu", ["trois", "un-un", "cinq", "deux", "quatre"]),
        ("set=enjeu:politique-des-communs", ["trois", "un-un", "deux"]),
    ],
)
def test_lists_are_of_a_time_and_of_a_set(repository: Repository, query: str, names: list[str]) -> None:
    """What is gone stays in its sets."""
    root = ask(repository, f"verb=ListIdentifiers&metadataPrefix=oai_dc&{query}", batch=100)

    assert [node.text for node in root.iter(f"{OAI}identifier")] == [f"{ID}{name}" for name in names]


class Looked(Sequence[Row]):
    """Rows that count how often one of them is looked at."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows, self.looks = rows, 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        found = self._rows[place]
        self.looks += len(found) if isinstance(place, slice) else 1
        return found


def many(number: int) -> list[Row]:
    """Return rows of which seven change in each second, over some days, in two sets and one below one of them."""
    begin = dt.datetime(2026, 11, 24, 23, 59, 50, tzinfo=dt.UTC)
    times = (begin + dt.timedelta(seconds=n // 7 * 3600) for n in range(number))
    sets = ((), ("enjeu:eau",), ("enjeu", "action:eau"))
    return [Row(f"media/{n:06d}", f"{time:%Y-%m-%dT%H:%M:%SZ}", sets[n % 3], length=1) for n, time in enumerate(times)]


@pytest.mark.parametrize("set_", ["", "enjeu", "enjeu:eau", "enj", "action"])
@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("", ""),
        ("2026-11-25", ""),
        ("", "2026-11-25"),
        ("2026-11-25", "2026-11-25"),
        ("2026-11-25T00:59:50Z", "2026-11-25T03:59:50Z"),
        ("2026-11-25T00:59:51Z", "2026-11-25T03:59:49Z"),
        ("2027-01-01", ""),
        ("", "2025-01-01"),
    ],
)
def test_lists_are_what_looking_at_every_record_gives(
    repository: Repository, set_: str, since: str, until: str
) -> None:
    """Whatever the time and the set, in whatever pieces, with the number of all of them."""
    rows = many(400)
    asked = {"from": since, "until": until, "set": set_}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    wanted = [
        row.name
        for row in rows
        if (not since or row.at >= since)
        and (not until or row.at[: len(until)] <= until)
        and (not set_ or any(name == set_ or name.split(":")[0] == set_ for name in row.sets))
    ]

    for batch in (5, 1000):
        found: list[str | None] = []
        sizes = set[str | None]()
        rest: str | None = f"metadataPrefix=oai_dc&{query}"
        while rest:
            root = ask(repository._replace(rows=rows), f"verb=ListIdentifiers&{rest}", batch)
            found += [node.text for node in root.iter(f"{OAI}identifier")]
            token = root.find(f".//{OAI}resumptionToken")
            sizes |= set() if token is None else {token.get("completeListSize")}
            rest = None if token is None or not token.text else f"resumptionToken={token.text}"
        assert found == [repository.identifiers + name for name in wanted]
        assert sizes <= {str(len(wanted))}


def test_a_list_goes_on_without_looking_at_all_records_again(repository: Repository) -> None:
    """Or the harvest of a large archive would take a time that grows with the square of it."""
    rows = Looked(many(100_000))
    large = repository._replace(rows=rows)
    token = ask(large, "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-12-01", 100).find(
        f".//{OAI}resumptionToken"
    )
    assert token is not None
    rows.looks = 0

    assert len(list(ask(large, f"verb=ListIdentifiers&resumptionToken={token.text}", 100).iter(f"{OAI}header"))) == 100
    assert rows.looks < 200


def test_what_is_gone_is_told_for_ever_and_without_what_it_said(repository: Repository) -> None:
    """deletedRecord=persistent: a header with its datestamp."""
    root = ask(repository, f"verb=GetRecord&metadataPrefix=rdf&identifier={ID}deux")
    header = next(root.iter(f"{OAI}header"))

    assert header.get("status") == "deleted"
    assert header.findtext(f"{OAI}datestamp") == "2001-09-10T05:33:20Z"
    assert root.find(f".//{OAI}metadata") is None


@pytest.fixture
def client(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Sickle]:
    """Return a maker of clients of another make, whose requests are answered here."""

    def answered(url: str, params: dict[str, str], **_: object) -> httpx.Response:
        assert urlsplit(url).path == "/oai"
        body = respond(list(params.items()), repository, batch=2)
        return httpx.Response(200, content=body, request=httpx.Request("GET", url))

    monkeypatch.setattr(sickle.app.requests, "get", answered)
    return lambda: Sickle("https://oai.test/oai")


def test_another_client_reads_all_of_it(client: Callable[[], Sickle]) -> None:
    """sickle follows the tokens, and hears of the deletion."""
    reader = client()
    records = list(reader.ListRecords(metadataPrefix="oai_dc"))
    found = {record.header.identifier.removeprefix(ID): record for record in records}

    assert reader.Identify().deletedRecord == "persistent"
    assert {name for name, record in found.items() if record.deleted} == {"deux"}
    assert found["un-un"].metadata["title"] == ["Un & un"]
    assert found["un-un"].metadata["identifier"][0] == f"{BASE}session/un-un"
    assert found["un-un"].metadata["type"][0] == "Sound"
    assert {"Puissance publique", "Politique des communs"} <= set(found["un-un"].metadata["subject"])
    assert [format_.metadataPrefix for format_ in reader.ListMetadataFormats()] == ["oai_dc", "edm", "rdf", "schema"]
    named = {found_set.setSpec: found_set.setName for found_set in reader.ListSets()}
    assert named["enjeu:eau"] == "enjeu: Eau"
    assert named["enjeu:politique-des-communs"] == "enjeu: Politique des communs"
    assert named["collection:appel-en-commun"] == "collection: Appel en commun"


def test_the_concepts_of_a_scheme_are_sets_where_the_archive_has_another_base(tmp_path: Path) -> None:
    """They keep their IRIs, which are not below it."""
    archive = Archive(tmp_path)
    archive.settings = msgspec.structs.replace(archive.settings, base_iri="https://exemple.test/communs/")
    archive.write("Un.txt", page("Un", enjeu="Politique des communs, Eau"))
    archive.export()
    (row,) = read_rows(archive.out.resolve())

    assert {"enjeu:politique-des-communs", "enjeu:eau"} <= set(row.sets)


def test_the_graph_of_a_record_is_that_of_the_dump(repository: Repository) -> None:
    """As RDF/XML, read by a parser."""
    root = ask(repository, f"verb=GetRecord&metadataPrefix=rdf&identifier={ID}cinq")
    (metadata,) = root.iter(f"{OAI}metadata")
    read = set(ox.parse(ElementTree.tostring(metadata[0]), format=ox.RdfFormat.RDF_XML))
    row = next(row for row in repository.rows if row.name == "session/cinq")
    dumped = {quad.triple for quad in ox.parse(repository.block(row), format=ox.RdfFormat.N_QUADS)}

    assert {quad.triple for quad in read} == dumped


def test_a_record_in_schema_org_is_that_of_the_rendering(repository: Repository) -> None:
    """Nothing of other vocabularies is said of it."""
    root = ask(repository, f"verb=GetRecord&metadataPrefix=schema&identifier={ID}cinq")
    (metadata,) = root.iter(f"{OAI}metadata")
    read = {quad.triple for quad in ox.parse(ElementTree.tostring(metadata[0]), format=ox.RdfFormat.RDF_XML)}
    said = {triple.predicate.value for triple in read if triple.subject == ox.NamedNode(f"{BASE}session/cinq")}

    assert {f"https://schema.org/{name}" for name in ("name", "provider", "isPartOf")} <= said
    assert {predicate.rpartition("/")[0] for predicate in said - {f"{PREFIXES['rdf']}type"}} == {"https://schema.org"}


def test_europeana_hears_what_is_known_and_nothing_else(repository: Repository) -> None:
    """A sound, shown at its page; no licence is made up."""
    body = respond([("verb", "GetRecord"), ("metadataPrefix", "edm"), ("identifier", f"{ID}cinq")], repository)
    text = body.decode()

    ElementTree.fromstring(body)
    assert "<edm:type>SOUND</edm:type>" in text
    assert f'<edm:isShownAt rdf:resource="{BASE}session/cinq.html"/>' in text
    assert not re.search("edm:rights", text)
