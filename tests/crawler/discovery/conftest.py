from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.records import LinkKind, Links
from crawler.discovery import DiscoveryDocument, discover
from crawler.sources import Discovery

NOW = datetime(2024, 6, 10, 12, tzinfo=UTC)
PAGES = Path(__file__).parent / "pages"


# Both hold nothing, so that hypothesis may use them for all its examples.
@pytest.fixture(scope="session")
def page() -> Callable[[str], bytes]:
    return lambda name: (PAGES / name).read_bytes()


@pytest.fixture(scope="session")
def read() -> Callable[..., Links]:
    def read(
        kind: LinkKind,
        body: bytes,
        url: str = "https://news.example/section/",
        content_type: str | None = None,
        depth: int = 0,
        **rules: str | None,
    ) -> Links:
        entry = Discovery(kind=kind, url=url, **rules)
        document = DiscoveryDocument(
            kind=kind, url=url, body=body, content_type=content_type, rules=entry, depth=depth
        )
        return discover(document, now=NOW)

    return read
