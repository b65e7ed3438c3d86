"""SPARQL-based constraints (https://www.w3.org/TR/shacl/#sparql-constraints), asked of pyoxigraph or rdflib.

Most time goes into reading the query. One whose answers about a node depend on nothing but some properties of that
node is asked once for many nodes of many graphs, in a store that holds these properties of them and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from commons_ld.validation.breakdown import translated
from commons_ld.validation.data import Data, Triple
from commons_ld.validation.paths import to_sparql
from commons_ld.validation.plain_answers import Foresight, foresight
from commons_ld.validation.plain_queries import predicates_of
from commons_ld.validation.shapes_graph import OWL, SH, ShapesGraph, is_true
from commons_ld.validation.tokens import is_literal, lexical, to_node, token

__all__ = ["Query", "Row", "ask_together", "compile_query", "is_kept", "prefixes_of", "text_of"]

#: A value and a path, each ``""`` where the query tells none.
Row = tuple[str, str]

_THIS: Final = ox.Variable("this")
_SUBJECT: Final = ox.NamedNode("urn:s")


def compile_query(shapes: ShapesGraph, constraint: str, path: str) -> Query | None:
    """Return what asks the query of a constraint about a focus node; ``None`` where pySHACL has to.

    :param path: the path of the property shape, which stands for ``$PATH``; ``""`` for none
    :raises SyntaxError: if it has a prefix that is not declared
    """
    if any(map(is_true, shapes.objects(constraint, SH.deactivated))):
        return Query("", lambda _data, _focus: iter(()), frozenset(), Foresight((), lambda _said: True))
    query = text_of(shapes, constraint, path)
    if not query:
        return None
    predicates: frozenset[str] | None = predicates_of(query)
    needs, binds_this, foreseen = predicates, True, None
    if predicates is not None:
        foreseen = foresight(query)
    else:
        from commons_ld.validation import algebra

        parsed = algebra.parsed(query)
        predicates, binds_this = algebra.predicates(parsed), algebra.binds_this(parsed)
        needs = predicates if algebra.is_about_the_node_alone(parsed) else None

    def store_of(data: Data) -> ox.Store | None:
        return _store(triple for triple in data.triples() if predicates is None or triple[1] in predicates)

    def ask(data: Data, focus: str) -> Iterator[Row]:
        store = data.made(store_of) if binds_this else None
        yield from _rows(_of_pyoxigraph(store, query, focus) if store else _of_rdflib(data, query, focus))

    return Query(query, ask, needs, foreseen)


def text_of(shapes: ShapesGraph, constraint: str, path: str) -> str:
    """Return the query of a constraint with its prefixes; ``""`` if it has none that can be asked here."""
    select = shapes.value(constraint, SH.select)
    if not select or not is_literal(select):
        return ""
    text = lexical(select)
    if "shapesGraph" in text or "currentShape" in text:
        return ""
    if path:
        text = text.replace("$PATH", to_sparql(shapes, path))
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(prefixes_of(shapes, constraint))) + text


class Query:
    """The query of a constraint.

    :param text: with its prefixes
    :param ask: asks it about a node of a graph
    :param needs: the predicates without which a node has no answer, and on whose values alone in that node the
        answers depend; ``None`` where they may depend on more
    :param foreseen: tells that there is no answer about a node, where that needs no engine
    """

    def __init__(
        self,
        text: str,
        ask: Callable[[Data, str], Iterator[Row]],
        needs: frozenset[str] | None,
        foreseen: Foresight | None = None,
    ) -> None:
        self._text: Final = text
        self._ask: Final = ask
        self.needs: Final = needs
        self.foreseen: Final = foreseen

    def has_no_answer(self, said: Mapping[str, Sequence[str]]) -> bool:
        """Tell whether there surely is no answer about a node, by what it says with the predicates that are needed."""
        if self.needs is not None and any(not said.get(predicate) for predicate in self.needs):
            return True
        foreseen = self.foreseen
        return foreseen is not None and foreseen.has_none([said[predicate] for predicate in foreseen.predicates])

    def ask(self, data: Data, focus: str) -> Iterable[Row]:
        """Return what is wrong with a node, a row each."""
        known = data.answers.get(self)
        if known is not None and focus in known:
            return known[focus]
        if self.has_no_answer(data.properties(focus)):
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


def ask_together(queries: Iterable[Query], graphs: Sequence[tuple[Data, Collection[str] | None]]) -> None:
    """Have graphs know the answers to queries about their nodes that can be asked for all of them at once.

    :param graphs: each with the nodes that are asked about, ``None`` for all
    """
    for query in queries:
        if not query.needs:
            continue
        first = min(query.needs)
        asked: dict[str, Data] = {}
        statements: list[Triple] = []
        for data, nodes in graphs:
            for node in data.subjects_of(first) if nodes is None else nodes:
                if query.has_no_answer(data.properties(node)):
                    continue
                # A node that two graphs speak of, and one whose values a store would change, is asked about apart.
                about = [
                    (node, predicate, value) for predicate in query.needs for value in data.values(node, predicate)
                ]
                if node not in asked and node[0] == "<" and all(is_kept(value) for _, _, value in about):
                    asked[node] = data
                    statements += about
        answers = query.ask_about(statements) if asked else None
        if answers is not None:
            for node, data in asked.items():
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
    # Who looks at this frame from another thread, as workers of Dask do to see what takes time, may keep it for longer:
    # the engine wants to have this back in the thread that asked.
    del rows


def _of_rdflib(data: Data, query: str, focus: str) -> Iterator[dict[str, str]]:
    from commons_ld.validation.graphs import checked_graph

    with translated():
        rows = list(data.made(checked_graph).query(query, initBindings={"this": to_node(focus)}).bindings)
    for row in rows:
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
    return term[-1] != ">" or term[0] != '"' or bool(_SURELY_KEPT.fullmatch(term)) or _is_kept_literal(term)


#: Days and years that a store writes as they were.
_SURELY_KEPT: Final = re.compile(
    r'"[1-9][0-9]{3}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"\^\^<http://www\.w3\.org/2001/XMLSchema#date>'
    r'|"\^\^<http://www\.w3\.org/2001/XMLSchema#gYear>)'
)


@lru_cache(maxsize=4096)
def _is_kept_literal(literal: str) -> bool:
    store = ox.Store()
    store.add(ox.Quad(_SUBJECT, _SUBJECT, _term(literal)))
    return str(next(iter(store)).object) == literal


def prefixes_of(shapes: ShapesGraph, constraint: str) -> set[tuple[str, str]]:
    """Return the prefixes of a query (https://www.w3.org/TR/shacl/#sparql-prefixes)."""
    todo, seen, found = list(shapes.objects(constraint, SH.prefixes)), set[str](), set[tuple[str, str]]()
    while todo:
        ontology = todo.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        todo.extend(shapes.objects(ontology, OWL.imports))
        for declaration in shapes.objects(ontology, SH.declare):
            names = shapes.value(declaration, SH.prefix), shapes.value(declaration, SH.namespace)
            if all(names) and all(map(is_literal, names)):
                found.add((lexical(names[0]), lexical(names[1])))
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
