"""The words of the site, in French and in English."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from commons_ld.messages import Language
from commons_ld.sentences import figure, is_many

__all__ = ["MONTHS", "WORDS", "counted", "day", "length"]

#: Code, in French, in English. ``{n}`` stands for a number; what follows ``|`` is said of more than one.
_WORDS: Final = (
    ("skip", "Aller au contenu", "Skip to the content"),
    ("home", "Accueil", "Home"),
    ("main_nav", "Navigation principale", "Main navigation"),
    ("breadcrumbs", "Fil d'Ariane", "Breadcrumbs"),
    ("timeline", "Chronologie", "Timeline"),
    ("map", "Carte", "Map"),
    ("charts", "Graphiques", "Charts"),
    ("concepts", "Concepts", "Concepts"),
    ("all_of_them", "Tous", "All"),
    ("as_table", "Les concepts en un tableau (CSV)", "The concepts as a table (CSV)"),
    ("people", "Personnes", "People"),
    ("organizations", "Organisations", "Organizations"),
    ("collections", "Collections", "Collections"),
    ("vocabulary", "Vocabulaire", "Vocabulary"),
    ("dataset", "Données", "Data"),
    ("session", "Séance", "Session"),
    ("media", "Document", "Document"),
    ("person", "Personne", "Person"),
    ("organization", "Organisation", "Organization"),
    ("collection", "Collection", "Collection"),
    ("concept", "Concept", "Concept"),
    ("recording", "Enregistrement", "Recording"),
    ("Sound", "Audio", "Audio"),
    ("MovingImage", "Vidéo", "Video"),
    ("Text", "Texte", "Text"),
    ("InteractiveResource", "Multimédia", "Multimedia"),
    ("objet", "Objet de commun", "Object of the commons"),
    ("enjeu", "Enjeu", "Issue at stake"),
    ("action", "Action", "Action"),
    ("resultat", "Résultat attendu", "Expected outcome"),
    ("year", "Année", "Year"),
    ("language", "Langue", "Language"),
    ("kind", "Genre", "Kind"),
    ("listen", "Écouter", "Listen"),
    ("watch", "Regarder", "Watch"),
    ("open_media", "Ouvrir l'enregistrement", "Open the recording"),
    ("player_hint", "Rien n'est chargé avant que vous ne lanciez la lecture.",
     "Nothing is loaded before you press play."),
    ("chapters", "Chapitres", "Chapters"),
    ("chapter_files", "Les notes comme chapitres", "The notes as chapters"),
    ("play_from", "Lire à partir de", "Play from"),
    ("began", "Début de l'enregistrement", "Start of the recording"),
    ("facets", "De quoi il est question", "What it is about"),
    ("summary", "En résumé", "In short"),
    ("guests", "Personnes invitées", "Guests"),
    ("notes", "Notes laissées pendant la séance", "Notes left during the session"),
    ("notes_count", "{n} note|{n} notes", "{n} note|{n} notes"),
    ("about_notes", "À propos des notes", "About the notes"),
    ("reply_to", "en réponse à la note", "in reply to note"),
    ("no_text", "sans texte", "without text"),
    ("documents", "Documents", "Documents"),
    ("no_address", "sans adresse", "without an address"),
    ("references", "Liens mentionnés", "Links mentioned"),
    ("details", "En détail", "Details"),
    ("date", "Date", "Date"),
    ("issued", "Publié le", "Published on"),
    ("duration", "Durée", "Duration"),
    ("languages", "Langues", "Languages"),
    ("countries", "Pays", "Countries"),
    ("place", "Lieu", "Place"),
    ("part_of", "Fait partie de", "Part of"),
    ("authors", "Auteurs", "Authors"),
    ("contributors", "Avec", "With"),
    ("producers", "Production", "Producers"),
    ("website", "Site web", "Website"),
    ("image", "Image", "Image"),
    ("other_titles", "Autres titres", "Other titles"),
    ("wiki_page", "Page du wiki", "Page of the wiki"),
    ("source_page", "La page d'origine", "The original page"),
    ("report", "Rapport de publication", "Report of the publication"),
    ("same_data", "Les mêmes données", "The same data"),
    ("identifier", "Identifiant", "Identifier"),
    ("candidate", "Concept proposé, en attente d'une décision", "Proposed concept, awaiting a decision"),
    ("given_up", "Concept abandonné : il n'est plus à employer", "Concept given up: not to be used any more"),
    ("definition", "Définition", "Definition"),
    ("also_called", "Aussi appelé", "Also called"),
    ("in_facets", "Facettes", "Facets"),
    ("records", "{n} fiche|{n} fiches", "{n} record|{n} records"),
    ("as_objet", "Comme objet de commun", "As an object of the commons"),
    ("as_enjeu", "Comme enjeu", "As an issue at stake"),
    ("as_action", "Comme action", "As an action"),
    ("as_resultat", "Comme résultat attendu", "As an expected outcome"),
    ("as_guest", "Personne invitée", "Guest"),
    ("as_contributor", "A pris part", "Took part"),
    ("as_creator", "Auteur ou autrice", "Author"),
    ("as_producer", "Production", "Producer"),
    ("as_author", "A laissé des notes", "Left notes"),
    ("as_publisher", "Publie le jeu de données", "Publishes the dataset"),
    ("as_member", "Fiches de la collection", "Records of the collection"),
    ("together", "Souvent ensemble", "Often together"),
    ("none_here", "Aucune fiche n'en parle pour le moment.", "No record speaks of it so far."),
    ("page_of", "Page {page} sur {pages}", "Page {page} of {pages}"),
    ("pages_nav", "Pages de la liste", "Pages of the list"),
    ("previous", "Précédente", "Previous"),
    ("next", "Suivante", "Next"),
    ("search", "Chercher", "Search"),
    ("search_label", "Chercher dans l'archive", "Search the archive"),
    ("search_hint", "Un titre, un nom, un mot des notes…", "A title, a name, a word of the notes…"),
    ("narrow", "Affiner", "Narrow down"),
    ("browse", "Parcourir l'archive", "Browse the archive"),
    ("latest", "Les plus récentes", "The most recent"),
    ("results", "Résultats", "Results"),
    ("all_values", "Tout voir", "See all"),
    ("clear_all", "Tout effacer", "Clear all"),
    ("show_more", "En montrer plus", "Show more"),
    ("missing", "Il n'y a rien à cette adresse", "There is nothing at this address"),
    ("missing_why", "Elle est peut-être mal copiée, ou il n'y a jamais rien eu ici.",
     "Perhaps it was copied wrong, or nothing ever was here."),
    ("missing_home", "Chercher dans l'archive", "Search the archive"),
    ("none_found", "Rien ne correspond. Essayez un autre mot.", "Nothing matches. Try another word."),
    ("search_failed", "La recherche n'a pas pu être chargée ; les listes ci-dessous restent là.",
     "Search could not be loaded; the lists below are still there."),
    ("by_year", "Par année", "By year"),
    ("undated", "Sans date", "Undated"),
    ("timeline_lead", "Les fiches de l'archive, année après année.", "The records of the archive, year by year."),
    ("map_lead", "Les lieux dont les coordonnées sont connues.", "The places whose coordinates are known."),
    ("map_alt", "Carte du monde avec les lieux des fiches ; la liste suit.",
     "Map of the world with the places of the records; the list follows."),
    ("map_land", "Contours des terres : Natural Earth, domaine public.",
     "Outline of the land: Natural Earth, public domain."),
    ("map_none", "Aucune fiche n'a de coordonnées.", "No record has coordinates."),
    ("charts_lead", "Ce que l'archive donne à voir quand on la compte.", "What the archive shows when it is counted."),
    ("hours_chart", "Heures enregistrées par année", "Hours recorded per year"),
    ("hours", "Heures", "Hours"),
    ("together_chart", "Concepts qui vont ensemble", "Concepts that go together"),
    ("together_lead", "Les concepts les plus fréquents, et dans combien de fiches ils se rencontrent deux à deux.",
     "The most frequent concepts, and in how many records they meet two by two."),
    ("as_table", "Les mêmes nombres en tableau", "The same numbers as a table"),
    ("vocabulary_lead", "Les termes propres à l'archive, qui complètent Dublin Core et schema.org.",
     "The archive's own terms, beside Dublin Core and schema.org."),
    ("classes", "Classes", "Classes"),
    ("properties", "Propriétés", "Properties"),
    ("crosswalk", "Correspondances", "Crosswalk"),
    ("term", "Terme", "Term"),
    ("other_terms", "Autres termes", "Other terms"),
    ("sub_of", "Plus précis que", "Narrower than"),
    ("same_as", "Équivaut à", "Equivalent to"),
    ("download", "Télécharger", "Download"),
    ("dumps", "Tout le jeu de données", "The whole dataset"),
    ("dumps_lead", "Les mêmes énoncés, dans chaque syntaxe.", "The same statements, in each syntax."),
    ("format", "Format", "Format"),
    ("file", "Fichier", "File"),
    ("compressed", "compressé", "compressed"),
    ("licence", "Licence", "Licence"),
    ("publisher", "Publié par", "Published by"),
    ("homepage", "Site de l'archive", "Web site of the archive"),
    ("contact", "Contact", "Contact"),
    ("counts", "Ce qu'il contient", "What it holds"),
    ("harvest", "Pour le moissonner", "To harvest it"),
    ("harvest_lead", "Ce que catalogues, archives et lecteurs relisent pour rester à jour.",
     "What catalogues, archives and players read to stay up to date."),
    ("for_catalogues", "Description pour les catalogues", "Description for catalogues"),
    ("rules", "Les règles que suivent les données", "The rules that the data follow"),
    ("shapes_word", "Formes SHACL", "SHACL shapes"),
    ("context_word", "Contexte JSON-LD", "JSON-LD context"),
    ("ontology_word", "Ontologie", "Ontology"),
    ("noun_sessions", "séance|séances", "session|sessions"),
    ("noun_records", "fiche|fiches", "record|records"),
    ("people_orgs", "personnes et organisations", "people and organizations"),
    ("query", "Interroger", "Query"),
    ("incoming", "Où il en est question", "Where it is spoken of"),
    ("cut", "Les {n} premières mentions ; l'interrogation les donne toutes.",
     "The first {n} mentions; a query gives them all."),
    ("hours_total", "heures d'écoute", "hours to listen to"),
    ("made_by", "Publié avec commons-ld", "Published with commons-ld"),
)  # fmt: skip

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {code: french for code, french, _ in _WORDS},
    "en": {code: english for code, _, english in _WORDS},
}

MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
           "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip


def counted(code: str, number: int, language: Language) -> str:
    """Return a number with its noun.

    >>> counted("records", 0, "fr"), counted("records", 0, "en"), counted("records", 12000, "fr")
    ('0 fiche', '0 records', '12\\u202f000 fiches')
    """
    one, _, many = WORDS[language][code].partition("|")
    return (many if many and is_many(number, language) else one).replace("{n}", figure(number, language))


@lru_cache(maxsize=8192)
def day(date: str, language: Language) -> str:
    """Return a date, a month or a year as it is read; what is none of them as it is.

    >>> day("2021-12-02", "fr"), day("2021-12", "en"), day("2021-08-01", "fr"), day("2021", "fr")
    ('2 décembre 2021', 'December 2021', '1er août 2021', '2021')
    """
    parts = date[:10].split("-")
    if len(parts) > 1 and parts[1].isdigit() and 0 < int(parts[1]) < 13:
        parts[1] = MONTHS[language][int(parts[1]) - 1]
        if len(parts) == 3:
            parts[2] = "1er" if (parts[2], language) == ("01", "fr") else parts[2].lstrip("0")
        return " ".join(reversed(parts))
    return date


@lru_cache(maxsize=8192)
def length(seconds: int) -> str:
    """Return how long something takes.

    >>> length(3600), length(5430), length(90), length(0)
    ('1 h', '1 h 31 min', '2 min', '')
    """
    minutes = (seconds + 30) // 60 or bool(seconds)
    hours, minutes = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")))
