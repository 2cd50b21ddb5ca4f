"""A site on loopback, and scouting it over real HTTP without Scrapy: quick, and once a test."""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urljoin, urlsplit

from protego import Protego

from archive.endings import Ending
from archive.records import Capture, Claim, Fetch, LinkKind, Redirect
from crawler.scouting.asking import Robots
from crawler.urls import host_of, site_of

MOVED = {301, 302, 307, 308}


@dataclass
class Route:
    """What a path answers."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """A site whose pages are a dictionary; counts what it is asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.hits: Counter[str] = Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.hits[self.path] += 1
                route = site.routes.get(self.path, Route(b"<h1>Not here</h1>", status=404))
                self.send_response(route.status)
                self.send_header("Content-Type", route.content_type)
                for name, value in route.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(route.body)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def page(self, path: str, html: str, **headers: str) -> None:
        self.routes[path] = Route(html.encode(), headers=headers)

    def xml(self, path: str, text: str) -> None:
        self.routes[path] = Route(text.encode(), "application/xml")

    def feed(self, path: str, links: list[str], date: str = "Fri, 20 Nov 2026 09:00 GMT") -> None:
        items = "".join(
            f"<item><title>Invented entry {n}</title><link>{urljoin(self.base, link)}</link>"
            f"<pubDate>{date}</pubDate></item>"
            for n, link in enumerate(links)
        )
        self.xml(path, f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>')

    def article(self, number: int, meta: str = "", **headers: str) -> str:
        """An invented article; its path."""
        path = f"/news/story-{number}"
        text = "".join(
            f"<p>In invented case {number}-{n} the school asked {n + 3} families what they think"
            f" of setting number {n * 7} on the phones of their {n + 2} children, and wrote it"
            " down for the next meeting of its council.</p>"
            for n in range(8)
        )
        title = f"Invented story number {number} about phones"
        self.page(
            path,
            f"<html lang='en'><head><title>{title}</title>{meta}</head><body><article>"
            f"<h1>{title}</h1><time datetime='2026-11-20'>20 November 2026</time>{text}"
            "</article></body></html>",
            **headers,
        )
        return path

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class PlainAsker:
    """Asks over plain HTTP. The crawl's own client is tested in tests/crawl."""

    def __init__(self) -> None:
        self._robots: dict[str, Protego] = {}

    def robots(self, url: str) -> Robots | None:
        rules = self._robots.get(urlsplit(url).netloc)
        if rules is None:
            return None
        return Robots(sitemaps=tuple(rules.sitemaps), crawl_delay=rules.crawl_delay("newsward"))

    async def ask(self, url: str, kind: LinkKind, sites: frozenset[str]) -> Capture:
        return await asyncio.to_thread(self._ask, url, kind, sites)

    def _ask(self, url: str, kind: LinkKind, sites: frozenset[str]) -> Capture:
        assert site_of(host_of(url)) in sites
        host = urlsplit(url).netloc
        claim = Claim(
            frontier_id=0,
            source_id=0,
            source="",
            url=url,
            kind=kind,
            depth=0,
            tries=0,
            found_at="",
        )
        try:
            if host not in self._robots:
                status, _, body = self._get(f"http://{host}/robots.txt")
                self._robots[host] = Protego.parse(body.decode() if status == 200 else "")
            if not self._robots[host].can_fetch(url, "newsward"):
                return self._ended(claim, Ending.ROBOTS_DISALLOWED)
            return self._followed(claim)
        except OSError:
            return self._ended(claim, Ending.CONNECTION)

    def _followed(self, claim: Claim) -> Capture:
        url, hops = claim.url, []
        status, headers, body = self._get(url)
        while status in MOVED:
            hops.append(Redirect(url=url, status=status))
            url = urljoin(url, headers["location"])
            status, headers, body = self._get(url)
        fetch = Fetch(
            url=claim.url,
            final_url=url,
            fetched_at="",
            status=status,
            redirects=tuple(hops),
            headers=tuple(headers.items()),
        )
        return Capture(claim=claim, fetch=fetch, body=body)

    def _ended(self, claim: Claim, ending: Ending) -> Capture:
        fetch = Fetch(url=claim.url, final_url=claim.url, fetched_at="", status=None, ending=ending)
        return Capture(claim=claim, fetch=fetch)

    def _get(self, url: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body
