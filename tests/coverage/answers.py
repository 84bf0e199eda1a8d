"""What a server says instead of what was asked: errors, challenges, walls, redirects, and other robots.txt."""

from typing import Final

from khabar.replica.reply import HTML, JSON, TEXT, Reply

CHALLENGE: Final = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body><div id='cf-chl-widget'>"
    b"<script src='/cdn-cgi/challenge-platform/x.js'></script>Enable JavaScript and cookies</div></body></html>"
)
CONSENT: Final = (
    b"<!doctype html><html><head><title>Before you continue</title></head><body><h1>We value your privacy</h1>"
    b"<form><p>We and our partners use cookies. Accept all cookies to continue.</p><button>Accept all</button>"
    b"<button>Reject all</button></form></body></html>"
)
HOME: Final = b"<!doctype html><html><head><title>Welcome</title></head><body><h1>Our new site</h1></body></html>"
OPEN: Final = "User-agent: *\nDisallow: /admin/\n"

ROBOTS: Final = {
    "disallow_all": "User-agent: *\nDisallow: /\n",
    "disallow_us": f"User-agent: Khabar\nDisallow: /\n\n{OPEN}",
    "disallow_pages": "User-agent: *\nDisallow: /en/news/\nDisallow: /fa/news/\n",
    "disallow_dari": "User-agent: *\nDisallow: /fa/\n",
    "harmless": f"{OPEN}Disallow: /tmp/\nCrawl-delay: 1\n",
}


def _json(status: int, code: str) -> Reply:
    return Reply(f'{{"code":"{code}"}}'.encode(), status, JSON)


ANSWERS: Final = {
    **{str(status): Reply(b"no", status, TEXT) for status in (403, 404, 410, 500, 503)},
    "429": Reply(b"slow down", 429, TEXT, headers={"Retry-After": "7200"}),
    "challenge_403": Reply(CHALLENGE, 403),
    "challenge_200": Reply(CHALLENGE, 200),
    "challenge_header": Reply(CHALLENGE, 200, headers={"cf-mitigated": "challenge"}),
    "empty_202": Reply(b"", 202),
    "consent": Reply(CONSENT, 200),
    "html_instead": Reply(HOME, 200),
    "rest_closed": _json(404, "rest_no_route"),
    "rest_login": _json(401, "rest_forbidden"),
    "rest_object": _json(200, "rest_disabled"),
}
"""Name of a fault -> what is answered, whatever was asked."""

REDIRECTS: Final = {
    "moved_301": "https://{host}/moved-feed/",
    "moved_home": "https://{host}/",
    "moved_away": "https://feeds.elsewhere.test/rss",
}


def redirect(to: str) -> Reply:
    """Moved for good."""
    return Reply(b"", 301, HTML, headers={"Location": to})
