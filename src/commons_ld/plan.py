"""The crosswalk as code: one generated function a kind of node, which lists what is said of that node.

For the rows of a node, such as ``Rule("recording", "issued", "date", ("dcterms:issued", …))``, the function is ::

    def write_recording(v, s, p, n=0):
        o = [P11]
        if x := v.issued:
            if t := to_date(x, p, 'issued'):
                o += (P12 + t, P13 + t)
        p.nodes.append((s, o))

where ``v`` is the value that the node stands for, ``s`` the node's IRI as a term, ``p`` the page at hand, ``n`` the
number of a numbered node, and ``P12`` a predicate. A term is made once for all properties of its row, and a subject
is put before its statements only when they are sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from commons_ld.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.namespaces import expand
from commons_ld.record import RecordFields
from commons_ld.terms import integer, string

__all__ = ["NUMBERED", "compile_crosswalk"]

#: Nodes that are numbered parts of their record, in the order in which they stand.
NUMBERED: Final = ("document", "note")

#: Fields that are not the value's own: what the page knows, the node's number, or the value as a whole.
_ACCESS: Final = {
    "slug": "p.slug",
    "former_titles": "p.former_titles",
    "recording": "p.recording",
    "session": "p.session",
    "position": "n",
    "author": "v",
    "geo": "v",
}
_LISTS: Final = {"former_titles"} | {
    name for name, kind in RecordFields.__annotations__.items() if "tuple[" in str(kind)
}
#: Zero is a value of these.
_NUMBERS: Final = ("decimal", "integer")
#: Terms that any value gives, written out instead of called for.
_PLAIN: Final = {"text": "string(x) + p.tag", "string": "string(x)", "integer": "integer(x)"}


def compile_crosswalk(makers: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., None]]:
    """Return the function that writes each kind of node, by the name of the node.

    :param makers: for each ``term`` of the crosswalk, what turns a value into a term, or into nothing: it is
        called with the value, the page and the name of the field; texts and integers are not asked for
    :raises KeyError: if the crosswalk names a term that has no maker
    """
    scope: dict[str, Any] = {"string": string, "integer": lru_cache(maxsize=1024)(integer)}
    for rule in CROSSWALK:
        if rule.term not in (*_PLAIN, *NUMBERED):
            scope[f"to_{rule.term}"] = makers[rule.term]
    source = "\n".join(_function(node, scope) for node in NODE_TYPES)
    exec(compile(source, "<crosswalk>", "exec"), scope)  # noqa: S102 - the source is made of the table alone
    return {node: scope[f"write_{node}"] for node in NODE_TYPES}


def _function(node: str, scope: dict[str, Any]) -> str:
    classes = (b" <%b> <%b>" % (expand("rdf:type").encode(), expand(name).encode()) for name in NODE_TYPES[node])
    lines = [f"def write_{node}(v, s, p, n=0):", f"    o = [{', '.join(_constant(said, scope) for said in classes)}]"]
    for rule in CROSSWALK:
        if rule.node == node:
            lines += ["    " + line for line in _row(rule, scope)]
    return "\n".join([*lines, "    p.nodes.append((s, o))", ""])


def _row(rule: Rule, scope: dict[str, Any]) -> list[str]:
    field = _ACCESS.get(rule.field, f"v.{rule.field}")
    predicates = [_constant(b" <%b> " % expand(name).encode(), scope) for name in rule.properties]
    write = (
        f"o += ({', '.join(f'{name} + t' for name in predicates)})"
        if predicates[1:]
        else f"o.append({predicates[0]} + t)"
    )
    if rule.term in NUMBERED:
        return [
            f"for n, x in enumerate({field}, 1):",
            f"    t = b'<%b/{rule.term}/%d>' % (p.part, n)",
            f"    write_{rule.term}(x, t, p, n)",
            f"    {write}",
        ]
    if rule.term in _PLAIN:
        make = [f"t = {_PLAIN[rule.term]}", write]
    else:
        make = [f"if t := to_{rule.term}(x, p, {rule.field!r}):", f"    {write}"]
    if rule.field in _LISTS:
        return [f"for x in {field}:", *("    " + line for line in make)]
    present = f"if (x := {field}) is not None:" if rule.term in _NUMBERS else f"if x := {field}:"
    return [present, *("    " + line for line in make)]


def _constant(value: bytes, scope: dict[str, Any]) -> str:
    """Return the name of a constant, giving it one if it has none yet."""
    for name, known in scope.items():
        if known == value:
            return name
    name = f"P{len(scope)}"
    scope[name] = value
    return name
