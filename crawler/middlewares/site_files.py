"""The copies of robots.txt and tdmrep.json that a crawl keeps for the next one."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta

    from scrapy import Spider

    from archive.site_rows import SiteFile


class SiteFiles(Protocol):
    """What is needed of a crawl's session; the two that ask the archive are called in a thread."""

    def site_file(self, host: str, name: str, *, within: "timedelta") -> "SiteFile | None":
        """A good copy that is not older than this."""

    def is_young(self, copy: "SiteFile", age: "timedelta") -> bool:
        """Whether a copy need not be asked for again."""

    def keep_site_file(self, host: str, name: str, status: int, body: bytes) -> None:
        """Keep a good copy."""


def site_files_of(spider: "Spider | None") -> SiteFiles | None:
    """The copies of a spider's crawl; None for a spider without a session."""
    session: SiteFiles | None = getattr(spider, "session", None)
    return session
