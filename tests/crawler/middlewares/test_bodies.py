"""A transfer that is stopped for want of room, and what its time-out makes of it."""

import asyncio

import pytest
from scrapy.http import Request
from scrapy.utils.test import get_crawler
from twisted.internet.task import Clock

from crawler.middlewares.bodies import Bodies, Tap, bodies_of
from crawler.room import EXPECTED

MIB = 1024 * 1024


class Line:
    """A connection that notes whether it is read from."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.notes.append("stopped")

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.notes.append("read")


def small_room() -> Bodies:
    """Room for one body of the largest size, and for two of the usual one beside it."""
    most = 10 * MIB
    settings = {"DOWNLOAD_MAXSIZE": most, "NEWSWARD_BODY_ROOM": most + 2 * EXPECTED}
    return bodies_of(get_crawler(settings_dict=settings))


async def begun(bodies: Bodies, declared: int | None) -> tuple[Request, Line]:
    """A transfer whose head has come."""
    request, line = Request("https://news.example/"), Line()
    transfer = await bodies.begin(request)
    transfer.begins(Tap(line, Clock().callLater(30, lambda: None)), declared)
    return request, line


def test_a_body_that_is_declared_large_waits_until_another_has_come() -> None:
    async def crawl() -> None:
        bodies = small_room()
        first, first_line = await begun(bodies, 10 * MIB)
        second, second_line = await begun(bodies, 10 * MIB)
        assert second_line.notes == ["stopped"]
        bodies.end(first, 10 * MIB)
        assert second_line.notes == ["stopped", "read"]
        bodies.end(second, 10 * MIB)
        assert first_line.notes == []

    asyncio.run(crawl())


def test_a_body_of_no_known_length_waits_when_it_outgrows_what_is_expected() -> None:
    async def crawl() -> None:
        bodies = small_room()
        first, _ = await begun(bodies, 10 * MIB)
        second, line = await begun(bodies, None)
        bodies.bytes_received(bytes(EXPECTED), second)
        assert line.notes == []
        bodies.bytes_received(b"x", second)
        assert line.notes == ["stopped"]
        bodies.end(first, 0)
        assert line.notes == ["stopped", "read"]

    asyncio.run(crawl())


def test_an_ordinary_body_is_not_stopped_beside_a_large_one() -> None:
    async def crawl() -> None:
        bodies = small_room()
        await begun(bodies, 10 * MIB)
        ordinary, line = await begun(bodies, EXPECTED)
        bodies.bytes_received(bytes(EXPECTED), ordinary)
        assert line.notes == []

    asyncio.run(crawl())


def test_a_body_that_is_declared_without_measure_is_given_what_is_read_of_it() -> None:
    async def crawl() -> None:
        bodies = small_room()
        _, line = await begun(bodies, 1000 * MIB)
        _, ordinary = await begun(bodies, EXPECTED)
        assert line.notes == ordinary.notes == []

    asyncio.run(crawl())


def test_nothing_is_asked_for_while_there_is_no_room_for_the_answer() -> None:
    async def crawl() -> None:
        bodies = small_room()
        large, _ = await begun(bodies, 10 * MIB)
        for _ in range(2):
            await begun(bodies, None)
        third = asyncio.create_task(begun(bodies, None))
        await asyncio.sleep(0)
        assert not third.done()
        bodies.end(large, 0)
        await third

    asyncio.run(crawl())


def test_who_gives_up_waiting_is_in_nobodys_way() -> None:
    async def crawl() -> None:
        bodies = small_room()
        large, _ = await begun(bodies, 10 * MIB)
        waiting = asyncio.create_task(bodies.take(Request("https://news.example/"), 10 * MIB))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await begun(bodies, None)
        bodies.end(large, 0)

    asyncio.run(crawl())


def test_the_time_out_counts_while_a_body_is_read_and_not_while_it_waits() -> None:
    clock, line = Clock(), Line()
    ended: list[str] = []
    tap = Tap(line, clock.callLater(30, ended.append, "timeout"))
    clock.advance(20)
    tap.close()
    clock.advance(3600)
    tap.open()
    assert line.notes == ["stopped", "read"]
    clock.advance(9)
    assert ended == []
    clock.advance(1)
    assert ended == ["timeout"]


def test_a_transfer_that_is_over_is_neither_stopped_nor_set_going() -> None:
    clock, line = Clock(), Line()
    tap = Tap(line, clock.callLater(30, lambda: None))
    clock.advance(30)
    tap.close()
    tap.open()
    assert line.notes == []


def test_both_handlers_of_a_crawl_share_its_room_and_no_other_crawl_does() -> None:
    crawler = get_crawler()
    assert bodies_of(crawler) is bodies_of(crawler)
    assert bodies_of(crawler) is not bodies_of(get_crawler())
