"""The three sample documents are one story: an article, a digest that quotes it, a spun copy."""

from pathlib import Path

import pytest

from archive.stories.changes import changes, unsourced
from archive.stories.comparing import compare
from archive.stories.features import Weights
from archive.stories.labels import judge
from archive.stories.reading import Reading, read
from archive.stories.values import Confidence, Evidence, Judgement, Kind, Told

ADDRESS = (
    "https://eandt.theiet.org/content/articles/2019/03/"
    "met-police-overwhelmed-by-child-sex-abuse-cases-online/"
)


@pytest.fixture
def original(shared: Path) -> Reading:
    text = (shared / "samples" / "001_f11db6143078aeb1.txt").read_text(encoding="utf-8")
    return read(Told(title="Met Police overwhelmed", text=text, url=ADDRESS))


@pytest.fixture
def items(shared: Path) -> list[Reading]:
    text = (shared / "samples" / "002_b8a103ecd45b9ee6.txt").read_text(encoding="utf-8")
    bodies = [text.split("abuse cases online\n")[1], text.split("children from harm\n")[1]]
    links = [(ADDRESS,), ("https://www.scotsman.com/news/politics/social-media",)]
    return [
        read(Told(title="", text=body.split("Link:")[0], links=link, is_item=True))
        for body, link in zip(bodies, links, strict=True)
    ]


@pytest.fixture
def spun(shared: Path) -> Reading:
    text = (shared / "samples" / "000_4dc5d863a9f268b5.txt").read_text(encoding="utf-8")
    return read(Told(title="The rise of child sexual abuse", text=text, url="https://blog.test/1"))


def judged(a: Reading, b: Reading) -> tuple[Evidence, Judgement]:
    evidence = compare(a, b, Weights())
    return evidence, judge(a.told, b.told, evidence)


def test_the_digest_item_is_certainly_an_excerpt_of_the_article_it_links_to(
    items: list[Reading], original: Reading
) -> None:
    evidence, judgement = judged(items[0], original)
    assert (judgement.kind, judgement.derived) == (Kind.EXCERPT, "a")
    assert judgement.confidence is Confidence.CERTAIN
    assert evidence.contained_a > 0.97
    assert evidence.longest > 300
    assert "383 words in a row" in judgement.explanation


@pytest.mark.parametrize("turned", [False, True])
def test_the_spun_post_is_probably_a_rewrite_of_the_article(
    spun: Reading, original: Reading, turned: bool
) -> None:
    evidence, judgement = judged(*((original, spun) if turned else (spun, original)))
    assert (judgement.kind, judgement.derived) == (Kind.REWRITE, "b" if turned else "a")
    assert judgement.confidence is Confidence.PROBABLE
    assert {"34", "29", "303", "127", "83"} <= {*evidence.numbers}
    assert "9 figures shared; no link to it" in judgement.explanation


def test_the_other_item_of_the_digest_is_another_story(
    items: list[Reading], original: Reading, spun: Reading
) -> None:
    for other in (original, spun, items[0]):
        assert judged(items[1], other)[1].kind is Kind.NONE


def test_what_the_spun_post_changed_is_listed(spun: Reading, original: Reading) -> None:
    named = {
        (change.original, change.copy)
        for change in changes(original, spun, Weights())
        if change.original and change.copy
    }
    assert any("Fire & Rescue" in a and "Fire and Salvage" in b for a, b in named)
    added = [span.of(spun.told.text) for span in unsourced(original, spun, Weights())]
    assert any("over 1,000 claims" in sentence for sentence in added)
