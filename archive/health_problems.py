"""What can be wrong with a source: a name, what is seen of it, and what to do about it."""

from enum import StrEnum
from typing import Self


class Problem(StrEnum):
    """One thing that can be wrong; `what` and `next` are sentences with places for the facts.

    The names are public API: they stand in `health.problem` and in `newsward health --json`.
    """

    what: str
    next: str

    def __new__(cls, name: str, what: str = "", next_: str = "") -> Self:
        """Carry the sentences beside the name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.what = what
        member.next = next_
        return member

    MOVED = (
        "moved",
        "the {kind} has moved for good",
        "In sources.toml, change its url to {proposed}",
    )
    MOVED_AWAY = (
        "moved-away",
        "the {kind} leads to another site, {final_url}",
        "If that is theirs, list it in sources.toml with its url or under hosts",
    )
    HTML = (
        "html",
        "the {kind} has become a web page",
        "Look on {homepage} for its new address and list that in sources.toml",
    )
    UNREADABLE = (
        "unreadable",
        "the {kind} cannot be read ({said})",
        "Open its address in a browser, and look on {homepage} for another",
    )
    LAYOUT = (
        "layout",
        "the page has a new layout: {said}",
        "Look at the page and mend its links or pattern in sources.toml",
    )
    EMPTY = (
        "empty",
        "the {kind} names no article any more",
        "Open its address in a browser, and look on {homepage} for another",
    )
    GONE = (
        "gone",
        "the {kind} is not there ({said})",
        "Look on {homepage} for its new address and list that in sources.toml",
    )
    REFUSED = (
        "refused",
        "the server refuses us ({said})",
        "Ask the publisher to let newsward in, or set enabled = false: no browser is played",
    )
    ROBOTS = (
        "robots",
        "robots.txt asks us to stay away",
        "Keep to it: set enabled = false, or ask the publisher",
    )
    ROBOTS_AWAY = (
        "robots-away",
        "robots.txt cannot be read, so nothing is asked ({said})",
        "Wait; if it stays so, tell the publisher",
    )
    CERTIFICATE = (
        "certificate",
        "the certificate is not valid ({said})",
        "Open {homepage} in a browser; if it complains too, tell the publisher",
    )
    NAME = (
        "name",
        "the host name is not known",
        "See whether {homepage} still exists, and mend the url or set enabled = false",
    )
    AWAY = (
        "away",
        "the server does not answer as it should ({said})",
        "See whether {homepage} opens in a browser; it is asked again by itself",
    )
    SILENT = (
        "silent",
        "no new article for {gap} ({per_week} a week before)",
        "See on {homepage} whether there is news; if so, the {kind} is no longer kept up",
    )
    STUCK = (
        "stuck",
        "no new article for {gap} ({per_week} a week before), and the {kind} says only 304",
        "See on {homepage} whether there is news; if so, the {kind} is no longer kept up",
    )
    PAGES_REFUSED = (
        "pages-refused",
        "{bad} of its last {met} articles were refused to us ({said})",
        "Ask the publisher to let newsward in, or set link_only = true",
    )
    PAGES_EMPTY = (
        "pages-empty",
        "{bad} of its last {met} pages held no article that could be read ({said})",
        "Open some of them in a browser; if a wall stands before them, set link_only = true",
    )
    JUNK = (
        "junk",
        "junk rules take {share} of the text of its new pages, {before} of those before",
        "See what they take: newsward audit --source {slug}",
    )
