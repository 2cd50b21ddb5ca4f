import pytest

from crawler.discovery.advertised import PageName, advertised_feeds, page_name
from crawler.discovery.webpage import WebPage, parse_page


def page(html: str, url: str = "https://news.example/section/schools") -> WebPage:
    return parse_page(f"<html>{html}</html>".encode(), None, url)


def feeds(html: str) -> list[tuple[str, str]]:
    found = advertised_feeds(page(html))
    return [(one.url.removeprefix("https://news.example"), one.how) for one in found]


DECLARED = "link rel=alternate"
LINKED = "a link on the page"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (
            '<link rel="alternate" type="application/rss+xml; charset=utf-8" href="../feed">',
            [("/feed", DECLARED)],
        ),
        (
            '<link REL="Feed" TYPE="Application/Atom+XML" HREF="//news.example/a">',
            [("/a", DECLARED)],
        ),
        (
            '<link rel="alternate" type="application/json" title="JSON Feed" href="/f.json">',
            [("/f.json", DECLARED)],
        ),
        ('<link rel="alternate" type="application/json" href="/wp-json/posts/1">', []),
        ('<link rel="alternate" hreflang="cy" type="text/xml" href="/cy">', []),
        ('<link rel="alternate" type="text/html" href="/mobile">', []),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', []),
        ('<a href="/news/rss.xml">Subscribe</a>', [("/news/rss.xml", LINKED)]),
        ('<a href="/x?format=rss">RSS</a>', [("/x?format=rss", LINKED)]),
        ('<a href="https://elsewhere.example/feed/">RSS feed</a>', []),
        ('<a href="/what-is-rss">What is RSS and how do I read it?</a>', []),
    ],
)
def test_a_feed_is_what_is_declared_or_called_one(html: str, found: list[tuple[str, str]]) -> None:
    assert feeds(html) == found


def test_the_likeliest_comes_first_and_each_address_once() -> None:
    html = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{href}" title="{title}">'
        for href, title in [
            ("/comments/feed", "Comments"),
            ("https://feeds.example/news", "Elsewhere"),
            ("/feed", "All"),
            ("/section/schools/feed", "Schools"),
            ("/feed#x", "All again"),
        ]
    )
    assert [url for url, _ in feeds(html + '<a href="/feed">RSS</a>')] == [
        "/section/schools/feed",
        "/feed",
        "https://feeds.example/news",
        "/comments/feed",
    ]


def test_a_page_tells_its_name_its_title_and_its_language() -> None:
    named = page(
        "<head><title> Schools &amp; phones | The <b>Post</b></title>"
        '<meta property="og:site_name" content="The Post"></head>'
    )
    named.root.set("lang", "en-GB")
    assert page_name(named).site == "The Post"
    assert page_name(named).language == "en-GB"
    assert (page_name(named).title or "").startswith("Schools & phones | The")
    assert page_name(page("<p>x")) == PageName(site=None, title=None, language=None)
