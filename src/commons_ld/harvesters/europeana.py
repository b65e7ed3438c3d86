"""The rules of Europeana for records in EDM: what its XML schema and its Schematron demand.

Records come as a ZIP archive of one document each. The schema knows an order of elements, which a graph does not have:
it is looked at in the documents, and what they say in the graph of all of them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from lxml import etree

from commons_ld.errors import PublicationError
from commons_ld.harvesters.documents import Notes, parsed
from commons_ld.harvesters.rules import Finding, Found, Rule, Target, Thing, each, is_iri, one, some
from commons_ld.rendering.elements import EDM as _EDM
from commons_ld.rendering.elements import ONCE, ORDER, ORE, RDF, RDF_XMLNS, REFERENCES, TEXTS
from commons_ld.sentences.publication import said

__all__ = ["EDM", "check_delivery", "delivered", "undelivered"]

_TYPES: Final = ("TEXT", "VIDEO", "IMAGE", "SOUND", "3D")
#: The countries of which Europeana takes the ports of Creative Commons' licences, by their version.
_PORTS: Final = {
    "1.0": "fi|il|nl",
    "2.0": "at|au|be|br|ca|cl|de|es|fr|hr|it|jp|kr|nl|pl|tw|uk",
    "2.5": "ar|au|bg|br|ca|ch|cn|co|dk|es|hr|hu|il|in|it|mk|mt|mx|my|nl|pe|pl|pt|scotland|se|si|tw|za",
    "3.0": "at|au|br|ch|cl|cn|cr|cz|de|ec|ee|eg|es|fr|gr|gt|hk|hr|ie|igo|it|lu|nl|no|nz|ph|pl|pr|pt|ro|rs|sg|th|tw|ug|us"
    "|ve|vn|za",
}
_VERSIONS: Final = "|".join(rf"{re.escape(version)}/(?:(?:{ports})/)?" for version, ports in _PORTS.items())
#: Only http IRIs are known there, and each ends in a slash. All versions but 2.1 and 4.0 have ports and one of none.
_RIGHTS: Final = re.compile(
    rf"http://creativecommons\.org/licenses/(?:by|by-sa|by-nc|by-nd|by-nc-sa|by-nc-nd)/(?:{_VERSIONS}|2\.1/(?:au|es|jp)/|4\.0/)"
    r"|http://creativecommons\.org/licenses/by-nd-nc/1\.0/(?:(?:fi|il|nl)/)?"
    r"|http://creativecommons\.org/publicdomain/(?:zero|mark)/1\.0/"
    r"|http://rightsstatements\.org/vocab/(?:NoC-NC|NoC-OKLR|InC|InC-EDU|InC-OW-EU|CNE)/1\.0/"
)
_ABOUT, _RESOURCE = f"{{{RDF}}}about", f"{{{RDF}}}resource"
_DOCUMENT: Final = ("document", "document")


def _is_known_right(value: ox.NamedNode | ox.Literal) -> bool:
    return _RIGHTS.fullmatch(value.value) is not None


def _has_language(thing: Thing) -> bool:
    is_text = any(value.value == "TEXT" for value in thing.all("edm:type"))
    return not is_text or bool(thing.all("dc:language"))


EDM: Final = (
    Target(("edm:ProvidedCHO",), ("objet", "object"), (
        Rule("object-title", "Violation", lambda thing: some("dc:title")(thing) or some("dc:description")(thing), "Un objet n'a ni titre ni description.", "An object has neither title nor description."),
        Rule("object-context", "Violation", lambda thing: any(some(name)(thing) for name in ("dc:subject", "dc:type", "dcterms:temporal", "dcterms:spatial")), "Un objet n'a ni sujet, ni type, ni lieu, ni époque.", "An object has no subject, type, place or time."),
        Rule("object-type", "Violation", lambda thing: len(thing.all("edm:type")) == 1 and thing.all("edm:type")[0].value in _TYPES, "Un objet n'a pas un type d'Europeana et un seul : la page dit-elle son média (Audio, Vidéo, Texte) ?", "An object does not have exactly one type of Europeana: does the page tell its medium (Audio, Vidéo, Texte)?"),
        Rule("object-language", "Violation", _has_language, "Un texte n'a pas de langue ; remplir « Langue du contenu ».", "A text has no language; fill in 'Langue du contenu'."),
    )),
    Target(("ore:Aggregation",), ("agrégation", "aggregation"), (
        Rule("aggregation-object", "Violation", one("edm:aggregatedCHO"), "Une agrégation ne désigne pas un objet et un seul.", "An aggregation does not lead to exactly one object."),
        Rule("aggregation-data-provider", "Violation", lambda thing: len(thing.all("edm:dataProvider")) == 1 and some("edm:dataProvider")(thing), "Une agrégation ne dit pas qui donne les données (dataset.publisher).", "An aggregation does not tell who gives the data (dataset.publisher).", "dataset.publisher"),
        Rule("aggregation-provider", "Violation", lambda thing: len(thing.all("edm:provider")) == 1 and some("edm:provider")(thing), "L'agrégateur n'est pas dit ; régler dataset.provider.", "The aggregator is not told; set dataset.provider.", "dataset.provider"),
        Rule("aggregation-shown", "Violation", lambda thing: any(is_iri(value) for name in ("edm:isShownAt", "edm:isShownBy") for value in thing.all(name)), "Une agrégation ne mène ni à une page ni à un fichier.", "An aggregation leads neither to a page nor to a file."),
        Rule("aggregation-rights", "Violation", one("edm:rights"), "Les droits d'un enregistrement ne sont pas dits ; si une déclaration vaut pour tous, régler dataset.rights.", "The rights of a recording are not told; if one statement is true of all of them, set dataset.rights.", "dataset.rights"),
        Rule("aggregation-rights-form", "Violation", each("edm:rights", _is_known_right), "Les droits (dataset.rights) ne sont pas une déclaration qu'Europeana connaît (avec une barre à la fin).", "The rights (dataset.rights) are no statement that Europeana knows (with a slash at the end).", "dataset.rights"),
        Rule("aggregation-file", "Warning", some("edm:isShownBy"), "Une notice n'a pas de fichier : Europeana ne montrera que sa page.", "A record has no file: Europeana will only show its page."),
    )),
    Target(("edm:WebResource",), ("fichier", "file"), (
        Rule("file-rights", "Violation", each("edm:rights", _is_known_right), "Les droits d'un fichier (dataset.rights) ne sont pas une déclaration qu'Europeana connaît (avec une barre à la fin).", "The rights of a file (dataset.rights) are no statement that Europeana knows (with a slash at the end).", "dataset.rights"),
    ), least=0),
)  # fmt: skip


def delivered(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of an archive, by their name.

    :raises PublicationError: if there is none, or it cannot be read
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        # ``zipfile`` has no error of its own for what is encrypted.
        raise PublicationError(path, said("not-read", error)) from error


def undelivered(records: Iterable[str], path: Path) -> list[Finding]:
    """Return what is to be said of records that are in no document of an archive, in their order.

    :param records: the IRIs of the records that there are
    :raises PublicationError: as :func:`delivered` does
    """
    names = {name for name, _ in delivered(path)}
    return [
        Finding(
            "record-undelivered", "Warning", record,
            "Une notice n'est pas remise : Europeana n'a pas de type pour elle, car « Média » est Multimédia ou n'est pas rempli.",
            "A record is not delivered: Europeana has no type for it, since 'Média' is Multimédia or is not filled in.",
        )
        for record in records
        if f"{'-'.join(record.split('/')[-2:])}.xml" not in names
    ]  # fmt: skip


def check_delivery(path: Path) -> Found:
    """Return what the schema does not allow in the documents of an archive, and how many there are.

    :raises PublicationError: as :func:`delivered` does
    """
    notes = Notes(_DOCUMENT)
    for name, data in delivered(path):
        notes.counts[_DOCUMENT] += 1
        if (root := parsed(data, name, notes)) is not None:
            kinds = Counter(_iri(node) for node in root.iterchildren("{*}*"))
            notes.demand(
                kinds[f"{_EDM}ProvidedCHO"] == kinds[f"{ORE}Aggregation"] == 1, "document-record", "Violation", name,
                "Un document ne tient pas un objet et une agrégation, et un seul de chacun.",
                "A document does not hold exactly one object and one aggregation.",
            )  # fmt: skip
            for node in root.iterchildren("{*}*"):
                _check_node(node, notes)
    return notes.end()


def _check_node(node: etree._Element, notes: Notes) -> None:
    class_, about = _iri(node), node.get(_ABOUT, "")
    steps, last = ORDER.get(class_, {}), 0
    notes.demand(
        about and class_ in ORDER, "element-class", "Violation", about,
        f"« {_short(class_)} » n'est pas un élément qu'Europeana attend, ou n'a pas d'adresse.",
        f"'{_short(class_)}' is no element that Europeana expects, or has no address.",
    )  # fmt: skip
    said = Counter(_iri(child) for child in node.iterchildren("{*}*"))
    for child in node.iterchildren("{*}*"):
        name = _iri(child)
        shown, step = _short(name), steps.get(name, -1)
        notes.demand(
            step >= last, "element-order", "Violation", about,
            f"« {shown} » n'est pas où le schéma d'Europeana l'attend, dans « {_short(class_)} ».",
            f"'{shown}' is not where the schema of Europeana expects it, in '{_short(class_)}'.",
        )  # fmt: skip
        last = max(last, step)
        is_text = bool((child.text or "").strip()) or child.get(_RESOURCE) is None
        notes.demand(
            not (is_text if name in REFERENCES else name in TEXTS and not is_text) and child.get(_RESOURCE) != "",
            "element-value", "Violation", about,
            f"« {shown} » mène quelque part au lieu d'être un texte, ou l'inverse.",
            f"'{shown}' leads somewhere instead of being a text, or the other way round.",
        )  # fmt: skip
    for name in sorted(ONCE & {name for name, times in said.items() if times > 1}):
        notes.demand(
            False, "element-once", "Violation", about,
            f"« {_short(name)} » est dit plus d'une fois, dans « {_short(class_)} ».",
            f"'{_short(name)}' is said more than once, in '{_short(class_)}'.",
        )  # fmt: skip


def _iri(element: etree._Element) -> str:
    name = etree.QName(element)
    return f"{name.namespace or ''}{name.localname}"


def _short(iri: str) -> str:
    """Return how a name is written: ``edm:type``, or the whole of what is of no namespace of EDM."""
    return next((f"{prefix}:{iri[len(start) :]}" for prefix, start in RDF_XMLNS.items() if iri.startswith(start)), iri)
