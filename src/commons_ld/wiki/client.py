"""One request to a wiki, with all that can become of it.

Requests let a wiki that lags behind go first (``maxlag``; https://www.mediawiki.org/wiki/API:Etiquette), and are made
as :mod:`commons_ld.http_client` makes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

import httpx
import msgspec

from commons_ld.credentials import Credentials
from commons_ld.errors import WikiError
from commons_ld.http_client import Note, PassingError, Requester, Response, named, retry_after, silent
from commons_ld.wiki.answers import Answer, warnings_of
from commons_ld.wiki.words import said

__all__ = ["Client"]

#: Seconds that the wiki's databases may lag behind each other (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter).
_MAXLAG: Final = "5"

#: Errors of the API that pass (https://www.mediawiki.org/wiki/API:Errors_and_warnings).
_PASSING: Final = ("maxlag", "ratelimited", "readonly", "internal_api_error", "timeout", "cirrussearch-too-busy-error")
_NEEDS_LOGIN: Final = frozenset({"readapidenied", "permissiondenied", "mustbeloggedin"})


class _SessionLostError(Exception):
    """The wiki knows no more who asks."""


class Client(Requester):
    """Asks the Action API of one wiki.

    :param http: as :func:`commons_ld.http_client.connect` makes it; it stays the caller's to close
    :param api: the address of ``api.php``
    :param sleep: what waits, in seconds
    :param note: told of what the wiki warns of, and of long waits
    """

    def __init__(
        self,
        http: httpx.Client,
        api: httpx.URL,
        *,
        credentials: Credentials | None = None,
        sleep: Callable[[float], None] = time.sleep,
        note: Note = silent,
    ) -> None:
        super().__init__(http, _problem, sleep=sleep, waiting=lambda seconds: note(said("waiting", value=seconds)))
        self.api, self._credentials, self._note = api, credentials, note
        self._warned: set[str] = set()

    @property
    def url(self) -> str:
        """The address that errors name."""
        return named(self.api)

    def ask(self, params: Mapping[str, str]) -> Answer:
        """Return the answer to a query, asked again as long as that may help.

        :raises WikiError: if it cannot be had
        """
        asked = {"format": "json", "formatversion": "2", "maxlag": _MAXLAG, **params}
        if self._credentials:
            # A session that ended would get what everybody gets: fewer pages, and no error.
            asked["assert"] = "user"
        try:
            return self._patiently(lambda: self._answer("GET", asked))
        except _SessionLostError:
            self.sign_in()
            return self._patiently(lambda: self._answer("GET", asked))

    def sign_in(self) -> None:
        """Sign in, if there are credentials (https://www.mediawiki.org/wiki/API:Login, method 1).

        :raises WikiError: if the wiki does not take them, or they would be sent in clear
        """
        if self._credentials is None:
            return
        if self.api.scheme != "https" and self.api.host not in ("127.0.0.1", "::1", "localhost"):
            raise WikiError(self.url, said("login-in-clear"))
        self._patiently(lambda: self._sign_in(*self._credentials))  # type: ignore[misc]

    def is_api(self, url: httpx.URL) -> bool:
        """Tell whether the Action API answers at an address, be it with a refusal.

        :raises WikiError: if that cannot be told, since nothing answers there at all
        """
        params = {"action": "query", "meta": "siteinfo", "format": "json", "formatversion": "2"}
        response = self._patiently(lambda: self._fetch("GET", url, params, accept=range(200, 600)))
        is_json = response.status == 200 and response.media_type == "application/json"
        return is_json and (b'"query"' in response.body or "mediawiki-api-error" in response.headers)

    def _sign_in(self, user: str, password: str) -> None:
        plain = {"format": "json", "formatversion": "2"}
        told = self._answer("GET", {**plain, "action": "query", "meta": "tokens", "type": "login"})
        try:
            token = str(told["query"]["tokens"]["logintoken"])
        except (KeyError, TypeError):
            raise WikiError(self.url, said("incomplete", value="logintoken")) from None
        given = {"action": "login", "lgname": user, "lgpassword": password, "lgtoken": token}
        outcome = self._answer("POST", plain | given).get("login")
        result = outcome.get("result") if isinstance(outcome, dict) else None
        if result != "Success":
            # The reason that the wiki gives may repeat the name; the result is one of its own words.
            raise WikiError(self.url, said("login-refused", value=result or "?"))

    def _answer(self, method: str, params: Mapping[str, str]) -> Answer:
        response = self._fetch(method, self.api, params)
        # What the wiki sends on to https is asked there from now on: a password is not sent twice.
        self.api = response.url.copy_with(query=None)
        if response.media_type != "application/json":
            raise WikiError(self.url, said("not-json", value=response.media_type or "?"))
        try:
            answer = msgspec.json.decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise PassingError(WikiError(self.url, said("garbled"))) from None
        if not isinstance(answer, dict):
            raise PassingError(WikiError(self.url, said("garbled")))
        # An error of the API comes with status 200; the header tells it even where the body was lost on the way.
        error, header = answer.get("error"), response.headers.get("mediawiki-api-error")
        if error is not None or header:
            self._fail(error if isinstance(error, dict) else {"code": header or "?"}, response)
        for module, text in warnings_of(answer).items():
            if module == "result" and "continue" not in answer:
                raise WikiError(self.url, said("incomplete", value=text))
            if module != "result" and text not in self._warned:
                self._warned.add(text)
                self._note(said("warning", value=text))
        return answer

    def _fail(self, error: Mapping[str, object], response: Response) -> None:
        code = str(error.get("code", "?"))
        if code in ("assertuserfailed", "assertnameduserfailed"):
            raise _SessionLostError
        if code in _NEEDS_LOGIN:
            raise WikiError(self.url, said("login-needed"))
        failure = WikiError(self.url, said("refused", value=f"{code}: {error.get('info', '')}"))
        if code.startswith(_PASSING):
            raise PassingError(failure, retry_after(response.headers))
        raise failure


def _problem(url: str, code: str, value: object) -> WikiError:
    return WikiError(url, said(code, value=value))
