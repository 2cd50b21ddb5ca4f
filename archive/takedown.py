"""Taking something down: out of both files to the last byte, and never fetched again.

What is left is a log of who decided what and when, without a word of what was taken.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive import elsewhere_rows, phrase_rows, quotation_rows, restriction_rows, takedown_rows
from archive.database import explained, open_archive, transaction, write_anew
from archive.errors import (
    ArchiveDamagedError,
    ArchiveMissingError,
    ConfigurationError,
    RecordMissingError,
)
from archive.group_seals import seal_changes
from archive.locking import lock_archive
from archive.phrase_rows import Phrase, readings
from archive.snapshots import Snapshots
from archive.takedown_rows import Target
from archive.tombstones import drop_snapshot


class Action(StrEnum):
    """What is done to a record."""

    REMOVE = "remove"
    PHRASE = "phrase"
    RESTRICT = "restrict"
    RELEASE = "release"


class Reason(StrEnum):
    """The class of the reason: the case itself is written down elsewhere, not here."""

    PRIVACY = "privacy"
    LEGAL = "legal"
    SAFETY = "safety"
    ERROR = "error"
    OTHER = "other"


# A title of fewer words, such as "News", says nothing of one record.
_TELLING = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What is to be done, why, and who decided it. `phrase` is what to redact."""

    action: Action
    reason: Reason
    decided_by: str
    phrase: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Redacted:
    """What was done; nothing in it tells of the record. `texts` counts those with a phrase.

    `items` are records of newsletter items that quote it: the same was done to them. `others` are
    records whose pages showed its title beside their text: there it is gone, and so are the pages.
    `article_id` is None for an address without a record. `in_address` says that an address of the
    record has the phrase, which stays there. `again` says that it had been taken down before, and
    that only the files were cleaned once more.
    """

    action: Action
    article_id: int | None
    addresses: int = 0
    items: int = 0
    others: int = 0
    texts: int = 0
    snapshots: int = 0
    in_address: bool = False
    again: bool = False


def redact(archive: Path, target: int | str, decision: Decision, *, now: str) -> Redacted:
    """Carry a decision out on a record, by its number or any address of it.

    Rows and log are one transaction; then the bodies go, and both files are written anew, so that
    no free page and no log of theirs holds what was there. Called again after a crash, it ends
    what it began.

    Raises:
        RecordMissingError: the archive knows of no such record and no such address.
        ConfigurationError: the decision does not fit: no such phrase, nothing to release.
        ArchiveUnavailableError: a crawl runs, or another program holds the old pages open.
    """
    if not archive.exists():
        raise ArchiveMissingError(f"{archive}: there is no archive here.")
    _check_number(archive, target)
    with both_files_anew(archive) as (db, snapshots):
        work = _Work(db=db, snapshots=snapshots, archive=archive, decision=decision, now=now)
        with transaction(db, archive, before_commit=seal_changes):
            done = work.carry_out(target)
        dropped = drop_bodies(db, snapshots, archive)
    return replace(done, snapshots=dropped)


@contextlib.contextmanager
def both_files_anew(archive: Path) -> Iterator[tuple[Database, Snapshots]]:
    """Nobody else writes meanwhile; afterwards both files are written again without free pages.

    Raises:
        ArchiveUnavailableError: a crawl runs, or another program holds the old pages open.
    """
    lock = lock_archive(archive)
    try:
        with (
            contextlib.closing(open_archive(archive)) as db,
            Snapshots(archive) as snapshots,
        ):
            db.execute("PRAGMA secure_delete = ON")
            yield db, snapshots
            _write_anew(db, archive)
            snapshots.write_anew()
    finally:
        lock.release()


def drop_bodies(db: Database, snapshots: Snapshots, archive: Path) -> int:
    """Drop every body that a decision names, those that a crash left there too; how many went.

    So go those that nothing names, unseen: what a crawl left that was killed may tell of anybody.
    """
    kept = snapshots.digests()
    with explained(archive):
        rows = db.execute("SELECT snapshot_digest FROM dropped_snapshots").fetchall()
        unnamed = elsewhere_rows.unnamed(db, kept) - restriction_rows.named_by_restricted(db)
    return snapshots.drop(sorted(unnamed | {digest for (digest,) in rows}))


def look(archive: Path, target: int | str) -> str:
    """What a decision would be about, for the person who decides: the title, or the address.

    Raises:
        RecordMissingError: the archive knows of no such record and no such address.
    """
    _check_number(archive, target)
    with contextlib.closing(open_archive(archive, readonly=True)) as db, explained(archive):
        found = takedown_rows.find(db, target)
        if found is not None:
            return found.title or str(target)
        if restriction_rows.restricted_record(db, target) is not None:
            return f"{target} (restricted)"
        if takedown_rows.taken_down(db, target) is not None:
            return f"{target} (taken down before)"
    raise _missing(archive, target)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """One decision being carried out, inside one transaction."""

    db: Database
    snapshots: Snapshots
    archive: Path
    decision: Decision
    now: str

    def carry_out(self, asked: int | str) -> Redacted:
        """Find what the decision is about, give it back if it was restricted, and do it."""
        action = self.decision.action
        restricted = restriction_rows.restricted_record(self.db, asked)
        if restricted is None and action is Action.RELEASE:
            raise ConfigurationError(f"{asked}: is not restricted, so it cannot be released.")
        if restricted is not None:
            if action is Action.RESTRICT:
                return Redacted(action=action, article_id=restricted, again=True)
            self._release(restricted)
            if action is Action.RELEASE:
                return Redacted(action=action, article_id=restricted)
            asked = restricted
        found = takedown_rows.find(self.db, asked)
        if found is not None:
            return self._apply(found)
        if takedown_rows.taken_down(self.db, asked) is None:
            raise _missing(self.archive, asked)
        return Redacted(
            action=action, article_id=asked if isinstance(asked, int) else None, again=True
        )

    def _release(self, article_id: int) -> None:
        items = restriction_rows.release(self.db, article_id, self._decide(article_id))
        for item in items:
            if restriction_rows.restricted_record(self.db, item) is not None:
                self._release(item)

    def _apply(self, target: Target) -> Redacted:
        action = self.decision.action
        if action is not Action.REMOVE and target.article_id is None:
            raise ConfigurationError(
                "There is no record at this address. Leave out --phrase and --restrict to take the"
                " address itself down."
            )
        quoted = [
            item
            for number in quotation_rows.items_quoting(self.db, target)
            if (item := takedown_rows.find(self.db, number)) is not None
        ]
        texts = others = 0
        if action is Action.REMOVE:
            others = sum(self._remove(one) for one in (target, *quoted))
        elif action is Action.RESTRICT:
            for item in quoted:
                self._restrict(item, [])
            self._restrict(target, [item.article_id for item in quoted if item.article_id])
        else:
            texts = self._redact_phrase(target)
            if not texts:
                raise ConfigurationError(
                    f"Record {target.article_id} does not have this phrase; nothing was changed."
                    " Letter case does not matter, and each word must be whole."
                )
            texts += sum(self._redact_phrase(item) for item in quoted)
        return Redacted(
            action=action,
            article_id=target.article_id,
            addresses=len(target.addresses),
            items=len(quoted),
            others=others,
            texts=texts,
            in_address=texts > 0 and _is_in_address(self.decision.phrase or "", target),
        )

    def _remove(self, target: Target) -> int:
        redaction_id = self._decide(target.article_id)
        self._drop_discovery(target, redaction_id, _needles(target))
        if target.article_id is not None:
            quotation_rows.untell_stories(self.db, target.article_id)
        takedown_rows.remove(self.db, target, redaction_id)
        return self._untell(target, redaction_id)

    def _untell(self, target: Target, redaction_id: int) -> int:
        """Take the title out of what other pages showed beside their texts; of how many records."""
        title = target.title or ""
        words = re.findall(r"\w+", title)
        if target.article_id is None or len(words) < _TELLING:
            return 0
        told = elsewhere_rows.untell(
            self.db, target.article_id, max(words, key=len), Phrase.of(title).out_of
        )
        for digest in sorted(told.digests):
            drop_snapshot(self.db, digest, redaction_id)
        takedown_rows.note_runs(self.db, sorted(told.runs), redaction_id)
        return told.records

    def _restrict(self, target: Target, with_items: list[int]) -> None:
        if target.article_id is not None:
            redaction_id = self._decide(target.article_id)
            restriction_rows.restrict(
                self.db, target.article_id, target, redaction_id, with_items=with_items
            )

    def _redact_phrase(self, target: Target) -> int:
        text = self.decision.phrase or ""
        if not text.strip():
            raise ConfigurationError("The phrase to redact is empty.")
        phrase = Phrase.of(text)
        runs = takedown_rows.runs_of(self.db, target)
        texts = phrase_rows.redact(self.db, target, phrase)
        if texts:
            redaction_id = self._decide(target.article_id)
            self._drop_discovery(target, redaction_id, phrase)
            takedown_rows.drop_own_snapshots(self.db, target, redaction_id)
            takedown_rows.close(self.db, target, redaction_id)
            takedown_rows.note_runs(self.db, runs, redaction_id)
        return texts

    def _drop_discovery(
        self, target: Target, redaction_id: int, wanted: "_Needles | Phrase"
    ) -> None:
        """Drop the feeds, listings and newsletters that tell of a record, and its text or title."""
        quotation_rows.drop_issues(self.db, target, redaction_id)
        for digest in takedown_rows.discovery_snapshots(self.db, target):
            # What is gone tells nothing; what is damaged cannot be searched, and goes.
            with contextlib.suppress(ArchiveMissingError):
                try:
                    tells = wanted.is_in_page(self.snapshots.body(digest))
                except ArchiveDamagedError:
                    tells = True
                if tells:
                    drop_snapshot(self.db, digest, redaction_id)

    def _decide(self, article_id: int | None) -> int:
        if not self.decision.decided_by.strip():
            raise ConfigurationError("Say who decided this.")
        return takedown_rows.decide(
            self.db,
            action=self.decision.action,
            reason=self.decision.reason,
            decided_by=self.decision.decided_by.strip(),
            now=self.now,
            article_id=article_id,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Needles:
    """What a feed or page says of a record: its addresses, as they stand there, and its title."""

    needles: tuple[str, ...]

    def is_in_page(self, body: bytes) -> bool:
        return any(needle in text for text in readings(body) for needle in self.needles)


def _needles(target: Target) -> _Needles:
    found = set(target.addresses)
    for url in target.addresses:
        parts = urlsplit(url)
        # A listing may link without the host.
        local = parts.path + (f"?{parts.query}" if parts.query else "")
        found |= {local} if len(local) > 1 else set()
    if target.title:
        found.add(target.title)
    return _Needles(needles=tuple(sorted(found)))


def _is_in_address(phrase: str, target: Target) -> bool:
    """Whether an address has the words of a phrase in their order, whatever parts them."""
    words, *addresses = (
        "-".join(re.findall(r"[^\W_]+", text.lower())) for text in (phrase, *target.addresses)
    )
    return any(f"-{words}-" in f"-{address}-" for address in addresses)


def _check_number(archive: Path, target: int | str) -> None:
    # The driver refuses to ask for a number that no row can have.
    if isinstance(target, int) and abs(target) >= 2**63:
        raise _missing(archive, target)


def _missing(archive: Path, target: int | str) -> RecordMissingError:
    what = f"record {target}" if isinstance(target, int) else f"the address {target}"
    return RecordMissingError(
        f"{archive}: nothing is known of {what}. `newsward search` shows what is."
    )


def _write_anew(db: Database, archive: Path) -> None:
    """Write the archive again without what was deleted, its search index first."""
    with explained(archive):
        # FTS5 keeps the words of a deleted row in its index until they are merged away. Its
        # option `secure-delete` would not, and no SQLite before 3.42 could read the index then.
        db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
    write_anew(db, archive)
