"""Pages made to hang or to fill a reader end with a name, and the next page is read."""

from collections.abc import Iterator

import pytest

from archive.endings import Ending
from archive.records import Article, Page, Rejected
from crawler.extraction import extract
from crawler.extraction.workers import WorkerFailure, Workers

URL = "https://news.example/story"
TEXT = "".join(
    f"<p>Invented sentence {i} of an invented story about phones.</p>" for i in range(20)
)
GOOD = f"<html><head><title>An invented story</title></head><body><main>{TEXT}</main></body></html>"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, time_limit=5.0) as running:
        yield running


def page(text: str) -> Page:
    return Page(url=URL, body=text.encode())


def story_of(result: Article | Rejected) -> int:
    assert isinstance(result, Article)
    return result.text.count("Invented sentence")


def ending_of(workers: Workers, hostile: Page) -> Ending | None:
    try:
        result = workers.run(extract, hostile)
    except WorkerFailure as failure:
        return failure.ending
    return result.ending if isinstance(result, Rejected) else None


NESTED = f'<script type="application/ld+json">{"[" * 100_000}</script>'
HOSTILE = {
    "50,000 attributes": f"<main {' '.join(f'a{i}=1' for i in range(50_000))}>{TEXT}</main>",
    "100,000 spans in a paragraph": f"<p>{'<span>a' * 100_000}</p>{TEXT}",
    "100,000 nested boxes": f"{'<div>' * 100_000}{TEXT}",
    "JSON-LD nested 100,000 deep": f"{NESTED}{TEXT}",
    "5 MB without a space": f"<p>{'a' * 5_000_000}</p>{TEXT}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_and_the_next_page_is_read(name: str, workers: Workers) -> None:
    assert ending_of(workers, page(f"<title>Invented</title>{HOSTILE[name]}")) in {
        None,
        Ending.TOO_SHORT,
        Ending.EXTRACTION_TIMEOUT,
        Ending.EXTRACTION_MEMORY,
    }
    assert story_of(workers.run(extract, page(GOOD))) == 20


@pytest.mark.parametrize(
    "line",
    [
        "a" * 5000,
        "sign up " * 60,
        "photo by " + "a " * 200,
        "read more: " + "x: " * 130,
        "posted " * 70,
        "share on share on " * 24,
        "#a " * 140,
        "1 min " * 80,
        "(c) " * 100,
        "tags: " + "a, " * 130 + "!",
    ],
)
def test_no_junk_pattern_takes_long_over_a_line_made_for_it(line: str) -> None:
    # The timeout of the test run is the clock: a pattern that backtracks would take hours.
    body = GOOD.replace("</main>", f"<p>{line[:420]}</p>" * 50 + "</main>")
    assert story_of(extract(page(body))) == 20
