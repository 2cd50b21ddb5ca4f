"""The update of a month over a large archive: selecting, quoting, setting in each format.

    python benchmarks/digest.py --only speed [--articles N] [--keep FOLDER] [--json]

The articles are invented (invented_archive.py), 5 minutes apart, so that 100,000 reach over 347
days; two in three have a topic, one in two a sentence with a figure. `month` is one month of them,
about 8,900 records; `all` is the same archive when every record is of one month. Each is measured
beside reading title, date, address and source of the same records in plain SQL, and the whole
command as a process beside one that only prints its version.

What it cannot say: how it is where most stories have several records, since these have one each.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from digest_quality import items_figures, lint_figures
from invented_archive import Newsroom, begin, grow

from archive.digest import rows
from archive.digest.drafts import complete, draft
from archive.digest.rendering import Format, Style, render
from archive.digest.rows import Asked
from archive.reading import ReadArchive
from archive.store import Archive

PARTS = ("items", "lint", "speed")
MONTH = "2016-01"
TIMES = 5
ITEMS = 20
PLAIN = """
SELECT articles.title, articles.published, articles.url, sources.name
FROM articles JOIN sources ON sources.id = articles.source_id
WHERE published >= ? AND published < ? || '~'
"""
TOPICS = """
INSERT INTO article_topics (article_id, topic_id, score, is_primary, evidence, rules)
SELECT articles.id, 1 + articles.id % 20, 3, 1, '[]', 'benchmark' FROM articles
WHERE articles.id % 3
"""
FIGURES = """
INSERT INTO article_statistics (article_id, position, number, counts, sentence)
SELECT id, 1, '40', 'pupils', substr(body, 1, instr(body, '.')) FROM articles WHERE id % 2
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a folder in which the archive is made once")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    told = parser.parse_args()
    figures: dict[str, Any] = {}
    if "items" in told.only:
        figures["items"] = items_figures()
    if "lint" in told.only:
        figures["lint"] = lint_figures()
    if "speed" in told.only:
        figures["speed"] = speed_figures(told.keep, told.articles)
    if told.json:
        print(json.dumps(figures, indent=2))
        return
    for part, of_part in figures.items():
        for name, values in of_part.items():
            for key, value in values.items():
                print(f"{part}\t{name}\t{key}\t{value}")


def speed_figures(keep: Path | None, articles: int) -> dict[str, Any]:
    """Seconds of an issue of a month, and of one when all records are of one month."""
    with tempfile.TemporaryDirectory() as folder:
        path = (keep or Path(folder)) / "archive.db"
        if not path.exists():
            make(path, articles)
        month = measured(path)
        whole = Path(folder) / "one-month.db"
        copy_into_one_month(path, whole)
        return {"month": month, "all": measured(whole)}


def make(path: Path, articles: int) -> None:
    """An archive of so many articles, with topics and figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    newsroom = Newsroom()
    archive, run = begin(path, newsroom)
    grow(archive, newsroom, run_id=run, first=0, count=articles)
    with archive.transaction() as db:
        db.execute(TOPICS)
        db.execute(FIGURES)
    archive.finish_run(run, status="finished", now="2017-01-01T00:00:00Z")
    archive.close()


def copy_into_one_month(path: Path, to: Path) -> None:
    """The same archive with every record in one month."""
    to.write_bytes(path.read_bytes())
    with Archive(to) as archive, archive.transaction() as db:
        db.execute("UPDATE articles SET published = ? || substr(published, 8)", [MONTH])


def measured(path: Path) -> dict[str, Any]:
    """Seconds of each step, the median of some turns, and what they are compared with."""
    seconds: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work gives
        began, cpu = time.perf_counter(), processor_time()
        done = work()
        seconds.setdefault(f"{name[:-2]}_cpu_s", []).append(processor_time() - cpu)
        seconds.setdefault(name, []).append(time.perf_counter() - began)
        return done

    def plain(reader: ReadArchive) -> int:
        with reader.moment() as db:
            return len(db.execute(PLAIN, [MONTH, MONTH]).fetchall())

    command = [sys.executable, "-c", "from crawler.cli import main; main()"]
    with ReadArchive(path) as reader:
        for _ in range(TIMES):
            records = timed("plain_sql_s", lambda: plain(reader))
            made = timed("select_and_quote_s", lambda: draft(reader, ASKED, limit=ITEMS))
            issue = timed("complete_s", partial(complete, reader, made.selection))
            for form in (Format.MARKDOWN, Format.HTML):
                timed(f"render_{form}_s", partial(render, issue, Style.DIGEST, form))
            timed(
                "command_s",
                lambda: run([*command, "digest", "--month", MONTH, "--archive", str(path)]),
            )
            timed("version_s", lambda: run([*command, "--version"]))
    middle = {name: round(statistics.median(all_), 4) for name, all_ in seconds.items()}
    return {
        "records": records,
        "items": len(issue.items),
        **middle,
        "select_to_plain_sql": round(middle["select_and_quote_s"] / middle["plain_sql_s"], 1),
        "command_to_version": round(middle["command_s"] / middle["version_s"], 1),
        "slowest_command_s": round(max(seconds["command_s"]), 2),
    }


def processor_time() -> float:
    """Seconds of processor time of this process and of those that it waited for."""
    return sum(os.times()[:4])


ASKED: rows.Asked = Asked(month=MONTH)


def run(command: list[str]) -> None:
    """A command, its output thrown away."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
