"""OAI-PMH 2.0 (https://www.openarchives.org/OAI/openarchivesprotocol.html): a request in, a response out.

Nothing is remembered between requests: a resumption token says where the list goes on, so that it is good after a
restart, and may be used again. Lists go by datestamp; a record that changes while it is harvested comes again, later in
the same list.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple, NoReturn
from urllib.parse import urlsplit

import msgspec

from commons_ld.feeds.oai_sets import named_sets
from commons_ld.feeds.oai_state import Row
from commons_ld.feeds.xml import DECLARATION, element
from commons_ld.rendering import Rendering
from commons_ld.rendering.oai import FORMATS, Format

__all__ = ["BATCH", "Repository", "respond"]

#: Records of one response.
BATCH: Final = 100

_NS: Final = "http://www.openarchives.org/OAI/2.0/"
_OPEN: Final = (
    f'<OAI-PMH xmlns="{_NS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{_NS} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
)
_SECONDS: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
#: What the schema of ``oai-identifier`` takes for a domain.
_DOMAIN: Final = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+", re.IGNORECASE)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
#: Bytes of a resumption token before what it says: the beginning of the SHA-256 of that.
_SUM: Final = 6
#: Of each verb, the arguments it must have and those it may.
_ARGUMENTS: Final = {
    "Identify": ((), ()),
    "ListMetadataFormats": ((), ("identifier",)),
    "ListSets": ((), ("resumptionToken",)),
    "GetRecord": (("identifier", "metadataPrefix"), ()),
    "ListIdentifiers": (("metadataPrefix",), ("from", "until", "set")),
    "ListRecords": (("metadataPrefix",), ("from", "until", "set")),
}


class Repository(NamedTuple):
    """What is harvested.

    :param rows: of each record that ever was, by datestamp and name
    :param block: returns the block of a record that is published
    :param rendering: makes Dublin Core and EDM of it
    :param base_url: the address that is asked
    :param now: the time of the response, in UTC
    :param labels: of the concepts of the scheme, by their IRIs
    """

    rows: Sequence[Row]
    block: Callable[[Row], bytes]
    base_iri: str
    base_url: str
    name: str
    contact: str
    rendering: Rendering
    now: str
    labels: Mapping[str, str] = {}

    @property
    def identifiers(self) -> str:
        """What every identifier begins with (https://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm).

        The path of the base is part of it: several archives may share a host, such as w3id.org.
        """
        base = urlsplit(self.base_iri)
        return f"oai:{base.hostname}:{base.path.lstrip('/')}"


class _OaiError(Exception):
    """A request that is answered with an error of the protocol."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class _Asked(NamedTuple):
    """What of a list is asked for, and where it goes on.

    :param at: the datestamp of the last record that was sent
    :param name: its name
    :param cursor: how many were sent
    :param size: how many there were when the list was begun
    """

    prefix: str
    since: str = ""
    until: str = ""
    set_: str = ""
    at: str = ""
    name: str = ""
    cursor: int = 0
    size: int = 0


def respond(arguments: Sequence[tuple[str, str]], repository: Repository, *, batch: int = BATCH) -> bytes:
    """Return the response to a request; what is wrong with it is told as the protocol has it (section 3.6).

    :param arguments: as they were given, each as often as it was
    """
    given = dict(arguments)
    told: dict[str, str] = {}
    try:
        verb = _verb(arguments)
        told = given
        body = "".join(_VERBS[verb](given, repository, batch))
        answer = f"<{verb}>\n{body}</{verb}>\n"
    except _OaiError as error:
        if error.code in ("badVerb", "badArgument"):
            told = {}
        answer = element("error", error.sentence, code=error.code) + "\n"
    head = element("responseDate", repository.now) + _request(told, repository.base_url)
    return f"{DECLARATION}{_OPEN}{head}\n{answer}</OAI-PMH>\n".encode()


def _request(told: Mapping[str, str], base_url: str) -> str:
    # "from" is a word of Python's: it is passed with an underscore behind it, which is taken off.
    return element("request", base_url, **{f"{key}_": value for key, value in told.items()})


def _refuse(code: str, sentence: str) -> NoReturn:
    raise _OaiError(code, sentence)


def _verb(arguments: Sequence[tuple[str, str]]) -> str:
    """Return the verb of a request whose arguments may stand together."""
    names = [name for name, _ in arguments]
    verbs = [value for name, value in arguments if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        _refuse("badVerb", f"one verb is needed: {', '.join(_ARGUMENTS)}")
    needed, allowed = _ARGUMENTS[verbs[0]]
    others = [name for name in names if name != "verb"]
    if len(set(others)) < len(others):
        _refuse("badArgument", "an argument is given twice")
    if "resumptionToken" in others and "metadataPrefix" in needed and "identifier" not in needed:
        if len(others) > 1:
            _refuse("badArgument", "resumptionToken is an exclusive argument")
    elif missing := [name for name in needed if name not in others]:
        _refuse("badArgument", f"{verbs[0]} needs the argument {missing[0]}")
    elif any(name not in (*needed, *allowed) for name in others):
        _refuse("badArgument", f"{verbs[0]} takes no other arguments than {', '.join((*needed, *allowed)) or 'none'}")
    return verbs[0]


# ── The verbs ────────────────────────────────────────────────────────────────────────────────────────────


def _identify(_given: Mapping[str, str], repository: Repository, _batch: int) -> Iterator[str]:
    earliest = repository.rows[0].at if repository.rows else repository.now
    contact = repository.contact or f"noreply@{urlsplit(repository.base_iri).hostname}"
    for name, value in (
        ("repositoryName", repository.name),
        ("baseURL", repository.base_url),
        ("protocolVersion", "2.0"),
        ("adminEmail", contact),
        ("earliestDatestamp", earliest),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        yield element(name, value) + "\n"
    host = urlsplit(repository.base_iri).hostname or ""
    if not _DOMAIN.fullmatch(host):
        return  # on a machine of one's own: the guidelines know domains alone
    scheme = "http://www.openarchives.org/OAI/2.0/oai-identifier"
    # Of one that is there: that of one that was withdrawn says what it was called.
    sample = next((row.name for row in reversed(repository.rows) if row.length), "session/x")
    yield (
        f'<description><oai-identifier xmlns="{scheme}" xsi:schemaLocation="{scheme} {scheme}.xsd">'
        + element("scheme", "oai")
        + element("repositoryIdentifier", host)
        + element("delimiter", ":")
        + element("sampleIdentifier", repository.identifiers + sample)
        + "</oai-identifier></description>\n"
    )


def _list_formats(given: Mapping[str, str], repository: Repository, _batch: int) -> Iterator[str]:
    if "identifier" in given:
        _row(given["identifier"], repository)
    for format_ in FORMATS:
        yield (
            f"<metadataFormat>{element('metadataPrefix', format_.prefix)}{element('schema', format_.schema)}"
            f"{element('metadataNamespace', format_.namespace)}</metadataFormat>\n"
        )


def _list_sets(given: Mapping[str, str], repository: Repository, _batch: int) -> Iterator[str]:
    if "resumptionToken" in given:
        _refuse("badResumptionToken", "the list of sets is given whole, without tokens")
    sets = list(named_sets(repository.rows, repository.labels, repository.block))
    if not sets:
        _refuse("noSetHierarchy", "no record is in a set")
    for name, called in sets:
        yield f"<set>{element('setSpec', name)}{element('setName', called)}</set>\n"


def _get_record(given: Mapping[str, str], repository: Repository, _batch: int) -> Iterator[str]:
    row = _row(given["identifier"], repository)
    yield _record(row, _format(given["metadataPrefix"]), repository)


def _list_identifiers(given: Mapping[str, str], repository: Repository, batch: int) -> Iterator[str]:
    return _listed(given, repository, batch, lambda row, _format: _header(row, repository))


def _list_records(given: Mapping[str, str], repository: Repository, batch: int) -> Iterator[str]:
    return _listed(given, repository, batch, lambda row, format_: _record(row, format_, repository))


_VERBS: Final[dict[str, Callable[[Mapping[str, str], Repository, int], Iterator[str]]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}


def _row(identifier: str, repository: Repository) -> Row:
    name = identifier.removeprefix(repository.identifiers)
    for row in repository.rows:
        if name != identifier and row.name == name:
            return row
    _refuse("idDoesNotExist", "there is no record of that identifier, and never was")


def _format(prefix: str) -> Format:
    for format_ in FORMATS:
        if format_.prefix == prefix:
            return format_
    _refuse("cannotDisseminateFormat", f"there is: {', '.join(format_.prefix for format_ in FORMATS)}")


def _header(row: Row, repository: Repository) -> str:
    status = "" if row.length else ' status="deleted"'
    parts = (element("identifier", repository.identifiers + row.name), element("datestamp", row.at))
    sets = (element("setSpec", name) for name in row.sets)
    return f"<header{status}>{''.join((*parts, *sets))}</header>\n"


def _record(row: Row, format_: Format, repository: Repository) -> str:
    header = _header(row, repository)
    if not row.length:
        return f"<record>{header}</record>\n"
    written = format_.write(repository.rendering, repository.block(row), b"").decode()
    return f"<record>{header}<metadata>\n{written}\n</metadata></record>\n"


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────


def _listed(
    given: Mapping[str, str], repository: Repository, batch: int, tell: Callable[[Row, Format], str]
) -> Iterator[str]:
    is_first = "resumptionToken" not in given
    asked = _begun(given) if is_first else _continued(given["resumptionToken"])
    format_ = _format(asked.prefix)
    rows = list(islice(_matching(asked, repository.rows), batch + 1))
    if not rows:
        if is_first:
            _refuse("noRecordsMatch", "no record is in that set and changed in that time")
        _refuse("badResumptionToken", "the list ends there")
    sent = rows[:batch]
    yield from (tell(row, format_) for row in sent)
    size = asked.size or sum(1 for _ in _matching(asked, repository.rows))
    if len(rows) > len(sent):
        last = sent[-1]
        following = asked._replace(at=last.at, name=last.name, cursor=asked.cursor + len(sent), size=size)
        yield element("resumptionToken", _token(following), completeListSize=str(size), cursor=str(asked.cursor)) + "\n"
    elif not is_first:
        yield element("resumptionToken", completeListSize=str(size), cursor=str(asked.cursor)) + "\n"


def _begun(given: Mapping[str, str]) -> _Asked:
    since, until = given.get("from", ""), given.get("until", "")
    for name, time in (("from", since), ("until", until)):
        if name in given and not _is_time(time):
            _refuse("badArgument", f"{name} must be such as 2026-11-25 or 2026-11-25T10:00:00Z")
    if since and until and len(since) != len(until):
        _refuse("badArgument", "from and until must be told equally exactly")
    if since and until and since > until:
        _refuse("badArgument", "from is later than until")
    return _Asked(given["metadataPrefix"], since, until, given.get("set", ""))


def _is_time(text: str) -> bool:
    if not (_SECONDS.fullmatch(text) or _DAY.fullmatch(text)):
        return False
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _continued(token: str) -> _Asked:
    try:
        data = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        asked = msgspec.json.decode(data[_SUM:], type=_Asked)
    except (binascii.Error, UnicodeError, msgspec.MsgspecError, ValueError):
        asked = None
    if asked is None or _token(asked) != token:
        _refuse("badResumptionToken", "this is no token that was given here")
    return asked


def _token(asked: _Asked) -> str:
    # The sum tells a token that was cut short or changed on its way; there is nothing secret in it.
    data = msgspec.json.encode(asked)
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:_SUM] + data).decode().rstrip("=")


def _matching(asked: _Asked, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield what is asked for, from where the list goes on: what is not of that time is not even looked at."""
    # Times are compared as texts: a day is the beginning of each of its seconds.
    if asked.at:
        start = bisect_right(rows, (asked.at, asked.name), key=lambda row: (row.at, row.name))
    else:
        start = bisect_left(rows, asked.since, key=lambda row: row.at)
    end = bisect_right(rows, asked.until, key=lambda row: row.at[: len(asked.until)]) if asked.until else len(rows)
    found = (rows[number] for number in range(start, end))
    if not asked.set_:
        return found
    below = f"{asked.set_}:"
    return (row for row in found if any(name == asked.set_ or name.startswith(below) for name in row.sets))
