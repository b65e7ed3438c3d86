"""The command, tried as a new user would: an empty folder, init, fetch, export; then the wiki changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commons_ld.starting import EXAMPLE
from tests.servers.fake_wiki import FakeWiki
from tests.servers.mediawiki import MediaWiki
from tests.wikis import page, pages


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, as a user whose system speaks English."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMMONS_LD_", "LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "commons_ld", *arguments],
        cwd=folder, env={**clean, "LANG": "en_GB.UTF-8", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def make(folder: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder, as a user does: not below the make that runs these tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ARGS"))}
    return subprocess.run(["make", target], cwd=folder, env=own, capture_output=True, text=True)


def manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the published records by IRI, below the base."""
    rows = json.loads((folder / "dist" / "manifest.json").read_text(encoding="utf-8"))["records"]
    return {row["iri"].partition("/remix/")[2]: row for row in rows}


def test_from_an_empty_folder_to_three_changes(wiki: FakeWiki | MediaWiki, tmp_path: Path) -> None:
    """Edit, rename and delete a page on the wiki: those three change in what is published, and nothing else does."""
    wiki.write(pages(6))
    assert run(tmp_path, "init").returncode == 0
    fetched = run(tmp_path, "fetch", f"{wiki.url}/index.php/Accueil")
    assert (fetched.returncode, fetched.stdout.splitlines()[-3:]) == (
        0,
        [
            f"6 pages of {wiki.host} in data/wiki/: 6 new.",
            "To publish them: commons-ld export",
            "Took the example data/exemple.txt away.",
        ],
    )
    exported = make(tmp_path, "export")
    assert (exported.returncode, exported.stderr) == (0, "")
    before = manifest(tmp_path)
    assert len(before) == 6

    wiki.edit("21.12 Page 1", page("Autre chose."))
    wiki.move("21.12 Page 2", "21.12 Renommée")
    wiki.delete("21.12 Page 3")
    again = run(tmp_path, "fetch", wiki.url)
    assert again.stdout.splitlines() == [
        "  changed: 21.12 Page 1",
        "  deleted: 21.12 Page 3",
        "  renamed: 21.12 Page 2 → 21.12 Renommée",
        f"5 pages of {wiki.host} in data/wiki/: 1 changed, 1 renamed, 1 deleted.",
        "To publish them: commons-ld export",
    ]
    assert make(tmp_path, "export").returncode == 0

    after = manifest(tmp_path)
    assert before.keys() - after.keys() == {"session/21-12-page-3"}
    assert after.keys() - before.keys() == set()
    changed = {iri for iri in after if after[iri]["sha256"] != before[iri]["sha256"]}
    assert changed == {"session/21-12-page-1", "session/21-12-page-2"}
    assert after["session/21-12-page-2"]["title"] == "21.12 Renommée"
    turtle = (tmp_path / "dist" / "session" / "21-12-page-2.ttl").read_text(encoding="utf-8")
    assert 'dcterms:alternative "21.12 Page 2"@fr' in turtle

    assert run(tmp_path, "fetch", wiki.url).stdout == f"5 pages of {wiki.host} in data/wiki/: nothing changed.\n"
    assert run(tmp_path, "export").stdout.endswith("Nothing changed: dist/ is up to date.\n")


def test_the_example_stays_where_somebody_made_something_of_it(fake: FakeWiki, tmp_path: Path) -> None:
    """Only the page that init wrote, byte for byte, is taken away."""
    fake.write(pages(1))
    run(tmp_path, "init")
    (tmp_path / "data" / "exemple.txt").write_text(EXAMPLE.replace("2024", "2025"), encoding="utf-8")

    run(tmp_path, "fetch", fake.url)

    assert (tmp_path / "data" / "exemple.txt").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["http://127.0.0.1:9/"], 3, "http://127.0.0.1:9/ : le wiki ne répond pas ("),
        (["--title", "Rien", "{url}"], 3, "{url}/api.php : il n'y a pas de page Rien ; en vérifier le titre"),
        (["ftp://exemple.test/"], 3, "ftp://exemple.test/ : ce n'est pas l'adresse d'un wiki ; "),
    ],
)
def test_an_error_is_one_sentence_in_the_language_of_its_user(
    fake: FakeWiki, tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    """On the error stream, without a traceback."""
    result = run(tmp_path, "fetch", "--lang", "fr", *(word.format(url=fake.url) for word in arguments))

    assert (result.returncode, result.stdout) == (code, "")
    assert result.stderr.splitlines()[-1].startswith(told.format(url=fake.url))
    assert "Traceback" not in result.stderr


def test_pages_that_vanish_are_asked_about_and_then_allowed(fake: FakeWiki, tmp_path: Path) -> None:
    """The sentence says what to do, and it is done."""
    fake.write(pages(5))
    run(tmp_path, "fetch", fake.url)
    fake.delete("21.12 Page 1", "21.12 Page 2")

    asked = run(tmp_path, "fetch", fake.url)
    allowed = run(tmp_path, "fetch", fake.url, "--allow-deletions")

    assert asked.returncode == 3
    assert "2 of the 5 known pages are gone" in asked.stderr
    assert "21.12 Page 1, 21.12 Page 2" in asked.stderr
    assert "--allow-deletions" in asked.stderr
    assert (allowed.returncode, allowed.stdout.splitlines()[-2]) == (
        0,
        f"3 pages of {fake.host} in data/wiki/: 2 deleted.",
    )


def test_a_program_is_told_in_json(fake: FakeWiki, tmp_path: Path) -> None:
    """All of it, and nothing else on that stream."""
    fake.write(pages(2))
    run(tmp_path, "fetch", fake.url)
    fake.move("21.12 Page 1", "Renommée")

    told = json.loads(run(tmp_path, "fetch", fake.url, "--json").stdout)

    assert told == {
        "wiki": fake.host, "folder": "data/wiki", "pages": 2, "texts": 0, "exports": 0,
        "changes": [{"kind": "moved", "title": "Renommée", "former": "21.12 Page 1"}],
    }  # fmt: skip


def test_a_contact_is_asked_for_once_and_sent(fake: FakeWiki, tmp_path: Path) -> None:
    """Those who run the wiki should be able to reach those who ask."""
    fake.write(pages(1))

    first, second = run(tmp_path, "fetch", fake.url), run(tmp_path, "fetch", fake.url)
    run(tmp_path, "fetch", fake.url, COMMONS_LD_DATASET__CONTACT="ici@exemple.test")

    assert "Set dataset.contact or dataset.homepage" in first.stderr
    assert second.stderr == ""
    assert [agent for agent in fake.agents if "(ici@exemple.test)" in agent]


def test_credentials_come_from_the_environment_and_are_never_told(fake: FakeWiki, tmp_path: Path) -> None:
    """They are no settings; no command prints them, writes them, or stumbles over them."""
    fake.write(pages(1))
    fake.private = True
    secrets = {"COMMONS_LD_WIKI_USER": "Ana@commons", "COMMONS_LD_WIKI_PASSWORD": "secret"}

    good = run(tmp_path, "fetch", fake.url, "-v", **secrets)
    bad = run(tmp_path, "fetch", fake.url, "-v", **{**secrets, "COMMONS_LD_WIKI_PASSWORD": "wrong-secret"})
    exported = run(tmp_path, "export", **secrets)

    assert (good.returncode, bad.returncode, exported.returncode) == (0, 3, 0)
    for result in (good, bad, exported):
        assert "secret" not in result.stdout + result.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in written if b"secret" in path.read_bytes() or b"Ana@" in path.read_bytes()] == []
    assert len(written) > 10
