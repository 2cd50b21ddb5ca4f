"""Which bodies are read at all."""

import pytest
from scrapy.http.headers import Headers

from archive.records import LinkKind
from crawler.middlewares.content_type import (
    DOCUMENTS,
    MOST_HEADER_BYTES,
    MOST_HEADERS,
    is_flood,
    is_wanted,
    media_type,
)


def test_a_pdf_is_read_where_a_person_named_a_newsletter_and_never_in_a_crawl() -> None:
    pdf = "application/pdf"
    assert not any(is_wanted(kind, pdf) for kind in LinkKind)
    assert [kind for kind in LinkKind if is_wanted(kind, pdf, also=DOCUMENTS)] == [LinkKind.DIGEST]


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("text/html", "text/html"),
        ("Text/HTML; charset=UTF-8", "text/html"),
        (" application/rss+xml ;x", "application/rss+xml"),
        ("text/html, text/html", "text/html"),
        ("", ""),
        (None, ""),
        (";charset=utf-8", ""),
    ],
)
def test_the_bare_type_is_read_from_the_header(value: str | None, bare: str) -> None:
    assert media_type(value) == bare


@pytest.mark.parametrize("kind", LinkKind)
@pytest.mark.parametrize(
    "text", ["text/html; charset=x", "application/xhtml+xml", "text/plain", "text/xml", None]
)
def test_text_is_read_for_every_kind_of_link(kind: LinkKind, text: str | None) -> None:
    assert is_wanted(kind, text)


@pytest.mark.parametrize("kind", [*LinkKind, None])
@pytest.mark.parametrize("media", ["image/png", "video/mp4", "audio/mpeg", "font/woff2"])
def test_media_is_read_for_none(kind: LinkKind | None, media: str) -> None:
    assert not is_wanted(kind, media)


@pytest.mark.parametrize("packed", ["application/gzip", "application/octet-stream"])
def test_a_packed_file_is_read_only_as_a_sitemap(packed: str) -> None:
    assert [kind for kind in LinkKind if is_wanted(kind, packed)] == [LinkKind.SITEMAP]


@pytest.mark.parametrize("other", ["application/pdf", "application/zip", "text/javascript", "x"])
def test_what_is_not_named_is_not_read(other: str) -> None:
    assert not any(is_wanted(kind, other) for kind in LinkKind)


def test_a_flood_is_too_many_headers_or_too_much_in_them() -> None:
    honest = {f"X-{number}": "x" * 100 for number in range(60)}
    assert not is_flood(Headers(honest))
    assert is_flood(Headers({f"X-{number}": "" for number in range(MOST_HEADERS + 1)}))
    assert is_flood(Headers({"X": ["1"] * (MOST_HEADERS + 1)}))
    assert is_flood(Headers({"X": "x" * MOST_HEADER_BYTES}))
