"""Which addresses are public, in whatever spelling, and what the resolver does with answers."""

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings
from twisted.internet import address
from twisted.internet.task import Clock

from crawler.network import (
    AddressPolicy,
    PublicOnlyResolver,
    address_of,
    causes,
    certificate_fault,
    is_public,
    plain_host,
    policy_of,
    proxy_hosts,
    refused_answer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "223.255.255.255",
    "168.63.129.15",
    "2606:4700:4700::1111",
    "2a00:1450:4009:80b::200e",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
NOT_PUBLIC = {
    "unspecified": "0.0.0.0",  # noqa: S104 - judged, not bound
    "this network": "0.1.2.3",
    "private 10": "10.255.255.255",
    "carrier-grade NAT": "100.64.0.1",
    "loopback": "127.0.0.1",
    "loopback, far end": "127.255.255.254",
    "link-local, cloud metadata": "169.254.169.254",
    "private 172": "172.31.255.255",
    "protocol assignments": "192.0.0.1",
    "metadata of one cloud": "192.0.0.192",
    "documentation 1": "192.0.2.1",
    "6to4 relay": "192.88.99.1",
    "private 192": "192.168.255.255",
    "benchmarking": "198.19.255.255",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "multicast": "224.0.0.1",
    "multicast, far end": "239.255.255.255",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "metadata of one cloud at a public number": "168.63.129.16",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "IPv4-compatible, private": "::10.0.0.1",
    "IPv4-compatible, public": "::8.8.8.8",
    "IPv4-compatible, metadata": "::a9fe:a9fe",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:a00:1",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped unspecified": "::ffff:0.0.0.0",
    "translated": "::ffff:0:127.0.0.1",
    "NAT64 of metadata": "64:ff9b::a9fe:a9fe",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of multicast": "64:ff9b::e000:1",
    "local NAT64": "64:ff9b:1::808:808",
    "discard only": "100::1",
    "6to4 of metadata": "2002:a9fe:a9fe::",
    "6to4 of private": "2002:c0a8:101::1",
    "6to4 of public": "2002:808:808::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "IPv6 benchmarking": "2001:2::1",
    "ORCHID": "2001:20::1",
    "IPv6 documentation": "2001:db8::1",
    "newer IPv6 documentation": "3fff::1",
    "ISATAP of private": "2a00:1450::5efe:10.0.0.1",
    "ISATAP of private, universal": "2a00:1450::200:5efe:10.0.0.1",
    "unique local": "fd00::1",
    "metadata of one cloud over IPv6": "fd00:ec2::254",
    "unique local, first half": "fc00::1",
    "link-local": "fe80::1",
    "link-local with its zone": "fe80::1%eth0",
    "public with a zone": "2606:4700::1%eth0",
    "site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 multicast, global scope": "ff0e::1",
    "segment routing": "5f00::1",
    "never given out": "4000::1",
    "no address": "example.org",
    "nothing": "",
}


@pytest.mark.parametrize("number", PUBLIC)
def test_an_address_of_the_public_internet_is_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize("what", NOT_PUBLIC)
def test_any_other_address_is_not(what: str) -> None:
    assert not is_public(NOT_PUBLIC[what])


@given(st.ip_addresses(v=4))
def test_what_python_knows_as_not_global_is_never_public(number: IPv4Address) -> None:
    assert number.is_global or not is_public(str(number))


@given(st.ip_addresses(v=6))
def test_what_python_knows_as_not_global_is_never_public_in_ipv6(number: IPv6Address) -> None:
    if number.ipv4_mapped is None:
        assert number.is_global or not is_public(str(number))


@given(st.ip_addresses(v=4))
@pytest.mark.parametrize("carrier", ["::ffff:0:0", "64:ff9b::"])
def test_an_address_that_carries_another_is_judged_as_that(
    carrier: str, number: IPv4Address
) -> None:
    carried = IPv6Address(int(IPv6Address(carrier)) + int(number))
    assert is_public(str(carried)) == is_public(str(number))


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_address_is_read_as_that_address(number: IPv4Address) -> None:
    value, parts = int(number), number.packed
    spellings = [
        str(number),
        f"{number}.",
        str(value),
        hex(value),
        f"0{value:o}",
        ".".join(hex(part) for part in parts),
        ".".join(f"0{part:o}" for part in parts),
        f"{parts[0]}.{value & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{value & 0xFFFF}",
        f"0x{parts[0]:x}.{value & 0xFFFFFF}",
    ]
    assert {address_of(spelling) for spelling in spellings} == {number}


@pytest.mark.parametrize("name", ["example.org", "localhost", "1e100.net", "cafe", "0x7g.1", ""])
def test_a_name_is_no_address(name: str) -> None:
    assert address_of(name) is None


def test_a_host_has_one_form_under_which_it_is_compared() -> None:
    assert plain_host("Example.ORG.") == "example.org"
    assert plain_host("b\xfccher.example") == "xn--bcher-kva.example"
    assert plain_host("[::1]") == "::1"
    assert plain_host("x" * 70) == "x" * 70


@pytest.mark.parametrize(
    ("environ", "hosts"),
    [
        ({}, set()),
        ({"http_proxy": "http://proxy.school.example:3128"}, {"proxy.school.example"}),
        ({"HTTPS_PROXY": "http://10.1.2.3:8080/"}, {"10.1.2.3"}),
        ({"HTTP_PROXY": "Proxy.Example:3128"}, {"proxy.example"}),
        ({"https_proxy": "http://name:secret@proxy.example:3128"}, {"proxy.example"}),
        ({"http_proxy": "", "no_proxy": "a.example", "PATH": "/bin"}, set()),
        ({"http_proxy": "http://[::1"}, set()),
        (
            {"http_proxy": "http://a.example", "https_proxy": "b.example:1"},
            {"a.example", "b.example"},
        ),
    ],
)
def test_the_hosts_of_proxies_are_read_from_the_environment(
    environ: dict[str, str], hosts: set[str]
) -> None:
    assert proxy_hosts(environ) == hosts


def test_a_proxy_counts_only_where_proxies_are_used() -> None:
    environ = {"http_proxy": "http://proxy.example:1"}
    assert policy_of(Settings({"HTTPPROXY_ENABLED": True}), environ).proxies
    assert not policy_of(Settings({"HTTPPROXY_ENABLED": False}), environ).proxies


def test_one_answer_that_is_not_public_refuses_the_host() -> None:
    closed = AddressPolicy()
    assert refused_answer("news.example", ["8.8.8.8"], closed) is None
    assert refused_answer("news.example", [], closed) is None
    mixed = refused_answer("news.example", ["8.8.8.8", "10.0.0.1"], closed)
    assert mixed == "news.example is at 10.0.0.1, which is not a public address"


def test_only_the_named_host_may_be_private() -> None:
    policy = AddressPolicy(private_hosts=frozenset({"intranet.example"}))
    assert refused_answer("Intranet.example.", ["10.0.0.1"], policy) is None
    assert refused_answer("sub.intranet.example", ["10.0.0.1"], policy) is not None
    assert refused_answer("10.0.0.1", ["10.0.0.1"], policy) is not None


class System:
    """A resolver of the system whose answers are given when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Callable[[list[str]], None]]] = []

    def resolveHostName(self, receiver, host, port=0, _types=None, semantics="TCP") -> None:  # noqa: ANN001, N802 - Twisted's signature
        def answer(numbers: list[str]) -> None:
            receiver.resolutionBegan(None)
            for number in numbers:
                kind = address.IPv6Address if ":" in number else address.IPv4Address
                receiver.addressResolved(kind(semantics, number, port))
            receiver.resolutionComplete()

        self.asked.append((host, answer))


class Reactor(Clock):
    """Time that passes when told, and a place for the resolver."""

    def __init__(self) -> None:
        super().__init__()
        self.nameResolver = System()

    def installNameResolver(self, resolver: PublicOnlyResolver) -> None:  # noqa: N802 - Twisted's
        self.nameResolver = resolver


class Receiver:
    """What Twisted would connect to."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, int]] = []
        self.complete = 0

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802 - Twisted's
        pass

    def addressResolved(self, answer: address.IPv4Address) -> None:  # noqa: N802 - Twisted's
        self.answers.append((answer.host, answer.port))

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's
        self.complete += 1


class Asking:
    """A resolver under a policy, with the system and the clock behind it."""

    def __init__(self, policy: AddressPolicy) -> None:
        self.reactor = Reactor()
        self.system = self.reactor.nameResolver
        self.resolver = PublicOnlyResolver(self.reactor, policy, timeout=15, remembered=100)
        self.resolver.install_on_reactor()

    def ask(self, host: str, port: int = 80) -> Receiver:
        receiver = Receiver()
        self.reactor.nameResolver.resolveHostName(receiver, host, port)
        return receiver

    def answered(self, host: str, *numbers: str) -> Receiver:
        receiver = self.ask(host)
        self.system.asked[-1][1](list(numbers))
        return receiver


@pytest.fixture
def closed() -> Asking:
    return Asking(AddressPolicy())


def test_a_public_host_is_resolved_to_all_its_addresses(closed: Asking) -> None:
    receiver = closed.answered("news.example", "8.8.8.8", "2606:4700::1")
    assert receiver.answers == [("8.8.8.8", 80), ("2606:4700::1", 80)]
    assert receiver.complete == 1
    assert closed.resolver.refusal("news.example") is None


@pytest.mark.parametrize("inside", ["10.0.0.1", "::1", "64:ff9b::a9fe:a9fe"])
def test_nothing_is_answered_for_a_host_with_an_address_inside(closed: Asking, inside: str) -> None:
    receiver = closed.answered("news.example", "8.8.8.8", inside)
    assert (receiver.answers, receiver.complete) == ([], 1)
    assert inside in (closed.resolver.refusal("NEWS.example.") or "")


def test_an_answer_that_turns_private_is_refused_although_the_first_was_not(
    closed: Asking,
) -> None:
    # Two look-ups under way at once: the second answer is judged by itself.
    first, second = closed.ask("rebinding.example"), closed.ask("rebinding.example")
    closed.system.asked[0][1](["8.8.8.8"])
    closed.system.asked[1][1](["127.0.0.1"])
    assert first.answers == [("8.8.8.8", 80)]
    assert second.answers == []


def test_a_good_answer_is_remembered_for_every_port(closed: Asking) -> None:
    closed.answered("news.example", "8.8.8.8")
    assert closed.ask("news.example", 443).answers == [("8.8.8.8", 443)]
    assert len(closed.system.asked) == 1


def test_a_missing_answer_is_not_remembered(closed: Asking) -> None:
    assert closed.answered("news.example").complete == 1
    assert closed.answered("news.example", "8.8.8.8").answers


def test_a_look_up_that_takes_too_long_ends_without_an_answer_once(closed: Asking) -> None:
    receiver = closed.ask("slow.example")
    closed.reactor.advance(14)
    assert receiver.complete == 0
    closed.reactor.advance(2)
    assert (receiver.answers, receiver.complete) == ([], 1)
    closed.system.asked[0][1](["8.8.8.8"])
    assert (receiver.answers, receiver.complete) == ([], 1)
    assert closed.resolver.refusal("slow.example") is None


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "news.localhost"])
def test_localhost_never_reaches_the_system(closed: Asking, name: str) -> None:
    assert closed.ask(name).answers == []
    assert "127.0.0.1" in (closed.resolver.refusal(name) or "")
    opened = Asking(AddressPolicy(allow_private=True))
    assert opened.ask(name, 8000).answers == [("127.0.0.1", 8000)]
    assert closed.system.asked == opened.system.asked == []


def test_a_proxy_inside_the_house_is_resolved() -> None:
    asking = Asking(AddressPolicy(proxies=frozenset({"proxy.school.example"})))
    assert asking.answered("proxy.school.example", "10.0.0.3").answers == [("10.0.0.3", 80)]
    assert asking.answered("other.school.example", "10.0.0.3").answers == []


def test_a_failure_that_is_raised_again_from_its_carrier_has_a_first_cause() -> None:
    carried, carrier = ValueError("carried"), OSError("carrier")
    carried.__cause__, carrier.__cause__ = carrier, carried
    assert causes(carried) == [carried, carrier]
    assert certificate_fault(carrier) is None
