"""The three sample documents, kept in a real archive: one story, whose origin is the article."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from commits import ARTICLE, LATER, NOW, SOURCE, begin, claim_all, discover, outcome
from source_lists import GAZETTE

from archive.records import Article
from archive.store import Archive
from archive.story_keeping import StoryKeeper
from crawler.cli import newsward

ORIGINAL = (
    "https://eandt.theiet.org/content/articles/2019/03/"
    "met-police-overwhelmed-by-child-sex-abuse-cases-online/"
)
BLOG = "https://blog.test/the-rise/"


def run(*words: str) -> str:
    result = CliRunner().invoke(newsward, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def pages(samples: Path) -> dict[str, Article]:
    plain = replace(ARTICLE, published=None, published_precision=None, published_source=None)
    original = (samples / "001_f11db6143078aeb1.txt").read_text(encoding="utf-8").strip()
    spun = (samples / "000_4dc5d863a9f268b5.txt").read_text(encoding="utf-8").strip()
    title, text = original.split("\n", 1)
    return {
        ORIGINAL: replace(
            plain,
            title=title,
            text=text.strip(),
            published="2019-03",
            published_precision="month",
            published_source="url",
        ),
        BLOG: replace(plain, title="The rise of child sexual abuse on the Internet", text=spun),
    }


def keep(room: Path, articles: dict[str, Article]) -> None:
    with Archive(room / "archive.db") as archive:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        discover(archive, run_id, *articles)
        for url, claim in claim_all(archive, run_id).items():
            article = articles[url]
            archive.commit(outcome(run_id, claim, article=article, record_url=url))
        archive.finish_run(run_id, status="finished", now=LATER)
        StoryKeeper(archive).follow(now=LATER)


@pytest.fixture
def story(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `newsward stories show --json` says when the newsletter has come after the pages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.toml").write_text(GAZETTE, encoding="utf-8")
    keep(tmp_path, pages(shared / "samples"))
    run("import-digest", str(shared / "samples" / "002_b8a103ecd45b9ee6.txt"))
    (line,) = json.loads(run("stories", "list", "--json"))
    view: dict[str, Any] = json.loads(run("stories", "show", str(line["id"]), "--json"))
    return view


@pytest.mark.slow
def test_the_samples_are_one_story_that_began_with_the_article(story: dict[str, Any]) -> None:
    records = {record["url"]: record for record in story["records"]}
    assert len(records) == 3, "the digest's other item is another story"
    original, blog = records[ORIGINAL]["id"], records[BLOG]["id"]
    (item,) = {record["id"] for record in story["records"]} - {original, blog}
    assert story["story"]["origin"] == original
    assert story["story"]["origin_confidence"] == "certain"
    assert story["origin_why"] == "1 record took from it, and names it as its source"
    links = {link["derived"]: link for link in story["reuse"] if original in (link["a"], link["b"])}
    excerpt, rewrite = links[item], links[blog]
    assert (excerpt["kind"], excerpt["confidence"]) == ("excerpt", "certain")
    assert "383 words in a row" in excerpt["explanation"]
    assert (rewrite["kind"], rewrite["confidence"]) == ("rewrite", "probable")
    assert "no link to it" in rewrite["explanation"]
    changed = [
        (c["original"], c["copy"]) for c in rewrite["changes"] if c["original"] and c["copy"]
    ]
    assert any("Fire & Rescue" in a and "Fire and Salvage" in b for a, b in changed)
    assert any("over 1,000 claims" in sentence for sentence in rewrite["unsourced"])
