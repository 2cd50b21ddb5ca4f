"""The arithmetic of the benchmark: pure functions of texts, without input or output."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

SHINGLE = 4
RESAMPLES = 1000
_WORD = re.compile(r"\w+")
_AUTHORS = re.compile(r"\s*(?:[;,&]|\b(?:and|und)\b)\s*")
_DAY = 10


@dataclass(frozen=True, slots=True)
class Score:
    """What one page adds to precision (`right` of `found`) and to recall (`hit` of `wanted`).

    For body text these are shares of the page with 1 as the whole, so that each page weighs the
    same; for segments they are counts of pieces of text.
    """

    right: float
    found: float
    hit: float
    wanted: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 of many pages."""

    precision: float
    recall: float
    f1: float


def words(text: str) -> list[str]:
    """Words as the article-extraction-benchmark counts them, upper and lower case told apart."""
    return _WORD.findall(text)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of 4-word shingles; a shorter text is one shingle, an empty one has none."""
    tokens = words(text)
    count = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[start : start + SHINGLE]) for start in range(count) if tokens)


def body_score(found: str, truth: str) -> Score:
    """Precision and recall of one page's shingles.

    An empty text has full precision and no recall; where the truth is empty too, both are full.
    """
    have, want = shingles(found), shingles(truth)
    common = (have & want).total()
    return Score(
        right=common / have.total() if have else float(not want),
        found=1.0,
        hit=common / want.total() if want else float(not have),
        wanted=1.0,
    )


def segment_score(found: str, present: Iterable[str], absent: Iterable[str]) -> Score:
    """How many pieces that belong to the article are in a text, and how many that do not.

    White space counts as one space: where a program breaks a line is not at issue here.
    """
    text = _spaced(found)
    wanted = [_spaced(piece) in text for piece in present]
    wrong = sum(_spaced(piece) in text for piece in absent)
    hits = sum(wanted)
    return Score(right=hits, found=hits + wrong, hit=hits, wanted=len(wanted))


def figures(scores: Iterable[Score]) -> Figures:
    """Precision and recall of all pages, and F1 of the two."""
    right = found = hit = wanted = 0.0
    for score in scores:
        right += score.right
        found += score.found
        hit += score.hit
        wanted += score.wanted
    precision = right / found if found else 0.0
    recall = hit / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Figures(precision, recall, f1)


def interval(ours: Sequence[Score], theirs: Sequence[Score], seed: int = 1) -> tuple[float, float]:
    """The 95 % bootstrap interval of F1 of `ours` minus F1 of `theirs`, page by page alike.

    Percentiles of 1,000 resamples of the pages: which pages a corpus happened to hold is the
    chance that this measures.
    """
    chance = random.Random(seed)
    pages = range(len(ours))
    differences = []
    for _resample in range(RESAMPLES):
        drawn = chance.choices(pages, k=len(pages))
        one = figures(ours[page] for page in drawn).f1
        differences.append(one - figures(theirs[page] for page in drawn).f1)
    differences.sort()
    return differences[round(0.025 * RESAMPLES)], differences[round(0.975 * RESAMPLES) - 1]


def same_title(found: str | None, truth: str) -> bool:
    """Whether two titles are the same words; case and punctuation aside."""
    return _plain(found or "") == _plain(truth)


def author_set(value: object) -> frozenset[str]:
    """A list of names, or one string of several, as a set; case and punctuation aside."""
    if not value:
        return frozenset()
    if isinstance(value, str):
        value = _AUTHORS.split(value)
    names = [str(name) for name in value] if isinstance(value, (list, tuple)) else [str(value)]
    return frozenset(name for raw in names if (name := _plain(raw)))


def same_day(found: str | None, truth: str) -> bool:
    """Whether a date is the truth's day, as written or in the zone of the truth.

    The zone matters where one program tells the publisher's time and another the same in UTC.
    """
    if not found:
        return False
    if found[:_DAY] == truth[:_DAY]:
        return True
    try:
        one, other = datetime.fromisoformat(found), datetime.fromisoformat(truth)
    except ValueError:
        return False
    if one.tzinfo is None or other.tzinfo is None:
        return False
    return one.astimezone(other.tzinfo).date() == other.date()


def _plain(text: str) -> str:
    # A soft hyphen says where a word may be broken; it is no end of a word.
    whole = text.replace("\N{SOFT HYPHEN}", "")
    return " ".join(words(unicodedata.normalize("NFKC", whole).casefold()))


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
