"""What is said to a person about the concepts, in French and in English."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from commons_ld.messages import Language
from commons_ld.sentences import Sentence, filled
from commons_ld.text import nearest, shown

__all__ = ["WORDS", "said", "unknown"]


#: One row a sentence: what is wrong or was done, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    # What was asked for.
    "no-concept": Sentence(
        "aucun concept ne s'appelle ainsi{near} ; commons-ld vocab list les montre",
        "no concept is called so{near}; commons-ld vocab list shows them",
    ),
    "several": Sentence(
        "plusieurs concepts s'appellent ainsi : {value} ; donner le nom du concept",
        "several concepts are called so: {value}; give the name of the concept",
    ),
    "no-candidate": Sentence(
        "ce n'est pas un concept candidat{near} ; commons-ld vocab candidates les montre",
        "this is no candidate concept{near}; commons-ld vocab candidates shows them",
    ),
    "known": Sentence(
        "ce libellé est déjà celui de {value} ; en donner un autre, ou fusionner les deux par commons-ld vocab merge",
        "this label is that of {value} already; give another one, or make the two one by commons-ld vocab merge",
    ),
    "into-itself": Sentence(
        "un concept ne se remplace pas lui-même ; en donner un autre",
        "a concept does not replace itself; give another one",
    ),
    "given-up": Sentence(
        "ce concept est déjà abandonné ; donner celui qui le remplace",
        "this concept was given up already; give the one that replaces it",
    ),
    "no-facet": Sentence(
        "la liste n'a pas de facette de ce nom ; elle a : {value}",
        "the scheme has no facet of that name; it has: {value}",
    ),
    "bad-label": Sentence(
        "le libellé est vide, ou contient un caractère qui ne s'écrit pas ; en donner un autre",
        "the label is empty, or holds a character that cannot be written; give another one",
    ),
    "one-label": Sentence(
        "plusieurs libellés ne peuvent avoir la même traduction ; les accepter un par un",
        "several labels cannot have the same translation; accept them one by one",
    ),
    "no-report": Sentence(
        "aucun rapport d'export n'est là, qui dirait les candidats ; faire d'abord commons-ld export",
        "there is no report of an export, which would tell the candidates; run commons-ld export first",
    ),
    # The file.
    "uneditable": Sentence(
        "le fichier est écrit d'une façon qui n'est pas comprise ici, et n'est pas changé ; le changer à la main, "
        "ou l'écrire comme celui de commons-ld",
        "the file is written in a way that is not understood here, and was not changed; change it by hand, or write it "
        "as commons-ld's is written",
    ),
    "changed-meanwhile": Sentence(
        "le fichier a été changé entre-temps, et n'est pas touché ; recommencer",
        "the file was changed meanwhile, and was not touched; run again",
    ),
    "unusable": Sentence(
        "le fichier ne peut être écrit ({value}) ; y permettre l'écriture, ou faire de la place",
        "the file cannot be written ({value}); allow writing there, or make room",
    ),
    "not-utf-8": Sentence(
        "le fichier n'est pas en UTF-8 ; l'enregistrer ainsi",
        "the file is not in UTF-8; save it so",
    ),
    "copied": Sentence(
        "{value} est fait, d'après les concepts qui viennent avec commons-ld : il est désormais le vôtre.",
        "Made {value} of the concepts that come with commons-ld: it is yours from now on.",
    ),
    "export-now": Sentence("Pour le publier : commons-ld export", "To publish it: commons-ld export"),
    # What was done.
    "accepted": Sentence("{value} est un concept : {iri}", "{value} is a concept: {iri}"),
    "labelled": Sentence("{value} est un autre libellé de {into}", "{value} is another label of {into}"),
    "merged": Sentence(
        "{value} est remplacé par {into}, et garde son adresse", "{value} is replaced by {into}, and keeps its address"
    ),
    "renamed": Sentence("{value} s'appelle maintenant {label}", "{value} is now called {label}"),
    "deprecated": Sentence("{value} est abandonné, et garde son adresse", "{value} is given up, and keeps its address"),
    # What is wrong with a scheme: the conditions of SKOS, then what makes it hard to use.
    "S9": Sentence(
        "est à la fois un concept et une liste de concepts (SKOS, S9)",
        "is both a concept and a concept scheme (SKOS, S9)",
    ),
    "S13": Sentence(
        "a « {value} » à la fois pour libellé et pour autre libellé (SKOS, S13) ; ôter l'un des deux",
        "has “{value}” both as its label and as another label (SKOS, S13); take one of them away",
    ),
    "S14": Sentence(
        "a plusieurs libellés en {language} : {value} (SKOS, S14) ; n'en garder qu'un, les autres en skos:altLabel",
        "has several labels in {language}: {value} (SKOS, S14); keep one, the others as skos:altLabel",
    ),
    "S27": Sentence(
        "est à la fois en relation avec {value} et plus large ou plus étroit que lui (SKOS, S27)",
        "is both related to {value} and broader or narrower than it (SKOS, S27)",
    ),
    "S46": Sentence(
        "est à la fois le même que {value} et plus large, plus étroit ou voisin (SKOS, S46)",
        "is both an exact match of {value} and a broader, narrower or related one (SKOS, S46)",
    ),
    "no-label": Sentence(
        "n'a aucun libellé ; en écrire un (skos:prefLabel)", "has no label; write one (skos:prefLabel)"
    ),
    "ambiguous": Sentence(
        "partage le libellé « {value} » avec {others} : une page qui l'écrit ne trouve aucun des deux",
        "shares the label “{value}” with {others}: a page that writes it finds neither",
    ),
    "cycle": Sentence("est plus large que lui-même, par {value}", "is broader than itself, by {value}"),
    "unknown-link": Sentence(
        "est lié par {predicate} à {value}, qui n'est pas un concept d'ici",
        "is linked by {predicate} to {value}, which is no concept here",
    ),
    "bad-language": Sentence(
        "a « {value} » avec l'étiquette de langue {language}, qui n'en est pas une ; écrire fr, en ou es",
        "has “{value}” with the language tag {language}, which is none; write fr, en or es",
    ),
    "bad-replacement": Sentence(
        "est remplacé par {value}, qui n'est pas un concept en vigueur",
        "is replaced by {value}, which is no concept in force",
    ),
    "orphan": Sentence(
        "n'est dans aucune facette et n'a aucun lien : personne ne le trouve en parcourant la liste",
        "is in no facet and has no link: nobody finds it by browsing the scheme",
    ),
    "foreign": Sentence(
        "a pour IRI {value}, hors de {base}, et n'a donc pas de page sur le site ; si base_iri a changé, l'écrire "
        "aussi dans le fichier des concepts",
        "has the IRI {value}, outside {base}, and so no page on the site; if base_iri was changed, write it in the "
        "file of the concepts too",
    ),
    "missing-language": Sentence(
        "n'a pas de libellé en {language} ; le donner par commons-ld vocab rename {value} LIBELLÉ --in {language}",
        "has no label in {language}; give it by commons-ld vocab rename {value} LABEL --in {language}",
    ),
    "no-definition": Sentence("n'a pas de définition (skos:definition)", "has no definition (skos:definition)"),
    "all-well": Sentence("{value} concepts : rien à redire.", "{value} concepts: nothing to mend."),
    "summary": Sentence(
        "{value} concepts : {faults} fautes, {warnings} avertissements, {advice} conseils.",
        "{value} concepts: {faults} faults, {warnings} warnings, {advice} pieces of advice.",
    ),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)


def unknown(code: str, label: str, known: Iterable[str]) -> dict[Language, str]:
    """Return a sentence about a label that is not known, with the known one that resembles it, if one does."""
    close = shown(nearest(label, known))
    near = (f" (peut-être : {close} ?)", f" (perhaps: {close}?)") if close else ("", "")
    return {"fr": WORDS[code].fr.format(near=near[0]), "en": WORDS[code].en.format(near=near[1])}
