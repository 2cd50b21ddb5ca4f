"""What a page asks of those who keep or mine it: its licence and its reservations."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.urls import canonical_url

# Words of the robots meta tag that speak of keeping and reuse. noai and noimageai are no standard,
# but publishers write them.
_ROBOTS = ("noarchive", "nocache", "nosnippet", "noindex", "noai", "noimageai")
_WORD = re.compile(r"[\w-]+")
_LONGEST = 300


def read_signals(tree: HtmlElement, url: str, *, free: bool | None) -> tuple[str, ...]:
    """The signals of a page, each once, in a fixed order; `free` is JSON-LD's word on access.

    `noarchive` and its like from the robots tag for all robots, `tdm-reservation` and `tdm-policy
    URL` (W3C TDM Reservation Protocol), `license URL`, and `isAccessibleForFree: false`.
    """
    found = [*_of_metas(tree, url), *_of_links(tree, url)]
    if free is False:
        found.append("isAccessibleForFree: false")
    return tuple(dict.fromkeys(found))


def _of_metas(tree: HtmlElement, url: str) -> Iterator[str]:
    metas = [
        ((meta.get("name") or "").strip().lower(), (meta.get("content") or "").strip())
        for meta in tree.iter("meta")
    ]
    said = {
        word.lower()
        for name, content in metas
        if name == "robots"
        for word in _WORD.findall(content)
    }
    yield from (word for word in _ROBOTS if word in said)
    for name, content in metas:
        if name == "tdm-reservation" and content == "1":
            yield name
        elif name == "tdm-policy" and (address := _address(url, content)):
            yield f"{name} {address}"


def _of_links(tree: HtmlElement, url: str) -> Iterator[str]:
    # A licence linked in the body may be that of one picture; in the head it is the page's.
    for link in tree.iter("link"):
        if "license" in (link.get("rel") or "").lower().split():
            address = _address(url, link.get("href") or "")
            if address:
                yield f"license {address}"


def _address(url: str, written: str) -> str | None:
    if not written or len(written) > _LONGEST:
        return None
    try:
        return canonical_url(urljoin(url, written))
    except ValueError:
        return None
