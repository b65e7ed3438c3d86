"""Whoever follows a feed, with a client of another make, ends with what the dump says."""

from __future__ import annotations

from pathlib import Path

import pytest

from commons_ld.feeds import atom, paging, publishing
from tests.archive import Archive
from tests.replaying import (
    Life,
    Records,
    atom_entries,
    dumped,
    follow_by_harvest,
    follow_by_ldes,
    follow_by_oai,
    follow_by_resourcesync,
    last_changes,
    ldes_client,
)
from tests.test_privacy_everywhere import written


@pytest.mark.parametrize(
    ("steps", "every"), [pytest.param(200, 10, marks=pytest.mark.long), (10, 5)], ids=["200 steps", "10 steps"]
)
def test_every_feed_ends_with_the_dump(
    tmp_path: Path, followed: tuple[Archive, str], monkeypatch: pytest.MonkeyPatch, steps: int, every: int
) -> None:
    """After creating, updating, renaming, merging, deleting and forgetting in a random order, looked at now and then."""
    monkeypatch.setattr(publishing, "pages", lambda log: paging.pages(log, 4))
    monkeypatch.setattr(publishing, "page_of", lambda log, number: paging.page_of(log, number, 4))
    archive, base = followed
    life = Life(archive, seed=steps)
    copy: Records = {}
    since = ""
    for number in range(1, steps + 1):
        life.step()
        if number % every:
            continue
        expected = dumped(archive)
        since = follow_by_oai(f"{base}oai", base, copy, since)
        assert copy == expected, life.happened
        assert follow_by_resourcesync(base, tmp_path, is_first=number == every) == expected, life.happened
        for protocol in ("ldes", "oai-pmh", "resourcesync"):
            assert follow_by_harvest(base, tmp_path, protocol) == expected, (protocol, life.happened)
        for language in ("fr", "en"):
            assert atom_entries(archive, language) == last_changes(archive, atom.SHOWN)
    if ldes_client():
        for suffix in ("ttl", "jsonld"):
            assert follow_by_ldes(f"{base}feeds/ldes/index.{suffix}") == dumped(archive), life.happened

    assert len(set(life.happened)) > 3
    for name in life.forgotten:
        word = name.split()[1].casefold()
        assert not [path for path, text in written(archive.root).items() if word in text]
    if not ldes_client():
        pytest.skip(
            "ldes-client is not installed: tests/servers/install-ldes-client.sh installs it; the rest was tested"
        )
