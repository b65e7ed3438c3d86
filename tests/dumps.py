"""Dumps of a wiki, made for tests: what MediaWiki 1.39 writes, with as little in it as a test needs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from commons_ld.errors import SourceError
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord
from commons_ld.sources import mediawiki_xml

RECORD = "{{Objet média\n|Pays=France\n}}\n"
BASE = "https://wiki.exemple.org/index.php/Accueil"


def revision(
    text: str = RECORD, *, number: object = 30, timestamp: str = "2024-02-09T10:11:12Z", attributes: str = ""
) -> str:
    """Return a revision."""
    return f"""
    <revision>
      <id>{number}</id>
      <parentid>1</parentid>
      <timestamp>{timestamp}</timestamp>
      <contributor><username>Personne Inventée</username><id>9</id></contributor>
      <comment>une retouche</comment>
      <origin>{number}</origin>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="{len(text.encode())}" xml:space="preserve"{attributes}>{escape(text)}</text>
      <sha1>x</sha1>
    </revision>"""


def page(title: str = "21.12 Un essai", *revisions: str, number: object = 3, ns: object = 0, redirect: str = "") -> str:
    """Return a page."""
    leads = f"\n    <redirect title={quoteattr(redirect)} />" if redirect else ""
    return f"""  <page>
    <title>{escape(title)}</title>
    <ns>{ns}</ns>
    <id>{number}</id>{leads}{"".join(revisions or (revision(),))}
  </page>
"""


def dump(*pages: str, base: str = BASE, version: str = "0.11") -> str:
    """Return a dump. Its first page begins on line 15."""
    return f"""<mediawiki xmlns="http://www.mediawiki.org/xml/export-{version}/" version="{version}" xml:lang="fr">
  <siteinfo>
    <sitename>Wiki de test</sitename>
    <base>{escape(base)}</base>
    <generator>MediaWiki 1.39.7</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="-1" case="first-letter">Spécial</namespace>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Discussion</namespace>
      <namespace key="10" case="first-letter">Modèle</namespace>
      <namespace key="14" case="first-letter">Catégorie</namespace>
    </namespaces>
  </siteinfo>
{"".join(pages)}</mediawiki>
"""


def read(
    data: str | bytes, path: str = "wiki.xml", stream: io.BytesIO | None = None
) -> tuple[list[MediaRecord], list[SourceError]]:
    """Return the records of a dump, and what is refused of it, whatever breaks it included."""
    refused: list[SourceError] = []
    records: list[MediaRecord] = []
    stream = stream or io.BytesIO(data.encode() if isinstance(data, str) else data)
    try:
        for record in mediawiki_xml.read(stream, origin=Origin(path), reject=refused.append):
            records.append(record)  # noqa: PERF402 - those that come before it breaks are kept
    except SourceError as error:
        refused.append(error)
    return records, refused


class Endless(io.RawIOBase):
    """A stream of a dump of many pages, of which no more is made than is read."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts: Iterator[str] = iter(parts)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._parts, "").encode()
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
