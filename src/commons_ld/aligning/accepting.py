"""Take in what was decided: accepted matches into the archive's alignments, refused ones into a list beside.

The file is written whole, in one order, so that the same decisions are the same bytes and a change is a few lines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.aligning.table import Row
from commons_ld.aligning.words import said
from commons_ld.alignments import Alignments, alignments_file
from commons_ld.errors import VocabularyError
from commons_ld.files import whole
from commons_ld.rdf.namespaces import expand
from commons_ld.settings import Settings

__all__ = ["Accepted", "apply", "decided"]

_SSSOM: Final = "https://w3id.org/sssom/"
_SEMAPV: Final = "https://w3id.org/semapv/vocab/"
_HEAD: Final = """# What of this archive matches what elsewhere, as a person accepted it: see commons-ld align --apply.
# Each match stands with who accepted it, when, and on what evidence.

"""
_REFUSED: Final = "alignments-refused.csv"


class Accepted(NamedTuple):
    """What came of a table.

    :param withdrawn: matches that were accepted once and are refused now
    """

    path: Path
    accepted: int
    refused: int
    withdrawn: int
    undecided: int


def decided(settings: Settings) -> set[tuple[str, str]]:
    """Return the pairs that were decided before: what is ours, and what is theirs.

    :raises ArtefactError: if the alignments cannot be read
    """
    pairs = {(match.subject, match.target) for match in Alignments.of(settings).matches}
    return pairs | _refused(alignments_file(settings).with_name(_REFUSED))


def apply(settings: Settings, rows: Sequence[Row], *, reviewer: str = "", date: str = "") -> Accepted:
    """Take in a table that was filled in.

    :param reviewer, date: of the rows that do not tell
    :raises VocabularyError: if nothing is decided, nobody is told to have decided, or it cannot be written
    """
    path = alignments_file(settings)
    chosen = [row for row in rows if row.decision]
    if not chosen:
        raise VocabularyError(str(path), said("nothing"))
    if any(row.decision == "accept" and not (row.reviewer or reviewer) for row in chosen):
        raise VocabularyError(str(path), said("nobody"))
    try:
        with whole.held(path.parent):
            was, no_was = whole.read(path), whole.read(path.with_name(_REFUSED))
            before = Alignments.of(settings)
            refused = _refused(path.with_name(_REFUSED))
            pairs = {(row.match.subject, row.match.target): row for row in chosen}
            kept = _kept(before, pairs, settings.base_iri)
            told = [
                line
                for row in pairs.values()
                if row.decision == "accept"
                for line in _lines(row, settings.base_iri, reviewer, date)
            ]
            no = {pair for pair, row in pairs.items() if row.decision == "refuse"}
            text = _HEAD.encode() + _turtle([*kept, *told])
            whole.put(path, text, was)
            whole.put(path.with_name(_REFUSED), _refusals((refused | no) - (pairs.keys() - no)), no_was)
    except whole.ChangedMeanwhile:
        raise VocabularyError(str(path), said("changed-meanwhile")) from None
    except OSError as error:
        raise VocabularyError(str(path), said("unusable", value=error.strerror or error)) from None
    withdrawn = sum((match.subject, match.target) in no for match in before.matches)
    yes = sum(row.decision == "accept" for row in pairs.values())
    return Accepted(path, yes, len(no), withdrawn, len(rows) - len(chosen))


def _kept(before: Alignments, pairs: Iterable[tuple[str, str]], base_iri: str) -> Iterator[str]:
    """Yield the statements about matches on which nothing was decided now."""
    anew = set(pairs)
    gone = {match for match in before.matches if (match.subject, match.target) in anew}
    names = {f"<{match.name(base_iri)}>" for match in gone}
    own = {f"<{match.subject}> <{expand(match.relation)}> <{match.target}>" for match in gone}
    return (line for line in before.statements if line not in own and line.partition(" ")[0] not in names)


def _lines(row: Row, base_iri: str, reviewer: str, date: str) -> Iterator[str]:
    import pyoxigraph as ox

    match, name = row.match, f"<{row.match.name(base_iri)}>"
    subject, target, relation = f"<{match.subject}>", f"<{match.target}>", f"<{expand(match.relation)}>"
    yield f"{subject} {relation} {target}"
    yield f"{name} <{expand('rdf:type')}> <{_SSSOM}Mapping>"
    yield f"{name} <{expand('owl:annotatedSource')}> {subject}"
    yield f"{name} <{expand('owl:annotatedProperty')}> {relation}"
    yield f"{name} <{expand('owl:annotatedTarget')}> {target}"
    yield f"{name} <{_SSSOM}mapping_justification> <{_SEMAPV}LexicalMatching>"
    texts = (
        (f"{_SSSOM}subject_label", row.labels[0]),
        (f"{_SSSOM}object_label", row.labels[1]),
        (f"{_SSSOM}match_string", row.evidence),
        (f"{_SSSOM}reviewer_label", row.reviewer or reviewer),
        (expand("rdfs:comment"), row.comment),
    )
    for predicate, text in texts:
        if text:
            yield f"{name} <{predicate}> {ox.Literal(text)}"
    if row.date or date:
        yield f'{name} <{expand("dcterms:date")}> "{row.date or date}"^^<{expand("xsd:date")}>'
    with suppress(ValueError):
        if row.confidence and 0 <= float(row.confidence) <= 1:
            yield f'{name} <{_SSSOM}confidence> "{float(row.confidence):.2f}"^^<{expand("xsd:decimal")}>'


def _turtle(statements: Iterable[str]) -> bytes:
    """Return statements as Turtle, the matches first, then what is known of each, a block a subject."""
    import pyoxigraph as ox

    lines = sorted(set(statements), key=lambda line: ("#" in line.partition(" ")[0], line))
    quads = ox.parse("".join(f"{line} .\n" for line in lines), format=ox.RdfFormat.N_TRIPLES)
    prefixes = {name: expand(f"{name}:") for name in ("dcterms", "owl", "rdfs", "skos", "xsd")}
    prefixes |= {"sssom": _SSSOM, "semapv": _SEMAPV}
    text = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    # Prefixes are written in no order of their own.
    begun = [line for line in text.splitlines(keepends=True) if line.startswith(b"@prefix ")]
    return b"".join(sorted(begun)) + b"\n" + text[sum(map(len, begun)) :]


def _refused(path: Path) -> set[tuple[str, str]]:
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {(row[0], row[1]) for row in csv.reader(file) if len(row) > 1} - {("subject_id", "object_id")}


def _refusals(pairs: Iterable[tuple[str, str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([("subject_id", "object_id"), *sorted(pairs)])
    return file.getvalue().encode()
