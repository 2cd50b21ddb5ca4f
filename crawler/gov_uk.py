"""GOV.UK searches by a short name: every finder of GOV.UK answers as an Atom feed.

`govuk:online-safety` stands for the news that GOV.UK finds for "online safety". That `.atom` after
the path of a finder gives a feed was recorded with status 200 by others, see docs/sources.md; it
was not asked from here.
"""

from dataclasses import dataclass
from urllib.parse import quote

PREFIX = "govuk:"
# The finder that is meant when none is named.
NEWS = "news-and-communications"
# What https://www.gov.uk/search/ has that tells of new pages.
FINDERS = (
    NEWS,
    "guidance-and-regulation",
    "policy-papers-and-consultations",
    "research-and-statistics",
    "services",
    "transparency-and-freedom-of-information-releases",
)
LICENCE = "OGL-UK-3.0"


@dataclass(frozen=True, kw_only=True, slots=True)
class GovUkSearch:
    """A search of GOV.UK; `words` and `organisation` may be empty, but not both."""

    finder: str
    words: str
    organisation: str

    @property
    def feed(self) -> str:
        """The address of its Atom feed."""
        return f"https://www.gov.uk/search/{self.finder}.atom?{self._query()}"

    @property
    def page(self) -> str:
        """The address of its page for people."""
        return f"https://www.gov.uk/search/{self.finder}?{self._query()}"

    @property
    def title(self) -> str:
        """What a reader would call it."""
        about = f" about {self.words}" if self.words else ""
        of = f" of {self.organisation}" if self.organisation else ""
        what = self.finder.replace("-", " ")
        return f"GOV.UK: {'news' if self.finder == NEWS else what}{of}{about}"

    def _query(self) -> str:
        parts = []
        if self.words:
            parts.append(f"keywords={quote(self.words, safe='')}")
        if self.organisation:
            parts.append(f"organisations%5B%5D={quote(self.organisation, safe='')}")
        return "&".join(parts)


def gov_uk_search(short: str) -> GovUkSearch | None:
    """What `govuk:[FINDER/][WORDS][@ORGANISATION]` means; None when it is written otherwise.

    Hyphens in WORDS stand for spaces unless a space or a quotation mark says that they are meant:
    `govuk:online-safety`, `govuk:"self-harm" guidance`, `govuk:@ofcom`,
    `govuk:guidance-and-regulation/@department-for-education`.
    """
    if not short.startswith(PREFIX):
        return None
    rest = short.removeprefix(PREFIX).strip()
    finder, slash, after = rest.partition("/")
    if slash and finder not in FINDERS:
        return None
    words, _, organisation = (after if slash else rest).partition("@")
    words = " ".join(words.split())
    if " " not in words and '"' not in words:
        words = words.replace("-", " ").replace("+", " ").strip()
    organisation = organisation.strip().lower()
    if not (words or organisation) or not _is_slug(organisation):
        return None
    return GovUkSearch(finder=finder if slash else NEWS, words=words, organisation=organisation)


def _is_slug(name: str) -> bool:
    return name.isascii() and all(part.isalnum() for part in name.split("-")) if name else True
