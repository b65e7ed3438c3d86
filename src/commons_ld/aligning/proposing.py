"""Propose matches by labels: the same, the same but for accents or endings, nearly the same, or one within the other.

Ours are indexed, since there are few of them; those of the other vocabulary pass by, so that memory does not grow with
it. What differs by one letter is found by leaving letters out, one at a time, on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from commons_ld.aligning.foreign import ForeignLabel
from commons_ld.aligning.ours import OwnLabel
from commons_ld.alignments import Match
from commons_ld.likeness import likeness, to_key, to_stem, to_words

__all__ = ["Proposal", "propose"]

#: How sure a rule is, from 0 to 1, where both labels are what the things are mainly called, in the same language.
_RULES: Final = {"same": 1.0, "order": 0.95, "stem": 0.9, "spelling": 0.8}
#: What it is worth where one is another name, where languages differ, or where one has no language.
_OTHER_NAME, _OTHER_LANGUAGE, _NO_LANGUAGE = 0.95, 0.7, 0.9
#: Below this much nothing is proposed; from here on it is proposed as the same, and before that as near.
_LEAST: Final = 0.6
_EXACT: Final = 0.9
#: Shorter ones are told apart by every letter.
_SPELLED: Final = 6
#: Where the words of one are among those of the other: what it is worth at least, and what their share adds.
_PART, _SHARE = 0.45, 0.4
#: Words that say nothing by themselves.
_LINKING: Final = frozenset(
    {
        "a", "al", "an", "and", "at", "au", "aux", "by", "con", "d", "dans", "de", "del", "des", "du", "e", "el",
        "en", "et", "for", "from", "in", "l", "la", "las", "le", "les", "los", "o", "of", "on", "or", "ou", "para",
        "par", "por", "pour", "sur", "the", "to", "un", "una", "une", "with", "y",
    }
)  # fmt: skip
#: Proposals for one thing of ours.
_MOST: Final = 5


class Proposal(NamedTuple):
    """A match that is proposed.

    :param score: from 0 to 1
    :param own, foreign: the labels that met, with their languages
    :param rule: ``same``, ``order``, ``stem``, ``spelling``, ``part``, or ``service`` where a service proposed it
    """

    match: Match
    kind: str
    score: float
    own: tuple[str, str]
    foreign: tuple[str, str]
    rule: str


def propose(
    ours: Iterable[OwnLabel], theirs: Iterable[ForeignLabel], known: Collection[tuple[str, str]] = ()
) -> list[Proposal]:
    """Return what is proposed, the surest first.

    :param known: pairs of ours and theirs that were decided before, and are not proposed again

    >>> own = OwnLabel("http://a/eau", "Gestion de l'eau", "fr", True, "concept")
    >>> label = ForeignLabel("http://b/1", "gestion de l’eau", "fr", True)
    >>> [(found.rule, found.score) for found in propose([own], [label])]
    [('same', 1.0)]
    """
    index = _Index(ours)
    best: dict[tuple[str, str], Proposal] = {}
    for foreign in theirs:
        for own, rule, worth in index.find(foreign):
            pair = own.iri, foreign.iri
            if pair in known or own.iri == foreign.iri:
                continue
            score = round(worth * _certainty(own, foreign), 2)
            if score >= _LEAST and (pair not in best or score > best[pair].score):
                relation = _PARTS.get(rule) or ("skos:exactMatch" if score >= _EXACT else "skos:closeMatch")
                best[pair] = Proposal(
                    Match(own.iri, relation, foreign.iri),
                    own.kind,
                    score,
                    (own.text, own.language),
                    (foreign.text, foreign.language),
                    "part" if rule in _PARTS else rule,
                )
    found: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in sorted(best.values(), key=lambda one: (-one.score, one.match)):
        if len(found[proposal.match.subject]) < _MOST:
            found[proposal.match.subject].append(proposal)
    return sorted((one for some in found.values() for one in some), key=lambda one: (-one.score, one.match))


def _certainty(own: OwnLabel, foreign: ForeignLabel) -> float:
    """Return what is left of a rule's worth: less for other names, other languages, and where no language is told."""
    worth = 1.0 if own.is_main and foreign.is_main else _OTHER_NAME
    one, other = own.language.partition("-")[0], foreign.language.partition("-")[0]
    if not one or not other or "und" in (one, other):
        return worth * _NO_LANGUAGE
    return worth if one == other else worth * _OTHER_LANGUAGE


class _Index:
    """The labels of ours, by all that finds them."""

    def __init__(self, ours: Iterable[OwnLabel]) -> None:
        self._same: dict[str, list[OwnLabel]] = defaultdict(list)
        self._order: dict[str, list[OwnLabel]] = defaultdict(list)
        self._stem: dict[tuple[str, str], list[OwnLabel]] = defaultdict(list)
        self._near: dict[str, list[tuple[str, OwnLabel]]] = defaultdict(list)
        self._words: dict[tuple[str, str], list[tuple[frozenset[str], OwnLabel]]] = defaultdict(list)
        self._languages: set[str] = set()
        for own in dict.fromkeys(ours):
            key = to_key(own.text)
            if not key:
                continue
            language = own.language.partition("-")[0]
            self._languages.add(language)
            self._same[key].append(own)
            if " " in key:
                self._order[to_words(key)].append(own)
            if stem := to_stem(key, language):
                self._stem[language, stem].append(own)
            if own.kind == "concept":
                words = _telling(key, language)
                for word in words:
                    self._words[language, word].append((words, own))
            if len(key) >= _SPELLED:
                for shorter in _shortened(key):
                    self._near[shorter].append((key, own))

    def find(self, foreign: ForeignLabel) -> Iterator[tuple[OwnLabel, str, float]]:
        """Yield what of ours a label meets, each once, by the surest rule, and what that is worth."""
        key = to_key(foreign.text)
        if not key:
            return
        met: set[OwnLabel] = set()
        language = foreign.language.partition("-")[0]
        for rule, found in (
            ("same", self._same.get(key, ())),
            ("order", self._order.get(to_words(key), ()) if " " in key else ()),
            ("stem", self._stem.get((language, to_stem(key, language)), ()) if language in self._languages else ()),
            ("spelling", tuple(self._spelled(key)) if len(key) >= _SPELLED else ()),
        ):
            for own in found:
                if own not in met:
                    met.add(own)
                    yield own, rule, _RULES[rule]
        for own, rule, worth in self._parts(key, language):
            if own not in met:
                met.add(own)
                yield own, rule, worth

    def _parts(self, key: str, language: str) -> Iterator[tuple[OwnLabel, str, float]]:
        """Yield the concepts whose words are among those of a label, or the other way round."""
        if language not in self._languages:
            return
        theirs = _telling(key, language)
        for word in theirs:
            for ours, own in self._words.get((language, word), ()):
                if ours < theirs:
                    yield own, "theirs is longer", _PART + _SHARE * len(ours) / len(theirs)
                elif theirs < ours:
                    yield own, "ours is longer", _PART + _SHARE * len(theirs) / len(ours)

    def _spelled(self, key: str) -> Iterator[OwnLabel]:
        for shorter in _shortened(key):
            for other, own in self._near.get(shorter, ()):
                # Of names, a letter more or less is another person.
                if own.kind == "concept" and likeness(key, other) >= 90:
                    yield own


#: A label with more words means something narrower, as a rule.
_PARTS: Final = {"theirs is longer": "skos:narrowMatch", "ours is longer": "skos:broadMatch"}


def _telling(key: str, language: str) -> frozenset[str]:
    """Return the stems of the words of a key that say something by themselves."""
    return frozenset(to_stem(word, language) or word for word in key.split() if word not in _LINKING)


def _shortened(key: str) -> set[str]:
    """Return a key, and all that it is without one letter."""
    return {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}
