"""What is asked of reconciliation, and what is answered, in no version of the protocol.

The words are those of the Reconciliation Service API (https://www.w3.org/community/reports/reconciliation/).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, Literal, NamedTuple

__all__ = ["LARGEST", "Candidate", "Condition", "Facts", "Quantifier", "Query", "no_facts"]

#: How many candidates one query may ask for.
LARGEST: Final = 100

Quantifier = Literal["any", "all", "none"]


class Condition(NamedTuple):
    """What a property of an entity should be.

    :param prop: the IRI of the property
    :param values: what is sought: the text of a literal, or an IRI
    :param is_required: whether an entity that does not have it is no candidate
    :param quantifier: whether any, all or none of the values are to be there
    """

    prop: str
    values: tuple[str, ...]
    is_required: bool = False
    quantifier: Quantifier = "any"


class Query(NamedTuple):
    """One label, and what else is known of what it means.

    :param label: or an IRI; ``""`` where only properties are known
    :param kinds: the kinds of entities that are sought; all of them if there is none
    :param limit: how many candidates are wanted
    """

    label: str
    kinds: tuple[str, ...] = ()
    limit: int = 10
    conditions: tuple[Condition, ...] = ()


class Candidate(NamedTuple):
    """An entity that a label may mean.

    :param number: of the entity in its index
    :param label: the one of its labels that is most like what was sought
    :param score: from 0 to 100
    :param is_match: whether it surely is what was meant
    :param features: what the score is made of: numbers from 0 to 100, and truth values
    """

    number: int
    kind: str
    slug: str
    label: str
    score: float
    is_match: bool = False
    features: tuple[tuple[str, float | bool], ...] = ()


#: Tells of entities, by their IRIs, the values of properties; of an IRI that no property leads to, nothing.
Facts = Callable[[Collection[str], Collection[str]], Mapping[tuple[str, str], Collection[str]]]


def no_facts(_iris: Collection[str], _properties: Collection[str]) -> Mapping[tuple[str, str], Collection[str]]:
    """Tell nothing."""
    return {}
