"""Reading what scouting fetched, in workers that a page can hang or crash without harm."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archive.records import Article, Page, Rejected
from crawler.discovery import DiscoveryDocument
from crawler.extraction import extract
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.scouting.looking import Look, look


class Reader(Protocol):
    """Reads bodies where they can do no harm."""

    async def look(self, document: DiscoveryDocument) -> Look | Rejected:
        """What a place of discovery names."""

    async def extract(self, page: Page) -> Article | Rejected:
        """The article of a page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerReader:
    """Reads in worker processes; dates are judged by `now`."""

    workers: Workers
    now: datetime

    async def look(self, document: DiscoveryDocument) -> Look | Rejected:
        """What a place of discovery names."""
        try:
            return await asyncio.to_thread(self.workers.run, look, document, self.now)
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)

    async def extract(self, page: Page) -> Article | Rejected:
        """The article of a page."""
        try:
            return await asyncio.to_thread(self.workers.run, extract, page)
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)
