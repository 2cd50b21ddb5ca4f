"""Titles as a person reads them: plain text, whatever was written."""

import html
import re
import unicodedata

# Longer than any headline; what is cut off is a page in the place of a title.
LONGEST = 1000
# Markup hidden in markup deeper than this is an attack: then its marks go, not its layers.
_ROUNDS = 8
_MARKS = dict.fromkeys(map(ord, "<>&"), " ")

# Only what HTML knows is a tag: "if a < b and c > d" is a title too.
_NAMES = (
    "a abbr acronym address article b bdi bdo big blink blockquote body br button center cite "
    "code dd del details dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 "
    "h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark math meta "
    "nav noscript object ol option p param picture pre q s samp section select small source "
    "span strike strong style sub summary sup svg table tbody td template textarea th thead "
    "time title tr tt u ul var video wbr"
).replace(" ", "|")
_AMPERSANDS = re.compile(r"&(?:amp;?|#0*38;?|#x0*26;?)+", re.IGNORECASE)
_CODE = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(
    r"<!--.*?(?:-->|$)|<!\[CDATA\[|\]\]>|<!doctype[^>]*>", re.IGNORECASE | re.DOTALL
)
_BLOCK = re.compile(r"</?(?:p|br|div|h[1-6]|li|tr|td|hr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_NAMES}|script)\b[^<>]*>", re.IGNORECASE)


def plain_title(text: str) -> str | None:
    """A title without markup, entities, control and invisible characters; None when none is left.

    Entities are resolved until none is left, because feeds escape once, twice or not at all.
    Bidirectional overrides and zero-width characters go: they can make a title read as another.
    """
    plain = _visible(text[: LONGEST * 4])
    if not any(mark in plain for mark in "<>&"):
        return plain[:LONGEST].rstrip() or None
    for _ in range(_ROUNDS):
        simpler = _visible(html.unescape(_AMPERSANDS.sub("&", _without_markup(plain))))
        if simpler == plain:
            break
        plain = simpler
    else:
        plain = _visible(plain.translate(_MARKS))
    return plain[:LONGEST].rstrip() or None


def _without_markup(text: str) -> str:
    for mark, instead in ((_CODE, " "), (_COMMENT, " "), (_BLOCK, " "), (_TAG, "")):
        text = mark.sub(instead, text)
    return text


def _visible(text: str) -> str:
    # Cc, Cf, Cs, Co, Cn: controls, invisible formatting, half characters, and no characters.
    kept = (char if char.isspace() or unicodedata.category(char)[0] != "C" else "" for char in text)
    return " ".join("".join(kept).split())
