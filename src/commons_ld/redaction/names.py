"""Find the names of people in text, in whatever order, case, spelling of accents and with whatever between them.

All the names of a record are compiled into one table of word sets, so that a text is gone through once
however many they are. A name is a sequence of *words*; ``Bessac-Léon`` is two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from commons_ld.redaction.contacts import AT, BLANK, INVISIBLE, has_sign
from commons_ld.redaction.scripts import MARKS, is_character, parts, pieces, within
from commons_ld.text import fold

__all__ = ["Names", "identity", "words_in"]

#: Words that say nothing about who is meant: never taken for a name where they stand alone.
_COMMON: Final = frozenset(
    """
    alors après appel appels archive atelier association audio aussi autre autres avec avez avoir avons beaucoup bien
    bonjour bonne bonsoir ces cela cette ceux chaque charte chez collectif comme comment commun commune communes communs
    contre coopérative dans demain depuis des deux dire dit donc elle elles encore enjeu entre est etc être exemple
    faire fait france groupe hier ici ils invité jamais jour juste les leur leurs lieu mais même merci mes moins mon
    monde non nos notre nous nouveau nouvelle objet oui par paris parce pas personne peu peut plus pour pourquoi projet
    quand que quel quelle qui quoi réseau rien salut sans ses session soit son sont sous sur tes territoire tiers tous
    tout toute toutes très trop une vers ville voici voilà vos votre vous vraiment web
    about admin after all also and anonymous any are because been before but call can common commoning commons could day
    does english for french from good group guest had has have hello here him his host how into its just like make many
    more most much need network new not now one only open other our out over project public she should some such thank
    thanks that the their them then there these they this those time today two use user very was way well were what
    when where which while who why will with without work workshop would yes you your
    """.translate(str.maketrans("éèêàûîô", "eeeauio")).split()
)
#: Who is called with an ``@`` and is nobody in particular.
_EVERYBODY: Final = frozenset({"all", "channel", "everybody", "everyone", "here", "room", "tous", "toutes", "toustes"})

#: Letters without a decomposition, as people write them who lack the key.
_SPELLINGS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_UNSEEN: Final = re.compile(f"[{INVISIBLE}]")
_LETTER: Final = rf"\w{MARKS}{INVISIBLE}"
#: A word, and the sign that makes a mention of it. ``%20`` is a blank, and not the word 20.
_WORD: Final = re.compile(rf"%20|(?P<at>(?<!\w)[{AT}][{BLANK}]?)?(?P<word>[{_LETTER}]++)")
_RUN: Final = re.compile(f"[{_LETTER}]++")
_HANDLE: Final = re.compile(rf"[{_LETTER}][{_LETTER}{AT}.-]*+")
#: What hangs on a name that is replaced, and would be a mention without it.
_HANGING: Final = re.compile(rf"[{AT}][{_LETTER}][{_LETTER}{AT}.-]*+")
#: What can stand between the words of one name, and how much of it.
_BETWEEN: Final = re.compile(rf"[{BLANK}\n._'’ʼ・·\u2010-\u2013+,/|%20-]{{0,5}}")
_CLOSE: Final = re.compile(rf"[{BLANK}.\u2010-\u2011-]{{1,2}}")
#: Where the name of a person ends and something about them begins: ``Octave Jaspin (CNFPT)``.
_ASIDE: Final = re.compile(r"[(\[{,/|:;@（［，：；]|\s[-\u2013\u2014]\s")
_DAY: Final = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},?\s(?:(?:à|at)\s)?"
_TIME: Final = r"\d{1,2}\s?[:hH.]\s?\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?\s?[Mm]\.?)?"
_SENT: Final = rf"\d{{1,2}}:\d{{2}}:\d{{2}}[{BLANK}]++(?:From|De)[{BLANK}]++"
_NAME: Final = rf"[^\[\]:\n{BLANK}][^\[\]:\n]{{0,79}}"
#: Whom Zoom says a message is for, in words that no other text has behind a time.
_FOR: Final = rf"[{BLANK}](?:[Tt]o|à)[{BLANK}]++(?:[Ee]veryone|[Tt]out le monde|[^:\n]{{1,80}}\([^:()\n]{{1,20}}\))"
#: A message of a chat that stands somewhere in a text: ``[14:09] Octave Jaspin : ``, ``[14:09] [Octave Jaspin : ``,
#: ``[02/12/2021 14:09] Octave Jaspin: ``, ``14:09:30 De Octave Jaspin à Tout le monde : ``.
_STAMPED: Final = re.compile(
    rf"\[\s?(?:{_DAY})?{_TIME}\s?\][{BLANK}]*+\[?(?P<author>{_NAME}):|{_SENT}(?P<sender>{_NAME}{_FOR})\s?:"
)
#: One that elsewhere may be of a programme: ``02/12/2021, 14:09 - Octave Jaspin: ``, ``14:09:30 From Octave : ``.
_STAMPED_IN_CHAT: Final = re.compile(rf"{_STAMPED.pattern}|(?:{_DAY}{_TIME}\s[-\u2013]\s|{_SENT})(?P<writer>{_NAME}):")

#: Words of a name that are compared in any order; those of a longer one may follow.
_WORDS: Final = 8
#: What is longer than this, in characters, is no name; its beginning is taken for one.
_LONGEST: Final = 200
#: Shorter names are not looked for where they are run together with others (``ojaspin``).
_JOINED: Final = 6

Words = tuple[str, ...]


class _When(IntEnum):
    """Where a name is taken for one; a lower value is a wider rule."""

    ALWAYS = 0
    CAPITALISED = 1
    CAPITALISED_IN_CHAT = 2


class _Entry(NamedTuple):
    """What becomes of a name.

    :param text: what is put in its place; ``None`` to leave it
    :param more: words of the same name that may follow and go with it
    """

    text: str | None
    when: _When = _When.ALWAYS
    more: frozenset[str] = frozenset()


class _Word(NamedTuple):
    """A word of a text, at its place.

    :param at: where the sign of a mention begins that stands before it, or -1
    :param follows: whether no more stands between it and the word before than within one name
    """

    at: int
    start: int
    end: int
    folded: str
    follows: bool


def identity(name: str) -> str:
    """Return what is the same for two ways to write the name of one person.

    What stands beside a name of two words or more, as in ``Octave JASPIN (CNFPT)``, is no part of it.

    >>> identity("MICCIARELLI Giuseppe") == identity("giuseppe\u00a0micciarelli (Naples)")
    True
    """
    words = _main_words(name)
    return _key(words) if words else fold(name[:_LONGEST])


def _key(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


@lru_cache(maxsize=4_000)
def _main_words(name: str) -> Words:
    aside = _ASIDE.search(name)
    main = _words_of(name[: aside.start()]) if aside else ()
    return main if len(main) > 1 else _words_of(name)


@lru_cache(maxsize=4_000)
def _words_of(name: str) -> Words:
    plain = name[:_LONGEST].replace("_", " ")
    return tuple(word for _, start, end in _words(plain) if (word := _fold(plain[start:end])))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    folded = fold(_UNSEEN.sub("", word))
    return folded if folded.isascii() else folded.translate(_SPELLINGS)


def _words(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each word begins and ends, after where the sign of a mention begins that stands before it, or -1."""
    for match in _WORD.finditer(text):
        if word := match["word"]:
            at, first = match.start() if match["at"] else -1, match.start("word")
            for start, end in pieces(word):
                yield (-1 if start else at), first + start, first + end


def words_in(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Yield each word of a text: where it begins and ends, how it is compared, and whether the one before is close.

    >>> list(words_in("Octave JASPIN"))
    [(0, 6, 'octave', False), (7, 13, 'jaspin', True)]
    """
    last = -1
    plain = text.replace("_", " ")
    for _, start, end in _words(plain):
        if word := _fold(plain[start:end]):
            follows = last >= 0 and _BETWEEN.fullmatch(plain, last, start) is not None
            last = end
            yield start, end, word, follows


def _parts_of(text: str) -> set[str]:
    """Return the parts of the words of a text, all that there are and maybe more."""
    plain = text.replace("%20", " ")
    if not plain.isascii():
        # Alone: a sign such as ™ is folded to letters, which are no part of the word before it.
        plain = " ".join(_RUN.findall(plain))
    return set(parts(_fold(plain)))


def _is_common(word: str) -> bool:
    return (word.isascii() and len(word) < 3) or word.isdigit() or word in _COMMON


class Names:
    """The names of one record: those to be replaced, and those that stay.

    :param people: name and pseudonym of each person who is not to be named
    :param kept: names that stay, of people and organizations
    :param unnamed: what is put for a name that several of ``people`` share
    :param mention: what is put for an ``@mention`` of somebody else

    >>> names = Names([("Octave JASPIN", "P1")], ["Louise Guillot"], unnamed="[name]", mention="[mention]")
    >>> text = "Louise Guillot, @octave, @zoe, jaspin octave"
    >>> [(text[start:end], new) for start, end, new in names.find(text)]
    [('Louise Guillot', None), ('@octave', 'P1'), ('@zoe', '[mention]'), ('jaspin octave', 'P1')]
    """

    def __init__(self, people: Iterable[tuple[str, str]], kept: Iterable[str], *, unnamed: str, mention: str) -> None:
        self._unnamed, self._mention = unnamed, mention
        #: By words in alphabetical order; by what stands after an @; and by words run together.
        self._table: dict[str, _Entry] = {}
        self._handles: dict[str, _Entry] = {}
        self._joined: dict[str, _Entry] = {}
        self._protected: set[str] = set()
        for name in kept:
            self._keep(name)
        for name, pseudonym in people:
            self._withhold(name, pseudonym)
        self._sizes = _sizes_by_word(self._table)
        #: What the words of each name come to: a sum tells soon that some words are no name, in whatever order.
        self._sums = frozenset(sum(map(hash, key.split())) for key in self._table)
        #: What stands wherever a name does that is replaced, by the longest of it, which stands in the fewest texts.
        self._telling: dict[str, list[frozenset[str]]] = {}
        replaced = [key for key, entry in self._table.items() if entry.text is not None]
        for needed in {frozenset(parts(key)) for key in (*replaced, *self._joined)} - {frozenset()}:
            self._telling.setdefault(max(needed, key=len), []).append(needed)

    def may_be_in(self, text: str) -> bool:
        """Tell whether a text is worth looking at: where it is not, nothing in it is replaced."""
        if has_sign(text):
            return True
        if not self._telling:
            return False
        there = _parts_of(text)
        return any(there.issuperset(needed) for part in self._telling.keys() & there for needed in self._telling[part])

    def find(self, text: str, *, chat: bool = False) -> Iterator[tuple[int, int, str | None]]:
        """Yield where a name or a mention stands and what to put in its place: ``None`` to leave it.

        :param chat: whether this is a text of the chat, where people call each other by a first name
        """
        if not self.may_be_in(text):
            return
        words = list(self._known(text.replace("_", " ")))
        index = 0
        while index < len(words):
            word = words[index]
            count, entry = self._longest(text, words, index, chat=chat, called=word.at >= 0)
            if word.at >= 0:
                end, entry = self._mentioned(text, word, words[index + count - 1].end if entry else 0, entry)
            elif entry:
                end = words[index + count - 1].end
            if entry:
                start = word.start if entry.text is None or word.at < 0 else word.at
                hanging = None if entry.text is None else _HANGING.match(text, end)
                end = hanging.end() if hanging else end
                yield start, end, entry.text
                while index < len(words) and words[index].start < end:
                    index += 1
            else:
                index += 1

    def are_in(self, link: str) -> bool:
        """Return whether a link holds the name of one of the people, or leads to where they are called by it."""
        address = unquote(unquote(link)).replace("_", " ").replace("~", "@")
        if not self.may_be_in(address):
            return False
        words = list(self._known(address))
        index = 0
        while index < len(words):
            word = words[index]
            called = self._handles.get(word.folded.rstrip("0123456789")) if word.at >= 0 else None
            if called and called.text != self._mention:
                return True
            count, entry = self._longest(address, words, index, chat=False, called=False, linked=True)
            if entry and entry.text is not None:
                return True
            index += count if entry else 1
        return False

    @staticmethod
    def may_be_stamped(text: str) -> bool:
        """Tell whether a text is worth looking at for messages inside it."""
        return ":" in text and ("[" in text or " - " in text or " \u2013 " in text or "From" in text or "De" in text)

    def stamped(self, text: str, *, chat: bool = False) -> Iterator[tuple[int, int, str | None]]:
        """Yield where a message inside a text names its author, whoever that is, unless the name is one that stays.

        :param chat: whether this is a text of the chat, where more is surely a message
        """
        for message in (_STAMPED_IN_CHAT if chat else _STAMPED).finditer(text):
            place = str(message.lastgroup)
            name = message[place].rstrip()
            words = _main_words(name)
            entry = self._table.get(_key(words[:_WORDS])) or self._handles.get("".join(words))
            if words and not (entry.text is None if entry else self._protected.issuperset(words)):
                yield message.start(place), message.start(place) + len(name), entry.text if entry else self._unnamed

    def _keep(self, name: str) -> None:
        for words in {_words_of(name), _main_words(name)}:
            self._table[_key(words[:_WORDS])] = _Entry(None, more=frozenset(words[_WORDS:]))
            self._protected.update(words, ["".join(words)])

    def _withhold(self, name: str, pseudonym: str) -> None:
        main, whole = _main_words(name), _words_of(name)
        if not whole:
            return  # a name of signs only cannot be told from punctuation
        for words in (main,) if main == whole else (main, whole):
            self._call("".join(words), pseudonym)
            vague = all(map(_is_common, words))
            if len(words) == 1 and (vague or is_character(words[0]) or words[0] in self._protected):
                continue
            when = _When.CAPITALISED if vague or len(words) == 1 else _When.ALWAYS
            self._put(_key(words[:_WORDS]), _Entry(pseudonym, when, frozenset(words[_WORDS:])))
            if not vague and len("".join(words)) >= _JOINED:
                for joined in ("".join(words), words[-1] + "".join(words[:-1])):
                    _put(self._joined, joined, _Entry(pseudonym), self._unnamed)
        self._withhold_parts(name, main, pseudonym)

    def _withhold_parts(self, name: str, words: Words, pseudonym: str) -> None:
        """Withhold the first name alone, the last name alone, and an initial with the last name."""
        for word in words:
            if not is_character(word):
                self._call(word, pseudonym)
        everything = frozenset(words)
        written = map(_words_of, name[:_LONGEST].replace("_", " ").split())
        tokens = [token for token in written if token and everything.issuperset(token)]
        if len(tokens) < 2:
            return
        for part in (*tokens, *((word,) for token in tokens[1:] for word in token)):
            if len(part) == 1 and is_character(part[0]):
                continue  # which stands in many other words
            self._call("".join(part), pseudonym)
            if not all(map(_is_common, part)) and not self._protected.issuperset(part):
                self._put(_key(part), _Entry(pseudonym, _When.CAPITALISED_IN_CHAT, everything))
        initial, last = tokens[0][0][0], tokens[-1]
        if not all(map(_is_common, last)) and not self._protected.issuperset(last):
            self._put(_key((initial, *last)), _Entry(pseudonym, _When.CAPITALISED))
            if len("".join(last)) >= _JOINED - 1:
                self._call(initial + "".join(last), pseudonym)

    def _put(self, key: str, entry: _Entry) -> None:
        _put(self._table, key, entry, self._unnamed)

    def _call(self, handle: str, pseudonym: str) -> None:
        # Whether the guest or the participant of the same first name is called, nobody can tell.
        text = self._mention if handle in self._protected else pseudonym
        _put(self._handles, handle, _Entry(text), self._mention)

    def _known(self, text: str) -> Iterator[_Word]:
        """Yield the words that can be part of a name, and those that are called by a sign."""
        last = -1
        for at, start, end in _words(text):
            word = _fold(text[start:end])
            if word not in self._sizes:
                for rest in within(text[start:end]):
                    if _fold(text[start + rest : end]) in self._sizes:
                        start, word = start + rest, _fold(text[start + rest : end])
                        break
            if word in self._sizes or (at >= 0 and word) or word.rstrip("0123456789") in self._joined:
                follows = last >= 0 and _BETWEEN.fullmatch(text, last, start) is not None
                last = end
                yield _Word(at, start, end, word, follows)

    def _longest(
        self, text: str, words: list[_Word], index: int, *, chat: bool, called: bool, linked: bool = False
    ) -> tuple[int, _Entry | None]:
        """Return the longest name that begins with a word, and of how many words it is."""
        first = words[index]
        sizes = self._sizes.get(first.folded, ())
        sums = [hash(first.folded)]
        while sizes and len(sums) < sizes[0] and index + len(sums) < len(words) and words[index + len(sums)].follows:
            sums.append(sums[-1] + hash(words[index + len(sums)].folded))
        for size in sizes:
            if size > len(sums) or sums[size - 1] not in self._sums:
                continue
            found = words[index : index + size]
            entry = self._table.get(_key(word.folded for word in found))
            if entry and (called or _applies(entry.when, text, found, chat=chat, linked=linked)):
                return size + _count_more(text, words, index + size, entry), entry
        return 1, self._joined.get(first.folded.rstrip("0123456789"))

    def _mentioned(self, text: str, word: _Word, end: int, entry: _Entry | None) -> tuple[int, _Entry | None]:
        """Return where a mention ends and what becomes of it.

        :param end: where the name ends that stands after the sign, if there is one
        :param entry: what becomes of that name
        """
        handle = _HANDLE.match(text, word.start)
        written = handle[0].rstrip(f"{AT}.-") if handle else ""
        called = word.start + len(written)
        words = _words_of(written)
        joined = "".join(words)
        called = end if end and is_character(_fold(text[end - 1])) else called  # what follows is no part of it
        if entry and end >= called and (entry.text is None or joined not in self._protected):
            return end, entry
        entry = self._handles.get(joined) or self._handles.get(joined.rstrip("0123456789"))
        if entry is None and (self._protected.issuperset(words) or joined in self._protected):
            return called, _Entry(None)
        apart = text[word.start - 1].isspace()
        if entry is None and not apart:
            known = (part for part in words if part in self._handles and not is_character(part))
            entry = next((self._handles[part] for part in known), None)
            if entry is None and _is_handle(joined):
                entry = _Entry(self._mention)
        return called, entry


def _is_handle(joined: str) -> bool:
    """Return whether somebody can be meant by what stands after an ``@``: not by ``@14h30``, nor by ``@tous``."""
    return joined not in _EVERYBODY and (joined[:1].isalpha() or sum(map(str.isalpha, joined)) > 2)


def _put(table: dict[str, _Entry], key: str, entry: _Entry, ambiguous: str) -> None:
    """Enter a name, which may be another's too; one that is kept stays so."""
    held = table.get(key)
    if held is None:
        table[key] = entry
    elif held.text is not None:
        when = min(held.when, entry.when)
        table[key] = held._replace(when=when) if held.text == entry.text else _Entry(ambiguous, when)


def _sizes_by_word(table: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return of how many words the names are that each word occurs in, the largest first."""
    sizes: dict[str, set[int]] = {}
    for key in table:
        words = key.split()
        for word in words:
            sizes.setdefault(word, set()).add(len(words))
    return {word: tuple(sorted(found, reverse=True)) for word, found in sizes.items()}


def _count_more(text: str, words: list[_Word], index: int, entry: _Entry) -> int:
    """Return how many words from ``index`` on belong to the same name."""
    end = index
    while end < len(words) and words[end].folded in entry.more:
        capital = entry.when is _When.ALWAYS or _is_capital(text, words[end])
        if not capital or not _CLOSE.fullmatch(text, words[end - 1].end, words[end].start):
            break
        end += 1
    return end - index


def _applies(when: _When, text: str, found: list[_Word], *, chat: bool, linked: bool) -> bool:
    if when is _When.ALWAYS or (linked and len(found) == 1 and when is _When.CAPITALISED):
        return True
    if when is _When.CAPITALISED:
        return all(_is_capital(text, word) for word in found)
    return chat and _is_capital(text, found[0])


def _is_capital(text: str, word: _Word) -> bool:
    """Return whether a word begins with a capital; where a script has none, every word does."""
    return not text[word.start].islower()
