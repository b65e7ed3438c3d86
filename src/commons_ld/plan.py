"""The crosswalk as code: one generated function a kind of node, which writes what is said of that node.

For the rows of a node, such as ``Rule("note", "text", "text", ("schema:text",))``, the function is ::

    def write_note(v, s, p, n=0):
        t3 = string(x) if (x := v.text) else None
        …
        e, g = p.tail, p.tagged_tail
        o = []
        o += (s, b" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Comment>", e)
        if t3: o += (s, b" <https://schema.org/text> ", t3, g)
        …
        p.nodes[s] = o

where ``v`` is the value that the node stands for, ``s`` the node's IRI as a term, ``p`` the page at hand, ``n`` the
number of a numbered node, and ``e`` or ``g`` the end of a statement, whose literal may have a language. First each
row's term is made, once for all its properties; then the statements are written in the order of their predicates,
which is known here, so that nothing but the few terms of one predicate is sorted for a record. No statement is ever
put together: all parts of a block are joined once.

The texts of a record are ``str``, or tokens of JSON (:mod:`commons_ld.tokens`), which are literals as they stand; the
functions for the one and for the other differ in that alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from commons_ld.block import again
from commons_ld.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.memo import Memo
from commons_ld.namespaces import expand
from commons_ld.outlining import MEDIA, NO_VALUES, TEXTS, Outliner, outlining
from commons_ld.record import RecordFields
from commons_ld.terms import integer, string

__all__ = ["NUMBERED", "Writers", "compile_crosswalk", "is_text_of_the_record"]

#: What writes each kind of node, by the name of the node.
Writers = dict[str, Callable[..., None]]

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
#: Fields that hold any number of values.
_LISTS: Final = frozenset(
    {"former_titles"} | {name for name, kind in RecordFields.__annotations__.items() if "tuple[" in str(kind)}
)
#: Zero is a value of these.
_NUMBERS: Final = ("decimal", "integer")
#: Nodes that stand for a part of the record; the others are made of names.
_PARTS: Final = frozenset({"session", "media", "recording", "person", "document", "link", "note"})


def is_text_of_the_record(rule: Rule) -> bool:
    """Tell whether a row writes a text of the record as it stands, so that it need not be decoded for it."""
    return rule.term in ("text", "label") and rule.node in _PARTS and rule.field not in _LISTS


def compile_crosswalk(
    makers: Mapping[str, Callable[..., Any]],
    known: Mapping[str, Callable[[str], bytes | None]],
    *,
    tokens: bool,
    outliner: Outliner | None = None,
) -> Writers:
    """Return the function that writes each kind of node, by the name of the node.

    :param makers: for each ``term`` of the crosswalk, what turns a value into a term, or into nothing: it is
        called with the value, the page and the name of the field; texts and integers are not asked for
    :param known: for some of them, what turns a value into a term without the page, or into nothing: then the maker
        is called, if there is one, which says so or knows better
    :param tokens: whether the texts of the records are tokens of JSON
    :param outliner: who wants outlines of the nodes
    :raises KeyError: if the crosswalk names a term that has no maker
    :raises ValueError: if a text would have to be sorted among other terms
    """
    scope: dict[str, Any] = {
        "NOTHING": {None},
        "NO_VALUES": NO_VALUES,
        "UNDETERMINED": b"@und",
        "number": Memo(integer, limit=4096).__getitem__,
        "numbered": Memo(lambda number: b"%d>" % number, limit=4096).__getitem__,
        "name": Memo(string).__getitem__,
        "string": string,
        "again": again,
    }
    for rule in CROSSWALK:
        if rule.term not in (*TEXTS, *NUMBERED, "integer"):
            if rule.term in makers or rule.term not in known:
                scope[f"to_{rule.term}"] = makers[rule.term]
            if rule.term in known:
                scope[f"known_{rule.term}"] = known[rule.term]
                scope[f"all_{rule.term}"] = _all_known(known[rule.term], is_final=rule.term not in makers)
    source = "\n".join(_function(node, scope, tokens, outliner) for node in NODE_TYPES)
    exec(compile(source, "<crosswalk>", "exec"), scope)  # noqa: S102 - the source is made of the table alone
    return {node: scope[f"write_{node}"] for node in NODE_TYPES}


def _all_known(known: Callable[[str], bytes | None], *, is_final: bool) -> Callable[[tuple[str, ...]], Any]:
    """Return what turns all values of a field into their sorted terms, or into nothing if a maker is to be asked."""

    def terms(values: tuple[str, ...]) -> list[bytes] | None:
        found = [known(value) for value in values]
        return None if None in found and not is_final else sorted({term for term in found if term})

    return Memo(terms, limit=8192).__getitem__


def _function(node: str, scope: dict[str, Any], tokens: bool, outliner: Outliner | None) -> str:
    rules = [rule for rule in CROSSWALK if rule.node == node]
    written, of_predicate = _writing(node, rules)
    lines = [line for number, rule in enumerate(rules) for line in _make(number, rule, scope, tokens)]
    lines.append("e, g = p.tail, p.tagged_tail")
    if any(", u)" in line for line in written):
        lines.append("u = UNDETERMINED + e")
    lines += [*written, "p.nodes[s] = again(p.nodes[s], o) if s in p.nodes else o"]
    if outliner:
        named = [(rule, _source(number, rule)) for number, rule in enumerate(rules)]
        lines += outlining(node, named, of_predicate, outliner, scope)
    return "\n    ".join([f"def write_{node}(v, s, p, n=0):", *lines]) + "\n"


def _make(number: int, rule: Rule, scope: Mapping[str, Any], tokens: bool) -> list[str]:
    """Return the lines that make the term of a row, ``t3``, or its sorted terms, ``l3``."""
    field = _ACCESS.get(rule.field, f"v.{rule.field}")
    if rule.term in NUMBERED:
        return [
            f"l{number} = []",
            f"for i, x in enumerate({field}, 1):",
            f"    l{number}.append(t := p.start + b'/{rule.term}/' + numbered(i))",
            f"    write_{rule.term}(x, t, p, i)",
            f"if len(l{number}) > 9: l{number}.sort()",
        ]
    if rule.field in _LISTS:
        each = [
            f"l{number} = []",
            "for x in y:",
            *(f"    {line}" for line in _term(rule, scope)),
            f"    if t: l{number}.append(t)",
            f"if len(l{number}) > 1: l{number} = sorted(set(l{number}))",
        ]
        if f"all_{rule.term}" in scope:
            # Lists of labels and codes come again and again too.
            asked = f"to_{rule.term}" in scope
            each = [f"l{number} = all_{rule.term}(y)", *([f"if l{number} is None:", *_indented(each)] if asked else ())]
        return [f"l{number} = ()", f"if y := {field}:", *_indented(each)]
    if tokens and is_text_of_the_record(rule):
        # An empty token is two quotes, and a value that was never a token may be empty.
        return [f"t{number} = x if len(x := {field}) > 2 else None"]
    if rule.term in TEXTS:
        # Names come again and again.
        literal = "string" if rule.node in _PARTS and rule.field != "name" else "name"
        return [f"t{number} = {literal}(x) if (x := {field}) else None"]
    if rule.term == "integer":
        return [f"t{number} = number({field})"]
    present = f"(x := {field}) is not None" if rule.term in _NUMBERS else f"x := {field}"
    return [f"if {present}:", *_indented([*_term(rule, scope), f"t{number} = t"]), f"else: t{number} = None"]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _term(rule: Rule, scope: Mapping[str, Any]) -> list[str]:
    """Return the lines that make the term ``t`` of a value ``x``."""
    if rule.term in TEXTS:
        return [f"t = string(x) + {'p.tag' if rule.term == 'text' else 'UNDETERMINED'}"]
    making = f"t = to_{rule.term}(x, p, {rule.field!r})"
    if f"known_{rule.term}" in scope:
        return [f"t = known_{rule.term}(x)", *([f"if t is None: {making}"] if f"to_{rule.term}" in scope else ())]
    return [making]


def _source(number: int, rule: Rule) -> str:
    """Return the name of the term of a row, or of its terms."""
    return f"{'l' if rule.field in _LISTS or rule.term in NUMBERED else 't'}{number}"


def _writing(node: str, rules: Sequence[Rule]) -> tuple[list[str], dict[bytes, str]]:
    """Return the lines that write the statements of a node, and by predicate the name of what they are made of."""
    said: dict[bytes, list[str]] = defaultdict(list)
    ends: dict[str, str] = {}
    for number, rule in enumerate(rules):
        source = _source(number, rule)
        ends[source] = "e" if source[0] == "l" else TEXTS.get(rule.term, "e")
        for name in rule.properties:
            said[_predicate(name)].append(source)
    type_ = _predicate("rdf:type")
    classes = [b"<%b>" % expand(name).encode() for name in NODE_TYPES[node]]
    written = {type_: [f"o += (s, {type_ + class_!r}, e)" for class_ in sorted(classes)]}
    if node in MEDIA:
        written[type_].append(f"o += (s, {type_!r}, p.medium, e)")
    merged: dict[tuple[str, ...], str] = {}
    of_predicate: dict[bytes, str] = {}
    lines = ["o = []"]
    for predicate, sources in sorted({**dict.fromkeys(written, ()), **said}.items()):
        if predicate in written:
            lines += written[predicate]
        elif len(sources) > 1:
            # Several rows give this predicate: their terms are sorted together, once for all predicates of the same.
            if any(ends[source] != "e" for source in sources):
                raise ValueError(f"a text shares the predicate {predicate.decode()} of a {node} with other values")
            if tuple(sources) not in merged:
                name = merged[tuple(sources)] = f"m{len(merged)}"
                lines.append(f"{name} = {_together(sources)}")
            of_predicate[predicate] = merged[tuple(sources)]
            lines.append(f"for t in {merged[tuple(sources)]}: o += (s, {predicate!r}, t, e)")
        elif sources[0][0] == "l":
            of_predicate[predicate] = sources[0]
            lines.append(f"for t in {sources[0]}: o += (s, {predicate!r}, t, e)")
        else:
            of_predicate[predicate] = source = sources[0]
            lines.append(f"if {source}: o += (s, {predicate!r}, {source}, {ends[source]})")
    return lines, of_predicate


def _together(sources: Sequence[str]) -> str:
    """Return what sorts the terms of several rows, each once; where one row alone has any, they are sorted already."""
    each = ", ".join(f"*{source}" if source[0] == "l" else source for source in sources)
    nothing = " - NOTHING" if any(source[0] == "t" for source in sources) else ""
    first, *others = sorted(sources)  # lists before single terms
    alone = first if first[0] == "l" else f"({first},) if {first} else ()"
    return f"sorted({{{each}}}{nothing}) if {' or '.join(others)} else {alone}"


def _predicate(name: str) -> bytes:
    return b" <%b> " % expand(name).encode()
