"""Rules about things of a graph: what a harvester demands of them, and in what words it is told that they lack it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, Generic, NamedTuple, TypeVar

import pyoxigraph as ox

from commons_ld.describing.statements import PREFIXES_HERE
from commons_ld.messages import Severity
from commons_ld.rdf.namespaces import expand as expanded

__all__ = [
    "Finding",
    "Found",
    "Holds",
    "Rule",
    "Subject",
    "Target",
    "Thing",
    "Verdict",
    "applied",
    "broken",
    "each",
    "expand",
    "iris",
    "is_iri",
    "is_tagged",
    "most",
    "one",
    "some",
    "unreadable",
]

_PREFIXES: Final = PREFIXES_HERE | {
    "dc": "http://purl.org/dc/elements/1.1/",
    "edm": "http://www.europeana.eu/schemas/edm/",
    "ldes": "https://w3id.org/ldes#",
    "ore": "http://www.openarchives.org/ore/terms/",
    "tree": "https://w3id.org/tree#",
}

#: Returns the IRI of a short name, of a vocabulary that a harvester reads.
expand: Final = partial(expanded, prefixes=_PREFIXES)

_Term = ox.NamedNode | ox.Literal


class Thing(NamedTuple):
    """Something of a graph."""

    store: ox.Store
    iri: str

    def all(self, path: str) -> list[_Term]:
        """Return the values of a property, or of a path such as ``schema:publisher/schema:name``."""
        found: list[_Term] = [ox.NamedNode(self.iri)]
        for step in path.split("/"):
            name = ox.NamedNode(expand(step))
            found = [
                quad.object
                for node in found
                if isinstance(node, ox.NamedNode)
                for quad in self.store.quads_for_pattern(node, name, None, None)
                if isinstance(quad.object, (ox.NamedNode, ox.Literal))
            ]
        return found

    def is_a(self, *classes: str) -> bool:
        """Tell whether it is of one of some classes."""
        return bool({expand(class_) for class_ in classes} & {value.value for value in self.all("rdf:type")})


Holds = Callable[[Thing], bool]
Subject = TypeVar("Subject")


class Rule(NamedTuple, Generic[Subject]):
    """What is demanded of each thing of a kind.

    :param code: what it is called in tests and in JSON
    :param severity: whether the harvester refuses what breaks it, warns, or only advises
    :param holds: returns something true for what keeps it
    :param setting: the setting by which it would be kept, or ``""`` where that is no matter of settings
    """

    code: str
    severity: Severity
    holds: Callable[[Subject], object]
    fr: str
    en: str
    setting: str = ""


class Target(NamedTuple):
    """Things that rules are about.

    :param label: what they are called, in French and in English
    :param least: how many there must be: without one, nothing is checked, and the harvester takes nothing
    """

    classes: tuple[str, ...]
    label: tuple[str, str]
    rules: tuple[Rule[Thing], ...]
    least: int = 1

    def things(self, store: ox.Store) -> Iterator[Thing]:
        """Yield what is of the classes, each once."""
        seen = set[str]()
        for class_ in self.classes:
            for quad in store.quads_for_pattern(
                None, ox.NamedNode(expand("rdf:type")), ox.NamedNode(expand(class_)), None
            ):
                if isinstance(quad.subject, ox.NamedNode) and (
                    len(self.classes) == 1 or quad.subject.value not in seen
                ):
                    seen.add(quad.subject.value)
                    yield Thing(store, quad.subject.value)


class Finding(NamedTuple):
    """A rule that something breaks.

    :param node: its IRI or the name of its file
    :param setting: the setting by which it would be kept, or ``""``
    """

    code: str
    severity: Severity
    node: str
    fr: str
    en: str
    setting: str = ""


#: What is found, and how many things of each kind were looked at, by their French and English label.
Found = tuple[list[Finding], dict[tuple[str, str], int]]


class Verdict(NamedTuple):
    """What a harvester would say.

    :param focus_nodes: how many things of each kind were looked at, by their French and English label
    """

    harvester: str
    findings: tuple[Finding, ...]
    focus_nodes: dict[tuple[str, str], int]

    @property
    def word(self) -> str:
        """``rejected``, ``warnings`` or ``accepted``."""
        severities = {finding.severity for finding in self.findings}
        return "rejected" if "Violation" in severities else "warnings" if "Warning" in severities else "accepted"


def broken(rules: Iterable[Rule[Subject]], subject: Subject, node: str) -> Iterator[Finding]:
    """Yield a finding for each rule that something breaks.

    :param node: what it is called
    """
    for rule in rules:
        if not rule.holds(subject):
            yield Finding(rule.code, rule.severity, node, rule.fr, rule.en, rule.setting)


def applied(targets: tuple[Target, ...], store: ox.Store) -> Found:
    """Return what breaks the rules, and how many things of each kind there were."""
    findings: list[Finding] = []
    counts: dict[tuple[str, str], int] = {}
    for target in targets:
        counts[target.label] = 0
        for thing in target.things(store):
            counts[target.label] += 1
            findings += broken(target.rules, thing, thing.iri)
        if counts[target.label] < target.least:
            findings.append(nothing(target.label))
    return findings, counts


def nothing(label: tuple[str, str]) -> Finding:
    """Return what is said where there is nothing to look at: that nothing is wrong would be said of it too."""
    fr, en = _MADE_OF.get(label[1], ("", ""))
    return Finding(
        "nothing-to-check", "Violation", "",
        f"Rien à vérifier : aucun élément « {label[0]} » ; le moissonneur ne prendrait rien.{fr}",
        f"Nothing to check: there is no '{label[1]}'; the harvester would take nothing.{en}",
    )  # fmt: skip


#: What pages have to tell for there to be one, by the English label of what there is none of.
_MADE_OF: Final = {
    "episode": (
        " Il en faut une page de média Audio ou Vidéo, où « URL de diffusion » mène à un fichier tel que .mp3 ou .mp4.",
        " One takes a page of the medium Audio or Vidéo whose 'URL de diffusion' leads to a file such as .mp3 or .mp4.",
    ),
    "manifest": (
        " Il en faut une page dont « URL de diffusion » mène au fichier, et qui dise sa « Durée ».",
        " One takes a page whose 'URL de diffusion' leads to the file, and that tells its 'Durée'.",
    ),
    "document": (
        " Il en faut une page dont le « Média » est Audio, Vidéo, Texte ou Fiche.",
        " One takes a page whose 'Média' is Audio, Vidéo, Texte or Fiche.",
    ),
}


def unreadable(name: str, reason: object) -> Finding:
    """Return what is said of a file of which a harvester could read nothing, or not all.

    :param reason: what is wrong with it
    """
    return Finding(
        "unreadable", "Violation", f"{name}: {reason}",
        "Un fichier ne peut être lu ; refaire l'export.",
        "A file cannot be read; run the export again.",
    )  # fmt: skip


def some(path: str) -> Holds:
    """Demand that there be a value, and no empty one."""
    return lambda thing: any(value.value.strip() for value in thing.all(path))


def one(path: str) -> Holds:
    """Demand that there be exactly one value."""
    return lambda thing: len(thing.all(path)) == 1


def iris(path: str) -> Holds:
    """Demand that there be a value, and that each be an http or https IRI."""
    return lambda thing: bool(values := thing.all(path)) and all(map(is_iri, values))


def most(path: str, bound: int = 1) -> Holds:
    """Demand that there be no more values than so many."""
    return lambda thing: len(thing.all(path)) <= bound


def each(path: str, good: Callable[[_Term], bool]) -> Holds:
    """Demand that each value be good."""
    return lambda thing: all(good(value) for value in thing.all(path))


def is_iri(value: _Term) -> bool:
    """Tell whether a value is an http or https IRI."""
    return isinstance(value, ox.NamedNode) and re.match(r"https?://[^/]", value.value) is not None


def is_tagged(value: _Term) -> bool:
    """Tell whether a value is a text whose language is told."""
    return isinstance(value, ox.Literal) and bool(value.language)
