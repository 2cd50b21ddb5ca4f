"""From the rows of any document to discovered links: addresses resolved, doubles dropped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from archive.records import DiscoveredLink, FoundAs, LinkKind, Links
from crawler.dates import instant, read_date
from crawler.discovery.titles import plain_title
from crawler.urls import canonical_url


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One entry as its document wrote it; `base` is what a relative address is relative to."""

    address: str | None
    base: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where rows stand, and what they are links to."""

    url: str
    kind: LinkKind
    found_as: FoundAs
    now: datetime


@dataclass(slots=True)
class _Skipped:
    """How often something was passed over, and the first time what it was."""

    count: int = 0
    first: str = ""

    def note(self, what: str) -> None:
        if not self.count:
            self.first = plain_title(what[:80]) or ""
        self.count += 1


@dataclass(slots=True)
class _Gathering:
    place: Place
    seen: set[str] = field(default_factory=set)
    addresses: _Skipped = field(default_factory=_Skipped)
    dates: _Skipped = field(default_factory=_Skipped)

    def links(self, rows: Iterable[Row]) -> Iterator[DiscoveredLink]:
        for position, row in enumerate(rows, 1):
            url = absolute_url(row.address or "", row.base)
            if url is None:
                self.addresses.note(row.address or "no address")
            elif url not in self.seen:
                self.seen.add(url)
                yield DiscoveredLink(
                    url=url,
                    kind=self.place.kind,
                    found_in=self.place.url,
                    found_as=self.place.found_as,
                    position=position,
                    title=plain_title(row.title) if row.title else None,
                    published=self._date(row.published),
                    modified=self._date(row.modified),
                )

    def _date(self, text: str | None) -> str | None:
        if not text or not text.strip():
            return None
        read = read_date(text, self.place.now)
        if read is None:
            self.dates.note(text)
        return read

    def warnings(self) -> Iterator[str]:
        if self.addresses.count:
            yield (
                f"{counted(self.addresses.count, 'entry', 'entries')} without a usable web address "
                f"skipped (first: {self.addresses.first!r})"
            )
        if self.dates.count:
            yield (
                f"{counted(self.dates.count, 'date')} could not be read or believed "
                f"(first: {self.dates.first!r})"
            )


def gather(rows: Iterable[Row], place: Place) -> Links:
    """The links that rows name, in the order of the document; of equal addresses the first.

    A position counts the rows of the document, those passed over included.
    """
    gathering = _Gathering(place)
    links = tuple(gathering.links(rows))
    return Links(links=links, warnings=tuple(gathering.warnings()))


def newest(links: Links, most: int) -> Links:
    """At most `most` links, the newest by their dates, still in the order of the document."""
    if len(links.links) <= most:
        return links

    def age(link: DiscoveredLink) -> tuple[bool, float]:
        date = link.modified or link.published
        return (date is None, -instant(date).timestamp() if date else 0.0)

    kept = sorted(sorted(links.links, key=age)[:most], key=lambda link: link.position)
    left_out = len(links.links) - most
    warning = f"the newest {most:,} of {len(links.links):,} entries taken, {left_out:,} left out"
    return with_warnings(Links(links=tuple(kept), warnings=links.warnings), warning)


def with_warnings(links: Links, *warnings: str) -> Links:
    """The same links with further warnings."""
    return Links(links=links.links, warnings=(*links.warnings, *warnings))


def absolute_url(address: str, base: str) -> str | None:
    """The canonical address that a link in a document at `base` leads to; None when not http(s)."""
    try:
        return canonical_url(urljoin(base, address.strip())) if address.strip() else None
    except ValueError:
        return None


def counted(count: int, one: str, more: str | None = None) -> str:
    """A number and its noun: "1 entry", "2,000 entries"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
