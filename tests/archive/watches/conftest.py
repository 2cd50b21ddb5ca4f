"""A real mail server and a real webhook on loopback, and an archive whose watches use them."""

import contextlib
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mail_server import mail_server
from watching import Desk, Inbox
from web_hook import Hook, web_hook

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
    with web_hook() as opened:
        yield opened


@pytest.fixture
def desk(
    tmp_path: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> Iterator[Desk]:
    writer = make_writer(tmp_path / "archive.db")
    yield Desk(path=tmp_path / "archive.db", writer=writer, article=make_article)
    with contextlib.suppress(sqlite3.ProgrammingError):  # a test may have closed it
        writer.close()
