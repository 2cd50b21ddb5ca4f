"""What is measured of WARC files and snapshots; every ratio is of one run, side by side.

ingest     pages per second of `newsward ingest` from one generated WARC, and of bare extraction of
           the same pages by the same number of workers, ours and trafilatura's; their ratios,
           until the last page is committed and until stories are found among them, too. The pages
           are those of the CORPUS, again and again under new addresses with a sentence of their
           own; invented ones without it. All begin with workers that have read nothing yet. On
           Linux also what all processes together take of the processors, a page, and the ratio of
           that to our bare extraction: what else runs on the machine changes it little.
memory     the peak resident memory (VmHWM) of the ingesting process, its workers apart, over a
           small and a large WARC. Of ten records one is a page, as a browser crawl has them: the
           rest are requests, metadata and pictures. Their ratio.
snapshots  bytes of `snapshots.db` and of a .warc.gz that warcio wrote, per page, and pages per
           second read at random from each; needs a CORPUS (see corpora.py). newsward compares a
           checksum of every packed body that it reads; warcio its digest when it is told to.
"""

import argparse
import gzip
import io
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import trafilatura
from corpora import read_corpus
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.records import Page
from archive.snapshots import Snapshots, snapshots_path
from crawler.extraction import extract
from crawler.extraction.in_order import in_order
from crawler.extraction.workers import Workers
from crawler.ingestion.run import Ingestion
from crawler.session import SessionOptions
from crawler.source_file import load_sources

DATE = "2026-03-02T10:00:00Z"
SITE = "http://gazette.test"
SOURCES = f"""
[[source]]
id = "gazette"
name = "The Gazette (invented)"
homepage = "{SITE}/"
kind = "news"
scope = "all"
[[source.discovery]]
kind = "feed"
url = "{SITE}/feed"
"""
WORDS = [f"{a}{b}" for a in ("re", "un", "over", "out") for b in ("port", "read", "play", "take")]
PARTS = ("ingest", "memory", "snapshots")
MB = 1_000_000


def invented(number: int, paragraphs: int = 40) -> bytes:
    """An invented page of some 1,500 words, with a menu and a footer, like no other."""
    rng = random.Random(number)
    told = "".join(
        f"<p>In invented case {number}-{n} {' '.join(rng.choices(WORDS, k=30))} happened.</p>"
        for n in range(paragraphs)
    )
    menu = "".join(f"<li><a href='/part/{n}'>Part {n}</a></li>" for n in range(60))
    return (
        f"<!doctype html><html lang='en'><head><title>Invented story {number}</title></head><body>"
        f"<nav><ul>{menu}</ul></nav><main><article><h1>Invented story {number}</h1>{told}"
        "</article></main><footer><p>Invented for a benchmark.</p></footer></body></html>"
    ).encode()


def write_pages(path: Path, pages: Iterable[tuple[str, bytes]], *, others: int = 0) -> None:
    """A WARC of pages, each with `others` records that are none behind it."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in pages:
            _write(writer, url, body, "text/html; charset=utf-8")
            for number in range(others):
                _write(writer, f"{url}/{number}.png", body[:2000], "image/png")


def _write(writer: WARCWriter, url: str, body: bytes, content_type: str) -> None:
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    writer.write_record(
        writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders("200 OK", headers, "HTTP/1.1"),
            warc_headers_dict={"WARC-Date": DATE},
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingested:
    """Pages of a run, and what it took until all were committed: seconds, and of the processors.

    `cpu` is that of the ingesting process, `family_cpu` that of its workers, too.
    """

    pages: int
    seconds: float
    cpu: float
    family_cpu: float


def ingest(folder: Path, warc: Path, workers: int) -> Ingested:
    """Ingest a file into a new archive of a folder, to the end of the run."""
    sources = folder / "sources.toml"
    sources.write_text(SOURCES, encoding="utf-8")
    options = SessionOptions(
        archive=folder / "archive.db", sources_file=sources, workers=workers, trigger="ingest"
    )
    started, cpu, family = time.perf_counter(), time.process_time(), family_cpu()
    with Ingestion(options, {one.id: one for one in load_sources(sources)}) as work:
        work.ingest(warc)
        taken, cpu = time.perf_counter() - started, time.process_time() - cpu
        family = family_cpu() - family
    return Ingested(pages=work.tally.pages.total(), seconds=taken, cpu=cpu, family_cpu=family)


def family_cpu() -> float:
    """Seconds that this process and all that it started took of the processors, with ended ones."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            # Behind the name of the program, in brackets: state, parent, group, session …
            fields = path.read_text("utf-8").rpartition(")")[2].split()
            stats[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    ours, ticks = {os.getpid()}, 0
    while new := {pid for pid, (parent, _) in stats.items() if parent in ours} - ours:
        ours |= new
        ticks += sum(stats[pid][1] for pid in new)
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def measure_ingest(folder: Path, corpora: list[Path], pages: int, workers: int) -> dict[str, Any]:
    """Pages per second of ingesting and of extraction alone."""
    bodies = list(islice(_pages(list(_bodies(corpora))), pages))
    warc = folder / "pages.warc.gz"
    write_pages(warc, bodies)
    with Workers(count=1) as first:  # the process that workers come from is there for both
        first.warm_up()
    asked = [Page(url=url, body=body, content_type="text/html") for url, body in bodies]
    bare, bare_cpu = _read_all(lambda pool, page: pool.run(extract, page), asked, workers)
    theirs, _ = _read_all(_by_trafilatura, asked, workers)
    started = time.perf_counter()
    done = ingest(folder, warc, workers)
    whole = time.perf_counter() - started
    if done.pages != pages:
        raise AssertionError(f"{done.pages} of {pages} pages were ingested")
    return {
        "pages": pages,
        "workers": workers,
        "ingest_pages_per_second": round(pages / done.seconds, 1),
        "extraction_pages_per_second": round(pages / bare, 1),
        "trafilatura_pages_per_second": round(pages / theirs, 1),
        "ratio": round(bare / done.seconds, 2),
        "ratio_to_trafilatura": round(theirs / done.seconds, 2),
        "own_cpu_ms_per_page": round(1000 * done.cpu / pages, 1),
        "cpu_ms_per_page": round(1000 * done.family_cpu / pages, 1),
        "extraction_cpu_ms_per_page": round(1000 * bare_cpu / pages, 1),
        "cpu_ratio": round(bare_cpu / done.family_cpu, 2),
        "stories_and_site_memory_ms_per_page": round(1000 * (whole - done.seconds) / pages, 1),
        "ratio_with_them": round(bare / whole, 2),
        "ratio_to_trafilatura_with_them": round(theirs / whole, 2),
    }


def _read_all(
    read: Callable[[Workers, Page], object], pages: list[Page], workers: int
) -> tuple[float, float]:
    """Seconds, and seconds of all processors, in which workers read all pages."""
    with Workers(count=workers) as pool:
        started, cpu = time.perf_counter(), family_cpu()
        for _ in in_order(pages, lambda page: read(pool, page), workers=workers):
            pass
        return time.perf_counter() - started, family_cpu() - cpu


def _by_trafilatura(pool: Workers, page: Page) -> object:
    return pool.run(
        trafilatura.extract,
        page.body,
        url=page.url,
        output_format="json",
        with_metadata=True,
        include_comments=False,
    )


def _pages(bodies: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for number in count():
        body = bodies[number % len(bodies)] if bodies else invented(number)
        own = f"<p>This sentence {number} was added for a benchmark.</p></body>".encode()
        yield f"{SITE}/news/{number}", body.replace(b"</body>", own, 1)


def measure_memory(folder: Path, records: list[int], workers: int) -> dict[str, Any]:
    """Peak memory of a process that ingests a WARC of so many records, for each number."""
    peaks = {}
    for wanted in records:
        room = folder / f"memory-{wanted}"
        room.mkdir()
        warc = room / "records.warc.gz"
        pages = ((f"{SITE}/news/{n}", invented(n, paragraphs=8)) for n in range(wanted // 10))
        write_pages(warc, pages, others=9)
        context = multiprocessing.get_context("spawn")
        receive, send = context.Pipe(duplex=False)
        child = context.Process(target=_peak, args=(room, warc, workers, send))
        child.start()
        peaks[wanted] = receive.recv()
        child.join()
    small, *_, large = [peaks[wanted] for wanted in sorted(records)]
    return {
        "peak_mb_by_records": {str(n): round(peak / MB, 1) for n, peak in peaks.items()},
        "ratio": round(large / small, 2),
    }


def _peak(folder: Path, warc: Path, workers: int, send: Any) -> None:  # noqa: ANN401 - a pipe
    ingest(folder, warc, workers)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    send.send(int(kilobytes) * 1024)


def measure_snapshots(folder: Path, corpora: list[Path]) -> dict[str, Any]:
    """Size and rate of reading of the pages of corpora, here and in a WARC of warcio's."""
    bodies = list(_bodies(corpora))
    archive, warc = folder / "snapshots-archive.db", folder / "snapshots.warc.gz"
    with Snapshots(archive) as snapshots:
        digests = [snapshots.keep(body, now=DATE) for body in bodies]
    write_pages(warc, ((f"{SITE}/news/{n}", body) for n, body in enumerate(bodies)))
    with warc.open("rb") as file:
        records = ArchiveIterator(file)
        offsets = [records.get_record_offset() for _ in records]
    order = list(range(len(bodies)))
    random.Random(1).shuffle(order)
    with Snapshots(archive, readonly=True) as snapshots:
        started = time.perf_counter()
        for number in order:
            if len(snapshots.body(digests[number])) != len(bodies[number]):
                raise AssertionError("another body")
        ours = time.perf_counter() - started
    lengths = [len(body) for body in bodies]
    theirs = _read_with_warcio(warc, order, offsets, lengths, check=False)
    checked = _read_with_warcio(warc, order, offsets, lengths, check=True)
    return {
        "pages": len(bodies),
        "kb_per_page": round(snapshots_path(archive).stat().st_size / len(bodies) / 1000, 1),
        "kb_per_page_of_warcio": round(warc.stat().st_size / len(bodies) / 1000, 1),
        "mean_page_kb": round(sum(map(len, bodies)) / len(bodies) / 1000, 1),
        "reads_per_second": round(len(bodies) / ours),
        "reads_per_second_of_warcio": round(len(bodies) / theirs),
        "reads_per_second_of_warcio_checking_digests": round(len(bodies) / checked),
        "ratio": round(theirs / ours, 2),
        "ratio_to_warcio_checking_digests": round(checked / ours, 2),
    }


def _read_with_warcio(
    warc: Path, order: list[int], offsets: list[int], lengths: list[int], *, check: bool
) -> float:
    """Seconds that warcio takes to read every body at random."""
    started = time.perf_counter()
    with warc.open("rb") as file:
        for number in order:
            file.seek(offsets[number])
            record = next(iter(ArchiveIterator(file, check_digests="raise" if check else False)))
            if len(record.content_stream().read()) != lengths[number]:
                raise AssertionError("another body")
    return time.perf_counter() - started


def _bodies(corpora: list[Path]) -> Iterator[bytes]:
    seen = set()
    for corpus in corpora:
        for case in read_corpus(corpus).cases:
            if case.path not in seen:
                seen.add(case.path)
                yield gzip.decompress(case.path.read_bytes())


def main() -> None:
    """Measure what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="*", type=Path, metavar="CORPUS")
    parser.add_argument("--pages", type=int, default=400, help="pages of the WARC that is timed")
    parser.add_argument("--records", type=int, nargs="+", default=[1000, 20_000])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "ingest" in told.only:
            figures["ingest"] = measure_ingest(folder, told.corpora, told.pages, told.workers)
        if "memory" in told.only:
            figures["memory"] = measure_memory(folder, told.records, told.workers)
        if "snapshots" in told.only and told.corpora:
            figures["snapshots"] = measure_snapshots(folder, told.corpora)
        elif "snapshots" in told.only:
            print("snapshots: name a CORPUS to measure them", file=sys.stderr)
    if told.json:
        print(json.dumps(figures, indent=2))
        return
    for part, values in figures.items():
        print(part)
        for what, value in values.items():
            print(f"  {what.replace('_', ' '):32} {value}")
