"""The catalogue of bad input against real hostile servers: a live crawl and the clean stage, twice over, and every case
has its named outcome (I1, I7). `pytest -k T18` runs the crawls and tells of T18."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.spiders.catalogue import CASES, DONE, IDS, Case
from tests.spiders.catalogue.run import Evidence, run
from tests.spiders.catalogue.transport import MIB, SENT
from tests.spiders.conftest import World, share_compiled, sqlite_world
from tests.spiders.feeds import FEEDS
from tests.spiders.hostile import HostileServer, http
from tests.spiders.internet import PUBLIC, Internet

pytestmark = pytest.mark.xdist_group("catalogue")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Evidence]:
    """What the crawls and the clean stage left behind."""
    folder = tmp_path_factory.mktemp("catalogue")
    template = request.getfixturevalue("sqlite_template")
    with pytest.MonkeyPatch.context() as monkeypatch:
        share_compiled(tmp_path_factory, monkeypatch)
        with sqlite_world(template, folder, monkeypatch) as world, Internet(folder) as net:
            yield run(world, net)


def test_the_catalogue_is_complete() -> None:
    """All 80: T01 to T32, R01 to R20, F01 to F28, and each input has a name of its own."""
    assert {case.id for case in CASES} | {name[:3] for name in FEEDS} == IDS | {"H07"}
    assert len({case.slug for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.name}")
def test_an_address_has_its_outcome(seen: Evidence, case: Case) -> None:
    """I1, I2: a row for each address, with the outcome of the table, and the article as it should be."""
    rows = seen.first.of(case)
    assert [row["outcome"] for row in rows] == [case.outcome] * case.rows, rows or case.what
    for row in rows:
        assert case.url in (None, row["url"])
        assert case.canonical in (None, row["url_canonical"])
        said = [*row["issues"], *(row["detail"] or "").split("; ")]
        assert [issue for issue in case.issues if not any(word.startswith(issue) for word in said)] == [], said
        text = f"{row['title']}\n{row['text']}"
        assert [part for part in case.holds if part not in text] == []
        assert [part for part in case.lacks if part in text] == []
        assert case.outcome != DONE or len(row["text"]) > 200
    assert case.asked in (None, seen.first.asked[case.place])
    assert [row["versions"] for row in seen.second.of(case) if row["article_id"]] == [case.versions] * (
        case.rows if case.outcome == DONE else 0
    )


@pytest.mark.parametrize("case", [one for one in CASES if one.copy_of], ids=lambda case: f"{case.id}-{case.name}")
def test_what_differs_only_to_machines_is_a_copy(seen: Evidence, case: Case) -> None:
    """T13, T14, I2: watermarks and the letters of another keyboard do not make another story."""
    [one] = seen.first.of(case)
    [other] = seen.first.of(next(c for c in CASES if (c.id, c.name) == (case.id, case.copy_of)))
    assert (one["copy_of"] or one["article_id"]) == (other["copy_of"] or other["article_id"])


@pytest.mark.parametrize("name", FEEDS)
def test_a_source_has_its_outcome(seen: Evidence, name: str) -> None:
    """F01 to F28, I1: every item is in the ledger, to be fetched or refused by name, or the whole source is refused."""
    case, source, listed = FEEDS[name], seen.first.source(name), seen.first.listed(name)
    assert source["outcome"] == case.outcome, source
    assert tuple(source["issues"]) == case.issues or case.outcome != DONE
    everything = {row["url"]: row["outcome"] for row in seen.first.rows}
    assert {url: everything.get(url) for url in case.refused} == case.refused
    rest = listed.keys() - case.refused.keys()
    assert {listed[url] for url in rest} <= {"refused:budget", "refused:http_4xx"}  # to be fetched, had it the money
    if isinstance(case.pending, int):
        assert len(rest) == case.pending
    else:
        assert rest <= set(case.pending) <= everything.keys()


@pytest.mark.parametrize("name", [name for name, case in FEEDS.items() if case.then is not None])
def test_a_source_that_changed(seen: Evidence, name: str) -> None:
    """F14 to F17, F25, I1, I2: the link decides what is new; what is listed no more stays."""
    case, source = FEEDS[name], seen.second.source(name)
    assert (source["new"], source["changed"]) == (case.then_new, case.then_changed)
    assert set(case.then_issues) <= set(source["issues"])
    assert seen.first.listed(name).keys() <= seen.second.listed(name).keys()


def test_only_public_addresses_were_connected_to(seen: Evidence) -> None:
    """R02 to R05, R08, at the wires: one public address on the port of https, one resolution for each connection, and
    not a byte for anybody else."""
    assert set(seen.net.noted("connected")) == {f"{PUBLIC}|443"}
    assert seen.net.trap.asked == seen.net.http.asked == []
    assert len(seen.net.noted("public")) == len(seen.net.noted("connected"))
    asked = seen.second.asked
    assert [place for place in asked if place.startswith(("/evil", "/metadata", "/feeds.feedburner", "/apps."))] == []
    assert [place for place in asked if "/secret" in place] == []


def test_redirects_end_where_they_must(seen: Evidence) -> None:
    """R01, R08, R17: the sixth hop, the way back to http and the wall are never asked."""
    asked = seen.second.asked
    assert (asked["/paper.test/a/r01-six-5"], asked["/paper.test/a/r01-six-6"]) == (1, 0)
    assert asked["/paper.test/a/r08-plain"] == asked["/paper.test/wp-login.php?redirect_to=x"] == 0


def test_nobody_falls_back_from_tls(seen: Evidence) -> None:
    """T29: a host whose certificate is bad is not asked without one, robots.txt included."""
    bad = ("/expired.test", "/self-signed.test", "/wrong-host.test")
    assert [place for place in seen.second.asked if place.startswith(bad)] == []


def test_nothing_personal_is_carried(seen: Evidence) -> None:
    """R13, R18, R19, R20: no cookie, no credentials, no referrer, and validators only where they came from."""
    requests = seen.net.https.requests + seen.net.http.requests
    heads = [request.lower() for request in requests]
    for name in (b"\r\ncookie:", b"\r\nauthorization:", b"\r\nproxy-", b"\r\nreferer:", b"secret"):
        assert [head for head in heads if name in head] == []
    conditional = {head.split(b" ")[1] for head in heads if b"\r\nif-none-match:" in head}
    assert conditional == {b"/a/t27-copy", b"/a/t28-same-etag", b"/a/t28-other-etag"}


def test_what_is_unchanged_is_not_made_anew(seen: Evidence) -> None:
    """T26, T27: a 304 counts only for a copy that we hold."""
    said = {row["url"].rpartition("/")[2]: row["outcome"] for row in seen.second.fetches if row["status"] == 304}
    assert said == {"t26-no-copy": "refused:http_304", "t27-copy": "not_modified"}


def test_only_whole_answers_are_archived(seen: Evidence) -> None:
    """I1, T22: every archived body is one that a row names, and no row names half of one. (Of a robots.txt only the
    hash is kept, to see that it changed.)"""
    naming = [row for row in seen.second.fetches if row["body_sha256"] and row["kind"] != "robots"]
    assert seen.archived == {row["body_sha256"] for row in naming}
    assert {row["outcome"] for row in naming} == {DONE, "not_modified"}


def test_memory_is_bounded(seen: Evidence) -> None:
    """I7, T18 to T20, T24, F01, F03, F24, F25: all bombs together cost no more than the few bodies under way at
    once: each may come to 16 MiB, and for a moment stands there twice. (One alone: test_unpack.py.)"""
    for one in (*seen.first.results.values(), *seen.second.results.values()):
        stats = one.report["stats"]
        assert stats["memusage/max"] - stats["memusage/startup"] < 128 * MIB, one.outlet
        assert stats["memusage/max"] < 300 * MIB


@pytest.mark.parametrize("name", ["announced", "chunked", "unannounced"])
def test_a_large_body_is_cut(seen: Evidence, name: str) -> None:
    """I7, T20: 100 MB never leave the server; what is beyond 16 MiB is what lay in buffers."""
    assert 0 < SENT[f"t20-{name}"] < 40 * MIB


def test_the_log_is_plain(seen: Evidence) -> None:
    """S07: no traceback, no control character of a server's, no password."""
    assert "Traceback" not in seen.log
    assert [c for c in set(seen.log) if not c.isprintable() and c != "\n"] == []
    details = [row["detail"] or "" for row in (*seen.second.rows, *seen.second.fetches)]
    assert [detail for detail in details if not detail.isprintable()] == []
    assert not any("secret" in text for text in (seen.log, *details))


def test_a_source_that_is_none_fails_the_run_and_says_so(
    small_world: World, outlet_folder: Callable[..., Path]
) -> None:
    """I6: nothing found is never green, and the reason names the source."""
    with HostileServer() as server:
        server.pages["/news.test/feed/"] = http(b"<!doctype html><html><body>Sorry</body></html>")
        small_world.point_to(server.url)
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(outlet_folder("news")))
    assert (result.state, result.exit_code) == ("failed", 1)
    assert result.reason
    assert "discovered 0, expected at least 1" in result.reason
    assert "refused:not_a_feed" in result.reason
    assert [row["outcome"] for row in small_world.rows("SELECT outcome FROM source_states")] == ["refused:not_a_feed"]
