"""A news site on loopback that counts what it is asked, and real crawls of it in processes."""

import contextlib
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

import pytest

WORDS = """
pupils teachers parents school platform report setting account message screen weekend
survey study lesson council charity helpline phone game profile privacy advice support
friend classroom evening button question answer result number change plan group week term
""".split()


# Seconds for one command, which takes one or two on an idle machine: no machine is so busy. Less
# than the limit of a test, so that it can say which command hangs.
PATIENCE = 500


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole crawls, several in a test, may take as long as a busy machine needs."""
    for item in items:
        is_ours = item.path.parent == Path(__file__).parent
        if is_ours and item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))


@dataclass
class Reply:
    """What the site answers to one path."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def sentences(seed: int, count: int = 12) -> list[str]:
    """Sentences that no other seed has; the field's words in no order, and said to be invented."""
    rng = random.Random(seed)
    made = [
        f"In invented case {seed}-{n} the {' '.join(rng.choices(WORDS, k=14))} were counted."
        for n in range(count)
    ]
    return [*made, f"Text {seed} is invented for a test of newsward."]


class NewsSite:
    """A site of `count` invented articles with a feed; routes can be added and changed.

    `raw` are routes that write their whole answer themselves, head and body.
    """

    def __init__(self, count: int = 12, host: str = "127.0.0.1") -> None:
        self.hits: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.agents: set[str] = set()
        self.lock = threading.Lock()
        self.routes: dict[str, Reply | Callable[[dict[str, str]], Reply]] = {}
        self.raw: dict[str, Callable[[BinaryIO], object]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://{host}:{self.server.server_port}"
        self.routes["/robots.txt"] = Reply(b"User-agent: *\nAllow: /\n", "text/plain")
        self.articles: dict[str, list[str]] = {}
        for number in range(1, count + 1):
            self.add_article(number)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def add_article(self, number: int, extra: str = "") -> str:
        """Add or replace an article and the feed that names it."""
        texts = [*sentences(number), *([extra] if extra else [])]
        return self.add_page(f"/news/{number}", f"Invented story number {number}", texts)

    def add_page(self, path: str, title: str, texts: Sequence[str]) -> str:
        """Add or replace an article of one's own words."""
        self.articles[path] = list(texts)
        self.routes[path] = Reply(article_page(title, texts))
        self.routes["/feed.xml"] = Reply(self.feed(), "application/rss+xml")
        return path

    def feed(self, paths: Sequence[str] | None = None) -> bytes:
        """An RSS feed of the articles, or of the paths given."""
        entries = "".join(
            f"<item><title>Entry {path}</title><link>{self.base}{path}</link></item>"
            for path in (self.articles if paths is None else paths)
        )
        head = f"<title>Invented</title><link>{self.base}/</link><description>d</description>"
        return f'<rss version="2.0"><channel>{head}{entries}</channel></rss>'.encode()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Count, and answer; conditionally when asked so."""
        path = handler.path
        with self.lock:
            self.hits[path] += 1
            self.agents.add(handler.headers.get("User-Agent", ""))
        if path in self.raw:
            handler.close_connection = True
            # The crawler hangs up in the middle: that is what these answers are for.
            with contextlib.suppress(OSError):
                self.raw[path](handler.wfile)
            return
        route = self.routes.get(path, Reply(b"<h1>Not here</h1>", status=404))
        reply = route(dict(handler.headers)) if callable(route) else route
        etag = f'"{hashlib.sha1(reply.body, usedforsecurity=False).hexdigest()}"'
        same = reply.status == 200 and handler.headers.get("If-None-Match") == etag
        body = b"" if same else reply.body
        with self.lock:  # before it is sent: whoever got it may be looked at at once
            self.sent["304" if same else str(reply.status)] += 1
        handler.send_response(304 if same else reply.status)
        named = {"Content-Type": reply.content_type, "ETag": etag} | reply.headers
        for name, value in {**named, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def stop(self) -> None:
        """Close the port."""
        self.server.shutdown()
        self.server.server_close()


def article_page(title: str, texts: Sequence[str]) -> bytes:
    """A page as news sites make them, with the furniture that must go."""
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f"<!doctype html><html lang='en'><head><title>{title} | Invented Times</title>"
        f"<meta property='og:title' content='{title}'>"
        "<meta property='article:published_time' content='2026-11-20T09:00:00+00:00'></head>"
        "<body><nav><ul><li><a href='/'>Home</a></li></ul></nav><main><article>"
        f"<h1>{title}</h1>{paragraphs}<p>Sign up to our newsletter to get more of this.</p>"
        "</article></main><footer><p>Invented for tests.</p></footer></body></html>"
    ).encode()


SiteMaker = Callable[..., NewsSite]


@pytest.fixture
def news_site() -> Iterator[Callable[..., NewsSite]]:
    sites: list[NewsSite] = []

    def make(count: int = 12, host: str = "127.0.0.1") -> NewsSite:
        sites.append(NewsSite(count, host))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.fixture(scope="module")
def module_site() -> Iterator[NewsSite]:
    """A site of three articles for all tests of a module."""
    site = NewsSite(3)
    yield site
    site.stop()


@dataclass
class Crawled:
    """How a crawl in a child process ended."""

    code: int
    summary: dict[str, Any]
    stderr: str


@dataclass
class Newsroom:
    """A folder with sources.toml and archive.db, and the `newsward` command run in it."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    def list_source(self, site: NewsSite, source: str = "invented", more: str = "") -> None:
        """Append a source with the feed of a site."""
        with (self.folder / "sources.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'[[source]]\nid = "{source}"\nname = "Invented"\nhomepage = "{site.base}/"\n'
                f'kind = "news"\nscope = "all"\ndelay = 0.0\n{more}'
                f'[[source.discovery]]\nkind = "feed"\nurl = "{site.base}/feed.xml"\n'
            )

    def environment(self, **more: str) -> dict[str, str]:
        """Only what the command needs; no proxy and no setting of this machine's owner."""
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
        return kept | {"PYTHONWARNINGS": "default"} | more

    def command(self, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).with_name("newsward")), *arguments]

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start `newsward crawl` and do not wait for it."""
        return subprocess.Popen(
            self.command("crawl", "--allow-private", "--json", *arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def crawl(self, *arguments: str, **environment: str) -> Crawled:
        """Run `newsward crawl` to its end."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=PATIENCE)
        return Crawled(process.returncode, json.loads(out) if out.startswith("{") else {}, err)

    def scrapy(self, **settings: object) -> subprocess.CompletedProcess[str]:
        """Run plain `scrapy crawl listed` to its end, with these settings."""
        named = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        return subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "listed", *named],
            cwd=self.folder,
            env=self.environment(SCRAPY_SETTINGS_MODULE="crawler.settings"),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run any other command."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def query(self, sql: str, *values: object, file: str = "archive.db") -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.folder / file)
        rows = connection.execute(sql, values).fetchall()
        connection.commit()
        connection.close()
        return rows


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


@pytest.fixture(scope="session")
def new_room() -> Callable[[Path], Newsroom]:
    return Newsroom
