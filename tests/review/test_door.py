"""The door over HTTP, on both databases: who is let in, for how long, and what guessing meets."""

import ipaddress
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, func, select

from models.account import LoginSession
from models.review import ReviewDecision
from models.session import reading
from models.tables import metadata
from review import accounts, door, passwords, tokens
from review.app import create_app
from review.desk import Desk
from review.front import Front
from review.routes_login import where_to
from tests.review.logins import PASSWORD, account, enter, log_in
from tests.review.newsroom import Newsroom
from tests.review.rows import NOW, OUTLETS

OTHER = "another quiet river"


pytestmark = pytest.mark.usefixtures("quick_hash")


@dataclass
class Hands:
    """A clock that a test sets."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def on(self, **ahead: float) -> None:
        self.at += timedelta(**ahead)


@pytest.fixture
def clock(engine: Engine, running: tuple[FastAPI, str], address: str) -> Hands:
    """The desk's clock from here on."""
    made = Hands()
    running[0].state.desk = Desk(engine, lambda: OUTLETS, made)
    running[0].state.paces.clear()
    return made


def is_in(client: httpx.Client) -> bool:
    return client.get("/help").status_code == 200


def secret(client: httpx.Client) -> str:
    return client.cookies["khabar"]


def test_the_session_is_new_at_every_login(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """No fixation: a secret that the browser brought along opens nothing, and the one before ends at a new login."""
    client.cookies.set("khabar", "chosen-by-somebody-else", domain="127.0.0.1")
    account(engine, "ana")
    answer = enter(client, "ANA ", there="/?status=all")
    assert answer.headers["location"] == "/?status=all"
    parts = set(answer.headers["set-cookie"].split("; "))
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= parts
    assert not any(part.startswith(("Domain", "Max-Age", "expires")) for part in parts)
    first = answer.cookies["khabar"]
    client.cookies.clear()
    client.cookies.set("khabar", first)
    assert is_in(client)
    assert "ana" in client.get("/").text
    second = enter(client, "ana").cookies["khabar"]
    assert len({first, second, "chosen-by-somebody-else"}) == 3
    for brought, held in (("chosen-by-somebody-else", False), (first, False), (second, True)):
        client.cookies.clear()
        client.cookies.set("khabar", brought)
        assert is_in(client) is held


def test_a_session_ends_by_idleness_and_by_age(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """Idle for 8 hours or 7 days old: over, whatever the browser still keeps."""
    log_in(client, engine, "ana")

    def visit() -> bool:
        held = is_in(client)
        for _ in range(500 if held else 0):  # the visit is noted after the answer
            with reading(engine) as connection:
                if connection.execute(select(func.max(LoginSession.seen_at))).scalar_one() == clock.at:
                    break
            time.sleep(0.02)
        return held

    clock.on(hours=7, minutes=59)
    assert visit()
    clock.on(hours=7, minutes=59)
    assert visit()
    clock.on(hours=8)
    assert not visit()
    assert enter(client, "ana").status_code == 303
    for number in range(1, 25):  # every seven hours
        clock.on(hours=7)
        assert visit() is (number < 24)
    enter(client, "ana")
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(LoginSession)).scalar_one() == 1


def test_log_out_and_everywhere(client: httpx.Client, clock: Hands, engine: Engine, newsroom: Newsroom) -> None:
    """Only a form of ours logs out; the secret then opens nothing, and other browsers stay in until all are ended."""
    log_in(client, engine, "ana")
    mine = secret(client)
    enter(client, "ana")  # the same browser: its session before has ended
    assert client.get("/logout").status_code == 405
    assert client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert is_in(client)
    second = secret(client)
    client.cookies.clear()
    enter(client, "ana")
    third = secret(client)
    out = client.post("/logout")
    assert out.headers["location"] == "/login"
    assert out.headers["clear-site-data"] == '"cache"'
    states = []
    for brought in (mine, second, third):
        client.cookies.clear()
        client.cookies.set("khabar", brought)
        states.append(is_in(client))
    assert states == [False, True, False]
    client.cookies.set("khabar", second)
    assert client.post("/account/logout").status_code == 303
    assert client.post("/decisions", data={"item": f"{newsroom.kunduz}.1.0", "action": "accept"}).status_code == 401
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(LoginSession)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(ReviewDecision)).scalar_one() == 0


def test_what_an_account_may_changes_at_once(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """Another role, another password, disabled: every session ends, and so do tokens of a disabled account."""
    log_in(client, engine, "ana", "admin")
    accounts.set_role(engine, "ana", "reader")
    assert not is_in(client)
    enter(client, "ana")
    token = {"Authorization": f"Bearer {tokens.add(engine, 'ana', 'admin', 1, '', NOW)}"}
    assert client.get("/api/v1/places", headers=token).status_code == 200
    accounts.set_disabled(engine, "ana", NOW)
    assert not is_in(client)
    assert client.get("/api/v1/places", headers=token).status_code == 401
    assert enter(client, "ana").status_code == 403
    accounts.set_disabled(engine, "ana", None)
    assert enter(client, "ana").status_code == 303
    with pytest.raises(accounts.AccountError, match="no account bob"):
        accounts.set_role(engine, "bob", "admin")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_person_changes_the_password(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """Who knows the present one; other sessions end, this browser goes on with a new one."""
    log_in(client, engine, "ana")
    before = secret(client)
    form = {"old": PASSWORD, "new": OTHER, "again": OTHER}
    refused = [{**form, "old": "wrong"}, {**form, "again": "x"}, {**form, "new": "short", "again": "short"},
               {**form, "new": "ana ana ana ana", "again": "ana ana ana ana"}]  # fmt: skip
    codes = [client.post("/account/password", data=wrong).status_code for wrong in refused]
    assert codes == [403, 400, 400, 400]
    assert client.post("/account/password", data=form).headers["location"] == "/account"
    assert is_in(client)
    client.cookies.clear()
    client.cookies.set("khabar", before)
    assert not is_in(client)
    clock.on(minutes=2)
    assert enter(client, "ana").status_code == 403
    assert enter(client, "ana", OTHER).status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_unknown_names_cost_the_same(
    client: httpx.Client, clock: Hands, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody learns who has an account: same answer, same work (the hash that is tried has the same parameters)."""
    account(engine, "ana")
    account(engine, "old")
    accounts.set_disabled(engine, "old", NOW)
    tried: list[str] = []
    real = passwords.HASHER.verify

    class Counted:
        def verify(self, stored: str, password: str) -> bool:
            tried.append(stored.split("$")[3])
            return real(stored, password)

    monkeypatch.setattr(passwords, "HASHER", Counted())
    answers = [enter(client, name, password) for name, password in
               (("ana", "wrong"), ("nobody", "wrong"), ("old", PASSWORD), ("' OR 1=1 --", ""))]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}
    known = zip(answers, ("ana", "nobody", "old"), strict=False)
    pages = [answer.text.replace(f'value="{name}"', "") for answer, name in known]
    assert len(set(pages)) == 1
    assert len(tried) == 4
    assert len(set(tried)) == 1


def test_guessing_is_slowed_down(
    client: httpx.Client, clock: Hands, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Five attempts a minute from an address, also after a restart; the right password then waits as well. Nobody else
    is shut out by it, and logins that succeed do not count."""
    account(engine, "ana")
    for _ in range(7):
        assert enter(client, "ana").status_code == 303
    assert [enter(client, "ana", "wrong").status_code for _ in range(6)] == [403] * 5 + [429]
    shut = enter(client, "ana")
    assert shut.status_code == 429
    assert shut.headers["retry-after"] == "60"
    assert "too many logins, the last from 127.0.0.1" in caplog.text
    assert "ana" not in caplog.text
    clock.on(seconds=59)
    assert enter(client, "ana").headers["retry-after"] == "1"
    clock.on(seconds=1)
    assert enter(client, "ana").status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_crowd_at_the_door_is_told_to_wait(
    client: httpx.Client, clock: Hands, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I7: each trial of a password takes 64 MiB, so only two run; who waits too long hears it, and loses nothing."""
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    account(engine, "ana")
    with passwords._AT_ONCE, passwords._AT_ONCE:
        assert enter(client, "ana").status_code == 429
    assert enter(client, "ana").status_code == 303


def test_a_desk_without_accounts_is_this_machines(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """Single-user mode: no login, decisions by `local`; the first account ends it at once, without a restart."""
    assert is_in(client)
    assert "no accounts yet" in client.get("/account").text
    assert client.post("/account/password", data={"old": "", "new": OTHER, "again": OTHER}).status_code == 400
    assert client.get("/api/v1/places").status_code == 200
    assert client.get("/", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 403
    account(engine, "ana")
    accounts.set_disabled(engine, "ana", NOW)
    assert not is_in(client)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_account_decides_only_so_fast(
    client: httpx.Client, clock: Hands, engine: Engine, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stolen session or a stuck key empties no queue: over the limit nothing is decided, until the next minute."""
    monkeypatch.setattr(door, "ACTIONS", 2)
    log_in(client, engine, "ana")
    forms = [{"item": f"{one}.1.0", "action": "accept"} for one in (newsroom.kunduz, newsroom.herat, newsroom.khost)]
    answers = [client.post("/decisions", data=form) for form in forms]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert answers[2].headers["retry-after"] == "60"
    clock.on(minutes=1)
    assert client.post("/decisions", data=forms[2]).status_code == 303
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(ReviewDecision)).scalar_one() == 3


def test_the_database_knows_no_secret(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """Whoever reads a backup can enter with nothing in it: no password, session or token stands in any table."""
    log_in(client, engine, "ana")
    token = tokens.add(engine, "ana", "reader", 1, "", NOW)
    enter(client, "correct horse")  # a password in the field of the name
    with reading(engine) as connection:
        whole = "".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)
    assert "argon2id" in whole
    for hidden in (PASSWORD, secret(client), token, token.removeprefix("khabar_"), "correct horse", "127.0.0.1"):
        assert hidden not in whole


FOREIGN = [
    "//evil.example", "/\\evil.example", "/\\/evil.example", "\\\\evil.example", "///evil.example", "https://evil.example",
    "http:evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/%0d%0aSet-Cookie:x=1",
    "/a//evil.example", "/.//evil.example", "/a\\b", " //evil.example", "evil.example", "@evil.example",
    "/@evil.example/:x", "", "/é", "/\x00", "/login?next=/", "/logout", "/" + "a" * 3000, "/?next=\"><script>", "/a b",
]  # fmt: skip


@pytest.mark.parametrize("there", FOREIGN)
def test_a_login_leads_to_our_own_pages_only(there: str) -> None:
    """No open redirect: anything but a path of ours leads to the queue."""
    assert where_to(there) == "/"


@pytest.mark.parametrize(
    "there", ["/", "/?status=all&q=%D9%87", "/articles/7?tag=3&relevance=0.3", "/coverage/khaama_press"]
)
def test_a_login_leads_back(there: str) -> None:
    """To the page that was asked for."""
    assert where_to(there) == there


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_asked_for_too_early_comes_after_the_login(
    client: httpx.Client, clock: Hands, engine: Engine, newsroom: Newsroom
) -> None:
    """The whole way: page, login, the same page; hostile names stay text."""
    account(engine, "ana")
    way = client.get(f"/articles/{newsroom.kunduz}?relevance=0.3").headers["location"]
    form = client.get(way)
    assert f'value="/articles/{newsroom.kunduz}?relevance=0.3"' in form.text
    assert "<script>alert" not in enter(client, "<script>alert(1)</script>", "wrong").text
    assert enter(client, "ana", there=f"/articles/{newsroom.kunduz}?relevance=0.3").headers["location"] == (
        f"/articles/{newsroom.kunduz}?relevance=0.3"
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_behind_a_proxy_nobody_enters_without_an_account(
    engine: Engine, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """The single-user mode ends where others may come, even while there is no account; attempts count by the client's
    own address, not by the proxy's."""
    app = create_app(engine, front=Front("https://desk.example.org", (ipaddress.ip_network("127.0.0.1/32"),)))
    own = {"Host": "desk.example.org", "Origin": "https://desk.example.org"}
    with serve(app) as address, httpx.Client(base_url=address, headers=own) as client:
        assert client.get("/").status_code == 303
        account(engine, "ana")
        codes = []
        for number in range(7):
            client.headers["X-Forwarded-For"] = f"203.0.113.{number}, 198.51.100.{number // 6}"
            codes.append(enter(client, "ana", "wrong").status_code)
        assert codes == [403] * 5 + [429] + [403]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_admin_changes_others_only(client: httpx.Client, clock: Hands, engine: Engine) -> None:
    """One admin is always left, and what is not there is not made; readers and reviewers change nobody."""
    log_in(client, engine, "ana", "admin")
    account(engine, "rahim", "reader")
    forms = [("ana/role", {"role": "reader"}), ("ana/enter", {"may": "no"}), ("rahim/role", {"role": "chief"}),
             ("bob/role", {"role": "reader"}), ("bob/enter", {"may": "no"}), ("rahim/enter", {"may": "x"}),
             ("tokens/1/revoke", {}), ("tokens/x/revoke", {})]  # fmt: skip
    codes = [client.post(f"/accounts/{path}", data=form).status_code for path, form in forms]
    assert codes == [400, 400, 400, 400, 404, 400, 404, 404]
    assert client.post("/accounts/rahim/role", data={"role": "reviewer"}).status_code == 303
    enter(client, "rahim")
    assert client.get("/accounts").status_code == 403
    assert client.post("/accounts/ana/enter", data={"may": "no"}).status_code == 403
    with reading(engine) as connection:
        assert [(row["role"], row["disabled_at"]) for row in accounts.listed(connection)] == [
            ("admin", None), ("reviewer", None),
        ]  # fmt: skip
