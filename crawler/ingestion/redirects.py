"""The redirects of a WARC that lead to its pages."""

from collections import OrderedDict
from urllib.parse import urljoin

from archive.records import Redirect
from crawler.ingestion.answers import Answer
from crawler.urls import canonical_url

# Redirects that are remembered, the newest; a crawler writes the page right after those to it.
REMEMBERED = 10_000
# A crawl follows no longer chain either.
LONGEST = 5


class Redirects:
    """Which addresses were left for a page, of the newest redirects that were read."""

    def __init__(self) -> None:
        self._to: OrderedDict[str, tuple[Redirect, ...]] = OrderedDict()

    def note(self, answer: Answer) -> None:
        """Remember where an answer sends its reader, with all that sent there before."""
        target = canonical_url(urljoin(answer.target, answer.location or ""))
        if target is None or target == answer.url:
            return
        chain = (*self.to(answer.url), Redirect(url=answer.url, status=answer.status))
        self._to[target] = chain[-LONGEST:]
        self._to.move_to_end(target)
        if len(self._to) > REMEMBERED:
            self._to.popitem(last=False)

    def to(self, url: str) -> tuple[Redirect, ...]:
        """The chain that led to a canonical address, the first left first."""
        return tuple(hop for hop in self._to.get(url, ()) if hop.url != url)
