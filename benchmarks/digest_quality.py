"""How well newsletters are split into items, and how well lint finds what it is to warn of.

`items`: every layout and format of tests/samples/newsletter_layouts.py, with the two items that the
tests hold to be split rightly and with five others, written after the rules. An item is right when
title, date, link and text are. F1 is 2 right / (found + there).

`lint`: the items of tests/archive/digest/labelled by rule: those that its rules were mended on
first (lint) and those that were written afterwards (lint-2).
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.append(str(_TESTS / "samples"))

from newsletter_layouts import LAYOUTS, body, issues_of  # noqa: E402 - the path to it is set above
from newsletters import ITEMS, NOW, Invented, Items, plain  # noqa: E402 - the same

from archive.digest.lint import Rule, lint  # noqa: E402 - the same
from archive.digest.values import Chosen, RecordFacts, Selection, Topic  # noqa: E402 - the same
from archive.topics.rules import shipped_rules  # noqa: E402 - the same
from crawler.digests.items import items_of  # noqa: E402 - the same
from crawler.digests.read import read_issue  # noqa: E402 - the same
from crawler.digests.values import DigestItem  # noqa: E402 - the same

LABELLED = _TESTS / "archive" / "digest" / "labelled"
JUDGED = (Rule.VICTIM, Rule.METHOD, Rule.WORDING)


def _other(number: int, title: str, *paragraphs: str) -> Invented:
    link = f"https://news{number}.example/2026/04/item-{number}?id={number}00"
    return Invented(title=title, date="April 2019", paragraphs=paragraphs, link=link)


OTHERS: Items = (
    _other(
        1,
        "Invented regulator fines video app 3.5 million for letting strangers write to children",
        "The invented regulator said on Tuesday that 12 of 40 test accounts of thirteen-year-olds"
        " had been written to by strangers within a day.",
        "The company has four weeks to answer. It says that it has changed its settings since.",
        "A parent of the invented town said: \u201cWe were told about it in the newspaper.\u201d",
    ),
    _other(
        2,
        "Schools: what to do when a picture of a pupil goes round",
        "The invented guidance has three steps, and the first of them is not to look at the picture"
        " or to send it on to anybody, whatever the reason.",
    ),
    _other(
        3,
        "Why do teenagers stay awake with their phones?",
        "An invented survey asked 2,000 pupils of 15. Six in ten said that they answered messages"
        " after midnight at least once a week.",
        "Those who left the phone in another room slept 40 minutes longer.",
    ),
    _other(
        4,
        "Charity opens helpline for grandparents",
        "It is open on Mondays and Thursdays from ten to four, and calls are free of charge from"
        " every telephone of the invented county.",
    ),
    _other(
        5,
        "\u2018It was only a joke\u2019: group chats, dares and the morning after",
        "Three invented pupils tell how a dare in a group chat ended in hospital, and what they"
        " would say to themselves a year earlier.",
        "Their head teacher now speaks with every class at the beginning of term.",
    ),
)


def items_figures() -> dict[str, Any]:
    """F1 of items for both sets, and the layouts in which any was not right."""
    return {name: _of(items) for name, items in (("tuned", ITEMS), ("others", OTHERS))}


def _of(items: Items) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    wrong = {}
    issues = issues_of(items)
    for name, (written, file) in issues.items():
        found = items_of(read_issue(written, file, None, NOW), NOW)
        right = sum(_is_right(name, one, true) for one, true in _pairs(found, items))
        counts.update(right=right, found=len(found), there=len(items))
        if not right == len(found) == len(items):
            wrong[name] = {"right": right, "found": len(found), "there": len(items)}
    f1 = 2 * counts["right"] / (counts["found"] + counts["there"])
    return {"layouts": len(issues), "items": counts["there"], "f1": round(f1, 4), "wrong": wrong}


def _pairs(found: Sequence[DigestItem], items: Items) -> Iterator[tuple[DigestItem, Invented]]:
    by_title = {plain(item.title): item for item in items}
    for one in found:
        if true := by_title.pop(plain(one.title), None):
            yield one, true


def _is_right(layout: str, found: DigestItem, true: Invented) -> bool:
    told = LAYOUTS.get(layout)
    has_date, has_link = (told.dated, told.linked) if told else (True, True)
    text = plain(body(true) + (told.adds if told else ""))
    return (
        ((found.date, found.date_precision) == ("2019-04", "month") or not has_date)
        and (true.link in {link.url for link in found.links}) is has_link
        and plain(found.text) == text
    )


def lint_figures() -> dict[str, Any]:
    """Precision and recall of each rule on each labelled file, and which were judged wrongly."""
    return {file.stem: _lint_of(file) for file in sorted(LABELLED.glob("*.toml"))}


def _lint_of(labelled: Path) -> dict[str, Any]:
    with labelled.open("rb") as file:
        items = tomllib.load(file)["item"]
    told = {row["id"]: _warned(row) for row in items}
    expected = {row["id"]: {*row["expect"]} for row in items}
    figures: dict[str, Any] = {"items": len(items)}
    for rule in JUDGED:
        right = [one for one in told if rule in told[one] and rule in expected[one]]
        wrong = [one for one in told if rule in told[one] and rule not in expected[one]]
        missed = [one for one in told if rule not in told[one] and rule in expected[one]]
        figures[rule] = {
            "precision": round(len(right) / max(len(right) + len(wrong), 1), 3),
            "recall": round(len(right) / max(len(right) + len(missed), 1), 3),
            "wrong": wrong,
            "missed": missed,
        }
    return figures


def _warned(row: dict[str, Any]) -> set[str]:
    topics = shipped_rules().topics
    record = RecordFacts(
        article_id=1,
        title=row["title"],
        url="https://gazette.example/1",
        source="gazette",
        source_name="The Invented Gazette",
        country="GB",
        licence=None,
        published="2026-11-20",
        text=row["extract"],
        topics=tuple(
            Topic(
                slug=slug,
                label=topics[slug].label,
                sensitivity=topics[slug].sensitivity,
                reported_as=topics[slug].reported_as,
            )
            for slug in row["topics"]
        ),
    )
    chosen = Chosen(
        article_id=1, title=row["title"], section="", extract=row["extract"], note=row["note"]
    )
    issue = Selection(title="An update", month="2026-11", country="GB", items=(chosen,))
    return {str(one.rule) for one in lint(issue, {1: record}) if one.rule in JUDGED}
