"""The description of the dataset: what catalogues are told, read back by another implementation, and counted again."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import pyshacl
import pytest
from rdflib import DCAT, DCTERMS, RDF, VOID, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from commons_ld.describing.sitemap import Sitemap
from commons_ld.iris import IriPolicy
from commons_ld.outputs.counting import Counts
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.spool import Spool
from commons_ld.outputs.statements import graph_of
from commons_ld.settings import DatasetSettings, OutputSettings, load_settings
from tests.archive import Archive, page

SCHEMA = Namespace("https://schema.org/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

DUMP = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="fr">
<siteinfo><sitename>Essai</sitename><base>https://wiki.exemple.test/index.php/Accueil</base></siteinfo>
<page><title>22.01 Du wiki</title><ns>0</ns><id>7</id><revision><id>9</id><timestamp>2024-02-09T10:11:12Z</timestamp>
<text>{{Objet média|Description=Un essai.|Date de création=2022/01/05|Type de document=Audio|Fait partie de=Appel en commun|Langue du contenu=EN}}</text></revision></page>
</mediawiki>"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return a publication of three records whose settings say all that harvesters ask for."""
    told = load_settings(
        environment={
            "COMMONS_LD_DATASET__LICENSE": LICENCE,
            "COMMONS_LD_DATASET__CONTACT": "donnees@exemple.test",
            "COMMONS_LD_DATASET__CONTACT_UNTIL": "2027-12-31",
            "COMMONS_LD_DATASET__KEYWORDS": "communs | entretiens",
            "COMMONS_LD_DATASET__THEMES": "SOCI | EDUC",
            "COMMONS_LD_DATASET__FREQUENCY": "MONTHLY",
            "COMMONS_LD_DATASET__ENDPOINT": "https://exemple.test/sparql",
            "COMMONS_LD_DATASET__PUBLISHER_TYPE": "NonProfitOrganisation",
        }
    )
    made = Archive(tmp_path_factory.mktemp("described"), dataset=told.dataset)
    made.write("un.txt", page())
    made.write("deux.txt", page("22.03 Un autre", enjeu="Régie publique, Un nouveau sujet", created="2022/03/04"))
    made.write("wiki.xml", DUMP)
    made.export()
    return made


@pytest.fixture(scope="module")
def graph(archive: Archive) -> Graph:
    """Return the description as rdflib reads it."""
    return Graph().parse(archive.out / "site" / "catalog.ttl")


@pytest.fixture(scope="module")
def dataset(archive: Archive) -> URIRef:
    """Return the IRI of the dataset."""
    return URIRef(f"{archive.settings.base_iri}dataset")


@pytest.mark.parametrize(("name", "format_"), [("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_every_syntax_holds_the_same_description(archive: Archive, graph: Graph, name: str, format_: str) -> None:
    """Read by rdflib, each is the same graph."""
    assert isomorphic(graph, Graph().parse(archive.out / "site" / f"catalog.{name}", format=format_))


#: What the Dutch register asks for of a distribution and its publisher, in our words: what holds today, and what it
#: announces for its version 2.0 (``nde:futureChange`` in its ``requirements/shacl.ttl`` at ``003f8b8``).
NDE_TODAY = """
nde:file sh:targetClass schema:DataDownload ; sh:property [ sh:path schema:contentUrl ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:pattern "^https?://" ; sh:or ( [ sh:datatype xsd:anyURI ] [ sh:nodeKind sh:IRI ] ) ] .
"""
NDE_ANNOUNCED = """
nde:file sh:targetClass schema:DataDownload ; sh:property
  [ sh:path schema:contentUrl ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^https?://" ; sh:datatype xsd:anyURI ] ,
  [ sh:path schema:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path schema:usageInfo ; sh:nodeKind sh:IRI ; sh:pattern "^https?://" ] ,
  [ sh:path schema:description ; sh:minCount 1 ] .
nde:dataset sh:targetClass schema:Dataset ; sh:property
  [ sh:path schema:creator ; sh:minCount 1 ; sh:class schema:Organization ] ,
  [ sh:path schema:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path schema:description ; sh:minCount 1 ] ,
  [ sh:path schema:inLanguage ; sh:minCount 1 ; sh:pattern "^[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*$" ] ,
  [ sh:path ( schema:publisher schema:identifier ) ; sh:minCount 1 ; sh:datatype xsd:string ] ,
  [ sh:path ( schema:publisher schema:contactPoint ) ; sh:minCount 1 ; sh:maxCount 1 ; sh:class schema:ContactPoint ] .
"""
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix schema: <https://schema.org/> . @prefix nde: <https://exemple.test/nde#> ."""


def conforms(graph: Graph, shapes: str) -> bool:
    """Tell what pySHACL finds."""
    return bool(pyshacl.validate(graph, shacl_graph=Graph().parse(data=PREFIXES + shapes, format="turtle"))[0])


def test_the_dutch_register_finds_what_it_asks_for_today_and_what_it_announces(archive: Archive, graph: Graph) -> None:
    """In the description, and as the page of the dataset carries it; an IRI as an address would not do any more."""
    carried = re.search(r'<script type="application/ld\+json">(.*?)</script>', archive.read("site/dataset.html"))
    assert carried
    of_page = Graph().parse(data=carried[1], format="json-ld")
    for read in (graph, of_page):
        assert len(set(read.subjects(RDF.type, SCHEMA.DataDownload))) > 5
        assert set(map(type, read.objects(None, SCHEMA.contentUrl))) == {Literal}
        assert conforms(read, NDE_TODAY)
    assert conforms(graph, NDE_ANNOUNCED)
    before = Graph() + graph
    for file, address in list(before.subject_objects(SCHEMA.contentUrl)):
        before.set((file, SCHEMA.contentUrl, URIRef(str(address))))
    assert (conforms(before, NDE_TODAY), conforms(before, NDE_ANNOUNCED)) == (True, False)


def test_the_description_has_no_blank_nodes(graph: Graph) -> None:
    """Each thing that it speaks of has an IRI."""
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]


def test_void_is_the_same_description(archive: Archive) -> None:
    """It is found where VoID says that crawlers look for it (section 7.2)."""
    site = archive.out / "site"

    assert (site / ".well-known/void").read_bytes() == (site / "void.ttl").read_bytes()
    assert (site / "void.ttl").read_bytes() == (site / "catalog.ttl").read_bytes()


def test_counts_and_linksets_are_a_document_of_their_own(archive: Archive) -> None:
    """They are part of the description, and say nothing of the files."""
    site = archive.out / "site"
    lines = (site / "void.nt").read_bytes().splitlines()

    assert set(lines) <= set((site / "catalog.nt").read_bytes().splitlines())
    assert any(b"void#triples>" in line for line in lines)
    assert lines == sorted(lines)
    assert not [line for line in lines if b"/dataset.nt" in line]


def test_counts_taken_in_parts_are_the_same(archive: Archive) -> None:
    """Whatever the parts: each is counted apart, and what records share at the end."""
    lines = (archive.out / "dataset.nq").read_bytes().splitlines(keepends=True)
    blocks = [b"".join(block) for _, block in groupby(lines, key=graph_of)]
    policy = IriPolicy(archive.settings.base_iri)
    with Spool(archive.root / "one") as one, Spool(archive.root / "many") as many:
        whole, parts = Counts(policy, one), Counts(policy, many)
        for block in blocks:
            whole.add(block)
            part = Counts(policy, many)
            part.add(block)
            parts.take_over(part.counted())
        whole.finish()
        parts.finish()

    assert parts.counted() == whole.counted()
    assert whole.counted().records == 3
    assert whole.modified == parts.modified


def test_counts_are_those_of_the_union_of_all_graphs(archive: Archive, graph: Graph, dataset: URIRef) -> None:
    """Counted again from the N-Triples by rdflib, each number is right."""
    union = Graph().parse(archive.out / "dataset.nt")
    number = {
        name: int(str(graph.value(dataset, VOID[name])))
        for name in ("triples", "classes", "properties", "distinctSubjects", "entities")
    }

    assert number == {
        "triples": len(union),
        "classes": len(set(union.objects(None, RDF.type))),
        "properties": len(set(union.predicates())),
        "distinctSubjects": len(set(union.subjects())),
        "entities": 3,
    }
    classes = {graph.value(part, VOID["class"]): part for part in graph.objects(dataset, VOID.classPartition)}
    assert {class_: int(str(graph.value(part, VOID.entities))) for class_, part in classes.items()} == {
        class_: len(set(union.subjects(RDF.type, class_))) for class_ in set(union.objects(None, RDF.type))
    }
    for class_, part in classes.items():
        of_class = {
            graph.value(one, VOID.property): int(str(graph.value(one, VOID.triples)))
            for one in graph.objects(part, VOID.propertyPartition)
        }
        again: dict[object, int] = {}
        for subject in union.subjects(RDF.type, class_):
            for property_ in union.predicates(subject, None):
                again[property_] = again.get(property_, 0) + 1
        # rdflib yields each predicate of a subject once for each of its values.
        assert of_class == again


def test_linksets_count_the_links_to_the_data_of_others(archive: Archive, graph: Graph) -> None:
    """Each has its subjects, its objects, its property, and how many there are."""
    union = Graph().parse(archive.out / "dataset.nt")
    country = "http://publications.europa.eu/resource/authority/country/"
    found = {
        (str(graph.value(one, VOID.linkPredicate)), int(str(graph.value(one, VOID.triples))))
        for one in graph.subjects(RDF.type, VOID.Linkset)
        if str(graph.value(one, VOID.objectsTarget)).endswith("/country")
    }

    links = [triple for triple in union if str(triple[2]).startswith(country)]
    assert links
    assert found == {(str(DCTERMS.spatial), len(links))}


def test_every_file_has_its_size_and_its_hash(archive: Archive, graph: Graph) -> None:
    """What is told of a file is so, and the checksum is a valid xsd:hexBinary.

    None is told of the records as SCHEMA-AP-NDE, which hold when each was published.
    """
    told = list(graph.subjects(DCAT.byteSize, None))

    assert len(told) == 13  # six syntaxes, plain and packed, and the records as SCHEMA-AP-NDE
    for one in told:
        name = str(graph.value(one, DCAT.downloadURL)).removeprefix(archive.settings.base_iri)
        data = (archive.out / "site" / name).read_bytes()
        checksum = graph.value(graph.value(one, SPDX.checksum), SPDX.checksumValue)
        assert int(str(graph.value(one, DCAT.byteSize))) == len(data)
        if name == "renderings/schema-ap-nde.nt":
            assert (checksum, graph.value(one, SCHEMA.sha256)) == (None, None)
            continue
        assert checksum == Literal(hashlib.sha256(data).hexdigest(), datatype=XSD.hexBinary)
        assert re.fullmatch(r"([0-9a-fA-F]{2})+", str(checksum))


def test_what_the_settings_say_is_said(graph: Graph, dataset: URIRef) -> None:
    """Licence, contact, keywords, themes, frequency and endpoint stand where DCAT-AP and schema.org have them."""
    assert (dataset, DCTERMS.license, URIRef(LICENCE)) in graph
    assert (dataset, SCHEMA.license, URIRef(LICENCE)) in graph
    assert set(graph.objects(dataset, DCAT.keyword)) == {Literal("communs", "fr"), Literal("entretiens", "fr")}
    assert {str(theme)[-4:] for theme in graph.objects(dataset, DCAT.theme)} == {"SOCI", "EDUC"}
    services = list(graph.subjects(RDF.type, DCAT.DataService))
    assert [graph.value(one, DCAT.endpointURL) for one in services] == [URIRef("https://exemple.test/sparql")]
    assert (dataset, DCTERMS.modified, Literal("2024-02-09T10:11:12Z", datatype=XSD.dateTime)) in graph
    assert (dataset, SCHEMA.temporalCoverage, Literal("2021-12-02/2022-03-04")) in graph


def test_the_endpoint_is_described_as_the_dataset_is(graph: Graph, dataset: URIRef) -> None:
    """DCAT-AP-NL asks of a service what others recommend: an identifier, a description, access, a theme and a licence."""
    (service,) = graph.subjects(RDF.type, DCAT.DataService)

    for property_ in (DCTERMS.accessRights, DCTERMS.license, DCTERMS.publisher, DCAT.theme, DCAT.contactPoint):
        assert set(graph.objects(service, property_)) == set(graph.objects(dataset, property_)) != set()
    assert list(graph.objects(service, DCTERMS.identifier)) == [Literal(str(service))]
    assert {text.language for text in graph.objects(service, DCTERMS.description) if isinstance(text, Literal)} == {
        "fr",
        "en",
    }


def test_what_nobody_said_is_not_made_up(tmp_path: Path) -> None:
    """Without settings there is no licence, contact, theme, frequency, service or security.txt; nor is a date made up."""
    archive = Archive(tmp_path)
    archive.write("un.txt", page())
    archive.export()
    graph = Graph().parse(archive.out / "site" / "catalog.ttl")

    for property_ in (
        DCTERMS.license,
        DCAT.theme,
        DCTERMS.accrualPeriodicity,
        DCAT.contactPoint,
        DCTERMS.modified,
        DCAT.service,
    ):
        assert not list(graph.subject_objects(property_))
    assert not (archive.out / "site/.well-known/security.txt").exists()
    assert "lastmod" not in archive.read("site/sitemap.xml")


def test_the_page_of_the_dataset_carries_its_description(archive: Archive, dataset: URIRef) -> None:
    """A search engine finds the facts of the graph in the page, in the page's language."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', archive.read("site/dataset.en.html"))
    assert found
    told = json.loads(found[1])

    assert '<link rel="alternate" type="text/turtle" href="catalog.ttl">' in archive.read("site/dataset.en.html")
    assert told["@id"] == str(dataset)
    assert told["@type"] == "Dataset"
    assert told["name"] == "Archive of recorded conversations about the commons"
    assert told["license"] == LICENCE
    assert told["publisher"]["contactPoint"]["email"] == "donnees@exemple.test"
    assert told["isAccessibleForFree"] is True
    read = Graph().parse(data=found[1], format="json-ld")
    assert (dataset, SCHEMA.license, URIRef(LICENCE)) in read


@pytest.mark.parametrize("language", ["", ".en"])
def test_the_page_of_the_dataset_leads_to_all_that_others_harvest(archive: Archive, language: str) -> None:
    """Each file that it names is there; what the settings leave out is not named."""
    page = archive.read(f"site/dataset{language}.html")
    section = page.partition('<h2 id="harvest">')[2].partition("</section>")[0]
    names = re.findall(r'href="([^"]*)"', section)

    assert len(names) == 10
    assert [name for name in names if not (archive.out / "site" / name).is_file()] == []


def test_the_page_of_the_dataset_names_no_feeds_where_there_are_none(tmp_path: Path) -> None:
    """The renderings go out with the site."""
    archive = Archive(tmp_path, output=OutputSettings(feeds=False))
    archive.write("un.txt", page())
    archive.export()
    told = archive.read("site/dataset.en.html")

    assert "feeds/" not in told
    assert "renderings/edm.zip" in told


def test_the_sitemap_lists_every_page_and_only_true_days(archive: Archive) -> None:
    """Each page stands in it once; only a record whose revision is known has a day."""
    root = ElementTree.fromstring(archive.read("site/sitemap.xml"))
    days = {url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod") for url in root}
    base, site = archive.settings.base_iri, archive.out / "site"
    pages = {f"{base}{path.relative_to(site).as_posix()}" for path in site.rglob("*.html") if path.name != "404.html"}

    assert set(days) == pages
    assert {iri.removeprefix(base): day for iri, day in days.items() if iri and day} == {
        "session/22-01-du-wiki.html": "2024-02-09",
        "session/22-01-du-wiki.en.html": "2024-02-09",
    }


def test_a_long_sitemap_is_split(tmp_path: Path) -> None:
    """Past the bound of the protocol there is an index, and every address is in one part."""
    (tmp_path / "g").mkdir()
    with Generation(tmp_path / "g", None, tmp_path / "spool") as generation, generation.spool() as spool:
        sitemap = Sitemap(IriPolicy("https://exemple.test/"), spool)
        files = dict(sitemap.files("https://exemple.test/", (f"p{number}.html" for number in range(5)), most=2))

    assert sorted(files) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    assert files["sitemap.xml"].count(b"<sitemap>") == 3
    assert sum(data.count(b"<url>") for data in files.values()) == 5


def test_crawlers_find_the_sitemap_and_people_the_contact(archive: Archive) -> None:
    """robots.txt names the sitemap; security.txt has what RFC 9116 demands."""
    assert f"Sitemap: {archive.settings.base_iri}sitemap.xml\n" in archive.read("site/robots.txt")
    lines = archive.read("site/.well-known/security.txt").splitlines()
    assert "Contact: mailto:donnees@exemple.test" in lines
    assert "Expires: 2027-12-31T00:00:00Z" in lines


def test_crawlers_are_told_addresses_in_ascii_whatever_the_base(tmp_path: Path) -> None:
    """As sitemaps.org has it; IRIs stay as they are."""
    about = DatasetSettings(contact="donnees@exemple.test", contact_until="2027-12-31")
    archive = Archive(tmp_path, base_iri="https://été.test/mémoire/", dataset=about)
    archive.write("un.txt", page())
    archive.export()
    told = {name: archive.read(f"site/{name}") for name in ("sitemap.xml", "robots.txt", ".well-known/security.txt")}
    folder = archive.out / "site/feeds/resourcesync"
    told |= {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.xml")}
    told["source"] = archive.read("site/.well-known/resourcesync")

    assert len(told) == 7
    for name, text in told.items():
        assert text.isascii(), name
        assert "https://xn--t-9fab.test/m%C3%A9moire/" in text, name
    assert "<https://été.test/mémoire/session/" in archive.read("dataset.nq")


def test_the_same_archive_has_the_same_description(archive: Archive, tmp_path: Path) -> None:
    """Elsewhere, and without what was made before, the same bytes are written."""
    again = Archive(tmp_path, dataset=archive.settings.dataset)
    again.write("un.txt", page())
    again.write("deux.txt", page("22.03 Un autre", enjeu="Régie publique, Un nouveau sujet", created="2022/03/04"))
    again.write("wiki.xml", DUMP)
    again.export()

    assert again.read("site/catalog.nt") == archive.read("site/catalog.nt")
