"""A few articles read to their end: whether a source can be read is seen on its pages."""

from collections.abc import Iterable

from archive.records import DiscoveredLink, LinkKind, Page, Rejected
from crawler.admission import settle
from crawler.opt_outs import robots_directives
from crawler.scouting.asking import Asker
from crawler.scouting.reading import Reader
from crawler.scouting.report import ARTICLE, Sample

SAMPLES = 3
# Characters of a sample's text that are shown.
BEGINS = 160


async def read_samples(
    links: Iterable[DiscoveredLink], sites: frozenset[str], asker: Asker, reader: Reader
) -> tuple[Sample, ...]:
    """The first three articles, each fetched and read as the crawl would."""
    return tuple([await _sample(link, sites, asker, reader) for link in tuple(links)[:SAMPLES]])


async def _sample(
    link: DiscoveredLink, sites: frozenset[str], asker: Asker, reader: Reader
) -> Sample:
    capture = await asker.ask(link.url, LinkKind.ARTICLE, sites)
    fetch = capture.fetch
    said = [f"X-Robots-Tag: {word}" for word in robots_directives(fetch)]
    if (fetch.header("tdm-reservation") or "").strip() == "1":
        said.append("tdm-reservation header")
    page = Page(
        url=fetch.final_url,
        body=capture.body,
        content_type=fetch.header("content-type"),
        title_hint=link.title,
        published_hint=link.published,
    )
    result = settle(capture) or await reader.extract(page)
    if isinstance(result, Rejected):
        return Sample(
            url=link.url, ending=result.ending, detail=result.detail or None, signals=tuple(said)
        )
    words = result.text.split()
    return Sample(
        url=link.url,
        ending=ARTICLE,
        title=result.title,
        published=result.published,
        words=len(words),
        begins=" ".join(words)[:BEGINS],
        signals=(*said, *result.signals),
    )
