"""The tables and charts of the benchmarks: they say what was found, and nothing else."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from benchmarks import mapping
from benchmarks.charts import KEPT, chart, load, table
from benchmarks.measuring import Engine, Result
from benchmarks.processes import Usage
from benchmarks.validating import bars


def found(**changes: Any) -> dict[str, Any]:
    """Return what a benchmark may have found."""
    rows = [
        {"records": 10, "engine": "ours", "is_peer": False, "times_as_long": 1.0},
        {"records": 10, "engine": "<theirs>", "is_peer": True, "times_as_long": 8.0},
    ]
    figures = {"seconds": 0.5, "processor_seconds": 0.4, "records_per_second": 20, "peak_bytes": 3 << 20}
    return {
        "benchmark": "trying",
        "machine": {"python": "3.11.7", "system": "Linux", "machine": "x86_64", "cores": 2},
        "versions": {"peer": "1.0"},
        "proof": "the same sums",
        "results": [figures | row for row in rows],
        "bars": [{"text": "twice as fast", "is_met": True}, {"text": "ten times", "is_met": False}],
    } | changes


def test_a_table_tells_the_figures_the_proof_and_what_was_missed() -> None:
    """Also where a peer is ahead."""
    lines = table(found()).splitlines()

    assert lines[2] == "| 10 | ours | 0.50 | 0.40 | 20 | 3 | 1.0 times |"
    assert "Proved first: the same sums." in lines
    assert lines[-2:] == ["- Met: twice as fast.", "- **Missed**: ten times."]


def test_a_chart_is_well_formed_and_longer_where_it_takes_longer() -> None:
    """Names are escaped; a bar grows with what it stands for."""
    bars = [
        float(one.attrib["width"])
        for one in ElementTree.fromstring(chart(found())).iter("{http://www.w3.org/2000/svg}rect")
        if one.attrib["width"] != "100%"
    ]

    assert bars == sorted(bars)
    assert len(set(bars)) == 2


def test_what_is_kept_is_of_this_form() -> None:
    """Each benchmark names itself, and what was proved before it was timed."""
    for path in KEPT.glob("*.json"):
        kept = load(path.stem)
        assert kept["benchmark"] == path.stem
        assert kept["proof"]
        assert kept["results"][0]["times_as_long"] == 1


def test_each_engine_is_held_to_its_bar_where_there_is_most_to_do() -> None:
    """pySHACL at the largest size that it was run at, the Rust engine at the largest of all."""

    def result(records: int, name: str, seconds: float, bar: float = 0, *, is_peer: bool = True) -> Result:
        return Result(records, Engine(name, (), is_peer, bar), [Usage(seconds, seconds, 1)])

    def ours(records: int) -> list[Result]:
        guarded = result(records, "commons-ld, guard and compiled shapes", records / 100, is_peer=False)
        return [guarded, result(records, "commons-ld, compiled shapes alone", records / 50, is_peer=False)]

    rust = [result(records, "shacl", records / 100, 2.5) for records in (100, 1000)]
    results = [*ours(100), result(100, "pySHACL, record by record", 150, 100), *ours(1000), *rust]

    assert [(bar.text.partition(":")[0], bar.is_met) for bar in bars(results)] == [
        ("100 records", True),
        ("1,000 records", False),
        ("100 records", True),
    ]


def test_the_mapping_is_held_to_its_bars_and_says_where_a_peer_is_ahead() -> None:
    """To two processes, to DuckDB, to the floor and to the memory, whatever comes of it."""

    def result(name: str, seconds: float, bar: float = 0, *, mebibytes: int = 40) -> Result:
        usage = Usage(seconds, seconds, mebibytes << 20)
        return Result(1000, Engine(name, (), not name.startswith("commons-ld"), bar), [usage])

    def met(shared: float, mebibytes: int) -> list[bool]:
        results = [
            result("commons-ld, blocks", 10, mebibytes=mebibytes),
            result("commons-ld, blocks, two processes", shared),
            result("the floor: decode, and write the same bytes", 4),
            result("DuckDB, strings in SQL, two threads", 5.5),
            result("morph-kgc", 100, 12),
        ]
        return [bar.is_met for bar in mapping.bars(results)]

    assert met(5, 40) == [False, True, True, False, True]
    assert met(6, 65) == [False, False, False, False, False]
