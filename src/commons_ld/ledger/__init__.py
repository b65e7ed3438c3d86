"""The publication ledger: which page has which name in IRIs, and what was published of it."""

from commons_ld.ledger.arrivals import Arrival, Placed
from commons_ld.ledger.ledger import Ledger, open_ledger
from commons_ld.ledger.notes import Noted, read_findings
from commons_ld.ledger.rows import Changes, Exported, Holder, Moves, Page, SourceFile, Version

__all__ = [
    "Arrival",
    "Changes",
    "Exported",
    "Holder",
    "Ledger",
    "Moves",
    "Noted",
    "Page",
    "Placed",
    "SourceFile",
    "Version",
    "open_ledger",
    "read_findings",
]
