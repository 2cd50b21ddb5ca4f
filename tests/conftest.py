"""What holds for every test: no network but loopback, no slow test unless asked for."""

import ipaddress
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

# Wall time says nothing on a shared machine. Whoever changes one thing must not be told of another
# by chance: the examples are the same at every run, and NEWSWARD_FUZZ=1 looks for new ones.
settings.register_profile("newsward", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("newsward-fuzz", deadline=None, max_examples=300)
settings.load_profile("newsward-fuzz" if os.environ.get("NEWSWARD_FUZZ") else "newsward")

# A shell that runs the tests in the background has them ignore Ctrl-C, and all that they start,
# the commands that tests interrupt too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHOICES = {
    "slow": "it takes seconds to minutes: give --slow (or set NEWSWARD_SLOW=1)",
    "long": "it takes many minutes: give --long (or set NEWSWARD_LONG=1)",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in CHOICES:
        parser.addoption(f"--{name}", action="store_true", help=f"run the tests marked {name} too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for name, reason in CHOICES.items():
        if config.getoption(f"--{name}") or os.environ.get(f"NEWSWARD_{name.upper()}") == "1":
            continue
        for item in items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


def _is_loopback(host: str) -> bool:
    # "" and 0.0.0.0 are this machine, as every system understands them for a connect.
    if host in {"", "0.0.0.0", "::", "localhost"} or host.endswith(".localhost"):  # noqa: S104 - compared, not bound
        return True
    return _is_number(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _guarded(original: Callable[..., object]) -> Callable[..., object]:
    def call(sock: socket.socket, *arguments: object) -> object:
        # The address is the last argument of connect(), connect_ex() and sendto() alike. Those
        # of other families (a Unix socket's path) stay on this machine.
        match arguments[-1]:
            case (str(host), port, *_) if not _is_loopback(host):
                pytest.fail(f"a test tried to reach {host} port {port}: only loopback is allowed")
        return original(sock, *arguments)

    return call


def _resolved(original: Callable[..., object]) -> Callable[..., object]:
    def call(host: str | bytes | None, *arguments: object, **named: object) -> object:
        name = host.decode("ascii") if isinstance(host, bytes) else host or ""
        if not _is_loopback(name) and not _is_number(name):
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names, and {name} is one")
        return original(host, *arguments, **named)

    return call


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse, in this process, every connection and look-up that would leave the machine."""
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    monkeypatch.setattr(socket, "getaddrinfo", _resolved(socket.getaddrinfo))


@pytest.fixture(autouse=True)
def no_settings_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the environment variables of whoever runs the tests that would change what we do."""
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    own = ("NEWSWARD_ARCHIVE", "NEWSWARD_SOURCES", "NEWSWARD_CONTACT", "NEWSWARD_DEBUG")
    for name in (*names, *map(str.upper, names), *own):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of large test data that is no part of the project; skips where it is missing."""
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("NEWSWARD_SHARED") or beside)
    if not folder.is_dir():
        pytest.skip("needs the shared test data: set NEWSWARD_SHARED to its folder")
    return folder
