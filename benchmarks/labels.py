"""Invented entities, and labels that mean some of them: written as they are, without accents, and with a slip."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Question", "make_entities", "make_questions"]

_GIVEN: Final = (
    *("Adèle", "Amélie", "Anouk", "Béatrice", "Blaise", "Camille", "Chloé", "Cyprien", "Éloi", "Émile", "Fanny"),
    *("François", "Gaëlle", "Hélène", "Inès", "Jérôme", "Joël", "Léa", "Loïc", "Maïté", "Noé", "Océane", "Raphaël"),
    *("Rémi", "Salomé", "Sébastien", "Théo", "Valérie", "Yaël", "Zoé"),
)
_SYLLABLES: Final = (
    *("bar", "bel", "bon", "bré", "cha", "cour", "del", "don", "fau", "fer", "gar", "gué", "lan", "leb", "lor"),
    *("mar", "mé", "mon", "nou", "per", "pi", "quin", "rou", "sau", "tan", "tour", "val", "vau", "ver", "vil"),
)
_NOUNS: Final = (
    *("Gestion", "Régie", "Charte", "Gouvernance", "Propriété", "Mémoire", "Culture", "Économie", "Santé", "École"),
    *("Forêt", "Rivière", "Semence", "Monnaie", "Énergie", "Fabrique", "Assemblée", "Coopérative", "Archive", "Pêche"),
)


class Question(NamedTuple):
    """A label, and the number of the entity that it means."""

    label: str
    means: int


def make_entities(count: int) -> Iterator[tuple[str, str]]:
    """Yield kind and label of so many entities, no two of which are called the same."""
    chance, known = random.Random(7), set[str]()
    while len(known) < count:
        surname = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))).capitalize()
        kind = chance.choices(("person", "session", "concept"), (6, 3, 1))[0]
        if kind == "person":
            label = f"{chance.choice(_GIVEN)} {surname}"
        elif kind == "session":
            label = f"{chance.randint(11, 26)}.{chance.randint(1, 12):02} {chance.choice(_NOUNS)} de {surname}"
        else:
            label = f"{chance.choice(_NOUNS)} {surname.lower()}ale"
        if label not in known:
            known.add(label)
            yield kind, label


def make_questions(entities: list[tuple[str, str]], count: int) -> Iterator[Question]:
    """Yield labels of some of them: one in four as it is, one in four without accents and case, the others misspelt."""
    chance = random.Random(11)
    for number in range(count):
        means = chance.randrange(len(entities))
        label = entities[means][1]
        if number % 4 == 1:
            bare = unicodedata.normalize("NFD", label)
            label = "".join(letter for letter in bare if not unicodedata.combining(letter)).upper()
        elif number % 4 > 1:
            place = chance.randrange(1, len(label) - 1)
            label = label[:place] + label[place + 1 :] if number % 4 == 2 else label[:place] + "e" + label[place:]
        yield Question(label, means)
