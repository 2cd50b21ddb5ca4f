"""What a capture is made into on its way through the flow: pure functions of values."""

from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from archive.endings import Ending
from archive.records import Article, Capture, Claim, LinkKind, Links, Outcome, Page, Rejected
from archive.topics.matching import decide
from archive.topics.rules import rules_of
from archive.topics.words import Told
from crawler.admission import rules_for
from crawler.discovery import DiscoveryDocument
from crawler.opt_outs import link_from_hints, link_only
from crawler.polling import Pace
from crawler.sources import Scope, Source
from crawler.urls import canonical_url, same_site

Result = Article | Links | Rejected
AnyResult = TypeVar("AnyResult", bound=Result)


def if_relevant(result: AnyResult, source: Source, claim: Claim) -> AnyResult | Rejected:
    """An article that its source admits, or why not; what was kept once is not judged again."""
    if source.scope is Scope.ALL or not isinstance(result, Article) or claim.snapshot_digest:
        return result
    if result.subject is None or result.subject.decision.admitted:
        return result
    return Rejected(
        ending=Ending.NOT_RELEVANT, detail=result.subject.decision.reason, signals=result.signals
    )


def if_titles_fit(found: Links, source: Source, rules: str | None) -> Links:
    """Of what a list names, the links whose titles fit, where a record is made of the title alone.

    Otherwise the page itself is judged: a title says less.
    """
    if not source.link_only or source.scope is Scope.ALL:
        return found
    held = rules_of(rules)
    kept = tuple(
        link
        for link in found.links
        if link.kind is not LinkKind.ARTICLE or decide(Told(title=link.title or ""), held).admitted
    )
    left_out = len(found.links) - len(kept)
    warning = f"{left_out:,} links left out: by their titles not of the field"
    return Links(links=kept, warnings=(*found.warnings, *([warning] if left_out else ())))


def is_foreign(result: Result) -> bool:
    """Whether a page is about something else: its address and the reason are kept, no byte."""
    return isinstance(result, Rejected) and result.ending is Ending.NOT_RELEVANT


def as_internal(capture: Capture) -> Capture:
    """The capture of a page on which we made a mistake: without its body."""
    detail = "a mistake of newsward; the log has its traceback"
    fetch = replace(capture.fetch, ending=Ending.INTERNAL, detail=detail)
    return Capture(claim=capture.claim, fetch=fetch)


def ending_of(result: Result) -> Ending:
    """How a result ends, as far as it is known before the archive has compared it."""
    match result:
        case Rejected():
            return result.ending
        case Links():
            return Ending.READ if result.links or result.items else Ending.EMPTY
        case Article():
            return Ending.NEW


def detail_of(result: Result) -> str | None:
    """One line on a result, for people."""
    match result:
        case Rejected():
            return result.detail or None
        case Links():
            counted = [f"{result.items} items"] if result.items else []
            return "; ".join([*counted, f"{len(result.links)} links", *result.warnings])
        case Article():
            return None


def pace_of(source: Source) -> Pace:
    """How often the lists of a source may be asked."""
    return Pace(
        least=timedelta(seconds=source.every_least),
        most=timedelta(seconds=source.every_most),
        fixed=None if source.every is None else timedelta(seconds=source.every),
    )


def page_of(capture: Capture, source: Source, furniture: tuple[str, ...]) -> Page:
    """What extraction needs of an article's page."""
    claim, fetch = capture.claim, capture.fetch
    return Page(
        url=fetch.final_url,
        body=capture.body,
        content_type=fetch.header("content-type"),
        title_hint=claim.title_hint,
        published_hint=claim.published_hint,
        drop=source.drop,
        narrow=source.narrow,
        languages=(source.language,) if source.language else (),
        furniture=furniture,
    )


def document_of(capture: Capture, source: Source) -> DiscoveryDocument:
    """What discovery needs of a feed, sitemap or listing page."""
    claim, fetch = capture.claim, capture.fetch
    return DiscoveryDocument(
        kind=claim.kind,
        url=fetch.final_url,
        body=capture.body,
        content_type=fetch.header("content-type"),
        rules=rules_for(source, claim),
        depth=claim.depth,
    )


def signals_of(result: Result) -> tuple[str, ...]:
    """What the page itself asks of whoever keeps it; nothing for what is no page."""
    return () if isinstance(result, Links) else result.signals


def as_link(result: Result, claim: Claim) -> Result:
    """What may be kept of a page whose text may not be.

    The first lines of an article that is sold are an article with a title: the one that was given
    where it was found.
    """
    if isinstance(result, Article):
        return link_only(result)
    if isinstance(result, Rejected) and result.ending is Ending.PAYWALL_STUB:
        return link_from_hints(claim, "newsward link 1") or result
    return result


def with_article(outcome: Outcome, article: Article) -> Outcome:
    """The outcome with its article, its record's address and the claim that it may make.

    Identity is the address that answered, made canonical by us. What the page says of itself is a
    claim, believed only inside its own registered domain.
    """
    record_url = canonical_url(outcome.fetch.final_url) or outcome.claim.url
    article, is_own = with_claim(article, record_url)
    return replace(
        outcome,
        article=article,
        record_url=record_url,
        canonical_claim=article.canonical_url if is_own else None,
    )


def with_claim(article: Article, record_url: str) -> tuple[Article, bool]:
    """The article with the address it claims made canonical, and whether the claim is its own."""
    claimed = canonical_url(article.canonical_url or "")
    is_own = claimed is not None and same_site(claimed, record_url)
    return replace(article, canonical_url=claimed), is_own
