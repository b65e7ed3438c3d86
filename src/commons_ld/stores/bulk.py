"""Write what a store would remember of a publication, for a store that takes it by its own bulk path.

A bulk path takes a whole dump several times as fast as a load that readers are not to notice. Whoever gives it this
file beside the dump has loads go on from there: they send what changed since, and verify what was taken.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from commons_ld.errors import PublicationError
from commons_ld.files.whole import replacing
from commons_ld.stores.buckets import text_of
from commons_ld.stores.places import Places
from commons_ld.stores.updates import Ledger
from commons_ld.stores.words import said

__all__ = ["write_ledger"]


def write_ledger(dump: Path, target: Path, base_iri: str) -> int:
    """Write the ledger of a store that holds a publication, as N-Quads; return of how many graphs it tells.

    :param dump: the N-Quads of the publication
    :param target: the file to be written, which is as it was until all is written
    :param base_iri: what the IRIs of the archive begin with
    :raises PublicationError: if there is nothing to load, or the file cannot be written
    """
    ledger = Ledger.of(base_iri)
    graph = f" <{ledger.graph}> .\n".encode()
    with Places(dump, base_iri) as places:
        digests = [
            (None, text_of(places.value, "bulk")),
            *((b, text_of(sum_)) for b, sum_ in sorted(places.sums.items())),
        ]
        try:
            with replacing(target, "new") as file:
                for told in chain((ledger.rows({p.iri: p.sha256}) for p in places), [ledger.digests(digests)]):
                    file.writelines(statement.removesuffix(b" .") + graph for statement in told.triples)
        except OSError as error:
            raise PublicationError(target, said("unfilled", error.strerror or "?")) from error
        return len(places)
