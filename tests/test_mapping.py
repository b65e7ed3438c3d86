"""The mapping: what each field becomes, and what a block is."""

import hashlib
import tracemalloc
from collections.abc import Iterable

import msgspec
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from commons_ld.artefacts import artefact
from commons_ld.concepts import Concepts
from commons_ld.errors import MappingError
from commons_ld.mapping import Block, Mapper
from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES
from commons_ld.media_types import kind_of, wiki_page
from commons_ld.origin import Origin
from commons_ld.rdf.namespaces import PREFIXES, expand
from commons_ld.record import Document, Guest, Link, MediaRecord, Note, RecordFields
from commons_ld.settings import AgentSettings, SessionSettings, Settings, WikiSettings

BASE = "https://w3id.org/commons-ld/remix/"
CONCEPTS = Concepts.load(artefact("ontology/concepts.ttl"))
MAPPER = Mapper(Settings(), CONCEPTS)

FULL = MediaRecord(
    origin=Origin("demonstration.json"),
    title="22.03 Un essai",
    text_language="fr",
    page="https://wiki.exemple.test/22.03_Un_essai",
    collections=("Appel en commun", "Un atelier"),
    objets_de_commun=("Puissance publique",),
    enjeux=("Régie publique",),
    actions=("Régie publique", "Tricot"),
    resultats_attendus=("État partenaire",),
    description="Un essai.",
    abstract="Premier.\n\nSecond.",
    created="2022/03/04",
    start="14h00",
    issued="2022/03/05",
    duration="00:45:00",
    languages=("FR", "EN", "Autre"),
    countries=("France", "Italie"),
    media_type="Audio",
    producers=("Remix the commons", "Une coopérative"),
    participants=("Ana Exemple",),
    authors=("Zoé Exemple",),
    guests=(Guest("Inès Exemple", "autrice d'essais."),),
    broadcast_url="https://exemple.test/ecouter/1.ogg?x=1",
    website="https://exemple.test/site",
    image="Fichier:Une image.jpg",
    coordinates="45.76000, 4.83500",
    documents=(Document("Un livret", "https://exemple.test/livret"), Document("Un appel")),
    links=(Link("https://exemple.test/lien", "Un lien"), Link("https://exemple.test/sans"), Link("pas une adresse")),
    notes_heading="Le chat",
    notes=(
        Note(participant=1, time="14:09", text="Bonjour"),
        Note(author="Inès Exemple", time="14:10", reply_to=1),
        Note(author="Remix the commons", text="Oui"),
        Note(participant=1, time="25:99", reply_to=9),
    ),
    pad="https://exemple.test/pad",
)


def graph(block: Block) -> rdflib.Graph:
    """Return the block's one graph, read by rdflib."""
    dataset = rdflib.Dataset()
    dataset.parse(data=block.data, format="nquads")
    return dataset.graph(rdflib.URIRef(block.graph))


def values(block: Block, subject: str, predicate: str) -> set[str]:
    """Return what a block says of a subject, as N-Triples terms."""
    about = rdflib.URIRef(subject if "://" in subject else BASE + subject)
    return {term.n3() for term in graph(block).objects(about, rdflib.URIRef(expand(predicate)))}


def iris(*names: str) -> set[str]:
    """Return IRIs below the base, as N-Triples terms."""
    return {f"<{name if '://' in name else BASE + name}>" for name in names}


S = "session/22-03-un-essai"
BLOCK = MAPPER.block(FULL, "22-03-un-essai", ("22.03 Un ancien titre",))


@pytest.mark.parametrize(
    ("subject", "predicate", "expected"),
    [
        (S, "rdf:type", iris(expand("cld:Session"), expand("schema:Event"))),
        (S, "dcterms:identifier", {'"22-03-un-essai"'}),
        (S, "dcterms:title", {'"22.03 Un essai"@fr'}),
        (S, "schema:name", {'"22.03 Un essai"@fr'}),
        (S, "dcterms:alternative", {'"22.03 Un ancien titre"@fr'}),
        (S, "schema:alternateName", {'"22.03 Un ancien titre"@fr'}),
        (S, "dcterms:description", {'"Un essai."@fr'}),
        (S, "dcterms:abstract", {'"""Premier.\n\nSecond."""@fr'}),
        (S, "dcterms:created", {'"2022-03-04"^^<http://www.w3.org/2001/XMLSchema#date>'}),
        (S, "schema:startDate", {'"2022-03-04"^^<http://www.w3.org/2001/XMLSchema#date>'}),
        (S, "dcterms:isPartOf", iris("collection/appel-en-commun", "collection/un-atelier")),
        (S, "schema:superEvent", iris("collection/appel-en-commun", "collection/un-atelier")),
        (S, "cld:objetDeCommun", iris("concept/puissance-publique")),
        (S, "cld:enjeu", iris("concept/regie-publique")),
        (S, "cld:action", iris("concept/regie-publique", "concept/tricot")),
        (S, "cld:resultatAttendu", iris("concept/etat-partenaire")),
        (S, "schema:about", iris("concept/puissance-publique", "concept/regie-publique", "concept/tricot", "concept/etat-partenaire")),
        (S, "dcterms:subject", iris("concept/puissance-publique", "concept/regie-publique", "concept/tricot", "concept/etat-partenaire")),
        (S, "schema:inLanguage", {'"fr"', '"en"'}),
        (S, "dcterms:language", iris(*(f"http://publications.europa.eu/resource/authority/language/{code}" for code in ("FRA", "ENG")))),
        (S, "dcterms:spatial", iris(*(f"http://publications.europa.eu/resource/authority/country/{code}" for code in ("FRA", "ITA")), f"{S}/place")),
        (S, "schema:location", iris(f"{S}/place")),
        (f"{S}/place", "schema:geo", iris(f"{S}/geo")),
        (f"{S}/geo", "schema:latitude", {'"45.76"^^<http://www.w3.org/2001/XMLSchema#decimal>'}),
        (f"{S}/geo", "schema:longitude", {'"4.835"^^<http://www.w3.org/2001/XMLSchema#decimal>'}),
        (S, "schema:performer", iris("person/ines-exemple")),
        (S, "schema:contributor", iris("person/ana-exemple")),
        (S, "dcterms:creator", iris("person/zoe-exemple")),
        (S, "dcterms:contributor", iris("person/ines-exemple", "person/ana-exemple", "organization/remix-the-commons", "organization/une-cooperative")),
        (S, "schema:recordedIn", iris(f"{S}/recording")),
        (S, "schema:image", iris("https://wiki.remixthecommons.org/index.php/Special:FilePath/Une_image.jpg")),
        (S, "rdfs:seeAlso", iris("https://exemple.test/site", "https://exemple.test/pad")),
        (S, "dcterms:references", iris(f"{S}/document/1", f"{S}/document/2", "https://exemple.test/lien", "https://exemple.test/sans", "https://exemple.test/pad")),
        (S, "skos:note", {'"Le chat"@fr'}),
        (S, "schema:comment", iris(*(f"{S}/note/{n}" for n in (1, 2, 3, 4)))),
        (S, "schema:subjectOf", iris("https://wiki.exemple.test/22.03_Un_essai")),
        (S, "dcterms:source", iris("https://wiki.exemple.test/22.03_Un_essai")),
        (S, "prov:wasDerivedFrom", iris("https://wiki.exemple.test/22.03_Un_essai")),
        (f"{S}/recording", "rdf:type", iris(expand("schema:AudioObject"))),
        (f"{S}/recording", "dcterms:type", iris(expand("dcmitype:Sound"))),
        (f"{S}/recording", "schema:startDate", {'"2022-03-04T14:00:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>'}),
        (f"{S}/recording", "dcterms:issued", {'"2022-03-05"^^<http://www.w3.org/2001/XMLSchema#date>'}),
        (f"{S}/recording", "schema:duration", {'"PT45M"^^<http://www.w3.org/2001/XMLSchema#duration>'}),
        (f"{S}/recording", "dcterms:extent", {'"PT45M"^^<http://www.w3.org/2001/XMLSchema#duration>'}),
        (f"{S}/recording", "schema:producer", iris("organization/remix-the-commons", "organization/une-cooperative")),
        (f"{S}/recording", "schema:contentUrl", iris("https://exemple.test/ecouter/1.ogg?x=1")),
        (f"{S}/recording", "schema:recordedAt", iris(S)),
        ("person/ines-exemple", "schema:name", {'"Inès Exemple"'}),
        ("person/ines-exemple", "schema:description", {'"autrice d\'essais."@fr'}),
        ("organization/une-cooperative", "rdf:type", iris(expand("schema:Organization"))),
        ("collection/appel-en-commun", "rdf:type", iris(expand("dcmitype:Collection"), expand("schema:EventSeries"))),
        ("collection/appel-en-commun", "schema:name", {'"Appel en commun"@fr'}),
        (f"{S}/document/1", "schema:url", iris("https://exemple.test/livret")),
        (f"{S}/document/2", "dcterms:title", {'"Un appel"@fr'}),
        (f"{S}/document/2", "schema:position", {'"2"^^<http://www.w3.org/2001/XMLSchema#integer>'}),
        ("https://exemple.test/lien", "schema:name", {'"Un lien"@und'}),
        ("concept/tricot", "rdf:type", iris(expand("skos:Concept"), expand("cld:CandidateConcept"))),
        ("concept/tricot", "skos:prefLabel", {'"Tricot"@fr'}),
        ("concept/regie-publique", "skos:prefLabel", set()),
        (f"{S}/note/1", "schema:dateCreated", {'"2022-03-04T14:09:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>'}),
        (f"{S}/note/1", "schema:author", iris(f"{S}/participant/1")),
        (f"{S}/note/1", "schema:text", {'"Bonjour"@fr'}),
        (f"{S}/note/2", "schema:author", iris("person/ines-exemple")),
        (f"{S}/note/2", "schema:parentItem", iris(f"{S}/note/1")),
        (f"{S}/note/2", "schema:text", set()),
        (f"{S}/note/3", "schema:author", iris("organization/remix-the-commons")),
        (f"{S}/note/3", "schema:dateCreated", set()),
        (f"{S}/note/4", "schema:parentItem", set()),
        (f"{S}/participant/1", "schema:name", {'"Participant·e 1"@fr'}),
    ],
)  # fmt: skip
def test_every_field_arrives_in_the_graph(subject: str, predicate: str, expected: set[str]) -> None:
    """The graph of a session is that of the design, field by field."""
    assert values(BLOCK, subject, predicate) == expected


def test_what_is_left_out_is_said() -> None:
    """Each value that is not in the graph is a remark that names its field."""
    assert {(remark.code, remark.field, remark.value) for remark in BLOCK.remarks} == {
        ("bad-address", "links", "pas une adresse"),
        ("bad-time", "time", "25:99"),
        ("producer-as-organization", "producers", "Une coopérative"),
        ("reply-to-nothing", "reply_to", "9"),
        ("unknown-language", "languages", "Autre"),
    }


def test_a_label_that_is_no_concept_is_a_candidate_with_the_nearest_one() -> None:
    """It is exported, marked, and named to the publisher."""
    record = MediaRecord(origin=Origin("x"), title="X", enjeux=("Communs urbain",))

    (candidate,) = MAPPER.block(record, "x").candidates

    assert candidate == ("Communs urbain", "enjeux", BASE + "concept/communs-urbain", "Communs urbains")


@pytest.mark.parametrize(
    ("label", "near"),
    [("Gouvernance", "Gouvernance démocratique"), ("Politique des commun", "Politique des communs"), ("Logement", "")],
)
def test_a_concept_is_near_that_is_misspelt_or_cut_short(label: str, near: str) -> None:
    """One that only ends alike, such as *Self-management*, was not meant."""
    record = MediaRecord(origin=Origin("x"), title="X", enjeux=(label,))

    (candidate,) = MAPPER.block(record, "x").candidates

    assert candidate.nearest == near


def test_a_block_is_canonical() -> None:
    """Sorted, without blank nodes or repeats, in one named graph, and the bytes that RDFC-1.0 gives."""
    dataset = ox.Dataset(ox.parse(BLOCK.data, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = BLOCK.data.splitlines(keepends=True)

    assert b"".join(sorted(f"{quad} .\n".encode() for quad in dataset)) == BLOCK.data
    assert lines == sorted(set(lines))
    assert b"_:" not in BLOCK.data
    assert {quad.graph_name.value for quad in dataset} == {BLOCK.graph}
    assert hashlib.sha256(BLOCK.data).hexdigest() == BLOCK.sha256
    assert BLOCK.statements == len(lines)


def test_the_order_of_lists_does_not_change_a_block() -> None:
    """Values that stand in no order are sorted by the block."""
    turned = msgspec.structs.replace(
        FULL, enjeux=FULL.enjeux[::-1], countries=FULL.countries[::-1], producers=FULL.producers[::-1]
    )

    assert MAPPER.block(turned, "22-03-un-essai", ("22.03 Un ancien titre",)).data == BLOCK.data


@pytest.mark.parametrize(
    ("media_type", "class_", "dcmi"),
    [
        ("Audio", "schema:AudioObject", "dcmitype:Sound"),
        ("Vidéo", "schema:VideoObject", "dcmitype:MovingImage"),
        ("Texte", "schema:CreativeWork", "dcmitype:Text"),
        ("Fiche", "schema:CreativeWork", "dcmitype:Text"),
        ("Multimédia", "schema:CreativeWork", "dcmitype:InteractiveResource"),
    ],
)
def test_a_medium_that_is_no_session_is_what_its_media_type_says(media_type: str, class_: str, dcmi: str) -> None:
    """Only Audio is an AudioObject, and only a session is an Event."""
    block = MAPPER.block(MediaRecord(origin=Origin("x"), title="Une charte", media_type=media_type), "une-charte")

    assert block.subject == BASE + "media/une-charte"
    assert values(block, "media/une-charte", "rdf:type") == iris(expand(class_))
    assert values(block, "media/une-charte", "dcterms:type") == iris(expand(dcmi))


def test_a_number_of_pages_is_an_extent_and_no_duration() -> None:
    """A text has a length in pages."""
    block = MAPPER.block(MediaRecord(origin=Origin("x"), title="X", media_type="Texte", duration="12 p."), "x")

    assert values(block, "media/x", "dcterms:extent") == {'"12 pages"@fr'}
    assert values(block, "media/x", "schema:duration") == set()


def test_a_value_of_the_wrong_form_stays_as_it_was_written() -> None:
    """The shapes find it, and the report shows it."""
    block = MAPPER.block(MediaRecord(origin=Origin("x"), title="X", duration="00/25:00", created="hier"), "x")

    assert values(block, "media/x", "schema:duration") == {'"00/25:00"'}
    assert values(block, "media/x", "dcterms:created") == {'"hier"'}


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (RecordFields(title="21.12 Plaidoyer 2022"), "session"),
        (RecordFields(title="21.13 Pas un mois"), "media"),
        (RecordFields(title="21.120 Pas un mois"), "media"),
        (RecordFields(title="Une rencontre", collections=("appel en\u00a0commun",)), "session"),
        (RecordFields(title="Une charte", collections=("Atlas",)), "media"),
        (RecordFields(title="21.12 Plaidoyer", kind="media"), "media"),
        (RecordFields(title="Une charte", kind="session"), "session"),
    ],
)
def test_a_session_is_told_by_its_collection_or_its_title(record: RecordFields, kind: str) -> None:
    """What a record says of itself comes first."""
    assert kind_of(record, Settings(sessions=SessionSettings(collections=("Appel en commun",)))) == kind


def test_the_address_of_a_wiki_page_is_that_of_mediawiki() -> None:
    """Blanks are underscores, and the rest is percent-encoded."""
    assert wiki_page("Assemblée des communs ?", Settings()).endswith("/Assembl%C3%A9e_des_communs_%3F")
    assert wiki_page("X", Settings(wiki=WikiSettings(page_url=""))) == ""


def test_published_names_of_participants_are_the_names() -> None:
    """Where the settings say so, and only there, a participant has a name."""
    record = MediaRecord(
        origin=Origin("x"), title="21.12 X", notes=(Note(author="Ana Exemple", participant=1, text="x"),)
    )

    assert values(MAPPER.block(record, "x"), "session/x/participant/1", "schema:name") == {'"Ana Exemple"'}


def test_a_producer_named_in_the_settings_is_a_person() -> None:
    """The pages do not tell, so the publisher may."""
    mapper = Mapper(Settings(agents=AgentSettings(persons=("Ana Exemple",))), CONCEPTS)
    block = mapper.block(MediaRecord(origin=Origin("x"), title="X", producers=("Ana Exemple",)), "x")

    assert values(block, "media/x", "schema:producer") == iris("person/ana-exemple")
    assert block.remarks == ()


def test_a_text_that_no_literal_can_hold_is_refused_with_its_page() -> None:
    """A lone surrogate cannot be encoded; readers drop it, a caller of the library may not."""
    with pytest.raises(MappingError, match=r"page\.txt.*take it out"):
        MAPPER.block(MediaRecord(origin=Origin("page.txt"), title="X", description="\ud800"), "x")


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            '"@fr . <x> <y> <z> .',
            "</script>",
            "=cmd()",
            "a> <b",
            "\n",
            "\u202e",
            "../",
            "{title}",
            "%s%b",
            "\\",
            '"',
            "_:b",
        ]
    ),
)


@given(st.data())
def test_no_text_can_break_out_of_its_literal(data: st.DataObject) -> None:
    """Hostile values in every field leave the subjects, predicates and graph of a block as they are."""

    def hostile(count: int = 2) -> tuple[str, ...]:
        return tuple(data.draw(st.lists(HOSTILE, max_size=count)))

    record = MediaRecord(
        origin=Origin("x"), title=data.draw(HOSTILE) or "x", description=data.draw(HOSTILE), collections=hostile(),
        enjeux=hostile(), producers=hostile(), authors=hostile(), languages=hostile(), countries=hostile(),
        created=data.draw(HOSTILE), duration=data.draw(HOSTILE), pad=data.draw(HOSTILE), image=data.draw(HOSTILE),
        coordinates=data.draw(HOSTILE), media_type=data.draw(HOSTILE), text_language=data.draw(HOSTILE),
        start=data.draw(HOSTILE),
        notes=tuple(Note(author=name, time=name, text=name) for name in hostile()),
        links=tuple(Link(name, name) for name in hostile()), documents=tuple(Document(name, name) for name in hostile()),
    )  # fmt: skip
    known = {expand(name) for rule in CROSSWALK for name in rule.properties} | {expand("rdf:type")}

    block = MAPPER.block(record, "x")
    quads = list(ox.parse(block.data, format=ox.RdfFormat.N_QUADS))

    assert len(quads) == block.statements
    assert {quad.predicate.value for quad in quads} <= known
    assert {quad.graph_name.value for quad in quads} == {BASE + "graph/x"}


def test_every_row_of_the_crosswalk_is_used_by_some_record() -> None:
    """No row is there for nothing: a session and a medium with every field have every property."""
    medium = MAPPER.block(msgspec.structs.replace(FULL, kind="media"), "m", ("Avant",))
    text = MAPPER.block(MediaRecord(origin=Origin("x"), title="22.01 X", media_type="Texte", duration="3 p."), "t")
    written = {predicate.value for block in (BLOCK, medium, text) for predicate in _predicates(block)}

    assert written == {expand(name) for rule in CROSSWALK for name in rule.properties} | {expand("rdf:type")}


def test_the_crosswalk_names_only_known_nodes_and_fields() -> None:
    """A row that names a field that no record has would never fire."""
    fields = set(MediaRecord.__struct_fields__) | {"slug", "former_titles", "recording"}

    assert {rule.node for rule in CROSSWALK} <= set(NODE_TYPES)
    assert {rule.field for rule in CROSSWALK if rule.node in ("session", "media")} <= fields
    assert {name.partition(":")[0] for rule in CROSSWALK for name in rule.properties} <= set(PREFIXES)


def _predicates(block: Block) -> Iterable[ox.NamedNode]:
    return (quad.predicate for quad in ox.parse(block.data, format=ox.RdfFormat.N_QUADS))


def test_what_is_kept_of_names_does_not_grow_with_the_archive() -> None:
    """An archive where nobody comes twice is mapped in no more memory, however many records it has."""
    mapper = Mapper(Settings(), CONCEPTS)

    def peak(numbers: range) -> int:
        tracemalloc.reset_peak()
        for number in numbers:
            guests, producers = (Guest(f"Ana Exemple {number}"),), (f"La coopérative {number}",)
            mapper.block(MediaRecord(origin=Origin("x"), title="X", guests=guests, producers=producers), "x")
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        first, second = peak(range(6_000)), peak(range(6_000, 12_000))
    finally:
        tracemalloc.stop()

    assert second < first * 1.1


def test_titles_that_lead_to_a_page_are_alternative_ones() -> None:
    """The redirects of a wiki page and its former titles are told once each, its own title never."""
    record = MediaRecord(title="Nouveau", origin=Origin("p"), other_titles=("Ancien", "Nouveau", "Autre"))

    block = Mapper(Settings(), Concepts()).block(record, "nouveau", ("Ancien",))

    assert block.data.count(b"<http://purl.org/dc/terms/alternative>") == 2
    assert b'"Autre"@fr' in block.data
