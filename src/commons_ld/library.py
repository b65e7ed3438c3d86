"""commons-ld from Python: read sources, make graphs of records, validate them, publish them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from commons_ld.errors import Reject, fail
from commons_ld.record import MediaRecord
from commons_ld.settings import Settings

if TYPE_CHECKING:
    import rdflib

    from commons_ld.pipeline.exporting import Outcome
    from commons_ld.validation import ValidationReport

__all__ = ["export", "read", "to_graph", "validate"]


def read(path: Path | str, settings: Settings | None = None, *, reject: Reject = fail) -> Iterator[MediaRecord]:
    """Yield the records of a file, or of every file of a folder, in the order of the files' names.

    Personal data is still in them: :func:`to_graph` and :func:`export` withhold it.

    :param settings: what the archive is like; by default that of Remix the commons
    :param reject: what is done with a source that cannot be read; by default it is raised, and reading ends
    :raises SettingsError: if there is no such file or folder
    :raises SourceError: if something cannot be read, unless ``reject`` keeps it

    >>> import commons_ld
    >>> [record.title for record in commons_ld.read("data/sessions")]
    ['21.12 Plaidoyer 2022']
    """
    from commons_ld.pipeline.finding import find_sources
    from commons_ld.pipeline.receiving import complete, read_records

    settings = settings or Settings()
    for found in find_sources([Path(path)]):
        for record in read_records(found, reject):
            yield complete(record, found, settings)


def to_graph(records: Iterable[MediaRecord], settings: Settings | None = None) -> rdflib.Dataset:
    """Return the records as RDF: an rdflib dataset with one named graph a record.

    Chat participants are numbered, and addresses withheld, as the settings say. Names in IRIs are made from
    the titles alone; to keep them when titles change, use :func:`export`, which has a ledger.

    :raises MappingError: if a text of a record can be no RDF literal

    >>> import commons_ld
    >>> dataset = commons_ld.to_graph(commons_ld.read("data/sessions"))
    >>> [str(graph.identifier) for graph in dataset.graphs() if len(graph)]
    ['https://w3id.org/commons-ld/remix/graph/21-12-plaidoyer-2022']
    """
    import rdflib

    from commons_ld.concepts import Concepts
    from commons_ld.iris import RESERVED, numbered, slug
    from commons_ld.mapping import Mapper
    from commons_ld.privacy import policy_of, redact
    from commons_ld.registers import Registers

    settings = settings or Settings()
    mapper = Mapper(settings, Concepts.of(settings), Registers.load(settings))
    policy = policy_of(settings)
    dataset, taken = rdflib.Dataset(), set(RESERVED)
    for record in (redact(record, policy) for record in records):
        name = numbered(slug(record.title), taken.__contains__)
        taken.add(name)
        dataset.parse(data=mapper.block(record, name).data, format="nquads")
    return dataset


def validate(data: rdflib.Graph | Iterable[MediaRecord], settings: Settings | None = None) -> ValidationReport:
    """Validate a graph, or records, against the shapes of commons-ld.

    A graph that does not conform is a result, not an exception.

    :raises MappingError: as :func:`to_graph` does

    >>> import commons_ld
    >>> commons_ld.validate(commons_ld.read("data/sessions")).conforms
    True
    """
    import rdflib

    from commons_ld.artefacts import artefacts
    from commons_ld.validation import Shapes

    graph = data if isinstance(data, rdflib.Graph) else to_graph(data, settings)
    return Shapes.load([path for path in artefacts("shapes") if path.suffix == ".ttl"]).validate_graph(graph)


def export(
    sources: Path | str,
    out: Path | str,
    settings: Settings | None = None,
    *,
    keep_invalid: bool = False,
    allow_deletions: bool = False,
    jobs: int = 1,
) -> Outcome:
    """Read, map, validate and publish a file or folder, as ``commons-ld export`` does.

    :param out: the folder of the publication
    :param settings: the ledger is kept in their ``state`` folder
    :param keep_invalid: publish records too that break a shape of severity Violation
    :param allow_deletions: withdraw the records that are gone from the sources, or do not conform any more, however
        many they are
    :param jobs: how many processes share the work where there is much of it, 0 for as many as there are cores; with
        more than one, the script that calls this is guarded by ``if __name__ == "__main__":``
    :raises CommonsError: if nothing can be published; what was published before then stands

    >>> import commons_ld, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> settings = commons_ld.Settings(state=folder + "/state")
    >>> outcome = commons_ld.export("data/sessions", folder + "/dist", settings)
    >>> outcome.report.published
    1
    """
    from commons_ld.pipeline import exporting

    return exporting.export(
        settings or Settings(),
        [Path(sources)],
        out=Path(out),
        keep_invalid=keep_invalid,
        allow_deletions=allow_deletions,
        jobs=jobs,
    )
