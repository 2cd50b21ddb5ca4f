"""The crawl of every hostile site by its own address: one process meets them all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cases_addresses import NAMES, PLACES, SPELLINGS
from cases_bodies import BOMBS, CUT, ENDLESS, HARMLESS, LENGTHS, MEDIA
from cases_exchanges import HEADS, LINES, REDIRECTS
from cases_robots import ROBOTS, RULES, rules
from hostile_case import FETCHED, Case
from hostile_web import HTML, Exchange, Forbidden, HostileWeb, Route, listening, serving

EXCHANGES: tuple[Case, ...] = (
    *(*BOMBS, *CUT, *LENGTHS, *ENDLESS, *MEDIA, *HARMLESS),
    *(*HEADS, *LINES, *REDIRECTS),
)
# Good pages between the others: what a hostile site does must cost no other site its page.
GOOD = 20
TARGETS = (*SPELLINGS, *PLACES)
REDIRECTED = ("page", "relative", "robots", "refresh")


def targets(port: int) -> dict[str, str]:
    """Every address that is not public, by its name; those with a port of ours at that port."""
    return {name: f"http://{host}:{port}/{name}" for name, host in SPELLINGS.items()} | PLACES


def refresh_to(target: str) -> Route:
    body = (
        f"<meta http-equiv=refresh content='0; url={target}'><title>Invented</title>"
        f"<base href='{target}'><link rel=canonical href='{target}'><p>An invented page."
    ).encode()
    location = target.encode().decode("latin-1")

    def send(exchange: Exchange) -> None:
        exchange.answer("200 OK", HTML, f"Refresh: 0; url={location}", body=body)

    return send


def lead_to(web: HostileWeb, places: dict[str, str]) -> None:
    """Sites that send whoever comes to addresses that are not public, each in its way."""
    for name, target in places.items():
        location = target.encode().decode("latin-1")

        def to(place: str) -> Route:
            return lambda exchange: exchange.answer("302 Found", f"Location: {place}")

        web.routes[f"page-{name}/*"] = to(location)
        web.routes[f"robots-{name}/robots.txt"] = to(location)
        web.routes[f"relative-{name}/*"] = to(location.partition(":")[2])
        web.routes[f"refresh-{name}/*"] = refresh_to(target)


def build(web: HostileWeb, forbidden: Forbidden) -> None:
    """Every site of the crawl."""
    web.forbidden_port = forbidden.port
    for each in EXCHANGES:
        web.routes[f"{each.name}/*"] = each.make()
    for each in ROBOTS:
        web.routes[f"{each.name}/robots.txt"] = each.make()
        web.routes[f"{each.name}/*"] = lambda exchange: exchange.page()
    web.routes["robots-moved/rules.txt"] = rules(RULES)
    lead_to(web, targets(forbidden.port))


def crawl_all(run: Callable[..., Any], folder: Path) -> dict[str, Any]:
    """Crawl all of it, and note what came of it by the label of each request."""
    with serving() as web, listening() as forbidden:
        build(web, forbidden)
        urls = {each.name: web.url(f"{each.name}/") for each in EXCHANGES}
        for each in ROBOTS:
            urls |= {f"{each.name}/{page}": web.url(f"{each.name}/{page}") for page in PAGES}
        urls |= {f"start-{name}": url for name, url in targets(forbidden.port).items()}
        urls |= {
            f"{way}-{name}": web.url(f"{way}-{name}/") for way in REDIRECTED for name in TARGETS
        }
        urls |= {f"name-{name}": f"http://{name}.example:{forbidden.port}/" for name in NAMES}
        urls |= {f"good-{number}": web.url(f"good/{number}") for number in range(GOOD)}
        hosts = {each.name for each in (*EXCHANGES, *ROBOTS)} | {"good"}
        hosts |= {f"{way}-{name}" for way in REDIRECTED for name in TARGETS}
        crawled = run(
            folder,
            [{"url": url} for url in urls.values()],
            open_to=[f"{host}.localhost" for host in hosts],
            listed=[f"{name}.example" for name in NAMES],
            names={f"{name}.example": [answers] for name, answers in NAMES.items()},
            seconds={
                f"{each.name}.localhost": each.seconds
                for each in (*EXCHANGES, *ROBOTS)
                if each.seconds
            },
        )
        return {
            "results": {label: crawled.of(url) for label, url in urls.items()},
            "asked": [[host, path] for host, path, _ in web.asked],
            "headers": {host: headers for host, _, headers in web.asked},
            "sent": dict(web.sent),
            "connections": forbidden.connections,
            "peak_mib": crawled.peak_mib,
            "log": crawled.log,
            "port": web.port,
        }


PAGES = ("public", "private")


def ending_of(result: dict[str, Any]) -> str:
    """The ending of a result as the archive would tell it, or that a page was fetched."""
    if "ending" in result:
        return str(result["ending"])
    # What has no ending of its own is settled by its status.
    from archive.records import Capture, Claim, Fetch, LinkKind  # noqa: PLC0415
    from crawler.admission import settle  # noqa: PLC0415

    claim = Claim(
        frontier_id=1,
        source_id=1,
        source="test",
        url=result["url"],
        kind=LinkKind.ARTICLE,
        depth=0,
        tries=0,
        found_at="2026-01-01T00:00:00Z",
    )
    fetch = Fetch(
        url=claim.url,
        final_url=claim.url,
        fetched_at=claim.found_at,
        status=result["status"],
        redirects=(),
        headers=(),
        elapsed_ms=1,
    )
    settled = settle(Capture(claim=claim, fetch=fetch, body=b"x" * result["size"]))
    return settled.ending if settled else FETCHED
