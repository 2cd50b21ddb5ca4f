"""Sending a message: to a mail server, to a webhook, into an Atom file.

Mail servers and webhooks are named by whoever runs the archive, never by a page, and may well
stand in their own network: the address guard of the crawl has no say here, and no redirect is
followed that could lead elsewhere.
"""

import contextlib
import http.client
import os
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.errors import ConfigurationError, NewswardError
from archive.exported import ExportedRecord
from archive.watches.messages import as_feed, as_json, as_mail
from archive.watches.values import Message, Watch, Way
from archive.whole_files import replacing

SERVER, SENDER = "NEWSWARD_SMTP", "NEWSWARD_MAIL_FROM"
# How long a mail server or webhook may be silent, seconds.
TIMEOUT = 30.0
_PORTS = {"smtp": 587, "smtps": 465}
_PUBLIC_PORT_OF_HTTPS = 443


class UndeliveredError(NewswardError):
    """A message could not be sent now; it waits for the next try."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """A mail server that takes our mails: `at_once` when it speaks TLS from the first byte on."""

    host: str
    port: int
    sender: str
    at_once: bool = False
    user: str | None = None
    password: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is this machine, where nobody listens in between."""
        with contextlib.suppress(ValueError):
            return ip_address(self.host).is_loopback
        return self.host == "localhost"


def mail_server(environ: Mapping[str, str] | None = None) -> MailServer:
    """The mail server that the environment names.

    Raises:
        ConfigurationError: it names none, or not so that it can be used.
    """
    told = os.environ if environ is None else environ
    address, sender = told.get(SERVER, "").strip(), told.get(SENDER, "").strip()
    if not address:
        raise ConfigurationError(
            f"{SERVER} is not set: which server takes our mails? Set it to"
            " smtp://USER:PASSWORD@HOST:587 (docs/watches.md)."
        )
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in _PORTS or not host:
        # Not shown: it may hold a password.
        raise ConfigurationError(
            f"{SERVER} is no address of a mail server; write smtp://USER:PASSWORD@HOST:587, or"
            " smtps:// for TLS from the first byte on."
        )
    if "@" not in parseaddr(sender)[1]:
        raise ConfigurationError(
            f"{SENDER} is not a mail address: whom do our mails come from? Set it to one such as"
            " newsward@school.example."
        )
    return MailServer(
        host=host,
        port=port or _PORTS[parts.scheme],
        sender=sender,
        at_once=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
    )


def send(message: Message, entries: Callable[[], Sequence[ExportedRecord]], archive: Path) -> None:
    """Send a message where its watch wants it; `entries` are what stands in its feed.

    Raises:
        UndeliveredError: who should take it does not, or cannot be reached.
        ConfigurationError: what is needed to send is not set, or not right.
        ArchiveUnavailableError: the Atom file cannot be written.
    """
    match message.watch.destination.way:
        case Way.MAIL:
            _mail(message, mail_server())
        case Way.WEBHOOK:
            _post(message)
        case Way.ATOM:
            write_feed(message.watch, entries(), archive, now=message.made_at)


def write_feed(watch: Watch, records: Sequence[ExportedRecord], archive: Path, *, now: str) -> bool:
    """Write the Atom file of a watch, whole or not at all; say whether it is another now.

    Raises:
        ArchiveUnavailableError: it cannot be written.
        ConfigurationError: it would overwrite the archive.
    """
    path = Path(watch.destination.target)
    feed = as_feed(watch, records, now=now).encode()
    with contextlib.suppress(OSError):
        if path.read_bytes() == feed:
            return False
    with replacing(path, archive=archive) as part:
        part.write_bytes(feed)
    return True


def _mail(message: Message, server: MailServer) -> None:
    mail = as_mail(message, sender=server.sender)
    where = f"The mail server {server.host}, port {server.port}"
    with _explained(where), _connected(server) as smtp:
        smtp.send_message(mail)


@contextlib.contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if server.at_once:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        if not server.at_once:
            _encrypt(smtp, server, context)
        if server.user:
            smtp.login(server.user, server.password or "")
        yield smtp
    finally:
        # What was taken is taken: that saying goodbye fails must not send it again.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            smtp.quit()


def _encrypt(smtp: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=context)
        smtp.ehlo()
    elif not server.is_local:
        # Whoever stands between could have taken the offer out: no password, no mail in the open.
        raise UndeliveredError(
            f"The mail server {server.host} offers no STARTTLS on port {server.port}; nothing was"
            f" sent. Set {SERVER} to a port that has it, or smtps://."
        )


def _post(message: Message) -> None:
    place = message.watch.destination
    parts = urlsplit(place.target)
    host = parts.hostname or ""
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host,
            parts.port or _PUBLIC_PORT_OF_HTTPS,
            timeout=TIMEOUT,
            context=ssl.create_default_context(),
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "newsward",
        # So that a receiver who has it already can say so and do nothing.
        "Idempotency-Key": message.token,
    }
    with _explained(f"The webhook {place.in_public}"), contextlib.closing(connection):
        connection.request("POST", path, body=as_json(message), headers=headers)
        status = connection.getresponse().status
    if not http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES:
        raise UndeliveredError(
            f"The webhook {place.in_public} answered with status {status}. Look at what receives"
            " there."
        )


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn what can go wrong on the way into one line, without passwords."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise UndeliveredError(f"{what}: user or password was refused. Check them.") from error
    except smtplib.SMTPRecipientsRefused as error:
        whom = ", ".join(sorted(error.recipients))
        raise UndeliveredError(
            f"{what}: it takes no mail for {whom}. Correct the address of the watch."
        ) from error
    except smtplib.SMTPResponseException as error:
        raise UndeliveredError(
            f"{what}: it answered {error.smtp_code}. Ask whoever runs it."
        ) from error
    except (smtplib.SMTPException, http.client.HTTPException, ssl.CertificateError) as error:
        raise UndeliveredError(f"{what}: {_said(error)}.") from error
    except OSError as error:
        raise UndeliveredError(
            f"{what}: cannot be reached ({_said(error)}). Check that it is right, and up."
        ) from error


def _said(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split()).rstrip(".")
