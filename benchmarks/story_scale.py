"""What stories cost and find in a large archive, at several sizes in one run.

The first archive is read for stories record by record, as a crawl does it. From there it grows by
doubling: each row of each table that stories are found by is kept once more for a record with
other words. Fingerprints and rare terms become others, terms that many records have stay and meet
ever more records, so look-ups meet what they would meet in an archive that was crawled; what is
written for one record is the same as in the first (`tests/benchmarks` compares the sizes). All
records are of one day, so that no window of days helps.
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from story_corpus import NOW, Piece, chunks, fill
from story_transforms import TRANSFORMS, Background

from archive import story_rows
from archive.database import connect
from archive.statements import select
from archive.store import Archive
from archive.stories.features import common_terms, cosine, vector
from archive.stories.reading import Reading, read
from archive.stories.values import Told
from archive.story_keeping import StoryKeeper

# A quotation must fit.
LEAST_WORDS = 120
# Bodies of copies get other words by another letter in each round.
_LETTERS = "etaonirshl"
# A term of so many of 1,000 records is one that the next records have too.
_COMMON = 5
_TERMS, _FINGERPRINTS = 1 << 31, 1 << 32
_FOUND_BY = ("fingerprints", "common_fingerprints", "signature_terms", "term_counts")


def at_sizes(
    pieces: Sequence[Piece], sizes: Sequence[int], queries: int, seed: int
) -> dict[str, Any]:
    """Recall of candidates, CPU of a new article and bytes of a record; the first size is built."""
    first, *larger = sizes
    with tempfile.TemporaryDirectory() as folder:
        newsroom = Newsroom(Path(folder), pieces, queries, seed)
        figures = newsroom.built(first)
        _note(f"{first:,} records were read", figures)
        figures |= newsroom.measured()
        grown: dict[str, Any] = {}
        for size in larger:
            grow(newsroom.path, size)
            _note(f"{size:,} records are there", {})
            found = newsroom.measured()
            before, now = (each["a new article"] for each in (figures, found))
            times = {
                kind: now[kind]["times reading it"] / before[kind]["times reading it"]
                for kind in now
            }
            grown[f"{size:,} records"] = {**found, "times the cost in the first": times}
            _note("measured", grown)
    return {**figures, "grown to": grown} if grown else figures


def _note(what: str, figures: Mapping[str, Any]) -> None:
    """Say how far it is: a million records take a while."""
    print(f"{what} {dict(figures) or ''}", file=sys.stderr, flush=True)


def _undated(number: int, title: str, text: str) -> Piece:
    return Piece(id=str(number), corpus="all", story=str(number), title=title, text=text)


class Newsroom:
    """An archive of real articles and of text without a story, and new articles for it."""

    def __init__(self, folder: Path, pieces: Sequence[Piece], queries: int, seed: int) -> None:
        self.path = folder / "archive.db"
        self._pieces = [_undated(at, piece.title, piece.text) for at, piece in enumerate(pieces)]
        self._queries = queries
        self._chance = random.Random(seed)
        self._background = Background([piece.text for piece in pieces], seed)

    def built(self, size: int) -> dict[str, Any]:
        """Read an archive of so many records, one after the other."""
        more = range(max(0, size - len(self._pieces)))
        invented = [_undated(number, "", self._background.text()) for number in more]
        with Archive(self.path) as archive:
            for some in chunks([*self._pieces, *invented], 1000):
                fill(archive, some)
            keeper = StoryKeeper(archive)
            began = time.process_time()
            count = keeper.follow(now=NOW)
            took = time.process_time() - began
            return {
                "records": count,
                "ms CPU a record while it grew": took * 1000 / count,
                "bytes a record": story_bytes(archive),
            }

    def measured(self) -> dict[str, Any]:
        """Look for copies, then add them, in a copy of the archive: the next size has none."""
        aside = Path(shutil.copy(self.path, self.path.with_name("measured.db")))
        pieces = self._pieces
        usable = [at for at, piece in enumerate(pieces) if len(piece.text.split()) >= LEAST_WORDS]
        asked = [
            (kind, number + 1, change(pieces[number].text, self._chance))
            for kind, change in TRANSFORMS.items()
            for number in self._chance.sample(usable, min(self._queries, len(usable)))
        ]
        own = [self._background.text() for _ in asked]
        with Archive(aside) as archive:
            found: Counter[str] = Counter()
            for kind, number, text in asked:
                found[kind] += number in candidates(archive, read(Told(title="", text=text)))
            of = Counter(kind for kind, _, _ in asked)
            return {
                "recall@10": {kind: found[kind] / of[kind] for kind in of},
                "a new article": {
                    "of its own": _new(archive, own),
                    "copied from one that is there": _new(archive, [text for *_, text in asked]),
                },
            }


def story_bytes(archive: Archive) -> dict[str, float]:
    """What stories take of the file, for each record of the archive."""
    with archive.moment() as db:
        (records,) = db.execute("SELECT count(*) FROM articles").fetchone()
        rows = db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall()
    sizes = {name: size / records for name, size in rows if name in _FOUND_BY}
    more = [size for name, size in rows if "article_stories" in name or name == "stories"]
    sizes["stories and signatures"] = sum(more) / records
    found = sum(size for name, size in rows if name.startswith("reuse_links")) / records
    return {**sizes, "all to find by": sum(sizes.values()), "evidence of links": found}


def _new(archive: Archive, texts: Sequence[str]) -> dict[str, float]:
    """CPU time of new articles, beside that of only reading their texts on the same machine."""
    reading = _reading(texts)
    fill(archive, [_undated(0, "", text) for text in texts])
    keeper = StoryKeeper(archive)
    began = time.process_time()
    keeper.follow(now=NOW)
    took = (time.process_time() - began) * 1000 / len(texts)
    reading = (reading + _reading(texts)) / 2
    return {"ms CPU": took, "ms to read it": reading, "times reading it": took / reading}


def _reading(texts: Sequence[str]) -> float:
    began = time.process_time()
    for text in texts:
        reading = read(Told(title="", text=text))
        # What is read when it is asked for first is asked for, as of a text that is compared.
        _ = reading.fingerprints(), reading.counts, reading.words.sentences, reading.firsts
        _ = reading.names, reading.numbers
    return (time.process_time() - began) * 1000 / len(texts)


def candidates(archive: Archive, reading: Reading) -> set[int]:
    """The ten best by fingerprints and the ten best by terms."""
    day = story_rows.day_number(None, NOW)
    with archive.transaction() as db:
        shared = story_rows.near_by_fingerprints(db, 0, reading.fingerprints()[1])
        terms = vector(reading.counts, story_rows.weights_for(db, reading.counts))
        likely = story_rows.near_by_terms(db, 0, day, terms)
        known = story_rows.signatures(db, likely)
    best = sorted(known, key=lambda one: -cosine(terms, known[one]))[:10]
    return {other for other, _ in shared} | {*best}


def grow(path: Path, size: int) -> None:
    """Grow an archive to so many records by doubling."""
    db = connect(path)
    for setting in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -200000"):
        db.execute(f"PRAGMA {setting}")
    # Full text is searched by no story, and what is copied was read.
    triggers = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'articles'"
    ).fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    while (count := _last(db, "articles")) < size:
        _copy(db, count, min(count, size - count))
    for _, sql in triggers:
        db.execute(sql)
    db.close()


def _last(db: Database, table: str) -> int:
    return int(db.execute(select("max(id)", table)).fetchone()[0])


def _copy(db: Database, count: int, wanted: int) -> None:
    """Add `wanted` records, as the first so many are but for their words."""
    numbers = random.Random(count)
    by = {
        "more": count,
        "wanted": wanted,
        "stories": _last(db, "stories"),
        "term": numbers.randrange(1, _TERMS),
        "print": numbers.randrange(1, _FINGERPRINTS),
        "letter": _LETTERS[numbers.randrange(len(_LETTERS))],
        "other": chr(0x1E01 + 2 * numbers.randrange(60)),
    }
    prior = common_terms()
    (total,) = db.execute("SELECT records FROM term_counts WHERE term = -1").fetchone()
    often = db.execute(
        "SELECT term FROM term_counts WHERE records * 1000 >= ?", [total * _COMMON]
    ).fetchall()
    stay = {term for (term,) in often} | {*prior}

    def other_term(term: int) -> int:
        return term if term in stay else (term + by["term"]) % _TERMS

    def other_terms(blob: bytes) -> bytes:
        known = story_rows.unpacked(blob)
        return story_rows.packed({other_term(term): weight for term, weight in known.items()})

    db.register_function(other_term)
    db.register_function(other_terms)
    with db.conn:
        db.execute("BEGIN")
        for statement in _COPY:
            # Only the names that a statement has may be given to it.
            db.execute(statement, {name: by[name] for name in by if f":{name}" in statement})


_COPY = (
    """
INSERT INTO articles (id, title, url, published, source_id, kind, word_count, published_precision,
  canonical_own, first_seen_at, revision, text_hash, body)
SELECT id + :more, title, 'https://corpus.test/' || (id + :more), published, source_id, kind,
  word_count, published_precision, canonical_own, first_seen_at, revision, text_hash,
  replace(body, :letter, :other)
FROM articles WHERE id <= :wanted
""",
    """
INSERT INTO fingerprints
SELECT (fingerprint + 2147483648 + :print) % 4294967296 - 2147483648, article_id + :more
FROM fingerprints WHERE article_id <= :wanted ORDER BY 1, 2
""",
    """
INSERT INTO signature_terms SELECT other_term(term), day, article_id + :more
FROM signature_terms WHERE article_id <= :wanted ORDER BY 1, 2, 3
""",
    """
INSERT INTO term_counts SELECT other_term(term), max(1, records * :wanted / :more)
FROM term_counts WHERE term >= 0 ORDER BY 1
ON CONFLICT (term) DO UPDATE SET records = records + excluded.records
""",
    "UPDATE term_counts SET records = records + records * :wanted / :more WHERE term = -1",
    """
INSERT INTO stories (id, title, origin_confidence) SELECT id + :stories, title, origin_confidence
FROM stories WHERE id IN (SELECT story_id FROM article_stories WHERE article_id <= :wanted)
""",
    """
INSERT INTO article_stories
SELECT article_id + :more, story_id + :stories, how, score, day, text_hash, rules,
  other_terms(terms)
FROM article_stories WHERE article_id <= :wanted
""",
)
