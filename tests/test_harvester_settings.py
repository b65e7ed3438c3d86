"""What harvesters ask of the settings: what the documentation says is what the checks find on the demonstration data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from commons_ld.harvesters.checking import HARVESTERS, check
from commons_ld.harvesters.rules import Verdict
from commons_ld.settings import DatasetSettings, PodcastSettings
from tests.archive import Archive
from tests.generated import REPOSITORY

DOCS = (REPOSITORY / "docs" / "harvesters.md").read_text(encoding="utf-8")
_EXAMPLE = re.search(r"<!-- tested: settings that everybody accepts -->\n```toml\n(.*?)```", DOCS, re.DOTALL)
_TABLE = re.search(r"<!-- tested: what each asks for -->\n\n.*?\n\|[|-]*\n(.*?)\n\n", DOCS, re.DOTALL)


def verdicts(folder: Path, **told: Any) -> list[Verdict]:
    """Return what each harvester says of the demonstration data, published with some settings."""
    archive = Archive(folder, sources=(str(REPOSITORY / "data"),), **told)
    archive.export()
    return [check(archive.out, name, settings=archive.settings) for name in HARVESTERS]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """What they say where none of these settings is made."""
    return verdicts(tmp_path_factory.mktemp("bare"))


def documented() -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the settings of the table, each with how it is missed and by whom."""
    assert _TABLE is not None
    for row in _TABLE[1].splitlines():
        setting, rejecting, warning = row.strip("|").split("|")
        for severity, names in (("Violation", rejecting), ("Warning", warning)):
            for name in re.findall(r"`([a-z-]+)`", names):
                yield setting.strip(" `"), (severity, name)


def test_the_table_says_what_is_missed_without_settings(bare: list[Verdict]) -> None:
    """Each row, and no other: the name of the setting, who rejects and who warns."""
    found = {
        (finding.setting, (finding.severity, verdict.harvester))
        for verdict in bare
        for finding in verdict.findings
        if finding.setting
    }

    assert len(found) == 19
    assert found == {(setting, who) for setting, who in documented()}


def test_whoever_makes_these_settings_is_accepted_by_everybody(tmp_path: Path) -> None:
    """The example as it stands: nobody rejects the demonstration data, and only files that there are not are missed."""
    assert _EXAMPLE is not None
    told = tomllib.loads(_EXAMPLE[1])
    found = verdicts(
        tmp_path,
        dataset=msgspec.convert(told["dataset"], DatasetSettings),
        podcast=msgspec.convert(told["podcast"], PodcastSettings),
    )

    assert [(one.harvester, one.word) for one in found] == [
        (name, "warnings" if name == "edm" else "accepted") for name in HARVESTERS
    ]
    assert {finding.code for one in found for finding in one.findings if finding.severity == "Warning"} == {
        "aggregation-file",
        "record-undelivered",
    }
    assert {f"{table}.{key}" for table, keys in told.items() for key in keys} == {name for name, _ in documented()}


def test_every_sentence_about_a_setting_names_it(bare: list[Verdict]) -> None:
    """In both languages, so that nobody has to guess where to write it."""
    told = [finding for verdict in bare for finding in verdict.findings if finding.setting]

    assert [one.code for one in told if not (one.setting in one.fr and one.setting in one.en)] == []
