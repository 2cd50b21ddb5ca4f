"""Conditional requests: a page that has not changed is not sent again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.http import Request

    from archive.records import Claim


class ConditionalMiddleware:
    """Asks with the validator of the last good answer: its ETag, else its Last-Modified.

    One of the two, because servers disagree on what both together mean. Only the address that the
    claim names is asked so: behind a redirect stands another page, whose validator it is not.
    """

    def process_request(self, request: "Request") -> None:
        """Set or, after a redirect, take away the validator."""
        claim: Claim | None = request.meta.get("claim")
        if claim is None:
            return
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        if request.meta.get("redirect_times"):
            return
        if claim.etag:
            request.headers["If-None-Match"] = claim.etag
        elif claim.last_modified:
            request.headers["If-Modified-Since"] = claim.last_modified
