"""The server listens on this machine, beyond it only when that is safe, and says in one sentence why it cannot."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import trustme
from sqlalchemy import Engine

from models.exits import Exit
from review.serve import BadSetting, PortInUse, Refused, check_pair, front, listen
from tests.conftest import ROOT
from tests.review.logins import account, enter

pytestmark = pytest.mark.usefixtures("quick_hash")

ORIGIN = "https://desk.example.org"
ANYWHERE = "0.0.0.0"  # noqa: S104 (whether it is refused is what is tested)


@pytest.mark.parametrize("host", ["example.com", "127.0.0.2", "", "*", "300.1.1.1"])
def test_what_is_no_address_of_this_machine_is_refused(host: str) -> None:
    """Bad input: names, and loopback addresses that browsers do not know this machine by."""
    with pytest.raises(Refused):
        listen(host, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("host", [ANYWHERE, "::", "192.168.1.1"])
@pytest.mark.parametrize(
    ("accounts", "tls", "proxies", "origin", "missing"),
    [
        (False, False, "", "", ["an account", "--tls-cert", "KHABAR_REVIEW_ORIGIN"]),
        (False, True, "", ORIGIN, ["an account"]),
        (False, False, "10.0.0.5", ORIGIN, ["an account"]),
        (True, False, "", ORIGIN, ["--tls-cert"]),
        (True, False, "10.0.0.5", "", ["KHABAR_REVIEW_ORIGIN"]),
        (True, True, "", ORIGIN, []),
        (True, False, "10.0.0.0/24, ::1", ORIGIN, []),
    ],
)
def test_beyond_this_machine_all_must_be_safe(
    engine: Engine, host: str, accounts: bool, tls: bool, proxies: str, origin: str, missing: list[str]
) -> None:
    """Without accounts whoever reaches the page may decide, and without TLS whoever listens in: both are refused, with
    exit code 6, in a sentence that names all that is missing."""
    if accounts:
        account(engine, "ana")
    if not missing:
        assert front(host, 8443, origin, proxies, tls=tls, on=engine).origin == ORIGIN
        return
    with pytest.raises(Refused) as refused:
        front(host, 8443, origin, proxies, tls=tls, on=engine)
    assert refused.value.exit_code == Exit.PORT
    named = {"an account", "--tls-cert", "KHABAR_REVIEW_ORIGIN"}
    assert {name for name in named if name in str(refused.value)} == set(missing)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_proxy_on_this_machine_needs_accounts_too(engine: Engine) -> None:
    """Listening on loopback behind a proxy is reached by others; without a proxy it is this machine alone."""
    assert front("127.0.0.1", 8080, "", "", tls=False, on=engine).alone
    with pytest.raises(Refused, match="an account"):
        front("127.0.0.1", 8080, ORIGIN, "127.0.0.1", tls=False, on=engine)
    account(engine, "ana")
    assert not front("127.0.0.1", 8080, ORIGIN, "127.0.0.1", tls=False, on=engine).alone
    assert front("::1", 8443, "", "", tls=True, on=engine).secure
    assert front("10.0.0.1", 8443, "", "", tls=True, on=engine).origin == "https://10.0.0.1:8443"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("origin", "proxies"),
    [("http://desk.example.org", ""), ("https://desk.example.org/path", ""), ("desk", ""), ("https://a@b", ""),
     ("", "desk"), ("", "10.0.0.5/8"), ("", "10.0.0.5;10.0.0.6")],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence(engine: Engine, origin: str, proxies: str) -> None:
    """Bad input: exit code 3, before anything listens."""
    with pytest.raises(BadSetting, match="KHABAR_REVIEW_") as wrong:
        front("127.0.0.1", 8080, origin, proxies, tls=False, on=engine)
    assert wrong.value.exit_code == Exit.CONFIG


def test_certificates_that_do_not_fit_are_one_sentence(tmp_path: Path) -> None:
    """Bad input: half a pair, a missing file, another certificate's key, no certificate at all."""
    one, other = (trustme.CA().issue_cert("desk.example.org") for _ in range(2))
    cert, key, foreign = tmp_path / "c.pem", tmp_path / "k.pem", tmp_path / "f.pem"
    one.cert_chain_pems[0].write_to_path(cert)
    one.private_key_pem.write_to_path(key)
    other.private_key_pem.write_to_path(foreign)
    check_pair(None, None)
    check_pair(cert, key)
    for pair in ((cert, None), (None, key), (cert, foreign), (tmp_path / "x", key), (key, cert)):
        with pytest.raises(BadSetting):
            check_pair(*pair)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_serves_a_network_over_tls(khabar_env: dict[str, str], engine: Engine, tmp_path: Path) -> None:
    """The whole command on all addresses: refused without an account, then TLS, login, a cookie for this host alone."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    cert, key, root = tmp_path / "c.pem", tmp_path / "k.pem", tmp_path / "root.pem"
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(root)
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "khabar.cli", "review", "--host", ANYWHERE, "--port", str(port),
               "--tls-cert", str(cert), "--tls-key", str(key)]  # fmt: skip
    environment = {**os.environ, "KHABAR_REVIEW_ORIGIN": f"https://localhost:{port}"}
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == Exit.PORT
    assert refused.stderr.count("\n") == 1
    account(engine, "ana")
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = f"https://localhost:{port}"
            assert f"{address}/ " in line
            with httpx.Client(base_url=address, verify=ssl.create_default_context(cafile=root)) as client:
                closed = client.get("/", follow_redirects=False)
                assert (closed.status_code, closed.headers["location"]) == (303, "/login")
                assert closed.headers["strict-transport-security"] == "max-age=31536000"
                client.headers["Origin"] = address
                entered = enter(client, "ana")
                assert entered.status_code == 303
                cookie = entered.headers["set-cookie"]
                assert cookie.startswith("__Host-khabar=")
                assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
                assert client.get("/").status_code == 200
                assert client.get("/", headers={"Host": f"127.0.0.1:{port}"}).status_code == 400
        finally:
            process.kill()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_in_use_is_one_sentence(host: str) -> None:
    """Bad input: the second server says which port, and what to do."""
    with listen(host, 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortInUse, match=f"^port {port} on {host} is in use: choose another with --port"):
            listen(host, port)


def test_an_ended_server_frees_its_port() -> None:
    """Starting again at once works, though old connections linger."""
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            first.accept()[0].close()
    listen("127.0.0.1", port).close()


def test_it_serves_and_ends_on_ctrl_c(khabar_env: dict[str, str]) -> None:
    """The real server in a process of its own: prints its address, answers there, ends by itself on Ctrl-C."""
    command = [sys.executable, "-c", "from review.serve import serve; serve('127.0.0.1', 0)"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:[0-9]+/", line)
            assert address, line + process.stderr.read()
            answer = httpx.get(address[0], timeout=20)
            assert answer.status_code == 200
            assert "Nothing has been collected yet" in answer.text
            process.send_signal(signal.SIGINT)
            process.wait(15)
            assert "/decisions" not in process.stdout.read()
        finally:
            process.kill()
