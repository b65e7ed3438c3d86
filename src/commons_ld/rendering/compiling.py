r"""Compile a CONSTRUCT query into a function, so that it need not be read again for each record.

The query file stays the one truth: the function is generated from it, a loop a statement, and what it makes is what an
engine makes of the query, which tests hold it to. What is beyond the part of SPARQL that is read here, or not surely
the same, is left to the engine.

>>> query = compiled("CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q>/<a:r> ?o }")
>>> query({b"<a:1>": {b"<a:q>": [b"<a:2>"]}, b"<a:2>": {b"<a:r>": [b'"x"']}})
{(b'<a:1>', b'<a:p>', b'"x"')}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from commons_ld.rendering.functions import FUNCTIONS, Unsure, replacing
from commons_ld.rendering.queries import (
    UNNAMED,
    Beyond,
    Bind,
    Call,
    Choice,
    Either,
    Expression,
    Group,
    Maybe,
    Query,
    Statement,
    Table,
    Term,
    Unless,
    read,
)

__all__ = ["Compiled", "Graph", "Made", "compiled", "source"]

#: What is said of each thing, by property; terms as canonical N-Triples has them.
Graph: TypeAlias = Mapping[bytes, Mapping[bytes, Sequence[bytes]]]
#: A statement that was made.
Made: TypeAlias = tuple[bytes, bytes, bytes]
Compiled: TypeAlias = Callable[[Graph], "set[Made]"]

#: What is nested deeper than this is left to the engine: Python nests twenty loops, and not one more.
_DEEPEST: Final = 18


def compiled(text: str) -> Compiled:
    """Return a function that makes of a graph what a query makes of it.

    The function raises :exc:`Unsure` where the engine has to be asked.

    :param text: the query
    :raises Beyond: if the query is beyond what is compiled
    """
    lines, scope = _Source(read(text)).lines()
    exec(compile("\n".join(lines), "<construct>", "exec"), scope)  # noqa: S102 - of a query file of ours
    made: Compiled = scope["construct"]
    return made


def source(text: str) -> str:
    """Return what a query is compiled to, for whoever wants to read it.

    :raises Beyond: if the query is beyond what is compiled
    """
    return "\n".join(_Source(read(text)).lines()[0]) + "\n"


def _along(graph: Graph, subject: bytes, path: Iterable[Sequence[bytes]]) -> list[bytes]:
    """Return where a path leads to."""
    found = [subject]
    for step in path:
        found = [value for one in found if one in graph for name in step for value in graph[one].get(name, ())]
    return found


class _Source:
    """The lines of source of a query, while they are put together."""

    def __init__(self, query: Query) -> None:
        self._query: Final = query
        self._lines = ["def construct(graph):"]
        self._names: Final[dict[str, Any]] = {"NOTHING": {}, "NONE": (None,), "along": _along}
        #: What is looked up of a thing is looked up in what is said of it.
        self._subjects: Final = set(_subjects(query.where))
        self._depth, self._loops = 1, 0
        #: Variables that have a value, those that may have none, and those that are IRIs if they have one.
        self._certain: frozenset[str] = frozenset()
        self._possible: frozenset[str] = frozenset()
        self._iris: frozenset[str] = frozenset()

    def lines(self) -> tuple[list[str], dict[str, Any]]:
        """Return the lines, and what they name.

        :raises Beyond: if the query is beyond what is compiled
        """
        template, where = self._query
        self._write("found = set()", "add, get = found.add, graph.get")
        ways = where[-1].groups if where and isinstance(where[-1], Either) else ()
        self._group(where[:-1] if ways else where)
        common = [one for one in template if _variables(one) <= self._known]
        if ways:
            # What only tells of what all ways begin with is made once, and only if one of them leads somewhere.
            self._write("is_found = False")
            begun = self._certain, self._possible, self._iris, self._depth, self._loops
            for way in ways:
                self._certain, self._possible, self._iris, self._depth, self._loops = begun
                self._group(way)
                self._write("is_found = True")
                self._make(one for one in template if one not in common and _variables(one) <= self._known)
            self._certain, self._possible, self._iris, self._depth, self._loops = begun
            self._into("if is_found:")
        self._make(common)
        self._depth = 1
        self._write("return found")
        return self._lines, self._names

    @property
    def _known(self) -> frozenset[str]:
        return self._certain | self._possible

    def _write(self, *lines: str) -> None:
        self._lines += ["    " * self._depth + line for line in lines]

    def _into(self, line: str) -> None:
        """Write what the lines that follow are inside of."""
        self._write(line)
        self._depth += 1
        self._loops += line.startswith("for ")
        if self._loops > _DEEPEST:
            raise Beyond("too many statements one inside the other")

    # ── What is looked for ───────────────────────────────────────────────────────────────────────────────

    def _group(self, group: Group) -> None:
        # Expressions see what their own group binds, and nothing of the groups around it (section 18.2.1).
        own: frozenset[str] = frozenset()
        demands: list[Choice | Unless] = []
        for part in group:
            if isinstance(part, Statement):
                self._statement(part)
                own |= _variables(part)
            elif isinstance(part, Maybe):
                own |= {self._maybe(part.statement, own)}
            elif isinstance(part, Bind):
                own |= {self._let(part, own)}
            elif isinstance(part, Table):
                own |= self._table(part)
            elif isinstance(part, Choice | Unless):
                demands.append(part)
            else:
                raise Beyond("ways that part before the end")
        # What is demanded is demanded of all that a group binds, wherever in it that is written (section 5.2.2).
        for demand in demands:
            if isinstance(demand, Choice):
                self._into(f"if {self._expression(demand.expression, own, is_condition=True)}:")
            else:
                subject, path, value = demand.statement
                if subject not in self._certain & own or value in self._known:
                    raise Beyond("what may not be there is not told of what the group binds")
                values = self._values(subject, path)
                self._into(f"if not {values}:" if isinstance(value, str) else f"if {value!r} not in {values}:")

    def _statement(self, statement: Statement) -> None:
        subject, path, value = statement
        if self._possible & _variables(statement):
            raise Beyond("a statement about what may have no value")
        if isinstance(subject, str) and subject not in self._certain:
            self._into(f"for {_name(subject)}, {_about(subject)} in graph.items():")
            self._certain |= {subject}
            self._iris |= {subject}
        values = self._values(subject, path)
        if isinstance(value, bytes):
            self._into(f"if {value!r} in {values}:")
        elif value in self._certain:
            self._into(f"if {_name(value)} in {values}:")
        elif value.startswith(UNNAMED):
            self._into(f"if {values}:")
        else:
            self._into(f"for {_name(value)} in {values}:")
            self._bind(value)

    def _values(self, subject: Term, path: Sequence[Sequence[bytes]]) -> str:
        """Return the source of what a path leads to."""
        if len(path) > 1:
            return f"along(graph, {_source(subject)}, {tuple(path)!r})"
        about = f"get({subject!r}, NOTHING)" if isinstance(subject, bytes) else _about(subject)
        found = [f"{about}.get({name!r}, ())" for name in path[0]]
        return found[0] if len(found) == 1 else f"({', '.join(f'*{values}' for values in found)})"

    def _bind(self, variable: str) -> None:
        self._certain |= {variable}
        if variable in self._subjects:
            self._write(f"{_about(variable)} = get({_name(variable)}, NOTHING)")

    def _maybe(self, statement: Statement, own: frozenset[str]) -> str:
        subject, path, value = statement
        if not isinstance(value, str) or value.startswith(UNNAMED) or value in self._known:
            raise Beyond("what may be there is the value of no new variable")
        if subject not in self._certain & own:
            raise Beyond("what may be there is not told of what the group binds")
        self._into(f"for {_name(value)} in {self._values(subject, path)} or NONE:")
        self._possible |= {value}
        return value

    def _table(self, table: Table) -> frozenset[str]:
        names = [f"t{number}" if name in self._certain else _name(name) for number, name in enumerate(table.variables)]
        if self._possible & set(table.variables) or len(set(table.variables)) < len(names) or not names:
            raise Beyond("a table of what may have no value")
        self._into(f"for {', '.join(names)}, in {table.rows!r}:")
        for name, variable in zip(names, table.variables, strict=True):
            if variable in self._certain:
                self._into(f"if {name} == {_name(variable)}:")
            else:
                self._bind(variable)
        return frozenset(table.variables)

    # ── Expressions ──────────────────────────────────────────────────────────────────────────────────────

    def _let(self, bind: Bind, own: frozenset[str]) -> str:
        expression, variable = bind
        if variable in self._known:
            raise Beyond("a name for two things")
        self._write(f"{_name(variable)} = {self._expression(expression, own)}")
        some = expression.given if isinstance(expression, Call) and expression.name == "COALESCE" else (expression,)
        if any(isinstance(one, bytes) or one in self._certain for one in some):
            self._bind(variable)
        else:
            self._possible |= {variable}
        if expression in self._iris or (isinstance(expression, Call) and expression.name == "IRI"):
            self._iris |= {variable}
        return variable

    def _expression(self, expression: Expression, own: frozenset[str], *, is_condition: bool = False) -> str:
        if not isinstance(expression, Call):
            if is_condition or (isinstance(expression, str) and expression not in own & self._known):
                raise Beyond("an expression about what its group does not bind")
            return _source(expression)
        name, given = expression
        if name == "REPLACE" and not is_condition and given:
            text, *constants = given
            return f"{self._replacing(constants)}({self._expression(text, own)})"
        function = FUNCTIONS.get(name)
        kinds = "" if function is None else function.given.replace("*", "t" * len(given))
        if function is None or function.is_condition != is_condition or len(kinds) != len(given):
            raise Beyond(name)
        called = function.call.__name__
        self._names[called] = function.call
        told = [self._expression(one, own, is_condition=kind == "c") for one, kind in zip(given, kinds, strict=True)]
        return f"{called}({', '.join(told)})"

    def _replacing(self, constants: Sequence[Expression]) -> str:
        pattern, put = constants if len(constants) == 2 else ("", "")
        if not isinstance(pattern, bytes) or not isinstance(put, bytes) or b"<" in pattern[:1] + put[:1]:
            raise Beyond("REPLACE by what is not written out")
        name = f"replace{len(self._names)}"
        try:
            self._names[name] = replacing(pattern, put)
        except Unsure as error:
            raise Beyond("a pattern that not every engine reads alike") from error
        return name

    # ── What is made ─────────────────────────────────────────────────────────────────────────────────────

    def _make(self, statements: Iterable[Statement]) -> None:
        self._write("pass")  # Perhaps there is nothing to make here.
        for subject, ((predicate,),), value in statements:
            # What has no value is in no statement, and no literal is a subject (section 16.2).
            named = dict.fromkeys((subject, value))
            conditions = [f"{_name(one)} is not None" for one in named if one in self._possible]
            if isinstance(subject, str) and subject not in self._iris:
                conditions.append(f"{_name(subject)}[:1] == b'<'")
            made = ", ".join(map(_source, (subject, predicate, value)))
            demanded = f"if {' and '.join(conditions)}: " if conditions else ""
            self._write(f"{demanded}add(({made}))")


def _variables(statement: Statement) -> frozenset[str]:
    return frozenset(one for one in (statement.subject, statement.object) if isinstance(one, str))


def _subjects(group: Group) -> Iterator[str]:
    """Yield the variables about which a group says something."""
    for part in group:
        if isinstance(part, Either):
            for way in part.groups:
                yield from _subjects(way)
        else:
            statement = part if isinstance(part, Statement) else getattr(part, "statement", None)
            if statement is not None and isinstance(statement.subject, str):
                yield statement.subject


def _name(variable: str) -> str:
    name = f"v_{variable[1:]}"
    if not name.isascii():
        raise Beyond(variable)
    return name


def _source(term: Term) -> str:
    return _name(term) if isinstance(term, str) else repr(term)


def _about(variable: str) -> str:
    return f"about_{variable[1:]}"
