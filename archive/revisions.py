"""When a text is new, the same, a revision, or too thin to replace what we have: pure decisions."""

from collections import Counter
from dataclasses import dataclass

from archive.endings import Ending
from archive.records import Article

# A refetch with less than this share of the words that we have is taken for a broken page, a
# consent wall or a stub, not for an edit. Corrections and live blogs shrink less than that.
THIN_SHARE = 1 / 3


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownText:
    """The present text of a record."""

    article_id: int
    revision: int
    text_hash: str
    word_count: int
    body: str


def decide(known: KnownText | None, article: Article) -> Ending:
    """What a text that passed the quality gate does to the record at its address."""
    if known is None:
        return Ending.NEW
    if known.text_hash == article.text_hash:
        return Ending.UNCHANGED
    if article.word_count < known.word_count * THIN_SHARE:
        return Ending.THIN_REFETCH
    return Ending.REVISED


def words_changed(before: str, after: str) -> tuple[int, int]:
    """How many words `after` adds to `before` and how many it drops, counted as a bag of words."""
    old, new = Counter(before.split()), Counter(after.split())
    return (new - old).total(), (old - new).total()
