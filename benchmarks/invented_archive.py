"""An invented archive of any size: words as frequent as in this field, every table filled.

Articles have 30 of 10,000 sentences, about 640 words or 3,800 characters. Of the articles 45 in 100
say children and instagram, 80 online, 3 grooming; names are rare, as names are. Each has a page
of about 30 kB, receipts, links and the places where it was found.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from archive import frontier_rows, record_rows
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
    OutLink,
    Part,
    Removal,
)
from archive.seals import Sealed, seal
from archive.store import Archive

SOURCES = 40
SENTENCES = 10_000
SENTENCES_EACH = 30
WORDS = 30_000
START = datetime(2016, 1, 1, tzinfo=UTC)
# Articles of one source an hour: a million reach ten years back.
STEP = timedelta(minutes=5)
# How many sentences in a thousand have the word: of the articles, 1 - (1 - n / 1000) ** 30.
FIELD_WORDS = {
    "online": 52,
    "children": 20,
    "instagram": 20,
    "police": 12,
    "school": 12,
    "safety": 20,
    "parents": 10,
    "harm": 4,
    "abuse": 6,
    "grooming": 1,
    "sextortion": 0.4,
    "helpline": 0.5,
}
COMMON = "the of and to in a is that it was for on are as with they at be this from".split()
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il")]
# What is searched for and found in few places.
NAMES = 5_000
# Shares of the articles.
NAMED, ENGLISH = 0.5, 0.9
MENU = tuple(f"Menu entry {number} of the invented site" for number in range(60))
LATEST = "9999-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One invented article with its page, and where it was found."""

    number: int
    source: int
    url: str
    article: Article
    seen_at: str

    @property
    def page(self) -> bytes:
        """The page that the article stands on, about 30 kB."""
        return _page(self.article, random.Random(self.number))


class Newsroom:
    """Invents articles; the same for the same seed, article by article."""

    def __init__(self, seed: int = 4) -> None:
        dice = random.Random(seed)
        self._dice = dice
        words = [
            "".join(dice.choices(_SYLLABLES, k=dice.choice((2, 2, 3, 3, 4)))) for _ in range(WORDS)
        ]
        # Zipf: the word of rank r is 1/r as frequent.
        weights = list(itertools.accumulate(1 / (rank + 40) for rank in range(WORDS)))
        self.names = ["".join(dice.choices(_SYLLABLES, k=4)).title() for _ in range(NAMES)]
        self._sentences = [self._sentence(words, weights) for _ in range(SENTENCES)]

    def _sentence(self, words: list[str], weights: list[float]) -> str:
        dice = self._dice
        said = dice.choices(words, cum_weights=weights, k=12) + dice.choices(COMMON, k=8)
        said += [word for word, share in FIELD_WORDS.items() if dice.random() < share / 1000]
        dice.shuffle(said)
        return " ".join(said).capitalize() + "."

    def sources(self) -> list[ListedSource]:
        """The sources that the articles come from."""
        return [
            ListedSource(
                slug=f"invented-{number}",
                name=f"Invented Gazette {number}",
                homepage=f"https://gazette-{number}.example/",
                kind="news",
                scope="all",
                country="GB",
                language="en",
                discovery=((LinkKind.FEED, f"https://gazette-{number}.example/feed"),),
            )
            for number in range(SOURCES)
        ]

    def pieces(self, first: int, count: int) -> Iterator[Piece]:
        """Articles by their number, oldest first."""
        for number in range(first, first + count):
            yield self._piece(number)

    def _piece(self, number: int) -> Piece:
        dice = random.Random(number)
        sentences = dice.choices(self._sentences, k=SENTENCES_EACH)
        if dice.random() < NAMED:
            sentences[3] += f" So said {dice.choice(self.names)}."
        blocks = [" ".join(sentences[at : at + 3]) for at in range(0, SENTENCES_EACH, 3)]
        title = f"{' '.join(dice.choice(sentences).split()[:8])} {number}"
        published = START + STEP * number
        source = dice.randrange(SOURCES)
        url = f"https://gazette-{source}.example/{published:%Y/%m/%d}/{number}"
        article = Article(
            title=title,
            text="\n\n".join(blocks),
            removals=tuple(_removals(len(blocks))),
            extractor="newsward 0.1.0, trafilatura 2.3.1, junk rules 1",
            authors=(dice.choice(self.names),),
            published=published.isoformat(),
            published_precision="second",
            published_source="json-ld",
            description=blocks[0][:150],
            language="en" if dice.random() < ENGLISH else "de",
            site_name=f"Invented Gazette {source}",
            canonical_url=url,
            links=tuple(
                OutLink(
                    url=f"https://gazette-{dice.randrange(SOURCES)}.example/report/{report}",
                    anchor="a report",
                )
                for report in dice.sample(range(100_000), 3)
            ),
        )
        return Piece(
            number=number,
            source=source,
            url=url,
            article=article,
            seen_at=(published + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )


def _removals(blocks: int) -> Iterator[Removal]:
    for position, text in enumerate(MENU[:40]):
        yield Removal(position=position, part=Part.BLOCK, rule="menu", text=text)
    yield Removal(position=40 + blocks, part=Part.BLOCK, rule="share", text="Share this")
    yield Removal(position=43 + blocks, part=Part.BLOCK, rule="sign-up", text="Sign up for more")


def _page(article: Article, dice: random.Random) -> bytes:
    prose = "".join(f"<p>{block}</p>" for block in article.text.split("\n\n"))
    menu = "".join(
        f'<li class="menu-{dice.randrange(1_000_000):x}">'
        f'<a href="/{dice.randrange(1_000_000):x}">{text}</a></li>'
        for text in MENU * 5
    )
    return f"<!doctype html><title>{article.title}</title><ul>{menu}</ul>{prose}".encode()


def outcome(
    piece: Piece,
    claim: Claim,
    run_id: int,
    *,
    digest: str | None = None,
    seen_at: str | None = None,
) -> Outcome:
    """What the fetch of an article brings."""
    return Outcome(
        run_id=run_id,
        claim=claim,
        fetch=Fetch(
            url=piece.url,
            final_url=piece.url,
            fetched_at=seen_at or piece.seen_at,
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"), ("etag", f'"{piece.number:x}"')),
            elapsed_ms=120,
        ),
        ending=Ending.NEW,
        next_visit=NextVisit(state=FrontierState.WAITING, not_before=LATEST),
        body_bytes=30_000,
        snapshot_digest=digest or f"{piece.number:064x}",
        article=piece.article,
        record_url=piece.url,
        canonical_claim=piece.url,
    )


def found(piece: Piece) -> DiscoveredLink:
    """The place where an article was found."""
    return DiscoveredLink(
        url=piece.url,
        kind=LinkKind.ARTICLE,
        found_in=f"https://gazette-{piece.source}.example/feed",
        found_as=FoundAs.FEED_ENTRY,
        position=1 + piece.number % 20,
        title=piece.article.title,
        published=piece.article.published,
    )


def claim_of(db: Database, piece: Piece) -> Claim:
    """The claim of an article that was found."""
    row = db.execute("SELECT id, source_id FROM frontier WHERE url = ?", [piece.url]).fetchone()
    return Claim(
        frontier_id=row[0],
        source_id=row[1],
        source=f"invented-{piece.source}",
        url=piece.url,
        kind=LinkKind.ARTICLE,
        depth=1,
        tries=0,
        found_at=piece.seen_at,
    )


def grow(archive: Archive, newsroom: Newsroom, *, run_id: int, first: int, count: int) -> None:
    """Add articles as a crawl would leave them, a thousand in a transaction, without their pages.

    A crawl commits each by itself. The rows are the same; only the waiting for the disk is not.
    """
    pieces = newsroom.pieces(first, count)
    while batch := list(itertools.islice(pieces, 1000)):
        with archive.transaction() as db:
            sources = dict(db.execute("SELECT slug, id FROM sources").fetchall())
            for piece in batch:
                _add(db, piece, run_id, sources[f"invented-{piece.source}"])


def _add(db: Database, piece: Piece, run_id: int, source_id: int) -> None:
    frontier_rows.add_link(db, found(piece), source_id=source_id, depth=1, now=piece.seen_at)
    ready = outcome(piece, claim_of(db, piece), run_id)
    fetch_id = record_rows.add_fetch(db, ready)
    stored = record_rows.keep_article(db, ready, piece.article, fetch_id)
    frontier_rows.end(db, ready, stored.ending, stored.article_id)
    seal(db, Sealed.FETCH, fetch_id)


def begin(path: Path, newsroom: Newsroom) -> tuple[Archive, int]:
    """A new archive with its sources, and a run in it."""
    archive = Archive(path)
    archive.sync_sources(newsroom.sources(), now="2016-01-01T00:00:00Z")
    run_id = archive.start_run(trigger="crawl", program="benchmark", now="2016-01-01T00:00:00Z")
    return archive, run_id
