"""Taking a phrase out of a record: out of every text that it has or had, and what was stripped.

Every function works inside the transaction of its caller.
"""

import codecs
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.records import text_hash
from archive.seals import Sealed, seal
from archive.statements import named, select
from archive.takedown_rows import Target
from archive.topic_rows import tag_anew

MARK = "[redacted]"

# Soft hyphens, characters of no width, marks of direction.
_UNSEEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
# Within a block: a phrase that ran over the empty line between two would make them one.
_SPACE = rf"(?:[^\S\n]|\n(?!\n)|{_UNSEEN})+"
# What a person types for what a page may have.
_ALIKE = {"'": "['\u2018\u2019\u02bc]", "-": "[-\u2010\u2011\u2013]", '"': '["\u201c\u201d]'}
_TYPED = {ord(char): plain for plain, chars in _ALIKE.items() for char in chars[2:-1]}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """What is looked for; `is_ascii` when any encoding has it in the same bytes."""

    pattern: re.Pattern[str]
    is_ascii: bool

    @classmethod
    def of(cls, text: str) -> "Phrase":
        """A phrase in any letter case, white space, quotation marks and Unicode form.

        Characters that nobody sees, as soft hyphens, do not matter either. It is found as whole
        words: of `Ann`, nothing in `annual`.
        """
        text = text.translate(_TYPED)
        forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
        choices = "|".join(sorted(_SPACE.join(map(_word, form.split())) for form in forms))
        pattern = re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)
        return cls(pattern=pattern, is_ascii=text.isascii())

    def is_in(self, text: str) -> bool:
        """Whether a text has it."""
        return self.pattern.search(text) is not None

    def is_in_page(self, body: bytes) -> bool:
        """Whether a page or feed has it, as text or escaped, or may have it in an old encoding."""
        if any(map(self.is_in, readings(body))):
            return True
        return not self.is_ascii and not _is_unicode(body)

    def out_of(self, text: str) -> str:
        """The text with the mark in its place."""
        return self.pattern.sub(MARK, text)


def readings(body: bytes) -> Iterator[str]:
    """All that may be read in a page or feed: as it stands, and with what hides words undone.

    Feeds escape the entities of pages once more; pages have data of programs in them.
    """
    text = body.decode("utf-16" if body.startswith(_UTF_16) else "utf-8", errors="replace")
    yield text
    for _ in range(2):
        text = html.unescape(text)
        yield text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\\/", "/")
    yield text
    for gap in ("", " "):
        yield _TAG.sub(gap, text)


def _is_unicode(body: bytes) -> bool:
    try:
        body.decode("utf-16" if body.startswith(_UTF_16) else "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _word(word: str) -> str:
    return f"{_UNSEEN}*".join(_ALIKE.get(char, re.escape(char)) for char in word)


_OWN_FETCHES = "SELECT id FROM fetches WHERE frontier_id IN (SELECT value FROM json_each(:ids))"
# Table, which of its rows, and the columns in which a phrase may stand. Topics, names and figures
# are read anew from what is left.
_TEXTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("articles", "id = :id", ("title", "authors", "description", "site_name", "body")),
    ("revisions", "article_id = :id", ("title", "body")),
    ("removals", "article_id = :id", ("text",)),
    ("links", "article_id = :id", ("anchor",)),
    ("frontier", "id IN (SELECT value FROM json_each(:ids))", ("title_hint",)),
    (
        "provenance",
        "article_id = :id OR frontier_id IN (SELECT value FROM json_each(:ids))",
        ("evidence",),
    ),
    ("furniture", "source_id = (SELECT source_id FROM articles WHERE id = :id)", ("text",)),
    ("fetches", "frontier_id IN (SELECT value FROM json_each(:ids))", ("detail", "headers")),
    ("record_signals", "article_id = :id", ("wire_credit", "signals")),
    ("rights", f"fetch_id IN ({_OWN_FETCHES})", ("signals", "reserved")),
    ("quarantine", "frontier_id IN (SELECT value FROM json_each(:ids))", ("detail",)),
    ("digest_items", "article_id = :id", ("warnings",)),
    ("digests", "id IN (SELECT digest_id FROM digest_items WHERE article_id = :id)", ("title",)),
    (
        "stories",
        "origin_id = :id OR id IN (SELECT story_id FROM article_stories WHERE article_id = :id)",
        ("title", "origin_name", "origin_why"),
    ),
)
# Columns that hold JSON.
_JSON = frozenset({"evidence", "headers", "signals", "warnings"})


def redact(db: Database, target: Target, phrase: Phrase) -> int:
    """Put `[redacted]` for a phrase wherever a record has it; in how many texts that was."""
    changed = 0
    for table, where, columns in _TEXTS:
        rows = db.execute(
            select(", ".join(("rowid", *columns)), table, where=where),
            {"id": target.article_id, "ids": target.frontier_ids},
        ).fetchall()
        for row_id, *old in rows:
            for column, before in zip(columns, old, strict=True):
                after = _cleaned(before, column, phrase)
                if after == before:
                    continue
                changed += 1
                db.execute(
                    named(
                        "UPDATE {table} SET {column} = ? WHERE rowid = ?",
                        table=table,
                        column=column,
                    ),
                    [after, row_id],
                )
    if changed:
        _hash_again(db, target)
        if target.article_id is not None:
            tag_anew(db, target.article_id)
    return changed


def _cleaned(text: str | None, column: str, phrase: Phrase) -> str | None:
    if text is None:
        return None
    if column in _JSON:
        return json.dumps(_within(json.loads(text), phrase.out_of))
    return phrase.out_of(text)


def _within(value: object, change: Callable[[str], str]) -> object:
    """A JSON value with each of its texts changed."""
    match value:
        case str():
            return change(value)
        case list():
            return [_within(item, change) for item in value]
        case dict():
            return {key: _within(item, change) for key, item in value.items()}
        case _:
            return value


def _hash_again(db: Database, target: Target) -> None:
    for table, key in (("articles", "id"), ("revisions", "article_id")):
        rows = db.execute(
            named("SELECT id, title, body FROM {table} WHERE {key} = ?", table=table, key=key),
            [target.article_id],
        ).fetchall()
        for row_id, title, body in rows:
            db.execute(
                named("UPDATE {table} SET text_hash = ? WHERE id = ?", table=table),
                [text_hash(title, body), row_id],
            )
            if table == "articles":
                words = len(body.split())
                db.execute("UPDATE articles SET word_count = ? WHERE id = ?", [words, row_id])
            seal(db, Sealed.RECORD if table == "articles" else Sealed.REVISION, row_id)
    for kind, table in ((Sealed.PLACE, "provenance"), (Sealed.FETCH, "fetches")):
        for (row_id,) in db.execute(
            select("id", table, where="frontier_id IN (SELECT value FROM json_each(?))"),
            [target.frontier_ids],
        ).fetchall():
            seal(db, kind, row_id)
