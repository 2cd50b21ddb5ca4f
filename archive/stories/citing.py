"""Which text names the other as its source, and which agency a text is credited to."""

import re
from urllib.parse import urlsplit

from archive.stories.values import Told

_FIRST_REPORTED = re.compile(
    r"(?:first (?:reported|published|appeared)|originally (?:reported|published|appeared))"
    r" (?:by|in|on|at) (?:the )?([^.,;\n]{2,60})",
    re.IGNORECASE,
)
# One of these is in whatever that finds, and looking for it costs a third.
_IN_REPORTED = tuple(
    f"{end} {verb}" for end in ("t", "y") for verb in ("report", "publish", "appear")
)
_WIRES = {
    "pa": "PA Media", "pa media": "PA Media", "press association": "PA Media",
    "reuters": "Reuters", "ap": "Associated Press", "associated press": "Associated Press",
    "afp": "AFP", "agence france-presse": "AFP",
}  # fmt: skip


def citation(a: Told, b: Told) -> tuple[str | None, str | None]:
    """Which of two texts cites the other (`a` or `b`), and how, in words; None without one.

    Two that cite each other tell nothing.
    """
    by_a, by_b = _cites(a, b), _cites(b, a)
    if bool(by_a) == bool(by_b):
        return None, None
    return ("a", by_a) if by_a else ("b", by_b)


def _cites(one: Told, other: Told) -> str | None:
    address = plain_address(other.url)
    if not address or address == plain_address(one.url):
        return None
    if any(plain_address(link) == address for link in one.links):
        return "an item of a digest with its link" if one.is_item else "a link in its text"
    if one.canonical and plain_address(one.canonical) == address:
        return "its page calls the other its canonical address"
    lower = one.text.lower()
    if not any(piece in lower for piece in _IN_REPORTED):
        return None
    for found in _FIRST_REPORTED.finditer(one.text):
        if _is_named(found[1], other):
            return f"it says \u201c{' '.join(found[0].split())}\u201d"
    return None


def _is_named(said: str, other: Told) -> bool:
    said = " ".join(said.lower().split())
    source = other.source.lower().removeprefix("the ")
    host = (urlsplit(other.url).hostname or "").removeprefix("www.")
    return bool(source and said.startswith(source)) or bool(host and host in said)


def plain_address(url: str) -> str:
    """An address without scheme, `www.`, query and last slash: as people write it down."""
    if not url:
        return ""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query and "utm_" not in parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}" if host else ""


def wire_name(credit: str | None) -> str | None:
    """The name of the agency that a credit names; None without one."""
    if not credit:
        return None
    return _WIRES.get(" ".join(credit.lower().split()), credit.strip())
