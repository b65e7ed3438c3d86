"""Find in a text what is personal, and put a marker or a pseudonym in its place."""

from commons_ld.redaction.forgetting import (
    Suppressions,
    digests_of,
    name_digest,
    person_digests,
    slug_digest,
    unspelled,
)
from commons_ld.redaction.names import Names, identity
from commons_ld.redaction.texts import Markers, Redaction, is_withheld, markers

__all__ = [
    "Markers",
    "Names",
    "Redaction",
    "Suppressions",
    "digests_of",
    "identity",
    "is_withheld",
    "markers",
    "name_digest",
    "person_digests",
    "slug_digest",
    "unspelled",
]
