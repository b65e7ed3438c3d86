"""Take back what was published: a record, or all that names a person.

First the ledger learns it, in one transaction: what is never told again, by digests without a name, and which versions
in the feeds can be told no more. Then everything is read again and published, so that nothing that is left was made
from what was taken back. A run that is killed in between has not published yet; the next export goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from commons_ld.errors import PublicationError
from commons_ld.feeds import ldes
from commons_ld.feeds.publishing import ROOT
from commons_ld.ledger import Ledger, open_ledger
from commons_ld.ledger.log import read_log
from commons_ld.messages import Language
from commons_ld.outputs.publication import published
from commons_ld.outputs.search_index import index_path
from commons_ld.pipeline.exporting import export
from commons_ld.pipeline.running import KEEP_INVALID, begin_ledger
from commons_ld.redaction import (
    Suppressions,
    digests_of,
    identity,
    name_digest,
    person_digests,
    slug_digest,
    unspelled,
)
from commons_ld.sentences import in_number
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings
from commons_ld.stores import embedded
from commons_ld.stores.places import KEPT

__all__ = ["Notice", "forget", "to_json", "to_text", "withdraw"]

_SECTION: Final = re.compile(r"^GRAPH <index\.ttl#v(\d+)-\d+> \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)


class Notice(NamedTuple):
    """What was done, for whoever has to account for it; it names nobody.

    :param act: ``withdraw`` or ``forget``
    :param at: when it was done, in UTC
    :param digest: what the suppression list holds for it
    :param records: how many records it changed or took away
    :param versions: how many versions were taken out of the feeds
    :param is_undone: whether the suppression was lifted
    :param addresses: how many addresses of records told a name, and are told to nobody any more
    """

    act: str
    at: str
    digest: str
    records: int
    versions: int
    is_undone: bool = False
    addresses: int = 0


def withdraw(
    settings: Settings, record: str, sources: Sequence[Path] = (), *, out: Path | None = None, undo: bool = False
) -> Notice:
    """Withdraw a record, so that it is not published again whatever the sources say.

    :param record: its IRI, or what that has after ``base_iri``
    :param sources: those that were exported; by default those of the settings
    :param undo: let it be published again
    :raises PublicationError: if there is no such record, or it cannot be done
    """
    subject = record if record.startswith(settings.base_iri) else settings.base_iri + record.strip("/")
    name = subject.rpartition("/")[2]
    state = settings.path(settings.state)
    with open_ledger(state) as ledger:
        folder = out or settings.path(settings.output.directory)
        begin_ledger(ledger, settings, folder, is_published=bool(published(folder)))
        key = ledger.log.suppression_key()
        held = ledger.log.suppressions()
        page = ledger.named(name)
        if undo:
            if not held.holds_page("", name):
                raise PublicationError(state, said("not-withdrawn", record))
            digest = slug_digest(key, name)
            ledger.log.release_record(f"record:{digest}")
            notice = Notice("withdraw", ledger.log.begin(), digest, 0, 0, is_undone=True)
        else:
            if (page is None or page.subject != subject) and ledger.log.last(subject) is None:
                raise PublicationError(state, said("no-record", record))
            notice = _withdrawn(ledger, page.key if page else "", subject, name, key)
        _clear(settings, out)
        ledger.forget_work()
        ledger.set_meta("due", "yes")  # though no page may be left to map
        keep_invalid = bool(ledger.meta(KEEP_INVALID))
        ledger.commit()
    _publish(settings, sources, out, keep_invalid=keep_invalid)
    return notice


def _withdrawn(ledger: Ledger, page_key: str, subject: str, name: str, key: bytes) -> Notice:
    log = ledger.log
    at = log.begin()
    digest = slug_digest(key, name)
    log.suppress(digests_of(key, page_key, name), f"record:{digest}", at)
    log.end(subject, cause="withdrawn")
    versions = log.erase_record(subject)
    ledger.drop_page(page_key)
    return Notice("withdraw", at, digest, 1, versions)


def forget(
    settings: Settings, person: str, sources: Sequence[Path] = (), *, out: Path | None = None, undo: bool = False
) -> Notice:
    """Forget a person: the name is replaced by a marker wherever it stands, now and whenever a source is read again.

    :param person: the name, in any order; or the IRI of the person
    :param sources: those that were exported; by default those of the settings
    :param undo: let the name be published again
    :raises PublicationError: if it cannot be done
    """
    person = unspelled(person.removeprefix(settings.base_iri).removeprefix("person/")).replace("-", " ")
    state = settings.path(settings.state)
    if len(identity(person).split()) < 2:
        raise PublicationError(state, said("one-word"))
    publication = out or settings.path(settings.output.directory)
    folder = publication.resolve()
    with open_ledger(state) as ledger:
        begin_ledger(ledger, settings, publication, is_published=bool(published(publication)))
        log = ledger.log
        key = log.suppression_key()
        digests, whole = person_digests(person, key), name_digest(person, key)
        at = log.begin()
        records = versions = addresses = 0
        if undo:
            if not log.release_person(digests, whole):
                raise PublicationError(state, said("not-forgotten"))
        else:
            length = len(identity(person).split())
            log.suppress_person(digests, whole, length, at)
            records, versions, addresses = _forgotten(
                ledger, Suppressions(key, frozenset(digests), frozenset({1, length})), folder
            )
        _clear(settings, out)
        ledger.forget_work()
        ledger.set_meta("due", "yes")
        ledger.set_meta("cause", "" if undo else "forgotten")
        keep_invalid = bool(ledger.meta(KEEP_INVALID))
        ledger.commit()
    _publish(settings, sources, out, keep_invalid=keep_invalid)
    # Whoever was known from a chat alone was a number there: what was published told no name, and is another now.
    records = records or len({change.subject for change in read_log(state, since=at)})
    return Notice("forget", at, whole, records, versions, undo, addresses)


def _forgotten(ledger: Ledger, suppressed: Suppressions, publication: Path) -> tuple[int, int, int]:
    """Take a name out of the ledger; return how many records, versions and addresses it stood in."""
    addresses = set[str]()
    named = set(_versions_with(ledger, suppressed, publication))
    for number in named:
        ledger.log.erase(number)
    subjects = {change.subject for number in named for change in ledger.log.between(number, number)}
    for key, slug, subject, title, former_titles in ledger.every_title():
        former = msgspec.msgpack.decode(former_titles, type=list[str])
        if any(suppressed.is_in(text) for text in (key, title, slug, *former)):
            # Its very address tells the name: it gets another one when it is read again.
            if subject:
                ledger.log.end(subject, cause="forgotten")
                ledger.log.forget_subject(subject)
                subjects.add(subject)
                addresses.add(subject)
            ledger.drop_page(key)
    for change in list(ledger.log.latest()):
        if suppressed.is_in(change.subject) or suppressed.is_in(change.target):
            address = change.subject if suppressed.is_in(change.subject) else change.target
            ledger.log.forget_subject(address)
            addresses.add(address)
    return len(subjects - {""}), len(named), len(addresses)


def _versions_with(ledger: Ledger, suppressed: Suppressions, publication: Path) -> Iterator[int]:
    """Yield the numbers of the changes whose versions hold a name, in the feeds and in the ledger."""
    for number, data in ledger.log.versions():
        if suppressed.is_in(data.decode()):
            yield number
    folder = publication / ROOT / ldes.FOLDER
    for path in sorted(folder.glob("*.trig")):
        for match in _SECTION.finditer(path.read_text(encoding="utf-8")):
            if suppressed.is_in(match[2]):
                yield int(match[1])


def _clear(settings: Settings, out: Path | None) -> None:
    """Remove what the next export would go on from: a search index keeps traces of what was deleted in it."""
    state, folder = settings.path(settings.state), out or settings.path(settings.output.directory)
    index_path(state, published(folder)).unlink(missing_ok=True)
    (state / "ledger.sqlite.broken").unlink(missing_ok=True)
    (state / KEPT).unlink(missing_ok=True)


def _publish(settings: Settings, sources: Sequence[Path], out: Path | None, *, keep_invalid: bool) -> None:
    """Publish anew, and bring the embedded store up to date if there is one.

    :param keep_invalid: as the last export was told, so that nothing else is withdrawn
    """
    state, folder = settings.path(settings.state), out or settings.path(settings.output.directory)
    export(settings, sources, out=out, keep_invalid=keep_invalid)
    if embedded.current(state) is not None:
        embedded.refresh(folder, state)
        embedded.sweep(state)


_SENTENCES: Final[dict[tuple[str, bool], dict[Language, str]]] = {
    ("withdraw", False): {
        "fr": "Notice retirée le {at} : {records} notice, {versions} version(s) des flux. Empreinte {digest}.",
        "en": "Record withdrawn at {at}: {records} record, {versions} version(s) of the feeds. Digest {digest}.",
    },
    ("withdraw", True): {
        "fr": "Le retrait est levé depuis le {at}. Empreinte {digest}.",
        "en": "The withdrawal was lifted at {at}. Digest {digest}.",
    },
    ("forget", False): {
        "fr": "Personne oubliée le {at} : {records} notice(s), {versions} version(s) des flux. Empreinte {digest}.",
        "en": "Person forgotten at {at}: {records} record(s), {versions} version(s) of the feeds. Digest {digest}.",
    },
    ("forget", True): {
        "fr": "L'oubli est levé depuis le {at}. Empreinte {digest}.",
        "en": "Forgetting was lifted at {at}. Digest {digest}.",
    },
}
_NOT_TOLD: Final[dict[Language, str]] = {
    "fr": "Le nom était dans l'adresse de {addresses} notice(s), dont il n'est plus parlé à personne : qui ne "
    "demande que les changements, par OAI-PMH ou ResourceSync, garde peut-être sa copie ; lui demander de tout relire.",
    "en": "The name was in the address of {addresses} record(s), of which nobody is told any more: whoever asks "
    "for changes alone, by OAI-PMH or ResourceSync, may keep a copy; ask them to read everything again.",
}
_NOBODY: Final[dict[Language, str]] = {
    "fr": "Rien de ce qui est publié n'en a changé : si ce nom n'était pas déjà oublié, aucune page ne l'écrit ainsi ; "
    "voir comment elles l'écrivent, et oublier aussi ce nom-là.",
    "en": "Nothing that is published changed by it: if this name was not forgotten before, no page writes it so; see "
    "how they write it, and forget that name too.",
}
_REMINDER: Final[dict[Language, str]] = {
    "fr": "Les sources et le wiki gardent leur texte : il y faut ôter aussi ce qui doit l'être.",
    "en": "The sources and the wiki keep their text: take out there too what has to go.",
}


def to_text(notice: Notice, language: Language) -> str:
    """Return the notice as sentences."""
    told = in_number(_SENTENCES[notice.act, notice.is_undone][language].format(**notice._asdict()), language)
    if notice.is_undone:
        return told
    lines = [told]
    if notice.addresses:
        lines.append(in_number(_NOT_TOLD[language].format(addresses=notice.addresses), language))
    if notice.act == "forget" and not notice.records:
        lines.append(_NOBODY[language])
    return "\n".join((*lines, _REMINDER[language]))


def to_json(notice: Notice) -> bytes:
    """Return the notice as JSON."""
    return msgspec.json.format(msgspec.json.encode(notice._asdict()), indent=2)
