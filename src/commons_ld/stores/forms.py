"""What is sent to a SPARQL store: queries and updates as forms (https://www.w3.org/TR/sparql11-protocol/#query-operation).

They go as forms because Virtuoso waits for ever for the other kind; an update may go directly too.
"""

from __future__ import annotations

import urllib.request
from typing import Final

from SPARQLWrapper import JSON, POST, URLENCODED, SPARQLWrapper

__all__ = ["Form", "form_encoded"]

#: Bytes that stand for themselves in any form (RFC 3986, section 2.3), and the one that begins an escape.
_UNESCAPED: Final = frozenset(b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PERCENT: Final = ord("%")


class Form(SPARQLWrapper):
    """A request as SPARQLWrapper makes it, to be sent with a time-out and over connections to one store alone.

    What SPARQLWrapper does by default for a digest holds for every request of the process, and follows a redirect
    to any host with the password.

    :param kind: what SPARQLWrapper calls the request: ``SELECT`` for every query, ``INSERT`` for every update
    """

    def __init__(self, query_url: str, update_url: str, kind: str, accept: str) -> None:
        self._kind, self._accept = kind, accept
        super().__init__(query_url, update_url, returnFormat=JSON, agent="commons-ld (SPARQLWrapper)")
        self.setMethod(POST)
        self.setRequestMethod(URLENCODED)
        self.setOnlyConneg(True)

    def _parseQueryType(self, query: str) -> str:  # noqa: ARG002, N802 - the name that SPARQLWrapper calls it by
        """Return what kind of request this is.

        SPARQLWrapper searches all of it, texts of pages included, with an expression that these could make slow.
        """
        return self._kind

    def _getRequestEncodedParameters(self, query: tuple[str, str] | None = None) -> str:  # noqa: N802 - the same
        """Return the form that is sent; SPARQLWrapper goes through a text byte by byte."""
        return "&".join(f"{name}={form_encoded(text)}" for name, text in filter(None, (query,)))

    def request(self, *, directly: bool = False) -> urllib.request.Request:
        """Return the request as urllib sends it.

        :param directly: send an update as it is (https://www.w3.org/TR/sparql11-protocol/#update-operation)
        """
        request = self._createRequest()
        request.add_header("Accept", self._accept)
        if directly:
            request.add_header("Content-Type", "application/sparql-update")
            request.data = self.queryString.encode()
        return request


def form_encoded(text: str) -> str:
    """Return a value of a form (https://url.spec.whatwg.org/#urlencoded-serializing), one pass for each sign of it.

    >>> form_encoded("a b/é%")
    'a%20b%2F%C3%A9%25'
    """
    data = text.encode()
    # That of the escapes themselves comes first; what it leaves is no sign that is escaped.
    for byte in sorted(set(data) - _UNESCAPED, key=lambda byte: byte != _PERCENT):
        data = data.replace(bytes((byte,)), b"%%%02X" % byte)
    return data.decode("ascii")
