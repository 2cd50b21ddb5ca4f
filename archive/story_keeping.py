"""class StoryKeeper: reads records for stories as they wait, and keeps what a person says of them.

Records are read in the order of their arrival, each in a state of the archive that holds all before
it, so that it makes no difference how many come at once. What was read is not read again; a run
that is killed goes on where it was.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from archive import reuse_rows, story_numbers, story_rows
from archive.opened import OpenArchive
from archive.stories.comparing import compare
from archive.stories.features import Weights, cosine, numbers_of, vector
from archive.stories.labels import judge
from archive.stories.reading import Reading, read
from archive.stories.screening import WORTH, is_worth_comparing
from archive.stories.values import Evidence, Judgement, Kind
from archive.story_places import Around, place
from archive.story_rows import TermCounts, TextRow

# Records for one transaction: a writer beside us waits a fraction of a second.
_AT_ONCE = 50
# Records that a crawl reads at its end, a minute of work; the next one goes on with the rest.
MOST_AT_ONCE = 5000
# Texts kept ready, and their words, some 50 MB: neighbours of a story are compared one after the
# other.
_READY, _WORDS = 128, 128_000
# Whole comparisons of one record: with those that share most fingerprints, and the most alike.
_BY_FINGERPRINTS, _BY_TERMS = 3, 1
# Fingerprints that a record shares with its excerpt at least: 26 rows of five words
# have three windows of eight.
_HITS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A record beside the one that is read, with what comparing them found."""

    row: TextRow
    evidence: Evidence
    judgement: Judgement


class StoryKeeper:
    """Finds stories in an archive that is open for writing."""

    def __init__(self, archive: OpenArchive) -> None:
        self._archive = archive
        self._ready: OrderedDict[tuple[int, int], Reading] = OrderedDict()
        self._words = 0

    def waiting(self) -> int:
        """How many records are still to be read."""
        with self._archive.moment() as db:
            return int(db.execute("SELECT count(*) FROM stories_waiting").fetchone()[0])

    def follow(
        self, *, now: str, most: int | None = None, done: Callable[[int], None] | None = None
    ) -> int:
        """Read what waits, `most` records at most; give how many that were.

        Raises:
            ArchiveUnavailableError: the archive cannot be written; what was read is kept.
        """
        count = 0
        while most is None or count < most:
            wanted = _AT_ONCE if most is None else min(_AT_ONCE, most - count)
            with self._archive.transaction() as db:
                counts = TermCounts(db)
                waiting = db.execute(
                    "SELECT article_id FROM stories_waiting ORDER BY article_id LIMIT ?", [wanted]
                ).fetchall()
                for (article_id,) in waiting:
                    self._read(counts, article_id, now)
                    db.execute("DELETE FROM stories_waiting WHERE article_id = ?", [article_id])
                counts.write()
            count += len(waiting)
            if done:
                done(count)
            if len(waiting) < wanted:
                break
        return count

    def rebuild(self, *, now: str, done: Callable[[int, int], None] | None = None) -> int:
        """Read every record again; give how many those are.

        A person's word and the numbers of stories stay; where it is killed, `follow` reads the
        rest, and what it finds on the way keeps the numbers it then has. `done` is told how many
        records are read and how many wait.

        Raises:
            ArchiveUnavailableError: the archive cannot be written; what was read is kept.
        """
        with self._archive.transaction() as db:
            before = story_numbers.numbers(db)
            _forget_all(db)
        total = self.waiting()
        count = self.follow(now=now, done=lambda read: done(read, total - read) if done else None)
        with self._archive.transaction() as db:
            story_numbers.give_back(db, before, now=now)
        return count

    def _read(self, term_counts: TermCounts, article_id: int, now: str) -> None:
        db = term_counts.db
        row = story_rows.text_of(db, article_id)
        if row is None or not row.told.text.strip():
            reuse_rows.forget(db, article_id)
            return
        before = reuse_rows.read_before(db, article_id)
        if before is not None and before.text_hash == row.text_hash:
            return
        reading = self._reading(row)
        is_new = before is None or not before.text_hash
        if not is_new:
            story_rows.drop_signature(db, article_id)
        weights = term_counts.weights_for(reading.counts)
        terms = vector(reading.counts, weights)
        kept, asked = reading.fingerprints()
        shared = story_rows.near_by_fingerprints(db, article_id, asked)
        likely = story_rows.near_by_terms(db, article_id, row.day, terms)
        signatures = story_rows.signatures(db, [*likely, *(other for other, _ in shared)])
        alike = {other: cosine(terms, known) for other, known in signatures.items()}
        said = reuse_rows.verdicts_on(db, article_id)
        chosen = [
            other for other in _nearest(shared, likely, alike) if said.get(other) != "rejected"
        ]
        found = self._compared(term_counts, (row, reading, weights), chosen, alike)
        for one in found:
            reuse_rows.keep_link(db, (row, one.row), one.evidence, judged=one.judgement, now=now)
        copied = [one for one in found if one.judgement.kind is Kind.COPY]
        # A copy says nothing new of how rare words are, and after a few the next is found by those:
        # a site that floods an archive with one page changes nothing for the others.
        if is_new and not copied:
            term_counts.count(reading.counts)
        many = copied if len(copied) >= _BY_FINGERPRINTS else []
        known = reading.kept_of_copies([self._reading(one.row) for one in many])
        story_rows.keep_fingerprints(db, article_id, kept - known)
        story_rows.keep_signature(db, article_id, row.day, terms)
        if before is not None and before.text_hash:
            placed = (before.how, before.score)
            reuse_rows.keep_place(
                db, row, before.story_id, placed=placed, terms=story_rows.packed(terms)
            )
            reuse_rows.refresh(db, before.story_id)
        else:
            taken = {
                one.row.article_id: one.judgement.kind
                for one in found
                if one.judgement.kind.is_derived
            }
            around = Around(terms=terms, alike=alike, derived=taken, said=said)
            place(db, row, around, before=before, now=now)

    def _reading(self, row: TextRow) -> Reading:
        key = (row.article_id, row.revision)
        reading = self._ready.get(key)
        if reading is not None and reading.told == row.told:
            self._ready.move_to_end(key)
            return reading
        self._let_go(key)
        reading = self._ready[key] = read(row.told)
        self._words += len(reading.words.exact)
        while len(self._ready) > _READY or self._words > max(_WORDS, len(reading.words.exact)):
            self._let_go(next(iter(self._ready)))
        return reading

    def _let_go(self, key: tuple[int, int]) -> None:
        reading = self._ready.pop(key, None)
        self._words -= len(reading.words.exact) if reading else 0

    def _compared(
        self,
        term_counts: TermCounts,
        own: tuple[TextRow, Reading, Weights],
        others: Sequence[int],
        alike: Mapping[int, float],
    ) -> list[Compared]:
        row, reading, weights = own
        rows = [known for other in others if (known := story_rows.text_of(term_counts.db, other))]
        worth = [
            (other_row, other)
            for other_row, other in ((one, self._reading(one)) for one in rows)
            if is_worth_comparing(reading, other, alike[other_row.article_id])
        ]
        stems = frozenset[str]().union(*(other.stems for _, other in worth)) - reading.stems
        terms = {*numbers_of(stems)} - reading.counts.keys()
        if terms:
            more = term_counts.weights_for(terms)
            weights = replace(weights, seen={**weights.seen, **more.seen})
        found: list[Compared] = []
        for other_row, other_reading in worth:
            likeness = alike[other_row.article_id]
            evidence = compare(reading, other_reading, weights, likeness=likeness)
            judgement = judge(row.told, other_row.told, evidence)
            if judgement.kind is not Kind.NONE:
                found.append(Compared(row=other_row, evidence=evidence, judgement=judgement))
        return found


def _forget_all(db: Database) -> None:
    """Have every record read again; which story each was of, and a person's word, stay."""
    db.execute("DELETE FROM fingerprints")
    db.execute("DELETE FROM common_fingerprints")
    db.execute("DELETE FROM signature_terms")
    db.execute("DELETE FROM term_counts")
    db.execute("DELETE FROM reuse_links")
    db.execute("DELETE FROM story_merges WHERE state = 'proposed'")
    db.execute("UPDATE article_stories SET text_hash = '', terms = x''")
    db.execute(
        "INSERT INTO stories_waiting (article_id) SELECT id FROM articles WHERE true"
        " ON CONFLICT DO NOTHING"
    )


def _nearest(
    shared: Sequence[tuple[int, int]], likely: Sequence[int], alike: Mapping[int, float]
) -> list[int]:
    """The few records that may be compared word by word."""
    by_words = [
        other
        for other, hits in shared
        if other in alike and (hits >= _HITS or alike[other] >= WORTH)
    ][:_BY_FINGERPRINTS]
    near = sorted((other for other in likely if other in alike), key=lambda one: -alike[one])
    by_terms = [other for other in near[:_BY_TERMS] if alike[other] >= WORTH]
    return list(dict.fromkeys([*by_words, *by_terms]))
