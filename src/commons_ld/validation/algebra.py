"""What a query depends on, by its algebra, which rdflib makes: for queries that are not plain."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from rdflib import URIRef, Variable
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

from commons_ld.validation.tokens import token

__all__ = ["binds_this", "is_about_the_node_alone", "parsed", "predicates"]


@lru_cache(maxsize=64)
def parsed(query: str) -> CompValue:
    """Return the algebra of a query.

    :raises SyntaxError: if it has a prefix that is not declared
    """
    try:
        return prepareQuery(query).algebra
    except Exception as error:
        # rdflib has no error of its own for this one.
        if type(error) is Exception and "namespace prefix" in str(error):
            raise SyntaxError(str(error)) from error
        raise


def predicates(algebra: CompValue) -> frozenset[str] | None:
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


def is_about_the_node_alone(algebra: CompValue) -> bool:
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


def binds_this(algebra: CompValue) -> bool:
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
