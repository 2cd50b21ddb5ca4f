"""Real crawls of a site with furniture that no rule knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker

SIGN_OFF = "The Invented Times lives on what the people of Invented Town give to it."
REMOVED = "SELECT article_id, text FROM removals WHERE rule = 'site-memory' ORDER BY article_id"


@pytest.mark.slow
def test_a_sign_off_is_learned_in_one_crawl_and_taken_out_in_the_next(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(0)
    for number in range(1, 6):
        site.add_article(number, extra=SIGN_OFF)
    newsroom.list_source(site)
    assert newsroom.crawl().summary["pages"]["by_ending"] == {"new": 5}
    assert newsroom.query("SELECT text, place, articles, state, run_id FROM furniture") == [
        (SIGN_OFF, "last", 5, "learned", 1)
    ]
    assert newsroom.query(REMOVED) == []
    site.add_article(6, extra=SIGN_OFF)
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {"new": 1, "not-modified": 5}
    assert newsroom.query(REMOVED) == [(6, SIGN_OFF)]
    assert newsroom.query("SELECT count(*) FROM articles WHERE body LIKE '%lives on%'") == [(5,)]


@pytest.mark.slow
def test_a_page_that_changed_beside_its_text_is_not_said_to_be_edited(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(0)
    for number in range(1, 6):
        site.add_article(number, extra=SIGN_OFF)
    newsroom.list_source(site)
    newsroom.crawl()
    reply = site.routes["/news/3"]
    site.routes["/news/3"] = type(reply)(reply.body.replace(b"<nav>", b"<nav id='new'>"))
    second = newsroom.crawl("--now")
    assert second.summary["pages"]["by_ending"] == {"re-extracted": 1, "not-modified": 4}
    assert newsroom.query(
        "SELECT articles.url, reason FROM revisions JOIN articles ON articles.id = article_id"
        " WHERE revisions.revision = 2"
    ) == [(site.base + "/news/3", "re-extraction")]
