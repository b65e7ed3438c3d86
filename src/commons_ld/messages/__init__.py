"""What commons-ld says to a person about a page, in French and in English.

One row a sentence: what is wrong, and what to do. A sentence may name ``{field}`` (the label on the
page), ``{value}`` (what was found), ``{hint}`` (the nearest known one, or the form expected); it is made
by :func:`message` and nowhere else, so that both languages stay equals.
"""

from __future__ import annotations

from typing import Final

from commons_ld.messages.exports import EXPORTS
from commons_ld.messages.pages import PAGES
from commons_ld.messages.records import RECORDS
from commons_ld.messages.sentence import Language, Message, Severity
from commons_ld.messages.tables import TABLES

__all__ = ["MESSAGES", "Language", "Message", "Severity", "message"]

#: The longest value that is shown in full; more of it would not help a reader.
_SHOWN: Final = 120

MESSAGES: Final[dict[str, Message]] = {**RECORDS, **PAGES, **TABLES, **EXPORTS}


def message(code: str, language: Language, *, field: str = "", value: str = "", hint: str = "") -> str:
    """Return the sentence of ``code`` in ``language``.

    :raises KeyError: if there is no such sentence: a fault of ours, never of a page

    >>> message("missing-title", "en")
    'the page has no title; write the title on its first line'
    """
    shown = " ".join(value.split())
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 1] + "…"
    row = MESSAGES[code]
    text = row.fr if language == "fr" else row.en
    if hint and "{hint}" not in text:
        text += _NEAREST[language]
    return text.format(field=field, value=shown, hint=hint)


#: What is added where the nearest known value can be named.
_NEAREST: Final[dict[Language, str]] = {"fr": " (le plus proche : « {hint} »)", "en": " (the nearest: '{hint}')"}
