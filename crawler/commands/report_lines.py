"""A scout's report in lines that a person reads."""

from collections.abc import Iterator

from archive.commands.options import human_duration, printable
from archive.endings import Ending
from crawler.scouting.report import ARTICLE, Offer, Report, Sample, Worth


def report_lines(report: Report) -> Iterator[str]:
    """What was found at an address: permission, wishes, places, samples."""
    delay = f"; Crawl-delay {human_duration(report.crawl_delay)}" if report.crawl_delay else ""
    yield f"robots.txt {report.robots}{delay}."
    yield "Opt-outs: " + (", ".join(map(printable, report.opt_outs)) or "none seen") + "."
    if report.problem is not None:
        detail = printable(report.problem.detail or "")
        yield f"The address itself: {report.problem.ending}" + (f" ({detail})" if detail else "")
        if report.problem.ending is Ending.UNLISTED_HOST:
            yield "It leads to another site: test the address that it leads to."
    best = report.best
    if not report.offers:
        yield "Found nothing that names articles."
    for offer in sorted(report.offers, key=lambda one: one is not best):
        yield from _offer_lines(offer, is_best=offer is best)
    if best is not None:
        yield f"Read {report.readable} of {len(report.samples)} sample articles:"
        for number, sample in enumerate(report.samples, 1):
            yield from _sample_lines(number, sample)


def _offer_lines(offer: Offer, *, is_best: bool) -> Iterator[str]:
    newest = f", newest {offer.newest[:10]}" if offer.newest else ""
    noun = "link" if offer.count == 1 else "links"
    mark = "*" if is_best else "-"
    how = printable(offer.how)
    yield f"{mark} {offer.what}: {offer.count} {noun}{newest} · {offer.url} ({how})"
    if offer.sureness is not None and offer.worth > Worth.NOTHING:
        yield f"    {offer.sureness}"
        if offer.pattern:
            yield f"    pattern = '{offer.pattern}'"


def _sample_lines(number: int, sample: Sample) -> Iterator[str]:
    if sample.ending != ARTICLE:
        detail = f" ({printable(sample.detail)})" if sample.detail else ""
        yield f"  {number}. {sample.ending}{detail} · {sample.url}"
        return
    date = (sample.published or "no date")[:10].rstrip("T")
    yield f"  {number}. {printable(sample.title or '')} · {date} · {sample.words} words"
    yield f"     {printable(sample.begins or '')}…"
