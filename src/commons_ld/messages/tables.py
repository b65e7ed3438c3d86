"""What is said of files of JSON and CSV."""

from __future__ import annotations

from typing import Final

from commons_ld.messages.sentence import Message

__all__ = ["TABLES"]

TABLES: Final = {
    # What the readers of JSON and CSV refuse.
    "bad-csv": Message(
        "Violation",
        "à partir de cette ligne, le fichier n'est pas du CSV ; fermer les guillemets, et doubler ceux du texte",
        "from this line on, the file is no CSV; close the quotation marks, and double those of the text",
    ),
    "bad-json": Message(
        "Violation",
        "le JSON est mal formé au caractère {value} de la ligne ; vérifier guillemets, virgules et accolades",
        "the JSON is malformed at character {value} of the line; check its quotation marks, commas and braces",
    ),
    "cut-json": Message(
        "Violation",
        "le JSON s'arrête avant d'être complet ; enregistrer le fichier de nouveau, ou fermer ce qui est ouvert",
        "the JSON ends before it is complete; save the file again, or close what is open",
    ),
    "deep-json": Message(
        "Violation",
        "trop de listes et d'objets JSON sont l'un dans l'autre ; n'écrire que les champs du schéma",
        "too many JSON lists and objects stand inside each other; write only the fields of the schema",
    ),
    "extra-cells": Message(
        "Violation",
        "la ligne a plus de cellules que les {value} colonnes ; mettre entre guillemets le texte avec le séparateur",
        "the row has more cells than the {value} columns; put the text with the separator between quotation marks",
    ),
    "field-missing": Message(
        "Violation",
        "« {field} » manque ou est vide ; le remplir",
        "'{field}' is missing or empty; fill it in",
    ),
    "field-not-choice": Message(
        "Violation",
        "« {field} » ne peut pas être « {value} » ; écrire session ou media, ou ne rien écrire",
        "'{field}' cannot be '{value}'; write session or media, or nothing",
    ),
    "field-not-list": Message(
        "Violation",
        "« {field} » doit être une liste et non {value} ; l'écrire entre crochets",
        "'{field}' must be a list and not {value}; write it between brackets",
    ),
    "field-not-number": Message(
        "Violation",
        "« {field} » doit être un nombre entier et non {value} ; l'écrire sans guillemets ni virgule",
        "'{field}' must be a whole number and not {value}; write it without quotation marks or a point",
    ),
    "field-not-object": Message(
        "Violation",
        "« {field} » doit être un objet et non {value} ; l'écrire entre accolades, avec les noms de ses champs",
        "'{field}' must be an object and not {value}; write it between braces, with the names of its fields",
    ),
    "field-not-text": Message(
        "Violation",
        "« {field} » doit être un texte et non {value} ; l'écrire entre guillemets, ou ne pas donner ce champ",
        "'{field}' must be a text and not {value}; write it between quotation marks, or leave the field out",
    ),
    "huge-number": Message(
        "Violation",
        "un nombre est trop grand pour être lu ; l'écrire entre guillemets",
        "a number is too large to be read; write it between quotation marks",
    ),
    "large-cell": Message(
        "Violation",
        "une cellule dépasse {value} caractères ; fermer ses guillemets, ou donner l'enregistrement en JSON",
        "a cell has more than {value} characters; close its quotation marks, or give the record as JSON",
    ),
    "large-file": Message(
        "Violation",
        "le fichier dépasse {value} ; l'enregistrer en JSON Lines (.jsonl), un objet par ligne",
        "the file is larger than {value}; save it as JSON Lines (.jsonl), one object a line",
    ),
    "large-record": Message(
        "Violation",
        "l'enregistrement dépasse {value} ; fermer ce qui est ouvert avant cette ligne, ou raccourcir ses textes",
        "the record is larger than {value}; close what is open before this line, or shorten its texts",
    ),
    "no-title-column": Message(
        "Violation",
        "la première ligne n'a pas de colonne « Titre » ; y écrire les noms des champs, tels que Titre, Date de "
        "création et Durée, que donne docs/sources.md",
        "the first row has no column 'title'; write the names of the fields in it, such as title, created and "
        "duration, which docs/sources.md lists",
    ),
    "not-an-object": Message(
        "Violation",
        "un enregistrement est un objet JSON et non {value} ; l'écrire entre accolades, avec les noms de ses champs",
        "a record is a JSON object and not {value}; write it between braces, with the names of its fields",
    ),
    "repeated-column": Message(
        "Violation",
        "la colonne « {value} » est là deux fois ; n'en garder qu'une, et y séparer les valeurs par |",
        "the column '{value}' is there twice; keep one of them, and part its values by |",
    ),
}
