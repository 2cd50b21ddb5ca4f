"""`newsward search`: find articles by words."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from archive.commands.options import (
    archive_option,
    human_duration,
    json_option,
    print_json,
    print_table,
    printable,
)
from archive.periods import plain_date
from archive.reading import ReadArchive
from archive.views import Hit, Offset, SearchResult

COLUMNS = ("id", "published", "source", "title", "url", "snippet")


@click.command(
    # So that -word reaches the query; -h would take every word with an h.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]}
)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--source", metavar="ID", help="Only of this source.")
@click.option("--since", metavar="DATE", help="Published then or later: 2026, 2026-11, 2026-11-22.")
@click.option("--until", metavar="DATE", help="Published then or earlier, that time included.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Show at most so many.",
)
@click.option(
    "--offset",
    default="0",
    metavar="N",
    help="Begin behind so many matches; each page names the offset of the next.",
)
@archive_option
@json_option
def search(
    *, words: Sequence[str], archive: Path, limit: int, as_json: bool, **told: str | None
) -> None:
    r"""Find articles by words, the best first.

    \b
    newsward search self-harm helpline     both words; self-harm as it is written
    newsward search '"online safety act"'  these words next to each other
    newsward search grooming OR sextortion
    newsward search grooming -instagram    without a word
    newsward search 'sextort*'             words that begin so
    newsward search title:police           in the title only
    newsward search grooming source:bbc-news since:2025 lang:en
    newsward search grooming -kind:link date:2026-11
    newsward search topic:grooming         without a word: the newest first

    The number before each article is its record: `newsward show NUMBER` shows all of it.
    """
    refuse_misspelt_options(words)
    offset = _offset(told.pop("offset") or "0")
    started = time.perf_counter()
    with ReadArchive(archive) as reader:
        result = reader.search(
            " ".join(words),
            limit=limit,
            offset=offset,
            source=told["source"],
            since=told["since"],
            until=told["until"],
        )
        if as_json:
            print_json(result)
        elif sys.stdout.isatty():
            _print_cards(result.hits)
        elif result.hits:
            print_table(COLUMNS, [_row(hit) for hit in result.hits])
        elapsed = time.perf_counter() - started
        if result.total:
            said: str | None = _total(result, offset, elapsed)
        else:
            said = _nothing(reader, result, told)
    for line in filter(None, (said, result.hint)):
        click.echo(line, err=True)


def refuse_misspelt_options(words: Sequence[str]) -> None:
    """Stop at `--sorce x`, which would look for what lacks the word sorce."""
    for word in words:
        if word.startswith("--"):
            context = click.get_current_context()
            known = [name for option in context.command.params for name in option.opts]
            raise click.NoSuchOption(
                word.partition("=")[0],
                possibilities=[name for name in known if name.startswith(word[:4])],
                ctx=context,
            )


def _row(hit: Hit) -> tuple[object, ...]:
    return hit.id, hit.published, hit.source, hit.title, hit.url, hit.snippet


def _print_cards(hits: Sequence[Hit]) -> None:
    width = max((len(str(hit.id)) for hit in hits), default=0)
    for hit in hits:
        indent = " " * (width + 2)
        click.echo(f"{hit.id:>{width}}  {_styled(printable(hit.title), bold=True)}")
        click.echo(f"{indent}{printable(hit.source_name)} · {plain_date(hit.published)}")
        click.echo(f"{indent}{printable(hit.url)}")
        if hit.snippet:
            click.echo(f"{indent}{_marked(hit)}")
        click.echo()


def _styled(text: str, *, bold: bool) -> str:
    # https://no-color.org: set and not empty means no colour and no style.
    if os.environ.get("NO_COLOR"):
        return text
    return click.style(text, bold=True) if bold else click.style(text, underline=True)


def _marked(hit: Hit) -> str:
    """The snippet, its matches underlined, or in brackets where there is no style."""
    pieces, end = [], 0
    for start, stop in hit.marks:
        word = printable(hit.snippet[start:stop])
        plain = os.environ.get("NO_COLOR")
        pieces += [_spaced(hit.snippet[end:start])]
        pieces += [f"[{word}]" if plain else _styled(word, bold=False)]
        end = stop
    return "".join([*pieces, _spaced(hit.snippet[end:])])


def _spaced(text: str) -> str:
    """What `printable` makes of a piece, the spaces at its ends kept."""
    shown = printable(text)
    before = " " if text[:1].isspace() and shown else ""
    return before + shown + (" " if text[-1:].isspace() else "")


def _offset(told: str) -> Offset:
    """An offset as a page names it: `20`, or `20@81234`, which leaves out what came later."""
    count, _, newest = told.partition("@")
    try:
        offset = Offset(count=int(count), newest=int(newest) if newest else None)
    except ValueError:
        offset = Offset(count=-1)
    if offset.count < 0:
        raise click.BadParameter(
            f"{told!r} is no offset; write a number such as 20, or what the page before named.",
            param_hint="--offset",
        )
    return offset


def _total(result: SearchResult, offset: Offset, elapsed: float) -> str:
    total = f"{'more than ' if result.more else ''}{result.total:,}"
    found = f"{total} record{'' if result.total == 1 else 's'} found in {human_duration(elapsed)}"
    shown, last = len(result.hits), offset.count + len(result.hits)
    if shown == result.total and not result.more:
        return f"{found}."
    if not shown:
        return f"{found}, and none behind the first {offset.count:,}."
    which = f"{offset.count + 1:,} to {last:,}" if offset.count else f"the first {shown:,}"
    if last >= result.total and not result.more:
        return f"{found}; {which} shown."
    return f"{found}; {which} shown, --offset {last}@{result.newest} shows the next."


def _nothing(
    reader: ReadArchive, result: SearchResult, bounds: dict[str, str | None]
) -> str | None:
    if result.hint:
        return None
    records = reader.counts().records
    if not records:
        return "The archive has no record yet. `newsward crawl` adds some."
    used = [f"--{name}" for name, value in bounds.items() if value is not None]
    without = f" a search without {' and '.join(used)}," if used else ""
    return (
        f"None of {records:,} records matches. Try fewer words,{without} OR between words, or the"
        " beginning of a word and a star: sextort*"
    )
