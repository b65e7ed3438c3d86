"""The errors of commons-ld, and what a caller may do with a bad record.

::

    CommonsError                exit_code = 3   anything a user can act upon
    ├─ SettingsError                            which key, from which file, variable or flag
    ├─ ArtefactNotFound
    ├─ ArtefactError            .path           the ontology or a shapes file is broken: nothing is published
    ├─ VocabularyError          .where .problem the concepts cannot be changed as was asked
    ├─ SourceError              .origin
    │  ├─ MalformedSource                       the file breaks its own syntax
    │  ├─ NotARecord                            the page is readable, but no record
    │  └─ InvalidRecord         .field .value   the syntax is fine, the content is not
    ├─ MappingError             .origin
    ├─ ValidationFailure        .where          pySHACL broke down: nothing is known of that graph
    ├─ NotFound                 .iri            nothing is known of what was asked about
    ├─ NotConformant            exit_code = 1   .report; raised only where conformity was demanded
    ├─ FetchError               .problem        what lies in the data folder stands, and is whole
    │  ├─ WikiError             .url            the wiki cannot be reached, or does not answer as one
    │  ├─ HarvestError                          another archive cannot be harvested, or its copy not kept
    │  ├─ PagesVanished         .gone .known    more pages are gone at once than is believed
    │  └─ SnapshotError         .path           what was fetched cannot be kept there
    ├─ PublicationError         .path           what was published before stands untouched
    ├─ RecordsVanished          .gone           more records would be withdrawn at once than is believed
    ├─ ProcessesLost            .jobs           processes kept ending before their work was done
    ├─ ClusterError             .where .problem what was published before stands; other machines, or a place that all
    │                                           reach, did not do what they were asked
    ├─ QueryNotFound            .name           neither a recipe of the cookbook, nor a file, nor a query
    └─ StoreError               .endpoint       a store, here or elsewhere, did not do what it was asked
       ├─ StoreUnavailable      .outcome_unknown  it cannot be reached, or does not answer in time
       └─ QueryRejected                         the store's own words

A message says ``where: what``, and then what to do: a :class:`PlacedError`, which most of them are, says it in French
and in English. An error about a source carries the parts of its message as data too (:attr:`SourceError.code`), so that
a report can say it; what the command line prints of an error is :meth:`CommonsError.told`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from commons_ld.messages import Language, message

if TYPE_CHECKING:
    from commons_ld.origin import Origin

__all__ = [
    "ArtefactError",
    "ArtefactNotFound",
    "ClusterError",
    "CommonsError",
    "FetchError",
    "HarvestError",
    "InvalidRecord",
    "MalformedSource",
    "MappingError",
    "NotARecord",
    "NotConformant",
    "NotFound",
    "PagesVanished",
    "PlacedError",
    "ProcessesLost",
    "PublicationError",
    "QueryNotFound",
    "QueryRejected",
    "RecordsVanished",
    "Reject",
    "SettingsError",
    "SnapshotError",
    "SourceError",
    "StoreError",
    "StoreUnavailable",
    "ValidationFailure",
    "VocabularyError",
    "WikiError",
    "fail",
]

#: How much is shown of what may be anything.
_SHOWN: Final = 100


class CommonsError(Exception):
    """Anything that a user of commons-ld can act upon."""

    #: What the command line exits with when this error ends it.
    exit_code = 3

    def __reduce__(self) -> tuple[Callable[..., CommonsError], tuple[object, ...]]:
        # An error of another process comes with its facts: its class would be called with the message alone.
        return _as_raised, (type(self), self.args, self.__dict__)

    def told(self, _language: Language) -> str:
        """Return the message in a language, where it is known in more than one."""
        return str(self)


class PlacedError(CommonsError):
    """An error about one thing, told in French and in English: ``where: what, and what to do``.

    :param where: the file, the folder, the address or the IRI concerned
    :param problem: what is wrong, and what to do, in each language; or in the words of another, in one
    """

    def __init__(self, where: object, problem: str | Mapping[Language, str]) -> None:
        told: Mapping[Language, str] = {"fr": problem, "en": problem} if isinstance(problem, str) else problem
        super().__init__(f"{where}: {told['en']}")
        self.where, self.problem = str(where), told

    def told(self, language: Language) -> str:
        """Return the message in a language."""
        return f"{self.where}{': ' if language == 'en' else ' : '}{self.problem[language]}"


def _as_raised(kind: type[CommonsError], arguments: tuple[object, ...], facts: dict[str, object]) -> CommonsError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(facts)
    return error


class SettingsError(CommonsError):
    """A setting is unknown, or its value is not one that it can have.

    :param key: the setting, dotted: ``privacy.notes``
    :param source: where it was set: a file, an environment variable or a flag
    :param problem: what is wrong with it, and what would be right, in each language
    """

    def __init__(self, key: str, source: str, problem: Mapping[Language, str]) -> None:
        super().__init__(": ".join(part for part in (source, key, problem["en"]) if part))
        self.key, self.source, self.problem = key, source, problem

    def told(self, language: Language) -> str:
        """Return the message in a language."""
        if language == "en":
            return str(self)
        place = self.source
        for english, french in _PLACES_FR:
            place = place.replace(english, french, 1)
        return " : ".join(part for part in (place, self.key, self.problem["fr"]) if part)


#: The words that tell where a setting comes from.
_PLACES_FR: Final = (
    ("the settings", "les réglages"),
    ("the environment", "l'environnement"),
    ("the variable ", "la variable "),
    ("the flag --", "l'option --"),
    (", line ", ", ligne "),
)


class ArtefactNotFound(PlacedError):
    """A published artefact (ontology, shapes) is missing from the installation."""

    def __init__(self, name: str, folder: Path) -> None:
        french = f"{name} n'y est pas ; installer commons-ld de nouveau, ou réparer la copie de travail"
        english = f"there is no {name}; install commons-ld again, or mend the checkout"
        super().__init__(folder, {"fr": french, "en": english})
        self.name, self.folder = name, folder


class ArtefactError(PlacedError):
    """A published artefact (ontology, concepts, shapes, context) cannot be read; nothing is published with it.

    :param path: the file
    :param problem: what is wrong with it, with the line where the parser tells it, in each language
    """

    def __init__(self, path: Path, problem: Mapping[Language, str]) -> None:
        super().__init__(path, problem)
        self.path = path


class VocabularyError(PlacedError):
    """The concepts cannot be changed as was asked; the file is as it was.

    :param where: the concept, the label or the file concerned
    """


class SourceError(CommonsError):
    """Something that was to be read as a record cannot be.

    :param code: which sentence of :data:`commons_ld.messages.MESSAGES` says what is wrong
    :param origin: the file, and the line or page in it
    :param field: the field concerned, as the source calls it, or ``""``
    :param value: what was found there, or ``""``
    """

    def __init__(self, code: str, *, origin: Origin, field: str = "", value: str = "") -> None:
        super().__init__(f"{origin}: {message(code, 'en', field=field, value=value)}")
        self.code, self.origin, self.field, self.value = code, origin, field, value

    def told(self, language: Language) -> str:
        """Return the message in a language."""
        colon = ": " if language == "en" else " : "
        return f"{self.origin}{colon}{message(self.code, language, field=self.field, value=self.value)}"


class MalformedSource(SourceError):
    """The file breaks the syntax of its own format."""


class NotARecord(SourceError):
    """The page is one that is no record: a diff, a special page, a query table."""


class InvalidRecord(SourceError):
    """The syntax is fine, the content is not: a record without a title, say."""


class MappingError(PlacedError):
    """A value that cannot be written as RDF reached the mapping.

    :param origin: of the record
    """

    def __init__(self, origin: Origin, problem: Mapping[Language, str]) -> None:
        super().__init__(origin, problem)
        self.origin = origin


class ValidationFailure(PlacedError):
    """The validator broke down (https://www.w3.org/TR/shacl/#failures): nothing is published.

    :param where: the graph that was being checked
    :param problem: what the validator says
    """

    def __init__(self, where: str, problem: str) -> None:
        french = f"n'a pas pu être validé, et rien n'est publié ; regarder d'abord les formes : {problem}"
        english = f"could not be checked, so nothing is published; look at the shapes first: {problem}"
        super().__init__(where, {"fr": french, "en": english})


class NotFound(PlacedError):
    """Nothing is known of what was asked about.

    :param iri: what that was
    :param problem: what is known instead, or what to do, in each language
    """

    def __init__(self, iri: str, problem: Mapping[Language, str]) -> None:
        super().__init__(iri, problem)
        self.iri = iri


class NotConformant(CommonsError):
    """The data does not conform to the shapes, where conformity was demanded."""

    exit_code = 1


class RecordsVanished(CommonsError):
    """More records would be withdrawn at once than is believed without asking; what was published stands.

    :param problem: which, and what to do, in each language
    :param gone: their IRIs
    """

    def __init__(self, problem: Mapping[Language, str], *, gone: tuple[str, ...]) -> None:
        super().__init__(problem["en"])
        self.problem, self.gone = problem, gone

    def told(self, language: Language) -> str:
        """Return the message in a language."""
        return self.problem[language]


class FetchError(PlacedError):
    """Pages could not be fetched from a wiki; those that lie in the data folder stand.

    :param where: the address or the folder concerned
    """


class WikiError(FetchError):
    """A wiki cannot be reached, or does not answer as a wiki does.

    :param url: the address that was asked, without its query: that may hold more than is to be shown
    """

    def __init__(self, url: str, problem: Mapping[Language, str]) -> None:
        super().__init__(url, problem)
        self.url = url


class PagesVanished(FetchError):
    """More pages are gone from a wiki at once than is believed without asking.

    :param gone: the titles of those that would be removed
    :param known: how many there are in the data folder
    """

    def __init__(self, where: str, problem: Mapping[Language, str], *, gone: tuple[str, ...], known: int) -> None:
        super().__init__(where, problem)
        self.gone, self.known = gone, known


class SnapshotError(FetchError):
    """The folder of fetched pages cannot be used, or another process uses it."""

    def __init__(self, path: Path, problem: Mapping[Language, str]) -> None:
        super().__init__(str(path), problem)
        self.path = path


class HarvestError(FetchError):
    """Another archive cannot be harvested, or the copy of it cannot be kept; what was harvested before stands.

    :param where: the address, without its query, or the folder
    """


class PublicationError(PlacedError):
    """The publication could not be written or read; the one that stood before is untouched.

    :param path: the file or folder that could not be written
    """

    def __init__(self, path: Path, problem: Mapping[Language, str]) -> None:
        super().__init__(path, problem)
        self.path = path


class ProcessesLost(CommonsError):
    """Processes that share the work keep ending before it is done, as when the system runs out of memory.

    :param jobs: how many there were at a time
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(
            f"of {jobs} processes at work some kept ending, most likely for want of memory; try again with --jobs 1"
        )
        self.jobs = jobs

    def told(self, language: Language) -> str:
        """Return the message in a language."""
        if language == "en":
            return str(self)
        return (
            f"sur {self.jobs} processus au travail, certains s'arrêtent toujours, sans doute faute de mémoire ; "
            "recommencer avec --jobs 1"
        )


class ClusterError(PlacedError):
    """Machines that share the work, or a place that all of them reach, cannot be used as was asked.

    :param where: the address concerned, without a name or a password
    """


class QueryNotFound(CommonsError):
    """What was to be asked is neither a recipe of the cookbook, nor a file, nor a query.

    :param name: what was given
    :param nearest: the recipe whose name resembles it most, or ``""``
    """

    def __init__(self, name: str, nearest: str) -> None:
        hint = f"did you mean {nearest}? " if nearest else ""
        self._shown = name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"
        super().__init__(
            f"'{self._shown}': no recipe, no file and no query; {hint}commons-ld query --list names the recipes"
        )
        self.name, self.nearest = name, nearest

    def told(self, language: Language) -> str:
        """Return the message in a language."""
        if language == "en":
            return str(self)
        hint = f"vouliez-vous dire {self.nearest} ? " if self.nearest else ""
        return f"« {self._shown} » : ni recette, ni fichier, ni requête ; {hint}commons-ld query --list les énumère"


class StoreError(PlacedError):
    """A store did not do what it was asked, or does not hold what it should.

    :param endpoint: its address, without a name or a password, or the file that was loaded in its place
    :param problem: what is wrong, and what to do, in each language; or in the store's own words
    :param status: that of its answer (RFC 9110, section 15), or 0 if it gave none
    """

    def __init__(self, endpoint: str, problem: str | Mapping[Language, str], *, status: int = 0) -> None:
        super().__init__(endpoint, problem)
        self.endpoint, self.status = endpoint, status


class StoreUnavailable(StoreError):
    """The store cannot be reached, or does not answer in time; it may be well again later.

    :param outcome_unknown: whether the request may have been done all the same
    :param retry_after: the seconds after which it asks to be asked again, or 0
    """

    def __init__(
        self,
        endpoint: str,
        problem: str | Mapping[Language, str],
        *,
        status: int = 0,
        outcome_unknown: bool = True,
        retry_after: float = 0,
    ) -> None:
        super().__init__(endpoint, problem, status=status)
        self.outcome_unknown, self.retry_after = outcome_unknown, retry_after


class QueryRejected(StoreError):
    """The store does not understand the query, or will not answer it; the message is in its own words."""


#: What a reader does with a source that it refuses: raise it, or keep it and go on.
Reject = Callable[[SourceError], None]


def fail(error: SourceError) -> NoReturn:
    """Raise ``error``: the default way to treat what is refused."""
    raise error
