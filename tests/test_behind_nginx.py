"""The server behind the nginx that its documentation shows: by TLS, at the root of a host and below a path."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import Namespace

from tests.editions import published
from tests.generated import REPOSITORY
from tests.servers import endpoint, web
from tests.servers.oxigraph import free_port
from tests.servers.processes import Server

pytestmark = pytest.mark.skipif(bool(web.missing("nginx")), reason=web.missing("nginx"))

_SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
_RECORD: Final = "session/22-05-demonstration-un-atelier-sur-l-eau"


def _shown() -> tuple[str, str]:
    """Return what the documentation shows: the whole configuration, and the place of one below a path."""
    text = (REPOSITORY / "docs" / "serve.md").read_text(encoding="utf-8")
    whole, below = re.findall(r"^```nginx\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return whole, below


def _configuration(folder: Path, upstream: str, port: int) -> str:
    """Return the configuration as an operator would put it together, at ports that are free here."""
    whole, below = _shown()
    lines = re.search(r"location / \{\n(.*?)^ *\}$", whole, re.DOTALL | re.MULTILINE)
    assert lines
    own = ("proxy_pass", "X-Forwarded-Prefix")
    others = "".join(f"{line}\n" for line in lines[1].splitlines() if not any(name in line for name in own))
    below = below.replace("        # and the other lines of location /\n", others)
    whole = whole.replace("    location / {", f"{below}\n    location / {{")
    for family in ("", "[::]:"):
        assert f"listen {family}443 ssl" in whole
    whole = whole.replace("listen 443", f"listen 127.0.0.1:{port}").replace("listen [::]:443", f"listen [::1]:{port}")
    whole = whole.replace("http://127.0.0.1:8000", upstream)
    whole = re.sub(r"/etc/ssl/data\.example\.org\.(pem|key)", rf"{folder}/\1", whole)
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # folders of tests are closed to others
    return (
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{whole}}}\n"
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of nginx, which has a server of the demonstration data behind it."""
    folder = tmp_path_factory.mktemp("nginx")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    make += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key"), "-out", str(folder / "pem")]
    subprocess.run(make, check=True, capture_output=True)
    settings = published(tmp_path_factory.mktemp("archive"))
    port = free_port()
    with endpoint.serve(settings.root, settings.root / "log", behind_proxy=True) as served:
        (folder / "conf").write_text(_configuration(folder, served.url, port), encoding="utf-8")
        server = Server(["nginx", "-e", f"{folder}/error", "-c", f"{folder}/conf"], folder / "log")
        try:
            server.wait_until(lambda: (folder / "pid").is_file() and (folder / "pid").read_text())
            yield f"https://localhost:{port}"
        finally:
            server.kill()


@pytest.fixture
def client(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Yield a client that believes the certificate, and no other one."""
    certificate = next(tmp_path_factory.getbasetemp().glob("nginx*/pem"))
    trust = ssl.create_default_context(cafile=certificate)
    with httpx.Client(base_url=address, verify=trust, trust_env=False, timeout=60) as made:
        yield made


@pytest.mark.parametrize("below", ["", "/archive"])
def test_addresses_are_those_that_were_asked_for(client: httpx.Client, address: str, below: str) -> None:
    """By https, with the port, below the path: in the description, in OAI-PMH, and wherever a request is led."""
    told = Graph().parse(data=client.get(f"{below}/sparql").text, format="turtle")
    assert list(told.objects(None, _SD.endpoint)) == [URIRef(f"{address}{below}/sparql")]
    identity = client.get(f"{below}/oai", params={"verb": "Identify"}).text
    assert f"<baseURL>{address}{below}/oai</baseURL>" in identity

    for path, accept in (
        (f"/{_RECORD}", "text/turtle"),
        ("/", "text/html"),
        ("/sparql/", "*/*"),
        ("/sparql", "text/html"),
    ):
        answer = client.get(f"{below}{path}", headers={"accept": accept}, follow_redirects=True)
        assert answer.status_code == 200, path
        assert answer.history, path
        assert str(answer.url).startswith(f"{address}{below}/"), path


@pytest.mark.parametrize("below", ["", "/archive"])
def test_what_pages_need_is_there(client: httpx.Client, below: str) -> None:
    """Styles, scripts and the pages that they lead to, of the query page and of the site."""
    for page in ("/query?lang=fr", "/search?lang=fr", f"/{_RECORD}.html"):
        answer = client.get(f"{below}{page}", headers={"accept": "text/html"})
        url, text = answer.url, answer.text
        links = re.findall(r'<(?:link|script|img)[^>]* (?:href|src)="([^"]+)"', text)
        near = [link for link in links if not link.startswith(("http", "data:"))]
        assert near, page
        assert {client.get(url.join(link)).status_code for link in near} == {200}, page


def test_what_is_packed_is_told_apart_and_known_again(client: httpx.Client) -> None:
    """A cache between here and there keeps packed and plain apart; and what a client has is not sent again."""
    path = f"/{_RECORD}.ttl"
    packed = client.get(path, headers={"accept-encoding": "gzip"})
    plain = client.get(path, headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    names = {name.strip() for name in ",".join(packed.headers.get_list("vary")).split(",")}
    assert names >= {"Accept", "Accept-Encoding"}
    for answer in (packed, plain):
        again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


def test_a_long_query_passes_by_get_and_by_post(client: httpx.Client) -> None:
    """As long as the server takes it."""
    query = f"ASK {{ ?s ?p ?o }} #{'x' * 50_000}"
    got = client.get("/sparql", params={"query": query})
    assert got.status_code == 200, got.text
    posted = client.post("/archive/sparql", data={"query": query + "x" * 40_000})
    assert posted.status_code == 200, posted.text
