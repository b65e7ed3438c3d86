"""What is said of records: by the intake, the mapping, the shapes, and where something is withheld."""

from __future__ import annotations

from typing import Final

from commons_ld.messages.sentence import Message

__all__ = ["RECORDS"]

RECORDS: Final = {
    # What the mapping leaves out, or takes a view on.
    "bad-address": Message(
        "Warning",
        "« {value} » n'est pas une adresse web, et n'est pas publié ; écrire par exemple https://exemple.org/page",
        "'{value}' is no web address, and is not published; write for example https://example.org/page",
    ),
    "blank-in-address": Message(
        "Warning",
        "« {value} » n'est pas une adresse seule et sans blanc, et {hint} est publié ; n'en laisser qu'une, sans rien "
        "à côté, et y écrire %20 pour un blanc",
        "'{value}' is not one address without a blank, and {hint} is published; leave one, with nothing beside it, "
        "and write %20 for a blank in it",
    ),
    "bad-coordinates": Message(
        "Warning",
        "« {value} » ne se lit pas comme des coordonnées ; écrire latitude et longitude, par exemple 45.76000, 4.83500",
        "'{value}' cannot be read as coordinates; write latitude and longitude, such as 45.76000, 4.83500",
    ),
    "bad-start": Message(
        "Warning",
        "« {value} » n'est pas un début d'enregistrement ; écrire l'heure, 14:00, ou le jour aussi, 2021-12-02T14:00",
        "'{value}' is no start of a recording; write the time, 14:00, or the day as well, 2021-12-02T14:00",
    ),
    "bad-time": Message(
        "Warning",
        "« {value} » n'est pas une heure ; écrire par exemple 14:09",
        "'{value}' is no time of day; write for example 14:09",
    ),
    "comma-in-name": Message(
        "Info",
        "« {value} » est pris pour un seul nom ; l'écrire « Prénom Nom », ou séparer plusieurs noms par |",
        "'{value}' is taken for one name; write it 'Given Family', or part the names of several persons by |",
    ),
    "concept-given-up": Message(
        "Warning",
        "le concept « {value} » est abandonné ; en choisir un autre, ou le fusionner par commons-ld vocab merge",
        "the concept '{value}' was given up; choose another one, or merge it by commons-ld vocab merge",
    ),
    "doubtful-duration": Message(
        "Warning",
        "« {value} » n'est la durée d'aucun enregistrement ; l'écrire HH:MM:SS, par exemple 00:45:00 pour trois quarts "
        "d'heure, ou l'ôter si elle n'est pas connue",
        "'{value}' is the duration of no recording; write it HH:MM:SS, such as 00:45:00 for three quarters of an hour, "
        "or leave it out if it is not known",
    ),
    "misspelt-collection": Message(
        "Warning",
        "« {value} » est prise pour une autre collection que « {hint} », dont les fiches sont des séances ; si c'est "
        "elle, l'écrire de même avant de publier, car l'adresse de la fiche en dépend",
        "'{value}' is taken for another collection than '{hint}', whose records are sessions; if that is meant, "
        "write it the same before you publish, since the address of the record depends on it",
    ),
    "names-in-one": Message(
        "Info",
        "« {value} » est publié comme une seule personne ; mettre une virgule entre deux noms (dans un tableau, |), ou "
        "ajouter une organisation à agents.organizations (réglages)",
        "'{value}' is published as one person; put a comma between two names (in a table, |), or add an organization "
        "to agents.organizations in the settings",
    ),
    "notes-outside-recording": Message(
        "Info",
        "des notes ({value}) datent d'avant le début de l'enregistrement ou d'après sa fin, et n'en sont pas des "
        "chapitres ; si ce n'est pas juste, corriger l'heure de début ou la durée",
        "notes ({value}) were written before the recording began or after it ended, and are no chapters of it; "
        "if that is wrong, mend the start time or the duration",
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
    "start-after-publication": Message(
        "Warning",
        "l'enregistrement commence le « {value} », après sa date de publication « {hint} » ; corriger l'un ou l'autre",
        "the recording begins on '{value}', after its date of publication '{hint}'; mend one or the other",
    ),
    "start-on-another-day": Message(
        "Warning",
        "l'enregistrement commence le « {value} », et sa date de création est « {hint} » ; corriger l'un ou l'autre",
        "the recording begins on '{value}', and its date of creation is '{hint}'; mend one or the other",
    ),
    "start-without-day": Message(
        "Info",
        "l'heure de début {value} n'est pas publiée, faute d'un jour de création ; écrire par exemple 2021-12-02T14:00",
        "the start time {value} is not published, since the date of creation is no day; write e.g. 2021-12-02T14:00",
    ),
    "time-without-day": Message(
        "Info",
        "l'heure {value} d'une note n'est pas publiée, faute d'un jour de création ; écrire par exemple 2021/12/02",
        "the time {value} of a note is not published, since the date of creation is no day; write e.g. 2021/12/02",
    ),
    "time-without-start": Message(
        "Info",
        "les heures des notes comptent depuis le début de l'enregistrement, qui n'est pas connu, et ne sont pas "
        "publiées ; écrire l'heure de début, par exemple 14:00",
        "the times of the notes are counted from the beginning of the recording, which is not known, and are not "
        "published; write when it begins, for example 14:00",
    ),
    "notes-without-author": Message(
        "Warning",
        "notes sans auteur : {value}, dont la première est la note {hint} ; écrire son nom après l'heure, par exemple "
        "[14:09] Ana : bonjour",
        "notes without an author: {value}, of which the first is note {hint}; write the name after the time, for "
        "example [14:09] Ana: hello",
    ),
    "too-many-notes": Message(
        "Warning",
        "la discussion a {value} notes, dont les {hint} premières sont publiées ; les autres restent dans la source ; "
        "en admettre davantage par output.most_notes (réglages)",
        "the chat has {value} notes, of which the first {hint} are published; the others stay in the source; "
        "take more by output.most_notes in the settings",
    ),
    "unknown-country": Message(
        "Warning",
        "« {value} » n'est pas un pays connu ; écrire son nom ou son code, par exemple France ou FR",
        "'{value}' is no known country; write its name or code, such as France or FR",
    ),
    "unknown-language": Message(
        "Warning",
        "« {value} » n'est pas une langue connue ; écrire un code tel que FR, ou plusieurs avec des virgules : FR, EN",
        "'{value}' is no known language; write a code such as FR, or several with commas: FR, EN",
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
        "« {value} » n'est pas un format lu ici ; l'ôter, ou l'enregistrer en "
        ".txt, .wiki, .html, .xml, .rdf, .ttl, .json, .jsonl ou .csv",
        "'{value}' is no format that is read here; take it out, or save it as "
        ".txt, .wiki, .html, .xml, .rdf, .ttl, .json, .jsonl or .csv",
    ),
    "bad-sidecar": Message(
        "Violation",
        "le fichier .wiki.json à côté de la page est abîmé ; prendre de nouveau les pages avec « commons-ld fetch »",
        "the file .wiki.json beside the page is damaged; fetch the pages again with 'commons-ld fetch'",
    ),
    "lone-sidecar": Message(
        "Violation",
        "la page qui va avec ce fichier n'est plus là ; la prendre avec « commons-ld fetch », ou supprimer ce fichier",
        "the page that goes with this file is gone; fetch it with 'commons-ld fetch', or remove this file",
    ),
    # What concerns several pages at once.
    "slug-taken": Message(
        "Warning",
        "une autre page porte déjà ce nom, et l'adresse publiée de celle-ci est « {hint} » ; si les deux "
        "sont la même, ôter l'une des deux des sources",
        "another page has this name already, and the published address of this one is '{hint}'; if the two "
        "are the same, take one of them out of the sources",
    ),
    "duplicate-identifier": Message(
        "Violation",
        "« {value} » est déjà l'identifiant d'une fiche de ce fichier, ou son titre si elle n'a pas "
        "d'identifiant ; donner à celle-ci un identifiant à elle (champ identifier, ou colonne Identifiant)",
        "'{value}' is the identifier of another record of this file already, or the title of one "
        "without; give this one an identifier of its own (the field, or column, identifier)",
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
    # What the settings say of the archive.
    "foreign-base": Message(
        "Warning",
        "les IRI commencent par {value}, qui est à l'archive de Remix the commons, alors que l'éditeur est {hint} ; "
        "mettre dans les réglages une adresse à soi avant de publier, car un IRI ne change plus",
        "the IRIs begin with {value}, which is the archive of Remix the commons, though the publisher is {hint}; put "
        "an address of your own in the settings before you publish, since an IRI does not change any more",
    ),
    # What is withheld before anything is published.
    "link-withheld": Message(
        "Info",
        "{field} : un lien n'est pas publié, car il contient une adresse, un numéro ou le nom d'une personne du chat ; "
        "pour le publier, ajouter cette personne aux invités, ou retirer l'adresse ou le numéro du lien",
        "{field}: a link is not published, since it holds an address, a number or the name of somebody in the chat; "
        "to publish it, list that person among the guests, or take the address or the number out of the link",
    ),
}
