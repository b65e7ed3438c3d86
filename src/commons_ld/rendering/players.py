"""Write a recording for players: IIIF Presentation 3, an item of a podcast, chapters, and a WebVTT track of notes."""

from __future__ import annotations

import datetime as dt
import uuid
from email.utils import format_datetime
from typing import Any, Final

import msgspec
from lxml import etree

from commons_ld.rendering import places
from commons_ld.rendering.media import Episode
from commons_ld.rendering.xml import printable
from commons_ld.settings import Settings

__all__ = ["channel", "chapters", "iiif", "item", "track"]

_ITUNES: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST: Final = "https://podcastindex.org/namespace/1.0"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_NSMAP: Final = {"itunes": _ITUNES, "podcast": _PODCAST, "atom": _ATOM}
#: Apple's bound of a description, in bytes, and the index's of a name, in characters.
_MOST_TEXT, _MOST_NAME = 4000, 128
#: The namespace of ``podcast:guid``: a feed's is the UUID of version 5 of its address without the scheme.
_GUIDS: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def iiif(episode: Episode, base_iri: str) -> bytes:
    """Return a manifest (https://iiif.io/api/presentation/3.0/), or nothing where the length is not known.

    :param episode: its canvas lasts as long as the recording, which the specification demands of sound and film
    """
    if not episode.seconds:
        return b""
    address = base_iri + places.manifest(_path(episode, base_iri))
    iri = address.removesuffix("/manifest.json")
    is_video = episode.media_type.startswith("video/")
    kind = {"audio": "Sound", "video": "Video"}.get(episode.media_type.partition("/")[0])
    if kind is None:
        return b""
    label = {_tag(episode.title_language): [episode.title]}
    body = {
        "id": episode.file, "type": kind, "format": episode.media_type, "duration": episode.seconds,
    }  # fmt: skip
    canvas: dict[str, Any] = {
        "id": f"{iri}/canvas", "type": "Canvas", "duration": episode.seconds,
        # A canvas of film needs proportions, which are not told; players take those of the film itself.
        **({"width": 16, "height": 9} if is_video else {}),
        "items": [{
            "id": f"{iri}/page", "type": "AnnotationPage",
            "items": [{
                "id": f"{iri}/painting", "type": "Annotation", "motivation": "painting", "body": body,
                "target": f"{iri}/canvas",
            }],
        }],
    }  # fmt: skip
    manifest: dict[str, Any] = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": address,
        "type": "Manifest",
        "label": label,
        "provider": [{"id": base_iri, "type": "Agent", "label": {"none": [episode.publisher]}}],
        "homepage": [{"id": f"{episode.iri}.html", "type": "Text", "label": label, "format": "text/html"}],
        "seeAlso": [{"id": f"{episode.iri}.jsonld", "type": "Dataset", "format": "application/ld+json"}],
        "items": [canvas],
    }
    if episode.cues:
        canvas["rendering"] = [
            {"id": file, "type": kind, "format": format_, "label": {"fr": ["Notes"], "en": ["Notes"]}}
            for kind, format_, file in (
                ("Text", "text/vtt", base_iri + places.track(_path(episode, base_iri))),
                ("Dataset", "application/json+chapters", base_iri + places.chapters(_path(episode, base_iri))),
            )
        ]
    if episode.description:
        manifest["summary"] = {_tag(episode.title_language): [episode.description]}
    if episode.rights:
        # IIIF knows the rights statements of others by their http IRIs only.
        manifest["rights"] = episode.rights.replace("https://", "http://", 1)
    if episode.picture:
        manifest["thumbnail"] = [{"id": episode.picture, "type": "Image"}]
    if episode.cues:
        manifest["structures"] = [
            {
                "id": f"{iri}/range/{number}", "type": "Range", "label": {"none": [cue.title]},
                "items": [{"id": f"{iri}/canvas#t={cue.start},{cue.end}", "type": "Canvas"}],
            }
            for number, cue in enumerate(episode.cues, 1)
        ]  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def chapters(episode: Episode) -> bytes:
    """Return chapters for podcasts (JSON chapters 1.2), or nothing where no note has a time in the recording."""
    if not episode.cues:
        return b""
    told = [{"startTime": cue.start, "title": cue.title} for cue in episode.cues]
    return msgspec.json.encode({"version": "1.2.0", "title": episode.title, "chapters": told}) + b"\n"


def track(episode: Episode) -> bytes:
    """Return the notes as a WebVTT track (https://www.w3.org/TR/webvtt1/), or nothing where none has a time."""
    if not episode.cues:
        return b""
    parts = ["WEBVTT"]
    for cue in episode.cues:
        # A cue holds no blank line and no arrow, and what looks like a tag is escaped (section 4.2).
        text = " ".join((f"{cue.author} : " if cue.author else "").split() + cue.text.split())
        shown = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(f"{_clock(cue.start)} --> {_clock(cue.end)}\n{shown}")
    return ("\n\n".join(parts) + "\n").encode()


def item(episode: Episode, base_iri: str) -> bytes:
    """Return an item of RSS 2.0 with the elements of Apple and of the podcast index, or nothing for what has no sound.

    The size of the file is not known without fetching it: it is 0, as the RSS Advisory Board has it.
    """
    if not episode.media_type.startswith(("audio/", "video/")):
        return b""
    root = etree.Element("item", nsmap=_NSMAP)
    _element(root, "title", episode.title)
    _element(root, "link", f"{episode.iri}.html")
    _element(root, "guid", episode.iri, isPermaLink="false")
    if date := _rfc_2822(episode.published):
        _element(root, "pubDate", date)
    if episode.description:
        _element(root, "description", _cut(episode.description))
    _element(root, "enclosure", "", url=episode.file, length="0", type=episode.media_type)
    if episode.seconds:
        _element(root, f"{{{_ITUNES}}}duration", str(episode.seconds))
    if episode.picture:
        _element(root, f"{{{_ITUNES}}}image", "", href=episode.picture)
    for iri, name, role in episode.people:
        _element(root, f"{{{_PODCAST}}}person", name[:_MOST_NAME], role=role, href=iri)
    if episode.cues:
        language = {"language": episode.language} if episode.language else {}
        transcript = base_iri + places.track(_path(episode, base_iri))
        cut = base_iri + places.chapters(_path(episode, base_iri))
        _element(root, f"{{{_PODCAST}}}transcript", "", url=transcript, type="text/vtt", **language)
        _element(root, f"{{{_PODCAST}}}chapters", "", url=cut, type="application/json+chapters")
    return etree.tostring(root, encoding="utf-8", xml_declaration=False)


def _path(episode: Episode, base_iri: str) -> str:
    return episode.iri.removeprefix(base_iri)


def channel(settings: Settings) -> tuple[bytes, bytes]:
    """Return what stands before the items of the feed, and what stands after them."""
    about, podcast, base = settings.dataset, settings.podcast, settings.base_iri
    language = settings.language.lower()
    address = f"{base}renderings/podcast.xml"
    rss = etree.Element("rss", nsmap=_NSMAP, version="2.0")
    root = etree.SubElement(rss, "channel")
    _element(root, "title", _in(about.title, language))
    _element(root, "link", about.homepage or base)
    _element(root, "description", _cut(_in(about.description, language)))
    _element(root, "language", language)
    _element(root, f"{{{_ATOM}}}link", "", rel="self", href=address, type="application/rss+xml")
    _element(root, f"{{{_ITUNES}}}author", about.publisher)
    if podcast.image:
        _element(root, f"{{{_ITUNES}}}image", "", href=podcast.image)
    if podcast.category:
        _element(root, f"{{{_ITUNES}}}category", "", text=podcast.category)
    if podcast.explicit:
        _element(root, f"{{{_ITUNES}}}explicit", podcast.explicit)
    _element(root, f"{{{_PODCAST}}}guid", str(uuid.uuid5(_GUIDS, address.partition("://")[2].rstrip("/"))))
    _element(root, f"{{{_PODCAST}}}locked", "no")
    _element(root, f"{{{_PODCAST}}}medium", "podcast")
    if about.rights:
        _element(root, f"{{{_PODCAST}}}license", about.rights, url=about.rights)
    before, _, after = etree.tostring(rss, encoding="utf-8", xml_declaration=True).rpartition(b"</channel>")
    return before, b"</channel>" + after + b"\n"


def _element(parent: etree._Element, name: str, content: str, **attributes: str) -> None:
    child = etree.SubElement(parent, name, {key: printable(value) for key, value in attributes.items()})
    if content:
        child.text = printable(content)


def _cut(text: str) -> str:
    """Return a text of no more than Apple's bytes, cut between characters."""
    encoded = text.encode()
    return text if len(encoded) <= _MOST_TEXT else encoded[: _MOST_TEXT - 3].decode(errors="ignore") + "…"


def _rfc_2822(day: str) -> str:
    """Return a day as RSS writes it; a year or a month alone is no day.

    >>> _rfc_2822("2021-12-02")
    'Thu, 02 Dec 2021 00:00:00 GMT'
    """
    try:
        moment = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), dt.UTC)
    except ValueError:
        return ""
    return format_datetime(moment, usegmt=True)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def _tag(language: str) -> str:
    return "none" if language == "und" else language


def _in(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
