"""What leaves the archive in an export or a published copy: values that every format can write."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedRecord:
    """A record as others may see it. `text` is None unless the full text was asked for.

    `published` is ISO 8601, as precise as `published_precision` says. `licence` is what is known
    of the terms of its source, `wire_credit` the agency that it is credited to, `signals` what its
    page asks of those who keep or mine it, `topics` the slugs of its topics, the primary one first.
    `excerpt` keeps to the bounds of `archive.excerpts` and to what the page allows. `issue` is the
    address or file of the newsletter that an item stands in, None for what is no such item.
    """

    id: int
    title: str
    url: str
    source: str
    source_name: str
    published: str | None
    published_precision: str | None
    modified: str | None
    authors: tuple[str, ...]
    language: str | None
    word_count: int
    licence: str | None
    first_seen_at: str
    excerpt: str
    wire_credit: str | None = None
    signals: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    issue: str | None = None
    text: str | None = None

    @property
    def link(self) -> str | None:
        """Where it stands on the web: of an item its issue, None when that was a file."""
        addresses = (self.url, self.issue or "")
        return next((one for one in addresses if one.startswith(("http://", "https://"))), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedSource:
    """A source and one of its feeds; `feed` is None for a source that has none."""

    slug: str
    name: str
    homepage: str
    language: str | None
    feed: str | None
