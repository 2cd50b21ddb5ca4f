"""The cases of the hostile web as a page for readers; `docs/generate.py` writes it."""

from collections.abc import Iterable

from cases_addresses import NAMES, PLACES, SPELLINGS, WAYS
from cases_articles import BAIT, CLAIMS, GATES, HANGS, INJECTIONS
from cases_bodies import BOMBS, CUT, ENDLESS, HARMLESS, LENGTHS, MEDIA
from cases_exchanges import HEADS, LINES, REDIRECTS
from cases_lists import FEEDS, LISTINGS, SITEMAPS_SENT
from cases_pages import BINARY, CHARSETS, STRUCTURE
from cases_robots import ROBOTS
from hostile_case import FETCHED, JUDGED, Case

INTRODUCTION = """
# What the web may do to us

A listed source may be taken over, sold, or badly run. Each row is something that it could do, how
it reaches us, and how the fetch ends ([all endings](endings.md)); `fetched` means that the exchange
is sound, `read and judged` that a page was read in time and
then archived or refused as any page is. Every row is a test in `tests/hostile/`, run
against real servers on loopback by a crawl with our own settings.

While {count} cases run:

- No connection is made to an address that is not public: a listener counts those that come.
- Of what is declared as an image, a film, a sound or a file, no byte of the body is read.
- The crawling process never holds 300 MB. Nor does it when 40 hosts at once send pages of almost
  10 MiB, plain, in chunks or packed, all of which are archived (measured with two workers: 181 to
  201 MB; with eight, and pages that hardly pack: 254 MB).
- Every good page between them is fetched, read and archived whole.
- Nothing ends as `internal`, which would be a mistake of ours.
"""
# Heading, how it reaches us, cases.
SECTIONS: tuple[tuple[str, str, tuple[Case, ...]], ...] = (
    ("Bombs: bodies that unpack to too much", "any answer", BOMBS),
    ("Compressed bodies that are cut off or are none", "any answer", CUT),
    ("Lengths that lie", "any answer", LENGTHS),
    ("What never ends", "any answer", ENDLESS),
    ("What is not text", "any answer", MEDIA),
    ("Headers", "any answer", HEADS),
    ("Statuses and connections", "any answer", LINES),
    ("Redirects", "any answer", REDIRECTS),
    ("Odd and harmless", "any answer", HARMLESS),
    ("robots.txt: the ending is that of a page which the rules close", "robots.txt", ROBOTS),
    ("Feeds", "a feed of the list", FEEDS),
    ("Sitemaps", "a sitemap of the list", SITEMAPS_SENT),
    ("Listing pages", "a listing page of the list", LISTINGS),
    ("Files declared as pages", "an article link", BINARY),
    ("Charsets", "an article link", CHARSETS),
    ("Structure", "an article link", STRUCTURE),
    ("Bait for slow rules", "an article link", BAIT),
    ("Claims of a page", "an article link", CLAIMS),
    ("Titles and names made to do harm where they are shown", "an article link", INJECTIONS),
    ("Pages in place of the article", "an article link", GATES),
    ("Pages that would keep a worker busy for minutes", "an article link", HANGS),
)
ADDRESSES = """
## Addresses that are not public

{count} spellings and places are tried by each of these ways:

| how it reaches us | ending |
|---|---|
"""
SHOWN = """
What titles and names made to do harm look like afterwards is tested in the archive, in `newsward
search`, `show` and `export`, in a spreadsheet and in Datasette: they are text everywhere. Control
characters and characters that turn the text around are gone.
"""


def page() -> str:
    """The page, in Markdown."""
    count = sum(len(cases) for _, _, cases in SECTIONS) + len(SPELLINGS) + len(PLACES) + len(NAMES)
    lines = [INTRODUCTION.replace("{count}", str(count))]
    for heading, reach, cases in SECTIONS:
        lines += [f"## {heading}", "", "| the site | how it reaches us | ending |", "|---|---|---|"]
        lines += [f"| {_cell(each.does)} | {reach} | {_ending(each)} |" for each in cases]
        lines.append("")
        if cases is INJECTIONS:
            lines.append(SHOWN)
    lines.append(ADDRESSES.replace("{count}", str(len(SPELLINGS) + len(PLACES))).strip())
    lines += [f"| {way} | {ending} |" for way, ending in WAYS.items()]
    lines += ["", f"Spellings of this machine: {_list(SPELLINGS.values())}.", ""]
    lines += [f"Places: {_list(PLACES.values())}.", ""]
    answers = (", ".join(answer[:3]) for answer in NAMES.values())
    lines += [f"Answers of name servers: {_list(answers)}.", ""]
    return "\n".join(lines)


def _ending(each: Case) -> str:
    return each.ending if each.ending in {FETCHED, JUDGED} else f"`{each.ending}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _list(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)
