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
_MAX_SNIPPET = re.compile(r"max-snippet:\s*(\d{1,9})")


def allowed(signals: Iterable[str]) -> int:
    """How many characters a page lets others quote: `nosnippet` none, `max-snippet:N` so many.

    Where it says nothing, as many as we quote of any page.
    """
    said = [*signals]
    limits = [int(found[1]) for signal in said for found in _MAX_SNIPPET.finditer(signal)]
    return 0 if any("nosnippet" in signal for signal in said) else min([MOST_CHARACTERS, *limits])


def excerpt(text: str, most: int = MOST_CHARACTERS) -> str:
    """The beginning of a text on one line: whole words, an ellipsis behind them.

    At most 50 words, 300 characters, `most` and a tenth of the text, whichever is least; empty when
    not even the first word fits.
    """
    start = beginning(text, most)
    return start + ELLIPSIS if start else ""


def beginning(said: str, most: int = MOST_CHARACTERS, *, of: str | None = None) -> str:
    """What `excerpt` gives, without the ellipsis; of what is said of a text, a tenth of that."""
    share = int(len(said if of is None else of) * LARGEST_SHARE)
    # White space of the text may be longer than the single space between our words, never shorter.
    return " ".join(_first_words(said, min(MOST_CHARACTERS, most, share)))


def _first_words(text: str, room: int) -> Iterator[str]:
    used = -1
    for number, found in enumerate(_WORD.finditer(text)):
        used += 1 + len(found[0])
        if number == MOST_WORDS or used > room:
            return
        yield found[0]
