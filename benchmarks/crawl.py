"""What a crawl costs: side by side with what it is made of, on loopback, in one run.

    python benchmarks/crawl.py [FOLDER...] [--only PART...] [--sources N] [--polls N] [--json]

A FOLDER is a corpus as of `extraction.py`; its pages are served at their own paths. Without one, a
small invented web is generated. Parts:

throughput  pages/s of fetching, extracting and archiving with politeness off, against a
            trafilatura with metadata on every core; how long the event loop was kept from its work.
fetch       processor time a page of our settings and middlewares against a bare Scrapy.
polite      100 hosts with a delay: time against the ideal schedule, and the smallest gap between
            two requests to a host, counted by the server.
again       a second crawl 11 hours later, when nothing is new, against the first.
polls       1,000 sources whose feeds are asked every half hour of a day whose clock is put
            forward: processor time and memory.

docs/benchmarks.md says how the figures are made and what we measured.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawl_pages import Sites, brief, generated, of_corpora
from processes import Ran, run, run_together

CORES = os.cpu_count() or 1
SERVER = Path(__file__).with_name("crawl_web.py")
Figures = dict[str, Any]


class Served:
    """A web in a process of its own, and an archive folder for crawls of it."""

    def __init__(self, folder: Path, sites: Sites, port: int) -> None:
        self.folder = folder
        self.sites = sites
        self.port = port
        self.pages = sum(map(len, sites.values()))

    def stats(self) -> Figures:
        """What the server was asked since it was last asked this."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/_stats")
        told: Figures = json.load(connection.getresponse())
        connection.close()
        return told

    def urls(self) -> list[str]:
        """All pages, host by host in turn."""
        return [
            f"http://{host}.localhost:{self.port}{path}"
            for host, pages in self.sites.items()
            for path in pages
        ]

    def crawl(
        self, *, delay: float = 0.0, hours: float = 0.0, every: str = "", **settings: object
    ) -> Ran:
        """One crawl into the archive of this folder; feeds are asked `every` so long, if said."""
        listed = self.folder / "sources.toml"
        listed.write_text("\n".join(map(self._source(delay, every), self.sites)), "utf-8")
        told = {
            "NEWSWARD_ARCHIVE": str(self.folder / "archive.db"),
            "NEWSWARD_SOURCES": str(listed),
            "NEWSWARD_ALLOW_PRIVATE": True,
            "NEWSWARD_WORKERS": CORES,
            "DOWNLOAD_DELAY": delay,
        }
        return run(self.folder, {"run": "crawl", "hours": hours, "settings": {**told, **settings}})

    def _source(self, delay: float, every: str) -> Callable[[str], str]:
        told = f"delay = {delay}\n" + (f'every = "{every}"\n' if every else "")

        def of(host: str) -> str:
            base = f"http://{host}.localhost:{self.port}"
            return (
                f'[[source]]\nid = "{host.replace(".", "-").lower()}"\nname = "Invented"\n'
                f'homepage = "{base}/"\nkind = "news"\nscope = "all"\n{told}'
                f'[[source.discovery]]\nkind = "feed"\nurl = "{base}/feed.xml"\n'
            )

        return of


@contextlib.contextmanager
def served(root: Path, name: str, sites: Sites) -> Iterator[Served]:
    """A web while the context lasts."""
    folder = root / name
    folder.mkdir()
    spec = folder / "spec.json"
    spec.write_text(json.dumps({"sites": sites}), "utf-8")
    with subprocess.Popen(
        [sys.executable, str(SERVER), str(spec)], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield Served(folder, sites, int(server.stdout.readline()))
        finally:
            server.terminate()


def throughput(root: Path, sites: Sites) -> Figures:
    """Fetch, extract and archive, against trafilatura alone on all cores, before and after."""
    with served(root, "throughput", sites) as web:
        before = _alone(web)
        crawl = web.crawl()
        after = _alone(web)
    pages = crawl.said["endings"]
    done = web.pages
    alone = (before["pages_a_second"] + after["pages_a_second"]) / 2
    alone_cpu = (before["cpu_a_page"] + after["cpu_a_page"]) / 2
    # Until every page is in the archive; finding stories among them comes when all is fetched.
    kept_cpu = (crawl.cpu - crawl.said["cpu_at_its_end"]) / done
    return {
        "pages": done,
        "cores": CORES,
        "endings": pages,
        "pages_a_second": done / crawl.said["seconds"],
        "alone_pages_a_second": alone,
        "ratio": done / crawl.said["seconds"] / alone,
        "cpu_ms_a_page": kept_cpu * 1000,
        "of_which_crawler_ms": kept_cpu * 1000 - (crawl.cpu - crawl.own_cpu) * 1000 / done,
        "alone_cpu_ms_a_page": alone_cpu * 1000,
        "cpu_ratio": alone_cpu / kept_cpu,
        "stories_and_site_memory_ms_a_page": crawl.said["cpu_at_its_end"] * 1000 / done,
        "cpu_ratio_with_them": alone_cpu / (crawl.cpu / done),
        "peak_mb": crawl.peak_mb,
        "loop": crawl.said["loop"],
    }


def _alone(web: Served) -> Figures:
    files = sorted({file for pages in web.sites.values() for file in pages.values()})
    plan = {"run": "trafilatura", "files": files}
    ran = run_together(web.folder, [plan] * CORES)
    return {
        "pages_a_second": sum(len(files) / one.said["seconds"] for one in ran),
        "cpu_a_page": sum(one.said["cpu"] / len(files) for one in ran) / CORES,
    }


def fetch(root: Path, sites: Sites) -> Figures:
    """Our fetch path against a bare Scrapy, in turn, on the same pages."""
    rounds = 3
    ours, bare = [], []
    with served(root, "fetch", sites) as web:
        urls = (web.urls() * (1 + 1500 // web.pages))[:1500]
        for _ in range(rounds):
            bare.append(run(web.folder, {"run": "bare", "urls": urls}).said)
            ours.append(run(web.folder, {"run": "fetch", "urls": urls}).said)

    def cpu_ms(runs: list[Figures]) -> float:
        return min(one["cpu"] / one["pages"] for one in runs) * 1000

    return {
        "pages": len(urls),
        "hosts": len(sites),
        "rounds": rounds,
        "cpu_ms_a_page": cpu_ms(ours),
        "bare_cpu_ms_a_page": cpu_ms(bare),
        "ratio": cpu_ms(bare) / cpu_ms(ours),
        "pages_a_second": max(one["pages"] / one["seconds"] for one in ours),
        "bare_pages_a_second": max(one["pages"] / one["seconds"] for one in bare),
    }


def polite(root: Path, _sites: Sites) -> Figures:
    """100 hosts with a delay of a second between two requests."""
    delay = 1.0
    sites = brief(root / "pages", hosts=100, pages=20)
    with served(root, "polite", sites) as web:
        web.stats()
        web.crawl(delay=delay)
        times = web.stats()["times"]
    gaps = [later - sooner for seen in times.values() for sooner, later in pairwise(seen)]
    ideal = max(len(seen) - 1 for seen in times.values()) * delay
    took = max(seen[-1] for seen in times.values()) - min(seen[0] for seen in times.values())
    return {
        "hosts": len(times),
        "requests": sum(map(len, times.values())),
        "delay_s": delay,
        "ideal_s": ideal,
        "took_s": took,
        "ratio": ideal / took,
        "smallest_gap_s": min(gaps),
        "gaps_below_delay": sum(gap < delay for gap in gaps),
        "gaps_below_95_percent": sum(gap < delay * 0.95 for gap in gaps),
    }


def again(root: Path, sites: Sites) -> Figures:
    """A second crawl when the feeds are due and nothing is new."""
    with served(root, "again", sites) as web:
        web.stats()
        first = web.crawl()
        asked = web.stats()
        second = web.crawl(hours=HOURS)
        asked_again = web.stats()
    return {
        "hours_later": HOURS,
        "first_requests": asked["kinds"],
        "requests": asked_again["kinds"],
        "endings": second.said["endings"],
        "bytes_share": asked_again["bytes"] / asked["bytes"],
        "first_cpu_s": first.cpu,
        "cpu_s": second.cpu,
        "cpu_share": second.cpu / first.cpu,
    }


# Seldom enough that each feed is due, and soon enough that no article is, and that the copies of
# robots.txt, which are asked for twice a day at most, are young.
HOURS = 11.0


def polls(root: Path, sites: Sites, times: int) -> Figures:
    """Feeds that are asked every half hour, each poll a process of its own as from a timer."""
    with served(root, "polls", sites) as web:
        web.crawl(every="30m")
        web.stats()
        ran = []
        asked = []
        for number in range(1, times + 1):
            # The half minute is the time that the crawl before took: nothing is due too early.
            ran.append(web.crawl(hours=number * (0.5 + 1 / 120), every="30m"))
            asked.append(web.stats()["kinds"])
    cpu = [one.cpu for one in ran]
    return {
        "sources": len(sites),
        "polls_measured": times,
        "requests": sum(sum(kinds.values()) for kinds in asked),
        "requests_by_kind": asked[-1],
        "cpu_s_a_poll": sum(cpu) / times,
        "least_and_most_cpu_s": [min(cpu), max(cpu)],
        "cpu_s_a_day": sum(cpu) / times * POLLS_A_DAY,
        "peak_mb_first_half": max(one.peak_mb for one in ran[: (times + 1) // 2]),
        "peak_mb_second_half": max(one.peak_mb for one in ran[times // 2 :]),
    }


POLLS_A_DAY = 48


PARTS: dict[str, Callable[[Path, Sites], Figures]] = {
    "throughput": throughput,
    "fetch": fetch,
    "polite": polite,
    "again": again,
}


def main() -> None:
    """Run the parts and print their figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parts = [*PARTS, "polls"]
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--sources", type=int, default=1000, help="of polls; default 1000")
    parser.add_argument("--polls", type=int, default=POLLS_A_DAY, help="default 48, a day of them")
    parser.add_argument("--json", action="store_true", help="print JSON")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "pages").mkdir()
        sites = of_corpora(told.folders) or generated(root / "pages", hosts=60, pages=6)
        figures = {}
        for part in told.only:
            if part == "polls":
                many = brief(root / "pages", hosts=told.sources, pages=1)
                figures[part] = polls(root, many, told.polls)
            else:
                figures[part] = PARTS[part](root, sites)
            if not told.json:
                print(part, *_lines(figures[part]), sep="\n  ", flush=True)
    if told.json:
        print(json.dumps(figures, indent=2))


def _lines(figures: Figures) -> Iterator[str]:
    for name, value in figures.items():
        shown = f"{value:.3f}" if isinstance(value, float) else value
        yield f"{name.replace('_', ' ')}: {shown}"


if __name__ == "__main__":
    main()
