"""Takedown: gone to the last byte, logged without a word of it, and never back."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.database import open_archive
from archive.endings import Ending
from archive.errors import ArchiveUnavailableError, ConfigurationError, RecordMissingError
from archive.export import Format, Request, export
from archive.publish import publish
from archive.reading import ReadArchive
from archive.records import Article, FoundAs, OutLink, Redirect
from archive.snapshots import Snapshots, snapshots_path
from archive.takedown import Action, Decision, Reason, Redacted, redact

NOW = "2026-11-24T12:00:00Z"
NAME = "Invented Vandername"
FEED = "http://blog.test/feed"
URL = "http://blog.test/2026/invented-vandername-story"
SHORT = "http://blog.test/?p=77"
WORDS = "pupils teachers parents school platform report setting account message survey".split()  # noqa: SIM905 - words read better as words


def decision(action: Action = Action.REMOVE, phrase: str | None = None) -> Decision:
    return Decision(
        action=action, reason=Reason.PRIVACY, decided_by="The invented desk", phrase=phrase
    )


def query(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(sql, values).fetchall()
    connection.commit()
    connection.close()
    return rows


def sentences(rng: random.Random, count: int) -> list[str]:
    return [
        f"Case qz{rng.randrange(10**8)} tells of {NAME} and {' '.join(rng.choices(WORDS, k=8))}."
        for _ in range(count)
    ]


@pytest.fixture
def texts() -> list[str]:
    """Twenty sentences and names that only the record has; invented."""
    return sentences(random.Random(3), 20)  # noqa: S311 - texts, not secrets


@pytest.fixture
def place(
    tmp_path: Path,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
    texts: list[str],
) -> Iterator[Path]:
    """An archive and its snapshots: 40 records, of which one is to go; a feed that names it."""
    path = tmp_path / "archive.db"
    writer, snapshots = make_writer(path), Snapshots(path)
    others = [f"http://blog.test/{number}" for number in range(40)]
    found = writer.links(FoundAs.FEED_ENTRY, [SHORT, *others])
    writer.discover(FEED, found, digest=snapshots.keep(feed_body(texts), now=NOW))
    filler = random.Random(5)  # noqa: S311 - texts, not secrets
    writer.next_run(now=NOW)
    plain = [
        (
            url,
            make_article(
                f"Other story {url[-2:]}",
                "\n\n".join(sentences(filler, 9)).replace(NAME, "nobody"),
                links=(OutLink(url=URL, anchor="a story elsewhere"),),
            ),
        )
        for url in others
    ]
    writer.fetch(plain, digest=snapshots.keep(b"<p>of the others</p>", now=NOW))
    for number, kept in enumerate((texts[:12], texts[2:14]), 1):
        writer.next_run(now=f"2026-11-2{number + 3}T06:00:00Z")
        body = f"<title>{NAME}</title>{''.join(kept)}".encode()
        writer.fetch(
            [
                (
                    SHORT,
                    make_article(
                        f"{texts[14]} told",
                        "\n\n".join(kept),
                        description=texts[15],
                        authors=(f"{NAME} the elder", "Qzwriter Qzson"),
                        removals=writer.removals([texts[16], texts[17]]),
                        links=(OutLink(url="http://other.test/x", anchor=texts[18]),),
                    ),
                )
            ],
            now=f"2026-11-2{number + 3}T06:00:00Z",
            final_url=URL,
            redirects=(Redirect(url=SHORT, status=301),),
            digest=snapshots.keep(body, now=NOW),
        )
    query(path, "UPDATE frontier SET title_hint = ? WHERE url = ?", texts[19], SHORT)
    writer.close()
    snapshots.close()
    return path


def feed_body(texts: list[str]) -> bytes:
    return f"<rss><item><title>{texts[14]} told</title><link>{SHORT}</link></item></rss>".encode()


def raw(archive: Path) -> bytes:
    """Every byte of both files and their logs."""
    files = [
        path.with_name(path.name + end)
        for path in (archive, snapshots_path(archive))
        for end in ("", "-wal", "-shm")
    ]
    return b"".join(path.read_bytes() for path in files if path.exists())


def bodies(archive: Path) -> bytes:
    """Every kept body, unpacked: in the file they cannot be read."""
    with Snapshots(archive, readonly=True) as snapshots:
        return b"\n".join(snapshots.body(digest) for digest in sorted(snapshots.digests()))


def record_of(archive: Path) -> int:
    ((number,),) = query(archive, "SELECT id FROM articles WHERE url = ?", URL)
    return int(number)


def faults(archive: Path) -> list[object]:
    from archive.verify import Verification  # noqa: PLC0415 - named here alone

    with Verification(archive) as verification:
        return list(verification.faults())


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
    long = sentences(random.Random(9), 900)  # noqa: S311 - texts, not secrets
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


def test_a_program_that_still_reads_what_was_before_is_named(place: Path) -> None:
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM articles").fetchone()
    with pytest.raises(ArchiveUnavailableError, match="another program that has the file open"):
        redact(place, record_of(place), decision(), now=NOW)
    other.close()
    assert redact(place, URL, decision(), now=NOW).again


class TestPhrase:
    def test_it_goes_from_every_text_and_the_page_and_nothing_else_does(
        self, place: Path, texts: list[str]
    ) -> None:
        number = record_of(place)
        done = redact(place, number, decision(Action.PHRASE, NAME.lower()), now=NOW)
        assert done.texts >= 10
        assert done.in_address
        after = (raw(place) + bodies(place)).lower()
        assert NAME.lower().encode() not in after
        assert b"vandernam" not in after.replace(b"invented-vandername", b"")
        with ReadArchive(place) as reader:
            record = reader.record(number)
        assert record.text == "\n\n".join(text.replace(NAME, "[redacted]") for text in texts[2:14])
        assert record.authors == ("[redacted] the elder", "Qzwriter Qzson")
        assert len(record.removals) == 2

    def test_the_record_proves_what_is_left_and_is_not_fetched_again(self, place: Path) -> None:
        number = record_of(place)
        redact(place, number, decision(Action.PHRASE, NAME), now=NOW)
        assert faults(place) == []
        states = query(place, "SELECT DISTINCT state FROM frontier WHERE article_id = ?", number)
        assert states == [("closed",)]
        assert query(place, "SELECT DISTINCT snapshot_digest FROM revisions WHERE article_id = ?", number) == [(None,)]  # fmt: skip  # noqa: E501
        assert query(place, "SELECT action FROM redactions WHERE article_id = ?", number) == [
            ("phrase",)
        ]

    @pytest.mark.parametrize("phrase", ["never written", "Invented Vander", "  "])
    def test_a_phrase_that_is_not_there_changes_nothing(self, place: Path, phrase: str) -> None:
        number = record_of(place)
        with pytest.raises(ConfigurationError):
            redact(place, number, decision(Action.PHRASE, phrase), now=NOW)
        assert query(place, "SELECT count(*) FROM redactions") == [(0,)]
        assert query(place, "SELECT count(*) FROM tombstones") == [(0,)]


class TestRestriction:
    def test_it_hides_a_record_from_whoever_looks(
        self, place: Path, tmp_path: Path, texts: list[str]
    ) -> None:
        import io  # noqa: PLC0415 - here alone

        number = record_of(place)
        redact(place, number, decision(Action.RESTRICT), now=NOW)
        with ReadArchive(place) as reader:
            assert reader.search("vandername").total == 0
            with pytest.raises(RecordMissingError, match="was restricted on 24 November 2026"):
                reader.record(number)
        out = io.StringIO()
        assert export(place, Request(with_text=True), Format.CSV, out, now=NOW) == 40
        assert NAME not in out.getvalue()
        publish(place, tmp_path / "public.db", now=NOW)
        # In no table that plain tools show, and in no index.
        for content in ((tmp_path / "public.db").read_bytes(), raw(place)):
            assert not [text for text in texts if text.encode() in content]
        assert faults(place) == []

    def test_a_release_brings_everything_back_as_it_was(self, place: Path) -> None:
        number = record_of(place)
        tables = [
            name
            for (name,) in query(place, "SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("articles_fts", "sqlite_", "redact"))
        ]
        before = {table: query(place, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}  # noqa: S608 - names from the schema
        redact(place, number, decision(Action.RESTRICT), now=NOW)
        redact(place, number, decision(Action.RELEASE), now=NOW)
        after = {table: query(place, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}  # noqa: S608 - names from the schema
        assert after == before
        assert faults(place) == []
        with ReadArchive(place) as reader:
            assert reader.search("vandername").total == 1
        assert [row[0] for row in query(place, "SELECT action FROM redactions ORDER BY id")] == [
            "restrict",
            "release",
        ]

    def test_a_restricted_record_can_be_removed(self, place: Path, texts: list[str]) -> None:
        number = record_of(place)
        redact(place, number, decision(Action.RESTRICT), now=NOW)
        redact(place, number, decision(), now=NOW)
        assert query(place, "SELECT count(*) FROM restricted") == [(0,)]
        after = raw(place) + bodies(place)
        assert not [text for text in texts if text.encode() in after]
        assert faults(place) == []


def test_every_table_that_names_records_or_their_revisions_is_emptied_of_one(place: Path) -> None:
    """A table that is added later must go along too: found by its foreign key."""
    number = record_of(place)
    query(place, "CREATE TABLE later (id INTEGER PRIMARY KEY, of INTEGER REFERENCES articles(id))")
    query(place, "INSERT INTO later (of) VALUES (?), (1)", number)
    redact(place, number, decision(), now=NOW)
    assert query(place, "SELECT of FROM later") == [(1,)]
    assert query(place, "PRAGMA foreign_key_check") == []
