"""The content-type gate: of anything that is not text, not one byte of the body is read."""

from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

from archive.endings import Ending
from archive.records import Claim, LinkKind
from crawler.middlewares.robots import is_robots_request
from crawler.network import Refused

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from scrapy.http.headers import Headers

# What pages, feeds and sitemaps are served as. An answer without a type passes: old servers send
# none, and extraction looks at the bytes before it believes anything.
TEXT = frozenset(
    {
        "",
        "text/html",
        "application/xhtml+xml",
        "text/plain",
        "text/xml",
        "application/xml",
        "application/rss+xml",
        "application/rdf+xml",
        "application/atom+xml",
        "text/rss+xml",
        "text/atom+xml",
        "application/x-rss+xml",
        "application/feed+json",
        "application/json",
        "text/json",
        "text/markdown",
    }
)
# How servers label sitemap.xml.gz.
PACKED = frozenset(
    {
        "application/gzip",
        "application/x-gzip",
        "application/octet-stream",
        "binary/octet-stream",
    }
)
# What a person who names the address of a newsletter may be given: read in that one run alone,
# see the setting NEWSWARD_DOCUMENTS.
DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "message/rfc822",
    }
)
# robots.txt may come as anything that is not plainly something else (RFC 9309, 2.3, asks for
# text/plain and servers do not care).
MEDIA = ("image/", "audio/", "video/", "font/", "model/")

# More than any honest server sends: Apache, nginx and the browsers stop at about 100 headers and
# at 8 to 256 KiB.
MOST_HEADERS = 200
MOST_HEADER_BYTES = 256 * 1024


def media_type(content_type: str | None) -> str:
    """The bare type of a Content-Type value in lower case, empty when there is none."""
    return (content_type or "").partition(";")[0].partition(",")[0].strip().lower()


def is_wanted(
    kind: LinkKind | None, content_type: str | None, *, also: frozenset[str] = frozenset()
) -> bool:
    """Whether a body of this type is read for a link of this kind (None: robots.txt).

    `also` are types that are wanted of a newsletter, beside those that always are.
    """
    bare = media_type(content_type)
    if kind is LinkKind.DIGEST and bare in also:
        return True
    if kind is None:
        return not bare.startswith(MEDIA)
    return bare in TEXT or (kind is LinkKind.SITEMAP and bare in PACKED)


def is_flood(headers: "Headers") -> bool:
    """Whether there are more or longer headers than an honest server sends."""
    sizes = [len(name) + len(value) for name, values in headers.items() for value in values]
    return len(sizes) > MOST_HEADERS or sum(sizes) > MOST_HEADER_BYTES


class ContentTypeMiddleware:
    """Closes the connection after the headers when the body is not wanted.

    What the answer then means depends on its status, which is not known at that moment: a
    redirect is still followed and a 404 stays a 404, both without their bodies; an answer that
    would have been read ends as `media`, a flood of headers as `broken-body`.
    """

    def __init__(self, *, also: frozenset[str] = frozenset()) -> None:
        self._also = also

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build as Scrapy asks, and look at headers as they come."""
        asks_for_issues = crawler.settings.getbool("NEWSWARD_DOCUMENTS")
        gate = cls(also=DOCUMENTS if asks_for_issues else frozenset())
        crawler.signals.connect(gate.headers_received, signal=signals.headers_received)
        return gate

    def headers_received(self, headers: "Headers", request: "Request") -> None:
        """Stop the download when the headers say enough."""
        if is_flood(headers) or not self._is_wanted(request, headers):
            raise StopDownload(fail=False)

    def process_response(self, request: "Request", response: "Response") -> "Response":
        """Name the ending of an answer whose body was refused."""
        if is_flood(response.headers):
            raise Refused(Ending.BROKEN_BODY, "a flood of headers", response.replace(headers={}))
        if self._is_wanted(request, response.headers):
            return response
        if response.status in range(200, 300):
            detail = media_type(_content_type(response.headers))
            raise Refused(Ending.MEDIA, f"declared as {detail}", response)
        # There is nothing left to decompress.
        response.headers.pop("Content-Encoding", None)
        return response

    def _is_wanted(self, request: "Request", headers: "Headers") -> bool:
        claim: Claim | None = request.meta.get("claim")
        kind = None if claim is None or is_robots_request(request) else claim.kind
        return is_wanted(kind, _content_type(headers), also=self._also)


def _content_type(headers: "Headers") -> str | None:
    value = headers.get("Content-Type")
    return None if value is None else value.decode("latin-1")
