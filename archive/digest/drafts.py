"""From an archive to a draft, to an issue, to what is to be looked at: the reading for each."""

from dataclasses import dataclass

from archive.digest import rows
from archive.digest.lint import Finding, lint
from archive.digest.making import issue_of, selected
from archive.digest.rows import Asked
from archive.digest.selection import choose
from archive.digest.values import Issue, RecordFacts, Selection, numbers_of
from archive.errors import ConfigurationError
from archive.periods import plain_date
from archive.reading import ReadArchive


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A selection with the facts of its records.

    `considered` counts the records of the month that were asked for, `undated` those first seen in
    it that have no date and are left out for that.
    """

    selection: Selection
    facts: dict[int, RecordFacts]
    considered: int
    undated: int = 0


def draft(reader: ReadArchive, asked: Asked, *, limit: int) -> Draft:
    """What an issue would have, weightiest stories first; nothing that another month's issue had.

    Raises:
        ConfigurationError: no such topic or source, or no record of that month.
    """
    with reader.moment() as db:
        candidates = rows.candidates(db, asked)
        groups = choose(candidates, used=rows.used(db, asked), limit=limit)
        shown = [group.shown.article_id for group in groups]
        facts = rows.facts(db, shown)
        undated = rows.without_date(db, asked.month)
        country = rows.readers_country(db, shown)
    if not groups:
        seen = f" {undated:,} first seen then have no date." if undated else ""
        why = "stand in earlier issues" if candidates else "are in the archive"
        whose = "All records" if candidates else "No records"
        raise ConfigurationError(
            f"{reader.path}: {whose} of {plain_date(asked.month)} that were asked for {why}.{seen}"
            " `newsward search --since` shows what there is."
        )
    selection = selected(
        groups,
        facts,
        month=asked.month,
        country=country,
        about=(*asked.topics, *asked.sources),
    )
    return Draft(selection=selection, facts=facts, considered=len(candidates), undated=undated)


def complete(reader: ReadArchive, selection: Selection) -> Issue:
    """The issue of a selection.

    Raises:
        ConfigurationError: a record of it is gone, or an extract is no quotation.
    """
    with reader.moment() as db:
        facts = rows.facts(db, numbers_of(selection.items))
    return issue_of(selection, facts)


def look_over(reader: ReadArchive, selection: Selection) -> tuple[Finding, ...]:
    """What a person should look at before the issue goes out."""
    with reader.moment() as db:
        facts = rows.facts(db, numbers_of(selection.items))
        used = rows.used_records(db, selection.month)
    return lint(selection, facts, used=used)
