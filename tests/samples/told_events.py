"""Invented articles of two events, as records of an archive that stories are found in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commits import ARTICLE, LATER, NOW, SOURCE, begin, claim_all, discover, outcome, query

from archive.records import Article, OutLink
from archive.store import Archive
from archive.story_keeping import StoryKeeper

EVENT = (
    "The invented harbour council of Eastmoor tested a reporting button in 34 schools. "
    "Teachers at Westhaven Grammar found that 29 pupils in every hundred pressed it in a week. "
    "Officers in Northgate answered most reports on the same day, the council said on Tuesday. "
    "A second trial with 1,200 children begins in autumn, paid for by the Eastmoor Trust. "
    "Parents asked for a telephone line beside it, since small children cannot type quickly. "
)
RETOLD = (
    "Eastmoor's invented harbour council has put a reporting button to the test in 34 schools. "
    "29 pupils of every hundred pressed the button in a week, Westhaven Grammar teachers found. "
    "Most reports were answered by Northgate officers that same day, said the council. "
    "In autumn a second trial follows with 1,200 children, which the Eastmoor Charity pays for. "
    "A telephone line beside it was what parents asked for, as small children do not type quickly. "
)
OTHER = (
    "An invented brewery in Southmere opened a museum of copper kettles and wooden barrels. "
    "Its founder collected labels, bottles and brewing ledgers from three centuries for it. "
    "Visitors from the mountain villages came by steam railway to taste the first winter ale. "
    "A glassblower and two coopers show their trades there on the first Sunday of each month. "
)
OWN = "The newsletter chose this passage for its readers and thanks its authors kindly for it. "


def piece(
    title: str,
    text: str,
    published: str,
    *,
    links: tuple[OutLink, ...] = (),
    wire_credit: str | None = None,
) -> Article:
    return Article(
        title=title,
        text=text,
        published=published,
        published_precision="day",
        published_source="json-ld",
        links=links,
        wire_credit=wire_credit,
        removals=ARTICLE.removals,
        extractor=ARTICLE.extractor,
    )


@dataclass(frozen=True)
class Newsroom:
    path: Path

    def add(self, articles: Sequence[Article]) -> None:
        with Archive(self.path) as archive:
            archive.sync_sources([SOURCE], now=NOW)
            with archive.transaction() as db:
                (first,) = db.execute("SELECT count(*) FROM articles").fetchone()
                db.execute("UPDATE frontier SET not_before = ? WHERE kind = 'article'", ["9999"])
                db.execute(
                    "UPDATE frontier SET state = 'waiting', not_before = ?, run_id = NULL"
                    " WHERE kind = 'feed'",
                    [NOW],
                )
            run_id = begin(archive)
            urls = [f"http://gazette.test/{first + number}" for number in range(len(articles))]
            discover(archive, run_id, *urls)
            claims = claim_all(archive, run_id)
            for url, article in zip(urls, articles, strict=True):
                archive.commit(outcome(run_id, claims[url], article=article, record_url=url))
            archive.finish_run(run_id, status="finished", now=LATER)

    def put(self, articles: Sequence[Article]) -> None:
        """As records beside the first, without the pages that a crawl would keep of them."""
        rows = [
            (a.title, f"http://gazette.test/flood/{i}", a.published, a.text_hash, a.text)
            for i, a in enumerate(articles)
        ]
        with Archive(self.path) as archive, archive.transaction() as db:
            db.conn.executemany(
                "INSERT INTO articles (title, url, published, text_hash, body, source_id, kind,"
                " word_count, published_precision, canonical_own, first_seen_at, revision)"
                " SELECT ?, ?, ?, ?, ?, source_id, 'article', word_count, 'day', 0, first_seen_at,"
                " 1 FROM articles WHERE id = 1",
                rows,
            )

    def follow(self, *, most: int | None = None) -> int:
        with Archive(self.path) as archive:
            return StoryKeeper(archive).follow(now=LATER, most=most)

    def rebuild(self) -> None:
        with Archive(self.path) as archive:
            StoryKeeper(archive).rebuild(now=LATER)

    def places(self) -> list[tuple[object, ...]]:
        return query(self.path, "SELECT article_id, story_id, how FROM article_stories ORDER BY 1")


FIVE = (
    piece("Council tests a button", EVENT + OWN.replace("newsletter", "council"), "2026-11-01"),
    piece("A button on trial", RETOLD, "2026-11-03"),
    piece("Kettles of Southmere", OTHER, "2026-11-03"),
    piece("Button, two months on", EVENT[:230] + OWN * 3, "2027-01-20"),
    piece("Ale museum opens", OTHER.replace("Its founder", "The founder"), "2026-11-04"),
)
