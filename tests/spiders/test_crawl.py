"""A crawl of the replica, end to end in real subprocesses, and what a second and a third one do."""

import json
from concurrent.futures import ThreadPoolExecutor

from khabar.replica import Replica
from models.archive import open_archive
from outlets.load import FOLDER
from outlets.urls import url_key
from tests.conftest import Counts
from tests.spiders.conftest import World
from tests.support.rows import insert_article


def test_three_runs_of_an_outlet(world: World, replica: Replica, counts: Counts) -> None:
    """I1, I2, I5: the first run takes everything, the second nothing, the third what is new and what was edited."""
    world.point_to(replica.url)
    _first_run(world, replica)
    _second_run(world, replica, counts)
    _third_run(world, replica)


def _first_run(world: World, replica: Replica) -> None:
    """Every article that stands on the site has one ledger row; each fetched one has its bytes in the archive."""
    result = world.crawl()
    assert result.state == "ok", (result.reason, world.log.read_text())
    assert result.exit_code == 0
    ledger = world.ledger()
    for article in replica.articles("khaama_press"):
        expected = {"robots": ("discovered", "refused:robots")}.get(article.kind, ("fetched", "pending"))
        assert ledger[url_key(article.url)] == expected, article.url
    archive = open_archive(str(world.folder / "archive"))
    bodies = world.bodies()
    for sha256 in bodies.values():
        assert b"<html" in archive.get(sha256)[:2000].lower()
    assert set(bodies.values()) == world.archived()
    assert result.counts["pages"] == len(bodies)
    pages = [r for r in replica.requests() if r.kind == "article"]
    assert len(pages) == len(bodies) == len({r.url for r in pages})
    assert not any("bot" in r.headers["user-agent"].lower() for r in replica.requests())
    assert all(r.headers["user-agent"].startswith("Khabar/") for r in replica.requests())
    run = world.rows("SELECT state, reason, stats FROM runs")[0]
    assert (run["state"], run["reason"]) == ("ok", None)
    stats = json.loads(run["stats"]) if isinstance(run["stats"], str) else run["stats"]
    assert stats["counts"] == result.counts


def _second_run(world: World, replica: Replica, counts: Counts) -> None:
    """No article request, one conditional request a source, not a row more, and the run is green."""
    columns = "SELECT id, hints, hint_sha256, first_seen_at, stage, outcome FROM discoveries ORDER BY id"
    before, rows = counts(), world.rows(columns)
    replica.log.clear()
    result = world.crawl()
    assert result.state == "ok", result.reason
    asked = replica.requests()
    assert [r for r in asked if r.kind == "article"] == []
    assert len({r.url for r in asked}) == len(asked) == len(result.report["sources"])
    assert {r.status for r in asked} == {304}
    assert counts() == before
    assert world.rows(columns) == rows


def _third_run(world: World, replica: Replica) -> None:
    """Two new articles and the edited ones cost one request each; first_seen_at of the edited ones does not move."""
    columns = "SELECT url_key, first_seen_at, fetch_id FROM discoveries"
    first = {r["url_key"]: r for r in world.rows(columns)}
    bodies = world.bodies()
    replica.log.clear()
    edited = [a for a in replica.edit() if a.outlet == "khaama_press"]
    published = replica.publish("khaama_press", 2)
    result = world.crawl()
    assert result.state == "ok", result.reason
    pages = sorted(r.url for r in replica.requests() if r.kind == "article")
    assert edited
    assert pages == sorted(a.url for a in [*edited, *published])
    assert (result.counts["new"], result.counts["changed"]) == (2, len(edited))
    now = {r["url_key"]: r for r in world.rows(columns)}
    for key in (url_key(article.url) for article in edited):
        assert now[key]["first_seen_at"] == first[key]["first_seen_at"]
        assert now[key]["fetch_id"] != first[key]["fetch_id"]
        assert world.bodies()[key] != bodies[key]


def test_a_listed_change_that_is_none_is_asked_conditionally(small_world: World, replica: Replica) -> None:
    """A 304 for an article leaves it as it was: done when it is stored."""
    small_world.point_to(replica.url)
    small_world.crawl()
    key = next(key for key, (stage, _) in small_world.ledger().items() if stage == "fetched")
    with small_world.engine.begin() as connection:
        article = insert_article(connection, key)
        connection.exec_driver_sql(
            "UPDATE discoveries SET stage = 'stored', outcome = 'done', article_id = ? WHERE url_key = ?",
            (article, key),
        )
        # As though the source had said earlier that it was modified before: its word is now a new one.
        connection.exec_driver_sql(
            "UPDATE discoveries SET hints = json_set(hints, '$.modified', '2001-01-01T00:00:00Z') WHERE url_key = ?",
            (key,),
        )
        connection.exec_driver_sql("DELETE FROM source_states")
    replica.log.clear()
    small_world.crawl()
    pages = [r for r in replica.requests() if r.kind == "article"]
    assert [(url_key(r.url), r.status) for r in pages] == [(key, 304)]
    assert small_world.ledger()[key] == ("stored", "done")
    assert small_world.rows("SELECT outcome FROM fetches ORDER BY id DESC LIMIT 1") == [{"outcome": "not_modified"}]


def test_every_outlet_of_the_replica_is_crawled(small_world: World, replica: Replica) -> None:
    """Feed, REST, sitemap index, news sitemap and listing, on six outlets, two hosts of one among them."""
    small_world.point_to(replica.url)
    outlets = ["tass", "tolonews", "pajhwok", "amu_tv", "afghanistan_international"]
    for outlet in outlets:
        result = small_world.crawl(outlet)
        assert (result.state, result.warnings) == ("ok", []), (outlet, result.reason, result.warnings)
    ledger = small_world.ledger()
    for article in replica.articles():
        if article.outlet in outlets:
            expected = {"robots": ("discovered", "refused:robots"), "challenge": ("discovered", "refused:challenge")}
            assert ledger[url_key(article.url)] == expected.get(article.kind, ("fetched", "pending")), article.url
    challenged = {url_key(a.url) for a in replica.articles(kind="challenge")}
    assert challenged
    replica.log.clear()
    small_world.crawl("amu_tv")
    assert [r.url for r in replica.requests() if r.kind == "article"] == []  # a challenge is left alone for hours


def test_the_budget_spreads_articles_over_runs(small_world: World, replica: Replica) -> None:
    """I7: a run asks for at most max_requests articles, the newest first; the next goes on, and none is lost."""
    text = (FOLDER / "af" / "amu_tv.yml").read_text(encoding="utf-8").replace("max_requests: 300", "max_requests: 6")
    folder = small_world.folder / "outlets"
    (folder / "af").mkdir(parents=True)
    (folder / "af" / "amu_tv.yml").write_text(text, encoding="utf-8")
    small_world.point_to(replica.url)
    first = small_world.crawl("amu_tv", KHABAR_OUTLETS_FOLDER=str(folder))
    listed = [a for a in replica.articles("amu_tv") if a.kind != "soft_404"]
    newest = [a.url for a in listed if a.kind != "challenge"]
    asked = [r.url for r in replica.requests() if r.kind == "article"]
    assert len(asked) == 6
    assert set(asked) <= {a.url for a in listed[:6]}
    assert first.counts["left"] == len(listed) - 6
    waiting = [outcome for _, outcome in small_world.ledger().values() if outcome == "refused:budget"]
    assert len(waiting) == len(listed) - 6
    small_world.crawl("amu_tv", KHABAR_OUTLETS_FOLDER=str(folder))
    pages = [r.url for r in replica.requests() if r.kind == "article"]
    assert sorted(pages) == sorted([*newest, *(a.url for a in listed if a.kind == "challenge")])


def test_outlets_crawled_at_once_share_the_database(world: World, replica: Replica, counts: Counts) -> None:
    """I1, I2: Airflow runs several outlets side by side; writers wait for each other, and a slow lock loses nothing."""
    world.point_to(replica.url)
    outlets = ["khaama_press", "tass", "amu_tv"]
    with ThreadPoolExecutor(max_workers=len(outlets)) as pool:
        results = list(pool.map(world.crawl, outlets))
    assert [(result.state, result.reason) for result in results] == [("ok", None)] * len(outlets)
    ledger = world.ledger()
    assert {url_key(a.url) for a in replica.articles() if a.outlet in outlets} <= ledger.keys()
    assert counts()["discoveries"] == len(ledger) == sum(result.counts["new"] for result in results)
