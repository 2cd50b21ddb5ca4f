"""An audit of the removals, read from the tables. Writes nothing.

Every function works inside the transaction of its caller.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from sqlite_utils import Database

from archive import furniture_rows
from archive.audits import Audit, RuleUse, Shift, Suspicion
from archive.receipts import PackedRemoval, unpack
from archive.records import BLOCK_SEPARATOR, Part

# What trafilatura leaves out: menus, footers, other articles. Never suspicious by its length.
BOILERPLATE = "boilerplate"
# Characters from which a removed sentence is prose, and the share of its words that begin small.
LONG_PROSE = 200
SMALL_WORDS = 0.6
# Characters of a removed block that cannot come back by chance.
TELLING = 40
# Pages of a source in a run, and how far its share must move, for a shift to mean something.
SHIFT_PAGES = 5
SHIFT = 0.15
SAMPLE = 100

_PRESENT = """
FROM removals
JOIN revisions ON revisions.id = removals.revision_id
JOIN articles ON articles.id = revisions.article_id AND articles.revision = revisions.revision
JOIN sources ON sources.id = articles.source_id
WHERE (:source IS NULL OR articles.source_id = :source)
"""

_RULES = f"""
SELECT sources.slug, removals.rule, sum(removals.blocks), sum(length(removals.text)),
  count(DISTINCT removals.article_id), articles.source_id
{_PRESENT} GROUP BY articles.source_id, removals.rule ORDER BY 4 DESC, 1, 2
"""

_RECORDS = "SELECT source_id, count(*) FROM articles GROUP BY source_id"

_SAMPLES = f"""
SELECT removals.text, count(*) {_PRESENT} AND removals.rule = :rule
GROUP BY removals.text ORDER BY 2 DESC, min(removals.id) LIMIT :samples
"""

_LONG = f"""
SELECT articles.id, articles.title, sources.slug, removals.rule, removals.position,
  removals.part, removals.blocks, removals.text
{_PRESENT} AND removals.rule <> :boilerplate AND length(removals.text) > :long
ORDER BY articles.id DESC, removals.id
"""

# A text of the same record that came after the removal.
_RETURNED = """
SELECT articles.id, articles.title, sources.slug, removals.rule, removals.position,
  removals.part, removals.blocks, removals.text, later.revision, later.body
FROM removals
JOIN revisions ON revisions.id = removals.revision_id
JOIN revisions AS later
  ON later.article_id = revisions.article_id AND later.revision = revisions.revision + 1
JOIN articles ON articles.id = revisions.article_id
JOIN sources ON sources.id = articles.source_id
WHERE (:source IS NULL OR articles.source_id = :source)
  AND length(removals.text) >= :telling
ORDER BY articles.id DESC, removals.id
"""

_SHARES = """
SELECT sources.slug, fetches.run_id, count(*), sum(junk.size), sum(length(revisions.body))
FROM revisions
JOIN fetches ON fetches.id = revisions.fetch_id
JOIN articles ON articles.id = revisions.article_id
JOIN sources ON sources.id = articles.source_id
LEFT JOIN (
  SELECT revision_id, sum(length(text)) AS size FROM removals
  WHERE rule <> :boilerplate AND rule NOT LIKE 'class:%' GROUP BY revision_id
) AS junk ON junk.revision_id = revisions.id
WHERE (:source IS NULL OR articles.source_id = :source)
  AND revisions.id NOT IN (SELECT revision_id FROM rereads)
GROUP BY articles.source_id, fetches.run_id HAVING count(*) >= :pages ORDER BY 1, 2
"""


def audit(db: Database, source_id: int | None, *, samples: int, limit: int) -> Audit:
    """What the rules took out of the present texts of one source, or of all."""
    rules = db.execute(_RULES, {"source": source_id}).fetchall()
    records_of = dict(db.execute(_RECORDS))
    suspicions = [*_returned(db, source_id), *_long_prose(db, source_id)]
    return Audit(
        rules=tuple(
            RuleUse(
                source=slug,
                rule=rule,
                blocks=blocks,
                characters=characters,
                records=records,
                share=records / records_of[owner],
                samples=_samples(db, owner, rule, samples),
            )
            for slug, rule, blocks, characters, records, owner in rules[:limit]
        ),
        more_rules=max(len(rules) - limit, 0),
        suspicions=tuple(suspicions[:limit]),
        more_suspicions=max(len(suspicions) - limit, 0),
        shifts=tuple(_shifts(db, source_id)),
        furniture=tuple(furniture_rows.view(db, source_id)),
    )


def _samples(db: Database, source_id: int, rule: str, count: int) -> tuple[str, ...]:
    rows = db.execute(_SAMPLES, {"source": source_id, "rule": rule, "samples": count})
    return tuple(_line(text) for text, _ in rows)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SAMPLE else line[: SAMPLE - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _blocks(row: tuple[int, str, int, str], rule: str) -> list[str]:
    position, part, blocks, text = row
    packed = PackedRemoval(position=position, part=Part(part), rule=rule, blocks=blocks, text=text)
    return [removal.text for removal in unpack([packed])]


def _long_prose(db: Database, source_id: int | None) -> Iterator[Suspicion]:
    asked = {"source": source_id, "boilerplate": BOILERPLATE, "long": LONG_PROSE}
    for article_id, title, slug, rule, *removed in db.execute(_LONG, asked):
        for text in _blocks((removed[0], removed[1], removed[2], removed[3]), rule):
            if is_long_prose(text):
                yield Suspicion(
                    article_id=article_id,
                    title=title,
                    source=slug,
                    rule=rule,
                    why="long prose",
                    text=text,
                )


def _returned(db: Database, source_id: int | None) -> Iterator[Suspicion]:
    rows = db.execute(_RETURNED, {"source": source_id, "telling": TELLING})
    for article_id, title, slug, rule, *removed in rows:
        kept = set(removed[5].split(BLOCK_SEPARATOR))
        for text in _blocks((removed[0], removed[1], removed[2], removed[3]), rule):
            if len(text) >= TELLING and text in kept:
                yield Suspicion(
                    article_id=article_id,
                    title=title,
                    source=slug,
                    rule=rule,
                    why=f"came back in revision {removed[4]}",
                    text=text,
                )


def is_long_prose(text: str) -> bool:
    """Whether a removed block reads as prose: long, a finished sentence, words that begin small."""
    if len(text) <= LONG_PROSE or not re.search(r"[.!?\u2026]['\"\u2019\u201d)]*$", text.strip()):
        return False
    words = re.findall(r"[^\W\d_][\w'\u2019-]*", text)
    small = sum(1 for word in words if word[0].islower())
    return small >= SMALL_WORDS * max(len(words), 1)


def _shifts(db: Database, source_id: int | None) -> Iterator[Shift]:
    of_source: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    asked = {"source": source_id, "boilerplate": BOILERPLATE, "pages": SHIFT_PAGES}
    for slug, run_id, pages, removed, left in db.execute(_SHARES, asked):
        gone = removed or 0
        of_source[slug].append((run_id, pages, gone / max(gone + left, 1)))
    for slug, runs in of_source.items():
        *earlier, (run_id, pages, share) = runs
        if not earlier:
            continue
        before = sum(one for _, _, one in earlier) / len(earlier)
        if abs(share - before) >= SHIFT:
            yield Shift(source=slug, run_id=run_id, pages=pages, share=share, before=before)
