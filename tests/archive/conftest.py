"""A small real archive, written by the real Archive; its texts are invented and say so."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import commits
import pytest

from archive.endings import Ending
from archive.records import (
    Article,
    Claim,
    DiscoveredLink,
    Fetch,
    FoundAs,
    FrontierState,
    LinkKind,
    ListedSource,
    NextVisit,
    Outcome,
    Part,
    Redirect,
    Removal,
    Stored,
)
from archive.snapshots import digest_of
from archive.store import Archive

NOW = "2026-11-22T05:26:03Z"
LATER = "2026-11-23T06:00:00Z"
EXTRACTOR = "newsward 0.1.0, trafilatura 2.3.1, junk rules 1"
INVENTED = "This article is invented for a test."

BLOG = ListedSource(
    slug="harbour-blog",
    name="Harbour Blog",
    homepage="http://blog.test/",
    kind="news",
    scope="all",
    country="GB",
    language="en",
    discovery=((LinkKind.FEED, "http://blog.test/feed"),),
)
GAZETTE = ListedSource(
    slug="gazette",
    name="The Quay Gazette",
    homepage="http://gazette.test/",
    kind="news",
    scope="all",
    country="IE",
    language="en",
    discovery=((LinkKind.SITEMAP, "http://gazette.test/news.xml"),),
)


def article(title: str, text: str = INVENTED, **more: object) -> Article:
    return Article(
        **{
            "title": title,
            "text": text,
            "removals": (),
            "extractor": EXTRACTOR,
            "language": "en",
            "published": "2026-11-20",
            "published_precision": "day",
            "published_source": "json-ld",
            **more,
        }
    )


class Writer:
    """Plays the crawl: finds an address, fetches it, commits an article."""

    def __init__(self, path: Path) -> None:
        self.archive = Archive(path)
        self.archive.sync_sources([BLOG, GAZETTE], now=NOW)
        self.run = self.archive.start_run(trigger="crawl", program="newsward 0.1.0", now=NOW)

    def _claims(self, due: str) -> list[Claim]:
        return self.archive.claim(self.run, due=due, count=10_000, per_host=10_000)

    def _outcome(self, claim: Claim, now: str, **more: object) -> Outcome:
        body = f"<p>{claim.url} {now}</p>".encode()
        fetch = Fetch(
            url=claim.url,
            final_url=more.pop("final_url", claim.url),
            fetched_at=now,
            status=200,
            redirects=more.pop("redirects", ()),
            headers=(("content-type", "text/html"), ("etag", '"1"')),
            elapsed_ms=40,
        )
        return Outcome(
            **{
                "run_id": self.run,
                "claim": claim,
                "fetch": fetch,
                "ending": Ending.NEW,
                "next_visit": NextVisit(state=FrontierState.WAITING, not_before=LATER),
                "body_bytes": len(body),
                "snapshot_digest": digest_of(body),
                "record_url": fetch.final_url,
                **more,
            }
        )

    def discover(
        self,
        place: str,
        links: Sequence[DiscoveredLink],
        *,
        now: str = NOW,
        digest: str | None = None,
    ) -> Stored:
        """Read the feed or sitemap at `place` and find the links there."""
        (claim,) = [claim for claim in self._claims(now) if claim.url == place]
        more = {} if digest is None else {"snapshot_digest": digest}
        return self.archive.commit(
            self._outcome(claim, now, ending=Ending.READ, links=tuple(links), **more)
        )

    def fetch(
        self, articles: Sequence[tuple[str, Article]], *, now: str = NOW, **more: object
    ) -> list[int]:
        """Fetch addresses that were found and keep the article of each."""
        claims = {claim.url: claim for claim in self._claims(now)}
        if digest := more.pop("digest", None):
            more["snapshot_digest"] = digest
        stored = [
            self.archive.commit(self._outcome(claims[url], now, article=kept, **more))
            for url, kept in articles
        ]
        return [done.article_id for done in stored if done.article_id is not None]

    def links(self, found_as: FoundAs, urls: Sequence[str]) -> list[DiscoveredLink]:
        """Links as the feed of the blog has them."""
        return links("http://blog.test/feed", found_as, urls)

    def removals(self, texts: Sequence[str]) -> tuple[Removal, ...]:
        """Blocks behind the text that a rule took out."""
        return tuple(
            Removal(position=1_000 + number, part=Part.BLOCK, rule="sign-up", text=text)
            for number, text in enumerate(texts)
        )

    def next_run(self, *, now: str) -> None:
        self.archive.finish_run(self.run, status="finished", now=now)
        self.run = self.archive.start_run(trigger="crawl", program="newsward 0.1.0", now=now)

    def close(self) -> None:
        self.archive.finish_run(self.run, status="finished", now=LATER)
        self.archive.close()


def links(place: str, found_as: FoundAs, urls: Sequence[str]) -> list[DiscoveredLink]:
    return [
        DiscoveredLink(
            url=url,
            kind=LinkKind.ARTICLE,
            found_in=place,
            found_as=found_as,
            position=position,
            title=f"Hint {position}",
        )
        for position, url in enumerate(urls, 1)
    ]


REMOVED = (
    Removal(position=0, part=Part.BLOCK, rule="image-credit", text="Image credit: an invented one"),
    Removal(position=2, part=Part.BLOCK, rule="sign-up", text="Sign up for our newsletter"),
    Removal(position=4, part=Part.BLOCK, rule="sign-up", text="Leave a Reply"),
)

STORIES = (
    article(
        "Police warn of sextortion on Instagram",
        f"{INVENTED}\n\nPolice warn that young people were groomed on Instagram.\n\n"
        "Self-harm helplines answer at any hour. <b>Not bold</b> & plain.",
        removals=REMOVED,
        authors=("The Harbour desk", "A second desk"),
        published="2026-11-20T09:30:00+00:00",
        published_precision="second",
    ),
    article(
        "A guide for children's homes",
        f"{INVENTED} It speaks of e-safety, of E&T, and of the police.",
        published="2026-10-02",
    ),
    article(
        "A ban on nudify tools",
        f"{INVENTED} Ministers spoke of AI-nudify apps.",
        published="2025-12",
    ),
    article("School report", f"{INVENTED} No date stands on this page.", published=None),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test has its archive."""
    return tmp_path / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """An empty archive that knows the one source of `commits`."""
    with Archive(path) as opened:
        opened.sync_sources([commits.SOURCE], now=commits.NOW)
        yield opened


@pytest.fixture(scope="session")
def make_writer() -> Callable[[Path], Writer]:
    return Writer


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    return article


@pytest.fixture(scope="session")
def archive_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive of these tests, built once.

    Record 1 has a redirect, two revisions and three removals, and was found in two places.
    """
    path = tmp_path_factory.mktemp("archive") / "archive.db"
    writer = Writer(path)
    feed, sitemap = "http://blog.test/feed", "http://gazette.test/news.xml"
    blog = [f"http://blog.test/{number}" for number in (1, 2)]
    gazette = [f"http://gazette.test/{number}" for number in (1, 2)]
    writer.discover(feed, links(feed, FoundAs.FEED_ENTRY, ["http://blog.test/?p=1", blog[1]]))
    writer.fetch(
        [("http://blog.test/?p=1", article(STORIES[0].title, f"{INVENTED} A first text."))],
        final_url=blog[0],
        redirects=(Redirect(url="http://blog.test/?p=1", status=301),),
    )
    writer.next_run(now=NOW)
    writer.discover(
        sitemap, links(sitemap, FoundAs.SITEMAP_ROW, [*gazette, "http://blog.test/?p=1"])
    )
    writer.next_run(now=NOW)
    writer.fetch([(blog[1], STORIES[1])])
    writer.next_run(now=NOW)
    writer.fetch([(gazette[0], STORIES[2])])
    writer.next_run(now=NOW)
    writer.fetch([(gazette[1], STORIES[3])])
    writer.next_run(now=LATER)
    writer.fetch(
        [("http://blog.test/?p=1", STORIES[0])],
        now=LATER,
        final_url=blog[0],
        redirects=(Redirect(url="http://blog.test/?p=1", status=301),),
    )
    writer.close()
    return path.read_bytes()


@pytest.fixture
def archive_file(tmp_path: Path, archive_bytes: bytes) -> Path:
    """A copy of `archive_bytes`, which a module may make of its own."""
    path = tmp_path / "archive.db"
    path.write_bytes(archive_bytes)
    return path
