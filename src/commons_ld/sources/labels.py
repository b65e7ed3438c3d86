"""The labels of the rendered page, the parameters of the template, and the headings: which field each one fills.

A label that was renamed on the wiki is one more name in a row of :data:`LABELS`.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from commons_ld.text import fold

__all__ = [
    "FACETS",
    "FACET_NAMES",
    "HEADINGS",
    "IDENTIFIER",
    "LABELS",
    "METADATA",
    "METADATA_NAMES",
    "PARAMETERS",
    "PARAMETER_NAMES",
    "SECTIONS",
    "SERVICE",
    "Label",
    "heading_section",
]


class Label(NamedTuple):
    """One row: how a fact is called, and where it goes.

    :param field: the field of :class:`commons_ld.record.RecordFields`
    :param shown: what the rendered page calls it, the usual name first
    :param parameters: what the template calls it
    :param kind: one text; a list parted by commas or semicolons; or the titles of documents
    """

    field: str
    shown: tuple[str, ...]
    parameters: tuple[str, ...]
    kind: Literal["text", "list", "documents"]


#: The facets stand on a line of their own, above the metadata.
_FACET_ROWS: Final = (
    Label(
        "objets_de_commun", ("Objet(s) de commun", "Objet de commun", "Objets de commun"), ("Catégorie Hess",), "list"
    ),
    Label("enjeux", ("Enjeu(x)", "Enjeu", "Enjeux"), ("Enjeu",), "list"),
    Label("actions", ("Action(s)", "Action", "Actions"), ("Action", "Action du type"), "list"),
    Label(
        "resultats_attendus",
        ("Résultat(s) attendu(s)", "Résultat attendu", "Résultats attendus"),
        ("Résultat",),
        "list",
    ),
)

_METADATA_ROWS: Final = (
    Label("created", ("Date de création",), ("Date de création",), "text"),
    Label("start", ("Heure de début", "Début de l'enregistrement"), ("Heure de début",), "text"),
    Label("issued", ("Date de publication",), ("Date de publication",), "text"),
    Label("duration", ("Durée",), ("Durée",), "text"),
    Label("languages", ("Langue du contenu",), ("Langue du contenu",), "list"),
    Label("countries", ("Pays",), ("Pays",), "list"),
    Label("collections", ("Fait partie de",), ("Fait partie de",), "list"),
    Label("media_type", ("Média",), ("Type de document",), "text"),
    Label("producers", ("Producteur(s)", "Producteur", "Producteurs"), ("Producteur", "Producteurs"), "list"),
    Label("participants", ("Participant(s)", "Participant", "Participants"), ("Participant", "Participants"), "list"),
    Label("authors", ("Auteur", "Auteur(s)", "Auteurs"), ("Auteur", "Auteurs"), "list"),
    Label("broadcast_url", ("URL de diffusion",), ("URL de diffusion",), "text"),
    Label("website", ("Site Web",), ("Site web",), "text"),
    Label("coordinates", ("Coordonnées géographiques",), ("Coordinates", "Coordonnées"), "text"),
    Label("documents", ("Ressources", "Médias"), ("Ressources", "Médias"), "documents"),
)

#: What the template calls what stands on the page without a label.
_UNLABELLED_ROWS: Final = (
    Label("description", (), ("Description",), "text"),
    Label("image", (), ("Image",), "text"),
)

#: The two parameters, folded, that together give the address of the recording.
SERVICE: Final = "service de diffusion"
IDENTIFIER: Final = "identifiant de diffusion"

#: Every row, in the order of the page.
LABELS: Final = (*_FACET_ROWS, *_METADATA_ROWS, *_UNLABELLED_ROWS)

#: The labels of the facet line, folded.
FACETS: Final = {fold(name): row for row in _FACET_ROWS for name in row.shown}
#: The labels of the metadata, folded.
METADATA: Final = {fold(name): row for row in _METADATA_ROWS for name in row.shown}
#: The parameters of the template, folded. A label of the page is understood there too.
PARAMETERS: Final = {fold(name): row for row in LABELS for name in (*row.shown, *row.parameters)}

#: The same labels as people write them, to find the nearest one of.
FACET_NAMES: Final = tuple(name for row in _FACET_ROWS for name in row.shown)
METADATA_NAMES: Final = tuple(name for row in _METADATA_ROWS for name in row.shown)
PARAMETER_NAMES: Final = tuple(name for row in LABELS for name in row.parameters)

#: The sections, in the order of the page, and what their headings say.
SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "metadata": ("Métadonnées",),
    "abstract": ("En résumé",),
    "documents": ("Documents",),
    "links": ("URL mentionnées",),
    "notes": ("Notes laissées par les participant·e·s", "Notes laissées par les participants"),
    "pad": ("Pad compagnon de l'appel en commun", "Pad compagnon"),
}

#: Every heading, as pages write it.
HEADINGS: Final = tuple(name for names in SECTIONS.values() for name in names)

#: How inclusive spellings part a word: ``participant·e·s``, ``participant.e.s``, ``participant(e)s``.
_INCLUSIVE: Final = str.maketrans("", "", "·.-()‧•∙⋅")
#: No heading is longer, so that a page of one endless line costs nothing.
_LONGEST: Final = 80
#: What headings begin with, so that most lines need not be folded.
_INITIALS: Final = frozenset(initial for name in HEADINGS for initial in (name[0].casefold(), fold(name)[0]))


def _heading_key(text: str) -> str:
    return fold(text).rstrip(": ").translate(_INCLUSIVE)


_BY_HEADING: Final = {_heading_key(name): section for section, names in SECTIONS.items() for name in names}


def heading_section(text: str) -> str:
    """Return the section that a heading opens, a key of :data:`SECTIONS`, or ``""`` if it is not known.

    >>> heading_section("Notes laissées par les participant.e.s\\u00a0:")
    'notes'
    """
    text = text.strip()
    if len(text) > _LONGEST or text[:1].casefold() not in _INITIALS:
        return ""
    return _BY_HEADING.get(_heading_key(text), "")
