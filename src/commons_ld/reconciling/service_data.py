"""What is asked of a reconciliation service and what it answers, in the words of the API, 0.2 and 1.0-draft.

What a service answers is data of a stranger: what it lacks is missing, what it says twice or beyond what was asked is
left out, a score that is no number is none, and two sure matches of one label are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from commons_ld.iris import to_iri

__all__ = ["Answered", "Asked", "Manifest", "candidates", "manifest_of", "query_of_02", "query_of_1"]

#: Queries in one batch where the service says nothing, as OpenRefine sends them, and at most.
_BATCH, _LARGEST_BATCH = 10, 50
#: Characters of an id and of a name.
_LONGEST_ID, _LONGEST_NAME = 1_000, 500


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


def manifest_of(told: Mapping[str, Any], address: str) -> Manifest | None:
    """Return what a service says of itself, or nothing if it speaks no version of ours.

    :param address: what it is called where it tells no name
    """
    versions = told.get("versions")
    # A service that names no version is one of 0.1, whose batches are the same.
    known = versions if isinstance(versions, list) else ["0.1"]
    version: Literal["0.2", "1.0-draft"]
    if "0.2" in known or "0.1" in known:
        version = "0.2"
    elif "1.0-draft" in known:
        version = "1.0-draft"
    else:
        return None
    view = told.get("view")
    template = str(view.get("url", "")) if isinstance(view, dict) else ""
    if version == "0.2":
        space = told.get("identifierSpace")
        template = f"{space}{{+id}}" if isinstance(space, str) and to_iri(space) else template.replace("{{id}}", "{id}")
    size = told.get("batchSize")
    batch = min(size, _LARGEST_BATCH) if isinstance(size, int) and not isinstance(size, bool) and size > 0 else _BATCH
    name = told.get("name")
    return Manifest(_short(name) if isinstance(name, str) else address, version, template, batch)


def query_of_02(asked: Asked) -> dict[str, Any]:
    """Return a query of 0.2."""
    query: dict[str, Any] = {"query": asked.label, "limit": asked.limit}
    if asked.type:
        query["type"] = asked.type
    if asked.properties:
        query["properties"] = [{"pid": prop, "v": value} for prop, value in asked.properties]
    return query


def query_of_1(asked: Asked) -> dict[str, Any]:
    """Return a query of 1.0-draft."""
    conditions: list[dict[str, Any]] = [{"matchType": "name", "propertyValue": asked.label}]
    conditions += (
        {"matchType": "property", "propertyId": prop, "propertyValue": value} for prop, value in asked.properties
    )
    return {"conditions": conditions, "limit": asked.limit} | ({"type": asked.type} if asked.type else {})


def candidates(given: object, asked: Asked, manifest: Manifest) -> list[Answered]:
    """Return what a service answers to one label, as far as it can be believed.

    :param given: as it is in JSON
    """
    found: dict[str, Answered] = {}
    for row in given if isinstance(given, list) else ():
        candidate = _candidate(row, manifest) if isinstance(row, dict) else None
        if candidate is not None:
            found.setdefault(candidate.id, candidate)
        if len(found) == asked.limit:
            break
    sure = [candidate for candidate in found.values() if candidate.is_match]
    return [one._replace(is_match=one.is_match and len(sure) == 1) for one in found.values()]


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
