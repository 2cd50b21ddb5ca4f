"""A web of saved or generated pages on loopback that counts what it is asked: `crawl_web.py SPEC`.

SPEC is JSON: `{"sites": {HOST: {PATH: FILE}}}`, FILE being HTML, plain or in gzip. Every host has
`/robots.txt`, a feed of its pages at `/feed.xml`, and its pages, all with an ETag that a
conditional question is answered by; hosts are `HOST.localhost`. Prints its port, then serves.

`/_stats` answers what was asked since the last `/_stats`: how often each kind, bytes of bodies
sent, and for each host the times of its requests (seconds of a steady clock).
"""

import asyncio
import contextlib
import gzip
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from xml.sax.saxutils import escape

FEED = "/feed.xml"


class Web:
    """The pages of all sites in memory, ready to be sent."""

    def __init__(self, sites: dict[str, dict[str, str]]) -> None:
        self.port = 0
        self.sites = sites
        self.bodies: dict[tuple[str, str], bytes] = {}
        self.heads: dict[tuple[str, str], tuple[bytes, bytes, str]] = {}
        files: dict[str, bytes] = {}
        for host, pages in sites.items():
            for path, file in pages.items():
                if file not in files:
                    body = Path(file).read_bytes()
                    files[file] = gzip.decompress(body) if file.endswith(".gz") else body
                self._add(host, path, files[file], "text/html")
        self.forget()

    def open_at(self, port: int) -> None:
        """Write the feeds, which name the port."""
        self.port = port
        for host, pages in self.sites.items():
            items = "".join(
                f"<item><title>Page {number}</title>"
                f"<link>{escape(f'http://{host}.localhost:{port}{path}')}</link></item>"
                for number, path in enumerate(pages)
            )
            feed = f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>"
            self._add(host, FEED, feed.encode(), "application/rss+xml")

    def _add(self, host: str, path: str, body: bytes, content_type: str) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        same = f"ETag: {etag}\r\nContent-Type: {content_type}\r\nContent-Length: "
        self.bodies[host, path] = body
        self.heads[host, path] = (f"{same}{len(body)}".encode(), f"{same}0".encode(), etag)

    def forget(self) -> None:
        """Begin to count anew."""
        self.kinds: Counter[str] = Counter()
        self.bytes = 0
        self.times: dict[str, list[float]] = defaultdict(list)

    def stats(self) -> bytes:
        """What was asked, and begin anew."""
        told = {"kinds": self.kinds, "bytes": self.bytes, "times": self.times}
        answer = json.dumps(told).encode()
        self.forget()
        return answer

    def answer(self, path: str, headers: dict[str, str]) -> tuple[bytes, bytes]:
        """Head, without its last line breaks, and body."""
        if path == "/_stats":
            body = self.stats()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d" % len(body), body
        host = headers.get("host", "").partition(":")[0].removesuffix(".localhost")
        self.times[host].append(time.monotonic())
        if path == "/robots.txt":
            self.kinds["robots"] += 1
            return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 23", _ROBOTS
        found = self.heads.get((host, path))
        if found is None:
            self.kinds["not found"] += 1
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0", b""
        kind = "feed" if path == FEED else "page"
        whole, unchanged, etag = found
        if headers.get("if-none-match") == etag:
            self.kinds[f"{kind} 304"] += 1
            return b"HTTP/1.1 304 Not Modified\r\n" + unchanged, b""
        self.kinds[kind] += 1
        return b"HTTP/1.1 200 OK\r\n" + whole, self.bodies[host, path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                pairs = (line.partition(":") for line in lines if line)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                start, body = self.answer(first.split(" ")[1], headers)
                self.bytes += len(body)
                writer.write(start + b"\r\n\r\n" + body)
                await writer.drain()
        writer.close()


_ROBOTS = b"User-agent: *\nAllow: /\n"


async def main(web: Web) -> None:
    """Serve until the process is ended."""
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, limit=1 << 20, backlog=512)
    web.open_at(server.sockets[0].getsockname()[1])
    sys.stdout.write(f"{web.port}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Web(json.loads(Path(sys.argv[1]).read_text("utf-8"))["sites"])))
