"""Read XML of a stranger piece by piece, before the parser of RDF does, which would follow whatever it declares.

Vocabularies often name their namespaces by entities, ``<!ENTITY skos "http://…#">``, so that these are allowed; one
that holds another one, or a file of somebody, is how a kilobyte becomes gigabytes. Elements that stand deep in each
other would take the parser quadratic time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Final
from xml.parsers import expat

__all__ = ["MOST_GROWN", "GuardedXml", "UnsafeXmlError"]

#: How many characters may come of a file that becomes more than :data:`_TIMES` as large by its entities.
MOST_GROWN: Final = 64 * 1024 * 1024
_TIMES: Final = 8
#: XML_ERROR_AMPLIFICATION_LIMIT_BREACH of expat.h, which Python has no name for.
_BREACH: Final = 43
_DEEPEST: Final = 256
_MOST_ENTITIES, _LONGEST_ENTITY = 64, 1000


class UnsafeXmlError(Exception):
    """XML that is not read any further.

    :param line: where it was seen
    :param code: what it is: ``"doctype"``, ``"deep"``, or ``"broken"`` if it is no XML at all
    """

    def __init__(self, line: int, code: str) -> None:
        super().__init__(f"line {line}: {code}")
        self.line, self.code = line, code


class GuardedXml:
    """A file of XML that can be read as long as nothing in it is unsafe.

    :raises UnsafeXmlError: by reading
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file: Final = file
        self._depth = self._entities = self._read = self._grown = 0
        self._parser: Final = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._declared

    def read(self, size: int = -1) -> bytes:
        """Return what comes next, once it was looked at."""
        data = self._file.read(size)
        self._read += len(data)
        try:
            self._parser.Parse(data, not data)
        except expat.ExpatError as error:
            # expat has a measure of its own for what entities make of a file.
            raise UnsafeXmlError(error.lineno, "doctype" if error.code == _BREACH else "broken") from None
        return data

    def _begin(self, _name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._unsafe("deep")
        if self._entities:
            self._text("".join(attributes.values()))

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _declared(self, _name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        self._entities += 1
        is_plain = value is not None and len(value) <= _LONGEST_ENTITY and not {"&", "<", "%"} & set(value)
        if is_parameter or not is_plain or self._entities > _MOST_ENTITIES:
            raise self._unsafe("doctype")
        self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self._grown += len(text)
        if self._grown > MOST_GROWN and self._grown > _TIMES * self._read:
            raise self._unsafe("doctype")

    def _unsafe(self, code: str) -> UnsafeXmlError:
        return UnsafeXmlError(self._parser.CurrentLineNumber, code)
