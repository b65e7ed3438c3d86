"""What an export did again, what it skipped, and why: told to the person who ran it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from commons_ld.messages import Language
from commons_ld.sentences import Sentence, filled

__all__ = ["EveryPage", "Work", "said_of"]

#: Why every page is mapped, if it is: none was published yet; what was published last does not stand, or not as it was;
#: it was made with something else; or machines share the work.
EveryPage = Literal["", "first", "other", "made-with", "cluster"]

#: One row a sentence.
_WORDS: Final[dict[str, Sentence]] = {
    "first": Sentence(
        "Pages converties, pour la première fois : {value}.", "Pages mapped, for the first time: {value}."
    ),
    "other": Sentence(
        "Pages converties à nouveau : {value}, toutes, car la dernière publication n'est plus là telle quelle.",
        "Pages mapped again: {value}, all of them, as the last publication does not stand as it was.",
    ),
    "made-with": Sentence(
        "Pages converties à nouveau : {value}, toutes, car les réglages, les options, le vocabulaire, les formes ou "
        "commons-ld ont changé depuis la dernière publication.",
        "Pages mapped again: {value}, all of them, as the settings, the options, the vocabulary, the shapes or "
        "commons-ld changed since the last publication.",
    ),
    "cluster": Sentence(
        "Pages converties : {value}, toutes, comme à chaque fois que des machines se partagent le travail.",
        "Pages mapped: {value}, all of them, as each time that machines share the work.",
    ),
    "some": Sentence("Pages converties à nouveau : {value} ({why}).", "Pages mapped again: {value} ({why})."),
    "none": Sentence("Pages converties à nouveau : 0.", "Pages mapped again: 0."),
    "new": Sentence("nouvelles : {value}", "new: {value}"),
    "changed": Sentence("modifiées dans leur source : {value}", "changed in their source: {value}"),
    "naming": Sentence(
        "nommant qui un registre décrit autrement : {value}", "naming those whom a register tells otherwise: {value}"
    ),
    "skipped": Sentence(
        "Pages laissées telles quelles : {value}, car rien n'a changé de leur source ni de ce dont elles sont faites.",
        "Pages skipped: {value}, as nothing changed of their source or of what they are made with.",
    ),
    "gone": Sentence(
        "Pages retirées : {value}, car elles ne sont plus dans les sources.",
        "Pages taken out: {value}, as they are in the sources no more.",
    ),
    "unread": Sentence(
        "Sources laissées : {value}, car ce sont les mêmes octets, ou la même taille et la même date.",
        "Sources skipped: {value}, as they are the same bytes, or of the same size and date.",
    ),
}


class Work(NamedTuple):
    """What an export did again, and what it skipped.

    :param mapped: how many pages were mapped and validated
    :param every: why all of them were, if they were
    :param new: how many of them were not published before
    :param naming: how many of them were because a register tells otherwise of somebody whom they name
    :param skipped: how many were taken over as they were
    :param gone: how many that were published are not any more
    :param unread: how many sources were as when they were read last
    """

    mapped: int = 0
    every: EveryPage = ""
    new: int = 0
    naming: int = 0
    skipped: int = 0
    gone: int = 0
    unread: int = 0


def said_of(work: Work) -> Iterator[dict[Language, str]]:
    """Yield the sentences that tell of it, one for each thing that there is to tell.

    >>> for said in said_of(Work(3, new=1, skipped=7)):
    ...     print(said["en"])
    Pages mapped again: 3 (new: 1, changed in their source: 2).
    Pages skipped: 7, as nothing changed of their source or of what they are made with.
    """
    if work.every:
        yield filled(_WORDS, work.every, value=work.mapped)
    elif work.mapped:
        changed = work.mapped - work.new - work.naming
        counts = (("new", work.new), ("changed", changed), ("naming", work.naming))
        parts = [filled(_WORDS, code, value=number) for code, number in counts if number]
        why: dict[Language, str] = {
            "fr": ", ".join(part["fr"] for part in parts),
            "en": ", ".join(part["en"] for part in parts),
        }
        yield {language: filled(_WORDS, "some", value=work.mapped, why=why[language])[language] for language in why}
    else:
        yield filled(_WORDS, "none")
    for code, number in (("skipped", work.skipped), ("gone", work.gone), ("unread", work.unread)):
        if number:
            yield filled(_WORDS, code, value=number)
