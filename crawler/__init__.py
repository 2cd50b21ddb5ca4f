"""From the list of sources to records in the archive."""

from importlib.metadata import version as _version_of


def version() -> str:
    """The version of newsward that is installed."""
    return _version_of("newsward")
