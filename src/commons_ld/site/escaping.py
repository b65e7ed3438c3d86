"""How a text stands in a page, whatever it holds."""

from __future__ import annotations

from markupsafe import Markup, escape

__all__ = ["escaped", "shown"]


def escaped(text: str) -> str:
    """Return a text as it stands in a page: what :func:`markupsafe.escape` returns, without a type of its own to make.

    >>> escaped('<a title="x">') + escaped("l'eau & co")
    '&lt;a title=&#34;x&#34;&gt;l&#39;eau &amp; co'
    """
    text = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


def shown(value: object) -> str:
    """Return what stands in a page for a value: a text escaped, and markup as it is.

    >>> shown("<a>"), shown(Markup("<a>")), shown(3)
    ('&lt;a&gt;', Markup('<a>'), Markup('3'))
    """
    if isinstance(value, str) and (kind := type(value)) in (str, Markup):
        return escaped(value) if kind is str else value
    return escape(value)
