"""The whole way from bytes to an article."""

import pytest

from archive.endings import Ending
from archive.records import Article, Page, Part, Rejected
from crawler.extraction import EXTRACTOR, extract

URL = "https://news.example/2024/03/01/story"

PAGE = """<!doctype html><html lang="en-GB"><head><title>An invented headline - The Example</title>
<meta property="og:site_name" content="The Example"><link rel="canonical" href="/story">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "An invented headline",
"datePublished": "2024-03-01T09:30:00Z", "author": {"name": "The Example Staff Desk"}}</script>
</head><body><nav><a href="/">Home</a> <a href="/about">About us</a></nav><main>
<h1>An invented headline</h1>
<p>This is the first invented paragraph, and it says that <a href="/a">a helpline</a> opened.</p>
<p>This is the second invented paragraph, which tells the reader where the helpline is found.</p>
<p>This is the third invented paragraph, and with it the invented story comes to its end.</p>
</main><div class="newsletter"><p>Sign up to our newsletter.</p></div></body></html>"""


def test_a_page_becomes_an_article_with_a_receipt_for_everything_else() -> None:
    article = extract(Page(url=URL, body=PAGE.encode()))
    assert isinstance(article, Article)
    assert article.title == "An invented headline"
    assert "\n\nThis is the second invented paragraph" in article.text
    assert article.text.endswith("comes to its end.")
    assert article.published == "2024-03-01T09:30:00+00:00"
    assert (article.published_precision, article.published_source) == ("second", "json-ld")
    assert article.site_name == "The Example"
    assert article.language == "en"
    assert article.canonical_url == "https://news.example/story"
    assert article.extractor == EXTRACTOR
    receipts = {removal.text: removal.rule for removal in article.removals}
    assert receipts["Sign up to our newsletter."] == "class:newsletter"
    assert receipts["Home About us"] == "boilerplate"
    assert all(removal.part is Part.BLOCK for removal in article.removals)


def test_a_picture_labelled_as_a_page_is_not_text() -> None:
    picture = Page(url=URL, body=b"\x89PNG\r\n\x1a\n" + bytes(64), content_type="text/html")
    assert extract(picture) == Rejected(ending=Ending.NOT_TEXT, detail="PNG image")


def test_the_furniture_that_a_source_names_goes_with_a_receipt() -> None:
    named = PAGE.replace(
        "<h1>", '<p class="shelf">An invented line that only this source has.</p><h1>'
    )
    drop = ("//p[@class='shelf']", "//p/text()", "/html/body", "count(//p)")
    article = extract(Page(url=URL, body=named.encode(), drop=drop))
    assert isinstance(article, Article)
    receipts = {removal.text: removal.rule for removal in article.removals}
    assert receipts["An invented line that only this source has."] == "source:drop"
    assert "This is the second invented paragraph" in article.text


@pytest.mark.parametrize(
    "line",
    [
        "An invented line that only this source has.",
        "  AN INVENTED LINE\nthat only this source has",
    ],
)
def test_a_line_that_a_source_names_goes_wherever_it_stands_alone(line: str) -> None:
    shelf = "An invented line that only this source has."
    named = PAGE.replace("<p>This is the sec", f"<p>{shelf}</p><p>This is the sec")
    named = named.replace("comes to its end.", f"comes to its end. {shelf}")
    article = extract(
        Page(url=URL, body=named.encode(), drop=(line, "This is"), narrow=("//main",))
    )
    assert isinstance(article, Article)
    assert [cut.rule for cut in article.removals if cut.text == shelf] == ["source:drop"]
    assert article.text.count(shelf) == 1  # in a sentence's company it stays
    assert "This is the second invented paragraph" in article.text
