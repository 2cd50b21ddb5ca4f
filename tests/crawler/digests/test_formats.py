"""The same two invented items as page, mail, PDF and Word file."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fpdf
import pytest
from newsletter_layouts import wrapped
from newsletters import ITEMS, NOW, Invented, Items, as_html, as_mail, as_pdf, as_word, plain

from archive.records import BLOCK_SEPARATOR
from crawler.digests.items import items_of
from crawler.digests.mail import mails_of
from crawler.digests.read import parts_of, read_issue
from crawler.digests.values import DigestItem
from crawler.digests.word import UnreadableIssueError


def assert_same(found: tuple[DigestItem, ...], items: Items) -> None:
    assert [item.title for item in found] == [plain(item.title) for item in items]
    for number, (item, true) in enumerate(zip(found, items, strict=True), 1):
        assert item.number == number
        assert (item.date, item.date_precision) == ("2019-04", "month")
        assert [link.url for link in item.links] == [true.link]
        assert plain(item.text) == "\n\n".join(plain(text) for text in true.paragraphs)


def read(body: bytes, name: str) -> tuple[DigestItem, ...]:
    issue = read_issue(body, name, None, NOW)
    return items_of(issue, NOW)


def test_a_page_with_nested_tables_and_trackers() -> None:
    assert_same(read(as_html(ITEMS), "issue.html"), ITEMS)


def test_a_mail_in_quoted_printable_with_two_parts() -> None:
    issue = read_issue(as_mail(ITEMS), "issue.eml", None, NOW)
    assert_same(items_of(issue, NOW), ITEMS)
    assert issue.title is not None
    assert issue.title.startswith("E-safety update, invented")
    assert issue.date == "2019-04-15T09:00:00+01:00"


def test_an_mbox_gives_an_issue_for_each_mail() -> None:
    mail = as_mail(ITEMS)
    mbox = b"From a@b Mon Apr 15 09:00:00 2019\n" + mail + b"\n\nFrom a@b Tue\n" + mail + b"\n"
    assert len(list(mails_of(mbox))) == 2
    issues = [read_issue(part, "all.mbox", None, NOW) for part in parts_of(mbox)]
    assert len(issues) == 2
    for issue in issues:
        assert_same(items_of(issue, NOW), ITEMS)


@pytest.mark.parametrize("columns", [1, 2])
def test_a_pdf_with_running_header_and_page_numbers(columns: int) -> None:
    assert_same(read(as_pdf(ITEMS, columns=columns), "issue.pdf"), ITEMS)


def test_a_pdf_whose_items_go_over_the_page() -> None:
    assert_same(read(as_pdf(ITEMS, lines_a_page=110), "issue.pdf"), ITEMS)


@pytest.mark.parametrize("numbered_by_word", [False, True])
def test_a_word_file(numbered_by_word: bool) -> None:
    body = as_word(ITEMS, numbered_by_word=numbered_by_word)
    assert_same(read(body, "issue.docx"), ITEMS)


def test_plain_links_of_a_word_file_keep_their_words() -> None:
    found = read(as_word(ITEMS), "issue.docx")
    assert [item.links[0].anchor for item in found] == ["the whole article"] * 2


@pytest.mark.parametrize(
    ("write", "name"),
    [(as_html, "a.html"), (as_mail, "a.eml"), (as_pdf, "a.pdf"), (as_word, "a.docx")],
)
def test_the_sample_comes_out_of_every_format_as_out_of_its_text(
    shared: Path, write: Callable[[Items], bytes], name: str
) -> None:
    (file,) = (shared / "samples").glob("002*.txt")
    told = read(file.read_bytes(), file.name)
    items = tuple(
        Invented(
            title=one.title,
            date="April 2019",
            paragraphs=tuple(one.text.split(BLOCK_SEPARATOR)),
            link=one.links[0].url,
        )
        for one in told
    )
    assert len(items) == 2
    assert_same(read(write(items), name), items)


def test_a_number_that_ends_a_sentence_at_the_beginning_of_a_line_parts_no_paragraph() -> None:
    told = "It was good in 31 of the invented schools, and poor in 83. While that is fewer, "
    texts = tuple(f"{'And ' * shift}{told * 6}it is many." for shift in range(4))
    items = tuple(replace(item, paragraphs=texts) for item in ITEMS)
    assert_same(read(as_pdf(items), "issue.pdf"), items)
    hard = "\n\n".join(
        "\n\n".join(
            [wrapped(f"{n}. {item.title}"), item.date, *map(wrapped, texts), f"Link:\n{item.link}"]
        )
        for n, item in enumerate(items, 1)
    )
    assert "\n83. While" in hard
    assert_same(read(hard.encode(), "issue.txt"), items)


def scanned() -> bytes:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.rect(20, 20, 100, 100)
    return bytes(pdf.output())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (scanned(), "a PDF without a text layer"),
        (b"", "an empty file"),
        (b"%PDF-1.4 and nothing else", "a PDF that cannot be read"),
        (b"PK\x03\x04 and nothing else", "a Word file that cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "PNG image, and not a newsletter"),
    ],
)
def test_what_is_no_issue_is_said_in_one_line(body: bytes, message: str) -> None:
    with pytest.raises(UnreadableIssueError, match=message) as caught:
        read_issue(body, "file", None, NOW)
    assert "\n" not in str(caught.value)


def test_a_word_file_that_unpacks_to_far_more_than_a_newsletter_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", bytes(50_000_001))
    with pytest.raises(UnreadableIssueError, match="unpacks to 50,000,001 bytes"):
        read_issue(packed.getvalue(), "issue.docx", None, NOW)
