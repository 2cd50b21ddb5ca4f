"""What ingesting makes of WARC files, in this process, without workers."""

import gzip
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import brotli  # type: ignore[import-untyped] # it ships no types
import pytest
import warcs
from commits import one, query
from warcs import SITE, answer, page, record, record_id, request, response

from archive.endings import Ending
from archive.provenance import provenance_sentences
from archive.reading import ReadArchive
from archive.site_rows import SiteFile, SiteRows
from archive.snapshots import Snapshots
from archive.store import Archive
from archive.takedown import Action, Decision, Reason, redact
from archive.verify import Verification
from crawler.ingestion.answers import RecordEnding
from crawler.ingestion.tally import Tally

LATER = "2026-05-02T10:00:00Z"
EARLIER = "2025-01-02T10:00:00Z"


class Room(Protocol):
    """What `conftest.py` makes."""

    folder: Path
    archive: Path

    def write(self, name: str, records: Sequence[bytes], *, packed: bool = True) -> list[int]: ...

    def ingest(self, *names: str, source: str | None = None) -> Tally: ...

    def bytes(self) -> dict[str, bytes]: ...


def test_a_page_becomes_a_record_that_says_which_warc_and_where_in_it(room: Room) -> None:
    info = record("warcinfo", "", b"software: invented\r\n")
    url = f"{SITE}/news/1?b=2&a=1"
    offsets = room.write("old.warc.gz", [info, response(url, page(1), ip_address="192.0.2.7")])
    tally = room.ingest("old.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 1})
    assert query(room.archive, "SELECT url, title, first_seen_at FROM articles") == [
        (url, "Invented story 1", warcs.DATE)
    ]
    assert query(room.archive, "SELECT * FROM fetch_origins") == [
        (1, "192.0.2.7", "old.warc.gz", offsets[1], record_id(f"response {url} ").strip("<>"))
    ]
    assert query(
        room.archive, "SELECT relation, place, position FROM provenance WHERE article_id"
    ) == [("WARC record", "old.warc.gz", offsets[1])]
    sentence = one(room.archive, "SELECT sentence FROM provenance_in_words WHERE step = 'found'")
    assert sentence == f"Found as the record at byte {offsets[1]} of the WARC file old.warc.gz."
    assert one(room.archive, "SELECT trigger FROM runs") == "ingest"
    with ReadArchive(room.archive) as reader:
        found, *_ = provenance_sentences(reader.record(1))
    whose = "of the WARC file old.warc.gz for The Gazette (invented)."
    assert found == f"Found on 2 March 2026 as the record at byte {offsets[1]} {whose}"


def test_ingesting_again_writes_not_one_byte(room: Room) -> None:
    pages = [response(f"{SITE}/news/{number}", page(number)) for number in range(3)]
    room.write("a.warc.gz", pages)
    room.write("copy.warc", pages, packed=False)
    room.ingest("a.warc.gz")
    before = room.bytes()
    again = room.ingest("a.warc.gz", "copy.warc")
    assert room.bytes() == before
    assert again.left_out == Counter({RecordEnding.INGESTED_BEFORE: 6})


def test_pages_of_sites_that_nobody_listed_are_left_out_unless_told_whose_they_are(
    room: Room,
) -> None:
    room.write("a.warc.gz", [response("http://elsewhere.test/1", page(1))])
    assert room.ingest("a.warc.gz").left_out == Counter({Ending.UNLISTED_HOST: 1})
    assert not room.archive.exists()
    assert room.ingest("a.warc.gz", source="gazette").pages == Counter({Ending.NEW: 1})


def test_what_was_packed_twice_for_the_way_is_unpacked_twice(room: Room) -> None:
    packed = gzip.compress(brotli.compress(page(1)))
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    block = answer(chunks, content_encoding="br", transfer_encoding="gzip, chunked")
    room.write("a.warc.gz", [record("response", f"{SITE}/news/1", block)])
    assert room.ingest("a.warc.gz").pages == Counter({Ending.NEW: 1})


def test_the_records_of_a_browser_crawl_are_told_apart(room: Room) -> None:
    """As Browsertrix writes them: HTTP/2, page info, decoded bodies, posts, scripts, revisits."""
    http2 = answer(page(1), status="HTTP/2 200", x_orig_content_encoding="br")
    http2 = http2.replace(b"\r\n", b"\r\n:status: 200\r\n", 1)
    encoded = answer(brotli.compress(page(2)), content_encoding="br")
    payload = page(3)
    chunks = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (
        100,
        payload[:100],
        len(payload) - 100,
        payload[100:],
    )
    chunked = answer(gzip.compress(b"")[:0] + chunks, transfer_encoding="chunked")
    moved = answer(b"", status="HTTP/2 301 ", content_type="", location="/news/5")
    room.write(
        "rec.warc.gz",
        [
            record("warcinfo", "", b"software: Browsertrix (as it writes)\r\n"),
            record("response", f"{SITE}/news/1", http2),
            request(f"{SITE}/news/1"),
            record("response", f"{SITE}/news/2", encoded),
            request(f"{SITE}/news/2"),
            record("response", f"{SITE}/news/3", chunked),
            response(f"{SITE}/search", page(4)),
            request(f"{SITE}/search", method="POST"),
            record("response", f"{SITE}/old", moved),
            response(f"{SITE}/news/5", page(5)),
            record("response", f"{SITE}/a.js", answer(b"x", content_type="text/javascript")),
            record(
                "resource", f"urn:pageinfo:{SITE}/news/1", b"{}", content_type="application/json"
            ),
            record("resource", f"{SITE}/news/6", page(6), content_type="text/html"),
            response(f"{SITE}/", page(7)),
            record(
                "revisit",
                f"{SITE}/news/1",
                b"",
                date=LATER,
                refers_to_target_uri=f"{SITE}/news/1",
                refers_to_date=warcs.DATE,
                profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
            ),
            record(
                "revisit",
                f"{SITE}/news/8",
                b"",
                refers_to_target_uri=f"{SITE}/nowhere",
                profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
            ),
        ],
    )
    tally = room.ingest("rec.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 5, Ending.SAME_BYTES: 1})
    assert tally.left_out == Counter(
        {
            RecordEnding.NO_EXCHANGE: 4,
            RecordEnding.NO_WEB_ADDRESS: 1,
            RecordEnding.NOT_A_GET: 1,
            RecordEnding.REDIRECT: 1,
            RecordEnding.A_LIST: 1,
            RecordEnding.UNRESOLVED_REVISIT: 1,
            Ending.MEDIA: 1,
        }
    )
    seen = "SELECT last_seen_at FROM article_seen JOIN articles ON id = article_id WHERE url = ?"
    assert one(room.archive, seen, f"{SITE}/news/1") == LATER
    led = "SELECT place FROM provenance WHERE relation = 'redirected from'"
    assert one(room.archive, led) == f"{SITE}/old"


def test_a_news_crawl_of_heritrix_s_kind_is_read(room: Room) -> None:
    """Records of DNS, metadata and the crawl log; the last record cut off; encodings left."""
    squeezed = answer(gzip.compress(page(1)), content_encoding="gzip")
    false_claim = answer(page(2), content_encoding="gzip", transfer_encoding="chunked")
    last = gzip.compress(response(f"{SITE}/news/3", page(3)))
    offsets = room.write(
        "news.warc.gz",
        [
            record("response", "dns:gazette.test", b"20260302\n", content_type="text/dns"),
            record("response", f"{SITE}/news/1", squeezed),
            record("metadata", f"{SITE}/news/1", b"fetchTimeMs: 4\r\n"),
            record("response", f"{SITE}/news/2", false_claim),
            record("metadata", "metadata://x/logs/crawl.log", b"-\r\n"),
            response(f"{SITE}/cut", page(4), truncated="length"),
            b"",
        ],
    )
    path = room.folder / "news.warc.gz"
    path.write_bytes(path.read_bytes()[: offsets[-1]] + last[: len(last) // 2])
    tally = room.ingest("news.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 2, Ending.BROKEN_BODY: 1})
    assert tally.broken == 1
    assert [(fault.offset, fault.why) for fault in tally.faults] == [
        (offsets[-1], "the file ends in the middle of it")
    ]


def test_an_older_page_never_replaces_a_newer_text(room: Room) -> None:
    url = f"{SITE}/news/1"
    room.write("new.warc.gz", [response(url, page(1, "This was added later."), date=LATER)])
    room.write("old.warc.gz", [response(url, page(1), date=EARLIER)])
    room.write("newest.warc.gz", [response(url, page(1, "And more."), date="2026-06-02T10:00:00Z")])
    room.ingest("new.warc.gz")
    before = query(room.archive, "SELECT not_before, last_fetched_at, etag FROM frontier")
    assert room.ingest("old.warc.gz").pages == Counter({Ending.OLDER_TEXT: 1})
    assert "added later" in str(one(room.archive, "SELECT body FROM articles"))
    assert query(room.archive, "SELECT not_before, last_fetched_at, etag FROM frontier") == before
    assert one(room.archive, "SELECT last_seen_at FROM article_seen") == LATER
    assert room.ingest("newest.warc.gz").pages == Counter({Ending.REVISED: 1})


def test_what_was_taken_down_does_not_come_back_by_a_warc(room: Room) -> None:
    url = f"{SITE}/news/1"
    room.write("a.warc.gz", [response(url, page(1))])
    room.write("b.warc.gz", [response(url, page(1), date=LATER)])
    room.ingest("a.warc.gz")
    decision = Decision(action=Action.REMOVE, reason=Reason.PRIVACY, decided_by="a test")
    redact(room.archive, url, decision, now=LATER)
    assert room.ingest("b.warc.gz").left_out == Counter({Ending.WITHHELD: 1})
    assert room.ingest("a.warc.gz").pages.total() == 0
    assert b"invented case 1-" not in b"".join(room.bytes().values())


SOLD = b"""<script type="application/ld+json">{"@type": "NewsArticle",
"headline": "Invented story 1", "isAccessibleForFree": false}</script></head>"""


@pytest.mark.parametrize(
    ("headers", "head", "why", "comes_again"),
    [
        ({"x_robots_tag": "noarchive"}, b"</head>", "noarchive (header)", True),
        ({"x_orig_tdm_reservation": "1"}, b"</head>", "tdm-reservation (header)", False),
        ({}, b"<meta name='robots' content='noarchive'></head>", "noarchive (page)", False),
        ({}, b"<meta name='tdm-reservation' content='1'></head>", "tdm-reservation (page)", True),
        ({}, SOLD, "isAccessibleForFree: false (page)", False),
    ],
)
def test_a_page_that_reserves_its_text_is_kept_as_a_link_as_one_that_was_fetched(
    room: Room, headers: dict[str, str], head: bytes, why: str, comes_again: bool
) -> None:
    url = f"{SITE}/news/1"
    reserved = answer(page(1).replace(b"</head>", head), **headers)
    records = [response(url, page(1), date=EARLIER)] if comes_again else []
    room.write("a.warc.gz", [*records, record("response", url, reserved)])
    tally = room.ingest("a.warc.gz")
    assert tally.pages[Ending.RESERVED if comes_again else Ending.LINKED] == 1
    assert query(room.archive, "SELECT title, kind, body FROM articles") == [
        ("Invented story 1", "link", "")
    ]
    assert one(room.archive, "SELECT group_concat(reserved) FROM rights") == why
    with Snapshots(room.archive, readonly=True) as snapshots:
        assert snapshots.digests() == frozenset()
    kept = b"".join(room.bytes().values())
    assert b"were counted" not in kept
    with Verification(room.archive) as verification:
        assert list(verification.faults()) == []


def test_what_a_host_reserves_in_its_tdmrep_json_holds_for_its_pages_in_a_warc(room: Room) -> None:
    room.write("a.warc.gz", [response(f"{SITE}/news/1", page(1))])
    room.ingest("a.warc.gz")
    rules = b'[{"location": "/news/", "tdm-reservation": 1}]'
    copy = SiteFile(
        host="gazette.test", name="tdmrep.json", status=200, body=rules, fetched_at=warcs.DATE
    )
    with Archive(room.archive) as archive:
        SiteRows(archive).keep(copy)
    pages = [response(f"{SITE}/{path}", page(3)) for path in ("news/2", "other/3")]
    room.write("b.warc.gz", pages)
    assert room.ingest("b.warc.gz").pages == Counter({Ending.LINKED: 1, Ending.NEW: 1})
    assert query(room.archive, "SELECT url FROM articles WHERE kind = 'link'") == [
        (f"{SITE}/news/2",)
    ]


def segments(url: str, body: bytes, **first: str) -> list[bytes]:
    """One answer in three records, as WARC/1.0 has it for what is too long for one."""
    block = answer(body)
    pieces = [block[:2000], block[2000:4000], block[4000:]]
    origin = record_id(f"response {url} ")
    return [
        record("response", url, pieces[0], segment_number="1", **first),
        *(
            record(
                "continuation",
                url,
                piece,
                segment_number=str(number),
                segment_origin_id=origin,
                record_id=record_id(f"{url} {number}"),
                segment_total_length=str(len(block)) if number == 3 else "",
            )
            for number, piece in enumerate(pieces[1:], 2)
        ),
    ]


def test_a_body_in_several_segments_has_an_ending_of_its_own_and_harms_no_other(
    room: Room,
) -> None:
    inside = segments(f"{SITE}/news/1", page(1))
    lone = segments(f"{SITE}/news/2", page(2))[1:]
    room.write(
        "a.warc.gz",
        [*inside, *lone, response(f"{SITE}/news/3", page(3)), *segments("http://no.test/", b"x")],
    )
    tally = room.ingest("a.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 1})
    assert tally.left_out == Counter({RecordEnding.SEGMENTED: 8})
    assert query(room.archive, "SELECT url FROM articles") == [(f"{SITE}/news/3",)]
    assert tally.faults == []


def test_a_missing_page_counts_only_for_an_address_that_is_known(room: Room) -> None:
    gone = answer(b"gone", status="HTTP/1.1 404 Not Found")
    room.write(
        "a.warc.gz",
        [
            response(f"{SITE}/news/1", page(1)),
            record("response", f"{SITE}/news/1", gone, date=LATER),
            record("response", f"{SITE}/never-seen", gone),
        ],
    )
    tally = room.ingest("a.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 1, Ending.HTTP_404: 1})
    assert tally.left_out == Counter({RecordEnding.UNKNOWN_ADDRESS: 1})
    assert one(room.archive, "SELECT count(*) FROM articles") == 1


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda one: one.replace(b"Content-Length", b"Content-Langth"), id="no length"),
        pytest.param(lambda one: one.replace(b"invented", b"innocent"), id="wrong digest"),
        pytest.param(lambda one: one[:-200], id="torn"),
        pytest.param(lambda one: one[:0] + b"<html>no record</html>", id="not a record"),
        pytest.param(lambda one: one.replace(b"2026-03-02T", b"2126-03-02T"), id="from the future"),
        pytest.param(lambda one: one.replace(b"HTTP/1.1 200", b"SMTP/1.1 200"), id="no HTTP"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_broken_record_is_told_and_those_around_it_are_read(
    room: Room, broken: Callable[[bytes], bytes], packed: bool
) -> None:
    records = [response(f"{SITE}/news/{n}", page(n), block_digest="") for n in range(4)]
    records[1] = broken(response(f"{SITE}/news/1", page(1)))
    offsets = room.write("a.warc", records, packed=packed)
    tally = room.ingest("a.warc")
    assert tally.pages == Counter({Ending.NEW: 3})
    assert [fault.offset for fault in tally.faults] == [offsets[1]]


def test_a_member_that_a_killed_crawler_left_hides_nothing_behind_it(room: Room) -> None:
    members = [gzip.compress(response(f"{SITE}/news/{n}", page(n))) for n in range(4)]
    torn = members[1][: len(members[1]) // 2]
    (room.folder / "a.warc.gz").write_bytes(members[0] + torn + members[2] + members[3])
    tally = room.ingest("a.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 3})
    assert [fault.offset for fault in tally.faults] == [len(members[0])]


def test_a_file_that_is_packed_as_a_whole_is_read(room: Room) -> None:
    whole = b"".join(response(f"{SITE}/news/{n}", page(n)) for n in range(3))
    (room.folder / "a.warc.gz").write_bytes(gzip.compress(whole))
    assert room.ingest("a.warc.gz").pages == Counter({Ending.NEW: 3})


def test_what_is_no_warc_is_one_broken_record(room: Room) -> None:
    (room.folder / "a.wacz").write_bytes(b"no zip")
    (room.folder / "b.warc").write_bytes(b"<html>")
    tally = room.ingest("a.wacz", "b.warc")
    assert (tally.records, tally.broken) == (2, 2)


def test_two_visits_of_one_address_come_in_their_order(room: Room) -> None:
    url = f"{SITE}/news/1"
    dates = [f"2026-03-{day:02}T10:00:00Z" for day in range(2, 8)]
    room.write(
        "a.warc.gz",
        [response(url, page(1, f"Version of {date}."), date=date) for date in dates],
    )
    tally = room.ingest("a.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 1, Ending.REVISED: 5})
    assert [row[0] for row in query(room.archive, "SELECT seen_at FROM revisions")] == dates
