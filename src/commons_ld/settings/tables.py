"""The tables of the settings: each with its type, its default and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from commons_ld.dates import DateOrder
from commons_ld.rdf.formats import FORMATS

__all__ = [
    "AgentSettings",
    "DatasetSettings",
    "OutputSettings",
    "PodcastSettings",
    "PrivacySettings",
    "ServeSettings",
    "SessionSettings",
    "Settings",
    "StoreSettings",
    "Table",
    "VocabularySettings",
    "WikiSettings",
    "documented",
]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the settings file."""


class DatasetSettings(Table, frozen=True):
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


class PodcastSettings(Table, frozen=True):
    """What podcast directories ask for, and the pages do not tell."""

    category: Annotated[str, Meta(description="Category of Apple Podcasts, such as Education.")] = ""
    explicit: Annotated[Literal["", "true", "false"], Meta(description="Whether episodes are unfit for children.")] = ""
    image: Annotated[str, Meta(description="Address of the cover: JPEG or PNG, square, of 1400 to 3000 pixels.")] = ""


class WikiSettings(Table, frozen=True):
    """The wiki that the pages come from."""

    page_url: Annotated[
        str, Meta(description="Address of a page of the wiki, with {title} for its name; empty for no wiki.")
    ] = "https://wiki.remixthecommons.org/index.php/{title}"
    categories: Annotated[
        tuple[str, ...],
        Meta(description="Categories whose pages are fetched; by default the pages that call {{Objet média}}."),
    ] = ()


class SessionSettings(Table, frozen=True):
    """What tells a session from another media object."""

    collections: Annotated[
        tuple[str, ...], Meta(description="Collections whose records are sessions, whatever their title.")
    ] = ("Appel en commun",)


class AgentSettings(Table, frozen=True):
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


class PrivacySettings(Table, frozen=True):
    """What becomes of the people in the chat."""

    notes: Annotated[
        Literal["omit", "pseudonymise", "publish"],
        Meta(description="Leave the notes out, number their authors, or publish their names."),
    ] = "pseudonymise"


class OutputSettings(Table, frozen=True):
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


class ServeSettings(Table, frozen=True):
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


class StoreSettings(Table, frozen=True):
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


class VocabularySettings(Table, frozen=True):
    """The concepts that records are filed under."""

    concepts: Annotated[
        str,
        Meta(description="Turtle file of the concepts; where there is none, those that come with commons-ld are used."),
    ] = "ontology/concepts.ttl"
    alignments: Annotated[
        str, Meta(description="Turtle file of what matches the concepts in other vocabularies; it need not be there.")
    ] = "ontology/alignments.ttl"


class Settings(Table, frozen=True):
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


def documented() -> Iterator[tuple[str, str, str, str]]:
    """Yield key, type, default and meaning of every setting, in the order of the file."""
    yield from _documented(Settings(), "")


def _documented(table: Table, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    hints = get_type_hints(type(table), include_extras=True)
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if isinstance(value, Table):
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
