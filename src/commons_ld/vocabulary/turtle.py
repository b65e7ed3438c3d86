"""Change a Turtle file by hand, as it were: statements come and go, and everything else stays as it was written.

The file is read as tokens (https://www.w3.org/TR/turtle/#sec-grammar), of which a statement's place is known. What was
changed is parsed again and compared with what was meant, by a parser that shares nothing with this module: a file that
is written in a way that is not understood here is left alone, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import pyoxigraph as ox

from commons_ld.rdf.namespaces import expand

__all__ = ["Document", "UneditableError"]

_TOKEN: Final = re.compile(
    r"""(?P<blank>\s+|\#[^\n]*)
    |(?P<iri><[^\x00-\x20<>"{}|^`]*>)
    |(?P<string>\"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\"|'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<directive>@prefix\b|@base\b|(?i:PREFIX|BASE)(?=\s))
    |(?P<language>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
    |(?P<type>\^\^)
    |(?P<number>[+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+))
    |(?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
              (?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*
                 (?:[\w:-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)?)
    |(?P<word>a|true|false)(?![\w:-])
    |(?P<mark>[.;,\[\]()])""",
    re.VERBOSE,
)
_ESCAPED: Final = re.compile(r"\\(.)")
#: What is written between a predicate and the next, and how wide a line may become.
_INDENT: Final = "    "
_WIDTH: Final = 120


class UneditableError(Exception):
    """A file is not written in a way that is understood here: it is to be changed by hand."""


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class _Value(NamedTuple):
    """An object of a statement: what it is, and where it stands."""

    term: str
    start: int
    end: int


class _Predicate(NamedTuple):
    name: str
    start: int
    values: list[_Value]


class _Block(NamedTuple):
    """What is said of one subject, up to the dot."""

    subject: str
    start: int
    predicates: list[_Predicate]
    end: int


class Document:
    """The text of a Turtle file, and how it is changed. Terms are those of N-Triples.

    :raises UneditableError: if it cannot be understood

    >>> document = Document("@prefix : <http://a/> .\\n:x :p 1 . # one\\n")
    >>> document.add("<http://a/x>", "<http://a/q>", '"v"@fr')
    >>> print(document.text.splitlines()[1:])
    [':x :p 1 ;', '    :q "v"@fr . # one']
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._prefixes: dict[str, str] = {}
        self._base = ""
        self._blocks = self._read()
        self._expected = _triples(text)

    # ── What it says ─────────────────────────────────────────────────────────────────────────────────

    def subjects(self) -> list[str]:
        """Return what the blocks of the file are about, in their order."""
        return [block.subject for block in self._blocks]

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return what is said of a subject by one predicate."""
        return [value.term for found in self._predicates(subject, predicate) for value in found.values]

    # ── Changes ──────────────────────────────────────────────────────────────────────────────────────

    def add(self, subject: str, predicate: str, term: str) -> None:
        """Say something more of a subject that is there: behind what is said like it, or in its place in a sorted list.

        :raises UneditableError: if nothing is said of the subject
        """
        if term in self.values(subject, predicate):
            return
        found = self._predicates(subject, predicate)
        written = self._written(term)
        if not found:
            end = self._last(self._block(subject)).end
            self._splice(end, end, f" ;\n{_INDENT}{self._written(predicate)} {written}")
        else:
            values = found[-1].values
            after = [value for value in values if _name(value.term) > _name(term)]
            is_sorted = all(_name(one.term) <= _name(next_.term) for one, next_ in pairwise(values))
            line = self.text[self.text.rfind("\n", 0, values[-1].start) + 1 : values[-1].start]
            gap = f" ,\n{line}" if len(values) > 1 and not line.strip() else " , "
            if len(self.text[self.text.rfind("\n", 0, values[-1].end) + 1 : values[-1].end]) + len(written) > _WIDTH:
                gap = f" ,\n{_INDENT * 2}"
            if term.startswith("<") and is_sorted and after:
                self._splice(after[0].start, after[0].start, f"{written}{gap}")
            else:
                self._splice(values[-1].end, values[-1].end, f"{gap}{written}")
        self._expected.add(_triple(subject, predicate, term))

    def remove(self, subject: str, predicate: str, term: str) -> None:
        """Say something no more.

        :raises UneditableError: if it is not said, or is all that is said of the subject
        """
        if term not in self.values(subject, predicate):
            raise UneditableError
        before = self.text
        try:
            while term in self.values(subject, predicate):  # a file may say the same twice
                self._remove_one(subject, predicate, term)
        except UneditableError:
            self.text = before
            self._blocks = self._read()
            raise
        self._expected.discard(_triple(subject, predicate, term))

    def _remove_one(self, subject: str, predicate: str, term: str) -> None:
        block, found, number = next(
            (block, found, number)
            for block in self._blocks
            if block.subject == subject
            for found in block.predicates
            if found.name == predicate
            for number, value in enumerate(found.values)
            if value.term == term
        )
        value, place = found.values[number], block.predicates.index(found)
        if number:
            self._splice(found.values[number - 1].end, value.end, "")
        elif len(found.values) > 1:
            self._splice(value.start, found.values[1].start, "")
        elif place:
            self._splice(block.predicates[place - 1].values[-1].end, value.end, "")
        elif len(block.predicates) > 1:
            self._splice(found.start, block.predicates[1].start, "")
        elif self.subjects().count(subject) > 1:
            self._splice(block.start, block.end, "")
        else:
            raise UneditableError

    def replace(self, subject: str, predicate: str, old: str, new: str) -> None:
        """Say something else in the place of what was said."""
        for found in self._predicates(subject, predicate):
            for value in found.values:
                if value.term == old:
                    self._splice(value.start, value.end, self._written(new))
                    self._expected.discard(_triple(subject, predicate, old))
                    self._expected.add(_triple(subject, predicate, new))
                    return
        raise UneditableError

    def insert(self, subject: str, said: Sequence[tuple[str, str]], among: Iterable[str]) -> None:
        """Say something of a new subject, in a block of its own.

        :param said: predicates and terms; what has one predicate stands together
        :param among: the subjects that it stands among, in their order where they have one
        """
        named = set(among)
        others = [block for block in self._blocks if block.subject in named]
        after = [block for block in others if _name(block.subject) < _name(subject)]
        before = [block for block in others if _name(block.subject) > _name(subject)]
        lines: list[str] = []
        for predicate in dict.fromkeys(predicate for predicate, _ in said):
            values = " , ".join(self._written(term) for name, term in said if name == predicate)
            word = "a" if predicate == f"<{expand('rdf:type')}>" else self._written(predicate)
            lines.append(f"{word} {values}")
        block = f"{self._written(subject)} " + f" ;\n{_INDENT}".join(lines) + " ."
        if after:
            end = max(block.end for block in after) if not before else after[-1].end
            self._splice(end, end, f"\n\n{block}")
        elif before:
            self._splice(before[0].start, before[0].start, f"{block}\n\n")
        else:
            end = len(self.text)
            self._splice(end, end, f"{'' if self.text.endswith(chr(10)) else chr(10)}\n{block}\n")
        self._expected |= {_triple(subject, predicate, term) for predicate, term in said}

    def checked(self) -> str:
        """Return the text, once it is seen to say what was meant and nothing else.

        :raises UneditableError: if it does not
        """
        if _triples(self.text) != self._expected:
            raise UneditableError
        return self.text

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────

    def _splice(self, start: int, end: int, text: str) -> None:
        self.text = self.text[:start] + text + self.text[end:]
        self._blocks = self._read()

    def _block(self, subject: str) -> _Block:
        for block in self._blocks:
            if block.subject == subject:
                return block
        raise UneditableError

    def _last(self, block: _Block) -> _Value:
        return block.predicates[-1].values[-1]

    def _predicates(self, subject: str, predicate: str) -> list[_Predicate]:
        return [
            found
            for block in self._blocks
            if block.subject == subject
            for found in block.predicates
            if found.name == predicate
        ]

    def _tokens(self) -> list[_Token]:
        tokens, position = [], 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None or match.end() == position:
                raise UneditableError
            kind = str(match.lastgroup)
            if kind != "blank":
                tokens.append(_Token(kind, match[0], position, match.end()))
            position = match.end()
        return tokens

    def _read(self) -> list[_Block]:
        blocks: list[_Block] = []
        self._prefixes, self._base = {}, ""
        left = _Left(self._tokens())
        while left:
            token = left.take()
            if token.kind == "directive":
                self._directive(token, left)
                continue
            predicates: list[_Predicate] = []
            while True:
                name = left.take()
                predicate = f"<{expand('rdf:type')}>" if name.text == "a" else self._term(name)
                values = [self._value(left)]
                while left.has(","):
                    left.take()
                    values.append(self._value(left))
                predicates.append(_Predicate(predicate, name.start, values))
                if not left.has(";"):
                    break
                while left.has(";"):
                    left.take()
                if left.has("."):
                    break
            end = left.take()
            if end.text != ".":
                raise UneditableError
            blocks.append(_Block(self._term(token), token.start, predicates, end.end))
        return blocks

    def _directive(self, token: _Token, left: _Left) -> None:
        if token.text.lower().lstrip("@") == "prefix":
            name, iri = left.take(), left.take()
            self._prefixes[name.text.removesuffix(":")] = self._iri(iri)
        else:
            self._base = self._iri(left.take())
        if token.text.startswith("@") and left.take().text != ".":
            raise UneditableError

    def _iri(self, token: _Token) -> str:
        if token.kind != "iri" or "\\" in token.text or (self._base and ":" not in token.text):
            raise UneditableError  # relative to a base, or escaped: rare, and left to a person
        return token.text[1:-1]

    def _term(self, token: _Token) -> str:
        if token.kind == "iri":
            return f"<{self._iri(token)}>"
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in self._prefixes:
                return f"<{self._prefixes[prefix]}{_ESCAPED.sub(lambda match: match[1], local)}>"
        raise UneditableError

    def _value(self, left: _Left) -> _Value:
        token = left.take()
        if token.kind in ("iri", "name"):
            return _Value(self._term(token), token.start, token.end)
        if token.kind not in ("string", "number", "word"):
            raise UneditableError
        end = token.end
        if token.kind == "string" and left.kind() == "language":
            end = left.take().end
        elif token.kind == "string" and left.kind() == "type":
            left.take()
            end = left.take().end
        return _Value(self._literal(self.text[token.start : end]), token.start, end)

    def _literal(self, text: str) -> str:
        head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in self._prefixes.items())
        try:
            (quad,) = ox.parse(f"{head}<http://a/> <http://a/> {text} .", format=ox.RdfFormat.TURTLE)
        except SyntaxError:
            raise UneditableError from None
        return str(quad.object)

    def _written(self, term: str) -> str:
        """Return a term as the file writes such: by its prefixes where that can be done without an escape."""
        if term.startswith("<"):
            for prefix, iri in sorted(self._prefixes.items(), key=lambda pair: -len(pair[1])):
                local = term[1:-1].removeprefix(iri)
                if iri and len(local) < len(term) - 2 and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", local):
                    return f"{prefix}:{local}"
        return term


class _Left:
    """The tokens that are left to be read."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._next = tokens, 0

    def __bool__(self) -> bool:
        return self._next < len(self._tokens)

    def take(self) -> _Token:
        if not self:
            raise UneditableError
        self._next += 1
        return self._tokens[self._next - 1]

    def has(self, mark: str) -> bool:
        return bool(self) and self._tokens[self._next].kind == "mark" and self._tokens[self._next].text == mark

    def kind(self) -> str:
        return self._tokens[self._next].kind if self else ""


def _name(term: str) -> str:
    """Return what a term is sorted by."""
    return term.strip("<>")


def _triples(text: str) -> set[str]:
    try:
        return {str(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    except SyntaxError:
        raise UneditableError from None


def _triple(subject: str, predicate: str, term: str) -> str:
    (quad,) = ox.parse(f"{subject} {predicate} {term} .", format=ox.RdfFormat.N_TRIPLES)
    return str(quad.triple)
