"""The crosswalk as code: one generated function a kind of node, which writes what is said of that node.

For the rows of a node, such as ``Rule("note", "text", "text", ("schema:text",))``, the function is ::

    def write_note(v, s, p, n=0):
        t3 = string(x) if (x := v.text) else None
        …
        e = p.tail
        o = [
            s, b" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Comment>", e,
            *((s, b" <https://schema.org/text> ", t3, p.text_end) if t3 else ()),
            …
        ]
        p.nodes[s] = o

where ``v`` is the value that the node stands for, ``s`` the node's IRI as a term, ``p`` the page at hand, ``n`` the
number of a numbered node, ``e`` the end of a statement, and ``p.text_end`` the language of the texts with that end.
First each row's term is made, once for all its properties; then the statements are listed in the order of their
predicates, which is known here, so that nothing but the few terms of one predicate is sorted for a record. No statement
is ever put together: all parts of a block are joined once. Other syntaxes are written of the same terms, by the same
function.

:func:`source` returns all functions as text. The texts of a record are ``str``, or tokens of JSON
(:mod:`commons_ld.mapping.tokens`), which are literals as they stand; the functions for the one and for the other
differ in that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from commons_ld.mapping.crosswalk import CROSSWALK, NODE_TYPES, Rule
from commons_ld.mapping.nodes import (
    LISTS,
    MEDIA,
    NUMBERED,
    PARTS,
    TEXTS,
    Node,
    Source,
    Syntax,
    is_text_of_the_record,
    nodes,
)
from commons_ld.mapping.outlining import NO_VALUES, Outliner, kinds_of, outlining
from commons_ld.memo import keeping
from commons_ld.rdf.block import again
from commons_ld.rdf.namespaces import expand
from commons_ld.rdf.terms import integer, string

__all__ = ["Writers", "compile_crosswalk", "source"]

#: What writes each kind of node, by the name of the node.
Writers = dict[str, Callable[..., None]]
#: What turns a value into a term: with the page and the name of the field, or without.
Makers = Mapping[str, Callable[..., Any]]
Known = Mapping[str, Callable[[str], bytes | None]]

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
#: Terms that come again and again, so that they are kept by the values that they are made of.
_KEPT: Final = frozenset({"date", "dcmi_type", "duration"})
_first: Final = itemgetter(0)
#: What the terms of numbered parts end with.
_NUMBERED: Final = tuple(b"%d>" % number for number in range(256))
#: The numbers that those stand for.
_NUMBERS: Final = tuple(map(integer, range(256)))
#: From so many statements on, it pays to join their end with the next subject beforehand.
_LARGE: Final = 8


def compile_crosswalk(
    makers: Makers,
    known: Known,
    syntaxes: Sequence[Syntax] = (),
    *,
    tokens: bool,
    outliner: Outliner | None = None,
) -> Writers:
    """Return the function that writes each kind of node, by the name of the node.

    :param makers: for each ``term`` of the crosswalk, what turns a value into a term, or into nothing: it is
        called with the value, the page and the name of the field; texts and integers are not asked for
    :param known: for some of them, what turns a value into a term without the page, or into nothing: then the maker
        is called, if there is one, which says so or knows better
    :param syntaxes: what is written beside N-Quads
    :param tokens: whether the texts of the records are tokens of JSON
    :param outliner: who wants outlines of the nodes
    :raises KeyError: if the crosswalk names a term that has no maker
    :raises ValueError: if a text would have to be sorted among other terms
    """
    scope: dict[str, Any] = {
        "NOTHING": {None},
        "NO_VALUES": NO_VALUES,
        "UNDETERMINED": b"@und",
        "numbered": _NUMBERED,
        "number": _NUMBERS,
        "integer": integer,
        "string": string,
        "again": again,
    }
    scope["name"], scope["find_name"] = keeping(_unless_empty(string), limit=8192)
    for rule in CROSSWALK:
        if rule.term not in (*TEXTS, *NUMBERED, "integer"):
            if rule.term in makers or rule.term not in known:
                scope[f"to_{rule.term}"] = makers[rule.term]
            if rule.term in known:
                scope[f"known_{rule.term}"] = know = known[rule.term]
                scope[f"one_{rule.term}"], scope[f"find_one_{rule.term}"] = keeping(_unless_empty(know), limit=8192)
                every = _all_known(know, is_final=rule.term not in makers)
                scope[f"all_{rule.term}"], scope[f"find_all_{rule.term}"] = keeping(every, limit=8192)
    text = source(makers, known, syntaxes, tokens=tokens, outliner=outliner)
    for syntax in syntaxes:
        scope |= syntax.scope
    if outliner:
        scope |= kinds_of(nodes(), outliner)
    exec(compile(text, "<crosswalk>", "exec"), scope)  # noqa: S102 - the source is made of the table alone
    return {node: scope[f"write_{node}"] for node in NODE_TYPES}


def source(
    makers: Makers,
    known: Known,
    syntaxes: Sequence[Syntax] = (),
    *,
    tokens: bool,
    outliner: Outliner | None = None,
) -> str:
    """Return what :func:`compile_crosswalk` compiles, as text.

    >>> text = source({}, {}, tokens=False)
    >>> print(text[text.index("def write_participant") : text.index("def write_document")])
    def write_participant(v, s, p, n=0):
        try: t0 = name[v.name]
        except KeyError: t0 = find_name(v.name)
        e = p.tail
        o = [
            s, b' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Person>', e,
            *((s, b' <https://schema.org/name> ', t0, p.text_end) if t0 else ()),
        ]
        if s in p.nodes: o = again(p.nodes[s], o); p.is_odd = True
        p.nodes[s] = o
    <BLANKLINE>
    <BLANKLINE>
    """
    find = _Finding(makers, known, tokens=tokens)
    return "\n".join(_function(node, find, syntaxes, outliner, tokens=tokens) for node in nodes())


def _unless_empty(known: Callable[[str], bytes | None]) -> Callable[[str], bytes | None]:
    """Return what turns the value of a field into its term, and an empty one into nothing."""
    return lambda value: known(value) if value else None


def _all_known(
    known: Callable[[str], bytes | None], *, is_final: bool
) -> Callable[[tuple[str, ...]], tuple[bytes, ...] | None]:
    """Return what turns all values of a field into their sorted terms, or into nothing if a maker is to be asked."""

    def terms(values: tuple[str, ...]) -> tuple[bytes, ...] | None:
        found = [known(value) for value in values]
        return None if None in found and not is_final else tuple(sorted({term for term in found if term}))

    return terms


def _function(
    node: Node, find: _Finding, syntaxes: Sequence[Syntax], outliner: Outliner | None, *, tokens: bool
) -> str:
    lines = [line for source in node.sources for line in find.lines(source)]
    lines += [f"{name} = {_together(sources)}" for name, sources in node.merged.items()]
    # Of a large node, the end of each statement is put together with the subject of the next beforehand.
    is_large = len(node.statements) > _LARGE or any(statement.is_list for statement in node.statements)
    lines.append("e = p.tail")
    if (is_large or syntaxes or outliner) and any(source.language == "tag" for source in node.sources):
        lines.append("tag = p.tag")
    lines += _n_quads(node, is_large=is_large)
    if outliner:
        lines += outlining(node, outliner)
    for number, syntax in enumerate(syntaxes):
        lines += syntax.lines(node, f"p.told[{number}]", tokens=tokens)
    return "\n    ".join([f"def write_{node.kind}(v, s, p, n=0):", *lines]) + "\n"


class _Finding:
    """The lines of source that find the terms of rows."""

    def __init__(self, makers: Makers, known: Known, *, tokens: bool) -> None:
        self._makers, self._known, self._tokens = makers, known, tokens

    def lines(self, source: Source) -> list[str]:
        """Return the lines that make the term of a row, ``t3``, or its sorted terms, ``l3``."""
        name, rule = source
        field = _ACCESS.get(rule.field, f"v.{rule.field}")
        if rule.term in NUMBERED:
            return [
                f"{name} = []",
                f"if y := {field}:",
                f"    start = p.start + b'/{rule.term}/'",
                "    for i, x in enumerate(y, 1):",
                f"        {name}.append(t := start + (numbered[i] if i < {len(_NUMBERED)} else b'%d>' % i))",
                f"        write_{rule.term}(x, t, p, i)",
                f"    if i > 9: {name}.sort()",
            ]
        if rule.field in LISTS:
            each = [
                f"{name} = []",
                "for x in y:",
                *(f"    {line}" for line in self._term(rule)),
                f"    if t: {name}.append(t)",
                f"if len({name}) > 1: {name} = sorted(set({name}))",
            ]
            if rule.term in self._known:
                # Lists of labels and codes come again and again too.
                asked = [f"if {name} is None:", f"    y = {field}", *_indented(each)]
                found = _kept(name, f"all_{rule.term}", field)
                return [*found, *asked] if rule.term in self._makers else found
            return [f"{name} = ()", f"if y := {field}:", *_indented(each)]
        if self._tokens and is_text_of_the_record(rule):
            # An empty token is two quotes, and a value that was never a token may be empty.
            return [f"{name} = x if len(x := {field}) > 2 else None"]
        if rule.field == "slug":
            # It holds nothing that would have to be escaped.
            return [f"{name} = b'\"%b\"' % {field}.encode()"]
        if rule.term in TEXTS:
            # Names come again and again.
            is_name = rule.node not in PARTS or rule.field == "name"
            return _kept(name, "name", field) if is_name else [f"{name} = string(x) if (x := {field}) else None"]
        if rule.term in _KEPT and rule.term in self._known:
            found = _kept(name, f"one_{rule.term}", field)
            if rule.term in self._makers:
                found.append(f"if {name} is None and {field}: {name} = to_{rule.term}({field}, p, {rule.field!r})")
            return found
        if rule.term == "integer":
            return [f"{name} = number[{field}] if {field} < {len(_NUMBERS)} else integer({field})"]
        if rule.term == "session":
            return [f"{name} = {field}"]
        if field == "v":
            return [f"{name} = to_{rule.term}(v, p, {rule.field!r})"]
        # Zero is a number.
        present = f"(x := {field}) is not None" if rule.term == "decimal" else f"x := {field}"
        return [f"{name} = None", f"if {present}:", *_indented(self._term(rule, name))]

    def _term(self, rule: Rule, name: str = "t") -> list[str]:
        """Return the lines that make the term of a value ``x``."""
        if rule.term in TEXTS:
            return [f"{name} = string(x) + {'p.tag' if rule.term == 'text' else 'UNDETERMINED'}"]
        making = f"{name} = to_{rule.term}(x, p, {rule.field!r})"
        if rule.term in self._known:
            asked = [f"if {name} is None: {making}"] if rule.term in self._makers else ()
            return [f"{name} = known_{rule.term}(x)", *asked]
        return [making]


def _kept(name: str, kept: str, key: str) -> list[str]:
    """Return the lines that look up what is kept of a value; to find nothing costs more, and hardly ever happens."""
    return [f"try: {name} = {kept}[{key}]", f"except KeyError: {name} = find_{kept}({key})"]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _n_quads(node: Node, *, is_large: bool) -> list[str]:
    """Return the lines that list the parts of the N-Quads of a node, statement by statement."""
    start, end, text_end = ("es", [], ["tag"]) if is_large else ("s", ["e"], ["p.text_end"])
    type_ = expand("rdf:type")
    #: The parts of statements, and the variable without which there are none.
    written = {type_: [("", [start, f"{f' <{type_}> <{class_}>'.encode()!r}", *end]) for class_ in node.classes]}
    if node.kind in MEDIA:
        written[type_].append(("", [start, f"{f' <{type_}> '.encode()!r}", "p.medium", *end]))
    for statement in node.statements:
        predicate, values = f"{f' <{statement.predicate}> '.encode()!r}", statement.values
        if statement.is_list:
            # To join terms with what stands between them takes less than to list the parts of each.

            any_number = f"*((b := es + {predicate}, b.join({values})) if {values} else ())"
            written[statement.predicate] = [("", [any_number])]
        else:
            language = statement.sources[0].language
            ends = text_end if language == "tag" else [language, *end] if language else end
            # Whatever has a position has a number.
            condition = "" if statement.terms == {"integer"} else values
            written[statement.predicate] = [(condition, [start, predicate, values, *ends])]
    lines = ["es = e + s"] if is_large else []
    lines.append("o = [")
    for condition, statements in groupby((one for property_ in sorted(written) for one in written[property_]), _first):
        together = ", ".join(part for _, parts in statements for part in parts)
        lines.append(f"    *(({together}) if {condition} else ())," if condition else f"    {together},")
    lines.append("]")
    if is_large:
        lines += ["o[0] = o[0][len(e):]", "o.append(e)"]
    return [*lines, "if s in p.nodes: o = again(p.nodes[s], o); p.is_odd = True", "p.nodes[s] = o"]


def _together(sources: Sequence[Source]) -> str:
    """Return what sorts the terms of several rows, each once; where one row alone has any, they are sorted already."""
    names = [source.name for source in sources]
    each = ", ".join(f"*{name}" if name[0] == "l" else name for name in names)
    nothing = " - NOTHING" if any(name[0] == "t" for name in names) else ""
    first, *others = sorted(names)  # lists before single terms
    alone = first if first[0] == "l" else f"({first},) if {first} else ()"
    return f"sorted({{{each}}}{nothing}) if {' or '.join(others)} else {alone}"
