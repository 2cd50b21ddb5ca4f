"""Which story a new record joins: a pure decision over what is near it.

Half the best likeness and half the mean one (research: it splits look-alike events better than the
best alone), within a window of days; what was taken over word for word joins at any age. A person's
word stands above both. When two stories fit, the record joins the better one and the merge of the
two is proposed, never made.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.stories.values import Kind

# Days between records of one event.
WINDOW = 30
JOIN = 0.24
_STRENGTH = {Kind.COPY: 3, Kind.EXCERPT: 2, Kind.REWRITE: 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class NearStory:
    """A story near a new record.

    `likenesses` are the cosines with its records inside the window. `derived` is the strongest
    reuse link with one of them, `together` and `apart` what a person said of any.
    """

    story_id: int
    likenesses: Sequence[float] = ()
    derived: Kind | None = None
    together: bool = False
    apart: bool = False

    @property
    def score(self) -> float:
        """How well the record fits, 0 to 1."""
        if not self.likenesses:
            return 0.0
        return 0.5 * max(self.likenesses) + 0.5 * statistics.fmean(self.likenesses)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """The story to join (None: a new one), how, the score, and the others that fit too."""

    story_id: int | None
    how: str
    score: float
    also: Mapping[int, float]


def place(near: Sequence[NearStory], *, join: float = JOIN) -> Placement:
    """Decide for one record."""
    allowed = [story for story in near if not story.apart or story.together]
    ranked = sorted(allowed, key=_rank, reverse=True)
    fitting = [story for story in ranked if _fits(story, join)]
    if not fitting:
        return Placement(story_id=None, how="first", score=0.0, also={})
    best, *others = fitting
    how = "person" if best.together else str(best.derived or Kind.SAME_EVENT)
    return Placement(
        story_id=best.story_id,
        how=how,
        score=round(min(best.score, 1.0), 4),
        also={story.story_id: round(min(story.score, 1.0), 4) for story in others},
    )


def _fits(story: NearStory, join: float) -> bool:
    return story.together or story.derived is not None or story.score >= join


def _rank(story: NearStory) -> tuple[bool, int, float, int]:
    # Of two that fit equally, the older story.
    strength = _STRENGTH.get(story.derived, 0) if story.derived else 0
    return story.together, strength, story.score, -story.story_id
