"""The guard's verdict on an address, before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Request

from archive.endings import Ending
from crawler.middlewares.guard import GuardMiddleware, refusal
from crawler.network import AddressPolicy, Refused

CLOSED = AddressPolicy()
LISTED = frozenset({"news.example.org", "example.org"})


def verdict(url: str, policy: AddressPolicy = CLOSED) -> Ending | None:
    refused = refusal(url, listed_hosts=LISTED, policy=policy)
    return None if refused is None else refused.ending


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://www.example.org/a?b=c",
        "https://example.org:8443/",
        "https://EXAMPLE.org./",
        "https://under_score.example.org/",
    ],
)
def test_a_page_of_the_source_may_be_asked_for(url: str) -> None:
    assert verdict(url) is None


@pytest.mark.parametrize("url", ["https://example.com/", "https://example.org.evil.test/"])
def test_a_page_of_another_site_may_not(url: str) -> None:
    assert verdict(url) is Ending.UNLISTED_HOST


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/hostname",
        "data:text/html,here",
        "javascript:alert(1)",
        "//example.org/",
        "",
        "http://",
        "http:///path",
        "http://name@example.org/",
        "http://name:word@example.org/",
        "http://@example.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://exa mple.org/",
        "http://example.org%2e/",
        "http://127.0.0.1/",
        "http://127.0.0.999/",
        "http://1.2.3.4.5/",
        "http://0x/",
        "http://example.0x7f/",
        "http://[::ffff:10.0.0.1]/",
        "http://invented.onion/",
        "http://invented.i2p/",
    ],
)
def test_what_is_no_public_web_address_may_not(url: str) -> None:
    assert verdict(url) is Ending.REFUSED_ADDRESS


def test_a_public_number_is_held_against_the_list_like_any_host() -> None:
    assert verdict("http://8.8.8.8/") is Ending.UNLISTED_HOST
    assert refusal("http://8.8.8.8/", listed_hosts=frozenset({"8.8.8.8"}), policy=CLOSED) is None


def test_a_private_number_is_let_through_only_where_it_is_allowed() -> None:
    listed = frozenset({"127.0.0.1"})
    for policy in (
        AddressPolicy(allow_private=True),
        AddressPolicy(private_hosts=frozenset({"127.0.0.1"})),
    ):
        assert refusal("http://127.0.0.1:8000/", listed_hosts=listed, policy=policy) is None
    # What is allowed is a host, not every spelling of its number.
    named = AddressPolicy(private_hosts=frozenset({"127.0.0.1"}))
    assert verdict("http://0x7f.1/", named) is Ending.REFUSED_ADDRESS


def test_the_proxy_is_no_publisher_even_where_private_addresses_are_allowed() -> None:
    policy = AddressPolicy(allow_private=True, proxies=frozenset({"proxy.example.org"}))
    assert verdict("http://proxy.example.org/", policy) is Ending.REFUSED_ADDRESS


def test_a_request_that_names_no_source_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        GuardMiddleware(CLOSED).process_request(Request("https://example.org/"))
    assert caught.value.ending is Ending.UNLISTED_HOST


def test_an_allowed_request_is_refused_when_the_resolver_is_not_ours() -> None:
    request = Request("https://example.org/", meta={"listed_hosts": LISTED})
    with pytest.raises(Refused) as caught:
        GuardMiddleware(CLOSED).process_request(request)
    assert caught.value.ending is Ending.INTERNAL


@given(st.text(max_size=60))
def test_any_text_gets_a_verdict_and_never_an_error(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}/"):
        refused = refusal(url, listed_hosts=LISTED, policy=CLOSED)
        assert refused is None or "\n" not in refused.detail


@given(st.ip_addresses(v=4).filter(lambda number: number.is_private))
def test_no_spelling_of_a_private_number_passes(number: object) -> None:
    value = int(number)
    for host in (str(number), str(value), hex(value), f"0{value:o}"):
        assert verdict(f"http://{host}/") is Ending.REFUSED_ADDRESS
