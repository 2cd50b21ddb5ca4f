from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import EARLIEST, LEEWAY, find_date, instant, read_date

NOW = datetime(2024, 6, 10, 12, tzinfo=UTC)

ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SECONDS = int((NOW - EARLIEST).total_seconds())
MOMENTS = st.builds(
    lambda seconds, zone: (NOW - timedelta(seconds=seconds)).astimezone(zone),
    st.integers(0, SECONDS - 86_400),
    ZONES,
)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        # ISO 8601 passes through, as precise as it was written.
        ("2024-06-03", "2024-06-03"),
        ("2024-06", "2024-06"),
        ("2024-06-03T10:00", "2024-06-03T10:00"),
        ("2024-06-03T10:00Z", "2024-06-03T10:00+00:00"),
        ("2024-06-03T10:00:00.123456789+01:00", "2024-06-03T10:00:00+01:00"),
        ("2024-06-03T10:00:00-0330", "2024-06-03T10:00:00-03:30"),
        ("2024-06-03 10:00:00 UTC", "2024-06-03T10:00:00+00:00"),
        ("20240603", "2024-06-03"),
        ("2024/06/03", "2024-06-03"),
        # RFC 822 and what feeds make of it.
        ("Mon, 03 Jun 2024 10:00:00 GMT", "2024-06-03T10:00:00+00:00"),
        ("Mon, 03 Jun 2024 10:00:00 +0100", "2024-06-03T10:00:00+01:00"),
        ("Mon, 03 Jun 2024 10:00:00 BST", "2024-06-03T10:00:00+01:00"),
        ("Mon, 03 Jun 2024 10:00:00 IST", "2024-06-03T10:00:00+01:00"),
        ("Mon, 03 Jun 2024 10:00:00 CET", "2024-06-03T10:00:00+01:00"),
        ("Mon, 03 Jun 2024 10:00:00 CEST", "2024-06-03T10:00:00+02:00"),
        ("Mon, 03 Jun 2024 10:00:00 EDT", "2024-06-03T10:00:00-04:00"),
        ("Mon, 03 Jun 2024 10:00:00 ACST", "2024-06-03T10:00:00+09:30"),
        ("Mon, 03 Jun 2024 10:00:00 NOWHERE", "2024-06-03T10:00:00"),
        ("3 Jun 24 09:39 GMT", "2024-06-03T09:39+00:00"),
        ("Monday, 3rd June 2024 at 2:30pm", "2024-06-03T14:30"),
        ("June 3, 2024 12:05 am", "2024-06-03T00:05"),
        ("Mon Jun  3 10:00:00 BST 2024", "2024-06-03T10:00:00+01:00"),
        ("Mon Jun 03 2024 10:00:00 GMT+0100 (British Summer Time)", "2024-06-03T10:00:00+01:00"),
        ("Published: 3 Jun 2024 10.30 BST", "2024-06-03T10:30+01:00"),
        ("10:15, 3 June 2024", "2024-06-03T10:15"),
        # Other languages of the listed sources.
        ("12. März 2024", "2024-03-12"),
        ("1er août 2023", "2023-08-01"),
        ("3 de junho de 2023", "2023-06-03"),
        ("15 gennaio 2024", "2024-01-15"),
        ("03.06.2024", "2024-06-03"),
        # Day and month can only be told apart when one of them cannot be a month.
        ("31/12/2023", "2023-12-31"),
        ("12/31/2023", "2023-12-31"),
        ("05/05/2024", "2024-05-05"),
        ("03/04/2024", None),
        # Seconds and milliseconds since 1970.
        ("1711929600", "2024-04-01T00:00:00+00:00"),
        ("1711929600000", "2024-04-01T00:00:00+00:00"),
        ("9999999999", None),
        # What does not exist, is not whole or is not believable.
        ("0000-00-00", None),
        ("0000-00-00T00:00:00Z", None),
        ("2024-13-45", None),
        ("2023-02-29T10:00:00Z", None),
        ("2024-06-03T25:00:00Z", None),
        ("2024-06-03T10:00:00+99:00", None),
        ("99999-01-01", None),
        ("2999-01-01", None),
        ("1969-12-31", None),
        ("2024-06-13", None),
        ("2024-06-12", "2024-06-12"),
        ("9999-12-31T23:59:59-12:00", None),
        ("2024", None),
        ("June 2024", None),
        ("10:00", None),
        ("yesterday", None),
        ("2 hours ago", None),
        ("3 June", None),
        ("1\N{EN DASH}2 June 2024", None),
        ("3 June 2024 to 5 June 2024", None),
        ("03.06.24", None),
        ("13:30pm 3 June 2024", None),
        ("", None),
        ("3 June 2024" + " " * 50 + "x" * 200, None),
    ],
)
def test_a_date_is_read_exactly_or_not_at_all(text: str, iso: str | None) -> None:
    assert read_date(text, NOW) == iso


@given(MOMENTS)
def test_every_moment_in_a_feeds_form_is_read_as_that_moment(moment: datetime) -> None:
    read = read_date(format_datetime(moment), NOW)
    assert read is not None
    assert instant(read) == moment
    assert read_date(moment.isoformat(), NOW) == moment.isoformat()


@given(MOMENTS)
def test_every_day_in_english_words_is_read_as_that_day(moment: datetime) -> None:
    day = moment.date()
    for form in ("%A %d %B %Y", "%d %b %Y", "%B %d, %Y", "%a, %b %d %Y"):
        assert read_date(f"{day:{form}}", NOW) == day.isoformat()
        assert find_date(f"Posted by the newsdesk on {day:{form}} in News", NOW) == day.isoformat()


@given(st.text() | st.from_regex(r"[0-9A-Za-z:,./+\- ]{0,40}", fullmatch=True))
def test_whatever_is_read_is_believable_and_reads_as_itself(text: str) -> None:
    for read in (read_date(text, NOW), find_date(text, NOW)):
        if read is not None:
            assert EARLIEST <= instant(read) <= NOW + LEEWAY
            assert read_date(read, NOW) == read


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Posted by Newsdesk | 3 June 2024 | 4 comments", "2024-06-03"),
        ("By 2030, says the report of 28 May 2024", "2024-05-28"),
        ("From 31/05/2024 10:00", "2024-05-31"),
        ("Reference 20240603-77", None),
        ("On 03/04/2024", None),
        ("Call 0800 1111 or 2024 1234", None),
        ("In June 2024", None),
    ],
)
def test_a_date_is_found_within_a_text(text: str, iso: str | None) -> None:
    assert find_date(text, NOW) == iso


def test_dates_of_any_precision_can_be_compared() -> None:
    texts = ["2024-06", "2024-06-02", "2024-06-02T01:30", "2024-06-02T03:00+01:00"]
    moments = [instant(text) for text in texts]
    assert moments == sorted(moments)
    assert moments[0].date() == date(2024, 6, 1)
