"""Tell a guest and their biography from the bullets of a summary: *Name est …*, *Name a …*."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from commons_ld.record import Guest
from commons_ld.text import fold

__all__ = ["guest_of", "lacks_name"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: The verb that only joins a name to what is said of it, and is dropped.
_COPULA: Final = "est"
#: The verbs that follow a name, folded. The others stay in the biography.
_VERBS: Final = _words(
    "a accompagne anime coordonne cree defend developpe dirige ecrit enseigne est etait etudie exerce fonde fut"
    " intervient mene milite ont participe pilote preside produit s'interesse sont travaille vit"
)
#: What stands inside a name without a capital letter, folded.
_PARTICLES: Final = _words("al ben bin da de del della den der des di dos du el la le van von y")
#: What a sentence begins with and a name does not, folded.
_NO_NAME: Final = _words(
    "au aux avec ce ces cet cette chaque comment dans des du elle elles en il ils je la le les leur leurs mais nos"
    " notre nous on ou par pour pourquoi qu quand que qui quoi sa sans ses si son sur tous tout toute toutes un une vos"
    " votre vous"
)
_ELISION: Final = re.compile(r"(?:[cjlmnst]|qu)'")
_PREFIX: Final = re.compile(r"[dl]['’](?=\w)")
#: What may part a name from what is said of it.
_JOINTS: Final = " ,:–—-\u00a0\u202f"
#: Names are no longer than this, in words.
_LONGEST: Final = 7


def guest_of(bullet: str, known: Collection[str]) -> Guest | None:
    """Return the guest that a bullet presents, or ``None`` if it presents nobody.

    :param bullet: its text, without the mark
    :param known: names, folded, that the page gives elsewhere: these need no capital letters

    >>> guest_of("Louise Guillot est spécialiste de la transformation.", ())
    Guest(name='Louise Guillot', biography='spécialiste de la transformation.')
    >>> guest_of("Sébastien Shulz a mené une thèse.", ())
    Guest(name='Sébastien Shulz', biography='a mené une thèse.')
    >>> guest_of("Les communs sont des ressources.", ()) is None
    True
    """
    words = bullet.split(None, _LONGEST)[:_LONGEST]
    for count in range(1, len(words) + 1):
        name = " ".join(words[:count]).rstrip(_JOINTS)
        rest = bullet.split(None, count)[count:]
        said = rest[0].lstrip(_JOINTS) if rest else ""
        parted = words[count - 1][-1] in _JOINTS or (bool(rest) and rest[0][0] in _JOINTS)
        verb = _first_word(said)
        if fold(name) in known:
            presents = not said or parted or verb in _VERBS
        else:
            presents = _is_name(name.split()) and (
                verb in _VERBS or (parted and said[:1].islower()) or _first_word(_after_bracket(said)) in _VERBS
            )
        if presents:
            return Guest(name, said[len(_COPULA) :].strip() if verb == _COPULA else said.strip())
        if parted:
            return None
    return None


def lacks_name(bullet: str) -> bool:
    """Tell whether a bullet says what somebody is or does, and not who.

    >>> lacks_name("est paysanne dans la Drôme."), lacks_name("Anime un atelier."), lacks_name("a")
    (True, False, False)
    """
    return bullet[:1].islower() and len(bullet.split(None, 1)) > 1 and _first_word(bullet) in _VERBS


def _first_word(text: str) -> str:
    words = text[:40].split(None, 1)
    return fold(words[0]) if words else ""


def _after_bracket(text: str) -> str:
    """Return what follows ``(…)`` at the beginning, where a name is followed by an affiliation."""
    return text[text.find(")") + 1 :] if text.startswith("(") else ""


def _is_name(words: list[str]) -> bool:
    if len(words) < 2 or fold(words[0]) in _NO_NAME or _ELISION.match(fold(words[0])):
        return False
    return _is_capitalised(words[-1]) and all(_is_capitalised(word) or fold(word) in _PARTICLES for word in words)


def _is_capitalised(word: str) -> bool:
    word = _PREFIX.sub("", word, count=1)
    letters = word.replace("-", "").replace("'", "").replace("’", "").replace(".", "")
    return letters.isalpha() and word[0].isupper()
