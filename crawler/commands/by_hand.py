"""Which of the addresses that a person names a crawl may ask for, and for which source."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from crawler.ingestion.places import ListedPages
from crawler.middlewares.guard import refusal
from crawler.network import AddressPolicy
from crawler.sources import Source, listed_sites
from crawler.urls import MAX_LENGTH, canonical_url, host_of, names_media, site_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """An address that a crawl may ask for: its canonical form, and the id of its source."""

    url: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfit:
    """Why an address cannot be added, and what to do, in one line."""

    why: str


class Chooser:
    """Judges addresses by the list of sources; pure.

    Args:
        sources: those that are listed, switched off or not.
        only: every address is to belong to this one of them.
        policy: which hosts may be asked though they are not public.
    """

    def __init__(
        self, sources: Sequence[Source], *, only: Source | None, policy: AddressPolicy
    ) -> None:
        self._sources = sources
        self._only = only
        self._policy = policy
        self._pages = ListedPages({one.id: one for one in sources})

    def judge(self, asked: str) -> Chosen | Unfit:
        """The source of an address as a person typed it, or why a crawl would not ask for it."""
        url = canonical_url(asked)
        if why := self._form_fault(asked, url):
            return Unfit(why=why)
        if url is None:
            return Unfit(why=f"no web address, or longer than {MAX_LENGTH:,} characters")
        if names_media(url):
            end = PurePosixPath(urlsplit(url).path).suffix
            return Unfit(why=f"pictures, sounds and films ({end}) are never asked for")
        if self._pages.is_list(url):
            return Unfit(why="a front page, feed or list of a source: crawls read it anyway")
        return self._source_of(url)

    def _form_fault(self, asked: str, url: str | None) -> str | None:
        refused = refusal(url or asked.strip(), listed_hosts=None, policy=self._policy)
        if refused is None:
            return None
        has_scheme = url is not None or ":" in asked
        return refused.detail if has_scheme else f"{refused.detail}. Write https:// before it"

    def _source_of(self, url: str) -> Chosen | Unfit:
        fitting = [one for one in self._candidates() if _is_host_of(url, one)]
        if not fitting:
            return Unfit(why=self._unlisted(url))
        crawled = {one.id: one for one in fitting if one.enabled and not one.link_only}
        source = ListedPages(crawled).source_of(url)
        if source is not None:
            return Chosen(url=url, source=source.id)
        names = ", ".join(one.id for one in fitting)
        if any(one.enabled for one in fitting):
            return Unfit(why=f"{names} keeps links only: its lists are read, its pages are not")
        return Unfit(
            why=f"{names} is switched off. Set `enabled = true` for it in the list of sources"
        )

    def _candidates(self) -> Sequence[Source]:
        return self._sources if self._only is None else (self._only,)

    def _unlisted(self, url: str) -> str:
        host = host_of(url)
        if self._only is not None:
            return (
                f"{host} is not a host of {self._only.id}. Add it to the `hosts` of that source, or"
                " leave --source out"
            )
        scheme = urlsplit(url).scheme
        return (
            f"{host} is not a host of a listed source. List it first:"
            f" newsward source add {scheme}://{host}/"
        )


def _is_host_of(url: str, source: Source) -> bool:
    return site_of(host_of(url)) in listed_sites(source)
