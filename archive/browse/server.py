"""Serving the archive to a web browser until someone stops it."""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from archive.browse.application import LOOPBACK, NAME, application
from archive.errors import ConfigurationError


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(archive: Path, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is called with the address once it answers.

    Port 0 takes any that is free.

    Raises:
        ArchiveMissingError: there is no archive. Nothing is created.
        ConfigurationError: the host or port cannot be used, or the file is not an archive.
    """
    listener = _listen(host, port)
    try:
        asyncio.run(_serve(archive, host, listener, ready))
    except KeyboardInterrupt:
        # That is how serving ends.
        return
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        # Python adds the address to some of these reasons: it stands here already.
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else error
        raise ConfigurationError(
            f"{host}, port {port}: cannot be used ({reason})."
            " Choose another with --port or --host; --port 0 takes any that is free."
        ) from error


async def _serve(
    archive: Path, host: str, listener: socket.socket, ready: Callable[[str], None]
) -> None:
    # An address that others can reach has names that we cannot know.
    shown = f"[{host}]" if ":" in host else host
    datasette = application(archive, hosts={*LOOPBACK, shown} if is_loopback(host) else None)
    await datasette.invoke_startup()
    server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning"))
    # The socket listens already: a browser that comes now waits a moment and is answered.
    ready(f"http://{shown}:{listener.getsockname()[1]}/{NAME}")
    await server.serve(sockets=[listener])
