"""Words that tell a topic when they stand in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigurationError
from archive.topics.matching import Decision, decide
from archive.topics.rules import TermKind, parse_rules
from archive.topics.words import LEAD_WORDS, Place, Told

RULES = """
[meta]
version = "1"
[gate]
child = ["child", "children", "girl"]
online = ["online", "app"]
child_also = ["mother"]
online_also = ["screen"]
not = ["app store"]
[groups]
image = ["image", "video clip"]
[[topic]]
id = "images"
label = "Images"
definition = "d"
sensitivity = "low"
strong = ["abuse image"]
together = ["<child> + <image> + stolen | copied + - film", "nude + image | nude"]
otherwise = ["<child> + thief"]
headline = ["<child> + <online>"]
not = ["stolen goods"]
"""
RULES_OF_OURS = parse_rules(RULES, "own.toml")


def own(title: str, text: str = "") -> Decision:
    return decide(Told(title=title, text=text), RULES_OF_OURS)


def terms(decision: Decision) -> list[str]:
    tags = (*decision.tags, *decision.near)
    return [hit.term for tag in tags for hit in tag.hits if hit.kind is TermKind.TOGETHER]


@pytest.mark.parametrize(
    "title",
    [
        "Images of a child were copied online",
        "Online, somebody copied the video clips of three children",
        "STOLEN from an app: a girl\u2019s image",
    ],
)
def test_parts_in_any_order_with_anything_between_tell_the_topic_and_admit(title: str) -> None:
    decision = own(title)
    assert decision.admitted
    assert [tag.topic for tag in decision.tags] == ["images"]
    assert len(terms(decision)) == 1


def test_the_evidence_names_the_words_that_were_found() -> None:
    (tag,) = own("News", "An app. A girl saw that her image was copied online.").tags
    (hit,) = tag.hits
    assert hit.term == "girl + image + copied"
    assert hit.sentence == "A girl saw that her image was copied online."


@pytest.mark.parametrize(
    "text",
    [
        "A child online. An image was copied.",  # not in one sentence
        "A child and an image, online",  # a part is missing
        "An app: the image of a child was copied for a film",  # what must not stand there
        "A child, an app and the image of stolen goods",  # hidden from this topic
        "A child online and a nude",  # one word is not two parts
    ],
)
def test_what_does_not_stand_together_tells_nothing(text: str) -> None:
    assert not terms(own("News", text))


def test_a_sentence_with_a_telling_term_needs_no_words_together() -> None:
    decision = own("Abuse image of a child copied online")
    assert [hit.term for tag in decision.tags for hit in tag.hits] == ["abuse image"]


def test_where_nothing_else_admits_the_title_and_the_first_sentence_are_read_as_one() -> None:
    decision = own("Images stolen", "An app had them of a girl. She is 13.")
    assert decision.admitted
    ((hit,),) = [tag.hits for tag in decision.tags]
    assert hit.term == "images (title) + stolen (title) + girl"
    assert (hit.place, hit.sentence) == (Place.LEAD, "An app had them of a girl.")
    assert not own("Images stolen", "There is an app. It had them of a girl.").admitted
    assert not own("Images stolen", "An app had them of a girl for a film.").admitted


def test_patterns_that_are_tried_last_say_nothing_where_another_admits() -> None:
    assert own("News", "An app. The thief saw a child.").admitted
    assert terms(own("Abuse image of a child", "An app. The thief saw a child.")) == []


def test_patterns_that_are_tried_last_are_of_title_and_lead_alone() -> None:
    lead = "Nothing is said. " * LEAD_WORDS
    assert not terms(own("News", f"{lead}An app. The thief saw a child. A child, a thief."))


def test_patterns_for_headlines_are_of_the_title_alone() -> None:
    assert own("Children go online").admitted
    assert not own("News", "Children go online.").admitted
    assert terms(own("A thief and a child online")) == ["thief + child"], "tried last of all"


def test_words_that_open_the_gate_alone_are_no_part_of_a_pattern() -> None:
    assert own("A mother: abuse image on a screen").admitted
    assert not terms(own("The thief and the mother online"))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "<child> + <nobody>",
            r"topic 'images': together: there is no group <nobody>\. There are:",
        ),
        ("<child>", r"topic 'images': together: '<child>' is no two parts or more"),
        ("<child> + - film", r"is no two parts or more"),
        ("<child> + | film", r"is no two parts or more"),
    ],
)
def test_a_pattern_that_is_none_is_said_in_one_line(pattern: str, message: str) -> None:
    text = RULES.replace("nude + image | nude", pattern)
    with pytest.raises(ConfigurationError, match=message) as caught:
        parse_rules(text, "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert "\n" not in str(caught.value)


def test_the_fault_of_a_pattern_names_its_list() -> None:
    with pytest.raises(ConfigurationError, match="topic 'images': otherwise: '<child>' is no two"):
        parse_rules(RULES.replace("<child> + thief", "<child>"), "mine.toml")


WORDS = st.sampled_from(["child", "image", "stolen", "film", "nude", "app", "store", "goods", "."])


@given(st.lists(WORDS, max_size=30))
def test_words_together_are_words_of_one_sentence(words: list[str]) -> None:
    decision = own("News", " ".join(words).replace(" . ", " end. The "))
    for tag in (*decision.tags, *decision.near):
        for hit in tag.hits:
            assert set(hit.term.replace(" + ", " ").split()) <= set(
                hit.sentence.lower().split()
            ) | {word.rstrip(".") for word in hit.sentence.lower().split()}
