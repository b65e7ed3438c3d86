"""Make RDF/XML as Semantic MediaWiki writes it safe, and fit for the parser.

The exporter declares a few entities in a document type declaration, ``<!ENTITY wiki 'https://…'>``, and uses
them in names of namespaces and in addresses. Such a declaration is also how XML is made to attack: nothing of
it is left to the parser. Entities whose value is one plain address are allowed, and nothing else, and how much
the file becomes when they are replaced is counted before it is done. The parser wants their values between
quotation marks, where the exporter writes apostrophes, needs quadratic time for elements that stand deep
inside each other, and takes a file that is cut for whole: so the XML itself is checked here (expat), too.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from xml.parsers import expat

from commons_ld.errors import MalformedSource
from commons_ld.origin import Origin

__all__ = ["MAX_DEPTH", "MAX_EXPANDED", "SafeXml", "safe_xml"]

#: How deep elements may stand inside each other; an export needs four levels.
MAX_DEPTH: Final = 32
#: How large a file may be when its entities are replaced, in bytes.
MAX_EXPANDED: Final = 256 * 1024 * 1024
#: How many entities may be declared, and how long an address may be.
_MOST_ENTITIES, _LONGEST_ADDRESS = 64, 1000

_BLANKS: Final = re.compile(r"\s*")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s+[\w:.-]{1,100}\s*(?:\[|>)")
_ENTITY: Final = re.compile(
    r"<!ENTITY\s+([A-Za-z_][\w.-]{0,100})\s+(?:\"([^\"<&%]*(?:&#(?:37|x25);[^\"<&%]*)*)\"|'([^'<&%]*(?:&#(?:37|x25);[^'<&%]*)*)')\s*>"
)
_END: Final = re.compile(r"\]\s*>")
_PREDEFINED: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})


class SafeXml(NamedTuple):
    """XML that the parser may be given.

    :param data: the whole elements of the file, with a document type of which only plain entities are left
    :param entities: what each entity stands for
    :param broken: what is wrong with the file after that, or ``None``
    """

    data: bytes
    entities: dict[str, str]
    broken: MalformedSource | None


def safe_xml(text: str, origin: Origin) -> SafeXml:
    r"""Return RDF/XML fit for parsing, on the same lines as before.

    :raises MalformedSource: if the document type holds anything but entities for addresses, if these would blow up
        the file, if elements stand too deep inside each other, or if no whole element is there

    >>> safe = safe_xml("<!DOCTYPE r [<!ENTITY w 'http://w/'>]><r><a b='&w;c'/></r>", Origin("a.rdf"))
    >>> safe.data.decode()
    '<!DOCTYPE r [<!ENTITY w "http://w/">]><r><a b=\'&w;c\'/></r>'
    """
    start = _after_comments(text, 0)
    entities: dict[str, str] = {}
    if text.startswith("<!DOCTYPE", start):
        entities, end = _entities(text, start, origin)
    else:
        end = start
    _refuse_growth(text, entities, origin)
    # The XML declaration is left out: it may name another encoding than the one that is written here.
    declaration = text.find("?>") + 2 if text.startswith("<?xml") else 0
    before = "\n" * text.count("\n", 0, declaration) + text[declaration:start]
    name = re.match(r"<!DOCTYPE\s+([\w:.-]+)", text[start : start + 200])
    declared = "".join(f"<!ENTITY {key} {_quoted(value)}>" for key, value in entities.items())
    doctype = f"<!DOCTYPE {name[1]} [{declared}]>" if name and entities else ""
    data = (before + doctype + "\n" * text.count("\n", start, end) + text[end:]).encode()
    whole, broken = _checked(data, origin)
    return SafeXml(whole, entities, broken)


def _after_comments(text: str, position: int) -> int:
    """Return where the blanks, comments and instructions end that stand at ``position``."""
    while True:
        position = _BLANKS.match(text, position).end()  # type: ignore[union-attr]
        closing = "-->" if text.startswith("<!--", position) else "?>" if text.startswith("<?", position) else ""
        end = text.find(closing, position) if closing else -1
        if end < 0:
            return position
        position = end + len(closing)


def _quoted(value: str) -> str:
    return '"' + value.replace("%", "&#37;") + '"'


def _entities(text: str, start: int, origin: Origin) -> tuple[dict[str, str], int]:
    """Return the entities of the document type that begins at ``start``, and where it ends."""

    def refuse(position: int) -> MalformedSource:
        return MalformedSource("unsafe-doctype", origin=origin.at(line=text.count("\n", 0, position) + 1))

    opening = _DOCTYPE.match(text, start)
    if opening is None:
        raise refuse(start)
    position = opening.end()
    entities: dict[str, str] = {}
    if opening[0].endswith(">"):
        return entities, position
    while True:
        position = _after_comments(text, position)
        if end := _END.match(text, position):
            return entities, end.end()
        entity = _ENTITY.match(text, position)
        if entity is None:
            raise refuse(position)
        value = re.sub("&#(?:37|x25);", "%", entity[2] if entity[2] is not None else entity[3])
        if len(value) > _LONGEST_ADDRESS or len(entities) >= _MOST_ENTITIES or '"' in value or entity[1] in _PREDEFINED:
            raise refuse(position)
        entities.setdefault(entity[1], value)  # the first declaration binds (XML 1.0, section 4.2)
        position = entity.end()


def _refuse_growth(text: str, entities: dict[str, str], origin: Origin) -> None:
    if entities:
        size = len(text) + sum(text.count(f"&{name};") * len(value) for name, value in entities.items())
        if size > MAX_EXPANDED:
            raise MalformedSource("large-expansion", origin=origin, value=f"{MAX_EXPANDED // 1024**2} MiB")


def _checked(data: bytes, origin: Origin) -> tuple[bytes, MalformedSource | None]:
    """Return the part of XML that is whole, as a document, and what is wrong with the rest of it."""
    depth, root, whole = 0, "", 0

    def begin(name: str, _attributes: object) -> None:
        nonlocal depth, root, whole
        if depth == 0:
            root = name
        elif depth == 1:
            whole = parser.CurrentByteIndex
        depth += 1
        if depth > MAX_DEPTH:
            raise MalformedSource("deep-xml", origin=origin.at(line=parser.CurrentLineNumber), value=str(MAX_DEPTH))

    def end(_name: str) -> None:
        nonlocal depth, whole
        depth -= 1
        if depth == 1 and data.startswith(b"</", parser.CurrentByteIndex):
            whole = data.index(b">", parser.CurrentByteIndex) + 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        broken = MalformedSource(
            "broken-xml", origin=origin.at(line=error.lineno), value=expat.ErrorString(error.code) or ""
        )
        if not whole:
            raise broken from error
        return data[:whole] + f"</{root}>".encode(), broken
    return data, None
