"""Redirects: at most REDIRECT_MAX_TIMES, never away from http(s), and never with a Referer."""

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

from archive.endings import Ending
from crawler.network import Refused

if TYPE_CHECKING:
    from scrapy.http import Request, Response

_REDIRECTS = {301, 302, 303, 307, 308}


class NamedRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, with a named ending where they stop."""

    def handle_referer(self, request: "Request", response: "Response") -> None:  # noqa: ARG002 - Scrapy's signature
        """Send no Referer: where a link was found is nobody's business."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Nothing to look up: Scrapy would warn here that REFERER_ENABLED is off."""

    def process_response(  # type: ignore[override] # the spider argument is deprecated by Scrapy
        self, request: "Request", response: "Response"
    ) -> "Request | Response":
        """The next hop, or the response when it is none; raises `Refused` at a dead end."""
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            detail = f"more than {self.max_redirect_times} redirects"
            raise Refused(Ending.TOO_MANY_REDIRECTS, detail, response) from error
        except ValueError as error:
            raise Refused(Ending.REFUSED_ADDRESS, "redirect to no web address", response) from error
        if result is response and response.status in _REDIRECTS:
            _refuse_other_schemes(request, response)
        return result


def _refuse_other_schemes(request: "Request", response: "Response") -> None:
    location = (response.headers.get("Location") or b"").decode("latin-1")
    scheme = urlsplit(urljoin(request.url, location)).scheme
    if scheme not in {"http", "https"}:
        raise Refused(Ending.REFUSED_ADDRESS, f"redirect to a {scheme}: address", response)
