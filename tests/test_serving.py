"""What is served is what was published last."""

import fcntl
import ipaddress
import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from commons_ld import taking_back
from commons_ld.commands.serving import serve as command
from commons_ld.errors import PublicationError, SettingsError
from commons_ld.outputs.search_index import SearchIndex
from commons_ld.settings import ServeSettings, Settings
from commons_ld.stores import embedded
from commons_ld.web import serving
from commons_ld.web.app import create_app
from commons_ld.web.reconcile_routes import reconcile_routes
from commons_ld.web.search_routes import search_routes
from tests.archive import Archive, page
from tests.asgi import Client
from tests.servers.oxigraph import free_port


def test_the_store_is_made_anew_only_where_the_publication_is_another(tmp_path: Path) -> None:
    """The same dump is the same generation; a changed one is a new one."""
    dump = tmp_path / "dataset.nq"
    dump.write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")
    first = embedded.refresh(tmp_path, tmp_path / "state")

    assert embedded.refresh(tmp_path, tmp_path / "state") == first
    dump.write_text("<http://e/s> <http://e/p> <http://e/x> <http://e/g> .\n")
    assert embedded.refresh(tmp_path, tmp_path / "state") != first


def test_an_address_that_nobody_can_listen_at_is_told(tmp_path: Path) -> None:
    """A taken port and a foreign address: a sentence, and no trace of the server's insides."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SettingsError, match=rf"cannot listen at 127.0.0.1:{port} \(Address already in use\); choose another"
        ):
            serving.listening(Settings(root=tmp_path), None, port)
    with pytest.raises(SettingsError, match=r"cannot listen at 192\.0\.2\.1:8000"):
        serving.listening(Settings(root=tmp_path), "192.0.2.1", 8000)
    assert serving.listening(Settings(root=tmp_path), None, port).serve.port == port


def test_a_publication_that_comes_again_is_not_loaded_again(tmp_path: Path) -> None:
    """While the server that served it before still holds it, too."""
    dump = tmp_path / "dataset.nq"
    texts = [f"<http://e/s> <http://e/p> <http://e/{name}> <http://e/g> .\n" for name in "ab"]
    dump.write_text(texts[0])
    first = embedded.refresh(tmp_path, tmp_path / "state")
    made = first.stat().st_mtime_ns
    with embedded.holding(first):
        dump.write_text(texts[1])
        second = embedded.refresh(tmp_path, tmp_path / "state")
        dump.write_text(texts[0])

        assert embedded.refresh(tmp_path, tmp_path / "state") == first == embedded.current(tmp_path / "state") != second
        assert (first.stat().st_mtime_ns, embedded.statistics(first).triples) == (made, 1)


def test_who_begins_to_serve_waits_for_a_loading_that_is_under_way(tmp_path: Path) -> None:
    """It may be that of the same publication, by another server; whoever does not wait is told so at once."""
    (tmp_path / "dataset.nq").write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")
    (tmp_path / "state" / "store").mkdir(parents=True)
    found: list[Path] = []
    with (tmp_path / "state" / "store" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublicationError, match="another load is at work"):
            embedded.refresh(tmp_path, tmp_path / "state")
        waiting = threading.Thread(
            target=lambda: found.append(embedded.refresh(tmp_path, tmp_path / "state", waits=True))
        )
        waiting.start()
        waiting.join(0.2)
        assert found == []
    waiting.join()

    assert found == [embedded.current(tmp_path / "state")]


def test_a_store_that_is_loaded_needs_no_lock(tmp_path: Path) -> None:
    """A file system that is only read has no place for one; and another process may be loading the next one."""
    (tmp_path / "dataset.nq").write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")
    generation = embedded.refresh(tmp_path, tmp_path / "state")
    with (tmp_path / "state" / "store" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert embedded.refresh(tmp_path, tmp_path / "state") == generation


@pytest.mark.parametrize(("host", "shown"), [("localhost", "localhost"), ("::1", "[::1]"), ("127.0.0.1", "127.0.0.1")])
def test_a_host_is_listened_at_by_its_name_or_its_address(tmp_path: Path, host: str, shown: str) -> None:
    """What the command says is an address that a browser takes."""
    port = free_port()
    settings = serving.listening(Settings(root=tmp_path), host, port)
    family, address = serving.resolved(host)

    assert serving.authority(settings.serve) == f"{shown}:{port}"
    assert ipaddress.ip_address(address).version == (6 if family == socket.AF_INET6 else 4)


def test_the_command_says_where_to_look_and_what_takes_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publication that is loaded already is not spoken of; the address is one that a browser takes."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("commons_ld.web.serving.serve", lambda _settings: None)
    first, second = (
        CliRunner().invoke(command, ["--host", "::1", "--port", str(port), "--lang", language]).output
        for language, port in (("en", free_port()), ("fr", free_port()))
    )

    assert first.startswith("Loading the publication…\nPages: http://[::1]:")
    assert second.startswith("Pages : http://[::1]:")


def test_a_publication_that_cannot_be_loaded_now_is_loaded_later(tmp_path: Path) -> None:
    """Such as while another process loads: that is told once with why, and what stands is served without a restart."""
    archive, told = Archive(tmp_path), list[str]()
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    following = serving.Following(archive.settings, look=0.05, told=told.append)
    first = following().name
    with (tmp_path / ".commons-ld" / "store" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        archive.write("2.txt", page("22.01 Un autre"))
        archive.export()
        wait_until(lambda: bool(told))
        assert following().name == first
    wait_until(lambda: following().name != first)

    assert following().name == embedded.version_of(archive.out)
    assert "site/session/22-01-un-autre.html" in following().files
    assert len(told) == 1
    assert "cannot be loaded now (" in told[0]
    assert "at work here" in told[0]
    following.close()


def test_files_and_search_do_not_wait_for_the_store_to_be_loaded(tmp_path: Path) -> None:
    """However long that takes: what is new is there, what was withdrawn is gone, and nothing is said to be nowhere."""
    archive, told = Archive(tmp_path), list[str]()
    archive.write("1.txt", page("21.12 Un essai"))
    archive.write("2.txt", page("22.01 Canari"))
    archive.export()
    following = serving.Following(archive.settings, look=0.05, told=told.append)
    client, store = Client(create_app(following)), following().name
    paths = ("/", "/dataset.nq", "/session/23-02-le-nouveau.ttl", "/session/23-02-le-nouveau.en.html")
    unloaded = ("/graph/23-02-le-nouveau.nt", "/graph/23-02-le-nouveau", "/person/nobody")
    before = [client.get(path).status_code for path in (*paths[2:], *unloaded)]
    with (tmp_path / ".commons-ld" / "store" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        archive.write("3.txt", page("23.02 Le nouveau"))
        (archive.data / "2.txt").unlink()
        archive.export()
        wait_until(lambda: bool(told))
        assert following().name == store
        assert [client.get(path).status_code for path in paths] == [303, 200, 200, 200]
        assert "Le nouveau" in client.get("/index.html").text
        assert {(answer.status_code, answer.headers["retry-after"]) for answer in map(client.get, unloaded)} == {
            (503, "5")
        }
        wait_until(lambda: client.get("/session/22-01-canari").status_code == 410)
        assert client.get("/graph/22-01-canari.nt").status_code == 410
        assert following.index(tmp_path / ".commons-ld").is_file()
    wait_until(lambda: following().name != store)

    assert before == [404] * 5
    assert [client.get(path).status_code for path in unloaded] == [200, 303, 404]
    following.close()


def test_a_store_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    """Without a restart, and without another export."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    following = serving.Following(archive.settings, look=0.05)
    first = following()
    shutil.rmtree(tmp_path / ".commons-ld" / "store")
    wait_until(lambda: following() is not first)

    answer = Client(create_app(following)).get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
    assert (answer.status_code, answer.json()["boolean"], following().name) == (200, True, first.name)
    following.close()


def test_a_search_is_answered_while_one_index_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before an export has put the new index in its place, and before the new publication is noticed."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.export()
    state = tmp_path / ".commons-ld"
    following = serving.Following(archive.settings, look=0.05)
    routes = (
        *search_routes(archive.settings, lambda: following.index(state)),
        *reconcile_routes(following, lambda: following.index(state)),
    )
    client = Client(create_app(following, routes))
    asked = [("/search", {"q": "essai"}), ("/reconcile", {"queries": "{}"})]
    assert [client.get(path, params=params).status_code for path, params in asked] == [200, 200]
    answered: list[int] = []
    finish = SearchIndex.finish

    def late(index: SearchIndex, publication: str) -> Path:
        wait_until(lambda: following().files is not files)
        answered.extend(client.get(path, params=params).status_code for path, params in asked)
        return finish(index, publication)

    files = following().files
    archive.write("2.txt", page("22.01 Un autre"))
    monkeypatch.setattr(SearchIndex, "finish", late)
    archive.export()
    following.close()
    assert answered == [200, 200]

    monkeypatch.undo()
    unaware = serving.Following(archive.settings, look=3_600)
    unaware.index(state)
    archive.write("3.txt", page("22.03 Un essai encore"))
    archive.export()
    found = Client(create_app(unaware, search_routes(archive.settings, lambda: unaware.index(state))))
    assert found.get("/search", params={"q": "essai"}).json()["total"] == 2

    # What takes a name back removes the index, and the export that follows makes another one.
    unaware.index(state).unlink()
    answer = found.get("/search", params={"q": "essai"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert str(tmp_path) not in answer.text
    unaware.close()


def test_what_was_withdrawn_leaves_the_store_of_a_server_that_runs(tmp_path: Path) -> None:
    """The server holds what it answered from until the last answer is given, and removes it then."""
    archive = Archive(tmp_path, serve=ServeSettings(query_seconds=1))
    archive.write("1.txt", page("21.12 Un essai"))
    archive.write("2.txt", page("22.01 Canari"))
    archive.export()
    store = tmp_path / ".commons-ld" / "store"
    following = serving.Following(archive.settings, look=0.05)
    first = following().name
    taking_back.withdraw(archive.settings, "session/22-01-canari")
    held = sorted(path.name for path in store.iterdir() if path.is_dir())
    wait_until(lambda: following().name != first)
    following.close()
    current = embedded.version_of(archive.out)

    assert len(held) == 2
    assert [path.name for path in store.iterdir() if path.is_dir()] == [current]

    # What a server left that was killed, the next one removes.
    (store / "2-killed").mkdir()
    serving.Following(archive.settings).close()
    assert [path.name for path in store.iterdir() if path.is_dir()] == [current]


def test_what_two_publications_share_is_served_while_one_takes_the_place_of_the_other(tmp_path: Path) -> None:
    """What an export changed is 503 until the next edition is there, and never what another publication says."""
    archive = Archive(tmp_path)
    archive.write("1.txt", page("21.12 Un essai"))
    archive.write("2.txt", page("22.01 Un autre"))
    archive.export()
    edition = serving.edition_of(archive.settings, serving.terms_of(archive.settings))
    try:
        client = Client(create_app(lambda: edition))
        same, other = "/session/21-12-un-essai.ttl", "/session/22-01-un-autre.ttl"
        before = client.get(same)
        for lead in ("Il a changé.", "Et encore."):
            archive.write("2.txt", page("22.01 Un autre", lead=lead))
            archive.export()
            again, changed, dump = (client.get(path) for path in (same, other, "/dataset.nq"))

            assert (again.status_code, again.content, again.headers["etag"]) == (
                200,
                before.content,
                before.headers["etag"],
            )
            assert client.get(same, headers={"if-none-match": before.headers["etag"]}).status_code == 304
            assert (changed.status_code, changed.headers["retry-after"], dump.status_code) == (503, "5", 503)
    finally:
        edition.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what a thread does in its time."""
    last = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < last
        time.sleep(0.02)


def test_without_a_publication_the_user_is_told_to_export(tmp_path: Path) -> None:
    """The sentence says what to do."""
    with pytest.raises(PublicationError, match="publish first: commons-ld export"):
        embedded.refresh(tmp_path, tmp_path / "state")
