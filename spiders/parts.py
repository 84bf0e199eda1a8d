"""Reads one address of a source (the feed, a page of a list, a child sitemap): conditionally when we know what it said
last, and told apart into unchanged, unreadable, or a list."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ledger import SourceState
from models.outcome import DONE
from spiders.ask import Answer, Asker, looks_like_challenge
from spiders.browser import RENDER
from spiders.kinds import Listing, NoLinks, Unreadable, when

SETTLED = timedelta(hours=1)
"""So long before our last reading must a child sitemap have changed, to count as read: a cache may have kept the old
one for a while."""

MOST_OF_A_CHALLENGE = 20_000
"""Bytes; a page that is larger has content of its own, whatever scripts it loads."""
NO_SUCH_PAGE = (400, 404, 410)
"""400 is WordPress's way to say so."""
LAST = "the page before was the last one"


@dataclass(slots=True)
class Part:
    """One address of a source and what came of it."""

    url: str
    outcome: str
    answer: Answer | None = None
    """None when it need not be asked."""
    detail: str | None = None
    listing: Listing | None = None
    items: int | None = None
    sha256: str | None = None
    remembered: bool = False
    """What it said is kept, so that the next request can be conditional."""
    cut_short_by: str | None = None
    """The refusal of a later part, when this is the first: what is behind it was not read."""

    @property
    def refused(self) -> bool:
        """Whether it brought nothing that can be read."""
        return self.outcome.startswith("refused:")


async def read_part(
    asker: Asker, url: str, state: SourceState | None, parse: Callable[[bytes, str], Listing], *, is_page: bool,
    show: str | None = None,
) -> Part:  # fmt: skip
    """Ask `url`. `state` is what it said when it was last read whole; `is_page` marks a further page of a list. With
    `show` the page is shown in a browser until this selector matches."""
    known = state is not None and state.body_sha256 is not None
    headers: dict[str, str] = {}
    if state is not None and known:
        said = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        headers = {name: value for name, value in said.items() if value}
    answer = await asker.ask(url, headers, **({} if show is None else {RENDER: show}))
    if answer.refusal is not None or answer.response is None:
        if is_page and answer.status in NO_SUCH_PAGE:
            return Part(url, DONE, answer, LAST, items=0)
        refusal = answer.refusal
        name, detail = (refusal.outcome, refusal.detail) if refusal else ("refused:empty", None)
        return Part(url, name, answer, detail)
    if answer.status == 304 and not headers:
        return Part(url, "refused:http_304", answer, "status 304, but we hold no copy")
    body = answer.response.body
    sha256 = hashlib.sha256(body).hexdigest()
    if state is not None and known and (answer.status == 304 or state.body_sha256 == sha256):
        return Part(url, "not_modified", answer, items=state.items, remembered=True)
    try:
        listing = parse(body, answer.response.url)
    except Unreadable as error:
        if len(body) <= MOST_OF_A_CHALLENGE and looks_like_challenge(answer.response):
            return Part(url, "refused:challenge", answer, f"status {answer.status}: a bot challenge")
        if is_page and isinstance(error, NoLinks):
            return Part(url, DONE, answer, LAST, items=0)
        return Part(url, error.outcome, answer, error.detail)
    return Part(url, DONE, answer, listing=listing, items=len(listing.items), sha256=sha256, remembered=True)


def is_read(changed: str | None, state: SourceState | None) -> bool:
    """Whether we have read a child sitemap since it changed, going by what its index says (its lastmod)."""
    at = when(changed)
    if at is None or changed is None or state is None or state.body_sha256 is None or state.outcome != DONE:
        return False
    return _latest(changed, at) + SETTLED < state.checked_at


def is_older(changed: str | None, than: datetime) -> bool:
    """Whether a child sitemap last changed before `than`: nothing in it can be younger."""
    at = when(changed)
    return at is not None and changed is not None and _latest(changed, at) < than


def _latest(changed: str, at: datetime) -> datetime:
    """The latest instant that a lastmod may mean: a day has 24 hours, and a time without a zone may be anywhere."""
    text = changed.strip()
    exact = "T" in text and (text.endswith("Z") or "+" in text or text.count("-") > 2)
    return at if exact else at + timedelta(days=1)
