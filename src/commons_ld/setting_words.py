"""What each setting means, in French; in English, the settings say it themselves."""

from __future__ import annotations

from typing import Final

__all__ = ["MEANINGS_FR"]

MEANINGS_FR: Final[dict[str, str]] = {
    "base_iri": "Ce par quoi commence chaque IRI de l'archive ; finit par / ou #.",
    "language": "Langue des textes des pages (BCP 47).",
    "timezone": "Fuseau horaire des heures de la discussion (nom IANA).",
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
