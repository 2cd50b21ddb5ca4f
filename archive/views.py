"""What reading the archive brings back: values, complete, ready for JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from archive.endings import Ending
from archive.records import Redirect, Removal, WarcPlace
from archive.topics.entities import ReportRoute


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A record that a search found.

    `score` is FTS5's bm25 with the sign turned: larger is better, comparable within one search
    only. `marks` are the spans of `snippet` (start, end) in which it matched.
    """

    id: int
    title: str
    url: str
    source: str
    source_name: str
    published: str | None
    snippet: str
    marks: tuple[tuple[int, int], ...]
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Offset:
    """Where a page of matches begins: behind `count` of them, those later than `newest` aside."""

    count: int = 0
    newest: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchResult:
    """One page of what a search found.

    `total` counts all pages; with `more`, there are more than `total` and nobody counted them.
    `hint` says what of the query was not understood, or why nothing was searched for. `newest` is
    the newest record that was looked at: with it in the `Offset`, the next page goes on where
    this one ends, whatever arrives meanwhile.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    more: bool = False
    hint: str | None = None
    newest: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceView:
    """A source with its state; `records` counts its articles in the archive."""

    slug: str
    name: str
    homepage: str
    country: str | None
    language: str | None
    kind: str
    licence: str | None
    link_only: bool
    enabled: bool
    last_success_at: str | None
    last_new_article_at: str | None
    records: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How much is in the archive."""

    records: int
    revisions: int
    removals: int
    sources: int
    runs: int
    fetches: int
    waiting: int
    quarantined: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundAt:
    """A place where the address of a record was found, or another address that led to it.

    `relation` is a `FoundAs`, `redirected from` or `also at`; `position` counts from 1 in `place`;
    `evidence` is what stood there: title, date, status.
    """

    relation: str
    place: str
    position: int | None
    source: str
    seen_at: str
    evidence: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchView:
    """One exchange of a record's addresses; times in UTC, `bytes` of the decoded body.

    `status` is None without an answer, `detail` what was seen. `ip_address` is of the server that
    answered; `warc` is set when another crawler asked. `snapshot_digest` names the body, which
    `is_taken_out` says was deleted when something was taken down.
    `robots` is what robots.txt said of the address, in words; `asked` each signal of the page or
    its site to whoever keeps it, with where it stood; `reserved` those for which no text is kept.
    """

    id: int
    url: str
    final_url: str
    redirects: tuple[Redirect, ...]
    fetched_at: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    elapsed_ms: int | None
    bytes: int | None
    ending: str
    run_id: int
    trigger: str
    program: str
    robots: str | None = None
    asked: tuple[str, ...] = ()
    reserved: str | None = None
    detail: str | None = None
    snapshot_digest: str | None = None
    ip_address: str | None = None
    warc: WarcPlace | None = None
    is_taken_out: bool = False

    @property
    def is_of_digest(self) -> bool:
        """Whether nothing was asked: an item of a newsletter was taken out of its issue."""
        return self.url.startswith("digest:")


@dataclass(frozen=True, kw_only=True, slots=True)
class RevisionView:
    """A text that the record has or had, without the text."""

    revision: int
    reason: str
    seen_at: str
    extractor: str
    title: str
    text_hash: str
    words_added: int
    words_removed: int
    snapshot_digest: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RevisionText:
    """A text that the record has or had, with what was taken out of its page."""

    revision: int
    text: str
    removals: tuple[Removal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkView:
    """A link out of the text: the words that are linked, and the record there when there is one."""

    url: str
    anchor: str
    record: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicView:
    """A topic of a record, with the words that say so (`evidence`: term, place, offsets, sentence).

    `rules` is the version of the topic rules; `sensitivity` is low, medium or high.
    """

    slug: str
    label: str
    score: float
    is_primary: bool
    sensitivity: str
    rules: str
    evidence: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """The story that a record tells; `how` it is part of it, `records` how many tell it."""

    id: int
    title: str
    how: str
    records: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectView:
    """What a record is about. `routes` say where to report or find help, when it is sensitive.

    `names` are the organisations, platforms, laws and countries that it names.
    """

    topics: tuple[TopicView, ...] = ()
    names: tuple[str, ...] = ()
    routes: tuple[ReportRoute, ...] = ()
    story: StoryView | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordView:
    """A record with all that proves it; `removals` and `links` are those of the present text.

    `wire_credit` is the agency that the text is credited to, `signals` what its page asks of those
    who keep or mine it. `fetch` is the exchange that brought the present text, `visits` are all
    exchanges of its addresses, the newest first; `subject` is what it is about. `texts` is every
    text that it has had, earliest first, when these were asked for.
    """

    id: int
    title: str
    url: str
    source: str
    source_name: str
    kind: str
    published: str | None
    published_precision: str | None
    published_source: str | None
    modified: str | None
    authors: tuple[str, ...]
    description: str | None
    language: str | None
    site_name: str | None
    canonical_url: str | None
    wire_credit: str | None
    signals: tuple[str, ...]
    word_count: int
    text: str
    text_hash: str
    first_seen_at: str
    last_seen_at: str | None
    last_checked_at: str | None
    found: tuple[FoundAt, ...]
    fetch: FetchView
    snapshot_digest: str | None
    extractor: str
    revisions: tuple[RevisionView, ...]
    removals: tuple[Removal, ...]
    links: tuple[LinkView, ...]
    visits: tuple[FetchView, ...]
    subject: SubjectView
    texts: tuple[RevisionText, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSummary:
    """A run in figures; `endings` counts the fetches of articles, `discovery` those of the rest."""

    run_id: int
    status: str
    seconds: float
    sources_ok: tuple[str, ...]
    sources_failed: tuple[str, ...]
    endings: tuple[tuple[Ending, int], ...]
    discovery: tuple[tuple[Ending, int], ...]
    removals: int
    waiting: int
