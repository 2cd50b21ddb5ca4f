import random
import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.search import CUT, MOST_TERMS, NO_MATCH, ONLY_EXCLUSIONS, parse_query

TEXTS = (
    ("Police warn of sextortion", "Young people are groomed on Instagram. Self-harm is discussed."),
    (
        "A guide for children's homes",
        "The children\u2019s commissioner spoke to E&T about e-safety.",
    ),
    ("New AI-nudify ban", "Selfies and harm: the tools NOT allowed near schools, and more."),
    ("School report", "Nothing to do with police or the first story. Child protection week."),
)


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    """A real FTS5 table, made as `enable_fts` makes that of the archive."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='porter')")
    connection.executemany("INSERT INTO t VALUES (?, ?)", TEXTS)
    yield connection
    connection.close()


def found(fts: sqlite3.Connection, text: str, *, fields: bool = False) -> list[int]:
    match = parse_query(text, fields=fields).match
    rows = fts.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", (match or NO_MATCH,))
    return [row for (row,) in rows]


@pytest.mark.parametrize(
    ("typed", "articles"),
    [
        ("police", [1, 4]),
        ("police instagram", [1]),
        ("grooming", [1]),
        ("self-harm", [1]),
        ("SELF HARM", [1]),
        ("children's", [2]),
        ("children\u2019s homes", [2]),
        ("E&T", [2]),
        ("e-safety", [2]),
        ("AI-nudify", [3]),
        ('"child protection"', [4]),
        ("\u201cchild protection\u201d", [4]),
        ("\u00abchild protection\u00bb", [4]),
        ('"protection child"', []),
        ('"child protection', [4]),
        ("sextortion OR nudify", [1, 3]),
        ("sextortion | nudify", [1, 3]),
        ("police sextortion OR week", [1, 4]),
        ("(sextortion OR nudify) police", [1]),
        ("police -instagram", [4]),
        ("police -child -instagram", []),
        ('police -"first story"', [1]),
        ('police -"first story', [1]),
        ("police NOT instagram", [4]),
        ("police AND NOT instagram", [4]),
        ("police AND instagram", [1]),
        ("police OR -instagram", [4]),
        ("sext*", [1]),
        ('"child prot"*', [4]),
        ("police -sext*", [4]),
        ("title:police", [1]),
        ("Title:police", [1]),
        ('title:"police warn"', [1]),
        ("police -title:police", [4]),
        ("title:", []),
        ("not", [3]),
        ("NOT", [3]),
        ("and", [3]),
        ("NEAR(schools", [3]),
        ("tools NEAR(schools", [3]),
        ('"tools NOT allowed"', [3]),
        ("nudify: ban", [3]),
        ("{nudify} ^ban + tools", [3]),
        ("police \U0001f600", [1, 4]),
        ("police\0instagram", [1]),
        ("po\udcfflice", []),
    ],
)
def test_a_query_finds_what_a_person_means_by_it(
    fts: sqlite3.Connection, typed: str, articles: list[int]
) -> None:
    assert found(fts, typed) == articles


@pytest.mark.parametrize("typed", ["", "  ", '"', '""', '"""', "*", "()", "\U0001f600", "-", "\0"])
def test_without_a_word_there_is_nothing_to_search_for_and_the_hint_says_so(typed: str) -> None:
    query = parse_query(typed)
    assert query.match is None
    assert query.hint


@pytest.mark.parametrize("typed", ["-police", '-"child protection"', "-a -b", "-a OR -b"])
def test_a_query_that_only_leaves_out_says_what_it_lacks(typed: str) -> None:
    assert parse_query(typed).match is None
    assert parse_query(typed).hint == ONLY_EXCLUSIONS


def test_a_headline_in_capitals_is_told_what_NOT_did_to_it() -> None:  # noqa: N802 - the operator
    assert "Left out: SHARE." in str(parse_query("DO NOT SHARE").hint)


def test_of_a_pasted_chapter_the_first_words_are_used_and_the_hint_says_so(
    fts: sqlite3.Connection,
) -> None:
    query = parse_query(" ".join(f"police{number}" for number in range(MOST_TERMS + 1)))
    assert query.hint == CUT
    assert found(fts, "police " * MOST_TERMS + "nowhere") == [1, 4]
    assert found(fts, "police " * (MOST_TERMS - 1) + "nowhere") == []
    assert parse_query("x" * 10_000).hint == CUT


# What FTS5 takes for syntax, what people paste, and what breaks terminals and encodings.
_PIECES = (
    *"\"\u201c\u201d\u00ab*()-+^:{}[]|,.;&'\u2019\\/#@%_~ \t\n\0\x1b",
    *(
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(",
        "title:",
        "source:",
        "date:2026",
        "body:",
        "rowid",
        "articles_fts",
        "rank:",
        "--",
    ),
    *("self-harm", "children's", "E&T", "e-safety", "AI-nudify", "police", "sext*", "-child"),
    *(
        "\U0001f600",
        "\U0001f98a",
        "\u00e9",
        "e\u0301",
        "\u0301",
        "\ufb01",
        "\u0130",
        "\u3042",
        "\u0639",
    ),
    *("\ud800", "\udcff", "\ufeff", "\u200d", "\u202e", "\uffff", "\U0010ffff", "\ue000"),
)


def test_of_twenty_thousand_random_queries_none_is_an_error(fts: sqlite3.Connection) -> None:
    dice = random.Random(20261122)
    searched = 0
    for number in range(20_000):
        fields = bool(number % 2)
        length = dice.choice((1, 2, 3, 5, 8, 13))
        joint = dice.choice(("", " "))
        typed = joint.join(
            chr(dice.randrange(0x110000)) if dice.random() < 0.2 else dice.choice(_PIECES)
            for _ in range(length)
        )
        query = parse_query(typed, fields=fields)
        found(fts, typed, fields=fields)
        searched += query.match is not None
    # Otherwise the test could pass by refusing everything.
    assert searched > 12_000


@given(
    st.text(alphabet=st.characters(), max_size=60) | st.lists(st.sampled_from(_PIECES)).map("".join)
)
@example('"' * 10_000)
@example("(" * 10_000)
@example("a OR " * 5_000)
@example("-a " * 5_000)
@example("a b* " * 5_000)
@example('"' + "a " * 5_000)
def test_no_text_is_an_error(fts: sqlite3.Connection, typed: str) -> None:
    found(fts, typed)
    query = parse_query(typed)
    assert query.match or query.hint


@given(
    st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1)
)
def test_a_word_is_found_in_the_article_that_has_it(word: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='porter')")
        connection.execute("INSERT INTO t VALUES ('x', ?)", (f"before ({word}) after",))
        assert found(connection, f'"{word}"') == [1]
        assert found(connection, f"-{word} before") == []
    connection.close()


@pytest.mark.slow
def test_what_counts_as_a_word_is_what_the_tokenizer_takes_for_one() -> None:
    """Every assigned letter and number, but for scripts that this SQLite does not know yet."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='porter')")
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
    letters = [
        code
        for code in range(1, 0x110000)
        if unicodedata.category(chr(code))[0] in "LN" or unicodedata.category(chr(code)) == "Co"
    ]
    connection.executemany("INSERT INTO t(rowid, x) VALUES (?, ?)", ((c, chr(c)) for c in letters))
    tokens = {row for (row,) in connection.execute("SELECT DISTINCT doc FROM v")}
    connection.close()
    missed = [hex(code) for code in letters if code not in tokens]
    assert len(missed) < len(letters) / 1000, missed
    assert all(parse_query(chr(code)).match for code in tokens)
