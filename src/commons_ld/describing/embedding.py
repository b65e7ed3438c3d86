"""The description as search engines read it: JSON-LD in a page, in the page's language, by schema.org's own names.

Search engines take the names for granted and know no language maps, so the context says what they assume already:
names are those of ``https://schema.org/``. Texts of other languages are left out, and nothing is fetched to read it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import pyoxigraph as ox

from commons_ld.outputs.statements import triples
from commons_ld.rdf.namespaces import PREFIXES, expand

__all__ = ["embedded"]

_SCHEMA: Final = PREFIXES["schema"]
#: Properties whose values are addresses: their IRIs are written as texts.
_ADDRESSES: Final = ("license", "spatialCoverage", "url", "usageInfo")
#: What stands inside what, where it is first met.
_INSIDE: Final = ("publisher", "creator", "includedInDataCatalog", "distribution", "contactPoint")

_About = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


def embedded(statements: Iterable[bytes], top: str, language: str) -> bytes:
    """Return what is said of the dataset in schema.org's terms, as JSON-LD on one line.

    :param statements: canonical N-Triples
    :param top: the IRI of the dataset
    :param language: of the texts
    """
    about: _About = defaultdict(lambda: defaultdict(list))
    for triple in triples(b"".join(statements)):
        subject, predicate, value = triple
        if isinstance(subject, ox.NamedNode) and isinstance(value, (ox.NamedNode, ox.Literal)):
            about[subject.value][predicate.value].append(value)
    types = dict.fromkeys(_ADDRESSES, "@id") | {"contentUrl": expand("xsd:anyURI")}
    context = {"@vocab": _SCHEMA, **{name: {"@type": type_} for name, type_ in types.items()}}
    return msgspec.json.encode({"@context": context, **_object(about, top, language, frozenset())})


def _object(about: _About, iri: str, language: str, above: frozenset[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": iri}
    classes = [value.value.removeprefix(_SCHEMA) for value in about[iri].get(expand("rdf:type"), [])]
    if known := sorted(name for name in classes if "/" not in name):
        made["@type"] = known[0]
    for property_, values in sorted(about[iri].items()):
        name = property_.removeprefix(_SCHEMA)
        if name == property_:
            continue
        forms = [_form(about, name, value, language, above | {iri}) for value in values]
        given = [form for form in forms if form is not None]
        if given:
            made[name] = given if len(given) > 1 else given[0]
    return made


def _form(about: _About, name: str, value: ox.NamedNode | ox.Literal, language: str, above: frozenset[str]) -> Any:
    if isinstance(value, ox.NamedNode):
        if name in _ADDRESSES:
            return value.value
        if name in _INSIDE and value.value not in above:
            return _object(about, value.value, language, above)
        return {"@id": value.value}
    if value.language:
        # A name of no language, and a word by which something is found, help in any.
        return value.value if value.language in (language, "und") or name == "keywords" else None
    if value.datatype.value == expand("xsd:boolean"):
        return value.value == "true"
    return value.value
