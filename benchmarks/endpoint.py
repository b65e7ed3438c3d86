"""Compare the endpoint with rdflib-endpoint: ``python -m benchmarks.endpoint 1000`` prints a table.

Both serve the same records, and are asked the same by the same client, in turn, on the same machine; the median of the
rounds counts. Ours runs as users run it, with every query in a process that may be killed. Then ours alone is asked
while 15 of 100 requests are hostile, which would end the other one.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

import click
import httpx

from benchmarks.records import archive, write_records
from benchmarks.requests import Request, ask
from commons_ld.pipeline.exporting import export
from commons_ld.settings import Settings

__all__ = ["main"]

_ROOT: Final = Path(__file__).parent.parent
_PREFIXES: Final = "PREFIX cld: <https://w3id.org/commons-ld/ns#> PREFIX dcterms: <http://purl.org/dc/terms/> "
_JSON: Final = "application/sparql-results+json"
_HOSTILE: Final = (
    "ASK " + "{" * 1_500 + "}" * 1_500,
    "ASK { FILTER(" + "true||" * 1_000 + "true) }",
    "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }",
    "SELECT ?z { BIND('0123456789abcdef' AS ?a) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?{a}'] * 16)}) AS ?{b})" for a, b in zip("abcdefg", "bcdefgz", strict=True))
    + "}",
)


class Row(NamedTuple):
    """A question, with how often a second each server answered it, and the ratio that is aimed at."""

    name: str
    ours: float
    theirs: float
    aim: float

    @property
    def ratio(self) -> float:
        """How many times as often ours answered."""
        return self.ours / self.theirs


@click.command()
@click.argument("count", type=click.IntRange(min=1), default=1_000)
@click.option("--seconds", type=float, default=3.0, show_default=True, help="Time of each round.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The median of these counts.")
@click.option("--only-attack", is_flag=True, help="Measure ours under attack alone.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write what was measured there too.")
def main(count: int, seconds: float, rounds: int, only_attack: bool, json_file: Path | None) -> None:
    """Serve COUNT invented records with both servers, and print how often a second each answers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = _publish(folder, count)
        told: dict[str, object] = {"records": count}
        if not only_attack:
            told["rows"] = [row._asdict() for row in _beside(folder, settings, seconds, rounds)]
        for budget in (settings.serve.client_seconds, 0):
            with _ours(folder, cache_size=0, client_seconds=budget, behind_proxy=True, access_log=False) as url:
                told |= _under_attack(url, budget, seconds * rounds)
    if json_file:
        json_file.write_text(json.dumps(told, indent=1) + "\n")


def _beside(folder: Path, settings: Settings, seconds: float, rounds: int) -> list[Row]:
    """Ask both servers, and print how often a second each answers."""
    rows = []
    with ExitStack() as stack:
        uncached = stack.enter_context(_ours(folder, cache_size=0, client_seconds=0, access_log=False))
        cached = stack.enter_context(_ours(folder, client_seconds=0, access_log=False))
        theirs = stack.enter_context(_theirs(folder))
        click.echo(_HEADER)
        for question in _questions(folder, settings, uncached, cached):
            rows.append(_measured(question, theirs, seconds=seconds, rounds=rounds))
            click.echo(_line(rows[-1]))
    return rows


_HEADER: Final = f"{'question':<36}{'ours/s':>10}{'theirs/s':>10}{'ratio':>8}{'aim':>6}"


def _line(row: Row) -> str:
    return f"{row.name:<36}{row.ours:>10.0f}{row.theirs:>10.1f}{row.ratio:>8.1f}{row.aim:>6g}"


def _publish(folder: Path, count: int) -> Settings:
    write_records(folder / "records.jsonl", count)
    settings = Settings(root=folder, sources=("records.jsonl",), base_iri=archive().base_iri)
    (folder / "commons-ld.toml").write_text(f'sources = ["records.jsonl"]\nbase_iri = "{settings.base_iri}"\n')
    export(settings)
    return settings


class _Question(NamedTuple):
    """What is compared: our server, the requests to it and those to the other, which mean the same."""

    name: str
    server: str
    ours: list[Request]
    theirs: list[Request]
    aim: float


def _questions(folder: Path, settings: Settings, uncached: str, cached: str) -> Iterator[_Question]:
    records = json.loads((folder / "dist" / "manifest.json").read_bytes())["records"]
    iris = [row["iri"] for row in records]
    select = [f"{_PREFIXES}SELECT ?title WHERE {{ <{iri}> dcterms:title ?title }}" for iri in iris]
    construct = [f"CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}" for iri in iris]
    # The other one has no addresses of things: who wants the record as Turtle asks for it and its parts.
    parts = [f"CONSTRUCT {{ <{i}> ?p ?o . ?o ?q ?v }} WHERE {{ <{i}> ?p ?o OPTIONAL {{ ?o ?q ?v }} }}" for i in iris]
    facet = [
        f"{_PREFIXES}SELECT ?c (COUNT(DISTINCT ?r) AS ?n) WHERE {{ ?r cld:{name} ?c }} GROUP BY ?c"
        for name in ("enjeu", "action", "objetDeCommun", "resultatAttendu")
    ]
    # Each query is another one, so that nobody has it parsed or answered already; or always the same.
    for name, server, queries, accept, aim in (
        ("small SELECT, each another", uncached, select, _JSON, 2.5),
        ("small SELECT, repeated", cached, select[:1], _JSON, 10),
        ("small SELECT, repeated, not kept", uncached, select[:1], _JSON, 0),
        ("CONSTRUCT, each another", uncached, construct, "text/turtle", 8),
        ("CONSTRUCT, repeated", cached, construct[:1], "text/turtle", 8),
        ("facet count, not kept", uncached, facet, _JSON, 20),
        ("facet count, repeated", cached, facet[:1], _JSON, 20),
    ):
        ours, theirs = ([Request.query(path, query, accept) for query in queries] for path in ("/sparql", "/"))
        yield _Question(name, server, ours, theirs, aim)
    paths = [f"/{iri.removeprefix(settings.base_iri)}" for iri in iris]
    turtle = [Request.query("/", query, "text/turtle") for query in parts]
    documents = [Request(f"{path}.ttl", "text/turtle") for path in paths]
    yield _Question("record as Turtle, its document", cached, documents, turtle, 50)
    both = [request for path in paths for request in (Request(path, "text/turtle", 303), Request(f"{path}.ttl", ""))]
    yield _Question("record as Turtle, 303 and document", cached, both, turtle, 50)


def _measured(question: _Question, theirs: str, *, seconds: float, rounds: int) -> Row:
    _compare(question, theirs)
    found: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        for place, (url, requests) in enumerate(((question.server, question.ours), (theirs, question.theirs))):
            ask(url, requests, seconds=seconds / 10)
            found[place].append(ask(url, requests, seconds=seconds).per_second)
    ours = statistics.median(found[0])
    if question.ours[0].status == 303:
        ours /= 2  # two requests lead to the record
    return Row(question.name, ours, statistics.median(found[1]), question.aim)


def _compare(question: _Question, theirs: str) -> None:
    """See that both servers answer, and give the same rows."""
    answers = [
        httpx.get(url + request.path, headers={"accept": request.accept}, trust_env=False)
        for url, request in ((question.server, question.ours[-1]), (theirs, question.theirs[-1]))
    ]
    if question.ours[-1].accept != _JSON:
        if not all(answer.is_success and len(answer.content) > 1_000 for answer in answers):
            sys.exit(f"{question.name}: not answered")
        return
    rows = [
        sorted(
            sorted((name, cell["value"]) for name, cell in row.items()) for row in answer.json()["results"]["bindings"]
        )
        for answer in answers
    ]
    if rows[0] != rows[1] or not rows[0]:
        sys.exit(f"{question.name}: {rows[0]} is not {rows[1]}")


#: Plain and hostile requests a second: of 100, 15 are hostile.
_PLAIN_RATE: Final = 85.0
_HOSTILE_RATE: Final = 15.0


def _under_attack(url: str, budget: int, seconds: float) -> dict[str, object]:
    """Compare how long plain queries take when nobody else asks, and when 15 of 100 requests are hostile."""
    plain = [
        Request.query("/sparql", f"SELECT ?p ?o WHERE {{ ?s ?p ?o }} LIMIT 5 OFFSET {n}", _JSON)._replace(
            status=0, client="192.0.2.2"
        )
        for n in range(50)
    ]
    hostile = [Request.query("/sparql", text, _JSON)._replace(status=0, client="198.51.100.7") for text in _HOSTILE]
    ask(url, plain, seconds=1)
    idle = ask(url, plain, seconds=seconds, connections=16, rate=_PLAIN_RATE)
    attacking = get_context("spawn").Process(target=_attack, args=(url, hostile, seconds))
    attacking.start()
    time.sleep(2)
    attacked = ask(url, plain, seconds=seconds, connections=64, rate=_PLAIN_RATE)
    attacking.join()
    if attacking.exitcode:
        sys.exit("the attack broke off")
    ratio = attacked.percentile(99) / idle.percentile(99)
    served = attacked.statuses.get(200, 0) / sum(attacked.statuses.values())
    name = f"budget of {budget} s a minute" if budget else "no budget"
    click.echo(
        f"under attack, {name}: p99 {idle.percentile(99) * 1e3:.1f} ms idle, {attacked.percentile(99) * 1e3:.1f} ms "
        f"attacked, ratio {ratio:.1f} (aim: at most 5); p50 {idle.percentile(50) * 1e3:.1f} and "
        f"{attacked.percentile(50) * 1e3:.1f} ms; {served:.2%} of plain queries answered"
    )
    told = {"idle_p99": idle.percentile(99), "attacked_p99": attacked.percentile(99), "ratio": ratio, "served": served}
    return {name: told}


def _attack(url: str, hostile: Sequence[Request], seconds: float) -> None:
    ask(url, hostile, seconds=seconds + 3, connections=64, rate=_HOSTILE_RATE)


@contextmanager
def _ours(folder: Path, **changed: object) -> Iterator[str]:
    variables = {f"COMMONS_LD_SERVE__{name.upper()}": str(value).lower() for name, value in changed.items()}
    command = [str(Path(sys.executable).with_name("commons-ld")), "serve", "--quiet", "--port"]
    with _server(command, folder, {**os.environ, **variables}, "/health") as url:
        yield url


@contextmanager
def _theirs(folder: Path) -> Iterator[str]:
    program = _ROOT / ".venv" / "peers" / "bin" / "rdflib-endpoint"
    if not program.is_file():
        sys.exit("there is no rdflib-endpoint to compare with: make bench-endpoint installs it")
    dump = str(folder / "dist" / "dataset.nt")
    command = [str(program), "serve", dump, "--host", "127.0.0.1", "--port"]
    with _server(command, folder, dict(os.environ), "/?query=ASK%7B%7D") as url:
        yield url


@contextmanager
def _server(command: Sequence[str], folder: Path, environment: dict[str, str], path: str) -> Iterator[str]:
    """Start a server on a free port and wait until it answers; end it and all that it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, str(port)], cwd=folder, env=environment, stdout=said, stderr=said, start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(1_200):
                try:
                    if httpx.get(url + path, trust_env=False, timeout=10).status_code < 500:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
                if process.poll() is not None:
                    said.seek(0)
                    sys.exit(f"{' '.join(command)}: {said.read().decode(errors='replace')}")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    main()
