"""What is wrong with the ontology, the concepts, the shapes or another artefact, in French and in English."""

from __future__ import annotations

from typing import Final

from commons_ld.messages import Language
from commons_ld.sentences import Sentence

__all__ = ["WORDS", "said"]

WORDS: Final[dict[str, Sentence]] = {
    # Any of them.
    "unreadable": Sentence(
        "ne peut pas être lu ({value}) ; voir que le fichier est là, en UTF-8",
        "cannot be read ({value}); see that the file is there, in UTF-8",
    ),
    "broken": Sentence(
        "ne suit pas sa syntaxe ({value}) ; le corriger là", "breaks its syntax ({value}); mend it there"
    ),
    "blank-node": Sentence(
        "{value} est un nœud anonyme, qui n'a pas de nom pour les autres ; lui donner un IRI",
        "{value} is a blank node, which has no name for others; give it an IRI",
    ),
    # Shapes.
    "no-target": Sentence(
        "aucune forme n'a de cible telle que sh:targetClass, et rien ne serait validé",
        "no shape has a target such as sh:targetClass, so nothing would be checked",
    ),
    "refused": Sentence("pySHACL refuse ces formes : {value}", "pySHACL refuses these shapes: {value}"),
    "not-applied": Sentence("pySHACL ne peut pas l'appliquer : {value}", "pySHACL cannot apply it: {value}"),
    "not-shacl": Sentence("n'est pas comme SHACL le demande : {value}", "is not as SHACL demands: {value}"),
    "unknown-term": Sentence(
        "{value} n'est pas connu, ou pas pris en charge ; le plus proche connu est {near}",
        "{value} is unknown, or not supported; the nearest known is {near}",
    ),
    "recursive": Sentence(
        "une forme renvoie à elle-même, ce que SHACL laisse indéfini : {value}",
        "a shape refers to itself, which SHACL leaves undefined: {value}",
    ),
    # The JSON-LD context.
    "no-context": Sentence("n'est pas un contexte JSON-LD : {value}", "is no JSON-LD context: {value}"),
    "term-not-understood": Sentence(
        "'{value}' est défini d'une façon qui n'est pas comprise ; voir docs/outputs.md",
        "'{value}' is defined in a way that is not understood; see docs/outputs.md",
    ),
    # The cookbook.
    "said-twice": Sentence("ligne {line} : {value} est dit deux fois", "line {line}: {value} is said twice"),
    "no-header": Sentence(
        "ligne {line} : « # title@fr: … » ou une ligne qui continue était attendu, et non « {value} »",
        "line {line}: expected '# title@fr: …' or a line that goes on, found '{value}'",
    ),
    "lacks": Sentence("il y manque {value}", "lacks {value}"),
    "no-query": Sentence(
        "il y manque une requête après la première ligne vide", "lacks a query after the first blank line"
    ),
}


def said(code: str, value: object = "", near: str = "", line: int = 0) -> dict[Language, str]:
    """Return what is said, in each language.

    :param code: of :data:`WORDS`
    :param value: what it is about
    :param near: what may have been meant
    :param line: of the file

    >>> said("blank-node", "_:x")["en"]
    '_:x is a blank node, which has no name for others; give it an IRI'
    """
    # What a parser says of a file is told whole: whoever mends it needs all of it.
    facts = {"value": " ".join(str(value).split()), "near": near, "line": line}
    return {"fr": WORDS[code].fr.format(**facts), "en": WORDS[code].en.format(**facts)}
