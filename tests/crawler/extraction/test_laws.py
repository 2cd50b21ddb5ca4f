"""What holds for every page, whatever stands on it."""

import html as html_module
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.receipts import on_the_table
from archive.records import BLOCK_SEPARATOR, Article, Page, Part, Rejected
from crawler.extraction import extract, shipped
from crawler.extraction.article import read_table
from crawler.extraction.blocks import Mark
from crawler.extraction.junk import prefix_cut, rules
from crawler.extraction.strip import Context, strip
from crawler.extraction.table import Cell, kept, removals_of, text_of
from crawler.extraction.tree import parse

JUNK = [text for rule in rules() for text in rule.removes]
WORDS = st.text("abcdefg \u00e9\u4e2d'.!?:\u2019", min_size=1, max_size=60).filter(str.strip)
LINES = st.one_of(WORDS, st.sampled_from(JUNK))
TAGS = st.sampled_from(
    ["p", "div", "h2", "h3", "li", "blockquote", "figcaption", "td", "span", "a"]
)
CLASSES = st.sampled_from(["", "", "share", "newsletter", "caption", "article-body", "related"])
NO_RULES = Page(url="https://news.example/story", body=b"")
CONTEXT = Context(
    url="https://news.example/a", site_name="News", headlines=("an invented headline",)
)
Make = Callable[..., Cell]


@st.composite
def pages(draw: st.DrawFn) -> str:
    parts = []
    for _element in range(draw(st.integers(0, 14))):
        tag, name, text = draw(TAGS), draw(CLASSES), draw(LINES)
        opened = f'<{tag} class="{name}"' + (' href="/x">' if tag == "a" else ">")
        closed = f"</{tag}>" if draw(st.booleans()) else ""
        parts.append(f"{opened}{html_module.escape(text)}{closed}")
        parts.append(
            draw(st.sampled_from(["", "", "<br>", "<br><br>", "<img>", "<script>x</script>"]))
        )
    return "<html><head><title>An invented headline</title></head><body>" + "".join(parts)


def letters(text: str) -> str:
    return "".join(text.split()).replace("|", "")


@settings(max_examples=150, deadline=None)
@given(pages())
def test_kept_blocks_and_removals_are_all_that_stands_on_the_page(page: str) -> None:
    tree, again = parse(page), parse(page)
    assert tree is not None
    assert again is not None
    for script in list(again.iter("script", "head")):
        script.drop_tree()
    cells = strip(read_table(tree, page, NO_RULES), CONTEXT)
    pieces = {cell.position: "" for cell in cells}
    for cut in removals_of(cells):
        pieces[cut.position] += cut.text
    for cell in kept(cells):
        pieces[cell.position] += cell.text
    assert letters("".join(pieces[position] for position in sorted(pieces))) == letters(
        again.text_content()
    )


PROSE = (
    "An invented council told parents in an invented town how a game lets strangers write to them.",
    "The invented helpline was called by many invented parents in the first week, a teacher said.",
    "In all eleven invented schools the number stands on the gate, and pupils know what it is for.",
)
FEW = st.integers(0, 8)
BOXES = st.sampled_from(
    [
        *("<main>{}</main>", "<article>{}</article>", '<div class="story">{}</div>'),
        '<div id="host"><template shadowrootmode="open"><div>{}</div></template></div>',
        "<template><div>{}</div></template>",
        "<noscript><div>{}</div></noscript>",
    ]
)


@st.composite
def long_pages(draw: st.DrawFn) -> str:
    """Pages with prose enough that no second reader is asked, also where scripts would show it."""
    story = "".join(f"<p>{draw(st.sampled_from(PROSE))} {n}</p>" for n in range(draw(FEW) + 9))
    around = [draw(pages()).partition("<body>")[2] for _place in range(3)]
    box = draw(BOXES).format(f"<h1>An invented headline</h1>{story}{around[1]}")
    return f"<html><head><title>x</title></head><body>{around[0]}{box}{around[2]}</body></html>"


NARROW = st.sampled_from([(), ("//main | //article",), ("//div[@class='story']",), ("//nav",)])


@settings(max_examples=100, deadline=None)
@given(long_pages(), NARROW)
def test_kept_and_removed_are_all_also_where_an_article_is_shipped_or_narrowed(
    page: str, narrow: tuple[str, ...]
) -> None:
    tree, again = parse(page), parse(page)
    assert tree is not None
    assert again is not None
    shipped.unwrap(again)
    for unseen in list(again.iter("script", "head", "template", "noscript")):
        unseen.drop_tree()
    told = Page(url=NO_RULES.url, body=b"", narrow=narrow)
    cells = strip(read_table(tree, page, told), CONTEXT)
    assert [cell.position for cell in cells] == list(range(len(cells)))
    seen = "".join("".join(cut for _part, _rule, cut in one.cuts) + one.text for one in cells)
    assert letters(seen) == letters(again.text_content())
    article = text_of(cells)
    rows = on_the_table(article, removals_of(cells))
    assert [row.text for row in rows] == [cell.block.text for cell in cells]
    assert BLOCK_SEPARATOR.join(cell.text for cell in kept(cells)) == article


@settings(max_examples=15, deadline=None)
@given(long_pages(), st.lists(long_pages(), max_size=1))
def test_a_page_is_read_as_if_it_were_the_first(page: str, before: list[str]) -> None:
    """The pages repeat each other's sentences, which is what a memory of texts would act upon."""
    asked = Page(url=NO_RULES.url, body=page.encode())
    first = extract(asked)
    for other in (*before, page, page):
        extract(Page(url="https://other.example/story", body=other.encode()))
    assert extract(asked) == first


@settings(max_examples=60, deadline=None)
@given(pages())
def test_no_block_holds_an_empty_line(page: str) -> None:
    tree = parse(page)
    assert tree is not None
    for cell in read_table(tree, page, NO_RULES):
        assert cell.text.strip()
        assert BLOCK_SEPARATOR not in cell.text


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[str, dict[str, object]]]:
    form = st.fixed_dictionaries(
        {},
        optional={
            "tag": st.sampled_from(["p", "h2", "li", "div", "blockquote"]),
            "names": st.sampled_from(["widget", "caption"]),
            "link": st.sampled_from(["/a", "https://other.example/b"]),
            "beside_image": st.just(True),
        },
    )
    return draw(st.lists(st.tuples(LINES, form), max_size=20))


# The fixture is a function without state.
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=tables())
def test_stripping_only_removes_and_a_second_time_changes_nothing(
    rows: list[tuple[str, dict[str, object]]], cell: Make
) -> None:
    before = [cell(text, place, **form) for place, (text, form) in enumerate(rows)]
    after = strip(before, CONTEXT)
    assert [one.position for one in after] == [one.position for one in before]
    for old, new in zip(before, after, strict=True):
        assert "".join(cut for _part, _rule, cut in new.cuts) + new.text == old.text
    assert strip(after, CONTEXT) == after
    assert not before or kept(after)


@given(
    st.lists(st.integers(0, 200_000), max_size=30), st.sampled_from(["", "\u2801", "\U0001d801"])
)
def test_marks_are_read_as_they_were_written(indexes: list[int], page: str) -> None:
    mark = Mark(page)
    text = "text ".join(mark.write(index) for index in indexes)
    assert list(mark.read(text)) == indexes


def test_a_page_that_writes_in_the_marks_own_symbols_is_read_as_written() -> None:
    braille = "\u2801\u2803\u2809"
    body = (
        f"<title>Invented Braille</title><main><p>{braille} {'An invented word. ' * 40}</p></main>"
    )
    article = extract(Page(url="https://news.example/braille", body=body.encode()))
    assert isinstance(article, Article)
    assert article.text.startswith(braille)


@pytest.mark.parametrize("reference", ["&#1;", "&#xD800;", "&#xFFFE;", "&#0;", "&#x1F;"])
def test_references_to_characters_that_do_not_exist_harm_nothing(reference: str) -> None:
    line = f"An invented{reference} sentence with an invented character in it. " * 10
    page = f"<html><head><title>Invented</title></head><body><main><p>{line}</p></main></body>"
    assert isinstance(extract(Page(url="https://news.example/a", body=page.encode())), Article)


def test_equal_paragraphs_are_all_kept() -> None:
    line = "<p>An invented paragraph that an invented page repeats as often as it likes to.</p>"
    body = f"<title>An invented refrain</title><main>{line * 8}</main>"
    article = extract(Page(url="https://news.example/refrain", body=body.encode()))
    assert isinstance(article, Article)
    assert article.text.count("An invented paragraph") == 8


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_as_an_article_or_with_a_named_ending(body: bytes) -> None:
    assert isinstance(extract(Page(url="https://news.example/", body=body)), (Article, Rejected))


def test_a_label_glued_to_a_sentence_is_cut_with_its_white_space(cell: Make) -> None:
    text = "Reading Time: 2 min Child protection has an invented new office."
    cut = prefix_cut(cell(text))
    assert cut.cuts == ((Part.PREFIX, "reading-time", "Reading Time: 2 min "),)
    assert cut.text == "Child protection has an invented new office."


def test_the_text_is_the_kept_blocks(
    cell: Make, table_with: Callable[[Sequence[Cell], int], list[Cell]], story: tuple[str, ...]
) -> None:
    cells = strip(table_with([cell("Share this article")], 6), CONTEXT)
    assert text_of(cells) == BLOCK_SEPARATOR.join(story)


@pytest.mark.parametrize("name", ["<div>", "<p>", "<ul><li>", "<table><tr><td>", "<blockquote>"])
def test_a_page_may_nest_as_deep_as_it_likes(name: str) -> None:
    body = f"<title>An invented depth</title>{name * 3000}<p>{'An invented word. ' * 40}</p>"
    result = extract(Page(url="https://news.example/deep", body=body.encode()))
    assert isinstance(result, (Article, Rejected))
