"""What is said to a person about SPARQL stores, in French and in English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]

#: One row a sentence: what is wrong or was done, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    # The address, and what answers there.
    "bad-address": Sentence(
        "ce n'est pas l'adresse d'un dépôt SPARQL ; en donner une qui commence par http:// ou https://",
        "this is no address of a SPARQL store; give one that begins with http:// or https://",
    ),
    "address-with-password": Sentence(
        "l'adresse contient un nom ou un mot de passe ; l'en ôter, et les donner dans COMMONS_LD_STORE_USER et "
        "COMMONS_LD_STORE_PASSWORD",
        "the address holds a name or a password; take them out, and give them in COMMONS_LD_STORE_USER and "
        "COMMONS_LD_STORE_PASSWORD",
    ),
    "unreachable": Sentence(
        "le dépôt ne répond pas ({value}) ; vérifier l'adresse et qu'il est démarré, puis recommencer",
        "the store does not answer ({value}); check the address and that it runs, then run again",
    ),
    "nobody": Sentence(
        "le dépôt ne répond pas : aucun programme n'écoute à cette adresse ; vérifier l'adresse et que le dépôt est "
        "démarré, puis recommencer",
        "the store does not answer: no program listens at this address; check the address and that the store runs, "
        "then run again",
    ),
    "no-host": Sentence(
        "le dépôt ne répond pas : ce nom de machine est inconnu ; vérifier comment l'adresse est écrite, et la "
        "connexion au réseau, puis recommencer",
        "the store does not answer: the name of its machine is not known; check how the address is written, and the "
        "network, then run again",
    ),
    "silent": Sentence(
        "le dépôt ne répond pas : rien n'est venu pendant {value} s ; attendre qu'il soit moins occupé, ou "
        "plus longtemps avec --timeout, puis recommencer",
        "the store does not answer: nothing came for {value} s; wait until it is less busy, or longer with "
        "--timeout, then run again",
    ),
    "untrusted": Sentence(
        "le certificat du dépôt n'est pas reconnu ({value}), et rien ne lui est envoyé sans ; le faire renouveler",
        "the certificate of the store is not trusted ({value}), and nothing is sent without it; have it renewed",
    ),
    "redirected": Sentence(
        "le dépôt renvoie vers {value}, qui n'est pas suivi ; donner cette adresse si c'est la bonne",
        "the store sends on to {value}, which is not followed; give that address if it is the right one",
    ),
    "login-needed": Sentence(
        "le dépôt demande un nom et un mot de passe ; les donner dans COMMONS_LD_STORE_USER et "
        "COMMONS_LD_STORE_PASSWORD",
        "the store asks for a name and a password; give them in COMMONS_LD_STORE_USER and COMMONS_LD_STORE_PASSWORD",
    ),
    "login-refused": Sentence(
        "le dépôt refuse le nom ou le mot de passe ; vérifier COMMONS_LD_STORE_USER et COMMONS_LD_STORE_PASSWORD",
        "the store refuses the name or the password; check COMMONS_LD_STORE_USER and COMMONS_LD_STORE_PASSWORD",
    ),
    "login-unknown": Sentence(
        "le dépôt demande une authentification ni « basic » ni « digest » ; en configurer une des deux",
        "the store asks for an authentication that is neither basic nor digest; set up one of these",
    ),
    "password-in-clear": Sentence(
        "Le mot de passe passe en clair sur le réseau jusqu'à {value} ; prendre une adresse en https://.",
        "The password goes over the network in clear to {value}; take an address with https://.",
    ),
    "status": Sentence(
        "le dépôt répond {value} ; attendre qu'il aille mieux, ou prévenir qui le tient, puis recommencer",
        "the store answers {value}; wait until it is well again, or tell those who run it, then run again",
    ),
    "gateway": Sentence(
        "ce qui se trouve devant le dépôt répond {value} ; vérifier que le dépôt lui-même est démarré, puis "
        "recommencer",
        "what stands before the store answers {value}; check that the store itself runs, then run again",
    ),
    "rejected": Sentence(
        "le dépôt refuse la requête : {value} ; vérifier que l'adresse est celle des requêtes, ou avec --update celle "
        "des mises à jour",
        "the store refuses the request: {value}; check that the address is the one of queries, or with --update the "
        "one of updates",
    ),
    "forbidden": Sentence(
        "le dépôt refuse la requête : {value} ; ce compte n'en a pas le droit, ou le dépôt est en lecture seule : "
        "demander ce droit à qui le tient, ou donner avec --update l'adresse des mises à jour",
        "the store refuses the request: {value}; this account has no right to it, or the store is read-only: ask those "
        "who run it for that right, or give the address of updates with --update",
    ),
    "not-there": Sentence(
        "le dépôt refuse la requête : {value}, il n'y a rien à cette adresse ; vérifier qu'elle est celle des requêtes "
        "SPARQL, ou avec --update celle des mises à jour",
        "the store refuses the request: {value}, there is nothing at this address; check that it is the one of SPARQL "
        "queries, or with --update the one of updates",
    ),
    "a-page": Sentence(
        "la réponse n'est pas celle d'un dépôt SPARQL mais une page web ({value}) : une page de connexion peut-être, "
        "ou un serveur mandataire ; ouvrir l'adresse dans un navigateur pour voir ce qui s'y trouve, puis la corriger",
        "the answer is not that of a SPARQL store but a web page ({value}): perhaps a form to sign in, or a proxy; "
        "open the address in a browser to see what is there, then correct it",
    ),
    "not-results": Sentence(
        "la réponse n'est pas celle d'un dépôt SPARQL ({value}) ; vérifier l'adresse, et ce qui se trouve devant "
        "le dépôt",
        "the answer is not that of a SPARQL store ({value}); check the address, and what stands before the store",
    ),
    "large": Sentence(
        "la réponse dépasse {value}, et n'est pas lue ; vérifier l'adresse",
        "the answer is larger than {value}, and is not read; check the address",
    ),
    "unordered": Sentence(
        "le dépôt ne rend pas ses lignes dans l'ordre demandé ; sans cela, rien n'y est chargé",
        "the store does not give its rows in the order that was asked for; nothing is loaded without that",
    ),
    "not-done": Sentence(
        "le dépôt dit avoir fait une mise à jour, et n'en garde rien ; vérifier que les adresses des mises à jour et "
        "des requêtes sont celles du même dépôt, et ce qui se trouve devant lui",
        "the store says that it did an update, and holds nothing of it; check that the addresses of updates and of "
        "queries are those of the same store, and what stands before it",
    ),
    "an-update": Sentence(
        "c'est une mise à jour ; seules des questions sont envoyées", "that is an update; only queries are sent"
    ),
    "answered-other": Sentence(
        "la réponse n'a pas le format demandé ({value}) ; en choisir un autre avec --format",
        "the answer is not in the format that was asked for ({value}); choose another one with --format",
    ),
    # One publisher at a time.
    "busy-here": Sentence(
        "un autre chargement est en cours ici ; attendre qu'il finisse, puis recommencer",
        "another load is at work here; wait until it has ended, then run again",
    ),
    "busy": Sentence(
        "un autre chargement est en cours dans ce dépôt ; attendre qu'il finisse, puis recommencer",
        "another load is at work in this store; wait until it has ended, then run again",
    ),
    "watching": Sentence(
        "Un autre chargement est inscrit dans ce dépôt ; s'il n'y fait rien pendant {value} secondes, il est tenu pour "
        "mort.",
        "Another load is registered in this store; if it does nothing for {value} seconds, it is taken for dead.",
    ),
    "lease-lost": Sentence(
        "un autre chargement a pris la suite de celui-ci ; attendre qu'il finisse, puis recommencer",
        "another load has taken over from this one; wait until it has ended, then run again",
    ),
    # What is in it.
    "foreign": Sentence(
        "le graphe {value} s'y trouve, mais n'a pas été chargé par commons-ld ; rien n'est touché : l'ôter, ou le "
        "faire remplacer avec --adopt",
        "the graph {value} is there, but was not loaded by commons-ld; nothing is touched: remove it, or have it "
        "replaced with --adopt",
    ),
    "not-whole": Sentence(
        "le graphe n'y est pas entier ({value} énoncés) ; quelque chose d'autre écrit peut-être dans ce dépôt : "
        "recommencer",
        "the graph is not there whole ({value} statements); something else may be writing into this store: run again",
    ),
    "not-copied": Sentence(
        "le graphe {value} n'y a pas été mis en place, bien que le dépôt le dise ; recommencer, et si cela reste, "
        "le signaler à qui tient le dépôt",
        "the graph {value} was not put in its place, though the store says so; run again, and if it stays so, tell "
        "those who run the store",
    ),
    "not-all-rows": Sentence(
        "le dépôt ne rend pas tous les énoncés qu'il compte ({value}) ; augmenter le nombre de lignes d'une réponse",
        "the store does not give all statements that it counts ({value}); raise the number of rows of an answer",
    ),
    "changed-meanwhile": Sentence(
        "ce qu'il garde en mémoire a changé pendant le chargement ; recommencer",
        "what it remembers changed during the load; run again",
    ),
    "ledger-in-disorder": Sentence(
        "Ce que le dépôt {value} garde en mémoire de ce qu'il contient a été changé par autre chose ; le prochain "
        "chargement le relit en entier.",
        "What the store {value} remembers of what it holds was changed by something else; the next load reads all of "
        "it.",
    ),
    # The publication.
    "other-base": Sentence(
        "le graphe {value} n'est pas de cette archive : ce n'est plus base_iri qui est publié ; "
        "publier de nouveau : commons-ld export",
        "the graph {value} is none of this archive: what is published has another base_iri; "
        "publish again: commons-ld export",
    ),
    "no-dump": Sentence(
        "il n'y a rien à charger ; publier d'abord : commons-ld export",
        "there is nothing to load; publish first: commons-ld export",
    ),
    "no-room": Sentence(
        "ne peut être comparé ({value}) ; faire de la place pour les fichiers temporaires, puis recommencer",
        "cannot be compared ({value}); make room for temporary files, then run again",
    ),
    "unfilled": Sentence(
        "ne peut être écrit ({value}) ; vérifier les droits et la place, ou nommer un autre fichier",
        "cannot be written ({value}); check the rights and the room, or name another file",
    ),
    "ledger": Sentence(
        "Registre écrit : {value} graphe(s). Le charger en bloc avec les N-Quads, puis faire commons-ld load --verify.",
        "Ledger written: {value} graph(s). Load it in bulk with the N-Quads, then run commons-ld load --verify.",
    ),
    "unreadable": Sentence("ne peut être lu ({value})", "cannot be read ({value})"),
    "store-broken": Sentence(
        "ne peut être lu ({value}) ; supprimer le dossier du dépôt, puis relancer commons-ld serve",
        "cannot be read ({value}); remove the folder of the store, then run commons-ld serve again",
    ),
    "unwritable": Sentence(
        "ne peut être écrit ({value}) ; vérifier les droits et la place, ou nommer un autre dossier avec --state",
        "cannot be written ({value}); check the rights and the room, or name another folder with --state",
    ),
    "dump-changed": Sentence("a changé pendant la lecture ; recommencer", "changed while it was read; run again"),
    "bad-dump": Sentence(
        "ligne {value} : ce n'est pas ce que commons-ld publie ; publier de nouveau : commons-ld export",
        "line {value}: this is not what commons-ld publishes; publish again: commons-ld export",
    ),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
