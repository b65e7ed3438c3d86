"""``/reconcile``: the Reconciliation Service API, 0.2 and 1.0-draft, over what the search index has labels of.

0.2 answers at ``/reconcile``, 1.0-draft at ``/reconcile/1.0-draft``; before either, ``/fr`` or ``/en`` chooses the
language, which ``Accept-Language`` does otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from commons_ld.errors import StoreError
from commons_ld.messages import Language
from commons_ld.reconciling.labels import Labels
from commons_ld.reconciling.matching import Matcher
from commons_ld.reconciling.questions import Query
from commons_ld.web.asked import asked_url
from commons_ld.web.bodies import FORM, body, fields
from commons_ld.web.edition import Edition
from commons_ld.web.endpoint import client
from commons_ld.web.pages import language_of, rendered
from commons_ld.web.reconcile_answers import Answers
from commons_ld.web.reconcile_facts import StoreFacts
from commons_ld.web.reconcile_manifest import Version, manifest
from commons_ld.web.reconcile_reading import extension, queries_0_2, queries_1_0
from commons_ld.web.reconcile_words import CLASSES, kinds_of, properties_of, types_of
from commons_ld.web.responses import HEADERS, Refused, allowing, overspent, validated

__all__ = ["reconcile_routes"]

_JSON: Final = "application/json"
_MAX_BODY: Final = 1 << 20
#: How many suggestions come at once, where nothing is said, and at most.
_SUGGESTED, _MOST_SUGGESTED = 10, 100
_STYLE: Final = (
    "body{font:14px/1.4 sans-serif;margin:.8em;overflow-wrap:anywhere}h1{font-size:1.15em;margin:0}p{margin:.5em 0}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: A preview stands in a frame of any page, shows nothing from elsewhere, and opens its one link in a window.
_PREVIEW: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
}


def reconcile_routes(edition: Callable[[], Edition], index: Callable[[], Path]) -> tuple[Route, ...]:
    """Return the routes of the service.

    :param edition: tells what is served now
    :param index: tells where the index of the publication lies that is served now
    """
    service = _Service(edition, index)
    return tuple(
        Route(f"{before}/reconcile{after}{path}", service.answering(part, language, version), methods=list(methods))
        for before, language in _LANGUAGES
        for after, version in _VERSIONS
        for path, part, methods in _parts(version)
    )


_LANGUAGES: Final[tuple[tuple[str, Language | None], ...]] = (("", None), ("/fr", "fr"), ("/en", "en"))
_VERSIONS: Final[tuple[tuple[str, Version], ...]] = (("", "0.2"), ("/1.0-draft", "1.0-draft"))
#: What is only posted is a route for the others too: those of the publication come after it, and know it not.
_GET, _POST = ("GET", "HEAD", "OPTIONS"), ("POST", "GET", "HEAD", "OPTIONS")


def _parts(version: Version) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return path, part of the service, and methods of each route of a version."""
    shared = (
        *((f"/suggest/{kind}", f"suggest_{kind}", _GET) for kind in ("entity", "property", "type")),
        ("/extend/propose", "propose", _GET),
        ("/preview", "preview", _GET),
        ("/view", "view", _GET),
    )
    if version == "1.0-draft":
        return (("", "root", _GET), ("/match", "match", _POST), ("/extend", "extend", _POST), *shared)
    flyouts = tuple((f"/flyout/{kind}", f"flyout_{kind}", _GET) for kind in ("entity", "property", "type"))
    return (("", "root", ("GET", "HEAD", "POST", "OPTIONS")), *shared, *flyouts)


class _Asked:
    """One request: in which language and version, and what it sent."""

    def __init__(
        self, request: Request, edition: Edition, matcher: Matcher, language: Language, version: Version
    ) -> None:
        self.request, self.edition, self.matcher = request, edition, matcher
        self.language, self.version = language, version
        self.given: dict[str, str] = {}
        self.body = ""
        self.answers = Answers(matcher, edition.policy, language, version)
        self.facts = StoreFacts(edition, matcher, client(request, edition))

    @property
    def root(self) -> str:
        """The address of the service, as the client asked for it."""
        url = asked_url(self.request, is_behind_proxy=self.edition.terms.is_behind_proxy)
        path = url.path.partition("/reconcile")[0] + "/reconcile"
        return f"{url.scheme}://{url.netloc}{path}" + ("/1.0-draft" if self.version == "1.0-draft" else "")

    def number(self, *names: str, default: int) -> int:
        """Return the first parameter of some names that is given, as a number."""
        for name in names:
            text = self.given.get(name, "")
            if text:
                if not (text.isascii() and text.isdecimal() and len(text) < 7):
                    raise Refused(400, f"{name} is a whole number", fr=f"{name} est un nombre entier")
                return int(text)
        return default


class _Service:
    """What answers; it opens the labels of a publication once, and lets go of those of the one before."""

    def __init__(self, edition: Callable[[], Edition], index: Callable[[], Path]) -> None:
        self._edition, self._index = edition, index
        self._opened: tuple[Path, Matcher] | None = None

    def answering(
        self, part: str, language: Language | None, version: Version
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers the requests of one route."""
        answer: Callable[[_Asked], Response] = getattr(self, f"_{part}")
        is_json = part in ("match", "extend")

        async def answered(request: Request) -> Response:
            request.state.language = language
            if request.method == "OPTIONS":
                return allowing("GET, HEAD, POST, OPTIONS", "Accept, Accept-Language, Content-Type, If-None-Match")
            if is_json and request.method != "POST":
                raise HTTPException(405, headers={"Allow": "POST, OPTIONS"})
            serving = self._edition()
            spoken = language or language_of(request)
            asked = _Asked(request, serving, self._matcher(serving), spoken, version)
            asked.given = dict(fields(request.url.query))
            if request.method == "POST":
                asked.body = await _sent(request, serving, is_json=is_json)
                if not is_json:
                    asked.given |= dict(fields(asked.body))
            return await run_in_threadpool(_on_account, answer, asked)

        return answered

    def _matcher(self, edition: Edition) -> Matcher:
        path, opened = self._index(), self._opened
        if opened is None or opened[0] != path:
            try:
                labels = Labels(path, edition.policy.base_iri)
            except StoreError as error:
                raise Refused(
                    503,
                    "the labels are not there yet; the publisher can export again",
                    fr="les libellés ne sont pas encore là ; qui publie peut exporter de nouveau",
                    wait=60,
                ) from error
            # Whoever looks something up in the one before has it open until then.
            opened = self._opened = (path, Matcher(labels, edition.policy))
        return opened[1]

    # ── The manifest, and matching ───────────────────────────────────────────────────────────────────

    def _root(self, asked: _Asked) -> Response:
        if asked.version == "0.2":
            if "queries" in asked.given:
                queries = queries_0_2(asked.given["queries"], asked.edition.policy)
                return _told(asked, {name: {"result": self._found(asked, query)} for name, query in queries.items()})
            if "extend" in asked.given:
                return _told(asked, asked.answers.extension(extension(asked.given["extend"]), asked.facts))
            if asked.request.method == "POST":
                raise Refused(
                    400,
                    "give a batch in the parameter queries, or extend",
                    fr="donner un lot dans le paramètre queries, ou extend",
                )
        title = asked.edition.terms.titles[asked.language]
        return _told(asked, manifest(asked.version, asked.root, asked.edition.policy.base_iri, title, asked.language))

    def _match(self, asked: _Asked) -> Response:
        queries = queries_1_0(asked.body, asked.edition.policy)
        return _told(asked, {"results": [{"candidates": self._found(asked, query)} for query in queries]})

    @staticmethod
    def _found(asked: _Asked, query: Query) -> list[dict[str, Any]]:
        return asked.answers.candidates(asked.matcher.match(query, asked.facts.texts, asked.facts.having))

    # ── Suggestions ──────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _suggest_entity(asked: _Asked) -> Response:
        prefix, type_ = asked.given.get("prefix", ""), asked.given.get("type", "")
        kinds = kinds_of(type_) if type_ else ()
        skipped, most = _window(asked)
        found = [] if type_ and not kinds else asked.matcher.suggest(prefix, kinds, skipped + most)
        return _told(asked, {"result": asked.answers.entities(found[skipped : skipped + most])})

    @staticmethod
    def _suggest_property(asked: _Asked) -> Response:
        kinds = kinds_of(asked.given.get("type", ""))
        skipped, most = _window(asked)
        found = asked.answers.named(properties_of(kinds, asked.language), asked.given.get("prefix", ""))
        return _told(asked, {"result": found[skipped : skipped + most]})

    @staticmethod
    def _suggest_type(asked: _Asked) -> Response:
        skipped, most = _window(asked)
        types = [type_ for kind in CLASSES for type_ in types_of(kind, asked.language)]
        return _told(
            asked, {"result": asked.answers.named(types, asked.given.get("prefix", ""))[skipped : skipped + most]}
        )

    def _flyout_entity(self, asked: _Asked) -> Response:
        return _told(asked, {"id": asked.given.get("id", ""), "html": self._small_page(asked)})

    @staticmethod
    def _flyout_property(asked: _Asked) -> Response:
        return _flyout(asked, asked.answers.named(properties_of((), asked.language), asked.given.get("id", "")))

    @staticmethod
    def _flyout_type(asked: _Asked) -> Response:
        types = [type_ for kind in CLASSES for type_ in types_of(kind, asked.language)]
        return _flyout(asked, asked.answers.named(types, asked.given.get("id", "")))

    # ── Previews, and where IRIs lead ─────────────────────────────────────────────────────────────────

    def _preview(self, asked: _Asked) -> Response:
        page = self._small_page(asked)
        headers = {name.replace("-", "_"): value for name, value in _PREVIEW.items()}
        return _validated(asked, page.encode(), "text/html; charset=utf-8", **headers)

    @staticmethod
    def _view(asked: _Asked) -> Response:
        return RedirectResponse(_entity(asked), 303, HEADERS)

    @staticmethod
    def _small_page(asked: _Asked) -> str:
        told = asked.answers.preview(_entity(asked), asked.facts)
        return rendered("reconcile.html", language=asked.language, style=_STYLE, **told)

    # ── Values of properties ───────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _propose(asked: _Asked) -> Response:
        type_, limit = asked.given.get("type", ""), asked.number("limit", default=0)
        kinds = kinds_of(type_)
        proposed = asked.answers.proposal(kinds, limit) if kinds or not type_ else []
        return _told(asked, {"type": type_, "properties": proposed} | ({"limit": limit} if limit else {}))

    @staticmethod
    def _extend(asked: _Asked) -> Response:
        return _told(asked, asked.answers.extension(extension(asked.body), asked.facts))


def _on_account(answer: Callable[[_Asked], Response], asked: _Asked) -> Response:
    """Answer on the account of the client."""
    budgets, whose = asked.edition.terms.budgets, client(asked.request, asked.edition)
    if wait := budgets.wait(whose):
        raise overspent(wait)
    begun = time.thread_time()
    try:
        return answer(asked)
    except StoreError as error:
        # Its words name a path of ours.
        raise Refused(
            503,
            "the labels cannot be looked up; the publisher can export again",
            fr="les libellés ne se laissent pas chercher ; qui publie peut exporter de nouveau",
            wait=60,
        ) from error
    finally:
        budgets.spend(whose, time.thread_time() - begun)


async def _sent(request: Request, edition: Edition, *, is_json: bool) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    expected = _JSON if is_json else FORM
    if kind != expected:
        raise Refused(415, f"send {expected}", fr=f"envoyer {expected}")
    return await body(request, edition.terms.body_seconds, _MAX_BODY)


def _window(asked: _Asked) -> tuple[int, int]:
    """Return how many suggestions are skipped, and how many come then at most."""
    skipped = asked.number("offset", "cursor", default=0)
    most = asked.number("limit", default=_SUGGESTED)
    return min(skipped, 1_000), max(1, min(most, _MOST_SUGGESTED))


def _entity(asked: _Asked) -> str:
    iri = asked.answers.entity_iri(asked.given.get("id", ""))
    if not iri:
        raise Refused(404, "there is no entity of this id", fr="il n'y a pas d'entité de cet identifiant")
    return iri


def _flyout(asked: _Asked, found: list[dict[str, Any]]) -> Response:
    given = asked.given.get("id", "")
    name = next((row["name"] for row in found if row["id"] == given), None)
    if name is None:
        raise Refused(404, "there is nothing of this id", fr="il n'y a rien de cet identifiant")
    # The name is one of ours, and the id is not repeated in it.
    return _told(asked, {"id": given, "html": f"<p>{name}</p>"})


def _told(asked: _Asked, answer: object) -> Response:
    return _validated(asked, msgspec.json.encode(answer), _JSON)


def _validated(asked: _Asked, body: bytes, media_type: str, **headers: str) -> Response:
    mark = hashlib.sha256(media_type.encode() + asked.language.encode() + body).hexdigest()[:32]
    told = {"Content_Language": asked.language, "Vary": "Accept-Language", **headers}
    return validated(asked.request, body, media_type, mark, **told)
