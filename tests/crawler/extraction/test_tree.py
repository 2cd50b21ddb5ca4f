"""No text is lost because a page is badly written."""

import pytest

from crawler.extraction.tree import body_of, parse, strip_unseen

COUNT = 20


def paragraphs(tag: str, unclosed: int) -> str:
    return "".join(f"<p>Invented paragraph {i}.</p>" + f"<{tag}>" * unclosed for i in range(COUNT))


@pytest.mark.parametrize("unclosed", [1, 30, 400])
@pytest.mark.parametrize("tag", ["b", "font color=red", "span", "div class=x", "em", "section"])
def test_tags_that_are_never_closed_cost_no_text(tag: str, unclosed: int) -> None:
    tree = parse(f"<html><body>{paragraphs(tag, unclosed)}</body></html>")
    assert tree is not None
    text = tree.text_content()
    assert [i for i in range(COUNT) if f"Invented paragraph {i}." not in text] == []


@pytest.mark.parametrize("end", ["</html>", "</body>", "</BODY></HTML >"])
def test_text_after_an_early_end_of_the_page_is_kept(end: str) -> None:
    tree = parse(f"<html><body><p>First.</p>{end}<p>Second.</p></body></html>")
    assert tree is not None
    assert [p.text for p in body_of(tree).iter("p")] == ["First.", "Second."]


@pytest.mark.parametrize("text", ["", " ", "<!-- nothing -->", "<?xml version='1.0'?>"])
def test_a_page_without_an_element_is_no_tree(text: str) -> None:
    assert parse(text) is None


def test_entities_are_not_fetched() -> None:
    tree = parse('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><p>a &x; b</p>')
    assert tree is not None
    assert "&x;" in tree.text_content()


def test_what_no_reader_reads_goes_and_the_text_after_it_stays() -> None:
    tree = parse("<body><p>one <script>var x</script>two <svg><text>no</text></svg>three</p>")
    assert tree is not None
    strip_unseen(tree)
    assert body_of(tree).text_content().split() == ["one", "two", "three"]


def test_a_page_may_leave_out_the_tags_of_its_head_and_body() -> None:
    tree = parse(
        "<title>Invented</title><main><p>One.</p></main>two<section><p>Three.</p></section>"
    )
    assert tree is not None
    assert body_of(tree).text_content() == "One.twoThree."
    assert [title.text for title in tree.iter("title")] == ["Invented"]
