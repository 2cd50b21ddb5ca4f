"""What a site repeats is learned from its pages, and what its stories share is not."""

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.furniture import PageText, SourceTexts
from archive.records import Article, Page, Part, Removal
from crawler.extraction import extract
from crawler.extraction.site_memory import FEWEST, RULE, block_key, learn, recall
from crawler.extraction.table import Cell, kept

SIGN_OFF = "The Invented Times is written by volunteers and lives on what its readers give."
SIDEBAR = "Invented Times Quick Links Panel"
HELPLINE = "If you are worried about a child, call the invented helpline on 0800 123 4567."
WORDS = """
pupil teacher parent school platform report setting account message screen weekend survey study
lesson council charity phone game profile privacy advice friend classroom evening button answer
""".split()


def story(seed: int, blocks: int = 12) -> tuple[str, ...]:
    """An invented story that shares no sentence with that of another seed."""
    rng = random.Random(seed)
    return tuple(
        f"In invented case {seed}-{n} the {' '.join(rng.choices(WORDS, k=14))} were counted."
        for n in range(blocks)
    )


def texts(*pages: Sequence[str], removed: Sequence[Sequence[str]] = ()) -> SourceTexts:
    receipts = [*removed, *([()] * len(pages))]
    return SourceTexts(
        source_id=1,
        names=("Invented Times",),
        pages=tuple(
            PageText(
                article_id=number,
                blocks=tuple(blocks),
                removals=tuple(
                    Removal(position=at, part=Part.BLOCK, rule="boilerplate", text=text)
                    for at, text in enumerate(receipts[number])
                ),
            )
            for number, blocks in enumerate(pages)
        ),
    )


def learned(source: SourceTexts) -> list[str]:
    return [piece.text for piece in learn(source)]


def test_a_sign_off_and_a_sidebar_of_a_new_site_are_learned_without_a_rule() -> None:
    pages = [(SIDEBAR, *story(seed), SIGN_OFF) for seed in range(6)]
    sidebar, sign_off = learn(texts(*pages))
    assert (sidebar.text, sidebar.place, sidebar.articles) == (SIDEBAR, "first", 6)
    assert (sign_off.text, sign_off.place, sign_off.articles) == (SIGN_OFF, "last", 6)


@pytest.mark.parametrize(("count", "known"), [(FEWEST - 1, []), (FEWEST, [SIGN_OFF])])
def test_four_distinct_articles_are_needed(count: int, known: list[str]) -> None:
    assert learned(texts(*((*story(seed), SIGN_OFF) for seed in range(count)))) == known


def test_a_wire_story_under_four_addresses_is_one_article() -> None:
    wire = story(1)
    assert learned(texts(wire, wire, wire, wire)) == []
    others = [story(seed) for seed in range(10, 20)]
    assert learned(texts(*[wire] * 6, *others)) == []


def test_a_wire_story_that_each_paper_edited_is_one_article() -> None:
    edited = [
        (
            *story(1)[:5],
            f"{story(1)[5][:-1]}, the invented edition {n} adds.",
            *(text.replace("pupil", f"pupil{n}") for text in story(1)[6:9]),
            *story(1)[9:],
        )
        for n in range(8)
    ]
    assert learned(texts(*edited)) == []


def test_the_furniture_around_copies_of_a_story_is_learned_from_the_other_stories() -> None:
    pages = [(*story(1), SIGN_OFF)] * 5
    assert learned(texts(*pages, *((*story(n), SIGN_OFF) for n in (2, 3)))) == []
    more = [(*story(n), SIGN_OFF) for n in (2, 3, 4)]
    (sign_off,) = learn(texts(*pages, *more))
    assert (sign_off.text, sign_off.articles) == (SIGN_OFF, 4)


def test_a_helpline_is_never_learned() -> None:
    assert learned(texts(*((*story(seed), HELPLINE) for seed in range(20)))) == []


def test_an_organisation_is_not_learned_but_the_site_may_name_itself() -> None:
    pages = [
        (*story(seed), "Read more on Ofcom", "More of the Invented Times") for seed in range(9)
    ]
    assert learned(texts(*pages)) == ["More of the Invented Times"]


def test_a_sentence_that_closes_some_of_many_stories_is_part_of_them() -> None:
    pages = [(*story(n), *(["The invented trial goes on."] if n < 5 else [])) for n in range(30)]
    assert learned(texts(*pages)) == []
    label = [(*story(n), *(["Invented court desk"] if n < 5 else [])) for n in range(30)]
    assert learned(texts(*label)) == ["Invented court desk"]


def test_a_heading_that_stands_within_many_stories_is_no_furniture() -> None:
    pages = [(*story(n)[:6], "What happens next", *story(n)[6:]) for n in range(12)]
    assert learned(texts(*pages)) == []


def test_what_other_rules_took_out_counts_when_it_is_more_than_a_label() -> None:
    teaser = "Ten invented ways to talk with children about games"
    pages = [(*story(0), teaser, "Online safety"), *(story(seed) for seed in range(1, 6))]
    menu = [(), *[(teaser, "Online safety")] * 5]
    assert learned(texts(*pages, removed=menu)) == [teaser]


def test_pages_without_a_text_of_their_own_prove_nothing() -> None:
    assert learned(texts(*((f"Invented notice {n}", SIGN_OFF) for n in range(20)))) == []
    assert learned(texts()) == []
    assert learned(texts((), ())) == []


def test_white_space_case_and_marks_do_not_matter() -> None:
    assert block_key(f"  {SIGN_OFF.upper()}\n»") == block_key(SIGN_OFF)
    assert block_key(" -- ") == ""


Make = Callable[..., Cell]


def table(cell: Make, blocks: Sequence[str], **more: object) -> list[Cell]:
    return [cell(text, position, **more) for position, text in enumerate(blocks)]


def test_what_is_remembered_is_taken_from_the_edges_of_the_next_pages(cell: Make) -> None:
    cells = table(cell, (SIDEBAR, *story(9), SIGN_OFF))
    stripped = recall(cells, [block_key(SIDEBAR), block_key(SIGN_OFF)])
    assert [one.text for one in kept(stripped)] == list(story(9))
    assert [one.rule for one in stripped if one.rule] == [RULE, RULE]
    assert recall(stripped, [block_key(SIDEBAR), block_key(SIGN_OFF)]) == stripped


def test_within_the_article_only_links_are_taken(cell: Make) -> None:
    blocks = (*story(9)[:6], SIGN_OFF, *story(9)[6:])
    assert recall(table(cell, blocks), [block_key(SIGN_OFF)]) == table(cell, blocks)
    linked = [
        cell(text, at, **({"link": "/give"} if text == SIGN_OFF else {}))
        for at, text in enumerate(blocks)
    ]
    assert [one.text for one in kept(recall(linked, [block_key(SIGN_OFF)]))] == list(story(9))


def test_a_helpline_stays_whatever_is_remembered(cell: Make) -> None:
    cells = table(cell, (*story(9), HELPLINE))
    assert recall(cells, [block_key(HELPLINE)]) == cells


def test_an_article_is_never_emptied(cell: Make) -> None:
    cells = table(cell, (SIGN_OFF, SIDEBAR))
    assert recall(cells, [block_key(SIGN_OFF), block_key(SIDEBAR)]) == cells


@given(st.lists(st.sampled_from((*story(1), SIGN_OFF, SIDEBAR, HELPLINE)), max_size=15))
def test_memory_takes_only_what_it_was_told(blocks: list[str]) -> None:
    from crawler.extraction.blocks import Block, Node  # noqa: PLC0415

    cells = [
        Cell(
            position=at,
            block=Block(
                tag="p",
                text=text,
                nodes=(Node(at, text, None, False),),
                inside=frozenset({"p"}),
                names="",
                suspects=(),
                home=0,
                beside_image=False,
            ),
            text=text,
        )
        for at, text in enumerate(blocks)
    ]
    known = [block_key(SIGN_OFF), block_key(HELPLINE)]
    stripped = recall(cells, known)
    assert {one.text for one in stripped if one.rule} <= {SIGN_OFF}
    assert [one.text for one in stripped] == blocks
    assert recall(stripped, known) == stripped


def test_extraction_leaves_a_receipt_and_depends_on_the_page_alone() -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in (*story(9), SIGN_OFF))
    body = f"<title>An invented story</title><article>{paragraphs}</article>".encode()
    url = "https://news.example/story"
    plain = extract(Page(url=url, body=body))
    told = extract(Page(url=url, body=body, furniture=(block_key(SIGN_OFF),)))
    assert isinstance(plain, Article)
    assert isinstance(told, Article)
    assert plain.text == f"{told.text}\n\n{SIGN_OFF}"
    assert (told.removals[-1].rule, told.removals[-1].text) == (RULE, SIGN_OFF)
    assert extract(Page(url=url, body=body)) == plain
