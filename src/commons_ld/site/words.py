"""The words of the site, in French and in English."""

from __future__ import annotations

from typing import Final

from commons_ld.messages import Language

__all__ = ["ROLE_WORDS", "WORDS", "day", "length"]

#: Key, in French, in English.
_WORDS: Final = (
    ("other", "English", "Français"),
    ("skip", "Aller au contenu", "Skip to the content"),
    ("menu", "Sections", "Sections"),
    ("home", "Accueil", "Home"),
    ("timeline", "Années", "Years"),
    ("people", "Personnes", "People"),
    ("concepts", "Concepts", "Concepts"),
    ("collections", "Collections", "Collections"),
    ("charts", "Graphiques et carte", "Charts and map"),
    ("dataset", "Données", "Data"),
    ("vocabulary", "Vocabulaire", "Vocabulary"),
    ("search", "Chercher", "Search"),
    ("search_hint", "Un ou plusieurs mots, avec ou sans accents.", "One or more words, with or without accents."),
    ("no_script", "Sans JavaScript, parcourir par année, par concept, par personne ou par collection.",
     "Without JavaScript, browse by year, concept, person or collection."),
    ("narrow", "Affiner", "Narrow down"),
    ("clear_all", "Tout effacer", "Clear all"),
    ("found_none", "Aucune fiche.", "No record."),
    ("found_one", "1 fiche", "1 record"),
    ("found", "{n} fiches", "{n} records"),
    ("more", "Voir la suite", "Show more"),
    ("records", "Fiches", "Records"),
    ("record_one", "1 fiche", "1 record"),
    ("record_many", "{n} fiches", "{n} records"),
    ("hours", "Heures enregistrées par année", "Hours recorded per year"),
    ("together", "Concepts qui vont ensemble", "Concepts that occur together"),
    ("together_more", "Le nombre de fiches où deux concepts se rencontrent.",
     "The number of records in which two concepts meet."),
    ("map", "Carte", "Map"),
    ("map_none", "Aucune fiche n'a de coordonnées.", "No record has coordinates."),
    ("year", "Année", "Year"),
    ("number", "Nombre", "Number"),
    ("hours_column", "Heures", "Hours"),
    ("place", "Lieu", "Place"),
    ("language", "Langue", "Language"),
    ("kind", "Genre", "Kind"),
    ("collection", "Collection", "Collection"),
    ("session", "Séance", "Session"),
    ("media", "Document", "Document"),
    ("Sound", "Son", "Sound"),
    ("MovingImage", "Vidéo", "Video"),
    ("Text", "Texte", "Text"),
    ("InteractiveResource", "Multimédia", "Multimedia"),
    ("guest", "Invité·e·s", "Guests"),
    ("author", "Auteurs et autrices", "Authors"),
    ("contributor", "Avec", "With"),
    ("producer", "Production", "Producers"),
    ("duration", "Durée", "Duration"),
    ("published", "Publié le", "Published on"),
    ("listen", "Écouter", "Listen"),
    ("watch", "Regarder", "Watch"),
    ("read", "Lire", "Read"),
    ("open_media", "Ouvrir sur son site", "Open on its own site"),
    ("summary", "En résumé", "Summary"),
    ("documents", "Documents", "Documents"),
    ("links", "Adresses mentionnées", "Links mentioned"),
    ("notes", "Notes laissées par les participant·e·s", "Notes left by participants"),
    ("notes_before", "À propos des notes", "About the notes"),
    ("reply", "réponse", "reply"),
    ("also", "Aussi appelé", "Also called"),
    ("same_data", "Les mêmes données", "The same data"),
    ("wiki", "La page du wiki", "The page on the wiki"),
    ("report", "À mieux renseigner", "What could be filled in better"),
    ("iri", "Identifiant", "Identifier"),
    ("part_of", "Fait partie de", "Part of"),
    ("person", "Personne", "Person"),
    ("organization", "Organisation", "Organization"),
    ("concept", "Concept", "Concept"),
    ("candidate", "Concept candidat : il attend d'entrer dans le vocabulaire.",
     "Candidate concept: it awaits being taken into the vocabulary."),
    ("with_it", "Souvent avec", "Often with"),
    ("in_english", "En anglais", "In English"),
    ("in_french", "En français", "In French"),
    ("past", "Les {n} fiches les plus récentes ; la recherche donne les autres.",
     "The {n} latest records; search gives the others."),
    ("classes", "Classes", "Classes"),
    ("properties", "Propriétés", "Properties"),
    ("facets", "Facettes", "Facets"),
    ("download", "Télécharger", "Download"),
    ("formats", "Tout, dans six syntaxes", "Everything, in six syntaxes"),
    ("licence", "Licence", "Licence"),
    ("licence_none", "Aucune licence n'est donnée.", "No licence is given."),
    ("publisher", "Publié par", "Published by"),
    ("contact", "Contact", "Contact"),
    ("shapes", "Ce qu'une fiche doit contenir", "What a record must hold"),
    ("manifest", "La liste des fiches, avec leurs versions", "The list of records, with their versions"),
    ("sums", "Les sommes de contrôle", "The checksums"),
    ("previous", "Précédente", "Previous"),
    ("next", "Suivante", "Next"),
    ("made", "Fait avec commons-ld", "Made with commons-ld"),
    ("latest", "Les plus récentes", "The latest"),
    ("gone", "Cette page n'existe pas, ou plus.", "This page does not exist, or not any more."),
)  # fmt: skip

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {key: french for key, french, _ in _WORDS},
    "en": {key: english for key, _, english in _WORDS},
}
#: What the roles of concepts are called.
ROLE_WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {"objet": "Objet de commun", "enjeu": "Enjeu", "action": "Action", "resultat": "Résultat attendu"},
    "en": {"objet": "Object of the commons", "enjeu": "Issue", "action": "Action", "resultat": "Expected outcome"},
}
_MONTHS: Final[dict[Language, str]] = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def day(date: str, language: Language) -> str:
    """Return a day, a month or a year as it is written in a language; what is none stays as it is.

    >>> day("2021-12-02", "fr"), day("2021-12", "en"), day("2021", "fr")
    ('2 décembre 2021', 'December 2021', '2021')
    """
    year, *rest = date.split("-")
    if not rest or not all(part.isdecimal() for part in (year, *rest)) or not 1 <= int(rest[0]) <= 12:
        return date
    month = _MONTHS[language].split()[int(rest[0]) - 1]
    if len(rest) == 1:
        return f"{month} {year}"
    number = int(rest[1])
    first = "1er" if language == "fr" and number == 1 else str(number)
    return f"{first} {month} {year}"


def length(seconds: int) -> str:
    """Return how long something takes.

    >>> length(3720), length(45), length(0)
    ('1 h 02', '45 s', '')
    """
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return f"{hours} h {minutes:02}"
    return f"{minutes} min" if seconds >= 60 else f"{seconds} s" if seconds else ""
