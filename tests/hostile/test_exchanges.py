"""What is sent and what is not: validators, headers, certificates, proxies, dead ends."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from tests.hostile.conftest import Crawl, Exchange, HostileWeb

# Each starts a crawl of its own; what all of them share is in the crawl of the whole hostile web.
pytestmark = pytest.mark.slow


def unchanged(exchange: "Exchange") -> None:
    if {"if-none-match", "if-modified-since"} & exchange.headers.keys():
        exchange.answer("304 Not Modified")
    else:
        exchange.page()


def headers_of(web: "HostileWeb", host: str, path: str) -> dict[str, str]:
    found = [headers for name, asked, headers in web.asked if (name, asked) == (host, path)]
    assert len(found) == 1
    return found[0]


def test_the_validator_of_the_last_answer_is_sent_and_a_304_comes_back(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    day = "Thu, 01 Jan 2026 00:00:00 GMT"
    web.routes["known/*"] = unchanged
    web.routes["known/moved"] = lambda exchange: exchange.answer("302 Found", "Location: /there")
    crawled = crawl(
        [
            {"url": web.url("known/both"), "etag": 'W/"1"', "last_modified": day},
            {"url": web.url("known/day"), "last_modified": day},
            {"url": web.url("known/new")},
            {"url": web.url("known/moved"), "etag": '"1"'},
        ],
        open_to=["known.localhost"],
    )
    assert crawled.of(web.url("known/both"))["status"] == 304
    assert headers_of(web, "known", "/both")["if-none-match"] == 'W/"1"'
    assert "if-modified-since" not in headers_of(web, "known", "/both")
    assert headers_of(web, "known", "/day")["if-modified-since"] == day
    assert crawled.of(web.url("known/new"))["status"] == 200
    assert headers_of(web, "known", "/moved")["if-none-match"] == '"1"'
    # Behind the redirect stands another page, whose validator this is not.
    assert "if-none-match" not in headers_of(web, "known", "/there")
    assert crawled.of(web.url("known/moved"))["status"] == 200


def test_a_request_says_who_asks_and_carries_no_cookie_and_no_referer(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    web.routes["polite/first"] = lambda exchange: exchange.answer(
        "302 Found", "Location: /second", "Set-Cookie: a=b", "Referrer-Policy: unsafe-url"
    )
    web.routes["polite/second"] = lambda exchange: exchange.page()
    crawl(
        [{"url": web.url("polite/first")}],
        open_to=["polite.localhost"],
        environ={"NEWSWARD_CONTACT": "mailto:archive@example.org"},
    )
    headers = headers_of(web, "polite", "/second")
    assert headers["user-agent"].startswith("newsward/")
    assert "mailto:archive@example.org" in headers["user-agent"]
    assert not {"cookie", "referer", "authorization"} & headers.keys()
    assert "image" not in headers["accept"]


def test_a_429_and_a_503_are_not_asked_again_and_a_502_once(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    answers = {"busy": "429 Slow down", "away": "503 Busy", "failing": "502 Oops"}
    for host, line in answers.items():
        web.routes[f"{host}/*"] = lambda exchange, line=line: exchange.answer(line)
    crawled = crawl(
        [{"url": web.url(f"{host}/page")} for host in answers],
        open_to=[f"{host}.localhost" for host in answers],
    )
    told = {host: crawled.of(web.url(f"{host}/page"))["status"] for host in answers}
    assert told == {"busy": 429, "away": 503, "failing": 502}
    asked = {host: web.paths_asked(host).count("/page") for host in answers}
    assert asked == {"busy": 1, "away": 1, "failing": 2}


def test_a_port_where_nobody_listens_and_a_name_that_nobody_has(crawl: "Crawl") -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    closed, nameless = f"http://closed.localhost:{port}/", "http://nobody-has-this.invalid/"
    crawled = crawl(
        [{"url": closed}, {"url": nameless}],
        open_to=["closed.localhost", "nobody-has-this.invalid"],
        settings={"ROBOTSTXT_OBEY": False},
    )
    assert crawled.of(closed)["ending"] == "connection"
    assert crawled.of(nameless)["ending"] == "dns"


def test_a_host_without_an_address_is_named_so_even_before_its_robots_txt(crawl: "Crawl") -> None:
    url = "http://nobody-has-this.invalid/"
    crawled = crawl([{"url": url}], open_to=["nobody-has-this.invalid"])
    assert crawled.of(url)["ending"] == "dns"


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[int]:
    """The port of a server on loopback whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tls.localhost")])
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("tls.localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "both.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("obey", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_named(
    self_signed: int, crawl: "Crawl", obey: bool
) -> None:
    url = f"https://tls.localhost:{self_signed}/"
    crawled = crawl([{"url": url}], open_to=["tls.localhost"], settings={"ROBOTSTXT_OBEY": obey})
    assert crawled.of(url)["ending"] == "certificate"
    assert "certificate" in crawled.of(url)["detail"]


def test_plain_http_behind_https_is_a_failed_connection(web: "HostileWeb", crawl: "Crawl") -> None:
    url = f"https://plain.localhost:{web.port}/"
    crawled = crawl([{"url": url}], open_to=["plain.localhost"], settings={"ROBOTSTXT_OBEY": False})
    assert crawled.of(url)["ending"] == "connection"


def test_a_proxy_on_a_private_address_is_used_with_one_warning_and_never_as_a_page(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    # A proxy is asked for whole addresses: our server takes them apart by their Host all the same.
    web.routes["behind/*"] = lambda exchange: exchange.page()
    for proxy in ("localhost", "127.0.0.1"):
        through, itself = "http://behind.localhost/", f"http://{proxy}:{web.port}/"
        web.routes[f"behind{through}"] = lambda exchange: exchange.page()
        crawled = crawl(
            [{"url": through}, {"url": itself}],
            open_to=["behind.localhost"],
            environ={"HTTP_PROXY": f"http://{proxy}:{web.port}"},
        )
        assert crawled.of(through)["status"] == 200
        assert crawled.of(itself)["ending"] == "refused-address"
        assert crawled.log.count("rests with the proxy") == 1


def test_a_page_that_leaves_the_proxy_out_is_guarded_as_ever(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    url = f"http://localhost:{web.port}/"
    crawled = crawl(
        [{"url": url}],
        open_to=[],
        environ={"http_proxy": "http://proxy.example:3128", "no_proxy": "localhost"},
    )
    assert crawled.of(url)["ending"] == "refused-address"


def test_our_logs_stay_quiet_when_all_goes_well(web: "HostileWeb", crawl: "Crawl") -> None:
    web.routes["quiet/*"] = lambda exchange: exchange.page()
    crawled = crawl([{"url": web.url("quiet/")}], open_to=["quiet.localhost"])
    assert crawled.log == ""
