"""The table in which a person decides: CSV for spreadsheet programs, and a page for the browser.

Its columns are named as SSSOM has it (https://w3id.org/sssom/), with one more for the decision. A cell that a
spreadsheet program would take for a formula has a quote before it, which is taken off when the table is read.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from commons_ld.aligning.proposing import Proposal
from commons_ld.aligning.words import PAGE, said
from commons_ld.alignments import RELATIONS, Match
from commons_ld.errors import VocabularyError
from commons_ld.messages import Language
from commons_ld.rdf.syntax import is_http_iri

__all__ = ["COLUMNS", "Row", "read_table", "review_page", "to_csv", "write_review"]

COLUMNS: Final = (
    "decision",
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "confidence",
    "match_string",
    "reviewer_label",
    "mapping_date",
    "comment",
)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
#: What people write into the column, and what it means.
_DECISIONS: Final = {
    **dict.fromkeys(("accept", "accepted", "accepter", "accepté", "oui", "yes"), "accept"),
    **dict.fromkeys(("refuse", "refused", "refuser", "refusé", "non", "no"), "refuse"),
    **dict.fromkeys(("", "undecided", "à décider"), ""),
}
#: A table has no more cells than a person can look at.
_LARGEST: Final = 32 * 1024 * 1024


class Row(NamedTuple):
    """A row of a table that was filled in.

    :param decision: ``accept``, ``refuse``, or ``""`` where nothing was decided
    :param date: of the decision, as year, month and day
    """

    line: int
    decision: str
    match: Match
    labels: tuple[str, str]
    confidence: str
    evidence: str
    reviewer: str
    date: str
    comment: str


def write_review(proposals: Sequence[Proposal], path: Path, language: Language, source: str) -> tuple[Path, Path]:
    """Write the table and the page; return where they are.

    :raises OSError: if they cannot be written
    """
    table, page = path.with_suffix(".csv"), path.with_suffix(".html")
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, text in ((table, to_csv(proposals)), (page, review_page(proposals, language, source))):
        beside = target.with_name(f".{target.name}.new")
        beside.write_text(text, encoding="utf-8-sig" if target is table else "utf-8", newline="")
        beside.replace(target)
    return table, page


def to_csv(proposals: Iterable[Proposal]) -> str:
    """Return the table, to be filled in."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for proposal in proposals:
        match = proposal.match
        row = ("", match.subject, proposal.own[0], match.relation, match.target, proposal.foreign[0],
               f"{proposal.score:.2f}", evidence(proposal), "", "", "")  # fmt: skip
        writer.writerow([_cell(cell) for cell in row])
    return file.getvalue()


def evidence(proposal: Proposal) -> str:
    """Return which labels met, and by which rule, for a cell.

    >>> match = Match("http://a/", "skos:exactMatch", "http://b/")
    >>> one = Proposal(match, "concept", 1.0, ("Eau", "fr"), ("eau", ""), "same")
    >>> evidence(one)
    'same: Eau@fr = eau'
    """
    own, foreign = ("@".join(filter(None, label)) for label in (proposal.own, proposal.foreign))
    return f"{proposal.rule}: {own} = {foreign}"


def read_table(path: Path) -> list[Row]:
    """Return the rows of a table that was filled in, by whatever spreadsheet program.

    :raises VocabularyError: if it is no such table, or a cell cannot be what it is to be
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VocabularyError(str(path), said("no-file", value=error.strerror or error)) from None
    if len(data) > _LARGEST:
        raise VocabularyError(str(path), said("no-file", value=f"> {_LARGEST // 1024**2} MiB"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    for column in ("decision", "subject_id", "predicate_id", "object_id"):
        if column not in (reader.fieldnames or ()):
            raise VocabularyError(str(path), said("no-table", value=column))
    try:
        return [
            _row(path, reader.line_num, {name: _plain(cell) for name, cell in row.items() if name}) for row in reader
        ]
    except csv.Error as error:
        raise VocabularyError(str(path), said("no-table", value=error)) from None


def _row(path: Path, line: int, cells: dict[str, str]) -> Row:
    def bad(column: str, what: str) -> VocabularyError:
        value = cells.get(column, "")
        return VocabularyError(str(path), said("bad-row", line=line, column=column, value=value, what=what))

    decision = _DECISIONS.get(cells["decision"].lower())
    if decision is None:
        raise bad("decision", "accept, refuse")
    relation = cells["predicate_id"]
    if decision and relation not in RELATIONS:
        raise bad("predicate_id", ", ".join(RELATIONS))
    for column in ("subject_id", "object_id"):
        if decision and not is_http_iri(cells[column]):
            raise bad(column, "https://…")
    date = cells.get("mapping_date", "")
    if date and not _is_date(date):
        raise bad("mapping_date", "2026-01-31")
    return Row(
        line,
        decision,
        Match(cells["subject_id"], relation, cells["object_id"]),
        (cells.get("subject_label", ""), cells.get("object_label", "")),
        cells.get("confidence", "").replace(",", "."),
        cells.get("match_string", ""),
        cells.get("reviewer_label", ""),
        date,
        cells.get("comment", ""),
    )


def _is_date(text: str) -> bool:
    import datetime as dt

    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _plain(text: str | list[str] | None) -> str:
    cell = (text if isinstance(text, str) else "").strip()
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULAS) else cell


def review_page(proposals: Sequence[Proposal], language: Language, source: str) -> str:
    """Return the page: one file, without anything from elsewhere, that saves the table by itself."""
    words = {code: sentence.fr if language == "fr" else sentence.en for code, sentence in PAGE.items()}
    rows = [
        {
            "subject_id": one.match.subject,
            "subject_label": one.own[0],
            "predicate_id": one.match.relation,
            "object_id": one.match.target,
            "object_label": one.foreign[0],
            "confidence": f"{one.score:.2f}",
            "match_string": evidence(one),
        }
        for one in proposals
    ]
    data = json.dumps({"rows": rows, "words": words, "columns": COLUMNS, "relations": RELATIONS}, ensure_ascii=False)
    template = (files("commons_ld") / "templates" / "align.html").read_text(encoding="utf-8")
    filled = template.replace("{{language}}", language).replace("{{source}}", html.escape(source))
    for code in (
        "title",
        "lead",
        "reviewer",
        "date",
        "save",
        "ours",
        "theirs",
        "relation",
        "score",
        "decision",
        "comment",
    ):
        filled = filled.replace(f"{{{{{code}}}}}", html.escape(words[code]))
    # A block of data in a page ends at the first "</": in JSON, a "<" can be written otherwise.
    for character in "<\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return filled.replace("{{data}}", data)
