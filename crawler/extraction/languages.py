"""Which language a text is in, told by its commonest words; and texts that are in none."""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+")
_SAME = {"nb": "no", "nn": "no"}
_OTHER_SCRIPTS = frozenset(
    {"ar", "bg", "bn", "el", "fa", "he", "hi", "ja", "ko", "mk", "ru", "sr", "th", "uk", "ur", "zh"}
)
# Words that a text needs to be judged; the share that the commonest words of its language have (a
# third and more in prose), and how often the listed language's share may go into it.
_FEWEST = 80
_SURE = 0.2
_TIMES = 2
_LATIN_SHARE = 0.3
# Characters that are looked at: the beginning for the language, the end for what is no language,
# for some sites garble all but the first lines for readers who have not paid.
_BEGINNING, _END = 6000, 3000

_LOREM_SHARE = 0.3
# UTF-8 that was read as if it were cp1252: two or three such characters for each one.
_TWICE = re.compile(
    "[\u00c2-\u00c5\u00d0-\u00d1\u00d8-\u00d9\u00e0-\u00ef]"
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
)
_BROKEN_SHARE = 0.15
_VOWELS = frozenset("aeiou\u00e6\u00f8\u0153\u0131")
# In languages that are written in Latin letters more than a third of the letters are vowels; where
# y and w are vowels too, as in Welsh, still 30 %. In English with its letters moved by 13 places
# it is 22 %, by one place 26 %.
_FEW_VOWELS = 0.29
_NO_LANGUAGE = 0.1


@functools.cache
def _data() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(
        files("crawler.extraction").joinpath("languages.toml").read_text(encoding="utf-8")
    )


@functools.cache
def _common() -> Mapping[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _data()["common"].items()}


@functools.cache
def _all_common() -> frozenset[str]:
    # Single letters are words of some language in every cipher.
    return frozenset(word for words in _common().values() for word in words if len(word) > 1)


@functools.cache
def _filler() -> frozenset[str]:
    return frozenset(_data()["filler"]["lorem"].split())


def wrong_language(text: str, listed: Iterable[str], declared: str | None = None) -> str | None:
    """In which other language a text is than those that its source is listed with; None if unsure.

    `listed` and `declared` (what the page says of itself) are language tags. Short texts and near
    relatives are never judged. Where the source's language is none of those known here, the page
    must also declare the other one.
    """
    wanted = {_plain(tag) for tag in listed}
    words = _WORD.findall(text[:_BEGINNING].casefold())
    if not wanted or len(words) < _FEWEST:
        return None
    known = wanted & _common().keys()
    if known and known == wanted and _latin_share(words) < _LATIN_SHARE:
        return "a language of another script"
    found, share = _best(words)
    if found in wanted or share < _SURE:
        return None
    unsure = wanted - known - _OTHER_SCRIPTS
    if unsure and _plain(declared or "") != found:
        return None
    ours = max((_share(words, language) for language in known), default=0.0)
    return found if ours * _TIMES <= share else None


def gibberish(text: str) -> str | None:
    """What makes a text unreadable for anybody, or None: filler, broken characters, ciphers."""
    text = text[-_END:]
    words = _WORD.findall(text.casefold())
    if len(words) < _FEWEST // 2:
        return None
    filler = sum(1 for word in words if word in _filler()) if "ipsum" in words else 0
    if filler > _LOREM_SHARE * len(words):
        return f"{filler} of {len(words)} words are filler (lorem ipsum)"
    letters = sum(map(len, words))
    broken = 0 if text.isascii() else text.count("\ufffd") + 2 * len(_TWICE.findall(text))
    if broken > _BROKEN_SHARE * (letters + broken):
        return f"{broken} characters were broken by a wrong encoding"
    known = _all_common()
    common = sum(1 for word in words if word in known)
    if common >= _NO_LANGUAGE * len(words) or _latin_share(words) < 1 - _LATIN_SHARE:
        return None
    if len(set(words)) < _FEWEST // 2:
        return None  # One line again and again is odd, and no cipher.
    return _cipher(words, letters)


def _cipher(words: list[str], letters: int) -> str | None:
    bare = unicodedata.normalize("NFD", "".join(words))
    vowels = sum(1 for letter in bare if letter in _VOWELS)
    if vowels < _FEW_VOWELS * letters:
        return f"{vowels} vowels in {letters} letters: no language"
    return None


def _plain(tag: str) -> str:
    language = tag.casefold().partition("-")[0]
    return _SAME.get(language, language)


def _latin_share(words: list[str]) -> float:
    letters = "".join(words)
    latin = sum(1 for letter in letters if letter < "\u0250" or "\u1e00" <= letter < "\u1f00")
    return latin / max(len(letters), 1)


def _share(words: list[str], language: str) -> float:
    common = _common()[language]
    return sum(1 for word in words if word in common) / max(len(words), 1)


def _best(words: list[str]) -> tuple[str, float]:
    shares = {language: _share(words, language) for language in _common()}
    found = max(shares, key=lambda language: shares[language])
    return found, shares[found]
