"""Texts whose topics a person has labelled, and how well the rules find them."""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.topics.matching import Decision
from archive.topics.words import Told

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "archive" / "topics" / "labelled"
# The first set, texts on which the rules were tuned since, and texts on which nothing was tuned.
SETS = {
    "labelled": ("headlines", "articles"),
    "further": ("fresh-1", "fresh-2", "fresh-3", "more", "traps"),
    "unseen": ("fresh-4",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A text and what a reader says of it: does it belong, and its topics, the main one first."""

    id: str
    told: Told
    admit: bool
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How often a thing was found rightly, found wrongly and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 1 when nothing was found."""
        found = self.right + self.wrong
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found; 1 when there is nothing."""
        there = self.right + self.missed
        return self.right / there if there else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both: 2 right / (2 right + wrong + missed)."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A labelled text with what the rules make of it."""

    item: Labelled
    decision: Decision

    @property
    def tags(self) -> frozenset[str]:
        """The topics that a record would get; a refused text that does not belong gets none."""
        if not (self.item.admit or self.decision.admitted):
            return frozenset()
        return frozenset(tag.topic for tag in self.decision.tags)


def read_labelled(name: str = "labelled", folder: Path = FOLDER) -> tuple[Labelled, ...]:
    """The texts of a set, headlines with their leads before articles."""
    items = []
    for part in SETS[name]:
        with (folder / f"{part}.toml").open("rb") as file:
            items += [
                Labelled(
                    id=row["id"],
                    told=Told(title=row["title"], text=row.get("lead", row.get("text")).strip()),
                    admit=row["admit"],
                    topics=tuple(row["topics"]),
                )
                for row in tomllib.load(file)["item"]
            ]
    return tuple(items)


def judge(items: Iterable[Labelled], decide: Callable[[Told], Decision]) -> tuple[Judged, ...]:
    """Run the rules over the texts."""
    return tuple(Judged(item=item, decision=decide(item.told)) for item in items)


def admission(judged: Sequence[Judged]) -> Counts:
    """How well the rules tell what belongs from what does not."""
    pairs = [(one.decision.admitted, one.item.admit) for one in judged]
    return Counts(
        right=pairs.count((True, True)),
        wrong=pairs.count((True, False)),
        missed=pairs.count((False, True)),
    )


def by_topic(judged: Sequence[Judged], topics: Iterable[str]) -> dict[str, Counts]:
    """How well each topic is found."""
    return {
        topic: Counts(
            right=sum(topic in one.tags and topic in one.item.topics for one in judged),
            wrong=sum(topic in one.tags and topic not in one.item.topics for one in judged),
            missed=sum(topic not in one.tags and topic in one.item.topics for one in judged),
        )
        for topic in topics
    }


def main_topic(judged: Sequence[Judged]) -> float:
    """The share of texts of the field whose main topic is the one with the highest score."""
    of_field = [one for one in judged if one.item.admit]
    right = [
        one
        for one in of_field
        if one.decision.tags and one.decision.tags[0].topic == one.item.topics[0]
    ]
    return len(right) / len(of_field)


def macro_f1(counts: Iterable[Counts]) -> float:
    """The mean of the F1 of each topic: a rare topic weighs as much as a common one."""
    each = [one.f1 for one in counts]
    return sum(each) / len(each)
