"""What an audit counts, what it finds suspicious, and what it leaves alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import ARTICLE, NOW, PAGE, begin, claim_all, discover, outcome, store

from archive.audit_rows import is_long_prose
from archive.commands.audit import audit
from archive.errors import ArchiveMissingError, ConfigurationError
from archive.furniture import Furniture
from archive.reading import ReadArchive
from archive.records import Article, Part, Removal
from archive.store import Archive

PROSE = (
    "The invented council told parents on Tuesday that its helpline had been asked about games by"
    " forty families, and that most of them wanted to know how a stranger could have written to"
    " their child at all, which the invented makers of the game did not explain."
)
LIST = " ".join(["Home News Sport Weather Travel Culture Video Podcasts"] * 6) + "."


def block(rule: str, text: str, position: int = 5) -> Removal:
    return Removal(position=position, part=Part.BLOCK, rule=rule, text=text)


def article(number: int, *removals: Removal) -> Article:
    text = f"Invented text {number}.\n\nIt goes on and on and comes to its end."
    return replace(ARTICLE, title=f"Invented title {number}", text=text, removals=removals)


def keep(archive: Archive, *articles: Article, first: int = 0) -> int:
    run_id = begin(archive)
    archive._db.execute("UPDATE frontier SET not_before = '' WHERE depth = 0")
    urls = [f"{PAGE}/{first + number}" for number in range(len(articles))]
    discover(archive, run_id, *urls)
    claims = claim_all(archive, run_id)
    for url, kept in zip(urls, articles, strict=True):
        archive.commit(outcome(run_id, claims[url], article=kept, record_url=url))
    return run_id


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(audit, [*arguments, "--archive", str(path)])


def test_rules_are_counted_by_source_with_what_they_took_most_often(
    archive: Archive, path: Path
) -> None:
    share, sign_up = block("share", "Share this"), block("sign-up", "Sign up now", 7)
    keep(
        archive,
        article(1, share, sign_up, block("sign-up", "Sign up now", 9)),
        article(2, share),
        article(3, block("share", "Share it"), sign_up),
        article(4),
    )
    with ReadArchive(path) as reader:
        found = reader.audit("gazette")
        assert reader.audit(limit=1).rules == found.rules[:1]
        assert (reader.audit(limit=1).more_rules, found.more_rules) == (1, 0)
        with pytest.raises(ConfigurationError):
            reader.audit("nowhere")
    assert [
        (use.source, use.rule, use.blocks, use.characters, use.records, use.share)
        for use in found.rules
    ] == [("gazette", "sign-up", 3, 33, 2, 0.5), ("gazette", "share", 3, 28, 3, 0.75)]
    assert found.rules[1].samples == ("Share this", "Share it")
    assert found.suspicions == found.shifts == found.furniture == ()


def test_the_removals_of_earlier_texts_are_not_counted(archive: Archive, path: Path) -> None:
    keep(archive, article(1, block("old-rule", "Once taken out")))
    second = replace(
        article(1, block("share", "Share this")),
        text="An edited invented text that goes on and ends.",
    )
    store(archive, begin(archive), second, f"{PAGE}/0")
    with ReadArchive(path) as reader:
        assert [use.rule for use in reader.audit().rules] == ["share"]


def test_long_prose_that_a_rule_took_out_is_suspicious_and_a_menu_is_not(
    archive: Archive, path: Path
) -> None:
    keep(
        archive,
        article(1, block("class:share", PROSE), block("class:share", LIST, 6)),
        article(2, block("boilerplate", PROSE), block("share", PROSE[:190] + ".", 8)),
    )
    with ReadArchive(path) as reader:
        (suspicion,) = reader.audit().suspicions
    assert (suspicion.article_id, suspicion.rule, suspicion.why, suspicion.text) == (
        *(1, "class:share", "long prose", PROSE),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROSE, True),
        (PROSE[:-1], False),
        (f"{PROSE[:-1]}.”", True),
        (PROSE[:150] + ".", False),
        (PROSE.title(), False),
        (LIST, False),
        ("." * 300, False),
    ],
)
def test_prose_is_long_finished_and_mostly_in_small_letters(text: str, expected: bool) -> None:
    assert is_long_prose(text) is expected


def test_a_text_that_was_taken_out_and_comes_back_is_suspicious(
    archive: Archive, path: Path
) -> None:
    lost = "The invented correction says that it was forty, not fourteen."
    keep(archive, article(1, block("caption", lost), block("share", "Share this", 6)))
    back = replace(article(1), text=article(1).text + f"\n\n{lost}\n\nShare this")
    store(archive, begin(archive), back, f"{PAGE}/0")
    with ReadArchive(path) as reader:
        (suspicion,) = reader.audit().suspicions
    assert (suspicion.rule, suspicion.why, suspicion.text) == (
        *("caption", "came back in revision 2", lost),
    )


def test_a_source_from_which_much_more_is_taken_than_before_is_named(
    archive: Archive, path: Path
) -> None:
    for run in range(3):
        kept = [article(n, block("share", "Share this")) for n in range(run * 5, run * 5 + 5)]
        keep(archive, *kept, first=run * 5)
    with ReadArchive(path) as reader:
        assert reader.audit().shifts == ()
    last = keep(
        archive, *(article(n, block("caption", "x" * 500)) for n in range(15, 20)), first=15
    )
    with ReadArchive(path) as reader:
        (shift,) = reader.audit().shifts
    assert (shift.source, shift.run_id, shift.pages) == ("gazette", last, 5)
    assert shift.share > 0.8
    assert 0.1 < shift.before < 0.2


def test_the_command_says_it_all_in_words(archive: Archive, path: Path) -> None:
    run_id = keep(archive, article(1, block("class:share", PROSE), block("share", "Share this", 6)))
    piece = Furniture(text_hash="h", text="An invented sign-off", place="last", articles=4)
    archive.learn(run_id, lambda _texts: (piece,), now=NOW)
    output = run(path).stdout
    for line in (
        "Stripped most, by source and rule\n",
        f"  gazette  class:share: 1 block, {len(PROSE)} characters, 100% of its records\n",
        "      Share this\n",
        "What looks wrong\n       1  class:share: long prose  Invented title 1\n",
        "Learned of each site\n       1  gazette: on 4 articles, at the end  An invented sign-off",
    ):
        assert line in output
    assert '"why": "long prose"' in run(path, "--json").stdout


def test_a_learned_text_is_forgotten_for_good(archive: Archive, path: Path) -> None:
    piece = Furniture(text_hash="h", text="An invented sign-off", place="last", articles=4)
    archive.learn(keep(archive, article(1)), lambda _texts: (piece,), now=NOW)
    archive.close()
    result = run(path, "--forget", "1")
    assert (result.exit_code, result.stdout) == (0, "Text 1 will not be stripped again.\n")
    assert "newsward reextract" in result.stderr
    assert "at the end (dismissed)  An invented sign-off" in run(path).stdout
    assert isinstance(run(path, "--forget", "2").exception, ConfigurationError)


def test_an_empty_archive_is_said_to_be_so_and_a_missing_one_is_not_made(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    assert archive.path == path
    output = run(path).stdout
    assert "Nothing was stripped." in output
    assert "Nothing yet: a text is learned once it stands on four articles of a site." in output
    missing = tmp_path / "missing.db"
    for more in ([], ["--forget", "1"]):
        assert isinstance(run(missing, *more).exception, ArchiveMissingError)
    assert not missing.exists()
