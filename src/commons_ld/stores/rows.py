"""The rows of an answer to SELECT, from the two formats in which stores give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from commons_ld.stores.values import Term

__all__ = ["Row", "rows_of", "rows_of_xml"]

#: What a row gives, by the name of the variable; one that has no value is missing.
Row = dict[str, Term]

#: Texts with what pyoxigraph takes away of them: blanks at both ends, and all before a comment; or with an end of line
#: that readers of XML take for another one (https://www.w3.org/TR/xml/#sec-line-ends).
_UNSURE: Final = re.compile(rb"<literal[^<>]*>\s|\s</literal>|\r|<!")


def rows_of(answer: Mapping[str, Any]) -> list[Row]:
    """Return the rows of an answer (https://www.w3.org/TR/sparql11-results-json/#select-results).

    :raises KeyError: if it is no such answer; :class:`TypeError` and :class:`AttributeError` too

    >>> rows_of({"results": {"bindings": [{"o": {"type": "literal", "value": "eau", "xml:lang": "fr"}}]}})
    [{'o': Term(kind='literal', value='eau', datatype='', language='fr')}]
    """
    return [{name: _term(term) for name, term in row.items()} for row in answer["results"]["bindings"]]


def rows_of_xml(answer: bytes) -> list[Row] | None:
    """Return the rows of an answer in XML (https://www.w3.org/TR/rdf-sparql-XMLres/), if it is sure what they say.

    :return: ``None`` if the answer has to be asked for in the other format

    >>> head = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="o"/></head><results>'
    >>> tail = b"</results></sparql>"
    >>> row = b'<result><binding name="o"><literal xml:lang="fr">eau</literal></binding></result>'
    >>> rows_of_xml(head + row + tail)
    [{'o': Term(kind='literal', value='eau', datatype='', language='fr')}]
    >>> rows_of_xml(head + row.replace(b"eau", b" eau") + tail) is None
    True
    """
    import pyoxigraph as ox

    if _UNSURE.search(answer):
        return None
    try:
        solutions = ox.parse_query_results(answer, ox.QueryResultsFormat.XML)
        if not isinstance(solutions, ox.QuerySolutions):
            return None
        names = [variable.value for variable in solutions.variables]
        return [
            {name: _of_oxigraph(term) for name, term in zip(names, row, strict=True) if term is not None}
            for row in solutions
        ]
    except (SyntaxError, ValueError):
        return None


def _of_oxigraph(term: Any) -> Term:
    import pyoxigraph as ox

    if isinstance(term, ox.Literal):
        return Term("literal", term.value, "" if term.language else term.datatype.value, term.language or "")
    return Term("uri" if isinstance(term, ox.NamedNode) else "bnode", term.value)


def _term(binding: Mapping[str, Any]) -> Term:
    # Virtuoso calls a literal with a datatype "typed-literal", as a draft of the standard did.
    kind = {"typed-literal": "literal"}.get(binding["type"], binding["type"])
    return Term(str(kind), str(binding["value"]), str(binding.get("datatype", "")), str(binding.get("xml:lang", "")))
