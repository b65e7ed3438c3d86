"""Who signs in to a store, and how: basic and digest authentication, without a password ever going anywhere else.

urllib does the work; here stands what it does otherwise: it would follow a redirect with the password, send it to
whoever asks for it, and after some refused requests take a right password for a wrong one.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from commons_ld.credentials import Credentials

__all__ = ["VARIABLES", "credentials_for", "credentials_of", "opener"]

#: The variables of the environment that hold the name and the password. They are no settings.
VARIABLES = ("COMMONS_LD_STORE_USER", "COMMONS_LD_STORE_PASSWORD")


def credentials_of(environment: Mapping[str, str]) -> Credentials | None:
    """Return who signs in, from ``COMMONS_LD_STORE_USER`` and ``COMMONS_LD_STORE_PASSWORD``; ``None`` without both.

    >>> credentials_of({"COMMONS_LD_STORE_USER": "ana", "COMMONS_LD_STORE_PASSWORD": "secret"})
    Credentials(…)
    >>> credentials_of({"COMMONS_LD_STORE_USER": "ana"})
    """
    user, password = (environment.get(name, "") for name in VARIABLES)
    return Credentials(user, password) if user and password else None


def credentials_for(url: str, store: str, credentials: Credentials | None) -> Credentials | None:
    """Return who signs in at an address, given the store that the settings name: elsewhere nobody does.

    >>> ana = Credentials("ana", "secret")
    >>> credentials_for("https://a.test/sparql", "https://a.test/update", ana)
    Credentials(…)
    >>> credentials_for("https://b.test/sparql", "https://a.test/update", ana)
    >>> credentials_for("https://b.test/sparql", "", ana)
    Credentials(…)
    """
    return credentials if not store or _origin(url) == _origin(store) else None


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    return parts.scheme, parts.netloc.lower()


def opener(urls: tuple[str, ...], credentials: Credentials | None) -> urllib.request.OpenerDirector:
    """Return what opens requests to some addresses: past every proxy, and without following a redirect."""
    made: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({}), _NoRedirects()]
    if credentials:
        known = _Passwords()
        known.add_password(None, list(urls), *credentials)
        made += [_Basic(known), _Digest(known)]
    return urllib.request.build_opener(*made)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: an update would become a query on the way, and a password would go along."""

    def redirect_request(self, *_arguments: object) -> None:
        """Return no request, so that the redirect is an error."""


class _Passwords(urllib.request.HTTPPasswordMgrWithDefaultRealm):
    """Knows the password for the addresses of one store; and whether it asked for it as it is (RFC 7617)."""

    is_basic = False

    def is_authenticated(self, _url: str) -> bool:
        """Tell whether a request goes out with the password: urllib asks that before each."""
        return self.is_basic

    def update_authenticated(self, _url: str, _is_authenticated: bool = False) -> None:
        """Learn nothing from an answer: a store that takes a digest is never sent the password itself."""


def _answered(challenge: IO[bytes], answer: Callable[[], Any]) -> Any:
    """Return the answer to a challenge, and close what held it: urllib leaves that open."""
    try:
        answered = answer()
    except (OSError, http.client.HTTPException, ValueError):
        challenge.close()
        raise
    if answered is not None:
        challenge.close()
    return answered


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Waits until it is asked, and then answers before it is, since every statement would go twice otherwise."""

    def http_error_401(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any) -> Any:
        """Answer a challenge, and close what held it: urllib leaves it open."""
        return _answered(fp, lambda: super(_Basic, self).http_error_401(req, fp, code, msg, headers))

    def retry_http_basic_auth(self, host: str, req: urllib.request.Request, realm: str) -> Any:
        """Answer a challenge."""
        answer = super().retry_http_basic_auth(host, req, realm)
        self.passwd.is_basic = answer is not None  # type: ignore[attr-defined]
        return answer


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Answers a challenge once: a digest that was refused is not right the second time.

    What a challenge was answered for is asked with the same nonce from then on, before it is challenged (RFC 7616,
    section 3.6): every statement would go twice otherwise.
    """

    def __init__(self, known: urllib.request.HTTPPasswordMgr) -> None:
        super().__init__(known)
        #: The last challenge of each address that was answered well.
        self._challenges: dict[str, str] = {}

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        """Answer the challenge that is known of an address, if this is not an answer already."""
        challenge = self._challenges.get(_address(req))
        if challenge and not req.has_header(self.auth_header):
            parts = urllib.request.parse_keqv_list(urllib.request.parse_http_list(challenge.partition(" ")[2]))
            if answer := self.get_authorization(req, parts):
                req.add_unredirected_header(self.auth_header, f"Digest {answer}")
        return req

    https_request = http_request

    def http_error_401(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any) -> Any:
        """Answer a challenge, and close what held it."""
        is_old = self._challenges.pop(_address(req), None) is not None
        if not is_old and str(req.get_header(self.auth_header)).startswith("Digest "):
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        try:
            return _answered(fp, lambda: super(_Digest, self).http_error_401(req, fp, code, msg, headers))
        finally:
            # urllib counts the challenges of all requests that then fail for whatever reason, and takes the sixth
            # for a wrong password.
            self.reset_retry_count()

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
        """Answer a challenge, and keep it where that was right."""
        answer = super().retry_http_digest_auth(req, auth)
        if answer is not None:
            self._challenges[_address(req)] = auth
        return answer


def _address(request: urllib.request.Request) -> str:
    return request.full_url.partition("?")[0]
