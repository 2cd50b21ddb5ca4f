"""Where the items of an issue begin and end: blocks in, items out; what is uncertain is said.

Three ways to tell, tried in this order: numbers that count up, headings that are set as such, and
links that close items. Titles that a page header splits are joined again over the date between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.records import BLOCK_SEPARATOR
from crawler.digests import lines
from crawler.digests.links import distinct
from crawler.digests.values import Block, DigestItem, Issue

# A title may be broken into so many more pieces by page headers.
_MOST_CONTINUATIONS = 2
# Words of a paragraph that no footer has.
_LONG = 40
_NO_DATE = "it has no date"
_UNSURE_DATE = "day and month of its date may be the other way round"


def items_of(issue: Issue, now: datetime) -> tuple[DigestItem, ...]:
    """The items of an issue, in order; empty when there is none."""
    placed = _without_footer(list(_placed(issue.blocks)))
    kept = [one for one in placed if not _is_furniture(one.block, placed, now)]
    kept = list(_with_numbers_joined(kept))
    for ways in (_by_number, _by_heading, _by_link):
        starts = ways(kept, now)
        if starts:
            break
    else:
        starts = _whole(kept)
    bounds = [start.at for start in starts] + [len(kept)]
    items = [
        _with_date_before(_item(start, kept[begin:end], now), kept[:begin], now)
        for start, begin, end in zip(starts, bounds, bounds[1:], strict=False)
    ]
    return tuple(_numbered_in_order(items))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Placed:
    """A block and where it stands in the text of the issue."""

    block: Block
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Start:
    """Where an item begins among the blocks; `number` as printed."""

    at: int
    number: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """The parts of one item as its blocks are read."""

    title: list[str] = field(default_factory=list)
    body: list[_Placed] = field(default_factory=list)
    links: list[_Placed] = field(default_factory=list)
    date: tuple[str, str] | None = None
    warnings: list[str] = field(default_factory=list)


def _placed(blocks: Sequence[Block]) -> Iterator[_Placed]:
    at = 0
    for block in blocks:
        yield _Placed(block=block, start=at, end=at + len(block.text))
        at += len(block.text) + len(BLOCK_SEPARATOR)


def _without_footer(placed: list[_Placed]) -> list[_Placed]:
    """Without what mailing services put under a mail; above its items, only the line itself."""
    for at, one in enumerate(placed):
        if lines.is_footer(one.block) and not any(_may_begin(other) for other in placed[at:]):
            return placed[:at]
    return [one for one in placed if not lines.is_footer(one.block)]


def _may_begin(one: _Placed) -> bool:
    block = one.block
    return bool(block.rank) or lines.numbered(block) is not None or len(block.text.split()) > _LONG


def _with_date_before(item: DigestItem, before: Sequence[_Placed], now: datetime) -> DigestItem:
    """An item without a date of its own has the one that stands right above its title."""
    found = lines.date_of(before[-1].block.text, now) if before and item.date is None else None
    if found is None:
        return item
    left = tuple(one for one in item.warnings if one != _NO_DATE)
    return replace(item, date=found[0], date_precision=found[1], warnings=left)


def _is_furniture(block: Block, placed: Sequence[_Placed], now: datetime) -> bool:
    """Whether a block is a running header, footer or page number."""
    if lines.is_rule(block):
        return True
    if lines.number_alone(block) is None and lines.is_page_number(block):
        return True
    if not _could_repeat(block, now):
        return False
    shape = _shape(block)
    alike = [one.block for one in placed if _shape(one.block) == shape]
    # A headline stands in the contents too; as a heading it stands there once.
    is_only_heading = block.rank > 0 and sum(one.rank > 0 for one in alike) == 1
    return len(alike) > 1 and not is_only_heading


def _could_repeat(block: Block, now: datetime) -> bool:
    return (
        len(block.text.split()) <= lines.SHORT_FURNITURE
        and not block.links
        and not lines.ends_sentence(block.text)
        and lines.numbered(block) is None
        and lines.number_alone(block) is None
        and lines.date_of(block.text, now) is None
    )


def _shape(block: Block) -> str:
    # "Page header | 3" on one page is "Page header | 4" on the next.
    return "".join("0" if char.isdigit() else char for char in block.text.casefold())


def _with_numbers_joined(placed: Sequence[_Placed]) -> Iterator[_Placed]:
    """A number on a line of its own belongs to the line behind it."""
    waiting: _Placed | None = None
    for one in placed:
        if waiting is not None:
            block = Block(
                text=f"{waiting.block.text} {one.block.text}",
                links=one.block.links,
                rank=max(waiting.block.rank, one.block.rank),
            )
            yield _Placed(block=block, start=waiting.start, end=one.end)
            waiting = None
        elif lines.number_alone(one.block) is not None:
            waiting = one
        else:
            yield one
    if waiting is not None:
        yield waiting


def _by_number(placed: Sequence[_Placed], now: datetime) -> list[_Start]:
    """Headings that count up from 1 or from wherever the issue begins."""
    has_marks = any(_closes(one) or lines.date_of(one.block.text, now) for one in placed)
    starts: list[_Start] = []
    for at, one in enumerate(placed):
        found = lines.numbered(one.block)
        if found is None or not _has_body(placed, at):
            continue
        number = found[0]
        last = starts[-1].number if starts else None
        if last is not None and number <= last:
            if _begins_again(placed, at, number, now):
                starts.append(_Start(at=at, number=number))
            continue
        if starts and not _is_new_item(placed, at, starts[-1].at, now, has_marks=has_marks):
            continue
        if last is None and number > 1 and not _dated_soon(placed, at, now):
            continue
        gap = last is not None and number > last + 1
        if gap and not _dated_soon(placed, at, now):
            continue
        warnings = (f"number {last + 1 if last else 1} is missing before it",) if gap else ()
        starts.append(_Start(at=at, number=number, warnings=warnings))
    return starts


def _begins_again(placed: Sequence[_Placed], at: int, number: int, now: datetime) -> bool:
    """Whether a further part of the issue counts from 1 again: right behind a closed item."""
    closed = any(_closes(one) for one in placed[max(at - 2, 0) : at])
    return number == 1 and closed and (placed[at].block.rank > 0 or _dated_soon(placed, at, now))


def _has_body(placed: Sequence[_Placed], at: int) -> bool:
    """Whether text or a link follows before the next number: a table of contents has none."""
    for one in placed[at + 1 :]:
        if lines.numbered(one.block) and not lines.is_text(one.block):
            return False
        if lines.is_text(one.block) or one.block.links:
            return True
    return False


def _is_new_item(
    placed: Sequence[_Placed], at: int, last: int, now: datetime, *, has_marks: bool
) -> bool:
    """Whether a number begins an item, and not the next line of a list in the one before."""
    before = placed[last + 1 : at]
    closed = any(_closes(one) for one in before[-3:])
    if closed or _dated_soon(placed, at, now) or placed[at].block.rank:
        return True
    # Without a link or date in the whole issue, only the form is left to go by.
    heading = lines.is_short(placed[at].block) or lines.is_question(placed[at].block)
    return (
        not has_marks and heading and at + 1 < len(placed) and lines.is_text(placed[at + 1].block)
    )


def _closes(one: _Placed) -> bool:
    return lines.is_link_line(one.block)


def _dated_soon(placed: Sequence[_Placed], at: int, now: datetime) -> bool:
    if lines.date_at_end(placed[at].block.text, now):
        return True
    return any(lines.date_of(one.block.text, now) for one in placed[at + 1 : at + 3])


def _by_heading(placed: Sequence[_Placed], now: datetime) -> list[_Start]:
    """What is set as a heading, of the one size that has most text below it."""
    del now
    by_rank: dict[int, list[int]] = {}
    for at, one in enumerate(placed):
        if one.block.rank and lines.is_short(one.block):
            by_rank.setdefault(one.block.rank, []).append(at)
    best: list[int] = []
    for at_rank in by_rank.values():
        with_body = [at for at in at_rank if _text_follows(placed, at)]
        if len(with_body) > len(best):
            best = with_body
    return [_Start(at=at) for at in best] if len(best) > 1 else []


def _text_follows(placed: Sequence[_Placed], at: int) -> bool:
    for one in placed[at + 1 :]:
        if lines.is_text(one.block) or one.block.links:
            return True
        if one.block.rank >= placed[at].block.rank:
            return False
    return False


def _by_link(placed: Sequence[_Placed], now: datetime) -> list[_Start]:
    """Without numbers and headings: a link line closes an item, the next short line opens one."""
    if not any(_closes(one) for one in placed):
        return []
    starts: list[_Start] = []
    is_open = False
    for at, one in enumerate(placed):
        if _closes(one):
            is_open = False
        elif not is_open and lines.is_question(one.block) and _text_follows(placed, at):
            starts.append(_Start(at=at))
            is_open = True
        elif not is_open and lines.is_text(one.block):
            begin = _title_before(placed, at, starts[-1].at + 1 if starts else 0, now)
            unsure = () if begin < at else ("it has no title of its own",)
            starts.append(_Start(at=begin, warnings=unsure))
            is_open = True
    return starts


def _title_before(placed: Sequence[_Placed], at: int, first: int, now: datetime) -> int:
    """The first block of the title that stands before the text at `at`."""
    begin, pieces, seen_date = at, 0, False
    while begin > first and pieces <= _MOST_CONTINUATIONS:
        block = placed[begin - 1].block
        if lines.date_of(block.text, now):
            seen_date = True
        elif lines.is_short(block) and not _closes(placed[begin - 1]):
            # Two short lines without a date between them are a header and a title.
            if pieces and not seen_date and not placed[begin].block.text[:1].islower():
                break
            pieces += 1
            seen_date = False if pieces > 1 else seen_date
        else:
            break
        begin -= 1
    return begin


def _whole(placed: Sequence[_Placed]) -> list[_Start]:
    if not any(lines.is_text(one.block) for one in placed):
        return []
    return [_Start(at=0, warnings=("nothing tells its items apart: it is kept as one",))]


def _item(start: _Start, placed: Sequence[_Placed], now: datetime) -> DigestItem:
    gathered = _Gathered(warnings=list(start.warnings))
    found = lines.numbered(placed[0].block) if start.number is not None else None
    first = found[1] if found else placed[0].block.text
    rest = placed[1:]
    is_text = lines.is_text(placed[0].block) and not lines.is_question(placed[0].block)
    if is_text and start.number is None:
        first, rest = "", placed
    first = lines.without_bullet(first)
    # A date in the line below is that of the item; one in the headline belongs to its words then.
    is_dated_below = bool(rest) and lines.date_of(rest[0].block.text, now) is not None
    if not is_dated_below and (dated := lines.date_at_end(first, now)):
        gathered.warnings += [_UNSURE_DATE] if lines.is_unsure_date(first[len(dated[0]) :]) else []
        first, gathered.date = dated
    if first:
        gathered.title.append(first)
    body_from = _read_title(gathered, rest, now)
    _read_body(gathered, rest[body_from:], now)
    return _made(start, placed, gathered)


def _read_title(gathered: _Gathered, rest: Sequence[_Placed], now: datetime) -> int:
    """Take the date and the further pieces of the title; give where the body begins."""
    at, was_date = 0, False
    while at < len(rest):
        block = rest[at].block
        date = lines.date_of(block.text, now)
        if date and gathered.date is None:
            gathered.date, was_date = date, True
            gathered.warnings += [_UNSURE_DATE] if lines.is_unsure_date(block.text) else []
        elif _continues_title(gathered, block, was_date=was_date) and not _closes(rest[at]):
            gathered.title.append(block.text)
            was_date = False
        else:
            break
        at += 1
    return at


def _continues_title(gathered: _Gathered, block: Block, *, was_date: bool) -> bool:
    if len(gathered.title) > _MOST_CONTINUATIONS or block.links or not gathered.title:
        return False
    if block.rank or lines.ends_sentence(gathered.title[-1]):
        return False
    if block.text[:1].islower():
        return lines.is_short(block) or lines.is_question(block)
    if was_date and lines.is_short(block):
        gathered.warnings.append("its title may end before the date")
        return True
    return False


def _read_body(gathered: _Gathered, rest: Sequence[_Placed], now: datetime) -> None:
    for at, one in enumerate(rest):
        if _closes(one):
            gathered.links.append(one)
        elif _announces(one, rest[at + 1 :]):
            continue
        elif gathered.date is None and (date := _date_below(gathered, one.block.text, now)):
            gathered.date = date
        elif gathered.links and _is_footer(one, rest[at:]):
            continue  # a short line without a stop behind the link: the footer of its page
        else:
            gathered.body.append(one)


def _date_below(gathered: _Gathered, text: str, now: datetime) -> tuple[str, str] | None:
    """The date of a line below the title; behind text, only one that says that it is a date."""
    is_said = not gathered.body or lines.is_labelled_date(text)
    return lines.date_of(text, now) if is_said else None


def _announces(one: _Placed, rest: Sequence[_Placed]) -> bool:
    """Whether a line is nothing but the "Link:" of the address in the line below."""
    text = one.block.text
    return text.endswith(":") and lines.is_label(text) and bool(rest) and _closes(rest[0])


def _is_footer(one: _Placed, rest: Sequence[_Placed]) -> bool:
    behind_is_text = any(lines.is_text(other.block) for other in rest)
    return lines.is_short(one.block) and not one.block.links and not behind_is_text


def _made(start: _Start, placed: Sequence[_Placed], gathered: _Gathered) -> DigestItem:
    text = BLOCK_SEPARATOR.join(one.block.text for one in gathered.body)
    links = distinct(link for one in (*gathered.links, *gathered.body) for link in one.block.links)
    titles = distinct(link for link in placed[0].block.links)
    links = distinct([*titles, *links])
    warnings = gathered.warnings
    warnings += [] if links else ["it has no link"]
    warnings += [] if gathered.date else [_NO_DATE]
    warnings += [] if text else ["it has no text"]
    used = [placed[0], *gathered.body, *gathered.links]
    date, precision = gathered.date or (None, None)
    return DigestItem(
        position=0,
        number=start.number,
        title=" ".join(gathered.title),
        date=date,
        date_precision=precision,
        text=text,
        links=links,
        start=placed[0].start,
        end=max(one.end for one in used),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _numbered_in_order(items: Sequence[DigestItem]) -> Iterator[DigestItem]:
    for position, item in enumerate(items, 1):
        yield replace(item, position=position)
