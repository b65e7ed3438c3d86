"""Make the pages of a record from its block: what depends on nothing but the block, and processes can share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.things import Thing, things_of
from commons_ld.settings import Settings
from commons_ld.site.embedding import embedded
from commons_ld.site.layout import LANGUAGES, ROOT, nth, page_name, pager
from commons_ld.site.note_pages import Parted
from commons_ld.site.pages import Frame, render
from commons_ld.site.record_view import RecordView, View
from commons_ld.site.told import Told, n_triples, tell, tell_things, text_of
from commons_ld.site.words import WORDS, day

__all__ = ["Labels", "RecordPages", "frame_of", "labels_of"]

#: Of each concept by its name in IRIs, what it is called, by language.
Labels = dict[str, dict[str, str]]

_CONCEPT: Final = "concept"
#: Bytes of data of a record that fits on one page, whatever it says.
_SHORT: Final = 20_000
#: Bytes of a page for what it shows and carries, without its frame and its style; and for its notes at least.
_ROOM, _LEAST = 74_000, 10_000


class _Shown(NamedTuple):
    """What the pages of a record show.

    :param carried: the data that the first one carries
    """

    block: bytes
    path: str
    views: dict[Language, RecordView]
    carried: bytes
    parted: Parted


class RecordPages:
    """The pages of the records of an archive.

    :param labels: what the concepts of the scheme are called; filled once they are known
    """

    def __init__(self, settings: Settings, labels: Labels) -> None:
        self._frame: Final = frame_of(settings)
        policy = IriPolicy(settings.base_iri)
        self._views: Final = {language: View(policy, labels, language) for language in LANGUAGES}

    def pages(
        self, block: bytes, subject: str, path: str, data: bytes, apart: Sequence[Thing] = (), content: bytes = b""
    ) -> dict[str, bytes]:
        """Return the pages of a record by their names in the publication, and its N-Triples.

        :param subject: its IRI
        :param path: the same without the base
        :param data: its JSON-LD
        :param apart: what its block says of each thing, if that is known already
        :param content: its JSON-LD on one line and without the context, if that is at hand
        """
        return self._pages(self._shown(block, subject, path, data, apart, content))

    def pages_of_some(
        self, records: Iterable[tuple[bytes, str, str, bytes, Sequence[Thing], bytes]]
    ) -> list[dict[str, bytes]]:
        """Return what :meth:`pages` returns of each of some records: what they show is found first, then written."""
        return [self._pages(shown) for shown in [self._shown(*one) for one in records]]

    def _shown(
        self, block: bytes, subject: str, path: str, data: bytes, apart: Sequence[Thing], content: bytes
    ) -> _Shown:
        views = self._views_of(tell_things(apart or things_of(block)), subject)
        return _Shown(block, path, views, *_parted(path, views[LANGUAGES[0]], data, content))

    def _pages(self, shown: _Shown) -> dict[str, bytes]:
        block, path, views, carried, parted = shown
        found: dict[str, bytes] = {}
        for language, view in views.items():
            for number in range(1, parted.pages + 1):
                text = self._page(path, view, language, parted, number, carried if number == 1 else b"")
                found[ROOT + page_name(nth(path, number), language)] = text.encode()
        found[f"{ROOT}{path}.nt"] = n_triples(block)
        return found

    def _views_of(self, told: Told, subject: str) -> dict[Language, RecordView]:
        # What a block tells is not held while pages are made of the views: that of a long chat takes much memory.
        found: dict[Language, RecordView] = {}
        for language, view in self._views.items():
            found[language] = view.record(told, subject, next(iter(found.values()), None))
        return found

    def _page(
        self, path: str, view: RecordView, language: Language, parted: Parted, number: int, carried: bytes
    ) -> str:
        words = WORDS[language]
        crumbs = [(words["home"], "index"), (words["timeline"], "timeline")]
        year = (view.date or view.issued)[:4]
        if len(year) == 4 and year.isascii() and year.isdecimal():
            crumbs.append((year, f"year/{year}"))
        about = next((text.text for text in (*view.lead, *view.abstract)), day(view.date, language))
        title = view.title.text
        if number > 1:
            crumbs.append((title, path))
            title = f"{title} ({words['page_of'].format(page=number, pages=parted.pages)})"
        return render(
            "record.html" if number == 1 else "more_notes.html",
            self._frame._replace(
                path=nth(path, number),
                crumbs=tuple(crumbs),
                data=path,
                json_ld=carried,
                here="timeline",
                script="record.js" if view.has_track or parted.pages > 1 else "",
            ),
            language,
            title=title,
            description=about,
            links=pager(path, number, parted.pages, language),
            notes=view.notes[parted.on(number)],
            number=number,
            parted=parted,
            view=view,
        )


def _parted(path: str, view: RecordView, data: bytes, content: bytes) -> tuple[bytes, Parted]:
    """Return the data that the page of a record carries, and its notes by page: they share what room there is."""
    carried = embedded(data, content=content)
    if len(data) <= _SHORT:
        return carried, Parted(path, view.notes)
    others = embedded(data, has_notes=False)
    # What else a page shows takes twice as much as the data that tell it.
    room = max(_LEAST, _ROOM - 3 * len(others))
    address = next(iter(view.media), "")
    parted = Parted(path, view.notes, address, room - len(carried) + len(others))
    if parted.pages == 1:
        return carried, parted
    return others, Parted(path, view.notes, address, room)


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
