"""Editing Turtle in place: what was meant changes, and nothing else of the file."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, reject
from hypothesis import strategies as st

from commons_ld.vocabulary.turtle import Document, UneditableError

HEAD = """@prefix : <http://a/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
"""


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ":x a skos:Concept ; skos:prefLabel [] .",
        HEAD + ":x a skos:Concept ; skos:prefLabel ( 1 ) .",
        HEAD + "<< :a :b :c >> :d :e .",
        "@base <http://b/> . " + HEAD + "<x> a skos:Concept .",
        HEAD + "<http://a/\\u00e9> a skos:Concept .",
        HEAD + ":x a skos:Concept",
        "no turtle",
        "\ufeff" + HEAD,
    ],
)
def test_what_is_not_understood_is_left_alone(text: str) -> None:
    """And told; nothing is guessed."""
    with pytest.raises(UneditableError):
        Document(text)


NAMES = st.sampled_from([f"<http://a/{name}>" for name in ("a", "b", "c-d", "é", "x.y", "%20", "long-name")])
TERMS = NAMES | st.builds(lambda text, tag: str(ox.Literal(text, language=tag)), st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.sampled_from(["fr", "en-gb"])) | st.integers().map(lambda n: str(ox.Literal(n)))  # fmt: skip
TRIPLES = st.lists(st.tuples(NAMES, NAMES, TERMS), min_size=1, max_size=15)


def turtle(triples: list[tuple[str, str, str]], *, pretty: bool) -> str:
    """Return Turtle as one of two programs writes it."""
    data = "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
    if pretty:
        return rdflib.Graph().parse(data=data, format="turtle").serialize(format="turtle")
    quads = ox.parse(data, format=ox.RdfFormat.TURTLE)
    return (ox.serialize(quads, format=ox.RdfFormat.TURTLE, prefixes={"a": "http://a/"}) or b"").decode()


def triple(subject: str, predicate: str, term: str) -> str:
    """Return a statement as the engine writes it."""
    return str(next(iter(ox.parse(f"{subject} {predicate} {term} .", format=ox.RdfFormat.N_TRIPLES))).triple)


def statements_of(statements: set[str], subject: str) -> list[str]:
    """Return those of a subject."""
    return [statement for statement in statements if statement.startswith(f"{subject} ")]


@given(TRIPLES, TRIPLES, st.booleans())
def test_an_edit_changes_what_was_meant_and_nothing_else(
    triples: list[tuple[str, str, str]], edits: list[tuple[str, str, str]], pretty: bool
) -> None:
    """Whatever the file looks like: statements come and go, and comments stay."""
    text = "# a comment\n" + turtle(triples, pretty=pretty) + "\n# another\n"
    try:
        document = Document(text)
    except UneditableError:
        reject()
    expected = {str(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    for number, (subject, predicate, term) in enumerate(edits):
        if number % 3 == 2:
            present = document.values(subject, predicate)[:1]
            # The last statement of a subject stays.
            if present and len(statements_of(expected, subject)) > 1:
                document.remove(subject, predicate, present[0])
                expected.discard(triple(subject, predicate, present[0]))
        else:
            if subject in document.subjects():
                document.add(subject, predicate, term)
            else:
                document.insert(subject, [(predicate, term)], document.subjects())
            expected.add(triple(subject, predicate, term))

    after = document.checked()

    assert {str(quad.triple) for quad in ox.parse(after, format=ox.RdfFormat.TURTLE)} == expected
    assert after.startswith("# a comment\n")
    assert "\n# another\n" in after
