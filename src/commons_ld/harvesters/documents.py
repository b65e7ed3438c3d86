"""The rules of harvesters that read JSON and XML: podcast apps, IIIF viewers, Google's search of datasets."""

from __future__ import annotations

import json
import re
from collections import Counter
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from lxml import etree

from commons_ld.harvesters.rules import Finding, nothing
from commons_ld.messages import Severity

__all__ = ["Found", "Notes", "check_google", "check_iiif", "check_podcast", "parsed"]

#: What is found, and how many things of each kind were looked at.
Found = tuple[list[Finding], dict[tuple[str, str], int]]

_ITUNES: Final = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_PODCAST: Final = "{https://podcastindex.org/namespace/1.0}"
_SCRIPT: Final = re.compile(r'<script type="application/ld\+json">([^<]*)</script>')
_EPISODE, _FEED = ("épisode", "episode"), ("fil", "feed")
_MANIFEST, _PAGE = ("manifeste", "manifest"), ("page du jeu de données", "page of the dataset")


class Notes:
    """What is found in one document after the other."""

    def __init__(self, *labels: tuple[str, str]) -> None:
        self.findings: Final[list[Finding]] = []
        self.counts: Final = dict.fromkeys(labels, 0)

    def demand(
        self, holds: object, code: str, severity: Severity, node: str, fr: str, en: str, setting: str = ""
    ) -> None:
        """Note a finding, unless what is demanded holds."""
        if not holds:
            self.findings.append(Finding(code, severity, node, fr, en, setting))

    def end(self) -> Found:
        """Return what was found; a kind of which there is nothing is a finding too."""
        return [*self.findings, *(nothing(label) for label, count in self.counts.items() if not count)], self.counts


def parsed(data: bytes, name: str, notes: Notes) -> etree._Element | None:
    """Return an XML document, read without entities and without the network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        notes.demand(
            False,
            "unreadable",
            "Violation",
            name,
            "Le document n'est pas du XML qui se lit.",
            "The document is no XML that can be read.",
        )
        return None


def check_podcast(site: Path) -> Found:
    """Return what podcast apps would say of the feed."""
    notes = Notes(_FEED, _EPISODE)
    path = site / "renderings" / "podcast.xml"
    root = parsed(path.read_bytes(), path.name, notes) if path.is_file() else None
    channel = None if root is None else root.find("channel")
    if channel is None:
        return notes.end()
    notes.counts[_FEED] = 1
    for name, fr, en in (
        ("title", "titre", "title"),
        ("description", "description", "description"),
        ("language", "langue", "language"),
        ("link", "adresse", "address"),
    ):
        notes.demand(
            channel.findtext(name),
            f"feed-{name}",
            "Violation",
            "podcast.xml",
            f"Le fil n'a pas de {fr}.",
            f"The feed has no {en}.",
        )
    image, category = channel.find(f"{_ITUNES}image"), channel.find(f"{_ITUNES}category")
    notes.demand(
        image is not None,
        "feed-image",
        "Violation",
        "podcast.xml",
        "Le fil n'a pas de couverture ; régler podcast.image.",
        "The feed has no cover; set podcast.image.",
        "podcast.image",
    )
    notes.demand(
        category is not None,
        "feed-category",
        "Violation",
        "podcast.xml",
        "Le fil n'a pas de catégorie ; régler podcast.category.",
        "The feed has no category; set podcast.category.",
        "podcast.category",
    )
    notes.demand(
        channel.findtext(f"{_ITUNES}explicit") in ("true", "false"),
        "feed-explicit",
        "Violation",
        "podcast.xml",
        "Il n'est pas dit si le fil convient aux enfants ; régler podcast.explicit.",
        "It is not told whether the feed is fit for children; set podcast.explicit.",
        "podcast.explicit",
    )
    notes.demand(
        channel.findtext(f"{_PODCAST}guid"),
        "feed-guid",
        "Warning",
        "podcast.xml",
        "Le fil n'a pas d'identifiant (podcast:guid).",
        "The feed has no identifier (podcast:guid).",
    )
    items = channel.findall("item")
    addresses = Counter(one.get("url") for item in items for one in item.findall("enclosure"))
    guids = Counter(item.findtext("guid") for item in items)
    for item in items:
        notes.counts[_EPISODE] += 1
        _episode(item, notes, addresses, guids)
    return notes.end()


def _episode(item: etree._Element, notes: Notes, addresses: Counter[str | None], guids: Counter[str | None]) -> None:
    guid = item.findtext("guid")
    node = guid or item.findtext("title") or "?"
    notes.demand(
        item.findtext("title"),
        "episode-title",
        "Violation",
        node,
        "Un épisode n'a pas de titre.",
        "An episode has no title.",
    )
    notes.demand(
        guid and guids[guid] == 1,
        "episode-guid",
        "Violation",
        node,
        "Un épisode n'a pas d'identifiant à soi (guid).",
        "An episode has no identifier of its own (guid).",
    )
    enclosure = item.find("enclosure")
    given: dict[str, str] = {} if enclosure is None else {str(key): str(value) for key, value in enclosure.items()}
    notes.demand(
        given.get("url") and given.get("type"),
        "episode-file",
        "Violation",
        node,
        "Un épisode n'a pas de fichier avec son type.",
        "An episode has no file with its type.",
    )
    notes.demand(
        addresses[given.get("url")] <= 1,
        "episode-file-twice",
        "Violation",
        node,
        "Deux épisodes ont le même fichier.",
        "Two episodes have the same file.",
    )
    notes.demand(
        str(given.get("type", "audio/")).startswith(("audio/", "video/")),
        "episode-type",
        "Violation",
        node,
        "Le fichier d'un épisode n'est ni sonore ni filmé.",
        "The file of an episode is neither sound nor film.",
    )
    notes.demand(
        str(given.get("length", "")).isdecimal(),
        "episode-length",
        "Violation",
        node,
        "La taille d'un fichier n'est pas un nombre (0 si elle n'est pas connue).",
        "The size of a file is no number (0 where it is not known).",
    )
    notes.demand(
        str(given.get("url", "https:")).startswith("https:"),
        "episode-https",
        "Warning",
        node,
        "L'adresse d'un fichier n'est pas en https.",
        "The address of a file is not https.",
    )
    notes.demand(
        len((item.findtext("description") or "").encode()) <= 4000,
        "episode-description",
        "Violation",
        node,
        "La description d'un épisode dépasse 4 000 octets.",
        "The description of an episode has more than 4,000 bytes.",
    )
    notes.demand(
        _is_rfc_2822(item.findtext("pubDate")),
        "episode-date",
        "Warning",
        node,
        "Un épisode n'a pas de jour de publication ; remplir « Date de publication ».",
        "An episode has no day of publication; fill in 'Date de publication'.",
    )
    duration = item.findtext(f"{_ITUNES}duration")
    notes.demand(
        duration and duration.isdecimal(),
        "episode-duration",
        "Warning",
        node,
        "La durée d'un épisode n'est pas dite ; remplir « Durée ».",
        "The length of an episode is not told; fill in 'Durée'.",
    )
    people = item.findall(f"{_PODCAST}person")
    notes.demand(
        all(one.text and len(one.text) <= 128 for one in people),
        "episode-person",
        "Violation",
        node,
        "Le nom d'une personne est vide ou dépasse 128 caractères.",
        "The name of a person is empty or has more than 128 characters.",
    )


def _is_rfc_2822(text: str | None) -> bool:
    try:
        return bool(text) and parsedate_to_datetime(text or "") is not None
    except ValueError:
        return False


def check_iiif(site: Path) -> Found:
    """Return what IIIF viewers would say of the manifests."""
    notes = Notes(_MANIFEST)
    for path in sorted((site / "iiif").rglob("manifest.json")) if (site / "iiif").is_dir() else ():
        notes.counts[_MANIFEST] += 1
        name = path.relative_to(site).as_posix()
        manifest = _json(path.read_bytes())
        told = manifest.get("@context")
        notes.demand(
            told == "http://iiif.io/api/presentation/3/context.json"
            or (isinstance(told, list) and told[-1:] == ["http://iiif.io/api/presentation/3/context.json"]),
            "manifest-context",
            "Violation",
            name,
            "Un manifeste ne dit pas qu'il est de IIIF Presentation 3.",
            "A manifest does not say that it is of IIIF Presentation 3.",
        )
        notes.demand(
            manifest.get("type") == "Manifest" and str(manifest.get("id", "")).startswith("http"),
            "manifest-id",
            "Violation",
            name,
            "Un manifeste n'a pas d'adresse ou de type.",
            "A manifest has no address or no type.",
        )
        notes.demand(
            _is_label(manifest.get("label")),
            "manifest-label",
            "Violation",
            name,
            "Un manifeste n'a pas de titre par langue.",
            "A manifest has no title by language.",
        )
        rights = manifest.get("rights", "http://creativecommons.org/")
        notes.demand(
            str(rights).startswith(("http://creativecommons.org/", "http://rightsstatements.org/")),
            "manifest-rights",
            "Warning",
            name,
            "Les droits d'un manifeste ne sont ni de Creative Commons ni de rightsstatements.org, en http.",
            "The rights of a manifest are neither of Creative Commons nor of rightsstatements.org, by http.",
        )
        canvases = _items(manifest)
        notes.demand(
            canvases,
            "manifest-items",
            "Violation",
            name,
            "Un manifeste n'a rien à montrer.",
            "A manifest has nothing to show.",
        )
        for canvas in canvases:
            _canvas(canvas, name, notes)
    return notes.end()


def _items(thing: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is in something; what is no object there says nothing."""
    items = thing.get("items")
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []


def _canvas(canvas: dict[str, Any], name: str, notes: Notes) -> None:
    duration = canvas.get("duration")
    notes.demand(
        isinstance(duration, (int, float)) and duration > 0,
        "canvas-duration",
        "Violation",
        name,
        "Une toile sonore ou filmée n'a pas de durée ; remplir « Durée ».",
        "A canvas of sound or film has no duration; fill in 'Durée'.",
    )
    painted = [one for page in _items(canvas) for one in _items(page)]
    notes.demand(
        painted and all(one.get("motivation") == "painting" for one in painted),
        "canvas-painting",
        "Violation",
        name,
        "Rien n'est peint sur une toile.",
        "Nothing is painted on a canvas.",
    )
    notes.demand(
        all(one.get("target") == canvas.get("id") for one in painted),
        "canvas-target",
        "Violation",
        name,
        "Une annotation vise une autre toile.",
        "An annotation is about another canvas.",
    )
    bodies = [body if isinstance(body := one.get("body"), dict) else {} for one in painted]
    notes.demand(
        all(
            body.get("type") in ("Sound", "Video", "Image") and str(body.get("id", "")).startswith("http")
            for body in bodies
        ),
        "canvas-body",
        "Violation",
        name,
        "Ce qui est peint n'a pas d'adresse ou de type.",
        "What is painted has no address or no type.",
    )


def _is_label(label: object) -> bool:
    return (
        isinstance(label, dict)
        and bool(label)
        and all(isinstance(texts, list) and any(texts) for texts in label.values())
    )


def check_google(site: Path) -> Found:
    """Return what Google's search of datasets would say of the page of the dataset."""
    notes = Notes(_PAGE)
    for name in ("dataset.html", "dataset.en.html"):
        path = site / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = _SCRIPT.search(text)
        told = _json(found[1].encode()) if found else {}
        if told.get("@type") != "Dataset":
            continue
        notes.counts[_PAGE] += 1
        title, description = str(told.get("name", "")), str(told.get("description", ""))
        notes.demand(
            title,
            "name",
            "Violation",
            name,
            "Le jeu de données n'a pas de nom (dataset.title).",
            "The dataset has no name (dataset.title).",
            "dataset.title",
        )
        notes.demand(
            50 <= len(description) <= 5000,
            "description",
            "Violation",
            name,
            "La description n'a pas de 50 à 5 000 caractères (dataset.description).",
            "The description does not have 50 to 5,000 characters (dataset.description).",
            "dataset.description",
        )
        notes.demand(
            told.get("license"),
            "license",
            "Warning",
            name,
            "Le jeu de données n'a pas de licence ; régler dataset.license.",
            "The dataset has no licence; set dataset.license.",
            "dataset.license",
        )
        notes.demand(
            told.get("creator"),
            "creator",
            "Warning",
            name,
            "Le jeu de données n'a pas d'auteur.",
            "The dataset has no creator.",
        )
        notes.demand(
            told.get("keywords"),
            "keywords",
            "Warning",
            name,
            "Aucun mot-clé ; régler dataset.keywords.",
            "No keyword; set dataset.keywords.",
            "dataset.keywords",
        )
        files = told.get("distribution", [])
        files = files if isinstance(files, list) else [files]
        notes.demand(
            files and all(isinstance(one, dict) and one.get("contentUrl") for one in files),
            "distribution",
            "Warning",
            name,
            "Un fichier n'a pas d'adresse.",
            "A distribution has no address.",
        )
        visible = _SCRIPT.sub("", text)
        notes.demand(
            not description or description[:40].replace("'", "&#39;") in visible or description[:40] in visible,
            "visible",
            "Violation",
            name,
            "La page ne montre pas ce que dit sa description.",
            "The page does not show what its description says.",
        )
    return notes.end()


def _json(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
