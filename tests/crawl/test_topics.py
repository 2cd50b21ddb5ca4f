"""A real crawl of a source that is about many things, of which few belong here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker

ON_TOPIC = [
    "An invented charity wrote to an invented platform about online grooming of children.",
    *(f"It asked {n} questions, and pupils of an invented school heard of it." for n in range(9)),
]

OFF_TOPIC = [
    [f"Invented bridge {name} has {n} arches, and {n} boats pass under it." for n in range(12)]
    for name in ("Alder", "Birch")
]


def test_what_is_not_relevant_leaves_its_address_and_the_reason_and_no_word_of_its_text(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    for number in (1, 2):
        site.add_page(f"/news/{number}", f"Invented bridge {number} opens", OFF_TOPIC[number - 1])
    title = "Invented charity asks about online grooming of children"
    site.add_page("/news/field", title, ON_TOPIC)
    newsroom.list_source(site)
    file = newsroom.folder / "sources.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"all"', '"filter"'))
    summary = newsroom.crawl().summary
    assert summary["pages"]["by_ending"] == {"new": 1, "not-relevant": 2}
    assert newsroom.query(
        "SELECT slug, is_primary FROM article_topics JOIN topics ON topics.id = topic_id"
        " WHERE is_primary"
    ) == [("grooming", 1)]
    ((evidence,),) = newsroom.query("SELECT evidence FROM article_topics WHERE is_primary")
    assert json.loads(evidence)[0]["sentence"].startswith("Invented charity asks about")
    refused = newsroom.query(
        "SELECT url, detail IS NOT NULL, snapshot_digest FROM fetches"
        " WHERE ending = 'not-relevant' ORDER BY 1"
    )
    assert refused == [(f"{site.base}/news/{n}", 1, None) for n in (1, 2)]
    words = site.articles["/news/1"][0].encode()
    for path in newsroom.folder.glob("*.db*"):
        assert words not in path.read_bytes()
    assert newsroom.query("SELECT count(*) FROM snapshots", file="snapshots.db") == [(2,)]
