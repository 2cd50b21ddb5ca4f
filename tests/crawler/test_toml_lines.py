import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.toml_lines import KeyPath, line_index

TEXT = '''\
# a comment with [brackets] and a "quote
title = "x"   # = [

[[source]]
id = "one"
"quoted key" = 1.5
when = 1979-05-27 07:32:00
text = """
id = "not a key"
[[nor this]] ""\\""""
raw = \'\'\'
[x]\'\'\'
[[source.discovery]]
kind = "feed"
[[source.discovery]]
kind = "listing"
[[source]]
discovery = [
  { kind = "feed", url = "https://example.org/#a" },

  # a comment
  { kind = "sitemap", hosts = ["a", 'b',
      "c"] },
]
a.b.c = true
[other.deep]
list = [[1, 2], [
3]]
'''


def paths_of(value: object, path: KeyPath = ()) -> set[KeyPath]:
    """Every key and item of a document, as the standard reader understood it."""
    inner: list[tuple[KeyPath, object]] = []
    if isinstance(value, dict):
        inner = [((*path, key), one) for key, one in value.items()]
    elif isinstance(value, list):
        inner = [((*path, position), one) for position, one in enumerate(value)]
    return {key for key, _ in inner}.union(*(paths_of(one, key) for key, one in inner))


def test_the_index_knows_the_paths_that_the_standard_reader_knows() -> None:
    assert set(line_index(TEXT)) == paths_of(tomllib.loads(TEXT))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("source",), 4),
        (("source", 0), 4),
        (("source", 0, "id"), 5),
        (("source", 0, "quoted key"), 6),
        (("source", 0, "raw"), 11),
        (("source", 0, "discovery", 0), 13),
        (("source", 0, "discovery", 0, "kind"), 14),
        (("source", 0, "discovery", 1, "kind"), 16),
        (("source", 1), 17),
        (("source", 1, "discovery"), 18),
        (("source", 1, "discovery", 0, "url"), 19),
        (("source", 1, "discovery", 1, "hosts"), 22),
        (("source", 1, "discovery", 1, "hosts", 1), 22),
        (("source", 1, "discovery", 1, "hosts", 2), 23),
        (("source", 1, "a", "b", "c"), 25),
        (("other", "deep"), 26),
        (("other", "deep", "list", 1, 0), 28),
    ],
)
def test_each_key_and_item_has_its_line(path: KeyPath, line: int) -> None:
    assert line_index(TEXT)[path] == line


def test_windows_line_ends_count_once() -> None:
    assert line_index("a = 1\r\n\r\nb = 2\r\n") == {("a",): 1, ("b",): 3}


keys = st.sampled_from(["a", "b-c", '"q .=["', "'l # x'", "1"])
scalars = st.sampled_from(
    ["1", "-2.5e3", "true", "inf", "1979-05-27", "07:32:00.5", '"a \\" ] #"', "'['", '"""\n]\n"""']
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n" + ",\n".join(items) + "\n]"),
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "] # ]"),
        st.dictionaries(keys, inner.filter(lambda one: "#" not in one), max_size=3).map(
            lambda table: "{ " + ", ".join(f"{key} = {one}" for key, one in table.items()) + " }"
        ),
    ),
    max_leaves=6,
)
statements = st.one_of(
    st.tuples(keys, values).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.tuples(keys, keys, scalars).map(lambda parts: f"{parts[0]} . {parts[1]} = {parts[2]}"),
    st.lists(keys, min_size=1, max_size=3).map(lambda names: f"[{'.'.join(names)}]"),
    st.lists(keys, min_size=1, max_size=3).map(lambda names: f"[[ {' . '.join(names)} ]]"),
    st.just("# [a] = '"),
    st.just(""),
)


@given(st.lists(statements, max_size=8).map("\n".join))
def test_whatever_the_standard_reader_accepts_is_indexed_in_full(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    index = line_index(text)
    assert set(index) == paths_of(document)
    assert all(1 <= line <= text.count("\n") + 1 for line in index.values())
