"""Build the site again from the publication that stands, without reading a source.

For who changed the words of the archive, or left the site out so far: the data stays, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from commons_ld.describing.writing import Description
from commons_ld.errors import PublicationError
from commons_ld.folders import placing_of
from commons_ld.hosting.writing import HOSTING
from commons_ld.iris import IriPolicy
from commons_ld.ledger import open_ledger
from commons_ld.outputs import search_index
from commons_ld.outputs.generation import SUMS, Generation
from commons_ld.outputs.kept_dumps import keeping
from commons_ld.outputs.label_index import LabelGatherings
from commons_ld.outputs.passed import PassedBlock
from commons_ld.outputs.publication import publish, published
from commons_ld.outputs.search_record import graph_iri
from commons_ld.pipeline.made_with import fingerprint
from commons_ld.rdf.n_quads import n_quads_of, opened
from commons_ld.rendering.writing import NDE
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings
from commons_ld.site.gathering import SiteGatherings
from commons_ld.site.layout import ROOT
from commons_ld.site.writing import Site

__all__ = ["rebuild_site"]

#: A dump that lies in the site: the description of the dataset tells its size.
_NDE_DUMP: Final = ROOT + NDE


def rebuild_site(settings: Settings) -> int:
    """Build the site of the publication that stands, and publish both anew; return how many pages were written.

    The ledger and the search index follow, so that the next export goes on from here.

    :raises PublicationError: if there is no publication, or it was changed since, or it cannot be written
    """
    out, state, policy = (
        settings.path(settings.output.directory),
        settings.path(settings.state),
        IriPolicy(settings.base_iri),
    )
    standing = published(out)
    if not standing:
        raise PublicationError(out, said("none"))
    with open_ledger(state) as ledger:
        is_known, made_with = ledger.meta("generation") == standing, ledger.meta("made_with")
        # With other settings, such as another title, an export goes on from the dumps, and from no page.
        is_same = made_with in {fingerprint(settings, keep_invalid=kept) for kept in (False, True)}
        with search_index.writing(
            state,
            base_iri=settings.base_iri,
            made_with=made_with if is_known and is_same else "",
            previous="",
            gatherings=(LabelGatherings(policy), SiteGatherings(policy)),
        ) as index:
            with publish(out, _placing(out)) as generation, Description(generation, settings) as description:
                _keep(generation, out, lambda name: name == _NDE_DUMP or not name.startswith((ROOT, HOSTING)))
                site = Site(generation, index, settings)
                for _ in description.passing(index.passing(_blocks(n_quads_of(generation.folder)), site)):
                    pass
                site.finish(description.describe())
                description.finish()
                _keep(generation, out, lambda _: True)
            index.finish(published(out))
        if is_known:
            # The dumps are the same ones, in another publication.
            with keeping(state, publication=standing, made_with=made_with) as kept:
                if kept.has_previous:
                    kept.finish(published(out))
            ledger.set_meta("generation", published(out))
            if not is_same:
                # An export with the settings of before has its site to make, though no page of the wiki changed.
                ledger.set_meta("due", "yes")
            ledger.commit()
    return site.written


def _keep(generation: Generation, out: Path, is_kept: Callable[[str], bool]) -> None:
    """Take over files of the publication that stands, but for those that were written already.

    :param is_kept: tells of a name whether it is taken over
    :raises PublicationError: if one of them was changed since it was published
    """
    if generation.previous is None:
        raise PublicationError(out, said("none"))
    with (generation.previous / SUMS).open(encoding="utf-8") as sums:
        for line in sums:
            name = line.rstrip("\n").partition("  ")[2]
            if generation.digest(name) or not is_kept(name):
                continue
            if not generation.keep(name):
                raise PublicationError(out, said("changed-since", name))


def _placing(out: Path) -> Callable[[str], str]:
    """Return where files lie in the publication that stands, whatever the settings want of the next export."""
    with (out / SUMS).open(encoding="utf-8") as sums:
        return placing_of(line.rstrip("\n").partition("  ")[2] for line in sums)


def _blocks(dump: Path) -> Iterator[PassedBlock]:
    with opened(dump) as file:
        for _, lines in groupby(file, key=graph_iri):
            yield PassedBlock(b"".join(lines))
