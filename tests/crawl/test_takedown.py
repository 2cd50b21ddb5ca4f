"""What was taken down stays away: real crawls of a site that still has it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.snapshots import Snapshots

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker

WHY = ("--reason", "privacy", "--by", "The invented desk")


def kept_pages(folder: Path) -> bytes:
    with Snapshots(folder / "archive.db", readonly=True) as snapshots:
        return b"\n".join(snapshots.body(digest) for digest in snapshots.digests())


@pytest.mark.slow
def test_a_crawl_does_not_bring_back_what_was_taken_down(
    newsroom: "Newsroom", news_site: "SiteMaker"
) -> None:
    site = news_site(count=3)
    newsroom.list_source(site)
    assert newsroom.crawl().code == 0
    path, texts = "/news/2", site.articles["/news/2"]
    assert texts[0].encode() in kept_pages(newsroom.folder)
    done = newsroom.run("redact", site.base + path, *WHY)
    assert done.returncode == 0, done.stderr
    assert "is removed and will not be fetched again; 2 snapshots dropped.\n" in done.stderr
    asked = site.hits[path]
    # The feed changes, so that it is read again; it names the page still, and a way around it.
    site.add_article(4)
    site.routes["/moved"] = site.routes[path]
    site.routes["/feed.xml"].body = site.feed([*site.articles, "/moved"])
    for _ in range(2):
        assert newsroom.crawl("--now").code == 0
    assert site.hits[path] == asked
    assert site.hits["/moved"] == 1
    titles = newsroom.query("SELECT title FROM articles ORDER BY title")
    assert titles == [(f"Invented story number {number}",) for number in (1, 3, 4)]
    pages = kept_pages(newsroom.folder)
    files = b"".join(file.read_bytes() for file in newsroom.folder.glob("*.db*"))
    for text in texts:
        if "for a test of newsward" not in text:
            assert text.encode() not in pages
            assert text.encode() not in files
    assert newsroom.query("SELECT DISTINCT ending FROM fetches WHERE url LIKE 'redacted:%'") == [
        ("new",),
        ("withheld",),
    ]
    verified = newsroom.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.slow
def test_a_record_without_a_phrase_stays_as_it_was_redacted(
    newsroom: "Newsroom", news_site: "SiteMaker"
) -> None:
    site = news_site(count=2)
    newsroom.list_source(site)
    newsroom.crawl()
    first = f"{site.base}/news/1"
    assert newsroom.run("redact", first, *WHY, "--phrase", "Invented case 1-3").returncode == 0
    assert newsroom.crawl("--now").code == 0
    ((body,),) = newsroom.query("SELECT body FROM articles WHERE url = ?", first)
    assert "In [redacted] the" in body
    assert "invented case 1-3" not in body.lower()
    assert "invented case 1-4" in body.lower()
    verified = newsroom.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.slow
def test_nothing_is_taken_down_during_a_crawl(newsroom: "Newsroom", news_site: "SiteMaker") -> None:
    from filelock import FileLock  # noqa: PLC0415 - plays the crawl

    site = news_site(count=1)
    newsroom.list_source(site)
    newsroom.crawl()
    with FileLock(newsroom.folder / "archive.db.lock"):
        done = newsroom.run("redact", "1", *WHY)
    assert done.returncode == 5
    assert "another crawl is writing to it" in done.stderr
