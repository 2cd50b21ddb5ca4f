"""What a browser is told and asked beside the pages: security headers, and whom we answer."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# The one inline script of Datasette 0.65 that is not the same on each page.
_FACETS = "DATASETTE_ALLOW_FACET = {};"


def content_security_policy(templates: Iterable[Path]) -> str:
    """Allow our own origin, and of inline scripts those that stand in these templates.

    Inline styles stay allowed: Datasette writes some on each page, and they run nothing. Nothing
    can be framed, sent elsewhere or loaded from elsewhere.
    """
    scripts = {
        script
        for template in templates
        for script in _INLINE_SCRIPT.findall(template.read_text(encoding="utf-8"))
        if "{{" not in script
    } | {_FACETS.format(value) for value in ("true", "false")}
    hashes = sorted(_source_hash(script) for script in scripts)
    return "; ".join(
        (
            *("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"),
            *("form-action 'self'", "connect-src 'self'", "img-src 'self' data:"),
            *("font-src 'self'", "style-src 'self' 'unsafe-inline'"),
            f"script-src 'self' {' '.join(hashes)}",
        )
    )


def _source_hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def guarded(app: App, *, policy: str, hosts: Collection[str] | None) -> App:
    """The same application with security headers, answering only to these host names.

    A web page elsewhere can give its own name our loopback address and then read what we answer
    (DNS rebinding); it cannot change the name that the browser asks for. None: any name.
    """
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        # A publisher need not learn that its page was opened from an archive.
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"x-robots-tag", b"noindex"),
    ]

    ours = {name for name, _ in headers}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = [
                    pair for pair in message.get("headers", []) if pair[0].lower() not in ours
                ]
                message["headers"] = [*theirs, *headers]
            await send(message)

        if scope["type"] != "http":
            await app(scope, receive, send)
        elif hosts is not None and _host(scope) not in hosts:
            await _misdirected(with_headers)
        else:
            await app(scope, receive, with_headers)

    return answer


def _host(scope: Scope) -> str:
    """The host name that was asked for, without port, brackets kept."""
    (asked,) = [value for name, value in scope["headers"] if name == b"host"][:1] or [b""]
    return re.sub(r":\d*$", "", asked.decode("latin-1").lower())


async def _misdirected(send: Send) -> None:
    body = b"This archive does not answer to that host name.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body})
