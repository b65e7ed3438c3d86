"""One record, written in every format that there is a reader for."""

from __future__ import annotations

import csv
import html
import io
import json
from xml.sax.saxutils import escape

import msgspec

from commons_ld.record import Document, Guest, Link, Note, RecordFields
from tests.saved_pages import heading, saved

__all__ = ["RECORD", "as_csv", "as_dump", "as_html", "as_json", "as_rdf", "as_text", "as_wikitext"]

_LABELS = {
    "created": "Date de création",
    "start": "Heure de début",
    "issued": "Date de publication",
    "duration": "Durée",
    "languages": "Langue du contenu",
    "countries": "Pays",
    "collections": "Fait partie de",
    "producers": "Producteur(s)",
    "broadcast_url": "URL de diffusion",
    "coordinates": "Coordonnées géographiques",
}
_FACETS = {
    "objets_de_commun": "Objet(s) de commun",
    "enjeux": "Enjeu(x)",
    "actions": "Action(s)",
    "resultats_attendus": "Résultat(s) attendu(s)",
}
_PARAMETERS = {
    **{field: label.removesuffix("(s)") for field, label in _LABELS.items()},
    "objets_de_commun": "Catégorie Hess",
    "enjeux": "Enjeu",
    "actions": "Action",
    "resultats_attendus": "Résultat",
    "coordinates": "Coordinates",
}

#: An invented session that has what every format can say.
RECORD = RecordFields(
    title="24.02 Une page en dix formes",
    collections=("Appel en commun", "Ateliers du rivage"),
    objets_de_commun=("Voisinage", "Alimentation"),
    enjeux=("Communs urbains",),
    actions=("Cartographie",),
    resultats_attendus=("État partenaire",),
    description="Une présentation inventée, l'été venu.",
    abstract="Un premier paragraphe.\n\nUn second.",
    created="2024/02/08",
    start="14:00",
    issued="2024/02/12",
    duration="00:58:00",
    languages=("FR", "EN"),
    countries=("France",),
    media_type="Audio",
    producers=("Remix the commons",),
    guests=(Guest("Alice Exemple", "cartographe."), Guest("Tom Factice", "jardinier.")),
    broadcast_url="https://exemple.test/24-02.ogg",
    coordinates="45.76000, 4.83500",
    documents=(Document("La carte", "https://exemple.test/carte.pdf"), Document("Le livret")),
    links=(Link("https://exemple.test/site", "Le site de l'atelier"),),
    notes=(
        Note("Basile Inventé", "14:02", "Bonjour !"),
        Note("Alice Exemple", "14:03", "Bonjour Basile", reply_to=1),
        Note("Basile Inventé", "14:10", "Un message.\n\nEn deux paragraphes."),
    ),
    pad="https://exemple.test/pad",
)


def _one(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def as_text(*, addresses: bool = True) -> bytes:
    """Return the page as it is copied; what words carry an address is lost, but for what is written out."""
    facets = "  ".join(f"{label}\u00a0: {_one(getattr(RECORD, field))}" for field, label in _FACETS.items())
    documents = [f"{item.title} {item.url}".strip() if addresses else item.title for item in RECORD.documents]
    lines = [
        RECORD.title,
        "",
        f"Dans la collection : {_one(RECORD.collections)}",
        "",
        facets,
        "",
        RECORD.description,
        "",
    ]
    lines += ["Métadonnées", "", *(f"{label} {_one(getattr(RECORD, field))}" for field, label in _LABELS.items())]
    lines += [f"Média {RECORD.media_type}", "", "", "En résumé", "", RECORD.abstract, ""]
    lines += [f"  • {guest.name} est {guest.biography}" for guest in RECORD.guests]
    lines += ["", "Documents", "", *documents, "", "URL mentionnées :", ""]
    lines += [f"{link.url} - {link.label}" for link in RECORD.links]
    lines += ["", "Notes laissées par les participant·e·s", ""]
    lines += [
        f"{'  • ' if note.reply_to else ''}[{note.time}] {note.author} :\n\n{note.text}\n" for note in RECORD.notes
    ]
    lines += ["", "Pad compagnon de l'appel en commun", "", RECORD.pad, ""]
    return "\n".join(lines).encode()


def as_wikitext() -> bytes:
    """Return the source of the page."""
    call = [f"|{name}={_one(getattr(RECORD, field))}" for field, name in _PARAMETERS.items()]
    lines = [
        "{{Objet média",
        f"|Description={RECORD.description}",
        *call,
        f"|Type de document={RECORD.media_type}",
        "}}",
    ]
    lines += ["", "== En résumé ==", RECORD.abstract, ""]
    lines += [f"* {guest.name} est {guest.biography}" for guest in RECORD.guests]
    lines += ["", "== Documents =="]
    lines += [f"* [{item.url} {item.title}]" if item.url else f"* {item.title}" for item in RECORD.documents]
    lines += ["", "== URL mentionnées ==", *(f"{link.url} - {link.label}" for link in RECORD.links)]
    lines += ["", "== Notes laissées par les participant·e·s =="]
    lines += [f"{'* ' if note.reply_to else ''}[{note.time}] {note.author} :\n\n{note.text}\n" for note in RECORD.notes]
    lines += ["", "== Pad compagnon ==", RECORD.pad, ""]
    return "\n".join(lines).encode()


def as_html(skin: str = "vector") -> bytes:
    """Return the page as a browser saves it."""

    def paragraphs(text: str) -> str:
        return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in text.split("\n\n"))

    def free(url: str) -> str:
        return f'<a class="external free" href="{url}">{url}</a>'

    body = f"<p>Dans la collection&#160;: {_one(RECORD.collections)}</p><p>"
    body += " ".join(f"<b>{label}&#160;:</b> {_one(getattr(RECORD, field))}&#160;" for field, label in _FACETS.items())
    body += f"</p>{paragraphs(RECORD.description)}{heading('Métadonnées')}<table>"
    for field, label in (*_LABELS.items(), ("media_type", "Média")):
        body += f"<tr><th>{label}\n</th><td>{_one(getattr(RECORD, field))}\n</td></tr>"
    body += f"</table>{heading('En résumé')}{paragraphs(RECORD.abstract)}<ul>"
    body += "".join(f"<li>{guest.name} est {guest.biography}</li>\n" for guest in RECORD.guests)
    body += f"</ul>{heading('Documents')}<ul>"
    for item in RECORD.documents:
        body += (
            f'<li><a class="external text" href="{item.url}">{item.title}</a></li>'
            if item.url
            else f"<li>{item.title}</li>"
        )
    body += f"</ul>{heading('URL mentionnées&#160;:')}"
    body += "".join(f"<p>{free(link.url)} - {link.label}</p>" for link in RECORD.links)
    body += heading("Notes laissées par les participant·e·s")
    for note in RECORD.notes:
        said = f"[{note.time}] {note.author}&#160;:"
        body += f"<ul><li>{said} {note.text}</li></ul>" if note.reply_to else f"<p>{said}</p>{paragraphs(note.text)}"
    body += heading("Pad compagnon de l'appel en commun") + f"<p>{free(RECORD.pad)}</p>"
    return saved(RECORD.title, body, skin=skin)


def as_dump() -> bytes:
    """Return a dump of a wiki that has this page alone."""
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11"><siteinfo>'
        "<base>https://wiki.exemple.test/index.php/Accueil</base></siteinfo><page>"
        f"<title>{RECORD.title}</title><ns>0</ns><id>7</id><revision><id>12</id>"
        "<timestamp>2024-02-12T10:11:12Z</timestamp><model>wikitext</model>"
        f'<text xml:space="preserve">{escape(as_wikitext().decode())}</text></revision></page></mediawiki>'
    ).encode()


def as_json() -> bytes:
    """Return the record itself."""
    return msgspec.json.encode(RECORD)


def as_csv() -> bytes:
    """Return the record as a row."""
    row: dict[str, str] = {}
    for name, value in json.loads(as_json()).items():
        if name == "guests":
            row[name] = "|".join(f"{item['name']}: {item['biography']}" for item in value)
        elif name in ("documents", "links"):
            pairs = ((item.get("title") or item.get("label", ""), item.get("url")) for item in value)
            row[name] = "|".join(f"{words} <{url}>" if url else words for words, url in pairs)
        elif name == "notes":
            row[name] = "|".join(f"[{item['time']}] {item['author']}: {item['text']}" for item in value)
        else:
            row[name] = value if isinstance(value, str) else "|".join(value)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


def as_rdf() -> bytes:
    """Return what Semantic MediaWiki exports of the page."""
    wiki = "https://wiki.exemple.test/index.php/Special:URIResolver/"

    def page(title: str) -> str:
        return f"<{wiki}{title.replace(' ', '_')}>"

    facts = [f"property:{_name(name)} {page(value)} ;" for field, name in _PARAMETERS.items()
             if field in ("collections", "producers", "objets_de_commun", "enjeux", "actions", "resultats_attendus", "countries")
             for value in getattr(RECORD, field)]  # fmt: skip
    dates = [
        f'property:{_name(_PARAMETERS[field])} "{getattr(RECORD, field).replace("/", "-")}Z"^^xsd:date ;'
        for field in ("created", "issued")
    ]
    texts = [
        f'property:{_name(name)} "{value}" ;'
        for name, value in (
            ("Description", RECORD.description),
            ("Heure de début", RECORD.start),
            ("Durée", RECORD.duration),
            ("Type de document", RECORD.media_type),
            *(("Langue du contenu", value) for value in RECORD.languages),
        )
    ]
    return "\n".join(
        [
            "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .",
            "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
            "@prefix swivt: <http://semantic-mediawiki.org/swivt/1.0#> .",
            "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
            f"@prefix wiki: <{wiki}> .",
            f"@prefix property: <{wiki}Attribut-3A> .",
            f"{page(RECORD.title)} rdf:type swivt:Subject ;",
            f'rdfs:label "{RECORD.title}" ;',
            "swivt:page <https://wiki.exemple.test/index.php/24.02_Une_page_en_dix_formes> ;",
            'swivt:wikiNamespace "0"^^xsd:integer ;',
            *facts,
            *dates,
            *texts,
            f"property:{_name('URL de diffusion')} <{RECORD.broadcast_url}> ;",
            f'property:{_name("Coordinates")}-23aux "{RECORD.coordinates.replace(", ", ",")}" .',
        ]
    ).encode()


def _name(label: str) -> str:
    """Return the name of a property in an IRI, as Semantic MediaWiki escapes it."""
    return "".join(
        c if c.isascii() and c.isalnum() else "_" if c == " " else "".join(f"-{b:02X}" for b in c.encode())
        for c in label
    )
