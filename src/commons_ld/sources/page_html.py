"""Read a page of the wiki that a browser saved, in any skin, with all that the wiki writes around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from lxml import etree
from msgspec.structs import replace

from commons_ld.errors import InvalidRecord, NotARecord, Reject, SourceError, fail
from commons_ld.iris import to_iri
from commons_ld.origin import Origin
from commons_ld.record import MediaRecord, Revision
from commons_ld.sources.chat import begins_message
from commons_ld.sources.draft import Draft, Line, Section
from commons_ld.sources.head import fill_head, put_collections
from commons_ld.sources.html_lines import Row, line_of, rows
from commons_ld.sources.html_tree import class_names, parse
from commons_ld.sources.labels import SECTIONS, heading_section
from commons_ld.sources.page import fill, is_picture
from commons_ld.sources.refusals import refuse_namespace, refuse_page

__all__ = ["read"]

#: A title is no longer than this, in bytes (MediaWiki's own limit).
_LONGEST_TITLE: Final = 255
#: Where skins have the content of a page, the best one first.
_CONTENT: Final = ("mw-content-text", "bodyContent", "content")
#: What MediaWiki tells its scripts of a page (https://www.mediawiki.org/wiki/Manual:Interface/JavaScript#mw.config).
_CONFIG: Final = re.compile(
    r'"(wgArticleId|wgRevisionId|wgNamespaceNumber|wgIsArticle)":(-?[0-9]{1,15}|true|false|!0|!1)[,}]'
)
#: How scripts write what is true and what is not; small ones in the second way.
_WORDS: Final = {"true": 1, "false": 0, "!0": 1, "!1": 0}
_SCRIPT_HEAD: Final = 100_000
_NAMESPACE: Final = re.compile(r"ns-(-?[0-9]{1,5})")
_SAVED_FROM: Final = re.compile(r"saved from url=\([0-9]{1,5}\)(https?://[^\s<>\"]{1,2000})")
#: What browsers and wikis name a page by when it is saved: ``Title — Name of the wiki``.
_SITE: Final = re.compile(r"\s[—–-]\s[^—–]{1,200}\Z")


def read(stream: BinaryIO, *, origin: Origin, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield the record of the page; a page that is none is handed to ``reject``.

    :raises SourceError: if the page cannot be read or is no record, unless ``reject`` keeps the error

    >>> import io
    >>> page = '<h1 id="firstHeading">21.12</h1><div id="mw-content-text"><h2>En résumé</h2><p>Un.</p></div>'
    >>> [record.abstract for record in read(io.BytesIO(page.encode()), origin=Origin("p.html"))]
    ['Un.']
    """
    try:
        root, dropped = parse(stream, origin)
        record = _record(root, dropped, origin)
    except SourceError as error:
        reject(error)
    else:
        yield record


def _record(root: etree._Element, dropped: int, origin: Origin) -> MediaRecord:
    content = next((element for name in _CONTENT if (element := _by_id(root, name)) is not None), None)
    if content is None:
        raise NotARecord("not-wiki-html", origin=origin)
    wiki = _Wiki(root)
    title = _title(root, origin)
    _refuse(root, wiki, title, origin)
    found = rows(content, wiki.address, wiki.picture)
    lines = [row.line for row in found]
    refuse_page([title, *lines], origin)
    draft = Draft(origin)
    draft.title(title.text, title.number)
    if dropped:
        draft.remark("dropped-characters", value=str(dropped))
    head, sections = _split(found)
    fill_head(draft, head)
    fill(draft, sections)
    put_collections(draft, head)
    return replace(draft.record(), page=wiki.page, revision=wiki.revision)


def _by_id(root: etree._Element, name: str) -> etree._Element | None:
    return next(root.iterfind(f".//*[@id='{name}']"), None)


def _title(root: etree._Element, origin: Origin) -> Line:
    heading = _by_id(root, "firstHeading")
    if heading is not None:
        shown = [row.line for row in rows(heading, lambda _link: None, lambda _image: "") if row.line.text.strip()]
        text, number = " ".join(line.text.strip() for line in shown), line_of(heading)
    else:
        element = root.find("head/title")
        told = element.text or "" if element is not None else ""
        text, number = _SITE.sub("", " ".join(told.split())), line_of(element) if element is not None else 0
    if not text:
        raise InvalidRecord("missing-title", origin=origin, field="title")
    if len(text.encode()) > _LONGEST_TITLE:
        raise InvalidRecord("long-title", origin=origin.at(line=number), field="title", value=text[:60])
    return Line(number, text)


def _refuse(root: etree._Element, wiki: _Wiki, title: Line, origin: Origin) -> None:
    """Refuse a page of the wiki that is no record.

    :raises NotARecord: saying what it is
    """
    here = origin.at(line=title.number)
    refuse_namespace(title.text, here)
    if wiki.namespace:
        prefix, colon, _ = title.text.partition(":")
        raise NotARecord("namespace-page", origin=here, value=prefix.strip() if colon else title.text)
    if not wiki.is_article:
        raise NotARecord("not-an-article", origin=here)
    for element in root.iter("table", "div", "p"):
        names = class_names(element)
        here = origin.at(line=line_of(element))
        if element.tag == "table" and "diff" in names:
            raise NotARecord("diff-page", origin=here)
        if "redirectMsg" in names:
            raise NotARecord("redirect-page", origin=here)
        if "noarticletext" in names:
            raise NotARecord("no-such-page", origin=here)


def _split(found: Sequence[Row]) -> tuple[list[Line], list[Section]]:
    """Part the page at its headings."""
    head: list[Line] = []
    sections: list[Section] = []
    current, opened = head, "head"
    for line, is_heading in found:
        text = line.text.strip()
        if is_heading and text:
            section = Section(heading_section(text), Line(line.number, text, line.links), [])
        elif opened != "notes" and begins_message(text):
            # Wherever a chat stands, it is one: its authors must not pass for something else.
            section = Section("notes", Line(line.number, SECTIONS["notes"][0]), [line])
        else:
            current.append(line)
            continue
        sections.append(section)
        current, opened = section.lines, section.name
    return head, sections


class _Wiki:
    """What a saved page tells of its wiki and of itself, besides its content."""

    def __init__(self, root: etree._Element) -> None:
        config = _configuration(root)
        #: The number of its namespace; 0 is that of the content.
        self.namespace = config.get("wgNamespaceNumber", _namespace(root))
        #: Whether it shows the page itself, and not a form to edit it, its history and the like.
        self.is_article = config.get("wgIsArticle", int(_action(root) in ("", "view"))) != 0
        permanent, oldid = _permanent_link(root)
        self._base = _canonical(root) or permanent or _saved_from(root) or _interface(root)
        self.host = _host(self._base)
        #: The address of the page, where the page itself tells it.
        self.page = _canonical(root)
        number = config.get("wgRevisionId", 0) or oldid
        page_id = config.get("wgArticleId", 0) if self.host else 0
        self.revision = Revision(self.host, max(page_id, 0), max(number, 0)) if number > 0 or page_id > 0 else None

    def address(self, link: etree._Element) -> str | None:
        """Return the address of a link that leads out of the wiki, or to a file of it."""
        names, href = class_names(link), (link.get("href") or "").strip()
        if not href or href.startswith("#") or "new" in names or "image" in names:
            return None
        try:
            target = urljoin(self._base, f"https:{href}" if href.startswith("//") else href)
            host = urlsplit(target).netloc.lower()
        except ValueError:
            return None
        is_outside = bool(names & {"external", "extiw", "internal"}) or (bool(self.host) and host != self.host)
        if not is_outside or not target.lower().startswith(("http://", "https://")):
            return None
        return target

    def picture(self, image: etree._Element) -> str:
        """Return the name of the file that an image of the wiki shows, or ``""``."""
        parent = image.getparent()
        href = (parent.get("href") or "") if parent is not None and parent.tag == "a" else ""
        name = unquote(href.partition("?")[0].rpartition("/")[2]).replace("_", " ").rpartition(":")[2]
        return name if is_picture(name) else ""


def _configuration(root: etree._Element) -> dict[str, int]:
    """Return the numbers that the page tells its scripts: they are looked for, no script is run."""
    for script in root.iter("script"):
        text = (script.text or "")[:_SCRIPT_HEAD]
        if "wgArticleId" in text:
            return {name: _WORDS[value] if value in _WORDS else int(value) for name, value in _CONFIG.findall(text)}
    return {}


def _namespace(root: etree._Element) -> int:
    """Return the namespace that the skin writes into the classes of the body."""
    told = (_NAMESPACE.fullmatch(name) for name in _body_classes(root))
    return next((int(match[1]) for match in told if match), 0)


def _action(root: etree._Element) -> str:
    """Return what the page was asked for, as the skin writes it there: ``view``, ``edit``, ``history`` …"""
    told = (name.removeprefix("action-") for name in _body_classes(root) if name.startswith("action-"))
    return next(told, "")


def _body_classes(root: etree._Element) -> list[str]:
    return sorted(name for body in root.iterfind("body") for name in class_names(body))


def _permanent_link(root: etree._Element) -> tuple[str, int]:
    """Return the address that a page gives of this very revision, and the number of it."""
    for link in root.iter("a"):
        href = link.get("href") or ""
        if "oldid=" in href and link.get("rel") != "nofollow":
            parent = link.getparent()
            if link.get("id") == "t-permalink" or (
                parent is not None and ("printfooter" in class_names(parent) or parent.get("id") == "t-permalink")
            ):
                number = parse_qs(urlsplit(_absolute(href)).query).get("oldid", ["0"])[0]
                return _absolute(href), int(number) if number.isdecimal() and len(number) < 16 else 0
    return "", 0


def _canonical(root: etree._Element) -> str:
    for link in root.iterfind("head/link"):
        if (link.get("rel") or "").lower() == "canonical":
            return to_iri(_absolute(link.get("href") or "")) or ""
    return ""


def _saved_from(root: etree._Element) -> str:
    """Return the address that browsers write into a page that they save."""
    for comment in [*root.itersiblings(etree.Comment, preceding=True), *root.iter(etree.Comment)][:20]:
        if match := _SAVED_FROM.search((comment.text or "")[:3_000]):
            return match[1]
    return ""


def _interface(root: etree._Element) -> str:
    for link in root.iterfind("head/link"):
        if (link.get("rel") or "").lower() == "edituri":
            return _absolute(link.get("href") or "")
    return ""


def _absolute(href: str) -> str:
    """Return an address that names a host, or ``""``."""
    href = f"https:{href}" if href.startswith("//") else href
    return href if href.lower().startswith(("http://", "https://")) and to_iri(href) else ""


def _host(address: str) -> str:
    host = urlsplit(address).netloc.lower() if address else ""
    try:
        Revision(host)
    except ValueError:
        return ""
    return host
