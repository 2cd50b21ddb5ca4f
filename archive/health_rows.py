"""What the tables say of how the sources are doing, and the rows that remember it.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from archive.endings import Ending, Group
from archive.health_values import Arrival, Finding, Junk, Place, SourceFacts, SourceHealth, State
from archive.records import LinkKind, Redirect

# How far back pages are looked at, and how many of them and of the records at most.
PAGES_DAYS = timedelta(days=30)
PAGES = 30
ARRIVALS = 100
ARRIVALS_DAYS = timedelta(days=365)
# The share that junk rules take is compared between the newest records and those before.
JUNK_NEW = 10
JUNK_BEFORE = 40
FIRST_CRAWL = timedelta(hours=1)

_GOOD = json.dumps([e for e in Ending if e.group in {Group.READ, Group.UNCHANGED}])
# Validators are taken from good answers only: what is unchanged is as the last one read was.
_EMPTY_OR_READ = json.dumps([Ending.READ, Ending.EMPTY])

_SOURCES = """
SELECT id, slug, name, homepage, last_success_at, last_new_article_at,
  (SELECT min(fetched_at) FROM fetches WHERE source_id = sources.id)
FROM sources
WHERE enabled AND (:run IS NULL OR id IN (SELECT source_id FROM fetches WHERE run_id = :run))
ORDER BY name
"""

_PLACES = """
SELECT id, url, kind FROM frontier
WHERE source_id = ? AND depth = 0 AND kind <> 'article' AND state <> 'closed' ORDER BY id
"""

_NEWEST = """
SELECT ending, status, final_url, redirects, detail, headers
FROM fetches WHERE frontier_id = ? ORDER BY id DESC LIMIT 1
"""

# The first fetch of a row after the last that was as it should be, and how many there are since.
_SINCE = """
SELECT min(fetched_at), count(*) FROM fetches
WHERE frontier_id = :row AND {counted} AND id > coalesce((
  SELECT id FROM fetches WHERE frontier_id = :row AND {good} ORDER BY id DESC LIMIT 1), 0)
"""
_IS_GOOD = "ending IN (SELECT value FROM json_each(:good))"
_FAILING = _SINCE.format(counted="1", good=_IS_GOOD)
_EMPTY = _SINCE.format(counted="ending = 'empty'", good="ending = 'read'")
_MOVED = _SINCE.format(counted="redirects NOT NULL", good=f"redirects IS NULL AND {_IS_GOOD}")
_UNCHANGED = _SINCE.format(counted="1", good="ending <> 'not-modified'")

_LISTS_READ = """
SELECT count(*), count(*) FILTER (WHERE ending IN (SELECT value FROM json_each(:good)))
FROM fetches JOIN frontier ON frontier.id = fetches.frontier_id
WHERE fetches.run_id = :run AND frontier.kind <> 'article'
"""

_LAST_LIST = """
SELECT ending FROM fetches
WHERE frontier_id = ? AND ending IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 1
"""
_EVER = """
SELECT EXISTS (SELECT 1 FROM fetches
  WHERE frontier_id = ? AND ending IN (SELECT value FROM json_each(?)))
"""

_PAGES = """
SELECT fetched_at, ending FROM fetches
WHERE source_id = :source AND fetched_at >= :since AND frontier_id NOT IN (
  SELECT id FROM frontier WHERE source_id = :source AND kind <> 'article')
ORDER BY fetched_at DESC LIMIT :limit
"""

# An article that its topics did not admit shows as much that the source is alive.
_ARRIVALS = """
SELECT first_seen_at, iif(published_precision IN ('second', 'minute', 'day'), published, NULL)
FROM articles WHERE source_id = :source AND first_seen_at >= :since
UNION ALL
SELECT found_at, published_hint FROM frontier
WHERE source_id = :source AND kind = 'article' AND last_ending = 'not-relevant'
  AND found_at >= :since
ORDER BY 1 DESC LIMIT :limit
"""

_ROBOTS = """
SELECT max(changed_at) FROM site_files
WHERE name = 'robots.txt' AND host IN (
  SELECT host FROM frontier WHERE source_id = ? AND depth = 0 AND kind <> 'article')
"""

_JUNK = """
SELECT coalesce(sum(length(removals.text)), 0), length(articles.body)
FROM (SELECT id FROM articles WHERE source_id = ? ORDER BY id DESC LIMIT ?) AS newest
JOIN articles ON articles.id = newest.id
JOIN revisions ON revisions.article_id = articles.id AND revisions.revision = articles.revision
LEFT JOIN removals ON removals.revision_id = revisions.id
  AND removals.rule <> 'boilerplate' AND removals.rule NOT LIKE 'class:%'
GROUP BY articles.id ORDER BY articles.id DESC
"""


def facts(db: Database, now: datetime, *, run_id: int | None = None) -> list[SourceFacts]:
    """What is known of every source that is crawled; with `run_id`, of those that it fetched of."""
    rows = db.execute(_SOURCES, {"run": run_id}).fetchall()
    return [_facts(db, row, now) for row in rows]


def _facts(db: Database, row: tuple[object, ...], now: datetime) -> SourceFacts:
    source_id, slug, name, homepage, success, new, asked = row
    return SourceFacts(
        slug=str(slug),
        name=str(name),
        homepage=str(homepage),
        places=tuple(_place(db, *place) for place in db.execute(_PLACES, [source_id]).fetchall()),
        asked_since=_moment(asked),
        last_success_at=_moment(success),
        last_new_article_at=_moment(new),
        pages=tuple(
            (moment, Ending(ending))
            for at, ending in db.execute(
                _PAGES, {"source": source_id, "since": _utc(now - PAGES_DAYS), "limit": PAGES}
            )
            if (moment := _moment(at))
        ),
        arrivals=_arrivals(db, source_id, now),
        junk=_junk(db, source_id),
        robots_changed_at=_robots_changed_at(db, source_id, _moment(asked)),
    )


def _robots_changed_at(
    db: Database, source_id: object, asked_since: datetime | None
) -> datetime | None:
    changed = _moment(db.execute(_ROBOTS, [source_id]).fetchone()[0])
    # The first copy, which the first crawl brought, is no change.
    if changed is None or asked_since is None or changed - asked_since < FIRST_CRAWL:
        return None
    return changed


def _place(db: Database, row: int, url: str, kind: str) -> Place:
    newest = db.execute(_NEWEST, [row]).fetchone()
    if newest is None:
        return Place(url=url, kind=LinkKind(kind))
    ending, status, final_url, redirects, detail, headers = newest
    named = {"row": row, "good": _GOOD}
    failing_since, failures = db.execute(_FAILING, named).fetchone()
    was_empty = db.execute(_LAST_LIST, [row, _EMPTY_OR_READ]).fetchone() == (Ending.EMPTY,)
    return Place(
        url=url,
        kind=LinkKind(kind),
        ending=Ending(ending),
        status=status,
        final_url=final_url,
        redirects=tuple(Redirect(url=left, status=code) for left, code in json.loads(redirects))
        if redirects
        else (),
        detail=detail,
        server=next((value for key, value in json.loads(headers or "[]") if key == "server"), None),
        ever_read=bool(db.execute(_EVER, [row, _GOOD]).fetchone()[0]),
        failures=failures,
        failing_since=_moment(failing_since),
        empty_since=_moment(db.execute(_EMPTY, {"row": row}).fetchone()[0]) if was_empty else None,
        moved_since=_moment(db.execute(_MOVED, named).fetchone()[0]) if redirects else None,
        unchanged=db.execute(_UNCHANGED, {"row": row}).fetchone()[1],
    )


def _arrivals(db: Database, source_id: object, now: datetime) -> tuple[Arrival, ...]:
    rows = db.execute(
        _ARRIVALS, {"source": source_id, "since": _utc(now - ARRIVALS_DAYS), "limit": ARRIVALS}
    )
    return tuple(
        Arrival(seen=at, published=_moment(published))
        for seen, published in rows
        if (at := _moment(seen))
    )


def _junk(db: Database, source_id: object) -> Junk | None:
    rows = db.execute(_JUNK, [source_id, JUNK_NEW + JUNK_BEFORE]).fetchall()
    if not rows:
        return None
    newest, before = rows[:JUNK_NEW], rows[JUNK_NEW:]
    # Of a handful of pages a share says nothing.
    return Junk(share=_taken(newest), before=_taken(before) if len(before) >= JUNK_NEW else None)


def _taken(rows: Sequence[tuple[int, int]]) -> float:
    gone = sum(row[0] for row in rows)
    return gone / max(gone + sum(row[1] for row in rows), 1)


def last_crawl_at(db: Database) -> datetime | None:
    """When a crawl last ended; of one that runs, or was killed, when it began."""
    row = db.execute(
        "SELECT max(coalesce(finished_at, started_at)) FROM runs WHERE trigger = 'crawl'"
    ).fetchone()
    return _moment(row[0])


def went_dark(db: Database, run_id: int) -> bool:
    """Whether this crawl could read no list of any source, and the crawl before it could."""
    before, now = (
        db.execute(_LISTS_READ, {"run": run, "good": _GOOD}).fetchone()
        for run in (_crawl_before(db, run_id), run_id)
    )
    return bool(before[1]) and bool(now[0]) and not now[1]


def _crawl_before(db: Database, run_id: int) -> int | None:
    row = db.execute(
        "SELECT max(id) FROM runs WHERE trigger = 'crawl' AND id < ?"
        " AND EXISTS (SELECT 1 FROM fetches WHERE run_id = runs.id)",
        [run_id],
    ).fetchone()
    return None if row[0] is None else int(row[0])


def switched_off(db: Database) -> int:
    """How many sources are known and not crawled."""
    return int(db.execute("SELECT count(*) FROM sources WHERE NOT enabled").fetchone()[0])


def states(db: Database) -> dict[str, State]:
    """How each source was doing when it was last judged, by slug."""
    rows = db.execute(
        "SELECT slug, state FROM health JOIN sources ON sources.id = health.source_id"
    )
    return {slug: State(state) for slug, state in rows}


def remember(db: Database, judged: Sequence[SourceHealth], now: datetime) -> None:
    """Keep how sources are doing; a row that says the same already is written all the same."""
    db.conn.executemany(
        "INSERT INTO health (source_id, judged_at, state, problem, what, since, next, url,"
        " proposed_url, per_week, last_week, empty_share, refused_share, junk_share,"
        " robots_changed_at)"
        " SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM sources WHERE slug = ?"
        " ON CONFLICT (source_id) DO UPDATE SET judged_at = excluded.judged_at,"
        " state = excluded.state, problem = excluded.problem, what = excluded.what,"
        " since = excluded.since, next = excluded.next, url = excluded.url,"
        " proposed_url = excluded.proposed_url, per_week = excluded.per_week,"
        " last_week = excluded.last_week, empty_share = excluded.empty_share,"
        " refused_share = excluded.refused_share, junk_share = excluded.junk_share,"
        " robots_changed_at = excluded.robots_changed_at",
        [
            (
                *(_utc(now), one.state, *_worst(one.findings[0] if one.findings else None)),
                one.rhythm.per_week if one.rhythm else None,
                one.rhythm.last_week if one.rhythm else None,
                *(one.empty_share, one.refused_share, one.junk_share),
                *(_utc(one.robots_changed_at) if one.robots_changed_at else None, one.slug),
            )
            for one in judged
        ],
    )


def _worst(finding: Finding | None) -> tuple[str | None, ...]:
    if finding is None:
        return (None,) * 6
    since = _utc(finding.since) if finding.since else None
    return (
        *(finding.problem, finding.what, since, finding.next),
        *(finding.url, finding.proposed_url),
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: object) -> datetime | None:
    """A time as the archive has it; a date without zone is taken for UTC, what is none for none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
