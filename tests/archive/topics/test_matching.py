"""What the shipped rules, and small ones of our own, make of invented texts."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.topics.matching import Decision, decide
from archive.topics.rules import TermKind, parse_rules, shipped_rules
from archive.topics.words import Place, Told

RULES = """
[meta]
version = "7"
default_threshold = 2.0
[gate]
child = ["child", "children", "pupils"]
online = ["online", "app", "social media"]
child_cased = ["KCSIE"]
online_cased = ["AI"]
not = ["safety net"]
[[topic]]
id = "grooming"
label = "Grooming"
definition = "Contact."
sensitivity = "high"
report_routes = ["ceop"]
strong = ["online grooming", "net"]
reported_as = ["cyber predator"]
weak = ["grooming", "predator"]
cased = ["CSE"]
not = ["dog grooming"]
[[topic]]
id = "schools"
label = "Schools"
definition = "Teaching."
sensitivity = "low"
strong = ["online safety lesson"]
weak = ["grooming"]
"""
OWN = parse_rules(RULES, "own.toml")


def own(title: str, text: str = "") -> Decision:
    return decide(Told(title=title, text=text), OWN)


def shipped(title: str, text: str = "") -> Decision:
    return decide(Told(title=title, text=text), shipped_rules())


def tagged(decision: Decision) -> list[str]:
    return [tag.topic for tag in decision.tags]


def test_a_strong_term_in_the_title_is_a_tag_and_admits() -> None:
    decision = own("Online grooming of children is rising")
    assert (decision.admitted, tagged(decision)) == (True, ["grooming"])
    assert decision.reason == "'online grooming' in the title is of the topic 'Grooming'"
    assert decision.tags[0].is_primary
    assert decision.tags[0].score == round(4 * 1.5 * math.log(2), 3)


def test_the_longest_term_is_taken_and_the_shorter_inside_it_counts_no_more() -> None:
    (tag,) = own("Online grooming of children").tags
    assert [(hit.kind, hit.term) for hit in tag.hits] == [(TermKind.STRONG, "online grooming")]


def test_one_word_may_speak_for_two_topics() -> None:
    decision = own("Grooming: an app for pupils", "Grooming grooming online. Children.")
    assert {tag.topic for tag in (*decision.tags, *decision.near)} == {"grooming", "schools"}


def test_a_phrase_that_means_something_else_hides_the_term_in_it() -> None:
    decision = own("Dog grooming app for children")
    assert decision.masked == ("Dog grooming",)
    assert [hit.topic for hit in decision.not_counted] == ["grooming"]
    assert "schools" in {tag.topic for tag in decision.near}  # hidden from one topic only


def test_a_phrase_hidden_everywhere_opens_no_gate_and_hits_nothing() -> None:
    decision = own("A safety net for the children who go online")
    assert not decision.tags
    assert [hit.not_counted for hit in decision.not_counted] == [
        "it is part of a phrase that means something else"
    ]


def test_weak_words_alone_never_admit() -> None:
    decision = own("Grooming, grooming and a predator: children online")
    assert tagged(decision)
    assert not decision.admitted
    assert decision.reason.startswith("only weak words speak for")


def test_a_weak_word_counts_only_near_a_child() -> None:
    near = own("News", "An app was named. It led to grooming. A child was hurt.")
    far = own("News", "An app led to grooming. Nothing else. A child was hurt.")
    assert [hit.term for tag in near.near for hit in tag.hits] == ["grooming", "grooming"]
    assert {hit.not_counted for hit in far.not_counted} == {
        "a weak word, and no child in this sentence or the next"
    }


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Online grooming", "it does not speak of children"),
        ("A cyber predator hunts children", "it does not speak of anything online"),
        ("Children play online", "no topic has enough of its words in it"),
    ],
)
def test_what_is_refused_says_why(title: str, reason: str) -> None:
    decision = own(title)
    assert (decision.admitted, decision.reason) == (False, reason)


def test_acronyms_are_read_as_they_are_written() -> None:
    assert tagged(own("CSE: AI and children")) == ["grooming"]
    assert not own("cse: ai and children").online


@pytest.mark.parametrize(
    "title",
    [
        "ONLINE GROOMING OF CHILDREN",
        "Online-grooming of children",
        "Online \u2018grooming\u2019 of children",
        "Children\u2019s online grooming",
        "The online groomings of a child",
    ],
)
def test_case_hyphens_quotes_possessives_and_plurals_do_not_matter(title: str) -> None:
    assert tagged(own(title)) == ["grooming"]


def test_a_term_is_not_found_across_the_end_of_a_sentence() -> None:
    assert not own("News", "Children go online. Grooming is something else.").tags


def test_what_stands_further_up_weighs_more() -> None:
    words = "word " * 80
    title = own("Online grooming of children").tags[0].score
    lead = own("Children", "Online grooming.").tags[0].score
    body = own("Children", f"{words}. Online grooming.").near[0].score
    assert title > lead > body
    assert own("Children", f"{words}. Online grooming.").near[0].hits[0].place is Place.BODY


words_of_the_field = st.sampled_from(
    [
        *("children", "online", "grooming", "dog", "safety", "net", "app", "CSE.", "predator"),
        *(".", "\n", "the", "KCSIE", "AI", "pupils"),
    ]
)


@given(st.lists(words_of_the_field, max_size=60), st.lists(words_of_the_field, max_size=12))
@settings(max_examples=200)
def test_evidence_always_points_at_the_words_it_names(text: list[str], title: list[str]) -> None:
    told = Told(title=" ".join(title), text=" ".join(text))
    decision = decide(told, OWN)
    hits = [hit for tag in (*decision.tags, *decision.near) for hit in tag.hits]
    for hit in (*hits, *decision.not_counted):
        whole = told.title if hit.place is Place.TITLE else told.text
        written = whole[hit.start : hit.end]
        assert written.split()[0].lower().startswith(hit.term.split()[0].lower())
        assert " ".join(written.split()) in hit.sentence
    assert decide(told, OWN) == decision


@given(st.text(max_size=300), st.text(max_size=2000))
@settings(max_examples=100)
def test_whatever_is_written_there_is_a_decision(title: str, text: str) -> None:
    decision = shipped(title, text)
    assert decision.reason
    assert decision.version == shipped_rules().version


@pytest.mark.parametrize(
    "title",
    [
        "Bride and groom thank the children's choir for a livestream",
        "Coppa Italia as minors cheer online",
        "Suicide Squad game divides young gamers and children online",
        "Dog grooming app lets children book online",
        "Safety net for parents as online shops close",
        "The biggest challenge facing schools is money, says website",
        "Radio phone-in on an old school of thought, online",
    ],
)
def test_what_only_sounds_like_the_field_is_not_admitted(title: str) -> None:
    assert not shipped(title).admitted


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Sextortion of teenagers on social media doubles, invented charity says", "sextortion"),
        ("Pupils' phones: school tries a smartphone ban", "phones-bans"),
        ("Age verification for children: an invented regulator's app", "age-assurance"),
        ("Reports of child sexual abuse material online rise", "csam"),
    ],
)
def test_what_is_of_the_field_is_admitted_under_its_topic(title: str, topic: str) -> None:
    decision = shipped(title)
    assert decision.admitted
    assert topic in tagged(decision)


def test_what_sources_call_it_is_found_and_never_is_our_label() -> None:
    decision = shipped("Man charged over child porn found online", "It was about children.")
    csam = next(tag for tag in decision.tags if tag.topic == "csam")
    assert csam.hits[0].kind is TermKind.REPORTED_AS
    labels = " ".join(topic.label for topic in shipped_rules().topics.values()).lower()
    assert "child porn" not in labels
    assert "Child sexual abuse material" in {t.label for t in shipped_rules().topics.values()}


def test_the_samples_are_tagged_as_a_reader_would(shared: Path) -> None:
    found = {}
    for file in sorted((shared / "samples").glob("*.txt")):
        title, _, text = file.read_text(encoding="utf-8").partition("\n")
        decision = shipped(title, text)
        assert decision.admitted
        found[file.name[:3]] = set(tagged(decision))
    assert found["000"] >= {"csam", "policing"}
    assert found["001"] >= {"csam", "policing", "grooming"}
    assert found["002"] >= {"csam", "policing", "screen-time", "regulation"}
