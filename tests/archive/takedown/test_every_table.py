"""Whatever table tells of a record, a takedown finds it there; told by the schema itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from full_archive import ISSUE, ITEM, TOLD, import_issue
from takedowns import NAME, NOW, SHORT, URL, bodies, decision, faults, query, raw, record_of

from archive.database import open_archive
from archive.permissions import Rights
from archive.reading import ReadArchive
from archive.records import Article
from archive.schema import TableDoc, tables
from archive.statements import named, select
from archive.takedown import Action, redact

WORD = "vandername"
HAS = "SELECT 1 FROM {table} WHERE lower({column}) LIKE ? LIMIT 1"

# Tables in which nothing is of one record, and why.
OF_NO_RECORD = {
    **dict.fromkeys(("sources", "health", "polls", "list_rules"), "of publishers and their lists"),
    **dict.fromkeys(("runs", "redacted_runs", "timestamps"), "counts, times and hashes"),
    **dict.fromkeys(("seals", "group_seals"), "hashes"),
    **dict.fromkeys(("topics", "topic_rules"), "our own rules"),
    **dict.fromkeys(("watches", "watch_messages"), "what people ask for, and when they were told"),
    **dict.fromkeys(("hosts", "site_files"), "what a host asks of all crawlers"),
    **dict.fromkeys(("redactions", "tombstones", "dropped_snapshots"), "the log: hashes, reasons"),
    "restricted": "packed; see the test of restrictions",
}
# Columns that hold no word of a page: times, hashes, and words that are ours.
SAYS_NOTHING = {
    *("at", "hash", "digest", "state", "kind", "reason", "ending", "rule", "part", "relation"),
    *("extractor", "version", "rules", "language", "published", "modified", "precision", "source"),
    *("since", "before", "direction", "issued", "date", "record", "counts", "number", "entity"),
}
# Columns with words that are not of one record, and why.
KEPT = {
    "frontier.host": "names the site",
    "digests.name": "names the newsletter, not its items",
    "digests.title": "names the newsletter, not its items",
    "article_entities.name": "of our own list, in which no person stands",
    "frontier.url": "one that led to it; its own is in fetches, articles and provenance",
    "frontier.etag": "a number of the server",
    "frontier.published_hint": "a date",
    "fetches.url": "as frontier.url",
    "fetch_origins.ip_address": "of the server",
    "article_stories.how": "one of five words",
    "article_stories.terms": "numbers of words",
    **dict.fromkeys(("stories.origin_confidence", "reuse_links.confidence"), "one of three words"),
    **dict.fromkeys(("story_verdicts.verdict", "story_verdicts.decided_by"), "who said what"),
    "furniture.place": "first, last or both",
    "provenance.place": "addresses of lists; those of the record are told below",
}


def of_records(path: Path) -> list[TableDoc]:
    db = open_archive(path, readonly=True)
    found = [table for table in tables(db) if not table.is_view and table.name not in OF_NO_RECORD]
    db.close()
    return found


def snapshot(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    # Which record a proposal came by is not given back: it is about two stories. What is linked to
    # a record that goes is read for stories again.
    named = {table.name for table in of_records(path)} - {"story_merges", "stories_waiting"}
    names = [*sorted(named), "seals"]
    return {name: sorted(query(path, select("*", name)), key=repr) for name in names}


def test_every_column_that_could_tell_of_a_record_does_so_in_these_tests(full: Path) -> None:
    """A column that is added later fails here until `full_archive.fill` writes the name into it."""
    silent = []
    for table in of_records(full):
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if (
                column.type not in {"TEXT", "BLOB"}
                or column.name.rsplit("_", 1)[-1] in SAYS_NOTHING
                or name in KEPT
            ):
                continue
            told = query(
                full,
                named(HAS, table=table.name, column=column.name),
                f"%{WORD}%",
            )
            if not told:
                silent.append(name)
    assert not silent, " ".join(silent)
    assert faults(full) == []


def test_after_a_removal_no_table_no_log_and_no_body_has_a_word_of_it(full: Path) -> None:
    number = record_of(full)
    before = raw(full) + bodies(full)
    assert [text for text in (*TOLD, ITEM, URL) if text.encode() not in before] == []
    done = redact(full, number, decision(), now=NOW)
    assert done.items == 1
    after = (raw(full) + bodies(full)).lower()
    at = after.find(b"vandernam")
    assert at < 0, after[at - 60 : at + 60].replace(b"\0", b"")
    assert [text for text in (*TOLD, ITEM) if text.lower().encode() in after] == []
    assert faults(full) == []
    assert query(full, "PRAGMA foreign_key_check") == []
    # The number of its WARC record stays, so that an ingest does not take it for a new one.
    assert query(full, "SELECT * FROM fetch_origins WHERE warc_record IS NOT NULL")[0][1:] == (
        *(None, None, None),
        "<urn:uuid:invented>",
    )


def test_a_text_that_is_reserved_later_leaves_no_sentence_in_any_table(
    full: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    writer = make_writer(full)
    now = "2026-11-28T06:00:00Z"
    writer.fetch(
        [(SHORT, make_article("An invented title", ""))],
        now=now,
        final_url=URL,
        link_only=True,
        rights=Rights(reserved=("noarchive (page)",)),
    )
    writer.close()
    number = record_of(full)
    assert query(full, "SELECT kind, body FROM articles WHERE id = ?", number) == [("link", "")]
    kept = full.read_bytes()
    assert [text for text in TOLD if text.encode() in kept] == []
    assert query(full, "SELECT count(*) FROM article_statistics WHERE article_id = ?", number) == [
        (0,)
    ]


def test_no_newsletter_brings_back_what_was_removed(
    full: Path, make_writer: Callable[[Path], Any]
) -> None:
    redact(full, record_of(full), decision(), now=NOW)
    writer = make_writer(full)
    again = import_issue(writer.archive, writer.run, "update.txt", ISSUE)
    assert (again.known, again.records, again.snapshot_withheld) == (True, (), True)
    later = import_issue(writer.archive, writer.run, "later.txt", ISSUE + b"again")
    assert (later.withheld, later.records, later.snapshot_withheld) == (1, (), True)
    writer.close()
    assert b"vandernam" not in raw(full).lower()
    assert faults(full) == []


def test_the_page_of_an_issue_brings_nothing_twice_nor_what_was_removed_of_it(
    full: Path, make_writer: Callable[[Path], Any]
) -> None:
    writer, page = make_writer(full), "http://letter.test/issue"
    (first,) = import_issue(writer.archive, writer.run, page, ISSUE + b"visit 1").records
    again = import_issue(writer.archive, writer.run, page, ISSUE + b"visit 2")
    assert (again.known, again.records) == (True, ())
    assert query(full, "SELECT count(*) FROM digests WHERE name = ?", page) == [(1,)]
    writer.close()
    redact(full, first, decision(), now=NOW)
    writer = make_writer(full)
    later = import_issue(writer.archive, writer.run, page, ISSUE + b"visit 3")
    writer.close()
    assert (later.records, later.withheld) == ((), 1)


def test_a_newsletter_may_quote_what_was_only_restricted(
    full: Path, make_writer: Callable[[Path], Any]
) -> None:
    redact(full, record_of(full), decision(Action.RESTRICT), now=NOW)
    writer = make_writer(full)
    later = import_issue(writer.archive, writer.run, "later.txt", ISSUE + b"again")
    writer.close()
    assert (later.withheld, len(later.records), later.snapshot_withheld) == (0, 1, False)


def test_a_phrase_goes_from_every_table_and_every_body(full: Path) -> None:
    done = redact(full, record_of(full), decision(Action.PHRASE, NAME), now=NOW)
    assert done.items == 1
    after = (raw(full) + bodies(full)).lower()
    # The address and the file of the WARC are no texts: only a removal takes them out.
    kept = after.replace(b"invented-vandername", b"").replace(b"vandername.warc.gz", b"")
    at = kept.find(b"vandernam")
    assert at < 0, kept[at - 90 : at + 60].replace(b"\0", b"")
    ((evidence,),) = query(
        full,
        "SELECT evidence FROM article_topics WHERE article_id = ? AND is_primary",
        record_of(full),
    )
    assert "[redacted]" in evidence
    assert faults(full) == []


def test_a_restriction_hides_every_table_and_a_release_gives_each_back(full: Path) -> None:
    before = snapshot(full)
    number = record_of(full)
    redact(full, number, decision(Action.RESTRICT), now=NOW)
    hidden = raw(full)
    assert [text for text in (*TOLD, ITEM) if text.encode() in hidden] == []
    assert query(full, "SELECT count(*) FROM restricted") == [(2,)]
    assert faults(full) == []
    with ReadArchive(full) as reader:
        assert reader.search("sextortion").total == 0
    redact(full, SHORT, decision(Action.RELEASE), now=NOW)
    assert snapshot(full) == before
    assert query(full, "SELECT count(*) FROM restricted") == [(0,)]
    assert faults(full) == []
