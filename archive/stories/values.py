"""What comparing finds: evidence, labels, origins; all frozen, all with where it stands."""

from dataclasses import dataclass
from enum import StrEnum

from archive.stories.words import Span

# Of the rules by which pairs are labelled and stories joined; stored with every link.
RULES = "stories-2"


class Kind(StrEnum):
    """What one text is to another. A revision is told by its address alone, so it is not here."""

    COPY = "copy"
    EXCERPT = "excerpt"
    REWRITE = "rewrite"
    SAME_EVENT = "same event"
    NONE = "none"

    @property
    def is_derived(self) -> bool:
        """Whether words or sentences were taken over."""
        return self in {Kind.COPY, Kind.EXCERPT, Kind.REWRITE}


class Confidence(StrEnum):
    """How sure a direction or an origin is."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A text to compare, with what is known of it.

    `published` is ISO 8601 as precise as `precision` says, read where `date_source` says. `links`
    are the addresses that the text links to, `canonical` the one that its page calls its own;
    `wire` the agency that it is credited to. `is_item` is set for an item of a digest.
    """

    title: str
    text: str
    url: str = ""
    source: str = ""
    published: str | None = None
    precision: str | None = None
    date_source: str | None = None
    links: tuple[str, ...] = ()
    canonical: str | None = None
    wire: str | None = None
    is_item: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Words in a row that both texts have; `unquoted` of them are in no direct quotation."""

    words: int
    unquoted: int
    a: Span
    b: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedPair:
    """A sentence of each text that tell the same; `score` from 0 to 1."""

    a: Span
    b: Span
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedQuotation:
    """A direct quotation that both texts have."""

    a: Span
    b: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A name or figure that a copy puts otherwise (`copy`), or leaves out (`copy` is None).

    `original` is None when the sentence of the original has nothing in its place.
    """

    original: str | None
    copy: str | None
    original_sentence: Span
    copy_sentence: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that a comparison of texts a and b saw.

    `contained_a` is the share of the 5-word shingles of a that b has, `contained_b` the other
    way. `runs` are the shared words in a row, the longest first. `aligned` pairs each sentence of
    the shorter side (`by_sentences_of`) with its best one of the other, direct quotations left
    out; `aligned_share`, `verbatim_share` and `order_kept` are shares of those `sentences`.
    `only_a` and `only_b` count names and figures that the other text lacks. `cites` says which
    side names the other as its source, and how, in words.
    """

    contained_a: float
    contained_b: float
    runs: tuple[Run, ...]
    by_sentences_of: str
    sentences: int
    aligned: tuple[AlignedPair, ...]
    aligned_share: float
    verbatim_share: float
    order_kept: float
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    quotations: tuple[SharedQuotation, ...]
    cosine: float
    only_a: int
    only_b: int
    cites: str | None = None
    citation: str | None = None

    @property
    def longest(self) -> int:
        """Words of the longest run."""
        return self.runs[0].words if self.runs else 0

    @property
    def unquoted(self) -> int:
        """Words of the longest run that are in no direct quotation."""
        return self.runs[0].unquoted if self.runs else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The label of a pair: `derived` is `a` or `b`, None when the direction is not known."""

    kind: Kind
    derived: str | None
    confidence: Confidence
    explanation: str
