"""`khabar users`: accounts and tokens from the command line, as people and scripts type it."""

import json
import os
import pty
import select
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import select as query
from typer.testing import CliRunner, Result

from khabar.cli import app
from models.account import Account
from models.exits import Exit
from models.session import reading
from review import passwords, tokens
from review.roles import Role
from tests.conftest import ROOT
from tests.review.logins import PASSWORD

DECOY = passwords.DECOY
"""The real one, before a fixture makes hashing quick."""

pytestmark = [
    pytest.mark.usefixtures("quick_hash", "khabar_env"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
"""What the commands call runs on both databases in the tests of the door."""


def khabar(*words: str, given: str | None = None) -> Result:
    """`khabar users …`."""
    return CliRunner().invoke(app, ["users", *words], input=given)


def refused(*words: str, given: str | None = None) -> str:
    """The sentence of a command that is a mistake of who typed it."""
    found = khabar(*words, given=given)
    assert getattr(found.exception, "exit_code", None) == Exit.USAGE, found.output
    return str(found.exception)


def add(name: str, role: str = "reviewer", password: str = PASSWORD) -> Result:
    return khabar("add", name, "--role", role, "--password-file", "-", given=password + "\n")


def test_an_account_from_first_to_last(engine: Engine, tmp_path: Path) -> None:
    """Added, listed, changed, disabled and enabled; the password is kept as argon2id, with a salt for each."""
    assert add("ana", "admin").output == "ana may enter, as admin.\n"
    assert add("rahim", "reader").exit_code == 0
    with reading(engine) as connection:
        hashes = connection.execute(query(Account.password_hash)).scalars().all()
    assert len({*hashes}) == 2
    assert all(kept.startswith("$argon2id$v=19$") and PASSWORD not in kept for kept in hashes)
    assert khabar("role", "rahim", "reviewer").exit_code == 0
    (tmp_path / "password").write_text("another quiet river\r\nsecond line", encoding="utf-8")
    assert khabar("password", "rahim", "--password-file", str(tmp_path / "password")).exit_code == 0
    assert khabar("disable", "rahim").exit_code == 0
    rows = {row["name"]: row for row in map(json.loads, khabar("list", "--json").output.splitlines())}
    assert [(name, row["role"], row["disabled_at"] is None) for name, row in rows.items()] == [
        ("ana", "admin", True), ("rahim", "reviewer", False),
    ]  # fmt: skip
    assert "password_hash" not in rows["ana"]
    assert khabar("enable", "rahim").exit_code == 0
    with reading(engine) as connection:
        row = connection.execute(query(Account).where(Account.name == "rahim")).one()
    assert row.disabled_at is None
    assert passwords.fits(row.password_hash, "another quiet river")
    assert "rahim" in khabar("list").output


@pytest.mark.parametrize(
    ("password", "says"),
    [("", "12 to 256"), ("short", "12 to 256"), ("x" * 257, "12 to 256"), ("aaaaaaaaaaaaaaaa", "five different"),
     ("my name is ana, fine", "does not contain")],
)  # fmt: skip
def test_weak_passwords_are_refused(engine: Engine, password: str, says: str) -> None:
    """Bad input: no default, none that is short or the name; nothing is stored."""
    assert says in refused("add", "ana", "--role", "admin", "--password-file", "-", given=password + "\n")
    with reading(engine) as connection:
        assert connection.execute(query(Account.id)).all() == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "ana", "--role", "admin"), "give --password-file FILE"),
        (("add", "ana", "--role", "admin", "--password-file", "/nowhere"), "cannot be read"),
        (("add", "ana", "--role", "chief"), "chief is no role: take reader, reviewer, admin"),
        (("add", "local", "--role", "admin"), "take another name"),
        (("add", "Ana<script>", "--role", "admin"), "a name has"),
        (("role", "bob", "admin"), "there is no account bob"),
        (("disable", "bob"), "there is no account bob"),
        (("password", "bob"), "there is no account bob"),
        (("token", "add", "bob"), "there is no account bob"),
        (("token", "add", "ana", "--days", "9999"), "a token holds 1 to 366 days"),
        (("token", "revoke", "7"), "there is no token 7"),
    ],
)
def test_mistakes_are_one_sentence(words: tuple[str, ...], says: str) -> None:
    """Bad input: each with exit code 2."""
    assert says in refused(*words)


def test_one_name_one_account() -> None:
    """I2: adding it again changes nothing."""
    assert add("ana").exit_code == 0
    assert refused("add", "ana", "--role", "admin", "--password-file", "-", given=PASSWORD) == (
        "there is an account ana already"
    )
    assert '"role": "reviewer"' in khabar("list", "--json").output


def test_spellings_of_a_password_are_one() -> None:
    """A Persian keyboard and another send different code points for the same letters."""
    stored = passwords.hashed("é" + PASSWORD, "ana")
    assert passwords.fits(stored, "e\u0301" + PASSWORD)
    assert not passwords.fits(stored, "e" + PASSWORD)


def test_tokens_are_shown_once(engine: Engine) -> None:
    """Made, listed without the token, held by role and time, revoked; the lower of both roles counts."""
    add("ana", "reviewer")
    token = khabar("token", "add", "ana", "--role", "admin", "--days", "2", "--note", "grafana").stdout.strip()
    assert token.startswith("khabar_")
    listed = khabar("token", "list", "--json").output
    assert token.removeprefix("khabar_") not in listed
    row = json.loads(listed)
    assert (row["account"], row["role"], row["note"]) == ("ana", "admin", "grafana")
    assert row["expires_at"][:10] == f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    now = datetime.now(UTC)
    with reading(engine) as connection:
        found = tokens.find(connection, token, now)
        assert found is not None
        assert (found.name, found.role) == ("ana", Role.REVIEWER)
        assert tokens.find(connection, token, now + timedelta(days=3)) is None
        assert tokens.find(connection, token[:-1], now) is None
    assert khabar("token", "revoke", "1").exit_code == 0
    with reading(engine) as connection:
        assert tokens.find(connection, token, now) is None
    assert "there is no token 1" in refused("token", "revoke", "1")


def test_a_terminal_is_asked_twice(engine: Engine) -> None:
    """On a real terminal: what is typed is not shown, and has to be the same twice. What is stored costs what an
    unknown name costs (RFC 9106, second recommended parameters)."""

    def on_terminal(*typed: str) -> tuple[int, str]:
        child, terminal = pty.fork()
        if child == 0:  # pragma: no cover (the other process)
            os.chdir(ROOT)
            os.execv(sys.executable, [sys.executable, "-m", "khabar.cli", "users", "add", "ana", "--role", "admin"])  # noqa: S606
        shown = ""
        answers = list(typed)
        try:
            while select.select([terminal], [], [], 60)[0] and (part := os.read(terminal, 4096).decode()):
                shown += part
                if answers and part.rstrip().endswith(":"):
                    os.write(terminal, f"{answers.pop(0)}\n".encode())
        except OSError:  # the child has closed the terminal
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(terminal)
        return code, shown

    code, shown = on_terminal(PASSWORD, PASSWORD + "x")
    assert (code, "not the same twice" in shown) == (Exit.USAGE, True)
    code, shown = on_terminal(PASSWORD, PASSWORD)
    assert (code, "ana may enter, as admin." in shown) == (0, True)
    assert PASSWORD not in shown
    with reading(engine) as connection:
        stored = connection.execute(query(Account.password_hash)).scalar_one()
    assert stored.split("$")[1:4] == DECOY.split("$")[1:4] == ["argon2id", "v=19", "m=65536,t=3,p=4"]
    assert passwords.fits(stored, PASSWORD)
