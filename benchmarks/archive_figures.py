"""The archive at 100,000 and at a million articles: writing, revisiting, searching, browsing.

    python benchmarks/archive.py [--articles N | --million] [--keep FOLDER] [--only PART...]
                                 [--json]

The articles are invented (invented_archive.py) and about 3,800 characters long. Each figure stands
beside what it is compared with, measured in turn in the same run, so that a busy machine slows both
alike. `--keep` names a folder in which the archive is made once and found again.

Parts: write, links, growth, revisit, search, browse. docs/benchmarks.md says how the figures are
made, what was measured and what they cannot say.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from archive_pages import browse
from archive_writes import TURN, WRITTEN, Ours, timed, write
from invented_archive import Newsroom, begin, found, grow, outcome
from sqlite_utils import Database

from archive.endings import Ending
from archive.reading import ReadArchive
from archive.search import parse_query

SMALL = 10_000
QUERIES = 200
LONG_WORD = 4
NEW = 50_000_000  # numbers of articles that no archive of ours has yet


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def progress(text: str) -> None:
    """What is being done, on stderr."""
    print(text, file=sys.stderr, flush=True)


def links(folder: Path) -> dict[str, Any]:
    """Milliseconds for each link of a feed of 100, new and known, in one commit."""
    newsroom = Newsroom()
    archive, run_id = begin(folder / "archive.db", newsroom)
    spent: dict[str, list[float]] = {"new": [], "known": []}
    with closing(archive):
        claims = archive.claim(run_id, due="9999", count=40, per_host=40)
        for number, claim in enumerate(claims):
            pieces = list(newsroom.pieces(100 * number, 100))
            read = replace(
                outcome(pieces[0], claim, run_id),
                article=None,
                ending=Ending.READ,
                links=tuple(map(found, pieces)),
            )
            for kind in ("new", "known"):
                wall, _ = timed(lambda read=read: archive.commit(read))
                spent[kind].append(wall * 10)
    return {f"ms_a_link_{kind}": statistics.median(times) for kind, times in spent.items()}


def newest(path: Path) -> int:
    """The number of the newest record."""
    with closing(Database(path)) as db:
        return int(db.execute("SELECT max(id) FROM articles").fetchone()[0])


def growth(small: Path, large: Path) -> dict[str, Any]:
    """Milliseconds of CPU and wall for a commit in a small and in a large archive, in turn."""
    newsroom = Newsroom()
    archives = {"small": Ours(small), "large": Ours(large)}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in archives}
    # What an earlier run of this program added would only be seen again.
    pieces = newsroom.pieces(NEW + max(map(newest, (small, large))), WRITTEN)
    try:
        while turn := list(islice(pieces, TURN)):
            for name, ours in archives.items():
                claims = ours.discover(turn)
                spent[name].append(
                    timed(
                        lambda ours=ours, claims=claims, turn=turn: [
                            ours.archive.commit(outcome(piece, claims[piece.url], ours.run_id))
                            for piece in turn
                        ]
                    )
                )
    finally:
        for ours in archives.values():
            ours.close()
    # The first turn reads what no cache has yet, and lasts as long as the disk.
    wall = {n: statistics.median(w for w, _ in times[1:]) for n, times in spent.items()}
    cpu = {n: statistics.median(c for _, c in times[1:]) for n, times in spent.items()}
    return {
        "ms_a_commit": {name: value * 1000 / TURN for name, value in wall.items()},
        "cpu_ms_a_commit": {name: value * 1000 / TURN for name, value in cpu.items()},
        "ratio": wall["large"] / wall["small"],
        "cpu_ratio": cpu["large"] / cpu["small"],
    }


def revisit(folder: Path) -> dict[str, Any]:
    """Bytes that an unchanged page adds to the archive, and rows to its search index."""
    newsroom = Newsroom()
    path = folder / "archive.db"
    begin(path, newsroom)[0].close()
    ours = Ours(path)
    pieces = list(newsroom.pieces(0, 200))
    claims = ours.discover(pieces)
    for piece in pieces:
        ours.archive.commit(outcome(piece, claims[piece.url], ours.run_id))
    ours.close()

    def state() -> tuple[int, list[Any]]:
        with closing(Database(path)) as db:
            pages, size = (
                db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
            )
            index = db.execute("SELECT count(*), sum(length(block)) FROM articles_fts_data")
            return pages * size, index.fetchall()

    before = state()
    ours = Ours(path)
    visits = 5
    for visit in range(visits):
        for piece in pieces:
            seen = f"2026-02-0{visit + 1}T00:00:00Z"
            ours.archive.commit(outcome(piece, claims[piece.url], ours.run_id, seen_at=seen))
    ours.close()
    after = state()
    return {
        "bytes_a_visit": (after[0] - before[0]) / (visits * len(pieces)),
        "search_index_changed": after[1] != before[1],
    }


def queries(newsroom: Newsroom) -> Iterator[str]:
    """Two words that stand in one article, at random: as people ask for what they have read."""
    dice = random.Random(9)
    for piece in newsroom.pieces(NEW, QUERIES):
        words = sorted({word.strip(".").lower() for word in piece.article.text.split()})
        yield " ".join(dice.sample([word for word in words if len(word) >= LONG_WORD], 2))


BARE = "SELECT rowid, rank FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rank LIMIT 20"
BOUNDED = {
    "one source": "source:invented-3",
    "a quarter": "since:2016-07 until:2016-09",
    "all but one source": "-source:invented-3",
    "a rare language": "lang:de",
    "the first year": "date:2016",
}


def search(path: Path) -> dict[str, Any]:
    """Random and common queries, ours beside the bare FTS5 query, each in turn."""
    asked = list(queries(Newsroom()))
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    with ReadArchive(path) as reader, closing(Database(path)) as db:
        for text in asked:
            match = parse_query(text).match
            for name, work in (
                ("bare", lambda match=match: db.execute(BARE, [match]).fetchall()),
                ("ours", lambda text=text: reader.search(text)),
            ):
                # Warm for both: what the disk does first says nothing of either.
                work()
                times[name].append(timed(work)[0] * 1000)
        common = {}
        for words in ("online", "children", "children online", "grooming"):
            for kind, field in {"": "", **BOUNDED}.items():
                text = f"{words} {field}".strip()
                reader.search(text)
                common[f"{words}, {kind}" if kind else words] = min(
                    timed(lambda text=text: reader.search(text))[0] * 1000 for _ in range(3)
                )
    figures = {
        name: {"median_ms": statistics.median(all_), "p95_ms": percentile(all_, 0.95)}
        for name, all_ in times.items()
    }
    return {
        **figures,
        "median_ratio": figures["ours"]["median_ms"] / figures["bare"]["median_ms"],
        "p95_ratio": figures["ours"]["p95_ms"] / figures["bare"]["p95_ms"],
        "common_ms": common,
    }


def made(folder: Path, articles: int) -> Path:
    """An archive of so many articles in a folder, made there when it is not there yet."""
    path = folder / f"articles-{articles}" / "archive.db"
    if path.exists():
        return path
    part = folder / f"articles-{articles}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    newsroom = Newsroom()
    archive, run_id = begin(part / "archive.db", newsroom)
    with closing(archive):
        for first in range(0, articles, SMALL):
            grow(archive, newsroom, run_id=run_id, first=first, count=min(SMALL, articles - first))
            progress(f"made {min(first + SMALL, articles):,} of {articles:,} articles")
    part.rename(path.parent)
    return path


def parts(folder: Path, articles: int) -> dict[str, Callable[[], dict[str, Any]]]:
    """What can be measured, by name."""

    def fresh(work: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(dir=folder) as empty:
            return work(Path(empty))

    return {
        "write": lambda: fresh(write),
        "links": lambda: fresh(links),
        "revisit": lambda: fresh(revisit),
        "growth": lambda: growth(made(folder, SMALL), made(folder, articles)),
        "search": lambda: search(made(folder, articles)),
        "browse": lambda: browse(made(folder, articles)),
    }


def shown(figures: dict[str, Any], indent: int = 2) -> Iterator[str]:
    """Figures as lines."""
    for name, value in figures.items():
        label = f"{' ' * indent}{name.replace('_', ' ')}"
        if isinstance(value, dict):
            yield label
            yield from shown(value, indent + 2)
        else:
            yield (
                f"{label:44}{value:>12.3f}"
                if isinstance(value, float)
                else f"{label:44}{value!s:>12}"
            )


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--million", action="store_true", help="a million articles: 17 GB, an hour")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the archives here")
    names = list(parts(Path(), 0))
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="PART")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    articles = 1_000_000 if told.million else told.articles
    with tempfile.TemporaryDirectory() as temporary:
        folder = told.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measures = parts(folder, articles)
        figures: dict[str, Any] = {"articles": articles}
        for name in told.only:
            progress(name)
            figures[name] = measures[name]()
            if not told.json:
                print(name, *shown(figures[name]), sep="\n", flush=True)
    if told.json:
        print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
