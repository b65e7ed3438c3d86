"""The reconciliation service over HTTP: both versions of its API, and the requests that OpenRefine sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from commons_ld.outputs.publication import published as name_of
from commons_ld.outputs.search_index import index_path
from commons_ld.rdf.namespaces import expand
from commons_ld.settings import Settings
from commons_ld.web.app import create_app
from commons_ld.web.reconcile_routes import reconcile_routes
from tests.archive import Archive, page
from tests.asgi import Client
from tests.editions import serving

BASE = Settings().base_iri
PLAIDOYER = f"{BASE}session/21-12-plaidoyer-2022"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Serve three sessions, and yield who asks."""
    archive = Archive(tmp_path_factory.mktemp("reconcile"))
    archive.write("1.txt", page("21.12 Plaidoyer 2022", lead="Un <b>plaidoyer</b>, et ses suites."))
    archive.write("2.txt", page("22.01 La forêt", created="2022/01/10", enjeu="Gestion de l'eau, Pêche à pied"))
    archive.write(
        "3.wiki",
        "{{Objet média\n|Date de création=2022/02/01\n|Type de document=Audio\n|Fait partie de=Appel en commun\n}}\n",
    )
    archive.export()
    settings = archive.settings
    index = index_path(settings.path(settings.state), name_of(archive.out))
    with serving(settings) as edition:
        yield Client(create_app(lambda: edition, reconcile_routes(lambda: edition, lambda: index)))


def reconciled(client: Client, queries: dict[str, Any], path: str = "/reconcile") -> dict[str, list[dict[str, Any]]]:
    """Send a batch as OpenRefine does, and return the candidates of each query."""
    body = "queries=" + quote(json.dumps(queries))
    answer = client.request("POST", path, content=body, headers=FORM)
    assert answer.status_code == 200, answer.text
    return {name: told["result"] for name, told in answer.json().items()}


# ── The manifest ─────────────────────────────────────────────────────────────────────────────────────


def test_the_manifest_of_0_2_says_where_everything_is(client: Client) -> None:
    """All that the specification demands, and every address in it answers."""
    answer = client.get("/reconcile")
    manifest = answer.json()

    assert answer.headers["content-type"] == "application/json"
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == BASE
    assert manifest["schemaSpace"].startswith("https://")
    assert {type_["id"] for type_ in manifest["defaultTypes"]} >= {expand("skos:Concept"), expand("schema:Person")}
    assert "{{id}}" in manifest["view"]["url"]
    assert "{{id}}" in manifest["preview"]["url"]
    assert isinstance(manifest["preview"]["width"], int)
    for kind in ("entity", "property", "type"):
        suggest = manifest["suggest"][kind]
        assert client.get(suggest["service_url"] + suggest["service_path"] + "?prefix=").json()["result"]
        assert "${id}" in suggest["flyout_service_path"]
    propose = manifest["extend"]["propose_properties"]
    assert client.get(propose["service_url"] + propose["service_path"] + "?type=schema:Person").json()["properties"]
    for setting in manifest["extend"]["property_settings"]:
        assert {"type", "name", "label", "default", "help_text"} <= setting.keys()


def test_the_manifest_of_1_0_says_what_there_is(client: Client) -> None:
    """Its addresses are fixed, its templates those of RFC 6570, its names in one style."""
    manifest = client.get("/en/reconcile/1.0-draft").json()

    assert manifest["versions"] == ["1.0-draft"]
    assert manifest["view"] == {"url": "{+id}"}
    assert manifest["suggest"] == {"entity": True, "property": True, "type": True}
    assert manifest["extend"]["proposeProperties"] is True
    assert manifest["standardizedScore"] is True
    assert manifest["lang"] == "en"
    assert not re.search(r'"[a-z]+_[a-z]+":', json.dumps(manifest))


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/fr/reconcile", {"Accept-Language": "en"}, "fr"),
        ("/en/reconcile", {}, "en"),
        ("/reconcile", {"Accept-Language": "en-GB, fr;q=0.5"}, "en"),
        ("/reconcile", {}, "fr"),
    ],
)
def test_there_is_a_service_for_each_language(
    client: Client, path: str, headers: dict[str, str], language: str
) -> None:
    """Chosen by the address, else by the reader."""
    answer = client.get(f"{path}/suggest/type?prefix=pers", headers=headers)

    assert answer.headers["content-language"] == language
    assert answer.json()["result"][0]["name"] == {"fr": "Personne", "en": "Person"}[language]


@pytest.mark.parametrize(
    "path", ["/reconcile", "/reconcile/1.0-draft/match", "/fr/reconcile/preview", "/reconcile/suggest/entity"]
)
def test_any_page_of_the_web_may_ask(client: Client, path: str) -> None:
    """CORS is demanded of every address, without credentials."""
    asked = client.request(
        "OPTIONS", path, headers={"Origin": "https://a.test", "Access-Control-Request-Method": "POST"}
    )

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "Content-Type" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers
    assert client.get("/reconcile?queries={").headers["access-control-allow-origin"] == "*"


# ── What OpenRefine sends ────────────────────────────────────────────────────────────────────────────


def test_openrefine_guesses_the_type_of_a_column(client: Client) -> None:
    """Ten rows without a type, three candidates each; the types of the candidates are counted."""
    cells = [
        "Politique des communs",
        "Gestion de l'eau",
        "politique des communs",
        "Puissance publique",
        "peche a pied",
    ] * 2
    found = reconciled(client, {f"q{n}": {"query": cell, "limit": 3} for n, cell in enumerate(cells)})

    assert list(found) == [f"q{n}" for n in range(10)]
    assert all(len(candidates) <= 3 for candidates in found.values())
    types = [candidates[0]["type"][0] for candidates in found.values() if candidates]
    assert {type_["id"] for type_ in types} == {expand("skos:Concept")}
    assert all(type_["name"] for type_ in types)


def test_openrefine_reconciles_a_column_by_tens(client: Client) -> None:
    """With a type, and with another column as a property, whose cells may have been reconciled before."""
    session = expand("cld:Session")
    found = reconciled(
        client,
        {
            "q0": {"query": "21.12 Plaidoyer 2022", "type": session, "type_strict": "should"},
            "q1": {
                "query": "la foret",
                "type": session,
                "type_strict": "should",
                "properties": [{"pid": expand("dcterms:created"), "v": "2022-01-10"}],
            },
            "q2": {
                "query": "22.01 La forêt",
                "type": session,
                "type_strict": "should",
                "properties": [
                    {
                        "pid": expand("dcterms:isPartOf"),
                        "v": {"id": f"{BASE}collection/appel-en-commun", "name": "Appel en commun"},
                    }
                ],
            },
            "q3": {"query": "Rien de tel", "type": session, "type_strict": "should"},
        },
    )

    (first, *_) = found["q0"]
    assert (first["id"], first["match"], first["score"]) == (PLAIDOYER, True, 100.0)
    assert {"id", "name", "type", "score", "match", "features", "description"} <= first.keys()
    assert found["q1"][0]["id"] == f"{BASE}session/22-01-la-foret"
    assert found["q2"][0]["match"] is True
    assert not any(candidate["match"] for candidate in found["q3"])


def test_openrefine_suggests_and_shows(client: Client) -> None:
    """A prefix, then a flyout for what is pointed at, then a preview in a frame; ids are encoded as one component."""
    (found, *_) = client.get("/reconcile/suggest/entity?prefix=21.12 plaid").json()["result"]
    manifest = client.get("/reconcile").json()
    flyout = manifest["suggest"]["entity"]
    address = flyout["flyout_service_url"] + flyout["flyout_service_path"].replace("${id}", quote(found["id"], safe=""))
    shown = client.get(address).json()
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", quote(found["id"], safe="")))
    viewed = client.get(manifest["view"]["url"].replace("{{id}}", quote(found["id"], safe="")))

    assert found["id"] == PLAIDOYER
    assert found["notable"][0]["id"] == expand("cld:Session")
    assert shown["id"] == PLAIDOYER
    assert "21.12 Plaidoyer 2022" in shown["html"]
    assert preview.headers["content-type"] == "text/html; charset=utf-8"
    assert (viewed.status_code, viewed.headers["location"]) == (303, PLAIDOYER)


def test_openrefine_adds_columns(client: Client) -> None:
    """What a type has is proposed; then the values of some properties come, of all rows at once."""
    proposed = client.get(f"/reconcile/extend/propose?type={quote(expand('cld:Session'))}&limit=100").json()
    body = {
        "ids": [PLAIDOYER, f"{BASE}session/unknown"],
        "properties": [
            {"id": expand("dcterms:created"), "settings": {}},
            {"id": expand("cld:enjeu"), "settings": {"limit": "1"}},
            {"id": "P31"},
        ],
    }
    answer = client.request("POST", "/reconcile", content="extend=" + quote(json.dumps(body)), headers=FORM).json()

    assert {row["id"] for row in proposed["properties"]} >= {expand("dcterms:created"), expand("cld:enjeu")}
    assert [row["id"] for row in answer["meta"]] == [expand("dcterms:created"), expand("cld:enjeu"), "P31"]
    assert answer["rows"][PLAIDOYER] == {
        expand("dcterms:created"): [{"date": "2021-12-02T00:00:00Z"}],
        expand("cld:enjeu"): [{"id": f"{BASE}concept/politique-des-communs", "name": "Politique des communs"}],
        "P31": [],
    }
    assert all(values == [] for values in answer["rows"][f"{BASE}session/unknown"].values())


# ── 1.0-draft ────────────────────────────────────────────────────────────────────────────────────────


def matched(client: Client, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Send a batch of 1.0-draft."""
    answer = client.request("POST", "/en/reconcile/1.0-draft/match", json={"queries": queries})
    assert answer.status_code == 200, answer.text
    return [told["candidates"] for told in answer.json()["results"]]


def test_a_batch_of_1_0_is_answered_in_its_order(client: Client) -> None:
    """By names and by properties; an IRI is a name too."""
    found = matched(
        client,
        {"conditions": [{"matchType": "name", "propertyValue": "Politique des communs"}]},
        {"type": expand("cld:Session"), "conditions": [{"matchType": "property", "propertyId": expand("cld:enjeu"), "propertyValue": "Politique des communs"}]},
        {"conditions": [{"matchType": "name", "propertyValue": PLAIDOYER}]},
        {"conditions": [{"matchType": "name", "propertyValue": "22.01 La forêt"}, {"matchType": "property", "propertyId": "dcterms:created", "propertyValue": "2021", "required": True}]},
        {"type": "https://example.org/Unknown", "conditions": [{"matchType": "name", "propertyValue": "La forêt"}]},
    )  # fmt: skip

    assert (found[0][0]["id"], found[0][0]["match"]) == (f"{BASE}concept/politique-des-communs", True)
    assert all(feature["name"] for feature in found[0][0]["features"])
    assert [one["id"] for one in found[1]] == [PLAIDOYER]
    assert found[1][0]["match"] is False
    assert found[2][0]["id"] == PLAIDOYER
    assert f"{BASE}session/22-01-la-foret" not in [one["id"] for one in found[3]]
    assert found[4] == []


def test_the_values_of_1_0_come_as_lists_with_their_languages(client: Client) -> None:
    """Rows and properties have ids; a text tells its language."""
    body = {"ids": [PLAIDOYER], "properties": [{"id": "dcterms:title"}]}
    answer = client.request("POST", "/reconcile/1.0-draft/extend", json=body).json()

    assert answer["rows"] == [
        {
            "id": PLAIDOYER,
            "properties": [{"id": "dcterms:title", "values": [{"str": "21.12 Plaidoyer 2022", "lang": "fr"}]}],
        }
    ]


def test_suggestions_are_turned_by_the_page(client: Client) -> None:
    """``offset`` and ``limit``; 0.2 says ``cursor``."""
    every = client.get("/reconcile/1.0-draft/suggest/property?prefix=&limit=100").json()["result"]
    later = client.get("/reconcile/1.0-draft/suggest/property?prefix=&offset=2&limit=3").json()["result"]

    assert later == every[2:5]
    assert client.get("/reconcile/suggest/property?prefix=&cursor=2&limit=3").json()["result"] == later


# ── What is shown in a frame ─────────────────────────────────────────────────────────────────────────


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; no attribute is a script."""
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


def test_a_preview_may_stand_in_any_frame_and_runs_nothing(client: Client) -> None:
    """What a page of the wiki says is text in it."""
    preview = client.get(f"/reconcile/preview?id={quote(PLAIDOYER, safe='')}")
    policy = preview.headers["content-security-policy"]
    seen = _Tags()
    seen.feed(preview.text)

    assert "frame-ancestors" not in policy
    assert "x-frame-options" not in preview.headers
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert set(seen.tags) <= {"html", "head", "meta", "title", "style", "body", "h1", "a", "bdi", "p"}
    assert "2021-12-02" in preview.text


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/reconcile?queries=", {}, 400),
        ("GET", "/reconcile?queries=[]", {}, 400),
        ("GET", "/reconcile?queries={\"q\":{\"query\":7}}", {}, 400),
        ("POST", "/reconcile", {"data": {"other": "x"}}, 400),
        ("POST", "/reconcile", {"json": {"queries": {}}}, 415),
        ("POST", "/reconcile", {"data": {"queries": json.dumps({f"q{n}": {"query": "x"} for n in range(51)})}}, 413),
        ("POST", "/reconcile", {"data": {"queries": "[" * 20_000}}, 400),
        ("POST", "/reconcile", {"data": {"queries": "{\"q\": {\"query\": \"" + "a" * (1 << 20) + "\"}}"}}, 413),
        ("POST", "/reconcile/1.0-draft/match", {"json": {"queries": [{}]}}, 400),
        ("POST", "/reconcile/1.0-draft/match", {"json": {"queries": [{"conditions": [{"matchType": "x", "propertyValue": "y"}]}]}}, 400),
        ("POST", "/reconcile/1.0-draft/match", {"data": {"queries": "{}"}}, 415),
        ("POST", "/reconcile/1.0-draft/extend", {"json": {"ids": ["x"] * 1_001, "properties": []}}, 413),
        ("GET", "/reconcile/suggest/entity?prefix=a&limit=many", {}, 400),
        ("GET", "/reconcile/preview?id=concept/none", {}, 404),
        ("GET", f"/reconcile/view?id={BASE}session/21-12-plaidoyer-2022/participant/1", {}, 404),
        ("GET", "/reconcile/view?id=https://evil.test/", {}, 404),
        ("GET", "/reconcile/flyout/type?id=nothing", {}, 404),
        ("PUT", "/reconcile", {}, 405),
        ("GET", "/reconcile/1.0-draft/match", {}, 405),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_with_a_sentence(
    client: Client, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    """A problem (RFC 9457), which repeats nothing of what was sent, and is open to any page."""
    answer = client.request(method, path, **sent)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert len(answer.content) < 500
    assert answer.headers["access-control-allow-origin"] == "*"
    if method == "PUT":
        return  # which no part of the service hears of
    french = client.request(method, f"/fr{path}", **sent)
    assert (french.status_code, french.headers["content-language"]) == (status, "fr")
    assert french.json()["detail"] != answer.json()["detail"]
    assert french.json()["title"] != answer.json()["title"]
    assert client.request(method, f"/en{path}", headers={"accept-language": "fr"}, **sent).json() == answer.json()


def test_odd_queries_get_no_candidates_and_no_error(client: Client) -> None:
    """What clients leave empty is empty, and does not spoil the batch."""
    found = reconciled(
        client,
        {
            "": {"query": ""},
            "a": {"query": None, "type": None, "limit": 0},
            "b": {"query": "x", "type": [], "properties": [{"pid": "P31", "v": [None, 7, True, {"id": "Q5"}]}]},
            "c": {"query": "La forêt", "type": [expand("schema:Person"), expand("cld:Session")], "extra": 1},
            "d": {"query": "> } DROP ALL", "properties": [{"pid": "dcterms:isPartOf", "v": "> } x"}]},
        },
    )

    assert found[""] == found["a"] == []
    assert found["c"][0]["id"] == f"{BASE}session/22-01-la-foret"


def test_a_client_that_has_the_answer_gets_none(client: Client) -> None:
    """Each has its mark (RFC 9110, section 13.1.2), and a HEAD is answered."""
    first = client.get("/reconcile/suggest/type?prefix=")
    again = client.get("/reconcile/suggest/type?prefix=", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert client.request("HEAD", "/reconcile").status_code == 200


def test_nobody_of_a_chat_is_there(client: Client) -> None:
    """By no address of the service."""
    answers: list[httpx.Response] = [
        client.get("/reconcile/suggest/entity?prefix=Ana Ex"),
        client.get(f"/reconcile/preview?id={quote(PLAIDOYER, safe='')}"),
        client.request("POST", "/reconcile/1.0-draft/match", json={"queries": [{"conditions": [{"matchType": "name", "propertyValue": "Ana Exemple"}]}]}),
    ]  # fmt: skip

    assert all("Ana Exemple" not in answer.text for answer in answers)
    assert not any("participant/" in answer.text for answer in answers)


def test_the_labels_that_are_not_there_yet_are_waited_for(tmp_path: Path) -> None:
    """A server whose index is missing says so, and not that nothing was found; no path of it is told."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page())
    archive.export()
    with serving(archive.settings) as edition:
        app = create_app(lambda: edition, reconcile_routes(lambda: edition, lambda: tmp_path / "none.sqlite"))
        answer = Client(app).get("/reconcile/suggest/entity?prefix=a")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert str(tmp_path) not in answer.text
