"""From the address of a site to a file that a person reviews and a recorded page that a test runs on."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from khabar.onramp.draft import Given, draft
from khabar.onramp.explore import SiteError, explore, provisional
from khabar.onramp.look import ArticleSeen, clean_page, look_at_article, look_at_source, newest_of_each, page_of
from khabar.onramp.record import PAGES, Recorded, record
from khabar.onramp.write import write
from khabar.onramp.zones import is_country
from models.exits import Exit
from models.settings import settings
from outlets import Outlet
from outlets.load import FOLDER, survey
from outlets.schema import Ownership
from outlets.urls import BadUrl, normalise, same_site, site
from pipeline.clean.pool import CleanPool
from spiders.kinds import Listed
from spiders.prober import Prober

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


SAMPLE: Final = 6
"""Article pages that are read to draft a file or to record pages."""


class CannotAdd(Exception):
    """The outlet cannot be added like this. One sentence."""

    exit_code = Exit.USAGE


@dataclass(frozen=True, slots=True)
class Added:
    """What was written."""

    outlet: Outlet
    path: Path
    pages: tuple[Recorded, ...]
    guesses: tuple[str, ...] = ()


def home_of(url: str) -> str:
    """The address of the site's home page, https where nothing is said. Raises CannotAdd."""
    text = url.strip()
    try:
        home = normalise(text if "://" in text else f"https://{text}")
    except BadUrl as error:
        raise CannotAdd(f"{url!r} is not the address of a site: {error}") from error
    if "." not in (urlsplit(home).hostname or "") and ":" not in (urlsplit(home).hostname or ""):
        raise CannotAdd(f"{url!r} is not the address of a site: its host has no domain")
    return home


def name_of(home: str) -> str:
    """The outlet's name by its host: `khaama` of www.khaama.com, `bbc` of bbc.co.uk. Raises CannotAdd when that makes
    none."""
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    suffix = site(host).partition(".")[2]
    name = host.removesuffix(f".{suffix}").replace(".", "_").replace("-", "_")
    if not _NAME.fullmatch(name):
        raise CannotAdd(f"{host} makes no name for an outlet: give one with --name, of small letters, digits and _")
    return name


def check_free(home: str, given: Given, folder: Path, *, force: bool) -> Path:
    """Where the file will be. Raises CannotAdd when the name or the site is taken; with `force`, only when that is by
    another outlet."""
    if not _NAME.fullmatch(given.name):
        raise CannotAdd(
            f"{given.name!r} is no name for an outlet: small letters, digits and _, beginning with a letter"
        )
    path = folder / given.country.lower() / f"{given.name}.yml"
    for name, found in survey(folder):
        theirs = isinstance(found, Outlet) and any(same_site(home, f"https://{host}/") for host in found.all_hosts)
        if name == given.name and not (force and path.exists()):
            where = next(folder.glob(f"*/{name}.yml"))
            raise CannotAdd(f"{where} exists: give another --name, or --force to write it anew")
        if theirs and name != given.name and not force:
            raise CannotAdd(f"{urlsplit(home).hostname} is watched as {name} already: mend its file, or give --force")
    return path


def add(home: str, given: Given, folder: Path = FOLDER, pages: Path = PAGES, *, force: bool = False) -> Added:
    """Probe the site and write its outlet file and, for each language, a recorded page. Raises CannotAdd, SiteError,
    Unknown and ProbeError; no file is touched then."""
    path = check_free(home, given, folder, force=force)
    now = datetime.now(UTC)
    with Prober(provisional(home)) as prober, CleanPool() as pool:
        found = explore(prober, home)
        # Without the sources' hints: what the pages tell by themselves is what shall be written down.
        seen = [
            replace(look_at_article(prober, pool, prober.outlet, Listed(url), url), listed=listed)
            for url, listed in newest_of_each(found.sources, found.article_pattern, SAMPLE).items()
        ]
        drafted = draft(found, seen, given, settings().lookback_days, now)
        outlet = drafted.outlet
        first_line = f"Drafted by `khabar outlets new` on {now:%Y-%m-%d}: check each line, then delete this one."
        with all_or_nothing((path.parent, path.name), (pages, f"{outlet.name}.*")):
            write(outlet, path, first_line)
            made = record_languages(pool, outlet, seen, pages)
    return Added(outlet, path, tuple(made), drafted.guesses)


@contextmanager
def all_or_nothing(*places: tuple[Path, str]) -> Iterator[None]:
    """Leaves the files of each folder and pattern as they were when the block does not come to its end, by a failure or
    by Ctrl-C. Raises CannotAdd when a file cannot be written."""
    before = {path: path.read_bytes() for folder, pattern in places for path in folder.glob(pattern)}
    try:
        yield
    except BaseException as error:
        for path in [path for folder, pattern in places for path in folder.glob(pattern)]:
            if path not in before:
                path.unlink()
        for path, held in before.items():
            path.write_bytes(held)
        if isinstance(error, OSError):
            raise CannotAdd(f"{error.filename or places[0][0]} cannot be written: {error.strerror or error}") from error
        raise


def record_known(outlet: Outlet, url: str | None, pages: Path = PAGES) -> list[Recorded]:
    """Record `url`, or else the newest article in each language, of an outlet that has its file. Raises SiteError when
    no article came, ProbeError, OSError."""
    with Prober(outlet) as prober, CleanPool() as pool:
        chosen = {url: Listed(url)} if url else {}
        if not url:
            sources = [look_at_source(prober, source) for source in outlet.sources]
            chosen = newest_of_each(sources, outlet.article_pattern, SAMPLE)
        seen = [look_at_article(prober, pool, outlet, listed, address) for address, listed in chosen.items()]
        made = record_languages(pool, outlet, seen, pages)
    if not made:
        why = "; ".join(f"{one.seen.url}: {one.outcome}" for one in seen) or "its sources list nothing"
        raise SiteError(f"{outlet.name}: no article could be recorded ({why})")
    return made


def record_languages(pool: CleanPool, outlet: Outlet, seen: Sequence[ArticleSeen], folder: Path) -> list[Recorded]:
    """A page for each of the outlet's languages: `<name>`, then `<name>.<language>` for the others. Raises OSError."""
    done: dict[str, Recorded] = {}
    cleaned = [(one, clean_page(pool, page_of(one.seen, outlet))) for one in seen if one.is_done]
    # A page with an author and a date proves more than one without.
    for one, article in sorted(cleaned, key=lambda pair: (not pair[1].authors, pair[1].published is None)):
        if article.language in outlet.languages and article.language not in done:
            main = article.language == outlet.languages[0]
            made = record(pool, outlet, one, outlet.name if main else f"{outlet.name}.{article.language}", folder)
            if made:
                done[article.language] = made
    return list(done.values())


def check_ownership(given: str) -> str:
    """`given` itself. Raises CannotAdd."""
    known = get_args(Ownership)
    if given.strip().lower() not in known:
        raise CannotAdd(f"--ownership {given!r} is none of {', '.join(known)}")
    return given.strip().lower()


def check_country(given: str) -> str:
    """The code in capitals. Raises CannotAdd."""
    if not is_country(given.strip().upper()):
        raise CannotAdd(f"--country {given!r} is no ISO 3166-1 code of two letters, such as AF")
    return given.strip().upper()


def check_zone(given: str | None) -> str | None:
    """`given` itself. Raises CannotAdd."""
    try:
        return given and ZoneInfo(given).key
    except (KeyError, ValueError, OSError) as error:
        raise CannotAdd(f"--timezone {given!r} is not of the IANA list, such as Asia/Kabul") from error
