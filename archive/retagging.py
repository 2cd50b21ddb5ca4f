"""Other topic rules over all that is archived: what would change, and the change itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from archive import topic_rows
from archive.opened import OpenArchive
from archive.store import Archive
from archive.topics.rules import TopicRules
from archive.topics.subject import subject_of
from archive.topics.words import Told

# Records for one transaction: a writer beside us waits a fraction of a second.
_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Retagged:
    """What other rules make of one record; both empty when its topics stay."""

    article_id: int
    title: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    admitted: bool

    @property
    def changes(self) -> bool:
        """Whether its topics are others."""
        return bool(self.gained or self.lost)


def retag(reader: OpenArchive, rules: TopicRules, *, keep: bool) -> Iterator[Retagged]:
    """Read every record under these rules; with `keep`, the archive has the result as it comes.

    Raises:
        ArchiveUnavailableError: the archive cannot be read, or with `keep` written.
    """
    after = 0
    while True:
        with reader.moment() as db:
            rows = topic_rows.texts(db, after=after, count=_AT_ONCE)
        if not rows:
            return
        after = rows[-1].article_id
        subjects = [subject_of(Told(title=row.title, text=row.text), rules) for row in rows]
        if keep:
            with reader.transaction() as db:
                for row, subject in zip(rows, subjects, strict=True):
                    # Between the reading and now a crawl may have taken it out or revised it.
                    if topic_rows.is_still(db, row):
                        topic_rows.keep_subject(db, row.article_id, subject)
        for row, subject in zip(rows, subjects, strict=True):
            old, new = set(row.topics), {tag.topic for tag in subject.decision.tags}
            yield Retagged(
                article_id=row.article_id,
                title=row.title,
                gained=tuple(sorted(new - old)),
                lost=tuple(sorted(old - new)),
                admitted=subject.decision.admitted,
            )


def apply(archive: Archive, rules: TopicRules, *, now: str) -> Iterator[Retagged]:
    """Make these the rules of the archive from now on, and give every record its topics."""
    with archive.transaction() as db:
        topic_rows.apply_rules(db, rules, now)
    yield from retag(archive, rules, keep=True)
