"""The errors a person can act on.

NewswardError                  one line: what, where, why, what next
├── ConfigurationError         a file or option is wrong            exit 2
├── ArchiveMissingError        there is no archive at that path     exit 2
├── ArchiveUnavailableError    locked, unwritable, disk full        exit 5
├── ArchiveDamagedError        verification failed                  exit 6
└── RecordMissingError         no record with that id               exit 2

Bugs are not in this tree: they pass through as what they are and exit 1.
"""


class NewswardError(Exception):
    """A failure that a person can act on; `str(error)` is the one line they read."""

    exit_code = 2


class ConfigurationError(NewswardError):
    """A file or an option says something that cannot be carried out."""


class ArchiveMissingError(NewswardError):
    """A command that only reads was pointed at an archive that does not exist."""


class ArchiveUnavailableError(NewswardError):
    """The archive exists and cannot be used now: locked, unwritable, disk full."""

    exit_code = 5


class ArchiveDamagedError(NewswardError):
    """What is stored is not what was stored."""

    exit_code = 6


class RecordMissingError(NewswardError):
    """No record has the number that was asked for."""
