"""The elements of the Europeana Data Model that are written, in the order that Europeana's XML schema asks for.

The schema is that of what providers deliver, ``EDM-EXTERNAL-MAIN.xsd``; what no query of ours makes is not here.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CLASSES", "DC", "EDM", "ONCE", "ORDER", "ORE", "RDF", "RDF_XMLNS", "REFERENCES", "TEXTS"]

DC: Final = "http://purl.org/dc/elements/1.1/"
DCTERMS: Final = "http://purl.org/dc/terms/"
EDM: Final = "http://www.europeana.eu/schemas/edm/"
ORE: Final = "http://www.openarchives.org/ore/terms/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"

#: The prefixes of EDM, for whoever writes the element ``rdf:RDF`` around the nodes.
RDF_XMLNS: Final = {"dc": DC, "dcterms": DCTERMS, "edm": EDM, "ore": ORE, "rdf": RDF, "skos": SKOS}

#: The properties of each class by the step at which they stand; those of one step may come in any order.
ORDER: Final = {
    f"{EDM}ProvidedCHO": {
        **dict.fromkeys(
            (
                *(f"{DC}contributor", f"{DC}creator", f"{DC}description", f"{DC}identifier", f"{DC}language"),
                *(f"{DC}subject", f"{DC}title", f"{DC}type", f"{DCTERMS}alternative", f"{DCTERMS}created"),
                *(f"{DCTERMS}extent", f"{DCTERMS}isPartOf", f"{DCTERMS}issued", f"{DCTERMS}spatial"),
            ),
            0,
        ),
        f"{EDM}type": 1,
    },
    f"{EDM}WebResource": {f"{DC}format": 0, f"{EDM}rights": 1},
    f"{EDM}Agent": {f"{SKOS}prefLabel": 0, f"{SKOS}note": 1},
    f"{EDM}Place": {f"{SKOS}prefLabel": 0},
    f"{SKOS}Concept": {f"{SKOS}prefLabel": 0},
    f"{ORE}Aggregation": {
        f"{EDM}aggregatedCHO": 0,
        f"{EDM}dataProvider": 1,
        f"{EDM}isShownAt": 2,
        f"{EDM}isShownBy": 3,
        f"{EDM}object": 4,
        f"{EDM}provider": 5,
        f"{EDM}rights": 6,
    },
}

#: The classes, in the order in which their nodes are written: any order is valid.
CLASSES: Final = tuple(ORDER)

#: What a node may have once.
ONCE: Final = frozenset({f"{EDM}type", *ORDER[f"{ORE}Aggregation"]})

#: What leads somewhere, and is never a text.
REFERENCES: Final = frozenset(
    f"{EDM}{name}" for name in ("aggregatedCHO", "isShownAt", "isShownBy", "object", "rights")
)

#: What is a text, and never leads anywhere.
TEXTS: Final = frozenset(
    {
        *(f"{DC}identifier", f"{DC}language", f"{DC}title", f"{DCTERMS}alternative"),
        *(f"{EDM}type", f"{SKOS}note", f"{SKOS}prefLabel"),
    }
)
