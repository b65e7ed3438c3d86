"""Tell a person, or a program, what came of loading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from commons_ld.messages import Language
from commons_ld.sentences import Sentence, figure, in_number
from commons_ld.stores.loading import Loaded
from commons_ld.stores.task import Outcome
from commons_ld.stores.verifying import Verified
from commons_ld.text import shown

__all__ = ["to_json", "to_text"]

_MOST_SHOWN: Final = 20


def to_text(outcome: Outcome, language: Language) -> str:
    """Return what was sent, removed and kept, what was found, and what to do."""
    lines = [*_of_load(outcome.loaded, language)]
    if outcome.verified:
        lines += [*_of_verification(outcome, outcome.verified, language)]
    return "\n".join(lines)


def to_json(outcome: Outcome) -> bytes:
    """Return the same for a program: JSON."""
    loaded, verified = outcome
    told: dict[str, Any] = {
        name: getattr(loaded, name)
        for name in ("endpoint", "sent", "statements", "removed", "kept", "updates", "dry_run")
    }
    told["held_back"] = [{"graph": place.iri, "longest_iri": place.longest} for place in loaded.held_back]
    if verified:
        told["verified"] = verified._asdict() | {
            "changes": [change._asdict() for change in verified.changes],
            "damages": [damage._asdict() for damage in verified.damages],
        }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def _of_load(loaded: Loaded, language: Language) -> Iterator[str]:
    told = loaded._asdict() | {"where": loaded.endpoint}
    if not loaded.sent and not loaded.removed:
        yield _told("nothing", language, told)
    else:
        yield _told("would-send" if loaded.dry_run else "sent", language, told)
    for place in loaded.held_back[:_MOST_SHOWN]:
        held = {"graph": place.iri, "longest": shown(place.longest), "length": len(place.longest)}
        yield _told("held-back", language, held)


def _of_verification(outcome: Outcome, verified: Verified, language: Language) -> Iterator[str]:
    if verified.whole == verified.graphs:
        yield _told("all-whole", language, verified._asdict())
        return
    changed = verified.graphs - verified.whole - verified.damaged
    yield _told("not-whole", language, verified._asdict() | {"changed": changed})
    for change in verified.changes:
        values = {"kind": change.kind, "values": change.values, "sent": shown(change.sent), "held": shown(change.held)}
        yield _told("otherwise", language, values)
    for damage in verified.damages[:_MOST_SHOWN]:
        yield _told("damaged", language, damage._asdict() | {"example": shown(damage.example)})
    if verified.damaged > _MOST_SHOWN:
        yield "  …"
    if verified.damaged and not outcome.loaded.dry_run:
        remedy = "send-again" if "://" in outcome.loaded.endpoint else "remove-folder"
        yield _told(remedy, language, {"where": outcome.loaded.endpoint})


def _told(code: str, language: Language, values: Mapping[str, object]) -> str:
    """Return a sentence with its numbers as they are written, and the nouns in agreement with them."""
    written = {name: figure(one, language) if isinstance(one, int) else one for name, one in values.items()}
    return in_number(getattr(_SENTENCES[code], language).format(**written), language)


#: One row a sentence: what was done, what was found, and what to do.
_SENTENCES: Final[dict[str, Sentence]] = {
    "nothing": Sentence(
        "{where} : rien à envoyer ; déjà là : {kept} graphe(s).",
        "{where}: nothing to send; already there: {kept} graph(s).",
    ),
    "sent": Sentence(
        "{where} : {sent} graphe(s) ({statements} énoncé(s)) envoyés, {removed} ôtés, {kept} déjà là.",
        "{where}: {sent} graph(s) ({statements} statement(s)) sent, {removed} removed, {kept} were there.",
    ),
    "would-send": Sentence(
        "{where} : {sent} graphe(s) ({statements} énoncé(s)) seraient envoyés, {removed} ôtés, {kept} déjà là.",
        "{where}: {sent} graph(s) ({statements} statement(s)) would be sent, {removed} removed, {kept} were there.",
    ),
    "held-back": Sentence(
        "  {graph} est retenu : ce dépôt couperait l'adresse {longest} ({length} caractères) ; "
        "la raccourcir dans sa page.",
        "  {graph} is held back: this store would cut off the address {longest} ({length} characters); "
        "shorten it on its page.",
    ),
    "all-whole": Sentence(
        "Vérifié : les {graphs} graphes ont le nombre d'énoncés et l'empreinte qui ont été publiés.",
        "Verified: all {graphs} graphs have the number of statements and the hash that were published.",
    ),
    "not-whole": Sentence(
        "Vérifié : sur {graphs} graphe(s), {whole} ont l'empreinte publiée, {changed} ont les mêmes valeurs écrites "
        "autrement, {damaged} ont d'autres énoncés.",
        "Verified: of {graphs} graph(s), {whole} have the published hash, {changed} have the same values written in "
        "another way, {damaged} have other statements.",
    ),
    "otherwise": Sentence(
        "  {kind} : {values} valeur(s) que le dépôt écrit autrement, par exemple {sent} → {held}",
        "  {kind}: {values} value(s) that the store writes otherwise, for example {sent} → {held}",
    ),
    "damaged": Sentence(
        "  {graph} : {lost} énoncé(s) y manquent, {added} y sont en trop, par exemple {example}",
        "  {graph}: {lost} statement(s) missing, {added} too many, for example {example}",
    ),
    "send-again": Sentence(
        "Ces graphes seront renvoyés au prochain chargement ; si cela se répète, ce dépôt ne les garde pas.",
        "The next load sends these graphs again; if it comes to the same, this store does not keep them.",
    ),
    "remove-folder": Sentence(
        "Ôter le dossier {where}, puis charger de nouveau ; vérifier le disque.",
        "Remove the folder {where}, then load again; check the disk.",
    ),
}
