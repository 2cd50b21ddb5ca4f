"""The topic rules: a file that an editor can read and change, checked before it is believed."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from archive.errors import ConfigurationError
from archive.topics.lexicon import Lexicon
from archive.topics.together import Given, Part, Use, all_words, parts_of
from archive.topics.words import exact_words, folded_words


class TermKind(StrEnum):
    """How much one hit of a term says."""

    STRONG = "strong"
    REPORTED_AS = "reported_as"
    CASED = "cased"
    TOGETHER = "together"
    WEAK = "weak"


# What admits a document by itself; a weak term only supports.
TELLING = frozenset({TermKind.STRONG, TermKind.REPORTED_AS, TermKind.CASED, TermKind.TOGETHER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """One topic of the file. `label` is what we say, `reported_as` what sources say instead.

    `otherwise` are patterns as those of `together`, tried where all else admits nothing;
    `headline` such of the title alone.
    """

    id: str
    label: str
    definition: str
    sensitivity: str
    report_routes: tuple[str, ...] = ()
    terms: tuple[tuple[TermKind, str], ...] = ()
    together: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    reported_as: tuple[str, ...] = ()

    @property
    def is_sensitive(self) -> bool:
        """Whether a reporting route belongs beside what is shown of it."""
        return self.sensitivity == "high"


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One term of a topic."""

    topic: str
    kind: TermKind
    text: str


class Half(StrEnum):
    """The two halves of the field: a text speaks of children, and of what is online."""

    CHILD = "child"
    ONLINE = "online"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateWord:
    """A word that opens one half of the gate."""

    half: Half
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mask:
    """A phrase that only looks like the field: for one topic, or for all (None)."""

    topic: str | None


Meaning = Term | GateWord | Mask | Part


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicRules:
    """A checked rule file. `version` names it: its own version and the beginning of its sha256.

    `text` is the whole file; `folded` finds all that is compared without regard to case, `cased`
    the rest, in one pass each.
    """

    version: str
    text: str
    threshold: float
    topics: Mapping[str, Topic]
    folded: Lexicon[Meaning]
    cased: Lexicon[Meaning]


@cache
def shipped_rules() -> TopicRules:
    """The rules that come with the program."""
    return parse_rules(_shipped_text(), _SHIPPED)


def shipped_topics() -> Mapping[str, Topic]:
    """The topics of these rules alone: what finds their words takes far longer to make."""
    return _Reader(_SHIPPED).topics(tomllib.loads(_shipped_text())["topic"])


_SHIPPED = "topics.toml"


def _shipped_text() -> str:
    return resources.files(__package__).joinpath(_SHIPPED).read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def rules_of(text: str | None) -> TopicRules:
    """The rules of a text that was checked before, those shipped for None; parsed once each."""
    return shipped_rules() if text is None else parse_rules(text, "the rules of the archive")


def read_rules(path: Path) -> TopicRules:
    """The rules in a file.

    Raises:
        ConfigurationError: the file is not there, is no TOML, or says something that is no rule.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: the topic rules cannot be read ({error}).") from error
    return parse_rules(text, str(path))


def parse_rules(text: str, name: str) -> TopicRules:
    """The rules in a TOML text; `name` is what errors call it.

    Raises:
        ConfigurationError: it is no TOML, or says something that is no rule.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name}: not valid TOML: {error}.") from error
    reader = _Reader(name)
    meta = reader.table(given, "meta")
    gate = reader.table(given, "gate")
    topics = reader.topics(given.get("topic"))
    groups = reader.groups(given)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    threshold = meta.get("default_threshold", 2.0)
    if not isinstance(threshold, int | float) or isinstance(threshold, bool) or threshold <= 0:
        raise ConfigurationError(f"{name}: meta.default_threshold is a number above 0.")
    return TopicRules(
        version=f"{meta.get('version', '0')}+{digest}",
        text=text,
        threshold=float(threshold),
        topics=topics,
        folded=Lexicon(
            [
                *_gate_words(reader, gate, ""),
                *_gate_words(reader, gate, "_also"),
                *_parts(reader, groups, topics),
                *(
                    (folded_words(mask), Mask(topic=None))
                    for mask in reader.texts(gate, "gate", "not")
                ),
                *(phrase for topic in topics.values() for phrase in _folded(topic)),
            ]
        ),
        cased=Lexicon(
            [
                *_gate_words(reader, gate, "_cased"),
                *(
                    (exact_words(term), Term(topic=topic.id, kind=kind, text=term))
                    for topic in topics.values()
                    for kind, term in topic.terms
                    if kind is TermKind.CASED
                ),
            ],
            exact=True,
        ),
    )


Phrase = tuple[tuple[str, ...], Meaning]


def _gate_words(reader: "_Reader", gate: Mapping[str, Any], ending: str) -> Iterator[Phrase]:
    words = exact_words if ending == "_cased" else folded_words
    for half in Half:
        for text in reader.texts(gate, "gate", half + ending):
            yield words(text), GateWord(half=half, text=text)


def _parts(
    reader: "_Reader", groups: Mapping[str, tuple[str, ...]], topics: Mapping[str, Topic]
) -> Iterator[Phrase]:
    for_all = []
    for topic in topics.values():
        by_use = zip(Use, (topic.together, topic.otherwise, topic.headline), strict=True)
        for use, text in ((use, text) for use, texts in by_use for text in texts):
            parts = [part.strip() for part in text.split("+")]
            there, hidden = (
                [
                    reader.part(part.removeprefix("-"), topic.id, groups)
                    for part in parts
                    if part.startswith("-") is minus
                ]
                for minus in (False, True)
            )
            pattern = Given(topic=topic.id, text=text, there=there, hidden=hidden, use=use)
            for_all.append(pattern)
    yield from parts_of(for_all)


def _folded(topic: Topic) -> Iterator[Phrase]:
    for mask in topic.masks:
        # Hidden from this topic only: "child porn" is no pornography, and it is abuse material.
        yield folded_words(mask), Mask(topic=topic.id)
    for kind, term in topic.terms:
        if kind is not TermKind.CASED:
            yield folded_words(term), Term(topic=topic.id, kind=kind, text=term)


class _Reader:
    """Takes values out of the file, and says in one line what is wrong with them."""

    def __init__(self, name: str) -> None:
        self._name = name
        # Many patterns name the same groups.
        self._folded: dict[str, tuple[str, ...]] = {}

    def table(self, given: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        found = given.get(key)
        if not isinstance(found, dict):
            raise ConfigurationError(f"{self._name}: there is no table [{key}].")
        return found

    def texts(self, table: Mapping[str, Any], where: str, key: str) -> tuple[str, ...]:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise ConfigurationError(f"{self._name}: {where}: {key} is a list of texts.")
        for text in found:
            if not folded_words(text):
                raise ConfigurationError(
                    f"{self._name}: {where}: {key}: {text!r} has no word in it. Take it out."
                )
        return tuple(found)

    def groups(self, given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """The groups by name; the halves of the gate are groups too."""
        table = self.table(given, "groups") if "groups" in given else {}
        groups = {str(half): self.texts(self.table(given, "gate"), "gate", half) for half in Half}
        return groups | {name: self.texts(table, "groups", name) for name in table}

    def part(
        self, name: str, topic: str, groups: Mapping[str, tuple[str, ...]]
    ) -> tuple[tuple[str, ...], ...]:
        """The phrases of a part."""
        words, missing = all_words(name, groups)
        if missing:
            known = ", ".join(sorted(groups))
            raise ConfigurationError(
                f"{self._name}: topic {topic!r}: together: there is no group {missing}. There are:"
                f" {known}."
            )
        new = (word for word in words if word not in self._folded)
        self._folded.update((word, folded_words(word)) for word in new)
        return tuple(self._folded[word] for word in words)

    def _patterns(self, table: Mapping[str, Any], where: str, key: str) -> tuple[str, ...]:
        texts = self.texts(table, where, key)
        for text in texts:
            parts = [part.strip() for part in text.split("+")]
            words = [word for part in parts for word in part.split("|")]
            there = [part for part in parts if not part.startswith("-")]
            if len(there) == 1 or not all(map(folded_words, words)):
                raise ConfigurationError(
                    f"{self._name}: {where}: {key}: {text!r} is no two parts or more with a"
                    " + between them."
                )
        return texts

    def topics(self, given: object) -> dict[str, Topic]:
        if not isinstance(given, list) or not given:
            raise ConfigurationError(f"{self._name}: there is no [[topic]].")
        topics: dict[str, Topic] = {}
        for number, table in enumerate(given, 1):
            topic = self._topic(table, f"topic {number}")
            if topic.id in topics:
                raise ConfigurationError(f"{self._name}: there are two topics {topic.id!r}.")
            topics[topic.id] = topic
        return topics

    def _topic(self, table: Mapping[str, Any], where: str) -> Topic:
        identity = self._text(table, where, "id")
        where = f"topic {identity!r}"
        sensitivity = self._text(table, where, "sensitivity")
        if sensitivity not in {"low", "medium", "high"}:
            raise ConfigurationError(f"{self._name}: {where}: sensitivity is low, medium or high.")
        return Topic(
            id=identity,
            label=self._text(table, where, "label"),
            definition=self._text(table, where, "definition"),
            sensitivity=sensitivity,
            report_routes=self.texts(table, where, "report_routes"),
            terms=self._terms(table, where),
            together=self._patterns(table, where, "together"),
            otherwise=self._patterns(table, where, "otherwise"),
            headline=self._patterns(table, where, "headline"),
            reported_as=self.texts(table, where, TermKind.REPORTED_AS),
            masks=self.texts(table, where, "not"),
        )

    def _terms(self, table: Mapping[str, Any], where: str) -> tuple[tuple[TermKind, str], ...]:
        # A word that sources use may be too common to tell anything by itself: then the file has
        # it among the weak ones as well, and there it is counted.
        kinds: dict[str, TermKind] = {}
        for kind in (TermKind.STRONG, TermKind.WEAK, TermKind.REPORTED_AS):
            for term in self.texts(table, where, kind):
                kinds.setdefault(term, kind)
        cased = self.texts(table, where, TermKind.CASED)
        return (
            *((kind, term) for term, kind in kinds.items()),
            *((TermKind.CASED, t) for t in cased),
        )

    def _text(self, table: Mapping[str, Any], where: str, key: str) -> str:
        found = table.get(key)
        if not isinstance(found, str) or not found:
            raise ConfigurationError(f"{self._name}: {where}: {key} is missing or no text.")
        return found
