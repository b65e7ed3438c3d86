"""Read a CONSTRUCT query as what it is made of: the part of SPARQL 1.1 in which our renderings are written.

That is a group of statements, whose paths are steps one after the other and choices between properties, with BIND,
FILTER, VALUES and OPTIONAL, and one UNION at its end (https://www.w3.org/TR/sparql11-query/#sparqlGrammar). A query
that goes beyond it is not read here, and is left to the engine.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from commons_ld.rdf.namespaces import expand
from commons_ld.sparql.grammar import Token, tokens

__all__ = [
    "UNNAMED",
    "Beyond",
    "Bind",
    "Call",
    "Choice",
    "Either",
    "Expression",
    "Group",
    "Maybe",
    "Query",
    "Statement",
    "Table",
    "Term",
    "Unless",
    "read",
]

_TYPE: Final = b"<%b>" % expand("rdf:type").encode()
#: What the name of a variable begins with that has none in the query.
UNNAMED: Final = "?-"
_COMPARISONS: Final = ("=", "!=")

#: A variable, with its question mark, or what is written out: a term of canonical N-Triples.
Term: TypeAlias = "str | bytes"


class Beyond(Exception):
    """A query says what is not read here."""


class Call(NamedTuple):
    """A function of SPARQL, or one of ``=``, ``!=``, ``||`` and ``&&``, with what it is given."""

    name: str
    given: tuple[Expression, ...]


Expression: TypeAlias = "Term | Call"


class Statement(NamedTuple):
    """A statement, or what stands in the place of one.

    :param path: steps, each a choice of properties
    """

    subject: Term
    path: tuple[tuple[bytes, ...], ...]
    object: Term


class Bind(NamedTuple):
    """``BIND``: a name for what an expression is worth."""

    expression: Expression
    variable: str


class Choice(NamedTuple):
    """``FILTER``: what has to be true."""

    expression: Expression


class Unless(NamedTuple):
    """``FILTER NOT EXISTS``: a statement that may not be there."""

    statement: Statement


class Maybe(NamedTuple):
    """``OPTIONAL``: a statement that need not be there."""

    statement: Statement


class Table(NamedTuple):
    """``VALUES``."""

    variables: tuple[str, ...]
    rows: tuple[tuple[bytes, ...], ...]


class Either(NamedTuple):
    """``UNION``: groups, each of which adds what it finds."""

    groups: tuple[Group, ...]


Group: TypeAlias = "tuple[Statement | Bind | Choice | Unless | Maybe | Table | Either, ...]"


class Query(NamedTuple):
    """A query.

    :param template: the statements that are made; their paths are single properties
    """

    template: tuple[Statement, ...]
    where: Group


def read(text: str) -> Query:
    """Return what a query is made of.

    >>> query = read("CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q>/<a:r> ?o }")
    >>> query.template
    (Statement(subject='?s', path=((b'<a:p>',),), object='?o'),)
    >>> query.where[0].path
    ((b'<a:q>',), (b'<a:r>',))

    :raises Beyond: if it is of another kind, or says more than is read here
    """
    return _Reading(list(tokens(text))).query()


class _Reading:
    """Reads tokens from the first to the last."""

    def __init__(self, found: list[Token]) -> None:
        self._rest: Final = found[::-1]
        self._prefixes: Final[dict[str, str]] = {}
        self._unnamed = 0

    def query(self) -> Query:
        while self._takes("PREFIX"):
            prefix = self._take("prefix")
            self._prefixes[prefix] = self._take("iri")[1:-1]
        self._demand("CONSTRUCT")
        self._demand("{")
        template = self._statements()
        self._demand("}")
        if any(len(one.path) > 1 or len(one.path[0]) > 1 for one in template) or self._unnamed:
            raise Beyond("a template that is no plain statements")
        self._takes("WHERE")
        where = self._group()
        if self._rest:
            raise Beyond(self._rest[-1].text)
        return Query(tuple(template), where)

    # ── Groups ───────────────────────────────────────────────────────────────────────────────────────────

    def _group(self) -> Group:
        self._demand("{")
        found: list[Statement | Bind | Choice | Unless | Maybe | Table | Either] = []
        while not self._takes("}"):
            if self._takes("OPTIONAL"):
                found.append(Maybe(self._only(self._group())))
            elif self._takes("BIND"):
                self._demand("(")
                expression = self._expression()
                self._demand("AS")
                found.append(Bind(expression, f"?{self._take('variable')[1:]}"))
                self._demand(")")
            elif self._takes("FILTER"):
                found.append(self._filter())
            elif self._takes("VALUES"):
                found.append(self._table())
            elif self._is("{"):
                groups = [self._group()]
                while self._takes("UNION"):
                    groups.append(self._group())
                # A group of ways alone, which stands in one of its own, is those ways.
                is_one = len(groups) == 1 and len(groups[0]) == 1
                inner = groups[0][0] if is_one else None
                found.append(inner if isinstance(inner, Either) else Either(tuple(groups)))
            else:
                found += self._statements()
            self._takes(".")
        return tuple(found)

    def _filter(self) -> Choice | Unless:
        if self._takes("NOT"):
            self._demand("EXISTS")
            return Unless(self._only(self._group()))
        return Choice(self._unary())

    @staticmethod
    def _only(group: Group) -> Statement:
        if len(group) != 1 or not isinstance(group[0], Statement):
            raise Beyond("more than one statement that may be there or not")
        return group[0]

    def _table(self) -> Table:
        self._demand("(")
        variables = []
        while not self._takes(")"):
            variables.append(f"?{self._take('variable')[1:]}")
        self._demand("{")
        rows = []
        while not self._takes("}"):
            self._demand("(")
            row = []
            while not self._takes(")"):
                row.append(self._constant())
            rows.append(tuple(row))
        return Table(tuple(variables), tuple(rows))

    # ── Statements ───────────────────────────────────────────────────────────────────────────────────────

    def _statements(self) -> list[Statement]:
        found = []
        while not self._rest or self._rest[-1].kind not in ("word", "mark"):
            subject = self._term()
            while True:
                path = self._path()
                found.append(Statement(subject, path, self._term()))
                while self._takes(","):
                    found.append(Statement(subject, path, self._term()))
                if not self._takes(";"):
                    break
            if not self._takes("."):
                break
        if not found:
            raise Beyond(self._rest[-1].text)
        return found

    def _path(self) -> tuple[tuple[bytes, ...], ...]:
        steps = [self._step()]
        while True:
            if self._takes("/"):
                steps.append(self._step())
            elif len(steps) == 1 and self._takes("|"):
                steps[0] += self._step()
            else:
                return tuple(steps)

    def _step(self) -> tuple[bytes, ...]:
        if not self._takes("("):
            return (_TYPE,) if self._takes("a") else (self._iri(),)
        found = [self._iri()]
        while self._takes("|"):
            found.append(self._iri())
        self._demand(")")
        return tuple(found)

    def _term(self) -> Term:
        if self._takes("["):
            self._demand("]")
            self._unnamed += 1
            return f"{UNNAMED}{self._unnamed}"
        return f"?{self._take('variable')[1:]}" if self._is_kind("variable") else self._constant()

    def _constant(self) -> bytes:
        if not self._is_kind("text"):
            return self._iri()
        text = self._take("text")
        if text[:3] == '"""' or text[:1] != '"' or "\\" in text or self._is_kind("tag") or self._is("^^"):
            raise Beyond(text)
        return text.encode()

    def _iri(self) -> bytes:
        if self._is_kind("iri"):
            return self._take("iri").encode()
        prefix, _, name = self._take("prefix" if self._is_kind("prefix") else "name").partition(":")
        if "\\" in name or f"{prefix}:" not in self._prefixes:
            raise Beyond(f"{prefix}:{name}")
        return f"<{self._prefixes[f'{prefix}:']}{name}>".encode()

    # ── Expressions ──────────────────────────────────────────────────────────────────────────────────────

    def _expression(self) -> Expression:
        found = self._all()
        while self._takes("||"):
            found = Call("||", (found, self._all()))
        return found

    def _all(self) -> Expression:
        found = self._relation()
        while self._takes("&&"):
            found = Call("&&", (found, self._relation()))
        return found

    def _relation(self) -> Expression:
        found = self._unary()
        for name in _COMPARISONS:
            if self._takes(name):
                return Call(name, (found, self._unary()))
        return found

    def _unary(self) -> Expression:
        if self._takes("("):
            found = self._expression()
            self._demand(")")
            return found
        if not self._is_kind("word"):
            return self._term()
        name = self._take("word").upper()
        self._demand("(")
        given = [self._expression()]
        while self._takes(","):
            given.append(self._expression())
        self._demand(")")
        return Call(name, tuple(given))

    # ── Tokens ───────────────────────────────────────────────────────────────────────────────────────────

    def _is_kind(self, kind: str) -> bool:
        return bool(self._rest) and self._rest[-1].kind == kind

    def _take(self, kind: str) -> str:
        if not self._is_kind(kind):
            raise Beyond(self._rest[-1].text if self._rest else "")
        return self._rest.pop().text

    def _is(self, text: str) -> bool:
        if not self._rest or self._rest[-1].kind not in ("word", "mark"):
            return False
        found = self._rest[-1].text
        return found == text if text == "a" else found.upper() == text

    def _takes(self, text: str) -> bool:
        is_next = self._is(text)
        if is_next:
            self._rest.pop()
        return is_next

    def _demand(self, text: str) -> None:
        if not self._takes(text):
            raise Beyond(self._rest[-1].text if self._rest else "")
