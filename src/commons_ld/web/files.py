"""The files of the publication, as they are: dumps, files of single records, ontology, shapes, the report.

Only ``SHA256SUMS`` and what it names is served, by exactly the address that this has: no path of a request is ever
looked up on the disk.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from commons_ld.bare_page import POLICY
from commons_ld.errors import PublicationError
from commons_ld.feeds import tombstones
from commons_ld.folders import address_of, placing_of
from commons_ld.hosting.table import ASKED_AGAIN, FULL, media_type_of
from commons_ld.sentences.publication import said
from commons_ld.site.layout import ROOT
from commons_ld.site.missing import MISSING
from commons_ld.site.pages import FRAMELESS
from commons_ld.web.responses import HEADERS, Refused, is_known, overtaken, validated

__all__ = ["Files", "file_response"]

#: The pages of a feed, by their folder, number and suffix.
_FEEDS: Final = f"{ROOT}feeds/"
_PAGE_OF_FEED: Final = re.compile(rf"({re.escape(_FEEDS)}[a-z]+/)([0-9]{{6,}})-[0-9a-f]+\.[a-z]+")
#: The pages that bring their own style, and their policy.
_BARES: Final = (f"{ROOT}{tombstones.FOLDER}", f"{ROOT}{MISSING}")
_BARE: Final = f"{POLICY}; frame-ancestors 'none'"
#: Bytes of a file that is sent at once, without asking the system for it piece by piece.
_SMALL: Final = 1 << 18
_SUMS: Final = "SHA256SUMS"
#: What asks for parts of a file (RFC 9110, section 14.1.2).
_PART: Final = r"[ \t]*(?:[0-9]{1,18}-(?:[0-9]{1,18})?|-[0-9]{1,18})[ \t]*"
_PARTS: Final = re.compile(rf"bytes=({_PART}(?:,{_PART})*)", re.IGNORECASE)

#: The first byte of a part and the last one, or how many there are at the end of the file.
_Ends = tuple[int | None, int | None]


@dataclass(frozen=True)
class Files:
    """The files of one publication.

    :param folder: of this very publication, not the link that will lead to the next one
    :param sums: of each file by its address, the SHA-256 of its bytes
    :param place: tells of an address where in the folder its file lies
    """

    folder: Path
    sums: Mapping[str, str]
    place: Callable[[str], str] = str
    _held: int = field(default=-1, compare=False)

    @classmethod
    def none(cls) -> Files:
        """Return no files."""
        return cls(Path(), {})

    @classmethod
    def of(cls, publication: Path) -> Files:
        """Return the files of the publication that stands.

        :raises PublicationError: if there is none
        """
        try:
            folder = publication.resolve(strict=True)
            sums = (folder / _SUMS).read_bytes()
            rows = dict(_rows(sums.decode()))
        except FileNotFoundError as error:
            raise PublicationError(publication, said("none")) from error
        except (OSError, ValueError) as error:
            raise PublicationError(publication, said("not-read", error)) from error
        addresses = {address_of(name): sum_ for name, sum_ in rows.items()}
        return cls(folder, {**addresses, _SUMS: hashlib.sha256(sums).hexdigest()}, placing_of(rows))

    def __contains__(self, name: str) -> bool:
        return name in self.sums

    def hold(self) -> None:
        """Keep hold of the folder, under whatever name it goes on; :meth:`close` lets go of it.

        :raises PublicationError: if it is not there any more
        """
        try:
            object.__setattr__(self, "_held", os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        except OSError as error:
            raise PublicationError(self.folder, said("not-read", error.strerror)) from error

    def close(self) -> None:
        """Let go of the folder."""
        if self._held >= 0:
            os.close(self._held)
            object.__setattr__(self, "_held", -1)

    def left(self, name: str) -> bytes | None:
        """Return what a small file holds in what is left of a publication that another one has replaced.

        An export keeps what both have, to build the next one in; whatever is not the very same file is nothing here.

        :raises OSError: if it is not there any more
        """
        data = _small(self.place(name), self._held)
        return data if data is not None and hashlib.sha256(data).hexdigest() == self.sums[name] else None

    @cached_property
    def full(self) -> frozenset[str]:
        """The pages of feeds that stay as they are for ever: all but the last one of each feed.

        A page that has to be issued anew has another name.
        """
        pages = [(found[1], int(found[2]), name) for name in self.sums if (found := _PAGE_OF_FEED.fullmatch(name))]
        last = {feed: number for feed, number, _ in sorted(pages)}
        return frozenset(name for feed, number, name in pages if number < last[feed])


def _rows(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        sum_, _, name = line.partition("  ")
        if len(sum_) != 64 or not name:
            raise ValueError(f"{_SUMS} is damaged")
        yield name, sum_


def file_response(request: Request, files: Files, name: str, **headers: str) -> Response:
    """Answer with a file; its mark is the sum that the publication gives it. Parts of long ones may be asked for.

    :raises Refused: if it is not there any more: another publication has taken its place; or if it has none of the
        parts that are asked for
    """
    media_type = media_type_of(name.removeprefix(ROOT))  # texts get their charset when they are sent
    mark = files.sums[name][:32]
    told = dict(headers)
    told["Cache-Control"] = FULL if name.startswith(_FEEDS) and name in files.full else ASKED_AGAIN
    if media_type == "text/html":
        told["Content-Security-Policy"] = _BARE if name.startswith(_BARES) else FRAMELESS
    parts = _parts(request)
    try:
        place = f"{files.folder}/{files.place(name)}"
        body = None if parts else _small(place)
        if body is not None:
            return validated(request, body, media_type, mark, **told)
        full = {**HEADERS, **told, "ETag": f'"{mark}"'}
        if is_known(request, full["ETag"]):
            return Response(status_code=304, headers=full)
        response = FileResponse(place, headers=full, media_type=media_type, stat_result=Path(place).stat())
    except OSError as error:
        with suppress(OSError):
            if (body := files.left(name)) is not None:
                return validated(request, body, media_type, mark, **told)
        raise overtaken() from error
    _ask(request, _there(parts, response, request.headers.get("if-range")))
    return response


def _parts(request: Request) -> list[_Ends]:
    """Return which parts of a file are asked for; what asks for them in other words is ignored (section 14.2)."""
    found = _PARTS.fullmatch(request.headers.get("range", "")) if request.method == "GET" else None
    given = [part.strip().partition("-") for part in found[1].split(",")] if found else []
    parts = [(int(first) if first else None, int(last) if last else None) for first, _, last in given]
    if any(first is not None and last is not None and first > last for first, last in parts):
        return []
    return parts


def _there(parts: list[_Ends], response: FileResponse, mark: str | None) -> list[_Ends]:
    """Return the parts that a file has, of those that are asked for; none of them means all of it.

    :param mark: of the file that the client has parts of, if it told one: those of another one are of no use to it
    :raises Refused: if the file has none of them (section 15.5.17)
    """
    if mark is not None and mark not in (response.headers["etag"], response.headers["last-modified"]):
        return []
    size = int(response.headers["content-length"])
    there = [(first, last) for first, last in parts if (first < size if first is not None else last and size)]
    if parts and not there:
        raise Refused(
            416,
            f"the file has {size:,} bytes, and none of those that were asked for",
            fr=f"le fichier a {size} octets, dont aucun de ceux qui ont été demandés",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return there


def _ask(request: Request, parts: list[_Ends]) -> None:
    """Have a request ask for these parts, or for the whole."""
    headers = [row for row in request.scope["headers"] if row[0] != b"range"]
    if parts:
        asked = ",".join("-".join("" if end is None else str(end) for end in part) for part in parts)
        headers.append((b"range", f"bytes={asked}".encode()))
    request.scope["headers"] = headers


def _small(path: str, folder: int | None = None) -> bytes | None:
    """Return what a file holds if it is a small one; in the four calls of the system that this takes, and no more.

    :param folder: in which it lies, if it is an open one
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        size = os.fstat(descriptor).st_size
        return os.read(descriptor, size) if size <= _SMALL else None
    finally:
        os.close(descriptor)
