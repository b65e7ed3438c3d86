"""OAI-PMH on a web host that runs PHP: it answers as ``serve`` does, and another implementation harvests it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx
import msgspec
import pytest
from sickle import Sickle

from commons_ld import taking_back
from commons_ld.feeds.oai import Repository, respond
from commons_ld.feeds.oai_publication import read_labels, read_rows, repository_of
from commons_ld.settings import OutputSettings
from tests.archive import Archive, inflated, page
from tests.harvested import ID, REFUSED, five_records
from tests.servers import static_host, web

FEED = "site/feeds/oai"
#: What each answer has of its own.
OWN = re.compile(r"<responseDate>.*?</responseDate><request.*?(?:</request>|/>)", re.DOTALL)
PREFIXES = ("oai_dc", "edm", "rdf", "schema")
ANSWERED = (
    "verb=Identify",
    "verb=ListSets",
    "verb=ListMetadataFormats",
    f"verb=ListMetadataFormats&identifier={ID}trois",
    *(
        f"verb=GetRecord&metadataPrefix={prefix}&identifier={ID}{name}"
        for prefix in PREFIXES
        for name in ("cinq", "deux")
    ),
    *(f"verb=ListRecords&metadataPrefix={prefix}" for prefix in PREFIXES),
    *(
        f"verb=ListIdentifiers&metadataPrefix=oai_dc&{asked}"
        for asked in (
            "from=2001-09-10",
            "until=2001-09-09",
            "from=2001-09-09T01:46:40Z&until=2001-09-09T01:46:40Z",
            "from=2001-09-09T01%3A46%3A41Z",
            "set=enjeu:eau",
            "set=enjeu",
            "set=enjeu%3Apolitique-des-communs&from=2001-09-10",
            "set=",
            "&from=2001-09-10&",
        )
    ),
)
#: Refused as well, where another program might read a request in another way.
ODD = (
    "verb",
    "verb=&verb=Identify",
    "verb=Identify&",
    "verb=identify",
    "verb=Identify%FF",
    "verb[]=Identify",
    "&".join(["verb=Identify"] + ["x=1"] * 16),
    "verb=ListRecords&metadataPrefix=",
    "verb=ListRecords&metadataPrefix=oai_dc&from=",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2001-02-29",
    "verb=ListRecords&metadataPrefix=oai_dc&from=0000-01-01",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2001-09-09T24:00:00Z",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2001-09-09%0A",
    "verb=ListRecords&metadataPrefix=marc&from=2001-09-10&until=2001-09-09",
    "verb=ListRecords&metadataPrefix=oai_dc&set=enjeu:eau:%20objet",
    "verb=ListRecords&metadataPrefix=oai_dc&set=%22%3C%0B%26",
    "verb=ListRecords&identifier=x&metadataPrefix=oai_dc",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={ID}cin",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=x&resumptionToken=x",
    "verb=ListIdentifiers&resumptionToken=W10",
    "verb=ListIdentifiers&resumptionToken=AAAAAAAAWyJvYWlfZGMiXQ",
    "verb=ListIdentifiers&resumptionToken=%FF",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of five records of which one is gone."""
    return five_records(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="module", params=sorted(web.PHP_SERVERS))
def php(request: pytest.FixtureRequest, archive: Archive) -> Iterator[str]:
    """Yield the address of a copy of the site on each server that runs PHP in turn; two records are an answer there."""
    if reason := web.missing(request.param):
        pytest.skip(f"{reason}: tests/servers/install-web-servers.sh installs it")
    with tempfile.TemporaryDirectory() as named:
        yield from _hosted(request.param, archive, Path(named))


def _hosted(server: str, archive: Archive, folder: Path) -> Iterator[str]:
    site = folder / "site"
    shutil.copytree(archive.out / FEED, site / "feeds/oai")
    told = json.loads((site / "feeds/oai/repository.json").read_text())
    assert told["batch"] == 100
    (site / "feeds/oai/repository.json").write_text(json.dumps(told | {"batch": 2}))
    # Apache reads as nobody; pytest takes its own folders away from anybody else whenever another run begins.
    for path in (folder, site, *site.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with web.serve(server, site, folder, ()) as address:
        # The kit leads to the program.
        yield f"{address}/{'feeds/oai/oai.php' if server == 'php' else 'oai'}"


@pytest.fixture
def repository(archive: Archive, php: str) -> Repository:
    """Return what ``serve`` would answer from at that address."""
    folder = archive.out.resolve()
    return repository_of(archive.settings, folder, read_rows(folder), read_labels(folder, archive.settings), php)


def served(repository: Repository, query: str) -> str:
    """Return what ``serve`` answers."""
    try:
        arguments = parse_qsl(query, keep_blank_values=True, max_num_fields=16, errors="strict")
    except ValueError:
        arguments = []
    return respond(arguments, repository, batch=2).decode()


def told(answer: str) -> tuple[str, str | None, dict[str, str]]:
    """Return an answer without what it has of its own, and the request as it tells it."""
    request = ElementTree.fromstring(answer).find("{http://www.openarchives.org/OAI/2.0/}request")
    assert request is not None
    return OWN.sub("", answer, count=1), request.text, request.attrib


def get(address: str, query: str) -> str:
    """Return what is answered over HTTP."""
    answer = httpx.get(f"{address}?{query}", trust_env=False)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8"), answer.text
    return answer.text


def test_every_request_is_answered_as_by_serve(php: str, repository: Repository) -> None:
    """Byte for byte, but for the time and the element of the request, which says the same."""
    for query in (*ANSWERED, *(query for query, _ in REFUSED), *ODD):
        assert told(get(php, query)) == told(served(repository, query)), query


def test_a_form_is_answered_as_a_query_is(php: str) -> None:
    """By POST, unless it is too long; no other method is taken."""
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "enjeu:eau"}
    posted = httpx.post(php, data=asked, trust_env=False)

    assert told(posted.text) == told(get(php, str(httpx.QueryParams(asked))))
    assert httpx.post(php, content=b"x" * 20_000, trust_env=False).status_code == 413
    assert httpx.put(php, content=b"", trust_env=False).status_code == 405


@pytest.mark.parametrize("prefix", PREFIXES)
def test_lists_go_on_by_the_tokens_of_serve(php: str, repository: Repository, prefix: str) -> None:
    """Each may be used with either of them, and twice; one that was changed is refused."""
    query, count = f"verb=ListRecords&metadataPrefix={prefix}", 0
    while query:
        answer = get(php, query)
        assert told(answer) == told(served(repository, query)) == told(get(php, query))
        count += 1
        found = re.search(r"<resumptionToken [^>/]*>([^<]+)<", answer)
        query = f"verb=ListRecords&resumptionToken={found[1]}" if found else ""
        if found:
            for changed in (found[1][:-1], f"{found[1]}=", f"A{found[1][1:]}", f"{found[1]}A"):
                answer = get(php, f"verb=ListRecords&resumptionToken={changed}")
                assert '<error code="badResumptionToken">' in answer

    assert count == 3


def test_another_client_harvests_the_same_from_both(php: str, archive: Archive, repository: Repository) -> None:
    """sickle, all formats and sets, from a time on, and what is gone."""
    with static_host.serve(archive.out, oai=lambda arguments: respond(arguments, repository, batch=2)) as other:
        clients = Sickle(php), Sickle(f"{other}oai")
        for asked in ({}, {"from": "2001-09-10"}, {"set": "enjeu:eau"}):
            for prefix in PREFIXES:
                found = [[one.raw for one in client.ListRecords(metadataPrefix=prefix, **asked)] for client in clients]
                assert found[0] == found[1] != []
        sets = [[(one.setSpec, one.setName) for one in client.ListSets()] for client in clients]
        records = list(clients[0].ListRecords(metadataPrefix="oai_dc"))

    assert sets[0] == sets[1] != []
    assert clients[0].Identify().deletedRecord == "persistent"
    assert len(records) == 5
    assert [one.header.identifier for one in records if one.deleted] == [f"{ID}deux"]


def test_a_copy_of_which_one_half_is_another_publication_is_not_answered_from(archive: Archive, tmp_path: Path) -> None:
    """While files are copied to a host, it says so and asks to come again."""
    if reason := web.missing("php"):
        pytest.skip(f"{reason}: tests/servers/install-web-servers.sh installs it")
    site = tmp_path / "site"
    shutil.copytree(archive.out / FEED, site / "feeds/oai")
    data = site / "feeds/oai/records.bin"
    for other in (data.read_bytes()[1:], data.read_bytes()[::-1], b""):
        data.write_bytes(other)
        with web.serve("php", site, tmp_path, ()) as address:
            answer = httpx.get(f"{address}/feeds/oai/oai.php?verb=ListRecords&metadataPrefix=rdf", trust_env=False)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_an_archive_without_records_is_answered_for(tmp_path: Path) -> None:
    """It says who it is, since when nobody knows, and that it has no sets."""
    archive = Archive(tmp_path)
    archive.export()
    told = json.loads(archive.read(f"{FEED}/repository.json"))

    assert archive.read(f"{FEED}/records.txt") == ""
    assert "<earliestDatestamp/>" in told["answers"]["Identify"]
    assert '<error code="noSetHierarchy">' in told["answers"]["ListSets"]


@pytest.mark.parametrize(("site", "feeds"), [(True, False), (False, True)])
def test_the_program_goes_with_the_site_and_the_feeds(tmp_path: Path, site: bool, feeds: bool) -> None:
    """A plain web host needs both."""
    archive = Archive(tmp_path)
    archive.settings = msgspec.structs.replace(archive.settings, output=OutputSettings(site=site, feeds=feeds))
    archive.write("a.txt", page("Un"))
    archive.export()

    assert not (archive.out / FEED / "oai.php").exists()
    assert not (archive.out / FEED / "records.bin").exists()


def test_an_export_after_a_change_writes_what_one_from_nothing_does(archive: Archive, tmp_path: Path) -> None:
    """Records are rendered again only where they changed, and the bytes are the same."""
    other = Archive(tmp_path)
    for path in archive.data.iterdir():
        other.write(path.name, path.read_bytes())
    other.export()

    name = f"{FEED}/records.bin"
    assert (archive.out / name).read_bytes() == (other.out / name).read_bytes()


def test_nothing_of_what_was_withdrawn_stays(archive: Archive, tmp_path: Path) -> None:
    """Neither of a page that is gone nor of a record that is withdrawn; that it is gone is told."""
    copy = archive.copied(tmp_path / "copy")
    before = inflated((copy.out / FEED / "records.bin").read_bytes())
    taking_back.withdraw(copy.settings, "session/trois")
    copy.export()
    after = inflated((copy.out / FEED / "records.bin").read_bytes())
    lines = copy.read(f"{FEED}/records.txt").splitlines()

    assert (b"Deux" in before, b"Trois" in before, b"Trois" in after, b"Cinq" in after) == (False, True, False, True)
    assert [line.split("\t")[1] for line in lines if line.endswith("\t0\t0")] == ["session/deux", "session/trois"]
