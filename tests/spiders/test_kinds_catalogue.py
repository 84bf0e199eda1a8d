"""The catalogue of broken feeds and sitemaps, each answer given to its parser and what it lists to the ledger."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

from models.lease import begin_run
from models.session import engine as engine_of
from models.session import writing
from spiders.discover import Tally, enter, judge
from spiders.kinds import Listing, Unreadable
from spiders.session_ids import rejoin
from tests.spiders.conftest import environment
from tests.spiders.feeds import FEEDS, address
from tests.spiders.test_kinds import OUTLET, parse

ANSWERED = {name: case for name, case in FEEDS.items() if case.status == "200 OK"}
TWICE = {name: case for name, case in FEEDS.items() if case.then is not None}


def listing_of(name: str, body: bytes) -> Listing:
    """What the case's parser makes of `body`."""
    return parse(FEEDS[name].kind, body, url=address(name))


@pytest.mark.parametrize("name", ANSWERED)
def test_what_a_source_answers_has_its_outcome(name: str) -> None:
    """F01-F28, I1: each item is listed, refused by name, or the whole answer is; nothing is fetched for it (the parsers
    have no network)."""
    case = FEEDS[name]
    if case.outcome != "done":
        with pytest.raises(Unreadable) as caught:
            listing_of(name, case.body)
        assert caught.value.outcome == case.outcome
        return
    listing = listing_of(name, case.body)
    assert listing.issues == case.issues
    found = judge(listing.items, OUTLET)
    pending = tuple(one.url for one in found.values() if one.outcome == "pending")
    assert (len(pending) if isinstance(case.pending, int) else pending) == case.pending
    assert {one.url: one.outcome for one in found.values() if one.outcome != "pending"} == case.refused


MEASURE = """
import json, resource
from spiders.kinds import Unreadable
from tests.spiders.conftest import environment
from tests.spiders.feeds import FEEDS
from tests.spiders.test_kinds_catalogue import listing_of
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
listing_of("F13", FEEDS["F13"].body)
before, grown = peak(), {}
for name in sorted(FEEDS, key=lambda name: len(FEEDS[name].body)):
    try:
        listing_of(name, FEEDS[name].body)
    except Unreadable:
        pass
    grown[name] = peak() - before
print(json.dumps(grown))
"""


def test_the_greatest_are_bounded_in_memory() -> None:
    """F01, F03, F24, F25, F28, I7: what the process itself grows by, libxml2 included, beside the answers."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, env=environment(), check=True
    )
    grown = json.loads(done.stdout)
    assert max(grown.values()) < 100, grown


@pytest.mark.parametrize("name", TWICE)
def test_the_second_answer(name: str, sqlite_template: Path, tmp_path: Path) -> None:
    """F14-F17, F25, I1, I2: the link decides what is the same article; what changed is fetched again, nothing else is,
    and what is no longer listed stays."""
    case = FEEDS[name]
    on = engine_of(f"sqlite:///{copy(sqlite_template, tmp_path / 'khabar.db')}")
    run = begin_run(on, "crawl", "news")
    now = datetime.now(UTC)
    tallies: list[Tally] = []
    joined = 0
    for body in (case.body, case.then or b""):
        found = judge(listing_of(name, body).items, OUTLET)
        with writing(on) as connection:
            found, joined = rejoin(connection, "news", address(name), found)
            tallies.append(enter(connection, "news", address(name), found, run.run_id, now))
    on.dispose()
    first, second = tallies
    assert first.new == len(case.pending)  # type: ignore[arg-type]
    assert (second.new, second.changed) == (case.then_new, case.then_changed)
    assert joined == ("unstable_links" in case.then_issues)
