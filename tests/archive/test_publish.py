import random
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from full_archive import import_issue

from archive.comparing import sentences
from archive.errors import ArchiveDamagedError, ArchiveUnavailableError, ConfigurationError
from archive.publish import publish
from archive.records import Article, FoundAs
from archive.store import Archive
from archive.topics.rules import shipped_rules
from archive.topics.subject import subject_of
from archive.topics.words import Told

NOW = "2026-11-22T12:00:00Z"
WORDS = "pupils teachers parents school platform report setting account message survey".split()


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(sql).fetchall()
    connection.commit()
    connection.close()
    return rows


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public.db"


def test_a_copy_says_what_is_where(archive_file: Path, out: Path) -> None:
    published = publish(archive_file, out, now=NOW)
    assert (published.records, published.sources) == (4, 2)
    assert published.size == out.stat().st_size
    assert query(out, "SELECT id, title, source, published, url FROM latest LIMIT 1") == [
        (
            1,
            "Police warn of sextortion on Instagram",
            "Harbour Blog",
            "2026-11-20T09:30:00+00:00",
            "http://blog.test/1",
        )
    ]
    assert query(out, "SELECT published_at, records FROM publication") == [(NOW, 4)]
    assert query(out, "PRAGMA integrity_check") == [("ok",)]
    assert query(out, "PRAGMA foreign_key_check") == []
    assert query(out, "PRAGMA journal_mode") == [("delete",)]


def test_a_copy_says_under_which_terms_each_source_publishes(archive_file: Path, out: Path) -> None:
    query(archive_file, "UPDATE sources SET licence = 'Invented Licence 3' WHERE slug = 'gazette'")
    publish(archive_file, out, now=NOW)
    licences = dict(query(out, "SELECT slug, licence FROM sources"))
    assert licences == {"gazette": "Invented Licence 3", "harbour-blog": None}
    ((notice,),) = query(out, "SELECT notice FROM publication")
    assert "Sources with a licence say so in sources.licence." in notice


def test_an_item_of_a_newsletter_is_read_in_its_issue_and_has_no_address_of_ours(
    archive_file: Path, out: Path
) -> None:
    issue = "https://news.invented.test/issue/7"
    with Archive(archive_file) as archive:
        run = archive.start_run(trigger="test", program="newsward test", now=NOW)
        import_issue(archive, run, issue, b"an invented issue")
        import_issue(archive, run, "update.txt", b"another")
    publish(archive_file, out, now=NOW)
    assert query(out, "SELECT url FROM articles ORDER BY id DESC LIMIT 2") == [(None,), (issue,)]


def test_how_far_it_is_is_told_in_texts(archive_file: Path, out: Path) -> None:
    told: list[tuple[int, int]] = []
    publish(archive_file, out, now=NOW, done=lambda read, left: told.append((read, left)))
    ((texts,),) = query(
        archive_file, "SELECT (SELECT count(*) FROM revisions) + (SELECT count(*) FROM removals)"
    )
    assert told == [(0, texts)]


def test_titles_and_excerpts_can_be_searched(archive_file: Path, out: Path) -> None:
    publish(archive_file, out, now=NOW)
    found = query(out, "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'warning'")
    assert found == [(1,)]


def sentences_of(rng: random.Random, count: int) -> list[str]:
    return [
        f"Invented {rng.randrange(10**9)} {' '.join(rng.choices(WORDS, k=9))} were counted."
        if number % 5
        else f"Invented {rng.randrange(10**9)} of 31 cases of sextortion on Instagram were counted."
        for number in range(count)
    ]


def told(make: Callable[..., Article], title: str, text: str, **more: object) -> Article:
    """An article with the topics, names and figures of its text, as a crawl keeps them."""
    subject = subject_of(Told(title=title, text=text), shipped_rules())
    return make(title, text, subject=subject, **more)


@pytest.fixture
def long_archive(tmp_path: Path, written: bytes) -> Path:
    """Thirty articles of forty sentences, two revisions each, with removals and a description."""
    path = tmp_path / "archive.db"
    path.write_bytes(written)
    return path


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
) -> bytes:
    path, rng = tmp_path_factory.mktemp("long") / "archive.db", random.Random(7)
    writer = make_writer(path)
    urls = [f"http://blog.test/{number}" for number in range(30)]
    writer.discover("http://blog.test/feed", writer.links(FoundAs.FEED_ENTRY, urls))
    for _ in range(2):
        made = [
            told(
                make_article,
                f"Story {number}",
                "\n\n".join(sentences_of(rng, 40)),
                description=" ".join(sentences_of(rng, 2)),
                removals=writer.removals(sentences_of(rng, 3)),
            )
            for number in range(30)
        ]
        writer.next_run(now="2026-11-24T06:00:00Z")
        writer.fetch(list(zip(urls, made, strict=True)), now="2026-11-24T06:00:00Z")
    writer.close()
    return path.read_bytes()


def test_no_sentence_of_a_text_is_in_the_file(long_archive: Path, out: Path) -> None:
    publish(long_archive, out, now=NOW)
    raw = out.read_bytes()
    quoted = " ".join(one for (one,) in query(out, "SELECT excerpt FROM articles"))
    texts = query(
        long_archive,
        "SELECT body FROM revisions UNION ALL SELECT text FROM removals"
        " UNION ALL SELECT sentence FROM article_entities"
        " UNION ALL SELECT sentence FROM article_statistics"
        " UNION ALL SELECT value ->> '$.sentence' FROM article_topics, json_each(evidence)",
    )
    evidence = query(long_archive, "SELECT count(*) FROM article_topics WHERE evidence LIKE '%31%'")
    assert evidence[0][0] >= 30
    looked_for = 0
    for (text,) in texts:
        for sentence in re.split(r"(?<=\.)\s+", text):
            looked_for += 1
            assert sentence.encode() not in raw
            # Nor in the search index: the number in each sentence is a word of its own there.
            number = sentence.split()[1]
            assert number in quoted or number.encode() not in raw
    assert looked_for > 2_000
    # That the search would find one: the private archive has every one of them.
    private = long_archive.read_bytes()
    assert texts[0][0].split("\n\n")[0].encode() in private


FIRST = "The invented council warned parents of a gang that writes to pupils on Tuesday night."
LONG = [
    f"Sentence {number} of this invented text tells of pupils and of 1.5 messages to Mr. Vander."
    for number in range(30)
]
# As pages have them: a summary that repeats the text, whole, cut or with the next sentence behind
# it; one of its own; one that another page has as its text; openings of all sorts; other scripts.
PAGES = {
    "whole": (FIRST, [FIRST]),
    "cut": (f"{FIRST[:50]}…", [FIRST]),
    "glued": (f"<p>{FIRST}</p>Sentence 0 of this", [FIRST]),
    "own": ("Parents are asked to look at the messages of their children", [FIRST]),
    "elsewhere": ("An invented hotline counted 31 reports in a day.", [FIRST]),
    "item": ("", ["An invented hotline counted 31 reports in a day."]),
    "none": ("", ["Yes.", "It is so.", "“We will not,” the invented mayor said. “Not now.”"]),
    "abbreviated": (
        "",
        ["The office of Dr. Vander and of Mr. J. R. Vander in the U.S. was closed."],
    ),
    "lines": (
        "",
        ["Safer phones at home today", "Safer chats in all groups", "Safer pictures\nFor all"],
    ),
    "title": ("", ["An invented council page named title", FIRST]),
    "chinese": (
        "虚构的城市开通了热线。",
        ["虚构的城市开通了热线。家长可以打电话。", "学校 也 告诉了 家长。"],
    ),
    "arabic": ("", ["افتتحت المدينة المخترعة خطا جديدا للمساعدة؟ المزيد من الكلمات"]),
    "hindi": ("", ["काल्पनिक शहर ने नई हेल्पलाइन खोली।माता-पिता को बताया गया।"]),
}


@pytest.fixture
def shaped(tmp_path: Path, shapes: bytes) -> Path:
    path = tmp_path / "shaped.db"
    path.write_bytes(shapes)
    return path


@pytest.fixture(scope="module")
def shapes(
    tmp_path_factory: pytest.TempPathFactory,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
) -> bytes:
    """One record for each of PAGES; each text was shorter before, and its page had other blocks."""
    path = tmp_path_factory.mktemp("shaped") / "archive.db"
    writer = make_writer(path)
    urls = [f"http://blog.test/{name}" for name in PAGES]
    writer.discover("http://blog.test/feed", writer.links(FoundAs.FEED_ENTRY, urls))
    for count, aside in ((20, "The invented council warned parents of a gang."), (30, "Read more")):
        made = [
            told(
                make_article,
                f"An invented council page named {name}",
                "\n\n".join([*lines, *LONG[:count]]),
                description=description or None,
                removals=writer.removals([aside, f"More of {description}"]),
            )
            for name, (description, lines) in PAGES.items()
        ]
        writer.next_run(now="2026-11-24T06:00:00Z")
        writer.fetch(list(zip(urls, made, strict=True)), now="2026-11-24T06:00:00Z")
    writer.close()
    return path.read_bytes()


def test_excerpts_say_what_an_article_is_about_without_a_sentence_of_any(
    shaped: Path, out: Path
) -> None:
    publish(shaped, out, now=NOW)
    rows = query(out, "SELECT url, excerpt FROM articles")
    assert {url.rpartition("/")[2]: excerpt for url, excerpt in rows} == {
        # Of an earlier revision all up to "gang" was taken out: that is a sentence, too.
        "whole": "The invented council warned parents of a…",
        "cut": "The invented council warned parents of a…",
        "glued": "The invented council warned parents of a…",
        "own": "Parents are asked to look at the messages of their children",
        "elsewhere": "The invented council warned parents of a…",
        "item": "An invented hotline counted 31 reports in a…",
        "none": "Yes. It is…",
        "abbreviated": "The office of…",
        "lines": "Safer phones at home…",
        "title": "An invented council page named…",
        "chinese": "",
        "arabic": "افتتحت المدينة المخترعة خطا جديدا…",
        "hindi": "काल्पनिक शहर ने नई हेल्पलाइन…",
    }


def test_nobody_finds_a_sentence_of_such_texts_in_the_bytes_of_the_file(
    shaped: Path, out: Path
) -> None:
    publish(shaped, out, now=NOW)
    raw = " ".join(out.read_bytes().decode(errors="replace").split())
    texts = query(shaped, "SELECT body FROM revisions UNION SELECT text FROM removals")
    assert len(texts) > 2 * len(PAGES)
    looked_for = {
        " ".join(piece.split())
        for (text,) in texts
        for way in (r"(?<=[.!?])\s+", r"(?<=[.!?])\s+(?=[A-Z“])|\n+", r"(?<=[。।؟])|\n+")
        for piece in re.split(way, text)
    } | {one for (text,) in texts for block in sentences(text) for one in block}
    # Titles are titles, and of fewer than four words nothing is told.
    for sentence in looked_for - {"An invented council page named title"}:
        if len(sentence.split()) >= 4 or re.search("[一-龥]{4}", sentence):
            assert sentence not in raw
            assert sentence.rstrip(".!?。।؟”…") not in raw


def test_topics_are_there_without_the_sentences_that_say_so(long_archive: Path, out: Path) -> None:
    publish(long_archive, out, now=NOW)
    topics = "SELECT article_id, slug, is_primary FROM article_topics JOIN topics ON id = topic_id"
    of_archive = set(query(long_archive, topics))
    assert len(of_archive) >= 30
    assert set(query(out, topics)) == of_archive
    assert {slug for (slug,) in query(out, "SELECT slug FROM topics")} == {
        slug for _, slug, _ in of_archive
    }
    assert query(out, "PRAGMA foreign_key_check") == []


def test_stories_are_there_under_titles_that_are_published(long_archive: Path, out: Path) -> None:
    stories = (
        "INSERT INTO stories (id, title, origin_id, origin_confidence, origin_why) VALUES"
        " (1, 'Story 4', 5, 'probable', 'Invented words of a text.'),"
        " (2, 'A title that was taken down', NULL, 'unknown', NULL),"
        " (3, 'A story of nothing', NULL, 'unknown', NULL)"
    )
    query(long_archive, stories)
    for article, story in ((5, 1), (6, 1), (7, 2), (8, 2)):
        values = f"({article}, {story}, 'copy', 1, 1, 'x', '1', x'')"
        query(long_archive, f"INSERT INTO article_stories VALUES {values}")  # noqa: S608 - numbers of the test
    publish(long_archive, out, now=NOW)
    assert query(out, "SELECT id, title, origin_id, origin_confidence FROM stories") == [
        (1, "Story 4", 5, "probable"),
        (2, "Story 6", None, "unknown"),
    ]
    assert query(
        out, "SELECT id, story_id FROM articles WHERE story_id IS NOT NULL ORDER BY id"
    ) == [(5, 1), (6, 1), (7, 2), (8, 2)]
    assert query(out, "SELECT count(*) FROM articles WHERE story_id IS NULL") == [(26,)]
    raw = out.read_bytes()
    assert b"Invented words of a text" not in raw
    assert b"taken down" not in raw
    assert query(out, "PRAGMA foreign_key_check") == []


def test_what_several_pages_say_of_themselves_is_no_summary(shaped: Path, out: Path) -> None:
    query(shaped, "UPDATE articles SET description = 'Invented news of this town, every day of it'")
    publish(shaped, out, now=NOW)
    assert query(out, "SELECT count(*) FROM articles WHERE excerpt LIKE '%news of this%'") == [(0,)]


def test_a_page_says_how_much_of_it_may_be_shown(shaped: Path, out: Path) -> None:
    signals = "INSERT INTO record_signals (article_id, signals) VALUES (4, '[\"max-snippet:20\"]')"
    query(shaped, signals)
    publish(shaped, out, now=NOW)
    assert query(out, "SELECT excerpt FROM articles WHERE id = 4") == [("Parents are asked to…",)]


IN_PAGE = "INSERT INTO record_signals (article_id, signals) VALUES (1, '[\"nosnippet\"]')"
IN_HEADER = (
    "INSERT INTO rights (fetch_id, signals) SELECT fetch_id, '[\"max-snippet:0 (header)\"]'"
    " FROM revisions WHERE article_id = 1"
)


@pytest.mark.parametrize("asked", [IN_PAGE, IN_HEADER])
def test_of_a_page_that_asks_for_no_snippet_there_is_no_excerpt(
    archive_file: Path, out: Path, asked: str
) -> None:
    publish(archive_file, out, now=NOW)
    before = dict(query(out, "SELECT id, excerpt FROM articles"))
    query(archive_file, asked)
    publish(archive_file, out, now=NOW)
    assert before[1]
    assert dict(query(out, "SELECT id, excerpt FROM articles")) == before | {1: ""}


def test_of_a_link_only_source_there_is_no_word_of_a_text(long_archive: Path, out: Path) -> None:
    query(long_archive, "UPDATE sources SET link_only = 1")
    publish(long_archive, out, now=NOW)
    assert query(out, "SELECT DISTINCT excerpt FROM articles") == [("",)]
    assert b"were counted" not in out.read_bytes()


def test_excerpts_keep_to_their_bounds(long_archive: Path, out: Path) -> None:
    publish(long_archive, out, now=NOW)
    bodies = dict(query(long_archive, "SELECT id, body FROM articles"))
    for number, excerpt in query(out, "SELECT id, excerpt FROM articles"):
        kept = excerpt.removesuffix("…")
        assert kept
        assert len(kept.split()) <= 50
        assert len(kept) <= min(300, len(bodies[number]) / 10)


def test_an_older_copy_is_replaced_and_any_other_file_is_not(archive_file: Path, out: Path) -> None:
    publish(archive_file, out, now=NOW)
    query(archive_file, "DELETE FROM articles WHERE id = 4")
    assert publish(archive_file, out, now=NOW).records == 3
    notes = out.with_name("notes.txt")
    notes.write_text("mine")
    for other in (notes, archive_file):
        before = other.read_bytes()
        with pytest.raises(ConfigurationError, match="is no published copy"):
            publish(archive_file, other, now=NOW)
        assert other.read_bytes() == before
    with pytest.raises(ArchiveUnavailableError):
        publish(archive_file, out.with_name("none") / "public.db", now=NOW)


def test_a_copy_that_lacks_a_record_is_not_published(archive_file: Path, out: Path) -> None:
    query(archive_file, "DELETE FROM sources WHERE slug = 'gazette'")
    with pytest.raises(ArchiveDamagedError, match="4 records found and 2 published"):
        publish(archive_file, out, now=NOW)
    assert {path.name for path in out.parent.iterdir()} & {"public.db"} == set()
    assert not list(out.parent.glob(".*.part*"))
