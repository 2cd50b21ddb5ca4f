"""Organisations, platforms and laws that a text names; never persons.

The file holds no person, and none is looked for: an archive of cases must not build profiles of
the people in them.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from archive.topics.lexicon import Lexicon
from archive.topics.rules import GateWord, Half, TopicRules
from archive.topics.words import Told, Words, exact_words, folded_words, read_words


class EntityKind(StrEnum):
    """What sort of thing is named."""

    ORGANISATION = "organisation"
    PLATFORM = "platform"
    LAW = "law"
    COUNTRY = "country"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """One entry of entities.toml; `ambiguous` when its name is an ordinary word too."""

    id: str
    kind: EntityKind
    name: str
    owner: str | None = None
    ambiguous: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRoute:
    """Where a person can report or find help; `tel` and `url` may be empty.

    `is_checked` and `is_tel_checked` are not set while nobody has seen the address, or the number,
    at its owner: the entry says so under `evidence`.
    """

    id: str
    name: str
    country: str
    purpose: str
    url: str
    tel: str
    is_checked: bool = True
    is_tel_checked: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """An entity that a text names: how often, and the first sentence that does."""

    entity: Entity
    count: int
    in_title: bool
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Name:
    entity: Entity
    needs_context: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Entities:
    """All that can be named, and the routes for reports."""

    folded: Lexicon[_Name]
    cased: Lexicon[_Name]
    routes: Mapping[str, ReportRoute]


@cache
def shipped_entities() -> Entities:
    """The entities that come with the program."""
    text = resources.files(__package__).joinpath("entities.toml").read_text(encoding="utf-8")
    given = tomllib.loads(text)
    names = [*_names(given)]
    return Entities(
        folded=Lexicon(
            (folded_words(text), name) for text, is_cased, name in names if not is_cased
        ),
        cased=Lexicon(
            ((exact_words(text), name) for text, is_cased, name in names if is_cased), exact=True
        ),
        routes={
            route["id"]: ReportRoute(
                id=route["id"],
                name=route["name"],
                country=route["country"],
                purpose=route["for"],
                url=route.get("url", ""),
                tel=route.get("tel", ""),
                is_checked=not _is_open(route, "unverified", "unverified URL"),
                is_tel_checked="unverified" not in route.get("evidence", ""),
            )
            for route in given["report_route"]
        },
    )


def _is_open(route: Mapping[str, Any], *marks: str) -> bool:
    return route.get("evidence", "") in marks


def _names(given: Mapping[str, Any]) -> Iterator[tuple[str, bool, _Name]]:
    for kind in EntityKind:
        for entry in given[kind]:
            entity = Entity(
                id=entry["id"],
                kind=kind,
                name=entry["name"],
                owner=entry.get("owner"),
                ambiguous=entry.get("ambiguous", False),
            )
            for alias in entry.get("aliases", ()):
                yield alias, False, _Name(entity=entity, needs_context=False)
            for cased in entry.get("cased", ()):
                yield cased, True, _Name(entity=entity, needs_context=entity.ambiguous)


def mentions(
    told: Told, entities: Entities, rules: TopicRules, words: Words | None = None
) -> tuple[Mention, ...]:
    """What a title and text name, in order of first mention; `words` as of `decide`.

    A name that is an ordinary word too ("Signal", "Kick") counts only in a sentence that also
    names a platform, an owner of one, or something online.
    """
    words = words or read_words(told)
    found = sorted(
        [
            *entities.folded.find(words.folded, words.sentences),
            *entities.cased.find(words.exact, words.sentences),
        ],
        key=lambda hit: (hit[0], -hit[1]),
    )
    needs_context = any(name.needs_context for _, _, name in found)
    clear = _clear_sentences(words, found, rules) if needs_context else frozenset()
    first: dict[str, int] = {}
    counts: dict[str, int] = {}
    by_id: dict[str, Entity] = {}
    for at, _, name in found:
        if name.needs_context and words.sentences[at] not in clear:
            continue
        first.setdefault(name.entity.id, at)
        counts[name.entity.id] = counts.get(name.entity.id, 0) + 1
        by_id[name.entity.id] = name.entity
    return tuple(
        Mention(
            entity=by_id[identity],
            count=counts[identity],
            in_title=at < words.in_title,
            sentence=words.quote(at),
        )
        for identity, at in first.items()
    )


def _clear_sentences(
    words: Words, found: Sequence[tuple[int, int, _Name]], rules: TopicRules
) -> set[int]:
    """The sentences that make an ambiguous name clear."""
    clear = {
        words.sentences[at]
        for at, _, name in found
        if name.entity.kind is EntityKind.PLATFORM and not name.needs_context
    }
    for lexicon, spelled in ((rules.folded, words.folded), (rules.cased, words.exact)):
        clear |= {
            words.sentences[at]
            for at, _, meaning in lexicon.find(spelled, words.sentences)
            if isinstance(meaning, GateWord) and meaning.half is Half.ONLINE
        }
    return clear
