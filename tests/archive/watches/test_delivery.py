"""Mails go to a real mail server: encrypted, logged in, or not at all; nothing is lost."""

import datetime as dt
import os
import ssl
import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from filelock import FileLock
from watching import Desk, Inbox, authenticate
from web_hook import Hook

from archive.errors import ConfigurationError
from archive.watches.delivery import MailServer, mail_server

TO = "mail:lead@school.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented mail server")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def locked_inbox(
    serve: Callable[..., int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Inbox:
    """A mail server that takes mails over STARTTLS and from whoever has logged in alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box = Inbox()
    port = serve(
        box,
        context=context,
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    )
    monkeypatch.setenv("NEWSWARD_SMTP", f"smtp://crawl:p%40ss%2Fword@127.0.0.1:{port}")
    monkeypatch.setenv("NEWSWARD_MAIL_FROM", "newsward@school.example")
    return box


def test_a_mail_goes_over_starttls_with_user_and_password(
    desk: Desk, locked_inbox: Inbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    desk.add("law", "law", TO)
    desk.bring("A law")
    done = desk.run("run", "law")
    assert (done.exit_code, done.stderr) == (0, "")
    assert locked_inbox.was_encrypted == [True]


def test_a_certificate_that_nobody_vouches_for_stops_the_mail(
    desk: Desk, locked_inbox: Inbox
) -> None:
    desk.add("law", "law", TO)
    desk.bring("A law")
    done = desk.run("run", "law")
    assert done.exit_code == 4
    assert "certificate verify failed" in done.stderr
    assert locked_inbox.mails == []


def test_a_wrong_password_is_said_and_not_shown(
    desk: Desk, locked_inbox: Inbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    told = os.environ["NEWSWARD_SMTP"].replace("p%40ss", "wrong")
    monkeypatch.setenv("NEWSWARD_SMTP", told)
    desk.add("law", "law", TO)
    desk.bring("A law")
    done = desk.run("run", "law")
    assert "user or password was refused" in done.stderr
    assert "wrong" not in done.output
    assert locked_inbox.mails == []


def test_without_starttls_nothing_is_sent_to_another_machine() -> None:
    # Whether a server is another machine is all that decides; no test can reach one.
    server = MailServer(host="mail.school.example", port=587, sender="a@school.example")
    assert not server.is_local
    assert all(
        MailServer(host=host, port=25, sender="a@school.example").is_local
        for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1")
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [("451 try later", "it answered 451"), ("554 no", "it answered 554")],
)
def test_a_mail_that_is_refused_waits_and_goes_out_later(
    desk: Desk, inbox: Inbox, answer: str, said: str
) -> None:
    desk.add("law", "law", TO)
    desk.bring("A law")
    inbox.refuse = answer
    failed = desk.run("run", "law")
    assert said in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    (watch,) = desk.list()
    assert (watch["failures"], watch["waiting"]) == (1, 1)
    inbox.refuse = None
    assert desk.run("run").exit_code == 0
    assert len(inbox.mails) == 1


def test_an_address_that_the_server_does_not_know_is_named(desk: Desk, inbox: Inbox) -> None:
    desk.add("law", "law", "mail:nobody@school.example")
    desk.add("other", "law", TO)
    desk.bring("A law")
    done = desk.run("run", "law", "other")
    assert done.exit_code == 3
    assert "it takes no mail for nobody@school.example" in done.stderr
    assert len(inbox.mails) == 1, "one watch that fails stops no other"


def test_a_server_that_is_not_there_is_said_in_one_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSWARD_SMTP", "smtp://127.0.0.1:1")
    monkeypatch.setenv("NEWSWARD_MAIL_FROM", "newsward@school.example")
    desk.add("law", "law", TO)
    desk.bring("A law")
    done = desk.run("run", "law")
    assert "127.0.0.1, port 1: cannot be reached (Connection refused)" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "NEWSWARD_SMTP is not set"),
        ({"NEWSWARD_SMTP": "mail.example:587"}, "no address of a mail server"),
        ({"NEWSWARD_SMTP": "smtp://me:secret@[mail"}, "no address of a mail server"),
        ({"NEWSWARD_SMTP": "smtp://me:secret@mail.example:x"}, "no address of a mail server"),
        ({"NEWSWARD_SMTP": "smtp://mail.example"}, "NEWSWARD_MAIL_FROM is not a mail address"),
    ],
)
def test_settings_that_cannot_be_used_are_said_without_the_password(
    environ: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as failed:
        mail_server(environ)
    assert "secret" not in str(failed.value)


def test_the_port_follows_from_how_the_server_is_spoken_to() -> None:
    told = {"NEWSWARD_MAIL_FROM": "a@b.example"}
    plain = mail_server({**told, "NEWSWARD_SMTP": "smtp://mail.example"})
    at_once = mail_server({**told, "NEWSWARD_SMTP": "smtps://u:p%20w@mail.example"})
    assert (plain.port, plain.at_once, plain.user) == (587, False, None)
    assert (at_once.port, at_once.at_once, at_once.password) == (465, True, "p w")


@pytest.mark.slow
@pytest.mark.parametrize(("step", "posted"), [("decided", 1), ("sent", 2)])
def test_a_round_that_is_killed_loses_nothing_and_doubles_no_atom_entry(
    desk: Desk, hook: Hook, step: str, posted: int
) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.add("file", "law", "atom")
    desk.bring("A law", "Another law")
    for name in ("file", "law"):
        killed = subprocess.run(
            [
                *(sys.executable, "-c", "from crawler.cli import main; main()"),
                *("watch", "run", name, "--archive", str(desk.path)),
            ],
            env={**os.environ, "NEWSWARD_WATCH_FAILPOINT": step},
            check=False,
        )
        assert killed.returncode == -9
    assert [watch["waiting"] for watch in desk.list()] == [1, 1]
    assert desk.run("run").exit_code == 0
    assert [watch["sent"] for watch in desk.list()] == [2, 2]
    # Killed after it was sent, the same goes out under the same name: who receives it can tell.
    assert len(hook.posted) == posted
    assert len({told["id"] for told in hook.posted}) == 1
    assert (desk.path.parent / "file.atom").read_text("utf-8").count("<entry>") == 2
    assert "nothing new" in desk.run("run", "law").output


def test_two_rounds_at_once_send_nothing_twice(desk: Desk, hook: Hook) -> None:
    desk.add("law", "law", f"webhook:{hook.url}")
    desk.bring("A law")
    with FileLock(desk.path.with_name("archive.db.watches.lock")):
        done = desk.run("run", "law")
    assert done.exit_code == 5
    assert "another newsward is sending its watches" in done.stderr
    assert hook.posted == []
