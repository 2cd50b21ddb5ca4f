"""What health says of a source in a trouble that has no status of its own."""

from __future__ import annotations

import datetime as dt
import json
import ssl
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Newsroom, NewsSite, Reply, SiteMaker

pytestmark = pytest.mark.slow  # whole crawls


def with_body(site: NewsSite, body: bytes, content_type: str) -> Reply:
    usual = site.routes["/robots.txt"]
    assert not callable(usual)
    return replace(usual, body=body, content_type=content_type)


def behind_tls(site: NewsSite, folder: Path, first: dt.datetime, last: dt.datetime) -> None:
    """Serve the site over TLS from now on, with a certificate of its own that is valid so long."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tls.localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("tls.localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    # The handshake belongs to the thread of each connection: one that fails stops no other.
    site.server.socket = context.wrap_socket(
        site.server.socket, server_side=True, do_handshake_on_connect=False
    )
    site.base = site.base.replace("http://127.0.0.1", "https://tls.localhost")
    site.routes["/feed.xml"] = with_body(site, site.feed(), "application/rss+xml")


def said(newsroom: Newsroom) -> dict[str, tuple[str, str]]:
    """The worst of each source that is not well: its problem, and what is told of it."""
    told = json.loads(newsroom.run("health", "--json").stdout)
    return {
        one["source"]: (one["findings"][0]["problem"], one["findings"][0]["what"])
        for one in told["sources"]
        if one["findings"]
    }


def test_certificates_captchas_and_silence_each_have_a_name(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    signed, captcha, slow = (news_site(1) for _ in range(3))
    now = dt.datetime.now(dt.UTC)
    behind_tls(signed, newsroom.folder, now - dt.timedelta(days=9), now + dt.timedelta(days=9))
    page = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script><h1>news</h1>"
    captcha.routes["/feed.xml"] = with_body(captcha, page, "text/html")
    enough = threading.Event()
    slow.raw["/feed.xml"] = lambda _: enough.wait(60)
    for name, site in (("signed", signed), ("captcha", captcha), ("slow", slow)):
        newsroom.list_source(site, name)
    settings = {"NEWSWARD_ALLOW_PRIVATE": True, "DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 2}
    newsroom.scrapy(**settings)
    enough.set()
    told = said(newsroom)
    assert {name: problem for name, (problem, _) in told.items()} == {
        "signed": "certificate",
        "captcha": "refused",
        "slow": "away",
    }
    assert "certificate" in told["signed"][1]
    assert "a proof that we are people" in told["captcha"][1]
    endings = newsroom.query("SELECT ending FROM fetches ORDER BY ending")
    assert endings == [("captcha",), ("certificate",), ("timeout",)]


@pytest.mark.parametrize("valid", [True, False], ids=["valid", "expired"])
def test_a_source_is_read_over_tls_while_its_certificate_is_valid(
    news_site: SiteMaker, newsroom: Newsroom, *, valid: bool
) -> None:
    site = news_site(1)
    now = dt.datetime.now(dt.UTC)
    last = now + dt.timedelta(days=9 if valid else -1)
    behind_tls(site, newsroom.folder, now - dt.timedelta(days=9), last)
    newsroom.list_source(site)
    trusted = str(newsroom.folder / "certificate.pem")
    crawled = newsroom.crawl(SSL_CERT_FILE=trusted)
    if valid:
        assert crawled.summary["pages"]["by_ending"] == {"new": 1}, crawled.stderr
        assert said(newsroom) == {}
    else:
        assert said(newsroom)["invented"][0] == "certificate"
