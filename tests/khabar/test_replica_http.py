"""The replica speaks HTTP as the outlets do: validators, compression, keep-alive, outages, and an honest log."""

import gzip
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from khabar.replica import Replica, ReplicaError, kept_epoch

EPOCH = date(2026, 11, 24)
FEED = "https://www.khaama.com/feed/"


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(EPOCH) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10) as open_client:
        yield open_client


@pytest.mark.parametrize(
    "url",
    [FEED, "https://www.khaama.com/wp-json/wp/v2/posts", "https://www.khaama.com/post-sitemap.xml",
     "https://tass.com/rss/v2.xml", "https://tass.com/sitemap.xml", "https://tolonews.com/fa/rss.xml",
     "https://www.afintl.com/feed"],
)  # fmt: skip
def test_a_source_that_did_not_change_answers_304_without_a_body(
    replica: Replica, client: httpx.Client, url: str
) -> None:
    first = client.get(replica.local(url))
    assert first.status_code == 200
    by_tag = client.get(replica.local(url), headers={"If-None-Match": first.headers["etag"]})
    by_time = client.get(replica.local(url), headers={"If-Modified-Since": first.headers["last-modified"]})
    other = client.get(replica.local(url), headers={"If-None-Match": '"another"'})
    assert (by_tag.status_code, by_time.status_code, other.status_code) == (304, 304, 200)
    assert by_tag.content == by_time.content == b""
    assert [r.sent for r in replica.requests()][1:3] == [0, 0]


def test_every_article_page_is_conditional_too(replica: Replica, client: httpx.Client) -> None:
    for article in replica.articles():
        if article.has_page:
            tag = client.get(replica.local(article.url)).headers["etag"]
            assert client.get(replica.local(article.url), headers={"If-None-Match": tag}).status_code == 304


def test_gzip_only_when_accepted_and_the_length_is_that_of_the_wire(replica: Replica, client: httpx.Client) -> None:
    plain = client.get(replica.local(FEED), headers={"Accept-Encoding": "identity"})
    refused = client.get(replica.local(FEED), headers={"Accept-Encoding": "gzip;q=0, identity"})
    with client.stream("GET", replica.local(FEED), headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(raw) < len(plain.content)
    assert gzip.decompress(raw) == plain.content
    assert raw[4:8] == bytes(4), "the time of compression in the bytes would make them differ from run to run"
    assert [r.sent for r in replica.requests()] == [len(plain.content), len(plain.content), len(raw)]


def test_head_has_the_headers_of_get_and_no_body(replica: Replica, client: httpx.Client) -> None:
    got, head = client.get(replica.local(FEED)), client.head(replica.local(FEED))
    ignored = {"date"}
    assert {k: v for k, v in got.headers.items() if k not in ignored} == {
        k: v for k, v in head.headers.items() if k not in ignored
    }
    assert head.content == b""


def test_one_connection_carries_many_requests(replica: Replica) -> None:
    host, port = replica.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        reader = connection.makefile("rb")
        for _ in range(3):
            connection.sendall(b"GET /tass.com/robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            assert reader.readline() == b"HTTP/1.1 200 OK\r\n"
            length = 0
            while (line := reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert len(reader.read(length)) == length
        reader.close()


def test_unknown_host_unknown_path_wrong_method(replica: Replica, client: httpx.Client) -> None:
    unknown = client.get(replica.local("https://news.example.org/feed/"))
    assert unknown.status_code == 502
    assert "no host 'news.example.org'" in unknown.text
    for host in ("www.khaama.com", "tass.com", "tass.ru", "tolonews.com", "pajhwok.com", "amu.tv", "www.afintl.com"):
        assert client.get(replica.local(f"https://{host}/no/such/page")).status_code == 404
    assert client.post(replica.local(FEED)).status_code == 405


def test_redirects_name_the_outlets_own_address(replica: Replica, client: httpx.Client) -> None:
    article = replica.articles("khaama_press", "edited")[0]
    for asked, there in [
        ("https://khaama.com/feed/", FEED),
        ("https://www.khaama.com/feed", FEED),
        (f"https://www.khaama.com/?p={article.number}", article.url),
        ("https://tolonews.com/rss", "https://tolonews.com/rss.xml"),
    ]:
        answer = client.get(replica.local(asked))
        assert (answer.status_code, answer.headers["location"]) == (301, there)


def test_log_counts_requests_and_bytes_per_host_and_kind(replica: Replica, client: httpx.Client) -> None:
    before = datetime.now(UTC)
    article = replica.articles("pajhwok", "wire")[0]
    asked = [
        ("https://pajhwok.com/robots.txt", "robots"), ("https://pajhwok.com/feed/", "feed"),
        ("https://pajhwok.com/wp-json/wp/v2/posts?per_page=2", "rest"), (article.url, "article"),
        ("https://pajhwok.com/sitemap_index.xml", "sitemap"), ("https://pajhwok.com/category/afghanistan/", "listing"),
        ("https://pajhwok.com/wp-content/x.png", "other"), ("https://tass.ru/rss/v2.xml", "feed"),
    ]  # fmt: skip
    answers = [client.get(replica.local(url), headers={"Accept-Encoding": "identity"}) for url, _ in asked]
    assert [r.kind for r in replica.requests()] == [kind for _, kind in asked]
    assert [r.url for r in replica.requests()] == [url for url, _ in asked]
    assert [r.status for r in replica.requests()] == [a.status_code for a in answers]
    assert [r.sent for r in replica.requests()] == [len(a.content) for a in answers]
    assert replica.counts()["pajhwok.com"].requests == 7
    assert replica.counts()["pajhwok.com"].sent == sum(len(a.content) for a in answers[:-1])
    assert len(replica.requests(kind="feed")) == 2
    assert len(replica.requests("tass.ru", "feed")) == 1
    assert replica.requests()[0].headers["user-agent"].startswith("python-httpx")
    assert all(before <= r.at <= datetime.now(UTC) for r in replica.requests())


def test_log_loses_nothing_under_parallel_clients(replica: Replica) -> None:
    def ask() -> None:
        with httpx.Client() as client:
            for _ in range(25):
                client.get(replica.local("https://amu.tv/robots.txt"))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.number for r in replica.requests()] == list(range(1, 151))


def test_outages_strike_as_told_and_heal(replica: Replica, client: httpx.Client) -> None:
    replica.fail("www.khaama.com", 503, retry_after="120", times=1)
    broken = client.get(replica.local(FEED))
    assert (broken.status_code, broken.headers["retry-after"]) == (503, "120")
    assert client.get(replica.local(FEED)).status_code == 200

    replica.fail("www.khaama.com", "reset", path="/wp-json/")
    with pytest.raises(httpx.ReadError):
        client.get(replica.local("https://www.khaama.com/wp-json/"))
    assert client.get(replica.local(FEED)).status_code == 200
    assert replica.requests(kind="rest")[0].status == 0

    replica.fail("tass.com", "truncate")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(replica.local("https://tass.com/rss/v2.xml"))
    replica.heal("tass.com")
    assert client.get(replica.local("https://tass.com/rss/v2.xml")).status_code == 200

    replica.fail("tolonews.com", "hang")
    with pytest.raises(httpx.ReadTimeout):
        client.get(replica.local("https://tolonews.com/rss.xml"), timeout=0.2)
    with pytest.raises(ValueError, match="cannot fail with 200"):
        replica.fail("tolonews.com", 200)


def test_other_processes_hold_the_same_handles(replica: Replica, client: httpx.Client) -> None:
    control = f"{replica.url}/__replica__"
    client.get(replica.local("https://amu.tv/feed/"))
    log = client.get(f"{control}/log?kind=feed").json()
    assert [(r["host"], r["path"], r["status"]) for r in log] == [("amu.tv", "/feed/", 200)]
    assert client.get(f"{control}/counts").json()["amu.tv"]["requests"] == 1
    assert len(client.get(f"{control}/articles?outlet=tass").json()) == len(replica.articles("tass"))
    changed = client.post(f"{control}/edit?id=khaama_press/taloqan-explosion").json()
    assert "eleven" in changed[0]["title"]
    assert len(client.post(f"{control}/publish?outlet=tass&count=3").json()) == 3
    client.post(f"{control}/fail?host=amu.tv&how=429&retry_after=5&times=1")
    assert client.get(replica.local("https://amu.tv/feed/")).status_code == 429
    client.post(f"{control}/clear")
    assert replica.requests() == []
    assert client.post(f"{control}/edit?id=nobody/nothing").status_code == 400
    assert client.get(f"{control}/nothing").status_code == 404


def test_a_stopped_replica_is_gone_even_for_open_connections() -> None:
    replica = Replica(EPOCH)
    replica.start()
    url = replica.local("https://tass.com/robots.txt")
    with httpx.Client() as client:
        assert client.get(url).status_code == 200
        replica.stop()
        with pytest.raises(httpx.TransportError):
            client.get(url)
    with pytest.raises(ReplicaError, match="does not run"):
        _ = replica.url


def test_a_port_in_use_is_one_sentence(replica: Replica) -> None:
    port = int(replica.url.rsplit(":", 1)[1])
    with pytest.raises(ReplicaError, match=rf"cannot listen on port {port}: Address already in use"):
        Replica(EPOCH, port=port).start()


def test_served_on_its_own_it_prints_its_address_keeps_its_epoch_and_stops_quietly(tmp_path: Path) -> None:
    var = tmp_path
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    (var / "replica_epoch").write_text(f"{yesterday}\n", encoding="ascii")
    server = subprocess.Popen(
        [sys.executable, "-m", "khabar.replica", "--var", str(var)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        about = json.loads(httpx.get(f"{url}/__replica__/").text)
        assert about["epoch"] == kept_epoch(var).isoformat() == yesterday
        server.terminate()
        out, err = server.communicate(timeout=10)
    finally:
        server.kill()
    assert (server.returncode, out, err) == (0, "", "")


def test_an_old_epoch_gives_way_to_today(tmp_path: Path) -> None:
    """Otherwise its articles would leave the lookback, and the demo of next month would find nothing."""
    (tmp_path / "replica_epoch").write_text("2026-03-21\n", encoding="ascii")
    today = datetime.now(UTC).date()
    assert kept_epoch(tmp_path) == today
    assert (tmp_path / "replica_epoch").read_text() == f"{today}\n"


@pytest.mark.parametrize(
    "outlet", ["khaama_press", "tass", "tolonews", "pajhwok", "amu_tv", "afghanistan_international"]
)
def test_every_published_article_has_its_page(replica: Replica, client: httpx.Client, outlet: str) -> None:
    for article in replica.publish(outlet, 12):
        assert client.get(replica.local(article.url)).status_code == 200, article.url
