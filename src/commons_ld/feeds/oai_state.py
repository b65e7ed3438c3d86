"""What OAI-PMH answers from: a line for each record that ever was published, the one that changed first first."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from commons_ld.namespaces import expand

__all__ = ["STATE", "Row", "sets_of"]

#: The file, in the folder of the publication.
STATE: Final = "site/feeds/oai/state.jsonl"

#: The statements that put a record into sets, and the sets' first part.
_SETS: Final = {
    expand("dcterms:isPartOf"): "collection",
    expand("cld:objetDeCommun"): "objet",
    expand("cld:enjeu"): "enjeu",
    expand("cld:action"): "action",
    expand("cld:resultatAttendu"): "resultat",
}


class Row(NamedTuple):
    """A record.

    :param name: its IRI, after the base
    :param at: the datestamp of its last change
    :param sets: those it belongs to, such as ``enjeu:politique-des-communs``
    :param start: where its block begins in the N-Quads of the publication, in bytes
    :param length: of the block; 0 where the record is gone
    """

    name: str
    at: str
    sets: tuple[str, ...] = ()
    start: int = 0
    length: int = 0


def sets_of(block: bytes, base_iri: str) -> tuple[str, ...]:
    """Return the sets that a record belongs to: its collections, and its concepts by the role they play.

    >>> block = b"<https://e.test/session/a> <https://w3id.org/commons-ld/ns#enjeu> <https://e.test/concept/eau> <g> ."
    >>> sets_of(block, "https://e.test/")
    ('enjeu:eau',)
    """
    found = _pattern(base_iri).findall(block)
    return tuple(sorted({f"{_SETS[predicate.decode()]}:{slug.decode()}" for predicate, slug in found}))


@lru_cache(4)
def _pattern(base_iri: str) -> re.Pattern[bytes]:
    predicates = "|".join(map(re.escape, _SETS))
    base = re.escape(base_iri)
    # A record has no slash after its slug; a part of one has, and is in no set.
    return re.compile(
        (
            rf"^<{base}(?:session|media)/[a-z0-9-]+> <({predicates})> "
            rf"<{base}(?:collection|concept)/([a-z0-9-]+)> "
        ).encode(),
        re.MULTILINE,
    )
