"""The texts of a source whose terms changed: kept while it allowed it, and now links are allowed.

`link_only = true` in the list keeps new texts out. Those that are there stay until a person takes
them back, because one wrong word in a list must not empty an archive. A crawl says that they are
there; `newsward source withdraw` takes them back, as a page takes its text back that begins to
reserve it.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive import restriction_rows, takedown_rows
from archive.database import transaction
from archive.errors import ConfigurationError
from archive.group_seals import seal_changes
from archive.opened import OpenArchive
from archive.records import text_hash
from archive.seals import Sealed, seal
from archive.takedown import both_files_anew, drop_bodies
from archive.tombstones import PUBLISHER, drop_snapshot
from archive.withdrawal_rows import empty_texts

# A record that is no link, or has a text that it was read with once.
_WITH_TEXT = """
SELECT articles.id FROM articles WHERE source_id = :source AND (kind <> 'link' OR EXISTS (
  SELECT 1 FROM revisions WHERE article_id = articles.id AND body <> '')) ORDER BY id
"""
_BODIES = """
SELECT DISTINCT snapshot_digest FROM fetches
WHERE source_id = :source AND snapshot_digest IS NOT NULL
  AND snapshot_digest NOT IN (SELECT snapshot_digest FROM dropped_snapshots)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptTexts:
    """A source that keeps links only, and how many records have a text of it all the same."""

    source: str
    records: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """What was taken back, or would be: texts of records, those of restricted ones, and bodies."""

    source: str
    records: int
    restricted: int
    snapshots: int


def kept_texts(archive: OpenArchive) -> list[KeptTexts]:
    """The sources that keep links only and of which a text is there, most first."""
    with archive.moment() as db:
        rows = db.execute(
            "SELECT slug, count(*) FROM articles JOIN sources ON sources.id = source_id"
            " WHERE link_only AND articles.kind <> 'link' GROUP BY slug ORDER BY 2 DESC, 1"
        ).fetchall()
    return [KeptTexts(source=slug, records=records) for slug, records in rows]


def foretell(archive: OpenArchive, source: str) -> TakenBack:
    """What taking back the texts of a source would take.

    Raises:
        ConfigurationError: the archive knows of no such source.
    """
    with archive.moment() as db:
        source_id = _number(db, archive.path, source)
        return TakenBack(
            source=source,
            records=len(db.execute(_WITH_TEXT, {"source": source_id}).fetchall()),
            restricted=len(restriction_rows.restricted_of(db, source_id)),
            snapshots=len(db.execute(_BODIES, {"source": source_id}).fetchall()),
        )


def take_back(archive: Path, source: str, *, decided_by: str, now: str) -> TakenBack:
    """Make links of all records of a source: texts, receipts and bodies go to the last byte.

    Titles, dates, links and the log of the exchanges stay. Called again after a crash, it ends
    what it began. A page whose source allows texts again is fetched and kept again.

    Raises:
        ConfigurationError: there is no such source.
        ArchiveUnavailableError: a crawl runs, or another program holds the old pages open.
    """
    if not decided_by.strip():
        raise ConfigurationError("Say who decided this.")
    with both_files_anew(archive) as (db, snapshots):
        source_id = _number(db, archive, source)
        decided = f"{PUBLISHER}link_only in the list of sources ({decided_by.strip()})"
        with transaction(db, archive, before_commit=seal_changes):
            work = _Work(db=db, source_id=source_id, decided_by=decided, now=now)
            records, restricted = work.carry_out()
        dropped = drop_bodies(db, snapshots, archive)
    return TakenBack(source=source, records=records, restricted=restricted, snapshots=dropped)


def _number(db: Database, path: Path, source: str) -> int:
    row = db.execute("SELECT id FROM sources WHERE slug = ?", [source]).fetchone()
    if row is None:
        raise ConfigurationError(
            f"{path}: nothing was ever crawled of a source {source}. `newsward health` shows those"
            " there are."
        )
    return int(row[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """Taking back what there is of one source, inside one transaction."""

    db: Database
    source_id: int
    decided_by: str
    now: str

    def carry_out(self) -> tuple[int, int]:
        """Make links of the records and name the bodies that must go; how many records, hidden."""
        hidden = restriction_rows.restricted_of(self.db, self.source_id)
        # Unpacked for a moment: what is packed keeps its text where nobody would look for it.
        with_items = {number: self._unpack(number) for number in hidden}
        rows = self.db.execute(_WITH_TEXT, {"source": self.source_id}).fetchall()
        numbers = {number for (number,) in rows}
        runs = {run for number in sorted(numbers) for run in self._empty(number)}
        decision = self._decide("phrase", None)
        for (digest,) in self.db.execute(_BODIES, {"source": self.source_id}).fetchall():
            drop_snapshot(self.db, digest, decision)
        # What a site repeats was read in its texts; what vouches for a text would keep it away.
        self.db.execute("DELETE FROM furniture WHERE source_id = ?", [self.source_id])
        self.db.execute(
            "UPDATE frontier SET etag = NULL, last_modified = NULL, snapshot_digest = NULL"
            " WHERE source_id = ? AND kind = 'article'",
            [self.source_id],
        )
        takedown_rows.note_runs(self.db, sorted(runs), decision)
        for number, items in with_items.items():
            self._pack(number, items)
        return len(numbers - with_items.keys()), len(hidden)

    def _empty(self, number: int) -> tuple[int, ...]:
        (title,) = self.db.execute("SELECT title FROM articles WHERE id = ?", [number]).fetchone()
        self.db.execute(
            "UPDATE articles SET kind = 'link', authors = NULL, word_count = 0, body = '',"
            " description = NULL, text_hash = ? WHERE id = ?",
            [text_hash(title, ""), number],
        )
        seal(self.db, Sealed.RECORD, number)
        emptied = empty_texts(self.db, number, self.decided_by, self.now)
        return emptied.runs if emptied else ()

    def _unpack(self, number: int) -> list[int]:
        return restriction_rows.release(self.db, number, self._decide("release", number))

    def _pack(self, number: int, items: list[int]) -> None:
        target = takedown_rows.find(self.db, number)
        if target is not None:
            decision = self._decide("restrict", number)
            restriction_rows.restrict(self.db, number, target, decision, with_items=items)

    def _decide(self, action: str, article_id: int | None) -> int:
        return takedown_rows.decide(
            self.db,
            action=action,
            reason="legal",
            decided_by=self.decided_by,
            now=self.now,
            article_id=article_id,
        )
