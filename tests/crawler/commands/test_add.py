"""`newsward add`: addresses that a person names, in real archives."""

import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import ARTICLE, LATER, NOW, begin, one, outcome, query
from source_lists import listed
from takedowns import decision

from archive.endings import Ending
from archive.provenance import provenance_sentences
from archive.reading import ReadArchive
from archive.records import FrontierState, NextVisit
from archive.store import Archive
from archive.takedown import Action, redact
from archive.verify import Verification
from crawler.cli import newsward

SOURCES = "".join(
    [
        listed(
            "gazette",
            "The Gazette",
            "https://gazette.example",
            hosts='["gazette-extra.example"]',
        ),
        listed(
            "gazette-law",
            "The Gazette on law",
            "https://gazette.example/law",
            kind="listing",
            at="/latest",
        ),
        listed("titles", "Titles alone", "https://titles.example", link_only="true"),
        listed("asleep", "Asleep", "https://asleep.example", enabled="false"),
    ]
)
PAGE = "https://gazette.example/one"
FOR_EVER = "9999-12-31T00:00:00Z"
OTHER = "https://gazette.example/two"

Add = Callable[..., Result]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


def add(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(newsward, ["add", *arguments], input=stdin)


def end(room: Path, url: str, state: FrontierState, ending: Ending, **changes: object) -> None:
    """Fetch an address that waits, with this ending."""
    with Archive(room / "archive.db") as archive:
        run_id = begin(archive)
        claim = archive.claim(run_id, due=FOR_EVER, count=100, per_host=100)
        claimed = next(one for one in claim if one.url == url)
        visit = NextVisit(state=state, not_before=LATER)
        archive.commit(
            outcome(
                run_id,
                claimed,
                ending=ending,
                next_visit=visit,
                **({"snapshot_digest": None} | changes),
            )
        )
        archive.finish_run(run_id, status="finished", now=LATER)


def become_record(room: Path, url: str = PAGE, **changes: object) -> None:
    article = {"article": ARTICLE, "record_url": url, "snapshot_digest": "d" * 64}
    end(room, url, FrontierState.WAITING, Ending.NEW, **(article | changes))


def places(room: Path) -> list[tuple[object, ...]]:
    return query(
        room / "archive.db",
        "SELECT url, relation, place FROM provenance JOIN frontier ON frontier.id = frontier_id"
        " WHERE frontier.kind = 'article' ORDER BY provenance.id",
    )


def test_an_address_waits_for_the_next_crawl_as_an_article_of_its_source(room: Path) -> None:
    result = add(f"{PAGE}?utm_source=mail#top", "https://gazette-extra.example/x")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{PAGE}: added, an article of gazette",
        "https://gazette-extra.example/x: added, an article of gazette",
    ]
    assert result.stderr == (
        "Nothing was fetched yet: these 2 are with the next `newsward crawl`.\n"
    )
    rows = query(
        room / "archive.db",
        "SELECT url, slug, frontier.kind, depth, state, not_before = found_at, last_fetched_at"
        " FROM frontier JOIN sources ON sources.id = source_id"
        " WHERE frontier.kind = 'article' ORDER BY frontier.id",
    )
    assert rows[0] == (PAGE, "gazette", "article", 1, "waiting", 1, None)
    assert one(room / "archive.db", "SELECT count(*) FROM fetches") == 0
    with Archive(room / "archive.db") as archive:
        claims = archive.claim(begin(archive), due=FOR_EVER, count=9, per_host=9)
    assert PAGE in {claim.url for claim in claims}


@pytest.mark.usefixtures("room")
def test_of_two_sources_on_one_site_it_is_of_the_one_that_is_most_like_it_or_is_named() -> None:
    law = "https://gazette.example/law/2026/one"
    assert "an article of gazette-law" in add(law).stdout
    assert "an article of gazette\n" in add(f"{law}-more", "--source", "gazette").stdout


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (
            "https://unlisted.example/a",
            "not a host of a listed source. List it first: newsward sou",
        ),
        ("gazette.example/a", "no scheme: only http and https are fetched. Write https:// before"),
        ("ftp://gazette.example/a", "ftp: only http and https are fetched"),
        ("javascript:alert(1)", "javascript: only http and https are fetched"),
        ("http://[::1", "not a web address"),
        (f"https://gazette.example/{'a' * 2100}", "no web address, or longer than 2,083"),
        ("http://127.0.0.1/a", "which is not a public address"),
        ("http://2130706433/a", "which is not a public address"),
        ("http://[::ffff:10.0.0.1]/a", "which is not a public address"),
        ("https://gazette.example/photo.JPG?size=2", "pictures, sounds and films (.JPG) are never"),
        ("https://gazette.example/", "crawls read it anyway"),
        ("https://gazette.example/feed?utm_source=x", "crawls read it anyway"),
        ("https://titles.example/a", "titles keeps links only"),
        ("https://asleep.example/a", "asleep is switched off. Set `enabled = true`"),
    ],
)
def test_what_no_crawl_would_ask_for_is_refused_in_one_line_and_makes_no_archive(
    address: str, why: str, room: Path
) -> None:
    result = add(address)
    assert result.exit_code == 4, result.output
    first, last = result.stderr.splitlines()
    assert first.startswith(f"newsward: {address}: ")
    assert why in first
    assert last == "Nothing was fetched, and nothing of this waits for the next crawl."
    assert result.stdout == ""
    assert [path.name for path in room.iterdir()] == ["sources.toml"]


def test_a_named_source_takes_no_page_of_a_host_that_is_not_its_own(room: Path) -> None:
    result = add("https://titles.example/a", "--source", "gazette")
    assert result.exit_code == 4
    assert (
        "titles.example is not a host of gazette. Add it to the `hosts` of that source, or leave"
        " --source out."
    ) in result.stderr
    unknown = add(PAGE, "--source", "nobody")
    assert unknown.exit_code == 2
    assert "there is no source nobody. `newsward source list` shows" in unknown.stderr
    assert [path.name for path in room.iterdir()] == ["sources.toml"]


@pytest.mark.usefixtures("room")
def test_some_refused_is_exit_3_and_the_others_are_in() -> None:
    result = add("https://unlisted.example/a", PAGE)
    assert result.exit_code == 3
    assert result.stdout == f"{PAGE}: added, an article of gazette\n"
    assert result.stderr.splitlines()[-1] == (
        "Nothing was fetched yet: it is with the next `newsward crawl`."
    )


def test_the_same_address_twice_is_one_address_and_one_place(room: Path) -> None:
    add(PAGE, f"{PAGE}#again", "--by", "The invented desk")
    again = add(PAGE, "--by", " The  invented desk ")
    assert (again.exit_code, again.stdout) == (0, f"{PAGE}: known, waiting for the next crawl\n")
    assert "it is with the next `newsward crawl`" in again.stderr
    assert places(room) == [(PAGE, "by hand", "The invented desk")]
    add(PAGE)
    assert places(room)[1:] == [(PAGE, "by hand", "newsward add")]
    with Verification(room / "archive.db") as verification:
        assert list(verification.faults()) == []


def test_who_added_it_is_said_before_and_after_it_became_a_record(room: Path) -> None:
    add(PAGE, "--by", "The invented desk")
    add(PAGE)
    query(room / "archive.db", "UPDATE provenance SET seen_at = ?", NOW)
    sentences = (
        "Added by hand on 22 November 2026 by The invented desk, for The Gazette (invented).",
        "Also added by hand on 22 November 2026, for The Gazette (invented).",
    )
    before = CliRunner().invoke(newsward, ["show", PAGE, "--provenance"])
    assert before.exit_code == 2
    assert before.stderr == (
        f"newsward: archive.db: {PAGE} is no record: waiting for the next crawl."
        f" {' '.join(sentences)} `newsward search` shows the numbers.\n"
    )
    become_record(room)
    with ReadArchive(room / "archive.db") as reader:
        assert provenance_sentences(reader.record(PAGE))[:2] == sentences
    view = "SELECT sentence FROM provenance_in_words WHERE step = 'found'"
    said = {sentence for (sentence,) in query(room / "archive.db", view)}
    assert said == {"Added by hand by The invented desk.", "Added by hand."}


@pytest.mark.usefixtures("room")
def test_it_is_for_its_own_source_whatever_the_one_who_adds_it_is_called() -> None:
    add(PAGE, "--by", "https://titles.example/feed")
    shown = CliRunner().invoke(newsward, ["show", PAGE])
    assert " by https://titles.example/feed, for The Gazette (invented). " in shown.stderr


def test_a_record_is_said_by_its_number_and_learns_where_else_it_was_found(room: Path) -> None:
    add(PAGE)
    become_record(room)
    again = add(PAGE, "--by", "A second desk (invented)")
    assert again.exit_code == 0
    assert again.stdout == f"{PAGE}: known, record 1\n"
    assert again.stderr == "Nothing was fetched, and nothing of this waits for the next crawl.\n"
    with ReadArchive(room / "archive.db") as reader:
        assert [found.place for found in reader.record(1).found] == [
            "newsward add",
            "A second desk (invented)",
        ]


def test_the_address_behind_a_redirect_is_known_as_the_record_that_it_led_to(room: Path) -> None:
    add(PAGE)
    become_record(room, record_url=OTHER)
    assert add(OTHER).stdout == f"{OTHER}: known, record 1\n"


@pytest.mark.parametrize(
    ("state", "ending", "said"),
    [
        (
            FrontierState.WAITING,
            Ending.NOT_RELEVANT,
            (
                "it ended as not-relevant on 22 November 2026, and is asked for again from"
                " 23 November 2026 on"
            ),
        ),
        (
            FrontierState.CLOSED,
            Ending.HTTP_410,
            "asked for no more, it ended as http-410 on 22 November 2026",
        ),
        (
            FrontierState.QUARANTINED,
            Ending.TOO_LARGE,
            (
                "in quarantine since 22 November 2026, it ended as too-large on 22 November 2026"
                " (seen so); `newsward crawl --retry-quarantine` asks for it again"
            ),
        ),
    ],
)
def test_what_became_of_a_known_address_is_said_and_stays_so(
    state: FrontierState, ending: Ending, said: str, room: Path
) -> None:
    add(PAGE)
    end(room, PAGE, state, ending, detail="seen so")
    again = add(PAGE)
    assert (again.exit_code, again.stdout) == (0, f"{PAGE}: known, {said}\n")
    assert one(room / "archive.db", "SELECT state FROM frontier WHERE url = ?", PAGE) == state


def test_a_record_whose_page_is_gone_says_both(room: Path) -> None:
    add(PAGE)
    become_record(room)
    end(room, PAGE, FrontierState.CLOSED, Ending.HTTP_404)
    assert add(PAGE).stdout == (
        f"{PAGE}: known, record 1, asked for no more, it ended as http-404 on 22 November 2026\n"
    )


def test_an_address_of_a_source_that_was_switched_off_is_known_and_not_said_to_be_next(
    room: Path,
) -> None:
    add("https://gazette.example/law/one")
    changed = SOURCES.replace('id = "gazette-law"', 'id = "gazette-law"\nenabled = false')
    (room / "sources.toml").write_text(changed, encoding="utf-8")
    again = add("https://gazette.example/law/one")
    assert again.stdout.endswith(
        ": known, not asked for, because its source gazette-law is off or keeps links only\n"
    )
    assert again.stderr == "Nothing was fetched, and nothing of this waits for the next crawl.\n"


@pytest.mark.parametrize("action", [Action.REMOVE, Action.RESTRICT])
def test_what_was_taken_down_is_refused_and_nothing_more_is_told(
    action: Action, room: Path
) -> None:
    add(PAGE)
    become_record(room)
    redact(room / "archive.db", PAGE, decision(action), now=NOW)
    again = add(PAGE)
    assert again.exit_code == 4
    assert again.stderr.splitlines()[0] == (
        f"newsward: {PAGE}: withheld: nothing of it is kept, and it is not asked for."
    )
    assert places(room) == []
    shown = CliRunner().invoke(newsward, ["show", PAGE])
    assert shown.stderr.startswith(f"newsward: archive.db: there is no record {PAGE}.")


def test_a_page_that_a_crawl_found_to_be_a_list_is_no_article(room: Path) -> None:
    add(PAGE)
    query(room / "archive.db", "UPDATE frontier SET kind = 'sitemap' WHERE url = ?", PAGE)
    result = add(PAGE)
    assert result.exit_code == 4
    assert "no article but a sitemap of gazette: crawls read it anyway." in result.stderr
    assert one(room / "archive.db", "SELECT count(*) FROM provenance WHERE relation = 'by hand'")


def test_addresses_come_from_stdin_too_one_a_line(room: Path) -> None:
    told = f"\ufeff# what a reader sent\r\n{PAGE}\r\n\r\n  {OTHER}  \n".encode()
    result = add("-", stdin=told + b"https://gazette.example/\xff\n")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 3
    assert one(room / "archive.db", "SELECT count(*) FROM frontier WHERE kind = 'article'") == 3
    empty = add("-", stdin="\n# nothing\n")
    assert (empty.exit_code, "There is no address on stdin." in empty.stderr) == (2, True)


def test_json_says_of_every_address_in_the_order_in_which_they_were_given(room: Path) -> None:
    add(PAGE)
    become_record(room)
    result = add("https://unlisted.example/a", OTHER, PAGE, "--json")
    assert (result.exit_code, result.stderr) == (3, "")
    said = json.loads(result.stdout)
    assert said["exit_code"] == 3
    assert [(one["address"], one["state"], one["record"]) for one in said["addresses"]] == [
        ("https://unlisted.example/a", "refused", None),
        (OTHER, "added", None),
        (PAGE, "known", 1),
    ]
    assert list(said["addresses"][0]) == [
        *("address", "state", "said", "url", "source", "record", "is_next"),
    ]


def test_while_a_crawl_writes_nothing_is_added(room: Path) -> None:
    # Our own lock lets its own process in again; this one is of another open file.
    with (room / "archive.db.lock").open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = add(PAGE)
    assert (result.exit_code, result.stdout) == (5, "")
    assert "archive.db: another crawl is writing to it" in result.stderr
    assert not (room / "archive.db").exists()


def test_an_address_from_a_stranger_cannot_write_on_the_terminal(room: Path) -> None:
    result = add("https://unlisted.example/\x1b[2J\u202e")
    assert result.exit_code == 4
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr
    assert not (room / "archive.db").exists()
