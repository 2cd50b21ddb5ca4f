import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import fastfeedparser
import pytest

from archive.records import FoundAs, LinkKind, Links
from crawler.discovery import Unreadable, feeds

Read = Callable[..., Links]
URL = "https://post.example/feed/"


@pytest.fixture
def feed(read: Read) -> Read:
    return partial(read, LinkKind.FEED, url=URL)


def rss(*items: str) -> bytes:
    start = '<?xml version="1.0"?><rss version="2.0"><channel>'
    return f"{start}{''.join(items)}</channel></rss>".encode()


def item(link: str, title: str = "A title", date: str = "2024-06-03") -> str:
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def shown(links: Links) -> list[tuple[int, str, str | None, str | None, str | None]]:
    return [
        (link.position, link.url, link.title, link.published, link.modified) for link in links.links
    ]


def test_rss_gives_each_address_once_with_its_clean_title_and_its_true_date(
    feed: Read, page: Callable[[str], bytes]
) -> None:
    links = feed(page("rss.xml"))
    assert shown(links) == [
        (
            1,
            "https://post.example/2024/06/reporting-buttons/",
            "Schools & parents ask for clearer reporting buttons",
            "2024-06-03T10:00:00+01:00",
            None,
        ),
        (
            2,
            "https://post.example/2024/05/register/",
            "Ofcode publishes its invented register \N{EN DASH} at last",
            "2024-05-31T09:30:00+01:00",
            None,
        ),
        (
            4,
            "https://post.example/2024/05/guid-only/",
            "An item that only has a permanent guid",
            "2024-05-30T08:00:00+01:00",
            None,
        ),
        (6, "https://post.example/2024/05/future/", "A date from the far future", None, None),
    ]
    assert links.warnings == (
        "1 entry without a usable web address skipped (first: 'javascript:alert(1)')",
        "1 date could not be read or believed (first: 'Thu, 01 Jan 2999 08:00:00 GMT')",
    )


def test_every_link_says_that_it_is_an_article_found_as_an_entry_of_this_feed(
    feed: Read, page: Callable[[str], bytes]
) -> None:
    for link in feed(page("rss.xml")).links:
        assert (link.kind, link.found_in, link.found_as) == (
            LinkKind.ARTICLE,
            URL,
            FoundAs.FEED_ENTRY,
        )


def test_atom_resolves_xml_base_and_tells_published_from_updated(
    feed: Read, page: Callable[[str], bytes]
) -> None:
    assert shown(feed(page("atom.xml"))) == [
        (
            1,
            "https://gov.example/government/news/guidance",
            "New guidance for schools on phones",
            "2024-06-01T09:00:00+01:00",
            "2024-06-03T12:00:00+01:00",
        ),
        (
            2,
            "https://gov.example/government/news/consultation",
            "Consultation on age checks opens",
            None,
            "2024-05-20T00:15:00+00:00",
        ),
    ]


def test_rdf_in_latin_1_is_read(feed: Read, page: Callable[[str], bytes]) -> None:
    assert shown(feed(page("rdf.xml"))) == [
        (
            1,
            "https://rdf.example/one",
            "Café talks about online safety",
            "2024-06-03T10:00+02:00",
            None,
        )
    ]


def test_rss_091_with_its_document_type_is_read(feed: Read, page: Callable[[str], bytes]) -> None:
    assert shown(feed(page("rss091.xml"))) == [
        (1, "http://old.example/story.html", "Tom & the chat room: an old story", None, None)
    ]


def test_a_json_feed_is_read(feed: Read, page: Callable[[str], bytes]) -> None:
    links = feed(page("feed.json"))
    assert shown(links) == [
        (
            1,
            "https://json.example/one",
            "A first invented item",
            "2024-06-03T10:00:00+01:00",
            "2024-06-04T10:00:00+01:00",
        ),
        (2, "https://post.example/two", None, "2024-04-01T00:00:00+00:00", None),
    ]
    assert links.warnings == ("1 entry without a usable web address skipped (first: 'no address')",)


@pytest.mark.parametrize(
    "date", ["2024", "10:00", "yesterday", "2024-13-45", "0000-00-00", "99999-01-01"]
)
def test_half_a_date_is_not_completed_to_a_whole_one(feed: Read, date: str) -> None:
    links = feed(rss(item("/a", date=date)))
    assert [link.published for link in links.links] == [None]
    assert links.warnings == (f"1 date could not be read or believed (first: {date!r})",)


def test_two_addresses_under_one_guid_are_two_articles_and_one_address_under_two_is_one(
    feed: Read,
) -> None:
    def entry(link: str, guid: str) -> str:
        return f"<item><title>T</title><link>{link}</link><guid>{guid}</guid></item>"

    links = feed(rss(entry("/a", "1"), entry("/b", "1"), entry("/a", "2"), entry("/a#top", "3")))
    assert [link.url for link in links.links] == [
        "https://post.example/a",
        "https://post.example/b",
    ]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>T</title><link>../news/1</link></item>"),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>'
            b'<link href="../news/1"/></entry></feed>'
        ),
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            b' xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><title>T</title>'
            b"<link>../news/1</link></item></rdf:RDF>"
        ),
        (
            b'{"version": "https://jsonfeed.org/version/1.1",'
            b' "items": [{"id": "1", "url": "../news/1", "title": "T"}]}'
        ),
    ],
    ids=["rss", "atom", "rdf", "json"],
)
def test_a_relative_link_leads_from_the_address_of_the_feed(feed: Read, body: bytes) -> None:
    (link,) = feed(body).links
    assert link.url == "https://post.example/news/1"


def test_an_entry_without_a_date_is_no_reason_to_warn(feed: Read) -> None:
    assert feed(rss("<item><link>/a</link></item>")).warnings == ()


def test_a_feed_without_entries_gives_no_links(feed: Read) -> None:
    empty_atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Invented</title></feed>'
    empty_json = b'{"version": "https://jsonfeed.org/version/1", "items": []}'
    for body in (rss(), empty_atom, empty_json):
        assert feed(body) == Links(links=())


@pytest.mark.parametrize(
    ("body", "came"),
    [
        (b"", "an empty body came instead of a feed"),
        (b" \n", "an empty body came instead of a feed"),
        (b"<!DOCTYPE html><html><body>Moved</body></html>", "an HTML page came instead of a feed"),
        (b"\n<html lang=en><p>Just a moment", "an HTML page came instead of a feed"),
        (b"<?xml version='1.0'?><urlset></urlset>", "a sitemap came instead of a feed"),
        (b"<opml version='2.0'><body/></opml>", "some other XML came instead of a feed"),
        (b'{"error": "not found"}', "JSON that is no JSON Feed came instead of a feed"),
        (b'{"version": "https://jsonfeed.org/version/1"', "broken JSON came instead of a feed"),
        (b"[" * 90_000, "JSON came instead of a feed"),
        (b'{"a":' * 90_000, "broken JSON came instead of a feed"),
        (b"Service unavailable", "plain text came instead of a feed"),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            "something that is not text came instead of a feed",
        ),
    ],
)
def test_what_is_no_feed_is_named(feed: Read, body: bytes, came: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        feed(body)
    assert str(refusal.value) == came


def test_a_body_that_names_a_file_does_not_make_us_read_the_file(
    feed: Read, tmp_path: Path
) -> None:
    # feedparser opens the file that bytes name.
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss(item("https://post.example/secret")))
    with pytest.raises(Unreadable, match="plain text came instead of a feed"):
        feed(str(secret).encode())


def test_entities_of_its_own_make_a_feed_unreadable(feed: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    outside = f'<!ENTITY x SYSTEM "{secret.as_uri()}">'
    for declared in (
        outside,
        laughs,
        f"<!-- <rss> -->{outside}",
        f"<?a <rss>?><!ELEMENT a>{outside}",
    ):
        body = f"<?xml version='1.0'?><!DOCTYPE rss [{declared}]>".encode() + rss(
            item("/a?&x;&l9;", "&x;&l9;")
        ).removeprefix(b'<?xml version="1.0"?>')
        with pytest.raises(Unreadable, match="declares its own entities"):
            feed(body)


def test_an_entity_shown_in_a_text_is_no_declaration(feed: Read) -> None:
    for body in (
        rss(item("/a", "<![CDATA[What <!ENTITY means]]>")),
        b"<!-- <!ENTITY x> -->" + rss(item("/a")).removeprefix(b'<?xml version="1.0"?>'),
    ):
        assert [link.url for link in feed(body).links] == ["https://post.example/a"]


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#55357;&#56832;", "&#1114112;", "&#0;", "&#x1F;"]
)
def test_a_reference_to_no_character_does_not_cost_the_feed(feed: Read, reference: str) -> None:
    links = feed(rss(item("/a", f"Before {reference}after"), item("/b")))
    assert [(link.url, link.title) for link in links.links] == [
        ("https://post.example/a", "Before after"),
        ("https://post.example/b", "A title"),
    ]


def test_a_feed_that_breaks_off_gives_its_whole_entries_and_says_so(feed: Read) -> None:
    body = rss(item("/first"), item("/second"), item("/third-with-a-long-name"))
    links = feed(body[: body.index(b"/third") + 6])
    assert [link.url for link in links.links] == [
        "https://post.example/first",
        "https://post.example/second",
    ]
    assert links.warnings == ("the feed breaks off within an entry, which is left out",)


def test_bytes_that_lie_about_their_encoding_cost_no_entry(feed: Read) -> None:
    lying = b'<?xml version="1.0" encoding="utf-8"?>' + rss(
        item("/a", "Café"), item("/b")
    ).removeprefix(b'<?xml version="1.0"?>').replace("é".encode(), b"\xe9")
    assert [link.url for link in feed(lying).links] == [
        "https://post.example/a",
        "https://post.example/b",
    ]


def test_utf_16_is_read(feed: Read) -> None:
    body = rss(item("/a", "Café")).decode().replace('"1.0"?', '"1.0" encoding="UTF-16"?')
    assert [link.title for link in feed(body.encode("utf-16")).links] == ["Café"]


def test_white_space_and_a_byte_order_mark_before_the_feed_do_no_harm(feed: Read) -> None:
    for before in (b"\xef\xbb\xbf", b"\r\n\r\n", b"\xef\xbb\xbf\n"):
        assert len(feed(before + rss(item("/a"))).links) == 1


def test_the_newest_two_thousand_entries_are_taken_in_the_order_of_the_feed(feed: Read) -> None:
    dates = [f"20{year:02d}-01-{day:02d}" for year in range(4, 24) for day in range(1, 29)] * 4
    links = feed(rss(*(item(f"/{n}", date=date) for n, date in enumerate(dates))))
    taken = {link.published for link in links.links}
    assert len(links.links) == feeds.MOST_ENTRIES
    assert min(filter(None, taken)) > "2006"
    assert [link.position for link in links.links] == sorted(link.position for link in links.links)
    assert links.warnings == ("the newest 2,000 of 2,240 entries taken, 240 left out",)


def test_undated_entries_are_taken_from_the_top(feed: Read) -> None:
    links = feed(rss(*(f"<item><link>/{n}</link></item>" for n in range(2100))))
    assert [link.position for link in links.links] == list(range(1, 2001))


def test_of_a_feed_too_large_its_beginning_is_read(
    feed: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_BYTES", 1024 * 1024)
    links = feed(rss(*(item(f"/{n}", "x" * 50_000) for n in range(30))))
    assert 15 <= len(links.links) <= 21
    assert "only the first 1 MiB of the feed read" in links.warnings


def test_a_broken_feed_that_only_the_patient_parser_understands_is_read(feed: Read) -> None:
    body = rss(item("/a", "An <b>open tag & a bare ampersand"), item("/b", date="3 June 2024"))
    assert [link.url for link in feed(body).links] == [
        "https://post.example/a",
        "https://post.example/b",
    ]


RSS_090 = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>An invented paper</title><link>https://post.example/</link>
<description>Invented for a test, in the first RSS that there was (Netscape, 1999)</description>
</channel>
<image><title>Paper</title><url>/paper.gif</url><link>https://post.example/</link></image>
{item("/a", "Pupils try a button")}{item("/b", "Parents ask for another", "3 June 2024")}
</rdf:RDF>
""".encode()
BESIDE_THE_CHANNEL = rss().replace(
    b"</channel>",
    b"<title>An invented paper</title></channel>"
    + f"{item('/a', 'Pupils try a button')}{item('/b', 'Parents ask for another')}".encode(),
)


@pytest.mark.parametrize("body", [RSS_090, BESIDE_THE_CHANNEL], ids=["RSS 0.90", "items outside"])
def test_a_feed_in_which_the_quick_parser_finds_no_entry_is_read_by_the_patient_one(
    body: bytes, feed: Read
) -> None:
    assert fastfeedparser.parse(body).entries == []
    links = feed(body)
    assert [(link.url, link.title) for link in links.links] == [
        ("https://post.example/a", "Pupils try a button"),
        ("https://post.example/b", "Parents ask for another"),
    ]
    assert links.links[0].published == "2024-06-03"


def test_a_json_feed_may_hold_anything_in_the_place_of_a_text(feed: Read) -> None:
    item = {"url": ["/a"], "title": {"a": 1}, "date_published": True}
    body = {"version": "https://jsonfeed.org/version/1.1", "items": [item, {"url": 5}, None]}
    for link in feed(json.dumps(body).encode()).links:
        assert link.url.startswith("https://post.example/")


def test_a_script_in_a_title_is_no_part_of_the_title(feed: Read) -> None:
    (link,) = feed(rss(item("/a", "&lt;script&gt;alert(1)&lt;/script&gt;Phones"))).links
    assert link.title == "Phones"


@pytest.mark.parametrize(
    "body",
    [
        rss(*(item(f"/{n}") for n in range(30_000))),
        rss(f"<item {' '.join(f'a{n}=1' for n in range(20_000))}><link>/a</link></item>"),
        rss("<item ", *(f"a{n}='1' " for n in range(20_000)), "><link>/a</link></item>"),
        rss("<item>" * 20_000 + "<link>/a</link>"),
        rss(item("/a", "&amp;" * 500_000)),
        b"<!--" * 500_000,
        b"<?" * 500_000 + rss(item("/a")),
        b"<rss><channel>" + b"<item" * 100_000,
    ],
    ids=["entries", "unquoted", "attributes", "nested", "title", "comments", "asides", "open"],
)
def test_a_hostile_feed_ends_in_good_time(feed: Read, body: bytes) -> None:
    with suppress(Unreadable):
        assert len(feed(body).links) <= feeds.MOST_ENTRIES
