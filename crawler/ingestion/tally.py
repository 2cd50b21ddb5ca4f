"""What became of the records of WARC files: figures that add up, and the faults one by one."""

from collections import Counter
from dataclasses import dataclass, field

from archive.endings import Ending, Group
from crawler.ingestion.answers import LeftOut, RecordEnding

# Faults that `--json` lists; all are counted, and each has its line as it is met.
LISTED = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A record that could not be read: in which file, from which byte on, and what was seen."""

    file: str
    offset: int
    why: str


@dataclass(slots=True)
class Tally:
    """Counts of records: each record of each file has exactly one ending.

    `pages` are the endings of those that went the way of a fetched page, `left_out` of all others.
    """

    records: int = 0
    pages: Counter[Ending] = field(default_factory=Counter)
    left_out: Counter[RecordEnding | Ending] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        """Whether every record has one ending."""
        return self.records == self.pages.total() + self.left_out.total()

    @property
    def broken(self) -> int:
        """Records that could not be read."""
        return self.left_out[RecordEnding.BROKEN_RECORD]

    @property
    def failed(self) -> int:
        """Pages on which extraction, or we, failed."""
        return sum(n for ending, n in self.pages.items() if ending.group is Group.FAILED)

    def leave_out(self, file: str, left: LeftOut) -> Fault | None:
        """Count a record that brings no page; the fault when it is one."""
        self.left_out[left.ending] += 1
        if left.ending is not RecordEnding.BROKEN_RECORD:
            return None
        fault = Fault(file=file, offset=left.offset, why=left.why)
        if len(self.faults) < LISTED:
            self.faults.append(fault)
        return fault
