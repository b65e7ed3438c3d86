"""The reader of what Semantic MediaWiki exports: the files in ``cases/smw``, and what each must give beside it.

``<file>.json`` holds the behaviour in one sentence, the records, and the sentences about what is refused.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import OWL, RDF, RDFS

from commons_ld.errors import SourceError
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources import smw_rdf
from commons_ld.sources.smw_names import IGNORED_PROPERTIES, SWIVT, unescape
from commons_ld.text import fold
from tests.hostile import calls

CASES = Path(__file__).parent / "cases" / "smw"
FILES = sorted(path for path in CASES.iterdir() if path.suffix != ".json")


def read(data: bytes, name: str = "a.rdf") -> list[MediaRecord | SourceError]:
    """Return the records of an export and what is refused of it, the refusal of all of it among them."""
    found: list[MediaRecord | SourceError] = []
    try:
        found.extend(smw_rdf.read(io.BytesIO(data), origin=Origin(name), reject=found.append))
    except SourceError as error:
        found.append(error)
    return found


def outcome(path: Path) -> dict[str, Any]:
    """Return what reading a file gives, in the form of the cases."""
    found = read(path.read_bytes(), path.name)
    records = [json.loads(msgspec.json.encode(item)) for item in found if isinstance(item, MediaRecord)]
    for record in records:
        del record["origin"]
    return {"records": records, "refused": [str(item) for item in found if isinstance(item, SourceError)]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_export_gives_what_stands_beside_it(path: Path) -> None:
    """Each file of the cases becomes exactly its records, and what is refused of it is said in exactly these words."""
    expected = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))

    assert expected.pop("behaviour").endswith(".")
    assert outcome(path) == expected


def test_both_syntaxes_of_one_page_give_one_record() -> None:
    """Turtle and RDF/XML say the same."""
    xml, turtle = (outcome(CASES / f"one-page-4{suffix}") for suffix in (".rdf", ".ttl"))

    assert xml == turtle


@pytest.mark.parametrize("name", ["one-page-2.rdf", "one-page-4.rdf", "one-page-4.ttl"])
def test_nothing_that_another_parser_sees_is_lost(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every value that rdflib finds about the page is in its record, or belongs to what is ignored by name."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = rdflib.Graph().parse(CASES / name, format="turtle" if name.endswith("ttl") else "xml")
    [record] = (item for item in read((CASES / name).read_bytes(), name) if isinstance(item, MediaRecord))
    text = json.dumps(json.loads(msgspec.json.encode(record)), ensure_ascii=False)
    subject = graph.value(predicate=RDFS.label, object=rdflib.Literal(record.title))
    lost, used = [], 0
    for _, predicate, value in graph.triples((subject, None, None)):
        label = unescape(str(predicate).rpartition("-3A")[2])
        is_vocabulary = str(predicate).startswith((SWIVT, str(RDF), str(RDFS)))
        is_ignored = is_vocabulary or label.endswith("#aux") or fold(label) in IGNORED_PROPERTIES
        # The service and its identifier make one address.
        if is_ignored or label == "Service de diffusion":
            continue
        shown = unescape(str(value).rpartition("URIResolver/")[2]) if "URIResolver" in str(value) else str(value)
        parts = shown.removesuffix("Z").removeprefix("Fichier:").removeprefix("Utilisatrice:").split(", ")
        used += 1
        if "#" not in shown and not all(json.dumps(part, ensure_ascii=False)[1:-1] in text for part in parts):
            lost.append((label, shown))

    assert used > 8
    assert lost == []
    assert (subject, OWL.sameAs, None) not in graph or "données.exemple.test" in text


def test_who_edited_the_page_is_in_no_record() -> None:
    """The account of the last editor is no fact of the page, and may be a person's name."""
    assert "Basile" in (CASES / "one-page-4.rdf").read_text(encoding="utf-8")
    assert "Basile" not in json.dumps(outcome(CASES / "one-page-4.rdf"), ensure_ascii=False)


HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:p="&a;">'


@pytest.mark.parametrize(
    ("doctype", "code"),
    [
        ("<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY a PUBLIC 'x' 'http://exemple.test/x'>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY % a 'x'> %a;]>", "unsafe-doctype"),
        ("<!DOCTYPE r SYSTEM 'http://exemple.test/r.dtd'>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ELEMENT r ANY>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY lt 'x'>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY a '" + "x" * 1001 + "'>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [" + "".join(f"<!ENTITY a{n} 'x'>" for n in range(65)) + "]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY a '<x/>'>]>", "unsafe-doctype"),
        ("<!DOCTYPE r [<!ENTITY a 'x'", "unsafe-doctype"),
    ],
)
def test_a_document_type_is_refused_if_it_is_more_than_short_forms_of_addresses(doctype: str, code: str) -> None:
    """Bombs, files and networks are none of an export's business."""
    [error] = read(f"\n{doctype}{HEAD}</rdf:RDF>".encode())

    assert isinstance(error, SourceError)
    assert (error.code, error.origin.line) == (code, 2)


def test_entities_that_would_blow_up_the_file_are_refused() -> None:
    """How large it would become is counted before it is done: here a thousand bytes for each of three."""
    bomb = f"<!DOCTYPE r [<!ENTITY a '{'x' * 999}'>]>{HEAD}<p:b>{'&a;' * 300_000}</p:b></rdf:RDF>"
    [error] = read(bomb.encode())

    assert isinstance(error, SourceError)
    assert error.code == "large-expansion"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-page"),
        (b" \n", "empty-page"),
        (b"\xff\xfe\x00", "not-utf-8"),
        (b"<rdf:RDF\x00", "not-text"),
        (b"<?xml version='1.0'?><r/>", "broken-rdf"),
        (HEAD.replace("&a;", "http://a/").encode() + b"<p:a>" * 1_000_000, "deep-xml"),
        (HEAD.replace("&a;", "http://a/").encode() + b"<p:a rdf:about='x'/></rdf:RDF>", "not-smw-rdf"),
        (HEAD.replace("&a;", "http://a/").encode() + b"<p:a rdf:about='x'/><p:b><p:c>", "broken-xml"),
        (HEAD.encode(), "broken-xml"),
        (b"@prefix wiki: <", "broken-rdf"),
        (b"<s> <p> " + b"(" * 200_000, "broken-rdf"),
        (b"@prefix p: <http://" + b"x" * 1_000_000 + b"> . p:a p:b " + b"p:c," * 1000 + b"p:d .", "many-statements"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_export_is_refused(data: bytes, code: str) -> None:
    """By one sentence that says what it is."""
    found = read(data)

    assert [item.code if isinstance(item, SourceError) else item for item in found][-1:] == [code]


def test_an_export_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is read."""
    monkeypatch.setattr(smw_rdf, "MAX_EXPORT", 1024**2)

    [error] = read(b"#" * (1024**2 + 1))

    assert str(error) == "a.rdf: the file is larger than 1 MiB; save one page a file"


def test_too_many_statements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file can hold very many."""
    monkeypatch.setattr("commons_ld.sources.smw_statements.MAX_STATEMENTS", 3)

    [error] = read(b"@prefix p: <http://p/> . p:a p:b p:c, p:d, p:e, p:f .", "a.ttl")

    assert isinstance(error, SourceError)
    assert error.code == "many-statements"


SMALL = (CASES / "one-page-2.rdf").read_bytes(), (CASES / "one-page-4.ttl").read_bytes()


@given(st.sampled_from(SMALL), st.integers(0, 9000), st.integers(0, 200), st.binary(max_size=20))
def test_a_damaged_export_raises_nothing_but_our_errors(data: bytes, start: int, length: int, junk: bytes) -> None:
    """Whatever is cut out of it or put in its place."""
    for item in read(data[:start] + junk + data[start + length :]):
        assert isinstance(item, SourceError) or item.title


@given(st.one_of(st.binary(max_size=60), st.text(alphabet="<>&;\"'/ rdf:=![]@.#\n", max_size=60).map(str.encode)))
def test_arbitrary_bytes_raise_nothing_but_our_errors(data: bytes) -> None:
    """There is no file that stops the run."""
    assert read(data)


@pytest.mark.parametrize(
    "piece",
    [
        "<!-- x -->",
        "<?x?>",
        "\n",
        "<swivt:Subject rdf:about='http://w/{n}'><swivt:wikiNamespace>0</swivt:wikiNamespace><rdfs:label>{n}</rdfs:label>"
        "<p:Property-3ADur-C3-A9e>01:00:00</p:Property-3ADur-C3-A9e></swivt:Subject>",
        "<swivt:Subject rdf:about='http://w/a'><swivt:redirectsTo rdf:resource='http://w/a'/></swivt:Subject>",
        "<swivt:Subject rdf:about='http://w/a'><swivt:wikiNamespace>0</swivt:wikiNamespace>"
        "<p:Property-3APays rdf:resource='http://w/{n}'/></swivt:Subject>",
    ],
)
def test_an_export_of_four_times_the_size_takes_no_more_than_four_times_the_steps(piece: str) -> None:
    """Steps are counted, and no time is taken."""
    top = (
        "<!DOCTYPE rdf:RDF [<!ENTITY wiki 'http://w/'>]><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns:rdfs='http://www.w3.org/2000/01/rdf-schema#' xmlns:p='http://w/' xmlns:swivt='" + SWIVT + "'>"
    )

    def steps(count: int) -> int:
        middle = "".join(piece.replace("{n}", str(number)) for number in range(count))
        return calls(lambda: read(f"{top}{middle}</rdf:RDF>".encode()))

    assert steps(400) <= 4.5 * steps(100) + 2_000


@pytest.mark.parametrize(
    "address", ["https://w.test/Special:URIResolver/", "https://w.test/w/", "http://http://w.test/index.php/"]
)
@pytest.mark.parametrize("namespace", ["Property-3A", "Attribut-3A", "Property:"])
def test_properties_are_known_where_the_file_abbreviates_nothing(address: str, namespace: str) -> None:
    """Whatever the addresses of the wiki begin with, as after another program wrote the file again."""
    lines = (
        f"<{address}Un_essai> <{SWIVT}wikiNamespace> '0' .",
        f"<{address}Un_essai> <{RDFS.label}> 'Un essai' .",
        f"<{address}Un_essai> <{address}{namespace}Dur-C3-A9e> '01:00:00' .",
    )

    [record] = read("\n".join(lines).encode(), "a.ttl")

    assert isinstance(record, MediaRecord)
    assert (record.title, record.duration, record.unrecognised) == ("Un essai", "01:00:00", ())


def test_the_names_of_mediawikis_accounts_are_titles_without_their_namespace() -> None:
    """Somebody's page on the wiki bears their name, and it is the name that the catalogue gives."""
    record = outcome(CASES / "one-page-4.rdf")["records"][0]

    assert record["participants"] == ["Fleurance Izeroux"]
