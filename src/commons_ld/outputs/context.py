"""The JSON-LD context that we publish, as the rules by which a statement becomes a member of an object.

It understands the part of JSON-LD 1.1 that ``ontology/context.jsonld`` uses
(https://www.w3.org/TR/json-ld11/#context-definitions): prefixes, terms with ``@id``, terms whose ``@type`` is ``@id``
or a datatype, and the containers ``@set`` and ``@language``. Anything else is refused when the context is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from commons_ld.errors import ArtefactError
from commons_ld.rdf.namespaces import expand
from commons_ld.sentences.artefacts import said

__all__ = ["Context", "Term"]

#: A namespace whose IRI ends in one of these may be a prefix: JSON-LD 1.1, section 9.15, under ``@prefix``.
_GENERIC_DELIMITERS: Final = (":", "/", "?", "#", "[", "]", "@")
_MEMBERS: Final = frozenset({"@id", "@type", "@container"})
_CONTAINERS: Final = frozenset({"@set", "@language"})


class Term(NamedTuple):
    """A term of the context.

    :param name: the key of the member
    :param type: ``@id`` where its strings are IRIs, the datatype they have, or ``""`` where they are plain
    :param is_set: its value is always an array
    :param by_language: its value is an object of strings by language
    """

    name: str
    type: str = ""
    is_set: bool = False
    by_language: bool = False


class Context:
    """The terms of a JSON-LD context.

    :param definitions: the value of its ``@context``
    :param path: the file it was read from
    :raises ArtefactError: if it says something that is not understood here

    >>> context = Context({"schema": "https://schema.org/", "name": {"@id": "schema:name", "@container": "@language"}})
    >>> context.terms("https://schema.org/name")
    (Term(name='name', type='', is_set=False, by_language=True),)
    >>> context.shorten("https://schema.org/Event"), context.shorten("urn:other")
    ('schema:Event', 'urn:other')
    """

    def __init__(self, definitions: Mapping[str, Any], path: Path = Path("context.jsonld")) -> None:
        self.definitions: Final = definitions
        self._path: Final = path
        self._prefixes: Final = {
            name: value
            for name, value in definitions.items()
            if isinstance(value, str) and not name.startswith("@") and value.endswith(_GENERIC_DELIMITERS)
        }
        self._names: Final[dict[str, str]] = {}
        self._terms: Final[dict[str, tuple[Term, ...]]] = {}
        self._ranks: Final = {expand("rdf:type"): 0}
        for name, definition in definitions.items():
            if name == "@version":
                continue
            if name.startswith("@"):
                raise self._problem(name)
            if name in self._prefixes:
                continue
            iri, term = self._define(name, definition)
            self._names[name] = iri
            self._terms[iri] = (*self._terms.get(iri, ()), term)
            self._ranks.setdefault(iri, len(self._ranks))
        self._shortened: Final[dict[str, str]] = {}

    @classmethod
    def load(cls, path: Path) -> Context:
        """Read a context from its file.

        :raises ArtefactError: if it is not JSON, or not a context that is understood here
        """
        try:
            document = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
            return cls(document["@context"], path)
        except (OSError, msgspec.DecodeError, KeyError) as error:
            raise ArtefactError(path, said("no-context", error)) from error

    @cached_property
    def encoded(self) -> bytes:
        """The value of its ``@context`` as JSON."""
        return msgspec.json.encode(self.definitions)

    def terms(self, iri: str) -> tuple[Term, ...]:
        """Return the terms that stand for a property, in the order of the context."""
        return self._terms.get(iri, ())

    def rank(self, property_: str) -> tuple[int, str]:
        """Return what to sort properties by: the class first, then as the context has them, then all others."""
        return self._ranks.get(property_, len(self._ranks)), property_

    def shorten(self, iri: str) -> str:
        """Return the shortest name that a reader expands to ``iri`` where a class, datatype or property is named."""
        found = self._shortened.get(iri)
        if found is None:
            plain = [term.name for term in self.terms(iri) if not term.type and not term.by_language]
            found = self._shortened[iri] = plain[0] if plain else self._compact(iri)
        return found

    def _compact(self, iri: str) -> str:
        compact = [
            f"{prefix}:{iri.removeprefix(namespace)}"
            for prefix, namespace in self._prefixes.items()
            if iri.startswith(namespace) and not iri.removeprefix(namespace).startswith("//")
        ]
        # A compact name that is a term as well would bring that term's coercion along.
        return min((name for name in compact if name not in self._names), key=len, default=iri)

    def _define(self, name: str, definition: object) -> tuple[str, Term]:
        if isinstance(definition, str):
            definition = {"@id": definition}
        if not isinstance(definition, dict) or not definition.keys() <= _MEMBERS:
            raise self._problem(name)
        containers = definition.get("@container", [])
        containers = {containers} if isinstance(containers, str) else set(containers)
        type_ = definition.get("@type", "")
        if not containers <= _CONTAINERS:
            raise self._problem(name)
        if type_ and type_ != "@id":
            type_ = self._expand(type_, name)
        iri = self._expand(definition.get("@id", name), name)
        return iri, Term(name, type_, "@set" in containers, "@language" in containers)

    def _expand(self, name: str, of: str) -> str:
        prefix, colon, local = name.partition(":")
        if not colon or (prefix not in self._prefixes and not local.startswith("//")):
            raise self._problem(of)
        return name if local.startswith("//") else self._prefixes[prefix] + local

    def _problem(self, name: str) -> ArtefactError:
        return ArtefactError(self._path, said("term-not-understood", name))
