"""Damaged pages: cut off, unclosed, mixed up, with bytes that do not belong. None raises or hangs.

300 pages made of our golden pages by default; 3,000 made of a corpus of real pages, when there is
one (the folder `corpus` of the shared test data), as a slow test.
"""

import gzip
import random
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from archive.records import BLOCK_SEPARATOR, Article, Page, Rejected
from crawler.extraction import extract

GOLDEN = sorted((Path(__file__).parent / "pages").glob("*.html"))
OWN, REAL = 300, 3000
# The real pages come in so many tests, which run beside each other.
PARTS = 6
# CPU seconds: ten times what the slowest real page takes, a third of a worker's limit.
LIMIT = 10.0
ODD = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"&#xD800;",
    b"&#0;",
    b"<![CDATA[",
    b"<!--",
    b"\xe2\x80\xae",
)
TAGS = (
    b"<div>",
    b"</div>",
    b"</p>",
    b"</html>",
    b"<table>",
    b"<script>",
    b"<style>",
    b"<svg>",
    b"<b>",
)

Mutation = Callable[[bytes, random.Random], bytes]


def cut_off(page: bytes, chance: random.Random) -> bytes:
    return page[: chance.randrange(len(page) + 1)]


def without_a_slice(page: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(page) + 1)
    return page[:start] + page[start + chance.randrange(1, 2000) :]


def with_a_slice_twice(page: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(page) + 1)
    end = start + chance.randrange(1, 5000)
    return page[:end] + page[start:end] * chance.randrange(1, 20) + page[end:]


def with_odd_bytes(page: bytes, chance: random.Random) -> bytes:
    return _strewn(page, ODD, chance)


def with_stray_tags(page: bytes, chance: random.Random) -> bytes:
    return _strewn(page, TAGS, chance)


def with_random_bytes(page: bytes, chance: random.Random) -> bytes:
    changed = bytearray(page)
    for _byte in range(min(len(changed), 200)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def without_end_tags(page: bytes, chance: random.Random) -> bytes:
    tag = chance.choice(
        (b"</p>", b"</div>", b"</a>", b"</li>", b"</span>", b"</script>", b"</title>")
    )
    return page.replace(tag, b"")


def labelled_wrongly(page: bytes, chance: random.Random) -> bytes:
    codec = chance.choice((b"utf-16", b"shift_jis", b"x-unknown", b"windows-1251", b"utf-7"))
    return b'<meta charset="' + codec + b'">' + page


def deeply_wrapped(page: bytes, chance: random.Random) -> bytes:
    return b"<div>" * chance.randrange(1, 600) + page


def _strewn(page: bytes, pieces: Sequence[bytes], chance: random.Random) -> bytes:
    for _piece in range(chance.randrange(1, 30)):
        place = chance.randrange(len(page) + 1)
        page = page[:place] + chance.choice(pieces) + page[place:]
    return page


MUTATIONS: tuple[Mutation, ...] = (
    cut_off, without_a_slice, with_a_slice_twice, with_odd_bytes, with_stray_tags,
    with_random_bytes, without_end_tags, labelled_wrongly, deeply_wrapped,
)  # fmt: skip


def damaged(page: bytes, seed: int) -> tuple[bytes, str]:
    """A page with one to three kinds of damage; the same seed gives the same page."""
    chance = random.Random(seed)
    chosen = chance.choices(MUTATIONS, k=chance.randrange(1, 4))
    for mutation in chosen:
        page = mutation(page, chance)
    return page, " + ".join(mutation.__name__ for mutation in chosen)


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def misread(paths: Sequence[Path], seeds: Iterable[int]) -> list[str]:
    """What went wrong on damaged pages, one a seed, each with the seed that makes it again."""
    wrong = []
    for seed in seeds:
        path = paths[seed % len(paths)]
        page, damage = damaged(read(path), seed)
        start = time.process_time()
        problem = _problem(page)
        seconds = time.process_time() - start
        if problem is None and seconds > LIMIT:
            problem = f"took {seconds:.1f} s"
        if problem is not None:
            wrong.append(f"{path.name}, seed {seed}, {damage}: {problem}")
    return wrong


def _problem(page: bytes) -> str | None:
    try:
        result = extract(Page(url="https://news.example/2024/03/story", body=page))
    except Exception as error:  # noqa: BLE001 - any error at all is what is looked for
        return f"{type(error).__name__}: {error}"
    if isinstance(result, Rejected):
        return None if result.detail else "rejected without a word"
    return _flaw(result)


def _flaw(article: Article) -> str | None:
    if not article.title.strip() or not article.text.strip():
        return "an article without title or text"
    if "" in article.text.split(BLOCK_SEPARATOR):
        return "an empty block"
    try:
        (article.title + article.text).encode()
    except UnicodeEncodeError:
        return "text that cannot be stored"
    return None


def test_damaged_golden_pages_end_as_articles_or_with_a_named_ending() -> None:
    assert misread(GOLDEN, range(OWN)) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_real_pages_end_as_articles_or_with_a_named_ending(part: int, shared: Path) -> None:
    pages = sorted(shared.glob("corpus/*/pages/*.html.gz"))
    if not pages:
        pytest.skip("needs a corpus of real pages: the folder corpus of the shared test data")
    assert misread(pages, range(part, REAL, PARTS)) == []
