"""Reading what scouting fetched, in workers that a page can hang or crash without harm."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar

from archive.records import Article, Page, Rejected
from crawler.discovery import DiscoveryDocument
from crawler.extraction import extract
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.scouting.looking import Look, look

P = ParamSpec("P")
T = TypeVar("T")


class Reader(Protocol):
    """Reads bodies where they can do no harm."""

    async def look(self, document: DiscoveryDocument) -> Look | Rejected:
        """What a place of discovery names."""

    async def extract(self, page: Page) -> Article | Rejected:
        """The article of a page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerReader:
    """Reads in worker processes; `threads` wait for them, dates are judged by `now`.

    Shut the threads down before the workers: a worker that is waited for is not to be stopped.
    """

    workers: Workers
    threads: Executor
    now: datetime

    async def look(self, document: DiscoveryDocument) -> Look | Rejected:
        """What a place of discovery names."""
        try:
            return await self._run(look, document, self.now)
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)

    async def extract(self, page: Page) -> Article | Rejected:
        """The article of a page."""
        try:
            return await self._run(extract, page)
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)

    async def _run(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        wait = functools.partial(self.workers.run, function, *args, **named)
        return await loop.run_in_executor(self.threads, wait)
