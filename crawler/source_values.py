"""What may stand behind each key of a source: one reader a kind of value.

A reader takes what TOML gave and returns the value, or raises `Unfit` with the end of a sentence
that begins with the key and what was written: `every = "soon"` ... `is not a duration: ...`.
"""

import difflib
import ipaddress
import math
import re
import warnings
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.gov_uk import FINDERS, PREFIX, gov_uk_search
from crawler.urls import canonical_url

Reader = Callable[[object], object]
Member = TypeVar("Member", bound=StrEnum)

_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|m|h|d|w)")
# Steps from the root or from here, a group of them, a function: no line of text begins so.
_XPATH = re.compile(r"\s*\(*(?:\.{0,2}/|[a-z][a-z-]*\()")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_-]*[a-z0-9](?::\d{1,5})?")
# RFC 5646, section 2.1, as far as it concerns language, script, region and variants.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?(?:-[a-z0-9]{5,8})*")
# In the name of a crawler the contact stands in brackets, in one word.
_MAIL = re.compile(r"(?:mailto:)?[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_WEB = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?(?:/[\w./~%?&=+-]*)?", re.ASCII | re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Z]{2}|INT")


class Unfit(Exception):  # noqa: N818 - not an error of the program: a word on a value
    """Why a value cannot stand where it was written."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, with a space before it, or nothing."""
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address (without port) is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def text(value: object) -> str:
    """Words, without the white space around them."""
    if not isinstance(value, str):
        raise Unfit('is not text: write it in quotes, "like this".')
    if not value.strip():
        raise Unfit("is empty.")
    return value.strip()


def flag(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Unfit("is neither true nor false (written without quotes).")
    return value


def slug(value: object) -> str:
    """A name for programs: lower-case letters and digits, hyphens between them."""
    name = text(value)
    if _SLUG.fullmatch(name):
        return name
    near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    hint = f' Did you mean "{near}"?' if near else ""
    raise Unfit(f"may hold only lower-case letters, digits and hyphens between them.{hint}")


def country(value: object) -> str:
    """An ISO 3166-1 alpha-2 code; EU and INT for what has no single country."""
    code = text(value)
    known = {"UK": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "USA": "US"}
    if _COUNTRY.fullmatch(code) and code not in known:
        return code
    near = known.get(code) or (code.upper() if _COUNTRY.fullmatch(code.upper()) else "")
    near = known.get(near, near)
    hint = f' Did you mean "{near}"?' if near else ""
    raise Unfit(f"is not a country code of two capitals (ISO 3166), EU or INT.{hint}")


def language(value: object) -> str:
    """A language tag (BCP 47): en, en-GB, zh-Hant."""
    tag = text(value)
    if not _LANGUAGE.fullmatch(tag):
        raise Unfit('is not a language tag (BCP 47) such as "en", "en-GB" or "cy".')
    return tag


def contact(value: object) -> str:
    """A mail or web address of whoever runs the crawl, of characters that a header may hold."""
    written = text(value)
    if _MAIL.fullmatch(written) or _WEB.fullmatch(written):
        return written
    raise Unfit('is neither a mail address nor a web address, such as "mailto:me@school.example".')


def address(value: object) -> str:
    """A web address with scheme and host, and without a user name."""
    url = text(value)
    parts = _split(url)
    if parts is None or parts[0] not in {"http", "https"} or canonical_url(url) is None:
        bare = parts is not None and "://" not in url and _HOST.fullmatch(url.partition("/")[0])
        hint = f' Did you mean "https://{url}"?' if bare and "." in url else ""
        raise Unfit(f"is not a web address that begins with https:// or http://.{hint}")
    if "@" in parts[1]:
        raise Unfit("holds a user name or password: sources are public, write it without.")
    return url


def place(value: object) -> str:
    """A web address, or a search of GOV.UK by its short name (`govuk:online-safety`)."""
    written = text(value)
    if not written.startswith(PREFIX):
        return address(value)
    search = gov_uk_search(written)
    if search is None:
        raise Unfit(
            "is no search of GOV.UK: write govuk:WORDS, govuk:@ORGANISATION or"
            f" govuk:FINDER/WORDS with a FINDER of {', '.join(FINDERS)}."
        )
    return search.feed


def _split(url: str) -> tuple[str, str] | None:
    try:
        return urlsplit(url).scheme, urlsplit(url).netloc
    except ValueError:
        return None


def host(value: object) -> str:
    """A host name, lower case, with its port if it is an unusual one."""
    name = text(value).lower()
    if not _HOST.fullmatch(name):
        inner = _split(name)
        hint = f' Did you mean "{inner[1]}"?' if inner and inner[1] else ""
        raise Unfit(f"is not a host name such as news.example.org.{hint}")
    return name


def choice(members: Iterable[Member]) -> Callable[[object], Member]:
    """One of a few words."""
    by_name = {member.value: member for member in members}

    def read(value: object) -> Member:
        name = text(value)
        if name not in by_name:
            near = did_you_mean(name, by_name)
            raise Unfit(f"is not one of {', '.join(by_name)}.{near}")
        return by_name[name]

    return read


def duration(value: object) -> float:
    """Seconds, from a number or from text with a unit."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return float(match[1]) * _UNITS[match[2]]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unfit('is not a duration: write seconds (900) or a unit ("15m", "6h", "1d").')
    return float(value)


def pages(value: object) -> int:
    """How many pages of a listing to read, the first one included."""
    most = 100
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Unfit(f"is not a whole number of pages from 1 to {most}.")
    return value


def selector(value: object) -> str:
    """A CSS selector."""
    css = text(value)
    try:
        etree.XPath(HTMLTranslator().css_to_xpath(css))
    except (SelectorError, etree.XPathError) as error:
        raise Unfit(f"is not a CSS selector: {_first_line(error)}.") from error
    return css


def expression(value: object) -> str:
    """A regular expression."""
    pattern = text(value)
    try:
        with warnings.catch_warnings():
            # A doubtful pattern (a set within a set) is a fault too: the next Python may read it
            # differently.
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, Warning) as error:
        raise Unfit(f"is not a regular expression: {_first_line(error)}.") from error
    return pattern


def is_xpath(written: str) -> bool:
    """Whether a rule of `drop` is an XPath and not a line of text, by how it begins."""
    return bool(_XPATH.match(written))


def xpath_or_line(value: object) -> str:
    """An XPath that selects elements, or a line as it stands on the pages."""
    return xpath(value) if is_xpath(text(value)) else text(value)


def xpath(value: object) -> str:
    """An XPath that selects elements."""
    path = text(value)
    try:
        # Only at work does lxml notice a missing bracket or a function that does not exist.
        selected = etree.XPath(path)(etree.Element("html"))
    except etree.XPathError as error:
        raise Unfit(f"is not an XPath: {_first_line(error)}.") from error
    if not isinstance(selected, list):
        raise Unfit("is an XPath that selects no elements (it gives a number, a text or a truth).")
    return path


def _first_line(error: Exception) -> str:
    said = str(error).partition("\n")[0].strip().rstrip(".")
    return said[:1].lower() + said[1:] if said else type(error).__name__
