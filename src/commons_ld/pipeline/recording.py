"""Record in the change log what a publication changes, while its blocks go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pyoxigraph

from commons_ld.errors import RecordsVanished
from commons_ld.iris import slug
from commons_ld.ledger import Ledger, Noted, Page
from commons_ld.rdf.namespaces import expand
from commons_ld.sentences import filled
from commons_ld.sentences.publication import WORDS

__all__ = ["Recording"]

#: What is noted in the ledger.
_RECORDED: Final = "recorded"
#: How many records, and which share of all, are believed to be gone at once; and how many of them are named.
_FEW, _SHARE, _NAMED = 5, 0.05, 3
_OTHER_TITLE: Final = f" <{expand('dcterms:alternative')}> ".encode()


class Recording:
    """What one publication changes; see :mod:`commons_ld.ledger.log`."""

    def __init__(self, ledger: Ledger, base_iri: str) -> None:
        self._base: Final = base_iri
        self._log: Final = ledger.log
        self._cause: Final = ledger.meta("cause")
        #: Of each other title that a changed record has now, as in an IRI, that record.
        self._other_titles: Final[dict[str, str]] = {}
        #: The records that were published, and are not as they were.
        self._left: Final = set[str]()
        #: How many records are published that were not.
        self._created = 0
        self._notes: Final = ledger.notes
        ledger.notes.follow(self._wrote)

    def put(self, page: Page, block: bytes) -> None:
        """Note a record that is published, with its block."""
        self._created += self._log.put(
            page.subject, page.sha256, page.record_sha256, is_renamed=bool(page.renamed), cause=self._cause
        )
        if page.changed:
            for title in _other_titles(block, page.subject):
                self._other_titles.setdefault(slug(title), page.subject)

    def end(self, *, allow_deletions: bool) -> None:
        """Note the records that are not published any more, once those that are were noted.

        One whose title has become another title of a record was merged into that record: its page sends on to the
        other now.

        :raises RecordsVanished: if more are gone than is believed, unless ``allow_deletions``: a folder was not there,
            or a table was saved in another encoding, and everybody who harvests would be told to delete
        """
        # The log and the pages said the same when it was noted last that all changes were recorded.
        gone = self._log.unpublished(self._left if self._notes.get(_RECORDED) else None)
        self._notes.put(_RECORDED, "yes")
        titles = self._log.titles_of(gone)
        targets = {subject: self._other_titles.get(slug(title)) for subject, title in titles.items()}
        merged = {subject: target for subject, target in targets.items() if target and target != subject}
        if not allow_deletions:
            self._check([subject for subject in gone if subject not in merged], titles, len(merged))
        for subject in gone:
            cause = "held" if self._log.is_held(subject) else ""
            self._log.end(subject, target=merged.get(subject, ""), cause=cause)

    def _check(self, gone: Sequence[str], titles: Mapping[str, str], merged: int) -> None:
        if len(gone) < 2:
            return
        # Counted as far as it matters: what one change takes is not to grow with the archive.
        enough = int(len(gone) / _SHARE) + self._created
        before = self._log.count_published(enough) - self._created + merged + len(gone)
        if len(gone) < before and len(gone) <= max(_FEW, _SHARE * before):
            return
        named = ", ".join(titles.get(subject, subject) for subject in gone[:_NAMED])
        told = named + (" …" if len(gone) > _NAMED else "")
        is_moved = not any(subject.startswith(self._base) for subject in gone)
        problem = filled(
            WORDS, "vanished-with-base" if is_moved else "vanished", value=told, gone=len(gone), known=before
        )
        raise RecordsVanished(problem, gone=tuple(gone))

    def _wrote(self, old: Noted | None, new: Noted | None) -> None:
        if old and old.is_published and not (new and new.is_published and new.subject == old.subject):
            self._left.add(old.subject)


def _other_titles(block: bytes, subject: str) -> list[str]:
    about = f"<{subject}>".encode() + _OTHER_TITLE
    if about not in block:  # as with nearly all of them
        return []
    lines = b"".join(line for line in block.splitlines(keepends=True) if line.startswith(about))
    quads = pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS)
    return [quad.object.value for quad in quads if isinstance(quad.object, pyoxigraph.Literal)]
