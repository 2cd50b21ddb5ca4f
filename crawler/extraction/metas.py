"""The meta tags of a page."""

from lxml.html import HtmlElement


def read_metas(tree: HtmlElement) -> dict[str, list[str]]:
    """What each meta tag says, by its property, name, itemprop or http-equiv in lower case."""
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        if content:
            for key in ("property", "name", "itemprop", "http-equiv"):
                if named := meta.get(key):
                    found.setdefault(named.strip().lower(), []).append(content)
    return found
