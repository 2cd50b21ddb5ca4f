"""Pages whose boxes make the article plain, and pages that must be left to trafilatura."""

from crawler.extraction.blocks import read_blocks
from crawler.extraction.reader import article_nodes
from crawler.extraction.tree import body_of, parse

PROSE = (
    "The invented council has said that every school in its area will get the new invented guide, "
    "number {}, and that parents may ask for a printed copy at the library in the market square."
)


def prose(first: int, last: int) -> str:
    return "".join(f"<p>{PROSE.format(number)}</p>" for number in range(first, last + 1))


def read(body: str) -> list[str] | None:
    tree = parse(f"<html><body>{body}</body></html>")
    assert tree is not None
    page = read_blocks(body_of(tree))
    nodes = article_nodes(page.blocks, page.boxes)
    if nodes is None:
        return None
    return [block.text for block in page.blocks if block.nodes[0].number in nodes]


def told(first: int, last: int) -> list[str]:
    return [PROSE.format(number) for number in range(first, last + 1)]


def test_what_stands_around_the_prose_is_no_article() -> None:
    page = (
        "<nav><a href='/'>Home</a></nav><div class='hero'><h1>A headline</h1></div>"
        f"<div class='text'>{prose(1, 3)}<h2>A subheading</h2>{prose(4, 6)}</div>"
        f"<aside>{prose(7, 7)}</aside><footer><p>An imprint of the invented town.</p></footer>"
    )
    assert read(page) == [*told(1, 3), "A subheading", *told(4, 6)]


def test_boxes_that_are_named_as_furniture_are_none_of_it() -> None:
    page = (
        f"<div class='text'>{prose(1, 3)}<div class='newsletter-box'><p>Get our letter.</p></div>"
        f"<div id='related'><p>Another story.</p></div><div style='display: none'><p>Unseen.</p>"
        f"</div><div aria-hidden='true'><p>Unseen too.</p></div>{prose(4, 5)}</div>"
    )
    assert read(page) == told(1, 5)


def test_a_name_does_not_take_the_article_away_nor_paragraphs_of_one_class() -> None:
    assert read(f"<div class='widget author-page'>{prose(1, 6)}</div>") == told(1, 6)
    boxed = "".join(f"<div class='slide-text'>{prose(n, n)}</div>" for n in range(1, 7))
    assert read(f"<main>{boxed}</main>") == told(1, 6)


def test_reader_comments_are_no_article_and_where_they_are_longer_it_is_not_plain() -> None:
    page = f"<div class='text'>{prose(1, 4)}</div><div class='comments'>{prose(5, 9)}</div>"
    assert read(f"<main>{page}</main>") is None
    fewer = f"<div class='text'>{prose(1, 6)}</div><div class='comments'>{prose(7, 9)}</div>"
    assert read(f"<main>{fewer}</main>") == told(1, 6)


def test_short_lines_without_a_paragraph_count_where_they_stand_like_the_prose() -> None:
    lines = [*told(1, 5), "It rained.", "The guide is free, the invented council said."]
    boxes = "".join(f"<div class='line'>{line}</div>" for line in lines)
    page = f"<main><div class='x'>{boxes}</div><div class='y'>A label</div></main>"
    assert read(page) == lines


def test_lists_of_links_are_no_text_and_lists_of_words_are() -> None:
    links = "".join(f"<li><a href='/{n}'>Invented {n}</a></li>" for n in range(4))
    page = f"<main>{prose(1, 5)}<ul>{links}</ul><ul><li>A list item</li></ul>{prose(6, 6)}</main>"
    assert read(page) == [*told(1, 5), "A list item", *told(6, 6)]


def test_a_first_paragraph_between_the_headline_and_the_prose_belongs_to_it() -> None:
    lead = "An invented council has told every school in its area what to do about phones."
    head = f"<div><h1>A headline</h1><p>By a writer</p></div><div class='lead'><p>{lead}</p></div>"
    above = "<p>A line above the headline says what else there is on the invented site today.</p>"
    page = f"{above}<article>{head}<div class='text'>{prose(1, 5)}</div></article>"
    assert read(page) == [lead, *told(1, 5)]


def test_pictures_say_nothing_but_quotes_in_their_frames_do() -> None:
    figure = "<figure><p>A caption.</p></figure><figure><blockquote>A quote.</blockquote></figure>"
    assert read(f"<main>{prose(1, 3)}{figure}{prose(4, 6)}</main>") == [
        *told(1, 3),
        "A quote.",
        *told(4, 6),
    ]


def test_pages_that_are_not_plain_are_left_to_trafilatura() -> None:
    assert read("") is None
    assert read(f"<main>{prose(1, 2)}</main>") is None
    cards = "".join(f"<div class='card-{n}'>{prose(n, n)}</div>" for n in range(1, 9))
    assert read(f"<main>{cards}</main>") is None
    halves = f"<div class='one'>{prose(1, 4)}</div><div class='two'>{prose(5, 8)}</div>"
    assert read(f"<main>{halves}</main>") is None
    assert read(f"<aside>{prose(1, 5)}</aside><main>{prose(6, 9)}</main>") is None
