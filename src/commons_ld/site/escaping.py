"""How a text stands in a page, whatever it holds."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from commons_ld.memo import Memo

__all__ = ["escaped", "shown"]


def escaped(text: str) -> str:
    """Return a text as it stands in a page: what :func:`markupsafe.escape` returns, without a type of its own to make.

    >>> escaped('<a title="x">') + escaped("l'eau & co")
    '&lt;a title=&#34;x&#34;&gt;l&#39;eau &amp; co'
    """
    return _ESCAPED[text] if len(text) < _SHORT else _escaped(text)


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


#: Names, addresses and titles stand in a page more than once, and in that of the other language; texts take memory.
_ESCAPED: Final[Memo[str, str]] = Memo(_escaped, 8192)
_SHORT: Final = 200


def shown(value: object) -> str:
    """Return what stands in a page for a value: a text escaped, and markup as it is.

    >>> shown("<a>"), shown(Markup("<a>")), shown(3)
    ('&lt;a&gt;', Markup('<a>'), '3')
    """
    if type(value) is str:
        # As escaped() does: to call it takes as long as to look up what is there.
        return _ESCAPED[value] if len(value) < _SHORT else _escaped(value)
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else escape(value)
