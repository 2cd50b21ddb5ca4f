"""Any body as clean UTF-8, so that every parser behind sees the same text.

lxml keeps bytes that are no text and fails when they are read; fastfeedparser, feedparser and
libxml2 each guess an encoding in their own way.
"""

import codecs
import re
from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

# Bytes decoded at a time: a 50 MB sitemap must not become 200 MB of characters.
_PIECE = 8 << 20
_HEAD = 512

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*>")
# https://www.w3.org/TR/xml/#charsets
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CHARACTERS = (
    (0x9, 0xA, 0xD),
    range(0x20, 0xD800),
    range(0xE000, 0xFFFE),
    range(0x10000, 0x110000),
)
_REFERENCE = re.compile(r"&#(?:(\d{1,9})|[xX]([0-9A-Fa-f]{1,8}));")


def xml_as_utf8(body: bytes, content_type: str | None) -> bytes:
    """An XML body in UTF-8, without its declaration and without what XML forbids.

    The declaration is believed before the header: servers add a charset to everything they send.
    """
    declared = html_body_declared_encoding(body)
    text = _utf8(body, (declared, http_content_type_encoding(content_type), "utf-8"), xml=True)
    return text[declaration.end() :] if (declaration := _DECLARATION.match(text)) else text


def html_as_utf8(body: bytes, content_type: str | None) -> bytes:
    """An HTML body in UTF-8, decoded as a browser would: header, then `meta`, then what fits."""
    declared = html_body_declared_encoding(body)
    fitting = "utf-8" if _is_utf8(body) else "cp1252"
    return _utf8(body, (http_content_type_encoding(content_type), declared, fitting), xml=False)


def _utf8(body: bytes, encodings: tuple[str | None, ...], *, xml: bool) -> bytes:
    marked, mark = read_bom(body)
    if marked and mark:
        body, encodings = body[len(mark) :], (marked,)
    encoding = next((name for name in encodings if name and _fits(name, body)), "utf-8")
    try:
        pieces = list(_encoded(body, encoding, xml=xml))
    except (LookupError, ValueError):  # the name of a codec that is for something else than text
        pieces = list(_encoded(body, "utf-8", xml=xml))
    return b"".join(pieces)


def _fits(encoding: str, body: bytes) -> bool:
    # What names a two-byte encoding in single bytes is not in that encoding.
    return not encoding.startswith(("utf-16", "utf-32")) or b"\x00" in body[:_HEAD]


def _encoded(body: bytes, encoding: str, *, xml: bool) -> Iterator[bytes]:
    b"a".decode(encoding, "ignore")  # refuses codecs between bytes and bytes
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for start in range(0, len(body), _PIECE):
        text = decoder.decode(body[start : start + _PIECE], start + _PIECE >= len(body))
        if xml:
            text = _REFERENCE.sub(_if_character, _NO_CHARACTER.sub("", text))
        yield text.encode("utf-8", errors="replace")


def _if_character(reference: re.Match[str]) -> str:
    # Half an emoji (&#55357;) or a control character makes all parsers refuse the whole feed.
    decimal, hexadecimal = reference.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return reference.group() if any(code in span for span in _CHARACTERS) else ""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
