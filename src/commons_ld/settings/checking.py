"""What the value of a setting has to be beyond its type."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Final

from commons_ld.catalogue_codes import codes_of
from commons_ld.messages import Language
from commons_ld.rdf.formats import FORMATS, N_QUADS
from commons_ld.rdf.syntax import is_http_iri, is_language_tag
from commons_ld.sentences.settings import said
from commons_ld.settings.tables import Settings

__all__ = ["CHECKS", "wrong"]


def wrong(settings: Settings) -> Iterator[tuple[str, dict[Language, str]]]:
    """Yield each setting whose value it cannot have, and what is wrong with it."""
    for key, is_good, code in CHECKS:
        value = attrgetter(key)(settings)
        for one in (value,) if isinstance(value, str) else value:
            if not is_good(one):
                choices = codes_of(_CODES[key]) if key in _CODES else _SYNTAXES
                yield key, said(code, value=one, known=", ".join(choices))
    for key in ("dataset.title", "dataset.description", "dataset.keywords"):
        texts = attrgetter(key)(settings)
        if not all(text.strip() for text in (texts.values() if isinstance(texts, dict) else texts)):
            yield key, said("empty-text")
    if N_QUADS.name not in settings.output.dumps:
        yield "output.dumps", said("no-n-quads", value=N_QUADS.name, known=", ".join(_SYNTAXES))


def _is_base(iri: str) -> bool:
    # Pages, feeds and files have addresses below it, and some of these a fragment of their own.
    return is_http_iri(iri) and iri.endswith("/") and "#" not in iri and "?" not in iri


def _is_address_of_pages(url: str) -> bool:
    return "{title}" in url and is_http_iri(url.replace("{title}", "x"))


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_code_of(table: str) -> Callable[[str], object]:
    return lambda code: not code or code in codes_of(table)


def _if_given(is_good: Callable[[str], object]) -> Callable[[str], object]:
    return lambda value: not value or is_good(value)


_DAY: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_ADDRESS: Final = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")
#: The settings that are codes of data catalogues, and the table of each.
_CODES: Final = {
    "dataset.themes": "data-theme",
    "dataset.frequency": "frequency",
    "dataset.publisher_type": "publishertype",
}
_SYNTAXES: Final = tuple(format_.name for format_ in FORMATS)
_IRIS: Final = (
    *(f"dataset.{name}" for name in ("publisher_iri", "license", "homepage", "image", "rights", "endpoint")),
    "podcast.image",
)
#: A setting, what each of its values has to be, and what is said where one is not; of texts by language, the languages.
CHECKS: Final[tuple[tuple[str, Callable[[str], object], str], ...]] = (
    ("base_iri", _is_base, "bad-base"),
    ("language", is_language_tag, "bad-tag"),
    ("dataset.title", is_language_tag, "bad-tag"),
    ("dataset.description", is_language_tag, "bad-tag"),
    *((key, _if_given(is_http_iri), "bad-iri") for key in _IRIS),
    *((key, _is_code_of(table), "bad-code") for key, table in _CODES.items()),
    ("dataset.contact_until", _if_given(_DAY.fullmatch), "bad-day"),
    ("dataset.contact", _if_given(_ADDRESS.fullmatch), "bad-contact"),
    *((f"store.{key}", _if_given(is_http_iri), "bad-address") for key in ("url", "update_url", "graph_store_url")),
    ("wiki.page_url", _if_given(_is_address_of_pages), "bad-page-url"),
    ("output.dumps", _SYNTAXES.__contains__, "bad-syntax"),
    ("timezone", _is_zone, "bad-zone"),
)
