"""Asking an endpoint elsewhere, by the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

import ast
import http.client
import math
import shutil
import tempfile
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from commons_ld.errors import QueryRejected, StoreError, StoreUnavailable
from commons_ld.querying.answers import Answer, AnswerFormat
from commons_ld.syntax import is_http_iri

__all__ = ["ask_endpoint"]

#: How much of an answer that explains a refusal is shown.
_SHOWN: Final = 500


def ask_endpoint(query: str, endpoint: str, format_: AnswerFormat, *, timeout: float) -> Answer:
    """Have an endpoint answer a query.

    :param endpoint: its address, http or https
    :param timeout: how many seconds the endpoint may be silent
    :raises StoreUnavailable: if it cannot be reached, is silent for longer, or breaks off
    :raises QueryRejected: if it does not understand the query, or if that is an update
    :raises StoreError: if it answers anything but SPARQL results or RDF
    """
    from SPARQLWrapper import POST, SPARQLWrapper

    if not is_http_iri(endpoint):
        raise StoreError(
            endpoint,
            "is no address of an endpoint; write for example http://127.0.0.1:8000/sparql",
            fr="n'est pas l'adresse d'un point d'accès ; écrire par exemple http://127.0.0.1:8000/sparql",
        )
    wrapper = SPARQLWrapper(endpoint, agent="commons-ld")
    wrapper.setQuery(query)
    if wrapper.isSparqlUpdateRequest():
        raise QueryRejected(
            endpoint,
            "that is an update; only queries are sent",
            fr="c'est une mise à jour ; seules des questions sont envoyées",
        )
    wrapper.setMethod(POST)
    wrapper.setTimeout(math.ceil(timeout))
    # SPARQLWrapper would ask by the kind of query, which it guesses; what is asked for here fits either kind.
    wrapper.addCustomHttpHeader("Accept", format_.accept)
    with ExitStack() as unless_whole:
        data = unless_whole.enter_context(tempfile.TemporaryFile())
        with _translated(endpoint):
            response = unless_whole.enter_context(wrapper.query().response)
            media_type = response.headers.get_content_type()
            shutil.copyfileobj(response, data)
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
            response.close()
        if media_type not in (format_.rows, format_.graph):
            raise StoreError(endpoint, f"answered {media_type} where {format_.accept} was asked for")
        unless_whole.pop_all()
    data.seek(0)
    return Answer(media_type == format_.graph, data)


@contextmanager
def _translated(endpoint: str) -> Iterator[None]:
    """Raise what goes wrong with an endpoint as one of our errors."""
    from SPARQLWrapper import SPARQLExceptions

    try:
        yield
    except SPARQLExceptions.SPARQLWrapperException as error:
        # It was raised from an answer, which stays open unless it is closed here.
        if isinstance(error.__context__, urllib.error.HTTPError):
            error.__context__.close()
        raise _of_wrapper(endpoint, error) from error
    except urllib.error.HTTPError as error:
        with error:
            raise StoreUnavailable(endpoint, f"answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        # URLError is an OSError, and so is a connection that times out or is reset.
        cause = str(error) or type(error).__name__
        raise StoreUnavailable(
            endpoint,
            f"cannot be reached or broke off ({cause})",
            fr=f"ne peut être joint, ou s'est interrompu ({cause})",
        ) from error


def _of_wrapper(endpoint: str, error: Exception) -> StoreError:
    from SPARQLWrapper import SPARQLExceptions

    if isinstance(error, SPARQLExceptions.QueryBadFormed):
        return QueryRejected(endpoint, _words(error))
    if isinstance(error, SPARQLExceptions.Unauthorized):
        return StoreError(endpoint, "wants a name and a password, which are not sent with queries")
    if isinstance(error, SPARQLExceptions.EndPointNotFound):
        return StoreUnavailable(endpoint, "there is no endpoint there (404); look at the address")
    return StoreUnavailable(endpoint, f"the store failed: {_words(error)}")


def _words(error: Exception) -> str:
    """Return a store's own words, on one line; SPARQLWrapper quotes them behind its own, as Python writes bytes."""
    own, _, quoted = str(error).partition("Response:\n")
    told = ast.literal_eval(quoted) if quoted.startswith(("b'", 'b"')) else b""
    text = told.decode(errors="replace") or own
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_SHOWN]
