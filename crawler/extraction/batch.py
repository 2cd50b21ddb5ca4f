"""Many saved pages, named one a line: no network, no database, memory for a few pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crawler.extraction.in_order import in_order
from crawler.extraction.saved import InputEnding, PageLine, SavedPage, ended, read_saved
from crawler.extraction.workers import WorkerFailure, Workers

# Bytes; an address and a path take some hundred.
LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class BadLine:
    """A line that names no page: its number from 1, its id if it has one, what is wrong."""

    number: int
    id: object
    why: str


def read_batch(
    lines: BinaryIO, folder: Path, workers: Workers, *, count: int
) -> Iterator[PageLine]:
    """What extraction makes of each page that a line names, in the order of the lines.

    A line is a JSON object with `id` (any value), `path` (of a page as it was sent, .gz or not,
    relative to `folder`) and `url`; `content_type` may be there. Empty lines are none. A line or
    a file that cannot be read has its place among the results and stops nothing.
    """

    def work(wanted: SavedPage | BadLine) -> PageLine:
        if isinstance(wanted, BadLine):
            detail = f"line {wanted.number}: {wanted.why}"
            return ended(wanted.id, InputEnding.BAD_LINE, detail)
        try:
            return workers.run(read_saved, wanted)
        except WorkerFailure as failure:
            return ended(wanted.id, failure.ending, failure.detail, url=wanted.url)

    return in_order(read_lines(lines, folder), work, workers=count)


def read_lines(lines: BinaryIO, folder: Path) -> Iterator[SavedPage | BadLine]:
    """The pages that the lines name."""
    number = 0
    while line := lines.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while rest := lines.readline(LONGEST_LINE):
                if rest.endswith(b"\n"):
                    break
            yield BadLine(number=number, id=None, why=f"longer than {LONGEST_LINE:,} bytes")
        elif line.strip():
            yield _wanted(line, number, folder)


def count_lines(path: Path) -> int:
    """How many pages a file of lines names."""
    with path.open("rb") as file:
        return sum(1 for line in iter(lambda: file.readline(LONGEST_LINE), b"") if line.strip())


def _wanted(line: bytes, number: int, folder: Path) -> SavedPage | BadLine:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadLine(number=number, id=None, why="not UTF-8")
    except (ValueError, RecursionError) as error:
        return BadLine(number=number, id=None, why=f"not JSON ({error})")
    if not isinstance(row, dict):
        return BadLine(number=number, id=None, why="not a JSON object")
    page_id, content_type = row.get("id"), row.get("content_type")
    for key in ("path", "url"):
        if not isinstance(row.get(key), str) or not row[key]:
            return BadLine(number=number, id=page_id, why=f'no "{key}" with a text')
    if content_type is not None and not isinstance(content_type, str):
        return BadLine(number=number, id=page_id, why='"content_type" is no text')
    path = folder / row["path"]
    return SavedPage(id=page_id, path=path, url=row["url"], content_type=content_type)
