"""A browser for tests: Debian's Chromium by the WebDriver protocol (https://www.w3.org/TR/webdriver2/)."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

__all__ = ["AXE", "KEYS", "Browser", "is_there", "open_browser", "violations"]

#: What checks whether everybody can use a page; ``tests/site-checkers.sh`` installs it.
AXE: Final = Path(__file__).parent.parent / "build" / "checkers" / "node_modules" / "axe-core" / "axe.min.js"

#: Keys that are no characters, by the code points of WebDriver (section 15.4.2).
KEYS: Final = {
    "Enter": "\ue007", "Tab": "\ue004", "Shift": "\ue008", "Control": "\ue009", "Escape": "\ue00c",
    "Home": "\ue011", "End": "\ue010", "Left": "\ue012", "Right": "\ue014", "Down": "\ue015", "Delete": "\ue017",
}  # fmt: skip
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
#: How long a page may take to do what a test waits for; a test fails after it, and never passes sooner for it.
_PATIENCE: Final = 30.0
#: How often the driver is started at most.
_TRIES: Final = 5


def is_there() -> bool:
    """Tell whether there is a browser to drive."""
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Browser:
    """A window, driven as a person drives it."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client, self._session = client, session

    def _do(self, method: str, path: str, **body: object) -> Any:
        response = self._client.request(
            method, f"/session/{self._session}{path}", json=body if method == "POST" else None
        )
        value = response.json()["value"]
        assert response.is_success, value
        return value

    def go(self, address: str) -> None:
        """Open a page."""
        self._do("POST", "/url", url=address)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page and return what it returns."""
        return self._do("POST", "/execute/sync", script=script, args=list(arguments))

    def wait(self, script: str, *arguments: object) -> Any:
        """Wait until a script returns something true."""
        last = time.monotonic() + _PATIENCE
        while not (found := self.run(script, *arguments)):
            assert time.monotonic() < last, f"never came true: {script}"
            time.sleep(0.05)
        return found

    def press(self, *keys: str, held: str = "") -> None:
        """Press keys one after the other, with another one held down if one is named."""
        codes = [KEYS.get(key, key) for key in keys]
        strokes = [{"type": kind, "value": code} for code in codes for kind in ("keyDown", "keyUp")]
        if held:
            down, up = ({"type": kind, "value": KEYS[held]} for kind in ("keyDown", "keyUp"))
            strokes = [down, *strokes, up]
        self._do("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}])

    def picture(self, path: Path) -> None:
        """Take a picture of the window."""
        path.write_bytes(base64.b64decode(self._do("GET", "/screenshot")))

    def size(self, width: int, height: int, *, is_dark: bool = False) -> None:
        """Make the window as wide and high as told, and the system of the reader light or dark."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = "dark" if is_dark else "light"
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def cdp(self, command: str, **parameters: object) -> Any:
        """Give a command of Chromium's own."""
        return self._do("POST", "/goog/cdp/execute", cmd=command, params=parameters)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what Chromium has logged since the last time: ``browser`` or ``performance``."""
        entries: list[dict[str, Any]] = self._do("POST", "/se/log", type=kind)
        return entries


def violations(browser: Browser) -> list[str]:
    """Return what axe finds wrong with the page that is open: the rule, and where."""
    browser.cdp("Runtime.evaluate", expression=AXE.read_text(encoding="utf-8"))
    browser.run(
        "axe.run(document, { resultTypes: ['violations'] }).then((found) => {"
        "window.found = found.violations.map(({ id, nodes }) =>"
        " `${id}: ${nodes.map(({ html }) => html.slice(0, 90)).join(' | ')}`) }); return true"
    )
    found: list[str] = browser.wait("return window.found && { found: window.found }")["found"]
    return found


@contextmanager
def open_browser(profile: Path, language: str = "fr") -> Iterator[Browser]:
    """Open a browser of its own, and close it."""
    driver, port = _started()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
            arguments = [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", f"--accept-lang={language}",
            ]  # fmt: skip
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": arguments},
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
            answer = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
            session = answer["sessionId"]
            try:
                yield Browser(client, session)
            finally:
                client.delete(f"/session/{session}")
    finally:
        _end(driver)


def _started() -> tuple[subprocess.Popen[str], str]:
    """Start the driver, and return it with the port that it listens at.

    It takes a port that is free for one version of the protocol, and ends where another program has it for the other.
    """
    for _ in range(_TRIES):
        driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        assert driver.stdout
        for line in driver.stdout:
            if match := re.search(r"successfully on port (\d+)", line):
                return driver, match[1]
        _end(driver)
    raise AssertionError(f"the driver of the browser found no port in {_TRIES} tries")


def _end(driver: subprocess.Popen[str]) -> None:
    driver.terminate()
    driver.wait()
    if driver.stdout:
        driver.stdout.close()
