"""Optional libraries, loaded where they are needed: what comes with `newsward[...]` alone."""

from importlib import import_module
from types import ModuleType

from archive.errors import ConfigurationError


def load(module: str, *, extra: str, purpose: str) -> ModuleType:
    """A module of the library of an extra, for a purpose that a person has asked for.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"{purpose} needs an extra: pip install 'newsward[{extra}]'"
        ) from error
