"""Bytes become the text that the publisher wrote, whatever the labels say."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.decode import decode_html, looks_binary

QUOTED = "It\u2019s an invented caf\u00e9 \u2013 na\u00efve, \u20ac5 \u201cor less\u201d"
PLAIN = "An invented line of plain letters"
UTF8 = QUOTED.encode()
CP1252 = QUOTED.encode("cp1252")
META = '<meta charset="{}">'


def page(text: str, charset: str, label: str | None = None) -> bytes:
    return f"<html><head>{META.format(label or charset)}</head><p>{text}</p>".encode(charset)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UTF8, None),
        (UTF8, "text/html; charset=utf-8"),
        (UTF8, "text/html; charset=ISO-8859-1"),
        (UTF8, "text/html; charset=windows-1252"),
        (UTF8, "text/html; charset=no-such-charset"),
        (codecs.BOM_UTF8 + UTF8, "text/html; charset=iso-8859-1"),
        (CP1252, None),
        (CP1252, "text/html; charset=utf-8"),
        (CP1252, "text/html; charset=iso-8859-1"),
        (CP1252, "text/html; charset=windows-1252"),
        (codecs.BOM_UTF16_LE + QUOTED.encode("utf-16-le"), None),
        (codecs.BOM_UTF16_BE + QUOTED.encode("utf-16-be"), "text/html; charset=utf-8"),
        (QUOTED.encode("utf-16-le"), "text/html; charset=utf-16"),
        (codecs.BOM_UTF32_LE + QUOTED.encode("utf-32-le"), None),
    ],
)
def test_western_pages_are_read_whatever_they_declare(
    body: bytes, content_type: str | None
) -> None:
    assert decode_html(body, content_type) == QUOTED


def test_stray_cp1252_bytes_in_a_utf8_page_harm_no_other_character() -> None:
    body = UTF8 + b" It\x92s \x80 " + UTF8
    assert decode_html(body) == f"{QUOTED} It\u2019s \u20ac {QUOTED}"


def test_a_page_cut_off_within_a_character_keeps_all_before_it() -> None:
    assert decode_html("ab\u20ac".encode()[:-1]).startswith("ab")


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("shift_jis", "\u5b50\u3069\u3082\u306e\u5b89\u5168"),
        ("windows-1250", "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd"),
        (
            "windows-1251",
            "\u0411\u0435\u0437\u043e\u043f\u0430\u0441\u043d\u043e\u0441\u0442\u044c",
        ),
        ("koi8-r", "\u0411\u0435\u0437\u043e\u043f\u0430\u0441\u043d\u043e\u0441\u0442\u044c"),
        ("gb18030", "\u513f\u7ae5\u7f51\u7edc\u5b89\u5168"),
        ("euc-kr", "\uc544\ub3d9 \uc548\uc804"),
        ("iso-8859-2", "Bezpiecze\u0144stwo dzieci"),
        ("iso-8859-15", "s\u0153urs \u20ac"),
        ("big5", "\u5152\u7ae5\u5b89\u5168"),
        ("euc-jp", "\u5b50\u3069\u3082"),
        ("iso-2022-jp", "\u5b50\u3069\u3082"),
        ("windows-1256", "\u0633\u0644\u0627\u0645\u0629"),
    ],
)
@pytest.mark.parametrize("where", ["header", "page"])
def test_other_declared_charsets_are_believed(charset: str, text: str, where: str) -> None:
    if where == "page":
        assert text in decode_html(page(text, charset))
    else:
        body = text.encode(charset)
        assert decode_html(body, f"text/html; charset={charset}") == text


def test_the_header_is_believed_before_the_page() -> None:
    text = "\u0431\u0435\u0437\u043e\u043f\u0430\u0441\u043d\u043e"
    body = page(text, "windows-1251", label="koi8-r")
    assert text in decode_html(body, "text/html; charset=windows-1251")


def test_a_charset_that_does_not_fit_is_not_believed() -> None:
    assert decode_html(CP1252, "text/html; charset=shift_jis").startswith("It")


@pytest.mark.parametrize("label", ["unicode_escape", "rot13", "base64", "utf-7", "idna", "mbcs"])
def test_codecs_that_no_browser_knows_are_never_used(label: str) -> None:
    assert decode_html(rb"\u0041 caf\xe9 " + b"\xe9", f"text/html; charset={label}").startswith(
        "\\u"
    )


def test_nul_characters_are_dropped() -> None:
    assert decode_html(b"before\0after") == "beforeafter"


@given(
    st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-16", "x", "a;charset="])
)
def test_any_bytes_become_text_that_can_be_stored(body: bytes, content_type: str | None) -> None:
    text = decode_html(body, content_type)
    assert "\0" not in text
    text.encode("utf-8")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff\x1b")))
def test_what_is_utf8_is_read_as_written(text: str) -> None:
    assert decode_html(text.encode()) == text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "PNG image"),
        (b"\xff\xd8\xff\xe0..JFIF", "JPEG image"),
        (b"GIF89a....", "GIF image"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WEBP image"),
        (b"%PDF-1.7 ...", "PDF document"),
        (b"PK\x03\x04....", "ZIP archive or Office document"),
        (b"\0\0\0\x18ftypmp42", "MP4, HEIC or AVIF media"),
        (b"\x1f\x8b\x08\0....", "gzip data"),
        (bytes(range(1, 32)) * 8, "binary data"),
    ],
)
def test_files_that_are_no_text_are_known_by_their_first_bytes(body: bytes, kind: str) -> None:
    assert looks_binary(body) == kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><p>text",
        UTF8,
        CP1252,
        "\u5b50\u3069\u3082".encode("shift_jis"),
        "\u5b50\u3069\u3082".encode("iso-2022-jp"),
        codecs.BOM_UTF16_LE + "text".encode("utf-16-le"),
        b"BMW recalls an invented car",
        b"PK is what pupils call their invented teacher",
    ],
)
def test_text_is_not_taken_for_a_file(body: bytes) -> None:
    assert looks_binary(body) is None
