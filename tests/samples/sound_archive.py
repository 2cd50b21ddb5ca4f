"""A small archive in which everything is there: snapshots, receipts, links, runs that ended."""

from dataclasses import replace
from pathlib import Path

from commits import ARTICLE, LATER, NOW, SOURCE, begin, claim_all, discover, outcome

from archive.records import OutLink
from archive.snapshots import Snapshots
from archive.store import Archive

PAGES = [f"http://gazette.test/{number}" for number in range(6)]
PICTURE = (
    "This page is invented for a test. Three invented schools tested a button, and pupils used it."
)


def build(path: Path) -> None:
    """Six records in three runs, one with two revisions; each with receipts, links and a page."""
    with Archive(path) as archive, Snapshots(path) as snapshots:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        digest = snapshots.keep(f"<rss>{' '.join(PAGES)}</rss>".encode(), now=NOW)
        discover(archive, run_id, *PAGES, snapshot_digest=digest)
        archive.finish_run(run_id, status="finished", now=NOW)
        for visit, time in enumerate((NOW, LATER)):
            run_id = begin(archive)
            claims = claim_all(archive, run_id)
            for number, url in enumerate(PAGES):
                text = (
                    f"{PICTURE} It has the number {number}.\n\nPupils used it {40 + visit} times."
                )
                body = f"<title>Page {number}</title><p>{text}</p>" * 20
                article = replace(
                    ARTICLE,
                    title=f"Schools test button {number}",
                    text=text if number == 0 else text.replace("41", "40"),
                    links=(OutLink(url=PAGES[number - 1], anchor="an earlier report"),),
                    description="A standfirst, invented.",
                    language="en",
                    site_name="The Gazette (invented)",
                )
                digest = snapshots.keep(body.encode(), now=time)
                archive.commit(
                    outcome(
                        run_id,
                        claims[url],
                        article=article,
                        record_url=url,
                        snapshot_digest=digest,
                        body_bytes=len(body),
                    )
                )
            archive.finish_run(run_id, status="finished", now=time)
