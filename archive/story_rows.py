"""The rows that candidates are found by: fingerprints, signatures, how often terms are met.

Every function works inside the transaction of its caller. What a look-up may cost is bounded: a
fingerprint stands for at most `MOST_SHARING` records, and the terms of a signature are asked the
rarest first until `MOST_POSTINGS` rows were read.
"""

import json
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database

from archive.records import DIGEST_ITEM
from archive.stories.clustering import WINDOW
from archive.stories.dates import day_number
from archive.stories.features import Weights, common_terms
from archive.stories.values import Told

# A fingerprint of more records is a phrase of the language or furniture of a site.
MOST_SHARING = 50
# What a fingerprint of one record alone tells of it; of two, each gets half.
_WHOLE = 1_000_000
MOST_POSTINGS = 2000
# A record that shares fewer fingerprints is no candidate; so many candidates of each sort at most.
_LEAST_SHARED, _MOST_BY_FINGERPRINTS, _MOST_BY_TERMS = 2, 10, 20
# Terms of a signature that a record is found by, and those that are asked for: the heaviest.
POSTED, ASKED_FOR = 32, 40
# Characters of a text's hash: enough to see that the text is another.
_HASH = 16
# The row of term_counts that counts the records themselves.
ANY_RECORD = -1
_TERM, _WEIGHT_STEPS = struct.Struct(">IB"), 255
_WEIGHTS = [step / _WEIGHT_STEPS for step in range(_WEIGHT_STEPS + 1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRow:
    """A record as stories read it; `day` as in `signature_terms`."""

    article_id: int
    revision: int
    text_hash: str
    day: int
    told: Told


_TEXT = """
SELECT articles.id, revision, text_hash, title, body, articles.url, sources.name, published,
  published_precision, published_source, canonical_url, first_seen_at, articles.kind,
  (SELECT json_group_array(to_url) FROM links JOIN revisions
   ON revisions.id = links.revision_id AND revisions.revision = articles.revision
   WHERE links.article_id = articles.id),
  (SELECT wire_credit FROM record_signals WHERE article_id = articles.id)
FROM articles JOIN sources ON sources.id = articles.source_id
WHERE articles.id = ? AND articles.kind <> 'link'
"""


def text_of(db: Database, article_id: int) -> TextRow | None:
    """The present text of a record; None for a record of which only the link is kept."""
    row = db.execute(_TEXT, [article_id]).fetchone()
    if row is None:
        return None
    return TextRow(
        article_id=row[0],
        revision=row[1],
        text_hash=row[2][:_HASH],
        day=day_number(row[7], row[11]),
        told=Told(
            title=row[3],
            text=row[4],
            url=row[5],
            source=row[6],
            published=row[7],
            precision=row[8],
            date_source=row[9],
            canonical=row[10],
            links=tuple(json.loads(row[13])),
            wire=row[14],
            is_item=row[12] == DIGEST_ITEM,
        ),
    )


def keep_fingerprints(db: Database, article_id: int, fingerprints: Iterable[int]) -> None:
    """Add the fingerprints of a record; those of earlier texts stay: copies of them are found."""
    db.execute(
        "INSERT INTO fingerprints (fingerprint, article_id) SELECT value, ? FROM json_each(?)"
        " WHERE value NOT IN (SELECT fingerprint FROM common_fingerprints) ORDER BY value"
        " ON CONFLICT DO NOTHING",
        [article_id, json.dumps(sorted(fingerprints))],
    )


def near_by_fingerprints(
    db: Database, article_id: int, fingerprints: Iterable[int]
) -> list[tuple[int, int]]:
    """Records that share fingerprints and how many, the most telling first.

    A fingerprint that many records have tells little of each, as the furniture of a site does; one
    that turns out to be of too many is struck out for good.
    """
    rows = db.execute(
        "SELECT fingerprint, article_id FROM json_each(?) JOIN fingerprints ON fingerprint = value",
        [json.dumps(sorted(fingerprints))],
    )
    by_fingerprint: defaultdict[int, list[int]] = defaultdict(list)
    for fingerprint, other in rows:
        by_fingerprint[fingerprint].append(other)
    sharing, telling = Counter[int](), Counter[int]()
    for others in by_fingerprint.values():
        worth = _WHOLE // len(others)
        for other in others:
            sharing[other] += 1
            telling[other] += worth
    common = [(one,) for one, others in by_fingerprint.items() if len(others) >= MOST_SHARING]
    strike = db.conn.executemany
    strike("INSERT INTO common_fingerprints VALUES (?) ON CONFLICT DO NOTHING", common)
    strike("DELETE FROM fingerprints WHERE fingerprint = ?", common)
    sharing.pop(article_id, None)
    found = [other for other, hits in sharing.items() if hits >= _LEAST_SHARED]
    found.sort(key=lambda other: (-telling[other], other))
    return [(other, sharing[other]) for other in found[:_MOST_BY_FINGERPRINTS]]


def weights_for(db: Database, terms: Iterable[int]) -> Weights:
    """How rare these terms are in the archive."""
    return TermCounts(db).weights_for(terms)


class TermCounts:
    """How many records have each term; for one transaction, which `write` ends."""

    def __init__(self, db: Database) -> None:
        self.db = db
        # Of all terms that were asked for: records share most of theirs.
        self._records: dict[int, int] = {}
        self._more: Counter[int] = Counter()

    def weights_for(self, terms: Iterable[int]) -> Weights:
        """How rare these terms are in the archive."""
        terms = {*terms}
        self._look_up({ANY_RECORD, *terms} - self._records.keys())
        return Weights(
            total=self._records[ANY_RECORD],
            seen={term: self._records[term] for term in terms},
            prior=common_terms(),
        )

    def count(self, terms: Iterable[int]) -> None:
        """Note that one record more has these terms, which were asked for."""
        for term in (ANY_RECORD, *terms):
            self._records[term] += 1
            self._more[term] += 1

    def write(self) -> None:
        """Write down what was counted."""
        self.db.conn.executemany(
            "INSERT INTO term_counts (term, records) VALUES (?, ?)"
            " ON CONFLICT (term) DO UPDATE SET records = records + excluded.records",
            sorted(self._more.items()),
        )
        self._more.clear()

    def _look_up(self, terms: AbstractSet[int]) -> None:
        self._records |= dict.fromkeys(terms, 0)
        found = self.db.execute(
            "SELECT term, records FROM json_each(?) JOIN term_counts ON term = value",
            [json.dumps([*terms])],
        )
        self._records.update(found.fetchall())


def keep_signature(db: Database, article_id: int, day: int, vector: Mapping[int, float]) -> None:
    """Make a record findable by its heaviest terms."""
    heaviest = sorted(vector, key=lambda term: (-vector[term], term))[:POSTED]
    db.conn.executemany(
        "INSERT INTO signature_terms (term, day, article_id) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [(term, day, article_id) for term in sorted(heaviest)],
    )


def drop_signature(db: Database, article_id: int) -> None:
    """Forget the terms of a record, as they were when it was last read."""
    row = db.execute(
        "SELECT terms, day FROM article_stories WHERE article_id = ?", [article_id]
    ).fetchone()
    if row is not None:
        db.conn.executemany(
            "DELETE FROM signature_terms WHERE term = ? AND day = ? AND article_id = ?",
            [(term, row[1], article_id) for term in unpacked(row[0])],
        )


def near_by_terms(
    db: Database, article_id: int, day: int, vector: Mapping[int, float]
) -> list[int]:
    """Records of the days around that share the heaviest terms, the most promising first."""
    sums: defaultdict[int, float] = defaultdict(float)
    left = MOST_POSTINGS
    heaviest = sorted(vector.items(), key=lambda item: (-item[1], item[0]))[:ASKED_FOR]
    for term, weight in heaviest:
        if left <= 0:
            break
        found = db.execute(
            "SELECT article_id FROM signature_terms WHERE term = ? AND day BETWEEN ? AND ?"
            " ORDER BY day DESC, article_id DESC LIMIT ?",
            [term, day - WINDOW, day + WINDOW, left],
        ).fetchall()
        left -= len(found)
        for (other,) in found:
            sums[other] += weight * weight
    sums.pop(article_id, None)
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [other for other, _ in ranked[:_MOST_BY_TERMS]]


def packed(vector: Mapping[int, float]) -> bytes:
    """A signature as it is kept: the weights in 255 steps."""
    steps = ((term, round(weight * _WEIGHT_STEPS)) for term, weight in sorted(vector.items()))
    return b"".join(_TERM.pack(*step) for step in steps)


# Records around one are around the next too.
@lru_cache(maxsize=500)
def unpacked(blob: bytes) -> Mapping[int, float]:
    """What `packed` kept."""
    return {term: _WEIGHTS[step] for term, step in _TERM.iter_unpack(blob)}


def signatures(db: Database, article_ids: Sequence[int]) -> dict[int, Mapping[int, float]]:
    """The signatures of some records."""
    rows = db.execute(
        "SELECT article_id, terms FROM article_stories"
        " WHERE article_id IN (SELECT value FROM json_each(?))",
        [json.dumps([*article_ids])],
    )
    return {article_id: unpacked(blob) for article_id, blob in rows}
