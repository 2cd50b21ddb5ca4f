"""A web that lies, stalls and floods: one server on loopback, its sites told apart by Host."""

import contextlib
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HTML = "Content-Type: text/html; charset=utf-8"
# Longer than any test runs: whoever waits so long for the crawler has been left hanging by it.
PATIENCE = 60.0


@dataclass(kw_only=True)
class Exchange:
    """One request that reached the hostile web, and the socket to answer it on."""

    host: str
    path: str
    headers: dict[str, str]
    connection: socket.socket
    web: "HostileWeb"

    def send(self, data: bytes) -> None:
        """Send bytes, counting those that are no headers of ours by path."""
        self.connection.sendall(data)
        self.web.sent[self.host + self.path] += len(data)

    def answer(
        self, status: str, *headers: str, body: bytes = b"", length: int | None = None
    ) -> None:
        """Send a well-formed answer; `length` declares another Content-Length than the true one."""
        declared = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status}", *map(self.web.filled, headers)]
        lines += [f"Content-Length: {declared}", "Connection: close"]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self.send(body)

    def start(self, *lines: str) -> None:
        """Send a head as it is written, without a length."""
        self.connection.sendall("\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("latin-1"))

    def page(self, text: str = "An invented page.") -> None:
        """Send a small good page."""
        body = f"<html><title>Invented</title><p>{text}</p></html>".encode()
        self.answer("200 OK", HTML, body=body)

    def until_they_leave(self) -> bool:
        """Wait until the crawler hangs up; False when it had not done so in a minute."""
        self.connection.settimeout(PATIENCE)
        with contextlib.suppress(TimeoutError):
            self.connection.recv(1)
            return True
        return False


Route = Callable[[Exchange], None]


@dataclass(kw_only=True)
class HostileWeb:
    """All sites of the hostile web: one server, told apart by the Host that is asked for."""

    port: int = 0
    forbidden_port: int = 0
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)

    def url(self, place: str) -> str:
        """The address of `host/path`, host without `.localhost`."""
        host, _, path = place.partition("/")
        return f"http://{host}.localhost:{self.port}/{path}"

    def filled(self, line: str) -> str:
        """A header with the good site in the place of GOOD, and the port of FORBIDDEN."""
        good = f"good.localhost:{self.port}"
        return line.replace("GOOD", good).replace("FORBIDDEN", str(self.forbidden_port))

    def paths_asked(self, host: str) -> list[str]:
        """What was asked of a host, in order."""
        return [path for name, path, _ in self.asked if name == host]

    def handle(self, connection: socket.socket) -> None:
        """Read one request and give it to its route."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(65536)
            if not data:
                return
            head += data
            if head.startswith(b"\x16"):  # the first byte of a TLS handshake
                connection.sendall(b"HTTP/1.1 400 This is plain HTTP\r\n\r\n")
                return
        first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        host = headers.get("host", "").partition(":")[0].removesuffix(".localhost")
        path = first.split(" ")[1]
        self.asked.append((host, path, headers))
        exchange = Exchange(host=host, path=path, headers=headers, connection=connection, web=self)
        asked_for = path.partition("?")[0]
        route = self.routes.get(f"{host}{asked_for}") or self.routes.get(f"{host}/*")
        if route is None or (path == "/robots.txt" and f"{host}/robots.txt" not in self.routes):
            exchange.answer("404 Not Found", "Content-Type: text/plain")
            return
        route(exchange)


@contextlib.contextmanager
def serving(host: str = "127.0.0.1", port: int = 0) -> Iterator[HostileWeb]:
    """A hostile web that answers on loopback while the context lasts."""
    hostile = HostileWeb(routes={"good/*": lambda exchange: exchange.page()})

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(PATIENCE)
            # The client goes away in the middle: that is what these sites are for.
            with contextlib.suppress(OSError):
                hostile.handle(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True
        request_queue_size = 128

    with Server((host, port), Handler) as server:
        hostile.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield hostile
        server.shutdown()


@dataclass(kw_only=True)
class Forbidden:
    """A port on loopback that nobody may connect to, and the connections that came anyway."""

    port: int
    connections: list[str] = field(default_factory=list)


@contextlib.contextmanager
def listening() -> Iterator[Forbidden]:
    """A listener on loopback, IPv4 and IPv6 where there is any, that counts who comes."""
    listeners = [socket.create_server(("127.0.0.1", 0))]
    target = Forbidden(port=listeners[0].getsockname()[1])
    with contextlib.suppress(OSError):  # no IPv6 on this machine
        listeners.append(socket.create_server(("::1", target.port), family=socket.AF_INET6))

    def count(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, peer = listener.accept()
                target.connections.append(str(peer))
                connection.close()

    for listener in listeners:
        threading.Thread(target=count, args=(listener,), daemon=True).start()
    yield target
    for listener in listeners:
        listener.close()
