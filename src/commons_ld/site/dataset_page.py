"""The page about the dataset as a whole: what it holds, and where it is to be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commons_ld.artefacts import artefacts
from commons_ld.catalog import catalog_block
from commons_ld.dump_files import Dumps
from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.outputs.records import render_record
from commons_ld.rdf.formats import dump_name
from commons_ld.sentences import figure
from commons_ld.settings import OutputSettings, Settings
from commons_ld.site.embedding import embedded
from commons_ld.site.gathering import Gathered
from commons_ld.site.layout import LANGUAGES, page_name
from commons_ld.site.pages import Frame, render
from commons_ld.site.words import WORDS

__all__ = ["dataset_pages"]


def dataset_pages(
    gathered: Gathered, settings: Settings, frame: Frame, described: Mapping[Language, bytes]
) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of the page in each language.

    :param described: the description of the dataset as JSON-LD, for the pages to carry; else they carry the catalogue
    """
    counts = gathered.counts()
    about = settings.dataset
    own = catalog_block(settings)
    carried = embedded(render_record(IriPolicy(settings.base_iri).dataset, own.data, settings.base_iri)[1])
    wanted = Dumps.of(settings.output)
    dumps = [
        {"title": format_.title, "specification": format_.specification, "media_type": format_.media_type,
         "name": dump_name(format_)}
        for format_ in wanted.formats
    ]  # fmt: skip
    for language in LANGUAGES:
        words = WORDS[language]
        rows = [
            (words["noun_sessions"].partition("|")[2], counts["sessions"]),
            (words["noun_records"].partition("|")[2], counts["records"]),
            *((words[f"{kind}s"] if kind != "person" else words["people"], counts[kind])
              for kind in ("concept", "collection", "person", "organization")),
        ]  # fmt: skip
        text = render(
            "dataset.html",
            frame._replace(
                path="dataset",
                here="dataset",
                crumbs=((words["home"], "index"),),
                json_ld=described.get(language, carried),
                data="catalog" if described else "",
            ),
            language,
            title=words["dataset"],
            description=frame.about[language],
            about=about,
            counts=[(word[:1].upper() + word[1:], figure(number, language)) for word, number in rows],
            dumps=dumps,
            wanted=wanted,
            harvested=list(_harvested(settings.output, language)) if described else [],
            iri=IriPolicy(settings.base_iri).dataset,
            ontology=[f"ontology/{path.name}" for path in artefacts("ontology")],
            shapes=[f"shapes/{path.name}" for path in artefacts("shapes")],
        )
        yield page_name("dataset", language), text


def _harvested(output: OutputSettings, language: Language) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what others read to stay up to date: what it is, and its files with their media types."""
    words = WORDS[language]
    yield words["for_catalogues"], [("catalog.ttl", "text/turtle"), ("catalog.jsonld", "application/ld+json")]
    if output.feeds:
        yield (
            "Linked Data Event Stream",
            [
                ("feeds/ldes/index.ttl", "text/turtle"),
                ("feeds/ldes/index.jsonld", "application/ld+json"),
            ],
        )
        yield "IIIF Change Discovery", [("feeds/activity/collection.json", "application/ld+json")]
        if output.records:
            yield "ResourceSync", [(".well-known/resourcesync", "application/xml")]
        yield "Atom", [(f"feeds/atom.{language}.xml", "application/atom+xml")]
    yield "SCHEMA-AP-NDE", [("renderings/schema-ap-nde.nt", "application/n-triples")]
    yield "Europeana Data Model", [("renderings/edm.zip", "application/zip")]
    yield "Podcast", [("renderings/podcast.xml", "application/rss+xml")]
