"""Write the feeds of a publication: what is closed is taken over from the one before, and the rest written again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final

import msgspec

from commons_ld.feeds import activity, atom, ldes, resourcesync, tombstones
from commons_ld.feeds.oai_sets import sets_of
from commons_ld.feeds.oai_state import STATE, Row
from commons_ld.feeds.paging import Page, page_of, pages
from commons_ld.iris import IriPolicy
from commons_ld.ledger import Ledger
from commons_ld.ledger.log import Change
from commons_ld.outputs.generation import Generation
from commons_ld.outputs.standing import Standing, stands
from commons_ld.rdf.n_quads import NQuads, n_quads_of
from commons_ld.settings import Settings

__all__ = ["ROOT", "write_feeds", "write_tombstones"]

#: The folder that a web host serves, below that of the publication.
ROOT: Final = "site/"
_PAGE_NAME: Final = re.compile(r"[0-9]{6}-[0-9a-f]{12}\.(?:trig|jsonld|json)")


def write_feeds(generation: Generation, ledger: Ledger, settings: Settings, standing: Sequence[Standing] = ()) -> None:
    """Write every feed, once the dumps and the files of the records are written.

    :param standing: what of the publication before stands as it is
    :raises PublicationError: if one cannot be written
    """
    with NQuads(n_quads_of(generation.folder)) as n_quads:
        kept = _write_ldes(generation, ledger, _Versions(generation, ledger, n_quads, IriPolicy(settings.base_iri)))
    _write_activity(generation, pages(ledger.log), kept, settings)
    _write_resources(generation, ledger, settings)
    _write_atom(generation, ledger, settings)
    write_tombstones(generation, ledger, settings)
    _write_state(generation, ledger, settings, standing)


class _Versions:
    """What records said after changes, from wherever it is still known."""

    def __init__(self, generation: Generation, ledger: Ledger, n_quads: NQuads, policy: IriPolicy) -> None:
        self._generation, self._ledger, self._n_quads, self._policy = generation, ledger, n_quads, policy

    def of(self, page: Page) -> dict[int, bytes]:
        """Return the blocks of the changes of a page, by their numbers; ends have none, and what is erased has none."""
        wanted = [change for change in page.changes if not change.is_end and not change.erased]
        found = {change.number: data for change in wanted if (data := self._kept(change))}
        if len(found) < len(wanted):
            old = self._from_before(page, wanted)
            for change in wanted:
                data = old.get(change.number, b"")
                if change.number not in found and hashlib.sha256(data).hexdigest() == change.after:
                    found[change.number] = data
        return found

    def _kept(self, change: Change) -> bytes | None:
        place = self._ledger.place(change.subject)
        if place is not None and place[0] == change.after:
            return self._n_quads.read(*place[1:])
        return self._ledger.log.version(change.number)

    def _from_before(self, page: Page, wanted: Sequence[Change]) -> dict[int, bytes]:
        """Return what the page that had this place in the publication before holds."""
        if self._generation.previous is None:
            return {}
        graphs = {change.subject: self._graph(change.subject) for change in wanted}
        found: dict[int, bytes] = {}
        folder = self._generation.previous / ROOT / ldes.FOLDER
        for path in sorted(folder.glob(f"{page.number:06d}-*.trig")):
            found |= ldes.versions_of(path.read_bytes(), graphs)
        return found

    def _graph(self, subject: str) -> str:
        parsed = self._policy.parse(subject)
        return self._policy.mint("graph", parsed.slug) if parsed else subject


def _write_ldes(generation: Generation, ledger: Ledger, versions: _Versions) -> set[int]:
    """Write the stream; return the numbers of the pages that were full already and stay as they are."""
    log = ledger.log
    count = sum(1 for _ in pages(log))
    last: dict[int, bytes] = {}
    found: list[Page] = []
    kept: set[int] = set()
    for number in range(1, count + 1):
        page = page_of(log, number)
        if _was_closed(generation, page) and generation.keep(*_names(page)):
            kept.add(number)
        else:
            last = versions.of(page)
            for change in page.changes:
                if not change.is_end and not change.erased and change.number not in last:
                    log.erase(change.number)  # nothing has what it said: another folder, or a lost publication
            page = page_of(log, number)
            _write_page(generation, page, last)
        found.append(page._replace(changes=(page.changes[0], page.changes[-1])))
    since = log.complete_from()
    generation.write(f"{ROOT}{ldes.FOLDER}index.ttl", ldes.root_turtle(found, since))
    generation.write(f"{ROOT}{ldes.FOLDER}index.jsonld", ldes.root_jsonld(found, since))
    log.keep_versions([] if not found or found[-1].is_closed else sorted(last.items()))
    return kept


def _was_closed(generation: Generation, page: Page) -> bool:
    """Tell whether the publication before has a page of that name that was full: one that was not has the name too."""
    name = _names(page)[0]
    return page.is_closed and generation.previous is not None and ldes.is_immutable(generation.previous / name)


def _names(page: Page) -> list[str]:
    return [f"{ROOT}{ldes.FOLDER}{page.name}{suffix}" for suffix in ldes.SUFFIXES.values()]


def _write_page(generation: Generation, page: Page, blocks: dict[int, bytes]) -> None:
    def block(change: Change) -> bytes:
        return blocks[change.number]

    trig, jsonld = _names(page)
    with generation.open(trig) as file:
        file.writelines(ldes.page_trig(page, block))
    generation.write(jsonld, ldes.page_jsonld(page, block))


def _write_activity(generation: Generation, found: Iterable[Page], kept: Collection[int], settings: Settings) -> None:
    base_iri = settings.base_iri
    first = before = ""
    total = 0
    for page in found:
        name = activity.page_name(page, before)
        path = f"{ROOT}{activity.FOLDER}{name}.json"
        if not (page.number in kept and generation.keep(path)):
            generation.write(path, activity.ordered_page(page, name, before, base_iri))
        first, before = first or name, name
        total += sum(1 for _ in page.told)
    collection = activity.collection(first, before, total, base_iri, is_described=settings.output.site)
    generation.write(f"{ROOT}{activity.FOLDER}collection.json", collection)


# ── ResourceSync ─────────────────────────────────────────────────────────────────────────────────────────


def _write_resources(generation: Generation, ledger: Ledger, settings: Settings) -> None:
    if not settings.output.records:
        return  # there are no resources then
    base, folder = settings.base_iri, ROOT + resourcesync.FOLDER
    last = ledger.log.last_datestamp()
    first = ledger.log.complete_from()
    generation.write(ROOT + resourcesync.WELL_KNOWN, resourcesync.source(base))
    generation.write(f"{folder}capabilitylist.xml", resourcesync.capability_list(base))
    live = (change for change in ledger.log.latest() if not change.is_end)
    _write_lists(
        generation,
        "resourcelist",
        (_resource(generation, change, base) for change in live),
        base,
        partial(resourcesync.resources, at=last),
        {"at": last},
    )
    _write_lists(
        generation,
        "changelist",
        (_resource(generation, change, base) for change in ledger.log.latest()),
        base,
        partial(resourcesync.changes, since=first),
        {"from_": first},
    )


def _write_lists(
    generation: Generation,
    name: str,
    found: Iterator[resourcesync.Resource],
    base_iri: str,
    document: Callable[[Iterable[resourcesync.Resource], str, str], bytes],
    times: dict[str, str],
) -> None:
    """Write a list, or as many as it takes, with an index of them."""
    path = f"{resourcesync.FOLDER}{name}"
    some = list(islice(found, resourcesync.LIMIT))
    more = next(found, None)
    if more is None:
        generation.write(f"{ROOT}{path}.xml", document(some, base_iri, ""))
        return
    urls: list[str] = []
    rest = chain([more], found)
    while some:
        urls.append(f"{base_iri}{path}-{len(urls) + 1}.xml")
        generation.write(f"{ROOT}{path}-{len(urls)}.xml", document(some, base_iri, f"{base_iri}{path}.xml"))
        some = list(islice(rest, resourcesync.LIMIT))
    generation.write(f"{ROOT}{path}.xml", resourcesync.index(urls, base_iri, name, **times))


def _resource(generation: Generation, change: Change, base_iri: str) -> resourcesync.Resource:
    url = f"{change.subject}.jsonld"
    name = url.removeprefix(base_iri)
    if change.is_end:
        return resourcesync.Resource(url, change.at, change.kind)
    length = generation.path(name).stat().st_size
    return resourcesync.Resource(url, change.at, change.kind, generation.digest(name), length)


# ── For people, and what is gone ─────────────────────────────────────────────────────────────────────────


def _write_atom(generation: Generation, ledger: Ledger, settings: Settings) -> None:
    count = ledger.log.count()
    changes = [change for change in ledger.log.between(count - atom.SHOWN + 1, count) if change.subject][::-1]
    titles = ledger.log.titles_of(change.subject for change in changes)
    told = [
        # What is gone is told of by its address alone.
        (change, titles[change.subject] if _is_live(ledger, change) else change.subject.removeprefix(settings.base_iri))
        for change in changes
    ]
    for language in ("fr", "en"):
        by_language = settings.dataset.title
        title = by_language.get(language) or next(iter(by_language.values()), settings.base_iri)
        about = atom.About(title, settings.dataset.publisher, settings.base_iri)
        generation.write(ROOT + atom.name(language), atom.feed(told, about, language))


def _is_live(ledger: Ledger, change: Change) -> bool:
    last = ledger.log.last(change.subject)
    return last is not None and not last.is_end


def write_tombstones(generation: Generation, ledger: Ledger, settings: Settings) -> None:
    """Write what stands where records were, and pages of feeds that were issued anew.

    :raises PublicationError: if a file cannot be written
    """
    folder = ROOT + tombstones.FOLDER
    site = settings.base_iri if settings.output.site else ""
    for change in ledger.log.latest():
        if change.is_end and change.subject.startswith(settings.base_iri):
            name = f"{folder}{change.subject.removeprefix(settings.base_iri)}"
            generation.write(f"{name}.html", tombstones.html(change.at, change.target, site=site))
            generation.write(f"{name}.ttl", tombstones.turtle(change.subject, change.at, change.target))
    for name in _left(generation, (ldes.FOLDER, activity.FOLDER)):
        # A page that was issued anew: whoever asks for the old one is to hear that it is gone for good.
        if not generation.digest(ROOT + name):
            generation.write(f"{folder}{name}", b"")


def _left(generation: Generation, folders: Sequence[str]) -> Iterator[str]:
    """Yield the names of the pages of feeds that the publication before had, and of those that were gone already."""
    if generation.previous is None:
        return
    for folder in folders:
        there = {path.name for path in _files(generation.previous / ROOT / folder)}
        gone = {path.name for path in _files(generation.previous / ROOT / tombstones.FOLDER / folder)}
        for name in sorted(there | gone):
            if _PAGE_NAME.fullmatch(name):
                yield folder + name


def _files(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


# ── What OAI-PMH answers from ────────────────────────────────────────────────────────────────────────────


def _write_state(generation: Generation, ledger: Ledger, settings: Settings, standing: Sequence[Standing]) -> None:
    """Write a line for each record that ever was: by it requests are answered (:mod:`commons_ld.feeds.oai`)."""
    gone = {change.subject.removeprefix(settings.base_iri) for change in ledger.log.latest() if change.is_end}
    left = {row.name: row.sets for row in _rows_before(generation) if row.name in gone} if gone else {}
    before = _rows_before(generation)
    with generation.open(STATE) as file, NQuads(n_quads_of(generation.folder)) as n_quads:
        for change in ledger.log.latest():
            name = change.subject.removeprefix(settings.base_iri)
            # What is gone stays in its sets: who harvests a set is to hear of it.
            row = Row(name, change.at, left.get(name, ()))
            place = ledger.place(change.subject)
            if not change.is_end and place is not None:
                _, start, length = place
                # What stands came in the same order before.
                was = next((row for row in before if row.name == name), None) if _stands(name, standing) else None
                sets = was.sets if was else sets_of(n_quads.read(start, length), settings.base_iri)
                row = row._replace(sets=sets, start=start, length=length)
            file.write(msgspec.json.encode(row) + b"\n")


def _stands(name: str, standing: Sequence[Standing]) -> bool:
    return stands(name.rpartition("/")[2], standing)


def _rows_before(generation: Generation) -> Iterator[Row]:
    """Yield the lines of the publication before."""
    path = generation.previous / STATE if generation.previous else None
    if path is not None and path.is_file():
        decode = msgspec.json.Decoder(Row).decode
        with path.open("rb") as file:
            yield from map(decode, file)
