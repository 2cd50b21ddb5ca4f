"""Tables that came after schema 5: one file each, applied in the order of their numbers.

A file is named `vNN_what.py`, NN being the schema that it makes, and holds `migrate(db)`, whose
docstring says what the tables are for. Adding a table is adding a file; one that was released is
never edited again. Each column carries its meaning as a comment: `docs/schema.md` is made of them.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable

from sqlite_utils import Database

_NAME = re.compile(r"v(\d\d)_(\w+)")


def later_tables() -> list[tuple[int, str, Callable[[Database], None]]]:
    """The number, name and migration of each file, by number.

    Raises:
        ValueError: two files make the same schema, or a file's name is not like the others.
    """
    found: dict[int, tuple[str, Callable[[Database], None]]] = {}
    for module in pkgutil.iter_modules(__path__):
        named = _NAME.fullmatch(module.name)
        if named is None:
            raise ValueError(f"archive/tables/{module.name}.py is not named vNN_what.py")
        number, name = int(named[1]), named[2]
        if number in found:
            raise ValueError(f"archive/tables: two files make schema {number}")
        migrate = importlib.import_module(f"{__name__}.{module.name}").migrate
        found[number] = (name, migrate)
    return [(number, *found[number]) for number in sorted(found)]
