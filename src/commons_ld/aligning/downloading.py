"""Bring a vocabulary from an address into a file, so that it is read as any other: as it comes, whatever its size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from commons_ld.aligning.words import said
from commons_ld.errors import VocabularyError
from commons_ld.http_client import named

__all__ = ["downloaded", "is_address"]

#: By media type where the address tells no suffix that says more.
_SUFFIXES: Final = {
    "text/turtle": ".ttl",
    "application/n-triples": ".nt",
    "application/n-quads": ".nq",
    "application/trig": ".trig",
    "application/rdf+xml": ".rdf",
    "application/ld+json": ".jsonld",
    "application/json": ".json",
}
_ACCEPT: Final = "text/turtle, application/n-triples, application/rdf+xml;q=0.8, application/ld+json;q=0.7, */*;q=0.1"
_KNOWN: Final = re.compile(r"\.(ttl|nt|nq|trig|rdf|owl|jsonld|json|ndjson|jsonl)(\.gz|\.bz2)?$", re.IGNORECASE)
_REDIRECTS: Final = 5


def is_address(source: str) -> bool:
    """Tell whether a source is an address of the web, rather than a file.

    >>> is_address("https://vocabulary.example/v.ttl"), is_address("v.ttl")
    (True, False)
    """
    return source.startswith(("http://", "https://"))


@contextmanager
def downloaded(url: str, http: httpx.Client) -> Iterator[Path]:
    """Yield a file with what stands at an address; it is gone afterwards.

    :param http: as :func:`commons_ld.http_client.connect` makes it
    :raises VocabularyError: if it is not to be had
    """
    try:
        address = httpx.URL(url)
        for _ in range(_REDIRECTS + 1):
            with http.stream("GET", address, headers={"Accept": _ACCEPT}) as response:
                location = response.headers.get("location", "")
                if response.status_code in (301, 302, 303, 307, 308) and location:
                    target = address.join(location)
                    if target.scheme not in ("http", "https") or (address.scheme, target.scheme) == ("https", "http"):
                        raise VocabularyError(named(address), said("no-file", value=named(target)))
                    address = target
                    continue
                if response.status_code != 200:
                    raise VocabularyError(named(address), said("no-file", value=response.status_code))
                with TemporaryDirectory(prefix="commons-ld-") as folder:
                    path = Path(folder) / _name(address, response.headers.get("content-type", ""))
                    with path.open("wb") as file:
                        for part in response.iter_bytes(1 << 20):
                            file.write(part)
                    yield path
                return
        raise VocabularyError(named(address), said("no-file", value=f"{_REDIRECTS} redirects"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise VocabularyError(url.partition("?")[0], said("no-file", value=error)) from None


def _name(address: httpx.URL, media_type: str) -> str:
    name = address.path.rpartition("/")[2]
    if _KNOWN.search(name):
        return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:]
    return f"vocabulary{_SUFFIXES.get(media_type.partition(';')[0].strip().lower(), '')}"
