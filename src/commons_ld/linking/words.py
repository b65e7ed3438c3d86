"""What is said to a person about links, in French and in English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]


#: One row a sentence: what was found, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    "unusable": Sentence(
        "ce que l'on sait des liens ne peut être gardé là ({value}) ; y permettre l'écriture, ou faire de la place",
        "what is known of links cannot be kept there ({value}); allow writing there, or make room",
    ),
    "dead": Sentence(
        "ne mène plus nulle part ({status}) ; peut-être gardé ici : {archive}",
        "leads nowhere any more ({status}); perhaps kept here: {archive}",
    ),
    "nobody": Sentence("personne ne répond", "nobody answers"),
    "moved": Sentence("a changé d'adresse pour de bon : {target}", "has another address for good: {target}"),
    "unsure": Sentence(
        "on ne peut le dire ({status}) ; l'ouvrir dans un navigateur",
        "cannot be told ({status}); open it in a browser",
    ),
    "skipped": Sentence(
        "n'a pas été demandé : robots.txt le défend, ou ce n'est pas le réseau public",
        "was not asked for: robots.txt forbids it, or it is not on the public network",
    ),
    "summary": Sentence(
        "{value} adresses : {good} bonnes, {moved} déplacées, {dead} mortes, {unsure} incertaines, {skipped} laissées.",
        "{value} addresses: {good} good, {moved} moved, {dead} dead, {unsure} unsure, {skipped} not asked for.",
    ),
    "listed": Sentence("{value} adresses sur {hosts} serveurs.", "{value} addresses on {hosts} hosts."),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
