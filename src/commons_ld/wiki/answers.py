"""What the Action API answers, brought to one form and put together.

MediaWiki before 1.25 knows no ``formatversion=2``: its pages are keyed by their number, its flags are empty
texts, its contents stand under ``*``. Everything above this module sees the newer form.
See https://www.mediawiki.org/wiki/API:Data_formats and https://www.mediawiki.org/wiki/API:Continue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from commons_ld.errors import WikiError
from commons_ld.wiki.words import said

__all__ = ["Answer", "Namespace", "Page", "Revision", "batches", "modern", "pages_of", "warnings_of"]

#: One answer of the API: an object of JSON.
Answer = dict[str, Any]

#: More than any wiki of an archive holds; a server that never ends is not listened to for ever.
_MOST_PAGES: Final = 1_000_000


class Revision(msgspec.Struct, frozen=True):
    """A revision of a page, as far as it was asked for.

    :param content: its wikitext; ``None`` where it was not asked for, or is hidden
    """

    revid: int = 0
    timestamp: str = ""
    sha1: str = ""
    content: str | None = None
    texthidden: bool = False


class _Redirect(msgspec.Struct, frozen=True):
    title: str
    fragment: str = ""


class Page(msgspec.Struct, frozen=True):
    """A page as the API tells of it."""

    pageid: int = 0
    ns: int = 0
    title: str = ""
    missing: bool = False
    invalid: bool = False
    special: bool = False
    redirect: bool = False
    contentmodel: str = "wikitext"
    canonicalurl: str = ""
    fullurl: str = ""
    revisions: tuple[Revision, ...] = ()
    redirects: tuple[_Redirect, ...] = ()
    templates: tuple[Mapping[str, Any], ...] = ()
    categories: tuple[Mapping[str, Any], ...] = ()


class Namespace(msgspec.Struct, frozen=True):
    """A namespace of the wiki."""

    id: int
    content: bool = False


def modern(answer: Answer) -> Answer:
    """Return an answer in the form of ``formatversion=2``, in place.

    >>> old = {"query": {"pages": {"7": {"pageid": 7, "missing": "", "revisions": [{"*": "text"}]}}}}
    >>> modern(old)["query"]["pages"]
    [{'pageid': 7, 'missing': True, 'revisions': [{'content': 'text'}]}]
    """
    query = answer.get("query")
    if isinstance(query, dict):
        for name in ("pages", "namespaces", "badrevids"):
            if isinstance(query.get(name), dict):
                query[name] = list(query[name].values())
        for page in _objects(query.get("pages")):
            _flags(page, "missing", "invalid", "special", "redirect")
            for revision in _objects(page.get("revisions")):
                _unslot(revision)
        for namespace in _objects(query.get("namespaces")):
            _flags(namespace, "content")
    return answer


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _flags(item: dict[str, Any], *names: str) -> None:
    for name in names:
        if item.get(name) == "":
            item[name] = True


def _unslot(revision: dict[str, Any]) -> None:
    """Put the content where MediaWiki 1.31 and before have it, since only the main slot is asked for."""
    slot = (revision.pop("slots", None) or {}).get("main")
    for holder in (slot, revision):
        if isinstance(holder, dict):
            if "*" in holder:
                holder["content"] = holder.pop("*")
            if "content" in holder:
                revision["content"] = holder["content"]
            if holder.get("texthidden") in (True, ""):
                revision["texthidden"] = True


def warnings_of(answer: Answer) -> dict[str, str]:
    """Return the warnings of an answer, by the module that gives them.

    >>> warnings_of({"warnings": {"main": {"warnings": "Unrecognized parameter: x."}}})
    {'main': 'Unrecognized parameter: x.'}
    """
    found = answer.get("warnings")
    if not isinstance(found, dict):
        return {}
    texts = (
        (name, value.get("warnings") or value.get("*")) for name, value in found.items() if isinstance(value, dict)
    )
    return {str(name): str(text) for name, text in texts if text}


def batches(ask: Callable[[dict[str, str]], Answer], params: dict[str, str], url: str) -> Iterator[Answer]:
    """Yield the ``query`` of whole batches: ``continue`` is passed whole, answers merged until ``batchcomplete``.

    A page without its revisions is no empty page: they come in a later answer of the same batch.

    :param ask: what asks the wiki once
    :raises WikiError: if an answer neither ends a batch nor says how to go on, or says so twice in the same way
    """
    going_on: dict[str, str] = {}
    merged: Answer = {}
    seen: set[str] = set()
    while True:
        answer = modern(ask({**params, "continue": "", **going_on}))
        _merge(merged, answer.get("query"), url)
        following = answer.get("continue")
        if "batchcomplete" in answer:
            yield merged
            merged = {}
        elif not isinstance(following, dict):
            raise WikiError(url, said("incomplete", value="batchcomplete"))
        if not isinstance(following, dict):
            return
        going_on = {str(name): str(value) for name, value in following.items()}
        if (key := repr(sorted(going_on.items()))) in seen:
            raise WikiError(url, said("incomplete", value="continue"))
        seen.add(key)
        if len(seen) > _MOST_PAGES:
            raise WikiError(url, said("many-pages", value=_MOST_PAGES))


def _merge(merged: Answer, query: Any, url: str) -> None:
    """Add an answer to what is known of a batch: pages by their number, lists by their end."""
    if query is None:
        return
    if not isinstance(query, dict):
        raise WikiError(url, said("garbled"))
    for name, value in query.items():
        if name == "pages":
            known = merged.setdefault("pages", {})
            for page in _objects(value):
                key = page.get("pageid") or f"{page.get('ns')}:{page.get('title')}"
                target = known.setdefault(key, {})
                for member, told in page.items():
                    if isinstance(told, list) and isinstance(target.get(member), list):
                        target[member] = target[member] + told
                    else:
                        target[member] = told
        elif isinstance(value, list) and isinstance(merged.get(name), list):
            merged[name] = merged[name] + value
        else:
            merged[name] = value


def pages_of(batch: Answer, url: str) -> list[Page]:
    """Return the pages of a batch.

    :raises WikiError: if they are not what the API says of a page
    """
    try:
        return msgspec.convert(list(batch.get("pages", {}).values()), list[Page])
    except msgspec.ValidationError as error:
        raise WikiError(url, said("incomplete", value=error)) from error
