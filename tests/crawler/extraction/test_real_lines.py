"""On whole pages: no sentence of the field is lost, and the web's usual junk lines go."""

import html
import tomllib
from pathlib import Path
from typing import Any

import pytest

from archive.records import BLOCK_SEPARATOR, Article, Page
from crawler.extraction import extract

HERE = Path(__file__).parent
SENTENCES = [
    line
    for line in (HERE / "field_sentences.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
GROUPS: list[dict[str, Any]] = tomllib.loads(
    (HERE / "junk_lines.toml").read_text(encoding="utf-8")
)["lines"]
JUNK = [(group, text) for group in GROUPS for text in group["texts"]]
FEWEST = 120
REMOVED = 0.97
GLUED = "An invented pupil told the invented council about the game."

PLAIN = "{head}<body><h1>An invented helpline opens</h1>{body}</body></html>"
USUAL = (
    '{head}<body class="single"><header class="site-header"><a href="/">Home</a></header>'
    '<main id="main"><article class="post hentry"><h1>An invented helpline opens'
    '</h1><div class="entry-meta">By Invented One</div><div class="entry-content">{body}</div>'
    '<div class="sharedaddy"><a href="/s">Share</a></div></article><div id="comments"><h3>Comments'
    '</h3><p>An invented comment.</p></div></main><aside class="sidebar"><ul><li><a href="/b">An'
    " invented other story</a></li></ul></aside><footer>An invented imprint</footer></body></html>"
)
HEAD = "<html><head><title>An invented helpline opens</title></head>"
FORMS = {"plain": PLAIN, "usual": USUAL}
PLACES = {"top": 0, "middle": 6, "end": 12}


def blocks_of(form: str, story: tuple[str, ...], place: str, element: str) -> list[str]:
    paragraphs = [f"<p>{html.escape(text)}</p>" for text in story]
    paragraphs.insert(PLACES[place], element)
    page = FORMS[form].format(head=HEAD, body="\n".join(paragraphs))
    article = extract(Page(url="https://news.example/story", body=page.encode()))
    assert isinstance(article, Article)
    return article.text.split(BLOCK_SEPARATOR)


def element_of(group: dict[str, Any], text: str, *, named: bool) -> str:
    inner = html.escape(text)
    if group.get("link"):
        inner = f'<a href="/another/story">{inner}</a>'
    if group.get("glued"):
        inner += GLUED
    image = '<img src="/a.jpg" alt="">' if group.get("image") else ""
    tag, attribute = group["tag"], f' class="{group["class"]}"' if named else ""
    return f"{image}<{tag}{attribute}>{inner}</{tag}>"


def test_both_sets_are_large_enough() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES) >= FEWEST
    assert len({text for _group, text in JUNK}) >= FEWEST


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["middle", "end"])
def test_no_sentence_of_this_field_is_lost(form: str, place: str, story: tuple[str, ...]) -> None:
    lost = [
        text
        for text in SENTENCES
        if text not in blocks_of(form, story, place, f"<p>{html.escape(text)}</p>")
    ]
    assert lost == []


@pytest.mark.parametrize("named", [True, False], ids=["with usual classes", "without classes"])
def test_the_webs_junk_lines_go_and_the_article_stays(
    *, named: bool, story: tuple[str, ...]
) -> None:
    left = []
    for group, text in JUNK:
        element = element_of(group, text, named=named)
        blocks = blocks_of("usual" if named else "plain", story, group["place"], element)
        wanted = [*story, GLUED] if group.get("glued") else [*story]
        assert [line for line in wanted if line not in blocks] == [], text
        if len(blocks) != len(wanted):
            left.append(text)
    assert len(left) <= (1 - REMOVED) * len(JUNK), left
