"""Let Lighthouse judge pages of a site: how quick they are, and whether people and search engines can read them.

``python -m benchmarks.lighthouse dist/site`` serves a folder and prints the scores of its pages, each from 0 to 1.
``tests/site-checkers.sh`` installs Lighthouse; it drives Debian's Chromium. The speed is what a phone of the middle
class would see over a slow network, which Lighthouse computes from what it loads here.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["CATEGORIES", "is_there", "main", "scores", "serving"]

CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
_PROGRAM: Final = Path("build", "checkers", "node_modules", "lighthouse", "cli", "index.js")
_REPOSITORY: Final = Path(__file__).parent.parent
#: Kinds of pages; of the last three, the first page of the folder.
_PAGES: Final = (
    "index.html", "index.en.html", "timeline.html", "map.html", "charts.html", "concepts.html", "dataset.en.html",
    "session", "concept", "person",
)  # fmt: skip


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def is_there() -> bool:
    """Tell whether there is a Lighthouse, with a browser to drive."""
    return (_REPOSITORY / _PROGRAM).is_file() and bool(shutil.which("node") and shutil.which("chromium"))


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder as ``python -m http.server`` does; yield its address, without a slash at its end."""
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def scores(address: str, categories: Sequence[str] = CATEGORIES) -> dict[str, float]:
    """Return what Lighthouse gives a page in each category, from 0 to 1.

    :raises RuntimeError: if Lighthouse could not judge the page
    """
    flags = "--headless --no-sandbox --disable-dev-shm-usage"
    with tempfile.TemporaryDirectory() as profile:
        result = subprocess.run(
            [
                "node", str(_REPOSITORY / _PROGRAM), address, "--quiet", "--output=json",
                f"--only-categories={','.join(categories)}", f"--chrome-flags={flags} --user-data-dir={profile}",
            ],
            capture_output=True,
            check=False,
            env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""},
        )  # fmt: skip
    if result.returncode:
        raise RuntimeError(f"Lighthouse could not judge {address}: {result.stderr.decode(errors='replace')}")
    found = json.loads(result.stdout)["categories"]
    return {category: found[category]["score"] for category in categories}


def main(arguments: Sequence[str]) -> int:
    """Print the scores of the pages of a site."""
    folder = Path(*arguments[:1] or ["dist", "site"])
    if not is_there():
        print(
            "Lighthouse, Node.js or chromium is not here: run tests/site-checkers.sh and tests/tools.sh",
            file=sys.stderr,
        )
        return 1
    if not (folder / "index.html").is_file():
        print(f"{folder} holds no site: run make export", file=sys.stderr)
        return 1
    print(f"{'page':60}", *(f"{category:>14}" for category in CATEGORIES))
    with serving(folder.resolve()) as address:
        for name in _pages(folder):
            found = scores(f"{address}/{name}")
            print(f"{name:60}", *(f"{found[category]:>14.2f}" for category in CATEGORIES), flush=True)
    return 0


def _pages(folder: Path) -> Iterator[str]:
    for name in _PAGES:
        if (folder / name).is_file():
            yield name
        else:
            yield from (path.relative_to(folder).as_posix() for path in sorted((folder / name).glob("*.html"))[:1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
