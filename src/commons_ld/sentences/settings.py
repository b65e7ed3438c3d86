"""What is said of settings: what each means, in French as in the settings in English, and what is wrong with one."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["MEANINGS_FR", "WORDS", "said"]

MEANINGS_FR: Final[dict[str, str]] = {
    "base_iri": "Ce par quoi commence chaque IRI de l'archive ; finit par /.",
    "language": "Langue des textes des pages (BCP 47).",
    "timezone": "Fuseau horaire des heures de la discussion (nom IANA).",
    "date_order": "Ce qui vient d'abord dans 03/02/2021, jour (DMY) ou mois (MDY) ; sinon elle n'est pas lue.",
    "sources": "Fichiers et dossiers à lire.",
    "state": "Dossier du registre des publications.",
    "dataset.title": "Titre du jeu de données, par langue.",
    "dataset.description": "Ce que contient le jeu de données, par langue.",
    "dataset.publisher": "Nom de l'organisation qui publie.",
    "dataset.publisher_iri": "IRI de cette organisation ; par défaut, il lui en est donné un.",
    "dataset.contact": "Adresse publiée pour les questions sur les données ; aucune par défaut.",
    "dataset.license": "IRI de la licence des métadonnées ; aucune fiche n'en reçoit une par défaut.",
    "dataset.homepage": "Page web de l'archive.",
    "dataset.contact_until": "Jour jusqu'auquel cette adresse vaut, tel que 2027-12-31 ; security.txt en demande un.",
    "dataset.keywords": "Mots par lesquels on trouve le jeu de données, dans la langue des pages.",
    "dataset.themes": "Codes de la table européenne des thèmes, tels que EDUC ou SOCI, pour les catalogues de données.",
    "dataset.frequency": "Code de la table européenne des fréquences, tel que MONTHLY : le rythme des changements.",
    "dataset.publisher_type": "Genre de l'organisation dans le vocabulaire ADMS, tel que NonProfitOrganisation.",
    "dataset.image": "Adresse d'une image pour les enregistrements qui n'en ont pas.",
    "dataset.rights": "IRI d'une licence ou d'une déclaration de droits vraie de chaque enregistrement, pour les "
    "moissonneurs qui en demandent une ; aucune par défaut.",
    "dataset.provider": "Nom de l'agrégateur par lequel on atteint Europeana.",
    "dataset.endpoint": "Adresse d'un point d'accès SPARQL qui répond à partir du jeu de données.",
    "podcast.category": "Catégorie d'Apple Podcasts, telle que Education.",
    "podcast.explicit": "Si les épisodes ne conviennent pas aux enfants.",
    "podcast.image": "Adresse de la couverture : JPEG ou PNG, carrée, de 1400 à 3000 pixels.",
    "wiki.page_url": "Adresse d'une page du wiki, avec {title} à la place de son nom ; vide s'il n'y a pas de wiki.",
    "wiki.categories": "Catégories dont les pages sont prises ; par défaut, les pages qui appellent {{Objet média}}.",
    "sessions.collections": "Collections dont les fiches sont des séances, quel que soit leur titre.",
    "agents.organizations": "Noms qui sont des organisations où qu'ils soient, dans la discussion aussi.",
    "agents.persons": "Producteurs qui sont des personnes.",
    "agents.people_register": "Table des personnes : quels noms n'en font qu'une, et leurs liens ; "
    "ce n'est pas une source.",
    "agents.organizations_register": "Table des organisations : quels noms n'en font qu'une, et leurs liens ; "
    "ce n'est pas une source.",
    "privacy.notes": "Omettre les notes, numéroter leurs auteurs, ou publier leurs noms.",
    "output.directory": "Le dossier de la publication.",
    "output.dumps": "Syntaxes dans lesquelles tout le jeu de données est écrit ; n-quads en est dans tous les cas.",
    "output.compression": "En quoi ces fichiers sont écrits, et les fragments quand des machines partagent un export : "
    "tels quels (plain), en .gz (compressed), ou les deux (both).",
    "output.records": "Écrire un fichier Turtle et un fichier JSON-LD par fiche.",
    "output.folders": "Les fichiers des choses dans un dossier par genre, ou répartis entre 4 096 dossiers de "
    "celui-ci : pour des milliers de fiches, chez un hébergeur qui réécrit les adresses.",
    "output.site": "Écrire le site : une page pour chaque chose, en français et en anglais.",
    "output.feeds": "Écrire les fils que d'autres archives moissonnent.",
    "output.most_notes": "Notes d'une discussion qui sont publiées ; le rapport dit où il y en a davantage.",
    "serve.host": "Adresse où écouter.",
    "serve.port": "Port où écouter.",
    "serve.behind_proxy": "Un serveur mandataire est devant, et ajoute qui demande à X-Forwarded-For.",
    "serve.access_log": "Noter chaque requête, sans rien de personnel.",
    "serve.workers": "Requêtes auxquelles il est répondu en même temps.",
    "serve.slow_workers": "Requêtes longues qui continuent à côté d'elles, à la plus basse priorité.",
    "serve.waiting": "Requêtes qui attendent ; à une de plus, il est dit de revenir.",
    "serve.query_seconds": "Secondes qu'une requête peut prendre.",
    "serve.query_memory": "Mio de mémoire qu'une requête peut prendre, en plus du dépôt ouvert.",
    "serve.answer_size": "Mio d'une réponse.",
    "serve.client_seconds": "Secondes de processeur qu'un client peut prendre par minute ; 0 pour ne pas les limiter.",
    "serve.cache_size": "Mio de réponses gardées en mémoire.",
    "store.url": "Où le dépôt SPARQL à charger prend les requêtes ; vide pour le dépôt intégré.",
    "store.update_url": "Où il prend les mises à jour ; par défaut /update à côté de /query, sinon la même adresse.",
    "store.graph_store_url": "Où il prend des graphes par le Graph Store Protocol ; par défaut, des mises à jour.",
    "store.timeout": "Secondes pendant lesquelles le dépôt peut se taire.",
    "vocabulary.concepts": "Fichier Turtle des concepts ; s'il n'y en a pas, ce sont ceux de commons-ld.",
    "vocabulary.alignments": "Fichier Turtle de ce qui correspond aux concepts ailleurs ; il peut manquer.",
}

#: What is wrong with a setting, or with what stands beside the settings, and what would be right.
WORDS: Final[dict[str, Sentence]] = {
    # The file.
    "no-file": Sentence(
        "ce fichier n'existe pas ; en faire un avec « commons-ld init »",
        "there is no such file; make one with 'commons-ld init'",
    ),
    "unreadable": Sentence("ne peut pas être lu : {value}", "cannot be read: {value}"),
    "bad-toml": Sentence(
        "ce n'est pas du TOML ({value}) ; mettre les textes entre guillemets, et fermer guillemets, crochets et "
        "accolades",
        "this is no TOML ({value}); put texts between quotation marks, and close these, brackets and braces",
    ),
    "not-utf-8": Sentence(
        "l'octet {value} n'est pas de l'UTF-8 ; enregistrer le fichier en UTF-8",
        "the byte {value} is not UTF-8; save the file as UTF-8",
    ),
    "unwritable": Sentence(
        "ne peut pas être écrit ({value}) ; donner un autre dossier, ou permettre d'y écrire",
        "cannot be written ({value}); name another folder, or allow writing there",
    ),
    "unknown": Sentence(
        "ce réglage n'existe pas ; le plus proche est « {value} »",
        "there is no such setting; the nearest is '{value}'",
    ),
    # What it has to be, by its type.
    "no-text": Sentence(
        "ce doit être un texte entre guillemets, et non {value}", "must be a text between quotation marks, not {value}"
    ),
    "no-list": Sentence(
        'ce doit être une liste de textes, telle que ["un", "deux"], et non {value}',
        'must be a list of texts, such as ["one", "two"], not {value}',
    ),
    "no-truth": Sentence("ce doit être true ou false, et non {value}", "must be true or false, not {value}"),
    "no-number": Sentence(
        "ce doit être un nombre entier ({known}), et non {value}", "must be a whole number ({known}), not {value}"
    ),
    "no-texts": Sentence(
        'ce doit être un texte par langue, tel que {{ fr = "un texte", en = "a text" }}, et non {value}',
        'must be a text by language, such as {{ fr = "un texte", en = "a text" }}, not {value}',
    ),
    "no-choice": Sentence("ce doit être l'un de {known}, et non {value}", "must be one of {known}, not {value}"),
    "no-table": Sentence(
        "c'est une table : écrire [{name}], et ses réglages en dessous",
        "is a table: write [{name}], and its settings below",
    ),
    # Values.
    "bad-base": Sentence(
        "ce doit être un IRI http ou https qui finit par /, sans ? ni #",
        "must be an http or https IRI that ends in /, without ? or #",
    ),
    "bad-tag": Sentence(
        "« {value} » n'est pas une étiquette de langue, telle que fr ou en",
        "'{value}' is no language tag, such as fr or en",
    ),
    "bad-iri": Sentence(
        "ce doit être un IRI http ou https, et non « {value} »", "must be an http or https IRI, not '{value}'"
    ),
    "bad-address": Sentence("ce doit être une adresse http ou https", "must be an http or https address"),
    "bad-day": Sentence(
        "ce doit être un jour tel que 2027-12-31, et non « {value} »", "must be a day such as 2027-12-31, not '{value}'"
    ),
    "bad-contact": Sentence(
        "ce doit être une adresse électronique, et non « {value} »", "must be an e-mail address, not '{value}'"
    ),
    "bad-page-url": Sentence(
        "doit contenir {{title}}, là où va le nom de la page", "must hold {{title}}, where the name of the page goes"
    ),
    "bad-zone": Sentence(
        "« {value} » n'est pas un fuseau horaire IANA, tel que Europe/Paris",
        "'{value}' is no IANA time zone, such as Europe/Paris",
    ),
    "bad-code": Sentence(
        "« {value} » n'est pas un code de la table ; il y a {known}",
        "'{value}' is no code of the table; there are {known}",
    ),
    "empty-text": Sentence(
        "un texte y est vide ; l'écrire, ou l'ôter avec ce qui le nomme",
        "a text of it is empty; write it, or take it out with its name",
    ),
    "bad-syntax": Sentence(
        "« {value} » n'est pas une de nos syntaxes ; il y a {known}",
        "'{value}' is no syntax of ours; there are {known}",
    ),
    "no-n-quads": Sentence(
        "doit nommer {value}, d'où repartent les exports et dont les dépôts sont chargés ; il y a {known}",
        "must name {value}, which exports go on from and stores are loaded with; there are {known}",
    ),
    "bad-moment": Sentence(
        "« {value} » n'est pas un nombre de secondes depuis le 1970-01-01",
        "'{value}' is no number of seconds since 1970-01-01",
    ),
    "no-listening": Sentence(
        "impossible d'écouter à {address} ({value}) ; choisir autre chose avec --host ou --port",
        "cannot listen at {address} ({value}); choose another with --host or --port",
    ),
    # Sources.
    "no-source": Sentence(
        "ce fichier ou ce dossier n'existe pas ; le créer, ou en donner un autre",
        "there is no such file or folder; make it, or name another",
    ),
    "same-name": Sentence(
        "« {value} » y est deux fois ; donner aux dossiers des noms différents",
        "'{value}' is there twice; give the folders different names",
    ),
    # Registers.
    "no-register": Sentence(
        "ce registre n'existe pas ; le créer, ou corriger son nom dans les réglages (agents)",
        "there is no such register; make it, or mend its name in the settings (agents)",
    ),
    "named-twice": Sentence(
        "un nom ou un IRI de cette ligne est aussi dans {value} ; il ne peut être que dans une seule",
        "a name or IRI of this row is in {value} too; it can be in one row only",
    ),
    "large-register": Sentence("un registre a au plus {value} Mio", "a register has at most {value} MiB"),
    "no-utf-8": Sentence("ne se lit pas comme de l'UTF-8 ({value})", "cannot be read as UTF-8 ({value})"),
    "no-name-column": Sentence(
        "il n'y a pas de colonne « name » ; les colonnes sont {columns}",
        "there is no column 'name'; the columns are {columns}",
    ),
    "unknown-column": Sentence(
        "il n'y a pas de colonne « {value} » ; les colonnes sont {columns}",
        "there is no column '{value}'; the columns are {columns}",
    ),
    "too-many-values": Sentence("il y a plus de valeurs que de colonnes", "there are more values than columns"),
    "no-name": Sentence("ce doit être un nom", "must be a name"),
    "bad-links": Sentence(
        "ce doit être des adresses http ou https, séparées par des blancs ou |",
        "must be http or https addresses, parted by blanks or |",
    ),
    "foreign-iri": Sentence("ce doit être un des nôtres, tel que {value}", "must be one of ours, such as {value}"),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
