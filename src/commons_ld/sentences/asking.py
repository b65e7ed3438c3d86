"""What stands in the way of a question, a search or a query, in French and in English, and what to do about it."""

from __future__ import annotations

from functools import partial
from typing import Final

from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "said"]

WORDS: Final[dict[str, Sentence]] = {
    # A search.
    "no-facet": Sentence(
        "il n'y a pas de facette « {value} » ; il y a {known}", "there is no facet '{value}'; there are {known}"
    ),
    "many-words": Sentence(
        "une recherche a au plus {words} mots et {characters} caractères",
        "no more than {words} words and {characters} characters can be searched",
    ),
    "many-choices": Sentence(
        "une recherche a au plus {value} filtres", "no more than {value} values of facets can be chosen"
    ),
    "bad-page": Sentence(
        "page est un nombre de 1 à {value} ; affiner la recherche pour en voir plus",
        "page is a number from 1 to {value}; narrow the search to see more",
    ),
    "bad-size": Sentence("size est un nombre de 1 à {value}", "size is a number from 1 to {value}"),
    "long-search": Sentence(
        "c'est trop long à chercher ; donner plus de mots, ou de plus longs",
        "that takes too long; give more words, or longer ones",
    ),
    "no-parameter": Sentence(
        "il n'y a pas de paramètre « {value} » ; il y a {known}", "there is no parameter '{value}'; there are {known}"
    ),
    "bad-format": Sentence("format est json ou html", "format is json or html"),
    "bad-number": Sentence("« {value} » n'est pas un nombre", "'{value}' is no number"),
    # A query.
    "large-query": Sentence(
        "dépasse {value} octets, et n'est pas une requête", "is larger than {value} bytes, and no query"
    ),
    "not-a-text": Sentence("n'est pas un texte en UTF-8", "is no text in UTF-8"),
    "no-dump": Sentence(
        "ce fichier n'existe pas ; le faire avec commons-ld export, ou en nommer un autre",
        "there is no such file; make it with commons-ld export, or name another one",
    ),
    "asks-others": Sentence(
        "SERVICE interroge un autre serveur ; le permettre avec --federate, ou charger un export de cette archive avec "
        "--with",
        "SERVICE asks another server; allow it with --federate, or load a dump of that archive with --with",
    ),
    "long-query": Sentence(
        "pas de réponse en {value} s ; demander moins, ou plus longtemps avec --timeout",
        "no answer within {value} s; ask for less, or for longer with --timeout",
    ),
    "broke-down": Sentence(
        "la requête a fait tomber l'évaluateur ; l'emboîter moins profondément, demander moins, ou lui donner plus "
        "avec --memory",
        "the query broke the evaluator down; nest it less deeply, ask for less, or give it more with --memory",
    ),
    "rows-only": Sentence(
        "le format {value} contient des lignes, et pas de graphe ; en choisir un autre avec --format",
        "the format {value} holds rows, and no graph; choose another one with --format",
    ),
    "graph-only": Sentence(
        "le format {value} contient un graphe, et pas de lignes ; en choisir un autre avec --format",
        "the format {value} holds a graph, and no rows; choose another one with --format",
    ),
    "no-results": Sentence(
        "a répondu par un JSON qui ne contient pas de résultats ({value})",
        "answered with JSON that holds no results ({value})",
    ),
}

#: Returns a sentence in each language, by its code, with what it is about filled in.
said: Final = partial(filled, WORDS)
