"""How a fetch can end: every ending has a name, a group and a meaning.

The names are public API: they stand in `fetches.ending`, in the counts of a run and in
`--json` summaries. `docs/endings.md` is generated from this file.
"""

from enum import StrEnum
from typing import Self


class Group(StrEnum):
    """What an ending means for the run's summary line."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    READ = "read"
    REJECTED = "rejected"
    FAILED = "failed"


class Ending(StrEnum):
    """One named ending; `group` and `meaning` say what it is."""

    group: Group
    meaning: str

    def __new__(cls, name: str, group: Group = Group.FAILED, meaning: str = "") -> Self:
        """Carry the group and the meaning beside the name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.group = group
        member.meaning = meaning
        return member

    # An article is in the archive and current.
    NEW = "new", Group.NEW, "A record was added."
    REVISED = "revised", Group.REVISED, "The publisher changed the text: a revision was added."
    REREAD = (
        "re-extracted",
        Group.REVISED,
        "The page shows what it showed, and newer rules read it differently: a revision was added.",
    )
    LINKED = (
        "linked",
        Group.NEW,
        "A record of title, date and link was added: its source or page allows no more.",
    )
    RELINKED = (
        "relinked",
        Group.REVISED,
        "The page of a record without text has another title or date now.",
    )
    RESERVED = (
        "reserved",
        Group.REVISED,
        "The page now asks that its text is not kept: title, date and link stay.",
    )
    UNCHANGED = "unchanged", Group.UNCHANGED, "The page came again with the text we have."
    SAME_BYTES = (
        "same-bytes",
        Group.UNCHANGED,
        "The page came again byte for byte: not extracted again.",
    )
    NOT_MODIFIED = (
        "not-modified",
        Group.UNCHANGED,
        "The server answered 304: nothing was sent, nothing was extracted.",
    )
    KNOWN_ELSEWHERE = (
        "known-elsewhere",
        Group.UNCHANGED,
        "The same text is in the archive under the address that this page calls canonical.",
    )

    THIN_REFETCH = (
        "thin-refetch",
        Group.REJECTED,
        "The page came with less than a third of the words that we have: the record stays.",
    )

    WITHHELD = (
        "withheld",
        Group.REJECTED,
        "The page was taken down here, or leads to one that was: nothing of it is kept.",
    )

    OLDER_TEXT = (
        "older-text",
        Group.UNCHANGED,
        "A WARC holds what the page said before the text that we have: kept as a snapshot alone.",
    )

    # A feed, sitemap or listing page.
    READ = "read", Group.READ, "A feed, sitemap or listing page was read for links."
    EMPTY = "empty", Group.READ, "A feed, sitemap or listing page was read and named no link."
    UNREADABLE = (
        "unreadable",
        Group.FAILED,
        "What came was not the feed, sitemap or listing page that the source promises.",
    )

    # The page came and is not an article. Its snapshot is kept.
    SOFT_404 = "soft-404", Group.REJECTED, "The page says, with status 200, that it is gone."
    CONSENT_WALL = "consent-wall", Group.REJECTED, "Only a cookie or consent question came."
    LOGIN = "login", Group.REJECTED, "Only a login or registration form came."
    CAPTCHA = (
        "captcha",
        Group.REJECTED,
        "A page came that asks us to prove that we are people, with status 200.",
    )
    SCRIPT_ONLY = "script-only", Group.REJECTED, "The page builds its text with JavaScript."
    PAYWALL_STUB = "paywall-stub", Group.REJECTED, "Only the first lines came, before a paywall."
    LISTING = "listing-not-article", Group.REJECTED, "The page lists articles and is none itself."
    TOO_SHORT = "too-short", Group.REJECTED, "Too little text came to be an article."
    NO_TITLE = "no-title", Group.REJECTED, "The page has text and no title."
    NOT_TEXT = "not-text", Group.REJECTED, "The content is not text, whatever its label says."
    GIBBERISH = (
        "gibberish",
        Group.REJECTED,
        "The text is in no language: filler, broken characters or a cipher.",
    )
    HALF_PAGE = "half-page", Group.REJECTED, "The page breaks off in the middle of its article."
    WRONG_LANGUAGE = (
        "wrong-language",
        Group.REJECTED,
        "The text is in another language than its source is listed with.",
    )
    NOT_RELEVANT = "not-relevant", Group.REJECTED, "An article outside the topics of its source."

    # The exchange was never allowed, or led nowhere.
    ROBOTS_DISALLOWED = "robots-disallowed", Group.REJECTED, "robots.txt asks us not to."
    ROBOTS_UNAVAILABLE = (
        "robots-unavailable",
        Group.FAILED,
        "robots.txt could not be read (5xx or no answer), so the page waits.",
    )
    HOST_RESTS = (
        "host-rests",
        Group.REJECTED,
        "Its host asked us to wait, or does not answer at all: not asked now.",
    )
    REFUSED_ADDRESS = (
        "refused-address",
        Group.FAILED,
        "The address is not a public one, or not http(s).",
    )
    UNLISTED_HOST = (
        "unlisted-host",
        Group.REJECTED,
        "The link or redirect leaves the hosts of its source.",
    )
    TOO_MANY_REDIRECTS = "too-many-redirects", Group.FAILED, "More than 5 redirects."
    MEDIA = "media", Group.REJECTED, "Declared as something other than text: no byte was read."
    TOO_LARGE = "too-large", Group.FAILED, "The body is over the size limit."
    TIMEOUT = "timeout", Group.FAILED, "The server did not finish in time."
    DNS = "dns", Group.FAILED, "The host name could not be resolved."
    CONNECTION = "connection", Group.FAILED, "The connection failed or broke."
    BROKEN_BODY = "broken-body", Group.FAILED, "The body was cut off or could not be decoded."
    CERTIFICATE = "certificate", Group.FAILED, "The server's certificate is not valid."
    HTTP_401 = "http-401", Group.REJECTED, "The server asks for a login (401, 402, 407)."
    HTTP_403 = "http-403", Group.REJECTED, "The server refuses us (403, 451)."
    HTTP_404 = "http-404", Group.REJECTED, "The page is not there (404)."
    HTTP_410 = "http-410", Group.REJECTED, "The page is gone for good (410)."
    HTTP_429 = "http-429", Group.FAILED, "The server asks us to slow down (429)."
    HTTP_4XX = "http-4xx", Group.REJECTED, "Another client error."
    HTTP_5XX = "http-5xx", Group.FAILED, "The server failed (5xx)."
    HTTP_OTHER = "http-other", Group.FAILED, "A status that means nothing here."
    EXTRACTION_TIMEOUT = (
        "extraction-timeout",
        Group.FAILED,
        "Reading the page took longer than its limit; the worker was stopped.",
    )
    EXTRACTION_MEMORY = (
        "extraction-memory",
        Group.FAILED,
        "Reading the page took more memory than its limit.",
    )
    EXTRACTION_CRASH = "extraction-crash", Group.FAILED, "The worker died on the page."
    EXTRACTION_ERROR = "extraction-error", Group.FAILED, "Reading the page raised an error."
    INTERNAL = "internal", Group.FAILED, "Our own mistake: please report it."
