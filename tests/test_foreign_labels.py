"""Labels of other vocabularies: what is read of a file, in whatever syntax, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib.namespace import SKOS

from commons_ld.aligning.foreign import ForeignLabel, read_labels
from commons_ld.errors import VocabularyError
from tests.vocabularies import WIKIBASE


@pytest.mark.parametrize("packed", ["", ".gz", ".bz2"])
def test_vocabularies_are_read_packed_or_not(tmp_path: Path, packed: str) -> None:
    """As RDF, and as the dump of a Wikibase; IRIs are what the file says, whatever its prefixes are called."""
    packs: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}
    pack = packs[packed]
    turtle, dump = tmp_path / f"v.ttl{packed}", tmp_path / f"v.json{packed}"
    turtle.write_bytes(pack(WIKIBASE.encode()))
    entity = {"id": "Q7", "labels": {"fr": {"value": "Eau", "language": "fr"}}, "aliases": {"en": [{"value": "H2O"}]}}
    bare = {"id": "Q8", "labels": [], "aliases": []}
    dump.write_bytes(pack(f"[\n{json.dumps(entity)},\n{json.dumps(bare)}\n]\n".encode()))

    labels = list(read_labels(turtle))
    assert {label.iri for label in labels} == {f"https://base.example/entity/Q{n}" for n in range(1, 6)}
    assert ForeignLabel("https://base.example/entity/Q1", "alimentation", "fr", True) in labels
    assert list(read_labels(dump, "http://www.wikidata.org/entity/")) == [
        ForeignLabel("http://www.wikidata.org/entity/Q7", "Eau", "fr", True),
        ForeignLabel("http://www.wikidata.org/entity/Q7", "H2O", "en", False),
    ]


def test_names_and_languages_that_cannot_be_are_no_reason_to_refuse_the_rest(tmp_path: Path) -> None:
    """An IRI with a blank in it is passed over, and a tag in whatever case is a tag."""
    path = tmp_path / "v.nt"
    label = f"<{SKOS.prefLabel}>"
    path.write_text(
        f'<http://b/a b> {label} "Eau"@fr .\n<http://b/c> {label} "Eau"@FR-fr .\n<http://b/d> {label} "" .\n'
    )

    assert list(read_labels(path)) == [ForeignLabel("http://b/c", "Eau", "fr-fr", True)]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("v.ttl", b"no turtle", "garbled"),
        ("v.ttl.gz", b"no gzip", "cannot be read"),
        ("v.json", b"{broken", "garbled"),
        ("v.xlsx", b"", "neither RDF"),
        ("v.json", None, "cannot be read"),
    ],
)
def test_files_that_are_no_vocabulary_are_told(tmp_path: Path, name: str, data: bytes | None, told: str) -> None:
    """In a sentence."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(VocabularyError, match=told):
        list(read_labels(tmp_path / name, "http://b/"))


RDF_XML = (
    '<rdf:RDF xmlns:rdf="&rdf;" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">'
    '<rdf:Description rdf:about="http://e.test/a"><rdfs:label xml:lang="fr">%s</rdfs:label></rdf:Description></rdf:RDF>'
)

DECLARED = '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [<!ENTITY rdf "http://www.w3.org/1999/02/22-rdf-syntax-ns#">%s]>\n'
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))


def test_namespaces_may_be_named_by_entities(tmp_path: Path) -> None:
    """As many editors of ontologies write them."""
    path = tmp_path / "v.rdf"
    path.write_text(DECLARED % "" + RDF_XML % "eau")

    assert list(read_labels(path)) == [ForeignLabel("http://e.test/a", "eau", "fr", is_main=True)]


@pytest.mark.parametrize(
    "text",
    [
        DECLARED % "" + RDF_XML % "eau",
        (RDF_XML % "eau").replace("&rdf;", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        "\ufeff" + DECLARED % "" + RDF_XML % "eau",
        "# an ontology\n<http://e.test/a> <http://www.w3.org/2000/01/rdf-schema#label> 'eau'@fr .",
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n<http://e.test/a> rdfs:label 'eau'@fr .",
        "<http://e.test/a> <http://www.w3.org/2000/01/rdf-schema#label> 'eau'@fr .",
    ],
    ids=["XML", "RDF/XML without a declaration", "XML with a mark of order", "a comment", "a prefix", "an IRI"],
)
@pytest.mark.parametrize("name", ["v.owl", "V.OWL.gz"])
def test_an_ontology_is_read_in_either_syntax(tmp_path: Path, name: str, text: str) -> None:
    """``.owl`` is the name of a language: what the file begins with tells the syntax."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())

    assert [(one.iri, one.text, one.language) for one in read_labels(path)] == [("http://e.test/a", "eau", "fr")]


def test_an_ontology_in_no_syntax_of_rdf_is_told_of(tmp_path: Path) -> None:
    """Functional syntax, say, which only tools of ontologies read."""
    path = tmp_path / "v.owl"
    path.write_text("Prefix(:=<http://e.test/>)\nOntology(<http://e.test/> Declaration(Class(:a)))\n")

    with pytest.raises(VocabularyError, match="garbled"):
        list(read_labels(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["v.rdf", "v.rdf.gz", "v.xml", "v.owl"])
@pytest.mark.parametrize(
    ("declared", "text", "told"),
    [
        ('<!ENTITY a0 "aaaaaaaaaa">' + LAUGHS, "&a8;", "line 2: the document type declares more than"),
        ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;", "line 2: the document type declares more than"),
        ('<!ENTITY % x "y">', "", "line 2: the document type declares more than"),
        (f'<!ENTITY x "{"a" * 900}">', "&x;" * 100_000, "line 3: the document type declares more than"),
        (f'<!ENTITY x "{"a" * 40}">', "&x;" * 2_000_000, "line 3: the document type declares more than"),
        ("", "<a>" * 300, "line 3: elements stand too deep"),
        ("", "&amp", "the file is garbled (line 3)"),
    ],
)
def test_xml_that_would_blow_up_is_refused_before_it_does(
    tmp_path: Path, name: str, declared: str, text: str, told: str, encoding: str
) -> None:
    """A kilobyte of entities can say gigabytes; whatever way it is packed or written, the file is told with the line."""
    path = tmp_path / name
    data = (DECLARED % declared + RDF_XML % text).encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)

    with pytest.raises(VocabularyError) as error:
        list(read_labels(path))
    assert told in str(error.value) or encoding == "utf-16"


def test_the_entities_of_a_wikibase_are_not_guessed(tmp_path: Path) -> None:
    """A dump does not say whose it is."""
    (tmp_path / "v.json").write_bytes(b"[]")
    with pytest.raises(VocabularyError, match="--entities"):
        list(read_labels(tmp_path / "v.json"))
