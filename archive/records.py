"""The values that flow: frozen, keyword-only, complete, made of stdlib types, picklable."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from archive.endings import Ending
from archive.permissions import HostState, Rights
from archive.topics.subject import Subject


class LinkKind(StrEnum):
    """What is expected behind a link."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    DIGEST = "digest"
    ARTICLE = "article"


class FoundAs(StrEnum):
    """In what kind of place a link was found."""

    SOURCE_LIST = "source list"
    FEED_ENTRY = "feed entry"
    SITEMAP_ROW = "sitemap row"
    SITEMAP_INDEX_ROW = "sitemap index row"
    LISTING_LINK = "listing link"
    LISTING_NEXT_PAGE = "next page of a listing"
    DIGEST_ITEM = "digest item"
    BY_HAND = "by hand"
    WARC_RECORD = "WARC record"


# The kind of a record that is an item of a newsletter.
DIGEST_ITEM = "digest item"


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscoveredLink:
    """A URL and where it was found.

    `position` counts from 1 within `found_in` (the address of the feed, sitemap, listing page or
    digest). `title` and `published` are the hints given there, verbatim apart from white space;
    `published` and `modified` are ISO 8601 when the hint could be read, else None.
    """

    url: str
    kind: LinkKind
    found_in: str
    found_as: FoundAs
    position: int
    title: str | None = None
    published: str | None = None
    modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """How often a feed, sitemap or listing is asked, and what that is judged by.

    `interval` is seconds; `successes` counts the good answers in a row. `named` and `new` are the
    links that the last reading named and those of them that nobody had met; `last_new_at` is when
    one was new, ISO 8601 UTC.
    """

    interval: int
    successes: int = 0
    named: int = 0
    new: int = 0
    last_new_at: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A frontier row that this crawl has taken on, with what it needs to fetch it politely.

    `found_at` is when the address was first seen, ISO 8601 UTC. `etag`, `last_modified` and
    `snapshot_digest` describe the last good answer, None before it; `whole_at` is when a whole
    body last came, for which a 304 does not count. `poll` is None for articles, and before the
    first good answer.
    """

    frontier_id: int
    source_id: int
    source: str
    url: str
    kind: LinkKind
    depth: int
    tries: int
    found_at: str
    etag: str | None = None
    last_modified: str | None = None
    snapshot_digest: str | None = None
    title_hint: str | None = None
    published_hint: str | None = None
    whole_at: str | None = None
    poll: Poll | None = None

    @property
    def is_issue(self) -> bool:
        """Whether it is an issue of a newsletter, and not the page that lists them."""
        return self.kind is LinkKind.DIGEST and self.depth > 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """One hop of a redirect chain: the address that was left and the status that said so."""

    url: str
    status: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcPlace:
    """A record of a WARC file.

    `offset` counts bytes from the start of the file to the record, or to the gzip member that
    holds it; `record` is its WARC-Record-ID.
    """

    file: str
    offset: int
    record: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetch:
    """One HTTP exchange, whatever its ending.

    `url` is what was asked for, `final_url` where the answer came from. `status` is None when no
    answer came. `headers` are the response headers that matter, lower-case names. `elapsed_ms`
    is wall time until the body was complete. `ending` is set when the exchange itself settled
    the matter (a failure, a refusal, a 304); None means that there is a body to read.
    `ip_address` is that of the server which answered, None behind a proxy; `warc` where another
    crawler's exchange was read, None for our own. `robots` is what robots.txt said of the address,
    in words; `reserved` the rule of the host's tdmrep.json that reserves it, None without one.
    """

    url: str
    final_url: str
    fetched_at: str
    status: int | None
    redirects: tuple[Redirect, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    elapsed_ms: int | None = None
    ending: Ending | None = None
    detail: str | None = None
    ip_address: str | None = None
    warc: WarcPlace | None = None
    robots: str | None = None
    reserved: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a response header, by lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """A claim together with what its fetch brought; `body` is empty when nothing came."""

    claim: Claim
    fetch: Fetch
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """All that extraction needs, and nothing that knows the network or the archive.

    `drop` holds XPaths or lines of the source's own furniture: removed with a receipt.
    `narrow` holds those of the boxes outside of which there is no article, `languages` the language
    tags that the source is listed with.
    `furniture` holds the hashes of blocks that the site repeats, see `archive.furniture`.
    """

    url: str
    body: bytes
    content_type: str | None = None
    title_hint: str | None = None
    published_hint: str | None = None
    drop: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()


class Part(StrEnum):
    """Which part of a block was taken out."""

    BLOCK = "block"
    PREFIX = "prefix"
    SUFFIX = "suffix"


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """The receipt for one block of text, or one end of a block, that extraction took out.

    `position` counts the blocks of the page from 0, kept and removed together: in this order they
    are what was on the table. A prefix or suffix has the position of its block, white space too.
    """

    position: int
    part: Part
    rule: str
    text: str

    def __reduce__(self) -> tuple[object, ...]:
        return _removal, (self.position, self.part, self.rule, self.text)  # in half the time


def _removal(position: int, part: Part, rule: str, text: str) -> Removal:
    return Removal(position=position, part=part, rule=rule, text=text)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutLink:
    """A link out of the text of an article.

    `url` is absolute, http or https, in our canonical form; `anchor` the words that are linked.
    """

    url: str
    anchor: str


BLOCK_SEPARATOR = "\n\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """What a reader calls the story.

    `text` is plain text, blocks separated by one empty line. `published` and `modified` are ISO
    8601 as precise as `published_precision` says (`second`, `minute`, `day`, `month`), with the
    zone when one was declared. `published_source` says where the date was read (`json-ld`,
    `meta`, `time element`, `url`, `link hint`, `text`). `canonical_url` is a claim by the page.
    `removals` never change, though they may be packed until they are looked at (`Receipts`).
    `links` stand in the kept text, in its order. `signals` are what the page asks of those who
    keep or mine it (`noarchive`, `noai`, `tdm-reservation`, `license URL`, `isAccessibleForFree:
    false`, ...); `wire_credit` is the agency that the article is credited to (`PA`, `Reuters`).
    `subject` is what it is about, None until that was read.
    """

    title: str
    text: str
    removals: Sequence[Removal]
    extractor: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    published_precision: str | None = None
    published_source: str | None = None
    modified: str | None = None
    description: str | None = None
    site_name: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    links: tuple[OutLink, ...] = ()
    signals: tuple[str, ...] = ()
    wire_credit: str | None = None
    subject: Subject | None = None

    @property
    def word_count(self) -> int:
        """Words as a person counts them: runs of characters between white space."""
        return len(self.text.split())

    @property
    def text_hash(self) -> str:
        """Sha256 of title and text, insensitive to Unicode form and white space."""
        return text_hash(self.title, self.text)


# A commit asks for the hash of its article four times.
@lru_cache(maxsize=4)
def text_hash(title: str, text: str) -> str:
    """Sha256 (hex) of a title and a text, insensitive to Unicode form and to white space."""
    plain = "\n".join(
        " ".join(unicodedata.normalize("NFC", part).split()) for part in (title, text)
    )
    return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Why a page did not become an article: a named ending, what was seen, its signals if read."""

    ending: Ending
    detail: str = ""
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """What discovery read from a feed, sitemap, listing page or digest.

    `warnings` say in plain words what was skipped or capped; `items` counts those of a digest.
    """

    links: tuple[DiscoveredLink, ...]
    warnings: tuple[str, ...] = ()
    items: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedSource:
    """What the archive keeps of a source, the addresses that tell of its articles, and how."""

    slug: str
    name: str
    homepage: str
    kind: str
    scope: str
    country: str | None = None
    language: str | None = None
    licence: str | None = None
    link_only: bool = False
    enabled: bool = True
    discovery: tuple[tuple[LinkKind, str], ...] = ()
    rules: tuple[str, ...] = ()  # of each of `discovery`: another text when it is read otherwise


class FrontierState(StrEnum):
    """What is to become of a frontier row."""

    WAITING = "waiting"
    LEASED = "leased"
    CLOSED = "closed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, kw_only=True, slots=True)
class NextVisit:
    """When an address is asked again: `not_before` is ISO 8601 UTC, `tries` failures in a row.

    `poll` is what is to be remembered of a feed, sitemap or listing, None for an article.
    """

    state: FrontierState
    not_before: str
    tries: int = 0
    poll: Poll | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """All that one fetch changes, to be committed in one transaction.

    With an `article`, the archive itself decides between new, revised, unchanged and the like,
    and `ending` is what stands if none of these applies. `record_url` is the identity of the
    record; `canonical_claim` the address that the page calls its own, when we may believe it.
    With `link_only` nothing but title, date and link is kept, of the article and of what `links`
    name. `host` is what is now to be remembered of a host, None when that has not changed.
    """

    run_id: int
    claim: Claim
    fetch: Fetch
    ending: Ending
    next_visit: NextVisit
    detail: str | None = None
    body_bytes: int = 0
    snapshot_digest: str | None = None
    article: Article | None = None
    record_url: str | None = None
    canonical_claim: str | None = None
    links: tuple[DiscoveredLink, ...] = ()
    link_only: bool = False
    rights: Rights | None = None
    host: HostState | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """How an outcome was committed.

    With `snapshot_withheld`, its body must not stay among the snapshots; nor must those that
    `dropped` names, which were kept before.
    """

    ending: Ending
    article_id: int | None = None
    new_links: int = 0
    snapshot_withheld: bool = False
    dropped: tuple[str, ...] = ()
