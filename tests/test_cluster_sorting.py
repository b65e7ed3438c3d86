"""Statements that records share come in their order and each once, however many there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons_ld.cluster import sorting
from commons_ld.cluster.sorting import Sorted
from commons_ld.outputs.spool import Spool

_SHARDS = st.lists(st.lists(st.sampled_from([b"<a> <b> %d" % n for n in range(9)])), max_size=6)


@given(_SHARDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_are_sorted_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shards: list[list[bytes]]
) -> None:
    """Some went there, some did not, and some that went there come again."""
    monkeypatch.setattr(sorting, "_MOST", 4)
    with Spool(tmp_path / "spool") as spool:
        found, few = Sorted(spool), Sorted()
        for shard in shards:
            found.update(shard)
            few.add((statement, b"") for statement in shard)
        told = list(found)

    assert told == list(few) == [(statement, b"") for statement in sorted({one for shard in shards for one in shard})]
    assert len(found._found) < 4
