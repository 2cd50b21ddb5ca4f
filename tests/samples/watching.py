"""An archive with watches, and what a mail server and a webhook were handed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from click.testing import CliRunner, Result

from archive.records import Article, DiscoveredLink, FoundAs, LinkKind
from crawler.cli import newsward

TEXT = "An invented text. " * 40
FEED = "http://blog.test/feed"


@dataclass
class Inbox:
    """What a mail server was handed; with `refuse`, what it answers instead of taking it."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: str | None = None
    was_encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        self.was_encrypted.append(session.ssl is not None)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


def authenticate(*arguments: object) -> AuthResult:
    given = arguments[-1]
    is_known = given == LoginPassword(b"crawl", b"p@ss/word")
    return AuthResult(success=is_known, handled=False)


@dataclass
class Desk:
    """An archive, a way to bring articles into it, and the command."""

    path: Path
    writer: Any
    article: Callable[..., Article]
    day: int = 23
    found: int = 0

    def bring(self, *titles: str, text: str = TEXT, **more: object) -> list[int]:
        """A crawl that finds and keeps articles with these titles."""
        now = f"2026-11-{self.day}T06:00:00Z"
        self.day += 1
        self.writer.next_run(now=now)
        first = self.found
        self.found += len(titles)
        links = [
            DiscoveredLink(
                url=f"http://blog.test/new-{first + number}",
                kind=LinkKind.ARTICLE,
                found_in=FEED,
                found_as=FoundAs.FEED_ENTRY,
                position=number + 1,
            )
            for number in range(len(titles))
        ]
        self.writer.discover(FEED, links, now=now)
        self.writer.next_run(now=now)
        return list(
            self.writer.fetch(
                [
                    (link.url, self.article(title, text, **more))
                    for link, title in zip(links, titles, strict=True)
                ],
                now=now,
            )
        )

    def run(self, *arguments: str) -> Result:
        given = ["watch", *arguments, "--archive", str(self.path)]
        return CliRunner().invoke(newsward, given, catch_exceptions=False)

    def add(self, name: str, query: str, to: str, *more: str) -> Result:
        done = self.run("add", name, query, "--to", to, *more)
        assert done.exit_code == 0, done.output
        return done

    def list(self) -> list[dict[str, Any]]:
        return list(json.loads(self.run("list", "--json").stdout))
