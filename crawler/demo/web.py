"""The server of the demo web: loopback only, virtual hosts under `.localhost`, counted hits."""

import errno
import os
import socketserver
import sys
import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from crawler.demo.pages import site_url
from crawler.demo.sites import SITES, Answer, Pages, pages

LOOPBACK = "127.0.0.1"
PREFERRED_PORT = 8719
_EARLY = Answer(body=b"", status=HTTPStatus.SERVICE_UNAVAILABLE)
_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})


class DemoWeb:
    """The demo web, running from construction until `stop`; a context manager that stops it.

    `port` is the port it got: the one asked for, or a free one when that is taken. `hosts` are
    the names of its sites, without port. `hits` counts requests by host and target, for example
    `harbour-blog.localhost/feed/`. Raises OSError when no loopback port can be had at all.
    """

    def __init__(self, port: int = PREFERRED_PORT) -> None:
        self._server = _bind(port)
        self.port: int = self._server.server_port
        self.hosts: tuple[str, ...] = tuple(f"{site.id}.localhost" for site in SITES)
        self._server.pages = pages(self.port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="demo web", daemon=True
        )
        self._thread.start()

    @property
    def hits(self) -> Counter[str]:
        """How often each host and target was asked for so far: a copy, safe to keep."""
        with self._server.lock:
            return self._server.hits.copy()

    @property
    def pages(self) -> Pages:
        """What it serves, by host and target."""
        return self._server.pages

    def url(self, site: str, path: str = "/") -> str:
        """The address of a path on a site, by the site's id."""
        return site_url(site, path, self.port)

    def stop(self) -> None:
        """Close the port and every open connection. May be called again."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def __enter__(self) -> Self:
        """Give the running web."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    # On Windows this option would let two servers share one port in place of failing.
    allow_reuse_address = os.name != "nt"
    allow_reuse_port = False

    def __init__(self, port: int) -> None:
        self.lock = threading.Lock()
        self.hits: Counter[str] = Counter()
        self.pages = Pages(sites={}, index=_EARLY, missing=_EARLY)
        self._open: set[socket] = set()
        super().__init__((LOOPBACK, port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look up the name of the address, which can take seconds off line.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.socket.getsockname()[1]

    def answer(self, host: str, target: str) -> Answer:
        with self.lock:
            self.hits[host + target] += 1
        return self.pages.find(host, target)

    def opened(self, connection: socket) -> None:
        with self.lock:
            self._open.add(connection)

    def closed(self, connection: socket) -> None:
        with self.lock:
            self._open.discard(connection)

    def hang_up(self) -> None:
        # Kept-alive connections would otherwise be answered after the stop.
        with self.lock:
            for connection in self._open:
                with suppress(OSError):  # The other side may have hung up already.
                    connection.shutdown(SHUT_RDWR)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        # A crawler that is killed breaks its connections: that is no news on a terminal.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "newsward-demo"
    sys_version = ""
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        super().finish()

    def do_GET(self) -> None:
        host, target = self._asked_for()
        answer = self.server.answer(host, target)
        status = HTTPStatus(answer.status)
        if status is HTTPStatus.OK and self._is_current(answer):
            status = HTTPStatus.NOT_MODIFIED
        self.send_response(status)
        self._send_headers(answer, status)
        if self.command != "HEAD" and status is not HTTPStatus.NOT_MODIFIED:
            self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Say nothing: the terminal belongs to the crawl that the demo shows."""

    def _asked_for(self) -> tuple[str, str]:
        # A target may be a whole address: a client does that when it talks through a proxy.
        whole = self.path if self.path.startswith("http://") else ""
        authority = urlsplit(whole).netloc if whole else self.headers.get("Host", "")
        target = self.path.removeprefix(f"http://{authority}") if whole else self.path
        return authority.partition(":")[0].lower().rstrip("."), target or "/"

    def _is_current(self, answer: Answer) -> bool:
        known = self.headers.get("If-None-Match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return bool(tags & {_etag(answer), "*"})
        return _not_newer(answer, self.headers.get("If-Modified-Since"))

    def _send_headers(self, answer: Answer, status: HTTPStatus) -> None:
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.status == HTTPStatus.OK:
            self.send_header("ETag", _etag(answer))
            self.send_header("Last-Modified", _http_date(answer))
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()


def _bind(port: int) -> _Server:
    try:
        return _Server(port)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
    return _Server(0)


def _etag(answer: Answer) -> str:
    return f'"{sha256(answer.body).hexdigest()[:32]}"'


def _http_date(answer: Answer) -> str:
    return format_datetime(answer.modified.astimezone(UTC), usegmt=True)


def _not_newer(answer: Answer, since: str | None) -> bool:
    try:
        return since is not None and answer.modified <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # No date, or one without a zone: send the page.
        return False
