"""The closed vocabulary of what can become of an address. The coverage ledger holds nothing else."""

from typing import Final

PENDING: Final = "pending"
DONE: Final = "done"

OUTCOMES: Final[dict[str, str]] = {
    PENDING: "Waits for the next stage.",
    DONE: "Its latest content is stored.",
    "not_modified": "The server said that our copy is still right.",
    "refused:robots": "robots.txt does not allow it.",
    "refused:tdm": "The site reserves text and data mining.",
    "refused:challenge": "A bot challenge came instead of the page; it is never solved.",
    "refused:wall": "A consent, log-in or region wall came instead of the page.",
    "refused:soft_404": "The page says that it does not exist, with status 200.",
    "refused:identical_body": "The same page came for several addresses.",
    "refused:empty": "The answer had no content.",
    "refused:empty_text": "The page holds no article text.",
    "refused:not_html": "The answer is not a page.",
    "refused:not_a_feed": "The source answered with something that is not a feed, sitemap or listing.",
    "refused:xml_entity": "The XML declares a document type, which feeds have no need of.",
    "refused:too_large": "The answer is larger than 16 MiB.",
    "refused:truncated": "The answer broke off, after retries.",
    "refused:dataloss": "The answer was shorter than announced, after retries.",
    "refused:bad_encoding": "The answer could not be decompressed.",
    "refused:bad_response": "The answer is not valid HTTP.",
    "refused:bad_url": "The address is malformed.",
    "refused:scheme": "The address is neither http nor https.",
    "refused:port": "The address names a port that the outlet does not allow.",
    "refused:private_address": "The host is on a private, loopback or link-local network.",
    "refused:redirects": "More than five redirects, or a loop.",
    "refused:off_site": "The address leads to a host that is not the outlet's.",
    "refused:not_article": "The address does not match the outlet's article pattern.",
    "refused:budget": "The run's request budget was used up; the next run goes on.",
    "refused:tls": "The certificate is not valid.",
    "refused:taken_down": "The address was taken down and cannot come back.",
    "refused:http_4xx": "The server refused with a 4xx status.",
    "refused:http_5xx": "The server failed with a 5xx status, after retries.",
    "refused:http_304": "The server answered 304 though we hold no copy.",
    "refused:http_other": "The server answered with a status that carries no page.",
    "refused:rate_limited": "The server asked us to wait (429 or 503 with Retry-After).",
    "refused:unreachable": "No connection: name, network or time-out.",
    "refused:scripts": "The browser could not show the page: its scripts did not end, or ended it.",
    "quarantine:low_yield": "Far less text than the page seems to hold.",
    "quarantine:too_many_elements": "The page has more than 50,000 elements, which no article has.",
    "quarantine:time_limit": "Cleaning took longer than 20 seconds.",
    "quarantine:memory_limit": "Cleaning took more than 512 MiB.",
    "quarantine:crash": "The cleaning process died on it.",
    "quarantine:bad_text": "More than one character in a hundred could not be decoded.",
    "quarantine:archive": "The archived bytes are missing or do not match their hash.",
}

RETRY_NEXT_RUN: Final = frozenset(
    {"refused:unreachable", "refused:http_5xx", "refused:rate_limited", "refused:budget", "refused:truncated",
     "refused:dataloss", "refused:challenge", "refused:bad_encoding", "refused:bad_response", "refused:tls",
     "refused:private_address", "refused:scripts"}
)  # fmt: skip
"""Refusals that say something about the moment, not about the article: the next run asks again."""


MOST_ATTEMPTS: Final = 10
"""Failed tries after which an address is left alone."""

ADDRESS_REFUSALS: Final = frozenset(
    {"refused:not_article", "refused:off_site", "refused:port", "refused:scheme", "refused:bad_url"}
)
"""Refusals that follow from the address and the outlet file alone: a corrected file lifts them."""


def check(outcome: str) -> str:
    """`outcome` itself. Raises ValueError when the vocabulary does not have it."""
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome!r} is not an outcome")
    return outcome
