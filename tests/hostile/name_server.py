"""A name server of the test's own, in the place of the system's."""

import socket
from typing import Any


def install(names: dict[str, list[list[str]]]) -> None:
    """Answer for these names, before Twisted is imported: it keeps the function that it finds.

    A name has a list of answers, each a list of addresses: the second time it is asked for, the
    second one is given, and so on to the last.
    """
    system = socket.getaddrinfo
    asked: dict[str, int] = {}

    def getaddrinfo(host: str | bytes | None, port: object, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - as socket has it
        name = host.decode("ascii") if isinstance(host, bytes) else host or ""
        if name not in names:
            return system(host, port, *more, **named)
        answers = names[name]
        asked[name] = asked.get(name, -1) + 1
        return [
            info
            for number in answers[min(asked[name], len(answers) - 1)]
            for info in system(number, port, *more, **named)
        ]

    socket.getaddrinfo = getaddrinfo
