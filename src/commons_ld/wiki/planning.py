"""Compare what lies in the folder with what is to lie there, and tell what changed. Nothing is touched here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from commons_ld.sources.sidecar import Sidecar
from commons_ld.wiki.names import folded, names_of, safe_stem
from commons_ld.wiki.snapshot import Journal, Kept, Put, Snapshot, ordered

__all__ = ["Change", "Plan", "planned"]


class Change(NamedTuple):
    """What became of one page.

    :param kind: ``new``, ``changed`` (its text), ``moved``, ``deleted``, ``noted`` (its revision or its redirects, with
        the same text) or ``restored`` (its file, which somebody had changed here)
    :param former: the title it had before, if it was moved
    """

    kind: str
    title: str
    former: str = ""


class Plan(NamedTuple):
    """What is to be done to the folder.

    :param pages: what is to lie there in the end, by the number of the page
    :param changes: by title
    """

    pages: Mapping[int, Sidecar]
    journal: Journal
    changes: tuple[Change, ...]


def planned(
    snapshot: Snapshot, known: Mapping[int, Kept], pages: Mapping[int, Sidecar], fresh: Collection[int]
) -> Plan:
    """Return what is to be done to come from a snapshot to these pages.

    :param known: the one of the snapshot that counts, for each page
    :param pages: what is to lie there in the end
    :param fresh: the pages that the wiki was asked about: their files are mended where somebody changed them
    """
    stems = names_of(((page.pageid, page.title) for page in pages.values()), _taken(snapshot, pages))
    puts = [
        Put(stems[number], page) for number, page in pages.items() if not _stands(known.get(number), stems, page, fresh)
    ]
    wanted = {stems[number]: page.sha1 for number, page in pages.items()}
    drop = {kept.stem for kept in snapshot.pages} - wanted.keys()
    touched = drop | {put.stem for put in puts}
    aside = sorted(
        (kept.stem, kept.sha1)
        for kept in snapshot.pages
        if kept.sha1 and not kept.intact and kept.stem in touched and wanted.get(kept.stem) != kept.sha1
    )
    held = {kept.stem: kept.sidecar.pageid for kept in snapshot.pages}
    journal = Journal(ordered(puts, held), tuple(sorted(drop)), tuple(aside))
    return Plan(pages, journal, tuple(sorted(_changes(known, pages, fresh), key=lambda change: change[1::-1])))


def _taken(snapshot: Snapshot, pages: Mapping[int, Sidecar]) -> set[str]:
    """Return the names that are not free: a text that lost its sidecar, and is the page's own, gives its name back."""
    own = {safe_stem(page.title): page.sha1 for page in pages.values()}
    return set(snapshot.foreign) - {folded(stem) for stem, digest in snapshot.lone.items() if own.get(stem) == digest}


def _stands(kept: Kept | None, stems: Mapping[int, str], page: Sidecar, fresh: Collection[int]) -> bool:
    if kept is None or (kept.stem, kept.sidecar) != (stems[page.pageid], page):
        return False
    return kept.intact or page.pageid not in fresh


def _changes(known: Mapping[int, Kept], pages: Mapping[int, Sidecar], fresh: Collection[int]) -> Iterator[Change]:
    for number, kept in known.items():
        if number not in pages:
            yield Change("deleted", kept.sidecar.title)
    for number, page in pages.items():
        if number not in known:
            yield Change("new", page.title)
            continue
        before, is_intact = known[number].sidecar, known[number].intact
        if page.title != before.title:
            yield Change("moved", page.title, before.title)
        if page.sha1 != before.sha1:
            yield Change("changed", page.title)
        elif not is_intact and number in fresh:
            yield Change("restored", page.title)
        elif page != before and page.title == before.title:
            yield Change("noted", page.title)
