import struct
import tomllib
import zlib
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from archive.records import LinkKind
from crawler.demo.content import JUNK_LINES, NOTICE, DemoArticle, digest_issues
from crawler.demo.pages import Press, _broken_title
from crawler.demo.sites import (
    ADVICE,
    BLOG,
    CHARITY,
    CLOSED,
    GONE,
    IMAGE,
    MAGAZINE,
    NEWSLETTER,
    SITES,
    SOFT_404,
    Answer,
    pages,
    sources_toml,
)
from crawler.source_file import parse_sources
from crawler.urls import canonical_url

PORT = 8719
PAGES = pages(PORT)
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NEWS = {"n": "http://www.google.com/schemas/sitemap-news/0.9"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def found(url: str) -> Answer:
    parts = urlsplit(url)
    assert parts.port == PORT
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return PAGES.find(str(parts.hostname), target)


def seen(answer: Answer) -> str:
    tree = html.fromstring(answer.body)
    return " ".join(tree.find("body").text_content().split())


def page_of(article: DemoArticle) -> Answer:
    return PAGES.find(f"{article.site}.localhost", article.path)


def feed_links() -> list[str]:
    return etree.fromstring(found(f"http://{BLOG}.localhost:{PORT}/feed/").body).xpath(
        "//item/link/text()"
    )


def sitemap_links() -> list[str]:
    index = etree.fromstring(found(f"http://{MAGAZINE}.localhost:{PORT}/sitemap.xml").body)
    maps = index.xpath("//s:sitemap/s:loc/text()", namespaces=SITEMAP)
    trees = [etree.fromstring(found(url).body) for url in maps]
    return [url for tree in trees for url in tree.xpath("//s:url/s:loc/text()", namespaces=SITEMAP)]


def atom_links() -> list[str]:
    tree = etree.fromstring(found(f"http://{ADVICE}.localhost:{PORT}/news.atom").body)
    return tree.xpath("//a:entry/a:link/@href", namespaces=ATOM)


def listing_links() -> list[str]:
    links, url = [], f"http://{CHARITY}.localhost:{PORT}/news/"
    while url:
        tree = html.fromstring(found(url).body, base_url=url)
        tree.make_links_absolute()
        links += tree.xpath("//main//article//h2/a/@href")
        url = next(iter(tree.xpath("//a[@rel='next']/@href")), None)
    return links


DISCOVERY = {
    BLOG: feed_links,
    MAGAZINE: sitemap_links,
    ADVICE: atom_links,
    CHARITY: listing_links,
}


@pytest.mark.parametrize("site", DISCOVERY)
def test_every_article_is_reachable_from_the_discovery_document_of_its_site(
    site: str, written: tuple[DemoArticle, ...]
) -> None:
    reached = set()
    for link in DISCOVERY[site]():
        answer = found(link)
        reached.add(canonical_url(answer.location or link))
    for article in written:
        if article.site == site:
            assert f"http://{site}.localhost:{PORT}{article.path}" in reached


def test_discovery_also_leads_to_one_of_each_thing_that_a_crawl_meets() -> None:
    statuses = [found(link).status for link in feed_links()]
    assert statuses.count(301) == 1
    assert any(link.endswith(SOFT_404) for link in feed_links())
    assert "Page not found" in seen(PAGES.find(f"{BLOG}.localhost", SOFT_404))
    assert [found(link).status for link in sitemap_links()].count(410) == 1
    assert any(link.endswith(GONE) for link in sitemap_links())
    assert any(link.endswith(CLOSED) for link in listing_links())
    assert any(link.endswith(IMAGE) for link in listing_links())


def test_an_old_address_leads_to_its_article_and_nowhere_else() -> None:
    old = [link for link in feed_links() if found(link).status == 301]
    new = [found(link).location for link in old]
    assert [found(url).status for url in new] == [200]
    assert not set(new) & set(feed_links())


def test_a_tracking_parameter_in_the_feed_changes_nothing() -> None:
    tracked = next(link for link in feed_links() if "utm_source" in link)
    assert found(tracked) == found(str(canonical_url(tracked)))


def test_the_charity_has_three_pages_of_news_with_a_date_beside_every_link() -> None:
    for number in (1, 2, 3):
        target = "/news/" if number == 1 else f"/news/?page={number}"
        tree = html.fromstring(PAGES.find(f"{CHARITY}.localhost", target).body)
        teasers = tree.xpath("//main//article")
        assert teasers
        assert all("2026" in teaser.findtext("span[@class='date']") for teaser in teasers)
        assert bool(tree.xpath("//a[@rel='next']")) is (number < 3)
    assert tree.xpath("//a[@rel='prev']")


def test_the_news_sitemap_gives_a_title_and_a_date_for_every_page(
    written: tuple[DemoArticle, ...],
) -> None:
    tree = etree.fromstring(PAGES.find(f"{MAGAZINE}.localhost", "/sitemap-news.xml").body)
    titles = tree.xpath("//n:title/text()", namespaces=NEWS)
    dates = tree.xpath("//n:publication_date/text()", namespaces=NEWS)
    own = [each for each in written if each.site == MAGAZINE]
    assert {each.title for each in own} < set(titles)
    assert {each.published.isoformat() for each in own} < set(dates)
    assert len(titles) == len(dates) == len(own) + 1


def test_every_document_that_claims_to_be_xml_is_well_formed() -> None:
    parsed = [
        etree.fromstring(answer.body)
        for routes in PAGES.sites.values()
        for answer in routes.values()
        if "xml" in answer.content_type
    ]
    assert {etree.QName(tree).localname for tree in parsed} == {
        "rss",
        "feed",
        "sitemapindex",
        "urlset",
    }


def test_every_page_holds_all_of_its_article_and_all_of_its_junk(
    written: tuple[DemoArticle, ...],
) -> None:
    for article in written:
        text = seen(page_of(article))
        missing = [part for part in (article.title, *article.paragraphs) if part not in text]
        missing += [line.text for line in article.junk if line.text not in text]
        assert missing == [], article.path


def test_the_paragraphs_of_a_page_stand_in_the_order_in_which_they_were_written(
    written: tuple[DemoArticle, ...],
) -> None:
    for article in written:
        text = seen(page_of(article))
        places = [text.index(part) for part in article.paragraphs]
        assert places == sorted(places), article.path


def test_every_line_of_junk_is_found_on_some_page(written: tuple[DemoArticle, ...]) -> None:
    every_page = "\n".join(seen(page_of(article)) for article in written)
    assert [line for line in JUNK_LINES if line not in every_page] == []


def test_a_post_of_the_blog_asks_twice_to_connect_and_once_to_reply(
    written: tuple[DemoArticle, ...],
) -> None:
    for article in written:
        if article.site == BLOG:
            text = seen(page_of(article))
            assert text.count("Connect With Us") == 2
            assert text.count("Leave a Reply") == 1


def test_junk_stands_in_named_classes_on_most_posts_and_in_bare_tags_on_some(
    written: tuple[DemoArticle, ...],
) -> None:
    own = [each for each in written if each.site == BLOG]
    bare = [each for each in own if b'class="comment-respond"' not in page_of(each).body]
    assert 0 < len(bare) < len(own) / 2
    assert all(each.layout == "bare" for each in bare)


def test_the_reading_time_is_glued_to_the_first_sentence(written: tuple[DemoArticle, ...]) -> None:
    glued = [each for each in written if any(line.kind == "reading-time" for line in each.junk)]
    assert len(glued) >= 4
    for article in glued:
        reading = next(line.text for line in article.junk if line.kind == "reading-time")
        blocks = html.fromstring(page_of(article).body).xpath("//p")
        texts = [" ".join(block.text_content().split()) for block in blocks]
        assert f"{reading} {article.paragraphs[0]}" in texts


def test_every_html_page_says_outside_its_article_that_nothing_is_real() -> None:
    for routes in PAGES.sites.values():
        for target, answer in routes.items():
            if answer.content_type.startswith("text/html"):
                footer = html.fromstring(answer.body).xpath("//body//footer")
                assert NOTICE in " ".join(part.text_content() for part in footer), target
    assert NOTICE in seen(PAGES.missing)
    assert NOTICE in seen(PAGES.index)


def test_a_numbered_digest_item_ends_in_a_link_to_its_article(
    written: tuple[DemoArticle, ...],
) -> None:
    listing = html.fromstring(PAGES.find(f"{NEWSLETTER}.localhost", "/issues/").body)
    issues = digest_issues(written)
    assert listing.xpath("//main//li/a/@href") == [issue.path for issue in issues]
    for issue in issues:
        answer = PAGES.find(f"{NEWSLETTER}.localhost", issue.path)
        assert answer.content_type == "text/plain; charset=utf-8"
        text = answer.body.decode()
        links = [line[7:-1] for line in text.splitlines() if line.startswith("Link: <")]
        assert [found(link) for link in links] == [page_of(item.article) for item in issue.items]
        assert all(f"\n{number}. " in text for number in range(1, len(issue.items) + 1))
        assert "&amp;" not in text


def test_the_image_that_looks_like_a_page_is_a_valid_picture() -> None:
    answer = PAGES.find(f"{CHARITY}.localhost", IMAGE)
    assert answer.content_type == "image/png"
    assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")
    at, names = 8, []
    while at < len(answer.body):
        length, name = struct.unpack(">I4s", answer.body[at : at + 8])
        data = answer.body[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", answer.body[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(name + data)
        names, at = [*names, name], at + 12 + length
    assert names == [b"IHDR", b"IDAT", b"IEND"]


def test_the_sources_file_lists_the_five_sites_on_the_port_that_it_was_made_for() -> None:
    sources = tomllib.loads(sources_toml(4321))["source"]
    assert [source["id"] for source in sources] == [site.id for site in SITES]
    assert [source["id"] for source in sources if not source.get("enabled", True)] == [NEWSLETTER]
    for source in sources:
        (entry,) = source["discovery"]
        assert LinkKind(entry["kind"])
        for url in (source["homepage"], entry["url"]):
            assert urlsplit(url).netloc == f"{source['id']}.localhost:4321"
            assert PAGES.find(f"{source['id']}.localhost", urlsplit(url).path).status == 200


def test_the_sources_file_is_one_that_our_loader_accepts() -> None:
    sources = parse_sources(sources_toml(PORT), "sources.toml")
    assert [(source.id, source.enabled) for source in sources] == [
        (site.id, site.id != NEWSLETTER) for site in SITES
    ]
    assert all(source.name.endswith("(invented)") for source in sources)


def test_a_page_shows_marks_of_html_as_words() -> None:
    filled = Press(1).fill("index.html", sites=[{"id": "a", "name": "<b>", "kind": "&"}])
    assert b"&lt;b&gt;</a>: &amp;" in filled


titles = st.lists(st.text("abcdé-", min_size=1, max_size=12), min_size=1, max_size=15)


@given(titles)
def test_a_title_broken_by_the_month_is_whole_without_it(words: list[str]) -> None:
    title = " ".join(words)
    halves = _broken_title(title, "May 2026").split("\n\nMay 2026")
    assert " ".join(half.strip() for half in halves).strip() == title
