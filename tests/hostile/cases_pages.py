"""Pages that a listed source may send in place of an article, and articles that mean harm."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from hostile_answers import MIB, gzipped
from hostile_case import JUDGED, Case
from hostile_web import HTML, Exchange

STORY = "".join(
    f"<p>Invented sentence {n} of an invented story about phones in schools.</p>" for n in range(9)
)
END = "Invented sentence 8 of an invented story about phones in schools."


@dataclass(frozen=True, kw_only=True)
class PageCase(Case):
    """A page under the path of its name. What the archive then holds of it is `title`, if told."""

    title: str | None = None


def head(inside: str = "", title: str = "Invented page about phones in schools") -> str:
    return f"<html><head><title>{title}</title>{inside}</head><body><h1>{title}</h1>"


def story(inside: str = "", title: str = "Invented page about phones in schools") -> bytes:
    # Lone surrogates stay in it as the three bytes that they are not.
    return f"{head(inside, title)}<article>{STORY}</article>".encode("utf-8", "surrogatepass")


def within(before: str, after: str = "") -> bytes:
    return f"{head()}<article>{before}{STORY}{after}</article>".encode("utf-8", "surrogatepass")


def behind_the_end() -> bytes:
    return f"{head()}</body></html><article>{STORY}</article>".encode()


def linked_data(**facts: object) -> str:
    told = {"@type": "NewsArticle", "headline": "Invented page about phones in schools", **facts}
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def page(
    name: str,
    does: str,
    ending: str,
    body: Callable[[], bytes],
    declared: str = HTML,
    title: str | None = None,
) -> PageCase:
    def send(exchange: Exchange) -> None:
        forbidden = b"%d" % exchange.web.forbidden_port
        filled = body().replace(b"FORBIDDEN", forbidden)
        exchange.answer("200 OK", declared, body=filled)

    return PageCase(name=name, does=does, ending=ending, make=lambda: send, title=title)


def html(charset: str) -> str:
    return f"Content-Type: text/html; charset={charset}"


_MAGIC = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\0",
    "gif": b"GIF89a",
    "mp4": b"\0\0\0\x18ftypmp42",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0",
    "program": b"\x7fELF\x02\x01\x01\0",
    "sqlite": b"SQLite format 3\0",
}


def _binary(name: str, magic: bytes) -> PageCase:
    noise = bytes((n * 7919) % 256 for n in range(16_384))
    return page(
        f"binary-{name}", f"a {name} file declared as a page", "not-text", lambda: magic + noise
    )


BINARY = (
    *(_binary(name, magic) for name, magic in _MAGIC.items()),
    page(
        "binary-gzip", "gzip data without a word about it", "not-text", lambda: gzipped(story() * 9)
    ),
    page("binary-zeros", "1 MiB of zeros declared as a page", "too-short", lambda: bytes(MIB)),
)

CHARSETS = (
    page(
        "declared-utf-7",
        "a script hidden in UTF-7",
        "new",
        lambda: within("<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>"),
        html("utf-7"),
    ),
    page("declared-codec", "a codec of Python as charset", "new", story, html("zlib_codec")),
    page("declared-escape", "`unicode_escape` as charset", "new", story, html("unicode_escape")),
    page("declared-path", "a path as charset", "new", story, html("../../../etc/passwd")),
    page("declared-long", "a charset of 8,000 letters", "new", story, html("x" * 8000)),
    page("declared-idna", "`idna` as charset, which is quadratic", "new", story, html("idna")),
    page(
        "utf-16-for-utf-8",
        "UTF-16 declared as UTF-8",
        "new",
        lambda: story().decode().encode("utf-16"),
        html("utf-8"),
    ),
    page(
        "latin-for-utf-8",
        "one wrong byte in UTF-8",
        "new",
        lambda: within("<p>Caf\u00e9.</p>") + b"\x92",
    ),
    page(
        "shift-in",
        "escape sequences of ISO-2022-JP",
        "new",
        lambda: story().replace(b"Invented", b"\x1b$BInvented\x1b(B", 1),
        html("iso-2022-jp"),
    ),
    page(
        "surrogates",
        "half characters and NULs",
        "new",
        lambda: within("<p>A lone \ud800 and a \0 in an invented sentence.</p>"),
    ),
    page(
        "no-characters",
        "numbers of characters that do not exist",
        "new",
        lambda: within("<p>An invented &#xD800; &#0; &#x110000; &#99999999999; sentence.</p>"),
    ),
)

STRUCTURE = (
    page(
        "deep", "150 elements in one another, twice over", JUDGED, lambda: within("<div><b>" * 150)
    ),
    page(
        "very-deep",
        "20,000 elements in one another before the text",
        JUDGED,
        lambda: within("<div>" * 20_000),
    ),
    page(
        "unclosed",
        "300 unclosed tags behind the text",
        JUDGED,
        lambda: within("<p><b>One.", "<font>" * 300),
    ),
    page(
        "after-the-end",
        "the text stands behind `</html>`",
        JUDGED,
        behind_the_end,
    ),
    page(
        "attributes",
        "a tag with 2,000 attributes",
        JUDGED,
        lambda: within(f"<p {' '.join(f'a{n}={n}' for n in range(2000))}>One.</p>"),
    ),
    page(
        "long-attribute",
        "an attribute of 2 MiB",
        JUDGED,
        lambda: within(f"<p title='{'x' * 2 * MIB}'>One.</p>"),
    ),
    page(
        "rubbish",
        "tags that are none, which make one link of all",
        JUDGED,
        lambda: within("<a b=<\"'><<<>>></ ></0><!><?><!DOCTYPE>"),
    ),
    page(
        "half-comment",
        "a comment that never ends, behind the text",
        JUDGED,
        lambda: within("", "<!-- " + "-" * MIB),
    ),
    page("many-scripts", "5,000 empty scripts", JUDGED, lambda: within("<script></script>" * 5000)),
    page(
        "xxe",
        "an entity that is a file",
        JUDGED,
        lambda: (
            b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
            + within("<p>One &a; two.</p>")
        ),
    ),
    page(
        "xhtml-xxe",
        "the same in XHTML",
        JUDGED,
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
            + within("<p>One &a; two.</p>")
        ),
        "Content-Type: application/xhtml+xml",
    ),
    page(
        "laughs",
        "a billion laughs in XHTML",
        JUDGED,
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
            + within("<p>One &b; two.</p>")
        ),
        "Content-Type: application/xhtml+xml",
    ),
    page(
        "outside",
        "images, frames, objects, styles and scripts on this machine",
        JUDGED,
        lambda: within(
            "".join(
                f"<{tag}='http://127.0.0.1:FORBIDDEN/{n}'></{tag.split()[0]}>"
                for n, tag in enumerate(
                    (
                        "img src",
                        "iframe src",
                        "object data",
                        "embed src",
                        "script src",
                        "link rel=stylesheet href",
                        "link rel=preload href",
                        "video src",
                        "audio src",
                        "body background",
                        "form action",
                        "a ping",
                    )
                )
            )
        ),
    ),
    page(
        "refresh",
        "a page that refreshes to this machine",
        JUDGED,
        lambda: (
            b"<title>Wait</title><meta http-equiv=refresh content='0;url=http://127.0.0.1:FORBIDDEN/'><p>Wait."
        ),
    ),
)
