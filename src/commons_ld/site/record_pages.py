"""Make the pages of a record from its block: what depends on nothing but the block, and processes can share."""

from __future__ import annotations

from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.settings import Settings
from commons_ld.site.embedding import embedded
from commons_ld.site.layout import LANGUAGES, ROOT, page_name
from commons_ld.site.pages import Frame, render
from commons_ld.site.record_view import View
from commons_ld.site.told import tell, text_of, triples_of
from commons_ld.site.words import WORDS, day

__all__ = ["Labels", "RecordPages", "frame_of", "labels_of"]

#: Of each concept by its name in IRIs, what it is called, by language.
Labels = dict[str, dict[str, str]]

_CONCEPT: Final = "concept"


class RecordPages:
    """The pages of the records of an archive.

    :param labels: what the concepts of the scheme are called; filled once they are known
    """

    def __init__(self, settings: Settings, labels: Labels) -> None:
        self._frame: Final = frame_of(settings)
        policy = IriPolicy(settings.base_iri)
        self._views: Final = {language: View(policy, labels, language) for language in LANGUAGES}

    def pages(self, block: bytes, subject: str, path: str, data: bytes) -> dict[str, bytes]:
        """Return the pages of a record by their names in the publication, and its N-Triples.

        :param subject: its IRI
        :param path: the same without the base
        :param data: its JSON-LD
        """
        told, carried = tell(block), embedded(data)
        found: dict[str, bytes] = {}
        for language in LANGUAGES:
            view = self._views[language].record(told, subject)
            words = WORDS[language]
            crumbs = [(words["home"], "index"), (words["timeline"], "timeline")]
            year = (view.date or view.issued)[:4]
            if len(year) == 4 and year.isascii() and year.isdecimal():
                crumbs.append((year, f"year/{year}"))
            text = render(
                "record.html",
                self._frame._replace(
                    path=path,
                    crumbs=tuple(crumbs),
                    data=path,
                    json_ld=carried,
                    here="timeline",
                    script="record.js" if view.has_track else "",
                ),
                language,
                title=view.title.text,
                description=next((text.text for text in (*view.lead, *view.abstract)), day(view.date, language)),
                notes=view.notes,
                view=view,
            )
            found[ROOT + page_name(path, language)] = text.encode()
        found[f"{ROOT}{path}.nt"] = b"".join(statement for _, statement in triples_of(block))
        return found


def labels_of(concepts: bytes, policy: IriPolicy) -> Labels:
    """Return what the concepts are called that the block of the scheme tells of."""
    labels: Labels = {}
    for subject, properties in tell(concepts).items():
        iri = policy.parse(subject)
        if iri is not None and iri.kind == _CONCEPT:
            for label in properties.get("skos:prefLabel", ()):
                text = text_of(label)
                labels.setdefault(iri.slug, {}).setdefault(text.language, text.text)
    return labels


def frame_of(settings: Settings) -> Frame:
    """Return what all pages of a site have in common."""

    def told(texts: dict[str, str]) -> dict[Language, str]:
        first = next(iter(texts.values()), settings.base_iri)
        return {language: texts.get(language, first) for language in LANGUAGES}

    return Frame(settings.base_iri, told(settings.dataset.title), told(settings.dataset.description))
