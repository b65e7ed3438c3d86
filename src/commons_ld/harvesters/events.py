"""The rules of clients of Linked Data Event Streams: an entry, pages that lead on, and versions with their time."""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from commons_ld.harvesters.rules import Rule, Target, Thing, each, is_iri, one, some

__all__ = ["LDES"]

_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def _has_times(thing: Thing) -> bool:
    """Tell whether every member has one time, with its zone, at the path that the stream names."""
    paths = [value.value for value in thing.all("ldes:timestampPath")]
    for member in thing.all("tree:member"):
        if not isinstance(member, ox.NamedNode):
            return False
        times = [
            quad.object
            for path in paths
            for quad in thing.store.quads_for_pattern(member, ox.NamedNode(path), None, None)
        ]
        if len(times) != 1 or not isinstance(times[0], ox.Literal) or not _MOMENT.fullmatch(times[0].value):
            return False
    return True


def _leads(thing: Thing) -> bool:
    return all(len(Thing(thing.store, value.value).all("tree:node")) == 1 for value in thing.all("tree:relation"))


LDES: Final = (
    Target(("ldes:EventStream",), ("flux d'événements", "event stream"), (
        Rule("stream-view", "Violation", one("tree:view"), "Le flux n'a pas une vue et une seule.", "The stream does not have exactly one view."),
        Rule("stream-time", "Violation", one("ldes:timestampPath"), "Le flux ne dit pas où est le temps d'un membre.", "The stream does not tell where the time of a member is."),
        Rule("stream-version", "Warning", some("ldes:versionOfPath"), "Le flux ne dit pas de quoi un membre est une version.", "The stream does not tell what a member is a version of."),
        Rule("stream-members", "Violation", some("tree:member"), "Le flux n'a aucun membre.", "The stream has no member."),
        Rule("member-iri", "Violation", each("tree:member", is_iri), "Un membre du flux n'a pas d'adresse.", "A member of the stream has no IRI."),
        Rule("member-time", "Violation", _has_times, "Un membre n'a pas un temps et un seul, avec son fuseau.", "A member does not have exactly one time, with its zone."),
    )),
    Target(("tree:Node",), ("page", "page"), (
        Rule("page-relation", "Violation", _leads, "Une relation ne mène pas à une page.", "A relation does not lead to a page."),
    )),
)  # fmt: skip
