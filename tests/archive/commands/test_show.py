import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.commands.show import show
from archive.database import open_archive
from archive.errors import RecordMissingError
from archive.store import Archive
from archive.topic_rows import tag_anew


def run(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(show, [*arguments, "--archive", str(archive)])


def test_a_record_is_its_text_its_origin_and_what_was_stripped(archive_file: Path) -> None:
    output = run(archive_file, "1").stdout
    assert output.startswith(
        "Police warn of sextortion on Instagram\n"
        "Harbour Blog · 20 November 2026 · The Harbour desk · A second desk · 26 words\n"
        "http://blog.test/1\n\nThis article is invented for a test.\n\n"
    )
    for sentence in (
        "Found on 22 November 2026 as entry 1 of the feed http://blog.test/feed of Harbour Blog.",
        "Also found on 22 November 2026 as row 3 of the sitemap http://gazette.test/news.xml of",
        " of The Quay Gazette.",
        "The address http://blog.test/?p=1 led here on 22 November 2026 (status 301).",
        "with status 200 after 1 redirect",
        "snapshot sha256 ",
        "Read by newsward 0.1.0, trafilatura 2.3.1, junk rules 1: 26 words kept, 3 blocks removed;",
        " 2 revisions of the text.",
        "Dated 20 November 2026, read from: json-ld.",
        "Stripped: 3 blocks",
        "     2  sign-up",
    ):
        assert sentence in output


@pytest.mark.parametrize("address", ["http://blog.test/1", "http://blog.test/?p=1"])
def test_a_record_is_found_by_every_address_that_led_to_it(
    archive_file: Path, address: str
) -> None:
    assert run(archive_file, address).stdout == run(archive_file, "1").stdout


def test_an_address_without_a_record_is_named(archive_file: Path) -> None:
    with pytest.raises(RecordMissingError, match=r"there is no record http://blog\.test/none"):
        CliRunner().invoke(
            show,
            ["http://blog.test/none", "--archive", str(archive_file)],
            catch_exceptions=False,
        )


def test_what_was_stripped_is_shown_rule_by_rule(archive_file: Path) -> None:
    output = run(archive_file, "1", "--removed").stdout
    assert output.index("sign-up: 2 blocks") < output.index("image-credit: 1 block")
    assert "     2  Sign up for our newsletter\n     4  Leave a Reply\n" in output
    assert "helplines" not in output


def test_provenance_shows_every_address_header_and_revision(archive_file: Path) -> None:
    output = run(archive_file, "1", "--provenance").stdout
    for line in (
        "  23 November 2026, 06:00:00 UTC  200  revised  run 6, which the present text is from\n",
        "    301  http://blog.test/?p=1\n    200  http://blog.test/1\n",
        '    etag: "1"\n',
        "    snapshot sha256: ",
        "  22 November 2026, 05:26:03 UTC  200  new  run 1\n",
        "     read by newsward 0.1.0, trafilatura 2.3.1, junk rules 1\n     from snapshot sha256 ",
        "  1  22 November 2026, 05:26:03 UTC  first text",
        "  2  23 November 2026, 06:00:00 UTC  publisher's edit  +19 -3 words",
    ):
        assert line in output


def test_provenance_tells_of_each_exchange_what_was_allowed_asked_and_who_answered(
    archive_file: Path,
) -> None:
    db = open_archive(archive_file)
    db.execute(
        "INSERT INTO rights SELECT id, 'allowed by the invented rule', ?, 'noarchive (meta)'"
        " FROM fetches WHERE ending = 'revised'",
        [json.dumps(["noarchive (meta)", "licence http://blog.test/terms (link)"])],
    )
    db.execute(
        "INSERT INTO fetch_origins SELECT id, '192.0.2.1', 'invented.warc.gz', 77, '<urn:uuid:1>'"
        " FROM fetches WHERE ending = 'revised'"
    )
    db.close()
    output = run(archive_file, "1", "--provenance").stdout
    for line in (
        "    robots.txt: allowed by the invented rule\n",
        "    asked: noarchive (meta); licence http://blog.test/terms (link)\n",
        "    only a link is kept: noarchive (meta)\n",
        "    answered by: 192.0.2.1\n",
        "    WARC: invented.warc.gz, byte 77, <urn:uuid:1>\n",
    ):
        assert line in output
    told = json.loads(run(archive_file, "1", "--provenance", "--json").stdout)
    newest, oldest = told["visits"]
    assert newest["redirects"] == [{"url": "http://blog.test/?p=1", "status": 301}]
    assert newest["asked"] == ["noarchive (meta)", "licence http://blog.test/terms (link)"]
    assert newest["warc"] == {"file": "invented.warc.gz", "offset": 77, "record": "<urn:uuid:1>"}
    assert newest["headers"] == [["content-type", "text/html"], ["etag", '"1"']]
    assert (oldest["ending"], oldest["robots"], oldest["warc"]) == ("new", None, None)
    assert [place["relation"] for place in told["found"]] == [
        *("feed entry", "sitemap row", "redirected from"),
    ]
    assert [text["revision"] for text in told["revisions"]] == [1, 2]


def test_topics_stand_with_their_words_and_with_where_to_report(archive_file: Path) -> None:
    with Archive(archive_file) as archive, archive.transaction() as db:
        tag_anew(db, 1)
    output = run(archive_file, "1").stdout
    about = output[output.index("What it is about") : output.index("Where this came from")]
    assert "Sextortion" in about
    assert ": sextortion" in about
    assert "  Named: Instagram\n" in about
    help_ = about[about.index("Report or find help") :]
    assert "CEOP: online sexual abuse or grooming of a child" in help_
    assert "CyberTipline" not in help_
    rules = run(archive_file, "1", "--provenance").stdout
    assert "  sextortion  score " in rules
    assert "strong in the title: Police warn of sextortion on Instagram\n" in rules
    told = json.loads(run(archive_file, "1", "--json").stdout)["subject"]
    assert "sextortion" in [topic["slug"] for topic in told["topics"]]
    assert told["topics"][0]["rules"]
    assert told["names"] == ["Instagram"]
    assert "What it is about" not in run(archive_file, "2").stdout


def test_a_record_without_date_and_removals_says_so(archive_file: Path) -> None:
    output = run(archive_file, "4").stdout
    assert "The Quay Gazette · no date · 13 words" in output
    assert "No date of publication was found." in output
    assert "Stripped: 0 blocks" in output


def test_a_link_only_record_says_that_no_text_is_kept(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("UPDATE articles SET kind = 'link', body = '' WHERE id = 4")
    db.execute("UPDATE revisions SET body = '', snapshot_digest = NULL WHERE article_id = 4")
    db.close()
    output = run(archive_file, "4").stdout
    assert "Of this source only title, date and link are kept." in output
    assert "No snapshot is kept" in output


def test_json_is_the_whole_record(archive_file: Path) -> None:
    record = json.loads(run(archive_file, "1", "--json").stdout)
    assert record["fetch"]["redirects"] == [{"url": "http://blog.test/?p=1", "status": 301}]
    assert [removal["part"] for removal in record["removals"]] == ["block"] * 3
    assert len(record["snapshot_digest"]) == 64


def test_a_hostile_text_sends_no_orders_to_the_terminal(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("UPDATE articles SET body = char(27) || '[2J' || body, authors = char(155) || 'x'")
    db.execute("UPDATE removals SET text = char(27) || text, rule = char(27) || rule")
    db.execute("UPDATE provenance SET place = place || char(27) WHERE relation = 'redirected from'")
    db.close()
    for options in ((), ("--removed",), ("--provenance",)):
        output = run(archive_file, "1", *options).stdout
        assert "\x1b" not in output
        assert "\x9b" not in output


def test_a_number_without_a_record_is_the_records_error(archive_file: Path) -> None:
    with pytest.raises(RecordMissingError, match="no record 99"):
        CliRunner().invoke(show, ["99", "--archive", str(archive_file)], catch_exceptions=False)
