"""The crosswalk as code: one generated function a kind of node, which lists what is said of that node.

For the rows of a node, such as ``Rule("recording", "issued", "date", ("dcterms:issued", …))``, the function is ::

    def write_recording(v, s, p, n=0):
        t3 = to_date(x, p, 'issued') if (x := v.issued) else None
        …
        o = []
        if t3: o.append(P12 + t3)
        …
        p.nodes.append((s, o))

where ``v`` is the value that the node stands for, ``s`` the node's IRI as a term, ``p`` the page at hand, ``n`` the
number of a numbered node, and ``P12`` a predicate. First each row's term is made, once for all its properties; then
they are listed in the order of their predicates, which is known here, so that nothing but the few terms of one
predicate is sorted for a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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
#: Nodes whose class depends on the page.
_MEDIA: Final = ("media", "recording")
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
    scope: dict[str, Any] = {"NOTHING": {None}, "string": string, "integer": lru_cache(maxsize=1024)(integer)}
    for rule in CROSSWALK:
        if rule.term not in (*_PLAIN, *NUMBERED):
            scope[f"to_{rule.term}"] = makers[rule.term]
    source = "\n".join(_function(node, scope) for node in NODE_TYPES)
    exec(compile(source, "<crosswalk>", "exec"), scope)  # noqa: S102 - the source is made of the table alone
    return {node: scope[f"write_{node}"] for node in NODE_TYPES}


def _function(node: str, scope: dict[str, Any]) -> str:
    rules = [rule for rule in CROSSWALK if rule.node == node]
    lines = [line for number, rule in enumerate(rules) for line in _make(number, rule)]
    lines += ["o = []", *_listing(node, rules, scope), "p.nodes.append((s, o))"]
    return "\n    ".join([f"def write_{node}(v, s, p, n=0):", *lines]) + "\n"


def _make(number: int, rule: Rule) -> list[str]:
    """Return the lines that make the term of a row, ``t3``, or its sorted terms, ``l3``."""
    field = _ACCESS.get(rule.field, f"v.{rule.field}")
    if rule.term in NUMBERED:
        return [
            f"l{number} = []",
            f"for n, x in enumerate({field}, 1):",
            f"    l{number}.append(t := b'<%b/{rule.term}/%d>' % (p.part, n))",
            f"    write_{rule.term}(x, t, p, n)",
            f"l{number}.sort()",
        ]
    term = _PLAIN.get(rule.term, f"to_{rule.term}(x, p, {rule.field!r})")
    if rule.field in _LISTS:
        return [
            f"l{number} = [t for x in {field} if (t := {term})] if {field} else ()",
            f"if len(l{number}) > 1: l{number} = sorted(set(l{number}))",
        ]
    present = f"(x := {field}) is not None" if rule.term in _NUMBERS else f"(x := {field})"
    return [f"t{number} = {term} if {present} else None"]


def _listing(node: str, rules: Sequence[Rule], scope: dict[str, Any]) -> list[str]:
    """Return the lines that list the statements of a node, predicate by predicate."""
    said: dict[bytes, list[str]] = defaultdict(list)
    type_ = b" <%b> " % expand("rdf:type").encode()
    for name in NODE_TYPES[node]:
        said[type_].append(_constant(b"<%b>" % expand(name).encode(), scope))
    if node in _MEDIA:
        said[type_].append("p.medium")
    for number, rule in enumerate(rules):
        is_list = rule.field in _LISTS or rule.term in NUMBERED
        for name in rule.properties:
            said[b" <%b> " % expand(name).encode()].append(f"{'l' if is_list else 't'}{number}")
    lines: list[str] = []
    merged: dict[tuple[str, ...], str] = {}
    for predicate, sources in sorted(said.items()):
        constant = _constant(predicate, scope)
        if len(sources) > 1:
            # Several rows give this predicate: their terms are sorted together, once for all predicates of the same.
            if tuple(sources) not in merged:
                name = merged[tuple(sources)] = f"m{len(merged)}"
                each = ", ".join(f"*{source}" if source[0] == "l" else source for source in sources)
                lines.append(f"{name} = sorted({{{each}}} - NOTHING)")
            lines.append(f"for t in {merged[tuple(sources)]}: o.append({constant} + t)")
        elif sources[0][0] == "l":
            lines.append(f"for t in {sources[0]}: o.append({constant} + t)")
        else:
            lines.append(f"if {sources[0]}: o.append({constant} + {sources[0]})")
    return lines


def _constant(value: bytes, scope: dict[str, Any]) -> str:
    """Return the name of a constant, giving it one if it has none yet."""
    for name, known in scope.items():
        if known == value:
            return name
    name = f"P{len(scope)}"
    scope[name] = value
    return name
