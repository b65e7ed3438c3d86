"""A client of the Reconciliation Service API, 0.2 and 1.0-draft: labels go out in batches, candidates come in.

Requests are made one after the other with a pause between, as :mod:`commons_ld.http_client` makes them; what was
answered is kept.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import httpx
import msgspec

from commons_ld.errors import StoreError, StoreUnavailable
from commons_ld.http_client import WORTH_TRYING_AGAIN, Requester, Response, named
from commons_ld.reconciling.kept_answers import Cache
from commons_ld.reconciling.service_data import (
    Answered,
    Asked,
    Manifest,
    candidates,
    manifest_of,
    query_of_02,
    query_of_1,
)
from commons_ld.reconciling.words import said

__all__ = ["Service"]

_ACCEPT: Final = {"Accept": "application/json"}
#: The status of a service that does not take so many labels at once (RFC 9110, section 15.5.14).
_TOO_LARGE: Final = 413


class Service(Requester):
    """A reconciliation service at an address.

    :param http: as :func:`commons_ld.http_client.connect` makes it; it stays the caller's to close
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
        super().__init__(http, _problem, sleep=sleep)
        try:
            self._address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise StoreError(url[:100], said("bad-address")) from error
        if self._address.scheme not in ("http", "https") or not self._address.host:
            raise StoreError(url[:100], said("bad-address"))
        self._cache, self._pause = cache, pause
        self._manifest: Manifest | None = None

    @property
    def url(self) -> str:
        """The address, as errors name it."""
        return named(self._address)

    def manifest(self) -> Manifest:
        """Return what the service says of itself.

        :raises StoreUnavailable: if it does not answer
        :raises StoreError: if it answers something else
        """
        if self._manifest is None:
            response = self._patiently(lambda: self._fetch("GET", self._address, headers=_ACCEPT))
            self._address = response.url
            told = self._decoded(response)
            if not isinstance(told, dict):
                raise StoreError(self.url, said("manifest"))
            self._manifest = manifest_of(told, self.url)
            if self._manifest is None:
                raise StoreError(self.url, said("version"))
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
        told = msgspec.json.encode([str(self._address), manifest.version, manifest.iris, *asked])
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
            raise StoreError(self.url, said("no-json"))
        if manifest.version == "1.0-draft":
            results = told.get("results")
            if not isinstance(results, list) or len(results) != len(asked):
                raise StoreError(self.url, said("results", len(asked)))
            lists = [result.get("candidates") if isinstance(result, dict) else None for result in results]
        else:
            rows = [told.get(f"q{number}") for number in range(len(asked))]
            lists = [row.get("result") if isinstance(row, dict) else None for row in rows]
            if not any(isinstance(row, list) for row in lists):
                raise StoreError(self.url, said("results", len(asked)))
        return [candidates(given, one, manifest) for given, one in zip(lists, asked, strict=True)]

    def _post(self, asked: list[Asked], manifest: Manifest) -> Response | None:
        """Send a batch; nothing comes back if it is too large and can be sent in two."""
        self._sleep(self._pause)
        if manifest.version == "1.0-draft":
            body = msgspec.json.encode({"queries": [query_of_1(one) for one in asked]})
            url = self._address.copy_with(path=self._address.path.rstrip("/") + "/match")
            response = self._sent(url, content=body)
        else:
            queries = msgspec.json.encode({f"q{number}": query_of_02(one) for number, one in enumerate(asked)})
            response = self._sent(self._address, {"queries": queries.decode()})
        if response.status != _TOO_LARGE:
            return response
        if len(asked) == 1:
            raise StoreError(self.url, said("too-large"))
        return None

    def _sent(self, url: httpx.URL, form: Mapping[str, str] | None = None, content: bytes | None = None) -> Response:
        headers = _ACCEPT if content is None else {**_ACCEPT, "Content-Type": "application/json"}
        good = (200, _TOO_LARGE)
        return self._patiently(lambda: self._fetch("POST", url, form, content=content, headers=headers, accept=good))

    def _decoded(self, response: Response) -> object:
        kind = response.media_type
        if kind and not (kind.endswith(("/json", "+json")) or kind == "text/plain"):
            raise StoreError(self.url, said("kind", kind[:60]))
        try:
            return msgspec.json.decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise StoreError(self.url, said("no-json")) from None


def _problem(url: str, code: str, value: object) -> StoreError:
    may_pass = code in ("unreachable", "wait") or (code == "status" and value in WORTH_TRYING_AGAIN)
    return (StoreUnavailable if may_pass else StoreError)(url, said(code, value))
