from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.demo import content
from crawler.demo.content import (
    HELPLINE,
    INVENTED,
    JUNK_LINES,
    BlockKind,
    DemoArticle,
    articles,
    digest_issues,
    plain,
    split_links,
)
from crawler.demo.sites import CHARITY, MAGAZINE, NEWSLETTER, SITES

AUTUMN = (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
WRITTEN = articles()
each_article = pytest.mark.parametrize(
    "article", WRITTEN, ids=[f"{each.site}{each.path}" for each in WRITTEN]
)


def test_there_are_at_least_26_articles_on_four_of_five_sites() -> None:
    per_site = Counter(article.site for article in WRITTEN)
    assert len(WRITTEN) >= 26
    assert len(SITES) == 5
    assert set(per_site) == {site.id for site in SITES} - {NEWSLETTER}
    assert min(per_site.values()) >= 6


@each_article
def test_an_article_has_180_to_450_words_and_ends_by_saying_that_it_is_invented(
    article: DemoArticle,
) -> None:
    assert 180 <= article.word_count <= 450
    assert article.blocks[-1].kind is BlockKind.PARAGRAPH
    last_sentence = article.paragraphs[-1].rpartition(". ")[2]
    assert INVENTED in last_sentence
    assert article.title
    assert article.summary


@each_article
def test_an_article_is_dated_with_a_zone_in_the_autumn_of_2026(article: DemoArticle) -> None:
    assert AUTUMN[0] <= article.published <= AUTUMN[1]
    # British summer time ends on the last Sunday of October.
    summer = article.published < datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert article.published.utcoffset().total_seconds() == (3600 if summer else 0)


@each_article
def test_junk_stands_in_no_article_text(article: DemoArticle) -> None:
    text = "\n".join(article.paragraphs)
    assert [line for line in JUNK_LINES if line in text] == []
    assert [line.text for line in article.junk if line.text in text] == []
    assert all(line.text for line in article.junk)


@each_article
def test_junk_stands_behind_a_block_that_exists(article: DemoArticle) -> None:
    assert all(0 <= (line.after or 0) < len(article.blocks) for line in article.junk)


@each_article
def test_a_link_in_an_article_leads_to_an_article(article: DemoArticle) -> None:
    known = {(each.site, each.path) for each in WRITTEN}
    linked = {
        (site, path)
        for block in article.blocks
        for text in block.texts
        for _, site, path in split_links(text)
        if site
    }
    assert linked <= known
    assert not any("](" in text for text in article.paragraphs)


def test_no_address_title_or_sentence_is_used_twice() -> None:
    assert len({(each.site, each.path) for each in WRITTEN}) == len(WRITTEN)
    assert len({each.title for each in WRITTEN}) == len(WRITTEN)
    paragraphs = [text for each in WRITTEN for text in each.paragraphs]
    assert [text for text, count in Counter(paragraphs).items() if count > 1] == []


def test_every_article_of_the_charity_gives_its_helpline_and_some_as_a_block_of_its_own() -> None:
    own = [each for each in WRITTEN if each.site == CHARITY]
    blocks = [[text for text in each.paragraphs if HELPLINE in text] for each in own]
    assert all(len(found) == 1 for found in blocks)
    assert "Contact the Tidewell Listening Line on 0808 157 0142 for advice." in [
        text for found in blocks for text in found
    ]


def test_one_story_is_told_by_the_magazine_rewritten_by_the_blog_and_quoted_in_the_digest() -> None:
    told = [each for each in WRITTEN if "Northmoor Safeguarding Board" in " ".join(each.paragraphs)]
    original, rewrite = sorted(told, key=lambda each: each.published)
    assert (original.site, rewrite.site) == ("circuit-signal", "harbour-blog")
    assert not set(original.paragraphs) & set(rewrite.paragraphs)
    quoted = [item for issue in digest_issues(WRITTEN) for item in issue.items]
    item = next(item for item in quoted if item.article == original)
    assert len(item.quotes) >= 5
    assert set(item.quotes) <= set(original.paragraphs)


def test_the_junk_of_the_collected_samples_is_there_verbatim() -> None:
    used = {line.text for each in WRITTEN for line in each.junk}
    assert {
        "surge-in-internet .jpg",
        "Photo by NeONBRAND on Unsplash",
        "Photo by Lucas Metz on Unsplash",
        "Reading Time: 2 min",
        "Connect With Us",
        "One of them nefarious deep dark web types",
        "Image credit: Gerd Altmann, Pixabay",
        (
            "Sign up to the E&T News e-mail to get great stories like this delivered to your inbox "
            "every day."
        ),
    } <= used


def test_the_magazine_gives_every_article_a_caption_a_credit_and_a_sign_up_line() -> None:
    for article in WRITTEN:
        if article.site == MAGAZINE:
            assert {"caption", "credit", "signup"} <= {line.kind for line in article.junk}


def test_the_words_are_read_in_the_order_in_which_they_were_published() -> None:
    dates = [each.published for each in articles()]
    assert dates == sorted(dates, reverse=True)
    months = [issue.month for issue in digest_issues(WRITTEN)]
    assert months == ["November 2026", "October 2026"]


@pytest.mark.parametrize(
    "wrong",
    [
        "no fence at all",
        "+++\nsite = 'a'\n",
        "+++\nsite = \n+++\ntext",
        "+++\nsite = 'a'\n+++\ntext",
        "text before\n+++\nsite = 'a'\n+++\ntext",
    ],
)
def test_a_malformed_file_is_named(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "wrong-file.md"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong-file\.md"):
        content._article(file)


def test_blocks_are_told_apart_by_how_they_begin() -> None:
    blocks = content._blocks("One\nline.\n\n## Head\n\n- a\n- b\n  c\n\nEnd - not a list.")
    assert [(block.kind.value, block.texts) for block in blocks] == [
        ("paragraph", ("One line.",)),
        ("heading", ("Head",)),
        ("list", ("a", "b c")),
        ("paragraph", ("End - not a list.",)),
    ]


marked = st.lists(
    st.sampled_from(["words ", "[name](public-advice:/a/b/)", "(x)", "[y]", "](", "é", "<b>"])
).map("".join)


@given(marked)
def test_the_pieces_of_a_text_add_up_to_its_plain_words(text: str) -> None:
    assert "".join(words for words, _, _ in split_links(text)) == plain(text)
