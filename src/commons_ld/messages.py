"""What commons-ld says to a person about a page, in French and in English.

One row a sentence: what is wrong, and what to do. A sentence may name ``{field}`` (the label on the
page), ``{value}`` (what was found), ``{hint}`` (the nearest known one, or the form expected); it is made
by :func:`message` and nowhere else, so that both languages stay equals.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

__all__ = ["MESSAGES", "Language", "Message", "Severity", "message"]

Language = Literal["fr", "en"]

#: How much it matters, by the names of SHACL (https://www.w3.org/TR/shacl/#severity).
Severity = Literal["Violation", "Warning", "Info"]

#: The longest value that is shown in full; more of it would not help a reader.
_SHOWN: Final = 120


class Message(NamedTuple):
    """A sentence in both languages, and how much it matters."""

    severity: Severity
    fr: str
    en: str


MESSAGES: Final[dict[str, Message]] = {
    # What a reader refuses: the page does not become a record.
    "deep-html": Message(
        "Violation",
        "les éléments de cette page sont emboîtés plus profondément que ceux d'aucune page ; l'enregistrer de nouveau",
        "the elements of this page are nested deeper than those of any page; save it again",
    ),
    "no-such-page": Message(
        "Violation",
        "le wiki n'a pas de page de ce titre ; enregistrer la page qui existe, ou laisser celle-ci de côté",
        "the wiki has no page of this title; save the page that exists, or leave this one out",
    ),
    "not-an-article": Message(
        "Violation",
        "ceci est la page qui modifie une page, ou son historique, et non la page elle-même ; enregistrer celle-ci",
        "this is the page that edits a page, or its history, and not the page itself; save that one",
    ),
    "not-html": Message(
        "Violation",
        "ce fichier n'est pas une page HTML ; enregistrer la page de nouveau depuis un navigateur",
        "this file is no HTML page; save the page again from a browser",
    ),
    "not-wiki-html": Message(
        "Violation",
        "cette page HTML ne vient pas d'un wiki MediaWiki ; enregistrer la page du wiki",
        "this HTML page does not come from a MediaWiki; save the page of the wiki",
    ),
    "missing-title": Message(
        "Violation",
        "la page n'a pas de titre ; écrire le titre sur la première ligne",
        "the page has no title; write the title on its first line",
    ),
    # What the mapping leaves out, or takes a view on.
    "bad-address": Message(
        "Warning",
        "« {value} » n'est pas une adresse web, et n'est pas publié ; écrire par exemple https://exemple.org/page",
        "'{value}' is no web address, and is not published; write for example https://example.org/page",
    ),
    "bad-coordinates": Message(
        "Warning",
        "« {value} » ne se lit pas comme des coordonnées ; écrire latitude et longitude, par exemple 45.76000, 4.83500",
        "'{value}' cannot be read as coordinates; write latitude and longitude, such as 45.76000, 4.83500",
    ),
    "bad-time": Message(
        "Warning",
        "« {value} » n'est pas une heure ; écrire par exemple 14:09",
        "'{value}' is no time of day; write for example 14:09",
    ),
    "producer-as-organization": Message(
        "Info",
        "« {value} » est publié comme une organisation ; pour une personne, l'ajouter à agents.persons (réglages)",
        "'{value}' is published as an organization; if it is a person, add it to agents.persons in the settings",
    ),
    "reply-to-nothing": Message(
        "Warning",
        "une note répond à la note {value}, qui n'existe pas ; corriger ce numéro",
        "a note answers note {value}, which does not exist; mend that number",
    ),
    "time-without-day": Message(
        "Info",
        "l'heure {value} d'une note n'est pas publiée, faute d'un jour de création ; écrire par exemple 2021/12/02",
        "the time {value} of a note is not published, since the date of creation is no day; write e.g. 2021/12/02",
    ),
    "unknown-country": Message(
        "Warning",
        "« {value} » n'est pas un pays connu ; écrire son nom ou son code, par exemple France ou FR",
        "'{value}' is no known country; write its name or code, such as France or FR",
    ),
    "unknown-language": Message(
        "Warning",
        "« {value} » n'est pas une langue connue ; écrire un code tel que FR ou EN",
        "'{value}' is no known language; write a code such as FR or EN",
    ),
    "unknown-media-type": Message(
        "Warning",
        "« {value} » n'est pas un média connu ; écrire Audio, Vidéo, Texte, Fiche ou Multimédia",
        "'{value}' is no known media type; write Audio, Vidéo, Texte, Fiche or Multimédia",
    ),
    "unknown-text-language": Message(
        "Warning",
        "« {value} » n'est pas une étiquette de langue ; les textes sont publiés en « {hint} »",
        "'{value}' is no language tag; the texts are published as '{hint}'",
    ),
    # What the intake refuses before any reader sees it.
    "unknown-format": Message(
        "Violation",
        "« {value} » n'est pas un format lu ici ; enregistrer la page en .txt, .wiki, .json, .jsonl ou .csv, ou l'ôter",
        "'{value}' is no format that is read here; save the page as .txt, .wiki, .json, .jsonl or .csv, or take it out",
    ),
    # What concerns several pages at once.
    "slug-taken": Message(
        "Warning",
        "une autre page porte déjà ce nom ; l'adresse publiée de celle-ci est « {hint} »",
        "another page has this name already; the published address of this one is '{hint}'",
    ),
    "duplicate-identifier": Message(
        "Violation",
        "l'identifiant « {value} » est déjà celui d'un autre enregistrement, lu avant ; en donner un autre",
        "the identifier '{value}' is that of another record, read before; give it another one",
    ),
    # What a shape finds, where it has no sentence of its own.
    "node-unexpected": Message(
        "Violation",
        "ce champ n'est pas rempli comme il est attendu ; comparer avec une page publiée",
        "this field is not filled in as expected; compare with a page that is published",
    ),
    "value-missing": Message(
        "Violation",
        "ce champ manque ; le remplir",
        "this field is missing; fill it in",
    ),
    "value-out-of-order": Message(
        "Violation",
        "« {value} » ne vient pas avant l'autre valeur, ou ne se compare pas à elle ; corriger l'une des deux",
        "'{value}' does not come before the other value, or cannot be compared with it; mend one of them",
    ),
    "value-repeated": Message(
        "Violation",
        "ce champ a trop de valeurs ; n'en garder que le nombre attendu",
        "this field has too many values; keep only as many as are expected",
    ),
    "value-unexpected": Message(
        "Violation",
        "« {value} » n'est pas ce qui est attendu ici ; comparer avec une page publiée",
        "'{value}' is not what is expected here; compare with a page that is published",
    ),
    # What a reader of pages refuses.
    "diff-page": Message(
        "Violation",
        "la page compare deux versions et n'est pas un enregistrement ; enregistrer la page elle-même",
        "the page compares two versions and is no record; save the page itself",
    ),
    "empty-page": Message(
        "Violation",
        "le fichier est vide ; y enregistrer la page de nouveau, ou le supprimer",
        "the file is empty; save the page again, or remove it",
    ),
    "long-title": Message(
        "Violation",
        "la première ligne est trop longue pour un titre (« {value} ») ; écrire le titre seul sur la première ligne",
        "the first line is too long for a title ('{value}'); write the title alone on the first line",
    ),
    "namespace-page": Message(
        "Violation",
        "« {value} » est une partie du wiki qui ne contient pas d'enregistrements ; ne pas donner cette page",
        "'{value}' is a part of the wiki that holds no records; leave this page out",
    ),
    "no-template": Message(
        "Violation",
        "la page n'appelle pas {{{{Objet média}}}} ; une page copiée du navigateur s'enregistre avec le suffixe .txt",
        "the page does not call {{{{Objet média}}}}; a page copied from the browser is saved with the suffix .txt",
    ),
    "not-page-text": Message(
        "Violation",
        "ce n'est pas le texte d'une page ; enregistrer le wikitexte avec le suffixe .wiki, le JSON avec .json, "
        "et copier une page HTML depuis le navigateur",
        "this is not the text of a page; save wikitext with the suffix .wiki, JSON with .json, "
        "and copy an HTML page from the browser",
    ),
    "not-text": Message(
        "Violation",
        "le fichier n'est pas du texte ; enregistrer la page en texte brut (UTF-8)",
        "the file is no text; save the page as plain text (UTF-8)",
    ),
    "not-utf-8": Message(
        "Violation",
        "l'octet {value} n'est pas de l'UTF-8 ; enregistrer le fichier en UTF-8",
        "the byte {value} is not UTF-8; save the file as UTF-8",
    ),
    "open-template": Message(
        "Violation",
        "l'appel de {{{{Objet média}}}} n'est pas fermé ; ajouter }}}} après le dernier paramètre",
        "the call of {{{{Objet média}}}} is not closed; add }}}} after the last parameter",
    ),
    "other-template": Message(
        "Violation",
        "la page appelle {{{{{value}}}}} et non {{{{Objet média}}}} ; ne pas donner cette page, ou corriger le nom",
        "the page calls {{{{{value}}}}} and not {{{{Objet média}}}}; leave this page out, or mend the name",
    ),
    "query-page": Message(
        "Violation",
        "la page est le résultat d'une requête et n'est pas un enregistrement ; ne pas donner cette page",
        "the page is the result of a query and no record; leave this page out",
    ),
    "redirect-page": Message(
        "Violation",
        "la page ne fait que renvoyer à une autre ; enregistrer celle-là",
        "the page only sends on to another one; save that one",
    ),
    "too-deep": Message(
        "Violation",
        "plus de {value} modèles ou liens sont ouverts l'un dans l'autre ; en fermer, ou en ôter",
        "more than {value} templates or links stand inside each other; close some, or take some out",
    ),
    "too-large": Message(
        "Violation",
        "le fichier dépasse {value} ; enregistrer une page par fichier",
        "the file is larger than {value}; save one page a file",
    ),
    "too-many-marks": Message(
        "Violation",
        "la page a plus de {value} accolades, crochets ou barres ; enregistrer une page par fichier",
        "the page has more than {value} braces, brackets or bars; save one page a file",
    ),
    "unparsable-wikitext": Message(
        "Violation",
        "le wikitexte ne peut pas être analysé ; vérifier les accolades et les crochets",
        "the wikitext cannot be parsed; check its braces and brackets",
    ),
    "unreadable": Message(
        "Violation",
        "le fichier ne peut pas être lu ({value}) ; vérifier qu'il existe et que sa lecture est permise",
        "the file cannot be read ({value}); check that it is there and may be read",
    ),
    # What a reader of pages keeps, but not as it stands.
    "dropped-characters": Message(
        "Info",
        "{value} caractères de contrôle ont été ôtés ; vérifier le texte s'il vient d'un autre logiciel",
        "{value} control characters were dropped; check the text if it comes from another program",
    ),
    "message-without-time": Message(
        "Info",
        "la ligne est prise pour un message sans heure d'une personne ; écrire [HH:MM] devant, ou ôter les deux-points",
        "the line is taken for a message without a time, of a person; write [HH:MM] before it, or take out the colon",
    ),
    "no-message": Message(
        "Warning",
        "aucun message n'est reconnu sous « {field} », et rien n'en est publié ; commencer chacun par [HH:MM] Nom :",
        "no message is recognised under '{field}', and none of it is published; begin each one with [HH:MM] Name:",
    ),
    "repeated-field": Message(
        "Warning",
        "« {field} » est donné deux fois ; la première valeur est gardée, « {value} » ne l'est pas",
        "'{field}' is given twice; the first value is kept, '{value}' is not",
    ),
    "repeated-section": Message(
        "Warning",
        "la section « {field} » vient deux fois ; la première est gardée, réunir les deux",
        "the section '{field}' comes twice; the first is kept, join the two",
    ),
    "reply-without-message": Message(
        "Info",
        "une réponse vient avant tout message ; vérifier que le début de la discussion est là",
        "a reply comes before any message; check that the beginning of the chat is there",
    ),
    "second-record": Message(
        "Warning",
        "la page appelle {{{{Objet média}}}} deux fois ; seul le premier appel est lu",
        "the page calls {{{{Objet média}}}} twice; only the first call is read",
    ),
    "unknown-service": Message(
        "Warning",
        "le service de diffusion « {value} » n'est pas connu ({hint}) ; écrire l'adresse entière comme identifiant",
        "the service '{value}' is not known ({hint}); write the whole address as the identifier",
    ),
    # What is withheld before anything is published.
    "link-withheld": Message(
        "Info",
        "{field} : un lien n'est pas publié, car il contient une adresse, un numéro ou le nom d'une personne du chat ; "
        "pour le publier, ajouter cette personne aux invités, ou retirer l'adresse ou le numéro du lien",
        "{field}: a link is not published, since it holds an address, a number or the name of somebody in the chat; "
        "to publish it, list that person among the guests, or take the address or the number out of the link",
    ),
    # What the readers of JSON and CSV refuse.
    "bad-csv": Message(
        "Violation",
        "à partir de cette ligne, le fichier n'est pas du CSV ; fermer les guillemets, et doubler ceux du texte",
        "from this line on, the file is no CSV; close the quotation marks, and double those of the text",
    ),
    "bad-json": Message(
        "Violation",
        "le JSON est mal formé au caractère {value} de la ligne ; vérifier guillemets, virgules et accolades",
        "the JSON is malformed at character {value} of the line; check its quotation marks, commas and braces",
    ),
    "cut-json": Message(
        "Violation",
        "le JSON s'arrête avant d'être complet ; enregistrer le fichier de nouveau, ou fermer ce qui est ouvert",
        "the JSON ends before it is complete; save the file again, or close what is open",
    ),
    "deep-json": Message(
        "Violation",
        "trop de listes et d'objets JSON sont l'un dans l'autre ; n'écrire que les champs du schéma",
        "too many JSON lists and objects stand inside each other; write only the fields of the schema",
    ),
    "extra-cells": Message(
        "Violation",
        "la ligne a plus de cellules que les {value} colonnes ; mettre entre guillemets le texte avec le séparateur",
        "the row has more cells than the {value} columns; put the text with the separator between quotation marks",
    ),
    "field-missing": Message(
        "Violation",
        "« {field} » manque ou est vide ; le remplir",
        "'{field}' is missing or empty; fill it in",
    ),
    "field-not-choice": Message(
        "Violation",
        "« {field} » ne peut pas être « {value} » ; écrire session ou media, ou ne rien écrire",
        "'{field}' cannot be '{value}'; write session or media, or nothing",
    ),
    "field-not-list": Message(
        "Violation",
        "« {field} » doit être une liste et non {value} ; l'écrire entre crochets",
        "'{field}' must be a list and not {value}; write it between brackets",
    ),
    "field-not-number": Message(
        "Violation",
        "« {field} » doit être un nombre entier et non {value} ; l'écrire sans guillemets ni virgule",
        "'{field}' must be a whole number and not {value}; write it without quotation marks or a point",
    ),
    "field-not-object": Message(
        "Violation",
        "« {field} » doit être un objet et non {value} ; l'écrire entre accolades, avec les noms de ses champs",
        "'{field}' must be an object and not {value}; write it between braces, with the names of its fields",
    ),
    "field-not-text": Message(
        "Violation",
        "« {field} » doit être un texte et non {value} ; l'écrire entre guillemets, ou ne pas donner ce champ",
        "'{field}' must be a text and not {value}; write it between quotation marks, or leave the field out",
    ),
    "huge-number": Message(
        "Violation",
        "un nombre est trop grand pour être lu ; l'écrire entre guillemets",
        "a number is too large to be read; write it between quotation marks",
    ),
    "large-cell": Message(
        "Violation",
        "une cellule dépasse {value} caractères ; fermer ses guillemets, ou donner l'enregistrement en JSON",
        "a cell has more than {value} characters; close its quotation marks, or give the record as JSON",
    ),
    "large-file": Message(
        "Violation",
        "le fichier dépasse {value} ; l'enregistrer en JSON Lines (.jsonl), un objet par ligne",
        "the file is larger than {value}; save it as JSON Lines (.jsonl), one object a line",
    ),
    "large-record": Message(
        "Violation",
        "l'enregistrement dépasse {value} ; fermer ce qui est ouvert avant cette ligne, ou raccourcir ses textes",
        "the record is larger than {value}; close what is open before this line, or shorten its texts",
    ),
    "no-title-column": Message(
        "Violation",
        "la première ligne n'a pas de colonne « title » ; y écrire les noms des champs du schéma",
        "the first row has no column 'title'; write the names of the fields of the schema in it",
    ),
    "not-an-object": Message(
        "Violation",
        "un enregistrement est un objet JSON et non {value} ; l'écrire entre accolades, avec les noms de ses champs",
        "a record is a JSON object and not {value}; write it between braces, with the names of its fields",
    ),
    "repeated-column": Message(
        "Violation",
        "la colonne « {value} » est là deux fois ; n'en garder qu'une, et y séparer les valeurs par |",
        "the column '{value}' is there twice; keep one of them, and part its values by |",
    ),
    # What the reader of Semantic MediaWiki's exports refuses or remarks, and where two files tell of one page.
    "broken-host": Message(
        "Warning",
        "l'export appelle le wiki « {value} » ; ses adresses ne sont pas reprises ; régler $wgServer, refaire l'export",
        "the export calls the wiki '{value}', and its addresses are not taken over; set $wgServer and export again",
    ),
    "broken-rdf": Message(
        "Violation",
        "à partir d'ici, le RDF est mal formé ; les pages qui précèdent sont lues ; refaire l'export",
        "from here on, the RDF is malformed; the pages before it are read; export again",
    ),
    "broken-xml": Message(
        "Violation",
        "à partir d'ici, le XML est mal formé ({value}) ; les pages qui précèdent sont lues ; refaire l'export",
        "from here on, the XML is malformed ({value}); the pages before it are read; export again",
    ),
    "deep-xml": Message(
        "Violation",
        "plus de {value} éléments XML sont l'un dans l'autre ; ce n'est pas un export, ôter ce fichier",
        "more than {value} XML elements stand inside each other; this is no export, leave the file out",
    ),
    "html-not-rdf": Message(
        "Violation",
        "c'est une page HTML et non l'export RDF ; se connecter au wiki s'il le faut, et refaire l'export",
        "this is a page of HTML and not the RDF export; sign in to the wiki if need be, and save the export again",
    ),
    "large-expansion": Message(
        "Violation",
        "le fichier dépasserait {value} une fois ses entités remplacées ; exporter moins de pages à la fois",
        "the file would be larger than {value} with its entities replaced; export fewer pages at a time",
    ),
    "many-statements": Message(
        "Violation",
        "le fichier a plus de {value} énoncés, ou des noms trop longs ; exporter moins de pages à la fois",
        "the file has more than {value} statements, or names that are too long; export fewer pages at a time",
    ),
    "no-fact-of-a-record": Message(
        "Violation",
        "la page n'a aucun attribut d'un objet média ({value}) ; la mettre dans la catégorie Objet média, ou l'ôter",
        "the page has no property of a media object ({value}); put it in the category Objet média, or take it out",
    ),
    "no-record-in-export": Message(
        "Violation",
        "l'export ne contient aucun objet média ; exporter les pages de la catégorie Objet média",
        "the export holds no media object; export the pages of the category Objet média",
    ),
    "not-smw-rdf": Message(
        "Violation",
        "ce RDF n'est pas un export de Semantic MediaWiki ; exporter la page par Spécial:ExportRDF, ou ôter le fichier",
        "this RDF is no export of Semantic MediaWiki; export the page by Special:ExportRDF, or take the file out",
    ),
    "page-followed": Message(
        "Warning",
        "la page dit « {hint} », l'export « {value} » ; la page, plus récente ou plus claire, est suivie ; le refaire",
        "the page says '{hint}', the export '{value}'; the page, later or clearer, is followed; export again",
    ),
    "several-exports": Message(
        "Info",
        "un autre export parle de cette page ; le plus récent est suivi, et non « {value} » ; en garder un seul",
        "another export tells of this page; the latest is followed, and not '{value}'; keep only one",
    ),
    "sources-disagree": Message(
        "Warning",
        "la page dit « {hint} », et l'export « {value} », qui est suivi ; corriger la page, ou refaire l'export",
        "the page says '{hint}', and the export '{value}', which is followed; mend the page, or export again",
    ),
    "unsafe-doctype": Message(
        "Violation",
        "le DOCTYPE déclare autre chose que des adresses abrégées ; refaire l'export depuis le wiki",
        "the DOCTYPE declares something other than short forms of addresses; export from the wiki again",
    ),
}


def message(code: str, language: Language, *, field: str = "", value: str = "", hint: str = "") -> str:
    """Return the sentence of ``code`` in ``language``.

    :raises KeyError: if there is no such sentence: a fault of ours, never of a page

    >>> message("missing-title", "en")
    'the page has no title; write the title on its first line'
    """
    shown = " ".join(value.split())
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 1] + "…"
    row = MESSAGES[code]
    text = row.fr if language == "fr" else row.en
    if hint and "{hint}" not in text:
        text += _NEAREST[language]
    return text.format(field=field, value=shown, hint=hint)


#: What is added where the nearest known value can be named.
_NEAREST: Final[dict[Language, str]] = {"fr": " (le plus proche : « {hint} »)", "en": " (the nearest: '{hint}')"}
