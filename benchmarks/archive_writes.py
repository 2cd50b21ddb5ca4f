"""Writing beside `sqlite_utils` alone: part `write` of archive_figures.py."""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any

from invented_archive import Newsroom, Piece, begin, claim_of, found, outcome
from sqlite_utils import Database

from archive import frontier_rows
from archive.records import Claim
from archive.snapshots import Snapshots
from archive.store import Archive

WRITTEN = 1_000
# Written in turn, so many of each, so that both meet the same machine.
TURN = 100


class Bare:
    """The same texts through `sqlite_utils` alone: one upsert, one commit, FTS by its triggers.

    Both ways to write wait for the disk: SQLite's own, as `sqlite_utils` comes, and, `ahead`, the
    log ahead of writing that we use, which is faster and for which one has to ask.
    """

    def __init__(self, path: Path, *, ahead: bool) -> None:
        self._db = Database(path)
        if ahead:
            self._db.enable_wal()
        self._db.execute("PRAGMA synchronous = FULL")
        columns = {"id": int, "title": str, "url": str, "published": str, "body": str}
        articles = self._db.table("articles")
        articles.create(columns, pk="id")
        articles.create_index(["url"], unique=True)
        articles.enable_fts(["title", "body"], tokenize="porter", create_triggers=True)

    def write(self, piece: Piece) -> None:
        """One article, committed."""
        article = piece.article
        self._db.table("articles").upsert(
            {
                "id": piece.number + 1,
                "title": article.title,
                "url": piece.url,
                "published": article.published,
                "body": article.text,
            },
            pk="id",
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Ours:
    """Articles that were found, committed with all that proves them."""

    def __init__(self, path: Path) -> None:
        self.archive = Archive(path)
        self.snapshots = Snapshots(path)
        self.run_id = self.archive.start_run(
            trigger="crawl", program="benchmark", now="2026-01-01T00:00:00Z"
        )

    def discover(self, pieces: Sequence[Piece]) -> dict[str, Claim]:
        """Find articles, as a feed names them."""
        with self.archive.transaction() as db:
            sources = dict(db.execute("SELECT slug, id FROM sources").fetchall())
            for piece in pieces:
                frontier_rows.add_link(
                    db,
                    found(piece),
                    source_id=sources[f"invented-{piece.source}"],
                    depth=1,
                    now=piece.seen_at,
                )
            return {piece.url: claim_of(db, piece) for piece in pieces}

    def write(self, piece: Piece, claim: Claim, page: bytes) -> None:
        """The page, committed; then the record with its proof, committed."""
        digest = self.snapshots.keep(page, now=piece.seen_at)
        self.archive.commit(outcome(piece, claim, self.run_id, digest=digest))

    def close(self) -> None:
        """Close both files."""
        self.snapshots.close()
        self.archive.close()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def write(folder: Path) -> dict[str, Any]:
    """Articles a second, one transaction each, ours beside `sqlite_utils` alone."""
    newsroom = Newsroom()
    begin(folder / "archive.db", newsroom)[0].close()
    ours = Ours(folder / "archive.db")
    alone = {
        "bare": Bare(folder / "bare.db", ahead=False),
        "bare, log ahead": Bare(folder / "ahead.db", ahead=True),
    }
    seconds: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("ours", "two threads", *alone)
    }
    pieces = newsroom.pieces(0, 3 * WRITTEN)
    with closing(ours), ExitStack() as opened, ThreadPoolExecutor(2) as threads:
        for bare in alone.values():
            opened.enter_context(closing(bare))
        while turn := list(islice(pieces, 3 * TURN)):
            pages = {piece.number: piece.page for piece in turn}
            claims = ours.discover(turn)
            first, second, theirs = turn[:TURN], turn[TURN : 2 * TURN], turn[2 * TURN :]

            def one(
                piece: Piece, claims: dict[str, Claim] = claims, pages: dict[int, bytes] = pages
            ) -> None:
                ours.write(piece, claims[piece.url], pages[piece.number])

            seconds["ours"].append(timed(lambda some=first: [one(piece) for piece in some]))
            seconds["two threads"].append(timed(lambda some=second: list(threads.map(one, some))))
            for name, bare in alone.items():
                seconds[name].append(
                    timed(lambda bare=bare, some=theirs: [bare.write(piece) for piece in some])
                )
    rates = {
        name: TURN / statistics.median(wall for wall, _ in spent) for name, spent in seconds.items()
    }
    cpu = {name: statistics.median(cpu for _, cpu in spent) for name, spent in seconds.items()}
    return {
        "articles_a_second": rates,
        **{
            f"ratio to {name}": {
                "one thread": rates["ours"] / rates[name],
                "two threads": rates["two threads"] / rates[name],
                "processor time": cpu[name] / cpu["ours"],
            }
            for name in alone
        },
    }
