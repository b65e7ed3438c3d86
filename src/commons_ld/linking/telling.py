"""Tell a person, or a program, of links: by page, what is to be mended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from commons_ld.linking.checking import Checked
from commons_ld.linking.collecting import Link
from commons_ld.linking.words import said
from commons_ld.messages import Language
from commons_ld.text import shown

__all__ = ["archived", "checked_text", "list_text", "to_json"]


def archived(link: Link) -> str:
    """Return where the Internet Archive may have kept a page, nearest to the date of the record.

    >>> archived(Link("http://a.example/x", "r", "", "2021-12-02", ()))
    'https://web.archive.org/web/20211202/http://a.example/x'
    """
    date = link.created.replace("-", "")[:8]
    return f"https://web.archive.org/web/{date if date.isdecimal() else 2}/{link.url}"


def checked_text(links: Sequence[Link], checked: Mapping[str, Checked], language: Language) -> str:
    """Return what is to be mended, by record, and how many addresses there are of which kind."""
    by_record: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in links:
        one = checked[link.url]
        if one.state == "good":
            continue
        status = str(one.status) if one.status else said("nobody")[language]
        told = said(one.state, status=status, archive=archived(link), target=one.target)[language]
        by_record[link.title or link.record, link.record].append(f"  {shown(link.url)}\n    {told}")
    lines = [f"{shown(title)}\n  {record}\n" + "\n".join(told) for (title, record), told in by_record.items()]
    counts = Counter(checked[url].state for url in {link.url for link in links})
    states = {state: counts[state] for state in ("good", "moved", "dead", "unsure", "skipped")}
    return "\n\n".join([*lines, said("summary", value=sum(counts.values()), **states)[language]])


def list_text(links: Sequence[Link], language: Language) -> str:
    """Return the hosts that are linked to, those of most addresses first."""
    hosts = Counter(host for host, _ in {(link.host, link.url) for link in links})
    lines = [f"{number:>6}  {host}" for host, number in sorted(hosts.items(), key=lambda row: (-row[1], row[0]))]
    return "\n".join([*lines, said("listed", value=hosts.total(), hosts=len(hosts))[language]])


def to_json(links: Sequence[Link], checked: Mapping[str, Checked] | None = None) -> bytes:
    """Return every link, with what became of it where that was asked."""
    rows = []
    for link in links:
        row: dict[str, object] = link._asdict()
        kind, identifier = link.kind
        row |= {"archive": kind, "identifier": identifier} if kind else {}
        if checked is not None:
            one = checked[link.url]
            row |= {"state": one.state, "status": one.status, "target": one.target, "checked": one.at}
            row |= {"archived": archived(link)} if one.state == "dead" else {}
        rows.append(row)
    return msgspec.json.format(msgspec.json.encode(rows), indent=2)
