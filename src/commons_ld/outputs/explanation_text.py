"""An explanation as text, for a terminal: each statement with the field, the value, and what it became."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from commons_ld.messages import Language
from commons_ld.origin import Origin
from commons_ld.outputs.explanation import Explanation, RecordExplanation, Statement
from commons_ld.outputs.report_view import place_of, printable
from commons_ld.outputs.report_words import colon, field_label, quoted, word
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.sentences import in_number

__all__ = ["MADE", "compact", "to_text"]

#: A longer value is cut: its beginning is enough to know it by.
_SHOWN: Final = 100
_LOCAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_DATATYPE: Final = re.compile(r"\^\^<([^>]+)>$")

#: What a value became, by the term of the crosswalk.
MADE: Final[dict[str, tuple[str, str]]] = {
    "text": ("un texte, dans la langue de la fiche", "a text, in the language of the record"),
    "label": ("un texte dont la langue n'est pas connue", "a text whose language is not known"),
    "string": ("un texte, tel quel", "a text, as it is"),
    "integer": ("un nombre", "a number"),
    "decimal": ("un nombre, en degrés décimaux", "a number, in decimal degrees"),
    "date": ("une date, aussi précise que la page", "a date, as exact as the page"),
    "duration": ("une durée", "a duration"),
    "pages": ("une longueur, en pages", "a length, in pages"),
    "moment": (
        "un moment : cette heure, le jour de la séance, dans le fuseau horaire de l'archive",
        "a moment: that time, on the day of the session, in the time zone of the archive",
    ),
    "start": (
        "un moment : le début de l'enregistrement, par défaut le jour de la séance et dans le fuseau de l'archive",
        "a moment: the start of the recording, by default on the day of the session and in the archive's zone",
    ),
    "language": ("une langue de la table d'autorité de l'UE", "a language of the EU authority table"),
    "language_tag": ("le code de la langue, en deux lettres", "the code of the language, in two letters"),
    "country": ("un pays de la table d'autorité de l'UE", "a country of the EU authority table"),
    "dcmi_type": ("un type du vocabulaire DCMI", "a type of the DCMI vocabulary"),
    "url": ("une adresse", "an address"),
    "media_file": ("l'adresse d'un fichier, et non d'une page", "the address of a file, and not of a page"),
    "image": ("l'adresse d'une image", "the address of a picture"),
    "concept": ("un concept du vocabulaire", "a concept of the vocabulary"),
    "person": (
        "une personne, ou une organisation que les réglages nomment",
        "a person, or an organization that the settings name",
    ),
    "producer": (
        "une organisation, ou une personne que les réglages nomment",
        "an organization, or a person that the settings name",
    ),
    "author": ("qui a écrit la note", "who wrote the note"),
    "collection": ("une collection", "a collection"),
    "document": ("un document de la page", "a document of the page"),
    "note": ("un message de la discussion", "a message of the chat"),
    "link": ("une adresse que la page mentionne", "an address that the page mentions"),
    "recording": ("l'enregistrement de la séance", "the recording of the session"),
    "session": ("la séance elle-même", "the session itself"),
    "place": ("un lieu", "a place"),
    "geo": ("un point sur la carte", "a point on the map"),
    "reply_to": ("la note à laquelle celle-ci répond", "the note that this one answers"),
    "class": ("la classe de ce genre de nœud", "the class of this kind of node"),
}
#: What a record has its class from.
_CLASSES: Final = {
    "kind": ("une séance : la source le dit", "a session: the source says so"),
    "title": ("une séance : le titre commence par AA.MM", "a session: the title begins with YY.MM"),
    "collections": ("une séance : une de ses collections en est une de séances",
                    "a session: one of its collections is one of sessions"),
    "media_type": ("la classe de ce média", "the class of this medium"),
}  # fmt: skip
_AGENTS: Final = {
    "person": ("une personne", "a person"),
    "organization": ("une organisation", "an organization"),
    "participant": ("quelqu'un qui n'est pas nommé, mais numéroté", "somebody who is not named, but numbered"),
}
_CANDIDATE: Final = ("un concept candidat : ce libellé n'est pas dans le vocabulaire",
                     "a candidate concept: this label is not in the vocabulary")  # fmt: skip
_AS_IT_IS: Final = ("resté tel quel : cela ne se lit pas comme tel", "left as it is: it cannot be read as such")
_ENCODED: Final = ("encodée pour tenir dans un IRI", "encoded so that an IRI can hold it")

_WORDS: Final = {
    "page": ("page", "page"),
    "source": ("source", "source"),
    "revision": ("révision", "revision"),
    "version": ("version", "version"),
    "field": ("champ", "field"),
    "value": ("valeur", "value"),
    "made": ("devient", "became"),
    "row": ("ligne", "row"),
    "called": ("dans la source : {}", "in the source: {}"),
    "exported": ("dans l'export {}", "in the export {}"),
    "read": ("lue comme {} par commons-ld {}", "read as {} by commons-ld {}"),
    "saved": ("enregistrée le {}", "saved {}"),
    "stale": ("pas encore publiée ainsi ; refaire l'export", "not yet published like this; export again"),
    "published": ("publiée", "published"),
    "withheld": ("(retenue, car personnelle)", "(withheld, since it is personal)"),
    "none": ("(aucune)", "(none)"),
    "unmentioned": ("{} est connu, mais aucune fiche n'en parle.", "{} is known, but no record speaks of it."),
    "mentions": ("{} : dans {} fiche(s)", "{}: in {} record(s)"),
    "more": ("… et {} autre(s)", "… and {} more"),
    "ask": (
        "Pour savoir d'où viennent ces énoncés : --in FICHE pour une fiche, --all pour toutes.",
        "To know where those statements come from: --in RECORD for one record, --all for every one.",
    ),
}


def to_text(explanation: Explanation, language: Language) -> str:
    """Return an explanation as text."""
    base, english = explanation.base_iri, language == "en"
    if explanation.records:
        parts = [_record(record, base, language) for record in explanation.records]
        return "\n\n".join("\n".join(lines) for lines in parts)
    name = compact(explanation.iri, base)
    if not explanation.mentions:
        return _WORDS["unmentioned"][english].format(name)
    lines = [in_number(_WORDS["mentions"][english].format(name, explanation.mentions), language)]
    lines += [f"  {compact(record.iri, base)}  {printable(record.title)}" for record in explanation.mentioned_in]
    if rest := explanation.mentions - len(explanation.mentioned_in):
        lines.append("  " + in_number(_WORDS["more"][english].format(rest), language))
    return "\n".join([*lines, _WORDS["ask"][english]])


def compact(iri: str, base_iri: str) -> str:
    """Return the short name of an IRI: with a prefix, or what comes after the base; between angle brackets else.

    >>> from commons_ld.rdf.namespaces import expand
    >>> [compact(iri, "https://a.test/") for iri in (expand("dcterms:title"), "https://a.test/person/x", "http://b/")]
    ['dcterms:title', 'person/x', '<http://b/>']
    """
    if iri.startswith(base_iri) and iri != base_iri:
        return iri.removeprefix(base_iri)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri.removeprefix(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _record(record: RecordExplanation, base: str, language: Language) -> list[str]:
    english = language == "en"
    place = place_of(Origin(record.origin.path, record.origin.line), language)
    state = _WORDS["published" if record.is_published else "stale"][english]
    lines = [
        f"{compact(record.iri, base)}  {printable(record.title)}",
        *_facts(
            language,
            page=record.page,
            source=f"{place}, " + _WORDS["read"][english].format(record.reader, record.version),
            revision=_revision(record, language),
            version=f"{record.sha256[:16]}…, {state}",
        ),
    ]
    for statement in record.statements:
        lines += ["", *_statement(statement, base, language)]
    return lines


def _revision(record: RecordExplanation, language: Language) -> str:
    saved = _WORDS["saved"][language == "en"].format(record.saved) if record.saved else ""
    return ", ".join(filter(None, (record.revision or str(record.number or ""), saved)))


def _statement(told: Statement, base: str, language: Language) -> Iterator[str]:
    yield f"{compact(told.subject, base)} {compact(told.predicate, base)} {_term(told.object, base)}"
    english = language == "en"
    value = _WORDS["withheld"][english] if told.is_withheld else _cut(printable(told.value))
    row = f"{told.node} · {told.part or told.field} → {told.term} → {', '.join(told.properties)}" if told.row else ""
    yield from _facts(language, field=_field(told, language), value=value, made=_made(told, language), row=row)


def _facts(language: Language, **facts: str) -> Iterator[str]:
    width = max(len(names[language == "en"]) for code, names in _WORDS.items() if code in _KEYS)
    for code, fact in facts.items():
        if fact:
            yield f"  {_WORDS[code][language == 'en']:<{width}}  {fact}"


_KEYS: Final = frozenset({"page", "source", "revision", "version", "field", "value", "made", "row"})


def _field(told: Statement, language: Language) -> str:
    if not told.field:
        return ""
    label, part = field_label(told.field, language), told.part and field_label(told.part, language)
    if part and part != label:
        label = f"{label} › {part}"
    if told.source:
        label += f" ({_WORDS['exported'][language == 'en'].format(printable(told.source))})"
    elif told.label and told.label != label:
        label += f" ({_WORDS['called'][language == 'en'].format(told.label)})"
    return f"{label}, {word('line', language).format(told.line)}" if told.line else label


def _made(told: Statement, language: Language) -> str:
    english = language == "en"
    if told.is_candidate:
        near = told.nearest and word("nearest", language).format(quoted(told.nearest, language))
        return "; ".join(filter(None, (_CANDIDATE[english], near)))
    made = (_CLASSES[told.field] if told.term == "record-class" else MADE[told.term])[english]
    if told.term in ("language", "country"):
        return f"{made}{colon(language)} {told.object[1:-1].rpartition('/')[2]}"
    if told.term in ("person", "producer", "author"):
        # …/person/x, …/organization/x, …/participant/1
        return _AGENTS[told.object.split("/")[-2]][english]
    if told.term in ("date", "duration") and "^^" not in told.object:
        return f"{_AS_IT_IS[english]} ({made})"
    if told.term in ("url", "link", "image", "media_file") and told.value and told.object[1:-1] != told.value.strip():
        return f"{made}, {_ENCODED[english]}" if "://" in told.value else made
    return made


def _term(term: str, base: str) -> str:
    if term.startswith("<"):
        return compact(term[1:-1], base)
    datatype = _DATATYPE.search(term)
    text = term[: datatype.start()] if datatype else term
    short = _cut(printable(text))
    if short != printable(text):
        short += '"' + text[text.rindex('"') + 1 :]
    return short + (f"^^{compact(datatype[1], base)}" if datatype else "")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
