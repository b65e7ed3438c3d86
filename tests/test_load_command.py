"""The command ``load``: what it sends, what it says, and what it exits with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from commons_ld.cli import commands
from commons_ld.settings import Settings
from commons_ld.stores import embedded, updates
from commons_ld.stores.remote import RemoteStore
from commons_ld.stores.updates import Ledger
from tests.archive import Archive, page
from tests.servers import answers, oxigraph
from tests.servers.oxigraph import Oxigraph
from tests.test_cli import run

GRAPH = f"{Settings().base_iri}graph/21-12-un-essai"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an archive of two pages, published."""
    archive = Archive(tmp_path_factory.mktemp("made") / "archive")
    archive.write("1.txt", page("21.12 Un essai"))
    archive.write("2.txt", page("22.01 Un autre"))
    archive.export()
    return archive.root


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Archive:
    """Return an archive of its own."""
    return Archive(shutil.copytree(made, tmp_path / "archive", symlinks=True))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Oxigraph]:
    """Yield an empty store."""
    with oxigraph.serve(tmp_path / "store") as server:
        yield server


def load(archive: Archive, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``commons-ld load`` in the archive."""
    return run(archive.root, "load", *arguments, **environment)


def published(archive: Archive) -> set[str]:
    """Return the statements of the publication, each with its graph, as another parser than ours reads them."""
    return {str(quad) for quad in ox.parse(path=str(archive.out / "dataset.nq"), format=ox.RdfFormat.N_QUADS)}


def told(server: Oxigraph) -> set[str]:
    """Return the statements of a store, each with its graph, as another client than ours reads them."""
    import httpx

    answer = httpx.get(f"{server.url.removesuffix('/query')}/store", headers={"Accept": "application/n-quads"})
    quads = ox.parse(answer.raise_for_status().content, format=ox.RdfFormat.N_QUADS)
    return {str(quad) for quad in quads if "/graph/ledger" not in str(quad.graph_name)}


def test_a_store_is_brought_to_what_was_published(archive: Archive, store: Oxigraph) -> None:
    """All of it and nothing else; a second load sends nothing; after an edit, one record is sent."""
    first = load(archive, "--to", store.url)
    assert (first.returncode, first.stderr) == (0, "")
    assert "7 graphs" in first.stdout
    assert told(store) == published(archive)

    assert "nothing to send; already there: 7 graphs." in load(archive, "--to", store.url).stdout

    archive.write("2.txt", page("22.01 Un autre", lead="Autrement."))
    archive.export()
    # The record, and the description that holds its hash.
    assert ": 2 graphs (" in load(archive, "--to", store.url).stdout
    assert told(store) == published(archive)


def test_a_record_that_is_gone_is_removed(archive: Archive, store: Oxigraph) -> None:
    """Its graph, and that of its description."""
    load(archive, "--to", store.url)
    (archive.data / "2.txt").unlink()
    archive.export()

    assert ", 2 removed, " in load(archive, "--to", store.url).stdout
    assert told(store) == published(archive)


def test_a_dry_run_sends_nothing(archive: Archive, store: Oxigraph) -> None:
    """It tells what would be."""
    assert "7 graphs" in (said := load(archive, "--to", store.url, "--dry-run").stdout)
    assert "would be sent" in said
    assert told(store) == set()


def test_what_a_program_is_told(archive: Archive, store: Oxigraph) -> None:
    """The same numbers as JSON."""
    answer = json.loads(load(archive, "--to", store.url, "--verify", "--json").stdout)

    assert (answer["sent"], answer["removed"], answer["kept"]) == (7, 0, 0)
    assert answer["statements"] == answer["verified"]["statements"] == len(published(archive))
    assert answer["verified"]["whole"] == answer["verified"]["graphs"] == 7


def test_verify_finds_what_was_changed_and_the_next_load_mends_it(archive: Archive, store: Oxigraph) -> None:
    """Somebody wrote into a graph of ours."""
    load(archive, "--to", store.url)
    RemoteStore(store.url).update(f'INSERT DATA {{ GRAPH <{GRAPH}> {{ <{GRAPH}> <http://a/p> "graffiti" }} }}')

    looked = load(archive, "--to", store.url, "--verify", "--dry-run", "--lang", "fr")
    assert looked.returncode == 1
    assert f"{GRAPH} : 0 énoncé y manquent, 1 y sont en trop" in looked.stdout
    found = load(archive, "--to", store.url, "--verify")
    assert found.returncode == 1
    assert "The next load sends these graphs again" in found.stdout

    mended = load(archive, "--to", store.url, "--verify")
    assert mended.returncode == 0
    assert ": 1 graph (" in mended.stdout
    assert "all 7 graphs have the number of statements and the hash" in mended.stdout
    assert told(store) == published(archive)


def test_verify_finds_what_the_store_remembers_otherwise_than_it_was_told(archive: Archive, store: Oxigraph) -> None:
    """Somebody wrote into the ledger: it is said, and the next load reads all of it and puts it in order."""
    load(archive, "--to", store.url)
    ledger = Ledger.of(Settings().base_iri)
    RemoteStore(store.url).update(updates.insert([ledger.hashes({GRAPH: "0" * 64})]))

    assert "nothing to send" in load(archive, "--to", store.url).stdout
    looked = load(archive, "--to", store.url, "--verify", "--dry-run", "--lang", "fr")
    assert "Ce que le dépôt" in looked.stderr
    found = load(archive, "--to", store.url, "--verify")
    assert (found.returncode, "was changed by something else" in found.stderr) == (0, True)
    assert ": 1 graph (" in load(archive, "--to", store.url).stdout
    mended = load(archive, "--to", store.url, "--verify")
    assert (mended.returncode, mended.stderr) == (0, "")
    assert told(store) == published(archive)


def test_a_graph_in_the_way_is_left_unless_it_is_adopted(archive: Archive, store: Oxigraph) -> None:
    """The sentence names the graph and the option."""
    RemoteStore(store.url).update(f'INSERT DATA {{ GRAPH <{GRAPH}> {{ <{GRAPH}> <http://a/p> "by hand" }} }}')

    refused = load(archive, "--to", store.url)
    assert refused.returncode == 3
    assert f"the graph {GRAPH} is there, but was not loaded by commons-ld" in refused.stderr
    assert len(told(store)) == 1

    assert load(archive, "--to", store.url, "--adopt").returncode == 0
    assert told(store) == published(archive)


def test_without_a_url_the_embedded_store_is_loaded(archive: Archive) -> None:
    """The one that serve asks, through the same words."""
    said = load(archive, "--verify").stdout
    assert ".commons-ld/store: 7 graphs" in said
    assert "all 7 graphs have the number of statements and the hash" in said
    generation = embedded.current(archive.root / ".commons-ld")

    assert generation is not None
    store = ox.Store.read_only(str(generation))
    assert {str(quad) for quad in store if quad.graph_name != ox.DefaultGraph()} == published(archive)
    union = {f"{quad.triple} ." for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert len(union) == archive.read("dataset.nt").count("\n")
    assert "nothing to send; already there: 7 graphs" in load(archive).stdout


def test_a_dry_run_leaves_the_embedded_store_alone(archive: Archive) -> None:
    """It is not even made."""
    assert "would be sent" in load(archive, "--dry-run", "--verify").stdout
    assert embedded.current(archive.root / ".commons-ld") is None


def test_an_embedded_store_that_holds_something_else_is_found_out(archive: Archive) -> None:
    """Its folder was written into."""
    load(archive)
    generation = embedded.current(archive.root / ".commons-ld")
    assert generation is not None
    store = ox.Store(str(generation))
    store.remove(next(iter(store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH)))))
    store.flush()
    del store

    found = load(archive, "--verify")
    assert found.returncode == 1
    assert f"{GRAPH}: 1 statement missing, 0 too many" in found.stdout
    assert "Remove the folder" in found.stdout


def test_the_settings_name_the_store_and_the_flags_another(archive: Archive, store: Oxigraph) -> None:
    """A table [store]; an empty --to is the embedded store."""
    (archive.root / "commons-ld.toml").write_text(f'[store]\nurl = "{store.url}"\nupdate_url = "{store.update_url}"\n')

    assert store.url in load(archive).stdout
    assert ".commons-ld/store: 7" in load(archive, "--to", "").stdout


@pytest.mark.parametrize("login", ["basic", "digest"])
def test_who_signs_in_stands_in_the_environment_and_is_no_setting(archive: Archive, login: str) -> None:
    """A wrong password is said to be one, without being shown."""
    with answers.serve() as server:
        server.login = login
        variables = {"COMMONS_LD_STORE_USER": "ana", "COMMONS_LD_STORE_PASSWORD": "wrong-word"}
        refused = load(archive, "--to", server.url, **variables)

    assert refused.returncode == 3
    assert "refuses the name or the password" in refused.stderr
    assert "wrong-word" not in refused.stdout + refused.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1/query", "le dépôt ne répond pas"),
        ("ftp://127.0.0.1/", "ce n'est pas l'adresse d'un dépôt SPARQL"),
        ("http://ana:s3cret@127.0.0.1/sparql", "l'adresse contient un nom ou un mot de passe"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_sentence(archive: Archive, url: str, said: str) -> None:
    """In the language of who reads it; no traceback, and no password."""
    result = load(archive, "--to", url, "--lang", "fr")

    assert (result.returncode, result.stdout) == (3, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert "s3cret" not in result.stderr


def test_a_read_only_store_says_so(archive: Archive, store: Oxigraph) -> None:
    """In its own words."""
    store.stop()
    store.start(read_only=True)

    result = load(archive, "--to", store.url)

    assert result.returncode == 3
    assert "refuses the request: 40" in result.stderr


def test_without_a_publication_a_new_user_is_told_to_export(tmp_path: Path) -> None:
    """In both languages."""
    assert "publish first: commons-ld export" in run(tmp_path, "load").stderr
    assert "publier d'abord : commons-ld export" in run(tmp_path, "load", "--lang", "fr").stderr


def test_no_option_takes_a_password() -> None:
    """What stands on a command line is seen by every user of the machine."""
    names = {option.name for option in commands.commands["load"].params}

    assert not names & {"password", "user", "credentials"}
