"""The one real page, published: every fact of it can be found in the publication, and nobody of its chat."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, XSD, Literal, URIRef

from commons_ld.privacy import policy_of, redact
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.record import MediaRecord
from tests.archive import Archive

SEED = Path(__file__).parents[2] / "shared" / "seed" / "21.12-plaidoyer-2022.txt"
pytestmark = pytest.mark.skipif(not SEED.is_file(), reason="the archive's page is not beside the repository")

BASE = "https://w3id.org/commons-ld/remix/"
SESSION = URIRef(BASE + "session/21-12-plaidoyer-2022")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Export the page."""
    made = Archive(tmp_path_factory.mktemp("seed"))
    made.write(SEED.name, SEED.read_bytes())
    assert made.export().report.published == 1
    return made


@pytest.fixture(scope="module")
def graph(archive: Archive) -> rdflib.Graph:
    """Read the published Turtle of the record with rdflib."""
    return rdflib.Graph().parse(archive.out / "session" / "21-12-plaidoyer-2022.ttl")


def texts(record: MediaRecord) -> list[str]:
    """Return every text of a record that is published as it is."""
    return [
        *(record.title, record.description, record.abstract, record.notes_heading, *record.collections),
        *(text for guest in record.guests for text in (guest.name, guest.biography)),
        *(document.title for document in record.documents),
        *(link.label for link in record.links if link.label),
        *(note.text for note in record.notes if note.text),
    ]


def test_every_text_and_address_of_the_page_is_published(archive: Archive, graph: rdflib.Graph) -> None:
    """The lead, the summary, the guests, the documents, each message, the links and the pad."""
    import commons_ld

    (record,) = commons_ld.read(SEED)
    published = redact(record, policy_of(archive.settings))
    literals = {str(term) for term in graph.objects() if isinstance(term, Literal)}
    addresses = {str(term) for term in graph.objects(SESSION, URIRef(expand("dcterms:references")))}

    assert [text for text in texts(published) if text not in literals] == []
    assert {link.url for link in published.links} | {published.pad} <= addresses
    assert len(texts(published)) == 5 + 6 + 2 + 1 + 27


def test_the_graph_is_that_of_the_design(graph: rdflib.Graph) -> None:
    """Statement by statement, for all that is not prose."""
    expected = rdflib.Graph()
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    expected.parse(
        data=f"""{prefixes} BASE <{BASE}>
        <session/21-12-plaidoyer-2022> a cld:Session, schema:Event ;
          dcterms:identifier "21-12-plaidoyer-2022" ;
          dcterms:title "21.12 Plaidoyer 2022"@fr ; schema:name "21.12 Plaidoyer 2022"@fr ;
          dcterms:created "2021-12-02"^^xsd:date ; schema:startDate "2021-12-02"^^xsd:date ;
          dcterms:isPartOf <collection/appel-en-commun> ; schema:superEvent <collection/appel-en-commun> ;
          cld:objetDeCommun <concept/puissance-publique> ; cld:enjeu <concept/politique-des-communs> ;
          cld:resultatAttendu <concept/etat-partenaire> ;
          dcterms:subject <concept/puissance-publique>, <concept/politique-des-communs>, <concept/etat-partenaire> ;
          schema:about <concept/puissance-publique>, <concept/politique-des-communs>, <concept/etat-partenaire> ;
          dcterms:language <http://publications.europa.eu/resource/authority/language/FRA> ; schema:inLanguage "fr" ;
          dcterms:spatial <http://publications.europa.eu/resource/authority/country/FRA> ;
          schema:performer <person/louise-guillot>, <person/remy-seillier>, <person/sebastien-shulz> ;
          dcterms:contributor <person/louise-guillot>, <person/remy-seillier>, <person/sebastien-shulz> ;
          schema:recordedIn <session/21-12-plaidoyer-2022/recording> ;
          schema:comment <session/21-12-plaidoyer-2022/note/1>, <session/21-12-plaidoyer-2022/note/28> ;
          dcterms:references <session/21-12-plaidoyer-2022/document/1>, <https://www.org.meet.coop> ;
          schema:subjectOf <https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022> ;
          dcterms:source <https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022> ;
          prov:wasDerivedFrom <https://wiki.remixthecommons.org/index.php/21.12_Plaidoyer_2022> .
        <session/21-12-plaidoyer-2022/recording> a schema:AudioObject ; dcterms:type dcmitype:Sound ;
          schema:name "21.12 Plaidoyer 2022"@fr ; dcterms:title "21.12 Plaidoyer 2022"@fr ;
          schema:duration "PT1H"^^xsd:duration ; dcterms:extent "PT1H"^^xsd:duration ;
          dcterms:issued "2021-12-02"^^xsd:date ; schema:datePublished "2021-12-02"^^xsd:date ;
          schema:inLanguage "fr" ; schema:recordedAt <session/21-12-plaidoyer-2022> .
        <person/louise-guillot> a schema:Person ; schema:name "Louise Guillot" .
        <session/21-12-plaidoyer-2022/note/2> a schema:Comment ; schema:position 2 ;
          schema:dateCreated "2021-12-02T14:19:00+01:00"^^xsd:dateTime ;
          schema:author <session/21-12-plaidoyer-2022/participant/1> .
        <session/21-12-plaidoyer-2022/note/1> schema:author <person/sebastien-shulz> .
        <session/21-12-plaidoyer-2022/note/11> schema:parentItem <session/21-12-plaidoyer-2022/note/10> .
        <session/21-12-plaidoyer-2022/note/20> schema:author <organization/remix-the-commons> .
        """,
        format="turtle",
    )

    assert sorted(set(expected) - set(graph)) == []


def test_the_notes_are_counted_as_on_the_page(graph: rdflib.Graph) -> None:
    """28 messages, 12 of them replies, 27 with a stamp, by 8 people who are numbered."""
    notes = set(graph.subjects(RDF.type, URIRef(expand("schema:Comment"))))
    names = set(graph.objects(None, URIRef(expand("schema:name"))))

    assert len(notes) == 28
    assert len(set(graph.subjects(URIRef(expand("schema:parentItem"))))) == 12
    assert sum(term.datatype == XSD.dateTime for term in graph.objects() if isinstance(term, Literal)) == 27
    assert {name for name in names if str(name).startswith("Participant")} == {
        Literal(f"Participant·e {number}", lang="fr") for number in range(1, 9)
    }
