"""Every junk rule removes its examples at their usual places and never a sentence of the field."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from archive.records import Part
from crawler.extraction.junk import Rule, plain_line, rules, veto, vetoed
from crawler.extraction.strip import Context, strip
from crawler.extraction.table import Cell, kept

CONTEXT = Context(url="https://news.example/story")
KINDS = {
    "headline", "credit", "caption", "sign-up", "related", "share", "follow", "comments",
    "reading-time", "tags", "dates", "copyright", "bio", "cookies", "buttons", "file-name",
}  # fmt: skip
# How an example stands on the page, when it needs a second sign besides its words.
FORMS: dict[str, dict[str, object]] = {
    "linked": {"link": "/other"},
    "named": {"names": "widget"},
}
Table = Callable[[Sequence[Cell], int], list[Cell]]
Make = Callable[..., Cell]

REMOVES = [(rule, text) for rule in rules() for text in rule.removes]
KEEPS = [(rule, text) for rule in rules() for text in rule.keeps]

# Sentences that patterns made for general news would take out of an article of this field.
FIELD = (
    "Contact the NSPCC helpline on 0808 800 5000 for advice.",
    "Follow the NSPCC's advice on talking to children about strangers online.",
    "Find the report on the Ofcom website.",
    "Join the Safer Internet Day campaign on 9 February.",
    "Click here to read the guidance from Internet Matters.",
    "Find out more about sextortion.",
    "Learn more about parental controls at Internet Matters.",
    "Copyright law should protect children's drawings, the charity said.",
    "Most popular apps among under-13s are TikTok and YouTube.",
    "Popular on Snapchat, the game has 2m users under 13.",
    "Schools should sign up for the free online safety updates, Ofcom said.",
    "The charity said it will put more detail in its newsletter.",
    "Reporting by pupils of online abuse has risen by a third.",
    "Published on Tuesday, the report says 1 in 5 children were contacted.",
    "Contact Childline on 0800 1111.",
    "Report it to CEOP.",
    "Click on the red button on the CEOP page.",
    "Image sharing among pupils has doubled.",
    "Sources at Meta said the change would come.",
    "Childline: 0800 1111",
    "NSPCC helpline: 0808 800 5000",
    "Text SHOUT to 85258.",
    "Call 999 if a child is in danger.",
    "Contact us on 0800 1111, the poster in the changing room says.",
    "Get in touch with the Professionals Online Safety Helpline",
    "Read more about the warning signs on the NSPCC website",
    "Sign up to the Internet Watch Foundation's alerts.",
    "Share nothing that you would not show your grandmother, the officer told the class.",
    "Comments under the video were switched off after the report.",
    "Tags in the photographs showed where the children lived.",
    "Subscribe buttons are what children press first, the study found.",
    "Cookies are how the games know a child again, the regulator said.",
    "Advertising to under-16s will be banned.",
    "Log in together and look at the friends list.",
    "Report Remove is run by Childline and the IWF.",
    "Stop It Now: 0808 1000 900",
)


def second_sign(rule: Rule) -> dict[str, object]:
    """The form of the page that the first place of a rule asks for."""
    signs = rule.where[0]
    form: dict[str, object] = {}
    for sign in signs:
        form |= FORMS.get(sign, {})
    return form


def place_of(rule: Rule) -> int:
    if any("first" in signs for signs in rule.where):
        return 0
    return 12 if any("edges" in signs for signs in rule.where) else 6


@pytest.mark.parametrize(("rule", "text"), REMOVES, ids=[f"{r.id}: {t}" for r, t in REMOVES])
def test_a_rule_removes_its_examples(rule: Rule, text: str, cell: Make, table_with: Table) -> None:
    if rule.prefix:
        joined = f"{text.rstrip()} The invented story begins with this sentence."
        stripped = strip(table_with([cell(joined)], 0), CONTEXT)
        (part, rule_id, cut) = stripped[0].cuts[0]
        assert (part, rule_id, cut.rstrip()) == (Part.PREFIX, rule.id, text.rstrip())
        assert stripped[0].text == "The invented story begins with this sentence."
        return
    place = place_of(rule)
    stripped = strip(table_with([cell(text, **second_sign(rule))], place), CONTEXT)
    removed = [junk for junk in stripped if junk.rule is not None]
    assert [junk.text for junk in removed] == [text]
    assert str(removed[0].rule).partition(":")[0] == rule.kind


@pytest.mark.parametrize("place", [0, 6, 12])
@pytest.mark.parametrize("text", [*(text for _rule, text in KEEPS), *FIELD])
def test_sentences_of_this_field_stay(text: str, place: int, cell: Make, table_with: Table) -> None:
    stripped = strip(table_with([cell(text)], place), CONTEXT)
    assert [junk.text for junk in stripped if junk.rule or junk.cuts] == []


@pytest.mark.parametrize("text", FIELD)
def test_sentences_of_this_field_stay_when_they_are_links(
    text: str, cell: Make, table_with: Table
) -> None:
    link = cell(text, link="https://elsewhere.example/advice")
    stripped = strip(table_with([link], 6), CONTEXT)
    assert [junk.text for junk in stripped if junk.rule] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_names_its_kind_and_carries_examples_of_both_sorts(rule: Rule) -> None:
    assert rule.kind in KINDS
    assert rule.removes
    assert rule.keeps or rule.kind == "file-name"


def test_rules_have_names_of_their_own() -> None:
    names = [rule.id for rule in rules()]
    assert len(names) == len(set(names))


def test_no_rule_names_a_site() -> None:
    # A rule that knows one publisher's words is a parser for that publisher.
    patterns = " ".join(rule.pattern.pattern for rule in rules())
    assert not re.search(
        r"(?i)bbc|guardian|telegraph|mirror|nyt|cnn|theiet|https?:|\.co\.uk", patterns
    )


def test_the_veto_can_be_waived_for_names_but_never_for_helplines() -> None:
    assert vetoed("Photo: Internet Watch Foundation")
    assert not vetoed("Photo: Internet Watch Foundation", names=False)
    assert vetoed("NSPCC helpline: 0808 800 5000", names=False)


def test_a_charity_does_not_veto_the_rules_on_its_own_site() -> None:
    assert vetoed("Sign up to the Childnet newsletter")
    assert not vetoed("Sign up to the Childnet newsletter", "Childnet International")


@pytest.mark.parametrize(
    "number",
    ["0808 800 5000", "0800 1111", "116 123", "+44 20 7825 2505", "1-800-843-5678", "13 11 14"],
)
def test_telephone_numbers_are_known(number: str) -> None:
    assert veto().always.search(f"on {number} for advice")


@pytest.mark.parametrize("number", ["in 2019", "1,200 cases", "3.14159", "from 2018 to 2023"])
def test_counts_and_years_are_no_telephone_numbers(number: str) -> None:
    assert not veto().always.search(number)


def test_a_line_is_compared_without_its_ornaments() -> None:
    assert plain_line("  [ \u2018Read\u2019 \u2192 ] ") == "'Read'"
    assert plain_line("Copyright \u24d2 2024") == "Copyright \u00a9 2024"


def test_an_article_is_never_emptied(cell: Make) -> None:
    lonely = [cell("Share this article")]
    assert kept(strip(lonely, CONTEXT)) == lonely


@pytest.mark.parametrize(
    "text",
    [
        "Childline: 0800 1111",
        "Where to find help: the NSPCC",
        "The invented council will look at the helpline again in two years.",
        "An invented competition asks children of the invented town to paint what they like online",
    ],
)
def test_a_last_heading_that_says_something_stays(text: str, cell: Make, table_with: Table) -> None:
    stripped = strip(table_with([cell(text, tag="h3")], 12), CONTEXT)
    assert [junk.text for junk in stripped if junk.rule] == []


def test_a_heading_of_nothing_goes(cell: Make, table_with: Table) -> None:
    stripped = strip(table_with([cell("Weekend", tag="h3")], 12), CONTEXT)
    assert [junk.rule for junk in stripped if junk.rule] == ["related:heading-at-end"]


@pytest.mark.parametrize(
    "text", ["By Invented One", "Invented One | 3 March 2024, 10:00", "3 March 2024"]
)
def test_a_byline_goes(text: str, cell: Make, table_with: Table) -> None:
    context = Context(
        url="https://news.example/a",
        authors=("Invented One",),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    stripped = strip(table_with([cell(text)], 0), context)
    assert [junk.rule for junk in stripped if junk.rule] == ["credit:byline"]
    entry = strip(table_with([cell("Closing date: 03.11.2019 (by post)")], 0), context)
    assert [junk.text for junk in entry if junk.rule] == []
