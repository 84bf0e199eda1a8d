"""What collecting costs: requests, time and memory of whole crawls of a generated world, beside a spider that only
downloads and beside other crawlers, all in one run.

python benchmarks/crawl.py cost|memory|peers
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.crawl_run import Server, Weighed, server  # noqa: E402 (the path comes first)
from benchmarks.crawl_world import World  # noqa: E402

COLUMNS: Final = ("crawler", "run", "requests", "for lists", "articles", "a new one", "missed", "wall s", "CPU s",
                  "new a CPU s", "MB")  # fmt: skip
LONGEST: Final = 900.0
"""Seconds for one run of a crawler."""
ROUNDS: Final = 3
STEPS: Final = ("first", "nothing new", "three new")


@dataclass(frozen=True, slots=True)
class Crawler:
    """How a crawler is called; the same command each time, in a folder that it keeps."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]


def khabar(world: World, at: Server, folder: Path) -> Crawler:
    """Ours, all outlets in one process, with the database and the archive of a user."""
    outlets = folder / "outlets"
    names = world.write_outlets(outlets)
    environment = {
        "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "spiders.settings", "KHABAR_REPLICA": at.url,
        "KHABAR_DATABASE_URL": f"sqlite:///{folder}/khabar.db", "KHABAR_ARCHIVE_URL": str(folder / "archive"),
        "KHABAR_VAR": str(folder / "var"),
    }  # fmt: skip
    command = [sys.executable, "-m", "scrapy", "crawl", *names, "-s", f"KHABAR_OUTLETS_FOLDER={outlets}"]
    setup = at.weigh([sys.executable, "-m", "khabar.cli", "init"], environment, folder, LONGEST)
    if setup.status:
        raise SystemExit((folder / "crawl.log").read_text())
    return Crawler("khabar", command, environment)


def bare(world: World, at: Server, folder: Path) -> Crawler:
    """Scrapy alone, told every address."""
    addresses = folder / "addresses"
    told = [f"{at.url}/{site.host}{site.path(n)}" for site in world.sites for n in range(site.articles)]
    addresses.write_text("\n".join(told), encoding="utf-8")
    spider = ROOT / "benchmarks/crawl_bare.py"
    return Crawler("bare Scrapy", [sys.executable, "-m", "scrapy", "runspider", str(spider), "-a",
                                   f"addresses={addresses}"], {})  # fmt: skip


def peer(name: str, python: str, world: World, at: Server, folder: Path) -> Crawler:
    """Another crawler (crawl_peers.py), told the home pages."""
    homes = folder / "homes"
    homes.write_text("\n".join(site.home for site in world.sites), encoding="utf-8")
    script = str(ROOT / "benchmarks/crawl_peers.py")
    python = sys.executable if name == "trafilatura" else python  # ours has it
    return Crawler(name, [python, script, name, at.url.rpartition(":")[2], str(homes)], {})


def row(name: str, step: str, run: Weighed, expected: int) -> str:
    """A line of the table. `expected` is how many articles were published since the run before."""
    seen, new = run.seen, run.seen["new"]
    lists = seen["requests"] - seen.get("article", 0)
    cells = [name, step if run.status == 0 else f"{step} (ended with {run.status})", str(seen["requests"]), str(lists),
             str(new), f"{seen['requests'] / new:.2f}" if new else "–", str(expected - new), f"{run.wall:.1f}",
             f"{run.cpu:.1f}", f"{new / run.cpu:.0f}" if new else "–", f"{run.megabytes:.0f}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def runs(which: str, outlets: int, articles: int, python: str, steps: Sequence[str]) -> Iterator[tuple[str, Weighed]]:
    """The lines of one crawler, in a world and a folder of its own."""
    world = World(outlets, articles, datetime.now(UTC))
    with tempfile.TemporaryDirectory() as name, server(outlets, articles) as at:
        folder = Path(name)
        make = {"khabar": khabar, "bare Scrapy": bare}.get(which)
        crawler = make(world, at, folder) if make else peer(which, python, world, at, folder)
        expected = outlets * articles
        for step in steps:
            if step == "three new":
                at.ask("publish?outlets=3")
                expected = 3
            run = at.weigh(crawler.command, crawler.environment, folder, LONGEST)
            yield row(crawler.name, step, run, expected), run
            expected = 0


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["cost", "memory", "peers"])
    parser.add_argument("--outlets", type=int, default=50)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--python", default=sys.executable, help="an interpreter with benchmarks/peers.txt")
    said = parser.parse_args()
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    print(f"{datetime.now(UTC):%Y-%m-%d}; {machine}; {said.outlets} outlets × {said.articles}\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    size = (said.outlets, said.articles, said.python)
    match said.what:
        case "cost":
            least: dict[str, list[Weighed]] = {"khabar": [], "bare Scrapy": []}
            for number in range(ROUNDS):  # in turn, so that what else the machine does falls on both
                for name, each in least.items():
                    steps = STEPS if name == "khabar" and number == 0 else STEPS[:1]
                    for line, run in runs(name, *size, steps):
                        print(line, flush=True)
                        each += [run] if len(each) == number else []
            ours, theirs = least.values()
            cpu = min(run.cpu for run in theirs) / min(run.cpu for run in ours)
            wall = min(run.wall for run in theirs) / min(run.wall for run in ours)
            told = f"{cpu:.2f} of bare Scrapy's articles a CPU second, {wall:.2f} by the clock"
            print(f"\nBest of {ROUNDS} first runs: {told}.")
        case "memory":
            for articles in (20, 200, 1000):
                for line, _ in runs("khabar", said.outlets, articles, said.python, STEPS[:1]):
                    print(line, flush=True)
        case "peers":
            for name in ("khabar", "bare Scrapy", "trafilatura", "fundus", "news-please"):
                for line, _ in runs(name, *size, STEPS[:1] if name == "bare Scrapy" else STEPS):
                    print(line, flush=True)


if __name__ == "__main__":
    main()
