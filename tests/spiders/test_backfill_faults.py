"""Backfills that are killed, run out of their budget, or meet the daily run: nothing lost, doubled or disturbed."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from khabar.summary import crawl_sentence
from models.lease import begin_run
from models.ledger import HostState
from models.run import Run
from models.session import reading, writing
from models.upsert import insert_or
from spiders.backfill.gate import is_running
from tests.spiders.conftest import World, environment
from tests.spiders.feeds import item, rss
from tests.spiders.hostile import HostileServer
from tests.spiders.past import ARCHIVE, HOST, SITEMAP, PastSite, days
from tests.spiders.test_faults import wait_for

SPAN = ("2023-06-01", "2023-06-06")
CHILDREN: list["subprocess.Popen[bytes]"] = []
SOURCES = [{"kind": "listing", "url": f"{HOST}/", "archive": ARCHIVE}]


@pytest.fixture
def site() -> Iterator[PastSite]:
    """Six days of two articles."""
    with HostileServer() as server:
        made = PastSite(server)
        for day in days(date(2023, 6, 1), 6):
            made.listing(f"/archive/{day:%Y/%m/%d}/", made.articles(f"{day:%d}-{n}" for n in range(2)))
        yield made


@pytest.fixture(autouse=True)
def no_orphans() -> Iterator[None]:
    """A test that fails leaves no crawl behind."""
    yield
    while CHILDREN:
        child = CHILDREN.pop()
        child.kill()
        child.wait()


class Held:
    """A path that gives no answer until it is let go."""

    def __init__(self, site: PastSite, path: str) -> None:
        self.struck, self.free = threading.Event(), threading.Event()
        self._page = site.server.pages[f"/news.test{path}"]
        site.server.pages[f"/news.test{path}"] = self._answer

    def _answer(self, connection: socket.socket) -> None:
        self.struck.set()
        assert self.free.wait(120)
        assert isinstance(self._page, bytes)
        connection.sendall(self._page)


def start(world: World, folder: Path, *arguments: str, log: str = "child.log") -> "subprocess.Popen[bytes]":
    """`scrapy crawl news` by itself, one request at a time."""
    with (world.folder / log).open("ab") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", "news", "-s", f"KHABAR_OUTLETS_FOLDER={folder}",
             "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1", *arguments],
            env={**environment(), "SCRAPY_SETTINGS_MODULE": "spiders.settings"}, stdout=file, stderr=file,
        )  # fmt: skip
    CHILDREN.append(child)
    return child


def backfill(world: World, folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """The same for SPAN."""
    return start(world, folder, "-a", f"since={SPAN[0]}", "-a", f"until={SPAN[1]}", *arguments, log="backfill.log")


def kill_at(world: World, site: PastSite, folder: Path, place: str) -> None:
    """Kill a backfill while `place` is asked, give the command again, and compare with one that nobody killed."""
    held = Held(site, place)
    child = backfill(world, folder)
    wait_for(held.struck.is_set)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    held.free.set()
    [result] = world.backfill(["news"], *SPAN, folder=folder)
    assert (result.state, result.warnings) == ("ok", []), result.reason
    told = result.report["backfill"]
    assert (told["state"], told["stopped_by"]) == ("complete", None)
    assert told["days"] == {str(day): 2 for day in days(date(2023, 6, 1), 6)}
    assert told["articles"] == {"named": 12, "held": 12, "left": 0, "refused": {}}
    asked = site.asked()
    assert {path: asked.count(path) for path in asked if asked.count(path) != 1} == {place: 2}
    assert len(world.bodies()) == len(world.archived()) == len(world.ledger()) == 12
    assert [row["state"] for row in world.rows("SELECT state FROM runs ORDER BY id")] == ["interrupted", "ok"]


def test_kill_9_between_days_then_the_same_again(
    world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I1, I2: it goes on with the day on which it was killed; the days that were read are not asked again."""
    world.point_to(site.server.url)
    kill_at(world, site, outlet_folder("news", sources=SOURCES), "/archive/2023/06/04/")


def test_kill_9_between_pages_then_the_same_again(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I1, I2: no source is asked again, and of the articles only the one that was on its way."""
    small_world.point_to(site.server.url)
    kill_at(small_world, site, outlet_folder("news", sources=SOURCES), "/a/03-1")


def test_a_run_keeps_to_its_budget_and_says_how_to_go_on(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I7: eight requests a run, of sources and articles together; three runs for eighteen, each asked once."""
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=SOURCES, politeness={"max_requests": 8, "delay_seconds": 0})
    lefts, asked = [], 0
    for state in ("unfinished", "unfinished", "complete"):
        [result] = small_world.backfill(["news"], *SPAN, folder=folder)
        told = result.report["backfill"]
        assert (result.state, told["state"]) == ("ok", state)
        lefts.append(result.counts["left"])
        now = len(site.asked()) - 2  # but robots.txt and tdmrep.json
        assert now - asked <= 8
        asked = now
        if len(lefts) == 1:
            told_so = (
                "unfinished, because the 8 requests of a run were used up: 10 pages and 0 addresses of sources left"
            )
            assert f"{told_so}, and the same command goes on" in crawl_sentence(result)
    assert lefts == [10, 2, 0]
    assert sorted(site.asked()) == sorted(set(site.asked()))


def test_a_backfill_asks_nothing_while_the_daily_run_is_at_work(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I8: it waits for the daily run that it finds, and for one that begins beside it; neither takes the other's lease,
    and what the daily run keeps of its sources stays as it was."""
    site.serve("/feed/", rss("".join(map(item, site.articles(["new-1", "new-2"])))), type="application/rss+xml")
    small_world.point_to(site.server.url)
    sources = [*SOURCES, {"kind": "feed", "url": f"{HOST}/feed/"}]
    folder = outlet_folder("news", sources=sources, politeness={"delay_seconds": 0.2})
    site.listing("/", site.articles(["new-3"]))
    delays = ("-s", "KHABAR_DELAYS=True", "-s", "DOWNLOAD_TIMEOUT=120")  # a held page outlasts the start of a child
    feed, day = Held(site, "/feed/"), Held(site, "/archive/2023/06/03/")
    daily = start(small_world, folder, *delays)
    wait_for(feed.struck.is_set)
    child = backfill(small_world, folder, *delays)
    log = small_world.folder / "backfill.log"
    wait_for(lambda: "the backfill waits: the daily run is at work" in log.read_text())
    assert site.asked("/archive/") == []
    feed.free.set()
    wait_for(day.struck.is_set)
    assert daily.wait(60) == 0
    assert sorted(site.asked("/a/")) == ["/a/new-1", "/a/new-2", "/a/new-3"]
    kept = small_world.rows("SELECT * FROM source_states ORDER BY url")
    again = start(small_world, folder, *delays)
    wait_for(lambda: site.asked("/feed/") == ["/feed/"] * 2)
    day.free.set()
    assert (again.wait(60), child.wait(60)) == (0, 0)
    asked = site.asked()
    second = len(asked) - 1 - asked[::-1].index("/")
    assert asked[second + 1].startswith("/archive/")
    assert not [path for path in asked[asked.index("/feed/", asked.index("/feed/") + 1) : second] if "archive" in path]
    ends = small_world.rows("SELECT kind, state FROM runs ORDER BY id")
    assert [(run["kind"], run["state"]) for run in ends] == [("crawl", "ok"), ("backfill", "ok"), ("crawl", "ok")]
    fences = {row["work"]: row["fence"] for row in small_world.rows("SELECT work, fence FROM leases")}
    assert fences == {"crawl:news": 2, "backfill:news": 1}
    assert [row["url"] for row in small_world.rows("SELECT url FROM source_states ORDER BY url")] == [
        row["url"] for row in kept
    ]


def test_the_daily_runs_sources_and_figures_stay_as_they_were(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I6: a backfill through the very sitemap that the daily run reads leaves its validators, its polling, its rows and
    its verdict alone."""
    recent = f"<lastmod>{datetime.now(UTC) - timedelta(hours=3):%Y-%m-%d}</lastmod>"
    old, new = site.articles(["old"]), site.articles(["new"])
    site.sitemap("/sitemap.xml", [(old[0], "<lastmod>2023-06-03</lastmod>"), (new[0], recent)])
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=[{"kind": "sitemap", "url": SITEMAP}])
    first = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    daily = "SELECT * FROM discoveries WHERE NOT backfill"
    before = [small_world.rows(sql) for sql in (daily, "SELECT * FROM source_states", "SELECT * FROM leases")]
    [result] = small_world.backfill(["news"], *SPAN, folder=folder)
    assert (result.state, result.report["backfill"]["articles"]["held"]) == ("ok", 1)
    after = [small_world.rows(sql) for sql in (daily, "SELECT * FROM source_states", "SELECT * FROM leases")]
    assert after[:2] == before[:2]
    assert [row for row in after[2] if row["work"] == "crawl:news"] == before[2]
    second = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert second.counts == {**first.counts, "new": 0, "pages": 0}
    assert site.asked("/a/") == ["/a/new", "/a/old"]


def test_a_hosts_pause_holds_for_backfills_too(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I8: what a host asked of the daily run; nothing is asked, nothing counts as tried, and the next run goes on."""
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=SOURCES)
    until = datetime.now(UTC) + timedelta(hours=1)
    with writing(small_world.engine) as connection:
        connection.execute(insert_or(connection, HostState).values(host="news.test", wait_until=until))
    [result] = small_world.backfill(["news"], *SPAN, folder=folder)
    assert site.asked() == []
    told = result.report["backfill"]
    assert (told["state"], told["parts"]["left"]) == ("unfinished", 6)
    assert told["stopped_by"] == "a host asked us to wait, or failed for the moment"
    assert {row["attempts"] for row in small_world.rows("SELECT attempts FROM backfill_parts")} == {0}


def test_nobody_waits_for_a_daily_run_that_was_killed(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """Its row still says running; its process is gone. And what a clock that was wrong noted, a run and a pause of next
    year, is waited for no more."""
    small_world.point_to(site.server.url)
    begin_run(small_world.engine, "crawl", "news")
    ahead = datetime.now(UTC) + timedelta(days=400)
    with writing(small_world.engine) as connection:
        connection.execute(insert_or(connection, HostState).values(host="news.test", wait_until=ahead))
        connection.execute(update(Run).values(started_at=ahead))
    with reading(small_world.engine) as connection:
        assert not is_running(connection, "crawl", "news", datetime.now(UTC))
        assert is_running(connection, "crawl", "news", ahead)
    with writing(small_world.engine) as connection:
        connection.execute(update(Run).values(started_at=datetime.now(UTC)))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with writing(small_world.engine) as connection:
        connection.exec_driver_sql("UPDATE leases SET holder = ?", (f"{socket.gethostname()}:{gone.pid}",))
    [result] = small_world.backfill(["news"], *SPAN, folder=outlet_folder("news", sources=SOURCES))
    assert result.report["backfill"]["state"] == "complete"
