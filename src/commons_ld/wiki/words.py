"""What is said to a person about fetching from a wiki, in French and in English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]


#: One row a sentence: what is wrong or was done, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    # The address, and what answers there.
    "bad-address": Sentence(
        "ce n'est pas l'adresse d'un wiki ; donner celle d'une de ses pages, par exemple https://wiki.exemple.org/",
        "this is no address of a wiki; give that of one of its pages, such as https://wiki.example.org/",
    ),
    "address-with-password": Sentence(
        "l'adresse contient un nom ou un mot de passe ; l'en ôter, et les donner dans COMMONS_LD_WIKI_USER et "
        "COMMONS_LD_WIKI_PASSWORD",
        "the address holds a name or a password; take them out, and give them in COMMONS_LD_WIKI_USER and "
        "COMMONS_LD_WIKI_PASSWORD",
    ),
    "no-address": Sentence(
        "aucun wiki n'est nommé ; donner son adresse : commons-ld fetch https://wiki.exemple.org/",
        "no wiki is named; give its address: commons-ld fetch https://wiki.example.org/",
    ),
    "no-api": Sentence(
        "aucune interface de MediaWiki (api.php) n'est trouvée d'ici ; vérifier l'adresse, ou donner celle d'api.php",
        "no interface of MediaWiki (api.php) is found from here; check the address, or give that of api.php",
    ),
    "unreachable": Sentence(
        "le wiki ne répond pas ({value}) ; vérifier l'adresse et la connexion, puis recommencer : "
        "ce qui est déjà pris n'est pas redemandé",
        "the wiki does not answer ({value}); check the address and the connection, then run again: "
        "what was fetched is not asked for again",
    ),
    "untrusted": Sentence(
        "le certificat du wiki n'est pas reconnu ({value}), et rien n'est demandé sans lui ; "
        "le faire renouveler, ou vérifier l'heure de cette machine",
        "the certificate of the wiki is not trusted ({value}), and nothing is asked without it; "
        "have it renewed, or check the clock of this machine",
    ),
    "other-host": Sentence(
        "le wiki renvoie vers {value}, un autre serveur, qui n'est pas suivi ; donner cette adresse si c'est la bonne",
        "the wiki sends on to {value}, another server, which is not followed; give that address if it is the right one",
    ),
    "many-redirects": Sentence(
        "le wiki renvoie sans cesse ailleurs ; donner l'adresse de son api.php",
        "the wiki sends on without end; give the address of its api.php",
    ),
    "status": Sentence(
        "le serveur répond {value} ; vérifier l'adresse, ou attendre qu'il aille mieux, puis recommencer",
        "the server answers {value}; check the address, or wait until it is well again, then run again",
    ),
    "wait": Sentence(
        "le wiki demande d'attendre {value} secondes ; recommencer alors : ce qui est déjà pris n'est pas redemandé",
        "the wiki asks to wait {value} seconds; run again then: what was fetched is not asked for again",
    ),
    "large": Sentence(
        "la réponse dépasse {value} ; le signaler à qui tient le wiki",
        "the answer is larger than {value}; tell those who run the wiki",
    ),
    "not-json": Sentence(
        "la réponse ({value}) n'est pas celle d'une interface de MediaWiki : peut-être une page de connexion ; "
        "l'ouvrir dans un navigateur",
        "the answer ({value}) is not that of an interface of MediaWiki: perhaps a sign-in page; open it in a browser",
    ),
    "garbled": Sentence(
        "la réponse est mutilée ; recommencer, et si cela reste, le signaler à qui tient le wiki",
        "the answer is garbled; run again, and if it stays so, tell those who run the wiki",
    ),
    "incomplete": Sentence(
        "la réponse est incomplète ({value}) ; recommencer, et si cela reste, le signaler à qui tient le wiki",
        "the answer is incomplete ({value}); run again, and if it stays so, tell those who run the wiki",
    ),
    "refused": Sentence(
        "le wiki refuse la demande : {value}",
        "the wiki refuses what was asked: {value}",
    ),
    "many-pages": Sentence(
        "le wiki donne plus de {value} pages ; en choisir avec --category",
        "the wiki gives more than {value} pages; choose some with --category",
    ),
    # Signing in.
    "login-needed": Sentence(
        "ce wiki ne se lit qu'avec un compte ; y faire un mot de passe de robot (Spécial:BotPasswords), "
        "et le donner dans COMMONS_LD_WIKI_USER et COMMONS_LD_WIKI_PASSWORD",
        "this wiki is read with an account only; make a bot password there (Special:BotPasswords), "
        "and give it in COMMONS_LD_WIKI_USER and COMMONS_LD_WIKI_PASSWORD",
    ),
    "login-refused": Sentence(
        "le wiki n'accepte pas le nom et le mot de passe de COMMONS_LD_WIKI_USER et COMMONS_LD_WIKI_PASSWORD "
        "({value}) ; les vérifier",
        "the wiki does not take the name and password of COMMONS_LD_WIKI_USER and COMMONS_LD_WIKI_PASSWORD "
        "({value}); check them",
    ),
    "login-in-clear": Sentence(
        "le mot de passe n'est pas envoyé en clair ; donner une adresse en https://, ou ôter COMMONS_LD_WIKI_PASSWORD",
        "the password is not sent in clear; give an address with https://, or take COMMONS_LD_WIKI_PASSWORD away",
    ),
    # The pages.
    "no-pages": Sentence(
        "aucune page n'appelle {{{{Objet média}}}}, et la catégorie du même nom est vide ; "
        "nommer une catégorie avec --category, ou des pages avec --title",
        "no page calls {{{{Objet média}}}}, and the category of that name is empty; "
        "name a category with --category, or pages with --title",
    ),
    "empty-category": Sentence(
        "aucune page dans la catégorie {value} ; en vérifier le nom",
        "there is no page in the category {value}; check its name",
    ),
    "no-title": Sentence(
        "il n'y a pas de page {value} ; en vérifier le titre",
        "there is no page {value}; check its title",
    ),
    "vanished": Sentence(
        "{value} des {known} pages connues ne sont plus là, plus qu'on ne croit sans demander : {titles}. "
        "Rien n'est changé. Regarder le wiki ; si c'est voulu, recommencer avec --allow-deletions",
        "{value} of the {known} known pages are gone, more than is believed without asking: {titles}. "
        "Nothing was changed. Look at the wiki; if it is meant, run again with --allow-deletions",
    ),
    # The folder.
    "fetch-at-work": Sentence(
        "un autre commons-ld y prend déjà des pages ; attendre qu'il ait fini, puis recommencer",
        "another commons-ld is fetching pages into it; wait for it to end, then run again",
    ),
    "unusable": Sentence(
        "le dossier ne peut pas servir ({value}) ; y permettre l'écriture, faire de la place, "
        "ou en nommer un autre avec --into",
        "the folder cannot be used ({value}); allow writing there, make room, or name another one with --into",
    ),
    "touched": Sentence(
        "{value} a été changé pendant la prise ; recommencer",
        "{value} was changed while pages were fetched; run again",
    ),
    # What is told beside, and does not stop the work.
    "no-contact": Sentence(
        "Réglez dataset.contact ou dataset.homepage : qui tient le wiki doit pouvoir vous joindre.",
        "Set dataset.contact or dataset.homepage: those who run the wiki should be able to reach you.",
    ),
    "outside": Sentence(
        "{value} n'est dans aucune source des réglages : commons-ld export ne le lira que si on le nomme.",
        "{value} is in none of the sources of the settings: commons-ld export reads it only if it is named.",
    ),
    "put-aside": Sentence(
        "{value} avait été changé ici : remplacé par le texte du wiki, l'autre est gardé dans {kept}. "
        "Corrigez les pages sur le wiki.",
        "{value} had been changed here: it was replaced by the wiki's text, and the other is kept in {kept}. "
        "Mend pages on the wiki.",
    ),
    "still-moving": Sentence(
        "{value} page(s) changent sans cesse, et seront prises la prochaine fois.",
        "{value} page(s) keep changing, and will be fetched the next time.",
    ),
    "hidden": Sentence(
        "{value} : le wiki en cache le texte, la page n'est pas prise.",
        "{value}: the wiki hides its text, and the page is not fetched.",
    ),
    "finished": Sentence(
        "La prise interrompue est achevée.",
        "The fetch that was interrupted is finished.",
    ),
    "export-absent": Sentence(
        "Le wiki n'a pas d'export sémantique (Special:ExportRDF ne répond pas en RDF pour {value}) : les pages sont "
        "prises sans lui. Ôtez --with-rdf si le wiki est sans Semantic MediaWiki.",
        "The wiki has no semantic export (Special:ExportRDF does not answer in RDF for {value}): the pages are fetched "
        "without it. Leave --with-rdf out if the wiki has no Semantic MediaWiki.",
    ),
    "export-failed": Sentence(
        "L'export sémantique de {value} n'est pas pris ({why}) ; les pages sont en place. Recommencer pour les exports "
        "qui manquent, ou ôter --with-rdf si le wiki est sans Semantic MediaWiki.",
        "The semantic export of {value} is not fetched ({why}); the pages are in place. Run again for the exports that "
        "are missing, or leave --with-rdf out if the wiki has no Semantic MediaWiki.",
    ),
    "warning": Sentence("Le wiki avertit : {value}", "The wiki warns: {value}"),
    "waiting": Sentence("Le wiki fait attendre : {value} secondes.", "The wiki makes us wait: {value} seconds."),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
