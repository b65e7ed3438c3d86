"""Who wrote a query that is no SPARQL is led to the place in it where that is so."""

import re

import pyoxigraph as ox
import pytest
from hypothesis import given, strategies

from commons_ld.cookbook import recipes
from commons_ld.sparql.faults import explained
from commons_ld.sparql.grammar import first_fault, tokens

#: Of each query, what is said, and at which place, as far as there is one.
MISTAKES = {
    "": "the query is empty",
    " \n": "the query is empty",
    "SELECT * { ?s ?p ?o": "the query ends too early: “{” (line 1, column 10) is not closed",
    "SELEC ?s { ?s a ?o }": "line 1, column 1: “SELEC” cannot stand here; what may come here: BASE, PREFIX, SELECT",
    "SELECT ?s { ?s a ?o } ORDER ?s": "line 1, column 29: “?s” cannot stand here; what may come here: BY",
    "SELECT ?s, ?o { ?s a ?o }": "line 1, column 10: “,” cannot stand here",
    "SELECT (COUNT(*) ?n) { ?s a ?o }": "line 1, column 18: “?n” cannot stand here; what may come here: NOT, IN, AS or one",
    "SELECT ?s { ?s a ?o } LIMIT x": "line 1, column 29: “x” cannot stand here; what may come here: a number",
    "ASK { ?s a ?o }}": "line 1, column 16: “}” cannot stand here",
    "ASK {\n FILTER(lang(?n) = 'fr'\n}": "line 3, column 1: “}” cannot stand here: “(” (line 2, column 8) is not closed",
    "ASK { ?s ?p “x” }": "line 1, column 13: the character “ (U+201C) means nothing",
    "ASK {\u00a0?s ?p ?o }": "line 1, column 6: the character no-break space (U+00A0) means nothing",
    "ASK { ?s ?p ?o \x00 }": "line 1, column 16: the character (U+0000) means nothing",
    "ASK { ?s ?p 'x }": "line 1, column 13: the text that begins here does not end on its line",
    "ASK { ?s ?p 'a\nb' }": "line 1, column 13: the text that begins here does not end on its line",
    "ASK { ?s a schema:Event }": "line 1, column 12: the prefix schema: is not declared; write at the beginning: PREFIX schema: <https://schema.org/>",
    "PREFIX a: <http://a/> ASK { ?s a:b x:y }": "line 1, column 36: the prefix x: is not declared; write at the beginning: PREFIX x: <…>",
    "ASK { ?s <rel> ?o }": "line 1, column 10: <rel> is no whole IRI",
    "SELECT ?s ?s { ?s a ?o }": "SELECT asks for the same variable twice",
    "SELECT ?s (COUNT(?o) AS ?n) { ?s a ?o }": "SELECT asks for a variable that nothing gives",
    "ASK { BIND(1 AS ?s) ?s a ?o . BIND(2 AS ?s) }": "the words stand in order, but what they say is no SPARQL 1.1",
    "ASK { ?s ?p ?o FILTER(REGEX(?o)) }": "the words stand in order",
    "INSERT DATA { <a:> <b:> <c:> }": "line 1, column 1: “INSERT” cannot stand here",
}  # fmt: skip


def refusal(query: str) -> str:
    """Return the words of the engine, or nothing if it takes the query."""
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        return str(error) or "?"
    return ""


@pytest.mark.parametrize("query", MISTAKES)
def test_each_mistake_is_told_by_its_place(query: str) -> None:
    """In both languages, without the sets of characters that the engine had looked for."""
    words = refusal(query)
    told = explained(query, words)

    assert words
    assert told["en"].startswith(MISTAKES[query])
    assert told["fr"] != told["en"]
    assert (re.findall(r"\d+", told["en"]), "..=" in told["en"]) == (re.findall(r"\d+", told["fr"]), False)


def test_a_query_too_long_to_be_read_again_is_refused_in_the_words_of_the_engine() -> None:
    """What can be read of them."""
    query = "SELECT * { ?s ?p ?o # " + "x" * 30_000
    told = explained(query, refusal(query))["en"]

    assert told.startswith("this is no SPARQL 1.1 (error at 1:")
    assert (len(told) < 400, "..=" in told) == (True, False)


def test_the_grammar_takes_every_question_of_the_cookbook() -> None:
    """And what the engine takes when one token of it is left out; what it refuses for its grammar is found there."""
    placed = refused = 0
    for recipe in recipes():
        assert first_fault(recipe.text) is None, recipe.name
        for token in tokens(recipe.text):
            shorter = recipe.text[: token.start] + " " + recipe.text[token.start + len(token.text) :]
            fault = first_fault(shorter)
            words = refusal(shorter)
            assert not (fault and not words), (recipe.name, token, fault)
            refused += bool(words)
            placed += bool(fault)
            if fault and fault.found:
                # Nothing before that place is wrong yet: it is a beginning that some query has.
                before = first_fault(shorter[: fault.found.start])
                assert before is None or before.found is None, (recipe.name, token)
    assert refused > 1_000
    assert placed > 0.7 * refused


@given(
    strategies.lists(
        strategies.sampled_from(
            [
                "SELECT",
                "*",
                "(",
                ")",
                "{",
                "}",
                "?s",
                "<a:b>",
                "a:b",
                "'x'",
                "1",
                ".",
                ";",
                ",",
                "!",
                "UNION",
                "FILTER",
                '"',
                "“",
                "\n",
                "[",
                "]",
            ]
        )
    )
)
def test_whatever_is_sent_is_explained(words: list[str]) -> None:
    """One sentence in each language, on one line."""
    told = explained(" ".join(words), "error at 1:1: expected one of [_], ['a' ..= 'z']")

    assert all(text and "\n" not in text and "[_]" not in text for text in told.values())


def test_a_query_that_nests_without_end_is_read_like_any_other() -> None:
    """Nothing calls itself."""
    fault = first_fault("ASK { FILTER(" + "(" * 9_000)

    assert fault is not None
    assert fault.found is None


def test_nothing_is_proposed_that_would_be_refused() -> None:
    """``SERVICE`` is, unless a query may ask other endpoints."""
    stray = "ASK { ?s ?p ?o PLEASE }"
    words = refusal(stray)

    assert "OPTIONAL" in explained(stray, words)["en"]
    assert [language for language, told in explained(stray, words).items() if "SERVICE" in told] == []
    assert "SERVICE" in explained(stray, words, federates=True)["fr"]
