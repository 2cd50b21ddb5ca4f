"""The hostile web, and crawls of it in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hostile_crawl import crawl_all, ending_of
from hostile_web import Forbidden, HostileWeb, listening, serving

CHILD = Path(__file__).with_name("child.py")
# Seconds for a crawl of all of it, which takes 5 on an idle machine: no machine is so busy. Less
# than the limit of the tests, so that they can say what the crawl said.
LIMIT = 550


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first waits for the crawl that they all look at."""
    for item in items:
        if item.path.parent == CHILD.parent:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="module")
def web() -> Iterator[HostileWeb]:
    with serving() as hostile:
        yield hostile


@pytest.fixture(scope="module")
def forbidden() -> Iterator[Forbidden]:
    with listening() as target:
        yield target


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """How a crawl in a process of its own went."""

    results: list[dict[str, Any]]
    peak_mib: float
    log: str

    def of(self, url: str) -> dict[str, Any]:
        """The one result of an address that was asked for."""
        found = [result for result in self.results if result["url"] == url]
        assert len(found) == 1, (url, found)
        return found[0]


def crawl_in_a_child(
    folder: Path,
    requests: list[dict[str, Any]],
    *,
    open_to: list[str],
    settings: dict[str, Any] | None = None,
    environ: dict[str, str] | None = None,
    listed: Sequence[str] = (),
    names: dict[str, list[list[str]]] | None = None,
    seconds: dict[str, float] | None = None,
    plays_public: Sequence[str] = (),
) -> Crawled:
    """Crawl with our own settings; `open_to` are the private hosts allowed.

    `names` are what a name server says of a host, `seconds` how long a host may take;
    `plays_public` are addresses of this machine that stand for public ones.
    """
    plan = folder / "plan.json"
    hosts = {*open_to, *listed, "127.0.0.1", "localhost", "admin.localhost"}
    plan.write_text(
        json.dumps(
            {
                "requests": requests,
                "listed_hosts": sorted(hosts),
                "names": names or {},
                "seconds": seconds or {},
                "plays_public": list(plays_public),
                "settings": {
                    "NEWSWARD_PRIVATE_HOSTS": open_to,
                    "DOWNLOAD_DELAY": 0,
                    **(settings or {}),
                },
            }
        )
    )
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [sys.executable, "-W", "error", CHILD, plan],
        env=clean | (environ or {}),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Crawled(log=done.stderr, **json.loads(done.stdout))


Crawl = Callable[..., Crawled]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """Crawl in a child process."""

    def run(requests: list[dict[str, Any]], **more: Any) -> Crawled:  # noqa: ANN401 - as above
        return crawl_in_a_child(tmp_path_factory.mktemp("crawl"), requests, **more)

    return run


Once = Callable[[str, Callable[[Path], dict[str, Any]]], dict[str, Any]]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Do something long once for all tests, in however many processes they run.

    What is done gets an empty folder and returns what JSON can hold.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def do(name: str, work: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        folder = root / f"once-{name}"
        with FileLock(root / f"once-{name}.lock"):
            done = folder / "done.json"
            if not done.exists():
                folder.mkdir(exist_ok=True)
                done.write_text(json.dumps(work(folder)), "utf-8")
            found: dict[str, Any] = json.loads(done.read_text("utf-8"))
        return found

    return do


@dataclass(frozen=True, kw_only=True, repr=False)
class HostileRun:
    """What the crawl of all hostile sites showed; `results` by the label of each request."""

    results: dict[str, dict[str, Any]]
    asked: list[list[str]]
    headers: dict[str, dict[str, str]]
    sent: dict[str, int]
    connections: list[str]
    peak_mib: float
    log: str
    port: int

    def ending(self, label: str) -> str:
        """How a request ended."""
        return ending_of(self.results[label])

    def paths_asked(self, host: str) -> list[str]:
        """What was asked of a host, in order."""
        return [path for name, path in self.asked if name == host]


@pytest.fixture(scope="session")
def hostile_run(once: Once) -> HostileRun:
    return HostileRun(**once("hostile-web", lambda folder: crawl_all(crawl_in_a_child, folder)))
