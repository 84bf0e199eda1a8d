"""The probe asks with a crawl's manners, keeps them apart from the product's database, and leaves nothing behind."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from models.ledger import Fetch, HostState
from models.session import engine, reading, writing
from models.settings import settings
from outlets.load import read
from spiders.prober import ProbeError, Prober
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http, reset

HOST = "news.test"
Files = Callable[..., Path]


def a_site(server: HostileServer) -> None:
    """With a robots.txt, a page, a challenge and a host that asks to wait."""
    server.pages = {
        f"/{HOST}/robots.txt": http(b"User-agent: *\nDisallow: /closed/\nCrawl-delay: 7\n", type="text/plain"),
        f"/{HOST}/": http("<p>سلام</p>".encode(), headers={"X-Powered-By": "us"}),
        f"/{HOST}/moved": http(status="301 Moved Permanently", headers={"Location": f"https://{HOST}/"}),
        f"/{HOST}/challenge": http(b"Just a moment...", status="403 Forbidden"),
        f"/{HOST}/closed/": http(b"never seen"),
        f"/{HOST}/reset": reset,
    }


def test_answers_and_named_refusals(small_world: World, outlet_folder: Files) -> None:
    """I8: robots.txt is asked once and obeyed, a challenge is not solved, another site is not asked; I1: the product's
    database is neither read for nor written by a probe."""
    outlet = read(outlet_folder("probed") / "zz/probed.yml")
    database = Path(settings().database_url.removeprefix("sqlite:///"))
    database.unlink()
    with HostileServer() as server:
        a_site(server)
        small_world.point_to(server.url)
        with Prober(outlet) as prober:
            folder = prober.folder
            page = prober.ask(f"https://{HOST}/")
            assert (page.outcome, page.status, page.body.decode()) == ("done", 200, "<p>سلام</p>")
            assert page.headers["x-powered-by"] == "us"
            assert prober.ask(f"https://{HOST}/moved").final_url == f"https://{HOST}/"
            for path, outcome in (
                ("closed/", "refused:robots"), ("challenge", "refused:challenge"), ("none", "refused:http_4xx"),
                ("reset", "refused:unreachable"),
            ):  # fmt: skip
                refused = prober.ask(f"https://{HOST}/{path}")
                assert (refused.outcome, refused.answered) == (outcome, False)
                assert refused.detail
            assert prober.ask("https://elsewhere.test/").outcome == "refused:off_site"
            assert prober.ask(f"https://{HOST}/") is page
            assert "Crawl-delay: 7" in (prober.robots(f"https://{HOST}/").robots_txt or "")
            assert Path(f"/proc/{prober.process}").exists()
        assert server.times(f"/{HOST}/robots.txt") == 1
        assert server.times(f"/{HOST}/closed/") == 0
        assert server.times(f"/{HOST}/") == 2
    assert not Path(f"/proc/{prober.process}").exists()
    assert not folder.exists()
    assert not database.exists()


def test_a_host_that_asked_to_wait_is_not_asked(small_world: World, outlet_folder: Files) -> None:
    """I8: what a crawl was told holds for a probe, which itself writes nothing into the ledger; and a probe that dies
    says so."""
    outlet = read(outlet_folder("probed") / "zz/probed.yml")
    until = datetime.now(UTC) + timedelta(hours=3)
    with HostileServer() as server:
        a_site(server)
        small_world.point_to(server.url)
        with writing() as connection:
            connection.execute(insert(HostState).values(host=HOST, wait_until=until))
        with Prober(outlet) as prober:
            seen = prober.ask(f"https://{HOST}/")
            assert seen.outcome == "refused:rate_limited"
            assert "asked us to wait" in (seen.detail or "")
            os.kill(prober.process, 9)
            with pytest.raises(ProbeError, match="ended early"):
                prober.ask(f"https://{HOST}/more")
        assert server.asked == []
    with reading(engine()) as connection:
        assert connection.execute(select(Fetch.id)).all() == []
        assert connection.execute(select(HostState.host)).scalars().all() == [HOST]


@pytest.mark.parametrize("home", ["https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://localhost/"])
def test_a_private_address_is_never_asked(small_world: World, outlet_folder: Files, home: str) -> None:
    """I8: a site of one's own network is no outlet, however its address is written."""
    small_world.point_to("", contact="https://khabar.news/contact")
    outlet = read(outlet_folder("probed", home=home) / "zz/probed.yml")
    with Prober(outlet) as prober:
        assert prober.ask(home).outcome == "refused:private_address"


def test_a_large_process_can_probe(small_world: World, outlet_folder: Files) -> None:
    """I7: the limit is on the probe's own memory, not on what the process that starts it once held."""
    outlet = read(outlet_folder("probed") / "zz/probed.yml")
    held = b"x" * (700 * 1024 * 1024)  # more than MEMUSAGE_LIMIT_MB
    with HostileServer() as server:
        a_site(server)
        small_world.point_to(server.url)
        with Prober(outlet) as prober:
            assert len(held) > len(prober.ask(f"https://{HOST}/").body) > 0
