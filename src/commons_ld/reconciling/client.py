"""A client of the Reconciliation Service API, 0.2 and 1.0-draft: labels go out in batches, candidates come in.

Requests are made one after the other, say who asks, wait as long as they are told to, and are made again where that may
help. Every one has a time-out and a largest answer. What a service answers is data of a stranger: what it lacks is
missing, what it says twice or beyond what was asked is left out, a score that is no number is none, and two sure
matches of one label are none. Answers are kept, so that nobody is asked the same again.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote

import httpx
import msgspec

from commons_ld.errors import StoreError, StoreUnavailable
from commons_ld.http_client import named, retry_after, same_host
from commons_ld.iris import to_iri
from commons_ld.messages import Language

__all__ = ["Answered", "Asked", "Cache", "Manifest", "Service"]

#: Queries in one batch where the service says nothing, as OpenRefine sends them, and at most.
_BATCH, _LARGEST_BATCH = 10, 50
_LARGEST: Final = 16 * 2**20
#: A whole answer takes no longer than so many time-outs, however often a byte of it comes.
_PATIENCE: Final = 5
_TRIES, _LONGEST_WAIT, _LONGEST_BACKOFF = 5, 600.0, 30.0
_WORTH_TRYING_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_REDIRECTS: Final = 3
#: Characters of an id and of a name.
_LONGEST_ID, _LONGEST_NAME = 1_000, 500
#: Seconds for which an answer is kept.
_KEPT: Final = 30 * 86_400


_WORDS: Final[dict[str, tuple[str, str]]] = {
    "address": ("donnez l’adresse http ou https du service", "give the http or https address of the service"),
    "manifest": ("sa présentation n’est pas un objet JSON", "its manifest is no JSON object"),
    "no-json": ("sa réponse n’est pas du JSON", "its answer is no JSON"),
    "results": ("il ne répond pas aux {} libellés demandés", "it does not answer the {} labels that were asked for"),
    "too-large": ("il refuse même un seul libellé (413)", "it takes not even one label at once (413)"),
    "version": (
        "il ne parle ni la version 0.2 ni la version 1.0-draft de l’API",
        "it speaks neither version 0.2 nor 1.0-draft of the API",
    ),
    "wait": ("il demande d’attendre {} secondes ; recommencez alors", "it asks to wait {} seconds; try again then"),
    "leads": (
        "il renvoie à {} ; donnez cette adresse si vous lui faites confiance",
        "it leads to {}; give that address if you trust it",
    ),
    "status": ("il répond {}", "it answers {}"),
    "kind": (
        "il répond {} et non du JSON ; est-ce bien son adresse ?",
        "it answers {} and not JSON; is this its address?",
    ),
    "long": ("sa réponse dépasse {} Mio", "its answer is longer than {} MiB"),
    "endless": ("sa réponse ne finit pas", "its answer does not end"),
    "unreachable": ("il ne répond pas ({})", "it does not answer ({})"),
    "cache": (
        "les réponses n’y peuvent être gardées ({}) ; effacez-le",
        "answers cannot be kept ({}); remove it",
    ),
}


def _said(code: str, value: object = "") -> dict[Language, str]:
    french, english = _WORDS[code]
    return {"fr": french.format(value), "en": english.format(value)}


class Asked(NamedTuple):
    """A label whose meaning is sought.

    :param type: the id of a type at the service, or ``""``
    :param properties: ids of properties at the service, each with a value
    """

    label: str
    type: str = ""
    limit: int = 5
    properties: tuple[tuple[str, str], ...] = ()


class Answered(NamedTuple):
    """A candidate of a service.

    :param iri: what its id stands for
    :param score: as the service counts, or ``None`` where it tells no number
    :param is_match: whether the service takes it for sure, and no other
    :param types: the names of its types, or their ids
    """

    id: str
    iri: str
    name: str
    score: float | None
    is_match: bool
    description: str = ""
    types: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """What a service says of itself.

    :param iris: what its ids become IRIs by: a template with ``{id}`` or ``{+id}``
    """

    name: str
    version: Literal["0.2", "1.0-draft"]
    iris: str
    batch: int


class Cache:
    """Answers of services, in a file; by digests of what was asked, so that no label is in it.

    :param clock: tells the seconds since 1970
    :raises StoreError: here and by every method, if the file cannot be used
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._run("CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, at REAL NOT NULL, data BLOB NOT NULL)")
        self._run("DELETE FROM answer WHERE at < ?", clock() - _KEPT)

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key."""
        rows = self._run("SELECT data FROM answer WHERE key = ? AND at >= ?", key, self._clock() - _KEPT)
        return bytes(rows[0][0]) if rows else None

    def put(self, key: str, data: bytes) -> None:
        """Keep something."""
        self._run("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", key, self._clock(), data)

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path)) as database, database:
                return list(database.execute(sql, values))
        except (sqlite3.Error, OSError) as error:
            raise StoreError(str(self._path), _said("cache", str(error))) from error


class Service:
    """A reconciliation service at an address.

    :param http: as :func:`commons_ld.wiki.client.connect` makes it; it stays the caller's to close
    :param cache: where answers are kept, or ``None``
    :param pause: seconds between two requests
    :param sleep: what waits, in seconds
    """

    def __init__(
        self,
        http: httpx.Client,
        url: str,
        *,
        cache: Cache | None = None,
        pause: float = 0.1,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise StoreError(url[:100], _said("address")) from error
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise StoreError(url[:100], _said("address"))
        self._http, self._cache, self._pause, self._sleep = http, cache, pause, sleep
        self._manifest: Manifest | None = None
        self._has_asked = False

    @property
    def name(self) -> str:
        """The address, as errors name it."""
        return named(self._url)

    def manifest(self) -> Manifest:
        """Return what the service says of itself.

        :raises StoreUnavailable: if it does not answer
        :raises StoreError: if it answers something else
        """
        if self._manifest is None:
            told = self._decoded(self._asked("GET", self._url))
            if not isinstance(told, dict):
                raise StoreError(self.name, _said("manifest"))
            self._manifest = self._read(told)
        return self._manifest

    def match(self, asked: Iterable[Asked]) -> Iterator[list[Answered]]:
        """Yield the candidates of each label, in their order.

        :raises StoreUnavailable: if the service does not answer
        :raises StoreError: if it answers something else
        """
        manifest = self.manifest()
        waiting: list[Asked] = []
        for one in asked:
            waiting.append(one)
            if len(waiting) == manifest.batch:
                yield from self._batch(waiting, manifest)
                waiting = []
        if waiting:
            yield from self._batch(waiting, manifest)

    # ── Batches ──────────────────────────────────────────────────────────────────────────────────────

    def _batch(self, asked: Sequence[Asked], manifest: Manifest) -> list[list[Answered]]:
        keys = [self._key(one, manifest) for one in asked]
        found: dict[str, list[Answered]] = {}
        if self._cache:
            for key in keys:
                if (data := self._cache.get(key)) is not None:
                    found[key] = msgspec.msgpack.decode(data, type=list[Answered])
        missing = {key: one for key, one in zip(keys, asked, strict=True) if key not in found}
        for key, answered in zip(missing, self._fetched(list(missing.values()), manifest), strict=True):
            found[key] = answered
            if self._cache:
                self._cache.put(key, msgspec.msgpack.encode(answered))
        return [found[key] for key in keys]

    def _key(self, asked: Asked, manifest: Manifest) -> str:
        told = msgspec.json.encode([str(self._url), manifest.version, manifest.iris, *asked])
        return hashlib.sha256(told).hexdigest()

    def _fetched(self, asked: list[Asked], manifest: Manifest) -> list[list[Answered]]:
        if not asked:
            return []
        response = self._post(asked, manifest)
        if response is None:
            # The batch is too large for the service, whatever it says of that.
            half = len(asked) // 2
            return [*self._fetched(asked[:half], manifest), *self._fetched(asked[half:], manifest)]
        told = self._decoded(response)
        if not isinstance(told, dict):
            raise StoreError(self.name, _said("no-json"))
        if manifest.version == "1.0-draft":
            results = told.get("results")
            if not isinstance(results, list) or len(results) != len(asked):
                raise StoreError(self.name, _said("results", len(asked)))
            lists = [result.get("candidates") if isinstance(result, dict) else None for result in results]
        else:
            rows = [told.get(f"q{number}") for number in range(len(asked))]
            lists = [row.get("result") if isinstance(row, dict) else None for row in rows]
            if not any(isinstance(row, list) for row in lists):
                raise StoreError(self.name, _said("results", len(asked)))
        return [self._candidates(given, one, manifest) for given, one in zip(lists, asked, strict=True)]

    def _post(self, asked: list[Asked], manifest: Manifest) -> bytes | None:
        """Send a batch; nothing comes back if it is too large and can be sent in two."""
        try:
            if manifest.version == "1.0-draft":
                body = msgspec.json.encode({"queries": [_new(one) for one in asked]})
                url = self._url.copy_with(path=self._url.path.rstrip("/") + "/match")
                return self._asked("POST", url, body, "application/json")
            queries = msgspec.json.encode({f"q{number}": _old(one) for number, one in enumerate(asked)})
            form = b"queries=" + quote(queries, safe="").encode()
            return self._asked("POST", self._url, form, "application/x-www-form-urlencoded")
        except _TooLargeError:
            if len(asked) == 1:
                raise StoreError(self.name, _said("too-large")) from None
            return None

    def _candidates(self, given: object, asked: Asked, manifest: Manifest) -> list[Answered]:
        found: dict[str, Answered] = {}
        for row in given if isinstance(given, list) else ():
            candidate = _candidate(row, manifest) if isinstance(row, dict) else None
            if candidate is not None:
                found.setdefault(candidate.id, candidate)
            if len(found) == asked.limit:
                break
        sure = [candidate for candidate in found.values() if candidate.is_match]
        return [one._replace(is_match=one.is_match and len(sure) == 1) for one in found.values()]

    # ── The manifest ─────────────────────────────────────────────────────────────────────────────────

    def _read(self, told: Mapping[str, Any]) -> Manifest:
        versions = told.get("versions")
        # A service that names no version is one of 0.1, whose batches are the same.
        known = versions if isinstance(versions, list) else ["0.1"]
        version: Literal["0.2", "1.0-draft"]
        if "0.2" in known or "0.1" in known:
            version = "0.2"
        elif "1.0-draft" in known:
            version = "1.0-draft"
        else:
            raise StoreError(self.name, _said("version"))
        view = told.get("view")
        template = str(view.get("url", "")) if isinstance(view, dict) else ""
        if version == "0.2":
            space = told.get("identifierSpace")
            template = (
                f"{space}{{+id}}" if isinstance(space, str) and to_iri(space) else template.replace("{{id}}", "{id}")
            )
        size = told.get("batchSize")
        batch = (
            min(size, _LARGEST_BATCH) if isinstance(size, int) and not isinstance(size, bool) and size > 0 else _BATCH
        )
        name = told.get("name")
        return Manifest(_short(name) if isinstance(name, str) else self.name, version, template, batch)

    # ── One request ──────────────────────────────────────────────────────────────────────────────────

    def _decoded(self, body: bytes) -> object:
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise StoreError(self.name, _said("no-json")) from None

    def _asked(self, method: str, url: httpx.URL, body: bytes = b"", media_type: str = "") -> bytes:
        """Make a request until it is answered, or there is no more hope."""
        for number in range(1, _TRIES + 1):
            if self._has_asked:
                self._sleep(self._pause)
            self._has_asked = True
            try:
                return self._once(method, url, body, media_type)
            except _PassingError as passing:
                if number == _TRIES:
                    raise StoreUnavailable(self.name, passing.problem) from None
                # Jitter keeps those who failed at the same moment from coming back at the same moment.
                backoff = min(_LONGEST_BACKOFF, 2.0 ** (number - 1)) * random.uniform(0.5, 1.0)  # noqa: S311
                wait = max(passing.wait, backoff)
                if wait > _LONGEST_WAIT:
                    raise StoreUnavailable(self.name, _said("wait", f"{wait:.0f}")) from None
                self._sleep(wait)
        raise AssertionError("unreachable")

    def _once(self, method: str, url: httpx.URL, body: bytes, media_type: str) -> bytes:
        for _ in range(_MOST_REDIRECTS + 1):
            status, headers, data = self._exchange(method, url, body, media_type)
            if status not in (301, 302, 303, 307, 308) or method != "GET":
                break
            try:
                target = url.join(headers.get("location", ""))
            except httpx.InvalidURL:
                raise StoreError(self.name, _said("leads", "?")) from None
            if not same_host(url, target):
                raise StoreError(self.name, _said("leads", named(target)))
            url = self._url = target
        if status == 413:
            raise _TooLargeError
        if status in _WORTH_TRYING_AGAIN:
            raise _PassingError(_said("status", status), retry_after(headers) or 0.0)
        if status != 200:
            raise StoreError(self.name, _said("status", status))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and not (kind.endswith(("/json", "+json")) or kind == "text/plain"):
            raise StoreError(self.name, _said("kind", kind[:60]))
        return data

    def _exchange(self, method: str, url: httpx.URL, body: bytes, media_type: str) -> tuple[int, httpx.Headers, bytes]:
        headers = {"Accept": "application/json"} | ({"Content-Type": media_type} if media_type else {})
        deadline = time.monotonic() + _PATIENCE * (self._http.timeout.read or 60.0)
        try:
            with self._http.stream(method, url, content=body or None, headers=headers) as response:
                data = bytearray()
                for part in response.iter_bytes():
                    data += part
                    if len(data) > _LARGEST:
                        raise StoreError(self.name, _said("long", _LARGEST // 2**20))
                    if time.monotonic() > deadline:
                        raise _PassingError(_said("endless"))
                return response.status_code, response.headers, bytes(data)
        except httpx.HTTPError as error:
            raise _PassingError(_said("unreachable", str(error) or type(error).__name__)) from None


class _PassingError(Exception):
    """Something that may be well again when it is tried once more.

    :param wait: the seconds that were asked for
    """

    def __init__(self, problem: dict[Language, str], wait: float = 0.0) -> None:
        super().__init__()
        self.problem, self.wait = problem, wait


class _TooLargeError(Exception):
    """The service takes no batch of this size."""


def _old(asked: Asked) -> dict[str, Any]:
    """Return a query of 0.2."""
    query: dict[str, Any] = {"query": asked.label, "limit": asked.limit}
    if asked.type:
        query["type"] = asked.type
    if asked.properties:
        query["properties"] = [{"pid": prop, "v": value} for prop, value in asked.properties]
    return query


def _new(asked: Asked) -> dict[str, Any]:
    """Return a query of 1.0-draft."""
    conditions: list[dict[str, Any]] = [{"matchType": "name", "propertyValue": asked.label}]
    conditions += (
        {"matchType": "property", "propertyId": prop, "propertyValue": value} for prop, value in asked.properties
    )
    return {"conditions": conditions, "limit": asked.limit} | ({"type": asked.type} if asked.type else {})


def _candidate(row: Mapping[str, Any], manifest: Manifest) -> Answered | None:
    """Return a candidate, or nothing if it has no id that can be an IRI, or no name."""
    id_, name, description = row.get("id"), row.get("name"), row.get("description")
    if not isinstance(id_, str) or not 0 < len(id_) <= _LONGEST_ID or not isinstance(name, str) or not name.strip():
        return None
    iri = _iri(id_, manifest.iris)
    if iri is None:
        return None
    types = row.get("type")
    return Answered(
        id_,
        iri,
        _short(name),
        _score(row.get("score")),
        row.get("match") is True,
        _short(description) if isinstance(description, str) else "",
        tuple(filter(None, map(_type, types[:20]))) if isinstance(types, list) else (),
    )


def _iri(id_: str, template: str) -> str | None:
    """Return what an id stands for; ids are IRIs, or parts of one (RFC 6570, as far as the API has it).

    >>> _iri("Q5", "http://www.wikidata.org/entity/{id}"), _iri("a/b", "https://e.test/{id}")
    ('http://www.wikidata.org/entity/Q5', 'https://e.test/a%2Fb')
    >>> _iri("https://e.test/x", "https://other.test/{id}"), _iri("x", ""), _iri("x", "javascript:{id}")
    ('https://e.test/x', None, None)
    """
    if id_.startswith(("http://", "https://")):
        return to_iri(id_)
    filled = template.replace("{+id}", id_).replace("{id}", quote(id_, safe=""))
    return to_iri(filled) if filled != template else None


def _score(value: object) -> float | None:
    """Return a number that is one, and of a size that can be compared.

    >>> _score(83), _score("NaN"), _score(float("inf")), _score(True)
    (83.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e9 else None


def _type(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    return _short(value) if isinstance(value, str) else ""


def _short(text: str) -> str:
    """Return a text of a stranger as one line of bounded length, of characters that show."""
    return "".join(character for character in " ".join(text.split())[:_LONGEST_NAME] if character.isprintable())
