"""A crawl of a source that lists the issues of a newsletter; all of it is invented."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from newsletters import ITEMS, as_pdf
from takedowns import NOW, decision

from archive.takedown import redact
from archive.verify import Verification

if TYPE_CHECKING:
    from conftest import Newsroom, NewsSite, SiteMaker

NAV = "<nav><a href='/'>Home</a><a href='/about'>About us and what we do</a></nav>"
FOOT = "<footer><p>An invented charity, registered in an invented town.</p></footer>"


def issue_page(month: str, items: list[tuple[str, str, str]]) -> bytes:
    told = "".join(
        f"<h2>{number}. {title}</h2><p>{month}</p><p>{text}</p><p><a href='{link}'>More</a></p>"
        for number, (title, text, link) in enumerate(items, 1)
    )
    head = f"<title>E-safety update {month}</title>"
    return (
        f"<html><head>{head}</head><body>{NAV}<main><h1>Update</h1>{told}</main>{FOOT}</body></html>"
    ).encode()


def set_page(site: NewsSite, path: str, body: bytes) -> None:
    like = site.routes["/robots.txt"]
    site.routes[path] = replace(like, body=body, content_type="text/html; charset=utf-8")


def text(number: int) -> str:
    return (
        f"In invented case {number} the teachers of a school of an invented town asked the pupils"
        " how long they looked at their telephones, and counted the hours."
    )


@pytest.fixture
def newsletter(news_site: SiteMaker, newsroom: Newsroom) -> NewsSite:
    """A newspaper, and a newsletter of another site that tells of its articles."""
    paper, letter = news_site(3), news_site(0, host="localhost")
    newsroom.list_source(paper, "paper")
    items = [
        ("Pupils of an invented town sleep longer", text(1), f"{paper.base}/news/3?utm_source=x"),
        ("An invented council counts telephones", text(2), "https://unlisted.example/telephones"),
    ]
    set_page(
        letter,
        "/issues",
        b"<h1>Our newsletter</h1><a href='/issues/april-2019'>Newsletter April 2019</a>"
        b"<a href='/issues/may-2019'>Newsletter May 2019</a>",
    )
    set_page(letter, "/issues/april-2019", issue_page("April 2019", items))
    set_page(
        letter,
        "/issues/may-2019",
        issue_page(
            "May 2019",
            [(f"{title} in May", text(n + 5), link) for n, (title, _, link) in enumerate(items)],
        ),
    )
    with (newsroom.folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'[[source]]\nid = "letter"\nname = "Invented letter"\nhomepage = "{letter.base}/"\n'
            'kind = "charity"\nscope = "all"\ndelay = 0.0\n'
            f'[[source.discovery]]\nkind = "digest"\nurl = "{letter.base}/issues"\n'
        )
    return letter


@pytest.mark.slow
def test_issues_on_a_listing_become_items_that_lead_to_their_articles(
    newsletter: NewsSite, newsroom: Newsroom
) -> None:
    crawled = newsroom.crawl("--now")
    assert crawled.code == 0, crawled.stderr
    rows = newsroom.query(
        "SELECT articles.title, published, articles.kind, slug, place, position, evidence"
        " FROM articles JOIN sources ON sources.id = source_id"
        " JOIN provenance ON article_id = articles.id"
        " AND relation = 'digest item' WHERE articles.kind = 'digest item'"
        " ORDER BY articles.published, position"
    )
    assert [row[:4] for row in rows] == [
        ("Pupils of an invented town sleep longer", "2019-04", "digest item", "letter"),
        ("An invented council counts telephones", "2019-04", "digest item", "letter"),
        ("Pupils of an invented town sleep longer in May", "2019-05", "digest item", "letter"),
        ("An invented council counts telephones in May", "2019-05", "digest item", "letter"),
    ]
    assert rows[0][4:6] == (f"{newsletter.base}/issues/april-2019", 1)
    first, _ = json.loads(rows[1][6])["characters"].split("\u2013")
    assert int(first) > len(text(1))
    bodies = newsroom.query("SELECT body FROM articles WHERE kind = 'digest item'")
    assert not [body for (body,) in bodies if "charity" in body or "About us" in body]
    # The first item of each issue quotes an article of a listed newspaper, which is linked to it.
    linked = newsroom.query(
        "SELECT DISTINCT found.title FROM links JOIN articles AS item ON item.id = article_id"
        " JOIN articles AS found ON found.id = to_article_id WHERE item.kind = 'digest item'"
    )
    assert linked == [("Invented story number 3",)]
    with Verification(newsroom.archive) as verification:
        assert list(verification.faults()) == []


@pytest.mark.slow
def test_a_page_that_comes_with_other_bytes_brings_only_the_items_that_are_new(
    newsletter: NewsSite, newsroom: Newsroom
) -> None:
    newsroom.crawl("letter", "--now")
    april, may = "/issues/april-2019", "/issues/may-2019"
    set_page(newsletter, april, newsletter.routes[april].body + b"<!-- another visit -->")
    later = f"<h2>3. A third comes later</h2><p>May 2019</p><p>{text(9)}</p></main>".encode()
    page = newsletter.routes[may].body.replace(b"</main>", later)
    set_page(newsletter, may, page)
    newsroom.crawl("letter", "--now")
    titles = newsroom.query("SELECT title FROM articles ORDER BY id")
    assert len(titles) == 5
    assert titles[-1] == ("A third comes later",)
    assert newsroom.query("SELECT count(*) FROM digests") == [(3,)]
    ((taken,),) = newsroom.query("SELECT max(id) FROM articles")
    redact(newsroom.archive, taken, decision(), now=NOW)
    set_page(newsletter, may, page + b"<!-- and another -->")
    newsroom.crawl("letter", "--now")
    assert len(newsroom.query("SELECT title FROM articles")) == 4, "what was taken down stays away"


@pytest.mark.slow
def test_of_an_issue_that_reserves_its_text_no_word_is_kept(
    newsletter: NewsSite, newsroom: Newsroom
) -> None:
    for path in ("/issues/april-2019", "/issues/may-2019"):
        page = newsletter.routes[path].body
        meta = b"<head><meta name='robots' content='noarchive'>"
        set_page(newsletter, path, page.replace(b"<head>", meta))
    newsroom.crawl("--now")
    assert newsroom.query("SELECT count(*) FROM articles WHERE kind = 'digest item'") == [(0,)]
    assert newsroom.query("SELECT DISTINCT relation FROM provenance WHERE place LIKE '%/april%'")
    for path in newsroom.folder.glob("*.db*"):
        assert b"looked at their telephones" not in path.read_bytes()


@pytest.mark.slow
def test_of_a_source_that_filters_only_items_of_the_field_are_kept(
    newsletter: NewsSite, newsroom: Newsroom
) -> None:
    file = newsroom.folder / "sources.toml"
    head, _, letter = file.read_text(encoding="utf-8").partition('id = "letter"')
    letter = letter.replace('scope = "all"', 'scope = "filter"')
    file.write_text(f'{head}id = "letter"{letter}', encoding="utf-8")
    field = "An invented charity warned of online grooming of children in 20 invented group chats."
    other = "An invented bridge of the town has 12 arches, and 12 boats pass under it every day."
    page = issue_page(
        "April 2019",
        [
            ("Charity warns of online grooming", field, "https://unlisted.example/charity"),
            ("Invented bridge opens", other, "https://unlisted.example/bridge"),
        ],
    )
    set_page(newsletter, "/issues/april-2019", page)
    assert newsroom.crawl("letter", "--now").code == 0
    april = newsroom.query(
        "SELECT title FROM articles JOIN provenance ON article_id = articles.id"
        " WHERE place LIKE '%/april-2019'"
    )
    assert april == [("Charity warns of online grooming",)]


@pytest.mark.slow
def test_issues_are_imported_from_addresses_too(news_site: SiteMaker, newsroom: Newsroom) -> None:
    site = news_site(0)
    items = [("An invented council counts", text(1), "https://unlisted.example/a?utm_source=x")]
    set_page(site, "/page", issue_page("April 2019", items))
    reserved = issue_page("April 2019", items).replace(
        b"<head>", b"<head><meta name='robots' content='noarchive'>"
    )
    set_page(site, "/reserved", reserved)
    for path, kind, body in (
        ("/issue.pdf", "application/pdf", as_pdf(ITEMS)),
        ("/film", "video/mp4", b"invented"),
    ):
        set_page(site, path, body)
        site.routes[path].content_type = kind
    site.routes["/robots.txt"].body = b"User-agent: *\nDisallow: /private"
    paths = ("/page", "/issue.pdf", "/reserved", "/film", "/gone", "/private")
    urls = [f"{site.base}{path}" for path in paths]
    done = newsroom.run("import-digest", *urls, "--allow-private")
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines() == [
        f"{urls[0]}: 1 item, 1 record, 0 links to fetch",
        f"{urls[1]}: 2 items, 2 records, 0 links to fetch",
    ]
    said = dict(zip(urls[2:], done.stderr.splitlines(), strict=True))
    for url, why in zip(
        urls[2:],
        ("noarchive", "media: declared as video/mp4. Download it", "http-404", "robots-disallowed"),
        strict=True,
    ):
        assert said[url].startswith(f"newsward: {url}: ")
        assert why in said[url]
    assert newsroom.query("SELECT place FROM provenance WHERE position = 1 ORDER BY id") == [
        (urls[0],),
        (urls[1],),
    ]
    with Verification(newsroom.archive) as verification:
        assert list(verification.faults()) == []
    again = newsroom.run("import-digest", urls[0], "--allow-private", "--dry-run", "--json")
    (item,) = json.loads(again.stdout)
    assert item["title"] == items[0][0]
    assert item["links"] == [{"url": "https://unlisted.example/a", "anchor": "More"}]
