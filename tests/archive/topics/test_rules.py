"""A rule file is checked before it is believed."""

from pathlib import Path

import pytest

from archive.errors import ConfigurationError
from archive.topics.entities import shipped_entities
from archive.topics.matching import decide
from archive.topics.rules import parse_rules, read_rules, shipped_rules
from archive.topics.words import Told, folded_words

META = '[meta]\nversion = "1"\n'
GATE = '[gate]\nchild = ["child"]\nonline = ["online"]\n'
TOPIC = '[[topic]]\nid = "x"\nlabel = "X"\ndefinition = "d"\nsensitivity = "low"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("= 1", r"^mine\.toml: not valid TOML: "),
        (GATE + TOPIC, r"^mine\.toml: there is no table \[meta\]\."),
        (META + TOPIC, r"^mine\.toml: there is no table \[gate\]\."),
        (META + GATE, r"^mine\.toml: there is no \[\[topic\]\]\."),
        (META + GATE + TOPIC + TOPIC, r"^mine\.toml: there are two topics 'x'\."),
        (
            META + GATE + TOPIC + 'strong = "grooming"\n',
            r"^mine\.toml: topic 'x': strong is a list",
        ),
        (META + GATE + TOPIC + 'weak = ["-"]\n', r"^mine\.toml: topic 'x': weak: '-' has no word"),
        (META + GATE + TOPIC.replace("low", "huge"), r"sensitivity is low, medium or high"),
        (META + GATE + TOPIC.replace('label = "X"\n', ""), r"topic 'x': label is missing"),
        (META + "default_threshold = 0\n" + GATE + TOPIC, r"default_threshold is a number above 0"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        parse_rules(text, "mine.toml")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_rules(tmp_path / "none.toml")


def test_a_changed_file_is_another_version() -> None:
    one = parse_rules(META + GATE + TOPIC, "a")
    other = parse_rules(META + GATE + TOPIC + 'strong = ["net"]\n', "a")
    assert one.version != other.version
    assert one.version.startswith("1+")


TERMS = [
    (topic.id, kind.value, term)
    for topic in shipped_rules().topics.values()
    for kind, term in topic.terms
]


def test_every_shipped_term_is_found_where_it_stands_alone() -> None:
    rules = shipped_rules()
    for topic, _, term in TERMS:
        decision = decide(Told(title=f"{term}", text="A child online."), rules)
        tags = (*decision.tags, *decision.near)
        hits = [hit for tag in tags if tag.topic == topic for hit in tag.hits]
        assert hits or decision.not_counted, (topic, term)


def test_no_shipped_topic_hides_its_own_telling_terms() -> None:
    rules = shipped_rules()
    for topic, kind, term in TERMS:
        if kind == "weak":
            continue
        decision = decide(Told(title=f"{term}", text="A child online."), rules)
        hidden = [hit.term for hit in decision.not_counted if hit.topic == topic]
        assert term not in hidden, (topic, term)


def test_every_route_of_a_topic_is_known_and_sensitive_topics_have_one() -> None:
    routes = shipped_entities().routes
    for topic in shipped_rules().topics.values():
        assert set(topic.report_routes) <= {*routes, "platform"}, topic.id
        assert topic.report_routes or not topic.is_sensitive


def test_a_term_is_folded_as_the_words_of_a_text_are() -> None:
    assert folded_words("Children\u2019s e-safety (KIDS' app)") == (
        "children",
        "e",
        "safety",
        "kids",
        "app",
    )
