"""What a block of an issue can be: a numbered heading, a date, a link line, a page number, text."""

import re
from datetime import date, datetime

from crawler.dates import read_date
from crawler.digests.values import Block

_NUMBERED = re.compile(
    r"(?:(?:(?:item|story|article)\s+)?[(\[]?(?P<number>\d{1,3})"
    r"(?:[.)\]:/]|\s+[-\u2013\u2014])[)\]]?|#(?P<hash>\d{1,3})[.):]?)\s+(?P<title>\S.*)",
    re.IGNORECASE,
)
# A day and a month in figures; which is which differs between countries.
_FIGURES = re.compile(r"(?P<first>\d{1,2})[/](?P<second>\d{1,2})[/](?P<year>(?:19|20)\d\d)")
_MONTHS = 12
_BULLET = re.compile(r"^[\u2022\u25cf\u25aa\u25e6\u2023\u25a0\u25ba\u25b6*-]\s+")
# What mailing services put under every mail.
_FOOTER = re.compile(
    r"\bunsubscribe\b|\bview (?:this (?:e-?mail|message) )?in (?:your |a )?browser\b"
    r"|\b(?:manage|update|change) (?:your )?(?:e-?mail )?(?:preferences|subscription)"
    r"|\byou(?: are|\u2019re|'re)? (?:receive|received|receiving) th(?:is|ese)"
    r" (?:e-?)?(?:mail|news|message)"
    r"|\bforward (?:this )?to a (?:friend|colleague)\b|\ball rights reserved\b"
    r"|\bnewsletter abbestellen\b|\bvom newsletter abmelden\b|\bse d\u00e9sinscrire\b"
    r"|\bdarse de baja\b",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(r"[(\[]?(?P<number>\d{1,3})[.)\]]")
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.?|seite)?\s*[-\u2013]?\s*\d{1,3}\s*(?:(?:of|/|von)\s*\d{1,3})?\s*[-\u2013]?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:link|links|source|url|web|website|read more|more|see|see also|full (?:story|article)"
    r"|original(?: article)?|further information|article)\b[^:\n]{0,60}:?\s*",
    re.IGNORECASE,
)
# Brackets, arrows and bars around an address.
_DECORATION = re.compile(r"^[\s:|<>()\[\]\u00bb\u203a\u2192-]+|[\s:|<>()\[\]\u00bb\u203a\u2192-]+$")
_ADDRESS = re.compile(r"<?\b(?:https?://|www\.)[^\s<>\"]+>?", re.IGNORECASE)
_DATE_LABEL = re.compile(r"^(?:date|published|posted|issued?)\s*:?\s+", re.IGNORECASE)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE_AT_END = re.compile(
    rf"[\s,(|\u2013\u2014-]+(?P<date>(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH}\.?,?\s+\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{4}})\)?\s*$",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(rf"(?P<month>{_MONTH})\.?,?\s+(?P<year>\d{{4}})", re.IGNORECASE)
_STOP = re.compile(r"[.!?\u2026:;][\"'\u201d\u2019)\]]*$")
# A heading of a newsletter is rarely longer; running text is rarely shorter.
LONGEST_HEADING = 30
SHORT_LINE = 14
SHORT_FURNITURE = 8
_LONG_TEXT = 18
# "Oh dear." is a headline as well as a sentence.
_SHORT_CRY = 3
_LONGEST_FOOTER = 40
_CALL = re.compile(r"[?!][\"'\u201d\u2019)]*$")


def numbered(block: Block) -> tuple[int, str] | None:
    """The number and the title of a block such as "3. Title", "3) Title" or "Item 3: Title"."""
    found = _NUMBERED.fullmatch(block.text)
    return (int(found["number"] or found["hash"]), found["title"]) if found else None


def is_cut_by_number(first: str, last: str, line: str) -> bool:
    """Whether a line such as "83. Fewer were sound" goes on with a sentence that its number ends.

    `first` and `last` are the lines with which the paragraph before begins and breaks off.
    """
    before, found = numbered(Block(text=first)), numbered(Block(text=line))
    counts_up = before is not None and found is not None and found[0] == before[0] + 1
    return not ends_sentence(last) and not counts_up


def number_alone(block: Block) -> int | None:
    """The number of a block that is nothing but "3." or "(3)"."""
    found = _NUMBER_ALONE.fullmatch(block.text)
    return int(found["number"]) if found else None


def date_of(text: str, now: datetime) -> tuple[str, str] | None:
    """The date that a short line states, and its precision: `month` or `day`."""
    line = _DATE_LABEL.sub("", text.strip())
    if len(line.split()) > SHORT_FURNITURE:
        return None
    if figures := _in_figures(line):
        return figures
    month = _MONTH_ALONE.fullmatch(line)
    # A month is read as such; a day that is believed (see `crawler.dates`) is that of the item.
    read = read_date(f"1 {month['month']} {month['year']}" if month else line, now)
    if read is None:
        return None
    if month or len(read) == len("2019-04"):
        return read[: len("2019-04")], "month"
    return read[: len("2019-04-01")], "day"


def is_labelled_date(text: str) -> bool:
    """Whether a line announces a date: "Date: April 2019", "Published 2 May 2019"."""
    return bool(_DATE_LABEL.match(text.strip()))


def _in_figures(line: str) -> tuple[str, str] | None:
    found = _FIGURES.fullmatch(line)
    if found is None:
        return None
    day, month = int(found["first"]), int(found["second"])
    if month > _MONTHS:
        day, month = month, day
    try:
        return date(int(found["year"]), month, day).isoformat(), "day"
    except ValueError:
        return None


def is_unsure_date(text: str) -> bool:
    """Whether day and month of a date in figures may be the other way round: 12/04/2019."""
    found = _FIGURES.search(text)
    return (
        found is not None
        and found["first"] != found["second"]
        and all(int(found[part]) <= _MONTHS for part in ("first", "second"))
    )


def is_rule(block: Block) -> bool:
    """Whether a block only parts others: stars, dashes, and no word."""
    return not block.links and not any(char.isalnum() for char in block.text)


def is_footer(block: Block) -> bool:
    """Whether a block is what mailing services put under every mail: "Unsubscribe", ..."""
    return len(block.text.split()) <= _LONGEST_FOOTER and bool(_FOOTER.search(block.text))


def without_bullet(title: str) -> str:
    """A title without the sign of a list before it."""
    return _BULLET.sub("", title)


def is_question(block: Block) -> bool:
    """Whether a block may be a heading that asks or calls out."""
    words = len(block.text.split())
    return not block.links and words <= SHORT_LINE and bool(_CALL.search(block.text))


def date_at_end(title: str, now: datetime) -> tuple[str, tuple[str, str]] | None:
    """A title without the date that stands behind it, and that date."""
    found = _DATE_AT_END.search(title)
    stated = date_of(found["date"], now) if found else None
    if found is None or stated is None:
        return None
    return title[: found.start()].rstrip(" ,(|-\u2013\u2014"), stated


def is_link_line(block: Block) -> bool:
    """Whether a block is there for its link alone: "Link: <address>", "Read more", an address."""
    if not block.links:
        return False
    rest = _ADDRESS.sub("", block.text)
    for link in block.links:
        rest = rest.replace(link.anchor, "", 1)
    rest = _LABEL.sub("", rest.strip())
    bare = _DECORATION.sub("", rest)
    label = _LABEL.match(block.text)
    return not bare or (label is not None and len(bare.split()) <= SHORT_FURNITURE)


def is_label(text: str) -> bool:
    """Whether a text only announces a link: "Link:", "Read more"."""
    return bool(_LABEL.fullmatch(text.strip() + " "))


def is_page_number(block: Block) -> bool:
    """Whether a block is a page number; a number that begins an item has a stop behind it."""
    return bool(_PAGE_NUMBER.fullmatch(block.text)) and any(c.isdigit() for c in block.text)


def is_short(block: Block) -> bool:
    """Whether a block may be part of a heading: few words and no stop at the end."""
    words = len(block.text.split())
    if block.rank:
        return words <= LONGEST_HEADING
    return words <= SHORT_LINE and not ends_sentence(block.text)


def is_text(block: Block) -> bool:
    """Whether a block is running text."""
    if block.rank:
        return False
    words = len(block.text.split())
    return words >= _LONG_TEXT or (ends_sentence(block.text) and words > _SHORT_CRY)


def ends_sentence(text: str) -> bool:
    """Whether the last character of a text, quotes aside, is a stop."""
    return bool(_STOP.search(text))
