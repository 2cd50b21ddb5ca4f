"""Folders of saved pages with their truth: ours, and the public article-extraction-benchmark's."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_LANGUAGE = re.compile(rb"<html[^>]*?\blang\s*=\s*[\"']?\s*([a-z]+)", re.IGNORECASE)
# The countries whose publishers count as English when the page declares no language.
_ENGLISH_COUNTRIES = frozenset({"uk", "us", "au", "ca", "my", "na", "tz", "ind"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One page and what is true of it; None for what the corpus does not say."""

    id: str
    path: Path
    url: str
    body: str | None = None
    present: tuple[str, ...] | None = None
    absent: tuple[str, ...] = ()
    title: str | None = None
    authors: object = None
    date: str | None = None
    country: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """A folder of cases, all of one kind."""

    name: str
    cases: tuple[Case, ...] = field(repr=False)


class NotACorpusError(Exception):
    """A folder that holds no corpus; the message says what was looked for and what to do."""


def read_corpus(folder: Path, *, english: bool = False) -> Corpus:
    """The corpus of a folder, with `english` only the pages for which `is_english` holds.

    Two forms: `gold.jsonl` with `pages/ID.html.gz`, and a checkout of the public
    article-extraction-benchmark, `ground-truth.json` with `html/ID.html.gz`.
    """
    cases = tuple(case for case in _cases(folder) if not english or is_english(case))
    if not cases:
        raise NotACorpusError(f"{folder}: no {'English ' if english else ''}page in this corpus")
    missing = next((case for case in cases if not case.path.is_file()), None)
    if missing is not None:
        raise NotACorpusError(f"{missing.path}: page of the corpus not found; unpack it again")
    return Corpus(name=folder.resolve().name, cases=cases)


def _cases(folder: Path) -> Iterator[Case]:
    gold, truth = folder / "gold.jsonl", folder / "ground-truth.json"
    if gold.is_file():
        with gold.open(encoding="utf-8") as rows:
            for line in rows:
                yield _case(json.loads(line), folder / "pages")
    elif truth.is_file():
        for page, row in json.loads(truth.read_text(encoding="utf-8")).items():
            facts = {"id": page, "url": row.get("url", ""), "body": row["articleBody"]}
            yield _case(facts, folder / "html")
    else:
        raise NotACorpusError(
            f"{folder}: no corpus here; gold.jsonl with pages/, or ground-truth.json with html/,"
            " is needed"
        )


def _case(row: dict[str, object], pages: Path) -> Case:
    present = row.get("with")
    return Case(
        id=str(row["id"]),
        path=pages / f"{row['id']}.html.gz",
        url=str(row.get("url") or ""),
        body=None if row.get("body") is None else str(row["body"]),
        present=_pieces(present) if "with" in row else None,
        absent=_pieces(row.get("without")),
        title=_text(row.get("title")),
        authors=row.get("authors") or row.get("author"),
        date=_text(row.get("date")),
        country=_text(row.get("country")),
    )


def _pieces(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _text(value: object) -> str | None:
    return str(value) if value else None


def is_english(case: Case) -> bool:
    """Whether a page declares English, or declares nothing and comes from an English newspaper."""
    declared = _LANGUAGE.search(gzip.decompress(case.path.read_bytes()))
    if declared:
        return declared.group(1).lower() == b"en"
    return case.country in _ENGLISH_COUNTRIES
