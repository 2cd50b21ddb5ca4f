import gzip
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from archive.records import FoundAs, LinkKind, Links
from crawler.discovery import Unreadable, sitemaps

Read = Callable[..., Links]
URL = "https://charity.example/sitemap.xml"


@pytest.fixture
def sitemap(read: Read) -> Read:
    return partial(read, LinkKind.SITEMAP, url=URL)


def urlset(*locations: str) -> bytes:
    rows = "".join(f"<url><loc>{location}</loc></url>" for location in locations)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def index(*rows: tuple[str, str | None]) -> bytes:
    children = "".join(
        f"<sitemap><loc>{location}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for location, date in rows
    )
    return f"<sitemapindex>{children}</sitemapindex>".encode()


def test_rows_become_links_with_the_date_of_their_last_change(
    sitemap: Read, page: Callable[[str], bytes]
) -> None:
    links = sitemap(page("sitemap.xml"))
    assert [(link.position, link.url, link.modified) for link in links.links] == [
        (1, "https://charity.example/news/a-helpline-opens/", "2024-06-03T10:00:00+00:00"),
        (2, "https://charity.example/news/report?id=1&lang=en", "2024-05"),
        (5, "https://charity.example/news/no-date", None),
    ]
    assert links.warnings == (
        "1 entry without a usable web address skipped (first: 'file:///etc/hostname')",
        "1 date could not be read or believed (first: '0000-00-00')",
    )
    for link in links.links:
        assert (link.kind, link.found_in, link.found_as) == (
            LinkKind.ARTICLE,
            URL,
            FoundAs.SITEMAP_ROW,
        )


def test_a_news_sitemap_tells_title_and_date_of_the_article_not_of_its_picture(
    sitemap: Read, page: Callable[[str], bytes]
) -> None:
    (link,) = sitemap(page("news-sitemap.xml")).links
    assert link.url == "https://paper.example/uk/online-safety-2024-06-03"
    assert link.title == "Parents' guide to livestreams & gifts"
    assert link.published == "2024-06-03T10:15:00+01:00"
    assert link.modified == "2024-06-03T11:00:00+01:00"


def test_an_index_leads_to_sitemaps(sitemap: Read, page: Callable[[str], bytes]) -> None:
    links = sitemap(page("sitemap-index.xml")).links
    assert [(link.url, link.kind, link.found_as, link.modified) for link in links] == [
        (
            "https://charity.example/post-sitemap.xml",
            LinkKind.SITEMAP,
            FoundAs.SITEMAP_INDEX_ROW,
            "2024-06-03T10:00:00+00:00",
        ),
        (
            "https://charity.example/page-sitemap.xml.gz",
            LinkKind.SITEMAP,
            FoundAs.SITEMAP_INDEX_ROW,
            None,
        ),
    ]


def test_of_an_index_the_fifty_newest_sitemaps_are_taken(sitemap: Read) -> None:
    rows = [(f"/s{n}.xml", f"2023-{1 + n // 28:02d}-{1 + n % 28:02d}") for n in range(120)]
    links = sitemap(index(*rows, ("/undated.xml", None)))
    assert [link.position for link in links.links] == list(range(71, 121))
    assert links.warnings == ("the newest 50 of 121 entries taken, 71 left out",)


def test_below_depth_three_no_sitemap_is_followed(sitemap: Read) -> None:
    body = index(("/deeper.xml", None))
    assert len(sitemap(body, depth=2).links) == 1
    assert sitemap(body, depth=3) == Links(
        links=(), warnings=("1 sitemap below depth 3 not followed",)
    )
    assert len(sitemap(urlset("/a"), depth=3).links) == 1


def test_an_index_that_names_itself_gains_nothing_by_it(sitemap: Read) -> None:
    # It keeps its own depth + 1, so that the limit of depth ends it even with new addresses.
    (link,) = sitemap(index((URL, None), (f"{URL}#2", None))).links
    assert link.url == URL


def test_only_the_first_fifty_thousand_rows_are_read(
    sitemap: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MOST_ROWS", 100)
    lines = [f"https://charity.example/{n}" for n in range(150)]
    for body in (
        urlset(*lines),
        "\n".join(lines).encode(),
        index(*((line, None) for line in lines)),
    ):
        links = sitemap(body)
        assert links.links[0].url == "https://charity.example/0"
        assert len(links.links) in {100, sitemaps.MOST_CHILDREN}
        assert "only the first 100 rows read" in links.warnings


@pytest.mark.slow
def test_a_sitemap_of_the_largest_allowed_size_is_read(sitemap: Read) -> None:
    body = urlset(*(f"https://charity.example/news/{n}-{'x' * 900}" for n in range(50_000)))
    assert len(sitemap(gzip.compress(body)).links) == 50_000


def test_a_plain_list_of_addresses_is_a_sitemap(sitemap: Read) -> None:
    links = sitemap(
        b"\xef\xbb\xbfhttps://charity.example/a\r\n\r\nhttps://charity.example/b\r\nc\r\n"
    )
    assert [link.url for link in links.links] == [
        "https://charity.example/a",
        "https://charity.example/b",
    ]
    assert links.warnings == ("1 entry without a usable web address skipped (first: 'c')",)


def test_gzip_is_unpacked_in_as_many_members_as_there_are(sitemap: Read) -> None:
    body = urlset("/a", "/b")
    for packed in (
        gzip.compress(body),
        gzip.compress(body[:50]) + gzip.compress(body[50:]),
        gzip.compress(body) + b"\x00" * 20,
    ):
        assert sitemap(packed) == sitemap(body)


def test_broken_gzip_gives_the_whole_rows_before_the_break_and_says_so(sitemap: Read) -> None:
    body = urlset(
        *(f"https://charity.example/{zlib.crc32(bytes([n % 256, n // 256]))}" for n in range(900))
    )
    packed = gzip.compress(body)
    whole = {link.url for link in sitemap(body).links}
    cut = sitemap(packed[: len(packed) // 2])
    assert 300 < len(cut.links) < 600
    assert {link.url for link in cut.links} <= whole
    assert "the gzip data is cut off: read up to there" in cut.warnings
    with pytest.raises(Unreadable, match="broken gzip data came instead of a sitemap"):
        sitemap(b"\x1f\x8b\x08 not gzip")


def test_a_gzip_bomb_is_unpacked_to_the_limit_and_no_further(
    sitemap: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(urlset("/a")[:-9] + b" " * 30_000_000)
    many = gzip.compress(urlset("/a")[:-9]) + gzip.compress(b" " * 3_000_000) * 20
    for packed in (bomb, many):
        links = sitemap(packed)
        assert [link.url for link in links.links] == ["https://charity.example/a"]
        assert links.warnings == ("only the first 1 MB read",)


def test_a_sitemap_that_breaks_off_does_not_end_in_half_an_address(sitemap: Read) -> None:
    body = urlset("/first", "/second-with-a-long-name")
    for end in range(body.index(b"/second") + 1, body.index(b"</url></urlset>")):
        links = sitemap(body[:end])
        assert [link.url for link in links.links] == ["https://charity.example/first"]
        assert links.warnings == ("the sitemap breaks off within a row, which is left out",)


def test_a_sitemap_without_rows_gives_no_links(sitemap: Read) -> None:
    for body in (urlset(), index(), b"<?xml version='1.0'?>\n<urlset/>"):
        assert sitemap(body) == Links(links=())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_any_declared_encoding_is_read(sitemap: Read, encoding: str) -> None:
    body = urlset("https://charity.example/café").decode()
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{body}'
    (link,) = sitemap(declared.encode(encoding)).links
    assert link.url == "https://charity.example/caf%C3%A9"


@pytest.mark.parametrize(
    ("body", "came"),
    [
        (b"", "an empty body"),
        (b"<!DOCTYPE html><title>404</title>", "an HTML page"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "an HTML page"),
        (b"<rss version='2.0'><channel/></rss>", "a feed"),
        (b"<response><status>error</status></response>", "some other XML"),
        (b"< not xml", "some other XML"),
        (b'{"a": 1}', "JSON"),
        (b"User-agent: *\nSitemap: https://charity.example/s.xml", "plain text"),
        (b"%PDF-1.7\x00\x01", "something that is not text"),
    ],
)
def test_what_is_no_sitemap_is_named(sitemap: Read, body: bytes, came: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        sitemap(body)
    assert str(refusal.value) == f"{came} came instead of a sitemap"


def test_entities_of_its_own_make_a_sitemap_unreadable(sitemap: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    for declared in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', laughs):
        with pytest.raises(Unreadable, match="declares its own entities"):
            sitemap(f"<!DOCTYPE urlset [{declared}]>".encode() + urlset("/a&x;&l9;"))


def test_an_external_document_type_is_not_fetched(sitemap: Read, tmp_path: Path) -> None:
    outside = tmp_path / "outside.dtd"
    outside.write_text('<!ENTITY x "from-outside">')
    body = f'<!DOCTYPE urlset SYSTEM "{outside.as_uri()}">'.encode() + urlset("/a", "/b&x;")
    assert not any("outside" in link.url for link in sitemap(body).links)


@pytest.mark.slow
def test_of_a_million_rows_the_first_fifty_thousand_are_read(sitemap: Read) -> None:
    packed = gzip.compress(urlset(*(f"/{n}" for n in range(1_000_000))))
    links = sitemap(packed)
    assert len(links.links) == 50_000
    assert "only the first 50,000 rows read" in links.warnings
