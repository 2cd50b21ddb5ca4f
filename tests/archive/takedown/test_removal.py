"""Takedown: gone to the last byte, logged without a word of it, and never back."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from takedowns import (
    FEED,
    NAME,
    NOW,
    SHORT,
    URL,
    bodies,
    decision,
    faults,
    query,
    raw,
    record_of,
    sentences,
)

from archive.database import open_archive
from archive.endings import Ending
from archive.errors import ArchiveUnavailableError, ConfigurationError, RecordMissingError
from archive.reading import ReadArchive
from archive.records import Article, FoundAs
from archive.snapshots import Snapshots
from archive.takedown import Action, Redacted, redact


def test_after_a_removal_no_byte_of_either_file_tells_of_the_record(
    place: Path, texts: list[str]
) -> None:
    number = record_of(place)
    before, bodies_before = raw(place), bodies(place)
    secrets = [*texts, NAME, "Qzwriter Qzson", URL, SHORT, "invented-vandername"]
    assert [text for text in secrets if text.encode() not in before + bodies_before] == []
    done = redact(place, number, decision(), now=NOW)
    assert done == Redacted(action=Action.REMOVE, article_id=number, addresses=2, snapshots=3)
    after = raw(place) + bodies(place)
    tokens = [word.encode() for text in texts for word in text.split() if word.startswith("qz")]
    assert len(tokens) == 20
    lower = after.lower()
    assert [text for text in secrets if text.lower().encode() in lower] == []
    # The search index holds stems in lower case, one by one.
    assert [token for token in tokens if token in lower] == []
    assert b"vandernam" not in lower


def test_pages_that_were_freed_before_the_takedown_go_too(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    long = sentences(random.Random(9), 900)
    writer = make_writer(place)
    # As SQLite is unless it was built otherwise.
    writer.archive._db.execute("PRAGMA secure_delete = OFF")
    for day, count in (("25", 900), ("26", 320)):
        now = f"2026-11-{day}T06:00:00Z"
        writer.next_run(now=now)
        told = make_article("Told again", "\n\n".join(long[:count]))
        writer.fetch([(SHORT, told)], now=now, final_url=URL)
    writer.close()
    other = sqlite3.connect(place)
    other.execute("PRAGMA secure_delete = OFF")
    other.execute("DELETE FROM revisions WHERE article_id = ? AND revision = 3", [record_of(place)])
    other.commit()
    other.close()
    freed = [text for text in long[320:] if text.encode() in place.read_bytes()]
    assert freed
    redact(place, record_of(place), decision(), now=NOW)
    after = raw(place)
    assert [text for text in long if text.encode() in after] == []


def test_after_a_removal_the_archive_is_whole_and_searched_as_before(place: Path) -> None:
    assert faults(place) == []
    number = record_of(place)
    redact(place, number, decision(), now=NOW)
    assert faults(place) == []
    assert query(place, "SELECT count(*) FROM articles") == [(40,)]
    query(place, "INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    with ReadArchive(place) as reader:
        assert reader.search("case").total == 40
        assert reader.search("vandername").total == 0
        with pytest.raises(RecordMissingError, match=r"was removed on 24 November 2026 \(p"):
            reader.record(number)


def test_the_log_says_who_and_why_and_nothing_of_the_record(place: Path) -> None:
    number = record_of(place)
    redact(place, number, decision(), now=NOW)
    assert query(
        place, "SELECT action, reason, decided_by, decided_at, article_id FROM redactions"
    ) == [("remove", "privacy", "The invented desk", NOW, number)]
    assert all(len(row[0]) == 64 for row in query(place, "SELECT url_hash FROM tombstones"))


def test_each_address_of_a_record_leads_to_it(place: Path) -> None:
    number = record_of(place)
    for address in (URL, SHORT):
        done = redact(place, address, decision(Action.RESTRICT), now=NOW)
        assert (done.article_id, done.again) == (number, False)
        assert redact(place, address, decision(Action.RESTRICT), now=NOW).again
        redact(place, address, decision(Action.RELEASE), now=NOW)


def test_a_record_that_was_taken_down_is_cleaned_again_and_an_unknown_one_is_an_error(
    place: Path,
) -> None:
    number = record_of(place)
    redact(place, number, decision(), now=NOW)
    for target in (number, URL, SHORT):
        assert redact(place, target, decision(), now=NOW).again
    assert query(place, "SELECT count(*) FROM redactions") == [(1,)]
    for unknown in (4_000, 2**70, "http://blog.test/never"):
        with pytest.raises(RecordMissingError, match="nothing is known of"):
            redact(place, unknown, decision(), now=NOW)


def test_a_crash_before_the_bodies_went_is_made_good_by_the_same_command(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = record_of(place)

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Snapshots, "drop", die)
        with pytest.raises(KeyboardInterrupt):
            redact(place, number, decision(), now=NOW)
    assert NAME.encode() in bodies(place)
    done = redact(place, number, decision(), now=NOW)
    assert (done.again, done.snapshots) == (True, 3)
    assert NAME.encode() not in bodies(place)


def test_the_body_of_another_record_stays(place: Path) -> None:
    shared = query(place, "SELECT snapshot_digest FROM revisions WHERE article_id = 1")[0][0]
    redact(place, 1, decision(), now=NOW)
    with Snapshots(place, readonly=True) as snapshots:
        assert snapshots.body(shared) == b"<p>of the others</p>"
    assert faults(place) == []


def test_the_number_of_a_record_that_was_removed_is_given_to_no_other(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    number = record_of(place)
    assert number == 41
    redact(place, number, decision(), now=NOW)
    writer = make_writer(place)
    writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, ["http://blog.test/new"]), now=NOW)
    (new,) = writer.fetch([("http://blog.test/new", make_article("New"))], now=NOW)
    writer.close()
    assert new == 42


def test_an_address_that_was_taken_down_is_refused_as_link_as_redirect_and_as_claim(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    redact(place, record_of(place), decision(), now=NOW)
    snapshots = Snapshots(place)
    writer = make_writer(place)
    fresh = ["http://blog.test/moved", "http://blog.test/amp", "http://blog.test/fine"]
    digest = snapshots.keep(b"a feed that names it", now=NOW)
    stored = writer.discover(
        FEED, writer.links(FoundAs.FEED_ENTRY, [URL, SHORT, *fresh]), now=NOW, digest=digest
    )
    assert (stored.new_links, stored.snapshot_withheld) == (3, True)
    assert query(place, "SELECT count(*) FROM frontier WHERE url IN (?, ?)", URL, SHORT) == [(0,)]
    story = make_article(f"{NAME} again", f"{NAME} is in this text.")
    writer.fetch([(fresh[0], story)], now=NOW, final_url=URL, digest="a" * 64)
    writer.next_run(now=NOW)
    writer.fetch([(fresh[1], story)], now=NOW, canonical_claim=URL, digest="b" * 64)
    writer.next_run(now=NOW)
    assert writer.fetch([(fresh[2], make_article("Fine"))], now=NOW, digest="c" * 64) == [42]
    writer.close()
    snapshots.close()
    endings = query(place, "SELECT ending, url LIKE 'redacted:%' FROM fetches ORDER BY id DESC")
    assert endings[:3] == [("new", 0), (Ending.WITHHELD, 1), (Ending.WITHHELD, 1)]
    assert query(place, "SELECT count(*) FROM articles WHERE title LIKE ?", f"%{NAME}%") == [(0,)]
    dropped = {row[0] for row in query(place, "SELECT snapshot_digest FROM dropped_snapshots")}
    assert {digest, "a" * 64, "b" * 64} <= dropped
    assert "c" * 64 not in dropped
    assert URL.encode() not in place.read_bytes()


def test_the_same_page_at_another_address_is_withheld_too(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    ((digest,),) = query(
        place,
        "SELECT snapshot_digest FROM revisions WHERE article_id = ? AND revision = 2",
        record_of(place),
    )
    redact(place, record_of(place), decision(), now=NOW)
    writer = make_writer(place)
    copy = "http://blog.test/copy"
    writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, [copy]), now=NOW)
    assert writer.fetch([(copy, make_article("T", "A text."))], now=NOW, digest=digest) == []
    writer.close()


def test_an_address_without_a_record_can_be_taken_down(
    place: Path, make_writer: Callable[[Path], Any]
) -> None:
    waiting = "http://blog.test/waiting-vandername"
    writer = make_writer(place)
    writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, [waiting]), now=NOW)
    writer.close()
    assert redact(place, waiting, decision(), now=NOW).article_id is None
    assert waiting.encode() not in raw(place)
    assert query(
        place,
        "SELECT count(*) FROM provenance JOIN frontier ON frontier.id = frontier_id"
        " WHERE url LIKE 'redacted:%'",
    ) == [(0,)]
    with pytest.raises(RecordMissingError):
        redact(place, "http://blog.test/none", decision(), now=NOW)
    with pytest.raises(ConfigurationError, match="is not restricted"):
        redact(place, waiting, decision(Action.RELEASE), now=NOW)


def test_a_feed_is_never_taken_down_with_an_article_that_led_there(place: Path) -> None:
    # A page that once answered with the front page, which is a listing of the source.
    query(place, "UPDATE fetches SET final_url = ? WHERE final_url = ?", FEED, URL)
    db = open_archive(place)
    from archive.seals import seal_everything  # noqa: PLC0415 - to keep what was just written

    seal_everything(db)
    db.close()
    redact(place, record_of(place), decision(), now=NOW)
    assert query(place, "SELECT state FROM frontier WHERE url = ?", FEED) == [("waiting",)]


@pytest.mark.slow
def test_a_program_that_still_reads_what_was_before_is_named(place: Path) -> None:
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM articles").fetchone()
    with pytest.raises(ArchiveUnavailableError, match="another program that has the file open"):
        redact(place, record_of(place), decision(), now=NOW)
    other.close()
    assert redact(place, URL, decision(), now=NOW).again


def test_every_table_that_names_records_or_their_revisions_is_emptied_of_one(place: Path) -> None:
    """A table that is added later must go along too: found by its foreign key."""
    number = record_of(place)
    query(place, "CREATE TABLE later (id INTEGER PRIMARY KEY, of INTEGER REFERENCES articles(id))")
    query(place, "INSERT INTO later (of) VALUES (?), (1)", number)
    redact(place, number, decision(), now=NOW)
    assert query(place, "SELECT of FROM later") == [(1,)]
    assert query(place, "PRAGMA foreign_key_check") == []


def test_what_was_learned_from_the_record_alone_goes_with_it(place: Path, texts: list[str]) -> None:
    ((shared,),) = query(place, "SELECT body FROM articles WHERE title = 'Other story /7'")
    learned = [texts[16].upper(), shared.split("\n\n")[0]]
    for at, text in enumerate(learned):
        query(
            place,
            "INSERT INTO furniture"
            " (source_id, text_hash, text, place, articles, learned_at, run_id)"
            " SELECT source_id, ?, ?, 'last', 5, ?, 1 FROM articles WHERE id = ?",
            *(f"{at}", text, NOW, record_of(place)),
        )
    redact(place, record_of(place), decision(), now=NOW)
    assert query(place, "SELECT text FROM furniture") == [(learned[1],)]
    assert texts[16].upper().encode() not in raw(place)


def test_what_others_show_too_stays_learned(place: Path, texts: list[str]) -> None:
    query(
        place,
        "INSERT INTO removals (article_id, revision_id, position, part, rule, text)"
        " SELECT article_id, id, 9, 'block', 'site', ? FROM revisions"
        " WHERE title = 'Other story /7'",
        texts[17],
    )
    query(
        place,
        "INSERT INTO furniture (source_id, text_hash, text, place, articles, learned_at, run_id)"
        " SELECT source_id, 'x', ?, 'last', 5, ?, 1 FROM articles WHERE id = ?",
        *(texts[17], NOW, record_of(place)),
    )
    redact(place, record_of(place), decision(), now=NOW)
    assert query(place, "SELECT text FROM furniture") == [(texts[17],)]


def test_the_rights_of_its_exchanges_go_too(place: Path) -> None:
    query(
        place,
        "INSERT INTO rights (fetch_id, signals) SELECT fetch_id, ? FROM revisions"
        " WHERE article_id = ? AND revision = 1",
        *('["page: license http://blog.test/invented-vandername"]', record_of(place)),
    )
    redact(place, record_of(place), decision(), now=NOW)
    assert query(place, "SELECT count(*) FROM rights") == [(0,)]
