"""When a text is new, the same, a revision, or too thin to replace what we have: pure decisions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from archive.endings import Ending
from archive.receipts import on_the_table
from archive.records import Article, Removal

# A refetch with less than this share of the words that we have is taken for a broken page, a
# consent wall or a stub, not for an edit. Corrections and live blogs shrink less than that.
THIN_SHARE = 1 / 3
# Reading the same bytes again, nobody edited anything: a loss of half is rather our mistake.
THIN_REREAD_SHARE = 1 / 2


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


def decide_reread(text_hash: str, word_count: int, article: Article) -> Ending:
    """What a text that was read again from the same bytes does to its record."""
    if text_hash == article.text_hash:
        return Ending.UNCHANGED
    if article.word_count < word_count * THIN_REREAD_SHARE:
        return Ending.THIN_REFETCH
    return Ending.REREAD


def shows_the_same(
    known: KnownText, title: str, removals: Sequence[Removal], article: Article
) -> bool:
    """Whether a page shows what it showed, and only what we take for the article has changed.

    `title` and `removals` are those of the known text. Every block that was kept still stands on
    the page, kept or removed, and every block that is kept now stood there before.
    """
    kept_before, all_before = _blocks(known.body, removals)
    kept_now, all_now = _blocks(article.text, article.removals)
    return (
        title == article.title
        and kept_before != kept_now
        and kept_before <= all_now
        and kept_now <= all_before
    )


def _blocks(text: str, removals: Sequence[Removal]) -> tuple[set[str], set[str]]:
    lines = on_the_table(text, removals)
    return {line.text for line in lines if line.rule is None}, {line.text for line in lines}


def words_changed(before: str, after: str) -> tuple[int, int]:
    """How many words `after` adds to `before` and how many it drops, counted as a bag of words."""
    if not before:
        return len(after.split()), 0
    old, new = Counter(before.split()), Counter(after.split())
    return (new - old).total(), (old - new).total()
