"""Ask what a harvester would say of a publication, offline: its rules over the files that it would fetch."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from commons_ld.errors import PublicationError
from commons_ld.harvesters.catalogues import DATAGOUV, DCAT_AP, NDE, NDE_RECORDS
from commons_ld.harvesters.europeana import EDM, check_delivery, delivered, undelivered
from commons_ld.harvesters.events import LDES
from commons_ld.harvesters.google import check_google
from commons_ld.harvesters.official import official
from commons_ld.harvesters.podcast import check_podcast
from commons_ld.harvesters.protocol import answers, check_oai
from commons_ld.harvesters.rules import Finding, Found, Target, Verdict, applied, expand, unreadable
from commons_ld.harvesters.viewers import check_iiif
from commons_ld.sentences.publication import said
from commons_ld.settings import Settings

__all__ = ["HARVESTERS", "check"]

_Check = Callable[[Path, Settings], Found]


def check(
    publication: Path, harvester: str, shapes: Iterable[Path] = (), *, settings: Settings | None = None
) -> Verdict:
    """Return what a harvester would say.

    :param publication: the folder of a publication, or its ``site/``
    :param harvester: one of :data:`HARVESTERS`
    :param shapes: SHACL files of the harvester itself, which are applied too
    :param settings: those of the archive: what it is called, and where it will lie
    :raises PublicationError: if there is no publication there
    :raises ArtefactError: if a shapes file cannot be understood
    :raises KeyError: if there is no such harvester
    """
    site = publication / "site" if (publication / "site").is_dir() else publication
    if not (site / "catalog.nt").is_file():
        raise PublicationError(publication, said("no-site"))
    findings, counts = HARVESTERS[harvester](site, settings or Settings())
    paths = list(shapes)
    if paths:
        told, more = official(paths, [site / name for name, _ in _GRAPHS.get(harvester, ())])
        findings, counts = [*findings, *told], counts | more
    ranked = sorted(set(findings), key=lambda one: (_RANKS.index(one.severity), one.code, one.node))
    return Verdict(harvester, tuple(ranked), counts)


_RANKS: Final = ("Violation", "Warning", "Info")

#: What of the site each harvester of graphs reads, and what it demands of it.
_GRAPHS: Final[dict[str, tuple[tuple[str, tuple[Target, ...]], ...]]] = {
    # The register reads the description, and the network the records.
    "nde": (("catalog.nt", NDE), ("renderings/schema-ap-nde.nt", NDE_RECORDS)),
    "edm": (("renderings/edm.zip", EDM),),
    "dcat-ap": (("catalog.nt", DCAT_AP),),
    "datagouv": (("renderings/datagouv.rdf", DATAGOUV),),
    "ldes": (("feeds/ldes", LDES),),
}


def _graph(harvester: str) -> _Check:
    """Return the check of rules about graphs, each of which is put on disk where it is large."""

    def checked(site: Path, settings: Settings) -> Found:
        findings: list[Finding] = []
        counts: dict[tuple[str, str], int] = {}
        for name, targets in _GRAPHS[harvester]:
            path = site / name
            files = sorted(path.rglob("*")) if path.is_dir() else [path]
            # The store's own threads may still write while its folder is removed.
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                is_small = sum(file.stat().st_size for file in files if file.is_file()) <= _IN_MEMORY
                store = ox.Store() if is_small else ox.Store(folder)
                for file in files:
                    # Pages of feeds name each other by where they lie.
                    findings += _load(store, file, file.relative_to(site).as_posix(), settings.base_iri)
                told, looked_at = applied(targets, store)
                del store
            findings += told
            counts |= looked_at
        return findings, counts

    return checked


def _delivery(site: Path, _settings: Settings) -> Found:
    path = site / "renderings" / "edm.zip"
    found, counts = check_delivery(path)
    return [*found, *undelivered(_records(site / "renderings" / "schema-ap-nde.nt"), path)], counts


def _records(path: Path) -> Iterator[str]:
    """Yield the records that there are, by the file that has all of them; that it cannot be read is told of the file."""
    with contextlib.suppress(SyntaxError, OSError):
        for statement in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES):
            if (
                statement.predicate == _TYPE
                and statement.object == _WORK
                and isinstance(statement.subject, ox.NamedNode)
            ):
                yield statement.subject.value


def _both(first: Found, second: Found) -> Found:
    return [*first[0], *second[0]], first[1] | second[1]


_TYPE, _WORK = (ox.NamedNode(expand(name)) for name in ("rdf:type", "schema:CreativeWork"))
#: How many bytes of files are looked at in memory.
_IN_MEMORY: Final = 32 * 1024 * 1024


#: The syntaxes by the ends of names; XML is RDF/XML there.
_SYNTAXES: Final = {
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
    ".ttl": ox.RdfFormat.TURTLE,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}


def _load(store: ox.Store, path: Path, name: str, base_iri: str) -> list[Finding]:
    """Put into the store what can be read; return what is to be said of what cannot."""
    if path.suffix == ".zip":
        findings: list[Finding] = []
        # All documents at once: a store on disk makes a file of whatever it is given in bulk.
        store.bulk_extend(_statements(path, base_iri + name, findings))
        return findings
    if path.is_file() and path.suffix in _SYNTAXES:
        try:
            store.bulk_load(path=str(path), format=_SYNTAXES[path.suffix], base_iri=base_iri + name)
        except (SyntaxError, OSError) as error:
            return [unreadable(name, error)]
    return []


def _statements(path: Path, address: str, findings: list[Finding]) -> Iterator[ox.Quad]:
    for name, data in delivered(path):
        try:
            yield from ox.parse(data, format=ox.RdfFormat.RDF_XML, base_iri=f"{address}/{name}")
        except SyntaxError as error:
            findings.append(unreadable(f"{path.name}: {name}", error))


def _whole(check: _Check) -> _Check:
    """Return a check that tells what it cannot read as all else that it finds, so that the others are made."""

    def checked(site: Path, settings: Settings) -> Found:
        try:
            return check(site, settings)
        except PublicationError as error:
            path, problem = error.path, error.problem["en"]
        except OSError as error:
            path, problem = Path(error.filename or site), error.strerror or str(error)
        name = path.relative_to(site) if path.is_relative_to(site) else path
        return [unreadable(str(name), problem)], {}

    return checked


#: Who can be asked, by the name of ``--as``.
HARVESTERS: Final[dict[str, _Check]] = {
    "nde": _whole(_graph("nde")),
    "edm": lambda site, settings: _both(_whole(_graph("edm"))(site, settings), _whole(_delivery)(site, settings)),
    "dcat-ap": _whole(_graph("dcat-ap")),
    "datagouv": _whole(_graph("datagouv")),
    "google-dataset": _whole(lambda site, _settings: check_google(site)),
    "oai": _whole(lambda site, settings: check_oai(answers(site, settings))),
    "podcast": _whole(lambda site, _settings: check_podcast(site)),
    "ldes": _whole(_graph("ldes")),
    "iiif": _whole(lambda site, _settings: check_iiif(site)),
}
