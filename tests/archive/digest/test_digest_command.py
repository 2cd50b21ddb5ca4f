"""`newsward digest` over an archive of invented news; every file is read back as what it is."""

from __future__ import annotations

import email
import email.policy
import io
import json
import sqlite3
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import docx
import pdfplumber
import pytest
from click.testing import CliRunner, Result

from crawler.cli import newsward

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Invented, News

SEXTORTION = "Invented police warn of sextortion of teenagers on Instagram"
GUIDANCE = "Regulator publishes guidance on age assurance for pornography sites"
WALLED = "Invented council debates screen time and smartphones in schools"
UNQUOTED = "Invented charity on cyberbullying in group chats of pupils"


def run(news: News, *arguments: object, exits: int = 0) -> Result:
    given = [*map(str, arguments), "--archive", str(news.path)]
    result = CliRunner().invoke(newsward, ["digest", *given])
    assert result.exit_code == exits, result.output
    return result


def query(news: News, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with sqlite3.connect(news.path) as connection:
        rows = connection.execute(sql, values).fetchall()
    connection.close()
    return rows


def item_of(markdown: str, title: str) -> str:
    return markdown.partition("## Sources")[0].split(f". {title}\n\n")[-1].partition("\n##")[0]


def is_quoted(markdown: str, title: str) -> bool:
    return any(line.startswith("> ") for line in item_of(markdown, title).splitlines())


def test_an_item_has_quotation_source_date_link_topics_others_and_help(news: News) -> None:
    shown = run(news, "--month", "2026-11").stdout
    item = item_of(shown, SEXTORTION)
    assert "> The force of the invented town counted 340 reports of sextortion in a month." in item
    assert "The Invented Gazette, 20 November 2026: <https://gazette.example/news/" in item
    assert "Sextortion" in item.partition("Topics: ")[2].partition("\n")[0]
    assert "Also covered by: [The Invented Courier](<https://courier.example/" in item
    assert "<https://www.ceop.police.uk/Safety-Centre/>" in item
    assert shown.count(f". {SEXTORTION}\n\n") == 1, "one record stands for the story"
    assert f"1\\. {GUIDANCE}" in shown.partition("## Contents")[2].partition("## ")[0]
    sources = shown.partition("## Sources")[2]
    assert "- Invented Regulator (OGL-UK-3.0)" in sources
    assert "- The Invented Gazette (all rights reserved)" in sources
    assert "Headlines and extracts belong to their publishers" in sources


def test_numbers_and_addresses_that_nobody_checked_are_left_out_or_said(news: News) -> None:
    shown = run(news, "--month", "2026-11").stdout
    assert "Telephone 101." in shown
    assert "0800 1111" not in shown
    assert "Report Remove (Childline and IWF) (address not checked)" in shown


def test_a_date_is_as_precise_as_the_publisher_gave_it(news: News) -> None:
    assert "Invented Regulator, November 2026: <" in run(news, "--month", "2026-11").stdout


def test_of_a_source_of_links_only_title_date_and_link_are_given(news: News) -> None:
    item = item_of(run(news, "--month", "2026-11").stdout, WALLED)
    name = "invented-council-debates-screen-time-and-smartphones-in-schools"
    told = f"The Walled Times (invented), 5 November 2026: <https://walled.example/news/{name}>"
    assert item.strip() == told


def test_a_page_that_asks_for_no_snippet_is_not_quoted(news: News) -> None:
    assert not is_quoted(run(news, "--month", "2026-11").stdout, UNQUOTED)


@pytest.mark.parametrize("asked", ["header: nosnippet", "header: max-snippet:160"])
def test_headers_may_ask_for_that_too(news: News, asked: str) -> None:
    assert is_quoted(run(news, "--month", "2026-11").stdout, SEXTORTION)
    query(
        news,
        "INSERT INTO rights (fetch_id, signals) SELECT fetch_id, json_array(?) FROM revisions"
        " JOIN articles ON articles.id = article_id WHERE articles.title = ?",
        asked,
        SEXTORTION,
    )
    assert not is_quoted(run(news, "--month", "2026-11").stdout, SEXTORTION)


def test_other_months_and_records_without_a_date_are_left_out_and_said(news: News) -> None:
    result = run(news, "--month", "2026-11")
    assert "the month before" not in result.stdout
    assert "has no date" not in result.stdout
    assert "first seen then, left out: 1." in result.stderr


def test_topic_source_and_limit_narrow_the_selection(news: News) -> None:
    def titles(*more: object) -> list[str]:
        text = run(news, "edit", "--month", "2026-11", *more).stdout
        return [one["title"] for one in tomllib.loads(text)["item"]]

    assert titles("--source", "gazette") == [SEXTORTION]
    assert titles("--topic", "bullying") == [UNQUOTED]
    assert len(titles("--limit", 2)) == 2
    assert (
        "Did you mean bullying?"
        in run(news, "--month", "2026-11", "--topic", "bulying", exits=2).stderr
    )
    assert (
        "Did you mean gazette?"
        in run(news, "--month", "2026-11", "--source", "gazete", exits=2).stderr
    )


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-11-01", "November"])
def test_what_is_no_month_is_refused(news: News, month: str) -> None:
    run(news, "--month", month, exits=2)


def test_a_month_without_records_is_said_and_writes_nothing(news: News, tmp_path: Path) -> None:
    out = tmp_path / "none.md"
    result = run(news, "--month", "2020-01", "--output", out, exits=2)
    assert "No records of January 2020" in result.stderr
    assert not out.exists()


def test_what_an_issue_had_is_left_out_of_the_next_month_with_what_is_the_same(
    news: News, tmp_path: Path, told: Callable[..., Invented]
) -> None:
    for form in ("html", "md"):
        run(news, "--month", "2026-11", "--format", form, "--output", tmp_path / f"nov.{form}")
    rows = query(
        news,
        "SELECT direction, name, issued, count(*) FROM digests JOIN digest_items"
        " ON digest_id = digests.id GROUP BY digests.id",
    )
    assert rows == [("out", "nov.md", "2026-11", 4)], "the same issue in two formats is one"
    assert GUIDANCE in run(news, "--month", "2026-11").stdout
    late = told(source="post", title=SEXTORTION, text="Invented.", published="2026-12-01")
    fresh = told(source="gazette", title="Invented news", text="New.", published="2026-12-02")
    news.add([late, fresh])
    shown = run(news, "--month", "2026-12").stdout
    assert "Invented news" in shown
    assert SEXTORTION not in shown


def test_what_is_only_shown_is_not_remembered(news: News) -> None:
    run(news, "--month", "2026-11")
    assert query(news, "SELECT count(*) FROM digests") == [(0,)]


def test_an_issue_loses_a_record_that_is_taken_down(news: News, tmp_path: Path) -> None:
    run(news, "--month", "2026-11", "--output", tmp_path / "nov.md")
    number = query(news, "SELECT id FROM articles WHERE title = ?", GUIDANCE)[0][0]
    done = CliRunner().invoke(
        newsward,
        [
            *("redact", str(number), "--reason", "privacy", "--by", "a test"),
            *("--archive", str(news.path)),
        ],
    )
    assert done.exit_code == 0, done.output
    assert query(news, "SELECT count(*) FROM digest_items WHERE article_id = ?", number) == [(0,)]
    assert GUIDANCE not in run(news, "--month", "2026-11").stdout


def test_a_person_reorders_shortens_and_annotates_and_builds(news: News, tmp_path: Path) -> None:
    file, out = tmp_path / "nov.toml", tmp_path / "nov.html"
    run(news, "edit", "--month", "2026-11", "--output", file)
    assert (
        "someone may have worked in it"
        in run(news, "edit", "--month", "2026-11", "--output", file, exits=2).stderr
    )
    head, *items = file.read_text(encoding="utf-8").split("[[item]]")
    (police,) = [one for one in items if "340" in one]
    police = police.replace(" It had been quiet before.", "").replace(
        'note = ""', 'note = "We speak of it <b>on Monday</b>."'
    )
    (other,) = [one for one in items if GUIDANCE in one]
    file.write_text(f"{head}[[item]]{police}[[item]]{other}", encoding="utf-8")
    run(news, "build", file, "--format", "html", "--output", out)
    html = out.read_text(encoding="utf-8")
    assert html.index(f"1. {SEXTORTION}") < html.index(f"2. {GUIDANCE}")
    assert "<p>We speak of it &lt;b&gt;on Monday&lt;/b&gt;.</p>" in html
    assert "It had been quiet before" not in html


def test_a_quotation_that_was_rewritten_is_not_built(news: News, tmp_path: Path) -> None:
    file = tmp_path / "nov.toml"
    run(news, "edit", "--month", "2026-11", "--output", file)
    text = file.read_text(encoding="utf-8").replace("counted 340", "counted 430")
    file.write_text(text, encoding="utf-8")
    result = run(news, "build", file, exits=2)
    assert "its extract is no quotation" in result.stderr
    assert "item 2, quote: its extract is not what" in run(news, "lint", file).stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("month = 2026", "`month` is 2026"),
        ('month = "soon"', "write one such as 2026-11"),
        ('month = "2026-11"\nitems = []', "`items` means nothing here"),
        ('month = "2026-11"\n[[item]]\ntitle = "x"', "item 1: it needs `record`"),
        ('month = "2026-11"\n[[item]]\nrecord = true', "`record` is True"),
        ('month = "2026-11"\n[[item]]\nrecord = 1\nalso = ["x"]', "`also` is a list of numbers"),
        ('month = "2026-11"\n[[item]]\nrecord = 99', "no record 99"),
        ("month =", "no TOML"),
    ],
)
def test_a_fault_in_a_selection_is_one_line(
    news: News, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "nov.toml"
    file.write_text(text, encoding="utf-8")
    stderr = run(news, "build", file, exits=2).stderr
    assert said in stderr
    assert len(stderr.splitlines()) == 1


def test_lint_says_what_to_look_at_and_strictly_exits_with_3(news: News, tmp_path: Path) -> None:
    assert run(news, "lint", "--month", "2026-11", "--strict").stdout == ""
    file = tmp_path / "nov.toml"
    run(news, "edit", "--month", "2026-11", "--output", file)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('note = ""', 'note = "A case of child porn."', 1))
    run(news, "lint", file)
    found = json.loads(run(news, "lint", file, "--strict", "--json", exits=3).stdout)
    assert [(one["item"], one["rule"]) for one in found] == [(1, "wording")]
    run(news, "lint", exits=2)


def test_a_page_that_was_gone_when_last_asked_is_a_dead_link(news: News) -> None:
    ((url,),) = query(news, "SELECT url FROM articles WHERE title = ?", GUIDANCE)
    news.asked_again(url, 404)
    stdout = run(news, "lint", "--month", "2026-11", "--strict", exits=3).stdout
    assert stdout.startswith("item 1, dead-link: ")


def test_a_record_whose_page_stands_at_another_address_is_asked_there(news: News) -> None:
    ((url,),) = query(news, "SELECT url FROM articles WHERE title = ?", GUIDANCE)
    with sqlite3.connect(news.path) as db:
        db.execute("UPDATE frontier SET url = ? WHERE url = ?", [f"{url}?from=feed", url])
    db.close()
    assert "dead-link" not in run(news, "lint", "--month", "2026-11").stdout
    news.asked_again(f"{url}?from=feed", 404)
    assert "item 1, dead-link: " in run(news, "lint", "--month", "2026-11").stdout


def test_an_item_that_a_person_adds_by_its_number_has_headline_and_section_of_the_record(
    news: News, tmp_path: Path
) -> None:
    file = tmp_path / "nov.toml"
    numbers = dict(query(news, "SELECT title, id FROM articles"))
    file.write_text(
        f'month = "2026-11"\n[[item]]\nrecord = {numbers[UNQUOTED]}\n', encoding="utf-8"
    )
    shown = run(news, "build", file).stdout
    assert f"## Online bullying and harassment\n\n### 1. {UNQUOTED}\n" in shown


def test_a_title_with_markup_is_text_in_every_format(
    make_news: Callable[..., News], told: Callable[..., Invented], tmp_path: Path
) -> None:
    title = "Invented <script>alert(1)</script> & [a](javascript:b) *c*"
    news = make_news([told(source="gazette", title=title, text="Invented text. " * 90)])
    for style in ("digest", "update"):
        asked = ("--month", "2026-11", "--style", style, "--format")
        html = run(news, *asked, "html").stdout
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)" in html
        markdown = run(news, *asked, "md").stdout
        assert "<script>" not in markdown.replace("\\<script", "")
        out = tmp_path / f"{style}.docx"
        run(news, *asked, "docx", "--output", out)
        words = docx.Document(str(out))
        assert any(title in one.text for one in words.paragraphs)
        with pdfplumber.open(io.BytesIO(run(news, *asked, "pdf").stdout_bytes)) as document:
            assert title in " ".join(document.pages[0].extract_text().split())
            links = [one["uri"] for one in document.pages[0].hyperlinks]
            assert links
            assert all(link.startswith("https:") for link in links)


def test_a_mail_is_a_draft_with_a_text_and_an_html_part(news: News) -> None:
    body = run(news, "--month", "2026-11", "--format", "eml").stdout_bytes
    mail = email.message_from_bytes(body, policy=email.policy.default)
    assert mail["Subject"] == "E-safety update, November 2026"
    assert mail["X-Unsent"] == "1"
    parts = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}
    assert f"1. {GUIDANCE}" in parts["text/plain"]
    assert "340 reports of sextortion" in parts["text/html"]


def test_a_word_file_has_headings_and_links_that_work(news: News) -> None:
    body = run(news, "--month", "2026-11", "--format", "docx").stdout_bytes
    document = docx.Document(io.BytesIO(body))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert headings[:2] == [f"1. {GUIDANCE}", f"2. {SEXTORTION}"]
    links = [link.url for one in document.paragraphs for link in one.hyperlinks]
    assert any(link.startswith("https://gazette.example/news/") for link in links)
    assert document.core_properties.title == "E-safety update, November 2026"


def test_a_pdf_has_text_an_outline_links_that_work_and_page_numbers(news: News) -> None:
    body = run(news, "--month", "2026-11", "--format", "pdf").stdout_bytes
    with pdfplumber.open(io.BytesIO(body)) as document:
        text = "\n".join(page.extract_text() for page in document.pages)
        links = [one["uri"] for page in document.pages for one in page.hyperlinks]
        outline = [title for _, title, *_ in document.doc.get_outlines()]
        assert document.metadata["Title"] == "E-safety update, November 2026"
        assert not any(page.images for page in document.pages)
    assert "The force of the invented town counted 340 reports of sextortion" in text
    assert f"Page 1 of {len(document.pages)}" in text
    assert any(link.startswith("https://gazette.example/news/") for link in links)
    assert "https://www.ceop.police.uk/Safety-Centre/" in links
    assert {f"1. {GUIDANCE}", f"2. {SEXTORTION}", "Sources"} < set(outline)


@pytest.mark.parametrize(("form", "library"), [("docx", "docx"), ("pdf", "fpdf")])
def test_a_format_whose_library_is_not_installed_says_what_to_install(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, library: str
) -> None:
    # As Python marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, library, None)
    out = tmp_path / f"november.{form}"
    asked = ("--month", "2026-11", "--format", form, "--output", out)
    assert "pip install 'newsward[digests]'" in run(news, *asked, exits=2).stderr
    assert not out.exists()


def test_letters_that_no_font_at_hand_has_are_said_and_not_left_out(
    make_news: Callable[..., News],
    told: Callable[..., Invented],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    title = "An invented scribe \U00013000 wrote of pupils online"
    news = make_news([told(source="gazette", title=title, text="Invented text. " * 90)])
    stderr = run(news, "--month", "2026-11", "--format", "pdf", exits=2).stderr
    assert "letters of the issue: \U00013000 Put one that has them, as digest.ttf" in stderr
    monkeypatch.setenv("NEWSWARD_TEMPLATES", str(tmp_path))
    (tmp_path / "digest.ttf").write_bytes(b"no font")
    assert "this is no font" in run(news, "--month", "2026-11", "--format", "pdf", exits=2).stderr


def test_templates_of_ones_own_are_taken_and_their_faults_told(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSWARD_TEMPLATES", str(tmp_path))
    own = tmp_path / "digest.md.jinja"
    own.write_text("{% for item in issue.items %}{{ item.number }} {{ item.title }}\n{% endfor %}")
    assert run(news, "--month", "2026-11").stdout.splitlines()[0] == f"1 {GUIDANCE}"
    assert "<h1>" in run(news, "--month", "2026-11", "--format", "html").stdout, "the others stay"
    own.write_text("{{ issue.heading }}")
    assert "heading" in run(news, "--month", "2026-11", exits=2).stderr
    own.write_text("{% for %}")
    assert "line 1" in run(news, "--month", "2026-11", exits=2).stderr
    document = docx.Document()
    document.add_paragraph("House style of an invented charity")
    document.save(str(tmp_path / "digest.docx"))
    body = run(news, "--month", "2026-11", "--format", "docx").stdout_bytes
    paragraphs = [one.text for one in docx.Document(io.BytesIO(body)).paragraphs]
    assert paragraphs[0] == "E-safety update, November 2026"
    monkeypatch.setenv("NEWSWARD_TEMPLATES", str(tmp_path / "none"))
    assert "is no folder" in run(news, "--month", "2026-11", exits=2).stderr


def test_stories_that_were_found_are_what_belongs_together(news: News) -> None:
    with sqlite3.connect(news.path) as db:
        numbers = dict(db.execute("SELECT title, id FROM articles").fetchall())
        db.execute(
            "INSERT INTO stories (id, title, origin_id) VALUES (900, 'One', ?)", [numbers[UNQUOTED]]
        )
        for title in (UNQUOTED, GUIDANCE):
            db.execute("DELETE FROM article_stories WHERE article_id = ?", [numbers[title]])
            db.execute(
                "INSERT INTO article_stories VALUES (?, 900, 'same event', 1, 1, '', '', x'')",
                [numbers[title]],
            )
    db.close()
    item = item_of(run(news, "--month", "2026-11").stdout, UNQUOTED)
    assert "Also covered by: [Invented Regulator](" in item
