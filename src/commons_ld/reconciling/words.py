"""What is said of reconciliation services elsewhere, in French and in English."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]

WORDS: Final[dict[str, Sentence]] = {
    "bad-address": Sentence(
        "donnez l’adresse http ou https du service",
        "give the http or https address of the service",
    ),
    "cache": Sentence(
        "les réponses n’y peuvent être gardées ({value}) ; effacez-le",
        "answers cannot be kept ({value}); remove it",
    ),
    "kind": Sentence(
        "il répond {value} et non du JSON ; est-ce bien son adresse ?",
        "it answers {value} and not JSON; is this its address?",
    ),
    "large": Sentence("sa réponse dépasse {value}", "its answer is longer than {value}"),
    "login-needed": Sentence(
        "il demande qui vous êtes (401), ce que commons-ld ne dit pas ; est-ce bien son adresse ?",
        "it asks who you are (401), which commons-ld does not tell; is this its address?",
    ),
    "manifest": Sentence("sa présentation n’est pas un objet JSON", "its manifest is no JSON object"),
    "many-redirects": Sentence(
        "il renvoie d’adresse en adresse ; donnez celle où il répond",
        "it leads from address to address; give the one where it answers",
    ),
    "no-json": Sentence("sa réponse n’est pas du JSON", "its answer is no JSON"),
    "other-host": Sentence(
        "il renvoie à {value} ; donnez cette adresse si vous lui faites confiance",
        "it leads to {value}; give that address if you trust it",
    ),
    "results": Sentence(
        "il ne répond pas aux {value} libellés demandés",
        "it does not answer the {value} labels that were asked for",
    ),
    "status": Sentence("il répond {value}", "it answers {value}"),
    "too-large": Sentence(
        "il refuse même un seul libellé (413)",
        "it takes not even one label at once (413)",
    ),
    "unreachable": Sentence("il ne répond pas ({value})", "it does not answer ({value})"),
    "untrusted": Sentence(
        "son certificat n’est pas reconnu ({value}) ; rien ne lui a été demandé",
        "its certificate is not trusted ({value}); it was asked nothing",
    ),
    "version": Sentence(
        "il ne parle ni la version 0.2 ni la version 1.0-draft de l’API",
        "it speaks neither version 0.2 nor 1.0-draft of the API",
    ),
    "wait": Sentence(
        "il demande d’attendre {value} secondes ; recommencez alors",
        "it asks to wait {value} seconds; try again then",
    ),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
