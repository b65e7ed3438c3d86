"""Pages as HTML: the templates, what all of them share, and how a record and what records share are shown.

Everything is escaped by Jinja; a link is made of an address only if that is one of the web.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from commons_ld.codes import languages
from commons_ld.messages import Language
from commons_ld.outputs.search_record import ROLES
from commons_ld.settings import Settings
from commons_ld.site.gathering import MOST, Gathered, Mention
from commons_ld.site.layout import nice_name, other, page_name, relative
from commons_ld.site.scheme import Scheme
from commons_ld.site.views import RecordView, Text
from commons_ld.site.words import ROLE_WORDS, WORDS, day, length

__all__ = ["POLICY", "Pages"]

#: Nothing inline, and nothing from elsewhere but the sound and pictures that the records name (CSP Level 3).
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "media-src https: http:; form-action 'self'; base-uri 'none'"
)
_SUFFIXES: Final = ((".ttl", "Turtle"), (".jsonld", "JSON-LD"), (".nt", "N-Triples"))
_AGENTS: Final = ("guest", "author", "contributor", "producer")
_AUDIO: Final = (".mp3", ".ogg", ".oga", ".opus", ".m4a", ".wav", ".flac", ".aac")
_VIDEO: Final = (".mp4", ".webm", ".ogv", ".m4v")
_SECTIONS: Final = ("timeline", "concepts", "people", "collections", "charts", "dataset")
_SECTION_OF: Final = {
    "person": "people",
    "organization": "people",
    "collection": "collections",
    "concept": "concepts",
    "year": "timeline",
}
#: Longer JSON-LD is linked, and not carried by the page: a page stays below 100 kB.
_MOST_JSON_LD: Final = 48_000
_COMPANIONS: Final = 12


class Pages:
    """Makes the pages of one archive.

    :param scheme: the concepts
    """

    def __init__(self, settings: Settings, scheme: Scheme) -> None:
        self._settings, self._scheme = settings, scheme
        self._base: Final = settings.base_iri

    def page(
        self, template: str, path: str, language: Language, *, title: str, section: str = "", **values: Any
    ) -> bytes:
        """Return a page.

        :param path: where it is, without suffix
        :param section: which entry of the menu it belongs to
        """
        words = WORDS[language]
        names = {tag: page_name(path, tag) for tag in ("fr", "en")}
        dataset = self._settings.dataset
        shared = {
            "language": language,
            "other": other(language),
            "words": words,
            "path": path,
            "root": relative(path),
            "names": names,
            "own": names[language],
            "base": self._base,
            "archive": _in(dataset.title, language),
            "publisher": dataset.publisher,
            "licence": dataset.license,
            "policy": POLICY,
            "menu": [(name, words[name]) for name in _SECTIONS],
            "section": section,
            "title": title,
            "link": lambda to: page_name(to, language),
            "tongue": lambda code: _tongues().get(code, {}).get(language, code),
            "summary": "",
            "json_ld": "",
        }
        return _environment().get_template(f"site/{template}").render({**shared, **values}).encode()

    def record(self, record: RecordView, language: Language, json_ld: bytes) -> bytes:
        """Return the page of a record, which carries its JSON-LD."""
        words = WORDS[language]
        terms = [
            (
                role,
                ROLE_WORDS[language][role],
                [(one.slug, self._scheme.label(one.slug, language, one.label.text)) for one in those],
            )
            for role, those in _by(record.terms, ROLES)
        ]
        agents = [(role, words[role], list(those)) for role, those in _by(record.agents, _AGENTS)]
        lead = record.lead.text or record.abstract.text
        return self.page(
            "record.html",
            record.path,
            language,
            title=record.title.text,
            section="timeline",
            summary=lead[:300],
            record=record,
            terms=terms,
            agents=agents,
            player=_player(record.recording.file),
            json_ld=_script(json_ld),
            suffixes=_SUFFIXES,
        )  # fmt: skip

    def gathered(
        self, one: Gathered, language: Language, json_ld: bytes, companions: Sequence[tuple[str, int]]
    ) -> bytes:
        """Return the page of a person, an organization, a collection, a concept or a year.

        :param companions: the concepts that stand beside this one, with how often they do
        """
        words = WORDS[language]
        kind, _, slug = one.path.partition("/")
        groups: list[tuple[str, str, list[Mention]]] = []
        for role, those in _by(one.mentions, (*ROLES, *_AGENTS, "collection", "year", "note")):
            label = ROLE_WORDS[language].get(role) or (words["notes"] if role == "note" else words.get(role, role))
            groups.append((role, words["records"] if role in ("collection", "year") else label, list(those)))
        is_candidate = kind == "concept" and slug not in self._scheme.labels
        labels = [(text, tag) for tag, text in sorted(self._scheme.labels.get(slug, {}).items()) if tag != language]
        labels += self._scheme.others.get(slug, []) if kind == "concept" else []
        definition = self._scheme.definitions.get(slug, {}) if kind == "concept" else {}
        abouts = [
            Text(text, tag) for tag, text in sorted(definition.items()) if tag == language or len(definition) == 1
        ]
        abouts += dict.fromkeys(mention.about for mention in one.mentions if mention.about.text)
        section = _SECTION_OF[kind]
        return self.page(
            "gathered.html",
            one.path,
            language,
            title=self.name(one, language),
            section=section,
            crumb=(section, words[section]),
            labels=labels if kind == "concept" else [],
            note=words["candidate"] if is_candidate else "",
            abouts=abouts[:5],
            groups=groups,
            cut=words["past"].replace("{n}", str(MOST)) if one.total > MOST else "",
            companions=[
                (name, self._scheme.label(name, language), count) for name, count in companions[:_COMPANIONS]
            ],
            suffixes=_SUFFIXES if one.lines else (),
            iri=f"{self._base}{one.path}",
            json_ld=_script(json_ld) if one.lines else "",
        )  # fmt: skip

    def name(self, one: Gathered, language: Language) -> str:
        """Return what something gathered is called."""
        kind, _, slug = one.path.partition("/")
        given = max((mention.name.text for mention in one.mentions), default="", key=len)
        return self._scheme.label(slug, language, given) if kind == "concept" else given or slug

    def value(self, facet: str, value: str, given: str, language: Language) -> str:
        """Return what a value of a facet is called."""
        if facet in ROLES:
            return self._scheme.label(value, language, given)
        if facet == "language":
            return _tongues().get(value, {}).get(language, value)
        return WORDS[language].get(value, value) if facet == "kind" else given or value

    def digest(self) -> bytes:
        """Return what every page depends on besides what it shows."""
        told = [sorted(one.items()) for one in (self._scheme.labels, self._scheme.definitions, self._scheme.others)]
        return hashlib.sha256(repr([told, self._settings.dataset, self._base]).encode()).digest()


def _by(entries: Iterable[Any], roles: Sequence[str]) -> Iterator[tuple[str, Iterator[Any]]]:
    """Yield what has each role, in the order of the roles."""
    order = {role: place for place, role in enumerate(roles)}
    known = [entry for entry in entries if entry.role in order]
    return groupby(sorted(known, key=lambda entry: order[entry.role]), key=lambda entry: entry.role)


def _in(texts: dict[str, str], language: Language) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def _player(file: str) -> str:
    name = file.partition("?")[0].lower()
    return "audio" if name.endswith(_AUDIO) else "video" if name.endswith(_VIDEO) else ""


def _script(json_ld: bytes) -> Markup | str:
    """Return JSON-LD as it may stand in a script element, where ``<`` could end it."""
    if not json_ld or len(json_ld) > _MOST_JSON_LD:
        return ""
    return Markup(json_ld.decode().replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - no mark-up is left in it


@lru_cache(maxsize=1)
def _tongues() -> dict[str, dict[str, str]]:
    return {language.alpha2: {"fr": language.name_fr, "en": language.name_en} for language in languages()}


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(day=day, length=length, nice=nice_name)
    return environment
