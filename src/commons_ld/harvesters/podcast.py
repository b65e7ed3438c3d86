"""The rules of podcast apps: a feed with its cover and its category, and episodes with their files."""

from __future__ import annotations

from collections import Counter
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

from commons_ld.harvesters.documents import Notes, parsed
from commons_ld.harvesters.rules import Found, Rule

__all__ = ["EPISODES", "FEED", "check_podcast"]

_ITUNES: Final = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_PODCAST: Final = "{https://podcastindex.org/namespace/1.0}"
_AN_EPISODE, _A_FEED = ("épisode", "episode"), ("fil", "feed")


class _Episode(NamedTuple):
    """An episode, and how many there are of its address and of its identifier."""

    item: etree._Element
    addresses: Counter[str]
    guids: Counter[str]

    def text(self, name: str) -> str:
        return self.item.findtext(name) or ""

    def file(self, name: str) -> str:
        """Return what is told of its file, or ``""``."""
        enclosure = self.item.find("enclosure")
        return "" if enclosure is None else enclosure.get(name, "")


def check_podcast(site: Path) -> Found:
    """Return what podcast apps would say of the feed."""
    notes = Notes(_A_FEED, _AN_EPISODE)
    path = site / "renderings" / "podcast.xml"
    root = parsed(path.read_bytes(), path.name, notes) if path.is_file() else None
    channel = None if root is None else root.find("channel")
    if channel is None:
        return notes.end()
    notes.counts[_A_FEED] = 1
    notes.hold(FEED, channel, path.name)
    items = channel.findall("item")
    addresses = Counter(one.get("url", "") for item in items for one in item.findall("enclosure"))
    guids = Counter(item.findtext("guid") or "" for item in items)
    for item in items:
        notes.counts[_AN_EPISODE] += 1
        episode = _Episode(item, addresses, guids)
        notes.hold(EPISODES, episode, episode.text("guid") or episode.text("title") or "?")
    return notes.end()


def _is_rfc_2822(text: str) -> bool:
    try:
        return bool(parsedate_to_datetime(text))
    except ValueError:
        return False


FEED: Final[tuple[Rule[etree._Element], ...]] = (
    Rule("feed-title", "Violation", lambda feed: feed.findtext("title"), "Le fil n'a pas de titre.", "The feed has no title."),
    Rule("feed-description", "Violation", lambda feed: feed.findtext("description"), "Le fil n'a pas de description.", "The feed has no description."),
    Rule("feed-language", "Violation", lambda feed: feed.findtext("language"), "Le fil n'a pas de langue.", "The feed has no language."),
    Rule("feed-link", "Violation", lambda feed: feed.findtext("link"), "Le fil n'a pas d'adresse.", "The feed has no address."),
    Rule("feed-image", "Violation", lambda feed: feed.find(f"{_ITUNES}image") is not None, "Le fil n'a pas de couverture ; régler podcast.image.", "The feed has no cover; set podcast.image.", "podcast.image"),
    Rule("feed-category", "Violation", lambda feed: feed.find(f"{_ITUNES}category") is not None, "Le fil n'a pas de catégorie ; régler podcast.category.", "The feed has no category; set podcast.category.", "podcast.category"),
    Rule("feed-explicit", "Violation", lambda feed: feed.findtext(f"{_ITUNES}explicit") in ("true", "false"), "Il n'est pas dit si le fil convient aux enfants ; régler podcast.explicit.", "It is not told whether the feed is fit for children; set podcast.explicit.", "podcast.explicit"),
    Rule("feed-guid", "Warning", lambda feed: feed.findtext(f"{_PODCAST}guid"), "Le fil n'a pas d'identifiant (podcast:guid).", "The feed has no identifier (podcast:guid)."),
)  # fmt: skip

EPISODES: Final[tuple[Rule[_Episode], ...]] = (
    Rule("episode-title", "Violation", lambda one: one.text("title"), "Un épisode n'a pas de titre.", "An episode has no title."),
    Rule("episode-guid", "Violation", lambda one: one.text("guid") and one.guids[one.text("guid")] == 1, "Un épisode n'a pas d'identifiant à soi (guid).", "An episode has no identifier of its own (guid)."),
    Rule("episode-file", "Violation", lambda one: one.file("url") and one.file("type"), "Un épisode n'a pas de fichier avec son type.", "An episode has no file with its type."),
    Rule("episode-file-twice", "Violation", lambda one: one.addresses[one.file("url")] <= 1, "Deux épisodes ont le même fichier.", "Two episodes have the same file."),
    Rule("episode-type", "Violation", lambda one: not one.file("type") or one.file("type").startswith(("audio/", "video/")), "Le fichier d'un épisode n'est ni sonore ni filmé.", "The file of an episode is neither sound nor film."),
    Rule("episode-length", "Violation", lambda one: one.file("length").isdecimal(), "La taille d'un fichier n'est pas un nombre (0 si elle n'est pas connue).", "The size of a file is no number (0 where it is not known)."),
    Rule("episode-https", "Warning", lambda one: not one.file("url") or one.file("url").startswith("https:"), "L'adresse d'un fichier n'est pas en https.", "The address of a file is not https."),
    Rule("episode-description", "Violation", lambda one: len(one.text("description").encode()) <= 4000, "La description d'un épisode dépasse 4 000 octets.", "The description of an episode has more than 4,000 bytes."),
    Rule("episode-date", "Warning", lambda one: _is_rfc_2822(one.text("pubDate")), "Un épisode n'a pas de jour de publication ; remplir « Date de publication ».", "An episode has no day of publication; fill in 'Date de publication'."),
    Rule("episode-duration", "Warning", lambda one: one.text(f"{_ITUNES}duration").isdecimal(), "La durée d'un épisode n'est pas dite ; remplir « Durée ».", "The length of an episode is not told; fill in 'Durée'."),
    Rule("episode-person", "Violation", lambda one: all(person.text and len(person.text) <= 128 for person in one.item.findall(f"{_PODCAST}person")), "Le nom d'une personne est vide ou dépasse 128 caractères.", "The name of a person is empty or has more than 128 characters."),
)  # fmt: skip
