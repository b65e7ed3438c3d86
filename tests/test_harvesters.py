"""What harvesters would say: a good publication is accepted, and each fault is caught by those that would refuse it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rdflib import Graph, Literal, URIRef

from commons_ld.cli import commands
from commons_ld.commands.checking import NAMES
from commons_ld.errors import PublicationError
from commons_ld.feeds.oai_publication import read_rows
from commons_ld.harvesters.catalogues import DATAGOUV, DCAT_AP, NDE, NDE_RECORDS
from commons_ld.harvesters.checking import HARVESTERS, check
from commons_ld.harvesters.europeana import EDM
from commons_ld.harvesters.events import LDES
from commons_ld.harvesters.rules import Verdict
from commons_ld.namespaces import expand
from tests.archive import Archive, page
from tests.surfaces import BASE, Core, good, publish

DATASET, CATALOG = f"{BASE}dataset", f"{BASE}catalog"
FILE, SERVICE = f"{CATALOG}#distribution-dataset.ttl", f"{CATALOG}#sparql"
CHECKSUM, PERIOD = f"{CATALOG}#checksum-dataset.ttl", f"{CATALOG}#period"
PUBLISHER = f"{BASE}organization/remix-the-commons"
RECORD, RECORDING = f"{BASE}session/21-12-un-essai", f"{BASE}session/21-12-un-essai/recording"
LANGUAGE = "http://publications.europa.eu/resource/authority/language/FRA"
FRANCE = "http://publications.europa.eu/resource/authority/country/FRA"

Mutate = Callable[[Core], Core]


def _start(subject: str, property_: str) -> bytes:
    return f"<{subject}> <{_long(property_)}> ".encode()


def _long(curie: str) -> str:
    return (
        {"vcard": "http://www.w3.org/2006/vcard/ns#"}.get(curie.partition(":")[0], "") + curie.partition(":")[2]
        if curie.startswith("vcard:")
        else expand(curie)
    )


def without(subject: str, *properties: str) -> Mutate:
    """Take what is said of something by some properties out of the description of the dataset."""
    starts = tuple(_start(subject, name) for name in properties)

    def mutate(core: Core) -> Core:
        left = tuple(line for line in core.catalog if not line.startswith(starts))
        assert len(left) < len(core.catalog)
        return core._replace(catalog=left)

    return mutate


def saying(subject: str, property_: str, value: str) -> Mutate:
    """Say something more in the description of the dataset."""
    return lambda core: core._replace(catalog=(*core.catalog, _start(subject, property_) + value.encode() + b" .\n"))


def instead(subject: str, property_: str, value: str) -> Mutate:
    """Say something else in the description of the dataset."""
    return lambda core: saying(subject, property_, value)(without(subject, property_)(core))


def record_without(*properties: str) -> Mutate:
    """Take what is said of the record or its recording by some properties out of its graph."""
    starts = tuple(_start(subject, name) for name in properties for subject in (RECORD, RECORDING))

    def mutate(core: Core) -> Core:
        lines = core.block.splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(starts)]
        assert len(left) < len(lines)
        return core._replace(block=b"".join(left))

    return mutate


def record_instead(old: str, new: str) -> Mutate:
    """Put another value in the graph of the record."""

    def mutate(core: Core) -> Core:
        assert old.encode() in core.block
        return core._replace(block=core.block.replace(old.encode(), new.encode()))

    return mutate


def revision_without_time(core: Core) -> Core:
    """Take the time of the revision away, as of a page that was copied by hand."""
    lines = core.description.splitlines(keepends=True)
    left = b"".join(line for line in lines if expand("prov:generatedAtTime").encode() not in line)
    assert left != core.description
    return core._replace(description=left)


def setting(**changed: object) -> Mutate:
    """Change a setting of the table ``[dataset]``."""
    return lambda core: core._replace(
        settings=msgspec.structs.replace(
            core.settings, dataset=msgspec.structs.replace(core.settings.dataset, **changed)
        )
    )


def podcast(**changed: str) -> Mutate:
    """Change a setting of the table ``[podcast]``."""
    return lambda core: core._replace(
        settings=msgspec.structs.replace(
            core.settings, podcast=msgspec.structs.replace(core.settings.podcast, **changed)
        )
    )


def edited(end: str, pattern: str, new: str) -> Mutate:
    """Change a file where a pattern stands in it, as a fault of ours or of who copied it would."""

    def edit(name: str, text: str) -> str:
        if not name.endswith(end):
            return text
        changed = re.sub(pattern, new, text, flags=re.DOTALL)
        assert changed != text, (name, pattern)
        return changed

    return lambda core: core._replace(edit=edit)


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
]  # fmt: skip


def test_a_good_publication_is_accepted_by_everybody(tmp_path: Path) -> None:
    """Nobody rejects it, nobody warns, and each looked at something."""
    folder = publish(good(), tmp_path)
    verdicts = [check(folder, name) for name in HARVESTERS]

    assert {verdict.harvester: verdict.findings for verdict in verdicts if verdict.findings} == {}
    assert [verdict.harvester for verdict in verdicts if not any(verdict.focus_nodes.values())] == []


@pytest.mark.parametrize(
    ("mutate", "rejecting", "warning"), [row[1:] for row in MUTANTS], ids=[row[0] for row in MUTANTS]
)
def test_a_fault_is_caught_by_exactly_those_who_would_refuse_it(
    tmp_path: Path, mutate: Mutate, rejecting: str, warning: str
) -> None:
    """One field changes: those to whom it matters say so, and no others."""
    folder = publish(mutate(good()), tmp_path)
    words = {name: check(folder, name).word for name in HARVESTERS}

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


def test_there_are_enough_mutants_and_each_harvester_has_some() -> None:
    """Sixty faults at least, and none of the harvesters is left out."""
    assert len(MUTANTS) >= 60
    assert {name for row in MUTANTS for name in (*row[2].split(), *row[3].split())} == set(HARVESTERS)


def test_every_finding_is_told_in_both_languages(tmp_path: Path) -> None:
    """Each sentence is one in French and in English, and they differ."""
    told = [
        (rule.fr, rule.en) for target in (*DATAGOUV, *DCAT_AP, *EDM, *LDES, *NDE, *NDE_RECORDS) for rule in target.rules
    ]
    for number, row in enumerate(MUTANTS):
        for name in {"edm", "podcast", "iiif", "oai", "google-dataset"} & {*row[2].split(), *row[3].split()}:
            folder = publish(row[1](good()), tmp_path / str(number))
            told += ((one.fr, one.en) for one in check(folder, name).findings)

    assert len(set(told)) > 80
    assert [(fr, en) for fr, en in told if fr == en or fr[-1] not in ".?" or en[-1] not in ".?"] == []


def unreadable(verdict: Verdict) -> list[str]:
    """Return what a harvester that rejects a publication could not read of it."""
    assert verdict.word == "rejected"
    return [one.node for one in verdict.findings if one.code == "unreadable"]


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
