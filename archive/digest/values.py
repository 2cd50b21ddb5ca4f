"""An issue that goes out: its items and what each says of its record."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.topics.entities import ReportRoute

NOTICE = (
    "Headlines and extracts belong to their publishers and are quoted, with the source named, so"
    " that the articles can be found. Read an article at its address; to pass on more of it, ask"
    " its publisher, or follow the licence that stands with its name."
)
# Where nothing says what a record is about.
OTHER = "Other news"


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A topic of a record. `reported_as` are words that sources use for it and that we do not."""

    slug: str
    label: str
    sensitivity: str
    routes: tuple[str, ...] = ()
    reported_as: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """Another record that tells the same story."""

    article_id: int
    title: str
    source: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordFacts:
    """What the archive knows of a record that an item may say.

    `text` is empty where only title, date and link may be given (`link_only`) or where its page
    asks not to be quoted (`no_quotes`). `figures` and `evidence` are sentences of the text.
    `is_dead` when its address answered 404 or 410 the last time it was asked.
    """

    article_id: int
    title: str
    url: str
    source: str
    source_name: str
    country: str | None
    licence: str | None
    published: str | None
    text: str
    link_only: bool = False
    no_quotes: bool = False
    is_dead: bool = False
    topics: tuple[Topic, ...] = ()
    figures: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One entry of a selection, as a person may have edited it.

    `extract` is quoted; `note` is in words of whoever makes the issue.
    """

    article_id: int
    title: str
    section: str
    extract: str = ""
    note: str = ""
    also: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What an issue is made of. `month` is `2026-11`, `country` that of its readers."""

    title: str
    month: str
    country: str | None
    introduction: str = ""
    items: tuple[Chosen, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An item of an issue, complete. `title` is the headline as it is printed."""

    number: int
    section: str
    title: str
    extract: str
    note: str
    record: RecordFacts
    also: tuple[Elsewhere, ...] = ()
    routes: tuple[ReportRoute, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Labels of the topics; none where only title, date and link may be given."""
        return () if self.record.link_only else tuple(one.label for one in self.record.topics)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A source that an issue quotes, and under which terms it publishes, as far as known."""

    name: str
    licence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One issue, ready to be set. `routes` are those of all its items, each once."""

    title: str
    month: str
    introduction: str
    items: tuple[Item, ...]
    notice: str = NOTICE

    @property
    def sections(self) -> tuple[tuple[str, tuple[Item, ...]], ...]:
        """The items under their sections, in order; a section begins where its name changes."""
        found: list[tuple[str, list[Item]]] = []
        for item in self.items:
            if not found or found[-1][0] != item.section:
                found.append((item.section, []))
            found[-1][1].append(item)
        return tuple((name, tuple(items)) for name, items in found)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of its items by name."""
        licences = {
            item.record.source_name: item.record.licence or "all rights reserved"
            for item in self.items
        }
        return tuple(
            Source(name=name, licence=licence)
            for name, licence in sorted(licences.items(), key=lambda one: one[0].casefold())
        )

    @property
    def routes(self) -> tuple[ReportRoute, ...]:
        """Where to report or find help, for all that the issue speaks of."""
        return tuple({route.id: route for item in self.items for route in item.routes}.values())


def numbers_of(items: Sequence[Chosen]) -> tuple[int, ...]:
    """The records that a selection needs, the ones that tell the same story included."""
    return tuple(dict.fromkeys(n for one in items for n in (one.article_id, *one.also)))
