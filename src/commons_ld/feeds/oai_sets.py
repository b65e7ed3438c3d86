"""The sets of OAI-PMH: the collections of the records, and their concepts by the role that they play."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from commons_ld.feeds.oai_state import Row
from commons_ld.outputs.search_record import statements, value_of
from commons_ld.rdf.namespaces import expand

__all__ = ["named_sets", "sets_of"]

#: The statements that put a record into sets, and the sets' first part.
_SETS: Final = {
    f"<{expand('dcterms:isPartOf')}>".encode(): "collection",
    f"<{expand('cld:objetDeCommun')}>".encode(): "objet",
    f"<{expand('cld:enjeu')}>".encode(): "enjeu",
    f"<{expand('cld:action')}>".encode(): "action",
    f"<{expand('cld:resultatAttendu')}>".encode(): "resultat",
}
#: What records themselves call a collection, or a concept that is in no scheme.
_LABELS: Final = frozenset((expand("skos:prefLabel").encode(), expand("dcterms:title").encode()))


def sets_of(block: bytes, base_iri: str) -> tuple[str, ...]:
    """Return the sets that a record belongs to: its collections, and its concepts by the role they play.

    A set is named by what its IRI ends with, as far as that may stand in the name of a set (section 3.3 of the
    implementation guidelines); the concepts of a scheme keep their IRIs whatever the base.

    >>> block = b"<https://e.test/session/a> <https://w3id.org/commons-ld/ns#enjeu> <https://c.test/#eau> <g> ."
    >>> sets_of(block, "https://e.test/")
    ('enjeu:eau',)
    """
    pattern = _pattern(base_iri)
    found = set()
    for line in block.splitlines():
        # Few statements put a record into a set: to look for them alone takes a third of looking at all as one.
        _, predicate, _ = line.split(b" ", 2)
        if (role := _SETS.get(predicate)) and (named := pattern.match(line)):
            found.add(f"{role}:{named[1].decode()}")
    return tuple(sorted(found))


@lru_cache(4)
def _pattern(base_iri: str) -> re.Pattern[bytes]:
    # A record has no slash after its slug; a part of one has, and is in no set.
    return re.compile(
        rf"<{re.escape(base_iri)}(?:session|media)/[a-z0-9-]+> <[^>]*> "
        r"<[^>]*[/#]([A-Za-z0-9_.!~*'()-]+)> ".encode()
    )


def named_sets(
    rows: Sequence[Row], labels: Mapping[str, str], block: Callable[[Row], bytes]
) -> Iterator[tuple[str, str]]:
    """Yield each set and what it is called, the roles before what plays them.

    :param labels: of the concepts of the scheme, by their IRIs
    :param block: returns the block of a record, which names what is in no scheme
    """
    found = sorted({name for row in rows for name in row.sets})
    for role in sorted({name.partition(":")[0] for name in found}):
        yield role, role
    known = {_name(iri): label for iri, label in labels.items()}
    untold = {name for name in found if name.startswith("collection:") or name.partition(":")[2] not in known}
    told: dict[str, str] = {}
    for row in rows:
        wanted = untold.intersection(row.sets) if row.length else ()
        if wanted:
            untold.difference_update(wanted)
            called = {_name(iri.decode()): value_of(label) for iri, _, label in statements(block(row), _LABELS)}
            told |= {name: called[slug] for name in wanted if (slug := name.partition(":")[2]) in called}
    for name in found:
        role, _, slug = name.partition(":")
        yield name, f"{role}: {told.get(name) or known.get(slug) or slug.replace('-', ' ')}"


def _name(iri: str) -> str:
    return re.split("[/#]", iri)[-1]
