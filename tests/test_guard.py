"""The guard lets through what people ask, and refuses what would hurt the server before an engine sees it."""

import pytest
from hypothesis import given, strategies

from commons_ld.sparql.guard import MAX_CHAIN, MAX_LENGTH, MAX_NESTING, QueryRefused, check, is_plain

GRAPHS = {"http://e/g"}

HARMLESS = {
    "select": "PREFIX s: <http://e/> SELECT ?s WHERE { ?s s:name ?n . FILTER(?n < 3 && ?n > 1) } LIMIT 10",
    "from of the dataset": "SELECT * FROM <http://e/g> FROM NAMED <http://e/g> { ?s ?p ?o }",
    "service in a string": 'SELECT * { ?s ?p "SERVICE <http://e/>" }',
    "service in a long string": 'SELECT * { ?s ?p """a " SERVICE \\""" }""" }',
    "service in a comment": "# SERVICE <http://e/> {{{{\nASK { ?s ?p ?o }",
    "service in an IRI": "ASK { ?s <http://e/SERVICE#LOAD> ?o }",
    "service as a local name": "PREFIX e: <http://e/> ASK { ?s e:service ?service }",
    "update words as variables": "SELECT ?insert $delete { ?insert ?p $delete }",
    "braces in strings": "ASK { ?s ?p '" + "{" * 5_000 + "' }",
    "the deepest": "ASK " + "{" * MAX_NESTING + "}" * MAX_NESTING,
    "the longest chain": "ASK { FILTER(" + "true||" * (MAX_CHAIN - 3) + "true) }",
    "comparisons without spaces, in a long one": "ASK { FILTER(?a<?b&&?c>?d && ?e<(?f+1)&&?g>2) }",
    "IRIs after values": (
        "SELECT * { VALUES (?a ?b) { (<urn:a> <http://e/a_(b)#c's>) } ?a ?b <#c>, <urn:a(b)> . FILTER(?a IN(<#a>, <#b>)) "
        "FILTER EXISTS { ?a ?b <#c> } }" + " " * MAX_CHAIN
    ),
    "no SPARQL at all": "once upon a time '",
}

HOSTILE = {
    "too long": ("ASK { ?s ?p ?o }" + " " * MAX_LENGTH, "longer"),
    "2,500 braces": ("ASK " + "{" * 2_500 + "}" * 2_500, "nests"),
    "parentheses": ("ASK { FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }", "nests"),
    "brackets": ("ASK { " + "[ ?p " * 5_000 + "1" + "]" * 5_000 + " }", "nests"),
    "optionals": ("ASK { " + "OPTIONAL { " * 3_000 + "} " * 3_000 + "}", "nests"),
    "or": ("ASK { FILTER(" + "true||" * 15_000 + "true) }", "operators"),
    "union": ("ASK { {}" + "UNION{}" * 10_000 + " }", "operators"),
    "not": ("ASK { FILTER(" + "!" * 20_000 + "true) }", "operators"),
    "path": ("ASK { ?s <p:>" + "/<p:>" * 15_000 + " ?o }", "operators"),
    "alternatives": ("ASK { ?s <p:>" + "|<p:>" * 15_000 + " ?o }", "operators"),
    "sum": ("ASK { FILTER(1" + "+1" * 20_000 + ") }", "operators"),
    "triples": ("ASK {" + " ?s ?p 1 ." * 9_000 + "}", "triples"),
    "objects": ("ASK { ?s ?p 1" + ",1" * 40_000 + "}", "triples"),
    "predicates": ("ASK { ?s ?p 1" + ";?p 1" * 15_000 + "}", "triples"),
    "groups": ("ASK { " + "{?s ?p ?o}" * 9_000 + " }", "groups"),
    "service": ("ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
    "service, silent and small": ("ask { service silent ?x { ?s ?p ?o } }", "SERVICE"),
    "service against a brace": ("ASK {SERVICE<http://127.0.0.1/>{}}", "SERVICE"),
    "service after a dot": ("ASK { ?s ?p true.SERVICE<http://127.0.0.1/>{} }", "SERVICE"),
    "service against silent": ("ASK { SERVICESILENT<http://127.0.0.1/>{} }", "SERVICE"),
    "service against a name": ("PREFIX : <http://127.0.0.1/> ASK { SERVICE:x {} }", "SERVICE"),
    "service behind escapes": ("ASK { \\u0053ERVICE <http://127.0.0.1/> {} }", "SERVICE"),
    "braces behind escapes": ("ASK " + "\\u007B" * 2_500, "nests"),
    "service behind an escaped quote": ('ASK { ?s ?p "\\u0022 . SERVICE <http://e/> {} }', "SERVICE"),
    "service after an unclosed string": ("ASK { ' SERVICE <http://e/> {} }", "SERVICE"),
    "from elsewhere": ("SELECT * FROM <http://e/other> { ?s ?p ?o }", "FROM"),
    "from named elsewhere": ("SELECT * FROM NAMED <file:///etc/passwd> { ?s ?p ?o }", "FROM"),
    "from against a word": ("ASKFROM<http://e/other>{ ?s ?p ?o }", "FROM"),
    "from named against words": ("SELECT*FROMNAMED<http://e/other>{ ?s ?p ?o }", "FROM"),
    "from against a star, named": ("SELECT*FROM NAMED<http://e/other>{ ?s ?p ?o }", "FROM"),
    "from a prefixed name": ("PREFIX e: <http://e/> SELECT * FROM e:g { ?s ?p ?o }", "FROM"),
    "service in what is a text for the guard alone": (
        'ASK { FILTER(""<\'>?b && "x\') SERVICE <http://127.0.0.1/> {} FILTER("" != \'"\') }',
        "write a space",
    ),
    "service in what is a comment for the engine alone": (
        'ASK { FILTER(0<1#> """\n) SERVICE <http://127.0.0.1/> {} #"""\n}',
        "write a space",
    ),
    "service after a bare comparison with a comment": (
        'ASK { FILTER(STR(?a)<#> """\n1) SERVICE <http://127.0.0.1/> {} #"""\n}',
        "write a space",
    ),
    "service after a name that ends in a letter of the engine alone": (
        "ASK { FILTER(?a\u203f<'>?b && \"x') SERVICE <http://127.0.0.1/> {} FILTER(\"\" != '\"') }",
        "write a space",
    ),
    "parentheses in what could be an IRI": ("ASK { FILTER(?a<" + "(" * 20_000 + "1>2" + ")" * 20_000 + ") }", "write"),
    "not in what could be an IRI": ("ASK { FILTER(?a<" + "!" * 30_000 + "?b>?c) }", "write a space"),
    "and in what could be an IRI": ("ASK { FILTER(?a<?b" + "&&?b" * 20_000 + ">?c) }", "write a space"),
    "difference of truths": ("SELECT (true" + "-true" * 15_000 + " AS ?x) {}", "operators"),
    "difference of doubles": ("SELECT (1e5" + "-1e5" * 15_000 + " AS ?x) {}", "operators"),
    "triples that end in names": ("PREFIX a:<a:> ASK {" + "?s a:b a:c." * 3_000 + "}", "triples"),
    "insert": ("INSERT DATA { <s:> <p:> <o:> }", "INSERT"),
    "delete after a prologue": ("PREFIX e: <http://e/> DELETE WHERE { ?s ?p ?o }", "DELETE"),
    "load": ("LOAD <http://127.0.0.1/>", "LOAD"),
    "clear": ("clear all", "CLEAR"),
    "no character": ("ASK { ?s ?p '\\UFFFFFFFF' }", "no character"),
}

#: What queries are made of, harmless and not, in every case and against each other.
PIECES = (
    *(
        "SELECT",
        "*",
        "ASK",
        " ",
        "{",
        "}",
        "(",
        "[",
        "?s",
        " ?p ",
        "'",
        '"',
        '"""',
        "<http://e/g>",
        "<p:>",
        ".",
        ";",
        "||",
    ),
    *("SERVICE", "service", "\u017fervice", "SILENT", "FROM", " from ", "NAMED", "e:g", "<http://e/other>", "\\u0053"),
    *("INSERT", "delete", "Load", "ADD", "with", "USING", "e:add", "#", "\n", "@fr", "7", "!", "\\", "true", "\ufb01"),
    *("{" * 60, "!" * 600, "x" * 400),
)


@pytest.mark.parametrize("query", HARMLESS.values(), ids=HARMLESS)
def test_what_is_harmless_passes(query: str) -> None:
    """Words in strings, comments, IRIs and names are no keywords; what is at a bound is within it."""
    check(query, GRAPHS)


@pytest.mark.parametrize(("query", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_is_refused(query: str, problem: str) -> None:
    """Every bound fires, however the query is written."""
    with pytest.raises(QueryRefused, match=problem):
        check(query, GRAPHS)


@given(strategies.lists(strategies.sampled_from(PIECES), max_size=40).map("".join) | strategies.text(max_size=80))
def test_what_is_passed_at_a_glance_is_what_its_tokens_would_let_pass(query: str) -> None:
    """A short look never lets through what a long one refuses, but for what is harmless in either meaning."""
    if is_plain(query):
        try:
            check(query + " " * MAX_CHAIN, GRAPHS)
        except QueryRefused as refused:
            assert "write a space" in str(refused)  # noqa: PT017 - most pass


def test_most_queries_are_passed_at_a_glance() -> None:
    """The usual ones are, and no hostile one."""
    assert is_plain(HARMLESS["select"])
    assert not any(is_plain(query) for query, _ in HOSTILE.values())
