"""The rules of Europeana for records in EDM: what its XML schema and its Schematron demand."""

from __future__ import annotations

import re
from typing import Final

from commons_ld.harvesters.rules import Rule, Target, Thing, each, is_iri, some

__all__ = ["EDM"]

_TYPES: Final = ("TEXT", "VIDEO", "IMAGE", "SOUND", "3D")
#: Only http IRIs are known there, and each ends in a slash.
_RIGHTS: Final = re.compile(
    r"http://creativecommons\.org/licenses/(by|by-sa|by-nc|by-nd|by-nc-sa|by-nc-nd)/[1-4]\.[0-9]/([a-z]+/)?"
    r"|http://creativecommons\.org/publicdomain/(zero|mark)/1\.0/"
    r"|http://rightsstatements\.org/vocab/(NoC-NC|NoC-OKLR|InC|InC-EDU|InC-OW-EU|CNE)/1\.0/"
)


def _has_language(thing: Thing) -> bool:
    is_text = any(value.value == "TEXT" for value in thing.all("edm:type"))
    return not is_text or bool(thing.all("dc:language"))


EDM: Final = (
    Target(("edm:ProvidedCHO",), ("objet", "object"), (
        Rule("object-title", "Violation", lambda thing: some("dc:title")(thing) or some("dc:description")(thing), "Un objet n'a ni titre ni description.", "An object has neither title nor description."),
        Rule("object-context", "Violation", lambda thing: any(thing.all(name) for name in ("dc:subject", "dc:type", "dcterms:temporal", "dcterms:spatial")), "Un objet n'a ni sujet, ni type, ni lieu, ni époque.", "An object has no subject, type, place or time."),
        Rule("object-type", "Violation", lambda thing: len(thing.all("edm:type")) == 1 and thing.all("edm:type")[0].value in _TYPES, "Un objet n'a pas un type d'Europeana et un seul : la page dit-elle son média (Audio, Vidéo, Texte) ?", "An object does not have exactly one type of Europeana: does the page tell its medium (Audio, Vidéo, Texte)?"),
        Rule("object-language", "Violation", _has_language, "Un texte n'a pas de langue ; remplir « Langue du contenu ».", "A text has no language; fill in 'Langue du contenu'."),
    )),
    Target(("ore:Aggregation",), ("agrégation", "aggregation"), (
        Rule("aggregation-object", "Violation", lambda thing: len(thing.all("edm:aggregatedCHO")) == 1, "Une agrégation ne désigne pas un objet et un seul.", "An aggregation does not lead to exactly one object."),
        Rule("aggregation-data-provider", "Violation", lambda thing: len(thing.all("edm:dataProvider")) == 1, "Une agrégation ne dit pas qui donne les données (dataset.publisher).", "An aggregation does not tell who gives the data (dataset.publisher)."),
        Rule("aggregation-provider", "Violation", lambda thing: len(thing.all("edm:provider")) == 1, "L'agrégateur n'est pas dit ; régler dataset.provider.", "The aggregator is not told; set dataset.provider."),
        Rule("aggregation-shown", "Violation", lambda thing: any(is_iri(value) for name in ("edm:isShownAt", "edm:isShownBy") for value in thing.all(name)), "Une agrégation ne mène ni à une page ni à un fichier.", "An aggregation leads neither to a page nor to a file."),
        Rule("aggregation-rights", "Violation", lambda thing: len(thing.all("edm:rights")) == 1, "Les droits d'un enregistrement ne sont pas dits ; si une déclaration vaut pour tous, régler dataset.rights.", "The rights of a recording are not told; if one statement is true of all of them, set dataset.rights."),
        Rule("aggregation-rights-form", "Violation", each("edm:rights", lambda value: _RIGHTS.fullmatch(value.value) is not None), "Les droits ne sont pas une déclaration qu'Europeana connaît (http, et une barre à la fin).", "The rights are no statement that Europeana knows (http, and a slash at the end)."),
        Rule("aggregation-file", "Warning", some("edm:isShownBy"), "Une notice n'a pas de fichier : Europeana ne montrera que sa page.", "A record has no file: Europeana will only show its page."),
    )),
)  # fmt: skip
