"""Records with awkward values in them; invented, as all here."""

from collections.abc import Callable

import pytest

from archive.exported import ExportedRecord


def record(**changes: object) -> ExportedRecord:
    plain: dict[str, object] = {
        "id": 7,
        "title": 'Police & schools: {100 %} of £5_000 — a \\ "quoted" #1 ~ ^',
        "url": "http://gazette.test/one?a=1&b=%7Bx%7D",
        "source": "gazette",
        "source_name": "The Quay Gazette",
        "published": "2026-11-20T09:30:00+00:00",
        "published_precision": "second",
        "modified": None,
        "authors": ("A. Writer", "Desk and Sons"),
        "language": "en",
        "word_count": 900,
        "licence": "OGL 3.0",
        "first_seen_at": "2026-11-22T05:26:03Z",
        "excerpt": "This invented text begins here…",
    }
    return ExportedRecord(**{**plain, **changes})  # type: ignore[arg-type] # a table of fields


@pytest.fixture
def make_record() -> Callable[..., ExportedRecord]:
    return record
