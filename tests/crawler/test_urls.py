from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crawler.urls import TRACKING, TRACKING_PREFIXES, canonical_url, host_of, same_site, site_of

HOSTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?(\.[a-z]{2,6}){1,2}", fullmatch=True)
PIECES = st.text(alphabet="abZ019%2eE4+~;:@!$'()*,=[]{}|^` \\é中\x00./", max_size=12)
PARAMETERS = st.from_regex(
    r"[A-Za-z][A-Za-z0-9_.]{0,8}(=[A-Za-z0-9+%2F._~-]{0,8})?", fullmatch=True
)
TRACKERS = st.sampled_from([*sorted(TRACKING), *(f"{prefix}x" for prefix in TRACKING_PREFIXES)])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    path = "/".join(draw(st.lists(PIECES, max_size=5)))
    query = "&".join(draw(st.lists(PIECES, max_size=4)))
    port = draw(st.sampled_from(["", ":80", ":443", ":8080", ":0", ":"]))
    scheme = draw(st.sampled_from(["http", "https", "HTTPS"]))
    return f"{scheme}://{draw(HOSTS)}{port}/{path}?{query}#{draw(PIECES)}"


@given(addresses() | st.text() | st.text().map(lambda rest: f"http://{rest}"))
@example("http://h.org/a/%2e%2e/b")
@example("http://h.org/%2e%2e//evil.org/")
@example("http://h.org/..//x")
@example("http://h.org/a?%75tm_source=x&b=1")
@example("http://h.org。/")
@example("http://h.org/%%341")
@example("http://h.org/;jsessionid=1;jsessionid=2/x")
@example("http://[::0001]:080/")
def test_a_canonical_address_is_its_own_canonical_form(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or canonical_url(canonical) == canonical


@given(addresses() | st.text().map(lambda rest: f"https://{rest}"))
def test_what_comes_out_is_a_plain_web_address(url: str) -> None:
    canonical = canonical_url(url)
    assume(canonical is not None)
    assert canonical is not None
    parts = urlsplit(canonical)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert parts.path.startswith("/")
    assert not parts.path.startswith("//")
    assert not parts.fragment
    assert parts.username is None
    assert canonical.isascii()
    assert canonical.isprintable()
    assert " " not in canonical
    assert not {".", ".."} & set(parts.path.split("/"))


@given(addresses())
def test_the_host_and_port_are_those_that_were_given(url: str) -> None:
    given, canonical = urlsplit(url), canonical_url(url)
    assume(canonical is not None)
    assert canonical is not None
    usual = {"http": 80, "https": 443}
    parts = urlsplit(canonical)
    assert parts.scheme == given.scheme
    assert parts.hostname == given.hostname
    assert (parts.port or usual[parts.scheme]) == (
        usual[given.scheme] if given.port is None else given.port
    ) or given.port == parts.port == 0


@given(st.lists(st.one_of(PARAMETERS, TRACKERS.map(lambda name: f"{name}=1")), max_size=8))
def test_tracking_parameters_go_and_the_others_stay_as_they_were_written(pieces: list[str]) -> None:
    def tracks(piece: str) -> bool:
        name = piece.partition("=")[0].lower()
        return name in TRACKING or name.startswith(TRACKING_PREFIXES)

    canonical = canonical_url(f"https://e.org/a?{'&'.join(pieces)}")
    assert canonical is not None
    wanted = [piece for piece in pieces if not tracks(piece)]
    # "%" is not a parameter's own business: an escape may be respelt, nothing else.
    assume(not any("%" in piece for piece in wanted))
    assert urlsplit(canonical).query == "&".join(wanted)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.ORG:443/A/../b#top", "https://example.org/b"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org./x", "http://example.org/x"),
        ("http://example.org:8080/x/", "http://example.org:8080/x/"),
        ("  https://example.org/a b\n", "https://example.org/a%20b"),
        ("https://user:secret@example.org/", "https://example.org/"),
        ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/%C3%A4"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://example.org/%7euser/%c3%a4", "https://example.org/~user/%C3%A4"),
        ("https://example.org/a%2Fb?q=a%2Bb+c", "https://example.org/a%2Fb?q=a%2Bb+c"),
        ("https://example.org/a?b=2&utm_source=x&a=1&fbclid=y", "https://example.org/a?b=2&a=1"),
        ("https://example.org/a;jsessionid=0A1B?x=1", "https://example.org/a?x=1"),
        ("https://example.org/a?PHPSESSID=1", "https://example.org/a"),
        ("https://example.org/?p=12", "https://example.org/?p=12"),
        ("https://example.org//a//b", "https://example.org/a//b"),
        ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]/"),
        ("https://example.org/a?x=1?y=2", "https://example.org/a?x=1?y=2"),
    ],
)
def test_one_page_has_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/news/1",
        "//example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:someone@example.org",
        "file:///etc/hostname",
        "http:///x",
        "http://:80/",
        "http://a..b/",
        "http://.example.org/",
        "http://exa mple.org/",
        "http://example.org:port/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[v1.example]/",
        "http://good.example\\@evil.example/",
        "http://good.example\\.evil.example/",
        "http://example.org/\ud800",
        "https://example.org/" + "a" * 2100,
        "http://" + "a" * 300 + "/",
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical_url(url) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.org/a", "example.org"),
        ("https://example.org:443/a", "example.org"),
        ("http://example.org:8080/a", "example.org:8080"),
        ("http://user@example.org/", "example.org"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("not an address", ""),
        ("http://[::1/", ""),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.news.example.co.uk", "example.co.uk"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("127.0.0.1:8001", "127.0.0.1"),
        ("[::1]:8080", "[::1]"),
        ("localhost:8001", "localhost"),
        ("schools.gov.uk", "schools.gov.uk"),
    ],
)
def test_the_site_of_a_host_is_its_registered_domain(host: str, site: str) -> None:
    assert site_of(host) == site


def test_one_site_has_many_hosts_and_a_suffix_is_no_site() -> None:
    assert same_site("https://www.example.org/a", "http://news.example.org:8080/b")
    assert not same_site("https://example.org/", "https://example.net/")
    assert not same_site("https://one.blogspot.com/", "https://two.blogspot.com/")
    assert not same_site("https://example.org.evil.net/", "https://example.org/")


def test_two_texts_that_are_no_addresses_are_not_one_site() -> None:
    assert not same_site("", "")
    assert not same_site("mailto:a@example.org", "mailto:b@example.org")
    assert not same_site("http://[::1/", "http://[::1/")
