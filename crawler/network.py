"""The address guard: which addresses may be connected to, and the resolver that sees to it.

A page, feed, sitemap or redirect can name any host, and a host name can resolve to any address.
The resolver is the guard proper: Twisted asks it for every connection, literal addresses
included, at the moment of connecting, so that an answer which changes between two look-ups
changes nothing. `middlewares/guard.py` only says the same earlier and in plainer words.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

from OpenSSL.SSL import Error as TLSError
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.datatypes import LocalCache
from service_identity import VerificationError
from twisted.internet import address, interfaces
from zope.interface import implementer  # type: ignore[import-untyped] # it ships no types

from archive.endings import Ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

LOOPBACK = "127.0.0.1"

# IANA IPv4 Special-Purpose Address Registry, the entries that are not globally reachable, with
# multicast (224/4). `ipaddress.is_global` follows an older copy in some of the Pythons we support.
_NOT_PUBLIC_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # A public number that answers inside a cloud only: the virtual host service of Azure.
        "168.63.129.16/32",
    )
)
# IANA has given out global unicast addresses from this block and no other.
_GLOBAL_V6 = IPv6Network("2000::/3")
# IANA IPv6 Special-Purpose Address Registry, what of it lies in that block: protocol assignments
# (Teredo, benchmarking, ORCHID among them), documentation, and 6to4, which is given up (RFC 7526).
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# Blocks whose addresses stand for the IPv4 address in their last 32 bits: IPv4-mapped (RFC 4291)
# and NAT64 (RFC 6052).
_CARRIERS = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
# Interface identifiers of ISATAP (RFC 5214): the next 32 bits are an IPv4 address.
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


class Refused(IgnoreRequest):
    """An exchange that we ended ourselves: its ending, one line of detail, the answer if any.

    The answer loses its body: for an ending its status and headers are enough, and what a failure
    has passed on its way is held until Python looks for garbage.
    """

    def __init__(self, ending: Ending, detail: str, response: "Response | None" = None) -> None:
        super().__init__(f"{ending.value}: {detail}")
        self.ending = ending
        self.detail = detail
        self.response = response
        if response is not None:
            response._set_body(b"")  # noqa: SLF001 - a copy would leave the body where it is held


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet; False for what is no IP address.

    An address that carries an IPv4 address (IPv4-mapped, NAT64, ISATAP) is judged by that one too.
    IPv6 is decided from the allowed side: only the block from which IANA gives out global
    addresses counts, so loopback, link-local, site-local, unique-local, multicast,
    IPv4-compatible and local NAT64 (64:ff9b:1::/48) addresses all fall out of it.
    """
    try:
        number = ip_address(text)
    except ValueError:
        return False
    if isinstance(number, IPv4Address):
        return not any(number in block for block in _NOT_PUBLIC_V4)
    if number.scope_id is not None:
        return False
    last = IPv4Address(int(number) & 0xFFFFFFFF)
    if any(number in block for block in _CARRIERS):
        return is_public(str(last))
    if (int(number) >> 32) & 0xFFFFFFFF in _ISATAP and not is_public(str(last)):
        return False
    return number in _GLOBAL_V6 and not any(number in block for block in _NOT_PUBLIC_V6)


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is a spelling of, None when the host is a name.

    Decimal, hexadecimal, octal and short forms (`2130706433`, `0x7f.1`, `0177.0.0.1`, `127.1`)
    are spellings of an address: `getaddrinfo` reads them as one.
    """
    plain = host.strip("[]").rstrip(".")
    try:
        return ip_address(plain)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, ValueError):
        return None


def plain_host(host: str) -> str:
    """A host in the one form under which it is compared: lower case, ASCII, no last dot."""
    plain = host.strip("[]").rstrip(".").lower()
    try:
        return plain.encode("idna").decode("ascii") or plain
    except UnicodeError:
        return plain


def proxy_hosts(environ: Mapping[str, str]) -> frozenset[str]:
    """The hosts of the proxies that the standard environment variables name.

    `http_proxy` and `https_proxy`, in either case; the scheme in their value may be missing.
    """
    hosts = set()
    for name, value in environ.items():
        if name.lower() not in {"http_proxy", "https_proxy"} or not value.strip():
            continue
        try:
            host = urlsplit(value if "://" in value else f"http://{value}").hostname
        except ValueError:
            continue
        if host:
            hosts.add(plain_host(host))
    return frozenset(hosts)


def certificate_fault(error: BaseException) -> str | None:
    """What is wrong with the certificate of a server, None when the failure is another one."""
    for cause in causes(error):
        if isinstance(cause, VerificationError):
            return "the certificate is for another host"
        if isinstance(cause, TLSError) and "certificate" in str(cause):
            return str(cause.args[0][-1][-1]) if cause.args else "certificate"
    return None


def causes(error: BaseException) -> list[BaseException]:
    """An exception with all that led to it.

    Twisted keeps the failures of one exchange in a list, Scrapy keeps Twisted's as the cause.
    """
    causes = [error]
    for cause in causes:
        behind = [failure.value for failure in getattr(cause, "reasons", ())]
        # One that is raised again "from" the failure that carries it is its own cause.
        causes += [
            one
            for one in (*behind, cause.__cause__)
            if one is not None and not any(one is known for known in causes)
        ]
    return causes


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressPolicy:
    """Who may stand behind an address that is not public.

    `allow_private` lets every host (demo and tests); `private_hosts` exactly the named ones (a
    listed source inside the house). `proxies` are connected to as proxies, never for a page.
    """

    allow_private: bool = False
    private_hosts: frozenset[str] = frozenset()
    proxies: frozenset[str] = frozenset()

    def may_be_private(self, host: str) -> bool:
        """Whether a page may be fetched from this host when its address is not public."""
        return self.allow_private or plain_host(host) in self.private_hosts


def policy_of(settings: "BaseSettings", environ: Mapping[str, str]) -> AddressPolicy:
    """The policy that the settings NEWSWARD_ALLOW_PRIVATE and NEWSWARD_PRIVATE_HOSTS ask for."""
    return AddressPolicy(
        allow_private=settings.getbool("NEWSWARD_ALLOW_PRIVATE"),
        private_hosts=frozenset(map(plain_host, settings.getlist("NEWSWARD_PRIVATE_HOSTS"))),
        proxies=proxy_hosts(environ) if settings.getbool("HTTPPROXY_ENABLED") else frozenset(),
    )


def refused_answer(host: str, answers: Sequence[str], policy: AddressPolicy) -> str | None:
    """Why a host must not be connected to after these answers, None when it may.

    One answer that is not public refuses the host with all its answers: a mixed answer is a
    mistake at best, and which of the addresses would be connected to is a matter of timing.
    """
    if policy.may_be_private(host) or plain_host(host) in policy.proxies:
        return None
    inside = [answer for answer in answers if not is_public(answer)]
    return f"{host} is at {inside[0]}, which is not a public address" if inside else None


_Answer = address.IPv4Address | address.IPv6Address


class _Receiver(Protocol):
    """Twisted's IResolutionReceiver, in a form that a type checker can read."""

    def resolutionBegan(self, resolution: object) -> None: ...  # noqa: N802 - Twisted's name

    def addressResolved(self, answer: _Answer) -> None: ...  # noqa: N802 - Twisted's name

    def resolutionComplete(self) -> None: ...  # noqa: N802 - Twisted's name


class _Timer(Protocol):
    """What we use of Twisted's IDelayedCall."""

    def active(self) -> bool: ...

    def cancel(self) -> None: ...


class _Resolver(Protocol):
    """Twisted's IHostnameResolver, in a form that a type checker can read."""

    def resolveHostName(  # noqa: N802, PLR0917 - Twisted's name and parameters
        self,
        receiver: _Receiver,
        host: str,
        port: int = 0,
        types: Sequence[type[_Answer]] | None = None,
        semantics: str = "TCP",
        /,
    ) -> object: ...


class _Reactor(Protocol):
    """What we use of Twisted's reactor."""

    @property
    def nameResolver(self) -> _Resolver: ...  # noqa: N802 - Twisted's name

    def installNameResolver(self, resolver: _Resolver, /) -> object: ...  # noqa: N802 - Twisted's name

    def callLater(self, delay: float, call: "Callable[[], None]", /) -> _Timer: ...  # noqa: N802 - Twisted's name


@implementer(interfaces.IHostResolution)
class _Resolution:
    """A look-up under way, as Twisted wants to see it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing to undo: a look-up that nobody waits for ends by itself."""


@implementer(interfaces.IResolutionReceiver)
class _Collector:
    """Takes all answers of one look-up before anyone may connect to the first of them."""

    def __init__(self, finished: "Callable[[tuple[_Answer, ...]], None]") -> None:
        self._finished = finished
        self._answers: list[_Answer] = []

    def resolutionBegan(self, _resolution: object) -> None:  # noqa: N802 - Twisted's name
        """Nothing is known yet."""

    def addressResolved(self, answer: _Answer) -> None:  # noqa: N802 - Twisted's name
        """One more answer."""
        self._answers.append(answer)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        """All answers are there, or there is none."""
        self._finished(tuple(self._answers))


@implementer(interfaces.IHostnameResolver)
class PublicOnlyResolver:
    """Resolves host names, and gives no answer for a host that is not on the public internet.

    For the setting TWISTED_DNS_RESOLVER. Resolves to IPv4 and IPv6 addresses within `timeout`
    seconds and remembers good answers for the run. Twisted sees a refused host as one without an
    address; `refusal(host)` says the truth, so that it can be told from a failed look-up.
    `*.localhost` (RFC 6761) never reaches the system: it is loopback, wherever that is allowed.
    """

    def __init__(
        self, reactor: _Reactor, policy: AddressPolicy, *, timeout: float, remembered: int
    ) -> None:
        self._reactor = reactor
        self._policy = policy
        self._timeout = timeout
        self._system = reactor.nameResolver
        self._answers: LocalCache[object, tuple[_Answer, ...]] = LocalCache(remembered)
        self._refusals: LocalCache[str, str] = LocalCache(remembered)

    @classmethod
    def from_crawler(cls, crawler: "Crawler", reactor: _Reactor) -> Self:
        """Build as Scrapy asks: from the settings and the environment's proxies."""
        settings = crawler.settings
        return cls(
            reactor,
            policy_of(settings, os.environ),
            timeout=settings.getfloat("DNS_TIMEOUT"),
            remembered=settings.getint("DNSCACHE_SIZE"),
        )

    def install_on_reactor(self) -> None:
        """Stand between Twisted and the resolver of the system."""
        self._reactor.installNameResolver(self)

    def refusal(self, host: str) -> str | None:
        """Why this host was refused in this run, None when it was not."""
        return self._refusals.get(plain_host(host))

    def resolveHostName(  # noqa: N802, PLR0917 - the name and the parameters are Twisted's
        self,
        resolutionReceiver: _Receiver,  # noqa: N803 - passed by this name
        hostName: str,  # noqa: N803 - passed by this name
        portNumber: int = 0,  # noqa: N803 - passed by this name
        addressTypes: Sequence[type[_Answer]] | None = None,  # noqa: N803 - passed by this name
        transportSemantics: str = "TCP",  # noqa: N803 - passed by this name
    ) -> _Resolution:
        """Answer as `IHostnameResolver` asks: all addresses of a host, or none."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def answer(answers: tuple[_Answer, ...]) -> None:
            for one in self._guarded(hostName, answers):
                resolutionReceiver.addressResolved(type(one)(one.type, one.host, portNumber))
            resolutionReceiver.resolutionComplete()

        key = (plain_host(hostName), frozenset(addressTypes or ()))
        if _is_loopback_name(hostName):
            answer((address.IPv4Address("TCP", LOOPBACK, 0),))
        elif key in self._answers:
            answer(self._answers[key])
        else:
            collector = _Collector(self._once(key, answer))
            self._system.resolveHostName(
                collector, hostName, portNumber, addressTypes, transportSemantics
            )
        return resolution

    def _once(
        self, key: object, answer: "Callable[[tuple[_Answer, ...]], None]"
    ) -> "Callable[[tuple[_Answer, ...]], None]":
        # Whatever comes first, the answers or the time-out, is the answer.
        def finish(answers: tuple[_Answer, ...]) -> None:
            if timer.active():
                timer.cancel()
                if answers:
                    self._answers[key] = answers
                answer(answers)

        timer = self._reactor.callLater(self._timeout, lambda: answer(()))
        return finish

    def _guarded(self, host: str, answers: tuple[_Answer, ...]) -> tuple[_Answer, ...]:
        reason = refused_answer(host, [one.host for one in answers], self._policy)
        if reason is None:
            return answers
        self._refusals[plain_host(host)] = reason
        return ()


def _is_loopback_name(host: str) -> bool:
    return f".{plain_host(host)}".endswith(".localhost")
