"""The settings: what is built in, then ``commons-ld.toml``, then the environment, then flags."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from commons_ld.catalogue_codes import codes_of
from commons_ld.dates import DateOrder
from commons_ld.errors import SettingsError
from commons_ld.messages import Language
from commons_ld.rdf.formats import FORMATS, N_QUADS
from commons_ld.rdf.syntax import is_http_iri, is_language_tag
from commons_ld.sentences.settings import said

__all__ = [
    "AgentSettings",
    "DatasetSettings",
    "OutputSettings",
    "PrivacySettings",
    "ServeSettings",
    "SessionSettings",
    "Settings",
    "StoreSettings",
    "VocabularySettings",
    "WikiSettings",
    "documented",
    "load_settings",
]

#: The prefix of the variables that override the file: ``COMMONS_LD_PRIVACY__NOTES=omit``.
_ENVIRONMENT: Final = "COMMONS_LD_"
#: What stands before the name of one where it is told.
_VARIABLE: Final = "the variable "


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the settings file."""


class DatasetSettings(_Table, frozen=True):
    """How the dataset as a whole is described."""

    title: Annotated[dict[str, str], Meta(description="Title of the dataset, by language.")] = msgspec.field(
        default_factory=lambda: {
            "fr": "Archive de conversations enregistrées sur les communs",
            "en": "Archive of recorded conversations about the commons",
        }
    )
    description: Annotated[dict[str, str], Meta(description="What the dataset holds, by language.")] = msgspec.field(
        default_factory=lambda: {
            "fr": "Les enregistrements d'une archive de conversations sur les communs, en données liées.",
            "en": "The records of an archive of conversations about the commons, as linked data.",
        }
    )
    publisher: Annotated[str, Meta(description="Name of the organization that publishes.")] = "Remix the commons"
    publisher_iri: Annotated[str, Meta(description="IRI of the publisher; by default one is minted.")] = ""
    contact: Annotated[str, Meta(description="Address published for questions about the data; none by default.")] = ""
    license: Annotated[
        str, Meta(description="IRI of the licence of the metadata; no record is ever given one by default.")
    ] = ""
    homepage: Annotated[str, Meta(description="Web page of the archive.")] = ""
    contact_until: Annotated[
        str, Meta(description="Day until which that address stands, such as 2027-12-31; security.txt needs one.")
    ] = ""
    keywords: Annotated[
        tuple[str, ...], Meta(description="Words by which the dataset is found, in the language of the pages.")
    ] = ()
    themes: Annotated[
        tuple[str, ...], Meta(description="Codes of the EU table of themes, such as EDUC or SOCI, for data catalogues.")
    ] = ()
    frequency: Annotated[
        str, Meta(description="Code of the EU table of frequencies, such as MONTHLY: how often the data changes.")
    ] = ""
    publisher_type: Annotated[
        str, Meta(description="Kind of publisher in the ADMS vocabulary, such as NonProfitOrganisation.")
    ] = ""
    image: Annotated[
        str, Meta(description="Address of a picture that stands for a recording that has none of its own.")
    ] = ""
    rights: Annotated[
        str,
        Meta(
            description="IRI of a licence or rights statement that is true of every recording, for harvesters that "
            "ask for one; none by default."
        ),
    ] = ""
    provider: Annotated[str, Meta(description="Name of the aggregator through which Europeana is reached.")] = ""
    endpoint: Annotated[str, Meta(description="Address of a SPARQL endpoint that answers from the dataset.")] = ""


class PodcastSettings(_Table, frozen=True):
    """What podcast directories ask for, and the pages do not tell."""

    category: Annotated[str, Meta(description="Category of Apple Podcasts, such as Education.")] = ""
    explicit: Annotated[Literal["", "true", "false"], Meta(description="Whether episodes are unfit for children.")] = ""
    image: Annotated[str, Meta(description="Address of the cover: JPEG or PNG, square, of 1400 to 3000 pixels.")] = ""


class WikiSettings(_Table, frozen=True):
    """The wiki that the pages come from."""

    page_url: Annotated[
        str, Meta(description="Address of a page of the wiki, with {title} for its name; empty for no wiki.")
    ] = "https://wiki.remixthecommons.org/index.php/{title}"
    categories: Annotated[
        tuple[str, ...],
        Meta(description="Categories whose pages are fetched; by default the pages that call {{Objet média}}."),
    ] = ()


class SessionSettings(_Table, frozen=True):
    """What tells a session from another media object."""

    collections: Annotated[
        tuple[str, ...], Meta(description="Collections whose records are sessions, whatever their title.")
    ] = ("Appel en commun",)


class AgentSettings(_Table, frozen=True):
    """Names whose kind the pages do not tell."""

    organizations: Annotated[
        tuple[str, ...], Meta(description="Names that are organizations wherever they stand, the chat included.")
    ] = ("Remix the commons",)
    persons: Annotated[tuple[str, ...], Meta(description="Producers that are persons.")] = ()
    people_register: Annotated[
        str, Meta(description="Table of persons: which names are one, and their links; it is no source.")
    ] = "data/people.csv"
    organizations_register: Annotated[
        str, Meta(description="Table of organizations: which names are one, and their links; it is no source.")
    ] = "data/organizations.csv"


class PrivacySettings(_Table, frozen=True):
    """What becomes of the people in the chat."""

    notes: Annotated[
        Literal["omit", "pseudonymise", "publish"],
        Meta(description="Leave the notes out, number their authors, or publish their names."),
    ] = "pseudonymise"


class OutputSettings(_Table, frozen=True):
    """What is written, and where."""

    directory: Annotated[str, Meta(description="The folder of the publication.")] = "dist"
    dumps: Annotated[
        tuple[str, ...],
        Meta(description="Syntaxes in which the whole dataset is written; n-quads is one of them in any case."),
    ] = tuple(format_.name for format_ in FORMATS)
    compression: Annotated[
        Literal["plain", "compressed", "both"],
        Meta(description="What these are written as, and shards where machines share an export: plain, .gz, or both."),
    ] = "both"
    records: Annotated[bool, Meta(description="Write a Turtle and a JSON-LD file a record.")] = True
    folders: Annotated[
        Literal["flat", "sharded"],
        Meta(
            description="Files of things in one folder a kind, or shared out among 4,096 in it: for thousands of "
            "records, on a web host that rewrites addresses."
        ),
    ] = "flat"
    site: Annotated[bool, Meta(description="Write the site: a page for everything, in French and in English.")] = True
    feeds: Annotated[bool, Meta(description="Write the feeds that other archives harvest.")] = True
    most_notes: Annotated[
        int, Meta(description="Notes of one chat that are published; the report tells where there are more.", ge=1)
    ] = 20_000


class ServeSettings(_Table, frozen=True):
    """How ``commons-ld serve`` serves."""

    host: Annotated[str, Meta(description="Address to listen at.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port to listen at.", ge=1, le=65535)] = 8000
    behind_proxy: Annotated[
        bool, Meta(description="A proxy stands in front, and appends who asks to X-Forwarded-For.")
    ] = False
    access_log: Annotated[bool, Meta(description="Log each request, without anything personal.")] = True
    workers: Annotated[int, Meta(description="Queries answered at once.", ge=1, le=64)] = 3
    slow_workers: Annotated[
        int, Meta(description="Queries that take long and go on beside them, at a low priority.", ge=1, le=64)
    ] = 4
    waiting: Annotated[int, Meta(description="Queries that wait; one more is told to come back.", ge=0, le=1000)] = 64
    query_seconds: Annotated[int, Meta(description="Seconds that one query may take.", ge=1, le=3600)] = 10
    query_memory: Annotated[
        int, Meta(description="MiB of memory that one query may take, above the open store.", ge=64, le=65536)
    ] = 512
    answer_size: Annotated[int, Meta(description="MiB of one answer.", ge=1, le=4096)] = 64
    client_seconds: Annotated[
        int, Meta(description="Seconds of processor time that one client may take a minute; 0 for no bound.", ge=0)
    ] = 60
    cache_size: Annotated[int, Meta(description="MiB of answers that are kept in memory.", ge=0, le=65536)] = 64


class StoreSettings(_Table, frozen=True):
    """The store that ``commons-ld load`` loads."""

    url: Annotated[
        str, Meta(description="Where the SPARQL store to load takes queries; empty for the embedded store.")
    ] = ""
    update_url: Annotated[
        str, Meta(description="Where it takes updates; by default /update beside /query, else the same address.")
    ] = ""
    graph_store_url: Annotated[
        str, Meta(description="Where it takes graphs by the Graph Store Protocol; by default they go as updates.")
    ] = ""
    timeout: Annotated[int, Meta(description="Seconds that the store may be silent.", ge=1, le=3600)] = 60


class VocabularySettings(_Table, frozen=True):
    """The concepts that records are filed under."""

    concepts: Annotated[
        str,
        Meta(description="Turtle file of the concepts; where there is none, those that come with commons-ld are used."),
    ] = "ontology/concepts.ttl"
    alignments: Annotated[
        str, Meta(description="Turtle file of what matches the concepts in other vocabularies; it need not be there.")
    ] = "ontology/alignments.ttl"


class Settings(_Table, frozen=True):
    """Everything that can be set. See ``docs/settings.md``.

    >>> Settings().privacy.notes
    'pseudonymise'
    """

    base_iri: Annotated[str, Meta(description="What every IRI of the archive begins with; ends in /.")] = (
        "https://w3id.org/commons-ld/remix/"
    )
    language: Annotated[str, Meta(description="Language of the texts of the pages (BCP 47).")] = "fr"
    timezone: Annotated[str, Meta(description="Time zone of the times in the chat (IANA name).")] = "Europe/Paris"
    date_order: Annotated[
        DateOrder, Meta(description="What comes first in 03/02/2021, day (DMY) or month (MDY); unset, it is not read.")
    ] = ""
    sources: Annotated[tuple[str, ...], Meta(description="Files and folders to read.")] = ("data",)
    state: Annotated[str, Meta(description="Folder of the publication ledger.")] = ".commons-ld"
    dataset: DatasetSettings = msgspec.field(default_factory=DatasetSettings)
    podcast: PodcastSettings = msgspec.field(default_factory=PodcastSettings)
    wiki: WikiSettings = msgspec.field(default_factory=WikiSettings)
    sessions: SessionSettings = msgspec.field(default_factory=SessionSettings)
    agents: AgentSettings = msgspec.field(default_factory=AgentSettings)
    privacy: PrivacySettings = msgspec.field(default_factory=PrivacySettings)
    output: OutputSettings = msgspec.field(default_factory=OutputSettings)
    serve: ServeSettings = msgspec.field(default_factory=ServeSettings)
    store: StoreSettings = msgspec.field(default_factory=StoreSettings)
    vocabulary: VocabularySettings = msgspec.field(default_factory=VocabularySettings)

    #: The folder that relative paths are relative to: that of the settings file.
    root: Path = Path()

    def path(self, name: str) -> Path:
        """Return a path of the settings as one that can be opened from here."""
        return self.root / name


def load_settings(
    path: Path | None = None, environment: Mapping[str, str] = os.environ, **flags: str | tuple[str, ...] | None
) -> Settings:
    """Return the settings in force.

    :param path: the settings file; ``None`` for none
    :param environment: where ``COMMONS_LD_…`` variables are looked up; ``__`` stands for the dot of a table
    :param flags: values that override all else, by dotted key with ``__``; ``None`` means not given
    :raises SettingsError: if a key is unknown or a value cannot be one, naming the key and where it stands

    >>> load_settings(environment={"COMMONS_LD_PRIVACY__NOTES": "omit"}).privacy.notes
    'omit'
    """
    tree: dict[str, Any] = {}
    _lay(tree, _read(path) if path else {}, str(path))
    for name, value in sorted(environment.items()):
        if name.startswith(_ENVIRONMENT):
            _lay(tree, _nest(name.removeprefix(_ENVIRONMENT).lower(), value), f"{_VARIABLE}{name}")
    for name, given in flags.items():
        if given is not None:
            _lay(tree, _nest(name, given), f"the flag --{name.rpartition('__')[2].replace('_', '-')}")
    settings = _convert(tree, {} if path is None else {"root": path.parent})
    _check(settings, str(path or "the settings"))
    return settings


def documented() -> Iterator[tuple[str, str, str, str]]:
    """Yield key, type, default and meaning of every setting, in the order of the file."""
    yield from _documented(Settings(), "")


def _documented(table: _Table, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    hints = get_type_hints(type(table), include_extras=True)
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if isinstance(value, _Table):
            yield from _documented(value, f"{prefix}{name}.")
        elif name != "root":
            kind, meta = get_args(hints[name])[:2]
            names = " or ".join(f'"{name}"' for name in get_args(kind) if isinstance(name, str))
            kind = names or _KINDS[get_origin(kind) or kind]
            yield f"{prefix}{name}", kind, msgspec.json.encode(value).decode(), meta.description


_KINDS: Final[dict[object, str]] = {
    str: "text",
    tuple: "list of texts",
    bool: "true or false",
    int: "number",
    dict: "texts by language",
}


#: The names of the settings that are lists; no other setting has one of them.
_LISTS: Final = frozenset(
    {"sources", "categories", "collections", "dumps", "organizations", "persons", "keywords", "themes"}
)


def _read(path: Path) -> dict[str, Any]:
    try:
        # Some editors write a mark before UTF-8, which TOML does not allow.
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except FileNotFoundError as error:
        raise SettingsError("", str(path), said("no-file")) from error
    except UnicodeDecodeError as error:
        raise SettingsError("", str(path), said("not-utf-8", value=f"0x{error.object[error.start]:02X}")) from error
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).removesuffix(")").rpartition(" (at ")
        line = found[1] if (found := re.match(r"line ([0-9]+)", place)) else len(text.splitlines())
        raise SettingsError("", str(path), said("bad-toml", value=problem, line=line)) from error
    except OSError as error:
        raise SettingsError("", str(path), said("unreadable", value=error)) from error


def _nest(name: str, value: str | tuple[str, ...]) -> dict[str, Any]:
    """Return ``{"privacy": {"notes": value}}`` for ``privacy__notes``; a list is parted by ``|``."""
    head, _, rest = name.partition("__")
    if rest:
        return {head: _nest(rest, value)}
    if isinstance(value, str) and head in _LISTS:
        return {head: [part.strip() for part in value.split("|") if part.strip()]}
    return {head: value}


def _lay(tree: dict[str, Any], over: Mapping[str, Any], source: str) -> None:
    """Lay the tables of ``over`` on those of ``tree``, once their keys and values are known to be good."""
    _check_keys(Settings, over, "", source)
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict) and key not in ("title", "description"):
            tree[key] = {**tree[key], **value}
        else:
            tree[key] = value
    try:
        msgspec.convert(over, Settings, strict=False)
    except msgspec.ValidationError as error:
        key = re.split(r"[`\[]", str(error).partition(" - at `$.")[2])[0]
        raise SettingsError(key, source, _said_of_kind(key, over)) from error


def _said_of_kind(key: str, given: Any) -> dict[Language, str]:
    """Return what the value of a setting has to be, by its type."""
    kind: Any = Settings
    for name in key.split("."):
        hint = get_type_hints(kind, include_extras=True)[name]
        kind, meta = get_args(hint)[:2] if get_origin(hint) is Annotated else (hint, None)
        given = given[name]
    origin = get_origin(kind) or kind
    if origin not in _NO_KIND:
        return said("no-table", name=key)
    known = ", ".join(f'"{choice}"' for choice in get_args(kind)) if origin is Literal else ""
    if origin is int:
        known = f"{meta.ge}–{meta.le}" if meta.le is not None else f"≥ {meta.ge}"
    return said(_NO_KIND[origin], value=msgspec.json.encode(given, enc_hook=str).decode(), known=known)


#: What is said of a value that has not the type of its setting.
_NO_KIND: Final[dict[object, str]] = {
    str: "no-text",
    tuple: "no-list",
    bool: "no-truth",
    int: "no-number",
    dict: "no-texts",
    Literal: "no-choice",
}


def _check_keys(table: type[msgspec.Struct], given: Mapping[str, Any], prefix: str, source: str) -> None:
    known = {field.name: field.type for field in msgspec.structs.fields(table) if field.name != "root"}
    for key, value in given.items():
        if key not in known:
            # What belongs into a table may have been written without it.
            names = [*known, *(() if prefix else (name for name, *_ in documented()))]
            near = prefix + difflib.get_close_matches(key, names, n=1, cutoff=0.0)[0]
            if source.startswith(_VARIABLE):
                near = _ENVIRONMENT + near.upper().replace(".", "__")
            raise SettingsError(prefix + key, source, said("unknown", value=near))
        kind = known[key]
        if isinstance(kind, type) and issubclass(kind, _Table) and isinstance(value, Mapping):
            _check_keys(kind, value, f"{prefix}{key}.", source)


def _convert(tree: dict[str, Any], extra: dict[str, Any]) -> Settings:
    settings = msgspec.convert(tree, Settings, strict=False)
    return msgspec.structs.replace(settings, **extra)


def _check(settings: Settings, source: str) -> None:
    """Check what a type cannot say."""
    for key, is_good, code in _CHECKS:
        value = attrgetter(key)(settings)
        for one in (value,) if isinstance(value, str) else value:
            if not is_good(one):
                choices = codes_of(_CODES[key]) if key in _CODES else _SYNTAXES
                raise SettingsError(key, source, said(code, value=one, known=", ".join(choices)))
    for key in ("dataset.title", "dataset.description", "dataset.keywords"):
        texts = attrgetter(key)(settings)
        if not all(text.strip() for text in (texts.values() if isinstance(texts, dict) else texts)):
            raise SettingsError(key, source, said("empty-text"))
    if N_QUADS.name not in settings.output.dumps:
        known = ", ".join(_SYNTAXES)
        raise SettingsError("output.dumps", source, said("no-n-quads", value=N_QUADS.name, known=known))


def _is_base(iri: str) -> bool:
    # Pages, feeds and files have addresses below it, and some of these a fragment of their own.
    return is_http_iri(iri) and iri.endswith("/") and "#" not in iri and "?" not in iri


def _is_address_of_pages(url: str) -> bool:
    return "{title}" in url and is_http_iri(url.replace("{title}", "x"))


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_code_of(table: str) -> Callable[[str], object]:
    return lambda code: not code or code in codes_of(table)


def _if_given(is_good: Callable[[str], object]) -> Callable[[str], object]:
    return lambda value: not value or is_good(value)


_DAY: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_ADDRESS: Final = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")
#: The settings that are codes of data catalogues, and the table of each.
_CODES: Final = {
    "dataset.themes": "data-theme",
    "dataset.frequency": "frequency",
    "dataset.publisher_type": "publishertype",
}
_SYNTAXES: Final = tuple(format_.name for format_ in FORMATS)
_IRIS: Final = (
    *(f"dataset.{name}" for name in ("publisher_iri", "license", "homepage", "image", "rights", "endpoint")),
    "podcast.image",
)
#: A setting, what each of its values has to be, and what is said where one is not; of texts by language, the languages.
_CHECKS: Final[tuple[tuple[str, Callable[[str], object], str], ...]] = (
    ("base_iri", _is_base, "bad-base"),
    ("language", is_language_tag, "bad-tag"),
    ("dataset.title", is_language_tag, "bad-tag"),
    ("dataset.description", is_language_tag, "bad-tag"),
    *((key, _if_given(is_http_iri), "bad-iri") for key in _IRIS),
    *((key, _is_code_of(table), "bad-code") for key, table in _CODES.items()),
    ("dataset.contact_until", _if_given(_DAY.fullmatch), "bad-day"),
    ("dataset.contact", _if_given(_ADDRESS.fullmatch), "bad-contact"),
    *((f"store.{key}", _if_given(is_http_iri), "bad-address") for key in ("url", "update_url", "graph_store_url")),
    ("wiki.page_url", _if_given(_is_address_of_pages), "bad-page-url"),
    ("output.dumps", _SYNTAXES.__contains__, "bad-syntax"),
    ("timezone", _is_zone, "bad-zone"),
)
