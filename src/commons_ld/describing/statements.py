"""Say something: statements of the description, made of names and values, as canonical N-Triples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from commons_ld.catalogue_codes import names_of_code
from commons_ld.iris import IriPolicy
from commons_ld.rdf import terms
from commons_ld.rdf.namespaces import PREFIXES, expand

__all__ = ["PREFIXES_HERE", "Statements", "authority", "label_of"]

#: Prefixes of the description, besides those of records.
PREFIXES_HERE: Final = PREFIXES | {
    "adms": "http://www.w3.org/ns/adms#",
    "dcatap": "http://data.europa.eu/r5r/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"


def authority(table: str, code: str) -> str:
    """Return the IRI of a code in a table of the Publications Office of the European Union.

    >>> authority("frequency", "MONTHLY")
    'http://publications.europa.eu/resource/authority/frequency/MONTHLY'
    """
    return f"{_AUTHORITY}{table}/{code}"


def label_of(iri: str) -> dict[str, str]:
    """Return what a code of catalogues is called in each language; one that is not known, as its table writes it.

    >>> label_of(authority("frequency", "MONTHLY"))
    {'fr': 'mensuel', 'en': 'monthly'}
    >>> label_of(authority("frequency", "EACH_FULL_MOON"))
    {'und': 'EACH_FULL_MOON'}
    """
    table, _, code = iri.rpartition("/")
    return names_of_code(table.rpartition("/")[2], code) or {"und": code}


class Statements:
    """The statements of one graph, without blank nodes, each once.

    >>> said = Statements("https://example.org/")
    >>> said.text(said.part("dataset"), {"fr": "Un jeu"}, "dcterms:title")
    >>> list(said)
    [b'<https://example.org/catalog#dataset> <http://purl.org/dc/terms/title> "Un jeu"@fr .\\n']
    """

    def __init__(self, base_iri: str) -> None:
        self.policy: Final = IriPolicy(base_iri)
        self.catalog: Final = f"{base_iri}catalog"
        self._lines: Final = set[bytes]()

    def part(self, name: str) -> str:
        """Return the IRI of something that only the description knows: below that of its document."""
        return f"{self.catalog}{'.' if self.policy.base_iri.endswith('#') else '#'}{name}"

    def iri(self, subject: str, object_: str, *properties: str) -> None:
        """Say that something has an IRI as the value of some properties, such as ``dcterms:license``."""
        self._say(subject, terms.iri(object_), properties)

    def name(self, subject: str, curie: str, *properties: str) -> None:
        """Say that something has a term of a vocabulary as the value of some properties."""
        self._say(subject, terms.iri(expand(curie, PREFIXES_HERE)), properties)

    def text(self, subject: str, texts: Mapping[str, str], *properties: str) -> None:
        """Say something in some languages."""
        for language, text in texts.items():
            self._say(subject, terms.text(text, language), properties)

    def string(self, subject: str, text: str, *properties: str) -> None:
        """Say a text that is in no language."""
        self._say(subject, terms.string(text), properties)

    def typed(self, subject: str, value: str, datatype: str, *properties: str) -> None:
        """Say a value of a datatype, such as ``xsd:hexBinary``."""
        self._say(subject, terms.string(value) + b"^^" + terms.iri(expand(datatype, PREFIXES_HERE)), properties)

    def literal(self, subject: str, literal: str, *properties: str) -> None:
        """Say a literal that is canonical N-Triples already."""
        self._say(subject, literal.encode(), properties)

    def copy(self, subject: str, predicate: str, value: str) -> None:
        """Say what another graph says, in terms of canonical N-Triples."""
        self._lines.add(f"{subject} {predicate} {value} .\n".encode())

    def integer(self, subject: str, number: int, *properties: str) -> None:
        """Say a number."""
        self._say(subject, terms.integer(number), properties)

    def stub(self, iri: str, *classes: str, label: Mapping[str, str] | None = None) -> None:
        """Say what an IRI of somebody else's is, so that validators that fetch nothing know."""
        for class_ in classes:
            self.name(iri, class_, "rdf:type")
        self.text(iri, label or {}, "skos:prefLabel" if "skos:Concept" in classes else "rdfs:label")
        if "schema:Place" in classes:
            self.text(iri, label or {}, "schema:name")

    def __iter__(self) -> Iterator[bytes]:
        """Yield the statements as lines, sorted."""
        return iter(sorted(self._lines))

    def _say(self, subject: str, term: bytes, properties: tuple[str, ...]) -> None:
        about = terms.iri(subject)
        for name in properties:
            self._lines.add(b"%b %b %b .\n" % (about, terms.iri(expand(name, PREFIXES_HERE)), term))
