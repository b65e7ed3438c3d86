"""A page that brings its own style: it is shown at addresses of any depth, on any host, where nothing else may lie."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

__all__ = ["POLICY", "bare_page"]

#: The colours and letters of the site, and no more.
_STYLE: Final = """
:root { color-scheme: light dark; }
:root { --page: #fbfaf7; --text: #1d2327; --quiet: #55606a; --line: #dcd7ca; --accent: #0b5a7a; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #14181b; --text: #e8e6e1; --quiet: #a9b2b9; --line: #3a444b; --accent: #7cc4e4; }
}
body { margin: 0; background: var(--page); color: var(--text); font: 1.0625rem/1.6 system-ui, "Noto Sans", sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: clamp(1.5rem, 8vh, 6rem) clamp(1.1rem, 4vw, 2.5rem); }
h1, h2 { font: 600 1.45rem/1.2 "Iowan Old Style", Palatino, "Noto Serif", Georgia, serif; margin: 0 0 .7rem; }
h1 { font-size: clamp(1.9rem, 5vw, 2.9rem); letter-spacing: -.015em; }
p { margin: 0 0 .9rem; }
section { border-top: 1px solid var(--line); margin-top: 2.2rem; padding-top: 2rem; }
time { color: var(--quiet); }
a { color: var(--accent); overflow-wrap: anywhere; }
@media print { :root { --page: #fff; --text: #000; --quiet: #444; } }
"""
#: What the page may do: show this very style, and nothing else (https://www.w3.org/TR/CSP3/#external-hash).
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{french}<section lang="en">
{english}</section>
</main>
</body>
</html>
"""


def bare_page(title: str, french: str, english: str) -> str:
    """Return a page in French and in English.

    :param title: in plain text that needs no escaping
    :param french: markup, from the first heading on
    :param english: markup, of a section

    >>> "<script" in bare_page("Rien – Nothing", "<h1>Rien</h1>", "<h2>Nothing</h2>")
    False
    """
    return _PAGE.format(policy=POLICY, title=title, style=_STYLE, french=french, english=english)
