"""What harvesters would say: a good publication is accepted, and each fault is caught by those that would refuse it."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef

from commons_ld.harvesters import google, protocol, viewers
from commons_ld.harvesters import podcast as podcasts
from commons_ld.harvesters.catalogues import DATAGOUV, DCAT_AP, NDE, NDE_RECORDS
from commons_ld.harvesters.checking import HARVESTERS, check
from commons_ld.harvesters.europeana import EDM
from commons_ld.harvesters.events import LDES
from commons_ld.harvesters.rules import Rule, Verdict
from commons_ld.rdf.namespaces import expand
from tests.mutants import (
    CATALOG,
    CC0,
    CHECKSUM,
    DATASET,
    FILE,
    FRANCE,
    LANGUAGE,
    PERIOD,
    PUBLISHER,
    SERVICE,
    SOCIETY,
    TURTLE,
    Mutate,
    edited,
    instead,
    podcast,
    record_instead,
    record_without,
    revision_without_time,
    saying,
    setting,
    without,
)
from tests.surfaces import BASE, Core, good, publish

#: A fault, who rejects the publication for it, and who only warns.
MUTANTS: list[tuple[str, Mutate, str, str]] = [
    # The description of the dataset.
    ("no title in DCAT", without(DATASET, "dcterms:title"), "dcat-ap datagouv", ""),
    ("no title in schema.org", without(DATASET, "schema:name"), "nde google-dataset", ""),
    ("no description in DCAT", without(DATASET, "dcterms:description"), "dcat-ap datagouv", ""),
    ("no description in schema.org", without(DATASET, "schema:description"), "google-dataset", "nde"),
    ("a short description", instead(DATASET, "schema:description", '"Court"@fr'), "google-dataset", ""),
    ("two names in one language", saying(DATASET, "schema:name", '"Un autre"@fr'), "nde", ""),
    ("a name without a language", saying(DATASET, "schema:name", '"Sans langue"'), "", "nde"),
    ("no publisher in schema.org", without(DATASET, "schema:publisher"), "nde", ""),
    ("two publishers in schema.org", saying(DATASET, "schema:publisher", f"<{BASE}organization/autre>"), "nde", ""),
    ("two publishers in DCAT", saying(DATASET, "dcterms:publisher", f"<{BASE}organization/autre>"), "dcat-ap", ""),
    ("no creator", without(DATASET, "schema:creator"), "", "nde google-dataset"),
    ("no licence in schema.org", without(DATASET, "schema:license"), "nde", "google-dataset"),
    ("a licence by http", instead(DATASET, "schema:license", "<http://creativecommons.org/publicdomain/zero/1.0/>"), "", "nde"),
    ("a licence without its slash", instead(DATASET, "schema:license", "<https://creativecommons.org/publicdomain/zero/1.0>"), "", "nde"),
    ("a genre", saying(DATASET, "schema:genre", '"archive"@fr'), "nde", ""),
    ("no contact point in DCAT", without(DATASET, "dcat:contactPoint"), "", "dcat-ap"),
    ("no contact address in schema.org", without(f"{CATALOG}#contact", "schema:email"), "nde", ""),
    ("no identifier of the publisher", without(PUBLISHER, "schema:identifier"), "nde", ""),
    ("no keyword in DCAT", without(DATASET, "dcat:keyword"), "", "dcat-ap datagouv"),
    ("no keyword in schema.org", without(DATASET, "schema:keywords"), "", "google-dataset"),
    ("no theme", without(DATASET, "dcat:theme"), "", "dcat-ap"),
    ("no frequency", without(DATASET, "dcterms:accrualPeriodicity"), "", "datagouv"),
    ("two frequencies", saying(DATASET, "dcterms:accrualPeriodicity", "<http://publications.europa.eu/resource/authority/frequency/DAILY>"), "dcat-ap", ""),
    ("two access rights", saying(DATASET, "dcterms:accessRights", "<http://publications.europa.eu/resource/authority/access-right/RESTRICTED>"), "dcat-ap", ""),
    ("two dates of modification", saying(DATASET, "dcterms:modified", '"2024-01-01"'), "dcat-ap", ""),
    ("a modification that is no date", instead(DATASET, "dcterms:modified", '"hier"'), "dcat-ap", ""),
    ("two versions", saying(DATASET, "dcat:version", '"2"'), "dcat-ap", ""),
    ("no identifier", without(DATASET, "dcterms:identifier"), "datagouv", ""),
    ("no distribution in DCAT", without(DATASET, "dcat:distribution"), "datagouv", "dcat-ap"),
    ("no distribution in schema.org", without(DATASET, "schema:distribution"), "", "google-dataset"),
    ("a language without a type", without(LANGUAGE, "rdf:type"), "dcat-ap", ""),
    ("a place without a type", without(FRANCE, "rdf:type"), "dcat-ap", ""),
    # The catalogue, the publisher, the files, the service.
    ("no title of the catalogue", without(CATALOG, "dcterms:title"), "dcat-ap", ""),
    ("no description of the catalogue", without(CATALOG, "dcterms:description"), "dcat-ap", ""),
    ("no publisher of the catalogue", without(CATALOG, "dcterms:publisher"), "dcat-ap", ""),
    ("no catalogue", without(CATALOG, "rdf:type"), "dcat-ap datagouv", ""),
    ("no name of the publisher in FOAF", without(PUBLISHER, "foaf:name"), "dcat-ap", ""),
    ("no name of the publisher in schema.org", without(PUBLISHER, "schema:name"), "nde", ""),
    ("two names of a file", saying(FILE, "schema:name", '"Autre"@fr'), "nde", ""),
    ("a file without a description", without(FILE, "schema:description"), "", "nde"),
    ("a code without a label", without(LANGUAGE, "skos:prefLabel"), "dcat-ap", ""),
    ("a file without an address in DCAT", without(FILE, "dcat:accessURL"), "dcat-ap", ""),
    ("a file without an address in schema.org", without(FILE, "schema:contentUrl"), "nde", "google-dataset"),
    ("two addresses of a file in schema.org", saying(FILE, "schema:contentUrl", "<https://exemple.test/autre>"), "nde", ""),
    ("a file by http", instead(FILE, "schema:contentUrl", "<http://exemple.test/a.ttl>"), "", "nde"),
    ("a file by http, as a literal", instead(FILE, "schema:contentUrl", f'"http://exemple.test/a.ttl"^^<{expand("xsd:anyURI")}>'), "", "nde"),
    ("an address that is only a text", instead(FILE, "schema:contentUrl", '"https://exemple.test/a.ttl"'), "", "nde"),
    ("a file without a type", without(FILE, "schema:encodingFormat"), "nde", ""),
    ("a file that is only packed", instead(FILE, "schema:encodingFormat", '"application/gzip"'), "nde", ""),
    ("a type of nobody", instead(FILE, "schema:encodingFormat", '"application/x-turtle"'), "nde", ""),
    ("a file without a licence in DCAT", without(FILE, "dcterms:license"), "", "dcat-ap datagouv"),
    ("two sizes of a file", saying(FILE, "dcat:byteSize", f'"13"^^<{expand("xsd:nonNegativeInteger")}>'), "dcat-ap", ""),
    ("a checksum that is no hexBinary", instead(CHECKSUM, "spdx:checksumValue", f'"abc"^^<{expand("xsd:hexBinary")}>'), "dcat-ap", ""),
    ("a checksum without an algorithm", without(CHECKSUM, "spdx:algorithm"), "dcat-ap", ""),
    ("two beginnings of the period", saying(PERIOD, "dcat:startDate", '"1999"'), "dcat-ap", ""),
    ("a service without an address", without(SERVICE, "dcat:endpointURL"), "dcat-ap", ""),
    ("a service without a title", without(SERVICE, "dcterms:title"), "dcat-ap", ""),
    # The record.
    ("a medium without rights", setting(rights=""), "nde edm", "oai"),
    ("rights that Europeana does not know", setting(rights="https://exemple.test/droits"), "edm", "iiif"),
    ("a recording without a picture", setting(image=""), "nde", ""),
    ("no aggregator", setting(provider=""), "edm", ""),
    ("a page of unknown revision", revision_without_time, "nde", ""),
    ("a record without a medium told", record_without("dcterms:type"), "edm", "oai"),
    ("a recording without a file", record_without("schema:contentUrl"), "podcast iiif", "edm"),
    ("a recording without a length", record_without("schema:duration"), "iiif", "podcast"),
    ("a file by http in the record", record_instead("https://exemple.test/essai.mp3", "http://exemple.test/essai.mp3"), "", "podcast"),
    ("a recording without a day", record_without("dcterms:issued", "dcterms:created"), "", "podcast"),
    ("a title without a language", record_instead('"21.12 Un essai"@fr', '"21.12 Un essai"'), "nde", ""),
    # What the settings do not say of the podcast.
    ("no cover", podcast(image=""), "podcast", ""),
    ("no category", podcast(category=""), "podcast", ""),
    ("nothing told of children", podcast(explicit=""), "podcast", ""),
    # The files of one harvester alone.
    ("an author and no creator", edited("ap-nde.nt", "schema.org/creator>", "schema.org/author>"), "nde", ""),
    ("a record of no dataset", edited("ap-nde.nt", r"schema\.org/isPartOf>", "schema.org/hasPart>"), "nde", ""),
    ("a subject without a name", edited("ap-nde.nt", r"<[^>]*concept/puissance-publique> <https://schema.org/name> [^\n]*\n", ""), "nde", ""),
    ("no record", edited("ap-nde.nt", r".*", ""), "nde", ""),
    ("a type that Europeana does not know", edited("edm.xml", "SOUND", "MUSIC"), "edm", ""),
    ("nobody who gives the data", edited("edm.xml", "<edm:dataProvider>.*</edm:dataProvider>", ""), "edm", ""),
    ("nothing shown", edited("edm.xml", "<edm:isShown(At|By) [^>]*/>", ""), "edm", ""),
    ("an aggregation of nothing", edited("edm.xml", "<edm:aggregatedCHO [^>]*/>", ""), "edm", ""),
    ("an aggregator without a name", edited("edm.xml", "(<edm:provider>).*(</edm:provider>)", r"\1 \2"), "edm", ""),
    ("nothing that a record is about", edited("edm.xml", r"<(dc:subject|dc:type|dcterms:spatial)[ >][^\n]*?(</\1>|/>)", r"<\1> </\1>"), "edm", ""),
    ("a port of a licence that has none", setting(rights="https://creativecommons.org/licenses/by/4.0/fr/"), "edm", ""),
    ("rights of a file that Europeana does not know", edited("edm.xml", '(<edm:WebResource .*?licenses/by/)4.0', r"\g<1>5.0"), "edm", ""),
    ("a note before a name", edited("edm.xml", "(<skos:prefLabel[^>]*>[^<]*</skos:prefLabel>)(<skos:note.*?</skos:note>)", r"\2\1"), "edm", ""),
    ("an element that is none of EDM", edited("edm.xml", "(<edm:type>)", r"<edm:kind>SOUND</edm:kind>\1"), "edm", ""),
    ("a class that is none of EDM", edited("edm.xml", "edm:Place", "edm:Land"), "edm", ""),
    ("two files of one record", edited("edm.xml", "(<edm:isShownBy [^>]*/>)", r"\1\1"), "edm", ""),
    ("rights as a text", edited("edm.xml", '<edm:rights rdf:resource="([^"]*)"/>', r"<edm:rights>\1</edm:rights>"), "edm", ""),
    ("a title that leads somewhere", edited("edm.xml", "<dc:title[^>]*>.*</dc:title>", '<dc:title rdf:resource="https://exemple.test/"/>'), "edm", ""),
    ("a page without an address", edited("edm.xml", '<edm:isShownAt rdf:resource="[^"]*"', '<edm:isShownAt rdf:resource=""'), "edm", ""),
    ("two records in one document", edited("edm.xml", "(<edm:ProvidedCHO.*?</edm:ProvidedCHO>)", r"\1\1"), "edm", ""),
    ("a theme by its IRI", edited("datagouv.rdf", "(</rdf:RDF>)", r'<rdf:Description rdf:about="https://w3id.org/commons-ld/remix/dataset"><theme xmlns="http://www.w3.org/ns/dcat#" rdf:resource="http://exemple.test/t"/></rdf:Description>\1'), "", "datagouv"),
    ("a period by its IRI", edited("datagouv.rdf", "<temporal([^>]*)>[^<]*</temporal>", r'<temporal\1 rdf:resource="https://exemple.test/p"/>'), "", "datagouv"),
    ("a checksum that is no text", edited("datagouv.rdf", "(<checksumValue[^>]*)>", rf'\1 rdf:datatype="{expand("xsd:hexBinary")}">'), "datagouv", ""),
    ("an episode without an identifier", edited("podcast.xml", "<guid.*</guid>", ""), "podcast", ""),
    ("a size that is no number", edited("podcast.xml", 'length="0"', 'length="?"'), "podcast", ""),
    ("two episodes of one file", edited("podcast.xml", "(<item.*</item>)", r"\1\1"), "podcast", ""),
    ("a manifest of an older version", edited("manifest.json", "presentation/3", "presentation/2"), "iiif", ""),
    ("a title in no language", edited("manifest.json", r'"label": \{.*?\},', '"label": "Un essai",'), "iiif", ""),
    ("an annotation of another canvas", edited("manifest.json", r'"target": "[^"]*"', '"target": "https://exemple.test/"'), "iiif", ""),
    ("a description that the page does not show", edited("dataset.html", "<p>.*?</p>", ""), "google-dataset", ""),
    ("a datestamp without its zone", edited("oai/1.xml", "11:12Z", "11:12"), "oai", ""),
    ("a record without an identifier", edited("oai/1.xml", "<identifier>.*?</identifier>", ""), "oai", ""),
    ("a member without a zone", edited("ldes/1.ttl", "11:12Z", "11:12"), "ldes", ""),
    ("two views", edited("ldes/1.ttl", "tree:view ", "tree:view <https://exemple.test/2>, "), "ldes", ""),
    ("a relation that leads nowhere", edited("ldes/1.ttl", "; tree:node <[^>]*>", ""), "ldes", ""),
    ("no path of time", edited("ldes/1.ttl", "ldes:timestampPath dcterms:modified ;", ""), "ldes", ""),
    # What else each rule demands.
    ("a feed and an episode without a title", edited("podcast.xml", "<title>.*?</title>", ""), "podcast", ""),
    ("a feed without a description", edited("podcast.xml", "<description>.*?</description>", ""), "podcast", ""),
    ("a long description of an episode", edited("podcast.xml", "(<item.*?<description>)", r"\1" + 4001 * "x"), "podcast", ""),
    ("a feed without a language", edited("podcast.xml", "<language>.*?</language>", ""), "podcast", ""),
    ("a feed without an address", edited("podcast.xml", "<link>.*?</link>", ""), "podcast", ""),
    ("a feed without an identifier", edited("podcast.xml", "<podcast:guid>.*?</podcast:guid>", ""), "", "podcast"),
    ("a file without a type in the podcast", edited("podcast.xml", ' type="audio/mpeg"', ""), "podcast", ""),
    ("an episode to be read", edited("podcast.xml", "audio/mpeg", "text/html"), "podcast", ""),
    ("a person without a name in the podcast", edited("podcast.xml", "Ana Exemple", ""), "podcast", ""),
    ("a collection of manifests", edited("manifest.json", '"type": "Manifest"', '"type": "Collection"'), "iiif", ""),
    ("a manifest without canvases", edited("manifest.json", '"items"', '"parts"'), "iiif", ""),
    ("a canvas without a length", edited("manifest.json", '"duration": 3600', '"duration": 0'), "iiif", ""),
    ("a canvas with a comment alone", edited("manifest.json", '"painting"', '"commenting"'), "iiif", ""),
    ("a text on a canvas", edited("manifest.json", '"type": "Sound"', '"type": "Text"'), "iiif", ""),
    ("a repository that tells nothing of itself", edited("oai/1.xml", "<ListRecords>", r"<Identify/>\g<0>"), "oai", ""),
    ("an element that is not Dublin Core", edited("oai/1.xml", "</oai_dc:dc>", r"<dcterms:x xmlns:dcterms='http://purl.org/dc/terms/'/>\g<0>"), "oai", ""),
    ("a record without a title in Dublin Core", edited("oai/1.xml", "<dc:title.*?</dc:title>", ""), "", "oai"),
    ("a record without an address in Dublin Core", edited("oai/1.xml", "<dc:identifier.*?</dc:identifier>", ""), "", "oai"),
    ("a member that is a text", edited("ldes/1.ttl", "tree:member <[^>]*>", 'tree:member "1"'), "ldes", ""),
    ("a stream without a member", edited("ldes/1.ttl", "; tree:member <[^>]*>", ""), "ldes", ""),
    ("a stream of versions of nothing", edited("ldes/1.ttl", "ldes:versionOfPath dcterms:isVersionOf ;", ""), "", "ldes"),
    ("a catalogue without a licence", without(CATALOG, "dcterms:license"), "", "dcat-ap"),
    ("a licence without a type", without(CC0, "rdf:type"), "dcat-ap", ""),
    ("a publisher without a type", without(PUBLISHER, "rdf:type"), "dcat-ap", ""),
    ("a theme without a type", without(SOCIETY, "rdf:type"), "dcat-ap", ""),
    ("a format without a type", without(TURTLE, "rdf:type"), "dcat-ap", ""),
    ("a file of two types", saying(FILE, "dcat:mediaType", "<https://www.iana.org/assignments/media-types/text/plain>"), "dcat-ap", ""),
    ("a file of two licences", saying(FILE, "dcterms:license", "<https://creativecommons.org/licenses/by/4.0/>"), "dcat-ap", ""),
    ("a file with two checksums", saying(FILE, "spdx:checksum", f"<{CATALOG}#checksum-dataset.nt.gz>"), "dcat-ap", ""),
    ("a checksum without a value", without(CHECKSUM, "spdx:checksumValue"), "dcat-ap", ""),
    ("two ends of the period", saying(PERIOD, "dcat:endDate", '"2030"'), "dcat-ap", ""),
    ("a file without an address in RDF/XML", edited("datagouv.rdf", "<accessURL [^>]*/>", ""), "datagouv", ""),
    ("a text in no language in EDM", edited("edm.xml", "SOUND|<dc:language>.*?</dc:language>", lambda found: "TEXT" if found[0] == "SOUND" else ""), "edm", ""),
    ("an object without a title", edited("edm.xml", "<dc:(title|description)[^>]*>.*?</dc:\\1>", ""), "edm", ""),
    ("a modification that is no date in schema.org", instead(DATASET, "schema:dateModified", '"hier"'), "", ""),
    ("two days of making", edited("ap-nde.nt", r"([^\n]*dateCreated>) [^\n]*\n", r'\g<0>\1 "2020" .\n'), "nde", ""),
    ("an author without a name", edited("ap-nde.nt", r"<[^>]*person/ana-exemple> <https://schema.org/name> [^\n]*\n", ""), "nde", ""),
    ("a record without a name", edited("ap-nde.nt", r"<[^>]*21-12-un-essai> <https://schema.org/name> [^\n]*\n", ""), "nde", ""),
    ("two names of a record in one language", edited("ap-nde.nt", r"(<[^>]*21-12-un-essai> <https://schema.org/name>) [^\n]*\n", r'\g<0>\1 "Autre"@fr .\n'), "nde", ""),
    ("a medium without an address", edited("ap-nde.nt", r"[^\n]*contentUrl> [^\n]*\n", ""), "nde", ""),
    ("a record without a medium", edited("ap-nde.nt", r"[^\n]*associatedMedia> [^\n]*\n", ""), "", ""),
]  # fmt: skip


#: The rules of each harvester.
GRAPHS = {"nde": (*NDE, *NDE_RECORDS), "edm": EDM, "dcat-ap": DCAT_AP, "datagouv": DATAGOUV, "ldes": LDES}
DOCUMENTS: dict[str, tuple[Rule[Any], ...]] = {
    "podcast": (*podcasts.FEED, *podcasts.EPISODES),
    "iiif": (*viewers.MANIFESTS, *viewers.CANVASES),
    "google-dataset": google.PAGES,
    "oai": (*protocol.IDENTIFY, *protocol.RECORDS, *protocol.DUBLIN_CORE),
}


def test_a_good_publication_is_accepted_by_everybody(tmp_path: Path) -> None:
    """Nobody rejects it, nobody warns, and each looked at something."""
    folder = publish(good(), tmp_path)
    verdicts = [check(folder, name) for name in HARVESTERS]

    assert {verdict.harvester: verdict.findings for verdict in verdicts if verdict.findings} == {}
    assert [verdict.harvester for verdict in verdicts if not any(verdict.focus_nodes.values())] == []


@cache
def verdicts(mutate: Mutate) -> tuple[Verdict, ...]:
    """Return what all harvesters say of a publication with a fault."""
    with TemporaryDirectory() as folder:
        publish(mutate(good()), Path(folder))
        return tuple(check(Path(folder), name) for name in HARVESTERS)


@pytest.mark.parametrize(
    ("mutate", "rejecting", "warning"), [row[1:] for row in MUTANTS], ids=[row[0] for row in MUTANTS]
)
def test_a_fault_is_caught_by_exactly_those_who_would_refuse_it(mutate: Mutate, rejecting: str, warning: str) -> None:
    """One field changes: those to whom it matters say so, and no others."""
    words = {verdict.harvester: verdict.word for verdict in verdicts(mutate)}

    assert {name for name, word in words.items() if word == "rejected"} == set(rejecting.split())
    assert {name for name, word in words.items() if word == "warnings"} == set(warning.split())


@pytest.mark.parametrize(
    ("rights", "is_taken"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", True),
        ("https://creativecommons.org/licenses/by-nc/2.5/il/", True),
        ("https://creativecommons.org/licenses/by/2.1/jp/", True),
        ("https://creativecommons.org/licenses/by/2.1/", False),
        ("https://creativecommons.org/licenses/by/3.0/xx/", False),
        ("https://creativecommons.org/licenses/by-nd-nc/1.0/", True),
        ("https://creativecommons.org/licenses/by-nd-nc/2.0/", False),
        ("https://creativecommons.org/licenses/by/4.0", False),
        ("https://rightsstatements.org/vocab/CNE/1.0/", True),
        ("https://rightsstatements.org/vocab/UND/1.0/", False),
    ],
)
def test_europeana_takes_the_licences_of_its_list(tmp_path: Path, rights: str, is_taken: bool) -> None:
    """Those of Creative Commons in the versions and ports that there are, and six statements of rights."""
    codes = {one.code for one in check(publish(setting(rights=rights)(good()), tmp_path), "edm").findings}

    assert codes == (set() if is_taken else {"aggregation-rights-form", "file-rights"})


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ('"2019"^^<xsd:gYear>', '"2023"^^<xsd:gYear>', "2019-01-01/2023-12-31"),
        ('"2020-02"^^<xsd:gYearMonth>', '"2020-02"^^<xsd:gYearMonth>', "2020-02-01/2020-02-29"),
        ('"1900-02"^^<xsd:gYearMonth>', '"1900-02"^^<xsd:gYearMonth>', "1900-02-01/1900-02-28"),
        ('"2019"^^<xsd:gYear>', '"2021-04"^^<xsd:gYearMonth>', "2019-01-01/2021-04-30"),
        ('"2021-12-02"^^<xsd:date>', '"2023-11-08"^^<xsd:date>', "2021-12-02/2023-11-08"),
    ],
)
def test_datagouv_is_told_days_and_texts(tmp_path: Path, start: str, end: str, days: str) -> None:
    """Read as its harvester does, by rdflib: a range of whole days, and checksums that Python takes for texts."""
    typed = [value.replace("xsd:", expand("xsd:")) for value in (start, end)]
    core = instead(PERIOD, "dcat:endDate", typed[1])(instead(PERIOD, "dcat:startDate", typed[0])(good()))
    graph = Graph().parse(publish(core, tmp_path) / "site" / "renderings" / "datagouv.rdf", format="xml")

    assert [str(value) for value in graph.objects(None, URIRef(expand("dcterms:temporal")))] == [days]
    values = [
        one.toPython() for one in graph.objects(None, URIRef(expand("spdx:checksumValue"))) if isinstance(one, Literal)
    ]
    assert [len(value) for value in values if isinstance(value, str)] == [64, 64]
    assert list(graph.objects(None, URIRef(expand("dcat:accessService")))) == [URIRef(SERVICE)]


def test_the_address_of_a_file_may_still_be_an_iri(tmp_path: Path) -> None:
    """The Dutch register takes both, and announces that it will take a literal of ``xsd:anyURI`` alone."""
    folder = publish(instead(FILE, "schema:contentUrl", "<https://exemple.test/a.ttl>")(good()), tmp_path)
    verdict = check(folder, "nde")

    assert verdict.word == "accepted"
    assert [(one.code, one.severity) for one in verdict.findings] == [("file-address-type", "Info")]


def test_a_description_is_found_as_html_writes_it(tmp_path: Path) -> None:
    """Its marks are references there."""
    text = "« Communs » & l'eau : <archive> des conversations enregistrées"

    def mutate(core: Core) -> Core:
        core = instead(DATASET, "schema:description", f'"{text}"@fr')(core)
        core = saying(DATASET, "schema:description", f'"{text}"@en')(core)
        return edited(".html", "<p>.*?</p>", f"<p>{html.escape(text)}</p>")(core)

    assert check(publish(mutate(good()), tmp_path), "google-dataset").word == "accepted"


def test_there_are_enough_mutants_and_each_harvester_has_some() -> None:
    """Sixty faults at least, and none of the harvesters is left out."""
    assert len(MUTANTS) >= 60
    assert {name for row in MUTANTS for name in (*row[2].split(), *row[3].split())} == set(HARVESTERS)


def test_every_finding_is_told_in_both_languages() -> None:
    """Each sentence is one in French and in English, and they differ."""
    found = {one for row in MUTANTS for verdict in verdicts(row[1]) for one in verdict.findings}
    told = {(one.fr, one.en) for one in found}

    assert len(told) > 120
    assert [(fr, en) for fr, en in told if fr == en or fr[-1] not in ".?" or en[-1] not in ".?"] == []


def test_every_rule_is_broken_by_a_fault() -> None:
    """A rule that nothing breaks might as well not be there."""
    rules = {(name, rule.code) for name, targets in GRAPHS.items() for one in targets for rule in one.rules}
    rules |= {(name, rule.code) for name, rules in DOCUMENTS.items() for rule in rules}
    broken = {(one.harvester, found.code) for row in MUTANTS for one in verdicts(row[1]) for found in one.findings}

    assert rules - broken == set()
