"""From records to a selection, and from a selection, edited or not, to an issue."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from archive.digest.extracts import extract, is_quoted
from archive.digest.selection import Group
from archive.digest.values import (
    OTHER,
    Chosen,
    Elsewhere,
    Issue,
    Item,
    RecordFacts,
    Selection,
    Topic,
)
from archive.errors import ConfigurationError
from archive.periods import plain_date
from archive.topics.entities import ReportRoute
from archive.topics.routes import ANYWHERE, routes_for

# More than a reader in need would read.
_MOST_ROUTES = 5
_MOST_ELSEWHERE = 5


def selected(
    groups: Sequence[Group],
    facts: Mapping[int, RecordFacts],
    *,
    month: str,
    country: str | None,
    about: Sequence[str] = (),
) -> Selection:
    """The selection that an issue begins with; `about` says to what it was narrowed."""
    title = f"E-safety update, {plain_date(month)}"
    return Selection(
        title=f"{title}: {', '.join(about)}" if about else title,
        month=month,
        country=country,
        items=tuple(_chosen(group, facts[group.shown.article_id]) for group in groups),
    )


def _chosen(group: Group, record: RecordFacts) -> Chosen:
    others = sorted(group.others, key=lambda one: (one.published, one.article_id))
    # One record of each other source: two pages of one source are not more coverage.
    also = {one.source: one.article_id for one in reversed(others) if one.source != record.source}
    return Chosen(
        article_id=record.article_id,
        title=record.title,
        section=group.shown.section or OTHER,
        extract=extract(
            record.text,
            figures=record.figures,
            evidence=record.evidence,
            licence=record.licence,
        ),
        also=tuple(reversed(also.values()))[:_MOST_ELSEWHERE],
    )


def issue_of(
    selection: Selection,
    facts: Mapping[int, RecordFacts],
) -> Issue:
    """An issue, complete.

    Raises:
        ConfigurationError: a record is not in the archive any more, or an extract is none of it.
    """
    return Issue(
        title=selection.title,
        month=selection.month,
        introduction=selection.introduction,
        items=tuple(
            _item(number, chosen, facts, country=selection.country)
            for number, chosen in enumerate(selection.items, 1)
        ),
    )


def _item(
    number: int,
    chosen: Chosen,
    facts: Mapping[int, RecordFacts],
    *,
    country: str | None,
) -> Item:
    record = facts.get(chosen.article_id)
    if record is None:
        raise ConfigurationError(
            f"Item {number}: there is no record {chosen.article_id} any more. Take the item out."
        )
    if chosen.extract and not (record.text and is_quoted(chosen.extract, record.text)):
        why = "may not be quoted" if not record.text else "does not say these words"
        raise ConfigurationError(
            f"Item {number}: its extract is no quotation, record {record.article_id} {why}. Write"
            " what is yours under `note`."
        )
    return Item(
        number=number,
        section=chosen.section or (record.topics[0].label if record.topics else OTHER),
        title=" ".join(chosen.title.split()) or record.title,
        extract=" ".join(chosen.extract.split()),
        note=chosen.note.strip(),
        # What was quoted is chosen; an issue has no need of the whole text.
        record=replace(record, text="", figures=(), evidence=()),
        also=tuple(_elsewhere(facts[other]) for other in chosen.also if other in facts),
        routes=routes_of(record.topics, country=country),
    )


def _elsewhere(record: RecordFacts) -> Elsewhere:
    return Elsewhere(
        article_id=record.article_id,
        title=record.title,
        source=record.source_name,
        url=record.url,
    )


def routes_of(topics: Sequence[Topic], *, country: str | None) -> tuple[ReportRoute, ...]:
    """Where readers of a country report or find help, most named by the topics first.

    Only topics that are sensitive have routes here. A country for which none is known gets those
    that hold everywhere, and at the least the finder of hotlines.
    """
    sensitive = [one for one in topics if one.sensitivity != "low"]
    named = Counter(name for one in sensitive for name in one.routes)
    found = routes_for((name for name, _ in named.most_common()), country)
    if sensitive and not found:
        found = routes_for([ANYWHERE], country)
    return found[:_MOST_ROUTES]
