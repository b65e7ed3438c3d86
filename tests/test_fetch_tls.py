"""Fetching over TLS from a server that nobody vouches for, and by two processes at once."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld.errors import WikiError
from tests.servers.fake_wiki import FakeWiki
from tests.test_fetch_command import run
from tests.wikis import Archive, content, pages


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address of a server with a certificate that it signed itself, and what is sent to it in clear."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with: install it")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
               str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1",
               "-addext", "subjectAltName=IP:127.0.0.1"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # closed: the test is over
            try:
                with context.wrap_socket(connection, server_side=True) as stream:
                    received.append(stream.recv(1000))
            except OSError:
                connection.close()  # the client went away, as it should

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/", received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_certificate_that_nobody_vouches_for_ends_the_work(sealed: tuple[str, list[bytes]], tmp_path: Path) -> None:
    """It is said in a sentence, at once, and not a byte of a request was sent."""
    url, received = sealed
    archive = Archive(tmp_path / "archive", url)

    with pytest.raises(WikiError, match=r"certificate of the wiki is not trusted .*self.signed") as caught:
        archive.fetch()

    assert "have it renewed, or check the clock" in str(caught.value)
    assert "n'est pas reconnu" in caught.value.problem["fr"]
    assert (archive.waits, archive.files(), [data for data in received if data]) == ([], {}, [])


def test_the_command_says_so_too(sealed: tuple[str, list[bytes]], tmp_path: Path) -> None:
    """With code 3, no traceback, and no password of the environment on the way."""
    url, received = sealed
    done = run(tmp_path, "fetch", url, COMMONS_LD_WIKI_USER="Ana@commons", COMMONS_LD_WIKI_PASSWORD="tres-secret")

    assert (done.returncode, done.stdout) == (3, "")
    assert "the certificate of the wiki is not trusted" in done.stderr
    assert "Traceback" not in done.stderr
    assert "tres-secret" not in done.stderr
    assert [data for data in received if data] == []


def test_of_two_processes_that_fetch_at_once_one_does(fake: FakeWiki, tmp_path: Path) -> None:
    """The other ends with code 3 and a sentence while the first is at work; the folder is that of one fetch."""
    fake.write(pages(3))
    asked, go_on = threading.Event(), threading.Event()

    def before(_asked: dict[str, str]) -> None:
        asked.set()
        go_on.wait(60)

    fake.before = before
    command = [sys.executable, "-m", "commons_ld", "fetch", fake.url, "--lang", "en"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        assert asked.wait(60)
        second = run(tmp_path, "fetch", fake.url)
        go_on.set()
        told = first.communicate(timeout=60)[0]

    assert (second.returncode, second.stdout) == (3, "")
    assert "another commons-ld is fetching" in second.stderr
    assert (first.returncode, "3 new" in told) == (0, True)
    assert Archive(tmp_path, fake.url).texts() == content(fake)
