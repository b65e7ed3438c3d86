"""The words of the query page and of the search page, in French and in English."""

from __future__ import annotations

from typing import Final

from commons_ld.messages import Language

__all__ = ["FACET_NAMES", "KIND_NAMES", "QUERY_WORDS", "SEARCH_WORDS", "facet_label"]

#: What the query page says; its script finds them by these names.
QUERY_WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Interroger l'archive",
        "lead": "Choisissez une question, changez-la, ou écrivez la vôtre en SPARQL.",
        "cookbook": "Questions",
        "query": "Requête SPARQL",
        "run": "Lancer",
        "stop": "Arrêter",
        "run_hint": "Ctrl + Entrée lance la requête",
        "insert": "Insérer un terme ou un concept",
        "insert_hint": "Tapez un mot : enjeu, titre, « puissance publique »…",
        "insert_button": "Insérer",
        "share": "Copier le lien",
        "shared": "Le lien de cette requête est copié.",
        "share_here": "Le lien de cette requête est dans la barre d'adresse.",
        "results": "Résultats",
        "table": "Tableau",
        "chart": "Graphique",
        "map": "Carte",
        "raw": "Texte",
        "download": "Télécharger",
        "running": "La requête est en cours…",
        "stopped": "La requête est arrêtée.",
        "rows": "{n} lignes",
        "row": "{n} ligne",
        "no_rows": "Aucune ligne : rien ne répond à cette question.",
        "statements": "Un graphe",
        "shown": "Les {shown} premières lignes sur {n} ; le téléchargement les donne toutes.",
        "bars": "Les {shown} premières barres sur {n}.",
        "points": "{n} points ; chaque point est aussi une ligne du tableau.",
        "seconds": "{s} s",
        "yes": "Oui",
        "no": "Non",
        "failed": "La requête n'a pas abouti",
        "unreachable": "Le serveur ne répond pas. Vérifiez la connexion, puis relancez.",
        "later": "Réessayez dans {s} s.",
        "incomplete": "La réponse s'est interrompue : elle n'est pas complète, et n'est pas montrée.",
        "empty": "Écrivez d'abord une requête, ou choisissez une question.",
        "with": "Cette question s'adresse à deux archives : chargez la seconde à côté.",
        "other": "English",
        "search": "Chercher par mots",
        "vocabulary": "Le vocabulaire",
        "noscript": "Sans JavaScript, la réponse vient telle quelle : des lignes en CSV, TSV, JSON ou XML, un graphe "
        "dans l'un des autres formats.",
        "format": "Format",
        "graphs": "Graphes interrogés",
        "address": "Adresse de ces données",
        "sort": "Trier",
    },
    "en": {
        "title": "Ask the archive",
        "lead": "Choose a question, change it, or write your own in SPARQL.",
        "cookbook": "Questions",
        "query": "SPARQL query",
        "run": "Run",
        "stop": "Stop",
        "run_hint": "Ctrl + Enter runs the query",
        "insert": "Insert a term or a concept",
        "insert_hint": "Type a word: issue, title, “public authorities”…",
        "insert_button": "Insert",
        "share": "Copy the link",
        "shared": "The link to this query is copied.",
        "share_here": "The link to this query is in the address bar.",
        "results": "Results",
        "table": "Table",
        "chart": "Chart",
        "map": "Map",
        "raw": "Text",
        "download": "Download",
        "running": "The query is running…",
        "stopped": "The query was stopped.",
        "rows": "{n} rows",
        "row": "{n} row",
        "no_rows": "No rows: nothing answers this question.",
        "statements": "A graph",
        "shown": "The first {shown} rows of {n}; the download has them all.",
        "bars": "The first {shown} bars of {n}.",
        "points": "{n} points; each of them is a row of the table too.",
        "seconds": "{s} s",
        "yes": "Yes",
        "no": "No",
        "failed": "The query did not succeed",
        "unreachable": "The server does not answer. Check the connection, then run again.",
        "later": "Try again in {s} s.",
        "incomplete": "The answer broke off: it is not complete, and is not shown.",
        "empty": "Write a query first, or choose a question.",
        "with": "This question is asked of two archives: load the second one beside ours.",
        "other": "Français",
        "search": "Search by words",
        "vocabulary": "The vocabulary",
        "noscript": "Without JavaScript the answer comes as it is: rows as CSV, TSV, JSON or XML, a graph in one of "
        "the other formats.",
        "format": "Format",
        "graphs": "Graphs that are asked",
        "address": "Address of these data",
        "sort": "Sort",
    },
}

#: What the search page says.
SEARCH_WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Chercher dans l'archive",
        "words": "Mots",
        "hint": 'Les accents et les majuscules ne comptent pas\u202f; "appel en commun" cherche ces mots à la suite.',
        "search": "Chercher",
        "found": "{n} fiches trouvées",
        "found_one": "1 fiche trouvée",
        "found_none": "Rien trouvé. Enlevez un filtre, ou écrivez moins de mots.",
        "narrow": "Affiner",
        "chosen": "Filtres choisis",
        "remove": "enlever",
        "all": "Tout effacer",
        "more": "{n} autres",
        "pages": "Pages",
        "page": "Page {page} sur {pages}",
        "previous": "Page précédente",
        "next": "Page suivante",
        "other": "English",
        "query": "Interroger en SPARQL",
        "json": "En JSON",
    },
    "en": {
        "title": "Search the archive",
        "words": "Words",
        "hint": 'Accents and capitals do not matter; "appel en commun" finds these words in a row.',
        "search": "Search",
        "found": "{n} records found",
        "found_one": "1 record found",
        "found_none": "Nothing found. Take a filter away, or write fewer words.",
        "narrow": "Narrow down",
        "chosen": "Chosen filters",
        "remove": "remove",
        "all": "Clear all",
        "more": "{n} more",
        "pages": "Pages",
        "page": "Page {page} of {pages}",
        "previous": "Previous page",
        "next": "Next page",
        "other": "Français",
        "query": "Ask in SPARQL",
        "json": "As JSON",
    },
}

FACET_NAMES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "objet": "Objet de commun",
        "enjeu": "Enjeu",
        "action": "Action",
        "resultat": "Résultat attendu",
        "year": "Année",
        "collection": "Collection",
        "language": "Langue",
        "kind": "Genre",
    },
    "en": {
        "objet": "Object of the commons",
        "enjeu": "Issue at stake",
        "action": "Action",
        "resultat": "Expected outcome",
        "year": "Year",
        "collection": "Collection",
        "language": "Language",
        "kind": "Kind",
    },
}

#: Kinds of records: a session, and the types of DCMI (https://www.dublincore.org/specifications/dublin-core/dcmi-terms/#section-7).
KIND_NAMES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "session": "Séance",
        "Sound": "Audio",
        "MovingImage": "Vidéo",
        "Text": "Texte",
        "InteractiveResource": "Multimédia",
    },
    "en": {
        "session": "Session",
        "Sound": "Audio",
        "MovingImage": "Video",
        "Text": "Text",
        "InteractiveResource": "Multimedia",
    },
}


def facet_label(facet: str, value: str, label: str, language: Language) -> str:
    """Return what a person reads for a value of a facet.

    >>> facet_label("kind", "Sound", "Sound", "fr"), facet_label("language", "fr", "fr", "en")
    ('Audio', 'French')
    """
    if facet == "kind":
        return KIND_NAMES[language].get(value, label)
    if facet == "language":
        return _LANGUAGES[language].get(value, label)
    return label


_LANGUAGES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "fr": "français",
        "en": "anglais",
        "es": "espagnol",
        "it": "italien",
        "de": "allemand",
        "pt": "portugais",
        "ca": "catalan",
        "nl": "néerlandais",
    },
    "en": {
        "fr": "French",
        "en": "English",
        "es": "Spanish",
        "it": "Italian",
        "de": "German",
        "pt": "Portuguese",
        "ca": "Catalan",
        "nl": "Dutch",
    },
}
