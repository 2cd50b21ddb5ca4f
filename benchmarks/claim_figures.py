"""What it costs to take pages on, by how many are due: host by host, and ranked one by one.

A frontier of N due pages (100,000) is made, at 100 hosts and then at one, and claims of 32 pages
are timed in turn in the same archive: as a crawl makes them, and by ranking every due row, which is
how a crawl does when few are due. Both take on the same pages.

docs/benchmarks.md says what we measured.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from archive import claim_rows
from archive.records import LinkKind, ListedSource
from archive.store import Archive

NOW = "2026-11-22T10:00:00Z"
ROUNDS = 7
ALL = 10**9


def filled(path: Path, hosts: int, due: int) -> Archive:
    """An archive with so many due pages, evenly over so many hosts."""
    archive = Archive(path)
    archive.sync_sources([_source(number) for number in range(hosts)], now=NOW)
    with archive.transaction() as db:
        db.conn.executemany(
            "INSERT INTO frontier (url, host, source_id, kind, depth, not_before, found_at)"
            " VALUES (?, ?, ?, 'article', 1, ?, ?)",
            (
                (f"http://h{n % hosts}.test/{n}", f"h{n % hosts}.test", n % hosts + 1, NOW, NOW)
                for n in range(due)
            ),
        )
    return archive


def _source(number: int) -> ListedSource:
    home = f"http://h{number}.test/"
    return ListedSource(
        slug=f"s{number}",
        name="Invented",
        homepage=home,
        kind="news",
        scope="all",
        discovery=((LinkKind.FEED, f"{home}feed"),),
    )


def claimed(archive: Archive, run_id: int, few: int) -> tuple[float, list[str]]:
    """Milliseconds of processor time of one claim, and what it took on; nothing of it is kept."""
    claim_rows.FEW = few
    with archive.transaction() as db:
        db.execute("SAVEPOINT before")
        began = time.process_time()
        claims = claim_rows.claim(db, run_id=run_id, due=NOW, count=32, per_host=3, sources=None)
        took = (time.process_time() - began) * 1000
        db.execute("ROLLBACK TO before")
    return took, [claim.url for claim in claims]


def measured(root: Path, hosts: int, due: int) -> dict[str, Any]:
    """Both ways in turn, medians and their ratio."""
    usual = claim_rows.FEW
    with filled(root / f"{hosts}.db", hosts, due) as archive:
        run_id = archive.start_run(trigger="crawl", program="benchmark", now=NOW)
        lanes, ranked = [], []
        for _ in range(ROUNDS):
            by_host, first = claimed(archive, run_id, usual)
            one_by_one, second = claimed(archive, run_id, ALL)
            if first != second:
                raise AssertionError("the two ways took on different pages")
            lanes.append(by_host)
            ranked.append(one_by_one)
        began = time.process_time()
        waiting = archive.waiting(run_id, due=NOW)
        counted = (time.process_time() - began) * 1000
    claim_rows.FEW = usual
    return {
        "hosts": hosts,
        "due": due,
        "claim_ms": statistics.median(lanes),
        "ranked_ms": statistics.median(ranked),
        "ratio": statistics.median(ranked) / statistics.median(lanes),
        "waiting": waiting,
        "count_ms": counted,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--due", type=int, default=100_000, help="pages; default 100,000")
    parser.add_argument("--json", action="store_true", help="print JSON")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = [measured(Path(name), hosts, told.due) for hosts in (100, 1)]
    if told.json:
        print(json.dumps(figures, indent=2))
        return
    for one in figures:
        print(
            f"{one['due']:,} due pages at {one['hosts']} hosts: a claim takes"
            f" {one['claim_ms']:.1f} ms, ranking all of them {one['ranked_ms']:.0f} ms,"
            f" {one['ratio']:.0f} times as long; counting them {one['count_ms']:.1f} ms"
        )


if __name__ == "__main__":
    main()
