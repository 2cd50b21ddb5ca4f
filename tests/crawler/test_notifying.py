"""Messages arrive at a real mail server and a real web hook on loopback."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from mail_server import mail_server
from watching import Inbox
from web_hook import Hook, web_hook

from archive.errors import ConfigurationError
from archive.store import Archive
from crawler.cli import newsward
from crawler.notifying import MOST_LINES, addresses, tell

# apprise looks for it, for mails that are signed; Python 3.11 and 3.12 warn of it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def mail() -> Iterator[tuple[str, Inbox]]:
    """The address of a mail server as apprise writes it, and what it took."""
    inbox = Inbox()
    with mail_server(inbox) as port:
        yield f"mailto://127.0.0.1:{port}?from=crawl@school.example&to=lead@school.example", inbox


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as opened:
        yield opened


def test_a_mail_arrives_with_its_lines(mail: tuple[str, Inbox]) -> None:
    address, inbox = mail
    tell("newsward: 1 source needs a person", ["gazette: <gone> & é", "second"], to=[address])
    (message,) = inbox.mails
    assert message["subject"] == "newsward: 1 source needs a person"
    assert message["to"] == "lead@school.example"
    body = message.get_body(("plain", "html"))
    assert body is not None
    text = body.get_content()
    assert "gazette: <gone> & é" in text.replace("&lt;", "<").replace("&gt;", ">").replace(
        "&amp;", "&"
    )
    assert "second" in text


def test_every_address_is_told(mail: tuple[str, Inbox], hook: Hook) -> None:
    tell("title", ["one line"], to=[mail[0], hook.for_apprise])
    assert len(mail[1].mails) == 1
    assert [(one["title"], one["message"]) for one in hook.posted] == [("title", "one line")]


def test_a_long_message_is_cut_and_says_so(hook: Hook) -> None:
    tell("title", [f"line {n}" for n in range(MOST_LINES + 7)], to=[hook.for_apprise])
    lines = hook.posted[0]["message"].splitlines()
    assert (len(lines), lines[-1]) == (MOST_LINES + 1, "and 7 more")


def test_without_an_address_nothing_is_sent_and_apprise_is_not_loaded() -> None:
    code = (
        "import sys\nfrom crawler.notifying import tell\ntell('title', ['line'], to=[])\n"
        "print('apprise' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_health_can_send_what_it_says(
    hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with Archive(tmp_path / "archive.db") as archive:
        run_id = archive.start_run(trigger="crawl", program="test", now=long_ago)
        archive.finish_run(run_id, status="finished", now=long_ago)
    monkeypatch.setenv("NEWSWARD_NOTIFY", hook.for_apprise)
    asked = ["health", "--notify", "--archive", str(tmp_path / "archive.db")]
    done = CliRunner().invoke(newsward, asked)
    assert done.exit_code == 3
    assert f"PERSON  no crawl since {long_ago} (3 d" in done.stdout
    assert [one["message"] for one in hook.posted] == [done.stdout.strip()]
    monkeypatch.setenv("NEWSWARD_NOTIFY", "nosuch://me:secret@x.example")
    failed = CliRunner().invoke(newsward, asked)
    assert (failed.exit_code, "secret" in failed.output) == (2, False)


def test_what_cannot_be_delivered_is_said_without_the_password(
    hook: Hook,
) -> None:
    with pytest.raises(ConfigurationError) as failed:
        tell(
            "title",
            ["line"],
            to=["nosuch://me:secret@x.example", hook.for_apprise, "json://127.0.0.1:1"],
        )
    said = str(failed.value)
    assert "address 1 (nosuch) is none that apprise knows" in said
    assert "address 3 (json) could not be reached" in said
    assert "secret" not in said
    assert len(hook.posted) == 1, "the others are told all the same"


def test_a_missing_apprise_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(
        ConfigurationError, match=r"NEWSWARD_NOTIFY is set, .* install 'newsward\[notify\]'"
    ):
        tell("title", ["line"], to=["json://127.0.0.1:1"])


def test_addresses_are_parted_by_white_space() -> None:
    assert addresses({"NEWSWARD_NOTIFY": " mailto://a\n json://b "}) == ("mailto://a", "json://b")
    assert addresses({}) == ()
