"""One page, from bytes to article: what happens to it, on one screen."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lxml.html import HtmlElement

from archive.endings import Ending
from archive.records import Article, Page, Rejected
from crawler.extraction import boilerplate, prune, quality, reader, shipped, structure
from crawler.extraction.blocks import Mark, read_blocks
from crawler.extraction.challenges import is_challenge
from crawler.extraction.decode import decode_html, looks_binary
from crawler.extraction.metadata import Metadata, read_metadata
from crawler.extraction.outlinks import links_of
from crawler.extraction.own_lines import without_lines
from crawler.extraction.sections import without_other_articles
from crawler.extraction.site_memory import recall
from crawler.extraction.standfirst import with_standfirst
from crawler.extraction.strip import Context, strip
from crawler.extraction.table import Cell, first_table, removals_of, text_of
from crawler.extraction.tree import body_of, parse, strip_unseen
from crawler.extraction.wires import wire_credit

# Counts up whenever the same bytes may give another article.
RULES = 3
EXTRACTOR = f"newsward-extraction {RULES}, {boilerplate.VERSION}"


def extract(page: Page) -> Article | Rejected:
    """The article on a page with a receipt for every block that is not part of it, or why not.

    Depends on the page alone (and, for what counts as a date in the future, on the clock): no
    network, no database, nothing remembered from earlier pages. Hostile pages may take long or
    much memory, so callers run it in a worker process (`crawler.extraction.workers`).
    """
    read = draft(page)
    return read if isinstance(read, Rejected) else read.rejected or read.article


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What was read as the article of a page, and why it is none."""

    article: Article
    rejected: Rejected | None


def draft(page: Page) -> Draft | Rejected:
    """What extraction reads as the article, the quality gate's verdict beside it.

    Without a draft where there is nothing to be read: no text at all, or no text of a page.
    """
    binary = looks_binary(page.body)
    if binary is not None:
        return Rejected(ending=Ending.NOT_TEXT, detail=binary)
    text = decode_html(page.body, page.content_type)
    tree = parse(text)
    if tree is None:
        return Rejected(ending=Ending.TOO_SHORT, detail="the page is empty")
    facts = quality.read_facts(tree, text)
    now = datetime.now(UTC)
    metadata = read_metadata(tree, page, now)
    told = without_lines(read_table(tree, text, page), page.drop)
    table = strip_junk(told, page, metadata, now)
    cells = recall(table, page.furniture)
    rejected = quality.judge(metadata, cells, facts, page.languages)
    if rejected is not None and is_challenge(text):
        rejected = Rejected(ending=Ending.CAPTCHA, detail=metadata.title)
    if rejected is not None:
        rejected = replace(rejected, signals=metadata.signals)
    return Draft(article=_article(metadata, cells, page.url), rejected=rejected)


def read_table(tree: HtmlElement, text: str, page: Page) -> list[Cell]:
    """Every block of the page with its fate; `tree`, parsed from `text`, is used up."""
    shipped.unwrap(tree)
    strip_unseen(tree)
    body = body_of(tree)
    boilerplate.free_embeds(body)
    suspects = prune.suspects(body) | prune.dropped(body, page.drop)
    articles = prune.narrowed(body, page.narrow)
    layout = read_blocks(body, suspects)
    inside = prune.within(layout.boxes, articles or [body])
    rules = list(suspects.values())
    guilty = prune.guilty(layout.blocks, len(suspects))
    guilty |= {number for number, rule in enumerate(rules) if rule == prune.DROP}
    on_page = [
        block
        for block in layout.blocks
        if inside[block.box] and not guilty.intersection(block.suspects)
    ]
    nodes = reader.article_nodes(on_page, layout.boxes)
    if nodes is None:
        mark = Mark(text)
        mark.set(layout.places)
        for number, box in enumerate(suspects):
            if number in guilty:
                box.drop_tree()
        if articles:
            body[:] = articles
        nodes = boilerplate.article_nodes(tree, on_page, layout.boxes, mark)
    table = first_table(layout.blocks, nodes, {number: rules[number] for number in guilty})
    return [cell if inside[cell.block.box] else replace(cell, rule=prune.NARROW) for cell in table]


def strip_junk(cells: list[Cell], page: Page, metadata: Metadata, now: datetime) -> list[Cell]:
    """The table without the junk that trafilatura leaves in an article."""
    context = Context(
        url=page.url,
        site_name=metadata.site_name or "",
        headlines=structure.known(metadata.headlines),
        other_titles=structure.other_titles(cells, page.url),
        authors=metadata.authors,
        now=now,
    )
    told = with_standfirst(cells, context.headlines, metadata.description, metadata.language)
    return strip(without_other_articles(told), context)


def _article(metadata: Metadata, cells: list[Cell], url: str) -> Article:
    text, removals = text_of(cells), removals_of(cells)
    credits_taken = (cut.text for cut in removals if cut.rule.startswith("credit:reporting"))
    return Article(
        title=metadata.title,
        text=text,
        removals=removals,
        extractor=EXTRACTOR,
        authors=metadata.authors,
        published=metadata.published,
        published_precision=metadata.published_precision,
        published_source=metadata.published_source,
        modified=metadata.modified,
        description=metadata.description,
        site_name=metadata.site_name,
        language=metadata.language,
        canonical_url=metadata.canonical_url,
        links=links_of(cells, url),
        signals=metadata.signals,
        wire_credit=wire_credit(metadata.authors, text, credits_taken),
    )
