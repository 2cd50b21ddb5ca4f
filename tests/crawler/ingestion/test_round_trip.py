"""From WARC to archive to WARC and WACZ, and back: what leaves the archive comes back the same."""

import gzip
import hashlib
import io
import json
import shutil
import socket
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import httpx
import pytest
import warcs
from click.testing import CliRunner
from commits import one, query
from waiting import wait_for
from warcio.archiveiterator import ArchiveIterator
from warcs import SITE, answer, page, record, response

from archive.commands.export import export
from archive.endings import Ending
from archive.takedown import Action, Decision, Reason, redact
from crawler.ingestion.tally import Tally

LATER = "2026-05-02T10:00:00Z"
LATEST = "2026-06-02T10:00:00Z"
STORY = f"{SITE}/news/1?q=a&B=2"


class Room(Protocol):
    """What `conftest.py` makes."""

    folder: Path
    archive: Path

    def write(self, name: str, records: Sequence[bytes], *, packed: bool = True) -> list[int]: ...

    def ingest(self, *names: str, source: str | None = None) -> Tally: ...


SAME = """
SELECT url, title, published, text_hash, first_seen_at, revision FROM articles ORDER BY url;
SELECT final_url, fetched_at, status, snapshot_digest, ending, headers FROM fetches
  WHERE status = 200 ORDER BY 1, 2;
SELECT frontier.url, relation, place FROM provenance JOIN frontier ON frontier.id = frontier_id
  WHERE relation = 'redirected from';
SELECT ip_address FROM fetch_origins WHERE ip_address NOT NULL
""".split(";")


@pytest.fixture
def filled(room: Room) -> Room:
    """A redirect to a page that came compressed; one that came twice; one that changed; a 304."""
    moved = answer(b"", status="HTTP/1.1 301 Moved", content_type="", location="/news/1?q=a&B=2")
    squeezed = answer(gzip.compress(page(1)), content_encoding="gzip", etag='"1"')
    unchanged = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    room.write(
        "in.warc.gz",
        [
            record("response", f"{SITE}/old?x=1", moved),
            record("response", STORY, squeezed, ip_address="192.0.2.7"),
            response(f"{SITE}/news/2", page(2)),
            response(f"{SITE}/news/2", page(2), date=LATER),
            response(f"{SITE}/news/3", page(3)),
            response(f"{SITE}/news/3", page(3, "It was changed."), date=LATER),
            record("revisit", f"{SITE}/news/3", b"", date=LATEST, profile=unchanged),
        ],
    )
    tally = room.ingest("in.warc.gz")
    assert tally.pages == Counter(
        {Ending.NEW: 3, Ending.REVISED: 1, Ending.SAME_BYTES: 1, Ending.NOT_MODIFIED: 1}
    )
    return room


def exported(room: Room, name: str, *more: str) -> Path:
    path = room.folder / name
    kind = "wacz" if name.endswith("wacz") else "warc"
    told = ["--format", kind, "-o", str(path), "--archive", str(room.archive), *more]
    result = CliRunner().invoke(export, told, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return path


def records(file: BinaryIO) -> list[tuple[str, dict[str, str], Any, bytes]]:
    """Every record with its digests checked: as `warcio check` does it."""
    found = []
    for one_record in ArchiveIterator(file, check_digests="raise"):
        headers = {name.lower(): value for name, value in one_record.rec_headers.headers}
        http, body = one_record.http_headers, one_record.content_stream().read()
        found.append((one_record.rec_type, headers, http, body))
    return found


def test_a_warc_has_what_was_kept_of_each_exchange_with_sound_digests(filled: Room) -> None:
    with exported(filled, "out.warc.gz").open("rb") as file:
        found = records(file)
    assert Counter(kind for kind, *_ in found) == Counter(
        {"warcinfo": 1, "response": 5, "revisit": 2, "request": 7}
    )
    (story,) = [r for r in found if r[0] == "response" and r[1]["warc-target-uri"] == STORY]
    _, headers, http, body = story
    assert body == page(1)
    assert headers["warc-date"] == warcs.DATE
    assert headers["warc-ip-address"] == "192.0.2.7"
    assert headers["warc-payload-digest"] == f"sha256:{hashlib.sha256(page(1)).hexdigest()}"
    assert (http.protocol, http.statusline) == ("HTTP/1.1", "200 OK")
    assert http.get_header("etag") == '"1"'
    assert http.get_header("x-archive-orig-content-encoding") == "gzip"
    asked = [
        (http.protocol, http.statusline)
        for kind, headers, http, _ in found
        if kind == "request" and headers["warc-concurrent-to"] == story[1]["warc-record-id"]
    ]
    assert asked == [("GET", "/news/1?q=a&B=2 HTTP/1.1")]
    (hop,) = [r for r in found if r[0] == "response" and "/old" in r[1]["warc-target-uri"]]
    assert hop[2].statusline == "301 Moved Permanently"
    assert hop[2].get_header("location") == STORY
    profiles = {
        r[1]["warc-date"]: r[1]["warc-profile"].rpartition("/")[2]
        for r in found
        if r[0] == "revisit"
    }
    assert profiles == {LATER: "identical-payload-digest", LATEST: "server-not-modified"}
    ids = {r[1]["warc-record-id"] for r in found}
    assert len(ids) == len(found)
    assert {r[1]["warc-refers-to"] for r in found if r[0] == "revisit"} <= ids


@pytest.mark.parametrize("name", ["out.warc.gz", "out.wacz"])
def test_what_is_exported_and_ingested_elsewhere_is_the_same_archive(
    filled: Room, other_room: Room, name: str
) -> None:
    path = exported(filled, name)
    (other_room.folder / name).write_bytes(path.read_bytes())
    tally = other_room.ingest(name)
    assert not tally.broken
    for sql in SAME:
        assert query(other_room.archive, sql) == query(filled.archive, sql)
    assert other_room.ingest(name).pages.total() == 0


def test_two_exports_of_one_archive_differ_in_nothing_but_their_time(filled: Room) -> None:
    def without_time(path: Path) -> list[Any]:
        with path.open("rb") as file:
            return [(kind, body) for kind, _, _, body in records(file)]

    one_file, other = exported(filled, "a.warc.gz"), exported(filled, "b.warc.gz")
    assert without_time(one_file) == without_time(other)


def test_only_the_records_that_a_query_finds_are_exported(filled: Room) -> None:
    with exported(filled, "out.warc.gz", "changed").open("rb") as file:
        targets = {r[1].get("warc-target-uri") for r in records(file)}
    assert targets == {None, f"{SITE}/news/3"}


@pytest.mark.parametrize("action", [Action.REMOVE, Action.RESTRICT])
@pytest.mark.parametrize("name", ["out.warc.gz", "out.wacz"])
def test_what_was_taken_down_or_restricted_is_in_no_export(
    filled: Room, action: Action, name: str
) -> None:
    redact(
        filled.archive,
        STORY,
        Decision(action=action, reason=Reason.PRIVACY, decided_by="a test"),
        now=LATEST,
    )
    path = exported(filled, name)
    if name.endswith("wacz"):
        with zipfile.ZipFile(path) as pack:
            parts = [pack.read(member) for member in pack.namelist()]
    else:
        parts = [path.read_bytes()]
    plain = b"".join(gzip.decompress(p) if p.startswith(b"\x1f\x8b") else p for p in parts)
    assert b"news/2" in plain
    for trace in (b"news/1", b"/old", b"case 1-", b"story 1"):
        assert trace not in plain


def test_a_source_that_became_link_only_gives_no_page(filled: Room) -> None:
    query(filled.archive, "UPDATE sources SET link_only = 1")
    with exported(filled, "out.warc.gz").open("rb") as file:
        assert [kind for kind, *_ in records(file)] == ["warcinfo"]


def test_a_wacz_s_index_leads_to_each_record_and_its_hashes_are_right(filled: Room) -> None:
    with zipfile.ZipFile(exported(filled, "out.wacz")) as pack:
        package = json.loads(pack.read("datapackage.json"))
        proof = json.loads(pack.read("datapackage-digest.json"))
        warc = pack.read("archive/newsward.warc.gz")
        lines = gzip.decompress(pack.read("indexes/index.cdx.gz")).decode().splitlines()
        blocks = pack.read("indexes/index.idx").decode().splitlines()
        pages = [json.loads(line) for line in pack.read("pages/pages.jsonl").splitlines()]
        for resource in package["resources"]:
            body = pack.read(resource["path"])
            assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
            assert resource["bytes"] == len(body)
        hashed = hashlib.sha256(pack.read("datapackage.json")).hexdigest()
        listed = {resource["path"] for resource in package["resources"]}
        assert listed | {"datapackage.json", "datapackage-digest.json"} == set(pack.namelist())
    assert package["wacz_version"] == "1.1.1"
    assert proof == {"path": "datapackage.json", "hash": f"sha256:{hashed}"}
    assert lines == sorted(lines)
    assert len(lines) == 7
    for line in lines:
        key, stamp, told = line.split(" ", 2)
        about = json.loads(told)
        start, length = int(about["offset"]), int(about["length"])
        ((_, headers, _, _),) = records(io.BytesIO(warc[start : start + length]))
        assert headers["warc-target-uri"] == about["url"]
        assert headers["warc-date"] == f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T10:00:00Z"
        assert key.startswith("test,gazette)/")
    assert json.loads(blocks[1].split(" ", 2)[2])["offset"] == 0
    assert [entry["url"] for entry in pages[1:]].count(STORY) == 1
    assert len(pages) == 4


def test_whole_pages_need_no_text(filled: Room) -> None:
    told = ["--format", "warc", "-o", "-", "--text", "--archive", str(filled.archive)]
    result = CliRunner().invoke(export, told)
    assert "leave out --text" in str(result.exception)


def test_an_export_writes_nothing_into_the_archive(filled: Room) -> None:
    before = one(filled.archive, "SELECT count(*) FROM fetches"), filled.archive.read_bytes()
    exported(filled, "out.wacz")
    assert (one(filled.archive, "SELECT count(*) FROM fetches"), filled.archive.read_bytes()) == (
        before
    )


def test_warcio_s_own_check_finds_nothing_wrong(filled: Room) -> None:
    path = exported(filled, "out.warc.gz")
    tool = Path(sys.executable).with_name("warcio")
    done = subprocess.run([tool, "check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_validator_of_the_wacz_package_accepts_it(filled: Room) -> None:
    tool = shutil.which("wacz")
    if tool is None:
        pytest.skip("needs the command of the Python package wacz on the PATH")
    path = exported(filled, "out.wacz")
    done = subprocess.run(
        [tool, "validate", "-f", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Validation succeeded" in done.stdout


def answered(url: str) -> tuple[int, bytes]:
    try:
        with httpx.Client(trust_env=False, timeout=60) as browser:
            found = browser.get(url)
    except httpx.TransportError:
        return 0, b""
    return found.status_code, found.content


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_pywb_replays_it_byte_for_byte(filled: Room) -> None:
    tools = [shutil.which(name) for name in ("wb-manager", "wayback")]
    manager, wayback = tools
    if manager is None or wayback is None:
        pytest.skip("needs the commands of the Python package pywb on the PATH")
    path = exported(filled, "out.warc.gz")
    for command in (["init", "news"], ["add", "news", path.name]):
        subprocess.run([manager, *command], cwd=filled.folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    replay = f"http://127.0.0.1:{port}/news"
    with subprocess.Popen(
        [wayback, "-b", "127.0.0.1", "-p", str(port)],
        cwd=filled.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_for(lambda: answered(f"{replay}/")[0] > 0)
            assert answered(f"{replay}/20260302100000id_/{STORY}") == (200, page(1))
            changed = page(3, "It was changed.")
            assert answered(f"{replay}/20260502100000id_/{SITE}/news/3") == (200, changed)
            # The same body at another time: a revisit, for which the first one stands.
            assert answered(f"{replay}/20260502100000id_/{SITE}/news/2") == (200, page(2))
            assert answered(f"{replay}/20260302100000id_/{SITE}/never")[0] == 404
        finally:
            server.terminate()
