"""SPARQL-based constraints (https://www.w3.org/TR/shacl/#sparql-constraints), asked of pyoxigraph or rdflib.

Most time goes into reading the query. One whose answers about a node depend on nothing but some properties of that
node is asked once for many nodes of many graphs, in a store that holds these properties of them and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox
from pyshacl import ShapesGraph
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from rdflib import Graph, Literal, URIRef, Variable
from rdflib.namespace import OWL, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from commons_ld.validation.data import Data, Triple
from commons_ld.validation.graphs import checked_graph
from commons_ld.validation.tokens import to_node, token

__all__ = ["Query", "Row", "ask_together", "compile_query", "is_kept", "prefixes_of"]

#: A value and a path, each ``""`` where the query tells none.
Row = tuple[str, str]

_THIS: Final = ox.Variable("this")
_SUBJECT: Final = ox.NamedNode("urn:s")


def compile_query(shapes: ShapesGraph, constraint: Node, path: Node | None) -> Query | None:
    """Return what asks the query of a constraint about a focus node; ``None`` where pySHACL has to.

    :param path: the path of the property shape, which stands for ``$PATH``
    :raises SyntaxError: if it has a prefix that is not declared
    """
    graph = shapes.graph
    select = graph.value(constraint, SH.select)
    if any(getattr(one, "value", None) is True for one in graph.objects(constraint, SH.deactivated)):
        return Query("", lambda _data, _focus: iter(()), frozenset())
    if not isinstance(select, Literal) or "shapesGraph" in select or "currentShape" in select:
        return None
    text = str(select)
    if path is not None:
        text = text.replace("$PATH", str(shacl_path_to_sparql_path(shapes, path, prefixes={})))
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(prefixes_of(graph, constraint)))
    query = prefixes + text
    algebra = _algebra(query)
    predicates = _predicates(algebra)
    binds_this = _binds_this(algebra)

    def store_of(data: Data) -> ox.Store | None:
        return _store(triple for triple in data.triples() if predicates is None or triple[1] in predicates)

    def ask(data: Data, focus: str) -> Iterator[Row]:
        store = data.made(store_of) if binds_this else None
        yield from _rows(_of_pyoxigraph(store, query, focus) if store else _of_rdflib(data, query, focus))

    return Query(query, ask, predicates if _is_about_the_node_alone(algebra) else None)


@lru_cache(maxsize=64)
def _algebra(query: str) -> CompValue:
    try:
        return prepareQuery(query).algebra
    except Exception as error:
        # rdflib has no error of its own for this one.
        if type(error) is Exception and "namespace prefix" in str(error):
            raise SyntaxError(str(error)) from error
        raise


class Query:
    """The query of a constraint.

    :param text: with its prefixes
    :param ask: asks it about a node of a graph
    :param needs: the predicates without which a node has no answer, and on whose values alone in that node the
        answers depend; ``None`` where they may depend on more
    """

    def __init__(self, text: str, ask: Callable[[Data, str], Iterator[Row]], needs: frozenset[str] | None) -> None:
        self._text: Final = text
        self._ask: Final = ask
        self.needs: Final = needs

    def ask(self, data: Data, focus: str) -> Iterable[Row]:
        """Return what is wrong with a node, a row each."""
        known = data.answers.get(self)
        if known is not None and focus in known:
            return known[focus]
        if self.needs is not None and any(not data.values(focus, predicate) for predicate in self.needs):
            return ()
        return self._ask(data, focus)

    def ask_about(self, statements: Iterable[Triple]) -> dict[str, list[Row]] | None:
        """Return what is wrong with the nodes that these statements are about, by node; ``None`` if it is not known.

        :param statements: all that nodes say with the predicates that the query needs, and nothing else
        """
        store = _store(statements)
        if store is None:
            return None
        by_node: dict[str, list[dict[str, str]]] = {}
        for row in _solutions(store.query(self._text)):
            by_node.setdefault(row["this"], []).append(row)
        return {node: list(_rows(rows)) for node, rows in by_node.items()}


def ask_together(queries: Iterable[Query], graphs: Iterable[Data]) -> None:
    """Have graphs know the answers to queries about their nodes that can be asked for all of them at once."""
    graphs = list(graphs)
    for query in queries:
        if not query.needs:
            continue
        first = min(query.needs)
        asked: dict[str, Data] = {}
        statements: list[Triple] = []
        for data in graphs:
            for node in data.subjects_of(first):
                # A node that two graphs speak of, and one whose values a store would change, is asked about apart.
                about = [
                    (node, predicate, value) for predicate in query.needs for value in data.values(node, predicate)
                ]
                if node not in asked and node[0] == "<" and all(is_kept(value) for _, _, value in about):
                    asked[node] = data
                    statements += about
        answers = query.ask_about(statements)
        for node, data in asked.items():
            if answers is not None:
                data.answers.setdefault(query, {})[node] = answers.get(node, [])


def _rows(answers: Iterable[dict[str, str]]) -> Iterable[Row]:
    """Return what SHACL takes from the solutions of a query, each once."""
    rows = (row for row in answers if row.keys() & {"this", "value", "path", "failure"})
    return dict.fromkeys((row.get("value", ""), row.get("path", "")) for row in rows)


def _of_pyoxigraph(store: ox.Store, query: str, focus: str) -> Iterator[dict[str, str]]:
    return _solutions(store.query(query, substitutions={_THIS: _term(focus)}))


def _solutions(rows: object) -> Iterator[dict[str, str]]:
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 - a SELECT, as load_shapes has seen
    names = [variable.value for variable in rows.variables]
    for row in rows:
        yield {name: str(row[name]) for name in names if row[name] is not None}


def _of_rdflib(data: Data, query: str, focus: str) -> Iterator[dict[str, str]]:
    for row in data.made(checked_graph).query(query, initBindings={"this": to_node(focus)}).bindings:
        yield {str(variable): token(value) for variable, value in row.items()}


def _store(statements: Iterable[Triple]) -> ox.Store | None:
    """Return statements as a store.

    ``None`` where Oxigraph would not have a literal as it was written: ``"013"^^xsd:integer`` becomes 13 there.
    """
    triples = list(statements)
    if not all(is_kept(value) for _, _, value in triples):
        return None
    store = ox.Store()
    lines = "".join([f"{subject} {predicate} {value} .\n" for subject, predicate, value in triples])
    if any(subject[0] == "_" or value[0] == "_" for subject, _, value in triples):
        # A store names the blank nodes that it loads, so they are added as they are named.
        parsed = ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
        store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in parsed)
    else:
        store.load(lines, format=ox.RdfFormat.N_TRIPLES)
    return store


def is_kept(term: str) -> bool:
    """Tell whether a store has a term as it is written."""
    return term[-1] != ">" or term[0] != '"' or _is_kept_literal(term)


@lru_cache(maxsize=4096)
def _is_kept_literal(literal: str) -> bool:
    store = ox.Store()
    store.add(ox.Quad(_SUBJECT, _SUBJECT, _term(literal)))
    return str(next(iter(store)).object) == literal


def _predicates(algebra: CompValue) -> frozenset[str] | None:
    """Return the predicates of the statements that the answer to a query can depend on; ``None`` for all of them."""
    found = set[str]()

    def look(part: CompValue) -> None:
        if part.name in ("Graph", "ServiceGraphPattern"):
            raise _AnyPredicateError
        for row in part.get("triples") or ():
            # Inside EXISTS, which rdflib reads later, the statements of a row follow one another.
            for predicate in list(row)[1::3]:
                if not isinstance(predicate, URIRef):
                    raise _AnyPredicateError
                found.add(token(predicate))

    try:
        traverse(algebra, visitPre=lambda part: look(part) if isinstance(part, CompValue) else None)
    except _AnyPredicateError:
        return None
    return frozenset(found)


#: What a query may be made of, besides one pattern and expressions, for its answers to be about one node alone.
_STEPS: Final = frozenset(("SelectQuery", "Project", "Distinct", "Filter", "Extend"))
#: Functions that say another thing each time they are asked, and those that look at other nodes.
_UNSTEADY: Final = frozenset(
    f"Builtin_{name}" for name in ("BNODE", "EXISTS", "NOTEXISTS", "NOW", "RAND", "STRUUID", "UUID")
)


def _is_about_the_node_alone(algebra: CompValue) -> bool:
    """Tell whether the answers about ``$this`` depend on its own statements alone, each with a given predicate.

    Then the query may be asked without telling what ``$this`` is, which the pattern binds to one node after another.
    """
    part, expressions = algebra.p, list[Any]()
    if algebra.name != "SelectQuery" or algebra.datasetClause or Variable("this") not in algebra.PV:
        return False
    while part.name in _STEPS:
        expressions.append(part.get("expr"))
        if part.get("var") == Variable("this"):
            return False
        part = part.p
    if part.name != "BGP" or not part.triples:
        return False
    if any(subject != Variable("this") or not isinstance(predicate, URIRef) for subject, predicate, _ in part.triples):
        return False
    found = set[str]()
    for expression in expressions:
        traverse(expression, visitPre=lambda one: found.add(one.name) if isinstance(one, CompValue) else None)
    return found.isdisjoint(_UNSTEADY) and not any(name.startswith("Aggregate") for name in found)


def _binds_this(algebra: CompValue) -> bool:
    """Tell whether ``$this`` has a value wherever ``bound`` asks for it, without being told beforehand.

    Oxigraph substitutes it in patterns, and does not say that it is bound in a group that has none of them.
    """
    found = [True]

    def look(part: CompValue) -> None:
        asked = list[bool]()
        if part.name in ("Filter", "Extend"):
            traverse(
                part.expr,
                visitPre=lambda one: asked.append(
                    getattr(one, "name", "") == "Builtin_BOUND" and one.arg == Variable("this")
                ),
            )
        found.append(not any(asked) or _has_pattern(part.p))

    traverse(algebra, visitPre=lambda part: look(part) if isinstance(part, CompValue) else None)
    return all(found)


def _has_pattern(part: Any) -> bool:
    """Tell whether solutions of a part of a query surely have ``$this``."""
    if not isinstance(part, CompValue):
        return False
    if part.name == "BGP":
        return any(Variable("this") in triple for triple in part.triples)
    if part.name == "Union":
        return _has_pattern(part.p1) and _has_pattern(part.p2)
    if part.name == "Join":
        return _has_pattern(part.p1) or _has_pattern(part.p2)
    return _has_pattern(part.get("p") or part.get("p1"))


class _AnyPredicateError(Exception):
    """A query asks for more than statements with predicates that it names."""


def prefixes_of(shapes: Graph, constraint: Node) -> set[tuple[str, str]]:
    """Return the prefixes of a query (https://www.w3.org/TR/shacl/#sparql-prefixes)."""
    todo, seen, found = list(shapes.objects(constraint, SH.prefixes)), set[Node](), set[tuple[str, str]]()
    while todo:
        ontology = todo.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        todo.extend(shapes.objects(ontology, OWL.imports))
        for declaration in shapes.objects(ontology, SH.declare):
            names = (shapes.value(declaration, SH.prefix), shapes.value(declaration, SH.namespace))
            if all(isinstance(one, Literal) for one in names):
                found.add((str(names[0]), str(names[1])))
    return found


def _term(term: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return a term as pyoxigraph has it."""
    if term[0] == "<":
        return ox.NamedNode(term[1:-1])
    if term[0] == "_":
        return ox.BlankNode(term[2:])
    (triple,) = ox.parse(f"<urn:s> <urn:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(triple.object, ox.Literal)  # noqa: S101 - it begins with a quotation mark
    return triple.object
