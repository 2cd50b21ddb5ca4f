"""Articles that a page ships where no reader without its scripts would see them."""

from lxml.html import HtmlElement

from crawler.extraction.tree import UNSEEN, body_of, parse

_TEMPLATE_TYPES = frozenset({"text/template", "text/x-template", "text/html", "text/x-handlebars"})
# Characters of paragraphs that make an article, and how many times those that can be seen.
_LEAST = 600
_TIMES = 2


def unwrap(tree: HtmlElement) -> None:
    """Put into the page what its scripts would: shadow roots, and an article kept elsewhere.

    Declarative shadow roots are always shown. A `<template>`, a `<noscript>` or a script of a
    template's type is, when it holds paragraphs enough for an article and the page itself has less
    than half of them: then the page is nothing without it.
    """
    body = body_of(tree)
    for template in list(body.iter("template")):
        if template.get("shadowrootmode") or template.get("shadowroot"):
            template.drop_tag()
    boxes = [(_paragraphs(box), box) for box in _boxes(body)]
    size, box = max(boxes, key=lambda sized: sized[0], default=(0, None))
    if box is None or size < _LEAST or size < _TIMES * _seen(body):
        return
    held = _parsed(box) if box.tag == "script" else None
    if held is not None:
        box.append(held)
    box.tag, box.text = "div", None if held is not None else box.text


def _boxes(body: HtmlElement) -> list[HtmlElement]:
    return [
        box
        for box in body.iter("template", "noscript", "script")
        if box.tag != "script" or (box.get("type") or "").strip().lower() in _TEMPLATE_TYPES
    ]


def _parsed(script: HtmlElement) -> HtmlElement | None:
    page = parse(script.text or "")
    held = None if page is None else body_of(page)
    if held is not None:
        held.tag = "div"
    return held


def _paragraphs(box: HtmlElement) -> int:
    held = _parsed(box) if box.tag == "script" else box
    if held is None:
        return 0
    return sum(len("".join(paragraph.itertext())) for paragraph in held.iter("p"))


def _seen(body: HtmlElement) -> int:
    hidden = sum(_paragraphs(box) for box in body.iter(*UNSEEN) if box.tag != "script")
    return _paragraphs(body) - hidden
