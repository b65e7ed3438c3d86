"""A vocabulary of somebody else, to align with."""

from __future__ import annotations

__all__ = ["WIKIBASE"]

#: A vocabulary that calls its own namespace by the prefix of another one.
WIKIBASE = """@prefix wd: <https://base.example/entity/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
wd:Q1 rdfs:label "Food"@en, "alimentation"@FR ; skos:altLabel "Essen"@de .
wd:Q2 rdfs:label "Water"@en . wd:Q3 rdfs:label "Régies publiques"@fr .
wd:Q4 rdfs:label "Voisinnage"@fr . wd:Q5 rdfs:label "=1+1"@fr .
"""
