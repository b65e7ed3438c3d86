"""Align our concepts, persons, organizations and collections with other vocabularies: propose, review, accept."""

from commons_ld.aligning.accepting import Accepted, apply
from commons_ld.aligning.downloading import downloaded, is_address
from commons_ld.aligning.proposing import Proposal, propose
from commons_ld.aligning.table import read_table, write_review
from commons_ld.aligning.task import Outcome, Task, align
from commons_ld.aligning.telling import accepted_text, outcome_text, to_json

__all__ = [
    "Accepted",
    "Outcome",
    "Proposal",
    "Task",
    "accepted_text",
    "align",
    "apply",
    "downloaded",
    "is_address",
    "outcome_text",
    "propose",
    "read_table",
    "to_json",
    "write_review",
]
