"""Articles that mean harm: bait for slow rules, claims that lie, titles that would be obeyed."""

from html import unescape

from cases_pages import (
    BINARY,
    CHARSETS,
    STRUCTURE,
    PageCase,
    linked_data,
    page,
    story,
    within,
)
from hostile_answers import MIB
from hostile_case import JUDGED

BAIT = (
    page(
        "spaces",
        "a paragraph of 300,000 spaces and tabs",
        JUDGED,
        lambda: within("<p>A" + " \t" * 150_000 + "b.</p>"),
    ),
    page(
        "one-word", "a word of 300,000 letters", JUDGED, lambda: within(f"<p>{'a' * 300_000}</p>")
    ),
    page(
        "dashes",
        "100,000 dashes and bars in the title",
        JUDGED,
        lambda: story(title="Invented phones " + " - |" * 25_000),
    ),
    page(
        "ampersands",
        "100,000 half entities",
        JUDGED,
        lambda: within(f"<p>One {'&amp' * 100_000}</p>"),
    ),
    page(
        "copyrights",
        "3,000 copyright lines",
        JUDGED,
        lambda: within("", "<p>(c) (c) 2026 2026 All rights</p>" * 3000),
    ),
    page(
        "bylines",
        "a byline of 100,000 words",
        JUDGED,
        lambda: within(f"<p class=byline>By {'By and ' * 50_000}</p>"),
    ),
    page(
        "dates",
        "20,000 half dates",
        JUDGED,
        lambda: within(f"<p class=date>{'2026-13-45T99:99 ' * 20_000}</p>"),
    ),
    page(
        "marks",
        "100,000 accents on one letter",
        JUDGED,
        lambda: within(f"<p>a{chr(0x301) * 100_000} b.</p>"),
    ),
    page(
        "invisible",
        "100,000 zero-width characters",
        JUDGED,
        lambda: within(f"<p>a{chr(0x200B) * 100_000}b.</p>"),
    ),
    page(
        "line-breaks",
        "20,000 line breaks",
        JUDGED,
        lambda: within(f"<p>One{'<br>' * 20_000}two.</p>"),
    ),
)

CLAIMS = (
    page(
        "long-title",
        "a title of 1 MiB",
        "new",
        lambda: story(title="Invented " + "phones " * (MIB // 7)),
    ),
    page(
        "long-linked-data",
        "3 MiB of JSON-LD",
        "new",
        lambda: story(linked_data(keywords="x" * 3 * MIB)),
    ),
    page(
        "deep-linked-data",
        "JSON-LD with 100,000 lists in one another",
        "new",
        lambda: story(f'<script type="application/ld+json">{"[" * 100_000}</script>'),
    ),
    page(
        "half-linked-data",
        "JSON-LD that breaks off",
        "new",
        lambda: story(
            '<script type="application/ld+json">{"headline": "' + "\\" * 9999 + "</script>"
        ),
    ),
    page(
        "odd-linked-data",
        "JSON-LD with values of every wrong type",
        "new",
        lambda: story(
            linked_data(headline=[{}, 7], author={"name": [[]]}, datePublished={"a": 1}, url=7)
        ),
    ),
    page(
        "many-authors",
        "10,000 authors",
        "new",
        lambda: story(
            linked_data(author=[{"name": f"Invented Author {n}"} for n in range(10_000)])
        ),
    ),
    page(
        "far-dates",
        "dates in the years 0, 2999 and 99999999",
        "new",
        lambda: story(linked_data(datePublished="99999999-01-01", dateModified="0000-00-00")),
    ),
    page(
        "wrong-owner",
        "a canonical address, `og:url` and `<base>` of another site",
        "new",
        lambda: story(
            "<link rel=canonical href='http://victim.example/true'><base href='http://victim.example/'>"
            "<meta property=og:url content='http://victim.example/true'>"
        ),
    ),
    page(
        "private-owner",
        "a canonical address on this machine",
        "new",
        lambda: story("<link rel=canonical href='http://127.0.0.1:FORBIDDEN/admin'>"),
    ),
    page(
        "script-links",
        "links that are scripts and data",
        "new",
        lambda: within(
            "<p>One <a href='javascript:alert(1)'>two</a> <a href='data:text/html,x'>three</a>"
            " <a href='vbscript:x'>four</a> of an invented sentence.</p>"
        ),
    ),
)


def _named(name: str, does: str, written: str, shown: str) -> PageCase:
    data = linked_data(headline="", author={"@type": "Person", "name": unescape(written)})
    return page(f"title-{name}", does, "new", lambda: story(data, title=written), title=shown)


INJECTIONS = (
    _named(
        "script",
        "a script as title and author",
        "Phones &lt;script&gt;alert(1)&lt;/script&gt; in schools",
        "",
    ),
    _named(
        "formula",
        "a formula as title and author",
        "=HYPERLINK(&quot;http://evil.test&quot;,&quot;Schools&quot;)",
        '=HYPERLINK("http://evil.test","Schools")',
    ),
    _named(
        "command",
        "a command of spreadsheets as title and author",
        "@SUM(1+1)*cmd|' /C calc'!A0 schools",
        "@SUM(1+1)*cmd|' /C calc'!A0 schools",
    ),
    _named(
        "escape",
        "escape sequences of terminals as title and author",
        "Phones &#27;[2J&#27;]0;owned&#7; \x1b[31mred \x9b1m in schools",
        "",
    ),
    _named(
        "turned",
        "characters that turn the text around",
        "Phones \u202egnp.exe\u2066 in \u200bschools",
        "",
    ),
    _named(
        "template",
        "expressions of templates",
        "Phones {{7*7}} ${7*7} {% raw %} in schools",
        "Phones {{7*7}} ${7*7} {% raw %} in schools",
    ),
    _named(
        "sql",
        "a line of SQL",
        "Phones'); DROP TABLE articles;-- in schools",
        "Phones'); DROP TABLE articles;-- in schools",
    ),
    _named(
        "lines",
        "line breaks of every kind",
        "Phones\r\nX-Odd: 1\u2028\u2029\x85\x0b in schools",
        "",
    ),
    _named(
        "markup",
        "console markup",
        "[bold red]Phones[/] [link=http://evil.test]in schools[/link]",
        "[bold red]Phones[/] [link=http://evil.test]in schools[/link]",
    ),
)

GATES = (
    page("blank", "nothing but white space", "too-short", lambda: b" \n\t"),
    page(
        "only-comments",
        "nothing but comments",
        "no-title",
        lambda: b"<html><!-- An invented page. --></html>",
    ),
    page(
        "not-there",
        "an error that says 200",
        "soft-404",
        lambda: b"<title>404 Not Found</title><h1>404</h1><p>The page was not found.</p>",
    ),
    page(
        "captcha",
        "a question whether we are a person, with status 200",
        "captcha",
        lambda: (
            b"<title>Just a moment...</title><h1>news.example</h1><p>Verify that you are human.</p>"
            b"<script>window._cf_chl_opt={cType:'managed'}</script>"
        ),
    ),
    page(
        "login",
        "a question for a password",
        "login",
        lambda: (
            b"<title>Sign in</title><form><p>Please log in to continue.</p>"
            b"<input type=password></form>"
        ),
    ),
    page(
        "script-only",
        "a page that only a script fills",
        "script-only",
        lambda: (
            b"<title>News</title><div id=root></div><noscript>"
            b"You need to enable JavaScript to run this app.</noscript><script src=a.js></script>"
        ),
    ),
)
# Each of these would keep a worker busy for minutes.
HANGS = (
    page(
        "many-attributes",
        "a tag with 1,000,000 attributes",
        "extraction-timeout",
        lambda: within(f"<p {' '.join(f'a{n}' for n in range(1_000_000))}>One.</p>"),
    ),
    page(
        "many-spans",
        "600,000 elements in one paragraph",
        "extraction-timeout",
        lambda: within(f"<p>{'<span>a</span> ' * 600_000}</p>"),
    ),
    page(
        "long-page",
        "70,000 paragraphs",
        "extraction-timeout",
        lambda: within(
            "".join(
                f"<p>Invented sentence {n} of a page without end, {n * n}.</p>"
                for n in range(70_000)
            )
        ),
    ),
)
PAGES = (*BINARY, *CHARSETS, *STRUCTURE, *BAIT, *CLAIMS, *INJECTIONS, *GATES)
