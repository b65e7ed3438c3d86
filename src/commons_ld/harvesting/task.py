"""Harvest: find the feed, read what changed since the last time, keep it, and write the copy."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from commons_ld.errors import HarvestError
from commons_ld.harvesting.copy import Change, Copy
from commons_ld.harvesting.discovering import discover
from commons_ld.harvesting.ldes import Ldes
from commons_ld.harvesting.listed import ResourceSync, Sitemap
from commons_ld.harvesting.oai import OaiPmh
from commons_ld.harvesting.told import Anew, Archive, Feed, Refused
from commons_ld.harvesting.words import said
from commons_ld.http_client import Note, connect, named, silent, user_agent
from commons_ld.settings import Settings
from commons_ld.text import shown
from commons_ld.wiki.names import safe_stem

__all__ = ["PROTOCOLS", "Harvested", "Task", "default_folder", "harvest"]

#: How an archive can be harvested, by the name that ``--as`` takes.
PROTOCOLS: Final[Mapping[str, Callable[[Task], Feed]]] = {
    "ldes": lambda _task: Ldes(),
    "resourcesync": lambda _task: ResourceSync(),
    "oai-pmh": lambda task: OaiPmh(task.prefix, task.set_),
    "schema.org": lambda _task: Sitemap(),
}
#: More than this many records that are not there any more, and more than this share of all, are not believed.
_FEW: Final = 5
_SHARE: Final = 0.05


class Task(NamedTuple):
    """What is asked for.

    :param url: of a site, or of one of its feeds
    :param into: the folder of the copy
    :param protocol: one of :data:`PROTOCOLS`; ``""`` for the best there is
    :param prefix: the format of OAI-PMH; ``""`` for the richest
    :param set_: the set of OAI-PMH; ``""`` for everything
    :param hosts: other hosts that may be asked
    :param anew: read everything, whatever is known
    :param allow_deletions: believe that records are gone, however many they are
    :param dry_run: only tell what would be harvested
    """

    url: str
    into: Path
    protocol: str = ""
    prefix: str = ""
    set_: str = ""
    hosts: tuple[str, ...] = ()
    anew: bool = False
    allow_deletions: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Harvested:
    """What came of it, or with ``dry_run`` would come of it.

    :param changes: in the order in which they came
    :param refused: the records that could not be read, in this run or before, and were not read since
    :param kept: how many records were kept though they were not met, since they were too many
    """

    url: str
    protocol: str
    folder: Path
    dry_run: bool = False
    records: int = 0
    kept: int = 0
    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether the copy holds every record of the archive, and no other."""
        return not self.refused and not self.kept


def harvest(
    task: Task,
    settings: Settings,
    *,
    note: Note = silent,
    sleep: Callable[[float], None] = time.sleep,
    http: httpx.Client | None = None,
) -> Harvested:
    """Bring the copy of an archive up to date, or tell what that would change.

    :raises HarvestError: if the archive cannot be harvested; what was harvested before stands
    """
    url = _address(task.url)
    if not (settings.dataset.contact or settings.dataset.homepage):
        note(said("no-contact"))
    with (
        http or connect(user_agent(settings)) as connection,
        Copy(task.into, _source(task, url), dry_run=task.dry_run) as copy,
    ):
        archive = Archive(
            connection, url, task.hosts, sleep=sleep, note=note, genid=_genid(settings), tag_of=copy.tag_of
        )
        protocol, begin = discover(archive, url, task.protocol)
        note(said("took", url=named(begin), value=protocol))
        done = Harvested(named(begin), protocol, task.into, task.dry_run)
        feed = PROTOCOLS[protocol](task)
        if task.anew and copy.cursor:
            copy.begin_anew()
        try:
            _follow(feed, archive, begin, copy, done)
        except Anew:
            if not feed.is_whole:
                note(said("anew"))
            copy.begin_anew()
            _follow(feed, archive, begin, copy, done)
        unmet = copy.unmet() if copy.is_reading else []
        if len(unmet) > max(_FEW, _SHARE * copy.count) and not task.allow_deletions:
            done.kept = len(unmet)
            note(said("vanished", value=len(unmet), known=copy.count))
        elif copy.is_reading:
            done.changes += copy.end_reading()
        copy.write()
        done.records, done.refused = copy.count, copy.refused
    return done


def _follow(
    feed: Feed,
    archive: Archive,
    begin: httpx.URL,
    copy: Copy,
    done: Harvested,
) -> None:
    for deed in feed.changes(archive, begin, copy.cursor, copy.refused):
        done.changes += copy.keep(deed)


def _address(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text if "://" in text else f"https://{text}")
    except httpx.InvalidURL:
        raise HarvestError(shown(text), said("bad-address")) from None
    if url.scheme not in ("http", "https") or not url.host:
        raise HarvestError(shown(text), said("bad-address"))
    if url.userinfo:
        raise HarvestError(named(url), said("address-with-password"))
    return url.copy_with(fragment=None)


def _source(task: Task, url: httpx.URL) -> str:
    """Return what a folder is a copy of: other words would ask for other records."""
    asked = (f"{name}={value}" for name, value in (("prefix", task.prefix), ("set", task.set_)) if value)
    return " ".join((str(url), *asked))


def _genid(settings: Settings) -> str:
    """Return what the names of blank nodes begin with (RDF 1.1 Concepts, section 3.5), on the host of our IRIs."""
    parts = urlsplit(settings.base_iri)
    return f"{parts.scheme}://{parts.netloc}/.well-known/genid/"


def default_folder(settings: Settings, url: str) -> Path:
    """Return where a copy lies if no folder is named: ``harvested/`` beside the settings, by host and path.

    >>> default_folder(Settings(), "https://archive.example/a/?b=c").as_posix()
    'harvested/archive.example-a'
    """
    address = _address(url)
    name = safe_stem(
        f"{address.host}{f'-{address.port}' if address.port else ''}{address.path.rstrip('/')}".replace("/", "-")
    )
    return settings.path(f"harvested/{name[:100]}")
