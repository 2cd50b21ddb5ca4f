"""The crawl of hostile feeds, sitemaps, listings and pages into an archive, and what it kept."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from cases_articles import PAGES
from cases_lists import LINK, LISTS, SITEMAPS, rss, urlset
from cases_pages import story
from hostile_case import Case
from hostile_crawl import targets
from hostile_web import Exchange, HostileWeb, Route, listening, serving

CHILD = Path(__file__).with_name("news_child.py")
GOOD = 8
# How addresses that are not public stand in each kind of document.
WAYS = {
    "feed": (rss, b"<item><title>a</title><link>%s</link></item>", "application/rss+xml"),
    "sitemap": (urlset, b"<url><loc>%s</loc></url>", "application/xml"),
    "index": (lambda rows: SITEMAPS % rows, b"<sitemap><loc>%s</loc></sitemap>", "application/xml"),
    "listing": (bytes, LINK.replace(b"number %d", b"more"), "text/html"),
}


def answers(body: bytes, content_type: str) -> Route:
    def send(exchange: Exchange) -> None:
        exchange.answer("200 OK", f"Content-Type: {content_type}", body=body)

    return send


def source(web: HostileWeb, name: str, kind: str) -> str:
    return (
        f'[[source]]\nid = "{name}"\nname = "Invented"\nhomepage = "{web.url(name)}home"\n'
        f'kind = "news"\nscope = "all"\ndelay = 0.0\n'
        f'[[source.discovery]]\nkind = "{kind}"\nurl = "{web.url(name + "/")}"\n'
    )


def build(web: HostileWeb, pages: Iterable[Case], forbidden_port: int) -> str:
    """Every site of the crawl, and the list of sources that names them."""
    web.forbidden_port = forbidden_port
    listed = []
    paths = []
    for number, each in enumerate(pages):
        web.routes[f"pages/{each.name}"] = each.make()
        paths.append(each.name)
        if number % (len(PAGES) // GOOD) == 0:
            paths.append(f"good-{number}")
            title = f"Invented good page number {number} about phones"
            web.routes[f"pages/good-{number}"] = answers(
                story(title=title).replace(b"invented story", b"story %d" % number), "text/html"
            )
    to_us = f"Location: http://127.0.0.1:{forbidden_port}/tdmrep"
    web.routes["pages/.well-known/tdmrep.json"] = lambda it: it.answer("302 Found", to_us)
    links = "".join(f"<item><link>{web.url('pages/' + path)}</link></item>" for path in paths)
    web.routes["pages/"] = answers(rss(links.encode()), "application/rss+xml")
    listed.append(source(web, "pages", "feed"))
    return "\n".join(listed)


def build_lists(web: HostileWeb) -> str:
    listed = []
    for each in LISTS:
        web.routes[f"{each.name}/*"] = each.make()
        listed.append(source(web, each.name, each.kind))
    rows = [url.encode() for url in targets(web.forbidden_port).values()]
    for way, (document, row, content_type) in WAYS.items():
        body = document(b"".join(row % url.replace(b"&", b"&amp;") for url in rows))
        name, kind, more = f"private-{way}", "sitemap" if way == "index" else way, ""
        if way == "listing":
            body += b"<a rel=next href='%s'>Next</a>" % rows[0]
            more = 'next_page = "rel"\npages = 3\n'
        web.routes[f"{name}/*"] = answers(body, content_type)
        listed.append(source(web, name, kind) + more)
    return "\n".join(listed)


def crawl(folder: Path, sources: str, **settings: object) -> dict[str, Any]:
    """Crawl the sources into an archive in a folder, in a process of its own."""
    (folder / "sources.toml").write_text(sources, "utf-8")
    plan = folder / "settings.json"
    told = {
        "NEWSWARD_ARCHIVE": str(folder / "archive.db"),
        "NEWSWARD_SOURCES": str(folder / "sources.toml"),
        "NEWSWARD_WORKERS": 2,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": 300,
        **settings,
    }
    plan.write_text(json.dumps(told), "utf-8")
    clean = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    done = subprocess.run(
        [sys.executable, CHILD, plan],
        env=clean,
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "log": done.stderr}


def query(archive: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(archive)) as connection:
        return connection.execute(sql, values).fetchall()


def crawl_news(folder: Path) -> dict[str, Any]:
    """Crawl all of it, and note how each fetch ended, by site and path."""
    with serving() as web, listening() as forbidden:
        sources = build(web, PAGES, forbidden.port) + build_lists(web)
        hosts = ["pages", *(each.name for each in LISTS), *(f"private-{way}" for way in WAYS)]
        done = crawl(
            folder,
            sources,
            NEWSWARD_PRIVATE_HOSTS=[f"{host}.localhost" for host in hosts],
            NEWSWARD_PAGE_SECONDS=300,
        )
        rows = query(folder / "archive.db", "SELECT url, ending, detail FROM fetches")
        tail = f".localhost:{web.port}"
        return {
            **done,
            "fetches": [
                [url.removeprefix("http://").replace(tail, ""), ending, detail or ""]
                for url, ending, detail in rows
            ],
            "asked": [[host, path] for host, path, _ in web.asked],
            "connections": forbidden.connections,
            "archive": str(folder / "archive.db"),
            "port": web.port,
        }
