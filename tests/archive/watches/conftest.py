"""A real mail server and a real webhook on loopback, and an archive whose watches use them."""

import contextlib
import json
import sqlite3
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mail_server import mail_server
from watching import Desk, Hook, Inbox

from archive.records import Article


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Start a mail server that hands what it takes to an inbox; give its port."""
    with contextlib.ExitStack() as running:

        def start(inbox: Inbox, *, context: ssl.SSLContext | None = None, **more: object) -> int:
            return running.enter_context(mail_server(inbox, tls_context=context, **more))

        yield start


@pytest.fixture
def inbox(serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """The inbox of a mail server that the settings name."""
    box = Inbox()
    monkeypatch.setenv("NEWSWARD_SMTP", f"smtp://127.0.0.1:{serve(box)}")
    monkeypatch.setenv("NEWSWARD_MAIL_FROM", "Newsward <newsward@school.example>")
    return box


@pytest.fixture
def hook() -> Iterator[Hook]:
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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook?key=secret"
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(
    tmp_path: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> Iterator[Desk]:
    writer = make_writer(tmp_path / "archive.db")
    yield Desk(path=tmp_path / "archive.db", writer=writer, article=make_article)
    with contextlib.suppress(sqlite3.ProgrammingError):  # a test may have closed it
        writer.close()
