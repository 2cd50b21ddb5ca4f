"""Telling people who are not looking: by mail, chat or webhook, through apprise.

Where to is said by the environment variable NEWSWARD_NOTIFY, one or more addresses as apprise
writes them, separated by white space: `mailto://...`, `json://host/hook`, `slack://...`. They
hold passwords, so they stand in no file that is shared.
"""

import os
from collections.abc import Mapping, Sequence

from archive import extras
from archive.errors import ConfigurationError

VARIABLE = "NEWSWARD_NOTIFY"
# Lines of one message; a mail of hundreds is read by nobody.
MOST_LINES = 50


def addresses(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Where to tell; empty when nobody wants to be told."""
    return tuple((os.environ if environ is None else environ).get(VARIABLE, "").split())


def tell(title: str, lines: Sequence[str], *, to: Sequence[str] | None = None) -> None:
    """Send one message to every address; with no address, do nothing.

    Raises:
        ConfigurationError: apprise is not installed, an address is none that it knows, or a
            message could not be delivered. No address is shown: they hold passwords.
    """
    to = addresses() if to is None else to
    if not to:
        return
    apprise = extras.load("apprise", extra="notify", purpose=f"{VARIABLE} is set, which")
    more = [f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    body = "\n".join([*lines[:MOST_LINES], *more]) or title
    failed = []
    for position, address in enumerate(to, 1):
        kind = address.partition("://")[0] if "://" in address else "?"
        sender = apprise.Apprise()
        if not sender.add(address):
            failed.append(f"address {position} ({kind}) is none that apprise knows")
        elif not sender.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
            failed.append(f"address {position} ({kind}) could not be reached")
    if failed:
        raise ConfigurationError(f"{VARIABLE}: {'; '.join(failed)}. Try it with newsward health.")
