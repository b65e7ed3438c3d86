"""Make records to measure with: invented sessions, each of the size and shape of a real page.

Every person, title, organization, address and sentence is invented; whoever bears such a name is not meant.
Only the labels of the concepts are those of the scheme. A record has what the page of a monthly call has:
a lead, a summary of some paragraphs, guests with a biography, documents, links, and a chat whose authors are
numbered already, since nobody in it is real and there is nothing to withhold. Its identifier is its name in IRIs,
which the ledger would give it.

A record depends on the seed and its own number alone: the first thousand of ten thousand are the thousand.
Chance comes from :meth:`random.Random.random` only, the one sequence that Python promises not to change.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import msgspec

from commons_ld.iris import slug
from commons_ld.record import Document, Guest, Link, Note, RecordFields
from commons_ld.settings import AgentSettings, Settings

__all__ = ["SEED", "archive", "make_records", "write_records"]

SEED: Final = 1

_GIVEN: Final = (
    "Abelune", "Aurégane", "Brivaël", "Céliandre", "Dorimond", "Éloïane", "Fabrelin", "Gwenarch", "Héliaste",
    "Isorel", "Jacquemine", "Kerhaël", "Lisandrin", "Mélusande", "Noéric", "Orphanie", "Pervenche-Anne", "Quentiane",
    "Rosalbin", "Sylvaric", "Théobaldine", "Ulysséa", "Valtrude", "Ysarn", "Zéphirelle",
)  # fmt: skip
_FAMILY: Final = (
    "Aubépierre", "Bellecombrune", "Chantegrêle", "Cœurdesaule", "D’Orvalune", "Entreligne", "Fontvermeille",
    "Grandpréaux", "HAUTERIVAGE", "Îlemarine", "Jolicharme", "Kermadurel", "Longuesource", "Mireluisant",
    "Noirmoulinet", "Outremarais", "Passerivage", "Quatresaisons", "Rochebrumeuse", "Sansterres", "Tournebarque",
    "Ventdebout", "Vieuxpontel",
)  # fmt: skip
#: Whoever is one of these is no person, wherever the name stands.
_ORGANIZATIONS: Final = ("Coopérative des Trois Rivages", "Atelier du Préau commun", "La Fabrique d'à côté")
_COLLECTIONS: Final = ("Appel en commun", "Appel en commun", "Appel en commun", "Rencontres du Préau")
_OBJETS: Final = ("Puissance publique", "Alimentation", "Voisinage", "Maîtrise de l'eau", "Espace public")
_ENJEUX: Final = ("Politique des communs", "Gouvernance démocratique", "Participation citoyenne", "Régie publique")
_ACTIONS: Final = ("Plaidoyer", "Recherche-action", "Cartographie", "Tarification solidaire")
#: The last one is no concept of the scheme: it becomes a candidate.
_RESULTATS: Final = ("État partenaire", "Autogestion", "Usage civique", "Pacte d'usage civique", "Grenier des récits")
_LANGUAGES: Final = (("FR",), ("FR",), ("FR",), ("FR", "EN"), ("FR", "ES"))
_COUNTRIES: Final = ("France", "France", "Belgique", "Canada", "Italie", "Sénégal")
_TOPICS: Final = (
    "Le lavoir partagé", "Des greniers en réseau", "L'eau du plateau", "La régie du faubourg", "Semences d’hiver",
    "La charte du quai", "Les forges ouvertes", "Une monnaie de vallée", "Le verger des écoles",
    "L'atlas des sentiers",
)  # fmt: skip
_WHO: Final = (
    "l'assemblée du quai", "une poignée de riverains", "la régie de l'eau", "l’école de la vallée",
    "le conseil du faubourg", "le maraîcher d’amont", "une coopérative de saison", "la gardienne du lavoir",
    "la mairie de Sansterres",
)  # fmt: skip
_DOES: Final = (
    "met en partage", "raconte", "cherche à préserver", "cartographie", "encadre par une règle",
    "finance peu à peu", "remet en question", "apprend à gouverner", "ouvre à tou·te·s",
    "compare, d’un pays à l’autre,",
)  # fmt: skip
_WHAT: Final = (
    "un grenier de semences", "« la part de l’eau »", "les outils de l'atelier", "une charte d’usage",
    "le récit des crues", "l'accès au rivage", "un fonds de 12\u00a0000\u00a0€", "la forêt d’en haut",
    'ce que l\'on nomme un "pacte"', "les données du réseau",
)  # fmt: skip
_HOW: Final = (
    "sans attendre la loi", "depuis trois hivers", "avec un notaire bénévole", "au prix de longues réunions",
    "malgré la sécheresse", "à voix haute", "en assemblée", "contre l'avis des experts", "et cela tient bon",
    "comme on entretient un chemin",
)  # fmt: skip
_SHORT: Final = (
    "Oui, c'est vrai\u00a0!", ":-)", "Merci pour ces exemples.", "D'accord, mais qui décide\u00a0?", "🌱 belle idée",
)  # fmt: skip
_PROFESSIONS: Final = ("spécialiste des greniers", "juriste de rivage", "chargée de l'atlas", "conteur", "fontainière")

_T = TypeVar("_T")


def archive() -> Settings:
    """Return the settings of the archive that these records would be of: it knows which names are organizations."""
    return Settings(agents=AgentSettings(organizations=_ORGANIZATIONS))


def make_records(count: int, seed: int = SEED) -> Iterator[RecordFields]:
    """Yield ``count`` invented sessions.

    >>> [record.title for record in make_records(2)] == [record.title for record in make_records(1000)][:2]
    True
    """
    for number in range(1, count + 1):
        yield _record(number, Random(seed * 1_000_003 + number))


def write_records(path: Path, count: int, seed: int = SEED) -> None:
    """Write ``count`` records as JSON Lines, one at a time."""
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as lines:
        for record in make_records(count, seed):
            lines.write(encode(record) + b"\n")


def _record(number: int, chance: Random) -> RecordFields:
    year, month, day = 2012 + _upto(chance, 12), 1 + _upto(chance, 12), 1 + _upto(chance, 28)
    created = f"{year}/{month:02}/{day:02}"
    title = f"{year % 100:02}.{month:02} {_one(chance, _TOPICS)} {number}"
    guests = tuple(f"{given} {_one(chance, _FAMILY)}" for given in _some(chance, _GIVEN, 3))
    page = f"https://wiki.rivage-invente.example/{number:06}"
    return RecordFields(
        title=title,
        identifier=slug(title),
        page=page,
        collections=(_one(chance, _COLLECTIONS),),
        objets_de_commun=_some(chance, _OBJETS, 1),
        enjeux=_some(chance, _ENJEUX, 1),
        actions=_some(chance, _ACTIONS, _upto(chance, 2)),
        resultats_attendus=_some(chance, _RESULTATS, 1),
        description=_sentences(chance, 3),
        abstract="\n\n".join(_sentences(chance, 5) for _ in range(3)),
        created=created,
        issued=created,
        duration=f"{_upto(chance, 3):02}:{_upto(chance, 60):02}:{1 + _upto(chance, 59):02}",
        languages=_one(chance, _LANGUAGES),
        countries=(_one(chance, _COUNTRIES),),
        media_type="Audio" if _upto(chance, 4) else "Vidéo",
        producers=_some(chance, _ORGANIZATIONS, _upto(chance, 2)),
        guests=tuple(Guest(name, f"{_one(chance, _PROFESSIONS)}. {_sentences(chance, 1)}") for name in guests),
        broadcast_url=f"https://audio.rivage-invente.example/{number}.ogg" if _upto(chance, 2) else "",
        documents=(Document("La charte d’usage", f"{page}/charte.pdf"),),
        links=(Link(f"{page}/site?lieu={'quai' if _upto(chance, 8) else 'préau'}"),),
        notes=_notes(chance, guests),
    )


def _notes(chance: Random, guests: Sequence[str]) -> tuple[Note, ...]:
    minute, notes = _upto(chance, 20), []
    for number in range(1, 3 + _upto(chance, 3)):
        minute += _upto(chance, 8)
        text = _one(chance, _SHORT) if _upto(chance, 4) == 0 else _sentences(chance, 1 + _upto(chance, 2))
        is_guest = _upto(chance, 5) == 0
        notes.append(
            Note(
                author=_one(chance, guests) if is_guest else "",
                time=f"14:{minute:02}",
                text=text,
                reply_to=number - 1 if number > 1 and _upto(chance, 3) == 0 else 0,
                participant=0 if is_guest else 1 + _upto(chance, 4),
            )
        )
    return tuple(notes)


def _sentences(chance: Random, count: int) -> str:
    made = (" ".join(_one(chance, words) for words in (_WHO, _DOES, _WHAT, _HOW)) for _ in range(count))
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in made)


def _upto(chance: Random, limit: int) -> int:
    """Return a number from 0 to ``limit`` - 1."""
    return int(chance.random() * limit)


def _one(chance: Random, values: Sequence[_T]) -> _T:
    return values[_upto(chance, len(values))]


def _some(chance: Random, values: Sequence[_T], count: int) -> tuple[_T, ...]:
    """Return ``count`` values that follow each other, the first of them by chance."""
    start = _upto(chance, len(values))
    return tuple(values[(start + step) % len(values)] for step in range(count))


if __name__ == "__main__":
    write_records(Path(sys.argv[1]), int(sys.argv[2]))
