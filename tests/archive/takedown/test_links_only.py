"""A source that allows links only from now on: its texts go, its records stay; all invented."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from full_archive import TOLD
from takedowns import NOW, SHORT, URL, bodies, decision, faults, query, raw, record_of

from archive.endings import Ending
from archive.errors import ConfigurationError
from archive.reading import ReadArchive
from archive.records import Article, FoundAs
from archive.snapshots import Snapshots
from archive.source_texts import KeptTexts, TakenBack, foretell, kept_texts, take_back
from archive.store import Archive
from archive.takedown import Action, redact

LATER = "2026-11-29T06:00:00Z"
SAID = ("http://gazette.test/kept", "The invented gazette allows that this sentence is kept.")


def say_links_only(path: Path) -> None:
    """What the next crawl does when the list says so."""
    query(path, "UPDATE sources SET link_only = 1 WHERE slug = 'harbour-blog'")


def take(path: Path) -> TakenBack:
    return take_back(path, "harbour-blog", decided_by="The invented desk", now=LATER)


def keep_of_the_gazette(path: Path, writer: Any, article: Callable[..., Article]) -> None:  # noqa: ANN401 - the Writer of conftest
    snapshots = Snapshots(path)
    url, text = SAID
    found = [replace(link, url=url) for link in writer.links(FoundAs.SITEMAP_ROW, [url])]
    digest = snapshots.keep(f"<p>{text}</p>".encode(), now=NOW)
    writer.discover("http://gazette.test/news.xml", found, digest=digest)
    writer.fetch([(url, article("Kept", text))], now=LATER, digest=digest)
    writer.close()
    snapshots.close()


def test_every_text_goes_to_the_last_byte_and_every_title_and_link_stays(
    full: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    keep_of_the_gazette(full, make_writer(full), make_article)
    facts = "SELECT id, title, url, published FROM articles ORDER BY id"
    titles = query(full, facts)
    of_blog = " FROM articles JOIN sources ON sources.id = source_id WHERE slug = 'harbour-blog'"
    texts = [
        line for (body,) in query(full, f"SELECT body{of_blog}") for line in body.split("\n\n")
    ]
    assert len(texts) > 300
    with ReadArchive(full) as reader:
        assert kept_texts(reader) == []
    say_links_only(full)
    with ReadArchive(full) as reader:
        assert kept_texts(reader) == [KeptTexts(source="harbour-blog", records=41)]
        told = foretell(reader, "harbour-blog")
    assert (told.records, told.restricted) == (41, 0)
    assert told.snapshots >= 4
    done = take(full)
    assert done.records == 41
    assert done.snapshots >= 4
    left = raw(full) + bodies(full)
    assert [text for text in (*TOLD, *texts) if text.encode() in left] == []
    assert query(full, "SELECT * FROM furniture") == [], "what was learned from its texts"
    assert SAID[1].encode() in raw(full), "another source keeps its texts"
    assert SAID[1].encode() in bodies(full)
    assert query(full, facts) == titles
    assert query(full, f"SELECT articles.kind, sum(length(body)){of_blog} GROUP BY 1") == [
        ("link", 0)
    ]
    assert faults(full) == []
    assert query(full, "PRAGMA foreign_key_check") == []
    decided = query(full, "SELECT DISTINCT reason, decided_by FROM redactions")
    said = "the publisher: link_only in the list of sources (The invented desk)"
    assert decided == [("legal", said)]
    with ReadArchive(full) as reader:
        assert kept_texts(reader) == []
    again = take(full)
    assert (again.records, again.snapshots) == (0, 0)
    assert faults(full) == []


def test_a_restricted_record_is_emptied_where_it_is_packed_and_stays_restricted(
    full: Path,
) -> None:
    number = record_of(full)
    redact(full, number, decision(Action.RESTRICT), now=NOW)
    say_links_only(full)
    done = take(full)
    assert (done.records, done.restricted) == (40, 1)
    assert query(full, "SELECT count(*) FROM articles WHERE id = ?", number) == [(0,)]
    assert faults(full) == []
    redact(full, number, decision(Action.RELEASE), now=NOW)
    assert query(full, "SELECT kind, body FROM articles WHERE url = ?", URL) == [("link", "")]
    assert [text for text in TOLD if text.encode() in raw(full)] == []
    assert faults(full) == []


def test_a_text_comes_back_when_its_source_allows_it_again(
    full: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    say_links_only(full)
    take(full)
    writer, snapshots = make_writer(full), Snapshots(full)
    text = f"{TOLD[0]} It is told again."
    digest = snapshots.keep(f"<p>{TOLD}</p>".encode(), now=LATER)
    claims = {claim.url: claim for claim in writer._claims("2027-01-01T00:00:00Z")}
    assert (claims[SHORT].etag, claims[SHORT].snapshot_digest) == (None, None)
    stored = writer.archive.commit(
        writer._outcome(
            claims[SHORT],
            LATER,
            article=make_article("Told again", text),
            final_url=URL,
            snapshot_digest=digest,
        )
    )
    writer.close()
    snapshots.close()
    assert stored.ending is Ending.REVISED
    assert not stored.snapshot_withheld, "the same body may be kept again"
    assert faults(full) == []


def test_a_source_that_nobody_knows_is_named(tmp_path: Path) -> None:
    place = tmp_path / "archive.db"
    Archive(place).close()
    with pytest.raises(ConfigurationError, match="nothing was ever crawled of a source nobody"):
        take_back(place, "nobody", decided_by="The invented desk", now=LATER)
    with pytest.raises(ConfigurationError, match="Say who decided"):
        take_back(place, "harbour-blog", decided_by=" ", now=LATER)
