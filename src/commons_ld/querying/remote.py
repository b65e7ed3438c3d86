"""Asking an endpoint elsewhere, by the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

from http import HTTPStatus

from commons_ld.credentials import Credentials
from commons_ld.errors import QueryRejected, StoreError
from commons_ld.querying.answers import Answer, AnswerFormat
from commons_ld.sparql.faults import fault_told
from commons_ld.sparql.guard import is_update
from commons_ld.stores.lease import Note
from commons_ld.stores.remote import RemoteStore, named
from commons_ld.stores.words import said

__all__ = ["ask_endpoint"]


def ask_endpoint(
    query: str,
    endpoint: str,
    format_: AnswerFormat,
    *,
    timeout: float,
    credentials: Credentials | None = None,
    warn: Note = lambda _sentence: None,
) -> Answer:
    """Have an endpoint answer a query.

    :param endpoint: its address, http or https
    :param timeout: how many seconds the endpoint may be silent
    :param credentials: who signs in there, if it asks
    :param warn: is told of a password that may be read on the way
    :raises StoreUnavailable: if it cannot be reached, is silent for longer, or breaks off
    :raises QueryRejected: if it does not understand the query, or if that is an update
    :raises StoreError: if it answers anything but SPARQL results or RDF
    """
    store = RemoteStore(endpoint, credentials=credentials, timeout=timeout)
    if is_update(query):
        raise QueryRejected(named(endpoint), said("an-update"))
    if store.tells_password:
        warn(said("password-in-clear", store.endpoint))
    try:
        media_type, data = store.answer(query, format_.accept)
    except QueryRejected as error:
        if error.status == HTTPStatus.BAD_REQUEST and (why := fault_told(query)):
            # What stores say of a query that is no SPARQL is in English and in their own way.
            raise QueryRejected(named(endpoint), why) from error
        raise
    if media_type not in (format_.rows, format_.graph):
        data.close()
        raise StoreError(named(endpoint), said("answered-other", media_type or "?"))
    return Answer(media_type == format_.graph, data)
