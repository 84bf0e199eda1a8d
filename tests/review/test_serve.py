"""The server listens on this machine alone, and says in one sentence why it cannot."""

import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from review.serve import PortInUse, Refused, listen
from tests.conftest import ROOT


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.com", "127.0.0.2", "", "10.0.0.1", "*"])  # noqa: S104
def test_other_addresses_are_refused(host: str) -> None:
    """Without accounts whoever reaches the page may decide: it is never offered to a network."""
    with pytest.raises(Refused, match="this machine only"):
        listen(host, 0)


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
