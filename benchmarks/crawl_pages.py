"""The pages that `crawl.py` crawls: those of a corpus, or generated ones."""

import random
from pathlib import Path

from corpora import read_corpus

Sites = dict[str, dict[str, str]]

_WORDS = [
    "pupils",
    "teachers",
    "parents",
    "school",
    "platform",
    "report",
    "setting",
    "account",
    "message",
    "screen",
    "weekend",
    "survey",
    "study",
    "lesson",
    "council",
    "charity",
    "helpline",
    "phone",
    "game",
    "profile",
    "privacy",
    "advice",
    "support",
    "friend",
    "classroom",
    "evening",
    "button",
    "question",
    "answer",
    "result",
    "number",
    "change",
    "plan",
    "group",
    "week",
    "term",
]


def of_corpora(folders: list[Path], *, hosts: int = 24, copies: int = 3) -> Sites:
    """The pages of corpora, each `copies` times, dealt out to some hosts."""
    cases = [case for folder in folders for case in read_corpus(folder).cases]
    sites: Sites = {}
    for number, case in enumerate(case for _ in range(copies) for case in cases):
        if case.path.exists():
            site = sites.setdefault(f"news{number % hosts}", {})
            site[f"/news/{case.id}-{number // len(cases)}"] = str(case.path)
    return sites


def brief(folder: Path, *, hosts: int, pages: int) -> Sites:
    """Pages of one sentence, which take no time to read."""
    file = folder / "brief.html"
    file.write_text("<html><title>Invented</title><p>An invented sentence.</p></html>", "utf-8")
    return {
        f"news{number}": {f"/news/story-{page}": str(file) for page in range(pages)}
        for number in range(hosts)
    }


def generated(folder: Path, *, hosts: int, pages: int) -> Sites:
    """Invented news pages of about 50 kB: menus, teasers, an article, a footer."""
    sites: Sites = {}
    for number in range(hosts):
        own = sites.setdefault(f"news{number}", {})
        for page in range(pages):
            seed = number * pages + page
            file = folder / f"page-{seed}.html"
            if not file.exists():
                file.write_text(_page(seed), "utf-8")
            own[f"/news/story-{page}"] = str(file)
    return sites


def _page(seed: int) -> str:
    rng = random.Random(seed)

    def sentence(length: int = 15) -> str:
        return " ".join(rng.choices(_WORDS, k=length)).capitalize() + f" {rng.random():.6f}."

    menu = "".join(f"<li><a href='/topic/{n}'>{sentence(2)}</a></li>" for n in range(60))
    teasers = "".join(
        f"<article class='card'><a href='/news/{rng.random()}'><h3>{sentence(8)}</h3></a>"
        f"<p class='teaser'>{sentence(12)}</p></article>"
        for n in range(25)
    )
    text = "".join(f"<p>{sentence()} {sentence()} {sentence()}</p>" for _ in range(24))
    title = f"Invented story {seed}: {sentence(5)}"
    style = "".join(f".c{n}{{margin:{n}px;padding:{n}px}}" for n in range(500))
    return (
        f"<!doctype html><html lang='en'><head><title>{title} | Invented Times</title>"
        f"<meta property='og:title' content='{title}'><style>{style}</style>"
        "<meta property='article:published_time' content='2026-11-20T09:00:00+00:00'>"
        '<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"A. Writer"},'
        f'"headline":"{title}"}}</script></head><body><nav><ul>{menu}</ul></nav><main><article>'
        f"<h1>{title}</h1><p class='byline'>By A. Writer</p>{text}</article></main>"
        f"<aside>{teasers}</aside><footer><ul>{menu}</ul><p>Invented for a benchmark.</p></footer>"
        "</body></html>"
    )
