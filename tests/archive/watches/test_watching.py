"""What is new for a saved search goes out, once, by mail, Atom file or webhook."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import feedparser
import pytest
from atom_schema import faults
from commits import one
from takedowns import NOW, decision
from watching import Desk, Inbox
from web_hook import Hook

from archive.takedown import Action, redact
from archive.watches.sending import send_due


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def titles(mail: EmailMessage) -> list[str]:
    """The headlines of a mail: two lines before each address."""
    lines = text_of(mail).splitlines()
    return [lines[at - 2] for at, line in enumerate(lines) if line.startswith("http")]


def test_only_what_is_new_and_matches_is_mailed_and_only_once(desk: Desk, inbox: Inbox) -> None:
    desk.bring("Old deepfake news")
    desk.add("deepfakes", "deepfake OR nudify", "mail:lead@school.example", "--every", "monday")
    desk.bring("A nudify app is closed", "A deepfake law", "School bus is late")
    done = desk.run("run", "deepfakes")
    assert (done.exit_code, done.output) == (
        0,
        "watch deepfakes: 2 new, to mail:lead@school.example\n",
    )
    (mail,) = inbox.mails
    assert sorted(titles(mail)) == ["A deepfake law", "A nudify app is closed"]
    assert mail["Subject"] == "newsward: 2 new for deepfakes"
    assert mail["To"] == "lead@school.example"
    assert mail["From"] == "Newsward <newsward@school.example>"
    assert "nothing new" in desk.run("run", "deepfakes").output
    desk.bring("Another deepfake")
    desk.run("run", "deepfakes")
    assert [titles(one) for one in inbox.mails[1:]] == [["Another deepfake"]]


def test_an_item_has_title_source_date_link_and_an_extract(desk: Desk, inbox: Inbox) -> None:
    desk.add("law", "law", "mail:lead@school.example")
    text = "Ministers of an invented land spoke of <tags> & a law. " * 30
    desk.bring("A law & its <limits>", text=text)
    desk.run("run", "law")
    (mail,) = inbox.mails
    plain = text_of(mail)
    assert "A law & its <limits>\nHarbour Blog, 20 November 2026\nhttp://blog.test/new-0\n" in plain
    extract = plain.partition("\u201c")[2].partition("\u201d")[0]
    assert text.startswith(extract.rstrip("\u2026"))
    assert 0 < len(extract.split()) <= 50
    page = text_of(mail, "html")
    assert '<a href="http://blog.test/new-0">A law &amp; its &lt;limits&gt;</a>' in page
    assert "<tags>" not in page


def test_a_webhook_gets_the_items_as_json(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    (number,) = desk.bring("A law")
    assert desk.run("run", "law").exit_code == 0
    (posted,) = hook.posted
    assert (posted["watch"], posted["path"]) == ("law", "/hook?key=secret")
    (item,) = posted["items"]
    assert item["record"] == number
    assert item["title"] == "A law"
    assert item["source"] == "harbour-blog"
    assert item["published"] == "2026-11-20"
    assert item["url"] == "http://blog.test/new-0"
    assert "A law" in posted["text"]
    assert hook.headers[0]["Idempotency-Key"] == posted["id"]


def test_the_address_of_a_webhook_is_nowhere_shown(desk: Desk, hook: Hook) -> None:
    added = desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring("A law")
    hook.status = 500
    said = [added, desk.run("run"), desk.run("list"), desk.run("run", "law"), desk.run("list")]
    assert not [one.output for one in said if "secret" in one.output]


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_a_webhook_does_not_take_waits_and_is_counted(
    desk: Desk, hook: Hook, status: int
) -> None:
    desk.add("law", "law", f"webhook:{hook.url}", "--every", "crawl")
    desk.bring("A law")
    hook.status = status
    failed = desk.run("run")
    assert failed.exit_code == 4
    assert f"answered with status {status}" in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    desk.bring("A second law")
    desk.run("run")
    (watch,) = desk.list()
    assert (watch["failures"], watch["waiting"], watch["sent"]) == (2, 2, 0)
    hook.status = 204
    hook.posted.clear()
    assert desk.run("run").exit_code == 0
    assert [[item["title"] for item in told["items"]] for told in hook.posted] == [
        ["A law"],
        ["A second law"],
    ]
    (watch,) = desk.list()
    assert (watch["failures"], watch["failure"], watch["sent"]) == (0, None, 2)


def test_a_try_after_a_failure_has_the_same_name_as_the_first(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring("A law")
    hook.status = 503
    desk.run("run", "law")
    hook.status = 200
    desk.run("run")
    first, second = hook.posted
    assert first == second


def test_an_atom_file_is_valid_and_holds_what_came(desk: Desk, tmp_path: Path) -> None:
    desk.add("law", "law", "atom")
    desk.bring("A law & <order>", "Another law")
    desk.run("run", "law")
    desk.bring("A third law", published=None)
    desk.run("run", "law")
    path = tmp_path / "law.atom"
    parsed = feedparser.parse(path.read_bytes())
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert [entry.title for entry in parsed.entries] == [
        "A third law",
        "Another law",
        "A law & <order>",
    ]
    assert faults(path.read_bytes()) == []
    for entry in parsed.entries:
        assert 1 <= len(entry.summary.split()) <= 50
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


def test_a_feed_without_news_is_not_written_again(desk: Desk, tmp_path: Path) -> None:
    desk.add("law", "law", "atom:", "--every", "crawl")
    desk.bring("A law")
    desk.run("run")
    before = (tmp_path / "law.atom").stat().st_mtime_ns
    # Added long before its message was made, which was sent long after.
    with desk.writer.archive.transaction() as db:
        db.execute("UPDATE watches SET added_at = '2026-01-01T00:00:00Z'")
        db.execute("UPDATE watch_messages SET sent_at = '2030-01-01T00:00:00Z'")
    desk.run("run")
    assert (tmp_path / "law.atom").stat().st_mtime_ns == before


def test_what_was_taken_down_leaves_the_feed_and_is_not_sent(
    desk: Desk, hook: Hook, tmp_path: Path
) -> None:
    desk.add("feed", "law", "atom")
    desk.add("hook", "law", f"webhook:{hook.url}")
    numbers = desk.bring("A law", "A hidden law", "A restricted law")
    hook.status = 500
    desk.run("run", "feed", "hook")
    assert len(feedparser.parse((tmp_path / "feed.atom").read_bytes()).entries) == 3
    desk.writer.close()
    for number, action in zip(numbers[1:], (Action.REMOVE, Action.RESTRICT), strict=True):
        redact(desk.path, number, decision(action), now=NOW)
    hook.posted.clear()
    hook.status = 200
    desk.run("run", "feed", "hook")
    assert [[item["title"] for item in told["items"]] for told in hook.posted] == [["A law"]]
    assert [e.title for e in feedparser.parse((tmp_path / "feed.atom").read_bytes()).entries] == [
        "A law"
    ]
    desk.run("remove", "hook")
    redact(desk.path, numbers[2], decision(Action.RELEASE), now=NOW)
    desk.run("run", "feed")
    assert len(feedparser.parse((tmp_path / "feed.atom").read_bytes()).entries) == 2


def test_of_a_link_only_source_title_date_and_link_are_sent(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring("A law")
    with desk.writer.archive.transaction() as db:
        db.execute("UPDATE sources SET link_only = 1")
    desk.run("run", "law")
    (item,) = hook.posted[0]["items"]
    assert (item["title"], item["excerpt"]) == ("A law", None)
    assert "invented text" not in hook.posted[0]["text"]


def test_many_records_go_out_in_several_messages_and_none_is_lost(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring(*[f"Law {number}" for number in range(205)])
    desk.run("run", "law")
    sent = [[item["title"] for item in told["items"]] for told in hook.posted]
    assert [len(items) for items in sent] == [100, 100, 5]
    assert {title for items in sent for title in items} == {f"Law {n}" for n in range(205)}


def test_fields_of_a_query_and_topics_bound_a_watch(desk: Desk, hook: Hook) -> None:
    with desk.writer.archive.transaction() as db:
        db.execute(
            "INSERT INTO topics (slug, label, definition, sensitivity, report_routes, reported_as)"
            " SELECT 'invented', 'Invented', '', 'low', '[]', '[]'"
        )
    desk.add("topic", "", f"webhook:{hook.url}", "--topic", "invented")
    desk.add("source", "law source:gazette", f"webhook:{hook.url}")
    first, _ = desk.bring("A law", "No topic")
    with desk.writer.archive.transaction() as db:
        db.execute(
            "INSERT INTO article_topics SELECT ?, id, 3, 1, '[]', '1' FROM topics"
            " WHERE slug = 'invented'",
            [first],
        )
    desk.run("run", "topic", "source")
    assert [(told["watch"], len(told["items"])) for told in hook.posted] == [("topic", 1)]
    assert hook.posted[0]["query"] == "topic:invented"


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring("A law")
    shown = desk.run("run", "law", "--dry-run").output
    assert "law: 1 new" in shown
    assert "A law (Harbour Blog, 20 November 2026)" in shown
    assert hook.posted == []
    assert one(desk.path, "SELECT count(*) FROM watch_messages") == 0


def test_a_removed_watch_sends_nothing_and_leaves_no_address(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring("A law")
    assert desk.run("remove", "law").output == "law: removed.\n"
    assert "No watch is due" in desk.run("run").output
    assert desk.list() == []
    assert one(desk.path, "SELECT query || destination FROM watches") == ""
    desk.add("law", "law", f"webhook:{hook.url}")
    assert hook.posted == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["two words", "law", "--to", "atom"], "is no name for a watch"),
        (["w", "", "--to", "atom"], "Type at least one word"),
        (["w", "?!", "--to", "atom"], "There is no word in this query"),
        (["w", "source:nosuch", "--to", "atom"], "There is no source 'nosuch'"),
        (["w", "law", "--topic", "nosuch", "--to", "atom"], "There is no topic 'nosuch'"),
        (["w", "law", "--to", "fax:12"], "write mail:someone@school.example, atom:FILE"),
        (["w", "law", "--to", "mail:nobody"], "write one mail address"),
        (["w", "law", "--to", "mail:a@b.example,c@d.example"], "write one mail address"),
        (["w", "law", "--to", "mail:a@b.example\nBcc: c@d.example"], "write one mail address"),
        (["w", "law", "--to", "webhook:ftp://x.example"], "not a web address"),
        (["w", "law", "--to", "webhook:http://[x"], "not a web address"),
        (["w", "law", "--to", "atom", "--every", "someday"], "--every someday: write crawl"),
    ],
)
def test_what_cannot_be_watched_is_said_in_one_line(
    desk: Desk, arguments: list[str], said: str
) -> None:
    desk.bring("A law")
    done = desk.run("add", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.list() == []


def test_a_watch_goes_out_at_the_first_crawl_after_it_is_due(desk: Desk, hook: Hook) -> None:
    assert send_due(desk.path, lambda: SUNDAY) == []
    desk.add("law", "law", f"webhook:{hook.url}", "--every", "monday")
    with desk.writer.archive.transaction() as db:
        db.execute("UPDATE watches SET due_at = '2026-11-23T00:00:00Z'")
    desk.bring("A law")
    assert send_due(desk.path, lambda: SUNDAY) == []
    (done,) = send_due(desk.path, lambda: SUNDAY + timedelta(hours=20))
    assert (done.records, done.failure) == (1, None)
    assert send_due(desk.path, lambda: SUNDAY + timedelta(days=6)) == []
    desk.bring("Another law")
    (done,) = send_due(desk.path, lambda: SUNDAY + timedelta(days=8))
    assert done.records == 1
    assert [watch["due_at"] for watch in desk.list()] == ["2026-12-07T00:00:00Z"]


SUNDAY = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def test_a_source_that_is_gone_is_said_and_what_waits_still_goes_out(
    desk: Desk, hook: Hook
) -> None:
    desk.add("law", "law source:gazette source:harbour-blog", f"webhook:{hook.url}")
    desk.bring("A law")
    hook.status = 500
    desk.run("run", "law")
    hook.status = 200
    with desk.writer.archive.transaction() as db:
        db.execute("UPDATE sources SET slug = 'moved' WHERE slug = 'gazette'")
    done = desk.run("run", "law")
    assert "There is no source 'gazette'" in done.stderr
    assert [item["title"] for item in hook.posted[-1]["items"]] == ["A law"]


def test_a_name_is_given_once(desk: Desk) -> None:
    desk.add("law", "law", "atom")
    again = desk.run("add", "law", "other", "--to", "atom")
    assert again.exit_code == 2
    assert "There is a watch 'law' already" in again.stderr
    missing = desk.run("run", "other")
    assert missing.exit_code == 2
    assert "There is no watch 'other'" in missing.stderr
