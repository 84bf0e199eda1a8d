"""R01 to R20: where answers try to lead us, what hosts resolve to, and what they would have us carry."""

from itertools import pairwise

from tests.spiders.catalogue.case import DONE, HOST, Case, good, page, redirect
from tests.spiders.hostile import Answer, http

PRIVATE_NAMES = {
    "ten": "10.0.0.1", "twelve": "172.16.0.1", "home": "192.168.1.1", "shared": "100.64.0.1", "link": "169.254.1.1",
    "link6": "fe80::1", "local6": "fd00::1", "mapped": "::ffff:10.0.0.1", "nat64": "64:ff9b::a00:1",
    "six-to-four": "2002:a00:1::", "teredo": "2001:0:a00:1::", "loop": "127.0.0.1",
}  # fmt: skip
"""R04: hosts that the outlet's own file names, and what they resolve to."""
NAMES = {f"{name}.test": [[address]] for name, address in PRIVATE_NAMES.items()} | {
    "turned.test": [["93.184.216.34"], ["127.0.0.1"]],
    "both.test": [["93.184.216.34", "10.0.0.1"]],
}
LOOPBACK = (
    "127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "2130706433", "0177.1", "127.1",  # noqa: S104
    "0x7f000001", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
)  # fmt: skip
METADATA = ("169.254.169.254", "[fd00:ec2::254]", "metadata.google.internal")
SCHEMES = {
    "file": "file:///etc/passwd", "ftp": "ftp://paper.test/x", "gopher": "gopher://paper.test:6379/_x",
    "data": "data:text/html,hello", "javascript": "javascript:alert(1)", "blob": "blob:https://paper.test/1",
}  # fmt: skip
WALLS = {
    "login": "https://paper.test/wp-login.php?redirect_to=x", "geo": "https://paper.test/not-available-in-your-region/",
    "store": "https://apps.apple.com/app/id1",
}  # fmt: skip
EVIL = "https://evil.test/a/x"


def headed(mark: str, head: str, **headers: str) -> bytes:
    """A page with something in its head, and headers."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return http(page(mark, head=head).encode(), headers=given)


def cookies(mark: str, count: int) -> bytes:
    """A page that sets `count` cookies, the first for all of .test."""
    body = page(mark).encode()
    lines = b"Set-Cookie: all=1; Domain=.test; Path=/\r\n" + b"".join(
        b"Set-Cookie: c%d=1; Path=/\r\n" % n for n in range(count - 1)
    )
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    return head.encode() + lines + b"\r\n" + body


def chain(start: str, length: int) -> dict[str, Answer]:
    """A chain of redirects behind `start`, with a page at its end."""
    hops = [f"/{HOST}/a/{start}-{n}" for n in range(1, length)]
    ways: dict[str, Answer] = {place: redirect(f"https:/{following}") for place, following in pairwise(hops)}
    return ways | {hops[-1]: good(start)}


CASES = (
    Case("R01", "loop", "a redirect to itself", redirect("https://paper.test/a/r01-loop"), "refused:redirects",
         asked=1),
    Case("R01", "five", "five redirects", redirect("https://paper.test/a/r01-five-1"), DONE, also=chain("r01-five", 6)),
    Case("R01", "six", "six redirects", redirect("https://paper.test/a/r01-six-1"), "refused:redirects",
         also=chain("r01-six", 7)),
    *(Case("R02", f"meta{n}", f"redirect to {host}", redirect(f"http://{host}/latest/meta-data/"),
           "refused:private_address", asked=1) for n, host in enumerate(METADATA)),
    *(Case("R03", f"loop{n}", f"redirect to {host}", redirect(f"https://{host}/a/x"), "refused:private_address",
           asked=1) for n, host in enumerate(LOOPBACK)),
    *(Case("R04", name, f"a host of the outlet that resolves to {address}", good(f"r04{name}"),
           "refused:private_address", host=f"{name}.test", asked=0) for name, address in PRIVATE_NAMES.items()),
    Case("R04", "both", "one public and one private address", good("r04both"), "refused:private_address",
         host="both.test", asked=0),
    Case("R05", "turned", "DNS rebinding: public when robots.txt is asked, private after", good("r05"),
         "refused:private_address", host="turned.test", asked=0),
    *(Case("R06", name, f"redirect to {name}:", redirect(address), "refused:scheme", asked=1)
      for name, address in SCHEMES.items()),
    *(Case("R06", f"listed-{name}", f"{name}: in the list", None, "refused:scheme",
           links=(f"{address}?r06-listed-{name}",)) for name, address in SCHEMES.items()),
    *(Case("R07", str(port), f"redirect to port {port}", redirect(f"https://paper.test:{port}/a/x"), "refused:port",
           asked=1) for port in (22, 25, 5432, 6379)),
    Case("R07", "listed", "port 6379 in the list", None, "refused:port", links=("https://paper.test:6379/a/r07-listed",)),
    Case("R08", "downgrade", "redirect from https to http", redirect("http://paper.test/a/r08-plain"), "refused:scheme",
         asked=1),
    Case("R09", "away", "meta refresh to another site",
         headed("r09a", f'<meta http-equiv="refresh" content="0;url={EVIL}">'), DONE, ("meta_refresh",)),
    Case("R09", "file", "meta refresh to file:", headed("r09b", "<meta http-equiv=Refresh content='0; URL=file:///x'>"),
         DONE, ("meta_refresh",)),
    Case("R09", "reload", "a page that only reloads itself",
         headed("r09c", '<meta http-equiv="refresh" content="300">'), DONE),
    Case("R10", "header", "a Refresh header", headed("r10a", "", Refresh=f"0; url={EVIL}"), DONE),
    Case("R10", "script", "location set by script", headed("r10b", f"<script>location = '{EVIL}'</script>"), DONE),
    Case("R11", "away", "canonical on another site", headed("r11a", f'<link rel="canonical" href="{EVIL}">'), DONE,
         ("canonical_offsite",)),
    Case("R11", "script", "canonical javascript:", headed("r11b", '<link rel="canonical" href="javascript:alert(1)">'),
         DONE, ("bad_canonical",)),
    Case("R11", "home", "canonical is the home page",
         headed("r11c", '<link rel="canonical" href="https://paper.test/">'), DONE, ("canonical_collapse",)),
    Case("R12", "relative", "canonical relative, with fragment",
         headed("r12a", '<link rel="canonical" href="/a/r12-relative#top">'), DONE,
         canonical="https://paper.test/a/r12-relative"),
    Case("R12", "loud", "canonical with host in capitals and a trailing dot",
         headed("r12b", '<link rel="canonical" href="HTTPS://PAPER.TEST.:443/a/r12-loud">'), DONE,
         canonical="https://paper.test/a/r12-loud"),
    Case("R13", "listed", "a user name that looks like the outlet", None, "refused:bad_url",
         links=("https://paper.test@evil.test/a/r13-listed",)),
    Case("R13", "redirect", "redirect to an address with a password", redirect("https://u:secret@paper.test/a/x"),
         "refused:bad_url", asked=1),
    Case("R14", "long", "an address of 8 KB", None, "refused:bad_url",
         links=(f"https://paper.test/a/r14-long/{'x' * 8192}",)),
    Case("R14", "spaces", "spaces", good("r14b"), DONE, links=(" https://paper.test/a/r14-spaces?q=a b ",),
         url="https://paper.test/a/r14-spaces?q=a%20b", also={f"/{HOST}/a/r14-spaces?q=a%20b": good("r14b")}),
    Case("R14", "nul", "%00", good("r14c"), DONE, links=("https://paper.test/a/r14-nul?q=%00",),
         url="https://paper.test/a/r14-nul?q=%00", also={f"/{HOST}/a/r14-nul?q=%00": good("r14c")}),
    Case("R14", "dots", "%2e%2e", good("r14d"), DONE, links=("https://paper.test/b/%2e%2e/a/r14-dots",),
         url="https://paper.test/a/r14-dots"),
    Case("R14", "backslash", "backslashes", good("r14e"), DONE, links=("https://paper.test/a\\r14-backslash",),
         url="https://paper.test/a/r14-backslash"),
    Case("R14", "host", "//host", None, "refused:off_site", links=("//evil.test/a/r14-host",),
         url="https://evil.test/a/r14-host"),
    Case("R15", "variants", "one story under seven addresses", good("r15"), DONE, host="news.example.com", links=(
         "https://news.example.com/a/r15-variants", "https://news.example.com/a/r15-variants?utm_source=x&fbclid=1",
         "https://news.example.com/a/r15-variants/amp", "https://m.news.example.com/a/r15-variants",
         "https://news.example.com/a/r15-variants?print=1", "http://news.example.com/a/r15-variants",
         "https://www.news.example.com/a/r15-variants/"), asked=1),
    Case("R16", "unknown", "two stories that differ in ?id=", None, DONE, rows=2, links=(
         "https://paper.test/a/r16-unknown?id=1", "https://paper.test/a/r16-unknown?id=2"),
         also={f"/{HOST}/a/r16-unknown?id={n}": good(f"r16{n}") for n in (1, 2)}),
    *(Case("R17", name, f"redirect to {address}", redirect(address), "refused:wall", asked=1)
      for name, address in WALLS.items()),
    Case("R17", "away", "redirect to another site", redirect(EVIL), "refused:off_site", asked=1),
    Case("R17", "listed", "an address that is no article", None, "refused:not_article",
         links=("https://paper.test/about/r17-listed",)),
    Case("R17", "home", "redirect to the home page", redirect("https://paper.test/"), "refused:not_article",
         also={f"/{HOST}/": good("home")}),
    Case("R18", "away", "redirect to another host of the outlet after a cookie",
         http(status="302 Found", headers={"Location": "https://cdn.test/a/r18", "Set-Cookie": "session=secret"}), DONE,
         also={"/cdn.test/a/r18": good("r18")}),
    Case("R19", "many", "10 000 cookies, one of them for a whole suffix", cookies("r19", 10_000), DONE),
    Case("R20", "policy", "Referrer-Policy that names a Python function",
         headed("r20", "", Referrer_Policy="os.system"), DONE),
)  # fmt: skip
