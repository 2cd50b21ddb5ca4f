import socket
from pathlib import Path

import pytest
from hypothesis import settings

CONFTEST = (Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8")


def test_a_connection_that_leaves_the_machine_fails_the_test() -> None:
    # 192.0.2.0/24 and 2001:db8::/32 are for documentation: nobody is there (RFC 5737, RFC 3849).
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock,
        pytest.raises(pytest.fail.Exception, match=r"tried to reach 192\.0\.2\.1 port 80"),
    ):
        sock.connect(("192.0.2.1", 80))
    with (
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock,
        pytest.raises(pytest.fail.Exception, match="tried to reach 2001:db8::1 port 53"),
    ):
        sock.sendto(b"", 0, ("2001:db8::1", 53))


def test_a_name_is_resolved_only_when_it_is_this_machine() -> None:
    with pytest.raises(socket.gaierror, match=r"tests resolve no names, and example\.org is one"):
        socket.getaddrinfo("example.org", 80)
    assert socket.getaddrinfo("localhost", 80)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize(
    ("arguments", "environment", "passed", "skipped"),
    [
        ([], {}, 1, 2),
        (["--slow"], {}, 2, 1),
        (["--slow", "--long"], {}, 3, 0),
        ([], {"NEWSWARD_LONG": "1"}, 2, 1),
    ],
)
def test_slow_and_long_tests_wait_until_they_are_asked_for(
    arguments: list[str],
    environment: dict[str, str],
    passed: int,
    skipped: int,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NEWSWARD_SLOW", "NEWSWARD_LONG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nmarkers =\n    slow: s\n    long: l\n")
    pytester.makepyfile(
        "import pytest\ndef test_a(): pass\n@pytest.mark.slow\ndef test_b(): pass\n"
        "@pytest.mark.long\ndef test_c(): pass\n"
    )
    result = pytester.runpytest_inprocess(*arguments, "-p", "no:randomly", "-p", "no:xdist")
    result.assert_outcomes(passed=passed, skipped=skipped)


def test_hypothesis_never_fails_a_test_for_being_slow() -> None:
    assert settings().deadline is None
