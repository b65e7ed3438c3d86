"""What is said to a person about harvesting another archive, in French and in English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]


#: One row a sentence: what is wrong or was done, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    # What the other server answers.
    "bad-address": Sentence(
        "ce n'est pas une adresse http ou https ; donner celle du site, ou celle d'un de ses flux",
        "this is no address of http or https; give that of the site, or of one of its feeds",
    ),
    "address-with-password": Sentence(
        "l'adresse contient un nom ou un mot de passe ; l'en ôter : seul ce qui est public est moissonné",
        "the address holds a name or a password; take them out: only what is public is harvested",
    ),
    "unreachable": Sentence(
        "l'archive ne répond pas ({value}) ; vérifier l'adresse et la connexion, puis recommencer",
        "the archive does not answer ({value}); check the address and the connection, then run again",
    ),
    "untrusted": Sentence(
        "le certificat de l'archive n'est pas reconnu ({value}), et rien n'est demandé sans lui",
        "the certificate of the archive is not trusted ({value}), and nothing is asked without it",
    ),
    "other-host": Sentence(
        "l'archive renvoie vers {value}, un autre serveur, qui n'est pas suivi ; si c'est voulu, ajouter --host avec "
        "le nom de ce serveur",
        "the archive sends on to {value}, another server, which is not followed; if that is meant, add --host with "
        "the name of that server",
    ),
    "many-redirects": Sentence(
        "l'archive renvoie sans cesse ailleurs ; donner l'adresse du flux même",
        "the archive sends on without end; give the address of the feed itself",
    ),
    "status": Sentence(
        "le serveur répond {value} ; vérifier l'adresse, ou attendre qu'il aille mieux, puis recommencer",
        "the server answers {value}; check the address, or wait until it is well again, then run again",
    ),
    "login-needed": Sentence(
        "le serveur demande un mot de passe ; seul ce qui est public est moissonné",
        "the server asks for a password; only what is public is harvested",
    ),
    "wait": Sentence(
        "l'archive demande d'attendre {value} secondes ; recommencer alors : ce qui est pris est gardé",
        "the archive asks to wait {value} seconds; run again then: what was harvested is kept",
    ),
    "large": Sentence(
        "la réponse dépasse {value} ; le signaler à qui tient l'archive",
        "the answer is larger than {value}; tell those who run the archive",
    ),
    "no-feed": Sentence(
        "aucun flux n'est trouvé là, ni LDES, ni ResourceSync, ni OAI-PMH, ni plan du site ; "
        "donner l'adresse du flux même, et le nommer par --as",
        "no feed is found there: no LDES, no ResourceSync, no OAI-PMH, no sitemap; "
        "give the address of the feed itself, and name it by --as",
    ),
    "not-that": Sentence(
        "ce qui répond là n'est pas du {value} ; essayer sans --as",
        "what answers there is not {value}; try without --as",
    ),
    "broken-xml": Sentence(
        "la réponse n'est pas du XML bien formé ({value}) ; le signaler à qui tient l'archive",
        "the answer is not well-formed XML ({value}); tell those who run the archive",
    ),
    "broken-rdf": Sentence(
        "la réponse n'est pas du RDF lisible ({value}) ; le signaler à qui tient l'archive",
        "the answer is not RDF that can be read ({value}); tell those who run the archive",
    ),
    "oai-error": Sentence(
        "l'archive refuse la demande : {value}",
        "the archive refuses what was asked: {value}",
    ),
    "no-prefix": Sentence(
        "l'archive n'offre pas ce format ; elle offre : {value}",
        "the archive does not offer this format; it offers: {value}",
    ),
    "endless": Sentence(
        "la liste ne finit pas ({value}) ; le signaler à qui tient l'archive",
        "the list does not end ({value}); tell those who run the archive",
    ),
    "forbidden": Sentence(
        "robots.txt défend de le demander ; le demander à qui tient l'archive, ou moissonner un flux",
        "robots.txt forbids to ask for it; ask those who run the archive, or harvest a feed",
    ),
    # The copy.
    "at-work": Sentence(
        "un autre commons-ld y moissonne déjà ; attendre qu'il ait fini, puis recommencer",
        "another commons-ld is harvesting into it; wait for it to end, then run again",
    ),
    "unusable": Sentence(
        "le dossier ne peut pas servir ({value}) ; y permettre l'écriture, faire de la place, "
        "ou en nommer un autre avec --into",
        "the folder cannot be used ({value}); allow writing there, make room, or name another one with --into",
    ),
    "cut-off": Sentence(
        "une moisson y a été coupée pendant qu'elle écrivait ; recommencer une fois sans --dry-run, ce qui la finit",
        "a harvest into it was cut off while it was writing; run once without --dry-run, which ends it",
    ),
    "another": Sentence(
        "le dossier garde déjà une copie de {value} ; en nommer un autre avec --into",
        "the folder holds a copy of {value} already; name another one with --into",
    ),
    "damaged": Sentence(
        "harvest.sqlite est endommagé ({value}) ; l'ôter, et recommencer : tout sera repris",
        "harvest.sqlite is damaged ({value}); take it away, and run again: everything is harvested anew",
    ),
    "vanished": Sentence(
        "{value} des {known} notices connues n'y sont plus, sans que l'archive les dise supprimées. Elles sont "
        "gardées. Regarder l'archive ; si c'est voulu, recommencer avec --allow-deletions",
        "{value} of the {known} known records are not there any more, and the archive does not say that they are "
        "deleted. They are kept. Look at the archive; if it is meant, run again with --allow-deletions",
    ),
    # What is told beside, and does not stop the work.
    "took": Sentence("{url} : moissonné par {value}.", "{url}: harvested by {value}."),
    "waiting": Sentence("L'archive fait attendre : {value} secondes.", "The archive makes us wait: {value} seconds."),
    "anew": Sentence(
        "L'archive ne dit pas tout depuis la dernière fois : tout est relu.",
        "The archive does not tell everything since the last time: all of it is read again.",
    ),
    "no-contact": Sentence(
        "Réglez dataset.contact ou dataset.homepage : qui tient l'archive doit pouvoir vous joindre.",
        "Set dataset.contact or dataset.homepage: those who run the archive should be able to reach you.",
    ),
    # What is wrong with one record.
    "record-rdf": Sentence("n'est pas du RDF lisible ({value})", "is not RDF that can be read ({value})"),
    "record-large": Sentence("a plus de {value} énoncés", "has more than {value} statements"),
    "record-empty": Sentence("ne dit rien", "says nothing"),
    "record-missing": Sentence("ne peut être pris ({value})", "cannot be fetched ({value})"),
    "record-hash": Sentence("n'a pas l'empreinte annoncée", "has not the hash that was told"),
    "record-context": Sentence(
        "a un contexte JSON-LD qui n'est pas connu ici ({value})",
        "has a JSON-LD context that is not known here ({value})",
    ),
}  # fmt: skip

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
