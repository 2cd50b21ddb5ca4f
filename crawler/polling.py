"""How often a feed, sitemap or listing is asked: by what it brings. Pure decisions.

The rule is that of Media Cloud's rss-fetcher, which polls some 180,000 feeds: mostly new entries
at a poll and it comes sooner, mostly known ones and it comes later, after two good answers in a
row; the lower and upper bounds follow those of Common Crawl's news-crawl. Two things differ, see
`docs/decisions`: a long list is judged by its first 20 links' worth, and lateness is ignored.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.records import Poll

MINUTE = timedelta(minutes=1)
# Where an address begins of which nothing is known, and between what it moves if its source does
# not say otherwise.
START = timedelta(hours=1)
LEAST = 15 * MINUTE
MOST = timedelta(days=1)

# Shares of new links from which on the next poll comes sooner, and below which it comes later.
MANY_NEW = 2 / 3
FEW_NEW = 1 / 3
# More links than this are history, not news: a sitemap of years names 50,000.
WINDOW = 20
SOONER = 60 * MINUTE
LATER = 10 * MINUTE
# Of a source that has been silent for so long, the steps are longer.
SILENT = timedelta(days=31)
LATER_WHEN_SILENT = 60 * MINUTE
# One good answer may be the backlog of a pause, or the first one ever.
SUCCESSES = 2

# Some servers answer 304 to whoever asks conditionally, whatever has changed. A whole body is
# asked for when the last one is older than this.
WHOLE_LIST = timedelta(days=7)
WHOLE_PAGE = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How often a source may be asked: between two bounds, or at a fixed interval."""

    least: timedelta = LEAST
    most: timedelta = MOST
    fixed: timedelta | None = None

    def within(self, interval: timedelta, times: int = 1) -> timedelta:
        """An interval brought between the bounds, both `times` as long."""
        if self.fixed is not None:
            return self.fixed * times
        return min(max(interval, self.least * times), max(self.least, self.most) * times)


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What a reading named, and how much of that nobody had met. A 304 names nothing."""

    named: int = 0
    new: int = 0


def next_poll(
    before: Poll | None, news: News, *, pace: Pace, now: datetime, times: int = 1
) -> Poll:
    """What to remember after a good answer; `times` is how much rarer than a feed it is asked."""
    if before is None:
        before = Poll(interval=round((START * times).total_seconds()))
    successes = before.successes + 1
    last_new = now.strftime("%Y-%m-%dT%H:%M:%SZ") if news.new else before.last_new_at
    interval = timedelta(seconds=before.interval)
    if successes >= SUCCESSES:
        interval += _step(news, last_new, now)
    return Poll(
        interval=round(pace.within(interval, times).total_seconds()),
        successes=successes,
        named=news.named or before.named,
        new=news.new,
        last_new_at=last_new,
    )


def after_failure(before: Poll | None) -> Poll | None:
    """What to remember after a failure: it breaks the row of good answers."""
    return None if before is None else replace(before, successes=0)


def _step(news: News, last_new_at: str | None, now: datetime) -> timedelta:
    share = news.new / min(news.named, WINDOW) if news.named else 0.0
    if share > MANY_NEW:
        return -SOONER
    if share >= FEW_NEW:
        return timedelta()
    is_silent = last_new_at is None or now - datetime.fromisoformat(last_new_at) > SILENT
    return LATER_WHEN_SILENT if is_silent else LATER


def may_be_conditional(whole_at: str | None, *, is_list: bool, now: datetime) -> bool:
    """Whether a 304 would be believed: only while the last whole body is young enough."""
    if whole_at is None:
        return False
    return now - datetime.fromisoformat(whole_at) < (WHOLE_LIST if is_list else WHOLE_PAGE)
