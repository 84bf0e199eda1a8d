"""The scenarios: what happens at which invented outlet on which day, the state that a good watcher would name, and
words that its sentence must hold. Every second one of each group was held out when thresholds were chosen.

Longer than other files because it is one table: a scenario is read beside those of its group."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.coverage.site import Fault
from tests.coverage.world import HISTORY, Plan, at


@dataclass(frozen=True)
class Scenario:
    """One outlet up to its last day, which is to be diagnosed."""

    name: str
    shape: str
    state: str
    """The right one, or several that are right, parted by |."""
    words: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    plan: Plan = ()
    last: int = HISTORY
    """The last day; days 0 to 11 are ordinary, 12 is a Thursday."""
    history: int = HISTORY
    """Days watched before day 12."""
    often: bool = False
    """On the last day three crawls instead of one: at 05:30, 12:00 and 18:00."""

    def hours(self, day: int) -> tuple[float, ...]:
        """When the outlet is crawled."""
        return (5.5, 12.0, 18.0) if self.often and day == self.last else (5.5,)


def _plan(days: Iterable[int], **counts: int) -> Plan:
    return tuple((day, tuple(counts.items())) for day in days)


def _from(day: int, what: str, part: str = "all", hour: float = 0.0, **more: object) -> Fault:
    return Fault(what, part, at(day, hour), **more)  # type: ignore[arg-type]


ONE_DAY: Final = range(11, 13)
"""Day 12 is crawled at 05:30: what it finds was published on days 11 and 12."""
FEED, MAP, DARI = "/feed/", "/news.xml", "/fa/feed/"

NORMAL: Final = (
    Scenario("an ordinary day", "kabul_wire", "ok", ("as usual",)),
    Scenario("an ordinary day in two languages", "herat_post", "ok", ("3 of 3 sources answer",)),
    Scenario("an ordinary day of a listing", "balkh_daily", "ok"),
    Scenario("an ordinary day beside a source that never was there", "nuristan_press", "ok", ("2 of 3 sources",)),
    Scenario("an ordinary day of a single source", "lone_herald", "ok", ("only source answers",)),
    Scenario("one new article of a slow outlet", "small_valley", "ok"),
    Scenario("a busy day", "kabul_wire", "ok", plan=_plan(ONE_DAY, en=20)),
    Scenario("a busy day in Dari only", "herat_post", "ok", plan=_plan(ONE_DAY, en=4, fa=14)),
    Scenario("the day after a Friday", "kabul_wire", "ok", last=14),
    Scenario("the day after a Friday in two languages", "herat_post", "ok", last=14),
    Scenario("a very quiet day", "kabul_wire", "quiet", ("only 1", "answer and agree"), plan=_plan(ONE_DAY, en=2)),
    Scenario(
        "a very quiet day of a listing", "balkh_daily", "quiet", ("listing page", "agree"), plan=_plan(ONE_DAY, en=1),
    ),
    Scenario("nothing at all for a day", "nuristan_press", "quiet", ("nothing new",), plan=_plan(ONE_DAY, en=0)),
    Scenario(
        "nothing at all from a single source", "lone_herald", "quiet", ("cannot be told",), plan=_plan(ONE_DAY, en=0),
    ),
    Scenario("nothing from a slow outlet", "small_valley", "quiet", ("nothing new",), plan=_plan(ONE_DAY, en=0)),
    Scenario("a holiday week", "kabul_wire", "quiet", ("agree",), plan=_plan(range(11, 17), en=1), last=15),
    Scenario(
        "a holiday week without a word", "herat_post", "quiet", ("agree",), plan=_plan(range(11, 15), en=0, fa=0),
        last=14,
    ),
    Scenario("a holiday at the Dari desk", "herat_post", "ok|quiet", plan=_plan(ONE_DAY, en=4, fa=0)),
    Scenario("the second day of an outlet", "nuristan_press", "ok", ("no baseline yet",), history=1),
    Scenario("the fourth day of an outlet", "kabul_wire", "ok", ("no baseline yet",), history=3),
    Scenario("an archive surfaces in the sitemap", "kabul_wire", "ok", faults=(_from(12, "backlog", MAP),)),
    Scenario(
        "an archive surfaces in the list", "nuristan_press", "ok",
        faults=(_from(12, "backlog", "/wp-json/wp/v2/posts"),),
    ),
    Scenario("one dead link", "herat_post", "ok", faults=(_from(12, "404", "pages", every=7),)),
    Scenario("one page behind a log-in", "kabul_wire", "ok", faults=(_from(12, "403", "pages", every=7),)),
    Scenario(
        "a block that came and went", "kabul_wire", "ok", often=True,
        faults=(_from(12, "challenge_403", until=at(12, 9)),),
    ),
    Scenario(
        "an outage that is over", "herat_post", "ok", often=True,
        faults=(_from(12, "reset", "host", until=at(12, 9)),),
    ),
    Scenario("a harmless edit of robots.txt", "balkh_daily", "ok", last=13, faults=(_from(12, "harmless", "robots"),)),
    Scenario(
        "a feed that is only touched", "nuristan_press", "quiet", plan=_plan(ONE_DAY, en=0),
        faults=(_from(12, "frozen_touched", FEED),),
    ),
    Scenario("three runs on an ordinary day", "kabul_wire", "ok", often=True),
    Scenario("three runs on a quiet day", "nuristan_press", "quiet", often=True, plan=_plan(ONE_DAY, en=0)),
)  # fmt: skip

UNREACHABLE: Final = (
    Scenario("the name is gone", "kabul_wire", "unreachable", ("none of its 2", "name"), (_from(12, "dns", "host"),)),
    Scenario("connections break", "herat_post", "unreachable", ("none of its 3",), (_from(12, "reset", "host"),)),
    Scenario(
        "no answer in time", "nuristan_press", "unreachable", ("none of its 3", "no whole answer"),
        (_from(12, "hang", "host"),),
    ),
    Scenario(
        "the certificate has expired", "balkh_daily", "unreachable", ("certificate",), (_from(12, "tls", "host"),),
    ),
    Scenario("the server fails", "kabul_wire", "unreachable", ("status 503",), (_from(12, "503"),)),
    Scenario(
        "the server fails from noon on", "kabul_wire", "unreachable", ("since 12:00",), (_from(12, "500", hour=10),),
        often=True,
    ),
    Scenario(
        "one language hangs", "herat_post", "unreachable", ("the Dari feed", "other 2 sources answer"),
        (_from(12, "hang", DARI),),
    ),
    Scenario("pages cannot be had", "kabul_wire", "unreachable", ("new pages",), (_from(12, "reset", "pages"),)),
    Scenario("a single source is down", "lone_herald", "unreachable", ("only source",), (_from(12, "dns", "host"),)),
    Scenario(
        "down from its second day on", "balkh_daily", "unreachable", ("none of its 2",),
        (_from(12, "reset", "host"),), history=1,
    ),
    Scenario(
        "down for three days", "small_valley", "unreachable", ("since Thu",), (_from(12, "reset", "host"),), last=14,
    ),
)  # fmt: skip

ROBOTS: Final = (
    Scenario(
        "everything is forbidden", "kabul_wire", "robots_changed", ("none of its 2", "robots.txt changed between"),
        (_from(12, "disallow_all", "robots"),), last=13,
    ),
    Scenario(
        "only we are forbidden", "herat_post", "robots_changed", ("none of its 3",),
        (_from(12, "disallow_us", "robots"),), last=13,
    ),
    Scenario(
        "articles are forbidden", "balkh_daily", "robots_changed", ("new pages", "changed between"),
        (_from(12, "disallow_pages", "robots"),), last=13,
    ),
    Scenario(
        "one language is forbidden", "herat_post", "robots_changed", ("the Dari feed",),
        (_from(12, "disallow_dari", "robots"),), last=13,
    ),
    Scenario(
        "robots.txt fails", "nuristan_press", "robots_changed", ("status 503",), (_from(12, "503", "robots"),),
        last=13,
    ),
    Scenario(
        "robots.txt is closed", "lone_herald", "robots_changed", ("status 403",), (_from(12, "403", "robots"),),
        last=13,
    ),
    Scenario(
        "articles of a slow outlet are forbidden", "small_valley", "robots_changed", ("new page",),
        (_from(12, "disallow_pages", "robots"),), last=14,
    ),
)  # fmt: skip

BLOCKED: Final = (
    Scenario(
        "a challenge everywhere", "kabul_wire", "blocked", ("all of its 2", "challenge"),
        (_from(12, "challenge_403"),),
    ),
    Scenario(
        "a challenge with status 200", "herat_post", "blocked", ("all of its 3", "challenge"),
        (_from(12, "challenge_200"),),
    ),
    Scenario("403 everywhere", "nuristan_press", "blocked", ("status 403",), (_from(12, "403"),)),
    Scenario("too many requests", "lone_herald", "blocked", ("its only source",), (_from(12, "429"),)),
    Scenario(
        "a challenge on pages", "kabul_wire", "blocked", ("sources answer", "challenge"),
        (_from(12, "challenge_403", "pages"),),
    ),
    Scenario(
        "a consent wall on pages", "balkh_daily", "blocked", ("sources answer",), (_from(12, "consent", "pages"),),
    ),
    Scenario(
        "403 on every second page", "nuristan_press", "blocked", ("new pages",),
        (_from(12, "403", "pages", every=2),), plan=_plan(ONE_DAY, en=8),
    ),
    Scenario(
        "a challenge on one feed", "herat_post", "blocked", ("the Dari feed",),
        (_from(12, "challenge_header", DARI),),
    ),
    Scenario(
        "a block that comes back", "kabul_wire", "blocked", ("all of its 2",),
        (_from(12, "challenge_403", until=at(12, 9)), _from(12, "challenge_403", hour=16)), often=True,
    ),
    Scenario("a challenge without a word", "kabul_wire", "blocked", ("feed",), (_from(12, "empty_202", FEED),)),
    Scenario(
        "the list wants a log-in", "nuristan_press", "blocked", ("WordPress list",),
        (_from(12, "rest_login", "/wp-json/wp/v2/posts"),),
    ),
    Scenario(
        "a block from noon on", "balkh_daily", "blocked", ("all of its 2", "12:00"),
        (_from(12, "challenge_403", hour=8),), often=True,
    ),
    Scenario(
        "a challenge on the only new page", "small_valley", "blocked", ("only new page",),
        (_from(12, "challenge_403", "pages"),),
    ),
    Scenario(
        "blocked from its third day on", "kabul_wire", "blocked", ("all of its 2",), (_from(12, "403"),), history=2,
    ),
    Scenario(
        "a block and a new layout", "herat_post", "blocked", ("English feed",),
        (_from(12, "403", "/main/en/feed/"), _from(12, "drift_title", "pages")),
    ),
)  # fmt: skip

MOVED: Final = (
    Scenario(
        "410 for the feed", "kabul_wire", "feed_moved", ("the feed is gone", "status 410"), (_from(12, "410", FEED),),
    ),
    Scenario(
        "404 for one language", "herat_post", "feed_moved", ("the Dari feed", "status 404"),
        (_from(12, "404", DARI),),
    ),
    Scenario(
        "a home page instead of the feed", "kabul_wire", "feed_moved", ("the feed", "HTML page"),
        (_from(12, "html_instead", FEED),),
    ),
    Scenario(
        "301 to a new feed", "kabul_wire", "feed_moved", ("moved for good to", "/moved-feed/"),
        (_from(12, "moved_301", FEED),),
    ),
    Scenario("301 to the home page", "nuristan_press", "feed_moved", ("feed",), (_from(12, "moved_home", FEED),)),
    Scenario(
        "301 to another host", "lone_herald", "feed_moved", ("its only source", "feeds.elsewhere.test"),
        (_from(12, "moved_away", FEED),),
    ),
    Scenario(
        "the list is closed", "nuristan_press", "feed_moved", ("WordPress list",),
        (_from(12, "rest_closed", "/wp-json/wp/v2/posts"),),
    ),
    Scenario(
        "the list answers something else", "nuristan_press", "feed_moved", ("WordPress list",),
        (_from(12, "rest_object", "/wp-json/wp/v2/posts"),),
    ),
    Scenario("its links lead nowhere", "balkh_daily", "feed_moved", ("lead nowhere",), (_from(12, "404", "pages"),)),
    Scenario(
        "the feed left four days ago", "small_valley", "feed_moved", ("since Thu",), (_from(12, "410", FEED),),
        last=15,
    ),
)  # fmt: skip

FROZEN: Final = (
    Scenario(
        "the same feed with 200", "kabul_wire", "feed_frozen",
        ("the feed listed nothing new since", "news sitemap listed", "is frozen"),
        (_from(11, "frozen_200", FEED, 6),), last=12,
    ),
    Scenario(
        "the same sitemap with 304", "kabul_wire", "feed_frozen",
        ("the news sitemap listed nothing new since", "the feed listed"), (_from(11, "frozen_304", MAP, 6),),
    ),
    Scenario(
        "an old feed that is touched", "nuristan_press", "feed_frozen", ("the English feed", "WordPress list listed"),
        (_from(11, "frozen_touched", FEED, 6),),
    ),
    Scenario(
        "an old feed with new dates", "kabul_wire", "feed_frozen",
        ("the feed listed nothing new", "whatever its dates say"), (_from(11, "frozen_redated", FEED, 6),),
    ),
    Scenario(
        "one language froze", "herat_post", "feed_frozen", ("the Dari feed", "the sitemap listed"),
        (_from(11, "frozen_200", DARI, 6),),
    ),
    Scenario(
        "a feed without items", "herat_post", "feed_frozen", ("the Dari feed", "nothing at all"),
        (_from(12, "emptied", DARI),),
    ),
    Scenario(
        "a feed that froze in the morning", "kabul_wire", "feed_frozen", ("the feed listed nothing new since",),
        (_from(12, "frozen_200", FEED, 6),), plan=_plan(range(12, 13), en=16), often=True,
    ),
    Scenario(
        "a frozen list behind the cache", "nuristan_press", "feed_frozen", ("the WordPress list listed nothing new",),
        (_from(11, "frozen_304", "/wp-json/wp/v2/posts", 6),),
    ),
    Scenario(
        "a frozen listing page", "balkh_daily", "feed_frozen", ("the listing page listed nothing new",),
        (_from(11, "frozen_200", "/latest", 6),),
    ),
    Scenario(
        "a single source frozen for a week", "lone_herald", "feed_frozen", ("its only source", "for 7 days"),
        (_from(11, "frozen_304", FEED, 6),), last=18,
    ),
    Scenario(
        "all sources frozen for a week", "kabul_wire", "feed_frozen", ("none of its 2",),
        (_from(11, "frozen_304", FEED, 6), _from(11, "frozen_304", MAP, 6)), last=18,
    ),
    Scenario(
        "the feed of a slow outlet froze", "small_valley", "feed_frozen",
        ("the feed listed nothing new", "the sitemap listed"), (_from(11, "frozen_200", FEED, 0),), last=17,
    ),
)  # fmt: skip

DRIFT: Final = (
    Scenario(
        "the body selector", "balkh_daily", "selector_drift", ("selector of the body",),
        (_from(12, "drift_selector_story", "pages"),),
    ),
    Scenario(
        "the title selector", "balkh_daily", "selector_drift", ("selector of the title",),
        (_from(12, "drift_selector_headline", "pages"),),
    ),
    Scenario(
        "the date selector", "balkh_daily", "selector_drift", ("selector of the date",),
        (_from(12, "drift_selector_when", "pages"),),
    ),
    Scenario(
        "the author selector", "balkh_daily", "selector_drift", ("selector of the author",),
        (_from(12, "drift_selector_who", "pages"),),
    ),
    Scenario(
        "texts that shrink to a teaser", "kabul_wire", "selector_drift", ("new texts hold less",),
        (_from(12, "drift_short", "pages"),),
    ),
    Scenario(
        "pages that need JavaScript", "nuristan_press", "selector_drift", ("no text",),
        (_from(12, "drift_script", "pages"),),
    ),
    Scenario("authors are gone", "herat_post", "selector_drift", ("author",), (_from(12, "drift_author", "pages"),)),
    Scenario(
        "links of another form", "balkh_daily", "selector_drift", ("the listing page", "no link"),
        (_from(12, "drift_links", "/latest"),),
    ),
    Scenario(
        "a listing with two links left", "balkh_daily", "selector_drift", ("the listing page", "only 2"),
        (_from(12, "drift_few", "/latest"),),
    ),
    Scenario(
        "addresses of another form", "kabul_wire", "selector_drift", ("article pattern",),
        (_from(11, "drift_urls", hour=6),),
    ),
    Scenario(
        "addresses of another form in two languages", "herat_post", "selector_drift", ("article pattern",),
        (_from(11, "drift_urls", hour=6),),
    ),
    Scenario(
        "a new layout on every second page", "nuristan_press", "selector_drift", ("no text",),
        (_from(12, "drift_script", "pages", every=2),), plan=_plan(ONE_DAY, en=9),
    ),
    Scenario(
        "a new layout since noon", "balkh_daily", "selector_drift", ("selector of the body",),
        (_from(12, "drift_selector_story", "pages", 8),), plan=_plan(range(12, 13), en=16), often=True,
    ),
    Scenario(
        "a new layout of a slow outlet", "small_valley", "selector_drift", ("text",),
        (_from(12, "drift_script", "pages"),), last=15,
    ),
)  # fmt: skip

DATES: Final = (
    Scenario("no dates any more", "kabul_wire", "date_trouble", ("no date",), (_from(12, "dates_gone", "pages"),)),
    Scenario(
        "dates of next year", "herat_post", "date_trouble", ("no date", "future"),
        (_from(12, "dates_future", "pages"),),
    ),
    Scenario(
        "dates of 2019", "kabul_wire", "date_trouble", ("more than a month old",), (_from(12, "dates_old", "pages"),),
    ),
    Scenario(
        "one date for all", "nuristan_press", "date_trouble", ("one and the same",),
        (_from(12, "dates_same", "pages"),),
    ),
    Scenario(
        "dates of next year at the selector", "balkh_daily", "date_trouble", ("future",),
        (_from(12, "dates_future", "pages"),),
    ),
    Scenario(
        "one date for all of a single source", "lone_herald", "date_trouble", ("one and the same",),
        (_from(12, "dates_same", "pages"),),
    ),
    Scenario(
        "no dates on every second page", "kabul_wire", "date_trouble", ("no date",),
        (_from(12, "dates_gone", "pages", every=2),), plan=_plan(ONE_DAY, en=10),
    ),
    Scenario(
        "no dates at a slow outlet", "small_valley", "date_trouble", ("no date",),
        (_from(12, "dates_gone", "pages"),), last=15,
    ),
    Scenario(
        "no dates from its third day on", "lone_herald", "date_trouble", ("no date",),
        (_from(12, "dates_gone", "pages"),), history=2,
    ),
)  # fmt: skip

GROUPS: Final = (NORMAL, UNREACHABLE, ROBOTS, BLOCKED, MOVED, FROZEN, DRIFT, DATES)


PARTS: Final = {
    "agencies": ("kabul_wire", "lone_herald", "small_valley"),
    "papers": ("balkh_daily", "herat_post", "nuristan_press"),
}  # fmt: skip
"""Scenarios that one process plays: by shape, so that each shape's history is played once."""


def part(name: str) -> list[Scenario]:
    """The scenarios of one part, those of one shape together."""
    found = [one for group in GROUPS for one in group if one.shape in PARTS[name]]
    return sorted(found, key=lambda one: (one.shape, one.history))


def held_out() -> set[str]:
    """The names of the scenarios that were held out."""
    return {one.name for group in GROUPS for one in group[1::2]}
