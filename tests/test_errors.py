"""The errors: each is told in French and in English, and comes through another process with all that it carries."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_ld import errors
from commons_ld.errors import CommonsError
from commons_ld.messages import Language
from commons_ld.origin import Origin

PROBLEM: dict[Language, str] = {"fr": "ne va pas ; le mendre", "en": "does not do; mend it"}
WHERE, ORIGIN = Path("dist"), Origin("page.txt", line=3)
RAISED: list[CommonsError] = [
    errors.SettingsError("language", "the settings", PROBLEM),
    errors.ArtefactNotFound("concepts.ttl", WHERE),
    errors.ArtefactError(WHERE, PROBLEM),
    errors.VocabularyError("eau", PROBLEM),
    errors.SourceError("missing-title", origin=ORIGIN),
    errors.MalformedSource("not-text", origin=ORIGIN),
    errors.NotARecord("other-page", origin=ORIGIN),
    errors.InvalidRecord("missing-title", origin=ORIGIN, field="title"),
    errors.MappingError(ORIGIN, PROBLEM),
    errors.ValidationFailure("the graph", "of what nobody knows"),
    errors.NotFound("session/x", PROBLEM),
    errors.RecordsVanished(PROBLEM, gone=("session/x",)),
    errors.FetchError("https://wiki.test/", PROBLEM),
    errors.WikiError("https://wiki.test/", PROBLEM),
    errors.HarvestError("https://archive.test/", PROBLEM),
    errors.PagesVanished("https://wiki.test/", PROBLEM, gone=("A",), known=3),
    errors.SnapshotError(WHERE, PROBLEM),
    errors.PublicationError(WHERE, PROBLEM),
    errors.ProcessesLost(2),
    errors.ClusterError("s3://archive", PROBLEM),
    errors.QueryNotFound("total-hour", "total-hours"),
    errors.StoreError("http://store.test/", PROBLEM),
    errors.StoreUnavailable("http://store.test/", PROBLEM, status=503),
    errors.QueryRejected("http://store.test/", PROBLEM, status=400),
]


def family(kind: type[CommonsError]) -> Iterator[type[CommonsError]]:
    """Yield a class of errors, and those that are made of it."""
    yield kind
    for one in kind.__subclasses__():
        yield from family(one)


@pytest.mark.parametrize("kind", list(family(CommonsError)))
def test_what_could_not_be_done_ends_every_command_with_the_same_code(kind: type[CommonsError]) -> None:
    """As docs/commands.md has it: 2 is for what click cannot understand, and 1 for what was done and found fault with."""
    assert kind.exit_code == (1 if kind is errors.NotConformant else 3)
    assert not [error for error in RAISED if "exit_code" in vars(error)]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_an_error_is_told_in_french_and_in_english(error: CommonsError) -> None:
    """Where it was comes first, and in French a blank before the colon."""
    french, english = error.told("fr"), error.told("en")

    assert english == str(error)
    assert french.replace(" : ", ": ") != english
    if isinstance(error, errors.PlacedError):
        assert (french.split(" : ")[0], english.split(": ")[0]) == (error.where, error.where)


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_an_error_of_another_process_is_as_it_was_raised(error: CommonsError) -> None:
    """With its message, and with all that it carries."""
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))
    assert copy.told("fr") == error.told("fr")


def test_no_error_is_left_out() -> None:
    """Of that a graph does not conform, the report tells."""
    bare = {CommonsError, errors.PlacedError, errors.NotConformant}

    assert {kind for kind in family(CommonsError) if kind.__module__ == errors.__name__} - bare == set(
        map(type, RAISED)
    )


def test_a_message_in_the_words_of_another_is_the_same_in_both_languages() -> None:
    """What a store says cannot be said otherwise."""
    error = errors.QueryRejected("http://store.test/", "37000 Error SP030")

    assert error.told("fr") == "http://store.test/ : 37000 Error SP030"
    assert error.told("en") == "http://store.test/: 37000 Error SP030"
