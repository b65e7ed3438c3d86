"""Tell a person, or a program, what came of loading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from commons_ld.messages import Language
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
    where, sent, statements, removed, kept = loaded.endpoint, *map(
        _number, (loaded.sent, loaded.statements, loaded.removed, loaded.kept)
    )  # fmt: skip
    nothing = not loaded.sent and not loaded.removed
    if language == "fr":
        if nothing:
            yield f"{where} : rien à envoyer, {kept} graphe(s) y sont déjà."
        else:
            would_be = "seraient " if loaded.dry_run else ""
            yield (
                f"{where} : {sent} graphe(s) ({statements} énoncés) {would_be}envoyés, {removed} ôtés, {kept} déjà là."
            )
        for place in loaded.held_back[:_MOST_SHOWN]:
            yield (
                f"  {place.iri} est retenu : ce dépôt couperait l'adresse {shown(place.longest)} "
                f"({len(place.longest)} caractères) ; la raccourcir dans sa page."
            )
        return
    if nothing:
        yield f"{where}: nothing to send, {kept} graph(s) are there already."
    else:
        would = "would be " if loaded.dry_run else ""
        yield f"{where}: {sent} graph(s) ({statements} statements) {would}sent, {removed} removed, {kept} were there."
    for place in loaded.held_back[:_MOST_SHOWN]:
        yield (
            f"  {place.iri} is held back: this store would cut off the address {shown(place.longest)} "
            f"({len(place.longest)} characters); shorten it on its page."
        )


def _of_verification(outcome: Outcome, verified: Verified, language: Language) -> Iterator[str]:
    graphs, whole, damaged = map(_number, (verified.graphs, verified.whole, verified.damaged))
    changed = _number(verified.graphs - verified.whole - verified.damaged)
    is_french = language == "fr"
    if verified.whole == verified.graphs:
        yield (
            f"Vérifié : les {graphs} graphes ont le nombre d'énoncés et l'empreinte qui ont été publiés."
            if is_french
            else f"Verified: all {graphs} graphs have the number of statements and the hash that were published."
        )
        return
    yield (
        f"Vérifié : {whole} graphe(s) sur {graphs} ont l'empreinte publiée, {changed} ont les mêmes valeurs écrites "
        f"autrement, {damaged} ont d'autres énoncés."
        if is_french
        else f"Verified: {whole} of {graphs} graphs have the published hash, {changed} have the same values written in "
        f"another way, {damaged} have other statements."
    )
    for change in verified.changes:
        yield (
            f"  {change.kind} : {_number(change.values)} valeur(s) que le dépôt écrit autrement, par exemple "
            f"{shown(change.sent)} → {shown(change.held)}"
            if is_french
            else f"  {change.kind}: {_number(change.values)} value(s) that the store writes otherwise, for example "
            f"{shown(change.sent)} → {shown(change.held)}"
        )
    for damage in verified.damages[:_MOST_SHOWN]:
        yield (
            f"  {damage.graph} : {damage.lost} énoncé(s) y manquent, {damage.added} y sont en trop, par exemple "
            f"{shown(damage.example)}"
            if is_french
            else f"  {damage.graph}: {damage.lost} statement(s) missing, {damage.added} too many, for example "
            f"{shown(damage.example)}"
        )
    if verified.damaged > _MOST_SHOWN:
        yield "  …"
    if verified.damaged and not outcome.loaded.dry_run:
        yield _remedy(outcome.loaded)[language]


def _remedy(loaded: Loaded) -> dict[Language, str]:
    if "://" in loaded.endpoint:
        return {
            "fr": "Ces graphes seront renvoyés au prochain chargement ; si cela se répète, ce dépôt ne les garde pas.",
            "en": "The next load sends these graphs again; if it comes to the same, this store does not keep them.",
        }
    return {
        "fr": f"Ôter le dossier {loaded.endpoint}, puis charger de nouveau ; vérifier le disque.",
        "en": f"Remove the folder {loaded.endpoint}, then load again; check the disk.",
    }


def _number(number: int) -> str:
    return f"{number:,}".replace(",", " ")
