"""Time and memory of a feed of 100 000 items: ours, and feedparser's by an interpreter that has it (PEER_PYTHON)."""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ITEM = "<item><title>Title {0}</title><link>https://news.test/a/{0}</link><description>Words.</description></item>"
OURS = """
from outlets import Source
from spiders.kinds import PARSERS
from tests.spiders.test_kinds import OUTLET
source = Source(kind="feed", url="https://news.test/feed/")
def read(body):
    return len(PARSERS["feed"](body, source.url, source, OUTLET).items)
"""
THEIRS = """
import feedparser
def read(body):
    return len(feedparser.parse(body).entries)
"""
MEASURE = """
import resource, sys, time
body = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
wall, cpu = time.perf_counter(), time.process_time()
items = read(body)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(f"{items} {wall:.2f} {cpu:.2f} {grown:.0f}")
"""


def measure(python: str, reader: str, feed: Path) -> str:
    """A row of the table; what went wrong when the reader did not come to its end."""
    command = [python, "-c", reader + MEASURE, str(feed)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    if done.returncode:
        return f"not measured: {(done.stderr.strip().splitlines() or ['it died'])[-1]}"
    items, wall, cpu, grown = done.stdout.split()
    return f"{items:>7} items  {wall:>7} s  {cpu:>7} s of CPU  {grown:>5} MiB more"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "feed.xml"
        items = "".join(ITEM.format(number) for number in range(100_000))
        feed.write_text(f"<rss version='2.0'><channel><title>N</title>{items}</channel></rss>", encoding="utf-8")
        size = feed.stat().st_size / 1e6
        print(f"100 000 items, {size:.1f} MB; Python {platform.python_version()}, {os.cpu_count()} cores")
        print(f"khabar      {measure(sys.executable, OURS, feed)}")
        if peer := os.environ.get("PEER_PYTHON"):
            print(f"feedparser  {measure(peer, THEIRS, feed)}")


if __name__ == "__main__":
    main()
