"""What is wrong with a query that an engine refused, in a sentence for who wrote it, in French and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from commons_ld.messages import Language
from commons_ld.rdf.namespaces import PREFIXES
from commons_ld.sparql.grammar import CLOSING, Fault, Token, first_fault, tokens

__all__ = ["explained", "fault_told"]

#: A longer query is not read again; people write none.
_READ: Final = 20_000
#: How much of a token is shown, and of the engine's words; and how many of the things that could stand in its place.
_SHOWN, _WORDS, _MOST = 40, 300, 6

_NAMES: Final[dict[str, dict[Language, str]]] = {
    "variable": {"fr": "une variable", "en": "a variable"},
    "iri": {"fr": "un IRI", "en": "an IRI"},
    "text": {"fr": "un texte entre guillemets droits", "en": "a text in straight quotes"},
    "integer": {"fr": "un nombre", "en": "a number"},
    "function": {"fr": "une fonction", "en": "a function"},
    "tag": {"fr": "une langue, comme @fr", "en": "a language, such as @en"},
    "blank": {"fr": "un nœud anonyme", "en": "a blank node"},
}
_ALIKE: Final = {"name": "iri", "prefix": "iri", "decimal": "integer", "COUNT": "function"}

_SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "empty": {"fr": "la requête est vide", "en": "the query is empty"},
    "stray": {"fr": "{where} : « {found} » n'est pas à sa place", "en": "{where}: “{found}” cannot stand here"},
    "ends": {"fr": "la requête finit trop tôt", "en": "the query ends too early"},
    "character": {
        "fr": "{where} : le caractère {name} n'a pas de sens en SPARQL, sauf dans un texte",
        "en": "{where}: the character {name} means nothing in SPARQL, except in a text",
    },
    "quote": {
        "fr": "{where} : le texte qui commence ici ne finit pas sur sa ligne",
        "en": "{where}: the text that begins here does not end on its line",
    },
    "unclosed": {"fr": "« {mark} » ({where}) n'est pas fermé", "en": "“{mark}” ({where}) is not closed"},
    "expected": {"fr": "ici peut venir : {what}", "en": "what may come here: {what}"},
    "undeclared": {
        "fr": "{where} : le préfixe {prefix} n'est pas déclaré ; écrire au début : {line}",
        "en": "{where}: the prefix {prefix} is not declared; write at the beginning: {line}",
    },
    "relative": {
        "fr": "{where} : {found} n'est pas un IRI entier, comme <https://example.org/a>",
        "en": "{where}: {found} is no whole IRI, such as <https://example.org/a>",
    },
    "sense": {
        "fr": "les mots sont dans l'ordre, mais ce qu'ils disent n'est pas du SPARQL 1.1 : voir combien d'arguments "
        "ont les fonctions, et si BIND ou AS donne une variable qui est déjà là",
        "en": "the words stand in order, but what they say is no SPARQL 1.1: see how many arguments the functions "
        "have, and whether BIND or AS gives a variable that is there already",
    },
    "engine": {"fr": "ce n'est pas du SPARQL 1.1 ({words})", "en": "this is no SPARQL 1.1 ({words})"},
}
_WHERE: Final[dict[Language, str]] = {"fr": "ligne {line}, colonne {column}", "en": "line {line}, column {column}"}

#: What the engine says of what is no matter of grammar.
_ENGINE: Final[dict[str, dict[Language, str]]] = {
    "The SELECT contains a variable that is unbound": {
        "fr": "SELECT demande une variable que rien ne donne ; avec GROUP BY ou COUNT, la mettre dans GROUP BY",
        "en": "SELECT asks for a variable that nothing gives; with GROUP BY or COUNT, put it into GROUP BY",
    },
    "Duplicated variable name in SELECT": {
        "fr": "SELECT demande deux fois la même variable",
        "en": "SELECT asks for the same variable twice",
    },
}
#: RFC 3986, section 3.1.
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
#: Characters that nobody sees and that come along where text is copied from a page.
_UNSEEN: Final[dict[str, dict[Language, str]]] = {
    "\u00a0": {"fr": "espace insécable", "en": "no-break space"},
    "\u202f": {"fr": "espace fine insécable", "en": "narrow no-break space"},
    "\ufeff": {"fr": "marque d'ordre des octets", "en": "byte order mark"},
}
#: Of what the engine had expected, what only its authors can read: sets of characters.
_UNREADABLE: Final = re.compile(r"\[[^\]]*\]\s*(?:,\s*)?|\s+")


def explained(query: str, words: str, *, federates: bool = False) -> dict[Language, str]:
    """Return what is wrong with a query, in each language.

    >>> explained("SELECT ?s { ?s a schema:Event }", "… Prefix not found …")["en"]
    'line 1, column 18: the prefix schema: is not declared; write at the beginning: PREFIX schema: <https://schema.org/>'
    >>> explained("SELECT * { ?s ?p ?o", "")["fr"].partition(" ;")[0]
    "la requête finit trop tôt : « { » (ligne 1, colonne 10) n'est pas fermé"

    :param words: those in which the engine refused it
    :param federates: whether ``SERVICE`` is allowed, so that it may be proposed
    """
    left_out = frozenset[str]() if federates else frozenset({"SERVICE"})
    return {"fr": _explained(query, words, left_out, "fr"), "en": _explained(query, words, left_out, "en")}


def fault_told(query: str) -> dict[Language, str]:
    """Return where a query leaves the grammar of SPARQL 1.1, in each language; nothing where it does not.

    >>> fault_told("ASK { ?s ?p }")["en"].partition(";")[0], fault_told("ASK { ?s ?p ?o }")
    ('line 1, column 13: “}” cannot stand here', {})
    """
    if not query.strip() or len(query) > _READ or not (fault := first_fault(query)):
        return {}
    return {"fr": _fault_sentence(query, fault, "fr"), "en": _fault_sentence(query, fault, "en")}


def _explained(query: str, words: str, left_out: frozenset[str], language: Language) -> str:
    is_short = len(query) <= _READ
    if not query.strip():
        return _SENTENCES["empty"][language]
    if is_short and "Prefix not found" in words and (undeclared := _undeclared(query)):
        return _prefix_sentence(query, undeclared, language)
    if is_short and (fault := first_fault(query)):
        expected = tuple(symbol for symbol in fault.expected if symbol not in left_out)
        return _fault_sentence(query, fault._replace(expected=expected), language)
    if is_short and (relative := _relative(query)):
        where = _where(query, relative, language)
        return _SENTENCES["relative"][language].format(where=where, found=_printed(relative.text))
    for known, sentence in _ENGINE.items():
        if known in words:
            return sentence[language]
    if is_short:
        return _SENTENCES["sense"][language]
    told = " ".join(_UNREADABLE.sub(" ", words).split())[:_WORDS]
    return _SENTENCES["engine"][language].format(words=told)


def _undeclared(query: str) -> Token | None:
    """Return the first name whose prefix no declaration before it declares."""
    declared: set[str] = set()
    before = ""
    for token in tokens(query):
        prefix = token.text.partition(":")[0]
        if token.kind == "prefix" and before == "PREFIX":
            declared.add(prefix)
        elif token.kind in ("prefix", "name") and prefix not in declared:
            return token
        before = token.text.upper()
    return None


def _relative(query: str) -> Token | None:
    """Return the first IRI that is to be resolved where nothing is declared that it could be resolved against."""
    for token in tokens(query):
        if token.text.upper() == "BASE":
            return None
        if token.kind == "iri" and not _ABSOLUTE.match(token.text):
            return token
    return None


def _prefix_sentence(query: str, token: Token, language: Language) -> str:
    name = token.text.partition(":")[0]
    line = f"PREFIX {name}: <{PREFIXES.get(name, '…')}>"
    where = _where(query, token, language)
    return _SENTENCES["undeclared"][language].format(where=where, prefix=f"{name[:_SHOWN]}:", line=line)


def _fault_sentence(query: str, fault: Fault, language: Language) -> str:
    said = {name: sentence[language] for name, sentence in _SENTENCES.items()}
    colon, pause = (" : ", " ; ") if language == "fr" else (": ", "; ")
    found, unclosed = fault.found, fault.unclosed
    if found is None:
        told = said["ends"]
    elif found.kind == "other":
        sentence = said["quote" if found.text in "\"'" else "character"]
        return sentence.format(where=_where(query, found, language), name=_character(found.text, language))
    else:
        told = said["stray"].format(where=_where(query, found, language), found=_printed(found.text))
    closes = found is None or found.text in CLOSING.values()
    if unclosed and closes and (found is None or found.text != CLOSING[unclosed.text]):
        told += colon + said["unclosed"].format(mark=unclosed.text, where=_where(query, unclosed, language))
    return told + pause + said["expected"].format(what=_named(fault.expected, language))


def _named(expected: Iterable[str], language: Language) -> str:
    """Return what could stand in a place, as a list that a person reads: things, keywords, and marks at last.

    >>> _named(("{", "OPTIONAL", "name", "iri", ".", ";"), "en")
    'an IRI, OPTIONAL or one of { . ;'
    """
    found = dict.fromkeys(_ALIKE.get(symbol, symbol) for symbol in expected)
    things = [_NAMES[symbol][language] for symbol in found if symbol in _NAMES]
    words = things + [symbol for symbol in found if symbol not in _NAMES and symbol.isalpha()]
    marks = " ".join(symbol for symbol in found if symbol not in _NAMES and not symbol.isalpha())
    shown = ", ".join(words[:_MOST]) + (", …" if len(words) > _MOST else "")
    either = {"fr": "ou", "en": "or"}[language] if shown and marks else ""
    one_of = {"fr": "un de", "en": "one of"}[language] if " " in marks else ""
    return " ".join(filter(None, (shown, either, one_of, marks)))


def _printed(text: str) -> str:
    """Return the beginning of a token, on one line and with nothing in it that a terminal would obey."""
    return "".join(character if character.isprintable() else "…" for character in text[:_SHOWN])


def _character(text: str, language: Language) -> str:
    """Return a character by its number, with itself or its name: some are seen by nobody."""
    is_seen = unicodedata.category(text)[0] in "LNPS"
    name = _UNSEEN[text][language] if text in _UNSEEN else text if is_seen else unicodedata.name(text, "")
    return f"{name} (U+{ord(text):04X})".strip()


def _where(query: str, token: Token, language: Language) -> str:
    before = query[: token.start]
    line, column = before.count("\n") + 1, token.start - before.rfind("\n")
    return _WHERE[language].format(line=line, column=column)
