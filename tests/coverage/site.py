"""How an invented outlet answers at a moment, with the faults that a scenario puts on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from khabar.replica.reply import TEXT, Reply
from tests.coverage.answers import ANSWERS, HOME, OPEN, REDIRECTS, ROBOTS, redirect
from tests.coverage.lists import LISTS, TYPES, page
from tests.coverage.world import Plan, Shape, Story, stories

NEVER: Final = datetime.max.replace(tzinfo=UTC)
OLD: Final = 90_000
"""What the numbers of articles of an archive are lower by."""
AN_AGE: Final = timedelta(days=8)


@dataclass(frozen=True)
class Fault:
    """Something that is wrong with a part of an outlet from one moment to another.

    `what` is a key of ANSWERS, REDIRECTS or ROBOTS; a break of the connection (reset, hang, dns, tls); frozen_*,
    emptied, backlog or drift_few of a list; drift_links and drift_urls of addresses; or one of `lists.page`.
    """

    what: str
    part: str
    """host, all (but robots.txt), pages, robots, or the path of a source."""
    since: datetime
    until: datetime = NEVER
    every: int = 1
    """On pages: hits only each so many-th article."""

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.since <= now < self.until


@dataclass(frozen=True)
class Site:
    """An outlet in one scenario."""

    shape: Shape
    plan: Plan = ()
    faults: tuple[Fault, ...] = ()

    def fault(self, path: str, now: datetime) -> Fault | None:
        """The fault that a request meets."""
        parts = {"host", path}
        parts |= {"robots"} if path == "/robots.txt" else {"all"}
        parts |= {"pages"} if "/news/" in path else set()
        for fault in self.faults:
            spared = fault.part == "pages" and fault.part in parts and _number(path) % fault.every
            if fault.part in parts and fault.holds(now) and not spared:
                return fault
        return None

    def reply(self, path: str, now: datetime) -> Reply:
        """The answer at `now`."""
        fault = self.fault(path, now)
        what = fault.what if fault else ""
        if what in ANSWERS:
            return ANSWERS[what]
        if what in REDIRECTS:
            return redirect(REDIRECTS[what].format(host=self.shape.host))
        if path == "/robots.txt":
            return Reply(ROBOTS.get(what, OPEN).encode(), 200, TEXT)
        if path == self.shape.elsewhere:
            return redirect(f"https://{self.shape.host}/main{path}")
        source = self._moved(now) if path == "/moved-feed/" else path.removeprefix("/main")
        if source in self._sources and source != self.shape.dead:
            return self._list(source, now, fault or (self.fault(source, now) if path != "/moved-feed/" else None))
        if "/news/" in path:
            return self._page(path, now, what)
        return Reply(HOME) if path == "/" else Reply(b"not here", 404, TEXT)

    @property
    def _sources(self) -> Mapping[str, tuple[str, str | None]]:
        return {path: (kind, language) for kind, path, language in self.shape.sources}

    def _active(self, what: str, now: datetime) -> list[Fault]:
        return [fault for fault in self.faults if fault.what.startswith(what) and fault.holds(now)]

    def _moved(self, now: datetime) -> str:
        """The source that lives at /moved-feed/ now."""
        return next((fault.part for fault in self._active("moved_301", now)), "")

    def _list(self, path: str, now: datetime, fault: Fault | None) -> Reply:
        kind, language = self._sources[path]
        what = fault.what if fault else ""
        frozen = fault.since if fault and what.startswith("frozen") else now
        listed = [one for one in stories(self.shape, self.plan, frozen) if language in (None, one.language)]
        if any(fault.part == path for fault in self._active("backlog", now)):
            listed = listed[:5] + [_old(one) for one in listed[:30]]
        if what == "emptied":
            listed = []
        if what == "drift_few":
            listed = listed[-2:]
        if what == "frozen_redated":
            listed = [replace(one, published=now - timedelta(hours=n)) for n, one in enumerate(listed)]
        dates = self.shape.dated and not self._active("dates", now)
        made = LISTS[kind](self.shape, listed, dates)
        for drift in self._active("drift_urls", now):
            for one in listed:
                if one.published > drift.since:
                    made = made.replace(one.path.encode(), one.path.replace("/news/", "/stories/").encode())
        if what == "drift_links":
            made = made.replace(b"/news/", b"/story.php?id=")
        if what == "frozen_touched":
            made += f"<!-- {now.isoformat()} -->".encode()
        has_validators = what not in ("frozen_touched", "frozen_redated", "frozen_200")
        newest = max((one.published for one in listed), default=now)
        return Reply(made, 200, TYPES[kind], newest if has_validators else None)

    def _page(self, path: str, now: datetime, what: str) -> Reply:
        published = stories(self.shape, self.plan, now)
        story = next((one for one in (*published, *map(_old, published)) if one.path == path), None)
        if story is None:
            return Reply(b"not here", 404, TEXT)
        return Reply(page(self.shape, story, what, now), modified=story.published)


def _number(path: str) -> int:
    return int(path.split("/")[3])


def _old(story: Story) -> Story:
    """An article of the archive that tells the same."""
    return replace(story, number=story.number - OLD, published=story.published - AN_AGE)
