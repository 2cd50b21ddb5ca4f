"""The rules that label a pair, tried in this order: copy, excerpt, rewrite, same event, none.

A list of rules and not a trained model: on rewriting by people (Clough and Stevenson 2011) rules
found 88 % of what was derived where a model trained on synthetic rewriting found 63 %, and a rule
can say why. The thresholds are those of that work's research, moved where the development articles
of all three corpora agreed (docs/benchmarks.md).
"""

from archive.stories.clustering import WINDOW
from archive.stories.dates import days_apart, days_between
from archive.stories.values import Confidence, Evidence, Judgement, Kind, Told

# A copy has most of the other's words and is had by it about as much; with sentences cut out here
# and there it is still one. A part of a text in one piece is an excerpt of it.
COPY, COPY_MORE, COPY_CUT, COPY_CUT_MORE = 0.60, 0.20, 0.40, 0.25
ALL_BUT_ALL, ONE_PIECE = 0.85, 0.65
# Of a copy and an excerpt so many sentences are word for word; where words were swapped all along,
# fewer are, however many words stand in a row.
VERBATIM_SENTENCES = 0.45
EXCERPT_RUN, EXCERPT_CONTAINED = 30, 0.75
# In a page of its own a passage is an excerpt when so much of it is not somebody's statement.
QUOTED_UNQUOTED = 8
REWRITE_SENTENCES, REWRITE_SHARE, REWRITE_ORDER = 4, 0.50, 0.60
# Two reports of one event align too: a rewrite keeps some words in a row, or nearly all sentences.
REWRITE_WORDS, REWRITE_NEARLY_ALL = 0.05, 0.75
# Reports of one event are so alike; what is known to be of the same days may be less so.
SAME_COSINE, SAME_DAYS_COSINE = 0.31, 0.24
# One side is specific when it has so much more to tell that the other lacks.
_MORE_SPECIFIC = 1.25
_CONTAINED_MORE = 0.10
# Where all but a fifth stand in the same order, that is what is said.
_IN_ORDER = 0.8


def kind_of(evidence: Evidence, apart: int | None = None) -> Kind:
    """The label of a pair; `apart` are the days between their dates, None when those are unknown.

    Reuse has no age, but reports of one event are no more than `WINDOW` days apart.
    """
    if is_copy(evidence):
        return Kind.COPY
    if is_excerpt(evidence):
        return Kind.EXCERPT
    if is_rewrite(evidence):
        return Kind.REWRITE
    if evidence.longest >= EXCERPT_RUN and evidence.unquoted >= QUOTED_UNQUOTED:
        return Kind.EXCERPT
    least = SAME_COSINE if apart is None else SAME_DAYS_COSINE
    if evidence.cosine >= least and (apart or 0) <= WINDOW:
        return Kind.SAME_EVENT
    return Kind.NONE


def is_copy(evidence: Evidence) -> bool:
    """Whether the texts are the same words, or nearly, from beginning to end."""
    less, more = sorted((evidence.contained_a, evidence.contained_b))
    if less >= ALL_BUT_ALL:
        return True
    if evidence.verbatim_share < VERBATIM_SENTENCES or _is_one_piece(evidence):
        return False
    return (less >= COPY and more - less < COPY_MORE) or (
        less >= COPY_CUT and more - less < COPY_CUT_MORE
    )


def is_excerpt(evidence: Evidence) -> bool:
    """Whether much of one text is a passage of the other, word for word."""
    most = max(evidence.contained_a, evidence.contained_b)
    taken = evidence.verbatim_share >= VERBATIM_SENTENCES or most >= EXCERPT_CONTAINED
    return taken and evidence.longest >= EXCERPT_RUN


def _is_one_piece(evidence: Evidence) -> bool:
    """Whether most of what is shared stands in one row."""
    return evidence.longest >= ONE_PIECE * sum(run.words for run in evidence.runs)


def is_rewrite(evidence: Evidence) -> bool:
    """Whether sentence by sentence was put otherwise, in much the same order."""
    words = max(evidence.contained_a, evidence.contained_b)
    return (
        len(evidence.aligned) >= REWRITE_SENTENCES
        and evidence.aligned_share >= REWRITE_SHARE
        and evidence.order_kept >= REWRITE_ORDER
        and (words >= REWRITE_WORDS or evidence.aligned_share >= REWRITE_NEARLY_ALL)
    )


def judge(a: Told, b: Told, evidence: Evidence) -> Judgement:
    """Label a pair, say which side is derived, and explain it in one sentence."""
    apart = days_apart(a.published, a.precision, b.published, b.precision)
    kind = kind_of(evidence, apart)
    if not kind.is_derived:
        return Judgement(
            kind=kind,
            derived=None,
            confidence=Confidence.UNKNOWN,
            explanation=_of_event(kind, evidence, apart),
        )
    derived, confidence, why = direction(a, b, evidence, kind)
    return Judgement(
        kind=kind,
        derived=derived,
        confidence=confidence,
        explanation=f"{_of_reuse(kind, evidence, derived, (a, b))}; {why}.",
    )


def direction(
    a: Told, b: Told, evidence: Evidence, kind: Kind
) -> tuple[str | None, Confidence, str]:
    """Which side is derived, how sure that is, and why in words."""
    if evidence.cites and evidence.citation:
        return evidence.cites, Confidence.CERTAIN, f"it names its source: {evidence.citation}"
    if a.wire and a.wire == b.wire:
        return None, Confidence.UNKNOWN, f"both are credited to {a.wire}"
    days = days_between(a.published, a.precision, b.published, b.precision)
    earlier = None if days is None else ("a" if days > 0 else "b")
    guess, why = _by_text(evidence, kind)
    if guess is None and a.is_item is not b.is_item:
        guess, why = ("a" if a.is_item else "b"), "it is an item of a digest, which quotes"
    if guess and guess == earlier:
        return None, Confidence.UNKNOWN, f"{why}, but it was published first"
    if guess:
        return guess, Confidence.PROBABLE, f"no link to it; {why}"
    if earlier:
        later = "b" if earlier == "a" else "a"
        gap = f"it was published {abs(days or 0):,} days later"
        return later, Confidence.PROBABLE, f"no link to it; {gap}"
    return None, Confidence.UNKNOWN, "nothing tells which was first"


def _by_text(evidence: Evidence, kind: Kind) -> tuple[str | None, str]:
    more = evidence.contained_a - evidence.contained_b
    if kind is not Kind.REWRITE and abs(more) >= _CONTAINED_MORE:
        inside = max(evidence.contained_a, evidence.contained_b)
        return ("a" if more > 0 else "b"), f"{inside:.0%} of its words in a row are in the other"
    if kind is Kind.REWRITE:
        for side, own, other in (
            ("a", evidence.only_a, evidence.only_b),
            ("b", evidence.only_b, evidence.only_a),
        ):
            if other >= _MORE_SPECIFIC * own and other > own + 1:
                return side, f"the other tells {other} names and figures more, this one {own}"
    return None, ""


def _of_reuse(kind: Kind, evidence: Evidence, derived: str | None, told: tuple[Told, Told]) -> str:
    source = told[0] if derived == "b" else told[1]
    other = f"\u201c{source.title}\u201d" if source.title else "the other text"
    if kind is Kind.COPY:
        least = min(evidence.contained_a, evidence.contained_b)
        return f"{least:.0%} of the words in a row are those of {other}"
    if kind is Kind.EXCERPT:
        return f"{evidence.longest:,} words in a row are those of {other}"
    order = "in the same order" if evidence.order_kept >= _IN_ORDER else "mostly in the same order"
    return (
        f"{len(evidence.aligned)} of {evidence.sentences} sentences follow {other} {order},"
        f" {_counted(len(evidence.numbers), 'figure')} shared"
    )


def _of_event(kind: Kind, evidence: Evidence, apart: int | None) -> str:
    shared = (
        f"{_counted(len(evidence.names), 'rare name')} and"
        f" {_counted(len(evidence.numbers), 'figure')} shared, likeness {evidence.cosine:.2f}"
    )
    if kind is Kind.SAME_EVENT:
        return f"Both tell of the same event in their own words: {shared}."
    if apart is not None and apart > WINDOW:
        return f"Published {apart:,} days apart, so not of one event: {shared}."
    return f"Too little in common: {shared}."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
