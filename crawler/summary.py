"""A run in one line that adds up, and the exit code that it deserves."""

from archive.endings import Ending, Group
from archive.views import RunSummary

SOME_FAILED = 3
ALL_FAILED = 4
INTERRUPTED = 130
# The status of a run that its own time limit ended: as planned, so its exit code is that of a
# run that finished. In the archive it stands as interrupted.
OUT_OF_TIME = "out of time"
# So many failed sources are named in the line; `--json` names them all.
NAMED = 5

# The groups of a page's endings in the order in which they are told.
_TOLD = (Group.NEW, Group.REVISED, Group.UNCHANGED, Group.REJECTED, Group.FAILED)


def summary_line(summary: RunSummary) -> str:
    """One line in which the parts of each figure add up to it."""
    ok, failed = len(summary.sources_ok), len(summary.sources_failed)
    pages = sum(count for _, count in summary.endings)
    documents = sum(count for _, count in summary.discovery)
    parts = [
        f"{_count(ok + failed, 'source')}: {ok} ok" + _failed(summary.sources_failed),
        f"{_count(documents, 'list')} read{_not_modified(summary.discovery)}",
        f"{_count(pages, 'page')}: {_told(summary)}" if pages else "0 pages",
        f"{_count(summary.removals, 'block')} removed",
        _duration(summary.seconds),
    ]
    if summary.status in {"interrupted", OUT_OF_TIME}:
        parts.insert(0, f"{summary.status} with {summary.waiting} pages waiting")
    return " · ".join(parts)


def exit_code(summary: RunSummary) -> int:
    """0 all good or out of time, 3 some sources failed, 4 all failed, 130 interrupted."""
    if summary.status == "interrupted":
        return INTERRUPTED
    if not summary.sources_failed:
        return 0
    return SOME_FAILED if summary.sources_ok else ALL_FAILED


def by_group(endings: tuple[tuple[Ending, int], ...]) -> dict[Group, int]:
    """The endings added up by group, every group named."""
    return {group: sum(n for e, n in endings if e.group is group) for group in Group}


def _failed(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f", {len(names)} failed ({', '.join(names[:NAMED])}{more})"


def _told(summary: RunSummary) -> str:
    told = []
    for group, count in by_group(summary.endings).items():
        if not count or group not in _TOLD:
            continue
        names = [f"{ending}: {n}" for ending, n in summary.endings if ending.group is group]
        plain = names == [f"{group}: {count}"]
        told.append(f"{count} {group}" + ("" if plain else f" ({', '.join(names)})"))
    return ", ".join(told)


def _not_modified(endings: tuple[tuple[Ending, int], ...]) -> str:
    same = sum(count for ending, count in endings if ending.group is Group.UNCHANGED)
    bad = [f"{ending}: {n}" for ending, n in endings if ending.group is Group.FAILED]
    notes = [f"{same} unchanged"] * bool(same) + bad
    return f" ({', '.join(notes)})" if notes else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    minutes, seconds_left = divmod(whole, 60)
    return f"{minutes} min {seconds_left} s" if minutes else f"{whole} s"
