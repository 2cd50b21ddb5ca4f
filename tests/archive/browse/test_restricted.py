import asyncio
from pathlib import Path

from archive.browse.application import application
from archive.takedown import Action, Decision, Reason, redact


def test_of_a_restricted_record_no_page_says_a_word(archive_file: Path) -> None:
    decision = Decision(action=Action.RESTRICT, reason=Reason.LEGAL, decided_by="The invented desk")
    redact(archive_file, 1, decision, now="2026-11-22T12:00:00Z")

    async def look() -> list[tuple[str, int, str]]:
        datasette = application(archive_file)
        await datasette.invoke_startup()
        pages = ["/archive", "/archive/articles", "/archive/search?words=sextortion"]
        pages += ["/archive/revisions", "/archive/removals", "/archive/frontier", "/archive/latest"]
        pages += ["/archive/articles/1", "/archive/restricted", "/archive/redactions"]
        answers = [(page, await datasette.client.get(page)) for page in pages]
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()
        return [(page, answer.status_code, answer.text) for page, answer in answers]

    with asyncio.Runner() as runner:
        answers = runner.run(look())
    status = {page: code for page, code, _ in answers}
    assert status.pop("/archive/articles/1") == 404
    assert status.pop("/archive/restricted") == 403
    assert set(status.values()) == {200}
    for page, _, text in answers:
        assert "Police warn" not in text, page
        assert "helplines" not in text, page
