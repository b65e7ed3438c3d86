"""What stands in the way of a publication, in French and in English, and what to do about it."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]

WORDS: Final[dict[str, Sentence]] = {
    # What the system refuses.
    "disk-full": Sentence(
        "le disque est plein ; libérer de la place, puis recommencer",
        "the disk is full; free some space, then run again",
    ),
    "share-full": Sentence(
        "votre part du disque est épuisée ; libérer de la place, puis recommencer",
        "your share of the disk is used up; free some space, then run again",
    ),
    "too-large": Sentence(
        "le fichier serait plus grand que ce qui est permis ici ; choisir un autre disque avec --out",
        "the file would be larger than files may be here; choose another disk with --out",
    ),
    "not-permitted": Sentence(
        "il n'est pas permis d'y écrire ; s'en donner le droit, ou choisir un autre dossier avec --out",
        "may not be written; give yourself the right to, or choose another folder with --out",
    ),
    "only-read": Sentence(
        "est sur un disque qui ne peut qu'être lu ; choisir un autre dossier avec --out",
        "is on a disk that can only be read; choose another folder with --out",
    ),
    "file-above": Sentence(
        "a un fichier parmi les dossiers qui sont au-dessus ; choisir un autre dossier avec --out",
        "has a file among the folders above it; choose another folder with --out",
    ),
    "long-name": Sentence(
        "est un nom trop long pour ce disque ; choisir un autre dossier avec --out",
        "is too long a name for this disk; choose another folder with --out",
    ),
    "not-written": Sentence("ne peut pas être écrit ({value})", "cannot be written ({value})"),
    "not-written-for-room": Sentence(
        "ne peut pas être écrit ({value}) ; libérer de la place, puis recommencer",
        "cannot be written ({value}); free some space, then run again",
    ),
    "not-sorted": Sentence(
        "rien ne peut y être trié ({value}) ; libérer de la place, puis recommencer",
        "nothing can be sorted there ({value}); free some space, then run again",
    ),
    "not-kept": Sentence(
        "rien ne peut y être gardé ({value}) ; libérer de la place, puis recommencer",
        "nothing can be kept there ({value}); free some space, then run again",
    ),
    # What would not be in it any more.
    "vanished": Sentence(
        "{gone} des {known} fiches publiées seraient retirées, plus qu'on ne croit sans demander : {value}. "
        "Rien n'est changé. Voir par commons-ld validate ce qui est refusé ou retenu, et si toutes les sources sont "
        "là ; si c'est voulu, lancer commons-ld export --allow-deletions",
        "{gone} of the {known} published records would be withdrawn, more than is believed without asking: {value}. "
        "Nothing was changed. See by commons-ld validate what is refused or held back, and whether all sources are "
        "there; if it is meant, run commons-ld export --allow-deletions",
    ),
    "vanished-with-base": Sentence(
        "base_iri a changé, si bien que {gone} fiches publiées auraient une autre adresse, et que l'ancienne serait "
        "retirée : {value}. Rien n'est changé. Si personne ne s'en sert encore, ou si c'est voulu, lancer "
        "commons-ld export --allow-deletions",
        "base_iri is another one, so that {gone} published records would have another address, and the old one would "
        "be withdrawn: {value}. Nothing was changed. If nobody uses it yet, or if it is meant, run "
        "commons-ld export --allow-deletions",
    ),
    # Where it is to lie, and who else is at work.
    "no-place": Sentence(
        "ne peut pas être une publication ; choisir un autre dossier avec --out",
        "cannot be a publication; choose another folder with --out",
    ),
    "link": Sentence(
        "est un lien vers {value} ; l'enlever, ou choisir un autre dossier avec --out",
        "is a link to {value}; remove it, or choose another folder with --out",
    ),
    "foreign-folder": Sentence(
        "est un dossier dont les fichiers n'ont pas été publiés ici ; le déplacer, ou en choisir un autre avec --out",
        "is a folder whose files were not published here; move it away, or choose another one with --out",
    ),
    "file": Sentence(
        "est un fichier, et non un dossier ; le déplacer, ou choisir un autre dossier avec --out",
        "is a file, and no folder; move it away, or choose another folder with --out",
    ),
    "being-written": Sentence(
        "une autre publication est en train de s'écrire (processus {value}) ; en attendre la fin, puis recommencer",
        "another publication is being written (process {value}); wait for its end, then run again",
    ),
    "at-work": Sentence(
        "un autre commons-ld est au travail ici (processus {value}) ; en attendre la fin, puis réessayer",
        "another commons-ld is at work here (process {value}); wait for it to end, then try again",
    ),
    "no-state": Sentence(
        "le dossier du registre ne peut pas servir : {value} ; en nommer un autre avec --state",
        "the state folder cannot be used: {value}; name another with --state",
    ),
    "no-ledger": Sentence(
        "rien n'y est su de ce qui est publié dans {value} : quelles fiches ont été retirées, qui est à oublier, quel "
        "IRI a quelle page. Rien n'est changé. Remettre le dossier tel qu'il était (un registre abîmé y est resté, "
        "ledger.sqlite.broken), ou nommer le bon avec --state. S'il est perdu, ôter des sources ce qui avait été "
        "retiré, puis lancer commons-ld export --allow-deletions",
        "nothing is known there of what is published in {value}: which records were withdrawn, who is to be forgotten, "
        "which page has which IRI. Nothing was changed. Put the folder back as it was (a damaged ledger is left in "
        "it, ledger.sqlite.broken), or name the right one with --state. If it is lost, take out of the sources what "
        "had been taken back, then run commons-ld export --allow-deletions",
    ),
    "ledger-unfit": Sentence(
        "{value} ; voir s'il y a de la place sur le disque, puis réessayer",
        "{value}; see that there is room on the disk, then try again",
    ),
    "ledger-broken": Sentence(
        "{value} ; réessayer : un nouveau registre sera commencé", "{value}; try again, and a new one is begun"
    ),
    # What stands.
    "none": Sentence(
        "il n'y a pas de publication ; lancer d'abord commons-ld export",
        "there is no publication; run commons-ld export first",
    ),
    "no-site": Sentence(
        "n'a pas de site d'une publication ; lancer d'abord commons-ld export",
        "holds no site of a publication; run commons-ld export first",
    ),
    "changed-since": Sentence(
        "'{value}' n'est pas tel qu'il a été publié ; lancer commons-ld export pour le refaire",
        "'{value}' is not as it was published; run commons-ld export to make it again",
    ),
    "not-read": Sentence(
        "ne peut pas être lu : {value} ; relancer commons-ld export",
        "cannot be read: {value}; run commons-ld export again",
    ),
    "incomplete": Sentence(
        "n'est pas complet : {value} ; relancer commons-ld export",
        "is not all there: {value}; run commons-ld export again",
    ),
    "damaged": Sentence(
        "n'est pas ce qu'en dit SHA256SUMS ; relancer commons-ld export",
        "is not what SHA256SUMS says of it; run commons-ld export again",
    ),
    "not-rendered": Sentence(
        "'{value}' n'a pas été rendu ; relancer commons-ld export",
        "'{value}' was not rendered; run commons-ld export again",
    ),
    "no-file": Sentence(
        "'{value}' n'est pas un fichier de cette publication", "'{value}' is no file of this publication"
    ),
    "no-name": Sentence(
        "'{value}' n'est pas admis comme nom de fichier dans une publication",
        "'{value}' is refused as the name of a file in a publication",
    ),
    "behind-link": Sentence(
        "se trouve derrière un lien, qui peut mener ailleurs ; enlever ce lien",
        "is behind a link, which may lead elsewhere; remove that link",
    ),
    "no-index": Sentence(
        "il n'y a pas d'index de recherche pour l'instant ; commons-ld export le fait",
        "there is no search index at the moment; commons-ld export makes it",
    ),
    # What is served.
    "not-loaded": Sentence(
        "la nouvelle publication ne peut pas être chargée maintenant ({value}) ; un nouvel essai suivra",
        "the new publication cannot be loaded now ({value}); it is tried again",
    ),
    # What is taken back.
    "not-withdrawn": Sentence(
        "'{value}' n'a pas été retiré ; le nommer comme il l'a été alors",
        "'{value}' was not withdrawn; name it as it was named then",
    ),
    "no-record": Sentence(
        "il n'y a pas de notice '{value}' ; donner son IRI, ou ce qui y suit base_iri",
        "there is no record '{value}'; give its IRI, or what follows base_iri",
    ),
    "one-word": Sentence(
        "donner le prénom et le nom : un mot seul peut être celui de n'importe qui",
        "give first and last name: one word alone may be anybody's",
    ),
    "not-forgotten": Sentence(
        "personne de ce nom n'a été oublié ; donner le nom comme il l'a été alors",
        "nobody of that name was forgotten; give the name as it was given then",
    ),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
