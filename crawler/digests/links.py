"""Links of newsletters: the address behind a tracker, and addresses that stand in plain text."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from archive.records import OutLink
from crawler.urls import canonical_url

_ADDRESS = re.compile(r"<?\b(?P<url>(?:https?://|www\.)[^\s<>\"\u201d]+)", re.IGNORECASE)
# What follows an address in running text and does not belong to it.
_BEHIND = re.compile(r"[.,;:!?'\u2019)\]]+$")
# Parameters under which the redirectors of mailing services carry the true address.
_CARRIERS = frozenset({"u", "url", "target", "redirect", "dest", "destination", "q", "to", "link"})
# Microsoft's and Proofpoint's rewriting of links in mails, by the end of their hosts.
_SAFE_LINKS = ("safelinks.protection.outlook.com", "urldefense.proofpoint.com", "urldefense.com")
_URLDEFENSE_3 = re.compile(r"/v3/__(?P<url>.+?)__;")
_MOST_LAYERS = 4
# The path of a redirector names a program; that of a page, its headline too.
_LONG_PATH = 200


def unwrapped(url: str) -> str | None:
    """The address behind redirectors that carry it in themselves, canonical; None if it is none."""
    for _ in range(_MOST_LAYERS):
        inner = _carried(url)
        if inner is None:
            break
        url = inner
    return canonical_url(url)


def _carried(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host.endswith("urldefense.com") and (found := _URLDEFENSE_3.search(url)):
        return found["url"].replace("https:/", "https://").replace(":///", "://")
    for name, value in parse_qsl(parts.query):
        if name.lower() not in _CARRIERS:
            continue
        if host.endswith("urldefense.proofpoint.com"):
            value = unquote(value.replace("-", "%").replace("_", "/"))  # noqa: PLW2901 - its second spelling
        if re.match(r"https?://[^/]+\.", value) and _is_redirector(parts.path, host, value):
            return value
    return None


def _is_redirector(path: str, host: str, value: str) -> bool:
    # A page of a site may carry addresses of its own site for other ends.
    inner = urlsplit(value).hostname or ""
    return host.endswith(_SAFE_LINKS) or (inner != host and len(path) < _LONG_PATH)


def links_in_text(text: str) -> Iterator[OutLink]:
    """The addresses in a plain text, each with itself for an anchor."""
    for found in _ADDRESS.finditer(text):
        written = found["url"]
        is_bracketed = text[found.start()] == "<"
        if not is_bracketed:
            written = _trimmed(written)
        url = unwrapped(written if "://" in written else f"http://{written}")
        if url:
            yield OutLink(url=url, anchor=written)


def _trimmed(written: str) -> str:
    trimmed = _BEHIND.sub("", written)
    # A bracket that was opened within the address belongs to it.
    return trimmed + ")" if written[len(trimmed) :].startswith(")") and "(" in trimmed else trimmed


def distinct(links: Iterable[OutLink]) -> tuple[OutLink, ...]:
    """Each address once, with the first anchor that is no address itself."""
    found: dict[str, OutLink] = {}
    for link in links:
        known = found.get(link.url)
        if known is None or (_is_address(known.anchor) and not _is_address(link.anchor)):
            found[link.url] = link
    return tuple(found.values())


def _is_address(anchor: str) -> bool:
    return bool(_ADDRESS.match(anchor)) or not anchor
