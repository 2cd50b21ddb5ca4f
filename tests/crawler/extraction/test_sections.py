"""Other articles under a label go; sections of the article itself stay. Short news passes."""

import pytest

from archive.endings import Ending
from archive.records import Article, Page, Rejected
from crawler.extraction import extract

STORY = "".join(
    f"<p>Invented paragraph {i} of an invented story tells what a town did about phones.</p>"
    for i in range(6)
)
OTHER = "<p>An invented teaser with a whole sentence in it tells of another town and its games.</p>"


def read(body: str) -> Article | Rejected:
    head = "<html><head><title>An invented town and its phones</title></head>"
    page = f"{head}<body><main><h1>An invented town and its phones</h1>{body}</main></body></html>"
    return extract(Page(url="https://news.example/story", body=page.encode()))


def text_of(body: str) -> str:
    article = read(body)
    assert isinstance(article, Article), article
    return article.text


@pytest.mark.parametrize(
    "label", ["You may also like", "Related stories", "Mehr zum Thema", "Você pode gostar..."]
)
def test_prose_under_a_label_in_boxes_of_its_own_goes(label: str) -> None:
    boxes = f'<div class="post-{{}} box">{OTHER}</div>'
    rest = f'<div class="more"><h3>{label}</h3></div>{boxes.format(1)}{boxes.format(2)}'
    text = text_of(f'<div class="body">{STORY}</div>{rest}')
    assert "another town" not in text
    assert text.count("Invented paragraph") == 6


@pytest.mark.parametrize(
    ("label", "box"),
    [
        # A subheading within the story's own box.
        ("Related stories", '<div class="body">{first}<h3>{label}</h3>{second}</div>'),
        # A body split over boxes of one name.
        ("Read more", '<div class="b">{first}</div><h3>{label}</h3><div class="b">{second}</div>'),
        # No label of that kind.
        ("What the town did", '<div class="b">{first}</div><h3>{label}</h3><div>{second}</div>'),
    ],
)
def test_sections_of_the_story_stay(label: str, box: str) -> None:
    second = STORY.replace("Invented", "Later")
    text = text_of(box.format(label=label, first=STORY, second=second))
    assert text.count("Later paragraph") == text.count("Invented paragraph") == 6


def test_a_label_between_the_first_line_and_the_story_takes_nothing() -> None:
    first = (
        '<div class="lead"><p>An invented town has set rules for phones in its schools.</p></div>'
    )
    label = '<div class="more"><h3>Related stories</h3></div>'
    text = text_of(f'{first}{label}<div class="body">{STORY}</div>')
    assert text.count("Invented paragraph") == 6


FLASH = (
    "<p>An invented town has given a helpline to its parents. It is open on school days, and all"
    " calls are free of charge, the invented mayor said on Tuesday.</p>"
)


def test_a_short_item_with_whole_sentences_and_a_shown_date_is_an_article() -> None:
    assert isinstance(read(f'<div class="date">03.03.2024</div>{FLASH}'), Article)


def test_a_short_item_without_any_date_is_too_short() -> None:
    rejected = read(FLASH)
    assert isinstance(rejected, Rejected)
    assert rejected.ending is Ending.TOO_SHORT


def test_a_list_of_labels_and_linked_titles_goes_and_a_list_of_helplines_stays() -> None:
    teasers = "".join(
        f'<li>Schools: <a href="/story/{i}">An invented town bans the game number {i}</a></li>'
        for i in range(4)
    )
    helplines = (
        '<li>Childline: <a href="/help/1">0800 1111, day and night</a></li>'
        '<li>NSPCC helpline: <a href="/help/2">0808 800 5000 for adults</a></li>'
    )
    text = text_of(
        f'<div class="b">{STORY}<ul>{teasers}</ul><p>Where to find help:</p><ul>{helplines}</ul>'
        "<p>The invented mayor thanked all who had come to the town hall.</p></div>"
    )
    assert "bans the game" not in text
    assert "0800 1111" in text
    assert "0808 800 5000" in text
