"""Where a query leaves the grammar of SPARQL 1.1, and what could stand there.

The engine says where it gave up, which is seldom where the query is wrong, and what it looked for last, which is seldom
what is missing. So a query that the engine refused is read once more, by the grammar of the standard
(https://www.w3.org/TR/sparql11-query/#sparqlGrammar), token by token: the first token that no query can go on with is
where a person has to look. What is let through here is a little more than SPARQL: templates may hold paths, and
functions take any number of arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

__all__ = ["CLOSING", "Fault", "Token", "first_fault", "tokens"]

#: One rule a line. What begins with a capital and goes on in small letters is another rule; words in capitals, and
#: ``a``, are keywords; words in small letters are kinds of tokens (section 19.8, the productions from [139] on).
_GRAMMAR: Final = """
Query = Prologue ( Select | Construct | Describe | Ask ) ( VALUES DataBlock )?
Prologue = ( BASE iri | PREFIX prefix iri )*
Select = SelectClause Dataset* Where Modifiers
SubSelect = SelectClause Where Modifiers ( VALUES DataBlock )?
SelectClause = SELECT ( DISTINCT | REDUCED )? ( * | ( variable | '(' Expression AS variable ')' )+ )
Construct = CONSTRUCT ( Template Dataset* Where Modifiers | Dataset* WHERE Template Modifiers )
Describe = DESCRIBE ( ( variable | Iri )+ | * ) Dataset* Where? Modifiers
Ask = ASK Dataset* Where Modifiers
Dataset = FROM ( Iri | NAMED Iri )
Where = WHERE? Group
Modifiers = ( GROUP BY GroupCondition+ )? ( HAVING Constraint+ )? ( ORDER BY OrderCondition+ )?
 ( Limit Offset? | Offset Limit? )?
GroupCondition = Call | '(' Expression ( AS variable )? ')' | variable
OrderCondition = ( ASC | DESC ) Bracketed | Constraint | variable
Limit = LIMIT integer
Offset = OFFSET integer
DataBlock = variable { DataValue* } | '(' variable* ')' { ( '(' DataValue* ')' )* }
DataValue = Iri | Literal | Signed | UNDEF
Group = { ( SubSelect | Pattern ) }
Pattern = Triples? ( NotTriples .? Triples? )*
NotTriples = Group ( UNION Group )* | OPTIONAL Group | MINUS Group | GRAPH VarOrIri Group | SERVICE SILENT?
 VarOrIri Group | FILTER Constraint | BIND '(' Expression AS variable ')' | VALUES DataBlock
VarOrIri = variable | Iri
Template = { Triples? }
Triples = ( Term Properties | Node Properties? ) ( . Triples? )?
Properties = Verb Objects ( ; ( Verb Objects )? )*
Verb = Path | variable
Objects = Object ( , Object )*
Object = Term | Node
Node = '(' Object* ')' | [ Properties? ]
Term = variable | Iri | Literal | Signed | blank
Path = Sequence ( '|' Sequence )*
Sequence = Step ( / Step )*
Step = ^? ( Iri | a | ! Excluded | '(' Path ')' ) ( '?' | * | + )?
Excluded = Direction | '(' ( Direction ( '|' Direction )* )? ')'
Direction = ^? ( Iri | a )
Constraint = Bracketed | Call
Call = Iri Arguments | BuiltIn
Bracketed = '(' Expression ')'
Expression = Conjunction ( || Conjunction )*
Conjunction = Relation ( && Relation )*
Relation = Sum ( ( = | != | < | > | <= | >= ) Sum | NOT? IN '(' List? ')' )?
Sum = Product ( ( + | - ) Product )*
Product = Unary ( ( * | / ) Unary )*
Unary = ! Unary | ( + | - ) ( + | - )? Primary | Primary
Primary = Bracketed | BuiltIn | Iri Arguments? | Literal | variable
BuiltIn = function Arguments | COUNT '(' DISTINCT? ( * | Expression ) ')' | NOT? EXISTS Group
Arguments = '(' ( DISTINCT? List ( ; SEPARATOR = text )? )? ')'
List = Expression ( , Expression )*
Literal = text ( tag | ^^ Iri )? | Number | TRUE | FALSE
Signed = ( + | - ) Number
Number = integer | decimal
Iri = iri | name | prefix
"""

_FUNCTIONS: Final = """
STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN SUBSTR UCASE LCASE
ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID
STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX
REPLACE SUM MIN MAX AVG SAMPLE GROUP_CONCAT
"""

#: Numbers have no sign here, which is a token of its own; the rest is as in section 19.8.
_TOKEN: Final = re.compile(
    r"""(?P<space>[\x20\t\r\n]+|\#[^\n\r]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<text>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
          |\"(?:[^"\\\n\r]|\\.)*+\"|'(?:[^'\\\n\r]|\\.)*+')
      | (?P<variable>[?$]\w+)
      | (?P<blank>_:\w(?:[\w.-]*[\w-])?)
      | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:
          (?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)
      | (?P<prefix>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:)
      | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<decimal>[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+)
      | (?P<integer>[0-9]+)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<mark>\|\||&&|\^\^|[!<>]=|[{}()\[\];,.=<>!|/^?*+-])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
#: What closes what.
CLOSING: Final = {"{": "}", "(": ")", "[": "]"}

#: A terminal, a rule, or a way to put some together: ``seq``, ``alt``, ``?`` or ``*``.
_Symbol: TypeAlias = "str | tuple[str, tuple[_Symbol, ...]]"


class Token(NamedTuple):
    """A token of a query.

    :param kind: ``other`` for what is none
    :param start: how many characters stand before it
    """

    kind: str
    text: str
    start: int


class Fault(NamedTuple):
    """The first token that no query can go on with.

    :param found: the token, or nothing where the query ends too early
    :param expected: what could stand there, as in the grammar
    :param unclosed: the bracket around it that was opened last, if there is one
    """

    found: Token | None
    expected: tuple[str, ...]
    unclosed: Token | None


def first_fault(query: str) -> Fault | None:
    """Return where a query leaves the grammar, or nothing where it does not.

    >>> fault = first_fault("SELECT ?s { ?s a “x” }")
    >>> fault.found
    Token(kind='other', text='“', start=17)
    >>> first_fault("ASK { ?s ?p ?o ").found is None, first_fault("ASK { ?s ?p ?o }")
    (True, None)
    """
    grammar = _grammar()
    # No call into itself, so that a query may nest as deeply as it likes.
    stack: list[_Symbol] = ["Query"]
    expected: dict[str, None] = {}
    open_: list[Token] = []
    ahead = tokens(query)
    token = next(ahead, None)
    while stack:
        symbol = stack.pop()
        if isinstance(symbol, str) and symbol not in grammar.rules:
            if not _is(token, symbol):
                return Fault(token, (*expected, symbol), open_[-1] if open_ else None)
            if token and token.text in CLOSING:
                open_.append(token)
            elif token and open_ and token.text == CLOSING[open_[-1].text]:
                open_.pop()
            token, expected = next(ahead, None), {}
        elif isinstance(symbol, str):
            stack.append(grammar.rules[symbol])
        elif symbol[0] == "seq":
            stack.extend(reversed(symbol[1]))
        else:
            chosen = next((part for part in symbol[1] if _begins(grammar.first(part), token)), None)
            if chosen is not None:
                stack += [symbol, chosen] if symbol[0] == "*" else [chosen]
                continue
            expected |= dict.fromkeys(begin for part in symbol[1] for begin in grammar.first(part))
            if symbol[0] == "alt" and not any(grammar.is_empty(part) for part in symbol[1]):
                return Fault(token, tuple(expected), open_[-1] if open_ else None)
    return Fault(token, tuple(expected), None) if token else None


def tokens(query: str) -> Iterator[Token]:
    """Cut a query into its tokens, without white space and comments."""
    for found in _TOKEN.finditer(query):
        kind = found.lastgroup or ""
        if kind != "space":
            yield Token(kind, found[0], found.start())


def _is(token: Token | None, symbol: str) -> bool:
    """Tell whether a token is what a terminal stands for."""
    if token is None or token.kind in ("mark", "other"):
        return token is not None and token.text == symbol
    if token.kind != "word":
        return token.kind == symbol
    word = token.text.upper()
    return token.text == symbol == "a" or word == symbol or (symbol == "function" and word in _functions())


def _begins(first: tuple[str, ...], token: Token | None) -> bool:
    return any(_is(token, symbol) for symbol in first)


class _Grammar:
    """The rules, and what each of them may begin with."""

    def __init__(self, text: str) -> None:
        lines = text.replace("\n ", " ").strip().splitlines()
        bodies = dict(line.split(" = ", 1) for line in lines)
        self.rules: dict[str, _Symbol] = {name: _alternatives(body.split()[::-1]) for name, body in bodies.items()}
        self._first: dict[_Symbol, tuple[str, ...]] = {}

    def first(self, symbol: _Symbol) -> tuple[str, ...]:
        """Return the terminals that something may begin with."""
        if symbol not in self._first:
            if isinstance(symbol, str):
                found = self.first(self.rules[symbol]) if symbol in self.rules else (symbol,)
            else:
                parts = symbol[1]
                if symbol[0] == "seq":
                    must = next((at for at, part in enumerate(parts) if not self.is_empty(part)), len(parts))
                    parts = parts[: must + 1]
                found = tuple(dict.fromkeys(begin for part in parts for begin in self.first(part)))
            self._first[symbol] = found
        return self._first[symbol]

    def is_empty(self, symbol: _Symbol) -> bool:
        """Tell whether something may be left out."""
        if isinstance(symbol, str):
            return symbol in self.rules and self.is_empty(self.rules[symbol])
        kind, parts = symbol
        return kind in ("?", "*") or (all if kind == "seq" else any)(self.is_empty(part) for part in parts)


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    return frozenset(_FUNCTIONS.split())


@lru_cache(maxsize=1)
def _grammar() -> _Grammar:
    return _Grammar(_GRAMMAR)


def _alternatives(words: list[str]) -> _Symbol:
    """Read a rule, or what stands in brackets; ``words`` are taken from their end."""
    found: list[list[_Symbol]] = [[]]
    while words and words[-1] not in (")", ")?", ")*", ")+"):
        word = words.pop()
        if word == "|":
            found.append([])
        elif word == "(":
            inner = _alternatives(words)
            found[-1].append(_repeated(inner, words.pop()[1:]))
        elif len(word) > 1 and word[-1] in "?*+" and word[0] != "'":
            found[-1].append(_repeated(word[:-1], word[-1]))
        else:
            found[-1].append(word.strip("'"))
    ways = tuple(way[0] if len(way) == 1 else ("seq", tuple(way)) for way in found)
    return ways[0] if len(ways) == 1 else ("alt", ways)


def _repeated(symbol: _Symbol, how: str) -> _Symbol:
    if how == "+":
        return ("seq", (symbol, ("*", (symbol,))))
    return (how, (symbol,)) if how else symbol
