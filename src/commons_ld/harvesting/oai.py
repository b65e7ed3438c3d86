"""Harvest by OAI-PMH 2.0 (https://www.openarchives.org/OAI/openarchivesprotocol.html).

Records are asked for from a while before the datestamp of the last one that came, since one may be entered late: what
comes again is found unchanged. A datestamp counts if it has the form of section 3.3 and is not after the response that
it came with. Where the repository does not keep deletions (``deletedRecord`` other than ``persistent``), all records
are listed each time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import httpx
import pyoxigraph as ox
from lxml import etree

from commons_ld.errors import HarvestError
from commons_ld.harvesting.graphs import MOST, lines_of
from commons_ld.harvesting.told import Anew, Archive, Cursor, Deed, Left, Refused, Told
from commons_ld.harvesting.words import said
from commons_ld.harvesting.xml import DC, OAI, Element, read, text_of
from commons_ld.http_client import named
from commons_ld.rdf.namespaces import PREFIXES

__all__ = ["OaiPmh"]

#: What is taken where several formats are offered, the richest first.
_PREFERRED: Final = ("rdf", "edm", "oai_dc")
_DC: Final = "http://purl.org/dc/elements/1.1/"
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_IDENTIFIER: Final = f"{PREFIXES['dcterms']}identifier"
#: The responses that one list may be cut into.
_MOST: Final = 100_000
#: Records that could not be read are asked for one by one if they are no more than this; else with the list.
_FEW: Final = 100
_DEED: Final = 20
#: A time of section 3.3, and the variants of UTC that are met.
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-]00:00))?")
#: How late a record may be entered and still be heard of, by the granularity of the repository.
_OVERLAP: Final = {True: dt.timedelta(days=1), False: dt.timedelta(hours=1)}


class _Refusal(Exception):
    """An error of the protocol.

    :param code: one of section 3.6
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class OaiPmh:
    """A repository.

    :param prefix: the format to ask for; ``""`` for the richest that is known here
    :param set_: the set to ask for; ``""`` for everything
    """

    def __init__(self, prefix: str = "", set_: str = "") -> None:
        self._prefix, self._set = prefix, set_
        self.is_whole = False

    def changes(self, archive: Archive, url: httpx.URL, cursor: Cursor, refused: Sequence[Refused]) -> Iterator[Deed]:
        """Yield what changed, a response a deed.

        :param refused: the records that could not be read before; those that the list has not are asked for one by one
        :raises Anew: each time but the first, if the repository does not keep deletions
        :raises HarvestError: if the repository refuses, or does not answer as one
        """
        base = url.copy_with(query=None, fragment=None)
        identify = _asked(archive, base, {"verb": "Identify"})
        self.is_whole = text_of(identify, f"{OAI}deletedRecord") != "persistent"
        days_only = "T" not in text_of(identify, f"{OAI}granularity")
        if self.is_whole and cursor:
            raise Anew
        prefix = cursor.get("prefix") or self._chosen(archive, base)
        # What is entered while the list is read has a datestamp after this one.
        begun = _responded(identify)
        since = min(_time(str(cursor.get("last", ""))), begun)
        reached = {"prefix": prefix, "last": since}
        many = len(refused) > _FEW
        begin = _before(min((since, *(one.at for one in refused if many))), days_only)
        first = {"verb": "ListRecords", "metadataPrefix": prefix}
        first |= {"set": self._set} if self._set else {}
        first |= {"from": begin} if begin else {}
        met = set[str]()
        for deed in self._listed(archive, base, first, reached, begun):
            met.update(one.key for one in deed.told)
            reached = deed.cursor
            yield deed
        left = [one for one in refused if one.key not in met] if begin and not many else []
        for begin_at in range(0, len(left), _DEED):
            some = left[begin_at : begin_at + _DEED]
            yield Deed(tuple(_again(archive, base, prefix, one) for one in some), reached)

    def _listed(
        self, archive: Archive, base: httpx.URL, first: Mapping[str, str], reached: Cursor, begun: str
    ) -> Iterator[Deed]:
        """Yield the responses that a list is cut into.

        :param first: what is asked for
        :param reached: where the last list ended
        :param begun: the time of the repository when this one began
        """
        last, asked = str(reached["last"]), first
        tokens: set[str] = set()
        restarted = False
        while True:
            try:
                answer = _asked(archive, base, asked)
            except _Refusal as refusal:
                if refusal.code == "noRecordsMatch":
                    return
                if refusal.code == "badResumptionToken" and tokens and not restarted:
                    # A token grew old: the list is begun again. What it brought is kept, and comes again.
                    restarted, asked = True, first
                    tokens.clear()
                    continue
                raise HarvestError(named(base), said("oai-error", value=f"{refusal.code} {refusal.words}")) from None
            told = [one for record in answer.iterfind(f"{OAI}record") if (one := _told(record, archive))]
            token = text_of(answer, f"{OAI}resumptionToken")
            last = max((last, *(one.at for one in told)))
            # The list may not be in the order of time: only its end tells how far it went.
            yield Deed(tuple(told), reached if token else reached | {"last": min(last, begun)})
            if not token:
                return
            if token in tokens or len(tokens) > _MOST:
                raise HarvestError(named(base), said("endless", value=len(tokens)))
            tokens.add(token)
            asked = {"verb": "ListRecords", "resumptionToken": token}

    def _chosen(self, archive: Archive, base: httpx.URL) -> str:
        answer = _asked(archive, base, {"verb": "ListMetadataFormats"})
        offered = [text_of(row, f"{OAI}metadataPrefix") for row in answer.iterfind(f"{OAI}metadataFormat")]
        wanted = (self._prefix,) if self._prefix else _PREFERRED
        chosen = next((prefix for prefix in wanted if prefix in offered), None)
        if chosen is None:
            raise HarvestError(named(base), said("no-prefix", value=", ".join(offered)))
        return chosen


def _asked(archive: Archive, base: httpx.URL, arguments: Mapping[str, str]) -> Element:
    """Return the element of the verb in the answer to a request.

    :raises _Refusal: for an error of the protocol
    """
    root = read(archive.ask(base.copy_merge_params(arguments), accept="text/xml, application/xml"))
    if root.tag != f"{OAI}OAI-PMH":
        raise HarvestError(named(base), said("not-that", value="OAI-PMH"))
    error = root.find(f"{OAI}error")
    if error is not None:
        raise _Refusal(error.get("code", "?"), error.text or "")
    answer = root.find(f"{OAI}{arguments['verb']}")
    if answer is None:
        raise HarvestError(named(base), said("not-that", value="OAI-PMH"))
    return answer


def _time(text: str) -> str:
    """Return a time of the protocol (section 3.3), as it can be compared; ``""`` if it is none.

    >>> _time("2026-01-01"), _time("2026-01-01T10:00:00Z"), _time("zzzz"), _time("2026-13-01")
    ('2026-01-01T00:00:00Z', '2026-01-01T10:00:00Z', '', '')
    """
    if not _TIME.fullmatch(text):
        return ""
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return ""
    return f"{time.replace(tzinfo=None, microsecond=0).isoformat()}Z"


def _before(time: str, days_only: bool) -> str:
    """Return from when to ask to hear of what was entered late; ``""`` for from the beginning.

    >>> _before("2026-01-01T00:30:00Z", days_only=False), _before("2026-01-01T00:30:00Z", days_only=True)
    ('2025-12-31T23:30:00Z', '2025-12-31')
    """
    if not time:
        return ""
    try:
        begin = dt.datetime.fromisoformat(time) - _OVERLAP[days_only]
    except OverflowError:
        return ""
    return begin.date().isoformat() if days_only else begin.isoformat().replace("+00:00", "Z")


def _responded(answer: Element) -> str:
    """Return when the repository answered, by its own clock; ``""`` if it does not tell."""
    root = answer.getparent()
    return "" if root is None else _time(text_of(root, f"{OAI}responseDate"))


def _again(archive: Archive, base: httpx.URL, prefix: str, refused: Refused) -> Told | Refused | Left:
    """Return what became of a record that could not be read (section 4.1)."""
    asked = {"verb": "GetRecord", "identifier": refused.key, "metadataPrefix": prefix}
    try:
        record = _asked(archive, base, asked).find(f"{OAI}record")
        told = None if record is None else _told(record, archive)
    except _Refusal as refusal:
        if refusal.code == "idDoesNotExist":
            return Left(refused.key)
        return refused._replace(problem=said("record-missing", value=refusal.code))
    except HarvestError as error:
        return refused._replace(problem=error.problem)
    return told if told is not None and told.key == refused.key else refused


def _told(record: Element, archive: Archive) -> Told | Refused | None:
    header = record.find(f"{OAI}header")
    answer = record.getparent()
    if header is None or answer is None:
        return None
    identifier, at = text_of(header, f"{OAI}identifier"), _time(text_of(header, f"{OAI}datestamp"))
    if at > _responded(answer):
        at = ""  # of a clock that is wrong: believed, it would hide all that comes before it
    if header.get("status") == "deleted":
        return Told(identifier, identifier, at, is_gone=True)
    metadata = record.find(f"{OAI}metadata")
    content = metadata[0] if metadata is not None and len(metadata) else None
    if content is None:
        return Refused(identifier, said("record-empty"), at)
    try:
        iri = _iri(identifier)
        triples = _of_rdf(content, iri) if content.tag == _RDF else list(_of_dublin_core(content, iri))
        subject = _subject(triples, identifier) or iri
        if len(triples) > MOST:
            return Refused(identifier, said("record-large", value=MOST), at)
        if not triples:
            return Refused(identifier, said("record-empty"), at)
        return Told(identifier, subject, at, lines_of(triples, subject, archive.genid))
    except (SyntaxError, ValueError) as error:
        return Refused(identifier, said("record-rdf", value=type(error).__name__), at)


def _iri(identifier: str) -> str:
    """Return the identifier of a record as an IRI, which an identifier of OAI is (section 2.4).

    :raises ValueError: if it is none
    """
    return ox.NamedNode(identifier).value


def _of_rdf(content: Element, base: str) -> list[ox.Triple]:
    data = etree.tostring(content)
    return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.RDF_XML, base_iri=base)]


def _of_dublin_core(content: Element, iri: str) -> Iterator[ox.Triple]:
    """Yield the elements of Dublin Core as statements about a record: addresses as addresses, the rest as text."""
    for element in content:
        text = (element.text or "").strip()
        if not text or not isinstance(element.tag, str) or not element.tag.startswith(DC):
            continue
        yield ox.Triple(ox.NamedNode(iri), ox.NamedNode(_DC + element.tag.removeprefix(DC)), _value(element, text))


def _value(element: Element, text: str) -> ox.NamedNode | ox.Literal:
    if text.startswith(("http://", "https://")) and not re.search(r'[\s<>"{}|\\^`]', text):
        return ox.NamedNode(text)
    language = element.get(_LANG, "")
    return ox.Literal(text, language=language.lower()) if _TAG.fullmatch(language) else ox.Literal(text)


def _subject(triples: list[ox.Triple], identifier: str) -> str:
    """Return what a record is called in its own statements: what its identifier ends with is what its IRI ends with."""
    local = identifier.rpartition(":")[2]
    named = {triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode)}
    ending = sorted((iri for iri in named if local and iri.endswith(f"/{local}")), key=lambda iri: (len(iri), iri))
    return ending[0] if ending else ""
