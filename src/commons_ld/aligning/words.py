"""What is said to a person about alignments, in French and in English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["PAGE", "WORDS", "said"]


#: One row a sentence: what is wrong or was done, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    "no-file": Sentence(
        "ce fichier ne peut être lu ({value}) ; en vérifier le nom",
        "this file cannot be read ({value}); check its name",
    ),
    "no-format": Sentence(
        "ce n'est ni du RDF (.ttl, .nt, .nq, .trig, .rdf, .owl, .jsonld) ni un dump de Wikibase (.json), "
        "paqueté ou non par gzip ou bzip2",
        "this is neither RDF (.ttl, .nt, .nq, .trig, .rdf, .owl, .jsonld) nor a dump of a Wikibase (.json), "
        "packed or not by gzip or bzip2",
    ),
    "broken": Sentence(
        "le fichier est mutilé ({value}) ; rien n'en est proposé",
        "the file is garbled ({value}); nothing of it is proposed",
    ),
    "doctype": Sentence(
        "ligne {line} : le type de document déclare plus que des abréviations d'adresses, ou les emploie à grossir le "
        "fichier sans mesure ; rien n'en est lu. Prendre le vocabulaire en Turtle",
        "line {line}: the document type declares more than short names of addresses, or these blow the file up beyond "
        "measure; nothing of it is read. Take the vocabulary in Turtle",
    ),
    "deep": Sentence(
        "ligne {line} : les éléments sont imbriqués trop profondément ; rien n'en est lu",
        "line {line}: elements stand too deep inside each other; nothing of it is read",
    ),
    "no-entity-base": Sentence(
        "un dump de Wikibase ne dit pas les adresses de ses entités : les donner par --entities, par exemple "
        "http://www.wikidata.org/entity/",
        "a dump of a Wikibase does not tell the addresses of its entities: give them by --entities, such as "
        "http://www.wikidata.org/entity/",
    ),
    "no-table": Sentence(
        "ce n'est pas une table de propositions : il y manque la colonne {value}",
        "this is no table of proposals: it lacks the column {value}",
    ),
    "bad-row": Sentence(
        "ligne {line}, {column} : « {value} » n'y va pas ; {what}",
        "line {line}, {column}: “{value}” does not belong there; {what}",
    ),
    "nobody": Sentence(
        "qui accepte n'est pas dit : remplir reviewer_label, ou donner --reviewer",
        "who accepts is not told: fill in reviewer_label, or give --reviewer",
    ),
    "in-use": Sentence(
        "la table contient des décisions qui ne sont pas encore prises en compte, et n'est pas récrite ; d'abord "
        "commons-ld align --apply, ou une autre table par --into",
        "the table holds decisions that were not taken in yet, and is not written anew; first commons-ld align "
        "--apply, or another table by --into",
    ),
    "nothing": Sentence(
        "aucune ligne n'est décidée : écrire accept ou refuse dans la colonne decision",
        "no row is decided: write accept or refuse into the column decision",
    ),
    "changed-meanwhile": Sentence(
        "le fichier a été changé entre-temps, et n'est pas touché ; recommencer",
        "the file was changed meanwhile, and was not touched; run again",
    ),
    "unusable": Sentence(
        "le fichier ne peut être écrit ({value}) ; y permettre l'écriture, ou faire de la place",
        "the file cannot be written ({value}); allow writing there, or make room",
    ),
    "proposed": Sentence(
        "{value} propositions sur {labels} libellés lus, dans {table} et {page}.",
        "{value} proposals of {labels} labels that were read, in {table} and {page}.",
    ),
    "next": Sentence(
        "Ouvrir la page, ou la table ; décider ; puis commons-ld align --apply {table}",
        "Open the page, or the table; decide; then commons-ld align --apply {table}",
    ),
    "none": Sentence(
        "Rien à proposer sur {labels} libellés lus.",
        "Nothing to propose of {labels} labels that were read.",
    ),
    "applied": Sentence(
        "{accepted} acceptées, {refused} refusées, {withdrawn} retirées ; {undecided} à décider.",
        "{accepted} accepted, {refused} refused, {withdrawn} withdrawn; {undecided} to decide.",
    ),
    "export-now": Sentence("Pour les publier : commons-ld export", "To publish them: commons-ld export"),
}

#: What stands on the page of proposals.
PAGE: Final[dict[str, Sentence]] = {
    "title": Sentence("Alignements proposés", "Proposed alignments"),
    "lead": Sentence(
        "Chaque ligne propose que quelque chose d'ici soit la même chose, ou presque, que quelque chose d'ailleurs. "
        "Décidez, puis enregistrez la table, et donnez-la à commons-ld align --apply.",
        "Each row proposes that something here is the same as, or near to, something elsewhere. Decide, then save the "
        "table, and give it to commons-ld align --apply.",
    ),
    "ours": Sentence("Ici", "Here"),
    "theirs": Sentence("Ailleurs", "Elsewhere"),
    "relation": Sentence("Relation", "Relation"),
    "score": Sentence("Score", "Score"),
    "evidence": Sentence("Indice", "Evidence"),
    "decision": Sentence("Décision", "Decision"),
    "accept": Sentence("accepter", "accept"),
    "refuse": Sentence("refuser", "refuse"),
    "undecided": Sentence("à décider", "undecided"),
    "comment": Sentence("Pourquoi", "Why"),
    "reviewer": Sentence("Qui décide", "Who decides"),
    "date": Sentence("Date", "Date"),
    "save": Sentence("Enregistrer la table", "Save the table"),
    "skos:exactMatch": Sentence("le même", "the same"),
    "skos:closeMatch": Sentence("presque le même", "nearly the same"),
    "skos:broadMatch": Sentence("plus large ailleurs", "broader there"),
    "skos:narrowMatch": Sentence("plus étroit ailleurs", "narrower there"),
    "skos:relatedMatch": Sentence("en relation", "related"),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
