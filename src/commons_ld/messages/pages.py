"""What is said of pages: of their text, their wikitext and their HTML."""

from __future__ import annotations

from typing import Final

from commons_ld.messages.sentence import Message

__all__ = ["PAGES"]

PAGES: Final = {
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
    "mail": Message(
        "Violation",
        "c'est un courriel, et il n'est pas publié ; ne pas le laisser parmi les pages",
        "this is an e-mail, and is not published; do not leave it among the pages",
    ),
    "no-page": Message(
        "Violation",
        "ce texte n'a rien d'une page du wiki : ni « Métadonnées », ni « En résumé », ni ligne de facettes ; il n'est "
        "pas publié. Si c'en est une, ajouter une ligne « Métadonnées » et, dessous, ce qui est su (« Média Audio »)",
        "this text has nothing of a page of the wiki: no 'Métadonnées', no 'En résumé', no line of facets; it is not "
        "published. If it is one, add a line 'Métadonnées' and below it what is known ('Média Audio')",
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
    "nameless-guest": Message(
        "Info",
        "« {value} » ne dit pas de qui ; écrire le nom devant, par exemple « Camille Exemple est maraîchère. »",
        "'{value}' does not say who; write the name before it, for example 'Camille Exemple est maraîchère.'",
    ),
    "no-message": Message(
        "Warning",
        "aucun message n'est reconnu sous « {field} », et rien n'en est publié ; commencer chacun par [HH:MM] Nom :",
        "no message is recognised under '{field}', and none of it is published; begin each one with [HH:MM] Name:",
    ),
    "private-messages": Message(
        "Info",
        "des messages privés ({value}) ne sont pas publiés ; ils restent dans la source",
        "private messages ({value}) are not published; they stay in the source",
    ),
    "unread-notices": Message(
        "Info",
        "des lignes ({value}) commencent comme un message sans en être un (arrivées, départs, pièces jointes …), et ne "
        "sont pas publiées",
        "lines ({value}) begin as a message does and are none (who came and left, attachments …), and are not "
        "published",
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
    "missing-service": Message(
        "Warning",
        "il manque le service de diffusion de « {value} » ; l'écrire ({hint}), ou l'adresse entière comme identifiant",
        "the service that broadcasts '{value}' is missing; write it ({hint}), or the whole address as the identifier",
    ),
    "unknown-service": Message(
        "Warning",
        "le service de diffusion « {value} » n'est pas connu ({hint}) ; écrire l'adresse entière comme identifiant",
        "the service '{value}' is not known ({hint}); write the whole address as the identifier",
    ),
}
