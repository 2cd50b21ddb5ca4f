"""Names and figures in invented texts."""

import pytest

from archive.topics.entities import EntityKind, mentions, shipped_entities
from archive.topics.figures import statistics_in
from archive.topics.rules import shipped_rules
from archive.topics.words import Told


def names(title: str, text: str = "") -> dict[str, int]:
    told = Told(title=title, text=text)
    found = mentions(told, shipped_entities(), shipped_rules())
    return {mention.entity.id: mention.count for mention in found}


def test_organisations_platforms_laws_and_countries_are_named() -> None:
    text = "The NSPCC and Ofcom spoke of TikTok and the Online Safety Act. The NSPCC is in the UK."
    assert names("News", text) == {"nspcc": 2, "ofcom": 1, "tiktok": 1, "osa-uk": 1, "GB": 1}


@pytest.mark.parametrize(
    ("text", "platform", "is_named"),
    [
        ("He gave a signal and Signal was quiet.", "signal", False),
        ("They wrote to each other on Signal and WhatsApp.", "signal", True),
        ("The Steam engine was invented.", "steam", False),
        ("Children met strangers online, on Steam too.", "steam", True),
        ("Kick the ball.", "kick", False),
    ],
)
def test_an_ordinary_word_is_a_platform_only_in_its_company(
    text: str, platform: str, is_named: bool
) -> None:
    assert (platform in names("News", text)) == is_named


def test_no_kind_of_entity_is_a_person() -> None:
    assert {kind.value for kind in EntityKind} == {"organisation", "platform", "law", "country"}
    assert names("Jordan Example of Invented Town", "Alex Example spoke to Sam Example.") == {}


def test_a_mention_shows_its_first_sentence() -> None:
    told = Told(title="News", text="Nothing yet. The IWF said so. The IWF again.")
    (mention,) = mentions(told, shipped_entities(), shipped_rules())
    assert (mention.sentence, mention.count, mention.in_title) == ("The IWF said so.", 2, False)


@pytest.mark.parametrize(
    ("sentence", "number", "counts"),
    [
        ("In a review of 34 online cases, little was good.", "34", "online cases"),
        ("More than 80,000 people were thought to be a threat.", "80,000", "people"),
        ("One in five children has seen it.", "One in five", "children"),
        ("Some 45% of parents of young pupils were asked.", "45%", "parents"),
        ("Referrals have increased by 22 per cent over two years.", "22 per cent", ""),
        ("About 1.2 million reports came in.", "1.2 million", "reports"),
        ("Two thirds of teachers agreed.", "Two thirds", "teachers"),
        ("Dozens of schools took part.", "Dozens", "schools"),
    ],
)
def test_a_figure_is_shown_with_what_it_counts(sentence: str, number: str, counts: str) -> None:
    (found,) = statistics_in(Told(title="News", text=sentence))
    assert (found.number, found.counts, found.sentence) == (number, counts, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It happened on 12 March 2019.",
        "The boy was 13 years old.",
        "A 13-year-old pupil spoke.",
        "The firm was fined \u00a35,000.",
        "Call 0808 800 5000 for advice.",
        "It began at 10:30 and lasted two hours.",
        "In 2019 schools closed.",
        "Version 2.19 was shown.",
    ],
)
def test_a_number_that_counts_nothing_is_no_statistic(sentence: str) -> None:
    assert statistics_in(Told(title="News", text=sentence)) == ()
