"""Who is linked to: the records that lead to a host, as those who edit it can paste or import them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from commons_ld.linking.collecting import Link

__all__ = ["FORMATS", "inverse"]

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def inverse(links: Iterable[Link], host: str, format_name: str) -> str:
    """Return the records that lead to a host, or to one below it, each with the page there.

    :param format_name: one of :data:`FORMATS`

    >>> link = Link("https://wiki.b.example/x", "https://a.example/session/y", "Un appel", "2021", ())
    >>> print(inverse([link], "b.example", "csv").splitlines()[1])
    https://wiki.b.example/x,https://a.example/session/y,Un appel,2021
    """
    wanted = host.lower().removeprefix("https://").removeprefix("http://").strip("/")
    found = [link for link in links if link.host == wanted or link.host.endswith(f".{wanted}")]
    return FORMATS[format_name](sorted(found, key=lambda link: (link.url, link.record)))


def _wikitext(links: Sequence[Link]) -> str:
    rows = [
        f"|-\n| {_wiki(link.url)} || [{link.record} {_wiki(link.title) or link.record}] || {_wiki(link.created)}"
        for link in links
    ]
    return "\n".join(['{| class="wikitable sortable"', "! Page !! Record !! Date", *rows, "|}", ""])


def _wiki(text: str) -> str:
    """Return text that a wiki shows as it is: none of it is markup."""
    plain = " ".join(text.split())
    return "".join(
        f"&#{ord(one)};" if one in "[]{}|<>'=&~_*#" and not plain.startswith("http") else one for one in plain
    )


def _csv(links: Sequence[Link]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["page", "record", "title", "date"])
    for link in links:
        cells = (link.url, link.record, link.title, link.created)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in cells])
    return file.getvalue()


def _json_ld(links: Sequence[Link]) -> str:
    context = {
        "mentions": {"@id": "https://schema.org/mentions", "@type": "@id"},
        "name": "https://schema.org/name",
        "dateCreated": "https://schema.org/dateCreated",
    }
    rows = [
        {"@id": link.record, "mentions": link.url}
        | ({"name": link.title} if link.title else {})
        | ({"dateCreated": link.created} if link.created else {})
        for link in links
    ]
    data = msgspec.json.encode({"@context": context, "@graph": rows})
    return msgspec.json.format(data, indent=2).decode() + "\n"


#: What the list can be written as.
FORMATS: Final[dict[str, Callable[[Sequence[Link]], str]]] = {"wikitext": _wikitext, "csv": _csv, "json-ld": _json_ld}
