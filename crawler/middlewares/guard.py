"""The guard: no request leaves, page, redirect or robots.txt, that its source does not allow."""

import logging
import os
import re
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urlsplit

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError

from archive.endings import Ending
from crawler.middlewares.robots import is_robots_request
from crawler.network import (
    AddressPolicy,
    PublicOnlyResolver,
    Refused,
    address_of,
    is_public,
    plain_host,
    policy_of,
)
from crawler.urls import site_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request

logger = logging.getLogger(__name__)

_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?")
# The last label of a host name that every reader of addresses takes for part of an IPv4 address
# (WHATWG URL standard, "ends in a number"), whether or not it can read the rest.
_ENDS_IN_NUMBER = re.compile(r"(^|\.)([0-9]+|0x[0-9a-f]*)$")
_NOT_ON_THE_WEB = (".onion", ".i2p")


def refusal(
    url: str, *, listed_hosts: frozenset[str] | None, policy: AddressPolicy
) -> Refused | None:
    """Why this address must not be asked for, None when it may be.

    `listed_hosts` are the registered domains that the source may use; None skips that rule
    (robots.txt may redirect anywhere public). Names are judged here by how they are written
    only: what they resolve to is judged by the resolver, when it connects.
    """
    try:
        parts = urlsplit(url)
        host = plain_host(parts.hostname or "")
        parts.port  # noqa: B018 - reading it is the check: it raises for what is no port
    except ValueError:
        return Refused(Ending.REFUSED_ADDRESS, "not a web address")
    reason = _wrong_form(parts, host) or _wrong_host(host, policy)
    if reason:
        return Refused(Ending.REFUSED_ADDRESS, reason)
    if listed_hosts is not None and site_of(host) not in listed_hosts:
        return Refused(Ending.UNLISTED_HOST, f"{host} is not a host of the source")
    return None


def _wrong_form(parts: SplitResult, host: str) -> str | None:
    if parts.scheme not in {"http", "https"}:
        return f"{parts.scheme or 'no scheme'}: only http and https are fetched"
    if "@" in parts.netloc:
        return "the address carries a user name"
    if address_of(host) is None and not _HOST.fullmatch(host):
        return "the address names no host"
    return None


def _wrong_host(host: str, policy: AddressPolicy) -> str | None:
    number = address_of(host)
    if host in policy.proxies:
        return f"{host} is our proxy, not a publisher"
    if policy.may_be_private(host):
        return None
    if number is not None and not is_public(str(number)):
        return f"{host} is {number}, which is not a public address"
    if number is None and _ENDS_IN_NUMBER.search(host):
        return f"{host} is neither a name nor an address"
    if host.endswith(_NOT_ON_THE_WEB):
        return f"{host} is not on the public web"
    return None


class GuardMiddleware:
    """Refuses requests by their address before anything is sent, and names refused look-ups.

    Stands before robots.txt is asked for. A request without `listed_hosts` in its meta is refused
    unless it is one for robots.txt: who forgets to say what a source may use, fetches nothing.
    """

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the settings and the environment's proxies."""
        guard = cls(policy_of(crawler.settings, os.environ))
        crawler.signals.connect(guard.spider_opened, signal=signals.spider_opened)
        return guard

    def spider_opened(self) -> None:
        """Say once what the guard cannot see."""
        if self._policy.proxies:
            logger.warning(
                "Fetching through the proxy %s: host names are resolved there, so keeping the "
                "crawl away from private addresses rests with the proxy.",
                ", ".join(sorted(self._policy.proxies)),
            )

    def process_request(self, request: "Request") -> None:
        """Raise `Refused` when this request must not be sent."""
        listed_hosts = request.meta.get("listed_hosts")
        if is_robots_request(request):
            listed_hosts = None
        elif listed_hosts is None:
            raise Refused(Ending.UNLISTED_HOST, "the request names no source")
        if refused := refusal(request.url, listed_hosts=listed_hosts, policy=self._policy):
            raise refused
        if _resolver() is None:
            raise Refused(Ending.INTERNAL, "the address guard is not installed as the resolver")

    def process_exception(self, request: "Request", exception: Exception) -> None:
        """Tell a host that the resolver refused from one that it could not find."""
        resolver = _resolver()
        if not isinstance(exception, CannotResolveHostError) or resolver is None:
            return
        reason = resolver.refusal(urlsplit(request.url).hostname or "")
        if reason is not None:
            raise Refused(Ending.REFUSED_ADDRESS, reason) from exception


def _resolver() -> PublicOnlyResolver | None:
    from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier installs another

    resolver = getattr(reactor, "nameResolver", None)
    return resolver if isinstance(resolver, PublicOnlyResolver) else None
