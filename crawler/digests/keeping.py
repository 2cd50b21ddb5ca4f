"""From the bytes of an issue to what is kept of it: pure functions of values."""

from collections.abc import Sequence

from archive.digest_rows import KeptIssue, KeptItem
from archive.records import Article, DiscoveredLink, FoundAs, LinkKind, Links
from archive.topics.matching import decide
from archive.topics.rules import rules_of
from archive.topics.words import Told
from crawler.digests.values import DigestItem, ReadIssue
from crawler.sources import Source, listed_sites
from crawler.traps import trap_of
from crawler.urls import host_of, site_of

EXTRACTOR = "newsward digests 1"


def admitted(read: ReadIssue, rules: str | None) -> ReadIssue:
    """The issue with those items alone that the topics admit; `rules` as `rules_of` takes them."""
    held = rules_of(rules)
    kept = tuple(
        item for item in read.items if decide(Told(title=item.title, text=item.text), held).admitted
    )
    return ReadIssue(issue=read.issue, items=kept, signals=read.signals)


def kept_issue(
    name: str,
    read: ReadIssue,
    digest: str,
    listed: Sequence[Source],
    *,
    source_id: int | None = None,
) -> KeptIssue:
    """What is kept of an issue: `name` is its file or address, `digest` that of its bytes.

    The links of an item are followed where their sites are among the `listed` sources. `source_id`
    is the source that it came from, None for a file.
    """
    return KeptIssue(
        name=name,
        title=read.issue.title,
        issued=read.issue.date,
        snapshot_digest=digest,
        source_id=source_id,
        items=tuple(_item(name, item, listed) for item in read.items),
    )


def links_of(kept: KeptIssue) -> tuple[tuple[str, DiscoveredLink], ...]:
    """The links that are followed, each with the source that it belongs to."""
    return tuple(pair for item in kept.items for pair in item.follow)


def own_links(kept: KeptIssue, source: Source) -> Links:
    """What the fetch of an issue brought: its items counted, the links to its own source."""
    own = tuple(link for slug, link in links_of(kept) if slug == source.id)
    unsure = sum(bool(item.warnings) for item in kept.items)
    warnings = (f"{unsure} items are uncertain",) if unsure else ()
    return Links(links=own, warnings=warnings, items=len(kept.items))


def _item(name: str, item: DigestItem, listed: Sequence[Source]) -> KeptItem:
    article = Article(
        title=item.title or item.text[:80] or f"Item {item.position}",
        text=item.text,
        removals=(),
        extractor=EXTRACTOR,
        published=item.date,
        published_precision=item.date_precision,
        published_source="digest item" if item.date else None,
        links=item.links,
    )
    follow = [
        (source.id, _link(name, item, url))
        for url in (link.url for link in item.links)
        if (source := _source_of(url, listed)) is not None and trap_of(url) is None
    ]
    return KeptItem(
        position=item.position,
        number=item.number,
        article=article,
        start=item.start,
        end=item.end,
        warnings=item.warnings,
        follow=tuple(follow),
    )


def _link(name: str, item: DigestItem, url: str) -> DiscoveredLink:
    return DiscoveredLink(
        url=url,
        kind=LinkKind.ARTICLE,
        found_in=name,
        found_as=FoundAs.DIGEST_ITEM,
        position=item.position,
        title=item.title or None,
    )


def _source_of(url: str, listed: Sequence[Source]) -> Source | None:
    site = site_of(host_of(url))
    return next((one for one in listed if one.enabled and site in listed_sites(one)), None)
