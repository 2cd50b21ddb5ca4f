"""News agencies, as a byline or a dateline credits them."""

import re
from collections.abc import Iterable

# Short names stand for an agency only in capitals; the rest in any case.
_SHORT = {
    "PA": "PA", "AP": "AP", "AFP": "AFP", "AAP": "AAP", "DPA": "dpa", "EFE": "EFE", "ANSA": "ANSA",
    "ANP": "ANP", "UPI": "UPI", "APA": "APA", "NTB": "NTB", "KNA": "KNA", "SDA": "SDA",
}  # fmt: skip
_LONG = {
    "press association": "PA", "pa media": "PA", "pa news agency": "PA", "pa wire": "PA",
    "associated press": "AP", "ap news": "AP", "reuters": "Reuters",
    "thomson reuters": "Reuters", "agence france-presse": "AFP", "agence france presse": "AFP",
    "australian associated press": "AAP", "deutsche presse-agentur": "dpa", "dpa": "dpa",
    "agencia efe": "EFE", "united press international": "UPI", "canadian press": "CP",
    "bloomberg news": "Bloomberg", "keystone-sda": "SDA",
}  # fmt: skip
_LONGEST_FIRST = sorted(_LONG, key=len, reverse=True)
_AGENCY = re.compile(
    rf"(?<![\w-])(?:(?-i:(?P<short>{'|'.join(_SHORT)}))"
    rf"|(?P<long>{'|'.join(map(re.escape, _LONGEST_FIRST))}))(?![\w-])",
    re.IGNORECASE,
)
# "LONDON (Reuters) - ", "Berlin (dpa): ", "LONDON, March 3 (Reuters) - ".
_DATELINE = re.compile(
    r"\s*[^\W\d_][\w .,/'\u2019-]{1,50}\((?P<wire>[\w/ .-]{2,40})\)\s*[-\u2013\u2014:]\s"
)
# "(Reporting by ...)" names persons; "Reuters contributed to this report" an agency.
_CREDIT = re.compile(
    r"(?:with (?:files|reporting|reports) from|additional reporting (?:by|from)|source:|quelle:)\s"
    r"(?P<source>.{2,60})|(?P<helper>.{2,60}?) contributed to this (?:report|story|article)",
    re.IGNORECASE,
)


def wire_credit(authors: Iterable[str], text: str, removed: Iterable[str]) -> str | None:
    """The agency that an article is credited to: by its byline, its dateline or a credit line.

    `removed` are short lines that extraction took out; only those of a credit are read.
    """
    told = [*map(credited, authors), of_dateline(text)]
    helpers = (of_credit(line) for line in removed)
    return next((agency for agency in (*told, *helpers) if agency is not None), None)


def credited(text: str) -> str | None:
    """The agency that a byline names, by its usual short name."""
    return _usual_name(_AGENCY.search(text))


def agency(name: str) -> str | None:
    """The agency whose whole name this is, by its usual short name."""
    return _usual_name(_AGENCY.fullmatch(name))


def _usual_name(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    short, long = found.group("short", "long")
    return _SHORT[short] if short else _LONG[long.casefold()]


def of_dateline(text: str) -> str | None:
    """The agency in the dateline that a text begins with."""
    found = _DATELINE.match(text)
    return credited(found.group("wire")) if found else None


def of_credit(text: str) -> str | None:
    """The agency in a line that says who helped with the report."""
    found = _CREDIT.search(text)
    return credited(found.group("source") or found.group("helper")) if found else None
