from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from scouted_site import PlainAsker, Site

from crawler.extraction.workers import Workers
from crawler.scouting.checking import Checked, check_source
from crawler.scouting.reading import WorkerReader
from crawler.scouting.scout import Scout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.scouting.report import Report
    from crawler.sources import Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def reader() -> Iterator[WorkerReader]:
    with ThreadPoolExecutor(max_workers=1) as threads:
        yield WorkerReader(workers=Workers(count=0), threads=threads, now=NOW)


@pytest.fixture
def scout(site: Site, reader: WorkerReader) -> Callable[[str], Report]:
    """Scout a path of the site, or an address."""

    def scout(path: str) -> Report:
        return asyncio.run(Scout(PlainAsker(), reader, NOW).run(urljoin(site.base, path)))

    return scout


@pytest.fixture
def checked(reader: WorkerReader) -> Callable[[Source], Checked]:
    return lambda source: asyncio.run(check_source(source, PlainAsker(), reader))
