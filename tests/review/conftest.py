"""A desk that serves on a free loopback port, as `khabar review` does, from a newsroom full of articles."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine

from models.session import writing
from review import passwords
from review.app import create_app
from review.desk import Desk
from review.filters import EVERYTHING
from review.saved import keep
from review.serve import listen
from tests.review.newsroom import Newsroom, fill
from tests.review.rows import NOW, OUTLETS


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a running server."""
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(  # as review.serve runs it
        app, log_level="critical", access_log=False, server_header=False, ws="none", lifespan="off", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class Clock:
    """A clock that moves on by a second with every look, so that every request has a time of its own."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return NOW.replace(second=self.looks % 60, minute=NOW.minute + self.looks // 60)


@pytest.fixture
def newsroom(engine: Engine) -> Newsroom:
    """The ids of the morning's articles in `engine`."""
    return fill(engine)


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[FastAPI, str]]:
    """One server for all tests of this process; each test gives it its own desk."""
    made = create_app(create_engine("sqlite://"))
    with serving(made) as address:
        yield made, address


@pytest.fixture
def address(engine: Engine, running: tuple[FastAPI, str]) -> str:
    """The address of a running desk on `engine`."""
    served, at = running
    with writing(engine) as connection:  # the tests' reviewer begins with all that waits
        keep(connection, "local", "Mine", EVERYTHING, NOW, default=True)
    served.state.desk = Desk(engine, lambda: OUTLETS, Clock())
    return at


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """A client that says of itself what a browser says."""
    with httpx.Client(
        base_url=address, headers={"Origin": address, "Sec-Fetch-Site": "same-origin"}, timeout=30
    ) as made:
        yield made


@pytest.fixture
def serve() -> Callable[[FastAPI], object]:
    """`serving`, for tests that make their own app."""
    return serving


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with the least work it can do: what a login costs is no matter of most tests."""
    made = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", made)
    monkeypatch.setattr(passwords, "DECOY", made.hash("nobody has this one"))
