from archive.records import Article, Page
from crawler.extraction import boilerplate, extract
from crawler.extraction.blocks import read_blocks
from crawler.extraction.prune import long_paragraphs
from crawler.extraction.tree import body_of, parse

PROSE = (
    "The invented council has said that every school in its area will get the new invented guide, "
    "number {}, and that parents may ask for a printed copy at the library in the market square."
)


def links(*names: str) -> str:
    items = "".join(f'<li><a href="/{name}">{name.title()} of the town</a></li>' for name in names)
    return f"<ul>{items}</ul>"


def page(before: str = "", between: str = "", after: str = "") -> Article:
    prose = [f"<p>{PROSE.format(number)}</p>" for number in range(1, 7)]
    html = (
        '<html lang="en"><head><title>An invented guide for schools</title>'
        '<meta property="article:published_time" content="2024-05-06"></head><body>'
        f"{before}<div><div><h1>An invented guide for schools</h1>{''.join(prose[:3])}{between}"
        f"{''.join(prose[3:])}</div></div>{after}</body></html>"
    )
    article = extract(Page(url="https://news.example/guide", body=html.encode()))
    assert isinstance(article, Article)
    return article


def test_menus_around_the_article_are_not_in_it_and_have_receipts() -> None:
    menu = f"<div><h3>Sections</h3>{links('weather', 'sport')}</div>"
    more = f"<div><div><h3>More</h3>{links('travel', 'health')}</div></div>"
    article = page(before=menu, after=more)
    assert article.text == "\n\n".join(PROSE.format(number) for number in range(1, 7))
    removed = "\n".join(removal.text for removal in article.removals)
    for name in ("Sections", "Weather of the town", "Travel of the town", "More"):
        assert name in removed


def left_for_trafilatura(html: str) -> str:
    tree = parse(html)
    assert tree is not None
    page = read_blocks(body_of(tree))
    boilerplate._drop_menus(page.boxes, page.blocks, long_paragraphs(page.blocks))
    return " ".join("".join(body_of(tree).itertext()).split())


def test_only_links_around_the_prose_are_menus() -> None:
    prose = f"<p>{PROSE.format(1)}</p>"
    left = left_for_trafilatura(
        f"{links('weather')}tail<h1><a href='/guide'>The headline</a></h1>{prose}{links('inside')}"
        f"{prose}<p>A short end.</p><div><h2>More</h2>{links('sport')}</div>"
        "<ul><li><a href='/photo'>A photo</a> of the new invented guide</li></ul>"
    )
    for text in ("tail", "The headline", "Inside of the town", "A short end.", "A photo"):
        assert any(text.split()[-1] in word for word in left.split()), text
    for text in ("Weather", "More", "Sport"):
        assert text not in left


def test_a_page_without_prose_keeps_its_links() -> None:
    assert "Weather" in left_for_trafilatura(f"<p>A short line.</p>{links('weather')}")


def test_links_beside_a_short_paragraph_are_still_removed() -> None:
    after = "<p>Call the invented helpline on 0800 000 000.</p>"
    article = page(between="", after=f"<div>{after}{links('travel', 'health')}</div>")
    removed = "\n".join(removal.text for removal in article.removals)
    assert "Travel of the town" in removed
    assert "Travel of the town" not in article.text


def test_a_page_full_of_the_symbols_that_mark_texts_is_read_all_the_same() -> None:
    braille = "".join(map(chr, range(0x2800, 0x2840)))
    article = page(between=f"<p>{braille} is an invented alphabet of {braille}, it says here.</p>")
    assert braille in article.text
