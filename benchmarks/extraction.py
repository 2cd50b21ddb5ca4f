"""Article text, metadata, speed and memory of extraction: ours and every peer's that is installed.

    python benchmarks/extraction.py FOLDER... [--english] [--only NAME...]
                                    [--python NAME=PATH...] [--json]

A FOLDER holds `gold.jsonl` and `pages/ID.html.gz`, or is a checkout of the public
article-extraction-benchmark (`ground-truth.json` and `html/ID.html.gz`). What a row of gold.jsonl
holds decides what is measured: `body` (the text), `with` and `without` (pieces that belong or do
not belong to the text), `title`, `authors` and `date`.

Each extractor runs in a process of its own, in this Python or in that of `--python`; each page goes
to one after the other before the next page comes, so that a busy machine slows all of them alike.
Time is CPU time of that process for one call from bytes to text and metadata, after three pages to
load what it loads once.

docs/benchmarks.md says how the figures are made and what we measured.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import metrics
from corpora import Case, Corpus, NotACorpusError, read_corpus
from extractors import EXTRACTORS, LACKS
from metrics import Score

# What all others are compared with.
REFERENCE = "trafilatura"
WARM_UP = 3
_NOTHING = {"text": "", "title": None, "authors": None, "date": None}


class Missing(Exception):  # noqa: N818 - an extractor that is not there is no error of ours
    """An extractor that its Python does not have."""


class Worker:
    """An extractor in its process; a context manager."""

    def __init__(self, name: str, python: str) -> None:
        self.name = name
        self._python = python
        self._start()

    def _start(self) -> None:
        program = Path(__file__).with_name("extractors.py")
        try:
            self._process = subprocess.Popen(
                [self._python, str(program), self.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise Missing(f"{self._python}: {error.strerror}") from error
        said = self._read()
        if said is None or "missing" in said:
            self.close()
            reason = said["missing"] if said else "it does not start"
            raise Missing(f"{reason} ({self._python} -m pip install {EXTRACTORS[self.name][0]})")
        self.version = str(said["version"])

    def _read(self) -> dict[str, Any] | None:
        line = _pipe(self._process.stdout).readline()
        answer: dict[str, Any] | None = json.loads(line) if line else None
        return answer

    def ask(self, case: Case) -> dict[str, Any]:
        """What the extractor finds on a page; one that dies of it found nothing and starts anew."""
        stdin = _pipe(self._process.stdin)
        stdin.write(json.dumps({"path": str(case.path.resolve()), "url": case.url}) + "\n")
        stdin.flush()
        answer = self._read()
        if answer is None:
            code = self._process.wait()
            self.close()
            self._start()
            return _NOTHING | {"error": f"the process ended with {code}", "seconds": None}
        return answer

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            _pipe(pipe).close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None, "the process was started with pipes"
    return pipe


@dataclass(kw_only=True, slots=True)
class Tally:
    """What one extractor did on one corpus, page by page."""

    lacks: frozenset[str] = frozenset()
    scores: list[Score] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    titles: list[bool] = field(default_factory=list)
    authors: list[bool] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    empty: int = 0
    errors: list[str] = field(default_factory=list)
    network: int = 0
    peak_mb: float | None = None

    def add(self, case: Case, found: Mapping[str, Any]) -> None:
        """Count one page."""
        text = found["text"]
        if case.body is not None:
            self.scores.append(metrics.body_score(text, case.body))
            self.exact.append(metrics.words(text) == metrics.words(case.body))
        elif case.present is not None:
            self.scores.append(metrics.segment_score(text, case.present, case.absent))
        self._add_metadata(case, found)
        self.empty += not text.strip()
        if found["error"]:
            self.errors.append(f"{case.id}: {found['error']}")
        if found["seconds"] is not None:
            self.seconds.append(found["seconds"])
        self.network = found.get("network", self.network)
        self.peak_mb = found.get("peak_mb", self.peak_mb)

    def _add_metadata(self, case: Case, found: Mapping[str, Any]) -> None:
        if case.title:
            self.titles.append(metrics.same_title(found["title"], case.title))
        if case.authors and "authors" not in self.lacks:
            truth = metrics.author_set(case.authors)
            self.authors.append(metrics.author_set(found["authors"]) == truth)
        if case.date and "date" not in self.lacks:
            self.dates.append(metrics.same_day(found["date"], case.date))


def run(corpus: Corpus, workers: Sequence[Worker]) -> dict[str, Tally]:
    """Every page of a corpus through every extractor, page by page in turn."""
    tallies = {worker.name: Tally(lacks=LACKS.get(worker.name, frozenset())) for worker in workers}
    for case in corpus.cases[:WARM_UP]:
        for worker in workers:
            worker.ask(case)
    for number, case in enumerate(corpus.cases, 1):
        for worker in workers:
            tallies[worker.name].add(case, worker.ask(case))
        if sys.stderr.isatty():
            print(f"\r{corpus.name}: {number} of {len(corpus.cases)}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return tallies


def summary(tallies: Mapping[str, Tally]) -> dict[str, dict[str, Any]]:
    """The figures of every extractor; None where it was not measured or cannot be."""
    reference = tallies.get(REFERENCE)
    return {name: _figures(tally, reference) for name, tally in tallies.items()}


def _figures(tally: Tally, reference: Tally | None) -> dict[str, Any]:
    found = metrics.figures(tally.scores)
    compared = reference is not None and tally is not reference and tally.scores
    low, high = (
        metrics.interval(tally.scores, reference.scores) if reference and compared else (None, None)
    )
    mean = _share(tally.seconds)
    usual = _share(reference.seconds) if reference else None
    return {
        "f1": found.f1 if tally.scores else None,
        "precision": found.precision if tally.scores else None,
        "recall": found.recall if tally.scores else None,
        "exact": _share(tally.exact),
        "f1_difference_low": low,
        "f1_difference_high": high,
        "title": _share(tally.titles),
        "authors": _share(tally.authors),
        "date": _share(tally.dates),
        "cpu_ms": None if mean is None else 1000 * mean,
        "cpu_ratio": mean / usual if mean is not None and usual else None,
        "peak_mb": tally.peak_mb,
        "empty": tally.empty,
        "errors": tally.errors,
        "network_attempts": tally.network,
    }


def _share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


_COLUMNS = (
    ("F1", "f1", ".4f"),
    ("P", "precision", ".4f"),
    ("R", "recall", ".4f"),
    ("exact", "exact", ".3f"),
    ("title", "title", ".3f"),
    ("authors", "authors", ".3f"),
    ("date", "date", ".3f"),
    ("CPU ms", "cpu_ms", ".1f"),
    ("ratio", "cpu_ratio", ".2f"),
    ("peak MB", "peak_mb", ".0f"),
    ("empty", "empty", "d"),
    ("errors", "errors", "d"),
    ("network", "network_attempts", "d"),
)


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as a table of plain text."""
    heads = "".join(f"{head:>9}" for head, _key, _form in _COLUMNS)
    lines = [f"{'':22}{heads}   F1 minus {REFERENCE}'s"]
    for name, row in figures.items():
        shown = {**row, "errors": len(row["errors"])}
        cells = "".join(_cell(shown[key], form) for _head, key, form in _COLUMNS)
        low, high = row["f1_difference_low"], row["f1_difference_high"]
        bounds = "" if low is None else f"   {low:+.3f} to {high:+.3f}"
        lines.append(f"{name:22}{cells}{bounds}")
    return "\n".join(lines)


def _cell(value: float | None, form: str) -> str:
    return f"{'-' if value is None else format(value, form):>9}"


def start(names: Iterable[str], pythons: Mapping[str, str]) -> list[Worker]:
    """The extractors that are there; of the others it is said on stderr what is missing."""
    workers = []
    for name in names:
        try:
            workers.append(Worker(name, pythons.get(name, sys.executable)))
        except Missing as reason:
            print(f"{name}: skipped, {reason}", file=sys.stderr)
    return workers


def _python(value: str) -> tuple[str, str]:
    name, equals, path = value.partition("=")
    if not equals or name not in EXTRACTORS:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not NAME=PATH with NAME one of {', '.join(EXTRACTORS)}"
        )
    return name, path


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Article text, metadata, speed and memory.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--english", action="store_true", help="only pages in English")
    parser.add_argument(
        "--only", nargs="+", choices=list(EXTRACTORS), default=list(EXTRACTORS), metavar="NAME"
    )
    parser.add_argument(
        "--python", action="append", type=_python, default=[], metavar="NAME=PATH",
        help="the Python that has this extractor",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each corpus, or one JSON object; 2 for what cannot be read."""
    options = _arguments(arguments)
    try:
        corpora = [read_corpus(folder, english=options.english) for folder in options.folders]
    except NotACorpusError as error:
        print(error, file=sys.stderr)
        return 2
    workers = start(options.only, dict(options.python))
    results = []
    for corpus in corpora:
        figures = summary(run(corpus, workers))
        results.append({"corpus": corpus.name, "pages": len(corpus.cases), "figures": figures})
        if not options.json:
            print(f"{corpus.name}: {len(corpus.cases)} pages\n{table(figures)}\n", flush=True)
    if options.json:
        versions = {worker.name: worker.version for worker in workers}
        print(json.dumps({"versions": versions, "corpora": results}, indent=2))
    for worker in workers:
        worker.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
