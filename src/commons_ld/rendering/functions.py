"""Functions of SPARQL 1.1 over terms of canonical N-Triples, for the queries of renderings (section 17.4).

``None`` stands for what is not bound and for an error, as one leads to the other; what is not surely answered as an
engine would is not answered here.

>>> concat(string(b"<http://e/a>"), b'".html"')
b'"http://e/a.html"'
>>> iri(b'"http://e/a.html"')
b'<http://e/a.html>'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

__all__ = ["FUNCTIONS", "Function", "Unsure", "concat", "iri", "replacing", "string"]

#: What is surely an IRI, absolute and without anything that would have to be looked at more closely.
_IRI: Final = re.compile(rb"[a-z][a-z0-9+.-]*:[A-Za-z0-9/#?&=_.~!$'()*+,;:@-]*(?:%[0-9A-F]{2}[A-Za-z0-9/#?&=_.~-]*)*")
_TAG: Final = re.compile(rb'"([a-z]{2,8}(?:-[a-z0-9]{1,8})*)"')
#: Patterns that every engine of regular expressions reads alike.
_PATTERN: Final = re.compile(r"\^?(?:[A-Za-z0-9/:#_-]|[(|)]|\[\^?[A-Za-z0-9/:#_]+\][+*]?)+\$?")
_REPLACEMENT: Final = re.compile(r"(?:[A-Za-z0-9/:#_.-]|\$[1-9](?![0-9]))*")

_Term: TypeAlias = bytes | None


class Unsure(Exception):
    """It is not sure what an engine would answer."""


def string(term: _Term) -> _Term:
    """``STR``: the text of a literal, or an IRI as a text."""
    if term is None:
        return None
    return b'"%b"' % term[1:-1] if term[:1] == b"<" else term[: term.rindex(b'"') + 1]


def language(term: _Term) -> _Term:
    """``LANG``: an error of what is no literal."""
    if term is None or term[:1] == b"<":
        return None
    kind = term[term.rindex(b'"') + 1 :]
    return b'"%b"' % kind[1:] if kind[:1] == b"@" else b'""'


def iri(term: _Term) -> _Term:
    """``IRI``.

    :raises Unsure: of a text that is not plainly an IRI
    """
    if term is None or term[:1] == b"<":
        return term
    if term[-1:] != b'"' or not _IRI.fullmatch(term, 1, len(term) - 1):
        raise Unsure
    return b"<%b>" % term[1:-1]


def tagged(text: _Term, tag: _Term) -> _Term:
    """``STRLANG``.

    :raises Unsure: of a tag that is not plainly one
    """
    if text is None or tag is None or text[-1:] != b'"':
        return None
    if not (found := _TAG.fullmatch(tag)):
        raise Unsure
    return b"%b@%b" % (text, found[1])


def concat(*terms: _Term) -> _Term:
    """``CONCAT``.

    :raises Unsure: of texts in languages, whose result may have one
    """
    found = []
    for term in terms:
        if term is None or term[:1] == b"<":
            return None
        if term[-1:] != b'"':
            raise Unsure
        found.append(term[1:-1])
    return b'"%b"' % b"".join(found)


def coalesce(*terms: _Term) -> _Term:
    """``COALESCE``."""
    return next((term for term in terms if term is not None), None)


def if_(condition: bool | None, then: _Term, other: _Term) -> _Term:
    """``IF``: what the branch that is not taken is worth does not matter."""
    if condition is None:
        return None
    return then if condition else other


def equal(left: _Term, right: _Term) -> bool | None:
    """``=`` of terms that are IRIs or plain texts.

    :raises Unsure: of literals of other kinds, whose values would have to be compared
    """
    if left is None or right is None:
        return None
    if left == right:
        return True
    if left[-1:] not in b'>"' or right[-1:] not in b'>"' or b'"^^' in left or b'"^^' in right:
        raise Unsure
    return False


def unequal(left: _Term, right: _Term) -> bool | None:
    """``!=``: as :func:`equal`."""
    found = equal(left, right)
    return None if found is None else not found


def either(left: bool | None, right: bool | None) -> bool | None:
    """``||``: an error beside what is true does not matter (section 17.2)."""
    if left or right:
        return True
    return None if left is None or right is None else False


def both(left: bool | None, right: bool | None) -> bool | None:
    """``&&``: an error beside what is false does not matter (section 17.2)."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _inside(text: _Term, part: _Term) -> tuple[bytes, bytes] | None:
    """Return the insides of two texts of which one may be in a language, or nothing where that is an error."""
    if text is None or part is None or text[:1] == b"<" or part[:1] == b"<":
        return None
    if part[-1:] != b'"' or b"\\" in text or b"\\" in part or b'"^^' in text:
        raise Unsure
    return text[1 : text.rindex(b'"')], part[1:-1]


def begins(text: _Term, part: _Term) -> bool | None:
    """``STRSTARTS``."""
    found = _inside(text, part)
    return found and found[0].startswith(found[1])


def ends(text: _Term, part: _Term) -> bool | None:
    """``STRENDS``."""
    found = _inside(text, part)
    return found and found[0].endswith(found[1])


def after(text: _Term, part: _Term) -> _Term:
    """``STRAFTER``: nothing where the part is not there.

    :raises Unsure: of texts in languages, whose result has one
    """
    found = _inside(text, part)
    if found is None or text is None:
        return None
    if text[-1:] != b'"':
        raise Unsure
    return b'"%b"' % found[0].partition(found[1])[2] if found[1] else text


def replacing(pattern: bytes, replacement: bytes) -> Callable[[_Term], _Term]:
    """``REPLACE`` by a pattern, which is compiled once.

    >>> replacing(b'"^https:"', b'"http:"')(b'"https://e/"')
    b'"http://e/"'

    :raises Unsure: if not every engine would read the pattern alike, or its result is of a text in a language
    """
    expression, put = pattern[1:-1].decode(), replacement[1:-1].decode()
    if not _PATTERN.fullmatch(expression) or not _REPLACEMENT.fullmatch(put):
        raise Unsure
    # A dollar is the very end of the text, and not that of its last line.
    end = r"\Z" if expression.endswith("$") else ""
    compiled = re.compile(expression.removesuffix("$") + end)
    put = re.sub(r"\$([1-9])", r"\\\1", put)

    def replace(text: _Term) -> _Term:
        if text is None or text[:1] == b"<":
            return None
        if text[-1:] != b'"' or b"\\" in text:
            raise Unsure
        return b'"%b"' % compiled.sub(put, text[1:-1].decode()).encode()

    return replace


class Function(NamedTuple):
    """A function of SPARQL.

    :param given: a letter for each thing that it is given: ``t`` for a term, ``c`` for a condition; ``*`` for any
        number of terms
    :param is_condition: whether it is true or false, and no term
    """

    call: Callable[..., object]
    given: str
    is_condition: bool = False


#: The functions by their names in queries; ``REPLACE`` is made by :func:`replacing`.
FUNCTIONS: Final[Mapping[str, Function]] = {
    "!=": Function(unequal, "tt", is_condition=True),
    "&&": Function(both, "cc", is_condition=True),
    "=": Function(equal, "tt", is_condition=True),
    "COALESCE": Function(coalesce, "*"),
    "CONCAT": Function(concat, "*"),
    "IF": Function(if_, "ctt"),
    "IRI": Function(iri, "t"),
    "LANG": Function(language, "t"),
    "STR": Function(string, "t"),
    "STRAFTER": Function(after, "tt"),
    "STRENDS": Function(ends, "tt", is_condition=True),
    "STRLANG": Function(tagged, "tt"),
    "STRSTARTS": Function(begins, "tt", is_condition=True),
    "||": Function(either, "cc", is_condition=True),
}
