"""An archive with a record that is to go."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from full_archive import fill
from takedowns import FEED, NAME, NOW, SHORT, URL, feed_body, query, sentences

from archive.records import Article, FoundAs, OutLink, Redirect
from archive.snapshots import Snapshots, snapshots_path


def own_sentences() -> list[str]:
    return sentences(random.Random(3), 20)


@pytest.fixture
def texts() -> list[str]:
    """Twenty sentences and names that only the record has; invented."""
    return own_sentences()


@pytest.fixture
def place(tmp_path: Path, built: dict[str, bytes]) -> Path:
    """An archive and its snapshots: 40 records, of which one is to go; a feed that names it."""
    for name, content in built.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path / "archive.db"


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
) -> dict[str, bytes]:
    """Both files of `place`, written once."""
    path, texts = tmp_path_factory.mktemp("takedown") / "archive.db", own_sentences()
    writer, snapshots = make_writer(path), Snapshots(path)
    others = [f"http://blog.test/{number}" for number in range(40)]
    found = writer.links(FoundAs.FEED_ENTRY, [SHORT, *others])
    writer.discover(FEED, found, digest=snapshots.keep(feed_body(texts), now=NOW))
    filler = random.Random(5)
    writer.next_run(now=NOW)
    plain = [
        (
            url,
            make_article(
                f"Other story {url[-2:]}",
                "\n\n".join(sentences(filler, 9)).replace(NAME, "nobody"),
                links=(OutLink(url=URL, anchor="a story elsewhere"),),
            ),
        )
        for url in others
    ]
    writer.fetch(plain, digest=snapshots.keep(b"<p>of the others</p>", now=NOW))
    for number, kept in enumerate((texts[:12], texts[2:14]), 1):
        writer.next_run(now=f"2026-11-2{number + 3}T06:00:00Z")
        body = f"<title>{NAME}</title>{''.join(kept)}".encode()
        writer.fetch(
            [
                (
                    SHORT,
                    make_article(
                        f"{texts[14]} told",
                        "\n\n".join(kept),
                        description=texts[15],
                        authors=(f"{NAME} the elder", "Qzwriter Qzson"),
                        removals=writer.removals([texts[16], texts[17]]),
                        links=(OutLink(url="http://other.test/x", anchor=texts[18]),),
                    ),
                )
            ],
            now=f"2026-11-2{number + 3}T06:00:00Z",
            final_url=URL,
            redirects=(Redirect(url=SHORT, status=301),),
            digest=snapshots.keep(body, now=NOW),
        )
    query(path, "UPDATE frontier SET title_hint = ? WHERE url = ?", texts[19], SHORT)
    writer.close()
    snapshots.close()
    return {file.name: file.read_bytes() for file in (path, snapshots_path(path))}


@pytest.fixture
def full(
    place: Path,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
    texts: list[str],
) -> Path:
    """The same, and every table tells of the record that is to go."""
    fill(place, make_writer(place), make_article("Any", "\n\n".join(texts[:12])))
    return place
