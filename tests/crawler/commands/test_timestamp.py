"""`newsward timestamp` against a timestamp authority made with openssl, on this machine."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import NOW, SOURCE, begin, query
from sqlite_utils import Database

from archive.run_rows import manifest_hash
from archive.seals import seal_everything
from archive.store import Archive
from archive.timestamps import NotProvedError, nonce_of, proved_time, request_for
from crawler.cli import newsward

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl, the program")

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

COMMANDS = """
req -x509 {new} -keyout {here}/ca.key -out {here}/ca.pem -subj /CN=R -config {config} -extensions ca
req {new} -keyout {here}/tsa.key -out {here}/tsa.csr -subj /CN=Invented-authority -config {config}
x509 -req -in {here}/tsa.csr -out {here}/tsa.pem -CA {here}/ca.pem -CAkey {here}/ca.key \
-CAcreateserial -extfile {config} -extensions stamping
"""


def openssl(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(OPENSSL), *map(str, arguments)], capture_output=True, check=False, timeout=60
    )


class Authority:
    """A certificate of its own, and one below it that may sign timestamps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        config = folder / "openssl.cnf"
        config.write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        for command in COMMANDS.strip().splitlines():
            done = openssl(*command.format(new=NEW_KEY, here=folder, config=config).split())
            assert done.returncode == 0, done.stderr.decode()
        self.roots = folder / "ca.pem"

    def answer(self, request: bytes) -> bytes:
        asked, answered = self.folder / "asked.tsq", self.folder / "answered.tsr"
        asked.write_bytes(request)
        done = openssl(
            *("ts", "-reply", "-config", self.folder / "openssl.cnf"),
            *("-queryfile", asked, "-out", answered),
        )
        assert done.returncode == 0, done.stderr.decode()
        return answered.read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "one")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "other")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command in a folder with an archive of two runs."""
    monkeypatch.chdir(tmp_path)
    with Archive(tmp_path / "archive.db") as archive:
        archive.sync_sources([SOURCE], now=NOW)
        for _ in range(2):
            archive.finish_run(begin(archive), status="finished", now=NOW)

    def call(command: str, *arguments: object) -> Result:
        return CliRunner().invoke(newsward, [command, *map(str, arguments)])

    return call


@pytest.fixture
def stamped(run: Callable[..., Result], authority: Authority) -> Callable[..., Result]:
    """The same, and the authority has stamped the second run."""
    assert run("timestamp", "--request", "run.tsq", "--ca", authority.roots).exit_code == 0
    Path("run.tsr").write_bytes(authority.answer(Path("run.tsq").read_bytes()))
    kept = run("timestamp", "run.tsr")
    assert kept.exit_code == 0, kept.output
    assert kept.stderr.startswith("Run 2 and all before it stood so at 20")
    return run


def test_a_timestamp_is_kept_whole_listed_and_verified(
    stamped: Callable[..., Result], tmp_path: Path
) -> None:
    (row,) = json.loads(stamped("timestamp", "--json").stdout)
    assert (row["run"], row["authority"]) == (2, None)
    ((request, response),) = query(
        tmp_path / "archive.db", "SELECT request, response FROM timestamps"
    )
    assert request == Path("run.tsq").read_bytes()
    assert response == Path("run.tsr").read_bytes()
    verified = stamped("verify")
    assert verified.exit_code == 0, verified.output


def test_plain_openssl_verifies_what_was_exported_and_nothing_else(
    stamped: Callable[..., Result],
) -> None:
    exported = stamped("timestamp", "--export", "proof")
    assert exported.exit_code == 0, exported.output
    os.chdir("proof")
    command = exported.stdout.split()
    assert command[0] == "openssl"
    good = openssl(*command[1:])
    assert good.returncode == 0, good.stderr.decode()
    assert b"Verification: OK" in good.stdout + good.stderr
    also = openssl(
        "ts", "-verify", "-queryfile", "run-2.tsq", "-in", "run-2.tsr", "-CAfile", "run-2.pem"
    )
    assert also.returncode == 0, also.stderr.decode()
    Path("run-2.txt").write_text("0" * 64 + "\n")
    assert openssl(*command[1:]).returncode != 0


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE runs SET manifest_hash = '0' WHERE id = 2", "another manifest hash than the one"),
        ("UPDATE timestamps SET manifest_hash = '0'", "another manifest hash than the one"),
        ("UPDATE timestamps SET nonce = '1'", "request is not the one that was sent"),
        ("UPDATE timestamps SET stamped_at = '2020-01-01T00:00:00Z'", "not 2020-01-01T00:00:00Z"),
        ("UPDATE timestamps SET request = x'3000'", "request is not the one that was sent"),
        ("UPDATE timestamps SET response = x'00'", "it is no answer of a timestamp authority"),
        ("UPDATE timestamps SET run_id = 1", "another manifest hash than the one"),
        ("UPDATE timestamps SET roots = 'none'", "no certificate in PEM form"),
    ],
)
def test_a_timestamp_that_does_not_fit_its_run_is_a_fault(
    stamped: Callable[..., Result], tmp_path: Path, harm: str, said: str
) -> None:
    query(tmp_path / "archive.db", harm)
    result = stamped("verify", "--sample", "0")
    assert result.exit_code == 6, result.output
    assert said in result.stdout


def test_who_forges_the_log_with_all_its_seals_is_told_by_the_timestamp(
    stamped: Callable[..., Result], tmp_path: Path
) -> None:
    """The chain and the seals alone can be made anew by anybody who can write the file."""
    db = Database(tmp_path / "archive.db")
    db.execute("DELETE FROM timestamps WHERE 0")
    first = manifest_hash(db, 1, "forged")
    db.execute("UPDATE runs SET manifest_hash = ? WHERE id = 1", [first])
    second = manifest_hash(db, 2, first)
    db.execute("UPDATE runs SET previous_hash = ?, manifest_hash = ? WHERE id = 2", [first, second])
    db.execute("UPDATE timestamps SET manifest_hash = ?", [second])
    seal_everything(db)
    db.conn.commit()
    db.close()
    result = stamped("verify", "--sample", "0")
    assert result.exit_code == 6
    assert "timestamp 1 over run 2" in result.stdout


def test_every_flipped_byte_of_an_answer_that_changes_what_is_signed_is_found(
    authority: Authority,
) -> None:
    request = request_for("a" * 64)
    answer = authority.answer(request.der)
    facts = {
        "manifest_hash": "a" * 64,
        "nonce": request.nonce,
        "roots": authority.roots.read_text(),
    }
    time = proved_time(answer, **facts)
    for place, bit in product(range(len(answer)), (0x01, 0x80)):
        flipped = bytearray(answer)
        flipped[place] ^= bit
        with suppress(NotProvedError):
            # What is not signed, say the certificate of the root itself, may differ.
            assert proved_time(bytes(flipped), **facts) == time
        with suppress(NotProvedError):
            assert (nonce_of(bytes(flipped)) or "0").lstrip("-").isdigit()


def test_an_answer_for_another_hash_nonce_or_authority_proves_nothing(
    authority: Authority, stranger: Authority
) -> None:
    request = request_for("a" * 64)
    answer = authority.answer(request.der)
    assert nonce_of(answer) == request.nonce
    facts = {
        "manifest_hash": "a" * 64,
        "nonce": request.nonce,
        "roots": authority.roots.read_text(),
    }
    assert proved_time(answer, **facts).endswith("Z")
    for change in (
        {"manifest_hash": "b" * 64},
        {"nonce": "1"},
        {"roots": stranger.roots.read_text()},
        {"roots": None},
    ):
        with pytest.raises(NotProvedError):
            proved_time(answer, **{**facts, **change})


def test_an_answer_that_nobody_asked_for_is_not_kept(
    run: Callable[..., Result], authority: Authority
) -> None:
    Path("other.tsr").write_bytes(authority.answer(request_for("c" * 64).der))
    result = run("timestamp", "other.tsr")
    assert result.exit_code == 2
    assert "it answers no request of this archive" in result.output
    assert json.loads(run("timestamp", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tsa", "ftp://tsa.test/"], "not a web address"),
        (["--request", "run.tsq", "--ca", "none.pem"], "none.pem: cannot be read"),
        (["--request", "run.tsq", "--ca", "archive.db"], "no certificate in PEM form"),
        (["--export", "proof"], "There is no timestamp in this archive yet"),
        (["none.tsr"], "none.tsr: cannot be read"),
        (["none.tsr", "--request", "run.tsq"], "ANSWER goes with no --tsa"),
        (["--archive", "none.db", "--request", "run.tsq"], "there is no archive here"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    run: Callable[..., Result], arguments: list[str], said: str
) -> None:
    before = files()
    result = run("timestamp", *arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert files() == before
    assert json.loads(run("timestamp", "--json").stdout) == []


def files() -> set[Path]:
    # SQLite makes two beside the archive to read it.
    return {path for path in Path().iterdir() if path.suffix not in {".db-wal", ".db-shm"}}


@pytest.fixture
def address(authority: Authority) -> Iterator[str]:
    """The authority, served over HTTP on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            good = self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.answer(body) if good and self.path == "/tsa" else b""
            self.send_response(200 if answer else 400)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_an_authority_is_asked_over_http_behind_the_address_guard(
    run: Callable[..., Result], address: str, authority: Authority
) -> None:
    def asked(url: str, *more: str) -> subprocess.CompletedProcess[str]:
        code = "from crawler.cli import main; main()"
        command = [sys.executable, "-c", code, "timestamp", "--tsa", url, *more]
        return subprocess.run(
            [*command, "--ca", str(authority.roots)],
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )

    guarded = asked(f"{address}/tsa")
    assert guarded.returncode == 2
    assert "not a public address" in guarded.stderr
    refused = asked(f"{address}/elsewhere", "--allow-private")
    assert refused.returncode == 2
    assert "it answered with status 400" in refused.stderr
    assert json.loads(run("timestamp", "--json").stdout) == []
    good = asked(f"{address}/tsa", "--allow-private")
    assert good.returncode == 0, good.stderr
    (row,) = json.loads(run("timestamp", "--json").stdout)
    assert (row["run"], row["authority"]) == (2, f"{address}/tsa")
    assert run("verify", "--sample", "0").exit_code == 0
