"""The list of sources that ships with newsward, whole and as a start."""

from importlib.resources import files

from crawler.source_file import parse_sources
from crawler.source_writing import entry_of, header_of, with_entries
from crawler.sources import Source

# What a new list begins with: one of each way in which sources tell of their articles, all of them
# answered when somebody else recorded it.
STARTERS = (
    "gov-uk-online-safety",
    "ico-via-gov-uk",
    "guardian-technology",
    "ispreview",
    "internet-matters",
    "ftc-press-releases",
    "ec-digital-strategy",
)


def shipped_text() -> str:
    """The list as it is written, with its comments."""
    return files("crawler").joinpath("sources.toml").read_text(encoding="utf-8")


def shipped_sources() -> tuple[Source, ...]:
    """The sources of the list, in its order, disabled ones included."""
    return parse_sources(shipped_text(), "the list that ships with newsward")


def shipped_header() -> str:
    """The comment that says what each key means: what a list without sources is."""
    return header_of(shipped_text())


def starter_text() -> str:
    """A list to start from: what each key means, and a few of the sources that ship."""
    text = shipped_text()
    more = (
        f"#\n# These are {len(STARTERS)} of {len(shipped_sources())} that ship with newsward:\n"
        "#   newsward source list --shipped    shows them all\n"
        "#   newsward source add ID            lists one of them here\n"
    )
    return with_entries(shipped_header() + more, [entry_of(text, name) for name in STARTERS])
