"""Matching: which entities a label may mean, how sure that is, and when it is surely one of them.

A score is a likeness from 0 to 100. ``is_match`` is no high score: it is set where a label of the entity *is* what was
asked for, in all but case, punctuation and accents that one of them has lost, or with its words in another order where
it is a name; and where no other entity has such a label, and nothing else that was asked speaks against it. A typing
error, a plural or a part of a title is a good candidate, and for a person to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Final

from commons_ld.iris import IriPolicy
from commons_ld.likeness import STEMMED, is_loss_of_accents, likeness, to_key, to_stem, to_words
from commons_ld.messages import Language
from commons_ld.reconciling.labels import Label, Labels
from commons_ld.reconciling.questions import LARGEST, Candidate, Condition, Facts, Query, no_facts

__all__ = ["Matcher", "best_label"]

#: Scores of labels that are the same but for what is said.
_SAME, _OF_KEY, _OF_WORDS, _OF_STEM = 100.0, 99.0, 98.0, 96.0
#: What only resembles scores less than anything that is the same, and what resembles little is no candidate.
_LIKEST, _LEAST = 95.0, 55.0
#: Of a suggestion of which not the first word begins so.
_LATER: Final = 90.0
#: How much of a score is that of the label, where properties were asked for too.
_SHARE: Final = 0.75
#: Kinds whose labels are names of somebody, the words of which come in any order.
_NAMED: Final = ("person", "organization")
#: In what language a name is shown where there is none in the reader's.
_FALLBACK: Final = ("fr", "en", "es", "")


class Matcher:
    """Answers queries from the labels of a publication.

    :param policy: tells the entity that an IRI names
    """

    def __init__(self, labels: Labels, policy: IriPolicy) -> None:
        self.labels: Final = labels
        self.policy: Final = policy

    def match(
        self,
        query: Query,
        facts: Facts = no_facts,
        having: Callable[[Condition], Collection[str]] = lambda _condition: (),
    ) -> list[Candidate]:
        """Return the candidates of a query, the best one first; of equal ones, the one that more records name.

        :param facts: tells the values of properties
        :param having: tells the IRIs of entities with a property, where no label is known
        :raises StoreError: if the labels cannot be looked up
        """
        found = self._by_iri(query) or self._by_label(query) if query.label else self._by_property(query, having)
        if query.conditions:
            found = self._judged(found, query, facts)
        return found[: max(1, min(query.limit, LARGEST))]

    def suggest(self, prefix: str, kinds: Collection[str] = (), most: int = 10) -> list[Candidate]:
        """Return entities of which a label begins so, then those of which one resembles that."""
        key = to_key(prefix)
        if known := self._by_iri(Query(prefix, tuple(kinds))):
            return known
        if not key:
            return _unique(map(_begun, self.labels.first(kinds, most * 2)))[:most] if not prefix.strip() else []
        labels = [*self.labels.of_key(key, kinds), *self.labels.beginning(key, kinds, most * 3)]
        begun = _unique(map(_begun, labels))
        if len(begun) < most:
            padded = f" {key}"
            near = self.labels.near(key, kinds)
            begun = _unique((*begun, *(_begun(label, _LATER) for label in near if padded in f" {label.key}")))
        if len(begun) < most:
            begun = _unique((*begun, *self._by_label(Query(prefix, tuple(kinds)))))
        return begun[:most]

    # ── Candidates ───────────────────────────────────────────────────────────────────────────────────

    def _by_iri(self, query: Query) -> list[Candidate]:
        """Return the entity whose IRI is given in place of a label, whole or without its beginning."""
        iri = query.label.strip()
        known = self.policy.parse(iri) or self.policy.parse(self.policy.base_iri + iri)
        if known is None or known.part or (query.kinds and known.kind not in query.kinds):
            return []
        labels = self.labels.named(known.kind, known.slug)[:1]
        return [_candidate(label, _SAME, is_match=True, iri=True) for label in labels]

    def _by_label(self, query: Query) -> list[Candidate]:
        key = to_key(query.label)
        if not key:
            return []
        found = [self._same(query.label, label) for label in self.labels.of_key(key, query.kinds)]
        words = to_words(key)
        found += (
            _candidate(label, _OF_WORDS, is_match=label.kind in _NAMED)
            for label in self.labels.of_words(words, query.kinds)
            if label.key != key and label.kind in _NAMED
        )
        stems = [f"{language}:{stem}" for language in STEMMED if (stem := to_stem(key, language))]
        found += (_candidate(label, _OF_STEM) for label in self.labels.of_stems(stems, query.kinds) if label.key != key)
        likest = []
        for label in self.labels.near(key, query.kinds, is_known=bool(found)):
            score = min(likeness(key, label.key), _LIKEST)
            if score >= _LEAST:
                likest.append(_candidate(label, score))
        return _decided(_unique((*found, *likest)))

    @staticmethod
    def _same(asked: str, label: Label) -> Candidate:
        """Judge a label whose key is that of what was asked for."""
        if " ".join(label.label.casefold().split()) == " ".join(asked.casefold().split()):
            return _candidate(label, _SAME, is_match=True)
        return _candidate(label, _OF_KEY, is_match=is_loss_of_accents(label.label, asked))

    def _by_property(self, query: Query, having: Callable[[Condition], Collection[str]]) -> list[Candidate]:
        found: set[str] | None = None
        for condition in query.conditions:
            if condition.quantifier != "none":
                iris = set(having(condition))
                found = iris if found is None else (found & iris or found | iris)
        candidates: list[Candidate] = []
        for iri in sorted(found or ()):
            known = self.policy.parse(iri)
            if known is None or known.part or (query.kinds and known.kind not in query.kinds):
                continue
            candidates += (_candidate(label, _SAME) for label in self.labels.named(known.kind, known.slug)[:1])
        return candidates

    # ── What else was asked ──────────────────────────────────────────────────────────────────────────

    def _judged(self, found: list[Candidate], query: Query, facts: Facts) -> list[Candidate]:
        """Weigh the properties that were asked for."""
        iris = {candidate.number: self.policy.base_iri + f"{candidate.kind}/{candidate.slug}" for candidate in found}
        told = facts(tuple(iris.values()), {condition.prop for condition in query.conditions})
        judged = []
        for candidate in found:
            holds = [
                self._holds(condition, told.get((iris[candidate.number], condition.prop), ()))
                for condition in query.conditions
            ]
            if any(not held and condition.is_required for held, condition in zip(holds, query.conditions, strict=True)):
                continue
            share = sum(holds) / len(holds)
            score = _SHARE * candidate.score + (1 - _SHARE) * 100 * share
            features = (*candidate.features, ("properties", round(100 * share, 1)))
            is_match = candidate.is_match and all(holds)
            judged.append(candidate._replace(score=round(score, 1), is_match=is_match, features=features))
        return _decided(sorted(judged, key=lambda candidate: -candidate.score))

    def _holds(self, condition: Condition, values: Collection[str]) -> bool:
        known = set(values)
        keys = {to_key(value) for value in values if "://" not in value}
        for value in values:
            iri = self.policy.parse(value)
            if iri is not None and not iri.part:
                keys |= {label.key for label in self.labels.named(iri.kind, iri.slug)}

        def is_there(value: str) -> bool:
            key = to_key(value)
            # A year or a month is there with each of its days.
            return (
                value in known
                or self.policy.base_iri + value in known
                or (bool(key) and (key in keys or (key[:1].isdecimal() and any(k.startswith(f"{key} ") for k in keys))))
            )

        there = [is_there(value) for value in condition.values]
        if condition.quantifier == "none":
            return not any(there)
        return bool(there) and (all(there) if condition.quantifier == "all" else any(there))


def best_label(labels: Iterable[Label], language: Language) -> Label:
    """Return the label that an entity is shown by: its name in a language, else in French, English, Spanish, or any.

    :raises ValueError: if there is none
    """
    order = (language, *_FALLBACK)
    return min(
        labels,
        key=lambda label: (
            label.rank,
            order.index(label.language) if label.language in order else len(order),
            label.label,
        ),
    )


def _candidate(label: Label, score: float, *, is_match: bool = False, iri: bool = False) -> Candidate:
    same = score in (_SAME, _OF_KEY, _OF_WORDS)
    features: tuple[tuple[str, float | bool], ...] = (
        ("label", round(score, 1)),
        ("same", same and not iri),
        ("preferred", label.rank == 0),
        ("records", float(label.records)),
    )
    return Candidate(label.entity, label.kind, label.slug, label.label, round(score, 1), is_match, features)


def _begun(label: Label, score: float = _LIKEST) -> Candidate:
    return _candidate(label, score)


def _unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the best of each entity; of equal ones, the name comes before other labels, and then the more known."""
    best: dict[int, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.number)
        if known is None or _order(candidate) < _order(known):
            best[candidate.number] = candidate
    return sorted(best.values(), key=_order)


def _order(candidate: Candidate) -> tuple[float, bool, float, str, str]:
    features = dict(candidate.features)
    return (-candidate.score, not features["preferred"], -features["records"], candidate.kind, candidate.slug)


def _decided(candidates: list[Candidate]) -> list[Candidate]:
    """Take a match back where there are several that nothing tells apart."""
    by_score: defaultdict[float, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.is_match:
            by_score[candidate.score].append(candidate)
    sure = by_score[max(by_score)] if by_score else []
    chosen = sure[0].number if len(sure) == 1 else None
    return [candidate._replace(is_match=candidate.number == chosen) for candidate in candidates]
