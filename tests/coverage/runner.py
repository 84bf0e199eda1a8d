"""Plays scenarios: real crawls of the real spiders against a real local server and the real process stage, one after
the other in one reactor, under a clock that is moved from run to run. Run as a process of its own:

    python -m tests.coverage.runner FOLDER PART     prints one JSON object a scenario

The database alone is carried from run to run, so nothing of a diagnosis can rest on this process's memory.
"""

import asyncio
import json
import logging
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import time_machine

from khabar.replica.faults import Fault as Strike
from khabar.replica.log import Log, RequestKind
from khabar.replica.reply import TEXT, Reply
from khabar.replica.server import Server
from tests.coverage.scenarios import Scenario, part
from tests.coverage.site import Site
from tests.coverage.wires import PLAYED
from tests.coverage.world import HISTORY, SHAPES, Shape, at

DAILY: Final = 5.5
"""05:30 in Kabul, when the DAG `collect` starts."""


class Sites:
    """What the server serves: the outlet of the scenario that is played, as it is at the moment of the moved clock."""

    def __init__(self) -> None:
        self.log = Log()
        self.site = Site(SHAPES["kabul_wire"])

    def answer(self, host: str, path: str, query: dict[str, str]) -> Reply:
        """The outlet's answer; every other host is unknown."""
        if host != self.site.shape.host:
            return Reply(b"no such host here", 502, TEXT)
        return self.site.reply(path, datetime.now(UTC))

    def log_kind(self, host: str, path: str) -> RequestKind:
        """Nobody reads this log."""
        return "other"

    def strike(self, host: str, path: str) -> Strike | None:
        """A fault of the connection itself."""
        fault = self.site.fault(path, datetime.now(UTC))
        return Strike(host, fault.what) if fault and fault.what in ("reset", "hang", "truncate") else None  # type: ignore[arg-type]

    def control(self, method: str, path: str, query: dict[str, str]) -> Reply:
        """No handles: everything follows from the scenario."""
        return Reply(b"", 404, TEXT)


class Stage:
    """Where a scenario is played: a folder with its database, archive and outlet file."""

    def __init__(self, sites: Sites, folder: Path, clock: Any) -> None:
        self.sites, self.folder, self.clock = sites, folder, clock

    def open(self, name: str, template: Path | None) -> None:
        """Make `name` the current database, a copy of `template` or a new one."""
        from models.migrate import migrate
        from models.session import engine
        from models.settings import settings

        path = self.folder / f"{name}.db"
        if template:
            shutil.copy(template, path)
        os.environ["KHABAR_DATABASE_URL"] = f"sqlite:///{path}"
        settings.cache_clear()
        if template is None:
            migrate(engine())

    def close(self) -> Path:
        """End the database's connections; its file, complete."""
        from models.session import engine

        made = engine()
        with made.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        made.dispose()
        return Path(str(made.url.database))

    async def day(self, site: Site, day: int, hours: tuple[float, ...]) -> None:
        """One day of an outlet: its crawls at `hours`, and the process stage after the last."""
        from models.archive import open_archive
        from models.session import engine
        from models.settings import settings
        from pipeline.process import process

        self.sites.site = site
        PLAYED[:] = [site]
        for hour in hours:
            self.clock.move_to(at(day, hour))
            await self._crawl(site.shape)
        outlets = {site.shape.name: site.shape.file}
        archive = open_archive(settings().archive_url)
        await asyncio.to_thread(process, engine(), archive, outlets, lookback_days=14)

    async def _crawl(self, shape: Shape) -> None:
        from scrapy.crawler import AsyncCrawlerRunner

        from spiders.loader import OutletSpiderLoader

        runner = AsyncCrawlerRunner(_settings(self.folder))
        await runner.crawl(OutletSpiderLoader(self.folder / "outlets").load(shape.name))


def _settings(folder: Path) -> Any:
    from scrapy.settings import Settings

    made = Settings()
    made.setmodule("spiders.settings")
    handler = "tests.coverage.wires.BrokenWires"
    made.setdict(
        {"DOWNLOAD_HANDLERS": {"http": handler, "https": handler}, "DOWNLOAD_TIMEOUT": 0.4, "LOG_ENABLED": False},
        "cmdline",
    )
    return made


async def play(sites: Sites, folder: Path, scenarios: list[Scenario]) -> list[dict[str, Any]]:
    """The diagnosis of the last day of each scenario."""
    from sqlalchemy import select

    from models.outlet_day import OutletDay
    from models.session import engine

    results = []
    histories: dict[str, Path] = {}
    with time_machine.travel(at(0), tick=True) as clock:
        stage = Stage(sites, folder, clock)
        for scenario in scenarios:
            shape = SHAPES[scenario.shape]
            if scenario.history == HISTORY and shape.name not in histories:
                stage.open(f"history-{shape.name}", None)
                for day in range(HISTORY):
                    await stage.day(Site(shape), day, (DAILY,))
                histories[shape.name] = stage.close()
            stage.open(scenario.name, histories.get(shape.name) if scenario.history == HISTORY else None)
            site = Site(shape, scenario.plan, scenario.faults)
            for day in range(HISTORY if scenario.history == HISTORY else HISTORY - scenario.history, scenario.last + 1):
                await stage.day(site, day, scenario.hours(day))
            with engine().connect() as connection:
                days = select(OutletDay.__table__).where(OutletDay.outlet == shape.name).order_by(OutletDay.day.desc())
                row = connection.execute(days.limit(1)).mappings().one()
            stage.close()
            results.append(
                {"name": scenario.name, "state": row["state"], "reason": row["reason"], "day": str(row["day"]),
                 "discovered": row["discovered"], "expected": [row["expected_low"], row["expected_high"]]}
            )  # fmt: skip
    return results


def main(folder: Path, wanted: str, only: str = "") -> None:
    """Serve, play, print."""
    import threading

    from scrapy.utils.reactor import install_reactor

    logging.disable(logging.CRITICAL)
    sites = Sites()
    server = Server(("127.0.0.1", 0), sites)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    os.environ |= {
        "KHABAR_REPLICA": f"http://127.0.0.1:{server.server_address[1]}", "KHABAR_ARCHIVE_URL": str(folder / "archive"),
        "KHABAR_VAR": str(folder / "var"), "KHABAR_CONTACT": "",
    }  # fmt: skip
    for shape in SHAPES.values():
        path = folder / "outlets" / "zz" / f"{shape.name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(shape.outlet()), encoding="utf-8")  # JSON is YAML
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    chosen = [one for one in part(wanted) if not only or only in one.name]
    failed: list[BaseException] = []

    async def run() -> None:
        try:
            for result in await play(sites, folder, chosen):
                sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
                sys.stdout.flush()
        except BaseException as error:
            failed.append(error)
        finally:
            reactor.stop()  # type: ignore[attr-defined]

    reactor.callWhenRunning(lambda: asyncio.ensure_future(run()))  # type: ignore[attr-defined]
    reactor.run()  # type: ignore[attr-defined]
    if failed:
        raise failed[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *sys.argv[3:])
