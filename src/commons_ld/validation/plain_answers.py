"""Plain queries that surely have no answer, told without an engine: most nodes are as a constraint wants them.

What filters ask of the values of a node is written as a function, for the part of SPARQL that constraints about texts
and their forms are written in. A query that asks for more is left to the engine, and so is every node about which it
may have an answer: the engine alone says what that is. See https://www.w3.org/TR/sparql11-query/#expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from commons_ld.validation.patterns import compiled
from commons_ld.validation.plain_queries import NotPlain, Token, tokens
from commons_ld.validation.shapes_graph import RDF
from commons_ld.validation.tokens import datatype, is_literal, lexical

__all__ = ["Foresight", "foresight"]


class Foresight(NamedTuple):
    """What is known of the answers to a query.

    :param predicates: what it asks of a node, a variable each; some may come again
    :param has_none: tells of what a node says with each of these predicates whether there surely is no answer about it
    """

    predicates: tuple[str, ...]
    has_none: Callable[[Sequence[Sequence[str]]], bool]


class _Expression(NamedTuple):
    """An expression.

    :param kind: what its values are: ``term``, ``text``, ``truth``, ``number`` or ``iri``
    :param code: what makes them
    :param constant: its value, if that does not depend on variables
    """

    kind: str
    code: str
    constant: Any = None


def foresight(query: str) -> Foresight | None:
    """Return what tells that a query has no answer about a node; ``None`` if its filters are left to an engine.

    >>> seen = foresight('SELECT $this WHERE { $this <a:p> ?value . FILTER (strstarts(str(?value), "20")) }')
    >>> seen.has_none([['"1999"', '"21"@fr']]), seen.has_none([['"1999"', '"2021"']])
    (True, False)

    :param query: one that :func:`commons_ld.validation.plain_queries.predicates_of` finds plain
    """
    try:
        return _Reading(tokens(query)).read()
    except NotPlain:
        return None


class _Reading:
    """Reads a plain query from its beginning to its end."""

    def __init__(self, found: list[Token]) -> None:
        self._rest: Final = found[::-1]
        self._prefixes: Final[dict[str, str]] = {}
        self._variables: Final[dict[str, _Expression]] = {}
        #: What the code calls, and the constants of the query: none of its text is pasted into code.
        self._scope: Final[dict[str, Any]] = {"lexical": lexical, "type_of": _type_of, "Unsure": _Unsure}

    def read(self) -> Foresight:
        while self._takes("PREFIX"):
            name = self._take()[1]
            self._prefixes[name] = self._take()[1][1:-1]
        while not self._takes("{"):
            self._take()
        predicates, lines, filters = list[str](), list[str](), list[list[Token]]()
        while not self._takes("}"):
            if self._takes("FILTER"):
                filters.append(self._cut())
            elif self._takes("BIND"):
                lines.append(self._bound(f"b{len(lines)}"))
            elif lines:
                raise NotPlain  # what is said after it is not known to it
            else:
                self._statements(predicates)
            self._takes(".")
        # Filters are about the whole group, wherever they stand in it.
        lines += [f"if not {self._filter(one)}: continue" for one in filters]
        exec(compile(_source(len(predicates), lines), "<query>", "exec"), self._scope)  # noqa: S102 - see _scope
        return Foresight(tuple(predicates), self._scope["has_none"])

    def _statements(self, predicates: list[str]) -> None:
        self._take()
        while True:
            predicate = RDF.type if self._takes("a") else self._iri(self._take())
            while True:
                kind, name = self._take()
                if kind != "variable":
                    raise NotPlain
                self._name(name, _Expression("term", f"v{len(predicates)}"))
                predicates.append(predicate)
                if not self._takes(","):
                    break
            if not self._takes(";"):
                return

    def _bound(self, name: str) -> str:
        self._demand("(")
        given = self._or()
        self._demand("AS")
        self._name(self._take()[1], _Expression(given.kind, name))
        self._demand(")")
        if given.kind == "term":
            raise NotPlain
        return f"{name} = {given.code}"

    def _name(self, variable: str, expression: _Expression) -> None:
        if variable[1:] in self._variables or variable[1:] == "this":
            raise NotPlain  # the same value twice is a condition of its own
        self._variables[variable[1:]] = expression

    def _cut(self) -> list[Token]:
        """Take the tokens of a filter: a call, or what stands in parentheses."""
        found = [self._take()]
        depth = int(found[0] == ("mark", "("))
        while len(found) == 1 or depth:
            token = self._take()
            depth += (token == ("mark", "(")) - (token == ("mark", ")"))
            found.append(token)
        return found

    def _filter(self, found: list[Token]) -> str:
        self._rest.extend([("mark", "}"), *found[::-1]])
        code = _truth(self._or())
        self._demand("}")
        return code

    # ── Expressions (https://www.w3.org/TR/sparql11-query/#rConditionalOrExpression) ─────────────────

    def _or(self) -> _Expression:
        sides = [self._and()]
        while self._takes("||"):
            sides.append(self._and())
        return sides[0] if len(sides) == 1 else _Expression("truth", f"({' or '.join(map(_truth, sides))})")

    def _and(self) -> _Expression:
        sides = [self._compared()]
        while self._takes("&&"):
            sides.append(self._compared())
        return sides[0] if len(sides) == 1 else _Expression("truth", f"({' and '.join(map(_truth, sides))})")

    def _compared(self) -> _Expression:
        left = self._one()
        if self._takes("IN"):
            self._demand("(")
            others = [self._one()]
            while self._takes(","):
                others.append(self._one())
            self._demand(")")
            return _Expression("truth", f"({' or '.join(_equal(left, one) for one in others)})")
        if self._takes("="):
            return _Expression("truth", _equal(left, self._one()))
        if self._takes("!="):
            return _Expression("truth", f"(not {_equal(left, self._one())})")
        return left

    def _one(self) -> _Expression:
        if self._takes("!"):
            return _Expression("truth", f"(not {_truth(self._one())})")
        if self._takes("("):
            inner = self._or()
            self._demand(")")
            return inner
        kind, text = token = self._take()
        if kind == "variable" and text[1:] in self._variables:
            return self._variables[text[1:]]
        if kind == "string" and "\\" not in text and self._next()[1] != "^^" and self._next()[0] != "tag":
            return self._constant("text", text[1:-1])
        if kind == "number" and text.isdecimal():
            return self._constant("number", int(text))
        if kind in ("iri", "prefixed"):
            return self._constant("iri", self._iri(token))
        if kind == "word" and text.upper() in _FUNCTIONS:
            return self._call(text.upper())
        raise NotPlain

    def _call(self, name: str) -> _Expression:
        self._demand("(")
        given = [self._or()]
        while self._takes(","):
            given.append(self._or())
        self._demand(")")
        kinds, kind, code = _FUNCTIONS[name]
        if name == "CONCAT":
            kinds *= len(given)
        if tuple(one.kind for one in given) != kinds:
            raise NotPlain
        if name == "REGEX":
            return _Expression(kind, f"({self._named(_search(given[1]))}({given[0].code}) is not None)")
        return _Expression(kind, code(*given))

    def _constant(self, kind: str, value: str | int) -> _Expression:
        return _Expression(kind, self._named(value), value)

    def _named(self, value: object) -> str:
        name = f"c{len(self._scope)}"
        self._scope[name] = value
        return name

    def _iri(self, token: Token) -> str:
        kind, text = token
        if kind == "iri":
            return text
        prefix, _, local = text.partition(":")
        if kind != "prefixed" or f"{prefix}:" not in self._prefixes or self._next()[1] == "(":
            raise NotPlain
        return f"<{self._prefixes[f'{prefix}:']}{local}>"

    def _next(self) -> Token:
        return self._rest[-1] if self._rest else ("", "")

    def _take(self) -> Token:
        if not self._rest:
            raise NotPlain
        return self._rest.pop()

    def _takes(self, text: str) -> bool:
        kind, found = self._next()
        is_next = kind in ("mark", "word") and (found == text or (kind == "word" and found.upper() == text))
        if is_next:
            self._rest.pop()
        return is_next

    def _demand(self, text: str) -> None:
        if not self._takes(text):
            raise NotPlain


def _source(variables: int, lines: list[str]) -> str:
    """Return a function that goes through all ways to give the variables values, until all filters let one pass."""
    said = [
        "    " * number + line
        for number in range(variables)
        for line in (
            f"for v{number} in said[{number}]:",
            f"    if v{number}[0] == '\"' and '\\\\' not in v{number}:",
            f"        s{number} = v{number}[1:v{number}.rindex('\"')]",
            # Blank nodes have no text; and engines differ in whether a text ends before a line break at its end.
            f"    elif v{number}[0] == '_' or '\\\\n\"' in v{number}:",
            "        return False",
            "    else:",
            f"        s{number} = lexical(v{number})",
        )
    ]
    inner = [f"{'    ' * variables}{line}" for line in (*lines, "return False")]
    body = "\n".join(f"        {line}" for line in (*said, *inner))
    return f"def has_none(said):\n    try:\n{body}\n    except Unsure:\n        return False\n    return True\n"


class _Unsure(Exception):
    """An expression is in error, which is neither true nor false (section 17.2)."""


def _type_of(term: str) -> str:
    if not is_literal(term):
        raise _Unsure
    return f"<{datatype(term)}>"


def _truth(expression: _Expression) -> str:
    if expression.kind != "truth":
        raise NotPlain
    return expression.code


def _equal(left: _Expression, right: _Expression) -> str:
    # Terms as they stand are compared by what they mean, which an engine knows.
    if left.kind != right.kind or left.kind == "term":
        raise NotPlain
    return f"({left.code} == {right.code})"


def _substring(text: _Expression, start: _Expression, length: _Expression) -> str:
    if start.constant is None or length.constant is None or start.constant < 1:
        raise NotPlain
    return f"{text.code}[{start.constant - 1}:{start.constant - 1 + length.constant}]"


#: Patterns that mean the same to every engine: no escapes, no flags, no repeats of repeats, no sets of sets.
_PLAIN_PATTERN: Final = re.compile(
    r"""\^? (?: [(|]
      | (?: [A-Za-z0-9 ,:;/_@-] | \. | \) | \[ \^? (?: [A-Za-z0-9]-[A-Za-z0-9] | [A-Za-z0-9 .,:;/_@] )+ \] )
        (?: \{ [0-9]{1,3} (?: ,[0-9]{0,3} )? \} | [*+?] )? )* \$?""",
    re.VERBOSE | re.ASCII,
)


def _search(pattern: _Expression) -> Callable[[str], object]:
    """Return what finds a pattern in a text."""
    if pattern.constant is None or not _PLAIN_PATTERN.fullmatch(pattern.constant):
        raise NotPlain
    try:
        return compiled(pattern.constant).search
    except re.error:
        raise NotPlain from None


#: The functions: what they are given, what they return, and the code of it.
_FUNCTIONS: Final[dict[str, tuple[tuple[str, ...], str, Callable[..., str]]]] = {
    # The text of a variable is taken once, by the name of the variable.
    "STR": (("term",), "text", lambda term: f"s{term.code[1:]}"),
    "DATATYPE": (("term",), "iri", lambda term: f"type_of({term.code})"),
    "REGEX": (("text", "text"), "truth", lambda *_: ""),
    "STRSTARTS": (("text", "text"), "truth", lambda text, start: f"{text.code}.startswith({start.code})"),
    "STRENDS": (("text", "text"), "truth", lambda text, end: f"{text.code}.endswith({end.code})"),
    "CONTAINS": (("text", "text"), "truth", lambda text, part: f"({part.code} in {text.code})"),
    "CONCAT": (("text",), "text", lambda *texts: f"({' + '.join(text.code for text in texts)})"),
    "SUBSTR": (("text", "number", "number"), "text", _substring),
    "STRLEN": (("text",), "number", lambda text: f"len({text.code})"),
}
