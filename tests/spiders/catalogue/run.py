"""Lets the product loose on the catalogue: a live crawl through the real guard, and the clean stage, twice over."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from sqlalchemy import Engine, update

from models.archive import open_archive
from models.ledger import Discovery
from models.outcome import PENDING
from models.session import writing
from outlets.load import load
from pipeline.process import process
from spiders.crawl import CrawlResult, crawl_each
from spiders.due import MOST_ATTEMPTS
from tests.spiders.catalogue import CASES, HOST, NAMES, Case
from tests.spiders.conftest import Rows, World, write_outlet
from tests.spiders.feeds import FEEDS, address
from tests.spiders.hostile import http
from tests.spiders.internet import Internet

OPTIONS = {
    "DOWNLOAD_TIMEOUT": "8",  # instead of 30
    "KHABAR_DELAYS": "False",
    "KHABAR_OUTLETS_AT_ONCE": "1",  # so that one page's memory is not another's
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": "0.2",
}
ROWS = """
    SELECT d.url, d.url_key, d.outcome, d.detail, d.source, a.id AS article_id, a.copy_of, v.title, v.text, v.issues,
           v.url_canonical, (SELECT count(*) FROM article_versions WHERE article_id = a.id) AS versions
    FROM discoveries d LEFT JOIN articles a ON a.id = d.article_id
    LEFT JOIN article_versions v ON v.article_id = a.id AND v.version = a.latest_version ORDER BY d.id
"""
FETCHES = "SELECT outlet, kind, url, status, outcome, detail, body_sha256 FROM fetches ORDER BY id"
PAPER, NEWS = "paper", "news"
"""The outlets: of the articles (T, R), and of the feeds (F)."""


@dataclass(slots=True)
class Round:
    """What a crawl and the clean stage left behind."""

    results: dict[str, CrawlResult]
    rows: list[dict[str, Any]]
    fetches: Rows
    asked: Counter[str]
    """How often each place has been asked so far."""

    def of(self, case: Case) -> list[dict[str, Any]]:
        """The ledger's rows of a case, with their articles."""
        mark = re.compile(re.escape(case.slug) + r"(?![\w-])")
        return [row for row in self.rows if mark.search(row["url"])]

    def source(self, name: str) -> dict[str, Any]:
        """The report on the source of a feed."""
        [found] = [one for one in self.results[NEWS].report["sources"] if one["url"] == address(name)]
        return dict(found)

    def listed(self, name: str) -> dict[str, str]:
        """Address to outcome of what the source of a feed named first."""
        return {row["url"]: row["outcome"] for row in self.rows if row["source"] == address(name)}


@dataclass(slots=True)
class Evidence:
    """Everything that a test may look at."""

    net: Internet
    first: Round
    second: Round
    log: str
    archived: set[str]


def run(world: World, net: Internet) -> Evidence:
    """Two rounds. The second finds other titles in the list and other feeds, and the server's later answers."""
    world.point_to("", contact="https://watch.test/about")
    world.monkeypatch.setenv("SSL_CERT_FILE", net.authorities)
    world.monkeypatch.setenv("KHABAR_LOOKBACK_DAYS", "3650")  # the documents' dates stay what they are
    folder = _set_up(world, net)
    rounds = []
    for again in (False, True):
        _publish(net, again=again)
        options = {**OPTIONS, "KHABAR_OUTLETS_FOLDER": str(folder), **net.options()}
        results = {one.outlet: one for one in crawl_each([PAPER, NEWS], log_path=world.log, options=options)}
        asked = Counter(net.https.asked + net.http.asked)
        process(
            world.engine, open_archive(str(world.folder / "archive")), {PAPER: load(PAPER, folder)}, lookback_days=14
        )
        rows = [{**row, "issues": json.loads(row["issues"] or "[]")} for row in world.rows(ROWS)]
        rounds.append(Round(results, rows, world.rows(FETCHES), asked))
        _give_up(world.engine)
        world.set_due(hours=-1)
    return Evidence(net, *rounds, world.log.read_text(encoding="utf-8"), world.archived())


def _set_up(world: World, net: Internet) -> Path:
    net.names |= NAMES
    net.certify("expired.test", days=-1)
    net.certify("self-signed.test", by=trustme.CA())
    net.certify("wrong-host.test", name="somebody-else.test")
    for case in CASES:
        if case.answer is not None:
            net.answer(case.place, case.answer)
        for place, answer in case.also.items():
            net.answer(place, answer)
    hosts = sorted({case.host for case in CASES} | set(NAMES) | {"cdn.test"})
    write_outlet(
        world.folder, PAPER, home=f"https://{HOST}/", hosts=hosts, languages=["en", "fa", "ps", "ru"],
        sources=[{"kind": "json", "url": f"https://{HOST}/list.json"}],
        article_url=r"^https?://[^/]+/a/[a-z0-9-]+", politeness={"delay_seconds": 0, "max_requests": 1000},
    )  # fmt: skip
    return write_outlet(
        world.folder, NEWS, sources=[{"kind": case.kind, "url": address(name)} for name, case in FEEDS.items()],
        article_url=r"^https://news\.test/a/[^/?]+", politeness={"delay_seconds": 0, "max_requests": 1},
    )  # fmt: skip


def _publish(net: Internet, *, again: bool) -> None:
    """The outlet's list of articles and the other's feeds; the second time only what is different then."""
    items = []
    for case in CASES:
        if again and case.later is None:
            continue
        title = f"Second {case.slug}" if again else f"First {case.slug}"
        items += [{"url": address, "title": title} for address in case.addresses]
        if again and case.later is not None:
            net.answer(case.place, case.later)
    net.answer(f"/{HOST}/list.json", http(json.dumps({"items": items}).encode(), type="application/json"))
    for name, feed in FEEDS.items():
        body = feed.then if again and feed.then is not None else feed.body
        place = address(name).removeprefix("https:/")
        net.answer(place, http(body, status=feed.status, type=feed.type, headers=feed.headers))


def _give_up(on: Engine) -> None:
    """What failed is not asked again: the second round is for what changed, and the slow need not be slow twice."""
    with writing(on) as connection:
        connection.execute(update(Discovery).where(Discovery.outcome != PENDING).values(attempts=MOST_ATTEMPTS))
