"""A record with all that proves it, read from the tables. Writes nothing."""

import json
from typing import Any

from sqlite_utils import Database

from archive.errors import ArchiveDamagedError
from archive.periods import plain_date
from archive.receipts import PackedRemoval, unpack
from archive.records import Part, Redirect, Removal, WarcPlace
from archive.signal_rows import signals_of
from archive.topics.routes import routes_for
from archive.views import (
    FetchView,
    FoundAt,
    LinkView,
    RecordView,
    RevisionText,
    RevisionView,
    StoryView,
    SubjectView,
    TopicView,
)
from archive.visit_rows import ADDRESSES, VISITS

# The driver refuses to ask for a number that no row can have.
_GREATEST_KEY = 2**63 - 1

_ARTICLE = """
SELECT articles.id, articles.title, articles.url, sources.slug, sources.name, articles.kind,
  articles.published, articles.published_precision, articles.published_source,
  articles.modified, articles.authors, articles.description, articles.language,
  articles.site_name, articles.canonical_url, articles.word_count, articles.body,
  articles.text_hash, articles.first_seen_at, article_seen.last_seen_at,
  article_seen.last_checked_at, articles.revision
FROM articles JOIN sources ON sources.id = articles.source_id
LEFT JOIN article_seen ON article_seen.article_id = articles.id
WHERE articles.id = ?
"""

# A place may be noted before the record is there, and later only with the address. A feed or
# sitemap is an address of the frontier too: it says whose place it is. Who added an address by
# hand may have said anything.
_FOUND = """
SELECT provenance.relation, provenance.place, provenance.position, sources.name,
  provenance.seen_at, provenance.evidence
FROM provenance JOIN frontier ON frontier.id = provenance.frontier_id
LEFT JOIN frontier AS place ON place.url = provenance.place AND relation <> 'by hand'
JOIN sources ON sources.id = coalesce(place.source_id, frontier.source_id)
WHERE {of}
ORDER BY provenance.relation IN ('redirected from', 'also at'), provenance.id
"""
_OF_A_RECORD = """provenance.article_id = :id
  OR (provenance.frontier_id IN (SELECT id FROM ({addresses}))
    AND relation NOT IN ('redirected from', 'also at'))"""

_FETCH = """
SELECT fetches.id, fetches.url, fetches.final_url, fetches.redirects, fetches.fetched_at,
  fetches.status, fetches.headers, fetches.elapsed_ms, fetches.bytes, fetches.ending,
  runs.id, runs.trigger, runs.program, fetches.detail, fetches.snapshot_digest, {rights}, {origin},
  {dropped}
FROM fetches JOIN runs ON runs.id = fetches.run_id {joins}
"""
# Tables that an archive which an older program made, opened for reading alone, may not have.
_RIGHTS = ("rights.robots, rights.signals, rights.reserved", "NULL, NULL, NULL")
_ORIGIN = ("ip_address, warc_file, warc_offset, warc_record", "NULL, NULL, NULL, NULL")
_DROPPED = "fetches.snapshot_digest IN (SELECT snapshot_digest FROM dropped_snapshots)"
# By the address, which is indexed: the exchanges of years.
_OF_RECORD = """
JOIN ({addresses}) AS known ON fetches.url = known.url AND fetches.frontier_id = known.id
WHERE fetches.url = (SELECT url FROM articles WHERE id = :id) OR {no_other}
ORDER BY fetches.fetched_at DESC, fetches.id DESC
"""

_REVISIONS = """
SELECT revision, reason, seen_at, extractor, title, text_hash, words_added, words_removed,
  snapshot_digest, id, fetch_id
FROM revisions WHERE article_id = ? ORDER BY revision
"""

_REMOVALS = """
SELECT position, part, rule, blocks, text FROM removals WHERE revision_id = ? ORDER BY position, id
"""


_LINKS = """
SELECT to_url, anchor, to_article_id FROM links WHERE revision_id = ? ORDER BY position, id
"""

_TOPICS = """
SELECT slug, label, score, is_primary, sensitivity, rules, evidence, report_routes
FROM article_topics JOIN topics ON topics.id = topic_id WHERE article_id = ?
ORDER BY is_primary DESC, score DESC, slug
"""

_STORY = """
SELECT stories.id, title, how, (SELECT count(*) FROM article_stories WHERE story_id = stories.id)
FROM article_stories JOIN stories ON stories.id = story_id WHERE article_id = ?
"""

_NUMBER = """
SELECT id FROM articles WHERE url = :url
UNION ALL SELECT article_id FROM frontier WHERE url = :url AND article_id IS NOT NULL
UNION ALL SELECT article_id FROM provenance
  WHERE place = :url AND relation IN ('redirected from', 'also at') AND article_id IS NOT NULL
LIMIT 1
"""


def number_of(db: Database, url: str) -> int:
    """The number of the record that an address is or leads to; 0, which no record has, without."""
    row = db.execute(_NUMBER, {"url": url.strip()}).fetchone()
    return int(row[0]) if row else 0


def places_of(db: Database, frontier_id: int) -> tuple[FoundAt, ...]:
    """Where an address of the frontier was found, the first place first."""
    return _places(db, "provenance.frontier_id = :id", frontier_id)


def _places(db: Database, of: str, number: int) -> tuple[FoundAt, ...]:
    rows = db.execute(_FOUND.format(of=of), {"id": number})
    return tuple(_found(row) for row in rows)


def record_view(db: Database, article_id: int, *, with_texts: bool = False) -> RecordView | None:
    """One record with its provenance, revisions and removals; None when there is none.

    Raises:
        ArchiveDamagedError: its present text is not among its revisions: it has no proof.
    """
    if abs(article_id) > _GREATEST_KEY:
        return None
    row = db.execute(_ARTICLE, [article_id]).fetchone()
    if row is None:
        return None
    revisions = db.execute(_REVISIONS, [article_id]).fetchall()
    present = next((revision for revision in revisions if revision[0] == row[21]), None)
    if present is None:
        raise ArchiveDamagedError(
            f"Record {article_id} has no revision {row[21]}, so nothing proves its text."
            " Restore a backup beside this archive."
        )
    wire_credit, signals = signals_of(db, article_id)
    return RecordView(
        id=row[0],
        title=row[1],
        url=row[2],
        source=row[3],
        source_name=row[4],
        kind=row[5],
        published=row[6],
        published_precision=row[7],
        published_source=row[8],
        modified=row[9],
        authors=tuple(row[10].split("; ")) if row[10] else (),
        description=row[11],
        language=row[12],
        site_name=row[13],
        canonical_url=row[14],
        wire_credit=wire_credit,
        signals=signals,
        word_count=row[15],
        text=row[16],
        text_hash=row[17],
        first_seen_at=row[18],
        last_seen_at=row[19],
        last_checked_at=row[20],
        found=_places(db, _OF_A_RECORD.format(addresses=ADDRESSES), article_id),
        fetch=_fetches(db, "WHERE fetches.id = :id", present[10])[0],
        snapshot_digest=present[8],
        extractor=present[3],
        revisions=tuple(_revision(revision) for revision in revisions),
        removals=_removals(db, present[9]),
        links=_links(db, present[9]),
        visits=_fetches(db, _OF_RECORD.format(**VISITS), article_id),
        subject=_subject(db, article_id),
        texts=tuple(_text(db, revision) for revision in revisions) if with_texts else (),
    )


def _text(db: Database, row: tuple[Any, ...]) -> RevisionText:
    (text,) = db.execute("SELECT body FROM revisions WHERE id = ?", [row[9]]).fetchone()
    return RevisionText(revision=row[0], text=text, removals=_removals(db, row[9]))


def _removals(db: Database, revision_id: int) -> tuple[Removal, ...]:
    return unpack(_packed(row) for row in db.execute(_REMOVALS, [revision_id]))


def _links(db: Database, revision_id: int) -> tuple[LinkView, ...]:
    # An archive that an older program made, opened for reading alone, has no links yet.
    if not db.table("links").exists():
        return ()
    rows = db.execute(_LINKS, [revision_id])
    return tuple(LinkView(url=url, anchor=anchor, record=record) for url, anchor, record in rows)


def _subject(db: Database, article_id: int) -> SubjectView:
    # An archive that an older program made, opened for reading alone, has no such tables.
    if not db.table("article_topics").exists():
        return SubjectView()
    rows = db.execute(_TOPICS, [article_id]).fetchall()
    names = db.execute(
        "SELECT name FROM article_entities WHERE article_id = ?"
        " ORDER BY in_title DESC, mentions DESC, name",
        [article_id],
    )
    (country,) = db.execute(
        "SELECT country FROM sources JOIN articles ON source_id = sources.id WHERE articles.id = ?",
        [article_id],
    ).fetchone()
    routes = [route for row in rows if row[4] == "high" for route in _json(row[7])]
    return SubjectView(
        topics=tuple(
            TopicView(
                slug=row[0],
                label=row[1],
                score=row[2],
                is_primary=bool(row[3]),
                sensitivity=row[4],
                rules=row[5],
                evidence=tuple(_json(row[6])),
            )
            for row in rows
        ),
        names=tuple(name for (name,) in names),
        routes=routes_for(routes, country),
        story=_story(db, article_id),
    )


def _story(db: Database, article_id: int) -> StoryView | None:
    if not db.table("article_stories").exists():
        return None
    row = db.execute(_STORY, [article_id]).fetchone()
    return None if row is None else StoryView(id=row[0], title=row[1], how=row[2], records=row[3])


def withdrawn(db: Database, article_id: int) -> str | None:
    """Why a record is not there any more, in words; None when nobody took it out."""
    # An archive that an older program made, opened for reading alone, has no such table.
    if abs(article_id) > _GREATEST_KEY or not db.table("redactions").exists():
        return None
    row = db.execute(
        "SELECT action, reason, decided_at FROM redactions WHERE article_id = ?"
        " AND action IN ('remove', 'restrict') ORDER BY id DESC LIMIT 1",
        [article_id],
    ).fetchone()
    if row is None:
        return None
    done = "removed" if row[0] == "remove" else "restricted"
    return f"record {article_id} was {done} on {plain_date(row[2])} ({row[1]})"


def _found(row: tuple[Any, ...]) -> FoundAt:
    return FoundAt(
        relation=row[0],
        place=row[1],
        position=row[2],
        source=row[3],
        seen_at=row[4],
        evidence=json.loads(row[5]) if row[5] else {},
    )


def _fetches(db: Database, which: str, number: int) -> tuple[FetchView, ...]:
    joins = []
    columns = {}
    for table, name, (known, unknown) in (
        ("rights", "rights", _RIGHTS),
        ("fetch_origins", "origin", _ORIGIN),
    ):
        is_there = db.table(table).exists()
        columns[name] = known if is_there else unknown
        if is_there:
            joins.append(f"LEFT JOIN {table} ON {table}.fetch_id = fetches.id")
    columns["dropped"] = _DROPPED if db.table("dropped_snapshots").exists() else "NULL"
    sql = _FETCH.format(**columns, joins=" ".join(joins)) + which
    return tuple(_fetch(row) for row in db.execute(sql, {"id": number}))


def _fetch(row: tuple[Any, ...]) -> FetchView:
    file, offset, record, is_taken_out = row[19:23]
    return FetchView(
        id=row[0],
        url=row[1],
        final_url=row[2],
        redirects=tuple(Redirect(url=url, status=status) for url, status in _json(row[3])),
        fetched_at=row[4],
        status=row[5],
        headers=tuple((name, value) for name, value in _json(row[6])),
        elapsed_ms=row[7],
        bytes=row[8],
        ending=row[9],
        run_id=row[10],
        trigger=row[11],
        program=row[12],
        detail=row[13],
        snapshot_digest=row[14],
        robots=row[15],
        asked=tuple(_json(row[16])),
        reserved=row[17],
        ip_address=row[18],
        warc=file and WarcPlace(file=file, offset=offset, record=record),
        is_taken_out=bool(is_taken_out),
    )


def _json(text: str | None) -> list[Any]:
    value: list[Any] = json.loads(text) if text else []
    return value


def _revision(row: tuple[Any, ...]) -> RevisionView:
    return RevisionView(
        revision=row[0],
        reason=row[1],
        seen_at=row[2],
        extractor=row[3],
        title=row[4],
        text_hash=row[5],
        words_added=row[6],
        words_removed=row[7],
        snapshot_digest=row[8],
    )


def _packed(row: tuple[Any, ...]) -> PackedRemoval:
    return PackedRemoval(
        position=row[0], part=Part(row[1]), rule=row[2], blocks=row[3], text=row[4]
    )
