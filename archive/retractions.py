"""Which names an edit took out of a text: a pure decision.

A name that a publisher takes out of an article that it leaves standing may be one that must not be
published any more: that of a child, of a victim, of someone who was acquitted. Nobody can tell by
the text, so every such name goes.
"""

import re

from archive.comparing import names_in
from archive.revisions import words_changed

# An edit leaves most of the words; with fewer it is another text, and what it does not say any
# more says nothing.
KEPT_BY_AN_EDIT = 0.6
# One capitalised word begins a sentence, or is a place.
_LEAST_WORDS = 2
# Whatever else stands beside a word, control characters of a broken page among it, is not of it.
_WORD = re.compile(r"[\w'\u2019-]+")


def names_taken_out(before: str, after: str) -> tuple[str, ...]:
    """Names of two words or more in `before` of which `after` has neither the whole nor the last.

    Of organisations too: no list tells them from people safely.
    """
    _, removed = words_changed(before, after)
    words = len(before.split())
    if not words or 1 - removed / words < KEPT_BY_AN_EDIT:
        return ()
    left = set(_words(after))
    gone = {
        name: None
        for found in names_in(before, before)
        # Of two people one may stay; an organisation may have the word in its name.
        for name in dict.fromkeys((found, *found.split(" and ")))
        if len(name.split()) >= _LEAST_WORDS and _words(name)[-1] not in left and name not in after
    }
    return tuple(gone)


def _words(text: str) -> list[str]:
    words = [word.strip("-'\u2019").lower() for word in _WORD.findall(text)]
    return [word.removesuffix("'s").removesuffix("\u2019s") for word in words if word] or [""]
