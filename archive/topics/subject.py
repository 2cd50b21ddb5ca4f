"""All that is told of a text beside its words: topics, names and figures, in one value."""

from dataclasses import dataclass, replace

from archive.topics.entities import Mention, mentions, shipped_entities
from archive.topics.figures import Statistic, statistics_in
from archive.topics.matching import Decision, decide
from archive.topics.rules import TopicRules
from archive.topics.words import Place, Told, read_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a text is about. `decision` holds the topics with their evidence."""

    decision: Decision
    mentions: tuple[Mention, ...] = ()
    statistics: tuple[Statistic, ...] = ()

    def without_text(self) -> "Subject":
        """What may be kept where the text may not: topics and names, and words of the title."""
        tags = tuple(
            replace(tag, hits=tuple(hit for hit in tag.hits if hit.place is Place.TITLE))
            for tag in self.decision.tags
        )
        return Subject(
            decision=replace(self.decision, tags=tags, near=(), not_counted=(), masked=()),
            mentions=tuple(
                one if one.in_title else replace(one, sentence="") for one in self.mentions
            ),
        )


def subject_of(told: Told, rules: TopicRules) -> Subject:
    """Read what a text is about, under these rules; names and figures are those shipped."""
    words = read_words(told)  # once: it is half of the work
    return Subject(
        decision=decide(told, rules, words),
        mentions=mentions(told, shipped_entities(), rules, words),
        statistics=statistics_in(told, words),
    )
