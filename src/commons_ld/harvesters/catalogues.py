"""The rules of catalogues of datasets: DCAT-AP 3.0.1, data.gouv.fr, and the Dutch register with SCHEMA-AP-NDE 1.2."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import pyoxigraph as ox

from commons_ld.harvesters.rules import (
    Holds,
    Rule,
    Target,
    Thing,
    each,
    expand,
    iris,
    is_iri,
    is_tagged,
    most,
    one,
    some,
)

__all__ = ["DATAGOUV", "DCAT_AP", "NDE", "NDE_RECORDS"]

_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_DATE: Final = re.compile(
    r"-?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_RANGE: Final = re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}/-?[0-9]{4,}-[0-9]{2}-[0-9]{2}")


def _is_date(value: ox.NamedNode | ox.Literal) -> bool:
    return isinstance(value, ox.Literal) and _DATE.fullmatch(value.value) is not None


def _is_hex(value: ox.NamedNode | ox.Literal) -> bool:
    is_typed = isinstance(value, ox.Literal) and value.datatype.value == expand("xsd:hexBinary")
    return is_typed and _HEX.fullmatch(value.value) is not None


def _is_text(value: ox.NamedNode | ox.Literal) -> bool:
    return isinstance(value, ox.Literal) and value.datatype.value == expand("xsd:string")


def _is_range(value: ox.NamedNode | ox.Literal) -> bool:
    return _is_text(value) and _RANGE.fullmatch(value.value) is not None


def _is_https(value: ox.NamedNode | ox.Literal) -> bool:
    return (is_iri(value) or _is_uri(value)) and value.value.startswith("https://")


def _is_uri(value: ox.NamedNode | ox.Literal) -> bool:
    """Tell whether an address is a literal of the type for it."""
    return isinstance(value, ox.Literal) and value.datatype.value == expand("xsd:anyURI")


def _is_open_licence(value: ox.NamedNode | ox.Literal) -> bool:
    """Tell whether an IRI is as the register's list has it: https for Creative Commons, with the slash at its end."""
    if "creativecommons.org/" in value.value:
        return value.value.startswith("https://creativecommons.org/") and value.value.endswith("/")
    return is_iri(value) and "opendefinition.org" not in value.value


def _is_media_type(value: ox.NamedNode | ox.Literal) -> bool:
    name = value.value
    is_type = re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", name) is not None
    return (
        is_type
        and "/x-" not in name
        and name not in ("application/zip", "application/gzip", "application/sparql-query")
    )


def _has_typed(path: str, *classes: str) -> Rule[Thing]:
    code = f"untyped-{path.rpartition(':')[2].lower()}"
    return Rule(
        code, "Violation",
        lambda thing: all(Thing(thing.store, value.value).is_a(*classes) for value in thing.all(path)),
        f"Ce que désigne {path} n'a pas de type : le validateur, hors ligne, le refuse.",
        f"What {path} leads to has no type: the validator, which fetches nothing, refuses it.",
    )  # fmt: skip


def _unique_languages(path: str) -> Holds:
    def holds(thing: Thing) -> bool:
        tags = Counter(value.language for value in thing.all(path) if isinstance(value, ox.Literal))
        return all(count == 1 for count in tags.values())

    return holds


DCAT_AP: Final = (
    Target(("dcat:Catalog",), ("catalogue", "catalogue"), (
        Rule("catalog-title", "Violation", some("dcterms:title"), "Le catalogue n'a pas de titre (dataset.title).", "The catalogue has no title (dataset.title).", "dataset.title"),
        Rule("catalog-description", "Violation", some("dcterms:description"), "Le catalogue n'a pas de description (dataset.description).", "The catalogue has no description (dataset.description).", "dataset.description"),
        Rule("catalog-publisher", "Violation", one("dcterms:publisher"), "Le catalogue n'a pas un éditeur et un seul.", "The catalogue does not have exactly one publisher."),
        Rule("catalog-licence", "Warning", some("dcterms:license"), "Le catalogue n'a pas de licence ; régler dataset.license.", "The catalogue has no licence; set dataset.license.", "dataset.license"),
        _has_typed("dcterms:language", "dcterms:LinguisticSystem"),
        _has_typed("dcterms:license", "dcterms:LicenseDocument"),
        _has_typed("dcterms:publisher", "foaf:Agent"),
    )),
    Target(("dcat:Dataset",), ("jeu de données", "dataset"), (
        Rule("dataset-title", "Violation", some("dcterms:title"), "Le jeu de données n'a pas de titre (dataset.title).", "The dataset has no title (dataset.title).", "dataset.title"),
        Rule("dataset-description", "Violation", some("dcterms:description"), "Le jeu de données n'a pas de description (dataset.description).", "The dataset has no description (dataset.description).", "dataset.description"),
        Rule("dataset-publisher", "Violation", most("dcterms:publisher"), "Le jeu de données a plus d'un éditeur.", "The dataset has more than one publisher."),
        Rule("dataset-rights", "Violation", most("dcterms:accessRights"), "Le jeu de données a plus d'un droit d'accès.", "The dataset has more than one access right."),
        Rule("dataset-frequency", "Violation", most("dcterms:accrualPeriodicity"), "Le jeu de données a plus d'une fréquence.", "The dataset has more than one frequency."),
        Rule("dataset-modified", "Violation", most("dcterms:modified"), "Le jeu de données a plus d'une date de modification.", "The dataset has more than one date of modification."),
        Rule("dataset-date", "Violation", each("dcterms:modified", _is_date), "La date de modification n'est pas une date ISO 8601.", "The date of modification is no ISO 8601 date."),
        Rule("dataset-version", "Violation", most("dcat:version"), "Le jeu de données a plus d'une version.", "The dataset has more than one version."),
        Rule("dataset-contact", "Warning", some("dcat:contactPoint"), "Personne à qui écrire ; régler dataset.contact.", "Nobody to write to; set dataset.contact.", "dataset.contact"),
        Rule("dataset-distribution", "Warning", some("dcat:distribution"), "Le jeu de données n'a aucun fichier.", "The dataset has no file."),
        Rule("dataset-keyword", "Warning", some("dcat:keyword"), "Aucun mot-clé ; régler dataset.keywords.", "No keyword; set dataset.keywords.", "dataset.keywords"),
        Rule("dataset-theme", "Warning", some("dcat:theme"), "Aucun thème de la table européenne ; régler dataset.themes, par exemple SOCI.", "No theme of the EU table; set dataset.themes, such as SOCI.", "dataset.themes"),
        _has_typed("dcterms:accrualPeriodicity", "dcterms:Frequency"),
        _has_typed("dcterms:spatial", "dcterms:Location"),
        _has_typed("dcat:theme", "skos:Concept"),
    )),
    Target(("dcat:Distribution",), ("fichier", "distribution"), (
        Rule("file-access", "Violation", some("dcat:accessURL"), "Un fichier n'a pas d'adresse.", "A distribution has no address."),
        Rule("file-size", "Violation", most("dcat:byteSize"), "Un fichier a plus d'une taille.", "A distribution has more than one size."),
        Rule("file-type", "Violation", most("dcat:mediaType"), "Un fichier a plus d'un type de média.", "A distribution has more than one media type."),
        Rule("file-licence", "Violation", most("dcterms:license"), "Un fichier a plus d'une licence.", "A distribution has more than one licence."),
        Rule("file-checksum", "Violation", most("spdx:checksum"), "Un fichier a plus d'une empreinte.", "A distribution has more than one checksum."),
        Rule("file-no-licence", "Warning", some("dcterms:license"), "Un fichier n'a pas de licence ; régler dataset.license.", "A distribution has no licence; set dataset.license.", "dataset.license"),
        _has_typed("dcterms:format", "dcterms:MediaTypeOrExtent"),
    )),
    Target(("spdx:Checksum",), ("empreinte", "checksum"), (
        Rule("checksum-value", "Violation", one("spdx:checksumValue"), "Une empreinte n'a pas une valeur et une seule.", "A checksum does not have exactly one value."),
        Rule("checksum-hex", "Violation", each("spdx:checksumValue", _is_hex), "La valeur d'une empreinte n'est pas un xsd:hexBinary valide.", "The value of a checksum is no valid xsd:hexBinary."),
        Rule("checksum-algorithm", "Violation", one("spdx:algorithm"), "Une empreinte ne dit pas son algorithme.", "A checksum does not tell its algorithm."),
    ), least=0),
    Target(("foaf:Agent",), ("agent", "agent"), (
        Rule("agent-name", "Violation", some("foaf:name"), "L'éditeur n'a pas de nom (dataset.publisher).", "The publisher has no name (dataset.publisher).", "dataset.publisher"),
    )),
    Target(("skos:Concept",), ("code", "code"), (
        Rule("code-label", "Violation", some("skos:prefLabel"), "Un code d'une table n'a pas de libellé.", "A code of a table has no label."),
    ), least=0),
    Target(("dcterms:PeriodOfTime",), ("période", "period"), (
        Rule("period-start", "Violation", most("dcat:startDate"), "Une période a plus d'un début.", "A period has more than one start."),
        Rule("period-end", "Violation", most("dcat:endDate"), "Une période a plus d'une fin.", "A period has more than one end."),
    ), least=0),
    Target(("dcat:DataService",), ("service", "data service"), (
        Rule("service-endpoint", "Violation", some("dcat:endpointURL"), "Un service n'a pas d'adresse.", "A data service has no address."),
        Rule("service-title", "Violation", some("dcterms:title"), "Un service n'a pas de titre.", "A data service has no title."),
    ), least=0),
)  # fmt: skip

DATAGOUV: Final = (
    Target(("dcat:Catalog",), ("catalogue", "catalogue"), ()),
    Target(("dcat:Dataset",), ("jeu de données", "dataset"), (
        Rule("dataset-title", "Violation", some("dcterms:title"), "Le jeu de données n'a pas de titre en français (dataset.title).", "The dataset has no title in French (dataset.title).", "dataset.title"),
        Rule("dataset-description", "Violation", some("dcterms:description"), "Le jeu de données n'a pas de description en français (dataset.description).", "The dataset has no description in French (dataset.description).", "dataset.description"),
        Rule("dataset-identifier", "Violation", one("dcterms:identifier"), "Sans identifiant stable, chaque moissonnage ferait un doublon.", "Without a stable identifier, every harvest would make a duplicate."),
        Rule("dataset-distribution", "Violation", some("dcat:distribution"), "Le jeu de données n'a aucun fichier.", "The dataset has no file."),
        Rule("dataset-keyword", "Warning", some("dcat:keyword"), "Aucun mot-clé ; régler dataset.keywords.", "No keyword; set dataset.keywords.", "dataset.keywords"),
        Rule("dataset-theme", "Warning", each("dcat:theme", lambda value: isinstance(value, ox.Literal)), "Un thème désigné par une adresse n'est pas lu ; utiliser des mots-clés.", "A theme that is an IRI is not read; use keywords."),
        Rule("dataset-period", "Warning", each("dcterms:temporal", _is_range), "La période n'est pas écrite comme deux jours, 2019-01-01/2023-12-31 : elle n'est pas lue sans réseau.", "The period is not written as two days, 2019-01-01/2023-12-31: it is not read without the network."),
        Rule("dataset-frequency", "Warning", some("dcterms:accrualPeriodicity"), "La fréquence n'est pas dite ; régler dataset.frequency.", "The frequency is not told; set dataset.frequency.", "dataset.frequency"),
    )),
    Target(("dcat:Distribution",), ("fichier", "distribution"), (
        Rule("file-access", "Violation", some("dcat:accessURL"), "Un fichier n'a pas d'adresse.", "A distribution has no address."),
        Rule("file-no-licence", "Warning", some("dcterms:license"), "Un fichier n'a pas de licence, et celle du jeu de données en vient ; régler dataset.license.", "A distribution has no licence, and that of the dataset is taken from there; set dataset.license.", "dataset.license"),
    )),
    Target(("spdx:Checksum",), ("empreinte", "checksum"), (
        Rule("checksum-text", "Violation", each("spdx:checksumValue", _is_text), "La valeur d'une empreinte n'est pas un simple texte : le moissonneur ne peut pas la garder.", "The value of a checksum is no plain text: the harvester cannot store it."),
    ), least=0),
)  # fmt: skip

NDE: Final = (
    Target(("schema:Dataset",), ("jeu de données", "dataset"), (
        Rule("dataset-name", "Violation", some("schema:name"), "Le jeu de données n'a pas de nom (dataset.title).", "The dataset has no name (dataset.title).", "dataset.title"),
        Rule("dataset-name-language", "Violation", _unique_languages("schema:name"), "Le jeu de données a deux noms dans une même langue.", "The dataset has two names in one language."),
        Rule("dataset-name-tag", "Warning", each("schema:name", is_tagged), "La langue du nom n'est pas dite.", "The language of the name is not told."),
        Rule("dataset-publisher", "Violation", lambda thing: len(thing.all("schema:publisher")) == 1 and bool(thing.all("schema:publisher/schema:name")), "Le jeu de données n'a pas un éditeur et un seul, qui ait un nom.", "The dataset does not have exactly one publisher, with a name."),
        Rule("dataset-licence", "Violation", some("schema:license"), "Le jeu de données n'a pas de licence ; régler dataset.license.", "The dataset has no licence; set dataset.license.", "dataset.license"),
        Rule("dataset-licence-form", "Warning", lambda thing: len(thing.all("schema:license")) <= 1 and all(map(_is_open_licence, thing.all("schema:license"))), "La licence (dataset.license) n'est pas écrite comme dans la liste du registre : https, et une barre à la fin.", "The licence (dataset.license) is not written as in the register's list: https, and a slash at the end.", "dataset.license"),
        Rule("dataset-description", "Warning", some("schema:description"), "Le jeu de données n'a pas de description (dataset.description).", "The dataset has no description (dataset.description).", "dataset.description"),
        Rule("dataset-creator", "Warning", some("schema:creator"), "Le jeu de données n'a pas d'auteur.", "The dataset has no creator."),
        Rule("dataset-genre", "Violation", most("schema:genre", 0), "schema:genre n'est pas permis pour un jeu de données.", "schema:genre is not allowed for a dataset."),
        Rule("dataset-contact", "Violation", some("schema:publisher/schema:contactPoint/schema:email"), "L'éditeur n'a pas d'adresse de contact ; régler dataset.contact.", "The publisher has no contact address; set dataset.contact.", "dataset.contact"),
        Rule("dataset-publisher-identifier", "Violation", some("schema:publisher/schema:identifier"), "L'éditeur n'a pas d'identifiant.", "The publisher has no identifier."),
        Rule("dataset-dates", "Info", each("schema:dateModified", _is_date), "La date de modification n'est pas une date ISO 8601.", "The date of modification is no ISO 8601 date."),
        Rule("dataset-distribution", "Info", some("schema:distribution"), "Le jeu de données n'a aucun fichier.", "The dataset has no file."),
    )),
    Target(("schema:DataDownload",), ("fichier", "distribution"), (
        Rule("file-address", "Violation", one("schema:contentUrl"), "Un fichier n'a pas une adresse et une seule.", "A distribution does not have exactly one address."),
        Rule("file-name", "Violation", most("schema:name"), "Un fichier a plus d'un nom.", "A distribution has more than one name."),
        Rule("file-description", "Warning", some("schema:description"), "Un fichier n'a pas de description.", "A distribution has no description."),
        Rule("file-https", "Warning", each("schema:contentUrl", _is_https), "L'adresse d'un fichier n'est pas en https.", "The address of a distribution is not https."),
        Rule("file-address-type", "Info", each("schema:contentUrl", _is_uri), "L'adresse d'un fichier n'est pas un littéral xsd:anyURI, ce que le registre annonce pour sa version 2.0.", "The address of a distribution is no literal of xsd:anyURI, which the register announces for its version 2.0."),
        Rule("file-format", "Violation", lambda thing: bool(thing.all("schema:encodingFormat") or thing.all("schema:usageInfo")), "Un fichier ne dit ni son type ni le protocole qui le donne.", "A distribution tells neither its type nor the protocol that gives it."),
        Rule("file-format-form", "Violation", each("schema:encodingFormat", _is_media_type), "Le type d'un fichier n'est pas un type IANA qui dit ce qu'il contient.", "The type of a distribution is no IANA type that tells what is in it."),
    )),
)  # fmt: skip

NDE_RECORDS: Final = (
    Target(("schema:CreativeWork",), ("notice", "record"), (
        Rule("record-name", "Violation", some("schema:name"), "Une notice n'a pas de nom.", "A record has no name."),
        Rule("record-name-tag", "Violation", each("schema:name", is_tagged), "La langue du nom d'une notice n'est pas dite.", "The language of the name of a record is not told."),
        Rule("record-name-language", "Violation", _unique_languages("schema:name"), "Une notice a deux noms dans une même langue.", "A record has two names in one language."),
        Rule("record-revised", "Violation", one("schema:sdDatePublished"), "Une notice ne dit pas quand elle a changé (sdDatePublished), ou le dit plus d'une fois ; refaire l'export.", "A record does not tell when it changed (sdDatePublished), or tells it more than once; run the export again."),
        Rule("record-dataset", "Violation", lambda thing: any(Thing(thing.store, value.value).is_a("schema:Dataset") for value in thing.all("schema:isPartOf")), "Une notice ne dit pas de quel jeu de données elle est.", "A record does not tell which dataset it is of."),
        Rule("record-author", "Violation", most("schema:author", 0), "Une notice dit schema:author au lieu de schema:creator.", "A record says schema:author and not schema:creator."),
        Rule("record-creator-name", "Violation", lambda thing: all(Thing(thing.store, value.value).all("schema:name") and all(map(is_tagged, Thing(thing.store, value.value).all("schema:name"))) for value in thing.all("schema:creator")), "L'auteur d'une notice n'a pas de nom dont la langue soit dite.", "The creator of a record has no name whose language is told."),
        Rule("record-created", "Violation", most("schema:dateCreated"), "Une notice a plus d'une date de création.", "A record has more than one date of creation."),
        Rule("record-term-name", "Violation", lambda thing: all(Thing(thing.store, value.value).is_a("schema:DefinedTerm") and Thing(thing.store, value.value).all("schema:name") for value in thing.all("schema:about")), "Un sujet d'une notice n'est pas un terme qui a un nom.", "A subject of a record is no term with a name."),
        Rule("record-media", "Info", some("schema:associatedMedia"), "Une notice n'a pas de fichier qui se joue.", "A record has no file that plays."),
    )),
    Target(("schema:AudioObject", "schema:VideoObject", "schema:MediaObject"), ("média", "medium"), (
        Rule("media-licence", "Violation", iris("schema:license"), "Un média n'a pas de licence ; si une déclaration vaut pour tous, régler dataset.rights.", "A medium has no licence; if one statement is true of all of them, set dataset.rights.", "dataset.rights"),
        Rule("media-address", "Violation", iris("schema:contentUrl"), "Un média n'a pas d'adresse.", "A medium has no address."),
        Rule("media-thumbnail", "Violation", iris("schema:thumbnailUrl"), "Un média, même sonore, n'a pas d'image ; régler dataset.image.", "A medium, even of sound, has no picture; set dataset.image.", "dataset.image"),
    ), least=0),
)  # fmt: skip
