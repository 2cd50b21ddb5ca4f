"""Files that are there whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from archive.errors import ArchiveUnavailableError, ConfigurationError
from archive.snapshots import snapshots_path


@contextlib.contextmanager
def replacing(path: Path, *, archive: Path) -> Iterator[Path]:
    """A name beside `path` to write to; what is there in the end takes the place of `path`.

    After an error the old file stays as it was and nothing is left beside it.

    Raises:
        ConfigurationError: `path` is the archive itself, or its snapshots.
        ArchiveUnavailableError: the folder or disk refuses.
    """
    for kept in (archive, snapshots_path(archive)):
        if path.exists() and kept.exists() and path.samefile(kept):
            raise ConfigurationError(
                f"{path}: this would overwrite the archive. Name another file."
            )
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise ArchiveUnavailableError(
            f"{path}: cannot be written ({error.strerror or error}). Check the folder, its rights"
            " and the space on its disk."
        ) from error
    finally:
        part.unlink(missing_ok=True)
