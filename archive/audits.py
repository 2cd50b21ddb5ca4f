"""What an audit of the removals brings back."""

from dataclasses import dataclass

from archive.furniture import FurnitureView


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleUse:
    """What one rule took out of the present texts of one source.

    `share` is that of the source's records which it took something from, 0 to 1. `samples` are
    texts of it, cut to a line.
    """

    source: str
    rule: str
    blocks: int
    characters: int
    records: int
    share: float
    samples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """A removal that may be a loss: which, of what record, and why it looks so."""

    article_id: int
    title: str
    source: str
    rule: str
    why: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """A source from whose pages another share of the text was removed than in the runs before.

    Shares are of the characters that junk rules took from what was first taken for the article,
    0 to 1; `before` is the mean of the earlier runs.
    """

    source: str
    run_id: int
    pages: int
    share: float
    before: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """What the rules took out, most first; what looks wrong; what was learned of each site.

    `more_rules` and `more_suspicions` count what the limit left out.
    """

    rules: tuple[RuleUse, ...]
    more_rules: int
    suspicions: tuple[Suspicion, ...]
    more_suspicions: int
    shifts: tuple[Shift, ...]
    furniture: tuple[FurnitureView, ...]
