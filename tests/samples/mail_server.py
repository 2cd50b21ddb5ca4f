"""A real mail server on loopback that leaves nothing open when it ends."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from aiosmtpd.smtp import SMTP


@contextlib.contextmanager
def mail_server(handler: object, **more: Any) -> Iterator[int]:  # noqa: ANN401 - what aiosmtpd takes
    """Serve mail to a handler of aiosmtpd; gives the port."""
    loop = asyncio.new_event_loop()
    met: list[SMTP] = []

    def protocol() -> SMTP:
        met.append(SMTP(handler, loop=loop, **more))
        return met[-1]

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield int(server.sockets[0].getsockname()[1])
    asyncio.run_coroutine_threadsafe(_end(server, met), loop).result(timeout=60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=60)
    loop.close()


async def _end(server: asyncio.Server, met: list[SMTP]) -> None:
    server.close()
    for one in met:
        if one.transport is not None:
            one.transport.abort()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # A transport that closes lets go of its socket some turns of the loop later; one that is never
    # let go of is found as a leak in whichever test the garbage is collected.
    for _ in range(20):
        await asyncio.sleep(0)
