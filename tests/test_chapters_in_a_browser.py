"""The chapters of a recording and the pages of a long chat, as somebody uses them in a browser."""

from __future__ import annotations

import functools
import http.server
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.archive import Archive
from tests.browser import Browser, is_there
from tests.test_note_pages import chat

pytestmark = pytest.mark.skipif(not is_there(), reason="no browser: Debian's chromium and chromium-driver are not here")

PAGE = "site/session/21-12-un-essai"
PLAYER = "const player = document.querySelector('audio');"


class _Host(http.server.SimpleHTTPRequestHandler):
    """What ``python -m http.server`` does, without its log; of the sound it gives the bytes that are asked for."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer; a player can only go to another place where it is given ranges (RFC 9110, section 14)."""
        asked = self.headers.get("Range", "")
        if not self.path.endswith(".wav") or not asked:
            super().do_GET()
            return
        data = Path(self.translate_path(self.path)).read_bytes()
        first = int(asked.removeprefix("bytes=").partition("-")[0])
        self.send_response(206)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        self.wfile.write(data[first:])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site with a recording of a minute and a chat of four hundred notes."""
    root = tmp_path_factory.mktemp("played")
    with wave.open(str(root / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * 60)
    serving = functools.partial(_Host, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        archive = Archive(root)
        notes = [{"author": note.author, "time": note.time, "text": note.text} for note in chat(400)]
        record = {
            "title": "21.12 Un essai", "identifier": "a", "created": "2021-12-02", "start": "14:00",
            "duration": "00:01:00", "media_type": "Audio", "broadcast_url": f"{host}/sound.wav", "notes": notes,
        }  # fmt: skip
        archive.write("a.json", msgspec.json.encode([record]))
        archive.export()
        yield f"{host}/{archive.out.name}"
        server.shutdown()


def test_a_chapter_plays_by_the_keyboard(browser: Browser, address: str) -> None:
    """Enter on a chapter goes there in the player of the page, and nowhere else; no policy is broken."""
    browser.go(f"{address}/{PAGE}.html")
    browser.run("document.querySelector('.chapters').open = true; document.querySelectorAll('.chapters a')[29].focus()")
    browser.press("Enter")

    browser.wait(f"{PLAYER} return !player.paused && player.currentTime >= 30")
    assert browser.run("return location.pathname").endswith(f"{PAGE}.html")
    assert browser.run(f"{PLAYER} return player.textTracks.length") == 1
    log = [entry["message"] for entry in browser.log("browser")]
    assert [message for message in log if "Policy" in message] == []


def test_the_track_is_read_by_the_browser(browser: Browser, address: str) -> None:
    """Its chapters are the notes that were written while the recording ran."""
    browser.go(f"{address}/{PAGE}.html")
    browser.run(f"{PLAYER} player.textTracks[0].mode = 'hidden'")

    cues = browser.wait(
        # It has some of them before the track is read to its end (HTML, "text track loaded").
        f"{PLAYER} return player.querySelector('track').readyState === 2"
        " && [...player.textTracks[0].cues].map((cue) => cue.startTime)"
    )
    assert cues == list(range(1, 60))


@pytest.mark.parametrize("suffix", [".html", ".en.html"])
def test_the_iri_of_a_note_leads_to_the_page_it_stands_on(browser: Browser, address: str, suffix: str) -> None:
    """From the first page, in the language of the reader; a note of the first page stays there."""
    browser.go(f"{address}/{PAGE}{suffix}#note-399")
    found = browser.wait("return document.getElementById('note-399') && location.pathname + location.hash")
    browser.go(f"{address}/{PAGE}{suffix}#note-1")

    name = found.rpartition("/")[2]
    assert name.startswith("21-12-un-essai.")
    assert name.endswith(f"{suffix}#note-399")
    assert name.removesuffix(f"{suffix}#note-399").rpartition(".")[2].isdecimal()
    assert browser.run("return location.hash") == "#note-1"
