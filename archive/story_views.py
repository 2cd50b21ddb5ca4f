"""Stories as they are shown: in lists, one with its evidence, a pair with what a copy changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.errors import ConfigurationError
from archive.opened import OpenArchive
from archive.stories.changes import changes, unsourced
from archive.stories.kept_evidence import told
from archive.stories.reading import read
from archive.stories.values import Told
from archive.stories.words import Span
from archive.story_rows import weights_for
from archive.story_verdicts import standing


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryLine:
    """A story in a list."""

    id: int
    title: str
    records: int
    sources: int
    first_published: str | None
    last_published: str | None
    origin: int | None
    origin_name: str | None
    origin_confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRecord:
    """A record of a story and how it came to be there."""

    id: int
    title: str
    source: str
    url: str
    published: str | None
    kind: str
    how: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeView:
    """A name or figure that a copy puts otherwise; None where one side has nothing."""

    original: str | None
    copy: str | None
    original_sentence: str
    copy_sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PassageView:
    """What two records have of one another, in the words of each; `score` of sentences alone."""

    a: str
    b: str
    score: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReuseView:
    """A reuse link; `changes` and `unsourced` are told of what was rewritten or excerpted.

    `passages` are the longest of the words in a row that both have, and their most alike sentences.
    """

    a: int
    b: int
    kind: str
    derived: int | None
    confidence: str
    explanation: str
    evidence: dict[str, Any]
    passages: tuple[PassageView, ...] = ()
    changes: tuple[ChangeView, ...] = ()
    unsourced: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeView:
    """A merge that was proposed: the other story, and the record that fits both."""

    one: int
    other: int
    title: str
    record: int | None
    score: float
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryView:
    """A story with all that is known of it."""

    story: StoryLine
    origin_why: str | None
    records: tuple[StoryRecord, ...]
    reuse: tuple[ReuseView, ...]
    merges: tuple[MergeView, ...]


# Passages in a row, and sentences, that are shown of a pair.
_PASSAGES = 3
_LINE = """
SELECT stories.id, stories.title, count(*) AS records, count(DISTINCT source_id),
  first_published, last_published, origin_id, origin_name, origin_confidence
FROM stories JOIN article_stories ON story_id = stories.id
JOIN articles ON articles.id = article_id
WHERE merged_into IS NULL
"""


def story_lines(archive: OpenArchive, *, least: int = 2, limit: int = 50) -> list[StoryLine]:
    """The stories of at least so many records, those with the newest records first."""
    with archive.moment() as db:
        rows = db.execute(
            f"{_LINE} GROUP BY stories.id HAVING records >= ?"
            " ORDER BY coalesce(last_published, max(first_seen_at)) DESC, stories.id DESC LIMIT ?",
            [least, limit],
        ).fetchall()
    return [_line(row) for row in rows]


def story_view(archive: OpenArchive, asked: int) -> StoryView:
    """One story, under this number or the one that it was merged into.

    Raises:
        ConfigurationError: there is no such story, or no record tells it any more.
    """
    with archive.moment() as db:
        return story_in(db, asked)


def story_in(db: Database, asked: int, *, links: int = -1) -> StoryView:
    """The same, in a database that is open; `links` is how many reuse links at most, -1 all.

    Raises:
        ConfigurationError: there is no such story, or no record tells it any more.
    """
    story_id = standing(db, asked)
    row = db.execute(f"{_LINE} AND stories.id = ? GROUP BY stories.id", [story_id]).fetchone()
    if row is None:
        raise ConfigurationError(
            f"No record tells story {asked} any more. `newsward stories list` has the others."
        )
    (why,) = db.execute("SELECT origin_why FROM stories WHERE id = ?", [story_id]).fetchone()
    return StoryView(
        story=_line(row),
        origin_why=why,
        records=tuple(_records(db, story_id)),
        reuse=tuple(_reuse(db, story_id, links)),
        merges=tuple(_merges(db, story_id)),
    )


def _line(row: tuple[Any, ...]) -> StoryLine:
    return StoryLine(**dict(zip(StoryLine.__slots__, row, strict=True)))


def _records(db: Database, story_id: int) -> list[StoryRecord]:
    rows = db.execute(
        "SELECT articles.id, title, sources.name, articles.url, published, articles.kind, how,"
        " score FROM article_stories JOIN articles ON articles.id = article_id"
        " JOIN sources ON sources.id = source_id WHERE story_id = ? ORDER BY day, articles.id",
        [story_id],
    )
    return [StoryRecord(**dict(zip(StoryRecord.__slots__, row, strict=True))) for row in rows]


def _reuse(db: Database, story_id: int, links: int) -> list[ReuseView]:
    rows = db.execute(
        "SELECT a_id, b_id, kind, derived_id, confidence, explanation, evidence, a_revision,"
        " b_revision FROM reuse_links JOIN article_stories ON article_id = a_id"
        " WHERE story_id = ? ORDER BY kind = 'same event', a_id, b_id LIMIT ?",
        [story_id, links],
    ).fetchall()
    return [_link(db, row) for row in rows]


def _link(db: Database, row: tuple[Any, ...]) -> ReuseView:
    a, b, kind, derived, confidence, explanation, evidence, a_revision, b_revision = row
    texts = {a: _text(db, a, a_revision), b: _text(db, b, b_revision)}
    seen = told(evidence)
    changed: tuple[ChangeView, ...] = ()
    added: tuple[str, ...] = ()
    if kind in {"rewrite", "excerpt"} and derived is not None:
        source = b if derived == a else a
        changed, added = _what_changed(db, texts[source], texts[derived])
    return ReuseView(
        a=a,
        b=b,
        kind=kind,
        derived=derived,
        confidence=confidence,
        explanation=explanation,
        evidence=seen,
        passages=tuple(_passages(seen, texts[a], texts[b])),
        changes=changed,
        unsourced=added,
    )


def _text(db: Database, article_id: int, revision: int) -> str:
    """The text that was compared, or what became of it."""
    return str(
        db.execute(
            "SELECT coalesce((SELECT body FROM revisions WHERE article_id = ?1 AND revision = ?2),"
            " body) FROM articles WHERE id = ?1",
            [article_id, revision],
        ).fetchone()[0]
    )


def _passages(seen: dict[str, Any], a: str, b: str) -> Iterator[PassageView]:
    by_score = sorted(seen.get("aligned", ()), key=lambda pair: -pair["score"])
    for one in [*seen.get("runs", ())[:_PASSAGES], *by_score[:_PASSAGES]]:
        mine, theirs = (Span(**one[side]).of(text) for side, text in (("a", a), ("b", b)))
        yield PassageView(a=mine, b=theirs, score=one.get("score"))


def _what_changed(
    db: Database, source: str, copy: str
) -> tuple[tuple[ChangeView, ...], tuple[str, ...]]:
    original, taken = (read(Told(title="", text=text)) for text in (source, copy))
    weights = weights_for(db, {*original.counts, *taken.counts})
    changed = tuple(
        ChangeView(
            original=change.original,
            copy=change.copy,
            original_sentence=change.original_sentence.of(source),
            copy_sentence=change.copy_sentence.of(copy),
        )
        for change in changes(original, taken, weights)
    )
    return changed, tuple(span.of(copy) for span in unsourced(original, taken, weights))


def _merges(db: Database, story_id: int) -> list[MergeView]:
    rows = db.execute(
        "SELECT one_id, other_id, stories.title, article_id, score, state FROM story_merges"
        " JOIN stories ON stories.id = iif(one_id = :id, other_id, one_id)"
        " WHERE :id IN (one_id, other_id) AND merged_into IS NULL ORDER BY score DESC",
        {"id": story_id},
    )
    return [MergeView(**dict(zip(MergeView.__slots__, row, strict=True))) for row in rows]
