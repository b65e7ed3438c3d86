"""The command ``query``: what it asks, what it shows, and what it says when there is no answer."""

from __future__ import annotations

import io
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import click
import pytest

from commons_ld.cli import commands
from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.querying import asking
from commons_ld.querying.answers import ANSWER_FORMATS, answer_format
from commons_ld.querying.asking import Asked
from commons_ld.querying.dumps import ask_dumps
from commons_ld.querying.remote import ask_endpoint
from commons_ld.querying.table import to_table
from tests.archive import Archive, page
from tests.servers import answers
from tests.test_cli import run

EVERYTHING = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of one page, published."""
    made = Archive(tmp_path_factory.mktemp("query"))
    made.write("1.txt", page("21.12 Un essai"))
    made.export()
    return made


def ask(archive: Archive, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``commons-ld query`` in the archive."""
    return run(archive.root, "query", *arguments, **environment)


# ── The publication ──────────────────────────────────────────────────────────────────────────────────


def test_a_recipe_is_asked_by_its_name(archive: Archive) -> None:
    """The question stands above the table, the number of rows below it."""
    told = ask(archive, "total-hours").stdout.splitlines()

    assert told[0] == "How many hours are there to listen to and to watch?"
    assert told[2].split() == ["type", "items", "hours", "minutes"]
    assert told[4].split() == ["dcmitype:Sound", "1", "1", "0"]
    assert told[-1] == "1 row"


class Terminal(io.BytesIO):
    """What a person reads from."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("format_", "end"), [("csv", b"true\n"), ("json", b'{"head":{},"boolean":true}\n'), ("tsv", b"true\n")]
)
def test_an_answer_ends_its_line_on_a_terminal_and_is_as_it_is_elsewhere(
    archive: Archive, format_: str, end: bytes
) -> None:
    """The shell asks on a line of its own, and a file has the bytes of the engine."""
    asked = Asked("ASK { ?s ?p ?o }", format_name=format_)
    shown, sent = Terminal(), io.BytesIO()
    for out in (shown, sent):
        asking.ask(asked, archive.settings, out, lambda *_: None, lambda *_: None)

    assert shown.getvalue() == end
    assert sent.getvalue() == end.rstrip(b"\n")


def test_a_person_is_answered_in_their_language(archive: Archive) -> None:
    """In French, the question and the count are French."""
    told = ask(archive, "total-hours", "--lang", "fr").stdout.splitlines()

    assert (told[0], told[-1]) == ("Combien d'heures y a-t-il à écouter et à voir ?", "1 ligne")


def test_a_file_and_a_text_are_asked_too(archive: Archive) -> None:
    """A query need not be in the cookbook."""
    query = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/commons-ld/ns#Session> }"
    (archive.root / "mine.rq").write_text(query)

    assert ask(archive, query, "--format", "csv").stdout == "n\n1\n"
    assert ask(archive, "mine.rq", "--format", "csv").stdout == "n\n1\n"


def test_columns_of_a_table_come_as_the_query_has_them(archive: Archive) -> None:
    """The engine gives those of ``*`` by the alphabet; a file for programs is as the engine wrote it."""
    query = "SELECT DISTINCT * { ?s a ?class ; <http://purl.org/dc/terms/title> ?a } LIMIT 1"

    assert ask(archive, query).stdout.split()[:3] == ["s", "class", "a"]
    assert ask(archive, query, "--format", "csv").stdout.splitlines()[0] == "a,class,s"


def test_a_query_may_choose_its_graphs(archive: Archive) -> None:
    """FROM stands above all graphs together (SPARQL 1.1 Query, section 13.2), a space before it or none."""
    graph = f"<{archive.settings.base_iri}graph/21-12-un-essai>"
    here = len(archive.graph("graph/21-12-un-essai"))

    for chosen, count in ((f"FROM {graph}", here), (f"FROM NAMED {graph}", 0), (f"FROM{graph}", here)):
        query = f"SELECT (COUNT(*) AS ?n){chosen} {{ ?s ?p ?o }}"
        assert ask(archive, query, "--format", "csv").stdout == f"n\n{count}\n"


def test_a_statement_of_several_graphs_counts_once(archive: Archive) -> None:
    """In all graphs together, whether the query asks for one of them too or not; each graph has its own all the same."""
    union, quads = (archive.read(f"dataset.{suffix}").count("\n") for suffix in ("nt", "nq"))
    both = "{ SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } { SELECT (COUNT(*) AS ?m) { GRAPH ?g { ?s ?p ?o } } }"

    assert ask(archive, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "csv").stdout == f"n\n{union}\n"
    assert ask(archive, f"SELECT ?n ?m {{ {both} }}", "--format", "csv").stdout == f"n,m\n{union},{quads}\n"
    assert union < quads


def test_a_graph_is_shown_as_turtle_without_repetitions(archive: Archive) -> None:
    """CONSTRUCT needs no --format."""
    query = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c . ?s ?p ?o FILTER (?c = <https://w3id.org/commons-ld/ns#Session>) }"

    told = ask(archive, query).stdout

    assert told.count("a cld:Session") == 1
    assert [line.split()[1] for line in told.splitlines() if line.startswith("@prefix")] == ["cld:"]


def test_what_is_described_is_a_query_without_a_brace(archive: Archive) -> None:
    """DESCRIBE may have no pattern, and a prologue before it."""
    iri = f"{archive.settings.base_iri}session/21-12-un-essai"
    whole = ask(archive, f"DESCRIBE <{iri}>", "--format", "n-triples").stdout

    assert f"<{iri}> " in whole
    assert ask(archive, f"PREFIX s: <{iri}> describe s:", "--format", "n-triples").stdout == whole


def test_a_question_of_two_archives_asks_for_the_other_one(archive: Archive, tmp_path: Path) -> None:
    """Asked of one, it finds nothing, and says what is missing."""
    (tmp_path / "other.nt").write_text("")
    alone = ask(archive, "shared-with-another-archive")
    both = ask(archive, "shared-with-another-archive", "--with", str(tmp_path / "other.nt"))

    assert (alone.returncode, "name the dump of the other one with --with" in alone.stderr) == (0, True)
    assert (both.returncode, both.stderr) == (0, "")


def test_what_is_asked_can_be_printed(archive: Archive) -> None:
    """A recipe is a start for a query of one's own."""
    told = ask(archive, "total-hours", "--print").stdout

    assert told.startswith("# title@fr: ")
    assert "SELECT" in told


def test_the_cookbook_is_listed_for_people_and_for_programs(archive: Archive) -> None:
    """--list names every recipe with its question."""
    assert "total-hours                  How many hours" in ask(archive, "--list").stdout
    assert {"name", "title", "comment", "query"} == set(json.loads(ask(archive, "--list", "--json").stdout)[0])


def test_another_archives_dump_is_asked_beside_ours(archive: Archive, tmp_path: Path) -> None:
    """--with loads it."""
    (tmp_path / "other.ttl").write_text("<https://autre.exemple.test/a> a <https://autre.exemple.test/Thing> .")
    query = "ASK { ?s a <https://autre.exemple.test/Thing> }"

    assert ask(archive, query).stdout == "no\n"
    assert ask(archive, query, "--with", str(tmp_path / "other.ttl")).stdout == "yes\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Give a query or --list."),
        (["total-hours", "--list"], 2, "not both"),
        (["total-hours", "--endpoint", "http://127.0.0.1:1/", "--with", "a.ttl"], 2, "--with loads dumps"),
        (["total-hour"], 3, "did you mean total-hours?"),
        (["SELECT * {"], 3, "SPARQL: the query ends too early: “{” (line 1, column 10) is not closed"),
        (["SELECT * { ?s a schema:Event }"], 3, "write at the beginning: PREFIX schema: <https://schema.org/>"),
        (["INSERT DATA {}"], 3, "SPARQL: that is an update"),
        (["describe"], 3, "no recipe, no file and no query"),
        (["x" * 5_000], 3, "no recipe, no file and no query"),
        (["CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"], 3, "the format csv holds rows, and no graph"),
        (["ASK {}", "--format", "turtle"], 3, "the format turtle holds a graph, and no rows"),
        (["ASK {}", "--with", "missing.ttl"], 3, "missing.ttl: there is no such file"),
        (["ASK {}", "--endpoint", "file:///etc/hosts"], 3, "is no address of a SPARQL store"),
        (["INSERT DATA {}", "--endpoint", "http://127.0.0.1:1/"], 3, "that is an update"),
        (["ASK {}", "--endpoint", "http://127.0.0.1:1/"], 3, "the store does not answer"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(
    archive: Archive, arguments: list[str], code: int, said: str
) -> None:
    """No traceback, nothing on standard output, and an exit code that says whose fault it is."""
    result = ask(archive, *arguments)

    assert (result.returncode, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_publication_the_user_is_told_to_export(tmp_path: Path) -> None:
    """The first command of a new user may be this one."""
    result = run(tmp_path, "query", "total-hours")

    assert result.returncode == 3
    assert result.stderr.startswith("dist/dataset.nq: there is no such file; make it with commons-ld export")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["total-hour"], "vouliez-vous dire total-hours ?"),
        (["SELECT * {"], "SPARQL : la requête finit trop tôt : « { » (ligne 1, colonne 10) n'est pas fermé"),
        ([r"ASK { ?s ?p '\uD800' }"], r"SPARQL : \uD800 ne désigne aucun caractère"),
        (["ASK {}", "--format", "turtle"], "contient un graphe, et pas de lignes"),
        (["ASK {}", "--with", "missing.ttl"], "ce fichier n'existe pas"),
        (["ASK {}", "--endpoint", "ftp://a.test/"], "ce n'est pas l'adresse d'un dépôt SPARQL"),
        (["INSERT DATA {}", "--endpoint", "http://127.0.0.1:1/"], "c'est une mise à jour"),
        (["ASK {}", "--endpoint", "http://127.0.0.1:1/"], "le dépôt ne répond pas"),
    ],
)
def test_what_is_wrong_is_said_in_french_too(archive: Archive, arguments: list[str], said: str) -> None:
    """All but the store's own words."""
    assert said in ask(archive, *arguments, "--lang", "fr").stderr


# ── The child ────────────────────────────────────────────────────────────────────────────────────────


def test_a_query_that_takes_too_long_is_ended(archive: Archive) -> None:
    """The limit holds inside native code, which cannot be interrupted otherwise."""
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

    with pytest.raises(StoreUnavailable, match=r"no answer within 0.2 s"):
        ask_dumps(query, [archive.out / "dataset.nq"], answer_format("csv"), timeout=0.2)


def test_a_query_that_breaks_the_evaluator_down_harms_nobody_else(archive: Archive) -> None:
    """Nesting too deeply overflows a stack: the child dies, and a sentence says so."""
    with pytest.raises(StoreUnavailable, match="nest it less deeply"):
        ask_dumps("ASK " + "{" * 5000 + "}" * 5000, [archive.out / "dataset.nq"], answer_format("csv"), timeout=60)


def test_a_query_that_takes_too_much_memory_is_ended() -> None:
    """A text that is doubled thirty times is a gigabyte; the bound is that of --memory."""
    doubled = " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(30))
    query = f"SELECT (STRLEN(?t30) AS ?n) {{ BIND('x' AS ?t0) {doubled} }}"

    with pytest.raises(StoreUnavailable, match="give it more with --memory"):
        ask_dumps(query, [], answer_format("csv"), timeout=60, memory=64)


SERVICES = ["SERVICE <%s> {}", "service silent <%s> {}", r"S\u0045RVICE <%s> {}", "FILTER(true)SERVICE<%s>{}"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_query_asks_nobody_else_unless_it_is_let(service: str) -> None:
    """SERVICE reaches the network; the sentence names the option that lets it."""
    with answers.serve() as other:
        with pytest.raises(QueryRejected, match="allow it with --federate"):
            ask_dumps("ASK {" + service % other.url + "}", [], answer_format("csv"), timeout=60)

        assert other.asked == []


def test_a_query_that_gets_past_the_guard_has_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel refuses the process that answers every socket."""
    monkeypatch.setattr("commons_ld.querying.dumps.asks_others", lambda _query: False)
    with answers.serve() as other:
        with pytest.raises(StoreError):
            ask_dumps(f"ASK {{ SERVICE <{other.url}> {{}} }}", [], answer_format("csv"), timeout=60)

        assert other.asked == []


def test_a_query_that_is_let_asks_another_endpoint() -> None:
    """What --federate is for."""
    with answers.serve() as other:
        other.body = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"theirs"}}]}}'
        query = f"SELECT ?x {{ SERVICE <{other.url}> {{ ?x ?y ?z }} }}"

        with ask_dumps(query, [], answer_format("csv"), timeout=60, federates=True).data as data:
            assert data.read() == b"x\r\ntheirs\r\n"


@pytest.mark.parametrize(("name", "text"), [("a.nq", "<a> <b"), ("a.txt", "x"), ("a.nq", "\xff\xfe")])
def test_a_dump_that_cannot_be_read_is_named(name: str, text: str, tmp_path: Path) -> None:
    """What is no RDF is no dump."""
    (tmp_path / name).write_text(text)

    with pytest.raises(StoreError, match=name):
        ask_dumps("ASK {}", [tmp_path / name], answer_format("csv"), timeout=60)


# ── An endpoint ──────────────────────────────────────────────────────────────────────────────────────


class _Endpoint(BaseHTTPRequestHandler):
    """An endpoint that answers whatever a test wants it to."""

    answer: ClassVar[tuple[int, str, bytes]] = (200, "text/csv", b"n\r\n1\r\n")
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.headers["Accept"], body))
        code, media_type, data = self.answer
        self.send_response(code)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data) + (10 if code == 299 else 0)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Return the address of an endpoint."""
    server = HTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Endpoint.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_is_asked_for_the_format(endpoint: str) -> None:
    """The query goes by POST, and the Accept header asks for what --format says."""
    _Endpoint.answer = (200, "text/csv", b"n\r\n1\r\n")

    with ask_endpoint(EVERYTHING, endpoint, answer_format("csv"), timeout=10).data as data:
        assert data.read() == b"n\r\n1\r\n"
    assert [accept for accept, _ in _Endpoint.asked] == ["text/csv"]
    assert "query=SELECT" in _Endpoint.asked[0][1]


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ((400, "text/plain", b"line 1: what?"), QueryRejected, "refuses the request: 400 line 1: what"),
        (
            (400, "application/problem+json", b'{"detail": "line 1: what?"}'),
            QueryRejected,
            "request: 400 line 1: what.;",
        ),
        ((400, "application/problem+json", b"{"), QueryRejected, "request: 400 .;"),
        ((401, "text/plain", b""), StoreError, "COMMONS_LD_STORE_PASSWORD"),
        ((404, "text/html", b""), StoreUnavailable, "404"),
        ((500, "text/plain", b"out of memory"), StoreUnavailable, "answers 500 .out of memory"),
        ((502, "text/html", b"<html>"), StoreUnavailable, "answers 502"),
        ((503, "text/plain", b""), StoreUnavailable, "answers 503"),
        ((200, "text/html", b"<html>"), StoreError, "not in the format that was asked for .text/html"),
        ((299, "text/csv", b"n\r\n1"), StoreUnavailable, "broke off"),
    ],
)
def test_an_endpoint_that_does_not_answer_is_told_of(
    endpoint: str, answer: tuple[int, str, bytes], error: type[StoreError], said: str
) -> None:
    """A refusal, a proxy's page and half an answer are no rows."""
    _Endpoint.answer = answer

    with pytest.raises(error, match=said):
        ask_endpoint(EVERYTHING, endpoint, answer_format("csv"), timeout=10)


def test_a_mistake_that_an_endpoint_refuses_is_told_by_its_place(endpoint: str) -> None:
    """In the language of the user, and not in the words of the store; another status is no matter of the query."""
    _Endpoint.answer = (400, "text/plain", b"Parse error: syntax error, unexpected $end")
    with pytest.raises(QueryRejected) as refused:
        ask_endpoint("SELECT * { ?s ?p", endpoint, answer_format("csv"), timeout=10)

    assert refused.value.told("fr").startswith(f"{endpoint} : la requête finit trop tôt : « {{ » (ligne 1, colonne 10)")
    assert refused.value.told("en").startswith(f"{endpoint}: the query ends too early: “{{” (line 1, column 10)")

    _Endpoint.answer = (403, "text/plain", b"forbidden")
    with pytest.raises(QueryRejected, match="403 forbidden"):
        ask_endpoint("SELECT * { ?s ?p", endpoint, answer_format("csv"), timeout=10)


def test_an_endpoint_that_asks_who_signs_in_is_told(archive: Archive) -> None:
    """From the environment; without that, the sentence names the variables."""
    with answers.serve() as server:
        server.login = "digest"
        variables = {"COMMONS_LD_STORE_USER": server.user, "COMMONS_LD_STORE_PASSWORD": server.password}

        assert ask(archive, "ASK {}", "--endpoint", server.url, **variables).stdout == "yes\n"
        assert "COMMONS_LD_STORE_PASSWORD" in ask(archive, "ASK {}", "--endpoint", server.url).stderr


def test_a_password_that_may_be_read_on_the_way_is_warned_of(archive: Archive) -> None:
    """No https, and another host; nobody of that name is there."""
    variables = {"COMMONS_LD_STORE_USER": "ana", "COMMONS_LD_STORE_PASSWORD": "s3cret"}
    told = ask(archive, "ASK {}", "--endpoint", "http://store.invalid/sparql?key=hidden", **variables).stderr

    assert "The password goes over the network in clear to http://store.invalid/sparql;" in told
    assert "hidden" not in told


def test_a_password_for_one_store_is_not_told_to_another(archive: Archive) -> None:
    """Where the settings name a store, whoever else asks is told nothing."""
    with answers.serve() as server:
        server.login = "basic"
        variables = {
            "COMMONS_LD_STORE_USER": server.user,
            "COMMONS_LD_STORE_PASSWORD": server.password,
            "COMMONS_LD_STORE__URL": "https://store.exemple.test/sparql",
        }

        assert "asks for a name" in ask(archive, "ASK {}", "--endpoint", server.url, **variables).stderr
        assert not any("Authorization" in asked.headers for asked in server.asked)


# ── The table ────────────────────────────────────────────────────────────────────────────────────────


def _results(*rows: dict[str, str]) -> io.BytesIO:
    bindings = [{name: {"type": "literal", "value": value} for name, value in row.items()} for row in rows]
    names = sorted({name for row in rows for name in row})
    return io.BytesIO(json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode())


def test_a_table_fits_its_terminal() -> None:
    """The widest columns give way, and a text that is cut shows it."""
    table = to_table(_results({"a": "short", "b": "word " * 100, "c": "漢字" * 60}), "en", width=60)

    assert max(sum(2 if c in "漢字" else 1 for c in line) for line in table.splitlines()) <= 60
    assert "short" in table
    assert table.count("…") == 2


def test_a_table_without_a_width_is_whole() -> None:
    """What goes to a file is not cut."""
    assert "word " * 99 + "word" in to_table(_results({"a": "word " * 100}), "en")


def test_a_terminal_is_told_nothing_to_obey() -> None:
    """Control characters of the data do not reach it."""
    assert "\x1b" not in to_table(_results({"a": "\x1b[31mred\x9b1m\ntwo"}), "en")


def test_missing_values_and_no_rows_are_shown_as_such() -> None:
    """An unbound variable is an empty cell."""
    assert to_table(_results({"a": "1", "b": "2"}, {"b": "3"}), "fr").splitlines()[3] == "   3"
    assert to_table(io.BytesIO(b'{"head": {"vars": ["a"]}, "results": {"bindings": []}}'), "fr") == "0 ligne"


def test_the_command_line_offers_the_formats_there_are() -> None:
    """The names stand there too, so that a help text imports nothing."""
    option = next(option for option in commands.commands["query"].params if option.name == "format_name")

    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == [row.name for row in ANSWER_FORMATS]
