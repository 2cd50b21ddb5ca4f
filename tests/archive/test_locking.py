"""One crawl at a time: who holds the lock is named, and nobody who has died holds it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ArchiveUnavailableError
from archive.locking import lock_archive

HOLDER = """
import sys
from pathlib import Path
from archive.locking import lock_archive
lock = lock_archive(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of archive.db until its stdin ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "archive.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    with process:  # closes its pipes and waits
        pass


def test_whoever_comes_second_learns_who_holds_it_and_since_when(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(ArchiveUnavailableError) as refused:
        lock_archive(tmp_path / "archive.db")
    assert refused.value.exit_code == 5
    host = re.escape(socket.gethostname())
    assert re.search(
        rf"another crawl is writing to it: process {holder.pid} on '{host}' since "
        r"\d{4}-\d\d-\d\d \d\d:\d\d UTC \(\d+ \w+\)\. Wait",
        str(refused.value),
    )


def test_what_a_killed_crawl_left_holds_nobody_up(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    left = json.loads((tmp_path / "archive.db.lock").read_text("utf-8"))
    assert left["process"] == holder.pid
    lock = lock_archive(tmp_path / "archive.db")
    now = json.loads((tmp_path / "archive.db.lock").read_text("utf-8"))
    assert now["process"] == os.getpid()
    lock.release()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"process": "x"}', '{"since": 1}', "\x00" * 2000]
)
@pytest.mark.usefixtures("holder")
def test_a_lock_file_that_says_nothing_names_nobody(text: str, tmp_path: Path) -> None:
    (tmp_path / "archive.db.lock").write_text(text)
    with pytest.raises(ArchiveUnavailableError, match=r"another crawl is writing to it\. Wait"):
        lock_archive(tmp_path / "archive.db")


def test_the_same_process_may_take_it_again_and_releases_it_as_often(tmp_path: Path) -> None:
    first = lock_archive(tmp_path / "archive.db")
    signed = (tmp_path / "archive.db.lock").read_text("utf-8")
    second = lock_archive(tmp_path / "archive.db")
    assert (tmp_path / "archive.db.lock").read_text("utf-8") == signed
    second.release()
    assert first.is_locked
    first.release()
    assert not first.is_locked
