"""Body text and speed of extraction, ours and trafilatura's, on a corpus of saved pages.

    python benchmarks/extraction.py FOLDER... [--language en] [--json]

A corpus folder holds `gold.jsonl` (one object a line: id, url, body) and `pages/ID.html.gz`.

F1 is that of the article-extraction-benchmark of scrapinghub: the multiset of 4-word shingles,
precision and recall averaged over pages, F1 of the averages. "exact" is the share of pages whose
word sequence equals the truth. Time is CPU time of this process for decoding and extraction, both
programs page by page in turn, after one page each to load what they load once.
"""

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura

from archive.records import Article, Page
from crawler.extraction import extract

SHINGLE = 4
Extractor = Callable[[bytes, str], str]


def ours(body: bytes, url: str) -> str:
    """The text of our article, metadata and receipts included in the time; empty if rejected."""
    result = extract(Page(url=url, body=body))
    return result.text if isinstance(result, Article) else ""


def trafilatura_default(body: bytes, url: str) -> str:
    """The text of trafilatura without reader comments, without metadata."""
    return trafilatura.extract(body, url=url, include_comments=False) or ""


def trafilatura_metadata(body: bytes, url: str) -> str:
    """The text of trafilatura without reader comments, with metadata."""
    found = trafilatura.bare_extraction(body, url=url, include_comments=False, with_metadata=True)
    return "" if found is None or isinstance(found, dict) else (found.text or "")


EXTRACTORS: dict[str, Extractor] = {
    "newsward": ours,
    "trafilatura": trafilatura_default,
    "trafilatura with metadata": trafilatura_metadata,
}


@dataclass(kw_only=True, slots=True)
class Score:
    """Sums over pages."""

    pages: int = 0
    precision: float = 0.0
    recall: float = 0.0
    exact: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, found: str, truth: str, seconds: float) -> None:
        """Count one page."""
        precision, recall = compare(found, truth)
        self.pages += 1
        self.precision += precision
        self.recall += recall
        self.exact += words(found) == words(truth)
        self.seconds.append(seconds)

    def summary(self) -> dict[str, float]:
        """The figures of the table; milliseconds of CPU a page."""
        precision, recall = self.precision / self.pages, self.recall / self.pages
        return {
            "f1": 2 * precision * recall / max(precision + recall, 1e-9),
            "precision": precision,
            "recall": recall,
            "exact": self.exact / self.pages,
            "cpu_ms_per_page": 1000 * sum(self.seconds) / self.pages,
            "cpu_ms_median": 1000 * sorted(self.seconds)[self.pages // 2],
        }


def words(text: str) -> list[str]:
    """Words as the benchmark counts them."""
    return re.findall(r"\w+", text)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of 4-word shingles; a shorter text is one shingle."""
    tokens = words(text)
    count = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[start : start + SHINGLE]) for start in range(count) if tokens)


def compare(found: str, truth: str) -> tuple[float, float]:
    """Precision and recall of one page."""
    have, want = shingles(found), shingles(truth)
    common = sum((have & want).values())
    precision = common / have.total() if have else float(not want)
    recall = common / want.total() if want else float(not have)
    return precision, recall


def pages(folder: Path, language: str | None) -> Iterator[tuple[bytes, str, str]]:
    """Each page of a corpus: its bytes, its address, its true text."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            body = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
            declared = re.search(rb"<html[^>]*\blang=[\"']?(\w\w)", body)
            if language is None or (declared and declared.group(1).decode() == language):
                yield body, row["url"], row["body"]


def run(folder: Path, language: str | None) -> dict[str, dict[str, float]]:
    """The figures of every extractor on one corpus."""
    scores = {name: Score() for name in EXTRACTORS}
    for number, (body, url, truth) in enumerate(pages(folder, language)):
        for name, extractor in EXTRACTORS.items():
            if number == 0:
                extractor(body, url)
            start = time.process_time()
            found = extractor(body, url)
            scores[name].add(found, truth, time.process_time() - start)
    return {name: score.summary() | {"pages": score.pages} for name, score in scores.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description="Body text and speed of extraction.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--language", help="only pages that declare this language, such as en")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    results = {folder.name: run(folder, options.language) for folder in options.folders}
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for corpus, figures in results.items():
        print(f"{corpus}: {figures['newsward']['pages']:.0f} pages")
        for name, figure in figures.items():
            print(
                f"  {name:26} F1 {figure['f1']:.4f}  P {figure['precision']:.4f}"
                f"  R {figure['recall']:.4f}  exact {figure['exact']:.3f}"
                f"  CPU {figure['cpu_ms_per_page']:6.1f} ms/page"
            )


if __name__ == "__main__":
    main()
