"""What is read of bodies and texts, each with all that it needs loaded when it is first asked for.

The crawling process names these functions to its workers and reads no page itself. Loading what
reads pages would cost it a quarter of a second of processor time and 40 MB at every start, and most
crawls find nothing new. `crawler.ready` loads it all, for the workers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archive.endings import Ending
from archive.furniture import Furniture, SourceTexts
from archive.receipts import Receipts, pack
from archive.records import Article, Links, Page, Rejected
from archive.topics.rules import rules_of
from archive.topics.subject import subject_of
from archive.topics.words import Told
from crawler.digests.values import ReadIssue
from crawler.discovery.document import DiscoveryDocument, Unreadable


def read_article(page: Page, rules: str | None) -> Article | Rejected:
    """What a page says and what that is about; `rules` are topic rules, None for those shipped."""
    from crawler.extraction import extract

    result = extract(page)
    if isinstance(result, Rejected):
        return result
    told = Told(title=result.title, text=result.text)
    receipts = Receipts(pack(result.removals))
    return replace(result, removals=receipts, subject=subject_of(told, rules_of(rules)))


def read_links(document: DiscoveryDocument) -> Links | Rejected:
    """What a feed, sitemap or listing page names, or why it could not be read."""
    from crawler.discovery import discover
    from crawler.extraction.challenges import is_challenge
    from crawler.extraction.decode import decode_html

    try:
        return discover(document)
    except Unreadable as error:
        asks_who_we_are = is_challenge(decode_html(document.body, document.content_type))
        ending = Ending.CAPTCHA if asks_who_we_are else Ending.UNREADABLE
        return Rejected(ending=ending, detail=str(error))


def read_issue(body: bytes, url: str | None, now: datetime, name: str = "") -> ReadIssue | Rejected:
    """The issue in a file or at an address, or why it cannot be read."""
    from crawler.digests.reading import read_page

    return read_page(body, url, now, name)


def learn(source: SourceTexts) -> Sequence[Furniture]:
    """The furniture that the pages of a source show."""
    from crawler.extraction import site_memory

    return site_memory.learn(source)
