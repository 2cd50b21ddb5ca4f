"""A real web hook on loopback that remembers what was posted to it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """What was posted to a web hook, and the status with which it answers."""

    port: int = 0
    status: int = 200
    posted: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=secret"

    @property
    def for_apprise(self) -> str:
        """The address as apprise writes it."""
        return f"json://127.0.0.1:{self.port}/hook"


@contextlib.contextmanager
def web_hook() -> Iterator[Hook]:
    told = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.posted.append({"path": self.path, **body})
            told.headers.append(dict(self.headers))
            self.send_response(told.status)
            if told.status in range(300, 400):
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        told.port = server.server_port
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
