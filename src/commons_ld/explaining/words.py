"""What is said to who asked where something comes from, and got nothing, in French and English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.messages import Language
from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "nearest_said", "said"]

#: One row a sentence: why nothing is told, and what to ask instead.
WORDS: Final[dict[str, Sentence]] = {
    "nothing-exported": Sentence(
        "rien n'est encore exporté ; lancer commons-ld export, puis demander de nouveau",
        "nothing was exported yet; run commons-ld export, then ask again",
    ),
    "no-prefix": Sentence(
        "n'a pas de préfixe connu ; écrire un IRI, ou un des préfixes {value}",
        "has no prefix that is known; write an IRI, or one of the prefixes {value}",
    ),
    "our-own": Sentence(
        "est écrit par commons-ld lui-même, comme le dit docs/provenance.md ; demander {value}",
        "is written by commons-ld itself, as docs/provenance.md says; ask about {value}",
    ),
    "near": Sentence(
        "rien de ce nom n'est publié ; le plus proche connu est {value}",
        "nothing of that name is published; the nearest that is known is {value}",
    ),
    "nothing-near": Sentence(
        "rien de ce nom n'est publié ; le chercher dans manifest.json",
        "nothing of that name is published; look for it in manifest.json",
    ),
    "silent-record": Sentence(
        "n'en parle pas ; la fiche la plus proche qui en parle est {value}",
        "does not speak of it; the nearest record that does is {value}",
    ),
    "other-predicate": Sentence(
        "rien n'en est dit avec <{predicate}> ; le plus proche qui y soit est <{value}>",
        "nothing is said of it with <{predicate}>; the nearest that is there is <{value}>",
    ),
    "source-moved": Sentence(
        "sa source n'est plus où elle était à l'export ; la donner par --source, ou exporter de nouveau",
        "its source is not where it was when it was exported; name it with --source, or export again",
    ),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)


def nearest_said(near: str) -> dict[Language, str]:
    """Return that nothing is known of a name, with the nearest that is, or with where to look if there is none.

    >>> nearest_said("")["en"]
    'nothing of that name is published; look for it in manifest.json'
    """
    return said("near", value=near) if near else said("nothing-near")
