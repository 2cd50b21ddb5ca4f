"""A scheduled crawl ends with the watches that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser
import pytest

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker


@pytest.mark.slow
def test_a_crawl_sends_what_it_brought_and_a_watch_that_fails_changes_nothing(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    newsroom.list_source(site)
    assert newsroom.crawl("--now").code == 0
    for name, to in (("news", "atom"), ("hook", "webhook:http://127.0.0.1:1/")):
        added = newsroom.run("watch", "add", name, "invented", "--to", to, "--every", "crawl")
        assert added.returncode == 0, added.stderr
    site.add_article(3)
    crawled = newsroom.crawl("--now")
    assert (crawled.code, crawled.summary["pages"]["by_ending"]["new"]) == (0, 1)
    assert "watch news: 1 new, to atom:" in crawled.stderr
    assert "watch hook: The webhook webhook:http://127.0.0.1:1/" in crawled.stderr
    entries = feedparser.parse(newsroom.folder / "news.atom").entries
    assert [entry.title for entry in entries] == ["Invented story number 3"]
    assert newsroom.query("SELECT failures FROM watches ORDER BY name") == [(1,), (0,)]
