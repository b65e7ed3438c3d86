"""A real MediaWiki on loopback, in a folder of its own: Debian's MediaWiki, PHP's built-in server, SQLite.

``tests/servers/install-mediawiki.sh`` installs what it needs. A wiki is made in two seconds, speaks French, and is
edited by MediaWiki's own maintenance scripts, so that whoever reads it meanwhile sees what a real wiki shows.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["ADMIN", "PASSWORD", "MediaWiki", "missing", "serve"]

_PROGRAM: Final = Path("/usr/share/mediawiki")
ADMIN: Final = "Admin"
PASSWORD: Final = "Test-only-1234"
#: A bot password has 32 characters (``BotPassword::PASSWORD_MINLENGTH``).
BOT_PASSWORD: Final = "0123456789abcdefghijklmnopqrstuv"

#: What a test may change while the wiki runs lies in files beside its data.
_SETTINGS: Final = """
$wgServer = 'http://127.0.0.1:' . ( getenv( 'WIKI_PORT' ) ?: '80' );
$wgEnableUploads = false;
$wgJobRunRate = 0;
$wgMainCacheType = CACHE_NONE;
$wgShowExceptionDetails = true;
$wgGroupPermissions['*']['read'] = !file_exists( '{folder}/private' );
if ( is_readable( '{folder}/result-size' ) ) {{ $wgAPIMaxResultSize = (int)file_get_contents( '{folder}/result-size' ); }}
$wgHooks['ApiMaxLagInfo'][] = static function ( &$lag ) {{
    $file = '{folder}/lag';
    if ( is_readable( $file ) ) {{
        $lag = [ 'host' => 'test', 'lag' => (float)file_get_contents( $file ), 'type' => 'db' ];
    }}
}};
"""


def missing() -> str:
    """Return why no MediaWiki can be had here, or ``""``."""
    if shutil.which("php") is None:
        return "PHP is not installed"
    if not (_PROGRAM / "maintenance" / "install.php").is_file():
        return "MediaWiki is not installed"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout.split()
    absent = sorted({"pdo_sqlite", "mbstring", "intl", "xml"} - set(modules))
    return f"PHP has no {', '.join(absent)}" if absent else ""


class MediaWiki:
    """A wiki that is being served; made by :func:`serve`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url: Final = f"http://127.0.0.1:{port}"
        self.host: Final = f"127.0.0.1:{port}"
        self._is_new = True

    def reset(self) -> None:
        """Take the wiki back to what it was when it was new."""
        for name in ("private", "result-size", "lag"):
            (self.folder / name).unlink(missing_ok=True)
        self._take_back("new")
        self._is_new = True

    def keep(self, name: str) -> None:
        """Keep what the wiki holds in a folder beside it."""
        (self.folder / name).mkdir()
        for path in (self.folder / "data").glob("*.sqlite*"):
            shutil.copyfile(path, self.folder / name / path.name)

    def _take_back(self, name: str) -> None:
        for path in (self.folder / "data").glob("*.sqlite*"):
            path.unlink()
        for path in (self.folder / name).iterdir():
            shutil.copyfile(path, self.folder / "data" / path.name)

    def edit(self, title: str, text: str) -> None:
        """Save a page."""
        self._run("edit.php", "-u", ADMIN, "-s", "essai", title, given=text)

    def write(self, pages: Mapping[str, str]) -> None:
        """Save many pages at once, which is faster where their titles can be names of files.

        What a new wiki became by it is kept for the next time that the same pages are written to a new one.
        """
        name = f"of-{hashlib.sha256(repr(sorted(pages.items())).encode()).hexdigest()[:16]}"
        is_new = self._is_new
        if is_new and (self.folder / name).is_dir():
            self._take_back(name)
            self._is_new = False
            return
        texts = self.folder / "texts"
        texts.mkdir(exist_ok=True)
        for title in [title for title in pages if "/" in title]:
            self.edit(title, pages[title])
        for title, text in pages.items():
            if "/" in title:
                continue
            (texts / f"{title.replace(' ', '_')}.txt").write_text(text, encoding="utf-8")
        self._run("importTextFiles.php", "-u", ADMIN, "-s", "essai", "--rc", "--overwrite",
                  *(str(path) for path in sorted(texts.iterdir())))  # fmt: skip
        shutil.rmtree(texts)
        self._run("runJobs.php", "--quiet")
        if is_new:
            self.keep(name)

    def move(self, title: str, to: str) -> None:
        """Give a page another title; its former one becomes a redirect."""
        self._run("moveBatch.php", "-u", ADMIN, "-r", "essai", given=f"{title}|{to}\n")

    def delete(self, *titles: str) -> None:
        """Delete pages."""
        self._run("deleteBatch.php", "-u", ADMIN, "-r", "essai", given="".join(f"{title}\n" for title in titles))

    def undelete(self, title: str) -> None:
        """Bring a deleted page back."""
        self._run("undelete.php", "-u", ADMIN, "-r", "essai", title)

    def run_jobs(self) -> None:
        """Have the wiki do what it put off."""
        self._run("runJobs.php", "--quiet")

    def make_bot_password(self) -> tuple[str, str]:
        """Return the name and password of a bot password of the administrator."""
        self._run("createBotPassword.php", "--appid", "commons", "--grants", "basic,highvolume", ADMIN, BOT_PASSWORD)
        return f"{ADMIN}@commons", BOT_PASSWORD

    def dump(self) -> str:
        """Return the current revision of every page, in MediaWiki's own export format."""
        return self._run("dumpBackup.php", "--current", "--quiet")

    @contextmanager
    def state(self, name: str, content: str = "") -> Iterator[None]:
        """Put ``private``, ``result-size`` or ``lag`` in force for a while."""
        path = self.folder / name
        path.write_text(content)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

    def _run(self, script: str, *arguments: str, given: str = "") -> str:
        self._is_new = False
        result = subprocess.run(
            [*_php(self.folder), str(_PROGRAM / "maintenance" / script), *arguments],
            input=given, env=_environment(self.folder, self.port), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            raise RuntimeError(f"{script} {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return result.stdout


@contextmanager
def serve(folder: Path) -> Iterator[MediaWiki]:
    """Make a wiki in a folder, serve it on a free port, and end its processes at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name in ("data", "compiled"):
        (folder / name).mkdir(parents=True)
    subprocess.run(
        [*_php(folder), str(_PROGRAM / "maintenance" / "install.php"), "--dbtype", "sqlite", "--dbpath", str(folder / "data"),
         "--dbname", "wiki", "--server", f"http://127.0.0.1:{port}", "--scriptpath", "", "--lang", "fr",
         "--pass", PASSWORD, "--confpath", str(folder), "Wiki de test", ADMIN],
        env=os.environ | {"MW_CONFIG_FILE": str(folder / "LocalSettings.php")}, capture_output=True, check=True,
    )  # fmt: skip
    with (folder / "LocalSettings.php").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS.format(folder=folder))
    wiki = MediaWiki(folder, port)
    with (folder / "php.log").open("wb") as log:
        process = subprocess.Popen(
            [*_php(folder), "-S", wiki.host, "-t", str(_PROGRAM)],
            env=_environment(folder, port) | {"PHP_CLI_SERVER_WORKERS": "2"},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(wiki, process)
        wiki.keep("new")
        yield wiki
    finally:
        # The group is our own: start_new_session made it.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _php(folder: Path) -> list[str]:
    """Return the command for PHP, which keeps what it compiled: each script begins by reading MediaWiki whole."""
    return ["php", "-d", "opcache.enable_cli=1", "-d", f"opcache.file_cache={folder / 'compiled'}"]


def _environment(folder: Path, port: int) -> dict[str, str]:
    return os.environ | {"MW_CONFIG_FILE": str(folder / "LocalSettings.php"), "WIKI_PORT": str(port)}


def _wait_for(wiki: MediaWiki, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            with opener.open(f"{wiki.url}/api.php?action=query&meta=siteinfo&format=json", timeout=30) as answer:
                if b'"sitename"' in answer.read():
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise RuntimeError(f"MediaWiki does not answer: {(wiki.folder / 'php.log').read_text(errors='replace')[-2000:]}")
