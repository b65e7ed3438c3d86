"""How a page of the site is rendered: its templates, its policy, and what all pages have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import jinja2
import msgspec
from markupsafe import Markup

from commons_ld.messages import Language
from commons_ld.sentences import figure
from commons_ld.site.fragments import all_linked, entry, linked, paragraphs, spoken, turned
from commons_ld.site.layout import other, page_name, root_of
from commons_ld.site.templating import templates
from commons_ld.site.words import WORDS, counted, day

__all__ = ["FRAMELESS", "POLICY", "Assets", "Draft", "Frame", "assets", "draft", "render"]

_STATIC: Final = Path(__file__).parent / "static"
_ICON: Final = Path(__file__).parent.parent / "web" / "static" / "icon.svg"

#: Nothing inline, and nothing from elsewhere but the recording that a reader plays (https://www.w3.org/TR/CSP3/).
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "media-src https: http:; form-action 'self'; base-uri 'none'"
)
#: The same as a header, which can say one thing more: that no other site shows them in a frame.
FRAMELESS: Final = f"{POLICY}; frame-ancestors 'none'"

#: Where the pages lead from everywhere: the word, and the page.
_NAVIGATION: Final = (
    ("home", "index"),
    ("timeline", "timeline"),
    ("map", "map"),
    ("charts", "charts"),
    ("concepts", "concepts"),
    ("people", "people"),
    ("collections", "collections"),
    ("vocabulary", "vocabulary"),
    ("dataset", "dataset"),
)
#: What could end a script early, or is no end of a line in JSON and one elsewhere; and what stands for it in JSON.
_ENDS: Final = tuple((mark.encode(), b"\\u%04x" % ord(mark)) for mark in "<>&\u2028\u2029")


class Assets(NamedTuple):
    """The files that pages are shown with, by name; and what stands behind their addresses, so that they are fresh."""

    files: dict[str, bytes]
    marks: dict[str, str]


class Frame(NamedTuple):
    """What a page is, apart from what it says.

    :param archive: what the archive is called, by language
    :param about: what it holds, by language
    :param path: its address, without language and suffix
    :param crumbs: what stands above it, each with the path of its page
    :param data: the path of its data, without suffix, or ``""``
    :param json_ld: its data, or ``b""``
    :param here: what of the navigation it belongs to
    :param script: what it is shown with besides the style sheet, or ``""``
    :param has_site: whether there are the pages that all pages lead to
    """

    base_iri: str
    archive: Mapping[Language, str]
    about: Mapping[Language, str]
    path: str = "index"
    crumbs: tuple[tuple[str, str], ...] = ()
    data: str = ""
    json_ld: bytes = b""
    here: str = ""
    script: str = ""
    has_site: bool = True


def render(template: str, frame: Frame, language: Language, *, title: str, description: str = "", **values: Any) -> str:
    """Return a page; everything in it is escaped.

    :param template: its name
    :param title: in plain text
    :param description: what search engines show of it, in plain text; without, the title and what the archive holds
    """
    root = root_of(frame.path)
    shared = {"archive": frame.archive[language], "frame": frame, "root": root, "title": title}
    # A page is put into its frame as a whole: that takes half the time that inheriting from a template would take.
    content = _template(language, template).render(**shared, **values)
    return _template(language, "base.html").render(
        base=frame.base_iri,
        brand=_brand(frame.archive[language], root, language, frame.has_site),
        content=Markup(content),  # noqa: S704 - rendered, and escaped
        crumbs=[(text, root + page_name(path, language)) for text, path in frame.crumbs],
        data=frame.data,
        description=_described(description or f"{title} · {frame.about[language]}"),
        json_ld=_script(frame.json_ld),
        navigation=_navigation(root, language, frame.here) if frame.has_site else "",
        pages={code: page_name(frame.path, code) for code in ("fr", "en")},
        script=frame.script,
        **shared,
    )


class Draft(NamedTuple):
    """A page that is not rendered yet; one that would be made of the same is the same page."""

    template: str
    frame: Frame
    language: Language
    values: dict[str, Any]

    def digest(self) -> bytes:
        """Return a digest of all that it would be made of, besides our code."""
        return hashlib.sha256(msgspec.msgpack.encode(self, enc_hook=_plain)).digest()

    def render(self) -> str:
        """Return the page."""
        return render(self.template, self.frame, self.language, **self.values)


def _plain(value: object) -> str:
    """Return text that is markup already as text; of anything else it is not known what makes two of it the same."""
    if not isinstance(value, str):
        raise TypeError(f"a page is made of a {type(value).__name__}, which has no digest")
    return str(value)


def draft(
    template: str, frame: Frame, language: Language, *, title: str, description: str = "", **values: Any
) -> Draft:
    """Return what :func:`render` would make a page of.

    >>> frame = Frame("https://example.org/", {"fr": "A", "en": "A"}, {"fr": "B", "en": "B"})
    >>> some = [draft("page.html", frame, "fr", title="T", rows=rows).digest() for rows in ([1], [1], [2])]
    >>> some[0] == some[1], some[0] == some[2]
    (True, False)
    """
    return Draft(template, frame, language, {"title": title, "description": description, **values})


def _described(text: str) -> str:
    """Return a text as one line of at most 300 characters.

    >>> _described("On the  commons of  water. ")
    'On the commons of water.'
    """
    return " ".join(text.split())[:300]


@lru_cache(maxsize=64)
def _brand(archive: str, root: str, language: Language, has_site: bool) -> Markup:
    template = _template(language, "brand.html")
    return Markup(template.render(archive=archive, root=root, has_site=has_site))  # noqa: S704 - rendered, and escaped


@lru_cache(maxsize=256)
def _navigation(root: str, language: Language, here: str) -> Markup:
    rows = [(WORDS[language][word], root + page_name(path, language), path == here) for word, path in _NAVIGATION]
    template = _template(language, "navigation.html")
    return Markup(template.render(navigation=rows))  # noqa: S704 - rendered, and escaped


@lru_cache(maxsize=2)
def _script(json: bytes) -> str:
    r"""Return JSON that nothing in a page can end early (https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements).

    >>> _script(b'{"a":"</script>"}')
    '{"a":"\\u003c/script\\u003e"}'
    """
    for mark, escaped in _ENDS:
        json = json.replace(mark, escaped)
    return json.decode()


@lru_cache(maxsize=1)
def assets() -> Assets:
    """Return the style sheet, the script and the icon, with their addresses, which change when they do."""
    found = {path.name: path.read_bytes() for path in (*sorted(_STATIC.iterdir()), _ICON) if path.is_file()}
    marks = {name: f"design/{name}?v={hashlib.sha256(data).hexdigest()[:12]}" for name, data in found.items()}
    return Assets(found, marks)


@cache
def _template(language: Language, name: str) -> jinja2.Template:
    return _environment(language).get_template(name)


@lru_cache(maxsize=2)
def _environment(language: Language) -> jinja2.Environment:
    environment = templates(
        {
            "assets": assets().marks,
            "colon": " :" if language == "fr" else ":",
            "language": language,
            "other": other(language),
            "policy": POLICY,
            "t": WORDS[language],
        },
        {
            "all_linked": all_linked,
            "entry": entry,
            "linked": linked,
            "paragraphs": paragraphs,
            "spoken": spoken,
            "turned": turned,
        },
    )
    environment.filters |= {"day": day, "figure": figure}
    environment.globals["counted"] = counted
    return environment
