"""How much of a text may leave the archive: enough to know the article, never enough to replace it.

The bounds are those that press cuttings services and copyright guidance treat as short extracts;
they are ours, not a legal limit. A licence that allows more is noted with its source.
"""

import re
from collections.abc import Iterable, Iterator

MOST_WORDS = 50
MOST_CHARACTERS = 300
# Of a short notice, fifty words would be all.
LARGEST_SHARE = 0.1

ELLIPSIS = "…"
_WORD = re.compile(r"\S+")


def forbids_excerpts(signals: Iterable[str]) -> bool:
    """Whether what a page asks (`nosnippet`, `max-snippet:0`) leaves no room for a quotation."""
    return any(
        "nosnippet" in signal or "max-snippet:0" in signal.replace(" ", "") for signal in signals
    )


def excerpt(text: str) -> str:
    """The beginning of a text on one line: whole words, an ellipsis behind them.

    At most 50 words, 300 characters and a tenth of the text, whichever is least; empty when not
    even the first word fits.
    """
    room = min(MOST_CHARACTERS, int(len(text) * LARGEST_SHARE))
    words = list(_first_words(text, room))
    # White space of the text may be longer than the single space between our words, never shorter.
    return " ".join(words) + ELLIPSIS if words else ""


def _first_words(text: str, room: int) -> Iterator[str]:
    used = -1
    for number, found in enumerate(_WORD.finditer(text)):
        used += 1 + len(found[0])
        if number == MOST_WORDS or used > room:
            return
        yield found[0]
