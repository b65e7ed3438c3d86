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
    "missing-title": Message(
        "Violation",
        "la page n'a pas de titre ; écrire le titre sur la première ligne",
        "the page has no title; write the title on its first line",
    ),
    # What the mapping leaves out, or takes a view on.
    "bad-address": Message(
        "Warning",
        "« {value} » n'est pas une adresse web et n'a pas été publié ; écrire une adresse telle que https://exemple.org/page",
        "'{value}' is no web address and was not published; write an address such as https://example.org/page",
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
        "« {value} » est publié comme une organisation ; si c'est une personne, l'ajouter à agents.persons dans les réglages",
        "'{value}' is published as an organization; if it is a person, add it to agents.persons in the settings",
    ),
    "reply-to-nothing": Message(
        "Warning",
        "une note répond à la note {value}, qui n'existe pas ; corriger ce numéro",
        "a note answers note {value}, which does not exist; mend that number",
    ),
    "time-without-day": Message(
        "Info",
        "l'heure {value} d'une note n'est pas publiée, car la date de création n'est pas un jour ; écrire par exemple 2021/12/02",
        "the time {value} of a note is not published, since the date of creation is no day; write for example 2021/12/02",
    ),
    "unknown-country": Message(
        "Warning",
        "« {value} » n'est pas un pays connu ; le plus proche est « {hint} »",
        "'{value}' is no known country; the nearest is '{hint}'",
    ),
    "unknown-language": Message(
        "Warning",
        "« {value} » n'est pas une langue connue ; écrire un code tel que FR ou EN (le plus proche : « {hint} »)",
        "'{value}' is no known language; write a code such as FR or EN (the nearest: '{hint}')",
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
    return text.format(field=field, value=shown, hint=hint)
