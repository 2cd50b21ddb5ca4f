from dataclasses import replace

import pytest
import quoted_record

from archive.digest.lint import Finding, Rule, lint
from archive.digest.risks import Risk, risks_in
from archive.digest.values import Chosen, RecordFacts, Selection, Topic

TEXT = "Invented pupils told of group chats. " + "Nothing else is told in this invented text. " * 20
CSAM = Topic(
    slug="csam",
    label="Child sexual abuse material",
    sensitivity="high",
    reported_as=("child pornography", "kiddie porn"),
)
SUICIDE = Topic(slug="self-harm-suicide", label="Suicide and self-harm", sensitivity="high")
RECORD = replace(quoted_record.RECORD, title="Invented pupils told of group chats", text=TEXT)
ITEM = Chosen(
    article_id=1,
    title=RECORD.title,
    section="Group chats",
    extract="Invented pupils told of group chats.",
)


def findings(
    item: Chosen = ITEM,
    record: RecordFacts = RECORD,
    *,
    used: tuple[int, ...] = (),
    **issue: object,
) -> list[Finding]:
    selection = Selection(
        **{"title": "An update", "month": "2026-11", "country": "GB", "items": (item,), **issue}
    )
    return list(lint(selection, {record.article_id: record}, used=used))


def rules(*arguments: object, **more: object) -> list[Rule]:
    return [one.rule for one in findings(*arguments, **more)]


def test_an_item_that_quotes_its_month_shortly_is_left_in_peace() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    "told",
    [
        "Invented Name, 14, a pupil of Invented Park School, was groomed online.",
        "14-year-old Invented Name from Examplebury was sexually abused.",
        "The schoolgirl Invented Name lived in Examplebury, where she was raped.",
        "Sextortion: the victim, named as Invented Name, went to Example Hill Academy.",
        "A 13-year-old of Example Hill Primary School sent nudes to the man.",
    ],
)
def test_a_child_and_a_place_beside_a_sexual_offence_could_identify_a_victim(told: str) -> None:
    assert [risk for risk, _ in risks_in(told)] == [Risk.VICTIM]


@pytest.mark.parametrize(
    "told",
    [
        "An invented man, 43, of Examplebury was jailed for grooming.",
        "Grooming on Instagram, 12 of 40 cases in England, has grown since November 14.",
        "Invented Name, 14, won the spelling competition of Invented Park School.",
        "A girl aged 13 was groomed online, the invented court heard.",
        "The NSPCC counted 34,000 grooming offences in England and Wales in 2024.",
        "The victim Support Line in Leeds was asked about grooming 20 times.",
        "Sexual abuse of under 16s online: a report of Ofcom, 12 pages, is in schools.",
    ],
)
def test_offenders_figures_and_good_news_of_children_are_no_victims(told: str) -> None:
    assert risks_in(told) == ()


def test_a_victim_is_also_told_by_title_quotation_and_note_together() -> None:
    title = "Invented Name, 14, speaks of her case"
    record = replace(RECORD, title=title)
    item = replace(ITEM, title=title, note="She was groomed online, says her Example Hill School.")
    assert rules(item, record) == [Rule.VICTIM]


@pytest.mark.parametrize(
    "told", ["an overdose of tablets", "he jumped from a bridge", "a ligature", "cutting herself"]
)
def test_a_method_is_warned_of_where_self_harm_is_spoken_of_and_only_there(told: str) -> None:
    assert [risk for risk, _ in risks_in(f"The suicide: {told}.")] == [Risk.METHOD]
    assert [risk for risk, _ in risks_in(told, is_about_self_harm=True)] == [Risk.METHOD]
    assert risks_in(told) == ()
    item = replace(ITEM, note=f"It was {told}.")
    assert rules(item, replace(RECORD, topics=(SUICIDE,))) == [Rule.METHOD]
    assert rules(item) == []


@pytest.mark.parametrize("words", ["child porn", "Child pornography", "children\u2019s porn"])
def test_what_trivialises_abuse_is_not_said_in_our_own_words_and_may_be_quoted(words: str) -> None:
    assert rules(replace(ITEM, note=f"A case of {words}.")) == [Rule.WORDING]
    assert rules(replace(ITEM, section=words)) == [Rule.WORDING]
    assert rules(introduction=f"Of {words}.") == [Rule.WORDING]
    assert rules(replace(ITEM, note=f"The court spoke of \u201c{words}\u201d.")) == []
    record = replace(RECORD, title=f"Man had {words}", text=f"He had {words}. {TEXT}")
    assert rules(replace(ITEM, title=record.title, extract=f"He had {words}."), record) == []


def test_a_headline_of_ours_is_our_words() -> None:
    record = replace(RECORD, title="Man charged")
    assert rules(replace(ITEM, title="Man had child porn"), record) == [Rule.QUOTE, Rule.WORDING]


def test_words_that_the_topic_rules_leave_to_sources_are_not_ours() -> None:
    topic = replace(CSAM, reported_as=("indecent pictures",))
    item = replace(ITEM, note="He had indecent pictures.")
    assert rules(item, replace(RECORD, topics=(topic,))) == [Rule.WORDING]
    assert rules(item) == []


def test_what_was_not_there_when_last_asked_is_a_dead_link() -> None:
    assert rules(record=replace(RECORD, is_dead=True)) == [Rule.DEAD_LINK]
    assert rules(record=replace(RECORD, url="digest:abc#item-1")) == [Rule.DEAD_LINK]


@pytest.mark.parametrize(
    ("published", "said"),
    [("2026-10-31", "older"), ("2026-10", "older"), ("2026-12-01", "newer"), (None, "no date")],
)
def test_a_date_outside_the_month_is_said(published: str | None, said: str) -> None:
    (one,) = findings(record=replace(RECORD, published=published))
    assert (one.rule, one.item) == (Rule.DATE, 1)
    assert said in one.message


def test_a_date_within_the_month_or_as_vague_as_it_is_fine() -> None:
    for published in ("2026-11-01", "2026-11", "2026"):
        assert findings(record=replace(RECORD, published=published)) == []


def test_quotations_that_are_too_long_or_no_quotations_or_not_allowed_are_said() -> None:
    words = replace(RECORD, text="word " * 2000)
    assert rules(replace(ITEM, extract="word " * 51), words) == [Rule.QUOTE]
    assert rules(replace(ITEM, extract="word " * 50), words) == []
    long = replace(RECORD, text="longest-words " * 1000)
    assert rules(replace(ITEM, extract="longest-words " * 22), long) == [Rule.QUOTE]
    assert rules(replace(ITEM, extract=TEXT[:120])) == [Rule.QUOTE]
    assert rules(replace(ITEM, extract="Pupils were told of chats.")) == [Rule.QUOTE]
    assert rules(record=replace(RECORD, text="", link_only=True)) == [Rule.QUOTE]
    assert rules(record=replace(RECORD, text="", no_quotes=True)) == [Rule.QUOTE]


def test_a_record_that_is_gone_or_twice_or_was_used_before_is_said() -> None:
    assert rules(replace(ITEM, article_id=9)) == [Rule.GONE]
    assert rules(items=(ITEM, ITEM)) == [Rule.REPEATED, Rule.REPEATED]
    assert rules(used=(1,)) == [Rule.REPEATED]
