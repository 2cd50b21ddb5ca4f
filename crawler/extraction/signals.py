"""What a page asks of those who keep or mine it: its licence and its reservations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.extraction.metas import read_metas
from crawler.urls import canonical_url

# Words of the robots meta tag that speak of keeping and reuse. noai and noimageai are no standard,
# but publishers write them.
_ROBOTS = ("noarchive", "nocache", "nosnippet", "noindex", "noai", "noimageai")
_WORD = re.compile(r"[\w-]+")
# -1 is no limit. https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
_MAX_SNIPPET = re.compile(r"max-snippet\s*:\s*(\d{1,9})", re.IGNORECASE)
_LONGEST = 300


def read_signals(
    tree: HtmlElement,
    url: str,
    *,
    free: bool | None,
    metas: Mapping[str, Sequence[str]] | None = None,
) -> tuple[str, ...]:
    """The signals of a page, each once, in a fixed order; `free` is JSON-LD's word on access.

    `metas` are its meta tags when they have been read already. `noarchive` and its like and
    `max-snippet:N` from the robots tag for all robots, `tdm-reservation` and `tdm-policy URL`
    (W3C TDM Reservation Protocol), `license URL`, and `isAccessibleForFree: false`.
    """
    told = read_metas(tree) if metas is None else metas
    found = [*_of_metas(told, url), *_of_links(tree, url)]
    if free is False:
        found.append("isAccessibleForFree: false")
    return tuple(dict.fromkeys(found))


def head_links(tree: HtmlElement, rel: str) -> Iterator[HtmlElement]:
    """The link elements of a page's head with that relation."""
    # Of a head that ends early, by a tag that does not belong there, the rest is in the body.
    links = list(tree.iterfind("head/link")) or tree.iter("link")
    return (link for link in links if rel in (link.get("rel") or "").lower().split())


def _of_metas(metas: Mapping[str, Sequence[str]], url: str) -> Iterator[str]:
    said = {word.lower() for content in metas.get("robots", ()) for word in _WORD.findall(content)}
    yield from (word for word in _ROBOTS if word in said)
    limits = _MAX_SNIPPET.findall(" ".join(metas.get("robots", ())))
    if limits:
        yield f"max-snippet:{min(map(int, limits))}"
    if "1" in metas.get("tdm-reservation", ()):
        yield "tdm-reservation"
    for content in metas.get("tdm-policy", ()):
        if address := _address(url, content):
            yield f"tdm-policy {address}"


def _of_links(tree: HtmlElement, url: str) -> Iterator[str]:
    # A licence linked in the body may be that of one picture; in the head it is the page's.
    for link in head_links(tree, "license"):
        if address := _address(url, link.get("href") or ""):
            yield f"license {address}"


def _address(url: str, written: str) -> str | None:
    if not written or len(written) > _LONGEST:
        return None
    try:
        return canonical_url(urljoin(url, written))
    except ValueError:
        return None
