"""A month of invented news, committed by the real Archive; every text says that it is invented."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.endings import Ending
from archive.records import (
    Article,
    DiscoveredLink,
    Fetch,
    FoundAs,
    FrontierState,
    LinkKind,
    ListedSource,
    NextVisit,
    Outcome,
)
from archive.snapshots import digest_of
from archive.store import Archive
from archive.topics.rules import shipped_rules
from archive.topics.subject import subject_of
from archive.topics.words import Told

NOW = "2026-11-22T05:26:03Z"
LATER = "2026-11-23T06:00:00Z"
FILLER = (
    "This article is invented for a test, as are its town, its schools and all who speak in it. "
    * 14
).strip()


@dataclass(frozen=True, kw_only=True)
class Invented:
    """One invented article."""

    source: str
    title: str
    text: str
    published: str | None = "2026-11-20"
    precision: str | None = "day"
    signals: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        name = "-".join("".join(c if c.isalnum() else " " for c in self.title.lower()).split())
        return f"https://{self.source}.example/news/{name}"


def listed(slug: str, name: str, kind: str = "news", **more: object) -> ListedSource:
    return ListedSource(
        slug=slug,
        name=name,
        homepage=f"https://{slug}.example/",
        kind=kind,
        scope="all",
        discovery=((LinkKind.FEED, f"https://{slug}.example/feed"),),
        **{"country": "GB", "language": "en", **more},
    )


SOURCES = (
    listed("gazette", "The Invented Gazette"),
    listed("courier", "The Invented Courier"),
    listed("regulator", "Invented Regulator", "regulator", licence="OGL-UK-3.0"),
    listed("walled", "The Walled Times (invented)", link_only=True),
    listed("post", "The Invented Post", country="IE"),
)

SEXTORTION = Invented(
    source="gazette",
    title="Invented police warn of sextortion of teenagers on Instagram",
    text=(
        "Invented police warned of sextortion of teenagers on Instagram on Friday.\n\n"
        "The force of the invented town counted 340 reports of sextortion in a month. "
        "It had been quiet before.\n\n" + FILLER
    ),
    published="2026-11-20T09:30:00+00:00",
    precision="second",
)
COPIED = Invented(
    source="courier",
    title="Invented police warn of sextortion of teenagers on Instagram",
    text="Invented police warned of sextortion of teenagers on Instagram, we read.\n\n" + FILLER,
    published="2026-11-21",
)
GUIDANCE = Invented(
    source="regulator",
    title="Regulator publishes guidance on age assurance for pornography sites",
    text=(
        "The invented regulator published guidance on age assurance for pornography sites. "
        "Age verification must be highly effective, it says. "
        "Of the sites that it looked at, 12 of 40 sites had age checks.\n\n" + FILLER
    ),
    published="2026-11",
    precision="month",
)
WALLED = Invented(
    source="walled",
    title="Invented council debates screen time and smartphones in schools",
    text="Nothing of this may be kept.",
    published="2026-11-05",
)
UNQUOTED = Invented(
    source="post",
    title="Invented charity on cyberbullying in group chats of pupils",
    text="Cyberbullying in group chats of pupils online has grown, says a charity.\n\n" + FILLER,
    published="2026-11-02",
    signals=("nosnippet",),
)
OLD = Invented(
    source="gazette",
    title="Invented survey of online grooming from the month before",
    text="A survey counted 20 cases of online grooming of children.\n\n" + FILLER,
    published="2026-10-30",
)
UNDATED = Invented(
    source="gazette",
    title="Invented page on online grooming that has no date",
    text="A page about online grooming of children.\n\n" + FILLER,
    published=None,
    precision=None,
)
MONTH = (SEXTORTION, COPIED, GUIDANCE, WALLED, UNQUOTED, OLD, UNDATED)


@dataclass(kw_only=True)
class News:
    """An archive of invented news; `numbers` are the records by address."""

    path: Path
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, articles: Sequence[Invented]) -> None:
        archive = Archive(self.path)
        archive.sync_sources(SOURCES, now=NOW)
        run = archive.start_run(trigger="crawl", program="newsward test", now=NOW)
        claims = {one.url: one for one in archive.claim(run, due=LATER, count=100, per_host=100)}
        for source in SOURCES:
            own = [one for one in articles if one.source == source.slug]
            claim = claims.get(f"https://{source.slug}.example/feed")
            if own and claim:
                found = tuple(
                    DiscoveredLink(
                        url=one.url,
                        kind=LinkKind.ARTICLE,
                        found_in=claim.url,
                        found_as=FoundAs.FEED_ENTRY,
                        position=position,
                        title=one.title,
                        published=one.published,
                    )
                    for position, one in enumerate(own, 1)
                )
                archive.commit(
                    outcome(run, claim, ending=Ending.READ, links=found, link_only=source.link_only)
                )
        claims = {one.url: one for one in archive.claim(run, due=LATER, count=100, per_host=100)}
        for one in articles:
            if one.url not in claims:
                continue  # of a source of which only links are kept, its feed is all that is read
            archive.commit(outcome(run, claims[one.url], article=article(one), record_url=one.url))
        with archive.moment() as db:
            rows = db.execute("SELECT url, id FROM articles").fetchall()
        self.numbers |= dict(rows)
        archive.finish_run(run, status="finished", now=LATER)
        archive.close()

    def number(self, one: Invented) -> int:
        return self.numbers[one.url]

    def asked_again(self, url: str, status: int) -> None:
        """The address of a record is asked again and gives this answer."""
        archive = Archive(self.path)
        run = archive.start_run(trigger="crawl", program="newsward test", now=LATER)
        with archive.transaction() as db:
            db.execute("UPDATE frontier SET not_before = ? WHERE url = ?", [NOW, url])
        claims = {c.url: c for c in archive.claim(run, due=LATER, count=100, per_host=100)}
        archive.commit(outcome(run, claims[url], status=status, ending=Ending.HTTP_404))
        archive.finish_run(run, status="finished", now=LATER)
        archive.close()


def article(one: Invented) -> Article:
    return Article(
        title=one.title,
        text=one.text,
        removals=(),
        extractor="newsward 0.1.0",
        language="en",
        published=one.published,
        published_precision=one.precision,
        published_source="json-ld" if one.published else None,
        signals=one.signals,
        subject=subject_of(Told(title=one.title, text=one.text), shipped_rules()),
    )


def outcome(run: int, claim: object, *, status: int = 200, **more: object) -> Outcome:
    return Outcome(
        **{
            "run_id": run,
            "claim": claim,
            "fetch": Fetch(url=claim.url, final_url=claim.url, fetched_at=NOW, status=status),
            "ending": Ending.NEW,
            "next_visit": NextVisit(state=FrontierState.WAITING, not_before=LATER),
            "snapshot_digest": digest_of(f"{claim.url} {status}".encode()),
            **more,
        }
    )


@pytest.fixture(scope="session")
def _month(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, int]]:
    news = News(path=tmp_path_factory.mktemp("news") / "archive.db")
    news.add(MONTH)
    return news.path.read_bytes(), news.numbers


@pytest.fixture
def news(tmp_path: Path, _month: tuple[bytes, dict[str, int]]) -> News:
    """The month, in an archive of the test's own."""
    body, numbers = _month
    path = tmp_path / "archive.db"
    path.write_bytes(body)
    return News(path=path, numbers=dict(numbers))


@pytest.fixture
def make_news(tmp_path: Path) -> Callable[[Sequence[Invented]], News]:
    """An archive of the test's own articles."""

    def make(articles: Sequence[Invented]) -> News:
        made = News(path=tmp_path / "own.db")
        made.add(articles)
        return made

    return make


@pytest.fixture
def told() -> Callable[..., Invented]:
    return Invented
