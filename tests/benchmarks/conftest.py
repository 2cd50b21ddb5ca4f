import gzip
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="session", autouse=True)
def programs() -> Iterator[None]:
    """The modules of the benchmarks can be imported; behind all else: one is called archive.py."""
    sys.path.append(str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="session")
def metrics(programs: None) -> ModuleType:
    """The arithmetic of the benchmark, a program's module and no package's."""
    del programs
    return importlib.import_module("metrics")


def page(title: str, paragraphs: list[str], lang: str = "en") -> str:
    prose = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title>'
        '<meta name="author" content="An Invented Author">'
        '<meta property="article:published_time" content="2024-05-06T07:08:09+01:00"></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{prose}</article>"
        "<footer>An invented footer</footer></body></html>"
    )


def sentences(topic: str) -> list[str]:
    return [
        f"This invented paragraph number {number} about {topic} has enough words in it to be taken "
        f"for prose by anybody who reads it, and it ends as a sentence does, number {number}."
        for number in range(1, 6)
    ]


def save(folder: Path, name: str, html: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / f"{name}.html.gz").write_bytes(gzip.compress(html.encode()))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three invented pages with their truth, in the form of a corpus folder."""
    rows = []
    for name, lang in (("swings", "en"), ("slides", "en-GB"), ("wippen", "de")):
        save(tmp_path / "small" / "pages", name, page(f"All about {name}", sentences(name), lang))
        rows.append(
            {
                "id": name,
                "url": f"https://news.example/{name}",
                "body": "\n\n".join(sentences(name)),
                "title": f"All about {name}",
                "authors": ["An Invented Author"],
                "date": "2024-05-06T06:08:09+00:00",
            }
        )
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "small" / "gold.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "small"


@pytest.fixture
def segments(tmp_path: Path) -> Path:
    """One invented page with pieces that belong to it and one that does not."""
    save(tmp_path / "pieces" / "pages", "page", page("All about swings", sentences("swings")))
    row = {
        "id": "page",
        "url": "https://news.example/page",
        "with": ["This invented paragraph number 1", "a piece that is on no page"],
        "without": ["An invented footer"],
    }
    (tmp_path / "pieces" / "gold.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return tmp_path / "pieces"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One invented page as the public article-extraction-benchmark lays its pages out."""
    save(tmp_path / "checkout" / "html", "0a1b", page("All about swings", sentences("swings")))
    truth = {"0a1b": {"articleBody": "\n".join(sentences("swings")), "url": "news.example/swings"}}
    file = tmp_path / "checkout" / "ground-truth.json"
    file.write_text(json.dumps(truth), encoding="utf-8")
    return tmp_path / "checkout"
