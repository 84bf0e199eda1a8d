"""What may pass, and what every answer carries."""

import ipaddress
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, func, select
from starlette.datastructures import Headers

from models.review import ReviewDecision
from models.session import engine as engine_of
from models.session import reading
from review.app import create_app
from review.front import Front
from review.guard import HEADERS, MAX_BODY, refusal
from review.roles import Role, needs
from tests.review.newsroom import Newsroom

HOST = (b"host", b"127.0.0.1:8080")
OWN = (b"origin", b"http://127.0.0.1:8080")
OTHER = (b"origin", b"http://evil.example")
NULL = (b"origin", b"null")


def site(value: bytes) -> tuple[bytes, bytes]:
    return (b"sec-fetch-site", value)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ([site(b"same-origin"), OWN], True),
        ([site(b"same-origin")], True),
        ([site(b"none"), OWN], True),
        ([OWN], True),
        ([], False),
        ([site(b"none")], False),
        ([site(b"same-site"), OWN], False),
        ([site(b"cross-site")], False),
        ([site(b"cross-site"), OWN], False),
        ([site(b"same-origin"), OTHER], False),
        ([OTHER], False),
        ([NULL], False),
        ([site(b"none"), NULL], False),
        ([OWN, OTHER], False),
        ([site(b"same-origin"), site(b"cross-site")], False),
        ([(b"origin", b"https://127.0.0.1:8080")], False),
        ([(b"origin", b"http://127.0.0.1:8081")], False),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_our_own_pages_may_send_forms(method: str, headers: list[tuple[bytes, bytes]], passes: bool) -> None:
    """A forged form fails whichever headers its sender can choose; so does a request that names no origin."""
    found = refusal(method, [HOST, *headers])
    assert (found is None) == passes
    assert refusal("GET", [HOST, *headers]) is None


@pytest.mark.parametrize(
    "hosts",
    [[], ["evil.example"], ["127.0.0.1.evil.example"], ["127.0.0.1/b?"], ["a@127.0.0.1"], ["127.0.0.1", "evil.example"],
     ["localhost:8080:1"], ["[::1"], ["127.1"], ["0.0.0.0"], [""]],  # noqa: S104 (refused)
)  # fmt: skip
def test_a_foreign_host_name_is_refused(hosts: list[str]) -> None:
    """DNS rebinding: a name of another site that resolves to us is not ours."""
    found = refusal("GET", [(b"host", host.encode()) for host in hosts])
    assert found is not None
    assert found[0] == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:80"])
def test_loopback_names_pass(host: str) -> None:
    """The names of this machine, with or without a port."""
    assert refusal("GET", [(b"host", host.encode())]) is None


PUBLIC = Front("https://desk.example.org", (ipaddress.ip_network("10.0.0.5/32"),))
DESK = (b"host", b"desk.example.org")


@pytest.mark.parametrize(
    ("host", "origin", "peer", "status"),
    [
        (b"desk.example.org", b"https://desk.example.org", "10.0.0.5", None),
        (b"DESK.example.org", b"https://desk.example.org", "10.0.0.5", None),
        (b"desk.example.org", b"http://desk.example.org", "10.0.0.5", 403),
        (b"desk.example.org", b"https://desk.example.org:444", "10.0.0.5", 403),
        (b"desk.example.org:8080", b"https://desk.example.org", "10.0.0.5", 400),
        (b"127.0.0.1", b"http://127.0.0.1", "10.0.0.5", 400),
        (b"evil.example", b"https://evil.example", "10.0.0.5", 400),
        (b"desk.example.org", b"https://desk.example.org", "10.0.0.6", 403),
        (b"desk.example.org", b"https://desk.example.org", "127.0.0.1", 403),
        (b"desk.example.org", b"https://desk.example.org", "", 403),
    ],
)
def test_behind_a_proxy_only_its_host_and_peer_pass(host: bytes, origin: bytes, peer: str, status: int | None) -> None:
    """The configured origin is the only one, and nobody comes past the proxy, where the way is not encrypted."""
    found = refusal("POST", [(b"host", host), (b"origin", origin), site(b"same-origin")], PUBLIC, peer)
    assert (found and found[0]) == status


@pytest.mark.parametrize("name", [b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"])
def test_a_proxy_that_nobody_spoke_of_is_noticed(name: bytes) -> None:
    """A desk for this machine alone must not be open to others because somebody put a proxy before it."""
    found = refusal("GET", [HOST, (name, b"198.51.100.7")])
    assert found is not None
    assert found[0] == 403
    assert refusal("GET", [DESK, (name, b"198.51.100.7")], Front("https://desk.example.org", (), True)) is None


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.5", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["203.0.113.9", "198.51.100.7, 10.0.0.5"], "198.51.100.7"),
        ("10.0.0.5", ["198.51.100.7, nonsense"], "nonsense"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
    ],
)
def test_whose_address_counts(peer: str, forwarded: list[str], client: str) -> None:
    """What the client itself wrote into X-Forwarded-For is never believed: only what a trusted proxy added."""
    headers = Headers(raw=[(b"x-forwarded-for", line.encode()) for line in forwarded])
    assert PUBLIC.client(peer, headers) == client


def test_every_answer_carries_the_headers(client: httpx.Client, newsroom: Newsroom) -> None:
    """Errors included, whoever made them: the router, the guard, a handler."""
    cross = {"Sec-Fetch-Site": "cross-site"}
    answers = {
        200: client.get("/"),
        303: client.post("/decisions", data={"item": f"{newsroom.cricket}.1.0", "action": "accept"}),
        400: client.get("/?status=x"),
        403: client.post("/decisions", headers=cross),
        404: client.get("/docs"),
        405: client.put("/decisions"),
        413: client.post("/decisions", content=b"x" * (MAX_BODY + 1)),
    }
    answers[1] = client.get(f"/articles/{newsroom.kunduz}")
    answers[2] = client.get("/static/desk.css")
    answers[3] = client.get("/", headers={"Host": "evil.example"})
    for status, answer in answers.items():
        assert answer.status_code == status or status < 4
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (status, name)
        assert "server" not in answer.headers
    assert "script-src 'self'" in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_crash_tells_nothing(engine: Engine, serve: Callable[[FastAPI], AbstractContextManager[str]]) -> None:
    """An unforeseen failure gives a plain page with a number for the log, with all headers, and no detail."""
    app = create_app(engine)

    @app.get("/crash")
    @needs(Role.READER)
    def crash() -> None:
        raise RuntimeError("a secret detail")

    with serve(app) as address:
        answer = httpx.get(f"{address}/crash")
    assert answer.status_code == 500
    assert "under the number" in answer.text
    assert "secret" not in answer.text
    assert HEADERS.items() <= dict(answer.headers).items() | {(k, answer.headers[k]) for k in HEADERS}


def test_a_database_that_is_gone_is_one_sentence(
    tmp_path: Path, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """Bad input: the file of the database is no database."""
    (tmp_path / "x.db").write_text("not a database at all, but a text of some length" * 20)
    with serve(create_app(engine_of(f"sqlite:///{tmp_path}/x.db"))) as address:
        answer = httpx.get(address)
    assert answer.status_code == 503
    assert "The database cannot be used just now." in answer.text


PATHS = ["/docs", "/redoc", "/openapi.json", "/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/desk.css%00",
         "/articles/1%00", "/articles/0", "/articles/-1", "/articles/x",
         "/articles/" + "9" * 400, "/articles/٣", "/favicon.ico"]  # fmt: skip


def test_there_is_nothing_else(client: httpx.Client) -> None:
    """No API pages, no files but those of the closed list, no number that breaks a query."""
    assert {path: client.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 404)


def test_a_long_body_without_a_length_is_cut_off(client: httpx.Client, engine: Engine) -> None:
    """I7: chunked, so that no header tells its size."""

    def endless() -> object:
        for _ in range(100):
            yield b"item=1.1.0&" * 500

    answer = client.post("/decisions", content=endless(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(ReviewDecision)).scalar_one() == 0
