"""The words of the report, in French and in English: headings, counts, and what the parts of a record are called.

Sentences about a page are in :mod:`commons_ld.messages`, and those of shapes in the shapes.
"""

from __future__ import annotations

from typing import Final

from commons_ld.field_names import FIELDS
from commons_ld.messages import Language, Severity
from commons_ld.sentences import figure, is_many

__all__ = ["COUNTED", "NODES", "SEVERITIES", "WORDS", "colon", "count", "field_label", "quoted", "word"]

#: What a severity is for the person who reads.
SEVERITIES: Final[dict[Severity, tuple[str, str]]] = {
    "Violation": ("à corriger", "to mend"),
    "Warning": ("à vérifier", "to check"),
    "Info": ("conseil", "advice"),
}

#: What a node other than the record itself is called, by its kind.
NODES: Final[dict[str, tuple[str, str]]] = {
    "recording": ("", ""),
    "note": ("note {}", "note {}"),
    "participant": ("Participant·e {}", "Participant {}"),
    "document": ("document {}", "document {}"),
    "place": ("lieu", "place"),
    "geo": ("lieu", "place"),
    "person": ("personne « {} »", "person “{}”"),
    "organization": ("organisation « {} »", "organization “{}”"),
    "collection": ("collection « {} »", "collection “{}”"),
    "concept": ("concept « {} »", "concept “{}”"),
    "session": ("séance « {} »", "session “{}”"),
    "media": ("média « {} »", "medium “{}”"),
}

#: Things that are counted: one and many, in French and in English.
COUNTED: Final[dict[str, tuple[str, str, str, str]]] = {
    "records": ("fiche lue", "fiches lues", "record read", "records read"),
    "published": ("fiche publiée", "fiches publiées", "record published", "records published"),
    "held": ("fiche retenue", "fiches retenues", "record held back", "records held back"),
    "passed": ("page passée", "pages passées", "page passed over", "pages passed over"),
    "refused": ("page refusée", "pages refusées", "page refused", "pages refused"),
    "Violation": ("point à corriger", "points à corriger", "thing to mend", "things to mend"),
    "Warning": ("point à vérifier", "points à vérifier", "thing to check", "things to check"),
    "Info": ("conseil", "conseils", "piece of advice", "pieces of advice"),
    "pages": ("page", "pages", "page", "pages"),
    "more": ("autre page", "autres pages", "other page", "other pages"),
    "more-remarks": ("autre remarque", "autres remarques", "other remark", "other remarks"),
}

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Rapport de l'export", "Export report"),
    "good": (
        "Rien à signaler : toutes les pages lues sont publiées, et rien n'est à corriger.",
        "Nothing to report: every page that was read is published, and nothing needs mending.",
    ),
    "nothing": (
        "Rien n'a été lu : les sources ne contiennent aucune page. Y mettre des pages (le dossier data/, à moins que "
        "les réglages n'en nomment d'autres), ou les prendre du wiki avec commons-ld fetch.",
        "Nothing was read: the sources hold no page. Put pages there (into the folder data/, unless the settings name "
        "others), or bring them from the wiki with commons-ld fetch.",
    ),
    "lead": (
        "Chaque page est nommée avec ce qui s'y trouve et ce qui est attendu. Corriger la page, puis refaire l'export.",
        "Each page is named with what was found in it and what is expected. Mend the page, then export again.",
    ),
    "summary": ("En bref", "In short"),
    "common": ("Ce qui revient sur plusieurs pages", "What several pages have in common"),
    "refused": ("Pages refusées", "Refused pages"),
    "refused-lead": (
        "Ces pages n'ont pas pu être lues comme des fiches ; elles ne sont pas publiées, et restent telles quelles.",
        "These pages could not be read as records; they are not published, and are left as they are.",
    ),
    "passed": ("Pages qui ne sont pas des fiches", "Pages that are no records"),
    "passed-lead": (
        "Un export contient tout le wiki. Ces pages ne sont pas des fiches, ce qui n'est pas une faute ; la liste "
        "entière est dans report.json.",
        "A dump holds the whole wiki. These pages are no records, which is no fault; the whole list is in report.json.",
    ),
    "held": ("Fiches retenues", "Records held back"),
    "held-lead": (
        "Ces fiches ne sont pas publiées tant que les points « à corriger » ne le sont pas.",
        "These records are not published until what is “to mend” is mended.",
    ),
    "attention": ("Publié, à reprendre", "Published, in need of attention"),
    "attention-lead": (
        "Ce qui suit est publié ; y revenir améliorerait les données.",
        "What follows is published; going over it again would make the data better.",
    ),
    "advice": ("Conseils", "Advice"),
    "advice-lead": (
        "Rien ici n'est une faute : ce sont des suggestions, page par page.",
        "Nothing here is a fault: these are suggestions, page by page.",
    ),
    "checks": ("Ce qui a été vérifié", "What was checked"),
    "checks-lead": (
        "Pour chaque série de vérifications, combien d'éléments elle a rencontrés.",
        "For each set of checks, how many items it met.",
    ),
    "empty": ("La vérification elle-même est en défaut", "The checks themselves are at fault"),
    "empty-lead": (
        "Ces vérifications n'ont rencontré aucun élément, alors que l'archive en contient du genre qu'elles "
        "concernent. Ce que dit ce rapport ne prouve donc rien à leur sujet ; corriger les fichiers du dossier shapes.",
        "These checks met no item, although the archive holds some of the kind that they are for. So what this "
        "report says proves nothing about those; mend the files in the shapes folder.",
    ),
    "unchecked": (
        "aucune vérification n'a porté sur cette fiche ; corriger les fichiers du dossier shapes",
        "no check looked at this record; mend the files in the shapes folder",
    ),
    "field": ("Champ", "Field"),
    "on-page": ("sur la page :", "on the page:"),
    "value": ("Valeur trouvée", "Value found"),
    "expected": ("Ce qui est attendu", "What is expected"),
    "causes": ("En détail :", "In detail:"),
    "severity": ("Importance", "Importance"),
    "place": ("Endroit", "Place"),
    "reason": ("Raison", "Reason"),
    "pages": ("Pages", "Pages"),
    "check": ("Vérification", "Check"),
    "met": ("Éléments", "Items"),
    "line": ("ligne {}", "line {}"),
    "file": ("fichier", "file"),
    "unrecognised": ("Laissé de côté", "Left out"),
    "unrecognised-lead": (
        "Ce qui est écrit là n'est pas publié.",
        "What is written there is not published.",
    ),
    "unread-one": ("texte qui ne se lit pas, et n'est pas publié", "text that cannot be read, and is not published"),
    "unrecognised-one": ("libellé inconnu", "unknown label"),
    "candidate-one": ("nouveau concept, publié comme candidat", "new concept, published as a candidate"),
    "candidates": ("Nouveaux concepts", "New concepts"),
    "candidates-lead": (
        "Ces mots ne sont pas dans le vocabulaire ; ils sont publiés comme candidats.",
        "These words are not in the vocabulary; they are published as candidates.",
    ),
    "nearest": ("le plus proche connu\u00a0: {}", "the nearest known: {}"),
    "no-nearest": ("aucun connu ne s'en approche", "no known one comes near"),
    "more-places": ("et {} de plus", "and {} more"),
    "more": (
        "{} ne sont pas montrées ici ; elles sont toutes dans report.fr.txt et report.json.",
        "{} are not shown here; they are all in report.en.txt and report.json.",
    ),
    "more-on-terminal": (
        "{} ne sont pas montrées sur un terminal ; un rapport envoyé dans un fichier (> rapport.txt) les a toutes.",
        "{} are not shown on a terminal; a report that is sent into a file (> report.txt) has them all.",
    ),
    "formats": ("Ce rapport sous d'autres formes", "This report in other forms"),
    "text": ("texte", "text"),
    "other-language": ("This report in English", "Ce rapport en français"),
    "skip": ("Aller au rapport", "Skip to the report"),
}


def word(code: str, language: Language) -> str:
    """Return a word or sentence of :data:`WORDS`.

    >>> word("field", "fr")
    'Champ'
    """
    return WORDS[code][language == "en"]


def quoted(text: str, language: Language) -> str:
    """Return a value between the quotation marks of a language.

    >>> quoted("Durée", "fr"), quoted("Durée", "en")
    ('«\xa0Durée\xa0»', '“Durée”')
    """
    return f"«\u00a0{text}\u00a0»" if language == "fr" else f"“{text}”"


def colon(language: Language) -> str:
    """Return a colon, which French parts from the word before."""
    return "\u00a0:" if language == "fr" else ":"


def count(number: int, code: str, language: Language) -> str:
    """Return how many there are of something of :data:`COUNTED`, in words; in French, none is singular.

    >>> count(0, "records", "fr"), count(0, "records", "en"), count(12000, "records", "en")
    ('0 fiche lue', '0 records read', '12,000 records read')
    """
    one_fr, many_fr, one_en, many_en = COUNTED[code]
    one, many = (one_fr, many_fr) if language == "fr" else (one_en, many_en)
    return f"{figure(number, language)} {many if is_many(number, language) else one}"


def field_label(field: str, language: Language) -> str:
    """Return what a field is called; a label of the page is what it is.

    >>> field_label("duration", "en"), field_label("Durées", "en")
    ('Duration', 'Durées')
    """
    return FIELDS[field][language == "en"] if field in FIELDS else field
