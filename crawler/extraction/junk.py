"""Junk rules as data: which lines that stand in an article are none of it."""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from archive.records import Part
from crawler.extraction.table import Cell

EDGE = 4
LONGEST = 420
_LINKED = 0.5
_CREDIT_WORDS = 8
_SHORT_CALL = 3

# Circled c is a copyright sign before NFKC makes it a letter.
_QUOTES = tuple(
    zip(
        "\u24d2\u2018\u2019\u00b4\u201c\u201d\u201e\u00ab\u00bb",
        "\u00a9'''" + 5 * '"',
        strict=True,
    )
)
# Texts of a page or two, of which each is looked at many times.
_REMEMBERED = 2048
_ENDS = ' \n*\u2022\u00b7\u2013\u2014|<>"[](){}\u2190\u2192\u25ba\u25b6_~-'
# Quotes, brackets, footnote marks and emoji may follow the stop.
_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f](?:[^\w.!?\u2026]|\[\d+\])*$")
_LONGEST_END = 80
_NAMED = re.compile(
    r"newsletter|sign-?up|subscri|related|recirc|read-?more|share|sharing|social|follow|comment|"
    r"respond|copyright|footer|credit|caption|byline|author|bio\b|tags?\b|meta\b|cookie|consent|"
    r"button|btn|promo|cta\b|widget|sidebar|advert|banner|disclaimer|sponsor|donat|popular|trending"
)
_VERB = re.compile(r"\b(?:was|were|is|are|had|has|have|from|said)\b")
_NAMED_BOXES = frozenset({"aside", "footer", "form", "button", "figcaption", "nav"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule of junk.toml; see there what each field means."""

    id: str
    kind: str
    pattern: re.Pattern[str]
    where: tuple[frozenset[str], ...]
    prefix: bool
    veto: bool
    removes: tuple[str, ...]
    keeps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Veto:
    """What no rule may take out, and the names that only some rules may."""

    always: re.Pattern[str]
    names: re.Pattern[str]
    cased: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands among the kept ones: `index` from 0 of `count`."""

    index: int
    count: int

    @property
    def is_edge(self) -> bool:
        """Whether it is among the first or the last blocks."""
        return self.index < EDGE or self.index >= self.count - EDGE


def _signs(cell: Cell, line: str, place: Place) -> frozenset[str]:
    """The second signs that a block shows; junk.toml says what each means."""
    label = is_label(cell.text)
    shown = {
        "anywhere": True,
        "edges": place.is_edge,
        "first": place.index == 0,
        "label": label or line.count(" ") < _SHORT_CALL,
        "linked": cell.block.link_share >= _LINKED,
        "named": is_named(cell),
        "credit": label and line.count(" ") < _CREDIT_WORDS and not _VERB.search(line),
    }
    return frozenset(sign for sign, is_shown in shown.items() if is_shown)


@functools.cache
def rules() -> tuple[Rule, ...]:
    """The rules of junk.toml, in order."""
    table = tomllib.loads(_data("junk.toml"))
    return tuple(_rule(entry) for entry in table["rule"])


@functools.cache
def veto() -> Veto:
    """The veto of veto.toml."""
    table = tomllib.loads(_data("veto.toml"))
    return Veto(
        always=re.compile("|".join(table["always"]), re.IGNORECASE),
        names=re.compile(_any_of(table["names"]), re.IGNORECASE),
        cased=re.compile(_any_of(table["cased"])),
    )


def _data(name: str) -> str:
    return files("crawler.extraction").joinpath(name).read_text(encoding="utf-8")


def _any_of(names: Sequence[str]) -> str:
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)"


def _rule(entry: Mapping[str, object]) -> Rule:
    patterns, where = _strings(entry["patterns"]), _strings(entry["where"])
    body = "|".join(f"(?:{pattern})" for pattern in patterns)
    prefix = entry.get("prefix") is True
    return Rule(
        id=str(entry["id"]),
        kind=str(entry["kind"]),
        pattern=re.compile(rf"\s*(?:{body})\s*" if prefix else body, re.IGNORECASE | re.DOTALL),
        where=tuple(frozenset(place.split("+")) for place in where),
        prefix=prefix,
        veto=entry.get("veto") is not False,
        removes=_strings(entry.get("removes")),
        keeps=_strings(entry.get("keeps")),
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


@functools.lru_cache(_REMEMBERED)
def plain_line(text: str) -> str:
    """A block as the patterns see it: one line, plain quotes, no bullets or brackets around it."""
    if not text.isascii():
        for quote, written in _QUOTES:
            text = text.replace(quote, written)
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.replace("`", "'").split()).strip(_ENDS)


def is_label(text: str) -> bool:
    """Whether a text does not end as a sentence does."""
    return not _SENTENCE_END.search(text.rstrip()[-_LONGEST_END:])


def is_named(cell: Cell) -> bool:
    """Whether the box of a block says that it is no prose."""
    return bool(_NAMED_BOXES & cell.block.inside) or bool(_NAMED.search(cell.block.names))


def rule_for(cell: Cell, place: Place, site_name: str = "") -> Rule | None:
    """The rule that takes a whole block out, or None; `site_name` is no name that vetoes."""
    if len(cell.text) > LONGEST or cell.block.tag in {"table", "blockquote", "pre", "code"}:
        return None
    line = plain_line(cell.text)
    if not line:
        return None
    for rule in _matching(line, _signs(cell, line, place)):
        if not vetoed(line, site_name, names=rule.veto):
            return rule
    return None


@functools.lru_cache(_REMEMBERED)
def _matching(line: str, shown: frozenset[str]) -> tuple[Rule, ...]:
    # All that match, for a veto may stop the first and not the next one.
    bare = line.rstrip(" :")
    if not any(_any_rule().fullmatch(form) for form in {line, bare}):
        return ()
    return tuple(
        rule
        for rule in rules()
        if not rule.prefix
        and any(signs <= shown for signs in rule.where)
        and (rule.pattern.fullmatch(line) or rule.pattern.fullmatch(bare))
    )


@functools.cache
def _any_rule() -> re.Pattern[str]:
    """One pattern for all rules: most lines match none, and are done at once."""
    patterns = "|".join(rule.pattern.pattern for rule in rules() if not rule.prefix)
    return re.compile(patterns, re.IGNORECASE | re.DOTALL)


def is_related_label(text: str) -> bool:
    """Whether a text is nothing but the label of a list of other articles."""
    line = plain_line(text).rstrip(" :.\u2026")
    return any(rule.pattern.fullmatch(line) for rule in rules() if rule.id == "related:label")


def prefix_cut(cell: Cell) -> Cell:
    """The block without the labels glued to its start, each cut with its receipt."""
    for rule in rules():
        found = rule.pattern.match(cell.text) if rule.prefix else None
        if found and found.end() < len(cell.text):
            cut = (Part.PREFIX, f"{rule.id}", found.group())
            return Cell(
                position=cell.position,
                block=cell.block,
                text=cell.text[found.end() :],
                cuts=(*cell.cuts, cut),
            )
    return cell


def vetoed(line: str, site_name: str = "", *, names: bool = True) -> bool:
    """Whether a line names a helpline or reporting route, or (with `names`) an organisation."""
    barred = veto()
    if barred.always.search(line):
        return True
    if not names:
        return False
    own = site_name.casefold()
    found = [*barred.names.finditer(line), *barred.cased.finditer(line)]
    return any(match.group().casefold() not in own for match in found)
