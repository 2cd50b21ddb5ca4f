"""A watch, its destination, and what it sends: values, and what a person may write for them."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import ConfigurationError
from archive.exported import ExportedRecord

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
# A mail address as mail programs write it, without its name; quoted local parts are not taken.
_MAILBOX = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")


class Way(StrEnum):
    """How what is new reaches someone."""

    MAIL = "mail"
    ATOM = "atom"
    WEBHOOK = "webhook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where to: `target` is a mail address, a path, or a URL."""

    way: Way
    target: str

    def __str__(self) -> str:
        """As it is typed and kept."""
        return f"{self.way}:{self.target}"

    @property
    def in_public(self) -> str:
        """The same without what is secret: the path of a webhook often is its password."""
        if self.way is not Way.WEBHOOK:
            return str(self)
        parts = urlsplit(self.target)
        port = f":{parts.port}" if parts.port else ""
        return f"{self.way}:{parts.scheme}://{parts.hostname or '?'}{port}/…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """A saved search: `every` is as `archive.watches.timing` reads it, times are ISO 8601 UTC.

    `behind_record` is the number of the newest record that was there before the watch.
    `failures` counts sendings in a row that failed, `failure` says in words why the last one did;
    `waiting` are messages that were decided and are not sent yet, `sent` the records that were.
    """

    id: int
    name: str
    query: str
    every: str
    destination: Destination
    behind_record: int
    added_at: str
    due_at: str
    failures: int = 0
    failure: str | None = None
    waiting: int = 0
    sent: int = 0
    last_sent_at: str | None = None

    def is_at_hand(self, now: str) -> bool:
        """Whether a round has something to do with it: it is due, or something waits."""
        return self.due_at <= now or self.waiting > 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What goes out at once: `token` names it, the same at every try."""

    watch: Watch
    token: str
    made_at: str
    records: tuple[ExportedRecord, ...]


def watch_name(text: str) -> str:
    """The name of a watch, when it is one.

    Raises:
        ConfigurationError: it is none.
    """
    if not _NAME.fullmatch(text):
        raise ConfigurationError(
            f"{text!r} is no name for a watch: write letters, digits and - _ . without spaces, at"
            " most 60, such as deepfakes."
        )
    return text


def destination(text: str, name: str, archive: Path) -> Destination:
    """Where to send, as a person types it; `atom` alone is a file beside the archive.

    Raises:
        ConfigurationError: it is no such place.
    """
    way, _, target = text.partition(":")
    target = target.strip()
    if way == Way.MAIL:
        return Destination(way=Way.MAIL, target=_mailbox(target, text))
    if way == Way.WEBHOOK:
        return Destination(way=Way.WEBHOOK, target=_address(target, text))
    if way == Way.ATOM:
        path = Path(target) if target else archive.with_name(f"{name}.atom")
        # A timer starts crawls in another folder than the person is in now.
        return Destination(way=Way.ATOM, target=str(path.expanduser().absolute()))
    raise ConfigurationError(
        f"--to {text}: write mail:someone@school.example, atom:FILE or webhook:https://..."
    )


def _mailbox(target: str, text: str) -> str:
    # One alone: of a mail that a server takes for the first and not for the second address, nobody
    # could say whether to send it again.
    if not _MAILBOX.fullmatch(target) or parseaddr(target)[1] != target or not target.isascii():
        raise ConfigurationError(
            f"--to {text}: write one mail address, such as mail:someone@school.example; for"
            " several people, add several watches or name a mailing list."
        )
    return target


def _address(target: str, text: str) -> str:
    try:
        parts = urlsplit(target)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or not re.fullmatch(r"[!-~]+", target):
        raise ConfigurationError(
            f"--to {text}: not a web address; write webhook:https://host/path."
        )
    return target
