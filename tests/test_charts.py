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
        if "results" in kept:
            assert kept["results"][0]["times_as_long"] == 1
        else:
            assert kept["runs"][0]["export"] == "first"


def grown() -> dict[str, Any]:
    """Return what exports of three sizes may have taken, where the time of the first grows in proportion."""
    runs = [
        {"records": records, "export": export, "has_site": has_site, "jobs": 2, "seconds": seconds, "processor": 1.0,
         "memory": 90, "bytes": records * 1000}
        for records in (1000, 10_000, 100_000)
        for has_site in (False, True)
        for export, seconds in (("first", records / 400), ("one changed", records / 4000))
    ]  # fmt: skip
    return {"benchmark": "exporting", "machine": found()["machine"], "proof": "the same bytes", "runs": runs}


def test_what_grows_in_proportion_rises_as_the_line_of_proportion() -> None:
    """Of each kind of export there is a line through a point a size, and its last point is told in seconds."""
    root = ElementTree.fromstring(chart(grown()))
    lines = [one.attrib for one in root.iter("{http://www.w3.org/2000/svg}line") if one.attrib["stroke"] != "#e4e7ec"]
    rises = {
        (one["stroke"], round((float(one["y1"]) - float(one["y2"])) / (float(one["x2"]) - float(one["x1"])), 2))
        for one in lines
    }
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]

    assert len(rises) == 3
    assert len({rise for _, rise in rises}) == 1
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 6
    assert {"first, 250.0 s", "one changed, 25.0 s", "1,000", "100,000", "10 s"} <= set(texts)


def test_a_table_of_exports_tells_each_beside_the_first() -> None:
    """The size, the memory, and the part of the first that the next one takes."""
    lines = table(grown()).splitlines()

    assert lines[3] == "| 1,000 | no | 2 | one changed | 0.2 | 1.0 | 90 | 1 | 10.0% |"
    assert "Proved besides: the same bytes." in lines


def test_a_lean_export_is_told_and_drawn_apart() -> None:
    """It writes less than the others of its size, and so is no point of theirs."""
    found = grown()
    drawn = chart(found)
    found["runs"].append(found["runs"][0] | {"is_lean": True, "seconds": 1.0})

    assert "| 1,000 | no, lean | 2 | first | 1.0 | 1.0 | 90 | 1 | 100.0% |" in table(found).splitlines()
    assert chart(found) == drawn


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


def test_where_all_exports_are_lean_these_are_drawn() -> None:
    """And are told to be so."""
    found = grown()
    found["runs"] = [run | {"is_lean": True} for run in found["runs"] if not run["has_site"]]

    assert "lean exports, 2 processes" in chart(found)
    assert "first, 250.0 s" in chart(found)
