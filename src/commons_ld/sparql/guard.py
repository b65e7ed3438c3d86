"""What a query must be before an engine sees it.

The engine under us dies of a stack overflow, not of an exception, on a query of a few kilobytes that nests or chains
deeply, and it follows SERVICE to wherever that leads. So a query is cut into tokens first, in one pass and linear
time, and refused when it is too long, nests or chains too deeply, reaches for the network, asks for graphs that the
dataset does not have, or is an update. What the query means is left to the engine: a token sequence that is no
SPARQL passes here and is refused there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Final

__all__ = [
    "MAX_CHAIN",
    "MAX_LENGTH",
    "MAX_NESTING",
    "QueryRefused",
    "asks_others",
    "check",
    "is_plain",
    "is_update",
    "may_name_graphs",
]

#: Characters of a query.
MAX_LENGTH: Final = 100_000
#: How deep braces, parentheses and brackets stand in each other; the engine dies at about 2,300.
MAX_NESTING: Final = 100
#: How many operators, groups and triples one query may have; long chains of them recurse in the engine as nesting does.
MAX_CHAIN: Final = 1_000

#: SPARQL 1.1, section 19.8. The alternatives exclude each other by their first characters, but for the IRI, which
#: is tried before the operator ``<``, and the long strings, which are tried before the short ones.
_TOKEN: Final = re.compile(
    r"""(?P<space>[\x00-\x20]+|\#[^\n\r]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
          |\"(?:[^"\\\n\r]|\\.)*+\"|'(?:[^'\\\n\r]|\\.)*+')
      | (?P<open>[({\[])
      | (?P<close>[)}\]])
      | (?P<variable>[?$]\w+)
      | (?P<name>[^\W\d][\w.-]*:?|:)(?P<local>(?:(?<=:)(?:[\w.:%-]|\\.)*)?)
      | (?P<tag>@[A-Za-z][A-Za-z0-9-]*)
      | (?P<number>[0-9]+)
      | (?P<operator>\|\||&&|\^\^|[<>!]=|.)""",
    re.VERBOSE | re.DOTALL,
)

_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "USING")
)
_CHAINED: Final = frozenset(
    ("||", "&&", "!", "|", "/", "^", "+", "-", "*", "=", "!=", "<", ">", "<=", ">=", ".", ",", ";")
)
_CHAINED_WORDS: Final = frozenset(("UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "NOT", "EXISTS", "VALUES"))


class QueryRefused(ValueError):
    """A query that no engine will be asked.

    :param problem: what is wrong with it, in a sentence for who wrote it
    :param fr: the same in French
    """

    def __init__(self, problem: str, *, fr: str) -> None:
        super().__init__(problem)
        self.fr = fr


def check(query: str, graphs: Container[str]) -> None:
    """Refuse a query that could hurt the server, or that asks for more than the dataset.

    >>> check("SELECT * { ?s ?p ?o }", ())
    >>> check("SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }", ())
    Traceback (most recent call last):
    commons_ld.sparql.guard.QueryRefused: SERVICE is not allowed: this endpoint asks no other one

    :param query: the text of the query
    :param graphs: the names of the graphs of the dataset
    :raises QueryRefused: it is one of these
    """
    if is_plain(query):
        return
    if len(query) > MAX_LENGTH:
        raise QueryRefused(
            f"the query is longer than {MAX_LENGTH:,} characters",
            fr=f"la requête a plus de {MAX_LENGTH} caractères",
        )
    depth = chain = 0
    before = [("", ""), ("", "")]
    for kind, token in _tokens_of_one_meaning(query):
        if kind == "open":
            depth += 1
            if depth > MAX_NESTING:
                raise QueryRefused(
                    f"the query nests deeper than {MAX_NESTING} braces, parentheses or brackets",
                    fr=f"la requête emboîte plus de {MAX_NESTING} accolades, parenthèses ou crochets",
                )
        elif kind == "close":
            depth -= 1
        word = token.upper() if kind == "name" else ""
        chain += kind == "open" or token in _CHAINED or word in _CHAINED_WORDS or _hidden(kind, token)
        if chain > MAX_CHAIN:
            raise QueryRefused(
                f"the query has more than {MAX_CHAIN:,} operators, groups and triples",
                fr=f"la requête a plus de {MAX_CHAIN} opérateurs, groupes et triplets",
            )
        if _names_service(kind, token):
            raise QueryRefused(
                "SERVICE is not allowed: this endpoint asks no other one",
                fr="SERVICE n'est pas permis : ce point d'accès n'en interroge pas d'autre",
            )
        if word in _UPDATES and depth == 0:
            raise QueryRefused(
                f"{word} is not allowed: this endpoint is read-only",
                fr=f"{word} n'est pas permis : ce point d'accès ne fait que répondre",
            )
        _check_from(before, kind, token, graphs)
        before = [before[1], (kind, word or token)]


def is_plain(query: str) -> bool:
    """Tell at a glance whether a query is harmless: most are so, and cutting them into tokens takes long.

    Such a query has too few characters for a long chain and too few brackets for a deep nest, and the letters of no
    word that matters stand in it, however it is cut.

    >>> is_plain("SELECT * { ?s ?p ?o }"), is_plain("SELECT * { ?s ?p 'from' }")
    (True, False)
    """
    if len(query) > MAX_CHAIN or sum(map(query.count, "{([")) > MAX_NESTING:
        return False
    letters = query.upper()
    return not any(word in letters for word in _SUSPECT)


#: What is in a query that is an update, asks others, names graphs, or writes one of these words by an escape.
_SUSPECT: Final = (*sorted(_UPDATES), "SERVICE", "FROM", "\\U")


def asks_others(query: str) -> bool:
    """Tell whether a query may reach for another endpoint.

    >>> asks_others("ASK { SERVICE <http://a.test/sparql> {} }"), asks_others("ASK { ?s ?p 'SERVICE' }")
    (True, False)

    :raises QueryRefused: it holds an escape that stands for no character, or can be read in two ways
    """
    return not is_plain(query) and any(_names_service(kind, token) for kind, token in _tokens_of_one_meaning(query))


def _names_service(kind: str, token: str) -> bool:
    # The engine needs no space around a keyword: true.SERVICE, SERVICESILENT and SERVICE:x hold one too.
    return kind in ("name", "prefixed") and "SERVICE" in token.upper().partition(":")[0]


def is_update(request: str) -> bool:
    """Tell whether a request is an update: it stands outside of all braces what only an update says.

    >>> is_update("DROP ALL"), is_update('ASK { ?s ?p "DROP ALL" }')
    (True, False)
    """
    depth = 0
    for kind, token in _tokens(request):
        depth += (kind == "open") - (kind == "close")
        if kind == "name" and depth == 0 and token.upper() in _UPDATES:
            return True
    return False


def may_name_graphs(query: str) -> bool:
    """Tell whether a query may ask for named graphs (SPARQL 1.1 Query, section 13); where it says no, it does not.

    >>> may_name_graphs("SELECT * { GRAPH ?g { ?s ?p ?o } }"), may_name_graphs("SELECT * { ?s ?p ?o }")
    (True, False)
    """
    letters = query.upper()
    return any(word in letters for word in ("GRAPH", "FROM", "\\U"))


_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def _unescaped(found: re.Match[str]) -> str:
    """Return the character that an escape stands for."""
    number = int(found[1] or found[2], 16)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise QueryRefused(f"{found[0]} stands for no character", fr=f"{found[0]} ne désigne aucun caractère")
    return chr(number)


def _hidden(kind: str, token: str) -> int:
    """Return how many operators and ends of triples stand in a token that the engine does not take for part of it.

    What has no colon is a keyword or a number: in ``1e5-1e5`` and ``true-true`` there is a subtraction. The last dot
    of a prefixed name is none of its characters.
    """
    if kind == "name":
        return token.count("-") + token.count(".")
    return kind == "prefixed" and token.endswith(".")


#: What stands before a value. After anything else that stands in parentheses, a value has ended.
_BEFORE_VALUE: Final = frozenset(("||", "&&", "!", "|", "/", "^", "^^", "+", "-", "*", "=", "!=", "<", "<=", ">=", ","))
#: An IRI in which a text, a comment, parentheses, an ``&&`` or a ``!`` begins, if its ``<`` means "less than". Where
#: ``//`` comes after the first colon, it cannot.
_TWOFOLD: Final = re.compile(r"<(?![A-Za-z][\w+.-]*://)[^>]*['(#&!]")


def _tokens_of_one_meaning(query: str) -> Iterator[tuple[str, str]]:
    """Cut a query into its tokens, with its escapes replaced (SPARQL 1.1, 19.2): these could hide any of them.

    By the standard the longest token counts, and ``<'>`` is an IRI. The engine reads ``?a<'>'`` as a comparison with
    a text. So whoever knows both could write a text of this guard that is none for the engine, and SERVICE in it.

    :raises QueryRefused: where the engine would cut another token
    """
    brackets = [""]
    has_value = False
    for kind, token in _tokens(_ESCAPE.sub(_unescaped, query)):
        if kind == "iri" and has_value and brackets[-1] == "(" and _TWOFOLD.match(token):
            raise QueryRefused(
                f"{token[:40]} can be an IRI, or the beginning of a comparison: write a space after <",
                fr=f"{token[:40]} peut être un IRI, ou le début d'une comparaison : mettre une espace après <",
            )
        if kind == "open":
            brackets.append(token)
        elif kind == "close" and len(brackets) > 1:
            brackets.pop()
        has_value = kind != "open" and token not in _BEFORE_VALUE
        yield kind, token


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    """Cut a query into its tokens, without white space and comments."""
    for found in _TOKEN.finditer(query):
        kind = found.lastgroup or ""
        if kind == "local":
            # A prefixed name has a colon: no keyword has.
            yield ("prefixed" if ":" in found[0] else "name"), found[0]
        elif kind != "space":
            yield kind, found[0]


def _check_from(before: list[tuple[str, str]], kind: str, token: str, graphs: Container[str]) -> None:
    """Refuse a graph after FROM or FROM NAMED that the dataset does not have."""
    (kind_before, word_before), last = before
    after_from = last[0] == "name" and last[1].endswith(("FROM", "FROMNAMED"))
    after_from |= kind_before == "name" and word_before.endswith("FROM") and last == ("name", "NAMED")
    if not after_from or (kind, token.upper()) == ("name", "NAMED"):
        return
    if kind != "iri" or token[1:-1] not in graphs:
        raise QueryRefused(
            f"FROM {token[:200]}: name a graph of the dataset by its whole IRI, between < and >",
            fr=f"FROM {token[:200]} : nommer un graphe du jeu de données par son IRI entier, entre < et >",
        )
