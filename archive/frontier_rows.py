"""The rows of the frontier: how they come into it and what becomes of them.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.endings import Ending, Group
from archive.records import (
    DiscoveredLink,
    FoundAs,
    FrontierState,
    ListedSource,
    Outcome,
    Poll,
)
from archive.seals import Sealed, seal_all
from archive.tombstones import taken_down


def sync_sources(db: Database, sources: Sequence[ListedSource], now: str) -> None:
    """Make the `sources` rows and the frontier rows of their discovery addresses as listed.

    A source that is no longer listed keeps its records and is not crawled any more.
    """
    for source in sources:
        db.execute(
            "INSERT INTO sources (slug, name, homepage, country, language, kind, scope, licence,"
            " link_only, enabled, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (slug) DO UPDATE SET name = excluded.name, homepage = excluded.homepage,"
            " country = excluded.country, language = excluded.language, kind = excluded.kind,"
            " scope = excluded.scope, licence = excluded.licence, link_only = excluded.link_only,"
            " enabled = excluded.enabled, updated_at = excluded.updated_at",
            [
                *(source.slug, source.name, source.homepage, source.country, source.language),
                *(source.kind, source.scope, source.licence),
                *(int(source.link_only), int(source.enabled), now),
            ],
        )
        _sync_discovery(db, source, now)
    listed = json.dumps([source.slug for source in sources])
    db.execute(
        "UPDATE sources SET enabled = 0, updated_at = ?"
        " WHERE enabled AND slug NOT IN (SELECT value FROM json_each(?))",
        [now, listed],
    )


def _sync_discovery(db: Database, source: ListedSource, now: str) -> None:
    (source_id,) = db.execute("SELECT id FROM sources WHERE slug = ?", [source.slug]).fetchone()
    for position, (kind, url) in enumerate(source.discovery, 1):
        link = DiscoveredLink(
            url=url,
            kind=kind,
            found_in=source.homepage,
            found_as=FoundAs.SOURCE_LIST,
            position=position,
        )
        if not add_link(db, link, source_id=source_id, depth=0, now=now):
            db.execute(
                "UPDATE frontier SET kind = ?, source_id = ?, depth = 0,"
                " state = iif(state = 'closed', 'waiting', state)"
                " WHERE url = ? AND (kind <> ? OR source_id <> ? OR state = 'closed')",
                [kind, source_id, url, kind, source_id],
            )
    for (_, url), rules in zip(source.discovery, source.rules, strict=False):
        _follow_rules(db, url, rules, now)
    addresses = json.dumps([url for _, url in source.discovery])
    db.execute(
        "UPDATE frontier SET state = 'closed' WHERE source_id = ? AND depth = 0"
        " AND kind <> 'article' AND url NOT IN (SELECT value FROM json_each(?))",
        [source_id, addresses],
    )


def _follow_rules(db: Database, url: str, rules: str, now: str) -> None:
    """Read a list anew, and at once, when its rules have changed since it was last read.

    Its further pages are read anew when they are due: a 304 vouches for none of them any more.
    """
    row = db.execute(
        "SELECT frontier.id, source_id, rules FROM frontier"
        " LEFT JOIN list_rules ON frontier_id = frontier.id WHERE url = ?",
        [url],
    ).fetchone()
    if row is None or row[2] == rules:  # None: it was taken down
        return
    number, source_id, before = row
    db.execute(
        "INSERT INTO list_rules (frontier_id, rules) VALUES (?, ?)"
        " ON CONFLICT (frontier_id) DO UPDATE SET rules = excluded.rules",
        [number, rules],
    )
    if before is not None:
        db.execute(
            "UPDATE frontier SET etag = NULL, last_modified = NULL, snapshot_digest = NULL,"
            " not_before = iif(id = :id, min(not_before, :now), not_before)"
            " WHERE id = :id OR (source_id = :source AND kind <> 'article' AND depth > 0)",
            {"id": number, "source": source_id, "now": now},
        )


def add_link(db: Database, link: DiscoveredLink, *, source_id: int, depth: int, now: str) -> bool:
    """Put a link into the frontier, or note another place where it was found; True if new.

    A link that says it was modified after our last visit becomes due at once. One whose address
    was taken down is refused, and nothing of it is noted.
    """
    return bool(add_links(db, [link], source_id=source_id, depth=depth, now=now))


def add_links(
    db: Database, links: Sequence[DiscoveredLink], *, source_id: int, depth: int, now: str
) -> int:
    """Put links into the frontier as `add_link` does; how many are new."""
    refused = taken_down(db, [link.url for link in links])
    new, places = 0, []
    for link in links:
        if link.url in refused:
            continue
        new += _add(db, link, source_id=source_id, depth=depth, now=now)
        place = _note_place(db, link, now)
        if place is not None:
            places.append(place)
    seal_all(db, Sealed.PLACE, places)
    return new


def _add(db: Database, link: DiscoveredLink, *, source_id: int, depth: int, now: str) -> bool:
    added = db.execute(
        "INSERT INTO frontier (url, host, source_id, kind, depth, not_before, title_hint,"
        " published_hint, found_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (url) DO NOTHING",
        [
            *(link.url, urlsplit(link.url).netloc, source_id, link.kind, depth, now),
            *(link.title, link.published, now),
        ],
    ).rowcount
    if not added and link.modified:
        db.execute(
            "UPDATE frontier SET not_before = ? WHERE url = ? AND state = 'waiting'"
            " AND not_before > ? AND julianday(last_fetched_at) < julianday(?)",
            [now, link.url, now, link.modified],
        )
    return bool(added)


def _note_place(db: Database, link: DiscoveredLink, now: str) -> int | None:
    """The number of the place where a link was found, None when it is known already."""
    evidence = {"title": link.title, "published": link.published}
    place = db.execute(
        "INSERT INTO provenance (frontier_id, article_id, relation, place, position, evidence,"
        " seen_at) SELECT id, article_id, ?, ?, ?, ?, ? FROM frontier WHERE url = ?"
        " ON CONFLICT (frontier_id, relation, place) DO NOTHING RETURNING id",
        [
            *(link.found_as, link.found_in, link.position),
            *(json.dumps({k: v for k, v in evidence.items() if v}) or None, now, link.url),
        ],
    ).fetchone()
    return None if place is None else int(place[0])


def end(db: Database, outcome: Outcome, ending: Ending, article_id: int | None) -> None:
    """Give a row back: what the fetch taught us, and when it is asked again.

    Validators and digest are taken from good answers only: they must never vouch for a page that
    we could not read.
    """
    visit = outcome.next_visit
    db.execute(
        "UPDATE frontier SET state = ?, not_before = ?, tries = ?, last_ending = ?,"
        " last_fetched_at = ?, article_id = coalesce(?, article_id) WHERE id = ?",
        [
            *(visit.state, visit.not_before, visit.tries, ending),
            *(outcome.fetch.fetched_at, article_id, outcome.claim.frontier_id),
        ],
    )
    is_good = ending.group in {Group.NEW, Group.REVISED, Group.UNCHANGED, Group.READ}
    # A 304 has no body and vouches for what is known; of a link-only page no body is named.
    is_link = outcome.link_only and ending is not Ending.NOT_MODIFIED
    if is_good and (outcome.snapshot_digest or is_link):
        db.execute(
            "UPDATE frontier SET etag = ?, last_modified = ?, snapshot_digest = ? WHERE id = ?",
            [
                outcome.fetch.header("etag"),
                outcome.fetch.header("last-modified"),
                outcome.snapshot_digest,
                outcome.claim.frontier_id,
            ],
        )
    if visit.poll is not None:
        _remember_poll(db, outcome.claim.frontier_id, visit.poll)


def end_behind(db: Database, outcome: Outcome, article_id: int | None) -> None:
    """Note the record of an address by an exchange older than its last: it stays as it is."""
    db.execute(
        "UPDATE frontier SET article_id = coalesce(article_id, ?) WHERE id = ?",
        [article_id, outcome.claim.frontier_id],
    )


def _remember_poll(db: Database, frontier_id: int, poll: Poll) -> None:
    db.execute(
        "INSERT INTO polls (frontier_id, interval, successes, named, new, last_new_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (frontier_id) DO UPDATE SET"
        " interval = excluded.interval, successes = excluded.successes, named = excluded.named,"
        " new = excluded.new, last_new_at = excluded.last_new_at",
        [
            *(frontier_id, poll.interval, poll.successes, poll.named, poll.new),
            poll.last_new_at,
        ],
    )


def release_quarantine(db: Database, now: str, sources: Sequence[str] | None) -> int:
    """Make what is in quarantine due again, as if it had never failed; how many that are.

    Each stays listed there until it has come to a better ending.
    """
    return int(
        db.execute(
            "UPDATE frontier SET state = 'waiting', not_before = ?, tries = 0, run_id = NULL"
            " WHERE state = 'quarantined' AND (? IS NULL OR source_id IN (SELECT id FROM sources"
            " WHERE slug IN (SELECT value FROM json_each(?))))",
            [now, *[None if sources is None else json.dumps(list(sources))] * 2],
        ).rowcount
    )


def quarantine(db: Database, outcome: Outcome, ending: Ending, fetch_id: int) -> None:
    """Keep a row that could not be handled with its reason, or let it out when it could."""
    frontier_id = outcome.claim.frontier_id
    if outcome.next_visit.state is not FrontierState.QUARANTINED:
        db.execute("DELETE FROM quarantine WHERE frontier_id = ?", [frontier_id])
        return
    db.execute(
        "INSERT INTO quarantine (frontier_id, fetch_id, reason, detail, tries, since)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (frontier_id) DO UPDATE SET"
        " fetch_id = excluded.fetch_id, reason = excluded.reason, detail = excluded.detail,"
        " tries = excluded.tries",
        [
            *(frontier_id, fetch_id, ending, outcome.detail),
            *(outcome.next_visit.tries, outcome.fetch.fetched_at),
        ],
    )
