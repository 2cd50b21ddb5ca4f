import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.discovery.titles import LONGEST, plain_title

PIECES = (
    "<b>|</b>|<scr|ipt>|</script>|&lt;|&amp;|amp;|lt;|<!--|-->|<i title='|'>|<|>|&|&#60;|#x3c;|b>|"
    " |word|\u202e|\u200b"
)
MARKED_UP = st.lists(st.sampled_from(PIECES.split("|")), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Plain", "Plain"),
        ("  two \n\t lines ", "two lines"),
        ("A <b>bold</b> claim", "A bold claim"),
        ("Before<br/>after", "Before after"),
        ("<script>alert(1)</script>Phones in schools", "Phones in schools"),
        ("<style>b{}</style><p>Phones</p><p>Schools</p>", "Phones Schools"),
        ("Parents &amp; schools", "Parents & schools"),
        ("Parents &amp;amp;#8217; choice", "Parents \N{RIGHT SINGLE QUOTATION MARK} choice"),
        ("&lt;em&gt;Ofcode&lt;/em&gt; speaks", "Ofcode speaks"),
        ("&amp;lt;script&amp;gt;alert(1)", None),
        ("If a < b and c > d: a lesson", "If a < b and c > d: a lesson"),
        ("We <3 online safety", "We <3 online safety"),
        ("AT&T, Q&A and R&D", "AT&T, Q&A and R&D"),
        ("gnp.\u202egpj", "gnp.gpj"),
        ("A\u200bB\ufeffC\u00adD\x00E", "ABCDE"),
        ("half \ud83d a pair", "half a pair"),
        ("<img src=x onerror=alert(1)>", None),
        ("", None),
        (" \u200b ", None),
        ("x" * 5000, "x" * LONGEST),
    ],
)
def test_a_title_is_what_a_person_would_read(text: str, title: str | None) -> None:
    assert plain_title(text) == title


@given(st.text() | MARKED_UP)
@example("&amp" * 2000 + "lt;b&gt;")
@example("<b" * 900 + ">" * 900)
@example("&lt;" * 300 + "b" + "&gt;" * 300)
def test_a_plain_title_holds_no_tag_and_no_hidden_character_and_stays_as_it_is(text: str) -> None:
    title = plain_title(text)
    if title is None:
        return
    assert plain_title(title) == title
    assert not re.search(r"</?(?:b|i|script)\b[^<>]*>|<!--", title)
    assert all(unicodedata.category(char)[0] != "C" for char in title)
    assert title == " ".join(title.split())
    assert len(title) <= LONGEST


@pytest.mark.parametrize(
    "text",
    ["&amp;" * 100_000, "<b" * 100_000, "<!--" * 100_000, "<script>" * 50_000, "<p " * 90_000],
)
def test_a_hostile_title_ends_at_once(text: str) -> None:
    for _ in range(100):
        assert len(plain_title(text) or "") <= LONGEST
