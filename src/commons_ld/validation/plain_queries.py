"""Queries about one node, read without a SPARQL parser: which properties of the node its answers depend on.

A plain query selects ``$this``, says some statements about it whose predicates it names, and filters and binds by
expressions that look at nothing else, as most SPARQL constraints do. Its answers about a node depend on these
properties of that node alone, so that it may be asked about many nodes at once. What is not surely plain is read by
rdflib: see :mod:`commons_ld.validation.algebra`.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from commons_ld.validation.shapes_graph import RDF

__all__ = ["NotPlain", "Token", "predicates_of", "tokens"]

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n\r]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<string>"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<variable>[?$][A-Za-z_]\w*)
      | (?P<prefixed>[A-Za-z][A-Za-z0-9_-]*:[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<prefix>[A-Za-z][A-Za-z0-9_-]*:)
      | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<word>[A-Za-z][A-Za-z0-9_]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<mark>\^\^|\|\||&&|[<>!]=|[(){}.;,=<>!+*/-])""",
    re.VERBOSE | re.ASCII,
)
#: What looks at other nodes, at several solutions, or says another thing each time.
_NOT_PLAIN: Final = frozenset(
    ("AVG", "BNODE", "COUNT", "EXISTS", "GROUP_CONCAT", "MAX", "MIN", "NOT", "NOW", "RAND", "SAMPLE", "SELECT",
     "STRUUID", "SUM", "UUID")
)  # fmt: skip
_TERMS: Final = ("iri", "prefixed", "string", "number", "variable")

Token = tuple[str, str]


class NotPlain(Exception):
    """What is read is not surely plain."""


def predicates_of(query: str) -> frozenset[str] | None:
    """Return the predicates that ``$this`` must have, and on whose values alone the answers of a query depend.

    >>> sorted(predicates_of("SELECT $this WHERE { $this <a:p> ?value . FILTER (strlen(str(?value)) > 3) }"))
    ['<a:p>']

    :return: ``None`` if it is not surely plain, or no query
    """
    try:
        found = _Reading(tokens(query)).read()
        # Whether it is one is for a parser to say.
        ox.Store().query(query)
    except (NotPlain, SyntaxError, ValueError):
        return None
    return frozenset(found)


def tokens(query: str) -> list[Token]:
    found, place = list[Token](), 0
    while place < len(query):
        match = _TOKEN.match(query, place)
        if match is None:
            raise NotPlain
        place = match.end()
        if match.lastgroup and match.lastgroup != "space":
            found.append((match.lastgroup, match[0]))
    return found


class _Reading:
    """Reads a query from its beginning to its end."""

    def __init__(self, tokens: list[Token]) -> None:
        self._rest: Final = tokens[::-1]
        self._prefixes: Final[dict[str, str]] = {}

    def read(self) -> set[str]:
        """Return the predicates.

        :raises NotPlain: if it is not surely plain
        """
        while self._takes_word("PREFIX"):
            name, iri = self._take("prefix"), self._take("iri")
            self._prefixes[name] = iri[1:-1]
        if not self._takes_word("SELECT"):
            raise NotPlain
        self._takes_word("DISTINCT")
        selected = set[str]()
        while self._next()[0] == "variable":
            selected.add(self._take("variable")[1:])
        self._takes_word("WHERE")
        self._mark("{")
        found = set[str]()
        while self._next() != ("mark", "}"):
            if self._takes_word("FILTER"):
                self._expression()
            elif self._takes_word("BIND"):
                *_, (kind, variable) = self._expression()
                if kind != "variable" or variable[1:] == "this":
                    raise NotPlain
            elif self._is_this(self._next()):
                found |= self._statements()
            else:
                raise NotPlain
            if self._next() == ("mark", "."):
                self._mark(".")
        self._mark("}")
        if self._rest or "this" not in selected or not found:
            raise NotPlain
        return found

    def _statements(self) -> set[str]:
        """Read what is said of ``$this``, and return the predicates."""
        self._take("variable")
        found = set[str]()
        while True:
            found.add(self._predicate())
            self._object()
            while self._takes_mark(","):
                self._object()
            if not self._takes_mark(";"):
                return found

    def _predicate(self) -> str:
        kind, text = self._rest.pop() if self._rest else ("", "")
        if (kind, text) == ("word", "a"):
            return RDF.type
        if kind == "iri":
            return text
        prefix, _, local = text.partition(":")
        if kind != "prefixed" or f"{prefix}:" not in self._prefixes:
            raise NotPlain
        return f"<{self._prefixes[f'{prefix}:']}{local}>"

    def _object(self) -> None:
        if self._next()[0] not in _TERMS or self._is_this(self._next()):
            raise NotPlain
        kind, _ = self._rest.pop()
        if kind == "string" and self._next()[0] == "tag":
            self._take("tag")
        elif kind == "string" and self._takes_mark("^^") and self._rest.pop()[0] not in ("iri", "prefixed"):
            raise NotPlain

    def _expression(self) -> list[Token]:
        """Read what stands in parentheses, or a call, and return the tokens in between."""
        if self._next()[0] == "word":
            self._check(self._rest.pop())
        self._mark("(")
        found, depth = list[Token](), 1
        while depth:
            token = self._next()
            self._check(token)
            depth += (token == ("mark", "(")) - (token == ("mark", ")"))
            found.append(self._rest.pop())
        return found[:-1]

    def _check(self, token: Token) -> None:
        if not token[0] or token in (("mark", "{"), ("mark", "}")) or token[1].upper() in _NOT_PLAIN:
            raise NotPlain

    def _is_this(self, token: Token) -> bool:
        return token in (("variable", "$this"), ("variable", "?this"))

    def _next(self) -> Token:
        return self._rest[-1] if self._rest else ("", "")

    def _take(self, kind: str) -> str:
        if self._next()[0] != kind:
            raise NotPlain
        return self._rest.pop()[1]

    def _mark(self, mark: str) -> None:
        if not self._takes_mark(mark):
            raise NotPlain

    def _takes_mark(self, mark: str) -> bool:
        return self._takes(("mark", mark))

    def _takes_word(self, word: str) -> bool:
        return self._next()[1].upper() == word and self._takes(("word", self._next()[1]))

    def _takes(self, token: Token) -> bool:
        is_next = self._next() == token
        if is_next:
            self._rest.pop()
        return is_next
