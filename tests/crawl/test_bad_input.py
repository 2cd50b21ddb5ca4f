"""Every row of docs/bad-input.md, run as it stands there."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _pytest.mark import ParameterSet
    from conftest import Newsroom, NewsSite, SiteMaker

PAGE = Path(__file__).parents[2] / "docs" / "bad-input.md"
# What SQLite and the lock keep beside an archive that is in use, or was read.
BESIDE = re.compile(r"\.lock$|-wal$|-shm$")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the page."""

    wrong: str
    command: str
    says: str
    code: int
    changed: str


def rows() -> list[Row]:
    table = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]
    return [
        Row(
            wrong=wrong,
            command=command.strip("`"),
            says=says.replace("<br>", "\n"),
            code=int(code),
            changed=changed,
        )
        for wrong, command, says, code, changed in cells
    ]


@dataclass
class Scene:
    """What is wrong for the time of one command.

    `prefix` is a program that starts the command, `during` is called while it runs, `port` is
    what PORT stands for.
    """

    prefix: list[str] = field(default_factory=list)
    during: Callable[[subprocess.Popen[str]], None] | None = None
    port: int = 0


Situation = "Callable[[Newsroom, NewsSite], contextlib.AbstractContextManager[Scene]]"


def simply(change: Callable[[Newsroom], object]) -> Situation:
    """A situation that a change of the folder brings about."""

    @contextlib.contextmanager
    def situation(newsroom: Newsroom, _: NewsSite) -> Iterator[Scene]:
        change(newsroom)
        yield Scene()

    return situation


def replace_in_list(old: str, new: str) -> Situation:
    def change(newsroom: Newsroom) -> None:
        path = newsroom.folder / "sources.toml"
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    return simply(change)


def archive_is(body: bytes | None) -> Situation:
    def change(newsroom: Newsroom) -> None:
        for name in ("archive.db", "snapshots.db"):
            (newsroom.folder / name).unlink()
        if body is not None:
            newsroom.archive.write_bytes(body)

    return simply(change)


def another_programs_file(newsroom: Newsroom) -> None:
    newsroom.archive.unlink()
    newsroom.query("CREATE TABLE recipes (name TEXT)")


def folder_for_archive(newsroom: Newsroom) -> None:
    newsroom.archive.unlink()
    newsroom.archive.mkdir()


def image(newsroom: Newsroom) -> None:
    (newsroom.folder / "image.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)


@contextlib.contextmanager
def held(newsroom: Newsroom, _: NewsSite) -> Iterator[Scene]:
    with contextlib.closing(sqlite3.connect(newsroom.archive, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield Scene()


@contextlib.contextmanager
def crawling(newsroom: Newsroom, _: NewsSite) -> Iterator[Scene]:
    with FileLock(newsroom.folder / "archive.db.lock"):
        yield Scene()


# Started as root, a program may write anywhere unless it gives up the capabilities to do so (1:
# CAP_DAC_OVERRIDE, 2: CAP_DAC_READ_SEARCH; 24: PR_CAPBSET_DROP); started as anyone else it may not.
UNPRIVILEGED = """
import ctypes, os, sys
if os.geteuid() == 0:
    for capability in (1, 2):
        if ctypes.CDLL(None).prctl(24, capability, 0, 0, 0):
            sys.exit("cannot give up being root")
os.execv(sys.argv[1], sys.argv[1:])
"""


@contextlib.contextmanager
def unwritable(newsroom: Newsroom, _: NewsSite) -> Iterator[Scene]:
    if sys.platform != "linux":
        pytest.skip("rights are tried on Linux only")
    paths = [newsroom.folder, *newsroom.folder.iterdir()]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    yield Scene(prefix=[sys.executable, "-c", UNPRIVILEGED])
    for path in paths:
        path.chmod(path.stat().st_mode | 0o200)


def limited(size: int) -> list[str]:
    """What starts a program whose files cannot grow beyond a size: as a full disk, it fails."""
    code = (
        "import os, resource, sys; size = int(sys.argv[1]);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size));"
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    return [sys.executable, "-c", code, str(size)]


@contextlib.contextmanager
def full(_: Newsroom, site: NewsSite) -> Iterator[Scene]:
    site.add_article(4)
    yield Scene(prefix=limited(64 * 1024))


@contextlib.contextmanager
def interrupted(newsroom: Newsroom, site: NewsSite) -> Iterator[Scene]:
    # Long enough apart that Ctrl-C comes before the last page.
    with replace_in_list("delay = 0.0", "delay = 0.7")(newsroom, site):
        site.hits.clear()

        def stop(process: subprocess.Popen[str]) -> None:
            wait_for(lambda: site.hits["/feed.xml"] > 0)
            process.send_signal(signal.SIGINT)

        yield Scene(during=stop)


@contextlib.contextmanager
def taken(_: Newsroom, __: NewsSite) -> Iterator[Scene]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield Scene(port=other.getsockname()[1])


NOTHING = simply(lambda _: None)
SITUATIONS: dict[str, Situation] = {
    "a key of the list is misspelt": replace_in_list("homepage", "homepgae"),
    "the list is not TOML": replace_in_list("[[source]]", "[[source"),
    "there is no list": simply(lambda newsroom: (newsroom.folder / "sources.toml").unlink()),
    "there is no archive": archive_is(None),
    "the archive is an empty file": archive_is(b""),
    "the archive is a text file": archive_is(b"Invented minutes of an invented meeting.\n" * 99),
    "the archive is another program's SQLite file": simply(another_programs_file),
    "the archive is a folder": simply(folder_for_archive),
    "the archive was made by a newer newsward": simply(
        lambda newsroom: newsroom.query("PRAGMA user_version = 99")
    ),
    "another program holds the archive": held,
    "another crawl is running": crawling,
    "the folder and its files cannot be written": unwritable,
    "the disk is full": full,
    "Ctrl-C during a crawl": interrupted,
    "the port is taken": taken,
    "the page is an image": simply(image),
    # Nothing is wrong but what was typed.
    "there is a list already": NOTHING,
    "no source has that name": NOTHING,
    "no such command": NOTHING,
    "no such option": NOTHING,
    "no such source in the archive": NOTHING,
    "no such date": NOTHING,
    "no such record": NOTHING,
    "no such port": NOTHING,
    "no such page": NOTHING,
    "a setting is no number": NOTHING,
}


@pytest.fixture(scope="module")
def crawled(
    tmp_path_factory: pytest.TempPathFactory,
    module_site: NewsSite,
    new_room: Callable[[Path], Newsroom],
) -> Newsroom:
    """A folder with a list and an archive of three records, to be copied."""
    newsroom = new_room(tmp_path_factory.mktemp("crawled"))
    newsroom.list_source(module_site)
    assert newsroom.crawl(NEWSWARD_WORKERS="0").summary["pages"]["by_ending"] == {"new": 3}
    return newsroom


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() if path.is_file() else b"a folder"
        for path in folder.iterdir()
        if not BESIDE.search(path.name)
    }


def slow(value: object) -> ParameterSet:
    return pytest.param(value, marks=pytest.mark.slow)


def whole_crawls_are_slow() -> list[object]:
    # Each row is a command in a process of its own; those that crawl load the most.
    return [slow(row) if "crawl" in row.command else row for row in rows()]


def named(row: Row) -> str:
    return f"{row.wrong}: {row.command}"


@pytest.mark.parametrize("row", whole_crawls_are_slow(), ids=named)
def test_it_says_and_changes_what_the_page_says(
    row: Row, crawled: Newsroom, module_site: NewsSite, newsroom: Newsroom
) -> None:
    shutil.copytree(crawled.folder, newsroom.folder, dirs_exist_ok=True)
    with SITUATIONS[row.wrong](newsroom, module_site) as scene:
        before = contents(newsroom.folder)
        code, said = typed(row.command, scene, newsroom)
        after = contents(newsroom.folder)
    expected = re.escape(row.says.replace("PORT", str(scene.port))).replace("…", ".*")
    assert re.fullmatch(expected, said), said
    assert code == row.code
    if row.changed == "nothing":
        assert after == before


def typed(line: str, scene: Scene, newsroom: Newsroom) -> tuple[int, str]:
    """What a command line says, stdout before stderr, and its exit code."""
    words = shlex.split(line.replace("PORT", str(scene.port)))
    settings = [word for word in words if word.startswith("NEWSWARD_")]
    assert words[len(settings)] == "newsward"
    arguments = words[len(settings) + 1 :]
    if arguments[0] == "crawl":
        # The site is on this machine, and one process is enough for three pages.
        arguments += ["--allow-private"]
        settings.append("NEWSWARD_WORKERS=0")
    process = subprocess.Popen(
        [*scene.prefix, *newsroom.command(*arguments)],
        cwd=newsroom.folder,
        env=newsroom.environment(**dict(setting.split("=") for setting in settings)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if scene.during:
        scene.during(process)
    out, err = process.communicate(timeout=300)
    if "cannot give up being root" in err:
        pytest.skip("root may write anywhere, and cannot be told otherwise here")
    return process.returncode, (out + err).strip()


def test_the_page_and_the_situations_are_the_same() -> None:
    assert {row.wrong for row in rows()} == set(SITUATIONS)


@pytest.mark.parametrize("kib", [slow(100), slow(400), slow(800)])
def test_a_full_disk_loses_nothing_and_the_next_crawl_completes(
    kib: int, news_site: SiteMaker, newsroom: Newsroom
) -> None:
    """100 KiB: the tables do not fit; 400: nor does the log of the feed; 800: some pages do."""
    site = news_site(20)
    newsroom.list_source(site)
    command = [*limited(kib * 1024), *newsroom.command("crawl", "--allow-private")]
    done = subprocess.run(
        command,
        cwd=newsroom.folder,
        env=newsroom.environment(NEWSWARD_WORKERS="0"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert done.stdout.strip() == ""
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("newsward: ")
    assert "Check its space; nothing committed was lost." in line
    for file in ("archive.db", "snapshots.db"):
        assert newsroom.query("PRAGMA integrity_check", file=file) == [("ok",)]
    last = newsroom.crawl(NEWSWARD_WORKERS="0")
    assert last.code == 0, last.stderr
    kept = dict(newsroom.query("SELECT url, body FROM articles"))
    assert {url: body.split("\n\n") for url, body in kept.items()} == {
        site.base + path: texts for path, texts in site.articles.items()
    }
    for file in ("archive.db", "snapshots.db"):
        assert newsroom.query("PRAGMA integrity_check", file=file) == [("ok",)]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["/robots.txt", "/feed.xml", "/news/1", "/news/3"])
def test_an_archive_that_is_locked_in_mid_crawl_ends_it_with_one_line(
    moment: str, news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(12)
    newsroom.list_source(site)
    reply, others = site.routes[moment], []

    def answer(_: dict[str, str]) -> object:
        if not others:
            other = sqlite3.connect(
                newsroom.archive, isolation_level=None, check_same_thread=False, timeout=20
            )
            other.execute("BEGIN IMMEDIATE")
            others.append(other)
        return reply

    site.routes[moment] = answer
    crawled = newsroom.crawl(NEWSWARD_WORKERS="0", NEWSWARD_BUSY_SECONDS="0.3")
    others[0].close()
    assert (crawled.code, crawled.stderr.strip()) == (
        5,
        "newsward: archive.db: locked by another program. Try again when that has finished.",
    )
    site.routes[moment] = reply
    assert newsroom.crawl(NEWSWARD_WORKERS="0").code == 0
    assert newsroom.query("SELECT count(*) FROM articles") == [(12,)]


@pytest.mark.slow
def test_an_archive_in_a_folder_that_cannot_be_written_is_read_all_the_same(
    newsroom: Newsroom, news_site: SiteMaker
) -> None:
    site = news_site(2)
    newsroom.list_source(site)
    newsroom.crawl()
    with unwritable(newsroom, site) as scene:
        command = [*scene.prefix, *newsroom.command("show", "1")]
        done = subprocess.run(
            command,
            cwd=newsroom.folder,
            env=newsroom.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    assert "Where this came from" in done.stdout
