"""All that is told of a text beside its words: topics, names and figures, in one value."""

from dataclasses import dataclass

from archive.topics.entities import Mention, mentions, shipped_entities
from archive.topics.figures import Statistic, statistics_in
from archive.topics.matching import Decision, decide
from archive.topics.rules import TopicRules
from archive.topics.words import Told


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a text is about. `decision` holds the topics with their evidence."""

    decision: Decision
    mentions: tuple[Mention, ...] = ()
    statistics: tuple[Statistic, ...] = ()


def subject_of(told: Told, rules: TopicRules) -> Subject:
    """Read what a text is about, under these rules; names and figures are those shipped."""
    return Subject(
        decision=decide(told, rules),
        mentions=mentions(told, shipped_entities(), rules),
        statistics=statistics_in(told),
    )
