"""What is served at one time: one generation of the store, and the publication that it was loaded from."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from starlette.responses import Response

from commons_ld.iris import IriPolicy
from commons_ld.messages import Language
from commons_ld.sparql.guard import QueryRefused, check, is_plain
from commons_ld.stores import embedded
from commons_ld.web.answers import Answer, Failure
from commons_ld.web.budget import Budgets
from commons_ld.web.cache import Cache, is_lasting
from commons_ld.web.files import Files
from commons_ld.web.responses import Refused, overspent
from commons_ld.web.sending import Sending
from commons_ld.web.worker import Question
from commons_ld.web.workers import Limits, Workers

__all__ = ["Edition", "Terms"]

#: What a failure is over HTTP, after how many seconds the client may come back, if that makes sense, and what it is in
#: French.
_STATUS: Final = {
    "syntax": (400, 0, "le moteur ne peut pas y répondre : {words}"),
    "size": (413, 0, "la réponse est plus longue que {answer} Mio : ajouter LIMIT, ou prendre les exports"),
    "memory": (503, 60, "la requête demande plus que {memory} Mio de mémoire ; la préciser, ou ajouter LIMIT"),
    "time": (503, 60, "la requête a pris plus de {seconds:g} secondes ; la préciser, ou ajouter LIMIT"),
    "left": (400, 0, "le client est parti"),
    "busy": (503, 5, "trop de requêtes attendent déjà ; revenir plus tard"),
    "room": (503, 60, "il n'y a pas de place pour une longue réponse en ce moment"),
    "died": (503, 5, "le moteur s'est arrêté en répondant à cette requête"),
}


#: Characters of a query that are looked at without making anybody wait.
_SHORT: Final = 10_000
#: Threads beyond those that may wait for the store.
_SPARE: Final = 8


@dataclass(frozen=True)
class Terms:
    """The terms on which is served, whatever the edition.

    :param titles: what the archive is called, by language
    :param cache: bytes of answers that are kept
    :param sending: how many long answers may be on their way
    :param body_seconds: in which the body of a request has to be there
    """

    base_iri: str
    limits: Limits = field(default_factory=Limits)
    titles: Mapping[Language, str] = field(default_factory=lambda: {"fr": "commons-ld", "en": "commons-ld"})
    cache: int = 64 * 2**20
    budgets: Budgets = field(default_factory=lambda: Budgets(60))
    sending: Sending = field(default_factory=lambda: Sending(16))
    is_behind_proxy: bool = False
    body_seconds: float = 10.0


class Edition:
    """One generation while it is served; :meth:`close` it when nobody is answered from it any more.

    :param generation: of the store
    :param files: of the publication
    :param withdrawn: the IRIs of records that were published once and are not any more
    :param given_up: of each concept that is not used any more, the IRI of the one in its place, or ``""``
    :raises PublicationError: if the generation cannot be read
    """

    def __init__(
        self,
        generation: Path,
        terms: Terms,
        *,
        files: Files | None = None,
        withdrawn: frozenset[str] = frozenset(),
        given_up: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        import pyoxigraph

        self._stack = ExitStack()
        self._stack.enter_context(embedded.holding(generation))
        self.name, self.terms, self.withdrawn = generation.name, terms, withdrawn
        self.given_up = given_up
        #: Whether the files are those of a later publication than the generation.
        self.is_behind = False
        self._serve(files or Files.none())
        self.policy: Final = IriPolicy(terms.base_iri)
        self.statistics = embedded.statistics(generation)
        # Listing names of graphs is no query of a stranger: that may be done here.
        self.graphs = frozenset(graph.value for graph in pyoxigraph.Store.read_only(str(generation)).named_graphs())
        self.cache = Cache[Answer](terms.cache)
        #: Whole responses by whole requests, which hold the same bytes: so a few more words each.
        self.responses = Cache[Response](terms.cache)
        self.workers = Workers(generation, terms.limits, terms.base_iri)
        self._stack.callback(self.workers.close)
        limits = terms.limits
        places = limits.workers + limits.slow + limits.waiting
        self._threads = ThreadPoolExecutor(places + _SPARE, thread_name_prefix="asking")
        self._stack.callback(self._threads.shutdown)

    def _serve(self, files: Files) -> None:
        self.files = files
        files.hold()
        self._stack.callback(files.close)

    def with_files(
        self, files: Files, withdrawn: frozenset[str], given_up: Mapping[str, str], *, is_behind: bool
    ) -> Edition:
        """Return an edition of the same generation with the files of another publication; one closes both.

        :param is_behind: whether the generation is that of an earlier publication than the files
        :raises PublicationError: if the files are not there any more
        """
        edition = copy.copy(self)
        edition._serve(files)
        edition.withdrawn, edition.given_up, edition.is_behind = withdrawn, given_up, is_behind
        return edition

    def close(self) -> None:
        """End the workers, and let go of the generation."""
        self._stack.close()

    def kept(self, question: Question) -> Answer | None:
        """Return the answer to a question that was asked before, if it is kept."""
        return self.cache.get(question)

    async def answer(self, question: Question, client: str, left: Callable[[], Coroutine[Any, Any, None]]) -> Answer:
        """Answer a question of a stranger, from an event loop.

        :param client: whose budget it is
        :param left: comes to its end when the client goes away
        :raises Refused: if it is not to be answered, or cannot be
        """
        if wait := self.terms.budgets.wait(client):
            raise overspent(wait)
        if len(question.query) > _SHORT:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._check, question, client)
        else:
            self._check(question, client)
        for graph in (*question.default_graphs, *question.named_graphs):
            if graph not in self.graphs:
                fr = "un graphe demandé n'est pas de ce jeu de données"
                raise Refused(400, "a graph that is asked for is none of this dataset", fr=fr)
        answer = self.kept(question)
        return answer or self._told(question, await self.workers.answer(question, self._threads, left), client)

    async def told(self, question: Question) -> Answer:
        """Answer a question of our own, from an event loop.

        :raises Refused: if it cannot be answered
        """
        return self.kept(question) or self._told(question, await self.workers.answer(question, self._threads), "")

    def asked(self, question: Question, client: str = "") -> Answer:
        """Answer a question of our own, from any thread.

        :raises Refused: if it cannot be answered
        """
        return self.kept(question) or self._told(question, self.workers.ask(question), client)

    def _check(self, question: Question, client: str) -> None:
        """See that an engine may be asked a question."""
        if is_plain(question.query):
            return  # at no cost
        start = time.thread_time()
        try:
            check(question.query, self.graphs)
        except QueryRefused as error:
            raise Refused(400, str(error), fr=error.fr) from error
        finally:
            self.terms.budgets.spend(client, time.thread_time() - start)

    def _told(self, question: Question, answer: Answer | Failure, client: str) -> Answer:
        """Keep an answer if it lasts, and raise a failure."""
        if client:
            self.terms.budgets.spend(client, answer.cost)
        if isinstance(answer, Failure):
            status, wait, fr = _STATUS[answer.reason]
            limits = self.terms.limits
            told = fr.format(
                seconds=limits.seconds, memory=limits.memory >> 20, answer=limits.answer >> 20, words=answer.detail
            )
            raise Refused(status, answer.detail, fr=answer.fr or told, wait=wait)
        if answer.spool is None and is_lasting(question.query):
            self.cache.put(question, answer, answer.size + len(question.query))
        return answer
