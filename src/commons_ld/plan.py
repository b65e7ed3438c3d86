"""The crosswalk as code: one generated function a kind of node, which writes that node's statements.

For the rows of a node, such as ``Rule("recording", "issued", "date", ("dcterms:issued", …))``, the function is ::

    def write_recording(v, s, p, n=0):
        out, tag = p.out, p.tag
        if x := v.issued:
            if t := to_date(x, p, 'issued'):
                out += (s + P12 + t, s + P13 + t)

where ``v`` is the value that the node stands for, ``s`` the node's IRI as a term, ``p`` the page at hand and
``n`` the number of a numbered node. A term is made once for all properties of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from commons_ld.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.namespaces import expand
from commons_ld.record import RecordFields
from commons_ld.terms import string

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


def compile_crosswalk(makers: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., None]]:
    """Return the function that writes each kind of node, by the name of the node.

    :param makers: for each ``term`` of the crosswalk, what turns a value into a term, or into nothing: it is
        called with the value, the page and the name of the field; ``text`` is not asked for, it is written out
    :raises KeyError: if the crosswalk names a term that has no maker
    """
    scope: dict[str, Any] = {"string": string}
    for rule in CROSSWALK:
        if rule.term not in ("text", *NUMBERED):
            scope[f"to_{rule.term}"] = makers[rule.term]
    source = "\n".join(_function(node, scope) for node in NODE_TYPES)
    exec(compile(source, "<crosswalk>", "exec"), scope)  # noqa: S102 - the source is made of the table alone
    return {node: scope[f"write_{node}"] for node in NODE_TYPES}


def _function(node: str, scope: dict[str, Any]) -> str:
    lines = [f"def write_{node}(v, s, p, n=0):", "    out, tag = p.out, p.tag"]
    for class_ in NODE_TYPES[node]:
        name = _constant(b" <%b> <%b>" % (expand("rdf:type").encode(), expand(class_).encode()), scope)
        lines.append(f"    out.append(s + {name})")
    for rule in CROSSWALK:
        if rule.node == node:
            lines += ["    " + line for line in _row(rule, scope)]
    return "\n".join(lines) + "\n"


def _row(rule: Rule, scope: dict[str, Any]) -> list[str]:
    field = _ACCESS.get(rule.field, f"v.{rule.field}")
    predicates = [_constant(b" <%b> " % expand(name).encode(), scope) for name in rule.properties]
    write = "out += (" + "".join(f"s + {name} + t, " for name in predicates) + ")"
    if rule.term in NUMBERED:
        return [
            f"for n, x in enumerate({field}, 1):",
            f"    t = b'<%b/{rule.term}/%d>' % (p.part, n)",
            f"    write_{rule.term}(x, t, p, n)",
            f"    {write}",
        ]
    if rule.term == "text":
        make = ["t = string(x) + tag", write]
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
