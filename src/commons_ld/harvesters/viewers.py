"""The rules of IIIF viewers: a manifest of Presentation 3, and something to show on each of its canvases."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from commons_ld.harvesters.documents import Notes, json_object
from commons_ld.harvesters.rules import Found, Rule

__all__ = ["CANVASES", "MANIFESTS", "check_iiif"]

_MANIFEST: Final = ("manifeste", "manifest")
_CONTEXT: Final = "http://iiif.io/api/presentation/3/context.json"
#: The rights that a manifest may tell, which are named by http (Presentation 3, §3.2).
_RIGHTS: Final = ("http://creativecommons.org/", "http://rightsstatements.org/")

_Object = dict[str, Any]


def check_iiif(site: Path) -> Found:
    """Return what IIIF viewers would say of the manifests."""
    notes = Notes(_MANIFEST)
    for path in sorted((site / "iiif").rglob("manifest.json")):
        notes.counts[_MANIFEST] += 1
        name, manifest = path.relative_to(site).as_posix(), json_object(path.read_bytes())
        notes.hold(MANIFESTS, manifest, name)
        for canvas in _items(manifest):
            notes.hold(CANVASES, canvas, name)
    return notes.end()


def _items(thing: _Object) -> list[_Object]:
    """Return what is in something; what is no object there says nothing."""
    items = thing.get("items")
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []


def _painted(canvas: _Object) -> list[_Object]:
    """Return the annotations of a canvas."""
    return [one for page in _items(canvas) for one in _items(page)]


def _is_of_presentation_3(manifest: _Object) -> bool:
    told = manifest.get("@context")
    return told == _CONTEXT or (isinstance(told, list) and told[-1:] == [_CONTEXT])


def _is_label(label: object) -> bool:
    return (
        isinstance(label, dict)
        and bool(label)
        and all(isinstance(texts, list) and any(texts) for texts in label.values())
    )


def _lasts(canvas: _Object) -> bool:
    duration = canvas.get("duration")
    return isinstance(duration, (int, float)) and duration > 0


def _is_media(body: object) -> bool:
    return (
        isinstance(body, dict)
        and body.get("type") in ("Sound", "Video", "Image")
        and str(body.get("id", "")).startswith("http")
    )


MANIFESTS: Final[tuple[Rule[_Object], ...]] = (
    Rule("manifest-context", "Violation", _is_of_presentation_3, "Un manifeste ne dit pas qu'il est de IIIF Presentation 3.", "A manifest does not say that it is of IIIF Presentation 3."),
    Rule("manifest-id", "Violation", lambda one: one.get("type") == "Manifest" and str(one.get("id", "")).startswith("http"), "Un manifeste n'a pas d'adresse ou de type.", "A manifest has no address or no type."),
    Rule("manifest-label", "Violation", lambda one: _is_label(one.get("label")), "Un manifeste n'a pas de titre par langue.", "A manifest has no title by language."),
    Rule("manifest-rights", "Warning", lambda one: "rights" not in one or str(one["rights"]).startswith(_RIGHTS), "Les droits d'un manifeste ne sont ni de Creative Commons ni de rightsstatements.org, en http.", "The rights of a manifest are neither of Creative Commons nor of rightsstatements.org, by http."),
    Rule("manifest-items", "Violation", _items, "Un manifeste n'a rien à montrer.", "A manifest has nothing to show."),
)  # fmt: skip

CANVASES: Final[tuple[Rule[_Object], ...]] = (
    Rule("canvas-duration", "Violation", _lasts, "Une toile sonore ou filmée n'a pas de durée ; remplir « Durée ».", "A canvas of sound or film has no duration; fill in 'Durée'."),
    Rule("canvas-painting", "Violation", lambda one: _painted(one) and all(each.get("motivation") == "painting" for each in _painted(one)), "Rien n'est peint sur une toile.", "Nothing is painted on a canvas."),
    Rule("canvas-target", "Violation", lambda one: all(each.get("target") == one.get("id") for each in _painted(one)), "Une annotation vise une autre toile.", "An annotation is about another canvas."),
    Rule("canvas-body", "Violation", lambda one: all(_is_media(each.get("body")) for each in _painted(one)), "Ce qui est peint n'a pas d'adresse ou de type.", "What is painted has no address or no type."),
)  # fmt: skip
